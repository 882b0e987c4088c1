"""Feelings that the posture shows."""

from __future__ import annotations

import numpy as np

from .. import states as st
from ..directions import Poser
from .grammar import both_arms, family, legs_straight
from .kneeling import kneel, kneel_heels


@family(
    "jump heels",
    "emotion",
    "jumping for joy",
    "jumping with {p} heels kicked back and arms up",
    "jumping happily with both arms in the air",
    "leaping for joy",
)
def jump_joy(p: Poser) -> None:
    p.root(p.u(-10, 3))
    p.trunk(p.u(-18, 0))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.1, 0.35), -1, p.u(-0.2, 0.1)), p.u(75, 115))
        p.foot(a, p.u(20, 45))
        p.arm(a, p.dir(a, p.u(0.3, 0.9), 1, 0.05), p.u(0, 20))
    p.head(p.u(-25, 0))


@family(
    "sad",
    "emotion",
    "standing sadly with {p} head down",
    "slumping in sadness",
    "looking depressed with hanging shoulders",
    "hanging {p} head in shame",
    "standing dejected with drooping arms",
    head="own",
    weight=1.3,
)
def sad(p: Poser) -> None:
    p.root(p.u(0, 10))
    p.trunk(p.u(18, 34))
    p.head(p.u(32, 55))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0, 0.08), -1, 0.08, 2), p.u(6, 16))
        p.arm(a, p.dir(a, 0.08, -1, p.u(-0.1, 0.05), 3), p.u(2, 12), frame="world")
    p.flat()


@family(
    "fear",
    "emotion",
    "cowering in fear",
    "shrinking back in fear with {p} arms in front of {p} face",
    "protecting {p} head with both arms",
    "ducking with {p} arms over {p} head",
    head="own",
    weight=1.2,
)
def fear(p: Poser) -> None:
    p.root(p.u(0, 28))
    p.trunk(p.u(22, 42))
    p.head(p.u(15, 40))
    lift = p.u(0.4, 1.0)
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.02, 0.15), -1, lift, 3), np.degrees(np.arctan(lift)) + 30)
    p.flat()
    over = np.flatnonzero(p.chance(0.5))
    both_arms(p, st.guard_hand)
    part = p.take(over)
    both_arms(part, st.hand_on_head)
    p.put(over, part)


@family(
    "angry",
    "emotion",
    "standing angrily with clenched fists",
    "furious, fists clenched and leaning forward",
    "threatening someone with {p} {s} fist raised",
    "shaking {p} {s} fist in anger",
    sided=True,
    weight=1.0,
)
def angry(p: Poser) -> None:
    p.root(p.u(4, 15))
    p.trunk(p.u(4, 14))
    legs_straight(p, 0.12, 0.3)
    p.head(p.u(0, 12))
    p.arm(0, p.dir(0, p.u(0.5, 1), p.u(-0.1, 0.4), p.u(0.2, 0.6)), p.u(75, 110), p.dir(0, 0, 1, 0.1))
    p.arm(1, p.dir(1, 0.25, -1, 0.05), p.u(15, 45))


@family(
    "fist pump",
    "emotion",
    "pumping {p} {s} fist",
    "raising {p} {s} fist in victory",
    "celebrating with {p} {s} fist in the air",
    "punching the air with {p} {s} hand",
    sided=True,
    weight=1.2,
)
def fist_pump(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-8, 4))
    legs_straight(p, 0.05, 0.3)
    p.arm(0, p.dir(0, p.u(0.05, 0.4), 1, p.u(0, 0.3)), p.u(5, 50), p.dir(0, -0.4, 1, 0.2))
    p.arm(1, p.dir(1, 0.2, -1, 0), p.u(10, 70), p.dir(1, 0, 0, 1))


@family(
    "surprise",
    "emotion",
    "surprised with {p} hands at {p} cheeks",
    "shocked, both hands beside {p} face",
    "screaming with {p} hands on {p} cheeks",
    head="own",
    weight=0.9,
)
def surprise(p: Poser) -> None:
    p.root(p.u(-6, 3))
    p.trunk(p.u(-8, 6))
    p.head(p.u(-12, 5))
    legs_straight(p, 0.03, 0.25)
    for a in (0, 1):
        target = p.at("head", (0.13 if a == 0 else -0.13), p.u(-0.08, -0.03), p.u(0.09, 0.12))
        p.reach(a, target, p.dir(a, 0.5, -1, 0.9, 4), palm=p.dir(a, -1, 0, -0.3))


@family(
    "welcome",
    "emotion",
    "welcoming someone with open arms",
    "opening {p} arms for a hug",
    "standing with open arms, palms forward",
    weight=1.1,
)
def welcome(p: Poser) -> None:
    p.root(p.u(-3, 6))
    p.trunk(p.u(-6, 5))
    legs_straight(p, 0.03, 0.25)
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 1, p.u(-0.5, 0.05), p.u(0.45, 0.9)),
            p.u(10, 35),
            p.dir(a, -0.2, 0.4, 1),
            palm=p.dir(a, -0.2, 0.3, 1),
        )


@family(
    "beg",
    "emotion",
    "begging on {p} knees",
    "kneeling and pleading with clasped hands",
    "imploring on both knees, hands together, looking up",
    head="own",
)
def beg(p: Poser) -> None:
    kneel(p)
    st._hands_meet(p, ("spine3", 0, 0.14, 0.34), 0.055, (0.7, -0.9, -0.1), spread=0.05)
    p.head(p.u(-35, -12))


@family(
    "kneel cry",
    "emotion",
    "kneeling and crying into {p} hands",
    "sitting on {p} heels with {p} face in {p} hands",
    "weeping on {p} knees",
    head="own",
)
def kneel_cry(p: Poser) -> None:
    kneel_heels(p)
    p.root(p.u(5, 18))
    p.trunk(p.u(22, 38))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.08, p.u(-0.5, -0.3), 1, 2), p.u(134, 146), p.u(0, 4))
    st.cover_face(p, 0)
