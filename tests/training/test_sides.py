"""What is confused is found and told apart, and the rest stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from simplifiedclip.encoders.poseclip import PoseCLIP
from simplifiedclip.poses.dataset import make_dataset
from simplifiedclip.training.config import SIZES
from simplifiedclip.training.poseclip import start_model
from simplifiedclip.training.run import Captioned, Run
from simplifiedclip.training.sentences import shipped
from simplifiedclip.training.sides import UNDECIDED, VIEWS, Pairs, read_off, train_sides, undecided
from simplifiedclip.training.text_pose import TextPose


@pytest.fixture(scope="module")
def data() -> Captioned:
    made = make_dataset(300, 11)
    return Captioned(made.theta, made.captions, made.hard_negatives, made.exchanged)


def ahead(model: PoseCLIP, data: Captioned, pairs: Pairs) -> torch.Tensor:
    with torch.no_grad():
        pose = F.normalize(model.embed_pose(torch.from_numpy(data.theta[pairs.rows])), dim=-1)
        right, wrong = (F.normalize(model.embed_text(t), dim=-1) for t in (pairs.right, pairs.wrong))
        return (pose * (right - wrong)).sum(1)


def new_run(out: Path, **settings: object) -> Run:
    return Run(replace(SIZES["tiny"], **settings), out, None, True, "cpu", lambda *_: None)


def test_pairs_of_the_data(data: Captioned) -> None:
    pairs = Pairs.of(data)
    assert len(pairs) == sum(len(w) for wordings in data.exchanged for w in wordings) > 300
    for row, right, wrong in zip(pairs.rows[:50], pairs.right, pairs.wrong):
        assert wrong in data.exchanged[row][data.captions[row].index(right)]


def test_undecided_pairs_are_those_of_small_difference(data: Captioned, tmp_path: Path) -> None:
    run = new_run(tmp_path)
    model = start_model(run)
    found = undecided(run, model, TextPose(model), data)
    every = Pairs.of(data)
    close = ahead(model.eval(), data, every) < UNDECIDED
    assert 0.03 < close.float().mean() < 0.5
    assert np.array_equal(found.rows, every.rows[close.numpy()])


def test_what_is_read_off_pictures_is_near_the_truth(data: Captioned, tmp_path: Path) -> None:
    model = start_model(new_run(tmp_path, render_size=224))
    theta = data.theta[:40]
    seen = read_off(new_run(tmp_path, render_size=224), model, theta)
    truth = model.pose.whitened(torch.from_numpy(theta))
    assert seen.shape == (40, VIEWS, truth.shape[1])
    assert (seen.mean(1) - truth).abs().mean() < 0.25 < (seen.mean(1) - truth.roll(1, 0)).abs().mean()


def test_training_tells_apart_and_lets_the_rest_stay(data: Captioned, tmp_path: Path) -> None:
    settings = {"sides_steps": 12, "sides_batch": 16, "sides_lr": 1e-4, "sides_pose_lr": 1e-4, "ema": 0.8}
    run = new_run(tmp_path, sides_pictured=20, render_size=224, **settings)
    model, before = start_model(run), PoseCLIP.load()
    pairs = undecided(run, model, TextPose(model), data)
    train_sides(run, model, data, shipped()[:40])
    model.eval()
    assert ahead(model, data, pairs).mean() > ahead(before, data, pairs).mean() + 0.005
    texts = [sentence.texts[0] for sentence in shipped()[:40]]
    with torch.no_grad():
        assert F.cosine_similarity(model.embed_text(texts), before.embed_text(texts)).mean() > 0.97
        theta = torch.from_numpy(data.theta)
        assert F.cosine_similarity(model.embed_pose(theta), before.embed_pose(theta)).mean() > 0.97
    assert torch.equal(model.image.mlp.enter.weight, model.pose.mlp.enter.weight)
