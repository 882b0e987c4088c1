"""On hands and feet, or hands and knees, or hands alone."""

from __future__ import annotations

import numpy as np

from .. import states as st
from ..directions import SIDES, Poser
from .grammar import family, plant_hands, point, world_dir


@family(
    "sphinx",
    "floor",
    "lying on {p} stomach propped up on {p} elbows",
    "lying on {p} belly and reading a book",
    "in sphinx pose",
    head="own",
)
def sphinx(p: Poser) -> None:
    p.root(p.u(76, 86))
    p.trunk(p.u(-42, -28))
    p.head(p.u(-30, 5))
    fold = p.chance(0.3)
    for a in (0, 1):
        p.leg(
            a,
            p.dir(a, p.u(0, 0.15), -0.03, -1, 2),
            np.where(fold, p.u(70, 100), p.u(0, 6)),
            kneecap=p.dir(a, 0, -1, 0, 2),
        )
        p.foot(a, p.u(35, 50))
        p.arm(
            a,
            p.dir(a, 0.1, -1, 0.1, 3),
            p.u(80, 95),
            p.dir(a, -0.1, 0, 1, 3),
            frame="world",
            palm=p.dir(a, 0, -1, 0),
        )


@family(
    "all fours",
    "floor",
    "on all fours",
    "on {p} hands and knees",
    "kneeling on hands and knees",
    "in table top position on hands and knees",
    "standing on all fours like a dog",
    weight=2.2,
)
def all_fours(p: Poser) -> None:
    p.root(p.u(74, 86))
    p.trunk(p.u(-8, 12))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0, 0.12), -1, p.u(-0.1, 0.12), 2), p.u(85, 97))
        p.foot(a, p.u(30, 50))
    plant_hands(p, (-0.02, 0.04), (-0.05, 0.06))
    p.head(p.u(-40, 20))


@family(
    "crawl",
    "floor",
    "crawling",
    "crawling on hands and knees",
    "crawling like a baby",
    "crawling forward with the {s} hand in front",
    sided=True,
    weight=1.8,
)
def crawl(p: Poser) -> None:
    p.root(p.u(74, 86), 0, p.u(-5, 5))
    p.trunk(p.u(-5, 10), p.u(-6, 6))
    reach = p.u(0.2, 0.4)
    for a, sign in ((0, 1.0), (1, -1.0)):
        p.leg(a, p.dir(a, 0.06, -1, -sign * reach, 2), 90 - sign * reach * 45, kneecap=p.dir(a, 0, 0, 1, 2))
        p.foot(a, p.u(30, 50))
    plant_hands(p, (-0.02, 0.04), (-0.02, 0.02))
    for a, sign in ((0, 1.0), (1, -1.0)):
        target = p.place(SIDES[a] + "_wrist") + point(p, 0, 0, sign * reach * 0.5)
        p.reach(
            a,
            target,
            p.dir(a, 0.4, 0.3, -1, 4),
            frame="world",
            palm=p.dir(a, -0.1, 0, -1),
            wrist=p.u(-65, -45),
        )
    p.head(p.u(-42, 0))


@family(
    "plank",
    "floor",
    "in a plank",
    "doing a plank",
    "holding a high plank on straight arms",
    "in push-up position",
    "in the up position of a push-up",
    parts=(("body", "straight like a board"),),
    weight=1.6,
    head="own",
)
def plank(p: Poser) -> None:
    pitch = p.u(67, 74)
    p.root(pitch)
    p.trunk(p.u(-4, 4))
    p.head(p.u(-18, 8))
    for a in (0, 1):
        p.leg(
            a,
            p.dir(a, p.u(0, 0.12), -1 / np.tan(np.radians(pitch)), -1, 2),
            p.u(0, 5),
            kneecap=p.dir(a, 0, -1, 0.2, 2),
        )
        p.foot(a, p.u(-30, -5))
    plant_hands(p, (-0.02, 0.08), (-0.03, 0.06))


@family(
    "push-up",
    "floor",
    "doing push-ups",
    "doing a push-up",
    "in the low position of a push-up with bent elbows",
    "lowering {p} chest to the floor in a push-up",
    parts=(("elbows", "bent"),),
    weight=1.5,
    head="own",
)
def push_up(p: Poser) -> None:
    p.root(p.u(80, 86))
    p.trunk(p.u(-5, 5))
    p.head(p.u(-22, 5))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0, 0.12), -0.13, -1, 2), p.u(0, 5), kneecap=p.dir(a, 0, -1, 0.1, 2))
        p.foot(a, p.u(-30, -8))
    plant_hands(p, (0.04, 0.2), (-0.12, -0.02), (0.8, 0.6, -0.8))


