"""Capsules: their geometry by hand, what passes through what, and how natural poses fare."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from simplifiedclip.body.joints import JOINT_NAMES, mirror_pose
from simplifiedclip.body.smpl import SMPL
from simplifiedclip.errors import UserError
from simplifiedclip.poses.families import draw
from simplifiedclip.priors import self_penetration as capsules

AT = {name: index for index, name in enumerate(JOINT_NAMES)}


@pytest.fixture(scope="module")
def body() -> SMPL:
    return SMPL.embedded(dtype=torch.float64)


def pose(**joints: tuple[float, float, float]) -> Tensor:
    """A pose by joint, degrees."""
    theta = torch.zeros(1, 24, 3, dtype=torch.float64)
    for name, degrees in joints.items():
        theta[0, AT[name]] = torch.tensor(degrees) * (math.pi / 180)
    return theta


def test_nearest_points_by_search() -> None:
    """The closed formula against a fine grid along both segments."""
    a, u, b, v = torch.randn(4, 40, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    s, t = capsules._nearest(a, u, b, v)
    gap = (a + s[:, None] * u - b - t[:, None] * v).norm(dim=-1)
    grid = torch.linspace(0, 1, 201, dtype=torch.float64)
    first = a[:, None] + grid[:, None] * u[:, None]
    second = b[:, None] + grid[:, None] * v[:, None]
    least = torch.cdist(first, second).flatten(1).amin(1)
    assert (gap <= least + 1e-9).all() and (least - gap < 0.02).all()


def test_radii_are_those_of_limbs() -> None:
    radii = dict(zip(capsules.CAPSULES, capsules._capsules().radii.tolist()))
    for name, low, high in (("head", 0.07, 0.11), ("left_thigh", 0.05, 0.11), ("left_forearm", 0.02, 0.05)):
        assert all(low < radius < high for radius in radii[name])
    for name, ours in radii.items():  # the two sides are measured apart
        assert ours == pytest.approx(radii[name.replace("left_", "right_")], abs=0.003)


THROUGH = {
    "left_forearm, left_belly": pose(left_shoulder=(0, 0, -75), left_elbow=(0, 0, -100)),
    "left_thigh, right_thigh": pose(left_hip=(0, 0, -30), right_hip=(0, 0, 30)),
    "left_shin, right_shin": pose(left_hip=(0, 0, -14), right_hip=(0, 0, 14)),
    "right_hand, head": pose(right_shoulder=(0, 0, -60), right_elbow=(0, 0, -115)),
}


@pytest.mark.parametrize("parts", THROUGH)
def test_what_passes_through_is_found(body: SMPL, parts: str) -> None:
    joints = body.joints(THROUGH[parts])
    assert set(capsules.deepest_pair(joints)[0].split(", ")) == set(parts.split(", "))
    assert capsules.penetration_depth(joints).item() > 0.02
    assert capsules.penetration(joints).item() > 0.02**2


def test_free_poses_cost_nothing(body: SMPL) -> None:
    hanging = pose(left_shoulder=(0, 0, -72), right_shoulder=(0, 0, 72))
    seated = pose(left_hip=(-90, 0, 0), right_hip=(-90, 0, 0), left_knee=(90, 0, 0), right_knee=(90, 0, 0))
    for theta in (pose(), hanging, seated):
        joints = body.joints(theta)
        assert capsules.penetration(joints).item() == 0 and capsules.deepest_pair(joints) == [""]


def test_natural_poses_are_nearly_free(body: SMPL, shared: Path) -> None:
    with np.load(shared / "mocap" / "cmu_smpl_poses.npz", allow_pickle=False) as data:
        theta = torch.as_tensor(data["poses"][::12]).view(-1, 24, 3)
    depth = capsules.penetration_depth(body.joints(theta))
    assert (depth > 0.01).double().mean() < 0.01 and depth.max() < 0.06


@pytest.mark.parametrize(
    "family", ["attention", "arms pray", "arms clasp front", "arms clasp behind", "sit cross-legged"]
)
def test_touching_is_allowed(body: SMPL, family: str) -> None:
    theta = torch.as_tensor(draw(family, 24, np.random.default_rng(0), spread=0.5).theta)
    assert capsules.penetration_depth(body.joints(theta)).median().item() < 0.01


def test_random_poses_are_not(body: SMPL) -> None:
    theta = 3 * torch.rand(300, 24, 3, generator=torch.Generator().manual_seed(0)) - 1.5
    assert (capsules.penetration_depth(body.joints(theta)) > 0.02).double().mean() > 0.3


def test_gradients_are_those_of_finite_differences(body: SMPL) -> None:
    theta = torch.cat(list(THROUGH.values())).requires_grad_()
    (gradient,) = torch.autograd.grad(capsules.penetration(body.joints(theta)).sum(), theta)
    generator = torch.Generator().manual_seed(1)
    for _ in range(4):
        direction = torch.randn(theta.shape, dtype=torch.float64, generator=generator)
        with torch.no_grad():
            ahead = capsules.penetration(body.joints(theta + 1e-6 * direction)).sum()
            behind = capsules.penetration(body.joints(theta - 1e-6 * direction)).sum()
        slope = (ahead - behind).item() / 2e-6
        assert (gradient * direction).sum().item() == pytest.approx(slope, rel=1e-3, abs=1e-8)


def test_descending_gets_a_limb_out(body: SMPL) -> None:
    theta = THROUGH["left_forearm, left_belly"].clone().requires_grad_()
    optimizer = torch.optim.Adam([theta], lr=0.02)
    for _ in range(40):
        loss = capsules.penetration(body.joints(theta)).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert capsules.penetration_depth(body.joints(theta.detach())).item() < 0.004


def test_size_place_and_side_do_not_matter(body: SMPL) -> None:
    theta = 3 * torch.rand(20, 24, 3, generator=torch.Generator().manual_seed(2), dtype=torch.float64) - 1.5
    joints = body.joints(theta)
    depth = capsules.penetration_depth(joints)
    larger = capsules.penetration_depth(1.1 * joints + torch.tensor([1.0, -2.0, 0.5]))
    grown = capsules.overlaps(1.1 * joints)
    torch.testing.assert_close(grown, 1.1 * capsules.overlaps(joints))
    assert (larger >= depth).all()
    mirrored = capsules.penetration_depth(body.joints(mirror_pose(theta)))
    torch.testing.assert_close(mirrored, depth, rtol=0.05, atol=0.004)


def test_wrong_shapes_are_one_sentence() -> None:
    with pytest.raises(UserError, match=r"shape \(1, 22, 3\), expected"):
        capsules.penetration(torch.zeros(1, 22, 3))
