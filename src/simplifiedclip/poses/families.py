"""A grammar of pose families: whole-body poses by name, and compositions of states of arms, legs and trunk.

Every family is written for one side (side 0, the person's left, where it matters); its right-hand variant is
its mirror image, so left and right are equally good. Arms or head that a family leaves free are drawn from
:mod:`.states`. Global orientation here is heading +z; yaw is added by :mod:`.dataset`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import ArrayLike

from ..body.limits import clamp_pose, violates
from . import states as st
from .directions import SIDES, Array, Poser, mirror_theta
from .states import State


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


def _family(
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


# --- drawing ------------------------------------------------------------------------------------------------


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


# --- standing: legs x trunk x arms --------------------------------------------------------------------------


def _trunk_free(p: Poser) -> None:
    """Draw what the trunk does: mostly upright, else leaning, bending, twisting."""
    kind = p.rng.choice(7, size=p.n, p=[0.58, 0.09, 0.09, 0.06, 0.07, 0.08, 0.03])
    sign = np.where(p.chance(0.5), 1.0, -1.0)
    bend, side, twist = p.u(-5, 6), p.u(-3, 3), p.u(-5, 5)
    pitch = p.u(-2, 3)
    slight, deep, back, lean, turned, both = (kind == k for k in range(1, 7))
    bend, pitch = np.where(slight, p.u(8, 22), bend), np.where(slight, p.u(12, 30), pitch)
    bend, pitch = np.where(deep, p.u(15, 40), bend), np.where(deep, p.u(45, 75), pitch)
    bend, pitch = np.where(back, p.u(-30, -16), bend), np.where(back, p.u(-14, -4), pitch)
    side = np.where(lean | both, sign * p.u(20, 38), side)
    twist = np.where(turned | both, sign * p.u(28, 48), twist)
    p.root(pitch)
    p.trunk(bend, side, twist)


def _standing(state: State) -> Callable[[Poser], None]:
    def build(p: Poser) -> None:
        _trunk_free(p)
        if "squat" in state.name:  # the weight stays over the feet
            p.root(p.u(8, 35))
        state.pose(p, 0)

    return build


def _sided(state: State) -> bool:
    text = " ".join(state.acts) + " ".join(part + what for part, what in state.parts)
    return "{s}" in text or "{o}" in text


def _with_arms(state: State, side: int) -> Callable[[Poser], None]:
    def build(p: Poser) -> None:
        p.root(p.u(-2, 3))
        p.trunk(p.u(-4, 6), p.u(-3, 3), p.u(-5, 5))
        half = np.flatnonzero(p.chance(0.5))
        st.stand_normal(p, 0)
        part = p.take(half)
        st.stand_apart(part, 0)
        p.put(half, part)
        if state in st.ARM_STATES:
            st.arm_down(p, 1)
        state.pose(p, side)

    return build


for _state in st.LEG_STATES:
    FAMILIES[f"stand {_state.name}"] = Family(
        f"stand {_state.name}",
        "stance",
        _standing(_state),
        _state.acts,
        _state.parts,
        sided=_sided(_state),
        arms="free",
        weight=1.2 + 0.5 * _state.weight,
    )
for _state in st.BOTH_ARM_STATES:
    FAMILIES[f"arms {_state.name}"] = Family(
        f"arms {_state.name}",
        "gesture",
        _with_arms(_state, 0),
        _state.acts,
        _state.parts,
        weight=0.45 + 0.25 * _state.weight,
    )
for _state in st.ARM_STATES:
    FAMILIES[f"one arm {_state.name}"] = Family(
        f"one arm {_state.name}",
        "gesture",
        _with_arms(_state, 0),
        _state.acts,
        _state.parts,
        sided=True,
        weight=0.35 + 0.2 * _state.weight,
    )


# --- helpers of whole-body families -------------------------------------------------------------------------


def _legs_straight(p: Poser, low: float = -0.06, high: float = 0.08, flat: bool = True) -> None:
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(low, high), -1, 0.0, 2), p.u(0, 6))
    if flat:
        p.flat()


def _arms(p: Poser, *states: Callable[[Poser, int], None]) -> None:
    """Pose both arms by one state, or the left by the first and the right by the second."""
    states[0](p, 0)
    states[-1](p, 1)


def _floor(p: Poser) -> Array:
    """Return the height (n,) of the lowest of ankles, feet and knees."""
    names = ("left_ankle", "right_ankle", "left_foot", "right_foot", "left_knee", "right_knee", "pelvis")
    radius = (0.08, 0.08, 0.03, 0.03, 0.05, 0.05, 0.1)
    return np.min([p.place(name)[:, 1] - r for name, r in zip(names, radius)], axis=0)


def _point(p: Poser, x: ArrayLike, y: ArrayLike, z: ArrayLike) -> Array:
    return np.stack(np.broadcast_arrays(x, y, z, np.zeros(p.n))[:3], -1).astype(float)


# --- standing and everyday ----------------------------------------------------------------------------------


@_family(
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


@_family(
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
    _arms(p, st.arm_down)


@_family(
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


@_family(
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
    _legs_straight(p)
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.12, -1, p.u(0.0, 0.2), 4), p.u(2, 12), palm=p.dir(a, -1, 0, 0))


@_family(
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


@_family(
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
            foot + _point(p, 0, p.u(0.05, 0.14), p.u(-0.02, 0.08)),
            p.dir(a, 1, 0.3, 0, 5),
            palm=p.dir(a, 0, -0.3, -1),
            frame="world",
        )
    p.head(p.u(-5, 25))


@_family(
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
    _legs_straight(p, 0.0, 0.2)
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.05, -1, 0.05), p.u(0, 15), frame="world")
    p.head(p.u(-5, 25))


@_family(
    "table top",
    "everyday",
    "bending forward ninety degrees with a flat back",
    "holding {p} trunk horizontal with the arms stretched forward",
    "bending forward with {p} arms in line with {p} body",
)
def table_top(p: Poser) -> None:
    p.root(p.u(75, 92))
    p.trunk(p.u(-5, 8))
    _legs_straight(p, 0.0, 0.15)
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.08, 1, p.u(-0.1, 0.1)), p.u(0, 8))
    p.head(p.u(-10, 20))


@_family(
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


@_family(
    "backbend standing",
    "yoga",
    "doing a standing backbend with {p} arms overhead",
    "bending backwards with both arms reaching back over {p} head",
    head="own",
)
def backbend(p: Poser) -> None:
    p.root(p.u(-28, -15))
    p.trunk(p.u(-45, -30))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.1, -1, p.u(0.05, 0.15), 2), p.u(8, 20))
        p.arm(a, p.dir(a, 0.12, 1, -0.15), p.u(0, 15))
    p.flat()
    p.head(p.u(-40, -25))


@_family(
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
    _legs_straight(p, 0.05, 0.3)


@_family(
    "side bend arm over",
    "yoga",
    "bending to the {s} with the {o} arm over {p} head",
    "stretching {p} side with the {o} arm reaching over to the {s}",
    "doing a side stretch to the {s}",
    sided=True,
)
def side_stretch(p: Poser) -> None:
    p.root(0, p.u(2, 7))
    p.trunk(p.u(-3, 5), p.u(28, 42))
    _legs_straight(p, 0.1, 0.35)
    p.arm(1, p.dir(1, p.u(-0.3, 0.05), 1, 0.05), p.u(5, 30), p.dir(1, -1, 0, 0))
    half = p.chance(0.5)
    low = np.flatnonzero(half)
    st.hand_on_hip(p, 0)
    part = p.take(low)
    st.arm_down(part, 0)
    p.put(low, part)


@_family(
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
    _legs_straight(p, 0.05, 0.25)
    p.head(p.u(-4, 6), p.u(0, 35))


@_family(
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
    target = _point(p, 0.12, _floor(p) + p.u(0.08, 0.15), p.place("left_foot")[:, 2] + p.u(0.1, 0.2))
    p.reach(0, target, p.dir(0, 1, 0, -0.5), frame="world")
    half = np.flatnonzero(p.chance(0.5))
    p.arm(1, p.dir(1, 0.2, -1, 0), p.u(5, 30), frame="world")
    part = p.take(half)
    st.hand_on_knee(part, 1)
    p.put(half, part)
    p.head(p.u(-5, 20))


@_family(
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


@_family(
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


@_family(
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


@_family(
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


# --- walking, running, jumping ------------------------------------------------------------------------------


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


@_family(
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


@_family(
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


@_family(
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


@_family(
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


@_family(
    "sprint start",
    "sport",
    "crouching in a sprint start",
    "ready to sprint in the starting blocks",
    "on {p} marks with both hands on the ground",
    "in a sprinter's starting position",
    sided=True,
)
def sprint_start(p: Poser) -> None:
    p.root(p.u(85, 105))
    p.trunk(p.u(5, 20))
    p.leg(0, p.dir(0, 0.05, -0.75, 0.9, 3), p.u(95, 110))
    p.leg(1, p.dir(1, 0.05, -1, p.u(-0.05, 0.25), 3), p.u(50, 75))
    p.foot(0, p.u(-25, -10))
    p.foot(1, p.u(-25, -10))
    for a in (0, 1):
        target = p.place(SIDES[a] + "_shoulder").copy()
        target[:, 1] = np.minimum(p.place("left_foot")[:, 1], p.place("right_foot")[:, 1]) + 0.06
        p.reach(
            a,
            target + p.dir(a, 1, 0, 0.5, 0) * 0.05,
            p.dir(a, 0.5, 0, -1),
            frame="world",
            wrist=-45,
            palm=p.dir(a, 0, -1, 0),
        )
    p.head(p.u(-35, 5))


@_family(
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


@_family(
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


@_family(
    "star jump",
    "sport",
    "doing a star jump",
    "doing jumping jacks",
    "making a star with {p} arms and legs",
    "making an X with {p} body",
    "standing spread-eagled with the arms raised",
    weight=1.4,
)
def star_jump(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-6, 3))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.45, 0.75), -1, 0, 3), p.u(0, 8), p.u(5, 20))
        p.foot(a, p.u(5, 40))
        p.arm(a, p.dir(a, p.u(0.7, 1.1), 0.9, 0, 4), p.u(0, 8))


@_family(
    "hop", "motion", "hopping on {p} {o} foot", "hopping on one leg", "skipping", sided=True, arms="free"
)
def hop(p: Poser) -> None:
    p.root(p.u(0, 8))
    p.trunk(p.u(0, 8))
    p.leg(0, p.dir(0, 0.05, p.u(-1.2, -0.2), 1, 4), p.u(80, 115))
    p.foot(0, p.u(15, 40))
    p.leg(1, p.dir(1, 0.0, -1, p.u(0.05, 0.2), 2), p.u(10, 25))
    p.foot(1, p.u(15, 40))


@_family(
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


@_family(
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


@_family(
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


# --- sitting ------------------------------------------------------------------------------------------------


def _sit_legs(
    p: Poser, spread: tuple[float, float] = (0.0, 0.3), knee: tuple[float, float] = (78, 100)
) -> None:
    wide, up = p.u(*spread), p.u(-0.12, 0.1)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, up, 1, 3), p.u(*knee), p.u(0, 6))
    p.flat()


@_family(
    "sit chair",
    "sitting",
    "sitting",
    "sitting on a chair",
    "seated",
    "sitting upright on a chair",
    "sitting down",
    "sitting on a stool",
    "sitting on a bench",
    "sitting at a table",
    parts=(("knees", "bent"), ("thighs", "horizontal")),
    arms="free+legs",
    weight=6.0,
)
def sit_chair(p: Poser) -> None:
    p.root(p.u(-6, 8))
    p.trunk(p.u(-4, 14), p.u(-4, 4), p.u(-8, 8))
    _sit_legs(p)


@_family(
    "sit chair wide",
    "sitting",
    "sitting with {p} legs spread",
    "sitting on a chair with {p} knees apart",
    "manspreading on a chair",
    arms="free+legs",
)
def sit_wide(p: Poser) -> None:
    p.root(p.u(-8, 8))
    p.trunk(p.u(-2, 15))
    _sit_legs(p, (0.5, 0.9))


@_family(
    "sit lean back",
    "sitting",
    "sitting and leaning back",
    "sitting back in an armchair",
    "lounging in a chair",
    "reclining on a chair",
    arms="free+legs",
    weight=1.4,
)
def sit_back(p: Poser) -> None:
    p.root(p.u(-38, -20))
    p.trunk(p.u(0, 14))
    _sit_legs(p, (0, 0.35), (60, 95))


@_family(
    "sit lean forward",
    "sitting",
    "sitting and leaning forward",
    "sitting bent forward with the elbows on {p} knees",
    "sitting hunched on a chair",
    weight=1.4,
)
def sit_forward(p: Poser) -> None:
    p.root(p.u(18, 32))
    p.trunk(p.u(25, 42))
    _sit_legs(p, (0.1, 0.4))
    for a in (0, 1):
        target = st._thigh_point(p, a, p.u(0.95, 1.0)) + p.dir(a, -0.8, 0.4, 0.6, 0) * 0.1
        p.reach(a, target, p.dir(a, 1, -0.5, -0.3), frame="world")
    p.head(p.u(0, 35))


@_family(
    "sit thinker",
    "sitting",
    "sitting like the thinker",
    "sitting and thinking with the chin on {p} {s} hand",
    "sitting with the {s} elbow on the knee and the chin on {p} hand",
    sided=True,
    head="own",
)
def thinker(p: Poser) -> None:
    p.root(p.u(18, 28))
    p.trunk(p.u(28, 42), 0, p.u(-8, 0))
    _sit_legs(p, (0.0, 0.15), (85, 105))
    p.head(p.u(10, 25))
    p.reach(
        0,
        p.at("head", 0.03, -0.12, 0.13),
        p.dir(0, 0.2, -1, 0.3, 3),
        palm=p.dir(0, -0.3, 0.8, -0.5),
        wrist=p.u(20, 40),
    )
    st.hand_on_knee(p, 1)


@_family(
    "sit leg crossed",
    "sitting",
    "sitting with {p} legs crossed",
    "sitting on a chair with the {s} leg over the {o}",
    "sitting with the {s} knee crossed over the {o} knee",
    "sitting elegantly with crossed legs",
    parts=(("{s} leg", "crossed over the {o}"),),
    sided=True,
    arms="free+legs",
    weight=1.8,
)
def sit_crossed(p: Poser) -> None:
    p.root(p.u(-8, 6))
    p.trunk(p.u(-2, 10))
    p.leg(1, p.dir(1, 0.02, -0.02, 1, 2), p.u(80, 95), p.u(0, 4))
    p.flat(1)
    p.leg(0, p.dir(0, -0.3, 0.2, 1, 2), p.u(68, 88), p.u(-6, 4))
    p.foot(0, p.u(5, 30))


@_family(
    "sit ankle on knee",
    "sitting",
    "sitting with the {s} ankle on the {o} knee",
    "sitting in a figure-four position, {s} ankle on the {o} knee",
    "sitting with an ankle resting on the opposite knee",
    sided=True,
    arms="free+legs",
)
def sit_figure_four(p: Poser) -> None:
    p.root(p.u(-14, 0))
    p.trunk(p.u(0, 12))
    p.leg(1, p.dir(1, 0.1, 0, 1, 2), p.u(80, 92))
    p.flat(1)
    knee = p.place("right_knee")
    p.step(0, knee + _point(p, p.u(0.06, 0.1), 0.1, p.u(-0.06, -0.02)), p.dir(0, 1, 0.15, 0.6, 3))


@_family(
    "sit one leg out",
    "sitting",
    "sitting on a chair with the {s} leg stretched out",
    "sitting with the {s} knee straight and the foot off the floor",
    "doing a seated leg extension with the {s} leg",
    sided=True,
    arms="free+legs",
)
def sit_leg_out(p: Poser) -> None:
    p.root(p.u(-10, 4))
    p.trunk(p.u(-2, 8))
    _sit_legs(p, (0.02, 0.12))
    p.leg(0, p.dir(0, 0.05, p.u(-0.1, 0.15), 1, 3), p.u(0, 12))
    p.foot(0, p.u(-5, 25))


@_family(
    "drive",
    "sitting",
    "driving a car",
    "sitting at the wheel",
    "sitting with both hands on a steering wheel",
    "riding a motorbike",
)
def drive(p: Poser) -> None:
    p.root(p.u(-18, 4))
    p.trunk(p.u(2, 12))
    _sit_legs(p, (0.1, 0.35), (60, 90))
    st.steering(p, 0)


@_family(
    "type",
    "sitting",
    "sitting and typing",
    "working at a computer",
    "sitting at a desk with {p} hands on the keyboard",
    "playing the piano",
)
def typing(p: Poser) -> None:
    p.root(p.u(-2, 10))
    p.trunk(p.u(0, 14))
    _sit_legs(p, (0.0, 0.25))
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 0.15, -1, p.u(0.1, 0.4), 4),
            p.u(70, 90),
            p.dir(a, -0.1, 0, 1, 4),
            palm=p.dir(a, 0, -1, 0),
        )
    p.head(p.u(5, 25))


@_family("ride horse", "sitting", "riding a horse", "sitting astride a horse", "sitting in the saddle")
def ride_horse(p: Poser) -> None:
    p.root(p.u(-4, 8))
    p.trunk(p.u(-2, 8))
    wide = p.u(0.7, 0.95)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, -0.7, 0.8, 3), p.u(65, 90), p.u(2, 10))
        p.arm(a, p.dir(a, 0.15, -1, 0.15, 4), p.u(65, 90), p.dir(a, -0.3, 0, 1, 4))
    p.flat()


@_family(
    "cycle",
    "sport",
    "riding a bicycle",
    "cycling",
    "pedalling a bike",
    "cycling with the {s} knee up",
    sided=True,
)
def cycle(p: Poser) -> None:
    p.root(p.u(28, 50))
    p.trunk(p.u(10, 25))
    p.leg(0, p.dir(0, 0.05, p.u(-0.3, 0.1), 1, 3), p.u(95, 112))
    p.leg(1, p.dir(1, 0.05, -1, p.u(0.3, 0.55), 3), p.u(30, 50))
    p.flat()
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 0.15, -0.55, 1, 4),
            p.u(10, 40),
            p.dir(a, 0.2, 0.8, 0.5),
            frame="world",
            palm=p.dir(a, -0.2, -1, 0),
        )
    p.head(p.u(-40, -15))


@_family(
    "sit legs out",
    "sitting",
    "sitting on the floor with {p} legs stretched out",
    "sitting on the ground with straight legs",
    "sitting in an L shape",
    "sitting on the floor, legs extended forward",
    parts=(("legs", "stretched out in front"), ("legs", "straight on the floor")),
    arms="free+legs",
    weight=1.8,
)
def sit_long(p: Poser) -> None:
    p.root(p.u(-12, 8))
    p.trunk(p.u(0, 18))
    wide = p.u(-0.05, 0.12)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, p.u(-0.02, 0.06), 1, 2), p.u(0, 10))
        p.foot(a, p.u(-5, 25))


@_family(
    "sit straddle",
    "sitting",
    "sitting on the floor with {p} legs wide apart",
    "sitting in a straddle split",
    "sitting with {p} legs spread in a V",
    arms="free+legs",
)
def sit_straddle(p: Poser) -> None:
    p.root(p.u(-8, 12))
    p.trunk(p.u(0, 18))
    wide = p.u(0.75, 1.3)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, 0.02, 1, 2), p.u(0, 8), p.u(0, 20))
        p.foot(a, p.u(-5, 25))


@_family(
    "sit lean on hands",
    "sitting",
    "sitting on the floor leaning back on {p} hands",
    "sitting with {p} hands on the floor behind {p} back",
    "sunbathing, leaning back on {p} arms",
    "sitting and propped up on both arms",
    weight=1.5,
)
def sit_lean_hands(p: Poser) -> None:
    p.root(p.u(-38, -22))
    p.trunk(p.u(-8, 8))
    bent = p.chance(0.4)
    wide = p.u(0, 0.15)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, np.where(bent, 0.75, 0.03), 1, 3), np.where(bent, p.u(80, 105), p.u(0, 10)))
    p.flat()
    for a in (0, 1):
        target = p.place(SIDES[a] + "_shoulder") + _point(p, 0, 0, p.u(-0.22, -0.1))
        target[:, 1] = p.place("pelvis")[:, 1] - 0.06
        p.reach(a, target, p.dir(a, 0.4, 0, -1), palm=p.dir(a, 0, -1, 0), wrist=-55, frame="world")


@_family(
    "sit cross-legged",
    "sitting",
    "sitting cross-legged",
    "sitting cross-legged on the floor",
    "sitting in lotus position",
    "meditating",
    "sitting with crossed legs on the ground",
    "sitting like a Buddha",
    arms="free+legs",
    weight=2.0,
)
def sit_cross(p: Poser) -> None:
    p.root(p.u(-4, 8))
    p.trunk(p.u(0, 12))
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        target = _point(
            p,
            -sign * p.u(0.08, 0.14),
            p.place("pelvis")[:, 1] - p.u(0.08, 0.12),
            p.place("pelvis")[:, 2] + (0.34 if a else 0.28) + p.u(0, 0.04),
        )
        p.step(a, target, p.dir(a, 1, p.u(-0.05, 0.25), 0.55, 3))
        p.foot(a, p.u(20, 40))


@_family(
    "meditate",
    "yoga",
    "meditating",
    "sitting in the lotus position with {p} hands on {p} knees",
    "sitting cross-legged and meditating, hands on the knees",
    head="own",
)
def meditate(p: Poser) -> None:
    sit_cross(p)
    p.head(p.u(-4, 10))
    for a in (0, 1):
        target = st._thigh_point(p, a, p.u(0.85, 0.95))
        p.reach(a, target, p.dir(a, 1, -0.4, -0.5), palm=p.dir(a, 0, 1, 0), frame="world")


@_family(
    "hug knees",
    "sitting",
    "sitting and hugging {p} knees",
    "sitting on the floor with {p} knees pulled to {p} chest",
    "hugging {p} legs",
    "sitting curled up on the floor",
    weight=1.5,
)
def hug_knees(p: Poser) -> None:
    p.root(p.u(-8, 2))
    p.trunk(p.u(24, 40))
    up = p.u(1.0, 1.5)
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.02, up, 1, 2), p.u(118, 134))
    p.flat()
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        shin = 0.6 * p.place(SIDES[a] + "_knee") + 0.4 * p.place(SIDES[a] + "_ankle")
        target = shin + _point(p, -sign * 0.08, 0, 0.12)
        p.reach(a, target, p.dir(a, 1, -0.4, 0.1), palm=p.dir(a, 0, 0, -1), frame="world")
    p.head(p.u(5, 40))


@_family(
    "sit knees up",
    "sitting",
    "sitting on the floor with {p} knees bent and feet flat",
    "sitting on the ground with raised knees",
    arms="free+legs",
    weight=1.2,
)
def sit_knees_up(p: Poser) -> None:
    p.root(p.u(-18, 0))
    p.trunk(p.u(10, 28))
    up, wide = p.u(0.7, 1.3), p.u(0, 0.35)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, up, 1, 3), 2 * np.degrees(np.arctan(up)) + p.u(-2, 12))
    p.flat()


@_family(
    "sit one knee up",
    "sitting",
    "sitting on the floor with the {s} knee up and the {o} leg stretched out",
    "sitting on the ground, one leg straight and the {s} knee bent",
    sided=True,
    arms="free+legs",
)
def sit_one_knee(p: Poser) -> None:
    p.root(p.u(-14, 4))
    p.trunk(p.u(4, 18))
    up = p.u(0.8, 1.3)
    p.leg(0, p.dir(0, 0.1, up, 1, 3), 2 * np.degrees(np.arctan(up)) + p.u(0, 8))
    p.flat(0)
    p.leg(1, p.dir(1, 0.1, 0.02, 1, 2), p.u(0, 8))


@_family(
    "seated forward fold",
    "yoga",
    "sitting and reaching for {p} toes",
    "doing a seated forward bend",
    "sitting on the floor with straight legs and touching {p} feet",
    "stretching {p} hamstrings on the floor",
    head="own",
    weight=1.2,
)
def seated_fold(p: Poser) -> None:
    p.root(p.u(24, 42))
    p.trunk(p.u(40, 56))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(-0.04, 0.05), 0.02, 1, 2), p.u(0, 10))
        p.foot(a, p.u(-12, 8))
    for a in (0, 1):
        p.reach(
            a,
            p.place(SIDES[a] + "_foot") + _point(p, 0, p.u(0.0, 0.08), p.u(-0.06, 0.02)),
            p.dir(a, 1, 0.2, 0),
            palm=p.dir(a, -0.3, -1, 0),
            frame="world",
        )
    p.head(p.u(-10, 20))


@_family(
    "butterfly",
    "yoga",
    "sitting in butterfly pose",
    "sitting with the soles of {p} feet together",
    "holding {p} feet together with the knees out to the sides",
)
def butterfly(p: Poser) -> None:
    p.root(p.u(0, 15))
    p.trunk(p.u(5, 25))
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        base = p.place("pelvis")
        p.step(a, base + _point(p, sign * 0.06, -0.07, p.u(0.3, 0.38)), p.dir(a, 1, p.u(0.0, 0.3), 0.3, 3))
        p.foot(a, p.u(15, 35))
    for a in (0, 1):
        p.reach(
            a,
            p.place(SIDES[a] + "_ankle") + _point(p, 0, 0.06, 0.05),
            p.dir(a, 1, -0.2, 0),
            palm=p.dir(a, 0, -1, 0),
            frame="world",
        )


@_family(
    "side sit",
    "sitting",
    "sitting on the floor with both legs folded to the {s}",
    "sitting sideways like a mermaid",
    "sitting with {p} knees to the {o} and feet to the {s}",
    sided=True,
    arms="free",
)
def side_sit(p: Poser) -> None:
    p.root(0, p.u(-8, -2))
    p.trunk(p.u(0, 10), p.u(4, 12))
    base = p.place("pelvis")
    p.step(
        1,
        base + _point(p, p.u(0.1, 0.16), p.u(-0.12, -0.09), p.u(0.26, 0.34)),
        p.dir(1, 1, p.u(-0.05, 0.15), 0.5, 3),
    )
    p.leg(0, p.dir(0, -0.45, -0.12, 1, 3), p.u(115, 128), kneecap=_world_dir(p, -0.8, 0.1, 0.7, 3))
    p.foot(0, p.u(15, 35))
    p.foot(1, p.u(15, 35))


# --- kneeling and squatting ---------------------------------------------------------------------------------


@_family(
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


@_family(
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


@_family(
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


@_family(
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


@_family(
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


@_family(
    "child",
    "yoga",
    "in child's pose",
    "doing child's pose",
    "kneeling folded forward with {p} arms stretched ahead on the floor",
    "resting with {p} forehead on the floor and {p} hips on {p} heels",
    head="own",
    weight=1.3,
)
def childs_pose(p: Poser) -> None:
    p.root(p.u(52, 62))
    p.trunk(p.u(58, 72))
    wide = p.u(0.0, 0.35)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, p.u(-0.3, -0.12), 1, 2), p.u(136, 146), p.u(0, 3))
        p.foot(a, p.u(40, 50))
    back = p.chance(0.2)
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 0.1, np.where(back, -0.1, -0.35), np.where(back, -1, 1), 3),
            p.u(0, 15),
            frame="world",
            palm=p.dir(a, 0, -1, 0),
        )
    p.head(p.u(0, 15))


@_family(
    "camel",
    "yoga",
    "in camel pose",
    "doing the camel pose",
    "kneeling and bending backwards to hold {p} heels",
    "kneeling with an arched back, hands on {p} heels",
    head="own",
)
def camel(p: Poser) -> None:
    p.root(p.u(-22, -10))
    p.trunk(p.u(-58, -46))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.08, -1, p.u(0.02, 0.15), 2), p.u(92, 102))
        p.foot(a, p.u(35, 48))
    for a in (0, 1):
        p.reach(
            a,
            p.place(SIDES[a] + "_ankle") + _point(p, 0, 0.08, 0),
            p.dir(a, 0.5, 0.3, -1),
            palm=p.dir(a, 0, -1, 0),
        )
    p.head(p.u(-48, -30))


@_family(
    "squat arms forward",
    "sport",
    "squatting with {p} arms stretched forward",
    "doing a squat",
    "doing squats with both arms out in front",
    weight=1.4,
)
def squat_forward(p: Poser) -> None:
    p.root(p.u(20, 40))
    p.trunk(p.u(0, 12))
    up, wide = p.u(-0.35, 0.25), p.u(0.2, 0.45)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, up, 1, 2), 90 + 45 * up + p.u(5, 18), p.u(2, 10))
    p.flat()
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.05, p.u(-0.05, 0.15), 1, 4), p.u(0, 10), frame="world", palm=p.dir(a, 0, -1, 0))


@_family(
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


@_family(
    "squat pray",
    "yoga",
    "in garland pose",
    "squatting deeply with {p} palms together",
    "squatting with {p} hands in prayer",
)
def malasana(p: Poser) -> None:
    p.root(p.u(15, 30))
    p.trunk(p.u(5, 15))
    wide = p.u(0.6, 0.85)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, p.u(0.2, 0.4), 1, 2), p.u(125, 138), p.u(0, 12))
    p.flat()
    st.pray(p, 0)


@_family(
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
        target = _point(p, sign * 0.1, low + 0.05, p.place("left_foot")[:, 2] + p.u(0.1, 0.2))
        p.reach(a, target, p.dir(a, 1, 0, 0.2), palm=p.dir(a, 0, -1, 0), wrist=-45, frame="world")
    p.head(p.u(-40, -10))


# --- lying --------------------------------------------------------------------------------------------------


def _lie(p: Poser, pitch: float, roll: float = 0.0) -> None:
    p.root(pitch + p.u(-4, 4), roll)
    p.trunk(p.u(-4, 5), p.u(-4, 4))
    p.head(p.u(-6, 6), p.u(-12, 12))


def _lie_legs(p: Poser, low: float = -0.06, high: float = 0.08) -> None:
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(low, high), -1, p.u(-0.02, 0.06), 2), p.u(0, 8), frame="pelvis")
        p.foot(a, p.u(5, 35))


def _plant_hands(
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
        target = p.place(SIDES[a] + "_shoulder") + _point(p, sign * p.u(*out), 0, p.u(*ahead))
        target[:, 1] = floor + 0.05
        p.reach(
            a, target, p.dir(a, *elbow, 4), frame="world", palm=p.dir(a, -0.1, 0, -fingers), wrist=p.u(*wrist)
        )


LYING_BACK = (
    "lying on {p} back",
    "lying down",
    "lying flat on {p} back",
    "lying on the ground face up",
    "lying supine",
)


@_family(
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
    _arms(p, st.arm_down)


@_family("lie back free arms", "lying", *LYING_BACK, arms="free", weight=3.0)
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


@_family(
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


@_family(
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


@_family(
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


@_family(
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


@_family(
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


@_family(
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


@_family(
    "bicycle crunch",
    "sport",
    "doing bicycle crunches",
    "doing sit-ups with the {s} knee bent",
    "lying on {p} back, {o} elbow towards the {s} knee",
    sided=True,
    head="own",
)
def bicycle_crunch(p: Poser) -> None:
    p.root(p.u(-72, -62))
    p.trunk(p.u(30, 45), 0, p.u(15, 30))
    p.leg(0, p.dir(0, 0.05, p.u(0, 0.3), 1), p.u(90, 115), frame="pelvis")
    p.leg(1, p.dir(1, 0.05, -1, 0.3), p.u(0, 10), frame="pelvis")
    p.head(p.u(10, 30))
    _arms(p, st.hand_behind_head)


@_family(
    "crunch",
    "sport",
    "doing a crunch",
    "doing sit-ups",
    "doing a sit-up with {p} hands behind {p} head",
    "lying with bent knees and lifting {p} upper body",
    head="own",
    weight=1.1,
)
def crunch(p: Poser) -> None:
    p.root(p.u(-80, -35))
    p.trunk(p.u(30, 48))
    up = p.u(0.8, 1.2)
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.08, up, 1, 2), 2 * np.degrees(np.arctan(up)) + p.u(0, 10))
    p.flat()
    p.head(p.u(10, 30))
    crossed = np.flatnonzero(p.chance(0.3))
    _arms(p, st.hand_behind_head)
    part = p.take(crossed)
    st.arms_crossed(part, 0)
    p.put(crossed, part)


@_family(
    "bridge hips",
    "yoga",
    "doing a glute bridge",
    "in bridge pose",
    "lying on {p} shoulders and lifting {p} hips",
    "lying on {p} back with the hips raised off the floor",
    head="own",
    weight=1.2,
)
def bridge_hips(p: Poser) -> None:
    pitch = p.u(-122, -108)
    p.root(pitch)
    p.trunk(p.u(-18, -4))
    p.head(p.u(25, 45))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0, 0.12), p.u(0.15, 0.4), 1, 2), p.u(98, 112))
    p.flat()
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.15, -0.2, 1, 3), p.u(0, 8), frame="world", palm=p.dir(a, 0, -1, 0))


@_family(
    "wheel",
    "yoga",
    "doing a backbend bridge on hands and feet",
    "in wheel pose",
    "doing a bridge",
    "bent over backwards with hands and feet on the floor",
    "arching {p} back like a bridge",
    head="own",
    weight=1.2,
)
def wheel(p: Poser) -> None:
    p.root(p.u(-80, -71))
    p.trunk(p.u(-76, -64))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.08, p.u(-0.4, -0.25), 1, 2), p.u(64, 76), p.u(0, 6))
    p.flat()
    _plant_hands(p, (-0.02, 0.06), (-0.22, -0.08), (0.6, 0.3, -1), (-70, -50), knees=False)
    p.head(p.u(-45, -25))


@_family(
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
    _plant_hands(p, (0.0, 0.08), (-0.02, 0.12), (0.4, 0, -1), (-55, -40), knees=False)
    p.head(p.u(-10, 25))


@_family(
    "shoulder stand",
    "yoga",
    "doing a shoulder stand",
    "doing a candle, legs straight up",
    "balancing on {p} shoulders with {p} legs in the air",
    "standing on {p} shoulders upside down",
    head="own",
)
def shoulder_stand(p: Poser) -> None:
    p.root(p.u(-172, -150))
    p.trunk(p.u(25, 42))
    p.head(p.u(48, 58))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(-0.05, 0.1), 1, p.u(-0.1, 0.25), 2), p.u(0, 6), kneecap=p.dir(a, 0, 0, -1, 2))
        p.foot(a, p.u(15, 40))
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        p.reach(a, p.at("spine1", sign * 0.1, 0, -0.13), p.dir(a, 1, 0, -1), palm=p.dir(a, 0, 0, 1))


@_family(
    "plow",
    "yoga",
    "in plow pose",
    "lying on {p} shoulders with {p} feet behind {p} head",
    "bringing {p} legs over {p} head",
    head="own",
)
def plow(p: Poser) -> None:
    p.root(p.u(-172, -158))
    p.trunk(p.u(38, 52))
    p.head(p.u(48, 58))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.02, p.u(-0.35, 0.1), -1, 2), p.u(0, 8), kneecap=p.dir(a, 0, -1, 0.0, 2))
        p.arm(a, p.dir(a, 0.15, -0.15, 1, 3), p.u(0, 8), frame="world", palm=p.dir(a, 0, -1, 0))


LYING_FRONT = (
    "lying on {p} stomach",
    "lying face down",
    "lying on {p} belly",
    "lying prone",
    "lying on {p} front",
)


@_family(
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


@_family(
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


@_family(
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


@_family(
    "superman",
    "yoga",
    "doing the superman exercise",
    "flying like Superman",
    "lying on {p} stomach and lifting arms and legs",
    "lying on {p} belly, arms and legs raised off the floor",
    head="own",
)
def superman(p: Poser) -> None:
    p.root(p.u(84, 92))
    p.trunk(p.u(-38, -22))
    p.head(p.u(-30, -10))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0, 0.2), -1, p.u(-0.35, -0.2), 2), p.u(0, 8), frame="pelvis")
        p.foot(a, p.u(35, 50))
        p.arm(a, p.dir(a, p.u(0, 0.25), 1, -0.05, 3), p.u(0, 8), palm=p.dir(a, 0, 0, 1))


@_family(
    "cobra",
    "yoga",
    "in cobra pose",
    "doing the cobra",
    "doing an upward-facing dog",
    "lying on {p} stomach and pushing {p} chest up with {p} arms",
    "lying face down with the chest lifted on straight arms",
    head="own",
    weight=1.4,
)
def cobra(p: Poser) -> None:
    p.root(p.u(68, 80))
    p.trunk(p.u(-58, -42))
    p.head(p.u(-35, -12))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0, 0.12), -0.05, -1, 2), p.u(0, 4), kneecap=p.dir(a, 0, -1, 0, 2))
        p.foot(a, p.u(40, 50))
    _plant_hands(p, (-0.02, 0.08), (-0.08, 0.08))


@_family(
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


@_family(
    "bow pose",
    "yoga",
    "in bow pose",
    "lying on {p} stomach and holding {p} ankles",
    "arching {p} back and grabbing both feet from behind",
    head="own",
)
def bow_pose(p: Poser) -> None:
    p.root(p.u(80, 92))
    p.trunk(p.u(-58, -46))
    p.head(p.u(-35, -15))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.15, -1, p.u(-0.36, -0.25), 2), p.u(95, 110), frame="pelvis")
    for a in (0, 1):
        p.reach(a, p.place(SIDES[a] + "_ankle"), p.dir(a, 0.4, 0.6, -1), palm=p.dir(a, -1, 0, 0))


@_family(
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


@_family(
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


@_family(
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


# --- floor: hands and feet ----------------------------------------------------------------------------------


@_family(
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
    _plant_hands(p, (-0.02, 0.04), (-0.05, 0.06))
    p.head(p.u(-40, 20))


@_family(
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
    _plant_hands(p, (-0.02, 0.04), (-0.02, 0.02))
    for a, sign in ((0, 1.0), (1, -1.0)):
        target = p.place(SIDES[a] + "_wrist") + _point(p, 0, 0, sign * reach * 0.5)
        p.reach(
            a,
            target,
            p.dir(a, 0.4, 0.3, -1, 4),
            frame="world",
            palm=p.dir(a, -0.1, 0, -1),
            wrist=p.u(-65, -45),
        )
    p.head(p.u(-42, 0))


@_family(
    "cat",
    "yoga",
    "in cat pose with a rounded back",
    "on all fours with a rounded back",
    "arching {p} back like a cat",
    head="own",
)
def cat(p: Poser) -> None:
    all_fours(p)
    p.root(p.u(46, 56))
    p.trunk(p.u(42, 55))
    p.head(p.u(25, 45))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.05, -1, p.u(-0.05, 0.1), 2), p.u(86, 95))
    _plant_hands(p, (-0.02, 0.03), (-0.03, 0.05))


@_family(
    "cow",
    "yoga",
    "in cow pose with a hollow back",
    "on all fours with a sagging back and the head up",
    head="own",
    weight=0.7,
)
def cow(p: Poser) -> None:
    all_fours(p)
    p.root(p.u(98, 108))
    p.trunk(p.u(-48, -34))
    p.head(p.u(-40, -20))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.05, -1, p.u(-0.05, 0.1), 2), p.u(86, 95))
    _plant_hands(p, (-0.02, 0.03), (-0.03, 0.05))


@_family(
    "bird dog",
    "yoga",
    "doing the bird dog",
    "on all fours with the {s} arm and the {o} leg stretched out",
    "balancing on one hand and one knee, {s} arm forward, {o} leg back",
    sided=True,
)
def bird_dog(p: Poser) -> None:
    all_fours(p)
    p.head(p.u(-25, 10))
    p.arm(0, p.dir(0, 0.05, p.u(-0.05, 0.15), 1, 3), p.u(0, 8), frame="world", palm=p.dir(0, -1, 0, 0))
    p.leg(1, p.dir(1, 0.02, p.u(-0.05, 0.15), -1, 3), p.u(0, 8), kneecap=p.dir(1, 0, -1, 0, 2))
    p.foot(1, p.u(0, 40))


@_family(
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
    _plant_hands(p, (-0.02, 0.08), (-0.03, 0.06))


@_family(
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
    _plant_hands(p, (0.04, 0.2), (-0.12, -0.02), (0.8, 0.6, -0.8))


@_family(
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


@_family(
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
    p.arm(0, _world_dir(p, 0.05, -1, 0), p.u(0, 5), frame="world")
    hip = np.flatnonzero(p.chance(0.3))
    p.arm(1, _world_dir(p, -0.05, 1, 0), p.u(0, 8), frame="world")
    part = p.take(hip)
    st.hand_on_hip(part, 1)
    p.put(hip, part)


def _world_dir(p: Poser, x: ArrayLike, y: ArrayLike, z: ArrayLike, jitter: float = 4) -> Array:
    return p.dir(None, x, y, z, jitter)


@_family(
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
    _plant_hands(p, (0.0, 0.08), (0.05, 0.2), (0.4, 0, -1), (-60, -40), knees=False)


@_family(
    "down dog",
    "yoga",
    "in downward dog",
    "doing the downward-facing dog",
    "making an upside-down V with hands and feet on the floor",
    "on hands and feet with {p} hips high",
    head="own",
    weight=1.6,
)
def down_dog(p: Poser) -> None:
    p.root(p.u(122, 138))
    p.trunk(p.u(-8, 8))
    p.head(p.u(-8, 15))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0, 0.12), -1, -p.u(0.35, 0.6), 2), p.u(0, 10), kneecap=p.dir(a, 0, 0, 1, 2))
    p.flat()
    floor = np.minimum(p.place("left_foot")[:, 1], p.place("right_foot")[:, 1])
    for a in (0, 1):
        shoulder = p.place(SIDES[a] + "_shoulder")
        drop = shoulder[:, 1] - floor - 0.04
        ahead = np.sqrt(np.maximum(0.5**2 - drop**2, 0.01))
        target = shoulder + _point(p, 0, -drop, ahead)
        p.reach(
            a, target, p.dir(a, 1, 0.5, -0.3), frame="world", palm=p.dir(a, 0, -1, -0.3), wrist=p.u(-50, -35)
        )


@_family(
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
    _plant_hands(p, (-0.02, 0.08), (-0.03, 0.12))
    p.head(p.u(-40, 10))


@_family(
    "mountain climber",
    "sport",
    "doing mountain climbers",
    "in a plank with the {s} knee pulled to {p} chest",
    sided=True,
    head="own",
)
def mountain_climber(p: Poser) -> None:
    plank(p)
    p.leg(0, p.dir(0, 0.05, -0.7, 0.8, 3), p.u(85, 110))
    p.foot(0, p.u(-10, 20))


@_family(
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


@_family(
    "headstand",
    "yoga",
    "doing a headstand",
    "standing on {p} head",
    "upside down on {p} head and forearms",
    "balancing on {p} head with the legs up",
    weight=1.5,
    head="own",
)
def headstand(p: Poser) -> None:
    p.root(180 + p.u(-6, 6), p.u(-3, 3))
    p.trunk(p.u(-6, 5))
    p.head(p.u(-6, 6))
    fold = p.chance(0.25)
    for a in (0, 1):
        p.leg(
            a,
            p.dir(a, p.u(-0.05, 0.12), -1, np.where(fold, 0.9, p.u(-0.05, 0.05)), 3),
            np.where(fold, 110, p.u(0, 6)),
            frame="pelvis",
        )
        p.foot(a, p.u(10, 40))
        p.reach(a, p.at("head", (0.1 if a == 0 else -0.1), 0.16, -0.04), p.dir(a, 1, 0.6, 0.5, 3))


@_family(
    "cartwheel",
    "sport",
    "doing a cartwheel",
    "turning a cartwheel to the {s}",
    "upside down on {p} hands with {p} legs spread wide",
    "in the middle of a cartwheel",
    sided=True,
    head="own",
    weight=1.2,
)
def cartwheel(p: Poser) -> None:
    p.root(0, p.u(110, 200))
    p.trunk(p.u(-4, 6), p.u(-8, 8))
    p.head(p.u(-25, 0))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.7, 1.1), -1, 0, 3), p.u(0, 6), p.u(8, 25), frame="pelvis")
        p.foot(a, p.u(15, 45))
        p.arm(a, p.dir(a, p.u(0.25, 0.55), 1, 0, 3), p.u(0, 6), wrist=p.u(-50, -20), palm=p.dir(a, 0, 0, 1))


@_family(
    "v sit",
    "yoga",
    "in boat pose",
    "doing the boat pose",
    "balancing on {p} buttocks with legs and arms raised",
    "making a V with {p} trunk and legs",
    "sitting in a V with the legs in the air",
    weight=1.3,
    head="own",
)
def boat(p: Poser) -> None:
    p.root(p.u(-48, -32))
    p.trunk(p.u(-4, 14))
    p.head(p.u(0, 15))
    bent = p.chance(0.3)
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.02, p.u(0.55, 0.9), 1, 2), np.where(bent, p.u(45, 60), p.u(0, 6)))
        p.foot(a, p.u(10, 40))
        p.arm(a, p.dir(a, 0.08, p.u(-0.1, 0.12), 1, 3), p.u(0, 8), frame="world", palm=p.dir(a, -1, 0, 0))


# --- yoga, standing -----------------------------------------------------------------------------------------


def _tree_arms(p: Poser) -> None:
    kind = p.rng.integers(0, 4, p.n)
    for k, state in enumerate(
        (st.pray, st.clasp_overhead, lambda q, s: _arms(q, st.arm_up), lambda q, s: _arms(q, st.arm_side))
    ):
        index = np.flatnonzero(kind == k)
        if len(index):
            part = p.take(index)
            state(part, 0)
            p.put(index, part)


@_family(
    "tree",
    "yoga",
    "in tree pose",
    "doing the tree pose",
    "standing on {p} {o} leg in tree pose",
    "balancing on {p} {o} leg with the {s} foot against the thigh",
    sided=True,
    weight=1.6,
    head="own",
    parts=(("{s} foot", "against the inner {o} thigh"), ("{s} knee", "pointing out to the side")),
)
def tree(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-4, 3))
    p.head(p.u(-6, 5))
    st.tree_leg(p, 0)
    _tree_arms(p)


@_family(
    "warrior 1",
    "yoga",
    "in warrior one",
    "doing warrior I with the {s} leg in front",
    "lunging on the {s} leg with both arms overhead",
    sided=True,
    weight=1.3,
)
def warrior1(p: Poser) -> None:
    p.root(p.u(-4, 6))
    p.trunk(p.u(-15, 0))
    st.front_lunge(p, 0)
    p.flat(1)
    _arms(p, st.arm_up)


@_family(
    "warrior 2",
    "yoga",
    "in warrior two",
    "doing warrior II to the {s}",
    "standing wide with the {s} knee bent and {p} arms out to the sides, looking {s}",
    sided=True,
    weight=1.4,
    head="own",
)
def warrior2(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-4, 3))
    p.head(p.u(-4, 4), p.u(60, 78))
    p.leg(0, p.dir(0, 1, p.u(-0.7, -0.35), 0.25, 2), p.u(60, 78), kneecap=p.dir(0, 1, 0.5, 0.35, 2))
    p.leg(1, p.dir(1, 0.95, -1, 0.0, 2), p.u(0, 4), p.u(0, 10))
    p.flat()
    _arms(p, st.arm_side)


@_family(
    "warrior 3",
    "yoga",
    "in warrior three",
    "doing warrior III on the {o} leg",
    "balancing on the {o} leg with {p} body and the {s} leg horizontal, arms forward",
    "making a T shape on one leg",
    sided=True,
    weight=1.3,
    head="own",
)
def warrior3(p: Poser) -> None:
    p.root(p.u(72, 88))
    p.trunk(p.u(-8, 8))
    p.head(p.u(-30, 0))
    p.leg(1, p.dir(1, -0.04, -1, 0.03, 2), p.u(0, 8))
    p.flat(1)
    p.leg(0, p.dir(0, 0.02, p.u(-0.15, 0.15), -1, 3), p.u(0, 8), kneecap=p.dir(0, 0, -1, 0, 2))
    p.foot(0, p.u(5, 40))
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.06, p.u(-0.05, 0.15), 1, 3), p.u(0, 8), frame="world", palm=p.dir(a, -1, 0, 0))


@_family(
    "airplane",
    "yoga",
    "doing the airplane pose on the {o} leg",
    "balancing on {p} {o} leg like an airplane",
    "standing on {p} {o} leg, chest forward, arms spread like wings",
    "flying like a plane on one leg with the {s} leg back",
    "balancing on the {o} leg with the chest bent forward and the {s} leg back in the air",
    sided=True,
    weight=1.7,
    head="own",
)
def airplane(p: Poser) -> None:
    p.root(p.u(48, 82))
    p.trunk(p.u(-14, 8))
    p.head(p.u(-35, 0))
    p.leg(1, p.dir(1, -0.04, -1, 0.03, 2), p.u(0, 12))
    p.flat(1)
    p.leg(0, p.dir(0, 0.04, p.u(-0.35, 0.1), -1, 3), p.u(0, 18), kneecap=p.dir(0, 0, -1, 0, 2))
    p.foot(0, p.u(10, 40))
    back = p.u(-0.6, 0.15)
    for a in (0, 1):
        p.arm(a, p.dir(a, 1, back, p.u(-0.2, 0.15), 3), p.u(0, 10), palm=p.dir(a, 0, 0, 1))


@_family(
    "dancer",
    "yoga",
    "in dancer's pose",
    "doing the dancer pose holding {p} {s} foot behind",
    "standing on {p} {o} leg and pulling the {s} foot up behind with {p} hand",
    sided=True,
    weight=1.0,
)
def dancer(p: Poser) -> None:
    p.root(p.u(18, 40))
    p.trunk(p.u(-25, -10))
    p.leg(1, p.dir(1, -0.04, -1, 0.03, 2), p.u(0, 6))
    p.flat(1)
    p.leg(0, p.dir(0, 0.08, p.u(-0.75, -0.4), -1, 3), p.u(75, 98), kneecap=p.dir(0, 0, -1, -0.4, 2))
    p.foot(0, p.u(20, 40))
    p.reach(0, p.place("left_ankle"), p.dir(0, 1, 0, -0.6), palm=p.dir(0, -1, 0, 0))
    p.arm(1, p.dir(1, 0, p.u(0.1, 0.7), 1, 4), p.u(0, 8), frame="world")


@_family(
    "quad stretch",
    "sport",
    "stretching {p} {s} quadriceps",
    "standing on {p} {o} leg and holding {p} {s} foot behind {p} buttocks",
    "pulling {p} {s} heel to {p} bottom with the hand",
    sided=True,
)
def quad_stretch(p: Poser) -> None:
    p.root(p.u(0, 6))
    p.trunk(p.u(-4, 8))
    p.leg(1, p.dir(1, -0.04, -1, 0, 2), p.u(0, 6))
    p.flat(1)
    p.leg(0, p.dir(0, 0.0, -1, p.u(-0.25, 0.02), 2), p.u(112, 128))
    p.foot(0, p.u(20, 45))
    p.reach(
        0, p.place("left_ankle") + _point(p, 0.02, 0, -0.02), p.dir(0, 1, 0, -0.6), palm=p.dir(0, -1, 0, 0.3)
    )
    st.arm_down(p, 1)
    side = np.flatnonzero(p.chance(0.4))
    part = p.take(side)
    st.arm_side(part, 1)
    p.put(side, part)


@_family(
    "triangle",
    "yoga",
    "in triangle pose",
    "doing the triangle pose to the {s}",
    "standing wide and bending to the {s} with the {o} arm straight up",
    "touching {p} {s} foot with {p} {s} hand, the {o} arm pointing up",
    sided=True,
    weight=1.4,
    head="own",
)
def triangle(p: Poser) -> None:
    p.root(0, p.u(22, 34))
    p.trunk(p.u(0, 8), p.u(34, 46))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.6, 0.8), -1, 0, 2), p.u(0, 4), p.u(5, 25))
    p.flat()
    shin = p.place("left_ankle") * 0.75 + p.place("left_knee") * 0.25
    p.reach(0, shin + _point(p, 0.02, 0.0, 0.09), p.dir(0, 1, 0, 0), frame="world")
    p.arm(1, _world_dir(p, 0.05, 1, 0, 3), p.u(0, 6), frame="world")
    p.head(p.u(-5, 5), p.u(-60, 20))


@_family(
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


@_family(
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


@_family(
    "eagle",
    "yoga",
    "in eagle pose",
    "standing on {p} {o} leg with the legs and arms wrapped around each other",
    sided=True,
    weight=0.6,
    head="own",
)
def eagle(p: Poser) -> None:
    p.root(p.u(5, 14))
    p.trunk(p.u(4, 14))
    p.head(p.u(-5, 5))
    p.leg(1, p.dir(1, 0.0, -1, p.u(0.45, 0.65), 2), p.u(48, 62))
    p.flat(1)
    p.leg(0, p.dir(0, -0.3, -0.5, 0.9, 2), p.u(88, 105), p.u(-12, 0))
    st.wrists_crossed(p, 0)


@_family(
    "half moon",
    "yoga",
    "in half moon pose",
    "balancing on {p} {o} leg and {o} hand with the {s} leg raised sideways and the {s} arm up",
    sided=True,
    weight=0.7,
    head="own",
)
def half_moon(p: Poser) -> None:
    p.root(p.u(0, 8), p.u(-72, -58))
    p.trunk(p.u(0, 5), p.u(-18, -5))
    p.head(0, p.u(-10, 30))
    p.leg(1, _world_dir(p, 0.02, -1, 0, 2), p.u(0, 5), kneecap=_world_dir(p, -0.6, 0, 0.8, 2))
    p.leg(0, _world_dir(p, 1, p.u(-0.1, 0.15), 0, 2), p.u(0, 5), kneecap=_world_dir(p, 0, 0, 1, 2))
    p.arm(1, _world_dir(p, -0.05, -1, 0.05, 3), p.u(0, 5), frame="world")
    p.arm(0, _world_dir(p, 0, 1, 0, 3), p.u(0, 5), frame="world")


# --- sport --------------------------------------------------------------------------------------------------


@_family(
    "kick ball",
    "sport",
    "kicking a ball with {p} {s} foot",
    "playing football",
    "playing soccer, kicking with the {s} leg",
    "shooting a goal with {p} {s} foot",
    sided=True,
    weight=1.6,
)
def kick_ball(p: Poser) -> None:
    p.root(p.u(-22, -4), 0, p.u(-10, 10))
    p.trunk(p.u(4, 22), 0, p.u(-5, 22))
    p.leg(0, p.dir(0, p.u(-0.2, 0.12), p.u(-1.0, -0.25), 1), p.u(5, 35))
    p.foot(0, p.u(15, 45))
    p.leg(1, p.dir(1, 0.0, -1, p.u(-0.05, 0.2), 2), p.u(8, 30))
    p.flat(1)
    p.arm(1, p.dir(1, p.u(0.3, 0.8), p.u(-0.7, 0.1), p.u(0.2, 0.8)), p.u(10, 50))
    p.arm(0, p.dir(0, p.u(0.5, 1), p.u(-0.7, 0.1), p.u(-0.6, 0)), p.u(10, 50))


@_family(
    "wind-up kick",
    "sport",
    "swinging {p} {s} leg back to kick",
    "winding up to kick a ball with {p} {s} foot",
    sided=True,
    weight=0.8,
)
def windup_kick(p: Poser) -> None:
    p.root(p.u(8, 22))
    p.trunk(p.u(-12, 4), 0, p.u(-25, 0))
    p.leg(0, p.dir(0, 0.08, -1, p.u(-0.6, -0.35)), p.u(65, 100))
    p.foot(0, p.u(15, 40))
    p.leg(1, p.dir(1, 0.0, -1, p.u(0.1, 0.3), 2), p.u(12, 32))
    p.flat(1)
    p.arm(1, p.dir(1, 0.7, p.u(-0.6, 0), p.u(-0.5, 0.1)), p.u(10, 40))
    p.arm(0, p.dir(0, 0.7, p.u(-0.5, 0.2), p.u(0.2, 0.7)), p.u(10, 40))


@_family(
    "throw",
    "sport",
    "throwing a ball with {p} {s} hand",
    "about to throw something with {p} {s} arm",
    "pitching a baseball with the {s} arm",
    "throwing a spear",
    sided=True,
    weight=1.5,
)
def throw(p: Poser) -> None:
    p.root(p.u(-10, 4), 0, p.u(15, 40))
    p.trunk(p.u(-8, 4), p.u(0, 8), p.u(5, 25))
    p.leg(1, p.dir(1, 0.1, -1, p.u(0.35, 0.7)), p.u(10, 35))
    p.leg(0, p.dir(0, 0.15, -1, p.u(-0.5, -0.15)), p.u(15, 40))
    p.flat()
    p.arm(0, p.dir(0, 1, p.u(0.0, 0.4), p.u(-0.5, -0.1)), p.u(70, 110), p.dir(0, 0, 1, -0.3))
    p.arm(1, p.dir(1, p.u(0.2, 0.6), p.u(0.0, 0.4), 1), p.u(5, 40))


@_family(
    "throw follow",
    "sport",
    "having thrown a ball with {p} {s} hand",
    "bowling a ball with {p} {s} arm",
    "following through after a throw with the {s} arm",
    sided=True,
    weight=0.8,
)
def throw_follow(p: Poser) -> None:
    p.root(p.u(20, 40))
    p.trunk(p.u(10, 25), 0, p.u(-25, -8))
    p.leg(1, p.dir(1, 0.05, -0.9, p.u(0.6, 1)), p.u(45, 70))
    p.leg(0, p.dir(0, 0.1, -1, p.u(-0.6, -0.3)), p.u(10, 40))
    p.flat()
    p.arm(0, p.dir(0, p.u(-0.3, 0.1), p.u(-0.5, 0.0), 1), p.u(5, 25))
    p.arm(1, p.dir(1, 0.4, -0.6, p.u(-0.7, -0.2)), p.u(10, 40))


@_family(
    "bowling", "sport", "bowling", "rolling a bowling ball with {p} {s} hand", "ten-pin bowling", sided=True
)
def bowling(p: Poser) -> None:
    p.root(p.u(30, 48))
    p.trunk(p.u(5, 18))
    p.leg(1, p.dir(1, 0.02, -0.8, 0.9), p.u(70, 92))
    p.leg(0, p.dir(0, -0.25, -0.8, -0.8), p.u(10, 35))
    p.flat(1)
    p.foot(0, p.u(0, 30))
    fwd = np.where(p.chance(0.5), 0.6, -0.9)
    p.arm(0, p.dir(0, 0.1, -0.8, fwd), p.u(0, 12), frame="world")
    p.arm(1, p.dir(1, 1, p.u(-0.4, 0.1), 0.1), p.u(5, 25))
    p.head(p.u(-35, -10))


@_family(
    "bat",
    "sport",
    "batting",
    "swinging a baseball bat",
    "waiting for the ball with a bat over {p} {o} shoulder",
    sided=True,
)
def bat(p: Poser) -> None:
    p.root(p.u(8, 18))
    p.trunk(p.u(4, 14), 0, p.u(-32, -15))
    wide = p.u(0.3, 0.5)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, -1, 0.4, 2), p.u(35, 55))
    p.flat()
    centre = p.at("spine3", -0.2, p.u(0.1, 0.2), 0.18)
    p.reach(1, centre + _point(p, 0, 0.06, 0), p.dir(1, 1, -0.2, -0.3))
    p.reach(0, centre, p.dir(0, 0.2, -0.8, 0.6))
    p.head(p.u(0, 10), p.u(50, 72))


@_family(
    "golf",
    "sport",
    "playing golf",
    "swinging a golf club",
    "addressing a golf ball",
    "about to hit a golf ball",
)
def golf(p: Poser) -> None:
    p.root(p.u(22, 34))
    p.trunk(p.u(8, 18), 0, p.u(-10, 10))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.15, 0.28), -1, 0.28, 2), p.u(25, 38))
    p.flat()
    centre = p.at("spine1", 0, p.u(-0.18, -0.08), 0.4)
    for a in (0, 1):
        p.reach(
            a,
            centre + _point(p, 0.02 if a == 0 else -0.02, 0.03 if a == 0 else -0.03, 0),
            p.dir(a, 0.5, -0.5, -0.3),
        )
    p.head(p.u(15, 35))


@_family(
    "golf finish",
    "sport",
    "finishing a golf swing over {p} {s} shoulder",
    "holding a club over {p} {s} shoulder after a swing",
    "wielding an axe over {p} {s} shoulder",
    sided=True,
    weight=0.7,
)
def golf_finish(p: Poser) -> None:
    p.root(0, 0, p.u(15, 40))
    p.trunk(p.u(-12, 4), 0, p.u(20, 40))
    p.leg(0, p.dir(0, 0.08, -1, 0, 2), p.u(0, 8))
    p.leg(1, p.dir(1, 0.1, -1, -0.12, 2), p.u(25, 45))
    p.flat(0)
    p.foot(1, p.u(15, 40))
    centre = p.at("spine3", 0.2, p.u(0.22, 0.3), 0.15)
    p.reach(0, centre, p.dir(0, 1, 0, 0.2))
    p.reach(1, centre + _point(p, 0, 0.02, 0.05), p.dir(1, 0.1, -0.5, 1))


@_family(
    "tennis serve",
    "sport",
    "serving in tennis with {p} {s} hand",
    "playing tennis",
    "hitting a serve, {o} arm up to toss the ball",
    sided=True,
)
def tennis_serve(p: Poser) -> None:
    p.root(p.u(-14, -4), 0, p.u(10, 30))
    p.trunk(p.u(-20, -6), p.u(0, 14), p.u(0, 15))
    p.leg(1, p.dir(1, 0.08, -1, 0.3), p.u(20, 42))
    p.leg(0, p.dir(0, 0.1, -1, -0.05), p.u(25, 48))
    p.flat()
    p.arm(1, p.dir(1, 0.05, 1, 0.25), p.u(0, 12))
    p.arm(0, p.dir(0, 1, p.u(0.1, 0.4), -0.15), p.u(85, 125), p.dir(0, -0.3, 0.8, -0.5))
    p.head(p.u(-42, -20))


@_family(
    "forehand",
    "sport",
    "hitting a forehand with {p} {s} hand",
    "swinging a racket with {p} {s} arm",
    "playing table tennis",
    sided=True,
    weight=0.8,
)
def forehand(p: Poser) -> None:
    p.root(p.u(5, 18), 0, p.u(5, 25))
    p.trunk(p.u(4, 14), 0, p.u(10, 32))
    p.leg(1, p.dir(1, 0.2, -1, 0.55), p.u(30, 55))
    p.leg(0, p.dir(0, 0.3, -1, 0.1), p.u(25, 48))
    p.flat()
    p.arm(0, p.dir(0, 1, p.u(-0.6, -0.1), p.u(-0.2, 0.3)), p.u(15, 55))
    p.arm(1, p.dir(1, 0.5, -0.3, 0.9), p.u(25, 70))


@_family(
    "basketball shot",
    "sport",
    "shooting a basketball",
    "jumping to shoot a basketball",
    "throwing a ball at the hoop with {p} {s} hand",
    "shooting a free throw",
    sided=True,
    weight=1.2,
)
def basketball(p: Poser) -> None:
    p.root(p.u(-4, 6))
    p.trunk(p.u(-6, 6))
    for a in (0, 1):
        lift = p.u(0.05, 0.35)
        p.leg(a, p.dir(a, 0.1, -1, lift, 3), 2 * np.degrees(np.arctan(lift)))
    p.flat()
    p.arm(
        0,
        p.dir(0, 0.1, p.u(0.4, 0.9), 0.7),
        p.u(50, 95),
        p.dir(0, -0.1, 1, -0.4),
        palm=p.dir(0, -0.2, 0.4, 1),
        wrist=p.u(-45, -20),
    )
    p.reach(1, p.place("left_wrist") + _point(p, -0.12, 0.02, 0.02), p.dir(1, 0.6, -0.5, 0.5))
    p.head(p.u(-30, -10))


@_family(
    "dribble",
    "sport",
    "dribbling a basketball with {p} {s} hand",
    "bouncing a ball with {p} {s} hand",
    "playing basketball",
    sided=True,
    weight=0.9,
)
def dribble(p: Poser) -> None:
    p.root(p.u(15, 32))
    p.trunk(p.u(8, 22))
    p.leg(1, p.dir(1, 0.15, -1, 0.7), p.u(45, 70))
    p.leg(0, p.dir(0, 0.15, -1, 0.3), p.u(45, 70))
    p.flat()
    p.arm(0, p.dir(0, 0.3, -1, 0.25), p.u(50, 85), p.dir(0, 0, 0, 1), palm=p.dir(0, 0, -1, 0))
    p.arm(1, p.dir(1, 0.4, -0.6, 0.4), p.u(50, 90))


@_family(
    "volleyball block",
    "sport",
    "blocking in volleyball",
    "jumping with both arms up to block a ball",
    "jumping up to catch a ball with both hands",
    "goalkeeper jumping for the ball",
)
def block(p: Poser) -> None:
    p.root(p.u(-4, 5))
    p.trunk(p.u(-8, 2))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.05, -1, p.u(-0.15, 0.1)), p.u(5, 45))
        p.foot(a, p.u(20, 48))
        p.arm(a, p.dir(a, 0.1, 1, 0.15), p.u(0, 12), palm=p.dir(a, 0, 0, 1))
    p.head(p.u(-35, -10))


@_family(
    "weight overhead",
    "sport",
    "lifting a barbell over {p} head",
    "lifting weights overhead",
    "pressing a weight above {p} head with both hands",
    "holding something heavy over {p} head",
    weight=1.1,
)
def overhead_lift(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-10, 2))
    deep = p.chance(0.35)
    lift, wide = np.where(deep, p.u(0.9, 1.6), p.u(0.0, 0.1)), p.u(0.12, 0.35)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, -1, lift, 2), np.where(deep, np.degrees(np.arctan(lift)) + 28, 4), p.u(3, 12))
    p.flat()
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, p.u(0.15, 0.4), 1, -0.05, 3),
            p.u(0, 10),
            palm=p.dir(a, 0, 0.2, 1),
            wrist=p.u(-45, -20),
        )


@_family(
    "deadlift",
    "sport",
    "doing a deadlift",
    "lifting a weight from the floor with a flat back",
    "picking up a heavy barbell",
    "bending down to lift a box",
)
def deadlift(p: Poser) -> None:
    p.root(p.u(45, 62))
    p.trunk(p.u(-4, 12))
    lift = p.u(0.5, 0.9)
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.1, 0.2), -1, lift, 2), np.degrees(np.arctan(lift)) + 20)
    p.flat()
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.12, -1, 0.08, 3), p.u(0, 6), frame="world", palm=p.dir(a, 0, 0, -1))
    p.head(p.u(-35, -8))


@_family(
    "front rack",
    "sport",
    "holding a barbell at {p} shoulders",
    "doing a front squat with the bar on {p} shoulders",
    weight=0.7,
)
def rack(p: Poser) -> None:
    p.root(p.u(2, 15))
    p.trunk(p.u(-6, 2))
    lift = p.u(0.0, 1.4)
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.22, -1, lift, 2), np.degrees(np.arctan(lift)) + 24 * (lift > 0.3))
    p.flat()
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 0.25, p.u(-0.4, 0.1), 1, 3),
            p.u(118, 135),
            p.dir(a, 0.1, 1, -0.4),
            palm=p.dir(a, 0, 1, 0),
            wrist=p.u(-55, -35),
        )


@_family(
    "curl",
    "sport",
    "doing biceps curls",
    "lifting a dumbbell with {p} {s} arm",
    "curling a weight with the {s} hand",
    sided=True,
    weight=0.9,
)
def curl(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-4, 4))
    _legs_straight(p, 0.04, 0.2)
    p.arm(0, p.dir(0, 0.12, -1, 0.1, 3), p.u(95, 128), p.dir(0, 0, 0, 1), palm=p.dir(0, 0, 1, -0.5))
    st.arm_down(p, 1)


@_family(
    "pull-up",
    "sport",
    "doing a pull-up",
    "hanging from a bar",
    "doing chin-ups",
    "hanging by {p} hands with the legs dangling",
    weight=1.2,
)
def pull_up(p: Poser) -> None:
    p.root(p.u(-6, 8))
    p.trunk(p.u(-10, 4))
    fold, high = p.chance(0.4), p.chance(0.5)
    for a in (0, 1):
        p.leg(a, p.dir(a, -0.03, -1, p.u(-0.08, 0.12)), np.where(fold, p.u(55, 95), p.u(3, 15)))
        p.foot(a, p.u(25, 48))
        bend = np.where(high, p.u(110, 130), p.u(0, 15))
        out = np.where(high, 1.0, 0.25)
        up = np.where(high, -0.4, 1.0)
        p.arm(a, p.dir(a, out, up, 0.1, 3), bend, p.dir(a, 0, 1, 0.05), palm=p.dir(a, 0, 0, 1))
    p.head(p.u(-30, 0))


@_family("row", "sport", "rowing a boat", "rowing on a machine", "sitting and pulling the oars")
def row(p: Poser) -> None:
    pulled = p.chance(0.5)
    p.root(np.where(pulled, p.u(-28, -12), p.u(3, 14)))
    p.trunk(np.where(pulled, p.u(0, 12), p.u(15, 30)))
    up = np.where(pulled, 0.12, p.u(0.7, 1.0))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.05, up, 1, 2), np.where(pulled, p.u(5, 25), p.u(90, 112)))
        p.foot(a, p.u(-10, 20))
    for a in (0, 1):
        bend = np.where(pulled, p.u(95, 118), p.u(0, 12))
        out = np.where(pulled, 0.4, 0.08)
        fwd = np.where(pulled, -0.8, 1.0)
        low = np.where(pulled, -0.75, 0.0)
        p.arm(
            a,
            p.dir(a, out, low, fwd, 4),
            bend,
            p.dir(a, -0.2, 0.4, 1),
            palm=p.dir(a, 0, -1, 0),
            frame="world",
        )


@_family(
    "ski",
    "sport",
    "skiing",
    "skiing downhill in a tuck",
    "crouching on skis with {p} poles back",
    "in a ski tuck",
)
def ski(p: Poser) -> None:
    p.root(p.u(35, 62))
    p.trunk(p.u(12, 28))
    lift = p.u(0.8, 1.4)
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.02, 0.12), -1, lift, 2), np.degrees(np.arctan(lift)) + 28)
    p.flat()
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.3, -0.7, p.u(0.1, 0.6), 4), p.u(75, 115), p.dir(a, -0.4, 0.3, 1))
    p.head(p.u(-42, -20))


@_family(
    "surf",
    "sport",
    "surfing",
    "skateboarding",
    "riding a surfboard with the {s} foot in front",
    "snowboarding",
    sided=True,
)
def surf(p: Poser) -> None:
    p.root(p.u(8, 22), 0, p.u(-15, 15))
    p.trunk(p.u(8, 22), 0, p.u(5, 28))
    for a in (0, 1):
        lift = p.u(0.5, 1.0)
        p.leg(a, p.dir(a, p.u(0.45, 0.7), -1, lift, 2), np.degrees(np.arctan(lift)) + 30, p.u(5, 15))
    p.flat()
    p.arm(0, p.dir(0, 1, p.u(-0.2, 0.35), p.u(0, 0.4)), p.u(5, 35))
    p.arm(1, p.dir(1, 1, p.u(-0.2, 0.4), p.u(-0.4, 0.2)), p.u(5, 45))
    p.head(p.u(-5, 8), p.u(30, 65))


@_family(
    "crawl swim",
    "sport",
    "swimming front crawl",
    "swimming freestyle with the {s} arm forward",
    "swimming on {p} front, {s} arm reaching ahead",
    sided=True,
    weight=1.3,
    head="own",
)
def front_crawl(p: Poser) -> None:
    p.root(p.u(82, 94), p.u(-12, 12))
    p.trunk(p.u(-10, 3), 0, p.u(-10, 10))
    p.head(p.u(-22, 5), p.u(-40, 20))
    p.arm(0, p.dir(0, 0.05, 1, p.u(-0.05, 0.12), 4), p.u(0, 15))
    p.arm(1, p.dir(1, 0.15, -1, p.u(-0.3, 0.4), 4), p.u(5, 50))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.03, -1, p.u(-0.2, 0.2), 3), p.u(0, 20), frame="pelvis")
        p.foot(a, p.u(35, 50))


@_family(
    "backstroke",
    "sport",
    "swimming on {p} back",
    "swimming backstroke with the {s} arm overhead",
    "in a swimming position on {p} back, {s} arm extended backwards over the head",
    "floating on {p} back with the {s} arm stretched behind {p} head",
    sided=True,
    weight=1.6,
    head="own",
    parts=(("{s} arm", "extended backwards beyond the head"), ("{o} arm", "alongside the body")),
)
def backstroke(p: Poser) -> None:
    p.root(p.u(-98, -82), p.u(-6, 6))
    p.trunk(p.u(-8, 4), 0, p.u(-6, 6))
    p.head(p.u(-8, 10))
    p.arm(0, p.dir(0, p.u(0.0, 0.25), 1, p.u(-0.1, 0.3), 4), p.u(0, 12), palm=p.dir(0, 0, 0, 1))
    p.arm(1, p.dir(1, p.u(0.05, 0.2), -1, p.u(-0.35, 0.1), 4), p.u(0, 12), palm=p.dir(1, 0, 0, 1))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(-0.06, 0.03), -1, p.u(-0.05, 0.18), 2), p.u(0, 12), frame="pelvis")
        p.foot(a, p.u(30, 50))


@_family(
    "breaststroke",
    "sport",
    "swimming breaststroke",
    "swimming with {p} arms and legs like a frog",
    "swimming under water",
    weight=0.8,
    head="own",
)
def breaststroke(p: Poser) -> None:
    p.root(p.u(78, 94))
    p.trunk(p.u(-14, 2))
    p.head(p.u(-35, -8))
    kick = p.chance(0.5)
    for a in (0, 1):
        out = np.where(kick, p.u(0.5, 0.8), 0.05)
        p.leg(
            a,
            p.dir(a, out, -1, np.where(kick, 0.45, 0.0), 3),
            np.where(kick, p.u(85, 110), p.u(0, 15)),
            frame="pelvis",
        )
        p.foot(a, p.u(20, 45))
        p.arm(a, p.dir(a, p.u(0.1, 0.9), 1, 0.1), p.u(0, 25))


@_family(
    "dive",
    "sport",
    "diving into water",
    "diving head first",
    "jumping head first with {p} arms stretched out",
    "diving with the hands together overhead",
    weight=1.2,
    head="own",
)
def dive(p: Poser) -> None:
    p.root(p.u(100, 165))
    p.trunk(p.u(-6, 18))
    p.head(p.u(0, 20))
    for a in (0, 1):
        p.leg(a, p.dir(a, -0.05, -1, p.u(-0.06, 0.2), 2), p.u(0, 8), frame="pelvis")
        p.foot(a, p.u(38, 50))
        p.arm(a, p.dir(a, p.u(-0.12, 0.0), 1, p.u(-0.05, 0.15), 3), p.u(0, 8), palm=p.dir(a, 0, 0, 1))


@_family(
    "archery",
    "sport",
    "shooting an arrow",
    "drawing a bow, {s} arm stretched out",
    "doing archery with the bow in {p} {s} hand",
    "aiming a bow to {p} {s}",
    sided=True,
    weight=1.2,
    head="own",
)
def archery(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-4, 4), 0, p.u(-5, 5))
    p.head(p.u(-3, 5), p.u(60, 78))
    _legs_straight(p, 0.1, 0.3)
    p.arm(0, p.dir(0, 1, p.u(-0.05, 0.12), p.u(-0.05, 0.1), 3), p.u(0, 5))
    p.reach(
        1, p.at("head", -0.04, p.u(-0.08, 0.0), 0.14), p.dir(1, 1, 0.15, -0.3, 4), palm=p.dir(1, 0, 0, -1)
    )


@_family(
    "aim rifle",
    "sport",
    "aiming a rifle",
    "shooting a gun with both hands",
    "aiming a pistol with both arms straight",
    "pointing a gun forward with both hands",
    weight=0.9,
)
def aim(p: Poser) -> None:
    p.root(p.u(0, 6))
    p.trunk(p.u(0, 8))
    _legs_straight(p, 0.08, 0.25)
    centre = p.at("spine3", 0, p.u(0.1, 0.2), p.u(0.46, 0.52))
    for a in (0, 1):
        p.reach(
            a,
            centre + _point(p, 0.04 if a == 0 else -0.04, 0, 0),
            p.dir(a, 0.6, -0.8, 0),
            palm=p.dir(a, -1, 0, 0),
        )
    p.head(p.u(-2, 6))


@_family(
    "frisbee",
    "sport",
    "playing ultimate, reaching far to the {s}",
    "stretching out to catch a ball with {p} {s} hand",
    "diving to catch something on the {s}",
    sided=True,
    weight=0.8,
)
def catch_side(p: Poser) -> None:
    p.root(p.u(0, 12), p.u(15, 35))
    p.trunk(p.u(0, 10), p.u(12, 28))
    p.leg(0, p.dir(0, 0.8, -0.7, 0.4), p.u(50, 80))
    p.leg(1, p.dir(1, 0.8, -1, 0.0), p.u(0, 15))
    p.flat()
    p.arm(0, _world_dir(p, 1, p.u(0.0, 0.6), 0.15), p.u(0, 12), frame="world")
    p.arm(1, p.dir(1, 0.8, p.u(-0.6, 0.2), 0), p.u(10, 50))


# --- martial arts -------------------------------------------------------------------------------------------


def _fighting_legs(p: Poser) -> None:
    p.leg(0, p.dir(0, 0.12, -1, p.u(0.45, 0.7), 3), p.u(25, 45))
    p.leg(1, p.dir(1, 0.15, -1, p.u(-0.35, -0.1), 3), p.u(20, 45), p.u(8, 20))
    p.flat()


@_family(
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
    _arms(p, st.guard_hand)


@_family(
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


@_family(
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


@_family(
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


@_family(
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
        _world_dir(p, 1, p.u(-0.15, 0.35), p.u(0.0, 0.25), 3),
        p.u(0, 12),
        kneecap=_world_dir(p, 0, 0.5, 1, 2),
    )
    p.foot(0, p.u(-10, 20))
    p.leg(1, _world_dir(p, p.u(0, 0.06), -1, 0.02, 2), p.u(2, 15), kneecap=_world_dir(p, -0.3, 0, 1, 2))
    p.foot(1, p.u(-8, 5))
    kind = np.flatnonzero(p.chance(0.5))
    _arms(p, st.guard_hand)
    part = p.take(kind)
    part.arm(0, part.dir(0, 0.7, -0.5, 0.1), part.u(10, 40))
    part.arm(1, part.dir(1, 0.4, -0.5, 0.5), part.u(60, 100))
    p.put(kind, part)


@_family(
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


@_family(
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


@_family(
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


@_family(
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


@_family(
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


# --- dance --------------------------------------------------------------------------------------------------


@_family(
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


@_family(
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


@_family(
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


@_family(
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


@_family(
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


@_family(
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


@_family(
    "bolt",
    "sport",
    "doing the lightning bolt pose",
    "celebrating like Usain Bolt, {s} arm pointing up",
    "doing an archer victory pose with the {s} arm stretched to the sky",
    sided=True,
    weight=0.8,
)
def bolt(p: Poser) -> None:
    p.root(0, p.u(-10, -2))
    p.trunk(p.u(-8, 2), p.u(-16, -5), p.u(-10, 10))
    _legs_straight(p, 0.15, 0.35)
    p.arm(0, p.dir(0, 1, p.u(0.4, 0.8), 0.05, 3), p.u(0, 6))
    p.arm(1, p.dir(1, 1, p.u(-0.1, 0.15), -0.1, 3), p.u(120, 138), p.dir(1, -0.6, 0.3, 0.8))


@_family(
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
    _legs_straight(p, 0.12, 0.3)
    p.arm(0, p.dir(0, 1, p.u(0.4, 0.7), 0.05, 3), p.u(0, 6))
    p.arm(1, p.dir(1, 0.25, 0.35, 1, 3), p.u(100, 120), p.dir(1, -1, 0.45, 0.1), palm=p.dir(1, 0, 0, -1))
    p.head(p.u(25, 42), p.u(-35, -15))


@_family(
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


@_family(
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
    _legs_straight(p, 0.05, 0.2)
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


@_family(
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


# --- emotions -----------------------------------------------------------------------------------------------


@_family(
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


@_family(
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
    _arms(p, st.guard_hand)
    part = p.take(over)
    _arms(part, st.hand_on_head)
    p.put(over, part)


@_family(
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
    _legs_straight(p, 0.12, 0.3)
    p.head(p.u(0, 12))
    p.arm(0, p.dir(0, p.u(0.5, 1), p.u(-0.1, 0.4), p.u(0.2, 0.6)), p.u(75, 110), p.dir(0, 0, 1, 0.1))
    p.arm(1, p.dir(1, 0.25, -1, 0.05), p.u(15, 45))


@_family(
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
    _legs_straight(p, 0.05, 0.3)
    p.arm(0, p.dir(0, p.u(0.05, 0.4), 1, p.u(0, 0.3)), p.u(5, 50), p.dir(0, -0.4, 1, 0.2))
    p.arm(1, p.dir(1, 0.2, -1, 0), p.u(10, 70), p.dir(1, 0, 0, 1))


@_family(
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
    _legs_straight(p, 0.03, 0.25)
    for a in (0, 1):
        target = p.at("head", (0.13 if a == 0 else -0.13), p.u(-0.08, -0.03), p.u(0.09, 0.12))
        p.reach(a, target, p.dir(a, 0.5, -1, 0.9, 4), palm=p.dir(a, -1, 0, -0.3))


@_family(
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
    _legs_straight(p, 0.03, 0.25)
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 1, p.u(-0.5, 0.05), p.u(0.45, 0.9)),
            p.u(10, 35),
            p.dir(a, -0.2, 0.4, 1),
            palm=p.dir(a, -0.2, 0.3, 1),
        )


@_family(
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
    _legs_straight(p, 0.0, 0.2)
    p.head(p.u(-2, 8), p.u(58, 75))


@_family(
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
    _legs_straight(p, 0.0, 0.2)
    p.head(p.u(-56, -38))


@_family(
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
    _legs_straight(p, 0.0, 0.2)
    p.head(p.u(42, 60))


@_family(
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
    _legs_straight(p, 0.0, 0.2)
    p.head(p.u(-5, 8), p.u(50, 75))


@_family(
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
    _legs_straight(p, 0.0, 0.2)
    p.head(p.u(-4, 6), 0, p.u(30, 45))


# --- more that people ask for -------------------------------------------------------------------------------


@_family(
    "three-legged dog",
    "yoga",
    "in downward dog with the {s} leg raised",
    "doing the three-legged dog, {s} leg in the air",
    "on {p} hands and the {o} foot with the {s} leg stretched up",
    sided=True,
    head="own",
)
def three_legged_dog(p: Poser) -> None:
    down_dog(p)
    p.leg(0, p.dir(0, 0.02, p.u(0.2, 0.55), -1, 2), p.u(0, 8), kneecap=p.dir(0, 0.2, -1, -0.4, 2))
    p.foot(0, p.u(20, 45))


@_family(
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


@_family(
    "hanging leg raise",
    "sport",
    "hanging from a bar with {p} legs raised",
    "doing hanging leg raises",
    "hanging by {p} hands with the legs lifted to the front",
    weight=0.8,
)
def hanging_leg_raise(p: Poser) -> None:
    p.root(p.u(-25, -8))
    p.trunk(p.u(5, 20))
    knee, up = np.where(p.chance(0.4), p.u(80, 110), p.u(0, 10)), p.u(-0.15, 0.35)
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.0, up, 1, 2), knee)
        p.foot(a, p.u(20, 45))
        p.arm(a, p.dir(a, 0.15, 1, 0.1, 3), p.u(0, 10), frame="world", palm=p.dir(a, 0, 0, 1))


@_family(
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
    _legs_straight(p, 0.05, 0.2)
    p.arm(0, p.dir(0, 1, p.u(-0.1, 0.05), 0.1, 3), p.u(84, 96), p.dir(0, 0, 1, 0.15), palm=p.dir(0, 0, 0, 1))
    p.arm(1, p.dir(1, 1, p.u(-0.15, 0), 0.1, 3), p.u(84, 96), p.dir(1, 0, -1, 0.25), palm=p.dir(1, 0, 0, -1))


@_family(
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


@_family(
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


@_family(
    "kneel arrested",
    "kneeling",
    "kneeling with {p} hands behind {p} head",
    "on {p} knees with the hands behind the head",
    "kneeling under arrest",
)
def kneel_arrested(p: Poser) -> None:
    kneel(p)
    _arms(p, st.hand_behind_head)


@_family(
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


@_family(
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


@_family(
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
        target = p.place("left_foot") + _point(p, sign * 0.05, p.u(0.08, 0.12), -0.03)
        p.reach(a, target, p.dir(a, 1, 0.2, -0.2), palm=p.dir(a, -1, -0.3, 0), frame="world")
    p.head(p.u(10, 30))


@_family(
    "sit chin hands",
    "sitting",
    "sitting with {p} chin on both hands",
    "sitting bored, chin resting in {p} hands and the elbows on the knees",
    "sitting and propping {p} head on both hands",
    head="own",
)
def sit_chin_hands(p: Poser) -> None:
    p.root(p.u(18, 28))
    p.trunk(p.u(30, 42))
    _sit_legs(p, (0.05, 0.2), (85, 105))
    p.head(p.u(-15, 5))
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        p.reach(
            a,
            p.at("head", sign * 0.06, p.u(-0.16, -0.12), 0.1),
            p.dir(a, 0.3, -1, 0.5, 3),
            palm=p.dir(a, -0.5, 0.6, -0.4),
            wrist=p.u(-35, -15),
        )


@_family(
    "sit one knee lean hands",
    "sitting",
    "sitting on the floor leaning back on {p} hands with the {s} knee up",
    "leaning back on both hands on the ground, {s} knee bent and {o} leg stretched out",
    sided=True,
)
def sit_one_knee_lean(p: Poser) -> None:
    sit_lean_hands(p)
    up = p.u(0.8, 1.2)
    p.leg(0, p.dir(0, 0.08, up, 1, 3), 2 * np.degrees(np.arctan(up)) + p.u(0, 8))
    p.flat(0)
    p.leg(1, p.dir(1, 0.1, 0.03, 1, 2), p.u(0, 8))


@_family(
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
        _world_dir(p, 0.8, p.u(-0.05, 0.35), p.u(0.4, 0.7), 3),
        p.u(15, 55),
        kneecap=_world_dir(p, -0.6, 0.25, 0.8, 2),
    )
    p.foot(0, p.u(20, 45))
    p.leg(1, _world_dir(p, 0.03, -1, 0.02, 2), p.u(3, 15), kneecap=_world_dir(p, -0.4, 0, 1, 2))
    p.foot(1, p.u(-8, 5))
    st.guard_hand(p, 1)
    p.arm(0, p.dir(0, 0.6, -0.7, p.u(-0.4, 0.2)), p.u(10, 50))


@_family(
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


@_family(
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


@_family(
    "skate",
    "sport",
    "ice skating",
    "speed skating, bent low and pushing off with the {o} leg",
    "roller skating, gliding on the {s} leg",
    sided=True,
)
def skate(p: Poser) -> None:
    p.root(p.u(32, 55))
    p.trunk(p.u(5, 20))
    lift = p.u(0.6, 1.0)
    p.leg(0, p.dir(0, 0.0, -1, lift, 2), np.degrees(np.arctan(lift)) + p.u(28, 38))
    p.flat(0)
    p.leg(1, p.dir(1, p.u(0.5, 0.8), -0.8, p.u(-0.4, -0.1), 2), p.u(5, 25))
    p.foot(1, p.u(0, 25))
    p.arm(1, p.dir(1, 0.1, -0.7, 0.9), p.u(30, 70), p.dir(1, -1, 0.2, 0.4))
    p.arm(0, p.dir(0, 0.5, -0.6, -0.9), p.u(5, 35))
    p.head(p.u(-35, -12))


@_family(
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
    p.reach(0, centre + _point(p, 0.03, 0.02, 0), p.dir(0, 0.6, -0.8, 0.4))
    p.reach(1, centre + _point(p, -0.04, -0.03, 0.02), p.dir(1, 0.3, -1, 0.5))
    p.head(p.u(0, 15))


@_family(
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


@_family(
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


@_family(
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
    _legs_straight(p, 0.0, 0.15)
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


# --- anything: limbs at random ------------------------------------------------------------------------------


@_family("random", "random", weight=12.0, head="free")
def random_limbs(p: Poser) -> None:
    """Limbs in random directions a body can reach, and a random orientation that is upright more often."""
    kind = p.rng.choice(6, size=p.n, p=[0.55, 0.12, 0.12, 0.08, 0.05, 0.08])
    pitch = np.select(
        [kind == 1, kind == 2, kind == 4], [p.u(-110, -70), p.u(70, 110), p.u(150, 210)], p.u(-15, 30)
    )
    roll = np.where(kind == 3, np.where(p.chance(0.5), 1, -1) * p.u(70, 110), p.u(-10, 10))
    p.root(np.where(kind == 5, p.u(30, 75), pitch), roll)
    p.trunk(p.u(-25, 40) * p.chance(0.7), p.u(-28, 28) * p.chance(0.5), p.u(-35, 35) * p.chance(0.5))
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, p.u(-0.35, 1.0), p.u(-1.0, 1.0), p.u(-0.45, 1.0)),
            np.abs(p.rng.normal(0, 55, p.n)),
            p.dir(a, p.u(-1, 0.3), p.u(-0.6, 1), p.u(0.0, 1.0)),
        )
        frame = p.chance(0.5)
        thigh = p.dir(a, p.u(-0.12, 0.8), np.where(frame, -1, p.u(-1, 0.3)), p.u(-0.35, 1.0))
        p.leg(a, thigh, np.clip(np.abs(p.rng.normal(0, 55, p.n)), 0, 135), p.u(-8, 25), frame="pelvis")
        p.foot(a, p.u(-10, 40))
