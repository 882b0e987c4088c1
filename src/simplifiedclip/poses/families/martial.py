"""Martial arts."""

from __future__ import annotations

import numpy as np

from .. import states as st
from ..directions import Poser
from .grammar import both_arms, family, world_dir


def _fighting_legs(p: Poser) -> None:
    p.leg(0, p.dir(0, 0.12, -1, p.u(0.45, 0.7), 3), p.u(25, 45))
    p.leg(1, p.dir(1, 0.15, -1, p.u(-0.35, -0.1), 3), p.u(20, 45), p.u(8, 20))
    p.flat()


@family(
    "boxing",
    "martial",
    "boxing",
    "in a boxing stance",
    "ready to fight with {p} fists up",
    "in a fighting stance with the {s} foot forward",
    "guarding {p} face with both fists",
    sided=True,
    weight=1.5,
)
def boxing(p: Poser) -> None:
    p.root(p.u(4, 12), 0, p.u(-35, -10))
    p.trunk(p.u(6, 18), 0, p.u(0, 15))
    _fighting_legs(p)
    p.head(p.u(5, 18))
    both_arms(p, st.guard_hand)


@family(
    "punch",
    "martial",
    "punching with {p} {s} fist",
    "throwing a punch with {p} {s} hand",
    "boxing, {s} arm punching forward",
    "punching forward with the {s} arm",
    "jabbing with {p} {s} hand",
    sided=True,
    weight=1.8,
    parts=(("{s} arm", "straight forward in a punch"), ("{o} fist", "guarding")),
)
def punch(p: Poser) -> None:
    p.root(p.u(2, 12), 0, p.u(-20, 10))
    p.trunk(p.u(2, 12), 0, p.u(-28, 0))
    lead = p.chance(0.5)
    for index, side in ((np.flatnonzero(lead), 0), (np.flatnonzero(~lead), 1)):
        part = p.take(index)
        part.leg(side, part.dir(side, 0.1, -1, part.u(0.45, 0.8), 3), part.u(25, 50))
        part.leg(1 - side, part.dir(1 - side, 0.1, -1, part.u(-0.5, -0.2), 3), part.u(5, 35))
        part.flat()
        p.put(index, part)
    p.arm(0, p.dir(0, -0.05, p.u(-0.05, 0.15), 1, 3), p.u(0, 10), frame="world", palm=p.dir(0, 0, -1, 0))
    low = np.flatnonzero(p.chance(0.4))
    st.guard_hand(p, 1)
    part = p.take(low)
    part.arm(1, part.dir(1, 0.2, -1, -0.35), part.u(90, 115), part.dir(1, 0, 0, 1))
    p.put(low, part)


@family(
    "uppercut",
    "martial",
    "throwing an uppercut with {p} {s} fist",
    "punching upwards with {p} {s} hand",
    sided=True,
    weight=0.7,
)
def uppercut(p: Poser) -> None:
    p.root(p.u(-4, 6), 0, p.u(-15, 0))
    p.trunk(p.u(-6, 6), 0, p.u(-30, -10))
    _fighting_legs(p)
    p.arm(0, p.dir(0, 0.15, p.u(-0.1, 0.4), 0.9), p.u(75, 105), p.dir(0, -0.1, 1, 0), palm=p.dir(0, 0, 0, -1))
    st.guard_hand(p, 1)


@family(
    "high kick",
    "martial",
    "doing a high kick with {p} {s} leg",
    "kicking high with {p} {s} foot",
    "kicking above {p} head with the {s} leg",
    "standing on {p} {o} leg and kicking high to the front",
    sided=True,
    weight=1.6,
)
def high_kick(p: Poser) -> None:
    p.root(p.u(-32, -12))
    p.trunk(p.u(4, 22))
    p.leg(0, p.dir(0, p.u(-0.05, 0.2), p.u(0.1, 0.9), 1, 3), p.u(0, 18))
    p.foot(0, p.u(0, 40))
    p.leg(1, p.dir(1, 0.0, -1, p.u(0.0, 0.15), 2), p.u(2, 18))
    p.flat(1)
    p.arm(1, p.dir(1, p.u(0.3, 0.8), p.u(-0.7, 0.1), p.u(0, 0.6)), p.u(20, 95))
    p.arm(0, p.dir(0, p.u(0.3, 0.8), p.u(-0.8, 0), p.u(-0.5, 0.3)), p.u(10, 70))