@family(
    "forearm plank",
    "floor",
    "holding a plank on {p} forearms",
    "doing a forearm plank",
    "in a low plank on {p} elbows",
    head="own",
)
def forearm_plank(p: Poser) -> None:
    p.root(p.u(76, 84))
    p.trunk(p.u(-4, 8))
    p.head(p.u(-18, 8))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0, 0.1), -0.18, -1, 2), p.u(0, 5), kneecap=p.dir(a, 0, -1, 0.15, 2))
        p.foot(a, p.u(-30, -8))
        p.arm(
            a,
            p.dir(a, 0.05, -1, 0.05, 3),
            p.u(82, 95),
            p.dir(a, -0.15, 0, 1, 3),
            frame="world",
            palm=p.dir(a, -0.5, -1, 0),
        )


@family(
    "side plank",
    "floor",
    "in a side plank on {p} {s} hand",
    "doing a side plank on the {s} arm",
    "balancing on the {s} hand and the side of {p} foot, {o} arm up",
    sided=True,
    head="own",
    weight=1.4,
)
def side_plank(p: Poser) -> None:
    p.root(0, p.u(62, 74))
    p.trunk(p.u(-4, 4), p.u(-12, 0))
    p.head(p.u(-5, 5), p.u(-40, 10))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(-0.07, -0.02), -1, 0.0, 2), p.u(0, 5), frame="pelvis")
    p.arm(0, world_dir(p, 0.05, -1, 0), p.u(0, 5), frame="world")
    hip = np.flatnonzero(p.chance(0.3))
    p.arm(1, world_dir(p, -0.05, 1, 0), p.u(0, 8), frame="world")
    part = p.take(hip)
    st.hand_on_hip(part, 1)
    p.put(hip, part)


@family(
    "reverse plank",
    "floor",
    "in a reverse plank",
    "holding {p} straight body up on hands and heels, face up",
    "doing an upward plank",
    head="own",
)
def reverse_plank(p: Poser) -> None:
    pitch = p.u(62, 70)
    p.root(-pitch)
    p.trunk(p.u(-8, 3))
    p.head(p.u(-25, 15))
    for a in (0, 1):
        p.leg(
            a,
            p.dir(a, p.u(-0.03, 0.06), -1 / np.tan(np.radians(pitch)), 1, 2),
            p.u(0, 5),
            kneecap=p.dir(a, 0, 1, 0.2, 2),
        )
        p.foot(a, p.u(25, 45))
    plant_hands(p, (0.0, 0.08), (0.05, 0.2), (0.4, 0, -1), (-60, -40), knees=False)


@family(
    "handstand",
    "floor",
    "doing a handstand",
    "standing on {p} hands",
    "upside down on {p} hands with {p} legs straight up",
    "walking on {p} hands",
    "balancing upside down on straight arms",
    weight=2.0,
    head="own",
)
def handstand(p: Poser) -> None:
    p.root(180 + p.u(-8, 8), p.u(-4, 4))
    p.trunk(p.u(-12, 5))
    p.head(p.u(-30, 5))
    split = p.chance(0.25)
    for a in (0, 1):
        lift = np.where(split, 0.6 * (1 if a == 0 else -0.5), p.u(-0.08, 0.08))
        p.leg(a, p.dir(a, p.u(-0.05, 0.1), -1, lift, 3), p.u(0, 8), frame="pelvis")
        p.foot(a, p.u(10, 45))
        p.arm(
            a,
            p.dir(a, p.u(0, 0.12), 1, p.u(-0.05, 0.08), 3),
            p.u(0, 6),
            palm=p.dir(a, 0, 0, 1),
            wrist=p.u(-72, -58),
        )


@family(
    "plank arm raised",
    "floor",
    "in a plank with the {s} arm stretched forward",
    "holding a plank on the {o} hand with the {s} arm raised",
    sided=True,
    head="own",
    weight=0.8,
)
def plank_arm(p: Poser) -> None:
    plank(p)
    p.arm(0, p.dir(0, 0.05, p.u(0.0, 0.3), 1, 3), p.u(0, 8), frame="world", palm=p.dir(0, -1, 0, 0))
