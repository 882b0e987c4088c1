"""Limbs of near poses exchanged: what a prompt asks for at once need not be in one pose of the codebook.

A prompt with several conditions has poses near it that fulfil most of them, and others that fulfil the rest.
The search is a plain evolution over these: children take a limb of another near pose or turn a limb a little,
and those that a score prefers stay. It needs no gradient, so it crosses from one limb's place to another.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .body.joints import LIMBS
from .body.limits import clamp_pose

PEOPLE = 32
"""Poses of a generation."""
TAKEN = 0.6
"""Share of children that take a limb; the others turn one."""
TURN = 0.12
"""Deviation of that turn, radians."""


@torch.no_grad()
def exchange_limbs(
    theta: Tensor, score: Callable[[Tensor], Tensor], rounds: int, free: Tensor, generator: torch.Generator
) -> Tensor:
    """Return the poses that a score prefers among near poses and what is made of their limbs, best first.

    Args:
        theta: (N, 24, 3) near poses, the nearest first; all of them lend limbs.
        score: of poses (B, 24, 3) as (B,), larger is better.
        rounds: generations.
        free: (24,) joints that may change; others stay as they are in the pose that is changed.
        generator: of everything random.
    Returns:
        (min(N, 32), 24, 3) poses within joint limits where something was exchanged.
    """
    people = theta[:PEOPLE].clone()
    scores = score(people)
    limbs = torch.zeros(len(LIMBS), 24, dtype=torch.bool)
    for row, joints in zip(limbs, LIMBS):
        row[list(joints)] = True
    limbs &= free.cpu()
    for _ in range(rounds):
        n = len(people)
        limb = limbs[torch.randint(len(limbs), (n,), generator=generator)][..., None]
        donors = theta[torch.randint(len(theta), (n,), generator=generator)]
        turned = people + TURN * torch.randn(people.shape, generator=generator).to(people)
        take = (torch.rand(n, 1, 1, generator=generator) < TAKEN).to(people.device)
        children = torch.where(limb, torch.where(take, donors, turned), people)
        children = torch.where(limb, clamp_pose(children), children)
        people = torch.cat([people, children])
        scores = torch.cat([scores, score(children)])
        order = scores.argsort(descending=True, stable=True)[:PEOPLE]
        people, scores = people[order], scores[order]
    return people
