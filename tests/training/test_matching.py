"""Sentences against a pool of poses: what is right is known, and the losses say so."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from simplifiedclip.body.joints import mirror_pose
from simplifiedclip.codebook import shipped_poses
from simplifiedclip.encoders.poseclip import PoseCLIP
from simplifiedclip.poses.captions import mirror_text
from simplifiedclip.poses.posecodes import measure
from simplifiedclip.training.compose import SLACK
from simplifiedclip.training.config import SIZES
from simplifiedclip.training.matching import Asks, Pool, explore, hard_poses, match
from simplifiedclip.training.sentences import Sentence, read_check

SENTENCES = [
    Sentence(rule, read_check(rule), texts, "here")
    for rule, texts in (
        ("standing & arm_up(L) & arm_low(R)", ("left arm up, right arm down", "raise the left arm")),
        ("sitting & gaze(-91, -20)", ("sitting, looking down",)),
        ("kneeling(R) & ~kneeling(L)", ("on the right knee",)),
        ("elbow_bent(L, 90) & elbow_straight(L, 20)", ("impossible left elbow",)),
    )
]
CONFIG = SIZES["tiny"]


@pytest.fixture(scope="module")
def model() -> PoseCLIP:
    return PoseCLIP.load()


@pytest.fixture(scope="module")
def pool(model: PoseCLIP) -> Pool:
    pool = Pool(model, SENTENCES)
    poses = shipped_poses().numpy()
    pool.extend(poses[2000:4003])
    pool.extend(poses[4003:5003])
    pool.refresh(model.pose.mlp)
    return pool


def test_the_pool_knows_who_does_what(model: PoseCLIP, pool: Pool) -> None:
    both = np.concatenate([pool.theta, mirror_pose(torch.from_numpy(pool.theta)).numpy()])
    assert len(pool) == len(both) == 2 * (2000 + 1000)
    every = torch.arange(len(SENTENCES))
    passing = pool.passing(every, torch.zeros_like(every)).numpy()
    mirrored = pool.passing(every, torch.ones_like(every)).numpy()
    for number, sentence in enumerate(SENTENCES):
        truth = sentence.check(measure(both))
        assert (passing[number] != truth).mean() < 1e-3  # float32 at the limits
        swapped = sentence.check(measure(mirror_pose(torch.from_numpy(both)).numpy()))
        assert (mirrored[number] != swapped).mean() < 1e-3
    assert np.array_equal(pool.counts(), passing[:, : len(pool.theta)].sum(1))
    row = torch.nn.functional.normalize(model.embed_pose(torch.from_numpy(both[[7, -7]])), dim=-1)
    assert torch.allclose(row, pool.embeddings[[7, -7]], atol=1e-5)


def test_processes_measure_the_same(model: PoseCLIP, pool: Pool) -> None:
    other = Pool(model, SENTENCES, workers=2)
    poses = shipped_poses().numpy()[2000:8000]
    alone = Pool(model, SENTENCES)
    other.extend(poses)
    alone.extend(poses)
    assert torch.equal(other.right, alone.right) and torch.equal(other.possible, alone.possible)
    assert torch.equal(other.right[..., :250], pool.right[..., :250])


def test_clear_poses_stand_some_noise(pool: Pool) -> None:
    rng = np.random.default_rng(5)
    kept: dict[str, list[float]] = {"sure": [], "unsure": []}
    numbers = torch.arange(3)
    rights, wrongs = pool.told_apart(numbers, torch.zeros_like(numbers))
    for number, passing in enumerate(pool.passing(numbers, torch.zeros_like(numbers)).numpy()):
        right, wrong = rights[number].numpy(), wrongs[number].numpy()
        assert passing[right].all() and not passing[wrong].any() and right.sum() < passing.sum()
        half = len(pool.theta)
        for name, some in (("sure", right[:half]), ("unsure", passing[:half] & ~right[:half])):
            shaken = pool.theta[some].repeat(8, 0) + rng.normal(0, SLACK, (8 * some.sum(), 24, 3))
            kept[name] += list(SENTENCES[number].check(measure(shaken)).astype(float))
    assert np.mean(kept["sure"]) > np.mean(kept["unsure"]) + 0.1


def test_draws_are_right_and_the_same_for_a_step(pool: Pool) -> None:
    asks = Asks(SENTENCES, pool, CONFIG)
    assert list(asks.usable) == [0, 1, 2]
    asked, again = asks(3), asks(3)
    assert asked.texts == again.texts and torch.equal(asked.numbers, again.numbers)
    assert len(asked.texts) == 5  # the two sided ones in both wordings
    right, wrong = pool.told_apart(asked.numbers, asked.mirrored)
    positives = asks.draw(right, asked.numbers, 3)
    assert torch.equal(positives, asks.draw(right, asked.numbers, 3))
    assert right.gather(1, positives).all() and not (right & wrong).any() and not (right | wrong).all(1).any()
    first, second = (k for k, text in enumerate(asked.texts) if "left arm" in text or "right arm" in text)
    assert asked.texts[second] == mirror_text(asked.texts[first])
    assert asked.mirrored[[first, second]].tolist() == [0, 1]
    assert torch.equal(right[first], right[second].roll(len(pool) // 2))


def test_what_does_little_else_is_drawn_more_often(pool: Pool) -> None:
    asks = Asks(SENTENCES, pool, CONFIG)
    number, plain = torch.tensor([1]), torch.tensor([0])
    right, _ = pool.told_apart(number, plain)
    drawn = torch.cat([asks.draw(right, number, step)[0] for step in range(200)])
    work = pool.effort[right[0]]
    assert pool.effort[drawn].mean() < 0.9 * work.mean()
    assert (pool.middle[1] - work.median()).abs() < 0.05 and pool.least[1] < work.quantile(0.03)


def test_hard_poses_are_wrong_and_liked(model: PoseCLIP, pool: Pool) -> None:
    asked = Asks(SENTENCES, pool, CONFIG)(0)
    text = model.embed_text(asked.texts)
    _, wrong = pool.told_apart(asked.numbers, asked.mirrored)
    hard = hard_poses(text, wrong, pool, 3, 5)
    scores = torch.nn.functional.normalize(text, dim=-1) @ pool.embeddings.T
    for row, false, chosen in zip(scores, wrong, hard):
        assert false[chosen].all() and len(chosen.unique()) == 3 and (chosen % 8 == 5).all()
        rank = (row[false][:, None] > row[chosen]).sum(0)
        assert rank.max() < 200  # of six thousand


def test_losses_equal_their_definition() -> None:
    generator = torch.Generator().manual_seed(0)
    text, pose = torch.randn(3, 8, generator=generator), torch.randn(5, 8, generator=generator)
    right = torch.tensor([[1, 0, 0, 1, 0], [0, 1, 0, 0, 0], [0, 0, 0, 0, 0]], dtype=torch.bool)
    wrong = torch.tensor([[0, 1, 1, 0, 0], [1, 0, 0, 1, 1], [1, 1, 1, 1, 0]], dtype=torch.bool)
    scale = torch.tensor(4.0)
    parts = match(text, pose, right, wrong, scale)
    cosine = torch.nn.functional.cosine_similarity(text[:, None], pose[None], dim=-1)

    def plain(s: torch.Tensor, r: torch.Tensor, w: torch.Tensor) -> float:
        rows = []
        for scores, good, bad in zip(s.exp(), r, w):
            against = scores[bad].sum()
            losses = [-torch.log(scores[k] / (scores[k] + against)) for k in torch.nonzero(good).ravel()]
            if losses:
                rows.append(torch.stack(losses).mean())
        return float(torch.stack(rows).mean())

    assert float(parts["match_pose"]) == pytest.approx(plain(4 * cosine, right, wrong), rel=1e-5)
    assert float(parts["match_text"]) == pytest.approx(plain(4 * cosine.T, right.T, wrong.T), rel=1e-5)
    assert float(parts["_match_top1"]) == float(right[torch.arange(3), cosine.argmax(1)].float().mean())


def test_exploring_climbs_and_stays_human(model: PoseCLIP, pool: Pool) -> None:
    from simplifiedclip.body.limits import violates

    asks = Asks(SENTENCES, pool, CONFIG)
    found = [explore(model, asks, pool, np.random.default_rng(0), passes=passes) for passes in (0, 10)]
    assert found[0].shape == (2 * len(asks.usable), 24, 3)
    assert not violates(torch.from_numpy(found[1]), tolerance_deg=0.5).any()
    for k, number in enumerate(asks.usable):
        u = torch.nn.functional.normalize(model.embed_text(list(SENTENCES[number].texts)), dim=-1)
        near = [
            (
                torch.nn.functional.normalize(
                    model.embed_pose(torch.from_numpy(f[2 * k : 2 * k + 2])), dim=-1
                )
                @ u.T
            )
            for f in found
        ]
        assert (near[1] - near[0]).amax() > 0
