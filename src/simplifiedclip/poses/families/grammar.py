"""What a family of poses is, and how its poses are drawn.

Every family is written for one side (side 0, the person's left, where it matters); its right-hand variant is
its mirror image, so left and right are equally good. Arms or head that a family leaves free are drawn from
:mod:`..states`. Global orientation here is heading +z; yaw is added by :mod:`..dataset`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import ArrayLike

from ...body.limits import clamp_pose, violates
from .. import states as st
from ..directions import SIDES, Array, Poser, mirror_theta
from ..states import State


@dataclass(frozen=True)
class Family:
    """A family of poses.

    Attributes:
        name: unique.
        group: everyday, gesture, stance, sitting, kneeling, floor, lying, yoga, sport, martial, dance,
            motion, emotion.
        build: poses the trunk, legs and, where they are not free, arms.
        acts: participles that name it, with slots as in :class:`.states.State`.
        parts: (part, what holds for it).
        sided: whether left and right differ, so that half of its poses are mirrored.
        arms: "own" (posed by ``build``), "free" or "free+legs" (hands may rest on the thighs).
        head: "own" or "free".
        weight: how often it is drawn.
    """

    name: str
    group: str
    build: Callable[[Poser], None]
    acts: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    sided: bool = False
    arms: str = "own"
    head: str = "free"
    weight: float = 1.0


@dataclass(frozen=True)
class Fragment:
    """Names that hold for a pose, with the side that ``{s}`` stands for (0 left, 1 right)."""

    acts: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    side: int
    sided: bool


@dataclass
class Sample:
    """Poses of one family: theta (n, 24, 3), and per pose the names that hold."""

    theta: Array
    fragments: list[list[Fragment]] = field(default_factory=list)


FAMILIES: dict[str, Family] = {}


def family(
    name: str,
    group: str,
    *acts: str,
    parts: tuple[tuple[str, str], ...] = (),
    sided: bool = False,
    arms: str = "own",
    head: str = "free",
    weight: float = 1.0,
) -> Callable[[Callable[[Poser], None]], Callable[[Poser], None]]:
    def register(build: Callable[[Poser], None]) -> Callable[[Poser], None]:
        FAMILIES[name] = Family(name, group, build, acts, parts, sided, arms, head, weight)
        return build

    return register


def draw(name: str, n: int, rng: np.random.Generator, spread: float = 1.0) -> Sample:
    """Make n poses of a family.

    Args:
        name: a key of :data:`FAMILIES`.
        n: number of poses.
        rng: source of randomness.
        spread: 1 for natural variety, 0 for the plain pose.
    """
    family = FAMILIES[name]
    p = Poser(n, rng, spread)
    family.build(p)
    flip = p.chance(0.5) if family.sided else np.zeros(n, bool)
    fragments = [[Fragment(family.acts, family.parts, int(f), family.sided)] for f in flip]

    def record(index: int, state: State, side: int, sided: bool) -> None:
        if state.acts or state.parts:
            own = side ^ int(flip[index])  # the pose is mirrored after it is posed
            fragments[index].append(Fragment(state.acts, state.parts, own, sided))

    if family.head == "free":
        _draw_states(p, st.HEAD_STATES, record, two_sided=False)
    if family.arms != "own":
        _draw_arms(p, family.arms == "free+legs", record)
    theta = _inside_limits(p.theta())
    theta[flip] = mirror_theta(theta[flip])
    return Sample(theta, fragments)


def _inside_limits(theta: Array) -> Array:
    """Bring the few poses that jitter took beyond a joint's limit back to it."""
    poses = torch.from_numpy(theta)
    beyond = violates(poses, tolerance_deg=0.0)
    if bool(beyond.any()):
        poses[beyond] = clamp_pose(poses[beyond])
    return theta


Record = Callable[[int, State, int, bool], None]


