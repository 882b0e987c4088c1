"""Standing people, and what they do every day."""

from __future__ import annotations

import numpy as np

from .. import states as st
from ..directions import SIDES, Poser
from .grammar import both_arms, family, legs_straight, lowest, point


@family(
    "attention",
    "everyday",
    "standing at attention",
    "standing straight like a soldier",
    "standing still with {p} arms at {p} sides",
    "standing with legs together and arms at the side of {p} body",
    "standing upright, looking straight ahead",
    weight=2.0,
    head="own",
)
def attention(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-4, 2))
    st.stand_together(p, 0)
    for a in (0, 1):
        p.arm(a, p.dir(a, p.u(0.06, 0.16), -1, p.u(0, 0.1), 2), p.u(2, 14), palm=p.dir(a, -1, 0, 0))
    p.head(p.u(-8, 5))


@family(
    "casual",
    "everyday",
    "standing relaxed",
    "standing casually",
    "standing at ease",
    "just standing there",
    "standing naturally",
    weight=1.5,
)
def casual(p: Poser) -> None:
    p.root(p.u(-2, 3))
    p.trunk(p.u(0, 10), p.u(-4, 4), p.u(-8, 8))
    st.stand_normal(p, 0)
    both_arms(p, st.arm_down)


@family(
    "contrapposto",
    "everyday",
    "standing with {p} weight on the {o} leg",
    "standing casually on one hip",
    sided=True,
    arms="free",
)
def contrapposto(p: Poser) -> None:
    p.root(0, p.u(-7, -3))
    p.trunk(p.u(0, 6), p.u(4, 10))
    p.leg(0, p.dir(0, 0.16, -1, 0.2, 2), p.u(18, 32), p.u(8, 20))
    p.leg(1, p.dir(1, 0.0, -1, 0.0, 1), p.u(0, 3))
    p.flat()


@family(
    "bow",
    "everyday",
    "bowing",
    "bowing forward",
    "taking a bow",
    "bending forward from {p} waist",
    "bowing politely with {p} arms at {p} sides",
    weight=1.6,
)
def bow(p: Poser) -> None:
    p.root(p.u(35, 70))
    p.trunk(p.u(10, 25))
    legs_straight(p)
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.12, -1, p.u(0.0, 0.2), 4), p.u(2, 12), palm=p.dir(a, -1, 0, 0))


@family(
    "bow hands on thighs",
    "everyday",
    "bowing forward with both hands on {p} thighs",
    "bending forward with {p} hands resting on {p} legs",
    "leaning forward with both hands flat on {p} thighs, face to the ground",
    "resting bent over with {p} hands on {p} knees, out of breath",
    head="own",
    weight=1.4,
)
def bow_thighs(p: Poser) -> None:
    p.root(p.u(40, 65))
    p.trunk(p.u(10, 25))
    lift = p.u(0.05, 0.4)
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.0, 0.12), -1, lift, 2), 2 * np.degrees(np.arctan(lift)))
    p.flat()
    low = p.chance(0.5)
    for a in (0, 1):
        p.reach(
            a,
            st._thigh_point(p, a, np.where(low, p.u(0.82, 0.92), p.u(0.5, 0.7))),
            p.dir(a, 1, 0.2, -0.4, 5),
            palm=p.dir(a, 0, 0, -1),
            frame="world",
        )
    p.head(p.u(-5, 30))


@family(
    "touch toes",
    "everyday",
    "touching {p} toes",
    "bending forward to touch {p} toes",
    "bent double with {p} hands at {p} feet",
    "folding forward, hands to the floor",
    "stretching down to {p} feet",
    "reaching for {p} feet with straight legs",
    "bending all the way down",
    head="own",
    weight=2.0,
)
def touch_toes(p: Poser) -> None:
    p.root(p.u(78, 102))
    p.trunk(p.u(38, 55))
    lift = p.u(0.0, 0.14)
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(-0.04, 0.1), -1, lift, 2), 2 * np.degrees(np.arctan(lift)) + p.u(0, 4))
    p.flat()
    for a in (0, 1):
        foot = p.place(SIDES[a] + "_foot")
        p.reach(
            a,
            foot + point(p, 0, p.u(0.05, 0.14), p.u(-0.02, 0.08)),
            p.dir(a, 1, 0.3, 0, 5),
            palm=p.dir(a, 0, -0.3, -1),
            frame="world",
        )
    p.head(p.u(-5, 25))


