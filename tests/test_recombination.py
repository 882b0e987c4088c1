"""Limbs exchanged among near poses: what no pose has at once is found, and nothing else is touched."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from simplifiedclip.body.joints import LIMBS
from simplifiedclip.body.limits import violates
from simplifiedclip.codebook import shipped_poses
from simplifiedclip.recombination import exchange_limbs

LEFT, RIGHT = list(LIMBS[0]), list(LIMBS[1])
FREE = torch.ones(24, dtype=torch.bool)


@pytest.fixture
def near() -> Tensor:
    return shipped_poses()[3000:3064].clone()


def score_of(wanted: Tensor, calls: list[int]) -> object:
    def score(theta: Tensor) -> Tensor:
        calls.append(len(theta))
        return -(theta - wanted).square().sum((1, 2))

    return score


def test_two_poses_arms_come_together(near: Tensor) -> None:
    wanted = near[0].clone()
    wanted[LEFT], wanted[RIGHT] = near[40][LEFT], near[50][RIGHT]
    calls: list[int] = []
    score = score_of(wanted, calls)
    found = exchange_limbs(near, score, 60, FREE, torch.Generator().manual_seed(0))
    assert found.shape == (32, 24, 3) and len(calls) == 61
    scores = score(found)
    assert (scores.diff() <= 0).all(), "best first"
    assert float(scores[0]) > 0.1 * float(score(near).max()), "far nearer than the nearest"
    assert not violates(found, tolerance_deg=1.5).any()


def test_the_same_seed_gives_the_same_and_no_round_changes_nothing(near: Tensor) -> None:
    score = score_of(near[9], [])
    first, second = (exchange_limbs(near, score, 5, FREE, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, second)
    assert torch.equal(exchange_limbs(near, score, 0, FREE, torch.Generator()), near[:32])


def test_frozen_joints_stay(near: Tensor) -> None:
    free = FREE.clone()
    free[[*LEFT, 0]] = False
    near[:, ~free] = 0.0
    found = exchange_limbs(near, score_of(near[9] + 0.3, []), 10, free, torch.Generator().manual_seed(0))
    assert not found[:, ~free].any() and not torch.equal(found, near[:32])
