"""Dance."""

from __future__ import annotations

import numpy as np

from .. import states as st
from ..directions import Poser
from .grammar import family, legs_straight


@family(
    "standing split",
    "dance",
    "holding {p} {s} leg up high to the side",
    "doing a standing split with the {s} leg high",
    sided=True,
    weight=0.7,
)
def standing_split(p: Poser) -> None:
    p.root(0, p.u(-22, -10))
    p.trunk(p.u(-2, 6), p.u(0, 10))
    p.leg(1, p.dir(1, -0.02, -1, 0, 2), p.u(0, 4))
    p.flat(1)
    p.leg(0, p.dir(0, 1, p.u(0.25, 0.6), 0.25, 2), p.u(0, 8), kneecap=p.dir(0, -0.2, 1, 0.4, 2))
    p.foot(0, p.u(10, 40))
    p.reach(0, p.place("left_ankle") * 0.7 + p.place("left_knee") * 0.3, p.dir(0, 1, -0.2, 0))
    p.arm(1, p.dir(1, 1, p.u(-0.2, 0.5), 0, 4), p.u(0, 10))


@family(
    "splits",
    "dance",
    "doing the splits with the {s} leg in front",
    "in a front split",
    "sitting in the splits",
    "doing a full split",
    sided=True,
    arms="free",
    weight=1.1,
)
def splits(p: Poser) -> None:
    pitch = p.u(30, 40)
    p.root(pitch)
    p.trunk(p.u(-42, -28))
    back = np.radians(pitch + p.u(32, 39))
    p.leg(0, p.dir(0, 0.02, p.u(-0.15, 0.0), 1, 2), p.u(0, 5))
    p.leg(1, p.dir(1, 0.03, -np.cos(back), -np.sin(back), 2), p.u(0, 6), kneecap=p.dir(1, 0, -1, -0.3, 2))
    p.foot(0, p.u(10, 40))
    p.foot(1, p.u(20, 45))


@family(
    "arabesque",
    "dance",
    "doing an arabesque",
    "dancing ballet on {p} {o} leg with the {s} leg stretched behind",
    "holding an arabesque with the {s} leg back and the {o} arm forward",
    sided=True,
    weight=1.4,
)
def arabesque(p: Poser) -> None:
    pitch = p.u(22, 48)
    p.root(pitch)
    p.trunk(p.u(-32, -12))
    p.leg(1, p.dir(1, -0.03, -1, 0.03, 2), p.u(0, 5))
    p.flat(1)
    back = np.radians(np.minimum(pitch + p.u(30, 38), 95))
    p.leg(0, p.dir(0, 0.05, -np.cos(back), -np.sin(back), 2), p.u(0, 6), kneecap=p.dir(0, 0.4, -1, 0, 2))
    p.foot(0, p.u(35, 50))
    p.arm(1, p.dir(1, 0.05, p.u(0.05, 0.45), 1, 4), p.u(0, 10), frame="world")
    p.arm(0, p.dir(0, 1, p.u(-0.1, 0.2), p.u(-0.4, 0.2)), p.u(0, 10))


@family(
    "attitude",
    "dance",
    "in a ballet attitude with the {s} leg bent behind",
    "dancing on {p} {o} leg, {s} arm overhead",
    sided=True,
    weight=0.8,
)
def attitude(p: Poser) -> None:
    p.root(p.u(5, 18))
    p.trunk(p.u(-20, -6))
    p.leg(1, p.dir(1, -0.03, -1, 0.03, 2), p.u(0, 5))
    p.foot(1, p.u(20, 40))
    p.leg(0, p.dir(0, 0.3, -0.7, -0.55, 3), p.u(65, 92), p.u(10, 25))
    p.foot(0, p.u(30, 48))
    st.arm_overhead_bent(p, 0)
    p.arm(1, p.dir(1, 1, p.u(-0.2, 0.1), 0.3), p.u(5, 25))


