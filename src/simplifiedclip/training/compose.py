"""Poses for sentences that few poses of the grammar do: limbs of others and small turns until a check holds.

The search is a plain evolution: children take a limb from a pose that does what the parent lacks, or turn
some joints a little; those that fulfil most terms of the check stay, and among equals those that do least.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from ..benchmark.checks import Check
from ..body.joints import LIMBS
from ..body.limits import clamp_pose
from ..poses.directions import Array, to_matrices, to_rotvec
from ..poses.posecodes import Measures, measure
from .sentences import Sentence

RELAXED_DEG = 70.0
"""Arms hang at so many degrees from the T-pose."""
SLACK = 0.08
"""Radians of noise on every joint that a pose must stand to be clearly right or clearly wrong."""
SHAKES = 4
"""So many times a found pose is shaken."""
TURN = 0.18
"""Radians of noise on a joint that is turned a little."""


def effort(theta: np.ndarray) -> np.ndarray:
    """Return how far poses (n,24,3) are from standing with hanging arms: (n,) radians squared, yaw apart."""
    hanging = np.zeros((24, 3))
    hanging[16, 2], hanging[17, 2] = -np.radians(RELAXED_DEG), np.radians(RELAXED_DEG)
    matrices = np.swapaxes(to_matrices(hanging), -1, -2) @ to_matrices(theta)
    angles = np.linalg.norm(to_rotvec(matrices[:, 1:22]), axis=-1)
    up = np.arccos(np.clip(to_matrices(theta[:, 0])[:, 1, 1], -1, 1))
    return (angles**2).sum(-1) + up**2


def terms_done(check: Check, measures: Measures) -> Array:
    """Return which terms of a check each pose fulfils, (n, terms)."""
    return np.stack([term(measures) for term in check.terms], 1)


def compose(
    check: Check,
    theta: Array,
    measures: Measures,
    rng: np.random.Generator,
    *,
    wanted: int = 32,
    population: int = 192,
    rounds: int = 20,
) -> Array:
    """Return poses (k, 24, 3) that pass a check, inside human limits: the ``wanted`` surest that are found.

    Args:
        check: what they must do.
        theta: (n, 24, 3) poses to start from and to take limbs from.
        measures: of these poses.
        rng: source of randomness.
        wanted: the search ends when twice as many pass.
        population: poses of a generation.
        rounds: generations at most.
    """
    done = terms_done(check, measures)
    order = np.argsort(-done.sum(1) + rng.random(len(done)) * 0.5)[:population]
    people, score = theta[order].copy(), done[order]
    work = effort(people)
    for _ in range(rounds):
        if score.all(1).sum() >= 2 * wanted:
            break
        children = people.copy()
        for k, missing in enumerate(~score):
            lacks = np.flatnonzero(missing)
            able = np.flatnonzero(done[:, rng.choice(lacks)]) if len(lacks) else np.arange(0)
            limb = list(LIMBS[rng.integers(len(LIMBS))])
            if len(able) and rng.random() < 0.6:
                children[k, limb] = theta[rng.choice(able)][limb]
            else:
                children[k, limb] += rng.normal(0, TURN, (len(limb), 3))
        children = clamp_pose(torch.from_numpy(children)).numpy()
        people = np.concatenate([people, children])
        score = np.concatenate([score, terms_done(check, measure(children))])
        work = np.concatenate([work, effort(children)])
        keep = np.argsort(-score.sum(1) + 0.9 * work / (work.max() + 1e-9))[:population]
        people, score, work = people[keep], score[keep], work[keep]
    people = people[score.all(1)]
    if not len(people):
        return people
    # Those that would do it with a little noise too are what the sentence means; the others just do.
    sure = sum(check(measure(people + rng.normal(0, SLACK, people.shape))).astype(int) for _ in range(SHAKES))
    return people[np.argsort(-sure, kind="stable")][:wanted]


def compose_rare(
    sentences: Sequence[Sentence],
    counts: Array,
    theta: Array,
    rng: np.random.Generator,
    *,
    least: int = 32,
    among: int = 20_000,
) -> Array:
    """Return poses (k, 24, 3) for all sentences that fewer than ``least`` poses do.

    Args:
        sentences: what they must do.
        counts: (sentences,) how many poses do it already.
        theta: (n, 24, 3) poses that there are.
        rng: source of randomness.
        least: so many poses are enough for a sentence.
        among: so many of the poses lend their limbs.
    """
    some = theta[rng.permutation(len(theta))[:among]].astype(float)
    measures = measure(some)
    made = [np.zeros((0, 24, 3))]
    for sentence, count in zip(sentences, counts):
        if count < least:
            made.append(compose(sentence.check, some, measures, rng, wanted=least - count))
    return np.concatenate(made)
