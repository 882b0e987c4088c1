"""Self-penetration: a body of capsules that may touch itself but not pass through itself.

A capsule is all that is nearer to a segment than a radius; here the radius changes linearly along it. Two of
them overlap by the sum of their radii at the nearest points of their segments, less the distance of these
points, which is a closed formula of the joints: no mesh is needed, and poses cost next to nothing.
(Capsules for self-contact: Pons-Moll et al., Metric regression forests, IJCV 2015, section 5.1; Bogo et al.,
Keep it SMPL, ECCV 2016, section 3.2, who penalise their overlap likewise.)

Radii are measured on the T-pose of the embedded body; for another body they grow and shrink with its bones.
Flesh gives way, and the places of joints are not exact, so every pair may overlap by a tolerance that was
read from natural poses.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from ..body.joints import JOINT_NAMES, NUM_JOINTS, PARENTS
from ..errors import UserError

# -- the capsules ------------------------------------------------------------------------------------------

_Place = tuple[str, float, float, float]


class _Segment(NamedTuple):
    """A capsule before its radii are measured.

    Its ends are a bone's (two joints, and how far along, possibly beyond) or places in the frame of the chest
    or pelvis, in the T-pose coordinates of the embedded body.
    """

    owners: tuple[str, ...]  # joints that move the vertices it is measured on
    bone: tuple[str, str, float, float] | None = None
    ends: tuple[_Place, _Place] | None = None
    flat: bool = False  # wider than thick: it is as thick as its thin side


def _segments() -> dict[str, _Segment]:
    segments = {
        "head": _Segment(("head",), ("neck", "head", 1.35, 2.1)),
        "neck": _Segment(("neck",), ("neck", "head", 0.3, 1.0)),
        "pelvis": _Segment(
            ("pelvis",), ends=(("pelvis", 0.075, -0.285, 0.025), ("pelvis", -0.075, -0.285, 0.025))
        ),
    }
    for side, x in (("left", 1.0), ("right", -1.0)):

        def limb(*names: str, side: str = side) -> tuple[str, ...]:
            return tuple(f"{side}_{name}" for name in names)

        def bone(start: str, end: str, low: float, high: float, side: str = side):
            return f"{side}_{start}", f"{side}_{end}", low, high

        segments |= {
            f"{side}_chest": _Segment(
                ("spine3", *limb("collar")),
                ends=(("chest", 0.085 * x, 0.01, 0.05), ("chest", 0.085 * x, 0.15, 0.045)),
            ),
            f"{side}_belly": _Segment(
                ("spine1", "spine2"),
                ends=(("pelvis", 0.06 * x, -0.2, 0.05), ("chest", 0.07 * x, -0.05, 0.055)),
            ),
            f"{side}_upper_arm": _Segment(limb("shoulder"), bone("shoulder", "elbow", 0.45, 1.0)),
            f"{side}_forearm": _Segment(limb("elbow"), bone("elbow", "wrist", 0.0, 1.0)),
            f"{side}_hand": _Segment(limb("wrist", "hand"), bone("wrist", "hand", 0.2, 1.15), flat=True),
            f"{side}_thigh": _Segment(limb("hip"), bone("hip", "knee", 0.2, 1.0)),
            f"{side}_shin": _Segment(limb("knee"), bone("knee", "ankle", 0.0, 1.0)),
            f"{side}_foot": _Segment(limb("ankle", "foot"), bone("ankle", "foot", 0.1, 1.1), flat=True),
        }
    return segments


CAPSULES: tuple[str, ...] = tuple(_segments())
"""Names of the capsules, in their order."""


class _Capsules(NamedTuple):
    """Capsules of a body: what makes their ends from joints, and their radii at the size of the T-pose."""

    mixture: Tensor  # (2S, 24) shares of the joints
    chest: Tensor  # (2S, 3) and what is added, metres along the axes of the chest …
    pelvis: Tensor  # (2S, 3) … and of the pelvis
    radii: Tensor  # (S, 2) at start and end
    first: Tensor  # (P,) pairs that are looked at
    second: Tensor  # (P,)
    tolerance: Tensor  # (P,) metres
    bones: float  # sum of the bones' lengths, metres


@lru_cache(maxsize=1)
def _capsules() -> _Capsules:
    """The capsules, measured on the embedded body (a radius is that of the vertices around its segment)."""
    from ..body.smpl import SMPL

    body = SMPL.embedded(dtype=torch.float64)
    joints = body.rest_joints()[0]
    place = body.v_template
    owner = body.lbs_weights.argmax(dim=1)
    frames = {name: frame[0] for name, frame in _frames(joints.unsqueeze(0)).items()}
    anchors = {"chest": {"spine3": 1.0}, "pelvis": {"left_hip": 0.5, "right_hip": 0.5}}
    rest = dict(zip(JOINT_NAMES, joints))

    ends: list[Tensor] = []
    mixture = torch.zeros(2 * len(CAPSULES), NUM_JOINTS, dtype=torch.float64)
    added = {name: torch.zeros(2 * len(CAPSULES), 3, dtype=torch.float64) for name in frames}
    radii = torch.zeros(len(CAPSULES), 2, dtype=torch.float64)
    for row, (name, segment) in enumerate(_segments().items()):
        for end in range(2):
            if segment.bone is not None:
                start, stop, *along = segment.bone
                mixed = {start: 1 - along[end], stop: along[end]}
                offset = torch.zeros(3, dtype=torch.float64)
            else:
                assert segment.ends is not None
                frame, *where = segment.ends[end]
                mixed = anchors[frame]
                origin = sum(share * rest[joint] for joint, share in mixed.items())
                offset = torch.tensor(where, dtype=torch.float64) - origin
                added[frame][2 * row + end] = frames[frame].T @ offset
            for joint, share in mixed.items():
                mixture[2 * row + end, JOINT_NAMES.index(joint)] = share
            ends.append(mixture[2 * row + end] @ joints + offset)
        mine = torch.isin(owner, torch.tensor([JOINT_NAMES.index(joint) for joint in segment.owners]))
        if "_" in name:  # of what both sides own, the half that is this side's
            mine &= place[:, 0] * (1 if name.startswith("left") else -1) > 0.02
        radii[row] = _fit_radii(place[mine], ends[-2], ends[-1], segment.flat)
    first, second = _pairs()
    return _Capsules(
        mixture=mixture,
        chest=added["chest"],
        pelvis=added["pelvis"],
        radii=radii,
        first=first,
        second=second,
        tolerance=_tolerances(first, second),
        bones=float(_bone_lengths(joints)),
    )


def _fit_radii(points: Tensor, start: Tensor, end: Tensor, flat: bool) -> Tensor:
    """Radii (2,) at both ends, by least squares on the distance of points (n, 3) beside the segment.

    Of a flat part it is one radius, which a quarter of the points are within.
    """
    axis = end - start
    along = (points - start) @ axis / axis.square().sum()
    share = along.clamp(0, 1).unsqueeze(1)
    distance = (points - start - share * axis).norm(dim=1)
    beside = (along > -0.05) & (along < 1.05)
    if flat:
        return distance[beside].quantile(0.25).expand(2)
    design = torch.cat([1 - share, share], dim=1)[beside]
    return torch.linalg.lstsq(design, distance[beside].unsqueeze(1)).solution.squeeze(1)


def _frames(joints: Tensor) -> dict[str, Tensor]:
    """Axes of chest and pelvis as columns (B, 3, 3): to the left, up, forward; each is rigid in SMPL."""

    def frame(left: str, right: str, top: str, bottom: Tensor) -> Tensor:
        at = JOINT_NAMES.index
        up = torch.nn.functional.normalize(joints[:, at(top)] - bottom, dim=-1)
        across = joints[:, at(left)] - joints[:, at(right)]
        across = across - (across * up).sum(-1, keepdim=True) * up
        across = torch.nn.functional.normalize(across, dim=-1)
        return torch.stack([across, up, torch.linalg.cross(across, up)], dim=-1)

    hips = (joints[:, JOINT_NAMES.index("left_hip")] + joints[:, JOINT_NAMES.index("right_hip")]) / 2
    return {
        "chest": frame("left_collar", "right_collar", "neck", joints[:, JOINT_NAMES.index("spine3")]),
        "pelvis": frame("left_hip", "right_hip", "spine1", hips),
    }


def _bone_lengths(joints: Tensor) -> Tensor:
    return (joints[..., 1:, :] - joints[..., list(PARENTS[1:]), :]).norm(dim=-1).sum(dim=-1)


_NEIGHBOURS = frozenset(
    frozenset(pair.split())
    for pair in (
        "head neck", "upper_arm forearm", "forearm hand", "thigh shin", "thigh pelvis", "thigh belly",
        "shin foot",
    )
)  # fmt: skip
_TRUNK = frozenset({"neck", "pelvis", "chest", "belly"})


def _split(name: str) -> tuple[str, str]:
    """``left_upper_arm`` -> ``left``, ``upper_arm``; parts in the middle have no side."""
    side, _, part = name.partition("_")
    return (side, part) if part else ("", name)


def _pairs() -> tuple[Tensor, Tensor]:
    """Pairs of capsules that are not beside each other on the body."""
    pairs = []
    for j, two in enumerate(CAPSULES):
        for i, one in enumerate(CAPSULES[:j]):
            (side, part), (other_side, other) = _split(one), _split(two)
            same_side = side == other_side or not side or not other_side
            beside = same_side and frozenset((part, other)) in _NEIGHBOURS
            if not beside and not {part, other} <= _TRUNK:
                pairs.append((i, j))
    first, second = torch.tensor(pairs).unbind(1)
    return first, second


_TOLERANCE = 0.025
# What folded arms, hanging arms, crossed legs, deep squats, curled up bodies and clasped hands overlap by, in
# metres, read from motion capture and from the families of poses that are natural by their making. Parts
# named with "own" are on the same side.
_TOLERANCES: dict[str, float] = {
    "own chest upper_arm": 0.08,  # the armpit
    "own belly upper_arm": 0.045,
    "own belly forearm": 0.045,
    "own chest forearm": 0.035,
    "own chest thigh": 0.06,
    "chest thigh": 0.045,
    "chest shin": 0.05,
    "hand hand": 0.05,
    "head hand": 0.05,
    "neck hand": 0.045,
    "belly hand": 0.06,
    "chest hand": 0.04,
    "pelvis hand": 0.035,
    "thigh hand": 0.035,
    "foot hand": 0.035,
    "upper_arm hand": 0.045,
    "shin shin": 0.045,
    "thigh shin": 0.035,
    "thigh thigh": 0.04,
    "foot shin": 0.055,
    "foot thigh": 0.05,
    "foot foot": 0.04,
    "pelvis forearm": 0.03,
    "upper_arm forearm": 0.04,
    "forearm forearm": 0.03,
    "thigh upper_arm": 0.04,
    "thigh forearm": 0.035,
    "head forearm": 0.035,
    "head upper_arm": 0.035,
}


def _tolerances(first: Tensor, second: Tensor) -> Tensor:
    known = {(words[:1] == ["own"], frozenset(words[-2:])): value
             for words, value in ((key.split(), value) for key, value in _TOLERANCES.items())}  # fmt: skip
    tolerances = []
    for i, j in zip(first.tolist(), second.tolist()):
        (side, part), (other_side, other) = _split(CAPSULES[i]), _split(CAPSULES[j])
        pair = frozenset((part, other))
        value = known.get((False, pair), _TOLERANCE)
        tolerances.append(known.get((True, pair), value) if side == other_side else value)
    return torch.tensor(tolerances, dtype=torch.float64)


# -- penalties ---------------------------------------------------------------------------------------------


def overlaps(joints: Tensor) -> Tensor:
    """Return by how much each pair of capsules overlaps, negative where they are apart: (B, P) metres."""
    if joints.dim() != 3 or joints.shape[1:] != (NUM_JOINTS, 3):
        raise UserError(f"the joints have the shape {tuple(joints.shape)}, expected (B, {NUM_JOINTS}, 3)")
    body = _capsules()
    frames = _frames(joints)
    size = (_bone_lengths(joints) / body.bones).view(-1, 1, 1)
    offsets = sum(getattr(body, name).to(joints) @ frames[name].mT for name in frames)
    ends = body.mixture.to(joints) @ joints + size * offsets
    ends = ends.unflatten(1, (-1, 2))
    radii = body.radii.to(joints) * size
    start, axis = ends[:, :, 0], ends[:, :, 1] - ends[:, :, 0]
    i, j = body.first.to(joints.device), body.second.to(joints.device)
    s, t = _nearest(start[:, i], axis[:, i], start[:, j], axis[:, j])
    gap = start[:, i] + s.unsqueeze(-1) * axis[:, i] - start[:, j] - t.unsqueeze(-1) * axis[:, j]
    distance = gap.square().sum(-1).clamp_min(1e-10).sqrt()
    room = torch.lerp(radii[:, i, 0], radii[:, i, 1], s) + torch.lerp(radii[:, j, 0], radii[:, j, 1], t)
    return room - distance


def _nearest(a: Tensor, u: Tensor, b: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Shares s, t in 0..1 at which the segments a + s u and b + t v are nearest.

    Ericson, Real-Time Collision Detection, 2005, section 5.1.9.
    """
    w = a - b
    uu, vv, uv = u.square().sum(-1), v.square().sum(-1), (u * v).sum(-1)
    uw, vw = (u * w).sum(-1), (v * w).sum(-1)
    s = ((uv * vw - vv * uw) / (uu * vv - uv.square()).clamp_min(1e-9)).clamp(0, 1)
    t = ((uv * s + vw) / vv).clamp(0, 1)
    s = ((uv * t - uw) / uu).clamp(0, 1)
    return s, t