@family(
    "side kick",
    "martial",
    "doing a side kick with {p} {s} leg",
    "kicking sideways with {p} {s} foot",
    "kicking to the {s} with the {s} leg",
    "doing a karate kick to {p} {s}",
    sided=True,
    weight=1.5,
)
def side_kick(p: Poser) -> None:
    p.root(p.u(0, 10), p.u(-42, -18))
    p.trunk(p.u(0, 10), p.u(0, 14))
    p.leg(
        0,
        world_dir(p, 1, p.u(-0.15, 0.35), p.u(0.0, 0.25), 3),
        p.u(0, 12),
        kneecap=world_dir(p, 0, 0.5, 1, 2),
    )
    p.foot(0, p.u(-10, 20))
    p.leg(1, world_dir(p, p.u(0, 0.06), -1, 0.02, 2), p.u(2, 15), kneecap=world_dir(p, -0.3, 0, 1, 2))
    p.foot(1, p.u(-8, 5))
    kind = np.flatnonzero(p.chance(0.5))
    both_arms(p, st.guard_hand)
    part = p.take(kind)
    part.arm(0, part.dir(0, 0.7, -0.5, 0.1), part.u(10, 40))
    part.arm(1, part.dir(1, 0.4, -0.5, 0.5), part.u(60, 100))
    p.put(kind, part)


@family(
    "front kick guard",
    "martial",
    "kicking with {p} {s} leg, {o} arm up in protection",
    "standing on {p} {o} leg and kicking with the {s} leg raised above the hip and partially bent",
    "doing a kick with the bent {s} leg and {p} {o} hand guarding",
    "kickboxing",
    sided=True,
    weight=1.8,
)
def guard_kick(p: Poser) -> None:
    p.root(p.u(-24, -4), p.u(-12, 4), p.u(-5, 20))
    p.trunk(p.u(10, 30), 0, p.u(0, 30))
    p.leg(0, p.dir(0, p.u(0.0, 0.5), p.u(0.05, 0.6), 1, 3), p.u(25, 75))
    p.foot(0, p.u(0, 40))
    p.leg(1, p.dir(1, 0.0, -1, p.u(0, 0.12), 2), p.u(2, 18))
    p.flat(1)
    st.guard_hand(p, 1)
    p.arm(0, p.dir(0, p.u(0.15, 0.6), -1, p.u(-0.3, 0.1)), p.u(5, 45))


@family(
    "flying kick",
    "martial",
    "doing a flying kick with {p} {s} leg",
    "jumping and kicking with the {s} leg",
    "leaping into a kick",
    sided=True,
)
def flying_kick(p: Poser) -> None:
    p.root(p.u(-20, 0), p.u(-8, 8))
    p.trunk(p.u(6, 22))
    p.leg(0, p.dir(0, p.u(0, 0.25), p.u(-0.25, 0.3), 1, 3), p.u(0, 15))
    p.leg(1, p.dir(1, 0.25, -0.5, 0.6), p.u(100, 128))
    p.foot(0, p.u(0, 30))
    p.foot(1, p.u(10, 40))
    p.arm(0, p.dir(0, 0.5, p.u(-0.4, 0.2), 0.3), p.u(30, 90))
    p.arm(1, p.dir(1, 0.5, p.u(-0.6, 0.2), 0.2), p.u(30, 100))


