"""Walking, running, jumping, crawling."""

from __future__ import annotations

import numpy as np

from .. import states as st
from ..directions import Poser
from .grammar import family, plant_hands, point


def _gait(
    p: Poser,
    lean: tuple[float, float],
    front: tuple[float, float],
    front_knee: tuple[float, float],
    back: tuple[float, float],
    back_knee: tuple[float, float],
    swing: float,
    elbow: tuple[float, float],
) -> None:
    """Left leg in front, right arm in front."""
    p.root(p.u(*lean), 0, p.u(-6, 0))
    p.trunk(p.u(0, 8), 0, p.u(0, 14))
    p.leg(0, p.dir(0, 0.03, -1, p.u(*front), 3), p.u(*front_knee))
    p.leg(1, p.dir(1, 0.03, -1, -p.u(*back), 3), p.u(*back_knee))
    p.foot(0, p.u(-10, 10))
    p.foot(1, p.u(10, 35))
    p.arm(
        1,
        p.dir(1, 0.1, -1, swing * p.u(0.6, 1.2), 5),
        p.u(*elbow),
        p.dir(1, -0.3, 0.2, 1),
        palm=p.dir(1, -1, 0, 0),
    )
    p.arm(
        0,
        p.dir(0, 0.15, -1, -swing * p.u(0.6, 1.2), 5),
        p.u(*elbow),
        p.dir(0, -0.1, 0, 1),
        palm=p.dir(0, -1, 0, 0),
    )


@family(
    "walk",
    "motion",
    "walking",
    "taking a walk",
    "strolling",
    "walking with the {s} foot in front",
    "striding forward",
    sided=True,
    weight=2.5,
)
def walk(p: Poser) -> None:
    _gait(p, (0, 6), (0.3, 0.55), (3, 18), (0.2, 0.45), (8, 35), 0.35, (10, 35))


@family(
    "run",
    "motion",
    "running",
    "jogging",
    "running fast",
    "sprinting",
    "running with the {s} leg forward",
    "in full run",
    sided=True,
    weight=3.0,
)
def run(p: Poser) -> None:
    _gait(p, (6, 18), (0.9, 2.5), (55, 100), (0.3, 0.65), (35, 95), 0.75, (75, 110))


@family(
    "run stride",
    "motion",
    "running with long strides",
    "racing",
    "running",
    "bounding forward, {s} leg in front",
    sided=True,
)
def run_stride(p: Poser) -> None:
    _gait(p, (3, 12), (0.9, 1.6), (10, 45), (0.5, 0.9), (20, 60), 0.8, (70, 100))


@family(
    "march",
    "motion",
    "marching",
    "marching on the spot with the {s} knee high",
    "marching like a soldier",
    sided=True,
    weight=1.3,
)
def march(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-3, 4))
    st.knee_up(p, 0)
    p.arm(1, p.dir(1, 0.05, p.u(-0.6, 0.2), 1), p.u(10, 80), p.dir(1, 0, 1, 0.2))
    p.arm(0, p.dir(0, 0.15, -1, -0.5), p.u(5, 60), p.dir(0, 0, 0, 1))


@family(
    "jump",
    "motion",
    "jumping",
    "jumping up",
    "jumping in the air with {p} legs tucked",
    "leaping into the air",
    "in mid-jump",
    weight=1.6,
    arms="free",
)
def jump(p: Poser) -> None:
    p.root(p.u(-2, 10))
    p.trunk(p.u(0, 15))
    up = p.u(-0.6, 0.25)
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.05, 0.3), up, 1, 4), p.u(85, 120))
        p.foot(a, p.u(15, 45))


@family("hop", "motion", "hopping on {p} {o} foot", "hopping on one leg", "skipping", sided=True, arms="free")
def hop(p: Poser) -> None:
    p.root(p.u(0, 8))
    p.trunk(p.u(0, 8))
    p.leg(0, p.dir(0, 0.05, p.u(-1.2, -0.2), 1, 4), p.u(80, 115))
    p.foot(0, p.u(15, 40))
    p.leg(1, p.dir(1, 0.0, -1, p.u(0.05, 0.2), 2), p.u(10, 25))
    p.foot(1, p.u(15, 40))


@family(
    "fall back",
    "motion",
    "falling backwards",
    "falling over backwards with {p} arms flailing",
    "slipping and falling on {p} back",
)
def fall_back(p: Poser) -> None:
    p.root(p.u(-55, -30), p.u(-10, 10))
    p.trunk(p.u(0, 20))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.15, p.u(-0.9, -0.2), 1), p.u(15, 60))
        p.arm(a, p.dir(a, p.u(0.6, 1.2), p.u(0.0, 0.9), p.u(0.1, 0.7)), p.u(5, 50))
        p.foot(a, p.u(0, 30))


