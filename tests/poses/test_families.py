"""Every family makes human poses that are what their names say."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from simplifiedclip.body.limits import violates
from simplifiedclip.poses.directions import mirror_theta
from simplifiedclip.poses.families import FAMILIES, draw
from simplifiedclip.poses.posecodes import measure, posecodes


def test_there_are_many_families_of_every_kind() -> None:
    assert len(FAMILIES) >= 120
    groups = {family.group for family in FAMILIES.values()}
    assert groups >= {
        "everyday", "gesture", "stance", "sitting", "kneeling", "floor", "lying", "yoga", "sport", "martial",
        "dance", "motion", "emotion",
    }  # fmt: skip
    names = " ".join(act for family in FAMILIES.values() for act in family.acts)
    for word in (
        "handstand",
        "salut",
        "lotus",
        "push-up",
        "crawl",
        "arabesque",
        "cartwheel",
        "swimming",
        "proposing",
    ):
        assert word in names


def test_all_families_stay_inside_the_joint_limits() -> None:
    rng = np.random.default_rng(5)
    beyond = [
        violates(torch.tensor(draw(name, 4, rng).theta), tolerance_deg=1.0) for name in list(FAMILIES)[::2]
    ]
    assert torch.cat(beyond).float().mean() < 0.02


def test_names_with_a_side_belong_to_sided_families() -> None:
    for family in FAMILIES.values():
        text = " ".join(family.acts) + " ".join(" ".join(part) for part in family.parts)
        if "{s}" in text or "{o}" in text:
            assert family.sided, family.name
        words = text.replace("left and right", "").replace("right angle", "").split()
        assert "left" not in words and "right" not in words, family.name


@pytest.mark.parametrize(
    ("family", "code"),
    [
        ("attention", "standing straight"),
        ("arms both up", "left arm up"),
        ("arms t", "right arm side"),
        ("arms both forward", "left arm forward"),
        ("arms hips", "left hand on hip"),
        ("arms clasp behind", "left hand behind back"),
        ("arms pray", "hands together"),
        ("lie back", "lying back"),
        ("lie front", "lying front"),
        ("sit chair", "seated"),
        ("sit legs out", "floor seated"),
        ("sit cross-legged", "floor seated"),
        ("handstand", "inverted"),
        ("headstand", "inverted"),
        ("stand deep squat", "squatting"),
        ("down dog", "hands and feet"),
    ],
)  # fmt: skip
def test_what_a_family_is_called_is_measured(family: str, code: str) -> None:
    theta = draw(family, 40, np.random.default_rng(0)).theta
    assert posecodes(theta).has(code).mean() > 0.85


@pytest.mark.parametrize(
    ("family", "measured"),
    [
        ("one arm up", "{s} hand over crown"),
        ("stand leg side", "{s} foot height"),
        ("high kick", "{s} foot height"),
        ("one arm side", "{s} arm out"),
        ("tree", "{s} foot height"),
        ("one arm forward", "{s} arm fwd"),
        ("kneel one", "{s} knee height"),
    ],
)
def test_the_named_side_is_the_side_that_acts(family: str, measured: str) -> None:
    sample = draw(family, 60, np.random.default_rng(1))
    m = measure(sample.theta)
    sides = np.array([fragments[0].side for fragments in sample.fragments])
    assert 0.2 < sides.mean() < 0.8
    value = [
        np.where(sides == k, m[measured.format(s="right")], m[measured.format(s="left")]) for k in (1, 0)
    ]
    assert (value[0] > value[1]).mean() > 0.95


def test_sided_gestures_name_the_arm_they_move_on_mirrored_bodies_too() -> None:
    sample = draw("kick ball", 30, np.random.default_rng(4))  # arms are its own: only the family's names
    assert all(len(fragments) <= 2 for fragments in sample.fragments)
    sample = draw("sit leg crossed", 200, np.random.default_rng(4))  # arms are free, and half is mirrored
    m = measure(sample.theta)
    checked = 0
    for i, fragments in enumerate(sample.fragments):
        for fragment in fragments[1:]:
            if fragment.sided and any("raised straight up" in pred for _, pred in fragment.parts):
                checked += 1
                assert m[f"{('left', 'right')[fragment.side]} arm up"][i] > 0.6
    assert checked > 3


def test_spread_zero_is_the_plain_pose() -> None:
    a = draw("plank", 2, np.random.default_rng(0), spread=0.0).theta
    assert np.allclose(a[0], a[1])


def test_mirrored_poses_have_mirrored_codes() -> None:
    from simplifiedclip.poses.posecodes import mirror_key

    rng = np.random.default_rng(3)
    theta = np.concatenate([draw(name, 2, rng).theta for name in list(FAMILIES)[::3]])
    codes, mirrored = posecodes(theta), posecodes(mirror_theta(theta))
    for k, code in enumerate(codes.table):
        other = mirrored.index(mirror_key(code.key))
        assert (codes.true[:, k] == mirrored.true[:, other]).mean() > 0.995, code.key
