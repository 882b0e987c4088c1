"""Muon against the one of PyTorch, which takes matrices in bfloat16 alone."""

from __future__ import annotations

import pytest
import torch

from simplifiedclip.training.muon import Muon, orthogonal
from simplifiedclip.training.run import Optimised


@pytest.mark.parametrize("shape", [(24, 40), (40, 24), (16, 16)])
def test_orthogonal_has_singular_values_near_one_and_the_same_directions(shape):
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    found = orthogonal(matrix)
    u, s, v = torch.linalg.svd(matrix, full_matrices=False)
    assert torch.linalg.svdvals(found)[s > 0.05 * s.max()].sub(0.95).abs().max() < 0.3
    aligned = u.T @ found @ v.T
    assert (aligned - torch.diag(aligned.diag())).abs().max() < 1e-4


def test_steps_are_those_of_torch():
    torch.manual_seed(2)
    start, gradients = torch.randn(12, 30), torch.randn(4, 12, 30)
    ours, theirs = (torch.nn.Parameter(start.clone()) for _ in range(2))
    mine = Muon([{"params": [ours], "lr": 0.02}], torch.bfloat16, 0.1)
    peer = torch.optim.Muon([theirs], lr=0.02, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    for gradient in gradients:
        for p, optimiser in ((ours, mine), (theirs, peer)):
            p.grad = gradient.clone()
            optimiser.step()
    moved = (theirs - start).norm()
    assert moved > 0.1
    assert (ours - theirs).norm() < 0.04 * moved  # bfloat16 rounds in another order


def test_a_convolution_moves_as_its_matrix():
    torch.manual_seed(3)
    start, gradient = torch.randn(8, 5, 3, 3), torch.randn(8, 5, 3, 3)
    moved = []
    for shape in ((8, 5, 3, 3), (8, 45)):
        p = torch.nn.Parameter(start.clone().view(shape))
        p.grad = gradient.view(shape)
        Muon([{"params": [p], "lr": 0.1}], torch.float32, 0.0).step()
        moved.append(p.detach().view(8, 45))
    assert torch.equal(*moved)


def test_what_has_no_gradient_stays():
    p = torch.nn.Parameter(torch.ones(3, 4))
    Muon([{"params": [p], "lr": 0.1}], torch.float32, 0.5).step()
    assert torch.equal(p, torch.ones(3, 4))


def test_a_restored_training_goes_on_to_the_bit():
    def start() -> Optimised:
        torch.manual_seed(4)
        module = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Linear(8, 2))
        first, second = (list(layer.parameters()) for layer in module)
        groups = [{"params": [first[0]], "lr": 0.05, "muon": True}]
        groups.append({"params": [first[1], *second], "lr": 0.05, "muon": False})
        return Optimised(module, groups, torch.float32, 0.01, 0.9)

    def walk(optimised: Optimised, steps: range) -> None:
        for step in steps:
            x = torch.randn(16, 6, generator=torch.Generator().manual_seed(step))
            (optimised.work(x) - x[:, :2].sin()).square().mean().backward()
            optimised.step(step, 10)

    whole, before, after = start(), start(), start()
    walk(whole, range(10))
    walk(before, range(5))
    after.restore(before.state())
    walk(after, range(5, 10))
    for a, b in zip(whole.module.parameters(), after.module.parameters()):
        assert torch.equal(a, b)
