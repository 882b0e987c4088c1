"""Poses put together from states: legs, trunk and arms of a standing body, and limbs at random."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .. import states as st
from ..directions import Poser
from ..states import State
from .grammar import FAMILIES, Family, family


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


@family("random", "random", weight=12.0, head="free")
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
