"""The poses of figure 10 do what the paper's sentences say."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from simplifiedclip.body.limits import violates
from simplifiedclip.poses.directions import J
from simplifiedclip.poses.figure10 import poses, thirty
from simplifiedclip.poses.heldout import HELD_OUT, passes
from simplifiedclip.poses.posecodes import Measures, measure, posecodes
from simplifiedclip.prompts import FIGURE10_PROMPTS


@pytest.fixture(scope="module")
def six() -> tuple[list[str], Measures]:
    names, _, theta = poses()
    return names, measure(theta)


def test_texts_are_the_papers() -> None:
    names, texts, theta = poses()
    assert names == ["standing", "lying down", "stretching", "swimming", "kicking", "airplane"]
    assert dict(zip(names, texts)) == FIGURE10_PROMPTS
    assert theta.shape == (6, 24, 3)
    assert not violates(torch.tensor(theta), tolerance_deg=1.0).any()


def test_standing(six: tuple[list[str], Measures]) -> None:
    m = six[1]
    assert m["trunk up"][0] > 80
    assert m["feet apart"][0] < 0.25
    assert m["left arm up"][0] < -0.85 and m["right arm up"][0] < -0.85
    assert m["left hand fwd"][0] > 0.0
    assert 5 < m["gaze up"][0] < 40


def test_lying_down(six: tuple[list[str], Measures]) -> None:
    m = six[1]
    assert abs(m["trunk up"][1]) < 10
    assert m["front up"][1] > 80
    assert m["left arm up"][1] < -0.85
    assert m["feet apart"][1] < 0.25


def test_stretching(six: tuple[list[str], Measures]) -> None:
    m = six[1]
    assert m["lean forward"][2] > 100
    assert m["left hand to own foot"][2] < 0.25 and m["right hand to own foot"][2] < 0.25
    assert 5 < m["left knee"][2] < 45
    assert 0.12 < m["feet apart"][2] < 0.4


def test_swimming(six: tuple[list[str], Measures]) -> None:
    m = six[1]
    assert m["front up"][3] > 75
    assert m["right arm up"][3] > 0.85  # beyond the head
    assert m["left arm up"][3] < -0.85
    assert m["left hand fwd"][3] < -0.1  # under the body
    ankles = m.joints[3, [J["left_ankle"], J["right_ankle"]], 1]
    assert 0.03 < ankles[0] - ankles[1] < 0.25


def test_kicking(six: tuple[list[str], Measures]) -> None:
    m = six[1]
    assert m["right foot height"][4] < 0.1
    assert m["left ankle over hip"][4] > 0.03
    assert 25 < m["left knee"][4] < 90
    assert m["twist"][4] > 10
    assert m["spine forward"][4] > 15
    assert m["right hand over shoulder"][4] > 0
    assert m["left arm up"][4] < -0.7


def test_airplane(six: tuple[list[str], Measures]) -> None:
    m = six[1]
    assert m["right foot height"][5] < 0.1
    assert m["left foot height"][5] > 0.6
    assert m["lean forward"][5] > 45
    assert m["left arm out"][5] > 0.8 and m["right arm out"][5] > 0.8


def test_thirty_poses_differ_and_are_described_by_hand() -> None:
    names, texts, theta = thirty()
    assert len(set(names)) == len(set(texts)) == len(theta) == 30
    assert not violates(torch.tensor(theta), tolerance_deg=20.0).any()
    joints = measure(theta).joints
    gap = np.linalg.norm(joints[:, None] - joints[None], axis=-1).mean(-1)
    assert gap[~np.eye(30, dtype=bool)].min() > 0.03
    assert np.array_equal(theta, thirty()[2])


def test_thirty_poses_are_the_left_hand_variants() -> None:
    names, _, theta = thirty()
    m, codes = measure(theta), posecodes(theta)
    at = names.index
    assert codes.has("left arm up")[at("one arm up")]
    assert m["left foot height"][at("tree")] > 0.3
    assert m["left ankle over hip"][at("high kick")] > 0.1
    assert m["right knee height"][at("kneel one")] < 0.1
    assert m["left up"][at("fetal")] < -40


def test_held_out_sentences_are_selective_but_possible() -> None:
    from simplifiedclip.poses.dataset import make_dataset

    assert len(HELD_OUT) >= 60
    share = passes(make_dataset(4000, 11, captions=1, negatives=0).theta).mean(0)
    for sentence, chance in zip(HELD_OUT, share):
        assert 0 < chance < 0.3, (sentence.text, chance)
    assert share.mean() < 0.06