def _pick(p: Poser, table: tuple[State, ...]) -> Array:
    weights = np.array([state.weight for state in table])
    return p.rng.choice(len(table), size=p.n, p=weights / weights.sum())


def _draw_states(
    p: Poser, table: tuple[State, ...], record: Record, two_sided: bool, who: Array | None = None
) -> None:
    chosen, side = _pick(p, table), p.rng.integers(0, 2, p.n)
    for k, state in enumerate(table):
        for s in (0, 1):
            index = np.flatnonzero((chosen == k) & (side == s) & (who if who is not None else True))
            if len(index):
                part = p.take(index)
                state.pose(part, s)
                p.put(index, part)
                for i in index:
                    record(int(i), state, s, not two_sided)


def _draw_arms(p: Poser, with_legs: bool, record: Record) -> None:
    single = st.ARM_STATES + (st.LEG_ARM_STATES if with_legs else ())
    double = st.BOTH_ARM_STATES + (st.BOTH_LEG_ARM_STATES * 3 if with_legs else ())
    both = p.chance(0.5)
    _draw_states(p, double, record, two_sided=True, who=both)
    idle, busy = p.chance(0.35), p.rng.integers(0, 2, p.n)  # often only one arm does something
    for s in (0, 1):
        chosen = _pick(p, single)
        for k, state in enumerate(single):
            index = np.flatnonzero(~both & (np.where(idle & (busy != s), 0, chosen) == k))
            if len(index):
                part = p.take(index)
                state.pose(part, s)
                p.put(index, part)
                for i in index:
                    record(int(i), state, s, True)


def legs_straight(p: Poser, low: float = -0.06, high: float = 0.08, flat: bool = True) -> None:
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(low, high), -1, 0.0, 2), p.u(0, 6))
    if flat:
        p.flat()


def both_arms(p: Poser, *states: Callable[[Poser, int], None]) -> None:
    """Pose both arms by one state, or the left by the first and the right by the second."""
    states[0](p, 0)
    states[-1](p, 1)


def lowest(p: Poser) -> Array:
    """Return the height (n,) of the lowest of ankles, feet and knees."""
    names = ("left_ankle", "right_ankle", "left_foot", "right_foot", "left_knee", "right_knee", "pelvis")
    radius = (0.08, 0.08, 0.03, 0.03, 0.05, 0.05, 0.1)
    return np.min([p.place(name)[:, 1] - r for name, r in zip(names, radius)], axis=0)


def point(p: Poser, x: ArrayLike, y: ArrayLike, z: ArrayLike) -> Array:
    return np.stack(np.broadcast_arrays(x, y, z, np.zeros(p.n))[:3], -1).astype(float)


def plant_hands(
    p: Poser,
    out: tuple[float, float],
    ahead: tuple[float, float],
    elbow: tuple[float, float, float] = (0.4, 0.3, -1.0),
    wrist: tuple[float, float] = (-72, -55),
    fingers: float = 1.0,
    knees: bool = True,
) -> None:
    """Put the palms on the floor: beside the shoulders by ``out``, in front by ``ahead`` (metres).

    The floor is where the lowest of feet and knees are; ``fingers`` is 1 to point forward, -1 backward.
    """
    names = [("foot", 0.02), ("ankle", 0.06)] + ([("knee", 0.05)] if knees else [])
    floor = np.min([p.place(f"{s}_{name}")[:, 1] - r for s in SIDES for name, r in names], axis=0)
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        target = p.place(SIDES[a] + "_shoulder") + point(p, sign * p.u(*out), 0, p.u(*ahead))
        target[:, 1] = floor + 0.05
        p.reach(
            a, target, p.dir(a, *elbow, 4), frame="world", palm=p.dir(a, -0.1, 0, -fingers), wrist=p.u(*wrist)
        )


def world_dir(p: Poser, x: ArrayLike, y: ArrayLike, z: ArrayLike, jitter: float = 4) -> Array:
    return p.dir(None, x, y, z, jitter)
