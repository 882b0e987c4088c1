"""Pose files keep poses exactly, and bad ones are one clear error."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from simplifiedclip.errors import UserError
from simplifiedclip.export.npz import load_pose, save_pose


@pytest.fixture()
def saved(body, tmp_path):
    generator = torch.Generator().manual_seed(0)
    theta = torch.randn(24, 3, generator=generator)
    betas = torch.randn(10, generator=generator)
    transl = torch.randn(3, generator=generator)
    path = tmp_path / "pose.npz"
    save_pose(path, body, theta, betas, transl)
    return path, theta, betas, transl


def test_a_pose_comes_back_exactly(body, saved):
    path, theta, betas, transl = saved
    pose = load_pose(path)
    np.testing.assert_array_equal(pose.theta, theta)
    np.testing.assert_array_equal(pose.betas, betas)
    np.testing.assert_array_equal(pose.transl, transl)
    assert (pose.gender, pose.body) == ("female", "test")
    expected = body(theta[None], betas[None], transl[None]).joints[0]
    np.testing.assert_allclose(pose.joints, expected, atol=1e-6)


def test_the_file_has_amass_keys(saved):
    with np.load(saved[0], allow_pickle=False) as archive:
        shapes = {key: archive[key].shape for key in archive.files}
        assert str(archive["gender"]) == "female"
    assert shapes == {
        "poses": (1, 72), "betas": (10,), "trans": (1, 3), "gender": (), "joints": (24, 3), "body": (),
    }  # fmt: skip


@pytest.mark.parametrize("shape", [(72,), (1, 72), (1, 24, 3)])
def test_one_pose_may_come_in_other_shapes(body, saved, shape):
    path, theta, betas, transl = saved
    save_pose(path, body, theta.reshape(shape).requires_grad_(), betas[None], transl[None])
    np.testing.assert_array_equal(load_pose(path).theta, theta)


def test_shape_and_place_may_be_left_out(body, tmp_path):
    save_pose(tmp_path / "a.npz", body, torch.zeros(24, 3))
    pose = load_pose(tmp_path / "a.npz")
    assert not pose.betas.any()
    assert not pose.transl.any()


def test_a_frame_of_a_motion(tmp_path):
    poses = np.random.default_rng(0).normal(size=(5, 72))
    trans = np.random.default_rng(1).normal(size=(5, 3))
    np.savez(tmp_path / "a.npz", poses=poses, trans=trans, betas=np.zeros(10), gender=np.array(b"male"))
    pose = load_pose(tmp_path / "a.npz", frame=3)
    np.testing.assert_allclose(pose.theta, poses[3].reshape(24, 3), rtol=1e-6)
    np.testing.assert_allclose(pose.transl, trans[3], rtol=1e-6)
    assert (pose.gender, pose.joints) == ("male", None)
    with pytest.raises(UserError, match="no frame 5: it holds 5"):
        load_pose(tmp_path / "a.npz", frame=5)


def test_a_frame_of_an_smplh_motion_has_straight_hands(tmp_path):
    poses = np.random.default_rng(0).normal(size=(2, 156))
    np.savez(tmp_path / "a.npz", poses=poses, trans=np.zeros((2, 3)), betas=np.arange(16.0))
    pose = load_pose(tmp_path / "a.npz", frame=1)
    np.testing.assert_allclose(pose.theta[:22], poses[1, :66].reshape(22, 3), rtol=1e-6)
    assert not pose.theta[22:].any()
    assert pose.betas.tolist() == list(range(10))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("poses", np.zeros((1, 165)), r"poses has the shape \(1, 165\), expected \(1, 72\)"),
        ("poses", np.zeros(72), r"poses has the shape \(72,\)"),
        ("poses", np.zeros((0, 72)), r"poses has the shape \(0, 72\)"),
        ("poses", np.full((1, 72), np.nan), "poses holds values that are not finite"),
        ("poses", np.full((1, 72), "a"), "poses holds <U1, expected numbers"),
        ("betas", np.zeros(9), r"betas has the shape \(9,\), expected \(10,\)"),
        ("trans", np.zeros((2, 3)), r"trans has the shape \(2, 3\), expected \(1, 3\)"),
        ("joints", np.zeros((22, 3)), r"joints has the shape \(22, 3\)"),
        ("poses", None, "lacks poses"),
        ("betas", None, "lacks betas"),
        ("trans", None, "lacks trans"),
    ],
)
def test_wrong_contents_are_named(saved, key, value, message):
    path = saved[0]
    with np.load(path) as archive:
        content = dict(archive)
    content.pop(key)
    np.savez(path, **content, **({} if value is None else {key: value}))
    with pytest.raises(UserError, match=message):
        load_pose(path)


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "bytes", "single array", "pickle"])
def test_damaged_files_are_one_error(saved, damage):
    path = saved[0]
    content = path.read_bytes()
    if damage == "bytes":
        at = content.index(b"\x93NUMPY") + 200
        path.write_bytes(content[:at] + bytes(8 * [255]) + content[at + 8 :])
    elif damage == "single array":
        with path.open("wb") as file:
            np.save(file, np.zeros(72))
    elif damage == "pickle":
        np.savez(path, poses=np.array({"a": 1}, object), betas=np.zeros(10), trans=np.zeros((1, 3)))
    else:
        path.write_bytes({"empty": b"", "text": b"not a pose", "cut": content[: len(content) // 2]}[damage])
    with pytest.raises(UserError, match="damaged"):
        load_pose(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"no pose file at .*a\.npz"):
        load_pose(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((torch.zeros(2, 72),), r"theta has the shape \(2, 72\)"),
        ((torch.zeros(24, 3, 3),), "theta has the shape"),
        ((torch.zeros(72), torch.zeros(9)), r"betas has the shape \(9,\)"),
        ((torch.zeros(72), None, torch.zeros(2, 3)), r"transl has the shape \(2, 3\)"),
    ],
)
def test_wrong_parameters_write_nothing(body, tmp_path, arguments, message):
    with pytest.raises(UserError, match=message):
        save_pose(tmp_path / "a.npz", body, *arguments)
    assert list(tmp_path.iterdir()) == []
