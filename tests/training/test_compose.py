"""Poses that are made for sentences: they do what is asked, inside human limits, and the same for a seed."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from simplifiedclip.body.limits import violates
from simplifiedclip.codebook import shipped_poses
from simplifiedclip.poses.posecodes import Measures, measure
from simplifiedclip.training.compose import compose, compose_rare, effort
from simplifiedclip.training.sentences import Sentence, read_check

RULES = (
    "on_knees & arm_up(L) & hand_on_hip(R) & turned(L, 20)",
    "cross_legged & lean(-60, -12) & both(hand_floor(S))",
    "on_back & hand_head(L) & knee_bent(R, 60) & foot_down(R) & leg_lifted(L)",
)


@pytest.fixture(scope="module")
def theta() -> np.ndarray:
    poses = shipped_poses().numpy().astype(float)
    return poses[np.random.default_rng(1).permutation(len(poses))[:6000]]


@pytest.fixture(scope="module")
def measures(theta: np.ndarray) -> Measures:
    return measure(theta)


@pytest.mark.parametrize("rule", RULES)
def test_what_nobody_does_is_put_together(rule: str, theta: np.ndarray, measures: Measures) -> None:
    check = read_check(rule)
    known = int(check(measures).sum())
    found = compose(check, theta, measures, np.random.default_rng(0), wanted=8)
    assert known < 8 <= len(found)
    assert check(measure(found)).all()
    assert not violates(torch.from_numpy(found), tolerance_deg=0.5).any()
    again = compose(check, theta, measures, np.random.default_rng(0), wanted=8)
    assert np.array_equal(found, again)


def test_what_cannot_be_is_not_found(theta: np.ndarray, measures: Measures) -> None:
    check = read_check("elbow_bent(L, 90) & elbow_straight(L, 20)")
    assert len(compose(check, theta, measures, np.random.default_rng(0), rounds=3)) == 0


def test_only_rare_sentences_get_poses(theta: np.ndarray, measures: Measures) -> None:
    rules = ("standing & arm_up(L)", RULES[0])
    sentences = [Sentence(rule, read_check(rule), ("…",), "here") for rule in rules]
    assert sentences[0].check(measures).sum() > 5
    made = compose_rare(sentences, np.array([6, 0]), theta, np.random.default_rng(0), least=5)
    assert 1 <= len(made) <= 5 and sentences[1].check(measure(made)).all()


def test_effort_grows_with_what_is_done() -> None:
    theta = np.zeros((4, 24, 3))
    theta[:3, 16, 2], theta[:3, 17, 2] = -np.radians(70), np.radians(70)  # hanging arms
    theta[1, 0, 1] = 2.0  # turned about the vertical: the same pose
    theta[2, 4, 0] = 1.0  # one knee bent by a radian
    still, yawed, bent, t_pose = effort(theta)
    assert still == pytest.approx(0, abs=1e-9) and yawed == pytest.approx(0, abs=1e-9)
    assert bent == pytest.approx(1.0) and t_pose == pytest.approx(2 * np.radians(70) ** 2)