@family(
    "hang forward",
    "everyday",
    "hanging forward with {p} arms dangling",
    "bending forward with {p} arms hanging down to the floor",
    "bent forward at the waist, arms dangling loosely",
    head="own",
)
def hang_forward(p: Poser) -> None:
    p.root(p.u(50, 85))
    p.trunk(p.u(20, 45))
    legs_straight(p, 0.0, 0.2)
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.05, -1, 0.05), p.u(0, 15), frame="world")
    p.head(p.u(-5, 25))


@family(
    "table top",
    "everyday",
    "bending forward ninety degrees with a flat back",
    "holding {p} trunk horizontal with the arms stretched forward",
    "bending forward with {p} arms in line with {p} body",
)
def table_top(p: Poser) -> None:
    p.root(p.u(75, 92))
    p.trunk(p.u(-5, 8))
    legs_straight(p, 0.0, 0.15)
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.08, 1, p.u(-0.1, 0.1)), p.u(0, 8))
    p.head(p.u(-10, 20))


@family(
    "lean back",
    "everyday",
    "leaning backwards",
    "leaning back",
    "bending backwards",
    "arching {p} back and leaning backwards",
    "standing on {p} flat feet and leaning backwards",
    arms="free",
    weight=1.8,
)
def lean_back(p: Poser) -> None:
    p.root(p.u(-20, -8))
    p.trunk(p.u(-42, -20))
    lift = p.u(0.0, 0.12)
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.02, 0.2), -1, lift, 2), 2 * np.degrees(np.arctan(lift)) + p.u(0, 6))
    p.flat()


@family(
    "lean side",
    "everyday",
    "leaning to {p} {s}",
    "bending sideways to the {s}",
    "doing a side bend to the {s}",
    "tilting {p} upper body to the {s}",
    sided=True,
    arms="free",
    weight=1.8,
)
def lean_side(p: Poser) -> None:
    p.root(0, p.u(2, 8))
    p.trunk(p.u(-3, 8), p.u(26, 42))
    legs_straight(p, 0.05, 0.3)


@family(
    "twist",
    "everyday",
    "twisting {p} upper body to the {s}",
    "turning {p} torso to the {s}",
    "rotating {p} trunk to the {s}",
    "twisting at the waist to look to the {s}",
    sided=True,
    arms="free",
    weight=1.6,
)
def twist(p: Poser) -> None:
    p.root(0, 0, p.u(0, 10))
    p.trunk(p.u(-2, 8), 0, p.u(38, 55))
    legs_straight(p, 0.05, 0.25)
    p.head(p.u(-4, 6), p.u(0, 35))


@family(
    "pick up",
    "everyday",
    "picking something up from the floor",
    "bending down to pick up something with {p} {s} hand",
    "reaching down to the floor with {p} {s} hand",
    sided=True,
)
def pick_up(p: Poser) -> None:
    p.root(p.u(55, 75))
    p.trunk(p.u(25, 42), p.u(0, 10))
    lift = p.u(0.45, 0.9)
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.1, -1, lift, 2), 2 * np.degrees(np.arctan(lift)) * 0.85)
    p.flat()
    target = point(p, 0.12, lowest(p) + p.u(0.08, 0.15), p.place("left_foot")[:, 2] + p.u(0.1, 0.2))
    p.reach(0, target, p.dir(0, 1, 0, -0.5), frame="world")
    half = np.flatnonzero(p.chance(0.5))
    p.arm(1, p.dir(1, 0.2, -1, 0), p.u(5, 30), frame="world")
    part = p.take(half)
    st.hand_on_knee(part, 1)
    p.put(half, part)
    p.head(p.u(-5, 20))


