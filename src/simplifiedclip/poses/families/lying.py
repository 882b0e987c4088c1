"""Lying on the back, the front and the side."""

from __future__ import annotations

import numpy as np

from .. import states as st
from ..directions import SIDES, Poser
from .grammar import both_arms, family


def _lie(p: Poser, pitch: float, roll: float = 0.0) -> None:
    p.root(pitch + p.u(-4, 4), roll)
    p.trunk(p.u(-4, 5), p.u(-4, 4))
    p.head(p.u(-6, 6), p.u(-12, 12))


def _lie_legs(p: Poser, low: float = -0.06, high: float = 0.08) -> None:
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(low, high), -1, p.u(-0.02, 0.06), 2), p.u(0, 8), frame="pelvis")
        p.foot(a, p.u(5, 35))


LYING_BACK = (
    "lying on {p} back",
    "lying down",
    "lying flat on {p} back",
    "lying on the ground face up",
    "lying supine",
)


@family(
    "lie back",
    "lying",
    *LYING_BACK,
    "lying down with {p} arms at {p} sides",
    "sleeping on {p} back",
    "in corpse pose",
    "lying motionless on the floor",
    weight=3.0,
    head="own",
    parts=(("arms", "at {p} sides"), ("arms", "beside {p} body"), ("legs", "straight")),
)
def lie_back(p: Poser) -> None:
    _lie(p, -90)
    _lie_legs(p)
    both_arms(p, st.arm_down)


@family("lie back free arms", "lying", *LYING_BACK, arms="free", weight=3.0)
def lie_back_free(p: Poser) -> None:
    _lie(p, -90)
    legs = p.rng.integers(0, 4, p.n)
    _lie_legs(p)
    for k, build in enumerate((None, _bent_lying, _apart_lying, _one_bent_lying)):
        index = np.flatnonzero(legs == k)
        if build is not None and len(index):
            part = p.take(index)
            build(part)
            p.put(index, part)


def _bent_lying(p: Poser) -> None:
    up = p.u(0.6, 1.1)
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.0, 0.15), -1, up, 2), 2 * np.degrees(np.arctan(up)), frame="pelvis")
        p.foot(a, p.u(20, 40))


def _apart_lying(p: Poser) -> None:
    _lie_legs(p, 0.35, 0.6)


def _one_bent_lying(p: Poser) -> None:
    up = p.u(0.6, 1.0)
    p.leg(0, p.dir(0, 0.05, -1, up, 2), 2 * np.degrees(np.arctan(up)), frame="pelvis")
    p.foot(0, p.u(20, 40))


@family(
    "lie arms overhead",
    "lying",
    *LYING_BACK[:3],
    "lying on {p} back with both arms stretched over {p} head",
    "lying on the floor with {p} arms overhead",
    weight=1.4,
    parts=(("arms", "stretched out beyond {p} head"), ("arms", "above {p} head")),
)
def lie_overhead(p: Poser) -> None:
    _lie(p, -90)
    _lie_legs(p, -0.06, 0.2)
    for a in (0, 1):
        p.arm(a, p.dir(a, p.u(0.0, 0.3), 1, -0.03, 4), p.u(0, 20))


@family(
    "spread eagle",
    "lying",
    "lying spread-eagled",
    "lying on {p} back with arms and legs spread",
    "making a snow angel",
    "lying on {p} back like a starfish",
    weight=1.5,
    parts=(("arms", "spread wide"), ("legs", "spread apart")),
)
def spread_eagle(p: Poser) -> None:
    _lie(p, -90)
    _lie_legs(p, 0.4, 0.7)
    for a in (0, 1):
        p.arm(a, p.dir(a, 1, p.u(-0.1, 0.7), -0.03, 4), p.u(0, 12))


@family(
    "lie knees bent",
    "lying",
    "lying on {p} back with {p} knees bent",
    "lying on {p} back, knees up and feet on the floor",
    "lying face up with bent legs",
    arms="free+legs",
    weight=1.4,
)
def lie_knees_bent(p: Poser) -> None:
    _lie(p, -90)
    _bent_lying(p)


@family(
    "lie knees to chest",
    "lying",
    "lying on {p} back and hugging {p} knees",
    "lying on {p} back with {p} knees pulled to {p} chest",
    "rolled into a ball on {p} back",
)
def lie_hug(p: Poser) -> None:
    _lie(p, -90)
    p.trunk(p.u(18, 35))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.05, 0.55, 1, 3), p.u(115, 132), frame="pelvis")
    for a in (0, 1):
        shin = 0.7 * p.place(SIDES[a] + "_knee") + 0.3 * p.place(SIDES[a] + "_ankle")
        p.reach(
            a,
            shin + p._frame("pelvis") @ np.array([0.0, -0.05, 0.09]),
            p.dir(a, 1, 0, 0.2),
            palm=p.dir(a, 0, 0, -1),
        )
    p.head(p.u(5, 30))


@family(
    "legs up",
    "lying",
    "lying on {p} back with {p} legs up",
    "lying on {p} back with both legs raised straight up",
    "lying on the floor, legs pointing to the ceiling",
    "raising both legs while lying down",
    arms="free",
    weight=1.3,
)
def legs_up(p: Poser) -> None:
    _lie(p, -90)
    up = p.u(-0.35, 0.1)
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(-0.05, 0.2), up, 1, 2), p.u(0, 10), frame="pelvis")
        p.foot(a, p.u(0, 35))