@family(
    "horse stance punch",
    "martial",
    "in horse stance punching with {p} {s} hand",
    "doing karate in a wide low stance, {s} fist forward",
    sided=True,
)
def horse_punch(p: Poser) -> None:
    p.root(p.u(0, 10))
    p.trunk(p.u(-2, 8))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.85, -0.75, 0.45, 2), p.u(65, 82), p.u(10, 22))
    p.flat()
    p.arm(0, p.dir(0, -0.05, 0.02, 1, 3), p.u(0, 6), palm=p.dir(0, 0, -1, 0))
    p.arm(1, p.dir(1, 0.25, -1, -0.4), p.u(92, 110), p.dir(1, 0, 0.05, 1), palm=p.dir(1, 0, 1, 0))


@family(
    "fencing",
    "martial",
    "fencing",
    "lunging with a sword in {p} {s} hand",
    "thrusting a sword forward with the {s} arm",
    "doing a fencing lunge",
    sided=True,
    weight=1.1,
)
def fencing(p: Poser) -> None:
    p.root(p.u(4, 18), 0, p.u(-30, -10))
    p.trunk(p.u(0, 10), 0, p.u(0, 15))
    p.leg(0, p.dir(0, 0.1, p.u(-0.6, -0.25), 1, 3), p.u(55, 80))
    p.leg(1, p.dir(1, 0.35, -1, p.u(-0.9, -0.5), 3), p.u(0, 12), p.u(10, 25))
    p.flat()
    p.arm(0, p.dir(0, 0.0, p.u(-0.05, 0.2), 1, 3), p.u(0, 10), frame="world")
    p.arm(1, p.dir(1, 0.8, p.u(-0.2, 0.4), -0.5), p.u(30, 95), p.dir(1, 0, 1, 0))


@family(
    "crane",
    "martial",
    "doing the crane kick stance",
    "standing on {p} {o} leg like a crane with {p} arms raised",
    "in the Karate Kid pose",
    sided=True,
)
def crane(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-2, 8))
    st.knee_up(p, 0)
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 1, p.u(0.2, 0.6), p.u(0, 0.3)),
            p.u(10, 35),
            p.dir(a, 0, 0.2, 1),
            palm=p.dir(a, 0, -1, 0),
            wrist=p.u(40, 65),
        )


@family(
    "roundhouse",
    "martial",
    "doing a roundhouse kick with {p} {s} leg",
    "swinging {p} {s} leg around in a kick",
    "kicking in a half circle with the {s} leg at hip height",
    sided=True,
)
def roundhouse(p: Poser) -> None:
    p.root(p.u(-6, 6), p.u(-38, -20))
    p.trunk(p.u(0, 10), p.u(2, 16), p.u(-25, 0))
    p.leg(
        0,
        world_dir(p, 0.8, p.u(-0.05, 0.35), p.u(0.4, 0.7), 3),
        p.u(15, 55),
        kneecap=world_dir(p, -0.6, 0.25, 0.8, 2),
    )
    p.foot(0, p.u(20, 45))
    p.leg(1, world_dir(p, 0.03, -1, 0.02, 2), p.u(3, 15), kneecap=world_dir(p, -0.4, 0, 1, 2))
    p.foot(1, p.u(-8, 5))
    st.guard_hand(p, 1)
    p.arm(0, p.dir(0, 0.6, -0.7, p.u(-0.4, 0.2)), p.u(10, 50))


@family(
    "high block",
    "martial",
    "blocking above {p} head with the {s} forearm",
    "doing a karate high block with the {s} arm, {o} fist at the hip",
    "warding off a blow with the {s} forearm above {p} forehead",
    sided=True,
)
def high_block(p: Poser) -> None:
    p.root(p.u(0, 8))
    p.trunk(p.u(-3, 6))
    _fighting_legs(p)
    p.reach(
        0,
        p.at("head", -0.03, p.u(0.1, 0.17), p.u(0.18, 0.24)),
        p.dir(0, 1, -0.1, 0.5, 3),
        palm=p.dir(0, 0, 0, 1),
    )
    p.arm(1, p.dir(1, 0.25, -1, -0.4), p.u(92, 110), p.dir(1, 0, 0.05, 1), palm=p.dir(1, 0, 1, 0))
    p.head(p.u(-8, 5))