@family(
    "lean on wall",
    "everyday",
    "leaning against a wall with both hands",
    "pushing against a wall",
    "pushing a car",
    "leaning forward and pushing with both arms",
)
def push_wall(p: Poser) -> None:
    lean = p.u(15, 35)
    p.root(lean)
    p.trunk(p.u(0, 10))
    front, back = p.u(0.1, 0.5), np.tan(np.radians(lean)) + p.u(0.1, 0.3)
    p.leg(0, p.dir(0, 0.05, -1, front, 2), p.u(35, 55))
    p.leg(1, p.dir(1, 0.05, -1, -back, 2), p.u(3, 20))
    p.flat()
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 0.1, p.u(-0.1, 0.2), 1, 4),
            p.u(5, 45),
            frame="world",
            palm=p.dir(a, -0.2, -1, 0.2),
            wrist=p.u(-65, -50),
        )


@family(
    "pull rope",
    "everyday",
    "pulling a rope",
    "playing tug of war",
    "pulling something heavy",
    "leaning back and pulling with both hands",
    sided=True,
)
def pull_rope(p: Poser) -> None:
    p.root(p.u(-25, -12), 0, p.u(-20, 0))
    p.trunk(p.u(0, 15))
    p.leg(0, p.dir(0, 0.1, -1, 0.6, 3), p.u(15, 40))
    p.leg(1, p.dir(1, 0.15, -1, 0.25, 3), p.u(40, 65))
    p.flat()
    p.arm(0, p.dir(0, -0.1, -0.25, 1, 4), p.u(5, 30), frame="world")
    p.arm(1, p.dir(1, 0.35, -0.8, 0.3, 4), p.u(65, 95), p.dir(1, -0.3, 0.3, 1), frame="world")


@family(
    "climb",
    "everyday",
    "climbing",
    "climbing a ladder",
    "climbing a wall",
    "climbing up, {s} hand and {o} knee high",
    sided=True,
)
def climb(p: Poser) -> None:
    p.root(p.u(0, 12))
    p.trunk(p.u(-5, 5), p.u(-6, 0))
    st.arm_up(p, 0)
    p.arm(1, p.dir(1, 0.4, p.u(-0.4, 0.2), 0.9), p.u(60, 100), p.dir(1, -0.1, 1, 0.2), palm=p.dir(1, 0, 0, 1))
    p.leg(1, p.dir(1, p.u(0.1, 0.4), p.u(-0.2, 0.3), 1, 3), p.u(80, 115))
    p.leg(0, p.dir(0, 0.08, -1, p.u(0, 0.15), 2), p.u(5, 25))
    p.foot(0, p.u(0, 30))
    p.head(p.u(-35, -10))


@family(
    "stairs",
    "everyday",
    "climbing stairs",
    "stepping up onto a step with {p} {s} foot",
    "putting {p} {s} foot on a chair",
    "walking up the stairs",
    sided=True,
    arms="free+legs",
)
def stairs(p: Poser) -> None:
    p.root(p.u(3, 12))
    p.trunk(p.u(0, 10))
    up = p.u(-0.45, 0.05)
    p.leg(0, p.dir(0, 0.1, up, 1, 3), p.u(75, 95))
    p.flat(0)
    p.leg(1, p.dir(1, 0.03, -1, p.u(-0.2, 0), 2), p.u(3, 15))
    p.flat(1)


@family(
    "look around",
    "everyday",
    "looking over {p} {s} shoulder",
    "looking back over the {s} shoulder",
    "turning around to look behind {p} back on the {s}",
    sided=True,
    arms="free",
    head="own",
    weight=1.0,
)
def look_back(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-2, 6), 0, p.u(25, 42))
    legs_straight(p, 0.0, 0.2)
    p.head(p.u(-2, 8), p.u(58, 75))


@family(
    "look up sky",
    "everyday",
    "looking up at the sky",
    "staring at the ceiling",
    "gazing upwards",
    "tilting {p} head back",
    arms="free",
    head="own",
    weight=1.1,
)
def look_up(p: Poser) -> None:
    p.root(p.u(-4, 2))
    p.trunk(p.u(-14, 0))
    legs_straight(p, 0.0, 0.2)
    p.head(p.u(-56, -38))


