"""Kneeling and crouching."""

from __future__ import annotations

import numpy as np

from .. import states as st
from ..directions import Poser
from .grammar import both_arms, family
from .yoga import childs_pose


@family(
    "kneel",
    "kneeling",
    "kneeling",
    "kneeling on both knees",
    "on {p} knees",
    "kneeling upright",
    "down on {p} knees",
    parts=(("knees", "on the ground"), ("both knees", "on the floor")),
    arms="free+legs",
    weight=3.0,
)
def kneel(p: Poser) -> None:
    p.root(p.u(-4, 6))
    p.trunk(p.u(-5, 10), p.u(-4, 4))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(-0.03, 0.25), -1, p.u(-0.05, 0.15), 2), p.u(84, 98), p.u(0, 6))
        p.foot(a, p.u(35, 50))


@family(
    "kneel heels",
    "kneeling",
    "sitting on {p} heels",
    "kneeling and sitting back on {p} heels",
    "sitting in seiza",
    "kneeling with {p} buttocks on {p} heels",
    arms="free+legs",
    weight=2.0,
)
def kneel_heels(p: Poser) -> None:
    p.root(p.u(-6, 10))
    p.trunk(p.u(-2, 14))
    wide = p.u(-0.03, 0.3)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, p.u(-0.5, -0.3), 1, 2), p.u(134, 146), p.u(0, 4))
        p.foot(a, p.u(38, 50))


@family(
    "kneel one",
    "kneeling",
    "kneeling on {p} {o} knee",
    "down on one knee",
    "proposing on one knee",
    "kneeling on the {o} knee with the {s} foot on the floor",
    "genuflecting",
    parts=(("{o} knee", "on the ground"), ("{s} foot", "flat in front")),
    sided=True,
    arms="free+legs",
    weight=2.5,
)
def kneel_one(p: Poser) -> None:
    p.root(p.u(-4, 10))
    p.trunk(p.u(-4, 10))
    p.leg(0, p.dir(0, 0.08, p.u(-0.05, 0.06), 1, 2), p.u(84, 98), p.u(0, 5))
    p.flat(0)
    p.leg(1, p.dir(1, 0.05, -1, p.u(-0.2, 0.05), 2), p.u(78, 98), p.u(0, 5))
    p.foot(1, p.u(-10, 45))


@family(
    "kneel pray",
    "kneeling",
    "kneeling in prayer",
    "praying on {p} knees",
    "kneeling with {p} hands together",
    head="own",
)
def kneel_pray(p: Poser) -> None:
    on = np.flatnonzero(p.chance(0.5))
    kneel(p)
    part = p.take(on)
    kneel_heels(part)
    p.put(on, part)
    st.pray(p, 0)
    p.head(p.u(5, 40))


@family(
    "prostrate",
    "kneeling",
    "bowing down to the ground on {p} knees",
    "prostrating",
    "kneeling with {p} forehead on the floor and arms stretched forward",
    "worshipping, forehead to the ground",
    head="own",
)
def prostrate(p: Poser) -> None:
    childs_pose(p)


@family(
    "crouch",
    "stance",
    "crouching",
    "crouching low",
    "cowering on the floor",
    "ducking down",
    "hunkering down with {p} arms around {p} knees",
    weight=1.4,
    arms="free+legs",
)
def crouch(p: Poser) -> None:
    p.root(p.u(25, 45))
    p.trunk(p.u(20, 38))
    up, wide = p.u(-0.1, 0.35), p.u(0.05, 0.4)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, up, 1, 3), p.u(118, 136), p.u(0, 8))
        p.foot(a, p.u(-28, -5))


@family(
    "kneel arms up",
    "kneeling",
    "kneeling with both arms raised to the sky",
    "on {p} knees looking up with {p} arms in the air",
    "kneeling and praising with raised arms",
    head="own",
)
def kneel_arms_up(p: Poser) -> None:
    kneel(p)
    p.trunk(p.u(-18, -4))
    wide = p.u(0.25, 0.9)
    for a in (0, 1):
        p.arm(a, p.dir(a, wide, 1, p.u(0.0, 0.3)), p.u(0, 20), palm=p.dir(a, 0, 0, 1))
    p.head(p.u(-45, -20))


@family(
    "kneel arrested",
    "kneeling",
    "kneeling with {p} hands behind {p} head",
    "on {p} knees with the hands behind the head",
    "kneeling under arrest",
)
def kneel_arrested(p: Poser) -> None:
    kneel(p)
    both_arms(p, st.hand_behind_head)


@family(
    "seiza",
    "kneeling",
    "sitting on {p} heels with {p} hands on {p} thighs",
    "kneeling in seiza, hands on the thighs",
    "sitting on {p} heels like a samurai",
)
def seiza(p: Poser) -> None:
    kneel_heels(p)
    for a in (0, 1):
        target = st._thigh_point(p, a, p.u(0.5, 0.7))
        p.reach(a, target, p.dir(a, 1, 0, -0.6), palm=p.dir(a, 0, -1, 0), frame="world")
