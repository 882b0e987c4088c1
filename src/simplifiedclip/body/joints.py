"""SMPL's 24 joints: names, tree, mirror pairs and groups."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from ..errors import UserError, nearest

JOINT_NAMES: tuple[str, ...] = (
    "pelvis",
    "left_hip",
    "right_hip",
    "spine1",
    "left_knee",
    "right_knee",
    "spine2",
    "left_ankle",
    "right_ankle",
    "spine3",
    "left_foot",
    "right_foot",
    "neck",
    "left_collar",
    "right_collar",
    "head",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hand",
    "right_hand",
)
"""Joints in the order of SMPL's θ (Loper et al. 2015)."""

NUM_JOINTS = len(JOINT_NAMES)

PARENTS: tuple[int, ...] = (
    -1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21,
)  # fmt: skip
"""Parent of each joint in the kinematic tree; the root has -1."""


def _mirror(name: str) -> str:
    if name.startswith("left_"):
        return name.replace("left_", "right_", 1)
    return name.replace("right_", "left_", 1)


MIRROR: tuple[int, ...] = tuple(JOINT_NAMES.index(_mirror(name)) for name in JOINT_NAMES)
"""The joint on the other side of the body; joints of the trunk are their own."""


def _limb(side: str, *joints: str) -> tuple[str, ...]:
    return tuple(f"{side}_{joint}" for joint in joints)


_ARM = ("collar", "shoulder", "elbow", "wrist", "hand")
_LEG = ("hip", "knee", "ankle", "foot")
_TORSO = ("spine1", "spine2", "spine3")
_HEAD = ("neck", "head")

LIMBS: tuple[tuple[int, ...], ...] = tuple(
    tuple(JOINT_NAMES.index(joint) for joint in joints)
    for joints in (
        _limb("left", *_ARM),
        _limb("right", *_ARM),
        _limb("left", *_ARM) + _limb("right", *_ARM),
        _limb("left", *_LEG),
        _limb("right", *_LEG),
        ("pelvis", *_limb("left", *_LEG), *_limb("right", *_LEG)),
        _TORSO,
        _HEAD,
    )
)
"""Joints of what one pose can take over from another: arms, legs with the way the body lies, trunk, head."""

GROUPS: dict[str, tuple[str, ...]] = {
    "all": JOINT_NAMES,
    "root": ("pelvis",),
    "lower-body": _limb("left", *_LEG) + _limb("right", *_LEG),
    "upper-body": _TORSO + _HEAD + _limb("left", *_ARM) + _limb("right", *_ARM),
    "torso": _TORSO,
    "head": _HEAD,
    "arms": _limb("left", *_ARM) + _limb("right", *_ARM),
    "legs": _limb("left", *_LEG) + _limb("right", *_LEG),
    "left-arm": _limb("left", *_ARM),
    "right-arm": _limb("right", *_ARM),
    "left-leg": _limb("left", *_LEG),
    "right-leg": _limb("right", *_LEG),
    "hands": ("left_wrist", "right_wrist", "left_hand", "right_hand"),
    "feet": ("left_ankle", "right_ankle", "left_foot", "right_foot"),
}
"""Names for sets of joints. ``root`` alone turns the whole body; no other group but ``all`` holds it."""


def resolve_joints(names: Iterable[str]) -> list[int]:
    """Return the sorted indices of joints given by name or by group, each once.

    Case does not matter, and ``-`` and ``_`` are the same. ``head`` means the group: neck and head.

    Raises:
        UserError: for a name that is neither a joint nor a group.
    """
    groups = {name.replace("-", "_"): joints for name, joints in GROUPS.items()}
    indices: set[int] = set()
    for name in [names] if isinstance(names, str) else names:
        key = name.strip().lower().replace("-", "_")
        if key in groups:
            indices.update(JOINT_NAMES.index(joint) for joint in groups[key])
        elif key in JOINT_NAMES:
            indices.add(JOINT_NAMES.index(key))
        else:
            known = [*JOINT_NAMES, *GROUPS]
            raise UserError(f"no joint or group of joints is called {name!r}{nearest(name, known)}")
    return sorted(indices)


def mirror_pose(theta: torch.Tensor) -> torch.Tensor:
    """Return the pose seen in a mirror: sides swapped, reflected in the plane x = 0.

    A reflection of x keeps the x part of an axis-angle vector and negates its y and z parts.

    Args:
        theta: (..., 24, 3) axis-angle, radians.
    Returns:
        (..., 24, 3) axis-angle.
    """
    return theta[..., list(MIRROR), :] * theta.new_tensor([1.0, -1.0, -1.0])
