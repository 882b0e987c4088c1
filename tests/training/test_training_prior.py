"""The training of the pose prior: a tiny run, its resumption, and what it is made of."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from simplifiedclip.body.limits import limit_violation, violates
from simplifiedclip.errors import UserError
from simplifiedclip.priors.adversarial import PosePrior, posed_joints
from simplifiedclip.priors.self_penetration import penetration_depth
from simplifiedclip.training.config import PRIOR_SIZES, load_train_config
from simplifiedclip.training.prior import (
    discrepancy,
    disturbed,
    plausible_poses,
    random_poses,
    read_mocap,
    train_prior,
)

TINY = PRIOR_SIZES["tiny"]


def silent(*_: object) -> None:
    """Progress that shows nothing."""


@pytest.fixture(scope="module")
def mocap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small file in the layout of the mocap data."""
    path = tmp_path_factory.mktemp("mocap") / "poses.npz"
    poses = 0.2 * np.random.default_rng(0).normal(size=(30, 72)).astype(np.float32)
    clips = np.array(["train_walk"] * 16 + ["train_run"] * 4 + ["test_walk"] * 10)
    np.savez(path, poses=poses, clip=clips)
    return path


@pytest.fixture(scope="module")
def finished(mocap: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny run from start to end."""
    out = tmp_path_factory.mktemp("train") / "run"
    train_prior(TINY, out, mocap=mocap, device="cpu", progress=silent)
    return out


def test_resumed_training_equals_uninterrupted(finished: Path, mocap: Path, tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop(name: str, step: int, steps: int, loss: float) -> None:
        if step == 5:  # a checkpoint was written after step 4
            raise Stop

    with pytest.raises(Stop):
        train_prior(TINY, tmp_path / "run", mocap=mocap, device="cpu", progress=stop)
    train_prior(TINY, tmp_path / "run", mocap=mocap, device="cpu", progress=silent)
    theirs = load_file(finished / "prior.safetensors")
    for name, value in load_file(tmp_path / "run" / "prior.safetensors").items():
        assert torch.equal(value, theirs[name]), name


def test_a_run_leaves_weights_and_numbers(finished: Path) -> None:
    prior = PosePrior.load(finished / "prior.safetensors")
    assert prior.decode(torch.ones(1, prior.latent)).shape == (1, 24, 3)
    numbers = json.loads((finished / "measured.json").read_text())
    assert all(math.isfinite(value) for value in numbers.values())
    assert numbers["samples beyond a joint limit by more than 1 degree, %"] == 0
    assert numbers["mocap by descent, mm, mean"] <= numbers["mocap by encoder, mm, mean"] + 1
    log = [json.loads(line) for line in (finished / "log.jsonl").read_text().splitlines()]
    assert log[-1]["step"] == TINY.steps - 1


def test_another_run_is_not_overwritten(finished: Path, mocap: Path) -> None:
    with pytest.raises(UserError, match=r"other settings.*steps"):
        train_prior(replace(TINY, steps=9), finished, mocap=mocap, progress=silent)
    with pytest.raises(UserError, match="already holds"):
        train_prior(TINY, finished, mocap=mocap, resume=False, progress=silent)


def test_absent_inputs_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no mocap file"):
        train_prior(TINY, tmp_path / "a", mocap=tmp_path / "absent.npz", progress=silent)
    np.savez(tmp_path / "other.npz", poses=np.zeros((3, 71)), clip=np.array(["a"] * 3))
    with pytest.raises(UserError, match="not a mocap file"):
        train_prior(TINY, tmp_path / "a", mocap=tmp_path / "other.npz", progress=silent)
    assert not (tmp_path / "a").exists()
    with pytest.raises(UserError, match="nearest are steps"):
        load_train_config("cpu", None, {"stepz": 3}, PRIOR_SIZES)


def test_test_clips_are_held_out(mocap: Path) -> None:
    train, test = read_mocap(mocap)
    assert train is not None and test is not None and (len(train), len(test)) == (20, 10)
    torch.testing.assert_close(train.weight[[0, -1]], torch.tensor([1 / 4, 1 / 2], dtype=torch.float64))


def test_made_poses_are_plausible_and_the_same_for_a_seed() -> None:
    import roma

    poses = plausible_poses(60, seed=1).theta
    assert poses.shape == (60, 24, 3) and not poses[:, 0].any() and not violates(poses).any()
    assert penetration_depth(posed_joints(roma.rotvec_to_rotmat(poses[:, 1:]))).max() < 0.04
    assert torch.equal(poses, plausible_poses(60, seed=1).theta)


def test_false_poses() -> None:
    import roma

    theta = torch.cat([torch.zeros(50, 1, 3), roma.rotmat_to_rotvec(random_poses(50))], dim=1)
    assert torch.rad2deg(limit_violation(theta)[..., :3]).max() < 0.5
    turned = disturbed(torch.eye(3).expand(50, 23, 3, 3))
    moved = ~torch.isclose(turned, torch.eye(3)).all(-1).all(-1)
    assert 0.05 < moved.float().mean() < 0.5 and moved.any(1).float().mean() > 0.7


def test_discrepancy_tells_a_cap_from_the_sphere() -> None:
    torch.manual_seed(0)
    a, b, cap = F.normalize(torch.randn(3, 200, 8), dim=-1)
    cap = F.normalize(cap + torch.eye(8)[0], dim=-1)
    assert abs(discrepancy(a, b).item()) < 0.01 < discrepancy(cap, b).item() / 5
