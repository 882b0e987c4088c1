"""The pose prior: what it decodes, how near it comes, and files that are not one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from simplifiedclip.body.limits import limit_violation
from simplifiedclip.errors import UserError
from simplifiedclip.poses.families import draw
from simplifiedclip.priors.adversarial import (
    PosePrior,
    decode_pose,
    encode_pose,
    posed_joints,
)


@pytest.fixture(scope="module")
def prior() -> PosePrior:
    return PosePrior.load()


def millimetres(found: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    import roma

    places = [posed_joints(roma.rotvec_to_rotmat(theta[:, 1:])) for theta in (found, wanted)]
    return 1000 * (places[0] - places[1]).norm(dim=-1).mean(1)


def test_samples_are_within_limits(prior: PosePrior) -> None:
    theta = prior.decode(torch.randn(300, prior.latent, generator=torch.Generator().manual_seed(0)))
    assert theta.shape == (300, 24, 3) and not theta[:, 0].any()
    assert torch.rad2deg(limit_violation(theta)).max() < 0.1
    assert theta.flatten(1).std(0).mean() > 0.1  # they differ


def test_only_the_direction_of_a_code_counts(prior: PosePrior) -> None:
    z = torch.randn(3, prior.latent, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(prior.decode(z), prior.decode(2.5 * z))


def test_unseen_mocap_is_reached(prior: PosePrior, shared: Path) -> None:
    with np.load(shared / "mocap" / "cmu_smpl_poses.npz", allow_pickle=False) as data:
        unseen = np.char.startswith(data["clip"].astype(str), "test_")
        theta = torch.as_tensor(data["poses"][unseen][::60]).view(-1, 24, 3)
    z = prior.encode(theta)
    torch.testing.assert_close(z.norm(dim=1), torch.ones(len(z)))
    assert millimetres(prior.decode(z), theta).mean() < 35
    assert millimetres(prior.decode(prior.encode(theta, 0)), theta).mean() < 60


def test_the_critic_prefers_poses_that_people_take(prior: PosePrior) -> None:
    rng = np.random.default_rng(0)
    names = ("walk", "attention", "sit chair", "arms hips", "stand half squat", "wave both", "run")
    from simplifiedclip.poses.families import FAMILIES

    theta = np.concatenate([draw(name, 8, rng, spread=1.0).theta for name in names if name in FAMILIES])
    real = torch.as_tensor(theta, dtype=torch.float32)
    false = real + 0.5 * torch.randn(real.shape, generator=torch.Generator().manual_seed(2))
    ours, theirs = prior.score(real), prior.score(false)
    assert (ours >= 0).all() and (theirs > ours).float().mean() > 0.9


def test_gradients_are_finite_and_those_of_finite_differences(prior: PosePrior) -> None:
    import copy

    exact = copy.deepcopy(prior).double()
    z = torch.randn(2, prior.latent, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    target = exact.decode(torch.roll(z, 1, 0))

    def loss(z: torch.Tensor) -> torch.Tensor:
        theta = exact.decode(z)
        return (theta - target).square().sum() + exact.score(theta).sum()

    z.requires_grad_()
    (gradient,) = torch.autograd.grad(loss(z), z)
    assert torch.isfinite(gradient).all()
    generator = torch.Generator().manual_seed(4)
    for _ in range(3):
        direction = torch.randn(z.shape, dtype=torch.float64, generator=generator)
        with torch.no_grad():
            slope = (loss(z + 1e-6 * direction) - loss(z - 1e-6 * direction)).item() / 2e-6
        assert (gradient * direction).sum().item() == pytest.approx(slope, rel=1e-3, abs=1e-6)


def test_coordinates_for_descent(prior: PosePrior) -> None:
    """Root and z together: the root is kept exactly, the way back is differentiable."""
    theta = prior.decode(torch.randn(2, prior.latent, generator=torch.Generator().manual_seed(5)))
    theta[:, 0] = torch.tensor([0.1, 1.0, -0.3])
    x = encode_pose(prior, theta).requires_grad_()
    assert x.shape == (2, 3 + prior.latent)
    back = decode_pose(prior, x)
    assert torch.equal(back[:, 0], theta[:, 0]) and millimetres(back.detach(), theta).max() < 25
    back.square().sum().backward()
    assert x.grad is not None and torch.isfinite(x.grad).all() and (x.grad != 0).all(0)[:3].all()


def test_files(prior: PosePrior, tmp_path: Path) -> None:
    prior.save(tmp_path / "p.safetensors")
    again = PosePrior.load(tmp_path / "p.safetensors")
    z = torch.randn(2, prior.latent, generator=torch.Generator().manual_seed(6))
    assert torch.equal(again.decode(z), prior.decode(z))
    assert [path.name for path in tmp_path.iterdir()] == ["p.safetensors"]
    assert (tmp_path / "p.safetensors").stat().st_size < 3e6

    with pytest.raises(UserError, match=r"no pose prior .*absent"):
        PosePrior.load(tmp_path / "absent.safetensors")
    (tmp_path / "half.safetensors").write_bytes((tmp_path / "p.safetensors").read_bytes()[:1000])
    with pytest.raises(UserError, match="cannot be read"):
        PosePrior.load(tmp_path / "half.safetensors")
    save_file({"weight": torch.zeros(3)}, tmp_path / "other.safetensors")
    with pytest.raises(UserError, match="cannot be read"):
        PosePrior.load(tmp_path / "other.safetensors")


def test_wrong_shapes_are_one_sentence(prior: PosePrior) -> None:
    with pytest.raises(UserError, match=r"shape \(2, 31\), expected \(B, 32\)"):
        prior.decode(torch.zeros(2, 31))
    with pytest.raises(UserError, match="expected"):
        prior.score(torch.zeros(2, 72))
