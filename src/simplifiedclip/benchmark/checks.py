"""Words for checks: what a sentence says of a pose, measured on its joints.

A :class:`Check` gives (n,) booleans for the measures of n poses (`simplifiedclip.poses.posecodes.measure`).
Checks are joined with ``&``, ``|`` and ``~``. All are measured on one skeleton of average size, so that the
size of a body does not matter; heights are over the lowest joint and along gravity, directions of limbs are
those of the trunk, and nothing depends on the heading. The limits are those that a person accepts: an arm is
"up" within some 40° of it, a hand is "at" a place within a hand's length.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..poses.directions import Array, J
from ..poses.posecodes import Measures

Side = Literal["left", "right"]
L: Side = "left"
R: Side = "right"
INF = float("inf")


class Check:
    """A test of poses that can be joined with others.

    Attributes:
        terms: the parts of which all must hold; one for a check that is not joined with ``&``.
    """

    def __init__(self, test: Callable[[Measures], Array], terms: tuple[Check, ...] = ()) -> None:
        self._test = test
        self.terms = terms or (self,)

    def __call__(self, m: Measures) -> Array:
        """Return which of the n poses pass, (n,) booleans."""
        if m.memo is None:
            return np.asarray(self._test(m), bool)
        if self not in m.memo:
            m.memo[self] = np.asarray(self._test(m), bool)
        return m.memo[self]

    def __and__(self, other: Check) -> Check:
        return Check(lambda m: self(m) & other(m), self.terms + other.terms)

    def __or__(self, other: Check) -> Check:
        return Check(lambda m: self(m) | other(m))

    def __invert__(self) -> Check:
        return Check(lambda m: ~self(m))


def other(side: Side) -> Side:
    """Return the other side."""
    return R if side == L else L


def both(check: Callable[[Side], Check]) -> Check:
    """It holds for the left and for the right."""
    return check(L) & check(R)


def either(check: Callable[[Side], Check]) -> Check:
    """It holds for one side at least."""
    return check(L) | check(R)


def one(check: Callable[[Side], Check]) -> Check:
    """It holds for one side and not for the other."""
    return (check(L) & ~check(R)) | (check(R) & ~check(L))


def between(name: str, low: float = -INF, high: float = INF) -> Check:
    """A measured number lies between two limits."""
    return Check(lambda m: (m[name] > low) & (m[name] < high))


def height(joint: str, low: float = -INF, high: float = INF) -> Check:
    """A joint is so many metres above the lowest one."""

    def test(m: Measures) -> Array:
        floor = m.joints[:, J["pelvis"], 1] - m["pelvis height"]
        up = m.joints[:, J[joint], 1] - floor
        return (up > low) & (up < high)

    return Check(test)


def near(a: str, b: str, limit: float) -> Check:
    """Two joints are within so many metres."""
    return Check(lambda m: np.linalg.norm(m.joints[:, J[a]] - m.joints[:, J[b]], axis=-1) < limit)


def above(a: str, b: str, by: float = 0.0) -> Check:
    """A joint is so many metres above another."""
    return Check(lambda m: m.joints[:, J[a], 1] - m.joints[:, J[b], 1] > by)


# --- trunk and support --------------------------------------------------------------------------------------

upright = between("trunk up", 55)
straight_up = between("trunk up", 68)
level = between("trunk up", -38, 38)
on_back = between("trunk up", -38, 40) & between("front up", 40) & between("pelvis height", high=0.4)
on_front = (
    between("trunk up", -38, 45)
    & between("front up", high=-40)
    & between("pelvis height", high=0.24)
    & between("left thigh fwd", high=0.45)
    & between("right thigh fwd", high=0.45)
)
face_down = between("front up", high=-35)
inverted = between("trunk up", high=-45) & between("pelvis height", 0.45)
floor_low = between("pelvis height", high=0.33)


def on_side(s: Side) -> Check:
    """The body lies on its left or right side."""
    sign = -1 if s == L else 1
    return level & Check(lambda m: m["left up"] * sign > 35) & between("pelvis height", high=0.45)


def lean(low: float, high: float = 180) -> Check:
    """The trunk leans forward by degrees; negative is back."""
    return between("lean forward", low, high)


def side_lean(s: Side, low: float = 14) -> Check:
    """The trunk leans to a side by degrees."""
    sign = 1 if s == L else -1
    return Check(lambda m: (m["lean left"] * sign > low) & (m["lean left"] * sign < 110))


def side_bent(s: Side, low: float = 10) -> Check:
    """The trunk leans to a side or the spine bends there."""
    sign = 1 if s == L else -1
    return side_lean(s, low) | (
        Check(lambda m: m["spine left"] * sign > low) & Check(lambda m: m["lean left"] * sign > 5)
    )


def twisted(s: Side, low: float = 20) -> Check:
    """The chest is turned to a side against the hips."""
    sign = 1 if s == L else -1
    return Check(lambda m: m["twist"] * sign > low)


# --- arms ---------------------------------------------------------------------------------------------------


def arm_up(s: Side, elbow: float = 60) -> Check:
    """Raised along the trunk, past the head."""
    return between(f"{s} arm up", 0.72) & between(f"{s} elbow", high=elbow)


def arm_out(s: Side, elbow: float = 50) -> Check:
    """Out to the side, at about the height of the shoulders."""
    return between(f"{s} arm out", 0.8) & between(f"{s} elbow", high=elbow)


def arm_ahead(s: Side, elbow: float = 50) -> Check:
    """Straight out in front of the chest."""
    return between(f"{s} arm fwd", 0.72) & between(f"{s} elbow", high=elbow)


def arm_low(s: Side) -> Check:
    """Hanging or held down beside the trunk."""
    return between(f"{s} arm up", high=-0.6) & elbow_straight(s, 75)


def arm_back(s: Side, low: float = 0.3) -> Check:
    """Behind the trunk."""
    return between(f"{s} arm fwd", high=-low)


def hand_high(s: Side, over: float = 0.1) -> Check:
    """The hand is above the shoulder and does not touch the head."""
    return between(f"{s} hand over shoulder", over) & between(f"{s} hand to crown", 0.12)


def hand_overhead(s: Side) -> Check:
    """The hand is over the top of the head."""
    return between(f"{s} hand over crown", 0.05)


def hand_at(s: Side, what: str, limit: float = 0.2) -> Check:
    """The hand is at hip, face, brow, crown, chin or ear, or ("own knee", "other shoulder" …) at a joint."""
    return between(f"{s} hand to {what}", high=limit)


def hand_head(s: Side, limit: float = 0.24) -> Check:
    """The hand is at the head, wherever."""
    places = ("face", "brow", "crown", "ear")
    return Check(lambda m: np.minimum.reduce([m[f"{s} hand to {place}"] for place in places]) < limit)


def hand_on_hip(s: Side) -> Check:
    """The hand is at the hip and the elbow sticks out."""
    return hand_at(s, "hip", 0.2) & elbow_bent(s, 40) & between(f"{s} upper arm out", 0.05)


def hand_behind_head(s: Side) -> Check:
    """The hand is at the head and not in front of the face."""
    return (
        hand_head(s, 0.22)
        & between(f"{s} hand to face", 0.17)
        & elbow_bent(s, 70)
        & between(f"{s} upper arm up", -0.2)
    )


def hand_folded(s: Side) -> Check:
    """The hand has crossed over, in front of chest or belly."""
    return (
        between(f"{s} hand out", high=0.1)
        & between(f"{s} hand fwd", 0.03, 0.35)
        & between(f"{s} hand up", -0.2, 0.22)
        & elbow_bent(s, 55)
    )


def hand_on_thigh(s: Side) -> Check:
    """The hand is at its thigh, between hip and knee."""

    def test(m: Measures) -> Array:
        hip, knee, hand = (m.joints[:, J[f"{s}_{name}"]] for name in ("hip", "knee", "hand"))
        thigh = knee - hip
        along = (((hand - hip) * thigh).sum(-1) / (thigh * thigh).sum(-1)).clip(0, 1)
        return np.linalg.norm(hand - hip - along[:, None] * thigh, axis=-1) < 0.22

    return Check(test)


def hand_behind(s: Side) -> Check:
    """The hand is behind the back, below the shoulders."""
    return (
        between(f"{s} hand fwd", high=-0.04)
        & between(f"{s} hand out", high=0.26)
        & between(f"{s} hand up", high=0.1)
    )


def hand_chest(s: Side) -> Check:
    """The hand is in front of the chest and near it."""
    return (
        between(f"{s} hand fwd", 0.05, 0.42)
        & between(f"{s} hand up", -0.22, 0.3)
        & between(f"{s} hand out", high=0.24)
    )


def hand_floor(s: Side) -> Check:
    """The hand is on the floor."""
    return between(f"{s} hand height", high=0.18)


def elbow_bent(s: Side, low: float = 60, high: float = 180) -> Check:
    """Degrees away from straight."""
    return between(f"{s} elbow", low, high)


def elbow_straight(s: Side, high: float = 50) -> Check:
    """Less than so many degrees away from straight."""
    return between(f"{s} elbow", high=high)


def hands_close(limit: float = 0.28) -> Check:
    """The hands meet."""
    return between("hands apart", high=limit)


# --- legs ---------------------------------------------------------------------------------------------------


def knee_bent(s: Side, low: float = 60, high: float = 180) -> Check:
    """Degrees away from straight."""
    return between(f"{s} knee", low, high)


def knee_straight(s: Side, high: float = 38) -> Check:
    """Less than so many degrees away from straight."""
    return between(f"{s} knee", high=high)


def knee_high(s: Side, over: float = -0.18) -> Check:
    """The knee is about as high as the hip."""
    return between(f"{s} knee over hip", over)


def thigh_level(s: Side) -> Check:
    """The thigh is level and points ahead."""
    return between(f"{s} knee over hip", -0.26, 0.24) & between(f"{s} thigh fwd", 0.42)


def foot_down(s: Side) -> Check:
    """The foot is on the ground."""
    return between(f"{s} foot height", high=0.13)


def foot_up(s: Side, over: float = 0.2) -> Check:
    """The foot is in the air."""
    return between(f"{s} foot height", over)


def on_foot(s: Side) -> Check:
    """The foot is on the ground and the leg stands on it."""
    return foot_down(s) & between(f"{s} leg world up", high=-0.72)


def leg_ahead(s: Side, low: float = 0.4) -> Check:
    """The leg is in front of the pelvis."""
    return between(f"{s} leg fwd", low)


def leg_out(s: Side, low: float = 0.4) -> Check:
    """The leg is out to the side."""
    return between(f"{s} leg out", low)


def leg_lifted(s: Side) -> Check:
    """The leg points to the sky."""
    return between(f"{s} leg world up", 0.6)


def feet_gap(low: float, high: float = INF) -> Check:
    """Metres between the ankles."""
    return between("feet apart", low, high)


def in_front(s: Side, by: float = 0.3) -> Check:
    """This foot is ahead of the other by metres."""
    return between("foot lead", by) if s == L else between("foot lead", high=-by)


feet_down = both(foot_down)
legs_flat = both(lambda s: between(f"{s} leg world up", -0.35, 0.35))
standing = between("trunk up", 45) & either(on_foot) & between("pelvis height", 0.65)
on_both_feet = between("trunk up", 45) & both(on_foot)
straight_legs = both(knee_straight)


def balancing(s: Side) -> Check:
    """Only this foot is on the ground."""
    return on_foot(s) & foot_up(other(s))


feet_level = between("foot lead", -0.35, 0.35)
chair = upright & both(thigh_level) & both(knee_bent) & between("pelvis height", 0.3, 0.75) & feet_level
sitting = between("trunk up", 40) & floor_low
cross_legged = (
    sitting
    & both(lambda s: knee_bent(s, 70))
    & between("knees apart", 0.35)
    & Check(lambda m: np.maximum(m["left ankle to other knee"], m["right ankle to other knee"]) < 0.45)
)
squat = (
    between("trunk up", 15)
    & both(lambda s: knee_bent(s, 75))
    & feet_down
    & both(lambda s: height(f"{s}_knee", 0.25))
    & between("pelvis height", 0.18, 0.66)
)


def shin_on_floor(s: Side) -> Check:
    """Knee and ankle are on the ground, the ankle behind the knee."""

    def test(m: Measures) -> Array:
        heading = np.cross(m.turns[:, J["pelvis"], :, 0], [0.0, 1.0, 0.0])
        back = ((m.joints[:, J[f"{s}_knee"]] - m.joints[:, J[f"{s}_ankle"]]) * heading).sum(-1)
        return back > 0.2

    return between(f"{s} knee height", high=0.13) & height(f"{s}_ankle", high=0.32) & Check(test)


def kneeling(s: Side) -> Check:
    """The knee is on the ground and bent."""
    return shin_on_floor(s) & knee_bent(s, 45)


def lunge(s: Side) -> Check:
    """This leg is bent in front, the other reaches back."""
    return (
        knee_bent(s, 45)
        & foot_down(s)
        & in_front(s, 0.45)
        & between(f"{other(s)} knee", high=95)
        & between("pelvis height", 0.3, 0.86)
        & between(f"{other(s)} foot height", high=0.2)
    )


on_knees = both(kneeling) & between("trunk up", 45)
upright_on_knees = on_knees & between("pelvis height", 0.42, 0.75) & upright
half_kneel_foot = {s: foot_down(s) & height(f"{s}_knee", 0.28) for s in (L, R)}


def one_knee(s: Side) -> Check:
    """This knee is on the ground, the other foot stands."""
    return (
        kneeling(s)
        & between(f"{s} thigh world up", high=-0.4)
        & half_kneel_foot[other(s)]
        & between("trunk up", 45)
    )


on_all_fours = both(kneeling) & both(hand_floor) & face_down & between("pelvis height", 0.25)

# --- head ---------------------------------------------------------------------------------------------------


def gaze(low: float, high: float = 91) -> Check:
    """Where the eyes point, degrees over the horizon."""
    return between("gaze up", low, high)


def turned(s: Side, low: float = 25) -> Check:
    """The head is turned to a side against the chest."""
    sign = 1 if s == L else -1
    return Check(lambda m: m["head left"] * sign > low)


def tilted(s: Side, low: float = 12) -> Check:
    """The head tilts towards a shoulder."""
    sign = 1 if s == L else -1
    return Check(lambda m: m["head tilt"] * sign > low)


@dataclass(frozen=True)
class Prompt:
    """An everyday sentence with the check of what it says.

    Attributes:
        text: what a person types.
        group: the kind of pose, one of ``prompts.GROUPS``.
        check: does a pose do it?
    """

    text: str
    group: str
    check: Check

    @property
    def sided(self) -> bool:
        """Whether the words tell left from right, so that the mirrored pose is wrong."""
        words = set(re.findall(r"[a-z]+", self.text.lower()))
        return bool(words & {"left", "right"})