@family(
    "plie",
    "dance",
    "doing a plié",
    "bending {p} knees outward in a ballet plié",
    "in a grand plié with turned-out feet",
    arms="free",
    weight=1.1,
)
def plie(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-5, 3))
    down = p.u(-1.2, -0.35)
    for a in (0, 1):
        p.leg(a, p.dir(a, 1, down, 0.45, 2), p.u(62, 100), p.u(15, 28))
    p.flat()


@family(
    "pirouette",
    "dance",
    "doing a pirouette",
    "spinning on {p} {o} leg with the {s} foot at the knee",
    "dancing a ballet turn",
    sided=True,
)
def pirouette(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-5, 3))
    p.leg(1, p.dir(1, -0.04, -1, 0, 2), p.u(0, 4))
    p.foot(1, p.u(32, 48))
    p.step(0, p.at("right_knee", 0.06, p.u(-0.02, 0.06), 0.05), p.dir(0, 1, -0.2, 0.4, 3))
    p.foot(0, p.u(30, 48))
    high = np.flatnonzero(p.chance(0.5))
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.6, -0.35, 0.8, 3), p.u(50, 75), p.dir(a, -1, 0, 0.3))
    part = p.take(high)
    st.fingers_joined_above(part, 0)
    p.put(high, part)


@family(
    "leap",
    "dance",
    "leaping",
    "doing a grand jeté",
    "doing a split leap with the {s} leg in front",
    "leaping through the air with {p} legs split",
    sided=True,
    weight=1.3,
)
def leap(p: Poser) -> None:
    pitch = p.u(6, 18)
    p.root(pitch)
    p.trunk(p.u(-24, -8))
    back = np.radians(pitch + p.u(28, 38))
    p.leg(0, p.dir(0, 0.08, p.u(-0.35, 0.05), 1, 3), p.u(0, 10))
    p.leg(1, p.dir(1, 0.06, -np.cos(back), -np.sin(back), 3), p.u(0, 30))
    for a in (0, 1):
        p.foot(a, p.u(35, 50))
    p.arm(1, p.dir(1, 0.1, p.u(0, 0.8), 1), p.u(0, 10))
    p.arm(0, p.dir(0, 1, p.u(0, 0.4), -0.1), p.u(0, 10))


@family(
    "disco",
    "dance",
    "disco dancing",
    "doing the Saturday Night Fever move",
    "pointing to the sky with the {s} arm and the {o} hand on {p} hip",
    "dancing",
    sided=True,
    weight=1.3,
)
def disco(p: Poser) -> None:
    p.root(0, p.u(-6, 0))
    p.trunk(p.u(-4, 4), p.u(-10, 0))
    p.leg(0, p.dir(0, p.u(0.15, 0.35), -1, 0.05, 2), p.u(0, 8))
    p.leg(1, p.dir(1, p.u(0.1, 0.3), -1, 0.3, 2), p.u(25, 45))
    p.flat()
    p.arm(0, p.dir(0, p.u(0.4, 0.9), 1, 0.1), p.u(0, 8))
    st.hand_on_hip(p, 1)


@family(
    "dab",
    "dance",
    "dabbing",
    "doing the dab, {s} arm stretched up and the face in the {o} elbow",
    "doing a dab to the {s}",
    sided=True,
    weight=1.0,
    head="own",
)
def dab(p: Poser) -> None:
    p.root(0, p.u(-6, 2))
    p.trunk(p.u(5, 15), p.u(-10, 0), p.u(-20, -5))
    legs_straight(p, 0.12, 0.3)
    p.arm(0, p.dir(0, 1, p.u(0.4, 0.7), 0.05, 3), p.u(0, 6))
    p.arm(1, p.dir(1, 0.25, 0.35, 1, 3), p.u(100, 120), p.dir(1, -1, 0.45, 0.1), palm=p.dir(1, 0, 0, -1))
    p.head(p.u(25, 42), p.u(-35, -15))


