"""Datasets: the same for a seed, captioned throughout, and kept apart from what measures them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from simplifiedclip.body.limits import violates
from simplifiedclip.errors import UserError
from simplifiedclip.poses import figure10
from simplifiedclip.poses.captions import Clause, Writer, mirror_text
from simplifiedclip.poses.dataset import PoseDataset, make_dataset
from simplifiedclip.poses.directions import mirror_theta
from simplifiedclip.poses.heldout import HELD_OUT
from simplifiedclip.poses.posecodes import posecodes


@pytest.fixture(scope="module")
def data() -> PoseDataset:
    return make_dataset(1500, 3)


def test_shapes_and_counts(data: PoseDataset) -> None:
    assert data.theta.shape == (1500, 24, 3)
    assert data.theta.dtype == np.float32
    assert np.isfinite(data.theta).all()
    assert len(data.captions) == len(data.hard_negatives) == len(data.family) == len(data.group) == 1500
    assert min(map(len, data.captions)) >= 4
    assert np.mean([len(h) for h in data.hard_negatives]) > 1.8


def test_the_same_seed_makes_the_same_data() -> None:
    first, again, other = make_dataset(60, 4), make_dataset(60, 4), make_dataset(60, 5)
    assert np.array_equal(again.theta, first.theta)
    assert again.captions == first.captions
    assert again.hard_negatives == first.hard_negatives
    assert other.captions != first.captions


def test_captions_are_clean_varied_and_of_readable_length(data: PoseDataset) -> None:
    texts = [text for captions in data.captions for text in captions]
    assert not any("{" in text or "  " in text or text != text.strip() for text in texts)
    assert len(set(texts)) > 0.95 * len(texts)
    words = np.array([len(text.split()) for text in texts])
    assert words.max() < 80
    assert np.percentile(words, 5) < 8 < 30 < np.percentile(words, 99)


def test_negatives_are_never_captions_of_their_pose(data: PoseDataset) -> None:
    for captions, wrong in zip(data.captions, data.hard_negatives):
        assert not set(captions) & set(wrong)


def test_exchanged_wordings_differ_in_one_clause_s_sides(data: PoseDataset) -> None:
    sides = re.compile(r"\b(left|right)\b", re.IGNORECASE)
    count = 0
    for captions, exchanged in zip(data.captions, data.exchanged):
        assert len(captions) == len(exchanged)
        for caption, others in zip(captions, exchanged):
            count += len(others) > 0
            for other in others:
                assert other not in captions and sides.sub("", other) == sides.sub("", caption)
                assert other != caption
    assert 0.2 < count / sum(len(captions) for captions in data.captions) < 0.6


def test_exchanged_clauses_are_false_of_the_pose_and_true_of_its_mirror_image() -> None:
    theta = np.zeros((2, 24, 3))
    theta[0, 16, 2], theta[0, 17, 2] = 1.2, 1.2  # the left arm is up, the right one hangs
    theta[1] = mirror_theta(theta[:1])[0]
    codes = posecodes(theta)
    writer = Writer(codes.table, 3)
    true, maybe = (
        [{code.key for code, holds in zip(codes.table, row) if holds} for row in rows]
        for rows in (codes.true, codes.maybe)
    )
    exchanged = 0
    for code in codes.table:
        if code.key in true[0] and code.preds:
            clauses = [Clause(act="standing"), Clause(part=code.part, pred=code.preds[0], code=code.key)]
            for first, second in writer._exchange(clauses, frozenset(maybe[0])):
                exchanged += 1
                assert first == clauses[0] and second.part == mirror_text(code.part)
                assert second.code not in maybe[0] and second.code in true[1]
    assert exchanged > 3


def test_left_and_right_are_even(data: PoseDataset) -> None:
    text = " ".join(" ".join(captions) for captions in data.captions).lower().split()
    left, right = text.count("left"), text.count("right")
    assert abs(left - right) < 0.1 * (left + right)


def test_poses_stay_inside_the_limits_and_most_face_the_camera(data: PoseDataset) -> None:
    assert violates(torch.tensor(data.theta), tolerance_deg=2.0).float().mean() < 0.02
    upright = [i for i, family in enumerate(data.family) if family.startswith(("arms", "one arm"))]
    assert np.median(np.abs(data.theta[upright, 0, 1])) < np.radians(12)


def test_all_sorts_of_poses_are_in_it(data: PoseDataset) -> None:
    whole = len(data) - data.group.count("mixture")
    share = {group: data.group.count(group) / whole for group in set(data.group)}
    assert share["lying"] > 0.05
    assert share["sitting"] + share["kneeling"] > 0.08
    assert data.group.count("mixture") > 0.2 * len(data)


def test_families_can_be_held_out(data: PoseDataset) -> None:
    train, held = data.split_families(0.1, seed=0)
    assert len(train) + len(held) == len(data)
    assert held.family and not set(train.family) & set(held.family)


def test_texts_that_measure_are_not_in_the_data(data: PoseDataset) -> None:
    texts = {text.lower().strip(".") for captions in data.captions for text in captions}
    measuring = [*figure10.poses()[1], *figure10.thirty()[1], *(s.text for s in HELD_OUT)]
    assert not texts & {text.lower().strip(".") for text in measuring}


def test_chosen_families(data: PoseDataset) -> None:
    small = make_dataset(30, 0, families=["plank", "tree"])
    assert set(small.family) == {"plank", "tree"}
    with pytest.raises(UserError, match="moonwalk"):
        make_dataset(10, 0, families=["moonwalk"])


def write_mocap(path: Path) -> Path:
    rng = np.random.default_rng(0)
    poses = rng.normal(0, 0.1, (40, 72)).astype(np.float32)
    np.savez(path, poses=poses, clip=np.array(["train_walking_1"] * 20 + ["test_soccer_2"] * 20))
    return path


def test_mocap_joins_in(tmp_path: Path) -> None:
    data = make_dataset(300, 0, write_mocap(tmp_path / "mocap.npz"))
    assert data.family.count("mocap") == 24
    texts = " ".join(" ".join(c) for c, f in zip(data.captions, data.family) if f == "mocap").lower()
    assert "walk" in texts or "stroll" in texts


@pytest.mark.parametrize("content", [b"not a zip", None])
def test_a_bad_mocap_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.npz"
    if content is None:
        np.savez(path, poses=np.zeros((3, 10)), clip=np.array(["a", "b", "c"]))
    else:
        path.write_bytes(content)
    with pytest.raises(UserError):
        make_dataset(100, 0, path)


def test_the_shared_mocap_is_read(shared: Path) -> None:
    data = make_dataset(200, 0, shared / "mocap" / "cmu_smpl_poses.npz")
    assert data.family.count("mocap") == 16
