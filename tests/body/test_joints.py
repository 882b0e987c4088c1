"""Joint names, groups and mirroring."""

from __future__ import annotations

import pytest
import torch

from simplifiedclip.body.joints import GROUPS, JOINT_NAMES, MIRROR, PARENTS, mirror_pose, resolve_joints
from simplifiedclip.body.smpl import SMPL
from simplifiedclip.errors import UserError


def test_the_tree_is_smpls():
    assert len(JOINT_NAMES) == len(PARENTS) == len(MIRROR) == len(set(JOINT_NAMES)) == 24
    assert all(parent < joint for joint, parent in enumerate(PARENTS))
    chain, joint = [], JOINT_NAMES.index("left_hand")
    while joint >= 0:
        chain.append(JOINT_NAMES[joint])
        joint = PARENTS[joint]
    names = "left_hand left_wrist left_elbow left_shoulder left_collar spine3 spine2 spine1 pelvis"
    assert chain == names.split()


def test_mirror_pairs_sides_and_keeps_the_tree():
    for joint, other in enumerate(MIRROR):
        assert MIRROR[other] == joint
        if joint:
            assert PARENTS[other] == MIRROR[PARENTS[joint]]
    assert JOINT_NAMES[MIRROR[JOINT_NAMES.index("left_collar")]] == "right_collar"
    assert MIRROR[JOINT_NAMES.index("neck")] == JOINT_NAMES.index("neck")


def test_groups_hold_known_joints_and_halves_make_the_whole():
    for joints in GROUPS.values():
        assert set(joints) <= set(JOINT_NAMES)
        assert len(set(joints)) == len(joints)
    parts = [*GROUPS["root"], *GROUPS["lower-body"], *GROUPS["upper-body"]]
    assert sorted(parts) == sorted(GROUPS["all"])


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["left_elbow"], ["left_elbow"]),
        (["Left-Elbow", "left_elbow"], ["left_elbow"]),
        (["right-leg"], ["right_hip", "right_knee", "right_ankle", "right_foot"]),
        (["feet", "root"], ["pelvis", "left_ankle", "right_ankle", "left_foot", "right_foot"]),
        ("torso", ["spine1", "spine2", "spine3"]),
        ([], []),
    ],
)
def test_resolve_joints(names, expected):
    assert [JOINT_NAMES[joint] for joint in resolve_joints(names)] == expected


def test_unknown_joint_names_the_nearest():
    with pytest.raises(UserError, match=r"'left_elbo'; the nearest are left_elbow"):
        resolve_joints(["left_elbo"])


def test_mirrored_pose_is_the_mirror_image(official_npz):
    body = SMPL.from_file(official_npz, dtype=torch.float64)
    # Rest joints that are symmetric, so that the mirror image is exact.
    joints = body.rest_joints()[0]
    flip = torch.tensor([-1.0, 1.0, 1.0], dtype=torch.float64)
    body._joints.copy_((joints + joints[list(MIRROR)] * flip) / 2)
    theta = torch.randn(3, 24, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    mirrored = body.joints(mirror_pose(theta))
    torch.testing.assert_close(mirrored, body.joints(theta)[:, list(MIRROR)] * flip)
    torch.testing.assert_close(mirror_pose(mirror_pose(theta)), theta)