@family(
    "twist dance",
    "dance",
    "dancing the twist",
    "dancing with bent knees and swinging arms",
    "grooving to music",
    sided=True,
)
def twist_dance(p: Poser) -> None:
    p.root(p.u(0, 8), 0, p.u(10, 28))
    p.trunk(p.u(0, 10), p.u(-12, 6), p.u(-42, -20))
    for a in (0, 1):
        lift = p.u(0.3, 0.6)
        p.leg(a, p.dir(a, 0.12, -1, lift, 3), 2 * np.degrees(np.arctan(lift)))
        p.arm(a, p.dir(a, 0.4, -0.8, p.u(-0.2, 0.4)), p.u(70, 105), p.dir(a, -0.2, 0.2, 1))
    p.flat()


@family(
    "egyptian",
    "dance",
    "walking like an Egyptian",
    "posing like an Egyptian with the {s} hand up and the {o} hand down",
    sided=True,
    weight=0.7,
    head="own",
)
def egyptian(p: Poser) -> None:
    p.root(0)
    p.trunk(0, 0, p.u(-5, 5))
    p.head(0, p.u(55, 75))
    legs_straight(p, 0.05, 0.2)
    p.arm(
        0,
        p.dir(0, 1, 0, 0.05, 3),
        p.u(82, 96),
        p.dir(0, 0, 1, 0),
        palm=p.dir(0, 0.3, 0.8, 0),
        wrist=p.u(-70, -50),
    )
    p.arm(
        1,
        p.dir(1, 1, -0.1, 0.05, 3),
        p.u(80, 96),
        p.dir(1, 0, -1, 0),
        palm=p.dir(1, 0, -1, 0),
        wrist=p.u(-70, -50),
    )


@family(
    "curtsy",
    "dance",
    "doing a curtsy",
    "curtsying with the {s} leg behind",
    "bowing like a princess",
    sided=True,
    weight=0.8,
    head="own",
)
def curtsy(p: Poser) -> None:
    p.root(p.u(8, 18))
    p.trunk(p.u(6, 16))
    p.head(p.u(10, 30))
    p.leg(1, p.dir(1, 0.05, -1, p.u(0.5, 0.8), 2), p.u(50, 72))
    p.leg(0, p.dir(0, -0.35, -1, -0.25, 2), p.u(50, 75))
    p.flat()
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.65, -0.8, 0.1), p.u(15, 40), p.dir(a, 0.2, 0.3, 1))


@family(
    "robot",
    "dance",
    "dancing the robot",
    "moving like a robot, {s} forearm up and {o} forearm down",
    "standing stiffly like a robot with bent elbows",
    sided=True,
    weight=0.8,
)
def robot(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-2, 4), 0, p.u(-15, 15))
    legs_straight(p, 0.05, 0.2)
    p.arm(0, p.dir(0, 1, p.u(-0.1, 0.05), 0.1, 3), p.u(84, 96), p.dir(0, 0, 1, 0.15), palm=p.dir(0, 0, 0, 1))
    p.arm(1, p.dir(1, 1, p.u(-0.15, 0), 0.1, 3), p.u(84, 96), p.dir(1, 0, -1, 0.25), palm=p.dir(1, 0, 0, -1))


@family(
    "air guitar",
    "dance",
    "playing the guitar",
    "playing air guitar",
    "strumming a guitar with {p} {s} hand",
    sided=True,
)
def guitar(p: Poser) -> None:
    p.root(p.u(-10, 8))
    p.trunk(p.u(-8, 14))
    wide = p.u(0.12, 0.4)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, -1, 0.15, 2), p.u(12, 30))
    p.flat()
    p.reach(0, p.at("spine1", p.u(0.0, 0.08), 0.1, 0.2), p.dir(0, 1, -0.1, -0.3), palm=p.dir(0, -0.3, 0, -1))
    p.arm(
        1,
        p.dir(1, 0.6, -0.8, p.u(0.2, 0.5)),
        p.u(75, 100),
        p.dir(1, 0.7, 0.6, 0.5),
        palm=p.dir(1, -0.3, 1, 0),
    )