@family(
    "look at feet",
    "everyday",
    "looking down at {p} feet",
    "looking at the ground",
    "staring at the floor",
    "bowing {p} head",
    arms="free",
    head="own",
    weight=1.1,
)
def look_down(p: Poser) -> None:
    p.root(p.u(0, 5))
    p.trunk(p.u(0, 14))
    legs_straight(p, 0.0, 0.2)
    p.head(p.u(42, 60))


@family(
    "look side",
    "everyday",
    "looking to {p} {s}",
    "turning {p} head to the {s}",
    "with {p} head turned to the {s}",
    "facing {s} with {p} head",
    sided=True,
    arms="free",
    head="own",
    weight=1.3,
)
def look_side(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-4, 5), 0, p.u(0, 10))
    legs_straight(p, 0.0, 0.2)
    p.head(p.u(-5, 8), p.u(50, 75))


@family(
    "ear to shoulder",
    "everyday",
    "tilting {p} head to the {s}",
    "stretching {p} neck to the {s}",
    sided=True,
    arms="free",
    head="own",
    weight=0.7,
)
def ear_shoulder(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-4, 5))
    legs_straight(p, 0.0, 0.2)
    p.head(p.u(-4, 6), 0, p.u(30, 45))


@family(
    "tie shoe",
    "everyday",
    "tying {p} {s} shoe",
    "kneeling on the {o} knee to tie a shoe",
    "bending down on one knee with both hands at the {s} foot",
    sided=True,
    head="own",
    weight=1.2,
)
def tie_shoe(p: Poser) -> None:
    p.root(p.u(32, 45))
    p.trunk(p.u(32, 45))
    p.leg(0, p.dir(0, 0.03, p.u(-0.02, 0.1), 1, 2), p.u(95, 105), p.u(0, 5))
    p.flat(0)
    p.leg(1, p.dir(1, 0.05, -1, p.u(-0.15, 0.0), 2), p.u(85, 98), p.u(0, 5))
    p.foot(1, p.u(-20, 10))
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        target = p.place("left_foot") + point(p, sign * 0.05, p.u(0.08, 0.12), -0.03)
        p.reach(a, target, p.dir(a, 1, 0.2, -0.2), palm=p.dir(a, -1, -0.3, 0), frame="world")
    p.head(p.u(10, 30))


@family(
    "sack on shoulder",
    "everyday",
    "carrying a sack over {p} {s} shoulder",
    "walking with a heavy bag on the {s} shoulder",
    "holding a load on the {s} shoulder with both hands",
    sided=True,
)
def sack(p: Poser) -> None:
    p.root(p.u(8, 20), p.u(-6, 2))
    p.trunk(p.u(8, 20), p.u(-8, 4))
    p.leg(0, p.dir(0, 0.06, -1, p.u(0.25, 0.45), 3), p.u(12, 30))
    p.leg(1, p.dir(1, 0.06, -1, -p.u(0.05, 0.25), 3), p.u(8, 25))
    p.flat()
    centre = p.at("spine3", 0.15, p.u(0.16, 0.2), 0.16)
    p.reach(0, centre + point(p, 0.03, 0.02, 0), p.dir(0, 0.6, -0.8, 0.4))
    p.reach(1, centre + point(p, -0.04, -0.03, 0.02), p.dir(1, 0.3, -1, 0.5))
    p.head(p.u(0, 15))


@family(
    "waiter",
    "everyday",
    "carrying a tray on {p} {s} hand like a waiter",
    "holding up a tray beside {p} {s} shoulder",
    sided=True,
    weight=0.8,
)
def waiter(p: Poser) -> None:
    p.root(p.u(-2, 3))
    p.trunk(p.u(-4, 4))
    legs_straight(p, 0.0, 0.15)
    p.arm(
        0,
        p.dir(0, 0.35, -0.9, 0.35, 3),
        p.u(128, 142),
        p.dir(0, 0.5, 1, 0.3),
        palm=p.dir(0, 0, 1, 0),
        wrist=p.u(-60, -45),
    )
    fold = np.flatnonzero(p.chance(0.5))
    st.arm_down(p, 1)
    part = p.take(fold)
    st.hand_behind_back(part, 1)
    p.put(fold, part)