@family(
    "lie one leg up",
    "lying",
    "lying on {p} back with the {s} leg raised",
    "lying down and lifting {p} {s} leg",
    "raising the {s} leg while lying on {p} back",
    sided=True,
    arms="free",
    weight=1.2,
)
def lie_leg_up(p: Poser) -> None:
    _lie(p, -90)
    _lie_legs(p)
    p.leg(0, p.dir(0, 0.05, p.u(-1.0, 0.0), 1, 2), p.u(0, 12), frame="pelvis")


LYING_FRONT = (
    "lying on {p} stomach",
    "lying face down",
    "lying on {p} belly",
    "lying prone",
    "lying on {p} front",
)


@family(
    "lie front",
    "lying",
    *LYING_FRONT,
    "lying face down with {p} arms at {p} sides",
    "lying flat on {p} stomach",
    weight=2.2,
    head="own",
    parts=(("arms", "beside {p} body"), ("arms", "at {p} sides"), ("legs", "straight")),
)
def lie_front(p: Poser) -> None:
    _lie(p, 90)
    _lie_legs(p)
    p.head(p.u(-12, 0), p.u(-60, 60))
    for a in (0, 1):
        p.foot(a, p.u(38, 50))
        p.arm(a, p.dir(a, p.u(0.1, 0.3), -1, 0.0, 3), p.u(2, 15), palm=p.dir(a, 0, 0, -1))


@family(
    "lie front arms",
    "lying",
    *LYING_FRONT,
    "lying face down with {p} arms stretched forward",
    "lying on {p} stomach, arms overhead",
    weight=1.6,
    parts=(("arms", "stretched out beyond {p} head"), ("arms", "overhead")),
)
def lie_front_overhead(p: Poser) -> None:
    _lie(p, 90)
    _lie_legs(p, -0.05, 0.25)
    for a in (0, 1):
        p.foot(a, p.u(38, 50))
        p.arm(a, p.dir(a, p.u(0.05, 0.35), 1, 0.02, 3), p.u(0, 15), palm=p.dir(a, 0, 0, 1))


@family(
    "lie front wide",
    "lying",
    *LYING_FRONT,
    "lying face down with {p} arms out to the sides",
    "lying flat on {p} belly with arms spread",
    parts=(("arms", "out to the sides"),),
)
def lie_front_wide(p: Poser) -> None:
    _lie(p, 90)
    _lie_legs(p, -0.05, 0.5)
    for a in (0, 1):
        p.foot(a, p.u(38, 50))
        bent = p.chance(0.5)
        p.arm(
            a,
            p.dir(a, 1, p.u(-0.1, 0.3), 0.0, 3),
            np.where(bent, p.u(70, 95), p.u(0, 10)),
            p.dir(a, 0, 1, 0.0),
            palm=p.dir(a, 0, 0, 1),
        )


@family(
    "lie side",
    "lying",
    "lying on {p} {s} side",
    "lying sideways on the {s}",
    "sleeping on {p} {s} side",
    "lying on the side with the {o} side up",
    sided=True,
    weight=2.2,
    head="own",
)
def lie_side(p: Poser) -> None:
    p.root(p.u(-8, 8), 90 + p.u(-6, 6))
    p.trunk(p.u(0, 10))
    p.head(p.u(0, 15))
    for a in (0, 1):
        lift = p.u(0.0, 0.45)
        p.leg(
            a, p.dir(a, -0.02, -1, lift, 3), 2 * np.degrees(np.arctan(lift)) * 0.9 + p.u(0, 8), frame="pelvis"
        )
        p.foot(a, p.u(5, 35))
    p.arm(0, p.dir(0, p.u(-0.1, 0.1), p.u(0.1, 1), p.u(0.3, 1), 4), p.u(10, 80), p.dir(0, -0.2, 1, 0.3))
    p.arm(1, p.dir(1, -0.1, -1, p.u(0, 0.8), 4), p.u(5, 40))


@family(
    "fetal",
    "lying",
    "curled up on {p} {s} side",
    "lying in fetal position on the {s} side",
    "lying curled up",
    "curled up in a ball on the floor",
    sided=True,
    weight=1.6,
    head="own",
)
def fetal(p: Poser) -> None:
    p.root(p.u(-8, 8), 90 + p.u(-6, 6))
    p.trunk(p.u(35, 52))
    p.head(p.u(20, 40))
    for a in (0, 1):
        p.leg(a, p.dir(a, -0.03, p.u(-0.1, 0.5), 1, 3), p.u(105, 132), frame="pelvis")
        p.foot(a, p.u(5, 35))
        p.arm(a, p.dir(a, -0.1, -0.7, 0.7, 4), p.u(95, 130), p.dir(a, -0.2, 1, 0.3))


@family(
    "lie side propped",
    "lying",
    "lying on {p} {s} side with the head propped on {p} {s} hand",
    "lying on {p} side like a Roman at dinner",
    "lying sideways and resting {p} head on {p} hand",
    sided=True,
    head="own",
)
def lie_side_propped(p: Poser) -> None:
    p.root(p.u(-4, 4), p.u(76, 84))
    p.trunk(p.u(0, 6), p.u(-34, -22))
    p.head(p.u(0, 8), 0, p.u(-15, 0))
    for a in (0, 1):
        p.leg(a, p.dir(a, -0.02, -1, p.u(0, 0.15), 2), p.u(0, 15), frame="pelvis")
    p.reach(
        0,
        p.at("head", 0.14, 0.02, 0.02),
        p.dir(0, 0.5, 0.8, 0.2, 3),
        palm=p.dir(0, -1, 0, 0),
        wrist=p.u(0, 20),
    )
    p.arm(1, p.dir(1, 0.02, -1, 0.15, 3), p.u(5, 25))
