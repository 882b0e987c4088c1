"""States of parts of the body, from which poses are composed: one arm, both arms, legs, head.

Each state poses its part with a :class:`~.directions.Poser` and knows its everyday names. Names have slots:
``{s}`` the side that is meant, ``{o}`` the other one, ``{p}`` a possessive (his, her, their, the).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .directions import SIDES, Poser


@dataclass(frozen=True)
class State:
    """A state of a part of the body.

    Attributes:
        name: unique among its kind.
        pose: ``pose(poser, side)`` for one-sided states; both-arm states ignore ``side``.
        parts: (part, what holds for it) such as ("{s} hand", "on {p} hip").
        acts: participles such as "waving with {p} {s} hand".
        weight: how often it is drawn.
    """

    name: str
    pose: Callable[[Poser, int], None]
    parts: tuple[tuple[str, str], ...] = ()
    acts: tuple[str, ...] = ()
    weight: float = 1.0


# --- one arm ------------------------------------------------------------------------------------------------


def arm_down(p: Poser, s: int) -> None:
    p.arm(s, p.dir(s, p.u(0.08, 0.25), -1, p.u(-0.05, 0.12)), p.u(3, 25), palm=p.dir(s, -1, 0, 0.2))


def arm_low_out(p: Poser, s: int) -> None:
    p.arm(s, p.dir(s, p.u(0.5, 0.8), -0.75, p.u(-0.05, 0.15)), p.u(2, 20), palm=p.dir(s, -1, -1, 0.2))


def arm_side(p: Poser, s: int) -> None:
    p.arm(
        s, p.dir(s, 1, p.u(-0.1, 0.12), p.u(-0.1, 0.12), 4), p.u(0, 12), palm=p.dir(s, 0, -1, p.u(-0.2, 0.7))
    )


def arm_forward(p: Poser, s: int) -> None:
    up = p.u(-0.12, 0.18)
    p.arm(s, p.dir(s, p.u(-0.1, 0.12), up, 1, 4), p.u(0, 12), palm=p.dir(s, p.u(-1, 0), -1, 0))


def arm_up(p: Poser, s: int) -> None:
    p.arm(
        s,
        p.dir(s, p.u(-0.05, 0.16), 1, p.u(-0.05, 0.15), 4),
        p.u(0, 15),
        palm=p.dir(s, p.u(-1, 0), 0, p.u(0, 1)),
    )


def arm_up_diagonal(p: Poser, s: int) -> None:
    p.arm(s, p.dir(s, p.u(0.7, 1.1), 0.95, p.u(-0.1, 0.15)), p.u(0, 18), palm=p.dir(s, 0, -0.2, 1))


def arm_up_forward(p: Poser, s: int) -> None:
    p.arm(s, p.dir(s, p.u(-0.1, 0.15), p.u(0.7, 1.0), 0.9), p.u(0, 20), palm=p.dir(s, -0.5, -0.6, 0.4))


def arm_down_forward(p: Poser, s: int) -> None:
    p.arm(s, p.dir(s, p.u(-0.05, 0.15), -0.85, p.u(0.6, 1.0)), p.u(3, 25), palm=p.dir(s, -1, -0.3, 0))


def arm_back(p: Poser, s: int) -> None:
    p.arm(s, p.dir(s, p.u(0.1, 0.3), -0.9, p.u(-0.9, -0.6)), p.u(2, 15), palm=p.dir(s, -1, 0, 0))


def hand_on_hip(p: Poser, s: int) -> None:
    sign = 1 if s == 0 else -1
    target = p.at("pelvis", sign * p.u(0.19, 0.22), p.u(0.07, 0.15), p.u(0.0, 0.05))
    p.reach(s, target, p.dir(s, 1, 0, p.u(-0.5, -0.1), 5), palm=p.dir(s, -1, -0.5, 0), wrist=p.u(5, 35))


def hand_on_head(p: Poser, s: int) -> None:
    sign = 1 if s == 0 else -1
    target = p.at("head", sign * p.u(0.08, 0.11), p.u(0.19, 0.23), p.u(0.0, 0.05))
    p.reach(s, target, p.dir(s, 1, 0.1, p.u(-0.1, 0.3), 5), palm=p.dir(s, -0.7, -1, 0), wrist=p.u(10, 30))


def hand_behind_head(p: Poser, s: int) -> None:
    sign = 1 if s == 0 else -1
    target = p.at("head", sign * p.u(0.09, 0.12), p.u(0.05, 0.10), p.u(-0.13, -0.09))
    p.reach(s, target, p.dir(s, 1, 0.3, p.u(-0.2, 0.2), 5), palm=p.dir(s, -0.4, 0, 1), wrist=p.u(0, 15))


def hand_to_face(p: Poser, s: int) -> None:
    sign = 1 if s == 0 else -1
    target = p.at("head", sign * p.u(0.04, 0.07), p.u(-0.02, 0.08), p.u(0.16, 0.19))
    p.reach(s, target, p.dir(s, 0.5, -1, 0.4, 5), palm=p.dir(s, -0.3, 0, -1), wrist=p.u(5, 20))


def hand_to_chin(p: Poser, s: int) -> None:
    sign = 1 if s == 0 else -1
    target = p.at("head", sign * p.u(0.03, 0.05), p.u(-0.11, -0.08), p.u(0.13, 0.16))
    p.reach(s, target, p.dir(s, 0.25, -1, 0.35, 4), palm=p.dir(s, -0.6, 0.3, -0.8), wrist=p.u(5, 30))


def hand_to_ear(p: Poser, s: int) -> None:
    sign = 1 if s == 0 else -1
    target = p.at("head", sign * p.u(0.12, 0.14), p.u(-0.01, 0.04), p.u(0.03, 0.07))
    p.reach(s, target, p.dir(s, 0.6, -1, 0.5, 5), palm=p.dir(s, -1, 0, -0.2), wrist=p.u(0, 15))


def salute(p: Poser, s: int) -> None:
    sign = 1 if s == 0 else -1
    target = p.at("head", sign * p.u(0.2, 0.24), p.u(0.06, 0.09), p.u(0.09, 0.12))
    p.reach(s, target, p.dir(s, 1, -0.25, 0.25, 4), palm=p.dir(s, -0.3, -1, 0.3), wrist=p.u(0, 10))


def wave(p: Poser, s: int) -> None:
    p.arm(
        s,
        p.dir(s, 1, p.u(-0.45, 0.35), p.u(0.1, 0.4)),
        p.u(70, 115),
        p.dir(s, 0.1, 1, 0.1),
        palm=p.dir(s, 0, 0, 1),
    )


def wave_high(p: Poser, s: int) -> None:
    p.arm(s, p.dir(s, p.u(0.3, 0.7), 1, 0.15), p.u(10, 40), p.dir(s, -1, 0.3, 0.1), palm=p.dir(s, 0, 0, 1))


def point_forward(p: Poser, s: int) -> None:
    p.arm(s, p.dir(s, p.u(-0.15, 0.15), p.u(-0.08, 0.15), 1, 3), p.u(0, 8), palm=p.dir(s, -0.4, -1, 0))


def stop_palm(p: Poser, s: int) -> None:
    p.arm(
        s,
        p.dir(s, p.u(-0.1, 0.1), p.u(-0.05, 0.1), 1, 3),
        p.u(3, 20),
        palm=p.dir(s, -0.2, -1, 0),
        wrist=p.u(-70, -58),
    )


def goal_post(p: Poser, s: int) -> None:
    p.arm(
        s,
        p.dir(s, 1, p.u(-0.1, 0.1), p.u(-0.1, 0.15), 4),
        p.u(82, 98),
        p.dir(s, 0, 1, 0.05, 4),
        palm=p.dir(s, 0, 0, 1),
    )


def scarecrow(p: Poser, s: int) -> None:
    p.arm(
        s,
        p.dir(s, 1, p.u(-0.05, 0.12), p.u(-0.05, 0.12), 4),
        p.u(78, 98),
        p.dir(s, 0, -1, 0.15, 4),
        palm=p.dir(s, 0, 0, -1),
    )


def flex_biceps(p: Poser, s: int) -> None:
    up = p.u(0.0, 0.3)
    p.arm(
        s,
        p.dir(s, 1, up, p.u(-0.05, 0.15), 4),
        p.u(105, 135),
        p.dir(s, -0.2, 1, 0, 4),
        palm=p.dir(s, -1, 0, 0),
    )


def forearm_forward(p: Poser, s: int) -> None:
    p.arm(
        s,
        p.dir(s, p.u(0.1, 0.25), -1, p.u(-0.05, 0.1), 4),
        p.u(78, 100),
        p.dir(s, 0, 0, 1, 4),
        palm=p.dir(s, p.u(-1, 0), p.u(-0.8, 0.8), 0),
    )


def hand_on_chest(p: Poser, s: int) -> None:
    sign = 1 if s == 0 else -1
    target = p.at("spine3", sign * p.u(0.04, 0.08), p.u(0.04, 0.10), p.u(0.14, 0.16))
    p.reach(s, target, p.dir(s, 1, -0.8, 0.1, 5), palm=p.dir(s, 0, 0, -1), wrist=p.u(0, 15))


def hand_on_belly(p: Poser, s: int) -> None:
    sign = 1 if s == 0 else -1
    target = p.at("spine1", sign * p.u(0.06, 0.10), p.u(0.02, 0.08), p.u(0.15, 0.18))
    p.reach(s, target, p.dir(s, 1, -0.5, -0.5, 5), palm=p.dir(s, 0, 0, -1), wrist=p.u(5, 20))


def hand_on_other_shoulder(p: Poser, s: int) -> None:
    sign = 1 if s == 0 else -1
    target = p.at("spine3", -sign * p.u(0.09, 0.13), p.u(0.14, 0.17), p.u(0.12, 0.14))
    p.reach(s, target, p.dir(s, 0.4, -0.8, 0.5, 4), palm=p.dir(s, 0, -0.5, -1), wrist=p.u(5, 25))


def hand_on_shoulder(p: Poser, s: int) -> None:
    sign = 1 if s == 0 else -1
    target = p.at("spine3", sign * p.u(0.19, 0.22), p.u(0.17, 0.20), p.u(0.06, 0.09))
    p.reach(s, target, p.dir(s, 1, p.u(-0.3, 0.4), 0.4, 4), palm=p.dir(s, -0.4, -1, 0), wrist=p.u(5, 30))


def hand_behind_back(p: Poser, s: int) -> None:
    sign = 1 if s == 0 else -1
    target = p.at("spine1", sign * p.u(0.05, 0.10), p.u(-0.04, 0.05), p.u(-0.18, -0.16))
    p.reach(s, target, p.dir(s, 1, -0.1, -0.7, 4), palm=p.dir(s, 0, 0, -1))


def hand_on_thigh(p: Poser, s: int) -> None:
    target = _thigh_point(p, s, p.u(0.45, 0.75))
    p.reach(s, target, p.dir(s, 1, -0.1, -0.6, 5), palm=p.dir(s, 0, -1, 0), wrist=p.u(0, 15), frame="world")


def _thigh_point(p: Poser, s: int, share: np.ndarray) -> np.ndarray:
    """Return a point (n, 3) 8 cm above the front of the thigh; share 0 is the hip, 1 the knee."""
    name = SIDES[s]
    hip, knee = p.place(name + "_hip"), p.place(name + "_knee")
    front = p.turn(name + "_hip")[:, :, 2]
    return hip + (knee - hip) * share[:, None] + 0.085 * front


def hand_on_knee(p: Poser, s: int) -> None:
    target = _thigh_point(p, s, p.u(0.84, 0.95))
    p.reach(
        s, target, p.dir(s, 1, -0.1, -0.5, 5), palm=p.dir(s, 0, -1, -0.2), wrist=p.u(5, 30), frame="world"
    )


def arm_across(p: Poser, s: int) -> None:
    p.arm(
        s,
        p.dir(s, p.u(-0.75, -0.45), p.u(-0.1, 0.2), 0.9, 4),
        p.u(10, 40),
        p.dir(s, -1, 0, 0.1),
        palm=p.dir(s, 0, 0, -1),
    )


def elbow_back(p: Poser, s: int) -> None:
    p.arm(
        s,
        p.dir(s, p.u(0.1, 0.35), p.u(-0.7, -0.4), -0.9, 5),
        p.u(95, 125),
        p.dir(s, 0, 0.2, 1),
        palm=p.dir(s, -1, 0, 0),
    )


def arm_overhead_bent(p: Poser, s: int) -> None:
    p.arm(
        s, p.dir(s, p.u(0.6, 0.9), 0.85, 0.05), p.u(55, 85), p.dir(s, -1, 0.3, 0.05), palm=p.dir(s, 0, -1, 0)
    )


def guard_hand(p: Poser, s: int) -> None:
    sign = 1 if s == 0 else -1
    target = p.at("head", sign * p.u(0.09, 0.13), p.u(-0.08, 0.02), p.u(0.2, 0.28))
    p.reach(s, target, p.dir(s, 0.45, -1, 0.1, 4), palm=p.dir(s, -1, 0, -0.2), wrist=p.u(0, 10))


HAND_ARM = "{s} hand"
ARM = "{s} arm"

ARM_STATES: tuple[State, ...] = (
    State(
        "down",
        arm_down,
        (
            (ARM, "at {p} side"),
            (ARM, "hanging down"),
            (ARM, "down by {p} side"),
            (ARM, "lowered"),
            (ARM, "relaxed beside {p} body"),
            (HAND_ARM, "beside {p} thigh"),
        ),
        weight=3.0,
    ),
    State(
        "low out",
        arm_low_out,
        (
            (ARM, "slightly away from {p} body"),
            (ARM, "pointing diagonally down to the side"),
            (ARM, "lowered and out to the side"),
        ),
        weight=0.8,
    ),
    State(
        "side",
        arm_side,
        (
            (ARM, "out to the side at shoulder height"),
            (ARM, "stretched out sideways"),
            (ARM, "extended to the side"),
            (ARM, "horizontal, out to the side"),
            (ARM, "held straight out to {p} {s}"),
        ),
        (
            "holding {p} {s} arm out to the side",
            "stretching {p} {s} arm out sideways",
            "extending {p} {s} arm to the {s}",
        ),
        1.8,
    ),
    State(
        "forward",
        arm_forward,
        (
            (ARM, "stretched out in front"),
            (ARM, "straight out in front of {p} chest"),
            (ARM, "extended forward at shoulder height"),
            (ARM, "held horizontally forward"),
            (ARM, "reaching forward"),
        ),
        (
            "reaching forward with {p} {s} hand",
            "holding {p} {s} arm out in front",
            "stretching {p} {s} arm forward",
        ),
        1.8,
    ),
    State(
        "up",
        arm_up,
        (
            (ARM, "raised straight up"),
            (ARM, "straight above {p} head"),
            (ARM, "up in the air"),
            (HAND_ARM, "high above {p} head"),
            (ARM, "stretched overhead"),
            (ARM, "pointing upwards"),
        ),
        (
            "raising {p} {s} arm",
            "reaching up with {p} {s} hand",
            "lifting {p} {s} arm above {p} head",
            "putting {p} {s} hand up",
        ),
        2.2,
    ),
    State(
        "up diagonal",
        arm_up_diagonal,
        (
            (ARM, "raised diagonally up and out"),
            (ARM, "pointing up and to the side"),
            (ARM, "lifted high to the side"),
        ),
        ("raising {p} {s} arm diagonally",),
    ),
    State(
        "up forward",
        arm_up_forward,
        ((ARM, "raised forward and up"), (ARM, "reaching up and forward"), (ARM, "pointing up in front")),
        ("reaching up in front with {p} {s} arm", "reaching for a shelf with {p} {s} hand"),
    ),
    State(
        "down forward",
        arm_down_forward,
        ((ARM, "held low in front"), (ARM, "pointing down and forward"), (HAND_ARM, "in front of {p} hips")),
        ("reaching down in front with {p} {s} hand",),
    ),
    State(
        "back",
        arm_back,
        (
            (ARM, "stretched backwards"),
            (ARM, "behind {p} body"),
            (ARM, "swung back"),
            (ARM, "extended behind"),
        ),
        ("swinging {p} {s} arm back", "reaching back with {p} {s} arm"),
        0.9,
    ),
    State(
        "hip",
        hand_on_hip,
        (
            (HAND_ARM, "on {p} hip"),
            (HAND_ARM, "resting on {p} {s} hip"),
            (HAND_ARM, "at {p} waist"),
            (HAND_ARM, "on {p} waist"),
            (ARM, "akimbo"),
        ),
        ("putting {p} {s} hand on {p} hip", "resting {p} {s} hand on {p} hip"),
        1.6,
    ),
    State(
        "on head",
        hand_on_head,
        ((HAND_ARM, "on top of {p} head"), (HAND_ARM, "on {p} head"), (HAND_ARM, "resting on {p} head")),
        (
            "holding {p} head with {p} {s} hand",
            "putting {p} {s} hand on {p} head",
            "touching {p} head with {p} {s} hand",
        ),
        1.2,
    ),
    State(
        "behind head",
        hand_behind_head,
        (
            (HAND_ARM, "behind {p} head"),
            (HAND_ARM, "on the back of {p} head"),
            (HAND_ARM, "at the back of {p} neck"),
        ),
        ("scratching the back of {p} head with {p} {s} hand", "holding {p} {s} hand behind {p} head"),
        1.2,
    ),
    State(
        "face",
        hand_to_face,
        ((HAND_ARM, "in front of {p} face"), (HAND_ARM, "at {p} mouth"), (HAND_ARM, "over {p} face")),
        (
            "covering {p} face with {p} {s} hand",
            "touching {p} face with {p} {s} hand",
            "facepalming with {p} {s} hand",
            "eating with {p} {s} hand",
            "drinking from a cup in {p} {s} hand",
        ),
    ),
    State(
        "chin",
        hand_to_chin,
        ((HAND_ARM, "at {p} chin"), (HAND_ARM, "under {p} chin"), (HAND_ARM, "on {p} chin")),
        ("thinking with {p} {s} hand on {p} chin", "stroking {p} chin with {p} {s} hand"),
    ),
    State(
        "ear",
        hand_to_ear,
        ((HAND_ARM, "at {p} {s} ear"), (HAND_ARM, "beside {p} ear")),
        (
            "talking on the phone held in {p} {s} hand",
            "holding a phone to {p} {s} ear",
            "calling someone on the phone, {p} {s} hand at {p} ear",
            "cupping {p} {s} ear to listen",
        ),
    ),
    State(
        "salute",
        salute,
        ((HAND_ARM, "at {p} forehead"), (HAND_ARM, "at {p} temple"), (HAND_ARM, "saluting")),
        (
            "saluting with {p} {s} hand",
            "giving a military salute with {p} {s} hand",
            "shading {p} eyes with {p} {s} hand",
        ),
    ),
    State(
        "wave",
        wave,
        ((HAND_ARM, "raised beside {p} head"), (HAND_ARM, "up, elbow bent"), (HAND_ARM, "waving")),
        (
            "waving with {p} {s} hand",
            "waving hello with {p} {s} hand",
            "greeting someone with {p} {s} hand",
            "swearing an oath with {p} {s} hand up",
        ),
        1.2,
    ),
    State(
        "wave high",
        wave_high,
        ((HAND_ARM, "waving above {p} head"), (ARM, "raised high to wave"), (ARM, "raised")),
        (
            "waving with {p} {s} arm high in the air",
            "hailing a taxi with {p} {s} arm",
            "waving goodbye with {p} {s} arm up",
        ),
        0.8,
    ),
    State(
        "point forward",
        point_forward,
        ((HAND_ARM, "pointing forward"), (ARM, "pointing straight ahead")),
        (
            "pointing forward with {p} {s} hand",
            "pointing at something in front with {p} {s} hand",
            "aiming ahead with {p} {s} arm",
        ),
        0.8,
    ),
    State(
        "stop",
        stop_palm,
        ((HAND_ARM, "held out in front, palm forward"), (ARM, "stretched forward in a stop sign")),
        (
            "signalling stop with {p} {s} hand",
            "holding {p} {s} palm out in front",
            "pushing something away with {p} {s} hand",
        ),
        0.7,
    ),
    State(
        "goal post",
        goal_post,
        (
            (ARM, "out to the side with the elbow bent and the hand pointing up"),
            (ARM, "bent at a right angle, forearm up"),
            ("{s} forearm", "vertical, hand up"),
        ),
        (),
        1.2,
    ),
    State(
        "scarecrow",
        scarecrow,
        (
            (ARM, "out to the side with the forearm hanging down"),
            ("{s} elbow", "lifted sideways with the hand pointing down"),
            ("{s} forearm", "hanging down from a raised elbow"),
        ),
        (),
    ),
    State(
        "flex",
        flex_biceps,
        ((ARM, "flexed"), ("{s} biceps", "flexed")),
        ("flexing {p} {s} biceps", "showing the muscles of {p} {s} arm"),
    ),
    State(
        "forearm forward",
        forearm_forward,
        (
            ("{s} forearm", "pointing forward"),
            (ARM, "bent at ninety degrees, the hand in front"),
            ("{s} elbow", "bent at {p} side with the hand forward"),
        ),
        (
            "offering {p} {s} hand to shake",
            "shaking hands with {p} {s} hand",
            "carrying something in {p} {s} hand with the elbow bent",
        ),
        1.2,
    ),
    State(
        "chest",
        hand_on_chest,
        ((HAND_ARM, "on {p} chest"), (HAND_ARM, "over {p} heart"), (HAND_ARM, "in front of {p} chest")),
        ("placing {p} {s} hand on {p} chest", "pledging with {p} {s} hand over {p} heart"),
    ),
    State(
        "belly",
        hand_on_belly,
        ((HAND_ARM, "on {p} stomach"), (HAND_ARM, "on {p} belly")),
        ("holding {p} stomach with {p} {s} hand", "rubbing {p} belly with {p} {s} hand"),
    ),
    State(
        "other shoulder",
        hand_on_other_shoulder,
        ((HAND_ARM, "on {p} {o} shoulder"), (ARM, "across {p} chest, hand on the {o} shoulder")),
        ("touching {p} {o} shoulder with {p} {s} hand",),
    ),
    State(
        "shoulder",
        hand_on_shoulder,
        ((HAND_ARM, "on {p} {s} shoulder"), (HAND_ARM, "at {p} {s} shoulder")),
        ("touching {p} {s} shoulder with {p} {s} hand",),
        0.8,
    ),
    State(
        "behind back",
        hand_behind_back,
        ((HAND_ARM, "behind {p} back"), (HAND_ARM, "on {p} lower back"), (ARM, "behind {p} back")),
        ("holding {p} {s} hand behind {p} back", "hiding {p} {s} hand behind {p} back"),
        1.2,
    ),
    State(
        "across",
        arm_across,
        ((ARM, "stretched across {p} body"), (ARM, "crossing in front of {p} chest to the {o}")),
        ("reaching across to the {o} with {p} {s} arm", "stretching {p} {s} arm across {p} chest"),
    ),
    State(
        "elbow back",
        elbow_back,
        (("{s} elbow", "pulled back"), (ARM, "bent with the elbow behind {p} body")),
        ("pulling {p} {s} elbow back",),
        0.8,
    ),
    State(
        "overhead bent",
        arm_overhead_bent,
        (
            (ARM, "curved over {p} head"),
            (ARM, "arched overhead"),
            (HAND_ARM, "above {p} head with the elbow bent"),
        ),
        (),
    ),
    State(
        "guard",
        guard_hand,
        (
            (HAND_ARM, "raised in front of {p} face as a guard"),
            (ARM, "raised in protection"),
            (HAND_ARM, "guarding {p} face"),
        ),
        ("protecting {p} face with {p} {s} hand",),
        0.8,
    ),
)

LEG_ARM_STATES: tuple[State, ...] = (
    State(
        "thigh",
        hand_on_thigh,
        ((HAND_ARM, "on {p} {s} thigh"), (HAND_ARM, "on {p} thigh"), (HAND_ARM, "resting on {p} leg")),
        ("resting {p} {s} hand on {p} thigh",),
        1.5,
    ),
    State(
        "knee",
        hand_on_knee,
        ((HAND_ARM, "on {p} {s} knee"), (HAND_ARM, "on {p} knee")),
        ("resting {p} {s} hand on {p} knee", "holding {p} {s} knee with {p} {s} hand"),
        1.5,
    ),
)
"""Hands on the legs: for poses whose thighs are within reach."""

# --- both arms ----------------------------------------------------------------------------------------------


def _both(state: Callable[[Poser, int], None]) -> Callable[[Poser, int], None]:
    def pose(p: Poser, s: int) -> None:
        state(p, 0)
        state(p, 1)

    return pose


def _hands_meet(
    p: Poser,
    centre: tuple[str, float, float, float],
    half: float,
    elbow: tuple[float, float, float],
    wrist: float = 0,
    spread: float = 0.02,
    palm: tuple[float, float, float] = (-1, 0, 0),
) -> None:
    joint, x, y, z = centre
    dx, dy, dz = p.u(-spread, spread), p.u(-spread, spread), p.u(-spread, spread)
    for s in (0, 1):
        sign = 1 if s == 0 else -1
        target = p.at(joint, x + dx + sign * half, y + dy, z + dz)
        p.reach(s, target, p.dir(s, *elbow, 4), palm=p.dir(s, *palm), wrist=wrist + p.u(-5, 5))


def arms_crossed(p: Poser, s: int) -> None:
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        front = 0.19 if a == s else 0.15
        target = p.at("spine2", -sign * p.u(0.10, 0.13), p.u(0.0, 0.03) + (0.03 if a == s else -0.01), front)
        p.reach(a, target, p.dir(a, 0.9, -0.8, 0.15, 3), palm=p.dir(a, 0, 0, -1))


def wrists_crossed(p: Poser, s: int) -> None:
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        target = p.at("spine3", -sign * p.u(0.05, 0.08), p.u(0.05, 0.12), 0.2 if a == s else 0.16)
        p.reach(a, target, p.dir(a, 0.6, -0.9, 0.2, 3), palm=p.dir(a, 0, 0, -1))


def hug_self(p: Poser, s: int) -> None:
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        target = p.at("spine3", -sign * p.u(0.13, 0.16), p.u(0.0, 0.08), 0.17 if a == s else 0.14)
        p.reach(a, target, p.dir(a, 0.35, -0.8, 0.6, 3), palm=p.dir(a, 0, 0, -1))


def pray(p: Poser, s: int) -> None:
    _hands_meet(p, ("spine3", 0, 0.04, 0.24), 0.055, (0.8, -0.8, -0.1), palm=(-1, 0, 0))


def clasp_front(p: Poser, s: int) -> None:
    _hands_meet(p, ("pelvis", 0, 0.02, 0.2), 0.08, (1, -0.2, -0.4), palm=(-0.4, 0, -1), wrist=10)


def clap(p: Poser, s: int) -> None:
    _hands_meet(p, ("spine3", 0, 0.0, 0.36), 0.055, (0.7, -0.9, 0), palm=(-1, 0, 0), spread=0.05)


def clasp_behind(p: Poser, s: int) -> None:
    _hands_meet(p, ("pelvis", 0, 0.04, -0.2), 0.09, (1, 0, -0.6), palm=(0, 0, -1))


def clasp_overhead(p: Poser, s: int) -> None:
    _hands_meet(p, ("head", 0, 0.52, 0.02), 0.045, (1, -0.1, 0.1), palm=(-1, 0, 0))


def fingers_joined_above(p: Poser, s: int) -> None:
    _hands_meet(p, ("head", 0, 0.33, 0.06), 0.06, (1, 0, 0.15), palm=(-0.3, -1, 0))


def head_in_hands(p: Poser, s: int) -> None:
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        target = p.at("head", sign * p.u(0.13, 0.15), p.u(0.02, 0.08), p.u(0.03, 0.07))
        p.reach(a, target, p.dir(a, 0.7, -0.8, 0.4, 4), palm=p.dir(a, -1, 0, 0), wrist=p.u(0, 10))


def cover_face(p: Poser, s: int) -> None:
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        target = p.at("head", sign * p.u(0.05, 0.07), p.u(-0.04, 0.0), p.u(0.15, 0.18))
        p.reach(a, target, p.dir(a, 0.5, -1, 0.4, 4), palm=p.dir(a, 0, 0, -1), wrist=p.u(0, 10))


def cover_ears(p: Poser, s: int) -> None:
    for a in (0, 1):
        hand_to_ear(p, a)


def hold_ball(p: Poser, s: int) -> None:
    half = p.u(0.13, 0.2)
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        target = p.at("spine2", sign * half, p.u(0.0, 0.12), p.u(0.33, 0.36))
        p.reach(a, target, p.dir(a, 0.9, -0.9, 0, 4), palm=p.dir(a, -1, 0, 0))


def steering(p: Poser, s: int) -> None:
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        target = p.at("spine3", sign * p.u(0.15, 0.2), p.u(-0.08, 0.02), p.u(0.42, 0.46))
        p.reach(a, target, p.dir(a, 0.6, -1, 0, 4), palm=p.dir(a, -0.4, -1, 0))


def carry_box(p: Poser, s: int) -> None:
    half = p.u(0.17, 0.22)
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        target = p.at("spine1", sign * half, p.u(0.02, 0.1), p.u(0.32, 0.36))
        p.reach(a, target, p.dir(a, 0.6, -0.6, -0.5, 4), palm=p.dir(a, -0.6, 0.8, 0))


def shrug(p: Poser, s: int) -> None:
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 0.35, -1, 0.05, 4),
            p.u(75, 100),
            p.dir(a, 0.8, 0.1, 0.7),
            palm=p.dir(a, 0, 1, 0.2),
            shrug=p.u(18, 26),
        )


def hands_up_surrender(p: Poser, s: int) -> None:
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 1, p.u(-0.2, 0.3), p.u(0, 0.3), 4),
            p.u(70, 100),
            p.dir(a, 0.2, 1, 0, 4),
            palm=p.dir(a, 0, 0, 1),
        )


def hands_on_shoulders(p: Poser, s: int) -> None:
    hand_on_shoulder(p, 0)
    hand_on_shoulder(p, 1)


def a_pose(p: Poser, s: int) -> None:
    for a in (0, 1):
        p.arm(a, p.dir(a, p.u(0.75, 1.0), -1, 0.03, 3), p.u(0, 8), palm=p.dir(a, -1, -1, 0))


def wings_back(p: Poser, s: int) -> None:
    for a in (0, 1):
        p.arm(a, p.dir(a, p.u(0.45, 0.6), -0.5, -0.75, 4), p.u(0, 12), palm=p.dir(a, 0, 0, -1))


def both_punch_low(p: Poser, s: int) -> None:
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.5, -1, 0.1, 4), p.u(25, 50), p.dir(a, -0.3, 0, 1), palm=p.dir(a, -1, 0, 0))


BOTH = "both arms"
HANDS = "both hands"

BOTH_ARM_STATES: tuple[State, ...] = (
    State(
        "both down",
        _both(arm_down),
        (
            (BOTH, "at {p} sides"),
            ("arms", "hanging down"),
            ("arms", "down by {p} sides"),
            ("arms", "relaxed at the side of {p} body"),
            ("hands", "beside {p} thighs"),
            (BOTH, "lowered"),
        ),
        ("letting {p} arms hang down",),
        3.0,
    ),
    State(
        "t",
        _both(arm_side),
        (
            (BOTH, "straight out to the sides"),
            ("arms", "stretched out sideways at shoulder height"),
            ("arms", "spread wide"),
            (BOTH, "horizontal, making a T"),
            ("arms", "outstretched to the sides"),
            (BOTH, "straight and apart from each other at the shoulders' level"),
            ("arms", "extended to the left and right"),
        ),
        (
            "standing in a T-pose",
            "making a T with {p} body",
            "spreading {p} arms wide",
            "stretching {p} arms out to the sides",
            "holding {p} arms out like a scarecrow",
        ),
        2.5,
    ),
    State(
        "a",
        a_pose,
        (("arms", "slightly away from {p} body"), (BOTH, "diagonally down to the sides")),
        ("standing in an A-pose",),
    ),
    State(
        "both up",
        _both(arm_up),
        (
            (BOTH, "straight above {p} head"),
            ("arms", "raised straight up"),
            ("arms", "up in the air"),
            (HANDS, "high above {p} head"),
            ("arms", "stretched overhead"),
            (BOTH, "lifted over {p} head"),
            ("arms", "pointing at the sky"),
        ),
        (
            "raising both arms",
            "reaching for the sky",
            "lifting both arms above {p} head",
            "putting {p} hands up",
            "stretching both arms overhead",
            "reaching up with both hands",
        ),
        3.0,
    ),
    State(
        "v",
        _both(arm_up_diagonal),
        (
            ("arms", "raised in a V"),
            (BOTH, "up and apart, making a V"),
            ("arms", "raised diagonally"),
            ("arms", "making a Y with {p} body"),
        ),
        (
            "cheering with both arms in the air",
            "celebrating a victory",
            "raising {p} arms in triumph",
            "making a Y with {p} arms",
            "throwing {p} arms up in joy",
        ),
        2.0,
    ),
    State(
        "both forward",
        _both(arm_forward),
        (
            ("arms", "stretched out in front"),
            (BOTH, "straight forward at shoulder height"),
            ("arms", "extended forward"),
            (BOTH, "parallel in front of {p} chest"),
        ),
        (
            "reaching forward with both hands",
            "walking like a zombie",
            "sleepwalking with {p} arms out in front",
            "holding both arms out in front",
        ),
        2.0,
    ),
    State(
        "both stop",
        _both(stop_palm),
        ((HANDS, "held out in front, palms forward"), ("arms", "pushing forward")),
        (
            "pushing with both hands",
            "pushing a wall",
            "signalling stop with both hands",
            "pushing something heavy away",
        ),
    ),
    State(
        "both up forward",
        _both(arm_up_forward),
        (("arms", "raised forward and up"), (BOTH, "reaching up and forward")),
        ("reaching for a high shelf with both hands",),
    ),
    State(
        "both down forward",
        _both(arm_down_forward),
        (("arms", "held low in front"), (BOTH, "pointing down and forward")),
        ("reaching down in front with both hands",),
        0.7,
    ),
    State(
        "both back",
        _both(arm_back),
        (("arms", "stretched backwards"), (BOTH, "behind {p} body"), ("arms", "swung back")),
        ("swinging both arms back",),
    ),
    State(
        "wings", wings_back, (("arms", "swept back like wings"), (BOTH, "out and behind {p} back")), (), 0.7
    ),
    State(
        "hips",
        _both(hand_on_hip),
        (
            (HANDS, "on {p} hips"),
            ("hands", "on {p} waist"),
            ("arms", "akimbo"),
            ("hands", "resting on {p} hips"),
            ("elbows", "out with the hands on {p} hips"),
        ),
        (
            "putting both hands on {p} hips",
            "grabbing {p} hips with both hands",
            "standing like a superhero with {p} hands on {p} hips",
            "holding {p} waist with both hands",
        ),
        2.5,
    ),
    State(
        "on head",
        _both(hand_on_head),
        ((HANDS, "on top of {p} head"), ("hands", "on {p} head")),
        ("holding {p} head with both hands", "putting both hands on {p} head"),
        1.5,
    ),
    State(
        "behind head",
        _both(hand_behind_head),
        (
            (HANDS, "behind {p} head"),
            ("hands", "clasped behind {p} head"),
            ("hands", "at the back of {p} head"),
            ("elbows", "out, hands behind {p} head"),
        ),
        (
            "putting {p} hands behind {p} head",
            "relaxing with {p} hands behind {p} head",
            "being arrested, hands behind {p} head",
        ),
        2.0,
    ),
    State(
        "head in hands",
        head_in_hands,
        ((HANDS, "at the sides of {p} head"), ("head", "in {p} hands"), ("hands", "holding {p} head")),
        ("holding {p} head in despair", "grabbing {p} head with both hands"),
        1.0,
    ),
    State(
        "cover face",
        cover_face,
        ((HANDS, "over {p} face"), ("hands", "in front of {p} face"), ("face", "buried in {p} hands")),
        ("covering {p} face with both hands", "hiding {p} face", "crying into {p} hands", "playing peekaboo"),
        1.5,
    ),
    State(
        "cover ears",
        cover_ears,
        ((HANDS, "over {p} ears"), ("hands", "at {p} ears")),
        ("covering {p} ears", "blocking out the noise with {p} hands on {p} ears"),
    ),
    State(
        "crossed",
        arms_crossed,
        (
            ("arms", "crossed"),
            ("arms", "folded"),
            (BOTH, "crossed in front of {p} chest"),
            ("arms", "folded across {p} chest"),
        ),
        ("crossing {p} arms", "folding {p} arms", "waiting with {p} arms crossed"),
        2.5,
    ),
    State(
        "wrists crossed",
        wrists_crossed,
        (("wrists", "crossed in front of {p} chest"), ("forearms", "crossed in an X")),
        ("making an X with {p} forearms", "blocking with crossed arms"),
        0.8,
    ),
    State(
        "hug",
        hug_self,
        (("arms", "wrapped around {p} own body"), ("hands", "on the opposite shoulders")),
        (
            "hugging {p} own body",
            "shivering with {p} arms wrapped around {p} body",
            "giving {p} own body a hug",
        ),
        0.8,
    ),
    State(
        "pray",
        pray,
        (
            ("palms", "pressed together in front of {p} chest"),
            ("hands", "in prayer position"),
            (HANDS, "together at {p} chest"),
        ),
        ("praying", "saying namaste", "pressing {p} palms together", "begging with {p} hands together"),
        1.8,
    ),
    State(
        "clasp front",
        clasp_front,
        (
            ("hands", "clasped in front"),
            ("hands", "folded in front of {p} hips"),
            (HANDS, "together low in front"),
        ),
        ("clasping {p} hands in front of {p} body",),
        1.2,
    ),
    State(
        "clap",
        clap,
        (("hands", "together in front of {p} chest"), (HANDS, "clapping")),
        ("clapping", "clapping {p} hands", "applauding"),
        1.4,
    ),
    State(
        "clasp behind",
        clasp_behind,
        (("hands", "clasped behind {p} back"), (HANDS, "behind {p} back"), ("arms", "behind {p} back")),
        (
            "holding {p} hands behind {p} back",
            "standing at ease with {p} hands behind {p} back",
            "having {p} hands tied behind {p} back",
        ),
        1.8,
    ),
    State(
        "joined overhead",
        clasp_overhead,
        (
            ("hands", "joined above {p} head"),
            ("palms", "together overhead"),
            (HANDS, "touching high above {p} head"),
        ),
        ("joining {p} hands above {p} head", "clapping above {p} head"),
        1.2,
    ),
    State(
        "fifth",
        fingers_joined_above,
        (("arms", "rounded above {p} head"), ("arms", "making a circle overhead")),
        ("making a circle with {p} arms above {p} head", "holding {p} arms in ballet fifth position"),
    ),
    State(
        "goal posts",
        _both(goal_post),
        (
            (BOTH, "bent at right angles with the hands up"),
            ("elbows", "out at shoulder height, forearms pointing up"),
            ("forearms", "vertical, hands up"),
        ),
        ("making a goal post with {p} arms", "posing like a cactus"),
        1.5,
    ),
    State(
        "scarecrow",
        _both(scarecrow),
        (("elbows", "out with the forearms hanging down"), ("forearms", "dangling from raised elbows")),
        ("dangling {p} forearms like a scarecrow",),
    ),
    State(
        "flexing",
        _both(flex_biceps),
        (("biceps", "flexed"), (BOTH, "flexed with fists by {p} head")),
        (
            "flexing both biceps",
            "showing off {p} muscles",
            "posing like a bodybuilder",
            "striking a strongman pose",
        ),
        1.5,
    ),
    State(
        "surrender",
        hands_up_surrender,
        ((HANDS, "up at head height, palms forward"), ("hands", "raised, elbows bent")),
        ("surrendering", "holding {p} hands up in surrender", "being held at gunpoint, hands up"),
        1.5,
    ),
    State(
        "forearms forward",
        _both(forearm_forward),
        (
            ("forearms", "pointing forward"),
            ("elbows", "bent at {p} sides, hands in front"),
            (BOTH, "bent at ninety degrees in front"),
        ),
        ("holding {p} forearms out in front", "carrying a tray"),
        1.2,
    ),
    State(
        "ball",
        hold_ball,
        ((HANDS, "holding a ball in front of {p} chest"), ("hands", "in front of {p} chest, apart")),
        ("holding a ball in front of {p} chest", "carrying a ball with both hands"),
    ),
    State(
        "box",
        carry_box,
        ((HANDS, "carrying a box in front of {p} belly"), ("arms", "bent, carrying something in front")),
        ("carrying a box", "holding a heavy box with both hands", "carrying something in front of {p} body"),
    ),
    State(
        "steering",
        steering,
        ((HANDS, "on a steering wheel"), ("hands", "in front at chest height")),
        ("driving a car", "holding a steering wheel"),
    ),
    State(
        "shrug",
        shrug,
        (("shoulders", "shrugged, palms up"), ("hands", "out to the sides, palms up")),
        ("shrugging", "shrugging {p} shoulders", "saying I don't know with {p} hands"),
        1.2,
    ),
    State(
        "both chest",
        _both(hand_on_chest),
        ((HANDS, "on {p} chest"), ("hands", "over {p} heart")),
        ("holding both hands on {p} chest",),
    ),
    State(
        "both belly",
        _both(hand_on_belly),
        ((HANDS, "on {p} stomach"), ("hands", "on {p} belly")),
        ("holding {p} stomach with both hands", "having a stomach ache"),
    ),
    State(
        "shoulders",
        hands_on_shoulders,
        ((HANDS, "on {p} shoulders"), ("hands", "touching {p} own shoulders")),
        ("touching {p} shoulders with both hands",),
    ),
    State(
        "guard",
        _both(guard_hand),
        (("fists", "in front of {p} face"), (HANDS, "up in a boxing guard"), ("hands", "guarding {p} face")),
        ("holding a boxing guard", "raising {p} fists to fight", "guarding {p} face with both fists"),
        1.4,
    ),
    State(
        "fists low",
        both_punch_low,
        (("fists", "clenched beside {p} hips"), ("arms", "tense, slightly bent at {p} sides")),
        ("clenching {p} fists in anger",),
        0.8,
    ),
    State(
        "elbows back",
        _both(elbow_back),
        (("elbows", "pulled back"), (BOTH, "bent with the elbows behind {p} body")),
        ("pulling both elbows back", "squeezing {p} shoulder blades together", "rowing with {p} elbows back"),
        0.8,
    ),
)

BOTH_LEG_ARM_STATES: tuple[State, ...] = (
    State(
        "thighs",
        _both(hand_on_thigh),
        (
            (HANDS, "on {p} thighs"),
            ("hands", "resting on {p} thighs"),
            ("hands", "flat on {p} thighs"),
            ("hands", "in {p} lap"),
        ),
        ("resting {p} hands on {p} thighs",),
        2.5,
    ),
    State(
        "knees",
        _both(hand_on_knee),
        ((HANDS, "on {p} knees"), ("hands", "resting on {p} knees"), ("hands", "on both knees")),
        ("resting both hands on {p} knees", "holding {p} knees"),
        2.5,
    ),
)

# --- legs of a standing body --------------------------------------------------------------------------------


def _stand(
    p: Poser,
    s: int,
    low: float,
    high: float,
    knee: tuple[float, float] = (0, 8),
    turnout: tuple[float, float] = (2, 14),
) -> None:
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(low, high), -1, p.u(-0.03, 0.05), 2), p.u(*knee), p.u(*turnout))
    p.flat()


def stand_together(p: Poser, s: int) -> None:
    _stand(p, s, -0.09, -0.04, (0, 4))


def stand_normal(p: Poser, s: int) -> None:
    _stand(p, s, 0.0, 0.12)


def stand_apart(p: Poser, s: int) -> None:
    _stand(p, s, 0.22, 0.34)


def stand_wide(p: Poser, s: int) -> None:
    _stand(p, s, 0.48, 0.75, (0, 6), (5, 25))


def bent_knees(p: Poser, s: int) -> None:
    lift = p.u(0.3, 0.55)
    for a in (0, 1):
        p.leg(
            a, p.dir(a, p.u(0.03, 0.2), -1, lift, 3), 2 * np.degrees(np.arctan(lift)) + p.u(-6, 6), p.u(0, 15)
        )
    p.flat()


def one_step(p: Poser, s: int) -> None:
    p.leg(s, p.dir(s, 0.03, -1, p.u(0.28, 0.5), 2), p.u(5, 20), p.u(0, 8))
    p.leg(1 - s, p.dir(1 - s, 0.03, -1, p.u(-0.35, -0.15), 2), p.u(8, 30), p.u(0, 10))
    p.flat()


def knee_up(p: Poser, s: int) -> None:
    up = p.u(-0.15, 0.4)
    p.leg(s, p.dir(s, p.u(-0.05, 0.15), up, 1, 3), p.u(80, 115), p.u(0, 8))
    p.foot(s, p.u(0, 30))
    p.leg(1 - s, p.dir(1 - s, -0.03, -1, 0.0, 2), p.u(0, 8))
    p.flat(1 - s)


def leg_forward(p: Poser, s: int) -> None:
    p.leg(s, p.dir(s, p.u(-0.05, 0.12), p.u(-0.55, 0.05), 1, 3), p.u(0, 12))
    p.foot(s, p.u(0, 35))
    p.leg(1 - s, p.dir(1 - s, -0.03, -1, 0, 2), p.u(0, 8))
    p.flat(1 - s)


def leg_side(p: Poser, s: int) -> None:
    p.leg(s, p.dir(s, 1, p.u(-0.95, -0.35), p.u(-0.05, 0.2), 3), p.u(0, 10), p.u(0, 25))
    p.foot(s, p.u(0, 30))
    p.leg(1 - s, p.dir(1 - s, -0.06, -1, 0, 2), p.u(0, 8))
    p.flat(1 - s)


def leg_back(p: Poser, s: int) -> None:
    p.leg(s, p.dir(s, p.u(0.0, 0.12), -1, p.u(-0.75, -0.5), 3), p.u(0, 15), p.u(0, 10))
    p.foot(s, p.u(15, 40))
    p.leg(1 - s, p.dir(1 - s, -0.04, -1, p.u(0, 0.08), 2), p.u(0, 10))
    p.flat(1 - s)


def heel_up(p: Poser, s: int) -> None:
    p.leg(s, p.dir(s, 0.02, -1, p.u(-0.2, 0.12), 3), p.u(85, 125), p.u(0, 8))
    p.foot(s, p.u(10, 40))
    p.leg(1 - s, p.dir(1 - s, -0.04, -1, 0, 2), p.u(0, 8))
    p.flat(1 - s)


def legs_crossed_standing(p: Poser, s: int) -> None:
    p.leg(s, p.dir(s, p.u(-0.32, -0.24), -1, 0.14, 2), p.u(3, 15))
    p.leg(1 - s, p.dir(1 - s, p.u(-0.16, -0.1), -1, -0.05, 2), p.u(0, 6))
    p.flat()


def tiptoe(p: Poser, s: int) -> None:
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(-0.05, 0.06), -1, 0.0, 2), p.u(0, 5))
        p.foot(a, p.u(35, 48))


def half_squat(p: Poser, s: int) -> None:
    lift = p.u(0.8, 1.4)
    wide = p.u(0.15, 0.5)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, -1, lift, 2), np.degrees(np.arctan(lift)) + p.u(22, 34), p.u(5, 15))
    p.flat()


def deep_squat(p: Poser, s: int) -> None:
    up = p.u(0.05, 0.45)
    wide = p.u(0.25, 0.6)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, up, 1, 2), p.u(122, 138), p.u(0, 14))
    p.flat()


def front_lunge(p: Poser, s: int) -> None:
    drop = p.u(-0.6, -0.1)
    p.leg(s, p.dir(s, p.u(0, 0.12), drop, 1, 3), 90 + np.degrees(np.arctan(drop)) + p.u(-8, 8), p.u(0, 6))
    p.leg(1 - s, p.dir(1 - s, p.u(0, 0.1), -1, p.u(-0.75, -0.5), 2), p.u(15, 45), p.u(0, 8))
    p.flat(s)
    p.foot(1 - s, p.u(-25, -5))


def side_lunge(p: Poser, s: int) -> None:
    p.leg(s, p.dir(s, 0.75, -0.6, p.u(0.45, 0.7), 3), p.u(80, 105), p.u(5, 15))
    p.leg(1 - s, p.dir(1 - s, 1, -0.9, 0.15, 3), p.u(0, 6))
    p.flat()


def tree_leg(p: Poser, s: int) -> None:
    p.leg(1 - s, p.dir(1 - s, -0.06, -1, 0, 2), p.u(0, 4))
    p.flat(1 - s)
    sign = 1 if s == 0 else -1
    target = p.at(SIDES[1 - s] + "_knee", sign * 0.08, p.u(-0.02, 0.12), 0.0)
    p.step(s, target, p.dir(s, 1, -0.2, 0.35, 4))
    p.foot(s, p.u(20, 40))


def figure_four(p: Poser, s: int) -> None:
    lift = p.u(0.6, 0.9)
    p.leg(1 - s, p.dir(1 - s, -0.02, -1, lift, 2), 2 * np.degrees(np.arctan(lift)) * 0.9)
    p.flat(1 - s)
    knee = p.place(SIDES[1 - s] + "_knee")
    sign = 1 if s == 0 else -1
    p.step(s, knee + np.array([-sign * 0.05, 0.09, 0.02]), p.dir(s, 1, -0.1, 0.8, 4))


ONE_LEG = "{s} leg"

LEG_STATES: tuple[State, ...] = (
    State(
        "together",
        stand_together,
        (("legs", "together"), ("feet", "together"), ("legs", "straight and close together")),
        ("standing with {p} feet together", "standing at attention", "standing with {p} legs closed"),
        2.5,
    ),
    State(
        "normal",
        stand_normal,
        (("legs", "straight"), ("feet", "flat on the floor")),
        (
            "standing",
            "standing upright",
            "standing up straight",
            "standing still",
            "standing on both feet",
            "standing up straight on {p} flat feet",
        ),
        4.0,
    ),
    State(
        "apart",
        stand_apart,
        (("feet", "apart"), ("legs", "apart"), ("feet", "shoulder-width apart")),
        ("standing with {p} feet apart", "standing with {p} legs apart"),
        2.0,
    ),
    State(
        "wide",
        stand_wide,
        (("legs", "wide apart"), ("feet", "far apart"), ("legs", "spread wide")),
        ("standing with {p} legs wide apart", "standing in a wide stance", "straddling"),
        1.5,
    ),
    State(
        "bent knees",
        bent_knees,
        (("knees", "slightly bent"), ("knees", "bent"), ("legs", "a little bent")),
        ("standing with bent knees", "bending {p} knees a little", "crouching slightly"),
        1.2,
    ),
    State(
        "step",
        one_step,
        ((ONE_LEG, "in front of the other"), ("{s} foot", "forward"), ("{o} foot", "behind")),
        (
            "stepping forward with {p} {s} foot",
            "taking a step forward with {p} {s} leg",
            "walking, {p} {s} foot in front",
            "walking forward",
        ),
        2.0,
    ),
    State(
        "knee up",
        knee_up,
        (
            ("{s} knee", "raised"),
            ("{s} knee", "lifted to hip height"),
            ("{s} thigh", "horizontal in front"),
            ("{s} foot", "off the ground"),
        ),
        (
            "lifting {p} {s} knee",
            "standing on {p} {o} leg with the {s} knee raised",
            "marching with {p} {s} knee up",
            "raising {p} {s} knee in front",
            "balancing on {p} {o} foot",
        ),
        2.0,
    ),
    State(
        "leg forward",
        leg_forward,
        (
            (ONE_LEG, "raised straight in front"),
            (ONE_LEG, "stretched forward off the ground"),
            ("{s} foot", "lifted in front"),
        ),
        (
            "kicking forward with {p} {s} leg",
            "raising {p} {s} leg in front",
            "standing on {p} {o} leg and lifting the {s} one forward",
            "extending {p} {s} leg forward",
        ),
        1.8,
    ),
    State(
        "leg side",
        leg_side,
        (
            (ONE_LEG, "raised to the side"),
            (ONE_LEG, "lifted sideways"),
            ("{s} foot", "off the ground out to the side"),
        ),
        (
            "lifting {p} {s} leg to the side",
            "kicking to the side with {p} {s} leg",
            "standing on {p} {o} leg with the {s} leg out sideways",
        ),
        1.5,
    ),
    State(
        "leg back",
        leg_back,
        (
            (ONE_LEG, "raised behind"),
            (ONE_LEG, "stretched backwards"),
            ("{s} foot", "lifted behind {p} body"),
        ),
        (
            "extending {p} {s} leg backwards",
            "lifting {p} {s} leg behind",
            "standing on {p} {o} leg with the {s} leg back",
        ),
        1.5,
    ),
    State(
        "heel up",
        heel_up,
        (
            ("{s} heel", "pulled up behind"),
            ("{s} knee", "bent so that the foot is behind"),
            ("{s} shin", "folded back"),
        ),
        (
            "standing on {p} {o} leg with the {s} heel towards the buttocks",
            "hopping on {p} {o} leg",
            "bending {p} {s} knee backwards",
        ),
        1.2,
    ),
    State(
        "crossed",
        legs_crossed_standing,
        (("legs", "crossed"), ("ankles", "crossed"), ("{s} leg", "crossed in front of the other")),
        ("standing with {p} legs crossed", "crossing {p} {s} leg in front of the {o}"),
        1.0,
    ),
    State(
        "tiptoe",
        tiptoe,
        (("heels", "lifted"), ("heels", "off the ground")),
        ("standing on tiptoes", "standing on {p} toes", "rising onto {p} tiptoes"),
        1.0,
    ),
    State(
        "half squat",
        half_squat,
        (("knees", "bent"), ("thighs", "sloping down in a half squat")),
        (
            "half squatting",
            "doing a half squat",
            "standing in horse stance with bent knees",
            "lowering {p} hips into a squat",
        ),
        1.4,
    ),
    State(
        "deep squat",
        deep_squat,
        (("knees", "fully bent"), ("hips", "close to the heels")),
        (
            "squatting",
            "squatting deeply",
            "squatting down low",
            "doing a deep squat",
            "crouching down with {p} feet flat",
        ),
        1.8,
    ),
    State(
        "lunge",
        front_lunge,
        (
            ("{s} knee", "bent in front, {o} leg stretched back"),
            ("{s} leg", "forward in a lunge"),
            ("{o} leg", "stretched far behind"),
        ),
        (
            "lunging forward",
            "lunging with {p} {s} leg in front",
            "doing a lunge on {p} {s} leg",
            "stepping into a deep lunge with the {s} foot forward",
        ),
        1.6,
    ),
    State(
        "side lunge",
        side_lunge,
        (("{s} knee", "bent, {o} leg straight out to the side"), ("{o} leg", "stretched to the side")),
        ("doing a side lunge to the {s}", "lunging sideways to {p} {s}"),
        1.2,
    ),
    State(
        "tree",
        tree_leg,
        (
            ("{s} foot", "against the inside of the {o} leg"),
            ("{s} knee", "pointing out, foot at the {o} knee"),
        ),
        ("standing on {p} {o} leg with the {s} foot at the {o} knee", "balancing on {p} {o} leg like a tree"),
        1.0,
    ),
    State(
        "figure four",
        figure_four,
        (("{s} ankle", "on the {o} knee"), ("{s} leg", "crossed over the {o} knee")),
        ("standing on the bent {o} leg with the {s} ankle on the knee",),
        0.5,
    ),
)

# --- head ---------------------------------------------------------------------------------------------------


def head_level(p: Poser, s: int) -> None:
    p.head(p.u(-6, 8), p.u(-10, 10), p.u(-5, 5))


def head_up(p: Poser, s: int) -> None:
    p.head(p.u(-48, -28), p.u(-10, 10))


def head_down(p: Poser, s: int) -> None:
    p.head(p.u(30, 52), p.u(-10, 10))


def head_turn(p: Poser, s: int) -> None:
    p.head(p.u(-6, 10), p.u(45, 75) * (1 if s == 0 else -1))


def head_tilt(p: Poser, s: int) -> None:
    p.head(p.u(-4, 8), 0, p.u(24, 38) * (1 if s == 0 else -1))


HEAD_STATES: tuple[State, ...] = (
    State("level", head_level, weight=6.0),
    State("up", head_up, weight=1.0),
    State("down", head_down, weight=1.0),
    State("turn", head_turn, weight=1.5),
    State("tilt", head_tilt, weight=0.6),
)
"""What the head does is put into words by its measurements."""
