"""The benchmark's prompts: their checks pass for a known pose and are hard to pass by chance."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from simplifiedclip.benchmark.chance import load_mocap, rates
from simplifiedclip.benchmark.prompts import GROUPS, PROMPTS
from simplifiedclip.benchmark.selection import chance_of, key_of
from simplifiedclip.errors import UserError
from simplifiedclip.poses.directions import Array, about, mirror_theta, to_matrices, to_rotvec
from simplifiedclip.poses.posecodes import measure

Half = Literal["dev", "test"]
HALVES: tuple[Half, ...] = ("dev", "test")


def known_poses(half: Half) -> Array:
    """Return for each prompt of a half a pose that does what is said, (n, 24, 3), in their order."""
    with np.load(Path(__file__).with_name(f"passing_{half}.npz"), allow_pickle=False) as data:
        poses = dict(zip(data["key"].tolist(), data["theta"].astype(float)))
    return np.stack([poses[key_of(prompt)] for prompt in PROMPTS[half]])


def own_checks(half: Half, theta: Array) -> Array:
    """Return whether the n-th pose passes the n-th prompt's check."""
    m = measure(theta)
    return np.array([prompt.check(m)[i] for i, prompt in enumerate(PROMPTS[half])])


def test_halves_are_alike_and_have_no_prompt_in_common() -> None:
    dev, test = (PROMPTS[half] for half in HALVES)
    assert len(dev) >= 80 and len(test) >= 80
    assert Counter(p.group for p in dev) == Counter(p.group for p in test)
    assert {p.group for p in dev} == set(GROUPS)
    texts = [" ".join(p.text.lower().split()) for p in (*dev, *test)]
    assert len(set(texts)) == len(texts)
    assert len({key_of(p) for p in (*dev, *test)}) == len(texts)
    sided = [sum(p.sided for p in half) for half in (dev, test)]
    assert min(sided) > 25


@pytest.mark.parametrize("half", HALVES)
def test_each_check_passes_for_a_known_pose(half: Half) -> None:
    passed = own_checks(half, known_poses(half))
    assert passed.all(), [key_of(PROMPTS[half][i]) for i in np.flatnonzero(~passed)]


@pytest.mark.parametrize("half", HALVES)
def test_the_heading_does_not_matter(half: Half) -> None:
    theta = known_poses(half)
    theta[:, 0] = to_rotvec(about("y", 130.0) @ to_matrices(theta[:, 0]))
    assert own_checks(half, theta).all()


@pytest.mark.parametrize("half", HALVES)
def test_left_is_not_right(half: Half) -> None:
    sided = np.array([prompt.sided for prompt in PROMPTS[half]])
    assert not (own_checks(half, mirror_theta(known_poses(half))) & sided).any()


@pytest.mark.parametrize("half", HALVES)
def test_poses_that_say_nothing_fail(half: Half) -> None:
    zero = np.zeros((24, 3))
    lying, upside_down = zero.copy(), zero.copy()
    lying[0] = [-np.pi / 2, 0.0, 0.0]
    upside_down[0] = [0.0, 0.0, np.pi]
    m = measure(np.stack([zero, lying, upside_down]))
    passed = np.stack([prompt.check(m) for prompt in PROMPTS[half]])
    tells = np.array(["t-pose" in prompt.text.lower() for prompt in PROMPTS[half]])
    assert (passed[:, 0] == tells).all()  # the T-pose is what is asked for only where its name is said
    assert not passed[:, 1:].any()


def test_checks_tell_the_groups_apart() -> None:
    # A pose of one prompt passes few of the others' checks.
    for half in HALVES:
        m = measure(known_poses(half))
        passed = np.stack([prompt.check(m) for prompt in PROMPTS[half]])
        assert passed.mean() < 0.06


def test_chance_is_measured_and_small() -> None:
    for half in HALVES:
        found = [chance_of(prompt) for prompt in PROMPTS[half]]
        assert None not in found
        shares = np.array(found, float)
        assert shares.mean() < 0.05
        assert shares.max() < 0.25


def test_shipped_rates_are_those_of_the_poses(shared: Path) -> None:
    found = rates(load_mocap(shared / "mocap" / "cmu_smpl_poses.npz"))
    for prompt in (*PROMPTS["dev"], *PROMPTS["test"]):
        assert chance_of(prompt) == pytest.approx(found[key_of(prompt)], abs=1e-4)


def test_files_that_hold_no_poses_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "few.npz", poses=np.zeros((3, 66)))
    with pytest.raises(UserError, match=r"\(3, 66\)"):
        load_mocap(tmp_path / "few.npz")
    with pytest.raises(UserError, match=r"none\.npz"):
        load_mocap(tmp_path / "none.npz")