@family(
    "fall forward",
    "motion",
    "falling forward",
    "tripping and falling with {p} arms stretched out",
    "stumbling forward",
    sided=True,
)
def fall_forward(p: Poser) -> None:
    p.root(p.u(35, 60), p.u(-8, 8))
    p.trunk(p.u(0, 15))
    p.leg(0, p.dir(0, 0.05, -1, p.u(0.2, 0.7)), p.u(20, 60))
    p.leg(1, p.dir(1, 0.05, -0.8, p.u(-1.0, -0.6)), p.u(15, 60))
    for a in (0, 1):
        p.foot(a, p.u(10, 40))
        p.arm(a, p.dir(a, p.u(0.1, 0.5), p.u(-0.3, 0.3), 1), p.u(5, 45), frame="world")
    p.head(p.u(-30, 5))


@family(
    "lurch", "motion", "sneaking", "tiptoeing like a thief", "creeping forward with bent knees", sided=True
)
def sneak(p: Poser) -> None:
    p.root(p.u(12, 25))
    p.trunk(p.u(15, 30))
    p.leg(0, p.dir(0, 0.05, p.u(-0.7, -0.3), 1), p.u(85, 110))
    p.leg(1, p.dir(1, 0.03, -1, 0.35), p.u(40, 60))
    p.foot(0, p.u(0, 30))
    p.flat(1)
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 0.25, -0.5, 0.6),
            p.u(70, 110),
            p.dir(a, 0, 1, 0.5),
            palm=p.dir(a, 0, -1, 0),
            wrist=p.u(20, 50),
        )


@family(
    "frog",
    "motion",
    "squatting like a frog with {p} hands on the floor",
    "crouching like a frog",
    "squatting with both hands on the ground between {p} feet",
)
def frog(p: Poser) -> None:
    p.root(p.u(35, 50))
    p.trunk(p.u(20, 35))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.6, 0.9), p.u(0.1, 0.35), 1, 3), p.u(124, 138), p.u(0, 12))
        p.foot(a, p.u(-28, -10))
    low = np.minimum(p.place("left_foot")[:, 1], p.place("right_foot")[:, 1])
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        target = point(p, sign * 0.1, low + 0.05, p.place("left_foot")[:, 2] + p.u(0.1, 0.2))
        p.reach(a, target, p.dir(a, 1, 0, 0.2), palm=p.dir(a, 0, -1, 0), wrist=-45, frame="world")
    p.head(p.u(-40, -10))


@family(
    "crab",
    "motion",
    "walking like a crab",
    "in a crab position",
    "doing reverse table top on hands and feet",
    "belly up on {p} hands and feet",
    weight=1.1,
)
def crab(p: Poser) -> None:
    p.root(p.u(-72, -58))
    p.trunk(p.u(-6, 10))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.12, p.u(0.0, 0.35), 1, 2), p.u(88, 105))
    p.flat()
    plant_hands(p, (0.0, 0.08), (-0.02, 0.12), (0.4, 0, -1), (-55, -40), knees=False)
    p.head(p.u(-10, 25))


@family(
    "bear",
    "motion",
    "walking on hands and feet like a bear",
    "in bear crawl with {p} knees off the ground",
    "on hands and feet with bent knees",
)
def bear(p: Poser) -> None:
    p.root(p.u(82, 98))
    p.trunk(p.u(0, 15))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.1, -1, p.u(0.1, 0.6), 3), p.u(45, 85))
        p.foot(a, p.u(-30, -10))
    plant_hands(p, (-0.02, 0.08), (-0.03, 0.12))
    p.head(p.u(-40, 10))


@family(
    "zombie",
    "motion",
    "walking like a zombie with {p} arms stretched forward",
    "sleepwalking",
    "stepping forward with both arms held out in front",
    sided=True,
)
def zombie(p: Poser) -> None:
    p.root(p.u(0, 10))
    p.trunk(p.u(0, 12), p.u(-6, 6))
    p.leg(0, p.dir(0, 0.05, -1, p.u(0.25, 0.45), 3), p.u(3, 15))
    p.leg(1, p.dir(1, 0.05, -1, -p.u(0.15, 0.35), 3), p.u(5, 25))
    p.foot(0, p.u(-8, 5))
    p.foot(1, p.u(5, 25))
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 0.05, p.u(-0.1, 0.1), 1, 4),
            p.u(0, 12),
            frame="world",
            palm=p.dir(a, 0, -1, 0),
            wrist=p.u(0, 30),
        )


@family(
    "tightrope",
    "motion",
    "walking a tightrope with {p} arms out",
    "balancing on a beam, {s} foot in front of the other",
    "walking on a line with outstretched arms",
    sided=True,
)
def tightrope(p: Poser) -> None:
    p.root(p.u(-2, 5))
    p.trunk(p.u(-3, 6), p.u(-10, 10))
    p.leg(0, p.dir(0, -0.12, -1, p.u(0.2, 0.4), 1), p.u(3, 15))
    p.leg(1, p.dir(1, -0.12, -1, -p.u(0.15, 0.35), 1), p.u(5, 20))
    p.flat()
    for a in (0, 1):
        p.arm(a, p.dir(a, 1, p.u(-0.2, 0.25), 0.05), p.u(0, 15))
