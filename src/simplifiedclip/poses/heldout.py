"""Everyday sentences, written by hand, each with a check on the joints: does a pose do what is said?

They measure text-to-pose retrieval and generation without asking an encoder. No generator makes these
sentences; do not train on them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .directions import Array, J
from .posecodes import Measures, measure

Check = Callable[[Measures], Array]


@dataclass(frozen=True)
class Sentence:
    """A sentence and the check of its meaning: ``check(measures)`` gives (n,) booleans."""

    text: str
    check: Check


def passes(theta: Array) -> Array:
    """Return which poses theta (n, 24, 3) do what each sentence says: (n, len(HELD_OUT)) booleans."""
    m = measure(theta)
    return np.stack([np.asarray(sentence.check(m), bool) for sentence in HELD_OUT], 1)


# --- words for checks ---------------------------------------------------------------------------------------


def _all(*checks: Check) -> Check:
    return lambda m: np.logical_and.reduce([check(m) for check in checks])


def _both(check: Callable[[str], Check]) -> Check:
    return _all(check("left"), check("right"))


def _either(check: Callable[[str], Check]) -> Check:
    return lambda m: check("left")(m) | check("right")(m)


def _upright(m: Measures) -> Array:
    return m["trunk up"] > 55


def _standing(m: Measures) -> Array:
    low = np.minimum(m["left leg world up"], m["right leg world up"])
    return (m["trunk up"] > 45) & (low < -0.8) & (m["pelvis height"] > 0.65)


def _arm_up(s: str) -> Check:
    return lambda m: (m[f"{s} arm up"] > 0.75) & (m[f"{s} elbow"] < 60)


def _arm_out(s: str) -> Check:
    return lambda m: (m[f"{s} arm out"] > 0.78) & (m[f"{s} elbow"] < 50)


def _arm_ahead(s: str) -> Check:
    return lambda m: (m[f"{s} arm fwd"] > 0.75) & (m[f"{s} elbow"] < 50)


def _arm_low(s: str) -> Check:
    return lambda m: m[f"{s} arm up"] < -0.6


def _near(s: str, what: str, limit: float = 0.2) -> Check:
    return lambda m: m[f"{s} hand to {what}"] < limit


def _hand_head(s: str) -> Check:
    return lambda m: (
        np.minimum(m[f"{s} hand to face"], np.minimum(m[f"{s} hand to brow"], m[f"{s} hand to crown"])) < 0.24
    )


def _hand_high(s: str) -> Check:
    return lambda m: (m[f"{s} hand over shoulder"] > 0.1) & (m[f"{s} hand to crown"] > 0.12)


def _hands_together(m: Measures) -> Array:
    return m["hands apart"] < 0.28


def _knee_bent(s: str, low: float = 60, high: float = 180) -> Check:
    return lambda m: (m[f"{s} knee"] > low) & (m[f"{s} knee"] < high)


def _knee_straight(s: str) -> Check:
    return lambda m: m[f"{s} knee"] < 35


def _thigh_level(s: str) -> Check:
    return lambda m: (np.abs(m[f"{s} knee over hip"]) < 0.24) & (m[f"{s} thigh fwd"] > 0.45)


def _foot_up(s: str, height: float = 0.2) -> Check:
    return lambda m: m[f"{s} foot height"] > height


def _on_foot(s: str) -> Check:
    return lambda m: (m[f"{s} foot height"] < 0.12) & (m[f"{s} leg world up"] < -0.75)


def _lying(up: int) -> Check:
    return lambda m: (np.abs(m["trunk up"]) < 35) & (m["front up"] * up > 40) & (m["pelvis height"] < 0.4)


def _on_side(s: str) -> Check:
    sign = -1 if s == "left" else 1
    return lambda m: (np.abs(m["trunk up"]) < 38) & (m["left up"] * sign > 35)


def _inverted(m: Measures) -> Array:
    return (m["trunk up"] < -45) & (m["pelvis height"] > 0.5)


def _floor_low(m: Measures) -> Array:
    return m["pelvis height"] < 0.32


def _kneeling(s: str) -> Check:
    return lambda m: (m[f"{s} knee height"] < 0.13) & (m[f"{s} knee"] > 50)


def _hand_floor(s: str) -> Check:
    return lambda m: m[f"{s} hand height"] < 0.18


def _lean(low: float, high: float) -> Check:
    return lambda m: (m["lean forward"] > low) & (m["lean forward"] < high)


def _side_lean(s: str, low: float = 14) -> Check:
    sign = 1 if s == "left" else -1
    return lambda m: (m["lean left"] * sign > low) & (m["lean left"] * sign < 90)


def _gaze(low: float, high: float) -> Check:
    return lambda m: (m["gaze up"] > low) & (m["gaze up"] < high)


def _turned(s: str, low: float = 25) -> Check:
    sign = 1 if s == "left" else -1
    return lambda m: m["head left"] * sign > low


def _gap(low: float, high: float = 9.0) -> Check:
    return lambda m: (m["feet apart"] > low) & (m["feet apart"] < high)


def _lower(a: str, b: str) -> Check:
    return lambda m: m.joints[:, J[a], 1] < m.joints[:, J[b], 1]


def _not(check: Check) -> Check:
    return lambda m: ~check(m)


L, R = "left", "right"

HELD_OUT: tuple[Sentence, ...] = (
    Sentence(
        "someone with her hands up in surrender",
        _all(_upright, _both(_hand_high), _both(lambda s: lambda m: m[f"{s} hand out"] > 0.2)),
    ),
    Sentence("He stretches both arms towards the ceiling.", _all(_upright, _both(_arm_up))),
    Sentence("a woman holds her arms out like a scarecrow", _all(_upright, _both(_arm_out))),
    Sentence(
        "Arms crossed in front of the chest, like a bouncer.",
        _all(
            _upright,
            lambda m: (
                (m["left hand out"] < 0.06)
                & (m["right hand out"] < 0.06)
                & (m["left hand fwd"] > 0.05)
                & (m["right hand fwd"] > 0.05)
                & (np.abs(m["left hand up"]) < 0.25)
            ),
        ),
    ),
    Sentence(
        "The kid raises only the right hand to ask a question.", _all(_upright, _hand_high(R), _arm_low(L))
    ),
    Sentence(
        "She lifts just her left arm straight up, the other one hangs down.",
        _all(_upright, _arm_up(L), _arm_low(R)),
    ),
    Sentence(
        "a superhero with both fists on the hips", _all(_upright, _both(lambda s: _near(s, "hip", 0.22)))
    ),
    Sentence(
        "The right hand rests on the hip while the left arm hangs.",
        _all(_upright, _near(R, "hip", 0.22), _arm_low(L), lambda m: m["left elbow"] < 45),
    ),
    Sentence("A zombie: both arms reach straight ahead.", _all(_upright, _both(_arm_ahead))),
    Sentence("He points ahead with his left arm.", _all(_upright, _arm_ahead(L), _not(_arm_ahead(R)))),
    Sentence("his right arm sticks out sideways, left arm down", _all(_upright, _arm_out(R), _arm_low(L))),
    Sentence("She hides her face behind her hands.", _both(lambda s: _near(s, "face", 0.2))),
    Sentence("a man with both hands behind his head, relaxing", _both(_hand_head)),
    Sentence(
        "He scratches the top of his head with the left hand.",
        _all(_near(L, "crown", 0.24), _not(_near(R, "crown", 0.24))),
    ),
    Sentence("The soldier salutes with the right hand.", _all(_upright, _hand_head(R), _arm_low(L))),
    Sentence("Talking on a phone at the left ear.", _all(_near(L, "ear", 0.2), _not(_near(R, "ear", 0.2)))),
    Sentence(
        "hands pressed together in front of the chest, praying",
        _all(_hands_together, lambda m: (m["left hand fwd"] > 0.1) & (np.abs(m["left hand up"]) < 0.3)),
    ),
    Sentence(
        "He keeps both hands behind his back.",
        _both(lambda s: lambda m: (m[f"{s} hand fwd"] < -0.06) & (m[f"{s} hand out"] < 0.25)),
    ),
    Sentence(
        "A bodybuilder shows off both biceps.",
        _all(
            _upright,
            _both(
                lambda s: (
                    lambda m: (
                        (m[f"{s} elbow"] > 70)
                        & (m[f"{s} upper arm out"] > 0.6)
                        & (m[f"{s} hand over shoulder"] > 0.05)
                    )
                )
            ),
        ),
    ),
    Sentence(
        "She shows the shape of the letter Y with her arms.",
        _all(
            _upright,
            _both(
                lambda s: (
                    lambda m: (m[f"{s} arm up"] > 0.4) & (m[f"{s} arm out"] > 0.25) & (m[f"{s} elbow"] < 50)
                )
            ),
        ),
    ),
    Sentence(
        "Standing there with the arms simply hanging down", _all(_standing, _both(_arm_low), _gap(0.0, 0.6))
    ),
    Sentence(
        "feet as far apart as possible while standing",
        _all(_upright, _gap(0.65), _both(lambda s: lambda m: m[f"{s} foot height"] < 0.15)),
    ),
    Sentence(
        "He balances on the left leg with the right knee pulled up high.",
        _all(_on_foot(L), _foot_up(R), lambda m: m["right knee over hip"] > -0.2),
    ),
    Sentence("A flamingo: only the right foot touches the ground.", _all(_upright, _on_foot(R), _foot_up(L))),
    Sentence(
        "She kicks forward, the right leg straight out in front of her.",
        _all(_on_foot(L), _foot_up(R, 0.3), _knee_straight(R), lambda m: m["right leg fwd"] > 0.4),
    ),
    Sentence(
        "Her left leg is lifted out to the side.",
        _all(_on_foot(R), _foot_up(L), lambda m: m["left leg out"] > 0.4),
    ),
    Sentence(
        "his left leg is stretched backwards off the floor",
        _all(_on_foot(R), _foot_up(L), lambda m: (m["left thigh fwd"] < 0.1) | (m["lean forward"] > 35)),
    ),
    Sentence(
        "He kicks as high as his own head with the left foot.",
        _all(_on_foot(R), lambda m: m["left ankle over hip"] > 0.25),
    ),
    Sentence(
        "She is taking a seat, thighs level and shins upright.",
        _all(_upright, _both(_thigh_level), _both(_knee_bent)),
    ),
    Sentence("a man sits at a desk", _all(_upright, _both(_thigh_level), _both(_knee_bent))),
    Sentence(
        "sits on the ground with both legs straight ahead", _all(_upright, _floor_low, _both(_knee_straight))
    ),
    Sentence(
        "Sitting in lotus on a mat",
        _all(_upright, _floor_low, _both(_knee_bent), lambda m: m["knees apart"] > 0.35),
    ),
    Sentence(
        "She sits hugging her knees to the chest.",
        _all(
            _floor_low,
            _both(lambda s: _knee_bent(s, 90)),
            lambda m: (m["trunk up"] > 25) & (m["left knee height"] > 0.25),
        ),
    ),
    Sentence(
        "on both knees, torso upright", _all(_upright, _both(_kneeling), lambda m: m["pelvis height"] < 0.75)
    ),
    Sentence(
        "He proposes: the right knee is on the ground, the left foot in front.",
        _all(
            _upright, _kneeling(R), lambda m: (m["left foot height"] < 0.15) & (m["left knee height"] > 0.25)
        ),
    ),
    Sentence(
        "A very deep squat with the bottom near the heels",
        _all(
            _both(lambda s: _knee_bent(s, 95)),
            lambda m: (
                (m["trunk up"] > 15)
                & (m["left knee height"] > 0.2)
                & (m["left foot height"] < 0.12)
                & (m["pelvis height"] < 0.5)
            ),
        ),
    ),
    Sentence(
        "She lunges deeply with the left foot in front.",
        _all(_upright, _knee_bent(L, 50), lambda m: (m["foot lead"] > 0.45) & (m["right knee"] < 85)),
    ),
    Sentence("sleeping on the back", _lying(1)),
    Sentence("flat on the tummy", _lying(-1)),
    Sentence("He lies on his right-hand side.", _on_side(R)),
    Sentence("asleep on the left side", _on_side(L)),
    Sentence(
        "lying face up with the legs pointing at the ceiling",
        _all(_lying(1), _both(lambda s: lambda m: m[f"{s} leg world up"] > 0.6)),
    ),
    Sentence(
        "A starfish on the floor, face up, arms and legs spread",
        _all(_lying(1), _gap(0.6), _both(lambda s: lambda m: m[f"{s} arm out"] > 0.5)),
    ),
    Sentence(
        "curled up like a baby",
        lambda m: (
            (m["left knee"] > 75)
            & (m["right knee"] > 75)
            & (m["left thigh fwd"] > 0.5)
            & (m["right thigh fwd"] > 0.5)
            & (m["spine forward"] > 10)
            & (np.abs(m["trunk up"]) < 60)
        ),
    ),
    Sentence(
        "A baby crawls on hands and knees.",
        _all(
            _both(_kneeling),
            _both(_hand_floor),
            lambda m: (m["front up"] < -35) & (m["pelvis height"] > 0.25),
        ),
    ),
    Sentence(
        "the top of a push-up",
        _all(
            _both(_hand_floor),
            _both(_knee_straight),
            lambda m: (m["front up"] < -35) & (m["trunk up"] > -15) & (m["pelvis height"] < 0.6),
        ),
    ),
    Sentence(
        "the body forms a bridge, belly up, on hands and feet",
        _all(_both(_hand_floor), lambda m: (m["front up"] > 10) & (m["pelvis height"] > 0.3)),
    ),
    Sentence(
        "hips up, hands and feet down: an upside-down V",
        _all(
            _both(_hand_floor),
            _both(_knee_straight),
            lambda m: (m["trunk up"] < -5) & (m["left foot height"] < 0.15),
        ),
    ),
    Sentence(
        "He walks on his hands, feet in the air.",
        _all(
            _inverted, _both(lambda s: lambda m: (m[f"{s} ankle over hip"] > 0.3) & (m[f"{s} arm up"] > 0.5))
        ),
    ),
    Sentence("a headstand", _all(_inverted, _both(lambda s: lambda m: m[f"{s} knee over hip"] > 0.0))),
    Sentence(
        "She bends over to touch her toes.",
        _all(
            _both(lambda s: lambda m: (m[f"{s} hand height"] < 0.3) & (m[f"{s} foot height"] < 0.12)),
            _lean(60, 180),
        ),
    ),
    Sentence("The butler bows politely.", _all(_lean(25, 110), _both(_on_foot))),
    Sentence(
        "leaning far back while standing",
        _all(_lean(-75, -12), _both(lambda s: lambda m: m[f"{s} foot height"] < 0.15)),
    ),
    Sentence("He bends sideways to his right.", _side_lean(R)),
    Sentence("she tilts over to the left", _side_lean(L)),
    Sentence("His head is turned to look over the left shoulder.", _turned(L, 35)),
    Sentence("looking right", _turned(R)),
    Sentence("She stares up into the sky.", _all(_upright, _gaze(20, 91))),
    Sentence("He looks down at his shoes.", _all(_upright, _gaze(-91, -22))),
    Sentence(
        "A sprinter in full flight",
        _all(
            _both(lambda s: lambda m: m[f"{s} elbow"] > 40),
            lambda m: (
                (np.maximum(m["left knee"], m["right knee"]) > 50)
                & (np.abs(m["left ankle over hip"] - m["right ankle over hip"]) > 0.15)
                & (m["trunk up"] > 50)
            ),
        ),
    ),
    Sentence(
        "Like an airplane on one leg: trunk level, wings out.",
        _all(
            _lean(40, 105),
            _both(lambda s: lambda m: m[f"{s} arm out"] > 0.5),
            _either(_on_foot),
            _either(lambda s: _foot_up(s, 0.4)),
        ),
    ),
    Sentence(
        "He boxes, the left fist shooting forward.",
        _all(_upright, _arm_ahead(L), lambda m: m["right elbow"] > 60),
    ),
    Sentence(
        "a karate side kick with the right leg",
        _all(_on_foot(L), lambda m: (m["right leg out"] > 0.35) & (m["right foot height"] > 0.45)),
    ),
    Sentence(
        "An archer pulls the string with the right hand.",
        _all(
            _upright,
            lambda m: (
                (m["left elbow"] < 40)
                & (m["right elbow"] > 80)
                & (m["left arm up"] > -0.3)
                & (m["right hand over shoulder"] > -0.15)
            ),
        ),
    ),
    Sentence(
        "jumping jack with arms and legs apart",
        _all(
            _upright, _gap(0.55), _both(lambda s: lambda m: (m[f"{s} arm up"] > 0.3) & (m[f"{s} elbow"] < 50))
        ),
    ),
)
