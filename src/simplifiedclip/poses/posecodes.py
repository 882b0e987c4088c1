"""Posecodes: facts about a pose, measured on its joints (after PoseScript, arXiv 2210.11795, in idea only).

Each :class:`Code` says one thing about one part of the body, with several everyday wordings. It is *true* for
a pose when it clearly holds, and *maybe* when nobody could call it wrong; captions use what is true, hard
negatives use what is not even maybe. Heights and verticals are those of gravity, limbs' directions those of
the trunk; nothing depends on the heading (yaw).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .directions import SIDES, Array, J, forward_kinematics, to_matrices, unit


@dataclass(frozen=True)
class Code:
    """A fact with its wordings.

    Attributes:
        key: unique, e.g. "left arm up".
        attribute: codes of one attribute exclude each other, e.g. "left arm direction".
        part: what it is about, e.g. "left arm" ("" where ``acts`` say it all).
        preds: what holds for the part, e.g. "raised straight up"; "{p}" is a possessive.
        acts: participles, e.g. "lying on {p} back".
        weight: how much it tells about the pose; the chance to be mentioned grows with it.
    """

    key: str
    attribute: str
    part: str
    preds: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    weight: float = 1.0


@dataclass
class Measures:
    """Joints and numbers of n poses from which codes are read; all arrays have n rows.

    Angles are in degrees, lengths in metres of the rest skeleton, heights along gravity. Where there is a
    ``memo``, what has been worked out from these measures is kept in it.
    """

    joints: Array
    turns: Array
    values: dict[str, Array] = field(default_factory=dict)
    memo: dict[Any, Array] | None = None

    def __getitem__(self, name: str) -> Array:
        return self.values[name]


def _angle(a: Array, b: Array) -> Array:
    return np.degrees(np.arccos(np.clip((unit(a) * unit(b)).sum(-1), -1, 1)))


def measure(theta: Array, bones: Array | None = None) -> Measures:
    """Measure poses.

    Args:
        theta: (n, 24, 3) axis-angle.
        bones: (24, 3) skeleton; the average one where None.
    """
    matrices = to_matrices(np.asarray(theta, float))
    joints, turns = forward_kinematics(matrices) if bones is None else forward_kinematics(matrices, bones)
    m = Measures(joints, turns)
    v = m.values
    place = {name: joints[:, index] for name, index in J.items()}
    radius = np.full(24, 0.06)
    for name, r in (
        ("pelvis", 0.11),
        ("spine1", 0.12),
        ("spine2", 0.12),
        ("spine3", 0.12),
        ("head", 0.1),
        ("left_foot", 0.03),
        ("right_foot", 0.03),
        ("left_hand", 0.03),
        ("right_hand", 0.03),
    ):
        radius[J[name]] = r
    lowest = joints[:, :, 1] - radius
    crown = place["head"] + turns[:, J["head"]] @ np.array([0.0, 0.2, 0.0])
    face = place["head"] + turns[:, J["head"]] @ np.array([0.0, 0.06, 0.11])
    brow = place["head"] + turns[:, J["head"]] @ np.array([0.0, 0.08, 0.0])
    floor = np.minimum(lowest.min(1), crown[:, 1])
    chest, pelvis = turns[:, J["spine3"]], turns[:, J["pelvis"]]
    trunk = unit(place["neck"] - place["pelvis"])
    # The pelvis-to-shoulders frame of the trunk as a whole.
    across = unit(place["left_shoulder"] - place["right_shoulder"])
    hips = unit(place["left_hip"] - place["right_hip"])
    front = unit(np.cross(across, trunk) + np.cross(hips, trunk))
    v["trunk up"] = np.degrees(
        np.arcsin(np.clip(trunk[:, 1], -1, 1))
    )  # 90 upright, 0 horizontal, -90 inverted
    v["front up"] = np.degrees(np.arcsin(np.clip(front[:, 1], -1, 1)))  # 90 face up, -90 face down
    v["left up"] = np.degrees(
        np.arcsin(np.clip((across[:, 1] + hips[:, 1]) / 2, -1, 1))
    )  # 90: lies on the right
    # The heading is across the hips: the pelvis' own front points back when a body folds beyond 90 degrees.
    # Only where one hip is above the other (lying on a side) it has to be the front.
    aside = np.abs(pelvis[:, 1, 0]) > 0.8
    heading = np.where(aside[:, None], pelvis[:, :, 2], np.cross(pelvis[:, :, 0], [0.0, 1.0, 0.0]))
    heading[:, 1] = 0
    heading = unit(heading)
    left = np.stack([heading[:, 2], np.zeros(len(heading)), -heading[:, 0]], -1)
    v["lean forward"] = np.degrees(np.arctan2((trunk * heading).sum(-1), trunk[:, 1]))
    v["lean left"] = np.degrees(np.arctan2((trunk * left).sum(-1), trunk[:, 1]))
    seen = np.swapaxes(pelvis, 1, 2) @ across[:, :, None]
    v["twist"] = np.degrees(np.arctan2(-seen[:, 2, 0], seen[:, 0, 0]))  # positive: chest to the left
    bend = np.swapaxes(pelvis, 1, 2) @ chest[:, :, 1:2]
    v["spine forward"] = np.degrees(np.arctan2(bend[:, 2, 0], bend[:, 1, 0]))
    v["spine left"] = np.degrees(np.arctan2(bend[:, 0, 0], bend[:, 1, 0]))
    gaze = (np.swapaxes(chest, 1, 2) @ turns[:, J["head"], :, 2:3])[:, :, 0]
    crest = (np.swapaxes(chest, 1, 2) @ turns[:, J["head"], :, 1:2])[:, :, 0]
    v["head left"] = np.degrees(np.arctan2(gaze[:, 0], gaze[:, 2]))
    v["head up"] = np.degrees(np.arcsin(np.clip(gaze[:, 1], -1, 1)))
    v["head tilt"] = np.degrees(np.arcsin(np.clip(crest[:, 0], -1, 1)))
    v["gaze up"] = np.degrees(np.arcsin(np.clip(turns[:, J["head"], 1, 2], -1, 1)))
    v["head height"] = brow[:, 1] - floor
    v["pelvis height"] = place["pelvis"][:, 1] - floor
    torso_inverse = np.swapaxes(chest, 1, 2)
    pelvis_inverse = np.swapaxes(pelvis, 1, 2)
    for s, sign in zip(SIDES, (1.0, -1.0)):
        shoulder, elbow, wrist, hand = (
            place[f"{s}_{name}"] for name in ("shoulder", "elbow", "wrist", "hand")
        )
        hip, knee, ankle, foot = (place[f"{s}_{name}"] for name in ("hip", "knee", "ankle", "foot"))
        v[f"{s} elbow"] = _angle(elbow - shoulder, wrist - elbow)
        v[f"{s} knee"] = _angle(knee - hip, ankle - knee)
        for name, vector in (
            ("arm", wrist - shoulder),
            ("upper arm", elbow - shoulder),
            ("forearm", wrist - elbow),
        ):
            local = (torso_inverse @ unit(vector)[:, :, None])[:, :, 0]
            v[f"{s} {name} out"], v[f"{s} {name} up"], v[f"{s} {name} fwd"] = (
                local[:, 0] * sign,
                local[:, 1],
                local[:, 2],
            )
            v[f"{s} {name} world up"] = unit(vector)[:, 1]
        for name, vector in (("thigh", knee - hip), ("leg", ankle - hip), ("shin", ankle - knee)):
            local = (pelvis_inverse @ unit(vector)[:, :, None])[:, :, 0]
            v[f"{s} {name} out"], v[f"{s} {name} up"], v[f"{s} {name} fwd"] = (
                local[:, 0] * sign,
                local[:, 1],
                local[:, 2],
            )
            v[f"{s} {name} world up"] = unit(vector)[:, 1]
        relative = (torso_inverse @ (hand - place["spine3"])[:, :, None])[:, :, 0]
        v[f"{s} hand out"], v[f"{s} hand up"], v[f"{s} hand fwd"] = (
            relative[:, 0] * sign,
            relative[:, 1],
            relative[:, 2],
        )
        v[f"{s} hand height"] = hand[:, 1] - floor
        v[f"{s} hand over brow"] = hand[:, 1] - brow[:, 1]
        v[f"{s} hand over crown"] = hand[:, 1] - crown[:, 1]
        v[f"{s} hand over shoulder"] = hand[:, 1] - shoulder[:, 1]
        v[f"{s} hand over pelvis"] = hand[:, 1] - place["pelvis"][:, 1]
        v[f"{s} foot height"] = np.minimum(ankle[:, 1] - 0.07, foot[:, 1]) - floor
        v[f"{s} ankle over hip"] = ankle[:, 1] - hip[:, 1]
        v[f"{s} ankle over head"] = ankle[:, 1] - place["head"][:, 1]
        v[f"{s} knee height"] = knee[:, 1] - 0.06 - floor
        v[f"{s} knee over hip"] = knee[:, 1] - hip[:, 1]
        v[f"{s} foot pitch"] = np.degrees(np.arcsin(np.clip(unit(foot - ankle)[:, 1], -1, 1)))
        v[f"{s} foot fwd"] = ((foot - place["pelvis"]) * heading).sum(-1)
        v[f"{s} foot out"] = ((ankle - place["pelvis"]) * left).sum(-1) * sign
        head, skull = place["head"], turns[:, J["head"]]
        points = {
            "face": face,
            "brow": brow,
            "crown": crown,
            "chin": head + skull @ np.array([0.0, -0.04, 0.09]),
            "ear": head + skull @ np.array([sign * 0.08, 0.05, 0.0]),
        }
        for name, point in points.items():
            v[f"{s} hand to {name}"] = np.linalg.norm(hand - point, axis=-1)
        side_hip = place["pelvis"] + pelvis @ np.array([sign * 0.15, 0.07, 0.02])
        v[f"{s} hand to hip"] = np.linalg.norm(hand - side_hip, axis=-1)
        for other in SIDES:
            same = "own" if other == s else "other"
            for name in ("knee", "ankle", "foot", "shoulder", "elbow", "hip"):
                v[f"{s} hand to {same} {name}"] = np.linalg.norm(hand - place[f"{other}_{name}"], axis=-1)
            v[f"{s} ankle to {same} knee"] = np.linalg.norm(ankle - place[f"{other}_knee"], axis=-1)
    v["hands apart"] = np.linalg.norm(place["left_hand"] - place["right_hand"], axis=-1)
    v["feet apart"] = np.linalg.norm(place["left_ankle"] - place["right_ankle"], axis=-1)
    v["knees apart"] = np.linalg.norm(place["left_knee"] - place["right_knee"], axis=-1)
    v["feet across"] = v["left foot out"] + v["right foot out"]
    v["foot lead"] = v["left foot fwd"] - v["right foot fwd"]  # positive: left in front
    return m


# --- the codes ----------------------------------------------------------------------------------------------

Row = tuple[Code, Array, Array]


def _between(value: Array, low: float, high: float, slack: float) -> tuple[Array, Array]:
    return (value >= low) & (value <= high), (value >= low - slack) & (value <= high + slack)


def _arm_rows(m: Measures, s: str) -> Iterator[Row]:
    out, up, fwd = (m[f"{s} arm {axis}"] for axis in ("out", "up", "fwd"))
    bend = m[f"{s} elbow"]
    near_straight, straightish = bend < 40, bend < 65
    upright = (m["trunk up"] > 55) & (np.abs(m["lean left"]) < 35)
    arm, attribute = f"{s} arm", f"{s} arm direction"

    def cone(value: Array, clear: float, loose: float) -> tuple[Array, Array]:
        return near_straight & (value > np.cos(np.radians(clear))), straightish & (
            value > np.cos(np.radians(loose))
        )

    def code(
        key: str,
        preds: tuple[str, ...],
        acts: tuple[str, ...] = (),
        weight: float = 1.0,
        part: str = arm,
        attr: str = attribute,
    ) -> Code:
        return Code(f"{s} {key}", attr, part, preds, acts, weight)

    yield (
        code(
            "arm up",
            (
                "raised straight up",
                "above {p} head",
                "up in line with {p} body",
                "stretched overhead",
                "raised over {p} head",
                "lifted high",
            ),
            (
                f"raising {{p}} {s} arm",
                f"stretching {{p}} {s} arm overhead",
                f"holding {{p}} {s} arm above {{p}} head",
            ),
            2.0,
        ),
        *cone(up, 27, 48),
    )
    yield (
        code(
            "arm down",
            ("down", "at {p} side", "hanging down", "lowered", "alongside {p} body", "beside {p} body"),
            (),
            0.8,
        ),
        *cone(-up, 28, 45),
    )
    yield (
        code(
            "arm side",
            (
                "out to the side",
                "stretched out sideways",
                "extended to the side",
                "held out to the side at shoulder level",
            ),
            (f"holding {{p}} {s} arm out to the side", f"extending {{p}} {s} arm sideways"),
            1.8,
        ),
        *cone(out, 24, 42),
    )
    yield (
        code(
            "arm forward",
            (
                "stretched out in front",
                "straight forward",
                "extended in front of {p} chest",
                "held out in front at shoulder level",
            ),
            (f"reaching forward with {{p}} {s} arm", f"holding {{p}} {s} arm out in front"),
            1.8,
        ),
        *cone(fwd, 24, 42),
    )
    diagonal = near_straight & (up > 0.42) & (up < 0.86) & (out > 0.4)
    yield (
        code(
            "arm up out",
            ("raised diagonally to the side", "up and out to the side", "lifted diagonally"),
            (),
            1.5,
        ),
        diagonal,
        straightish & (up > 0.2) & (out > 0.2),
    )
    low = near_straight & (up < -0.5) & (up > -0.86) & (out > 0.45)
    yield (
        code("arm low out", ("diagonally down to the side", "a little away from {p} body"), (), 0.8),
        low,
        straightish & (up < -0.25) & (out > 0.2),
    )
    ahead = near_straight & (up > 0.42) & (up < 0.88) & (fwd > 0.45)
    yield (
        code("arm up forward", ("raised diagonally forward", "up and forward"), (), 1.3),
        ahead,
        straightish & (up > 0.2) & (fwd > 0.2),
    )
    below = near_straight & (up < -0.45) & (up > -0.88) & (fwd > 0.42)
    yield (
        code("arm low forward", ("down and forward", "diagonally down in front"), (), 1.0),
        below,
        straightish & (up < -0.2) & (fwd > 0.2),
    )
    behind = near_straight & (fwd < -0.45)
    yield (
        code(
            "arm back",
            ("stretched backwards", "behind {p} body", "extended back"),
            (f"swinging {{p}} {s} arm back",),
            1.6,
        ),
        behind,
        straightish & (fwd < -0.22),
    )
    crossing = (m[f"{s} hand out"] < -0.08) & (m[f"{s} hand fwd"] > 0.05)
    yield (
        code(
            "hand across",
            ("across {p} body", "reaching over to the other side"),
            (),
            1.4,
            attr=f"{s} hand side",
        ),
        crossing,
        m[f"{s} hand out"] < 0.02,
    )

    elbow = f"{s} elbow bend"
    yield (
        code("elbow straight", ("straight", "fully extended", "not bent"), (), 0.8, attr=elbow),
        *_between(bend, 0, 20, 22),
    )
    yield (
        code("elbow slight", ("slightly bent", "a bit bent"), (), 0.5, f"{s} elbow", elbow),
        *_between(bend, 28, 55, 18),
    )
    yield (
        code(
            "elbow ninety",
            ("bent at a right angle", "bent at about ninety degrees", "bent"),
            (f"bending {{p}} {s} elbow",),
            1.0,
            f"{s} elbow",
            elbow,
        ),
        *_between(bend, 72, 108, 15),
    )
    yield (
        code(
            "elbow sharp",
            ("fully bent", "sharply bent", "folded", "completely bent"),
            (),
            0.9,
            f"{s} elbow",
            elbow,
        ),
        *_between(bend, 118, 180, 16),
    )

    level = f"{s} hand level"
    hand = f"{s} hand"
    over_crown, over_brow = m[f"{s} hand over crown"], m[f"{s} hand over brow"]
    over_shoulder, over_pelvis = m[f"{s} hand over shoulder"], m[f"{s} hand over pelvis"]
    yield (
        code(
            "hand above head",
            ("above {p} head", "higher than {p} head", "over {p} head"),
            (),
            1.2,
            hand,
            level,
        ),
        upright & (over_crown > 0.1),
        ~upright | (over_crown > -0.06),
    )
    yield (
        code(
            "hand head level",
            ("at head height", "level with {p} face", "as high as {p} head"),
            (),
            1.0,
            hand,
            level,
        ),
        upright & (np.abs(over_brow) < 0.1),
        ~upright | (np.abs(over_brow) < 0.22),
    )
    yield (
        code("hand shoulder level", ("at shoulder height", "level with {p} shoulder"), (), 0.9, hand, level),
        upright & (np.abs(over_shoulder) < 0.09),
        ~upright | (np.abs(over_shoulder) < 0.2),
    )
    yield (
        code("hand waist level", ("at waist height", "around waist level"), (), 0.7, hand, level),
        upright & (over_pelvis > 0.0) & (over_pelvis < 0.18),
        ~upright | ((over_pelvis > -0.14) & (over_pelvis < 0.34)),
    )
    yield (
        code("hand below hips", ("below {p} hips", "lower than {p} waist"), (), 0.5, hand, level),
        upright & (over_pelvis < -0.14),
        ~upright | (over_pelvis < 0.04),
    )
    yield (
        code(
            "hand on floor",
            ("on the floor", "on the ground", "touching the floor"),
            (f"touching the floor with {{p}} {s} hand", f"putting {{p}} {s} hand on the floor"),
            1.8,
            hand,
            f"{s} hand floor",
        ),
        m[f"{s} hand height"] < 0.07,
        m[f"{s} hand height"] < 0.2,
    )

    touch = f"{s} hand touch"

    def near(
        key: str,
        name: str,
        limit: float,
        preds: tuple[str, ...],
        acts: tuple[str, ...] = (),
        weight: float = 1.6,
        also: Array | None = None,
        slack: float = 0.13,
    ) -> Row:
        value = m[f"{s} hand to {name}"]
        clear = value < limit
        return (
            code(key, preds, acts, weight, hand, touch),
            clear if also is None else clear & also,
            value < limit + slack,
        )

    yield near(
        "hand on hip",
        "hip",
        0.14,
        ("on {p} hip", "at {p} waist", "on {p} waist", f"on {{p}} {s} hip"),
        (f"resting {{p}} {s} hand on {{p}} hip",),
        1.8,
        (bend > 50) & (m[f"{s} upper arm out"] > 0.3),
    )
    yield near(
        "hand on head",
        "crown",
        0.16,
        ("on {p} head", "on top of {p} head"),
        (f"touching {{p}} head with {{p}} {s} hand",),
        1.8,
    )
    yield near(
        "hand near face",
        "face",
        0.14,
        ("in front of {p} face", "near {p} face", "close to {p} face"),
        (),
        1.4,
    )
    yield near(
        "hand near ear", "ear", 0.11, ("beside {p} head", "near {p} ear", "at the side of {p} head"), (), 1.3
    )
    yield near(
        "hand on knee",
        "own knee",
        0.16,
        ("on {p} knee", f"on {{p}} {s} knee", "touching {p} knee"),
        (f"touching {{p}} {s} knee",),
        1.5,
    )
    yield near(
        "hand on foot",
        "own foot",
        0.17,
        (f"at {{p}} {s} foot", "touching {p} foot", f"reaching {{p}} {s} foot"),
        (f"touching {{p}} {s} foot with {{p}} {s} hand",),
        1.7,
    )
    other = "right" if s == "left" else "left"
    yield near(
        "hand on other shoulder",
        "other shoulder",
        0.15,
        (f"on {{p}} {other} shoulder", "on the opposite shoulder"),
        (),
        1.6,
    )
    yield near(
        "hand on other knee", "other knee", 0.14, (f"on {{p}} {other} knee", "on the opposite knee"), (), 1.5
    )
    yield near(
        "hand on other foot",
        "other foot",
        0.15,
        (f"at {{p}} {other} foot", "touching the opposite foot"),
        (f"touching {{p}} {other} foot with {{p}} {s} hand",),
        1.7,
    )
    yield near(
        "hand on ankle",
        "own ankle",
        0.14,
        (f"on {{p}} {s} ankle", f"holding {{p}} {s} ankle"),
        (f"holding {{p}} {s} ankle",),
        1.6,
    )
    back = (m[f"{s} hand fwd"] < -0.13) & (m[f"{s} hand out"] < 0.16) & (m[f"{s} hand up"] < 0.15)
    yield (
        code("hand behind back", ("behind {p} back", "held behind {p} back"), (), 1.7, hand, touch),
        back,
        (m[f"{s} hand fwd"] < 0.0) & (m[f"{s} hand out"] < 0.3),
    )


def _leg_rows(m: Measures, s: str) -> Iterator[Row]:
    other = "right" if s == "left" else "left"
    knee = m[f"{s} knee"]
    leg = f"{s} leg"

    def code(
        key: str,
        attr: str,
        part: str,
        preds: tuple[str, ...],
        acts: tuple[str, ...] = (),
        weight: float = 1.0,
    ) -> Code:
        return Code(f"{s} {key}", f"{s} {attr}", part, preds, acts, weight)

    yield (
        code("knee straight", "knee bend", leg, ("straight", "fully extended", "stretched"), (), 0.7),
        *_between(knee, 0, 17, 18),
    )
    yield (
        code("knee slight", "knee bend", f"{s} knee", ("slightly bent", "a bit bent"), (), 0.8),
        *_between(knee, 24, 52, 14),
    )
    yield (
        code(
            "knee ninety",
            "knee bend",
            f"{s} knee",
            ("bent at a right angle", "bent at ninety degrees", "bent"),
            (f"bending {{p}} {s} knee",),
            1.0,
        ),
        *_between(knee, 72, 105, 14),
    )
    yield (
        code(
            "knee sharp",
            "knee bend",
            f"{s} knee",
            ("fully bent", "sharply bent", "completely bent", "folded"),
            (),
            1.0,
        ),
        *_between(knee, 115, 180, 14),
    )
    fwd, out, up = m[f"{s} leg fwd"], m[f"{s} leg out"], m[f"{s} leg up"]
    standing = (m[f"{other} foot height"] < 0.09) & (m[f"{other} leg world up"] < -0.8)
    lifted = m[f"{s} foot height"] > 0.15
    gap = m[f"{s} foot height"] - m[f"{other} foot height"]
    world = m[f"{s} leg world up"]
    yield (
        code(
            "leg raised",
            "leg raised",
            leg,
            ("raised", "lifted", "off the ground", "up in the air"),
            (f"standing on {{p}} {other} leg", f"lifting {{p}} {s} leg", f"balancing on {{p}} {other} foot"),
            2.2,
        ),
        standing & lifted & (gap > 0.15),
        gap > 0.04,
    )
    far = standing & lifted & (knee < 45) & (world > -0.85)
    yield (
        code(
            "leg front",
            "leg direction",
            leg,
            ("raised in front", "stretched forward in the air", "lifted to the front"),
            (f"kicking forward with {{p}} {s} leg", f"raising {{p}} {s} leg to the front"),
            2.0,
        ),
        far & (fwd > 0.5) & (np.abs(out) < 0.55),
        lifted & (fwd > 0.2),
    )
    yield (
        code(
            "leg side",
            "leg direction",
            leg,
            ("raised to the side", "lifted sideways", "out to the side in the air"),
            (f"lifting {{p}} {s} leg to the side",),
            2.0,
        ),
        far & (out > 0.5) & (np.abs(fwd) < 0.5),
        lifted & (out > 0.25),
    )
    behind = (fwd < -0.3) | ((m["lean forward"] > 40) & (up < -0.6))
    yield (
        code(
            "leg back",
            "leg direction",
            leg,
            ("raised behind", "stretched backwards in the air", "lifted to the back"),
            (f"stretching {{p}} {s} leg out behind",),
            2.0,
        ),
        far & behind & (np.abs(out) < 0.5),
        lifted & ((fwd < 0.05) | behind),
    )
    raised_knee = standing & (m[f"{s} knee over hip"] > -0.12) & (m[f"{s} thigh fwd"] > 0.6) & (knee > 55)
    yield (
        code(
            "knee up",
            "knee up",
            f"{s} knee",
            ("raised in front", "lifted to hip height", "pulled up"),
            (f"lifting {{p}} {s} knee",),
            2.0,
        ),
        raised_knee,
        (m[f"{s} knee over hip"] > -0.28) & (m[f"{s} thigh fwd"] > 0.3),
    )
    yield (
        code(
            "foot above hip",
            "foot level",
            f"{s} foot",
            ("above hip height", "higher than {p} hips", "raised above the hip"),
            (),
            1.8,
        ),
        standing & (m[f"{s} ankle over hip"] > 0.06),
        m[f"{s} ankle over hip"] > -0.08,
    )
    upright = m["trunk up"] > -20
    yield (
        code(
            "foot above head", "foot head", f"{s} foot", ("higher than {p} head", "above {p} head"), (), 1.8
        ),
        upright & (m[f"{s} foot height"] > 0.5) & (m[f"{s} ankle over head"] > 0.1),
        m[f"{s} ankle over head"] > -0.08,
    )
    down = (
        (m[f"{s} knee height"] < 0.06)
        & (m[f"{s} shin world up"] < 0.35)
        & (np.abs(m[f"{s} shin world up"]) < 0.45)
        & (m[f"{s} thigh world up"] < -0.45)
    )
    yield (
        code(
            "knee on floor",
            "knee floor",
            f"{s} knee",
            ("on the ground", "on the floor", "touching the floor"),
            (f"kneeling on {{p}} {s} knee",),
            1.8,
        ),
        down,
        m[f"{s} knee height"] < 0.16,
    )
    on_knee = (m[f"{s} ankle to other knee"] < 0.17) & (knee > 60)
    yield (
        code(
            "ankle on knee",
            "ankle knee",
            f"{s} ankle",
            (f"at the {other} knee", f"near {{p}} {other} knee", f"resting on the {other} knee"),
            (),
            1.6,
        ),
        on_knee,
        m[f"{s} ankle to other knee"] < 0.28,
    )
    heel = standing & (m[f"{s} shin fwd"] < -0.5) & (m[f"{s} thigh up"] < -0.8) & (knee > 70)
    yield (
        code(
            "heel behind",
            "heel",
            f"{s} foot",
            ("behind {p} body with the knee bent", "lifted behind", "pulled up behind"),
            (f"standing on {{p}} {other} leg with the {s} foot up behind",),
            1.6,
        ),
        heel,
        (m[f"{s} shin fwd"] < -0.15) & (knee > 40),
    )
    lead = m["foot lead"] * (1 if s == "left" else -1)
    grounded = (m["left foot height"] < 0.14) & (m["right foot height"] < 0.14) & (m["pelvis height"] > 0.55)
    yield (
        code(
            "foot ahead",
            "foot lead",
            f"{s} foot",
            (f"in front of the {other} one", "forward", "in front"),
            (f"standing with the {s} foot in front", f"stepping forward with {{p}} {s} leg"),
            1.4,
        ),
        grounded & (lead > 0.28),
        lead > 0.1,
    )


def _both_rows(m: Measures) -> Iterator[Row]:
    """Facts about pairs and the whole body."""

    def code(
        key: str,
        attr: str,
        part: str,
        preds: tuple[str, ...] = (),
        acts: tuple[str, ...] = (),
        weight: float = 1.0,
    ) -> Code:
        return Code(key, attr, part, preds, acts, weight)

    up, front, left = m["trunk up"], m["front up"], m["left up"]
    feet_down = np.maximum(m["left foot height"], m["right foot height"]) < 0.1
    knees_straight = np.maximum(m["left knee"], m["right knee"]) < 40
    legs_down = np.maximum(m["left leg world up"], m["right leg world up"]) < -0.8
    pelvis, head = m["pelvis height"], m["head height"]
    low = pelvis < 0.32
    hands_free = np.minimum(m["left hand height"], m["right hand height"]) > 0.25
    standing = feet_down & legs_down & (pelvis > 0.72) & hands_free
    standing_maybe = (np.minimum(m["left foot height"], m["right foot height"]) < 0.16) & (pelvis > 0.5)
    where = "orientation"
    lying = low & (np.abs(up) < 26) & (head < 0.42)
    yield (
        code(
            "lying back",
            where,
            "",
            (),
            (
                "lying on {p} back",
                "lying face up",
                "lying on the ground facing upwards",
                "lying down on {p} back",
                "on {p} back",
            ),
            3.5,
        ),
        lying & (front > 50),
        (front > 20) & (np.abs(up) < 45),
    )
    yield (
        code(
            "lying front",
            where,
            "",
            (),
            ("lying on {p} stomach", "lying face down", "lying on {p} front", "lying prone on the ground"),
            3.5,
        ),
        lying & (front < -50),
        (front < -20) & (np.abs(up) < 50),
    )
    yield (
        code("lying left", where, "", (), ("lying on {p} left side", "lying sideways on {p} left side"), 3.5),
        lying & (left < -42),
        (left < -20) & (np.abs(up) < 45),
    )
    yield (
        code(
            "lying right", where, "", (), ("lying on {p} right side", "lying sideways on {p} right side"), 3.5
        ),
        lying & (left > 42),
        (left > 20) & (np.abs(up) < 45),
    )
    yield (
        code(
            "inverted",
            where,
            "",
            (),
            (
                "upside down",
                "standing on {p} head or hands, upside down",
                "turned upside down with the head below",
            ),
            3.5,
        ),
        (up < -50) & (head < 0.75) & (pelvis > 0.45),
        up < -15,
    )
    yield (
        code(
            "standing",
            where,
            "",
            (),
            ("standing", "standing up", "on {p} feet", "standing on both feet"),
            1.2,
        ),
        standing,
        standing_maybe,
    )
    yield (
        code(
            "standing straight",
            where,
            "",
            (),
            ("standing upright", "standing up straight", "standing with a straight back"),
            1.3,
        ),
        standing & knees_straight & (up > 78),
        standing_maybe & (up > 60),
    )

    fwd, side = m["lean forward"], m["lean left"]
    on_legs = (pelvis > 0.4) & (np.minimum(m["left foot height"], m["right foot height"]) < 0.3)
    trunk = "upper body"
    lean = "trunk lean"
    yield (
        code("trunk upright", lean, "back", ("upright", "straight", "vertical"), (), 0.5),
        (np.abs(fwd) < 11) & (np.abs(side) < 10) & (up > 0),
        (np.abs(fwd) < 24) & (np.abs(side) < 22) & (up > 0),
    )
    yield (
        code(
            "trunk forward",
            lean,
            trunk,
            ("leaning forward", "tilted forward", "bent slightly forward"),
            ("leaning forward", "leaning slightly forward"),
            1.3,
        ),
        on_legs & (fwd > 18) & (fwd < 48) & (np.abs(side) < 25),
        (fwd > 9) & (fwd < 75),
    )
    yield (
        code(
            "trunk deep",
            lean,
            trunk,
            ("bent far forward", "horizontal", "bent forward from the hips"),
            ("bending forward", "bent over", "bending far forward"),
            2.0,
        ),
        on_legs & (fwd > 58) & (fwd < 115) & (front < -25),
        (fwd > 40) & (fwd < 150),
    )
    yield (
        code(
            "trunk folded",
            lean,
            "head",
            ("below {p} hips", "hanging near {p} knees"),
            ("bent double", "folded forward", "bending all the way down"),
            2.2,
        ),
        on_legs & feet_down & (fwd > 112) & (front < 0),
        fwd > 85,
    )
    yield (
        code(
            "trunk back",
            lean,
            trunk,
            ("leaning back", "tilted backwards", "leaning backwards"),
            ("leaning back", "leaning backwards"),
            1.8,
        ),
        on_legs & (fwd < -14) & (fwd > -65) & (np.abs(side) < 25),
        fwd < -5,
    )
    for s, sign in zip(SIDES, (1, -1)):
        lean_side = (side * sign > 15) & (side * sign < 75) & (np.abs(fwd) < 40)
        yield (
            code(
                f"trunk {s}",
                lean,
                trunk,
                (f"leaning to the {s}", f"bent to the {s}", f"tilted to {{p}} {s}"),
                (f"leaning to {{p}} {s}", f"bending to the {s}"),
                1.8,
            ),
            on_legs & lean_side,
            side * sign > 5,
        )
        turn = m["twist"] * sign
        yield (
            code(
                f"twist {s}",
                "twist",
                trunk,
                (f"turned to the {s}", f"twisted to {{p}} {s}", f"rotated to the {s}"),
                (f"twisting to the {s}", f"turning {{p}} torso to the {s}"),
                1.5,
            ),
            (turn > 24) & (turn < 80),
            turn > 9,
        )
        look = m["head left"] * sign
        upright_head = np.abs(m["head up"]) < 55
        yield (
            code(
                f"look {s}",
                "look",
                "head",
                (f"turned to the {s}", f"turned towards {{p}} {s} shoulder"),
                (f"looking to the {s}", f"looking to {{p}} {s}", f"turning {{p}} head to the {s}"),
                1.4,
            ),
            (look > 34) & (look < 110) & upright_head,
            (look > 14) | ~upright_head,
        )
        tilt = -m["head tilt"] * -sign
        yield (
            code(
                f"tilt {s}",
                "head tilt",
                "head",
                (f"tilted to the {s}", f"tilted towards {{p}} {s} shoulder"),
                (f"tilting {{p}} head to the {s}",),
                1.1,
            ),
            (tilt > 22) & (np.abs(m["head left"]) < 30) & (np.abs(m["head up"]) < 30),
            tilt > 8,
        )
    ahead = np.abs(m["head left"]) < 30
    yield (
        code(
            "look up", "head pitch", "head", ("tilted back", "raised"), ("looking up", "looking upwards"), 1.3
        ),
        (m["head up"] > 25) & ahead & (m["gaze up"] > 25),
        (m["head up"] > 8) | (m["gaze up"] > 12),
    )
    yield (
        code(
            "look down",
            "head pitch",
            "head",
            ("bowed", "lowered", "bent down"),
            ("looking down", "looking at the ground"),
            1.2,
        ),
        (m["head up"] < -26) & ahead & (m["gaze up"] < -25),
        (m["head up"] < -9) | (m["gaze up"] < -14),
    )
    level = (np.abs(m["head left"]) < 12) & (np.abs(m["head up"]) < 12) & (np.abs(m["gaze up"]) < 15)
    yield (
        code(
            "look ahead",
            "head pitch",
            "head",
            ("upright", "facing forward"),
            ("looking straight ahead", "looking forward", "looking upfront"),
            0.5,
        ),
        level,
        (np.abs(m["head left"]) < 28) & (np.abs(m["head up"]) < 28),
    )
    arched = (m["spine forward"] < -28) & (np.abs(m["spine left"]) < 30)
    yield (
        code("back arched", "spine", "back", ("arched", "bent backwards"), ("arching {p} back",), 1.3),
        arched,
        m["spine forward"] < -10,
    )
    yield (
        code(
            "back rounded",
            "spine",
            "back",
            ("rounded", "hunched", "curved forward"),
            ("hunching {p} back", "rounding {p} back"),
            1.1,
        ),
        (m["spine forward"] > 32) & (np.abs(m["spine left"]) < 30),
        m["spine forward"] > 14,
    )

    apart = m["feet apart"]
    ankles = "feet apart"
    yield (
        code("feet together", ankles, "feet", ("together", "close together", "side by side"), (), 0.9),
        (apart < 0.17) & (m["knees apart"] < 0.25),
        apart < 0.3,
    )
    yield (
        code("feet wide", ankles, "feet", ("wide apart", "far apart", "spread wide"), (), 1.3),
        apart > 0.72,
        apart > 0.48,
    )
    yield (
        code("feet shoulder", ankles, "feet", ("shoulder-width apart", "apart", "a little apart"), (), 0.7),
        (apart > 0.28) & (apart < 0.52) & (m["foot lead"] < 0.15) & (m["foot lead"] > -0.15),
        (apart > 0.2) & (apart < 0.65),
    )
    yield (
        code("knees together", "knees apart", "knees", ("together", "pressed together", "touching"), (), 0.8),
        m["knees apart"] < 0.17,
        m["knees apart"] < 0.27,
    )
    yield (
        code("knees wide", "knees apart", "knees", ("wide apart", "spread apart", "far apart"), (), 1.1),
        m["knees apart"] > 0.55,
        m["knees apart"] > 0.38,
    )
    crossed = (m["feet across"] < -0.04) & knees_straight & standing
    yield (
        code(
            "feet crossed",
            "crossed",
            "legs",
            ("crossed", "crossed at the ankles"),
            ("standing with crossed legs",),
            1.4,
        ),
        crossed,
        m["feet across"] < 0.06,
    )
    clasp = m["hands apart"] < 0.17
    yield (
        code(
            "hands together",
            "hands apart",
            "hands",
            ("together", "close together", "touching each other", "joined"),
            ("holding {p} hands together",),
            1.4,
        ),
        clasp,
        m["hands apart"] < 0.3,
    )
    wide = m["hands apart"] > 1.25
    yield (
        code("hands wide", "hands apart", "hands", ("far apart", "wide apart"), (), 0.8),
        wide,
        m["hands apart"] > 0.9,
    )
    both_feet_up = np.minimum(m["left ankle over hip"], m["right ankle over hip"]) > 0.2
    yield (
        code(
            "feet up",
            "feet up",
            "legs",
            ("up in the air", "raised high", "pointing up"),
            ("holding both legs up in the air",),
            1.8,
        ),
        both_feet_up & (np.minimum(m["left leg world up"], m["right leg world up"]) > 0.6),
        np.minimum(m["left leg world up"], m["right leg world up"]) > 0.15,
    )
    hands_floor = np.maximum(m["left hand height"], m["right hand height"]) < 0.09
    fours = (
        hands_floor
        & (np.maximum(m["left knee height"], m["right knee height"]) < 0.09)
        & (front < -40)
        & (pelvis > 0.3)
        & (np.minimum(m["left knee"], m["right knee"]) > 55)
    )
    yield (
        code(
            "all fours", where, "", (), ("on all fours", "on hands and knees", "on {p} hands and knees"), 2.6
        ),
        fours,
        fours,
    )
    belly = (
        hands_floor
        & feet_down
        & (front > 35)
        & (pelvis > 0.25)
        & (np.minimum(m["left knee height"], m["right knee height"]) > 0.2)
    )
    yield (
        code(
            "crab",
            where,
            "",
            (),
            ("on hands and feet with the belly up", "supported by hands and feet, facing upwards"),
            2.2,
        ),
        belly,
        belly,
    )
    hands_feet = (
        hands_floor
        & feet_down
        & (front < -10)
        & (pelvis > 0.3)
        & (np.minimum(m["left knee height"], m["right knee height"]) > 0.2)
    )
    yield (
        code(
            "hands and feet",
            where,
            "",
            (),
            ("on hands and feet", "supported by both hands and feet", "resting on hands and feet"),
            2.0,
        ),
        hands_feet,
        hands_feet,
    )
    yield (
        code(
            "hands on floor",
            "hands floor",
            "both hands",
            ("on the floor", "on the ground", "touching the floor"),
            ("touching the floor with both hands",),
            1.6,
        ),
        hands_floor & ~lying,
        np.maximum(m["left hand height"], m["right hand height"]) < 0.25,
    )
    both_thighs = (
        (np.minimum(m["left thigh fwd"], m["right thigh fwd"]) > 0.8)
        & (np.abs(m["left knee over hip"]) < 0.16)
        & (np.abs(m["right knee over hip"]) < 0.16)
    )
    seat = (
        both_thighs
        & (np.abs(m["left shin world up"] + 1) < 0.12)
        & (np.abs(m["right shin world up"] + 1) < 0.12)
        & (up > 50)
    )
    yield (
        code(
            "seated", where, "", (), ("sitting", "in a sitting position", "seated", "sitting on a chair"), 2.4
        ),
        seat,
        both_thighs,
    )
    grounded = (pelvis < 0.2) | (
        (pelvis < 0.3) & (np.maximum(m["left knee height"], m["right knee height"]) < 0.3)
    )
    floor_seat = (
        grounded
        & (up > 48)
        & (np.minimum(m["left leg world up"], m["right leg world up"]) > -0.35)
        & (np.minimum(m["left thigh fwd"], m["right thigh fwd"]) > 0.3)
    )
    yield (
        code(
            "floor seated",
            where,
            "",
            (),
            ("sitting on the floor", "sitting on the ground", "sitting down on the floor"),
            2.4,
        ),
        floor_seat,
        pelvis < 0.35,
    )
    squat = (
        feet_down
        & (pelvis < 0.5)
        & (pelvis > 0.2)
        & (np.minimum(m["left knee"], m["right knee"]) > 95)
        & (np.maximum(m["left shin world up"], m["right shin world up"]) < -0.55)
        & (up > 20)
        & (np.minimum(m["left knee height"], m["right knee height"]) > 0.25)
    )
    yield (
        code("squatting", where, "", (), ("squatting", "crouching", "squatting down"), 2.4),
        squat,
        (pelvis < 0.65) & (np.minimum(m["left knee"], m["right knee"]) > 70),
    )
    knees_down = np.maximum(m["left knee height"], m["right knee height"]) < 0.1
    kneel = (
        knees_down
        & (np.maximum(m["left thigh world up"], m["right thigh world up"]) < -0.8)
        & (np.abs(m["left shin world up"]) < 0.4)
        & (np.abs(m["right shin world up"]) < 0.4)
        & (up > 35)
        & (np.minimum(m["left hand height"], m["right hand height"]) > 0.1)
    )
    yield (
        code("kneeling", where, "", (), ("kneeling", "on {p} knees", "kneeling on both knees"), 2.4),
        kneel,
        knees_down,
    )


def _rows(m: Measures) -> Iterator[Row]:
    yield from _both_rows(m)
    for s in SIDES:
        yield from _arm_rows(m, s)
        yield from _leg_rows(m, s)


@dataclass
class Codes:
    """Codes of n poses.

    Attributes:
        table: the K codes.
        true: (n, K) booleans: clearly holds.
        maybe: (n, K) booleans: cannot be called wrong.
    """

    table: tuple[Code, ...]
    true: Array
    maybe: Array

    def has(self, key: str) -> Array:
        """Return for each pose (n,) whether the code with this key is true."""
        return self.true[:, self.index(key)]

    def index(self, key: str) -> int:
        """Return the column of a key; KeyError where there is none."""
        for k, code in enumerate(self.table):
            if code.key == key:
                return k
        raise KeyError(key)


def posecodes(theta: Array, bones: Array | None = None) -> Codes:
    """Read all codes of poses theta (n, 24, 3)."""
    rows = list(_rows(measure(theta, bones)))
    true = np.stack([np.asarray(row[1], bool) for row in rows], 1)
    maybe = np.stack([np.asarray(row[2], bool) for row in rows], 1) | true
    return Codes(tuple(row[0] for row in rows), true, maybe)


def mirror_key(key: str) -> str:
    """Return the key of the same fact on the other side."""
    swap = {"left": "right", "right": "left"}
    return " ".join(swap.get(word, word) for word in key.split(" "))