def penetration(joints: Tensor) -> Tensor:
    """Return ``Σ relu(overlap - tolerance)²`` over all pairs of capsules; smooth, 0 for natural poses.

    Args:
        joints: (B, 24, 3) metres, of any body in SMPL's layout.
    Returns:
        (B,) square metres.
    Raises:
        UserError: for another shape.
    """
    return torch.relu(overlaps(joints) - _capsules().tolerance.to(joints)).square().sum(dim=-1)


def penetration_depth(joints: Tensor) -> Tensor:
    """Return the deepest overlap of a pose beyond what flesh allows: (B, 24, 3) -> (B,) metres, >= 0.

    Raises:
        UserError: for another shape.
    """
    return torch.relu(overlaps(joints) - _capsules().tolerance.to(joints)).amax(dim=-1)


def deepest_pair(joints: Tensor) -> list[str]:
    """Name the parts of each pose that are deepest in each other, as ``left_forearm, right_chest``, or ''.

    Raises:
        UserError: for another shape.
    """
    body = _capsules()
    depth, pair = (overlaps(joints) - body.tolerance.to(joints)).max(dim=-1)
    names = [f"{CAPSULES[body.first[k]]}, {CAPSULES[body.second[k]]}" for k in pair.tolist()]
    return [name if value > 0 else "" for name, value in zip(names, depth.tolist())]
