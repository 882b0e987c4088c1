"""The training of PoseCLIP: a tiny run, its resumption, and the parts that could go wrong silently."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from simplifiedclip.body.joints import mirror_pose
from simplifiedclip.errors import UserError
from simplifiedclip.poses.captions import mirror_text
from simplifiedclip.training.config import SIZES, load_train_config
from simplifiedclip.training.images import augment, embedding_losses, in_camera, points_of
from simplifiedclip.training.poseclip import train_poseclip
from simplifiedclip.training.text_pose import CHOICE_SCALE, TextBatch, contrast

TINY = SIZES["tiny"]
STAGES = ("text", "matching", "pictures", "sight", "image", "sides")


def silent(*_: object) -> None:
    """Progress that shows nothing."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny run from start to end."""
    out = tmp_path_factory.mktemp("train") / "run"
    train_poseclip(TINY, out, device="cpu", progress=silent, stages=STAGES)
    return out


def test_resumed_training_equals_uninterrupted(finished: Path, tmp_path: Path) -> None:
    """Stopped in the middle of each stage and resumed, a run ends with the same weights."""
    out = tmp_path / "run"

    class Stop(Exception):
        pass

    for stage in ("text", "matching", "sight", "image", "sides"):

        def stop(name: str, step: int, steps: int, loss: float, stage: str = stage) -> None:
            if name == stage and step == 3:  # a checkpoint was written after step 2
                raise Stop

        with pytest.raises(Stop):
            train_poseclip(TINY, out, device="cpu", progress=stop, stages=STAGES)
    train_poseclip(TINY, out, device="cpu", progress=silent, stages=STAGES)
    ours = load_file(out / "weights" / "model.safetensors")
    theirs = load_file(finished / "weights" / "model.safetensors")
    for name, value in theirs.items():
        assert torch.equal(ours[name], value), name


def test_training_changes_the_weights_and_logs(finished: Path) -> None:
    from simplifiedclip.encoders.poseclip import check_files

    before = load_file(check_files(None) / "model.safetensors")
    after = load_file(finished / "weights" / "model.safetensors")
    for tower in ("text.project", "pose.mlp.project", "image.read", "image.mlp.project"):
        assert not torch.equal(before[f"{tower}.weight"], after[f"{tower}.weight"])
    lines = [json.loads(line) for line in (finished / "log.jsonl").read_text().splitlines()]
    assert {line["stage"] for line in lines} == {"text", "matching", "pairs", "sides", "sight", "image"}
    assert all(math.isfinite(line["loss"]) for line in lines if line["stage"] != "pairs")


def test_pictures_that_stay_on_a_device_are_the_same(tmp_path: Path) -> None:
    from simplifiedclip.codebook import shipped_poses
    from simplifiedclip.training.renders import render_pictures, shoot_pictures

    theta = shipped_poses()[:35].numpy()
    sizes = {"views": 2, "size": 48, "render_size": 64, "seed": 3}
    kept = render_pictures(theta, tmp_path, workers=1, **sizes)
    shot = shoot_pictures(theta, "cpu", **sizes)
    rows, view = torch.tensor([0, 33, 34]), torch.tensor([1, 0, 1])
    assert torch.equal(kept.take(rows, view), shot.take(rows, view))
    assert torch.equal(kept.cameras, shot.cameras) and not torch.equal(shot.pixels[0], shot.pixels[34])


def test_pictures_show_bodies(finished: Path) -> None:
    from simplifiedclip.encoders.poseclip import PoseCLIP
    from simplifiedclip.training.renders import open_pictures

    pictures, side = open_pictures(finished / "pictures"), PoseCLIP.load().image_size
    assert pictures.pixels.shape == (TINY.image_poses, TINY.views, side, side, 4)
    assert np.load(finished / "pictures" / "done.npy").all()
    dark = (pictures.pixels[..., :3].min(-1) < 200).mean((2, 3))
    assert (dark > 0.01).mean() > 0.9


def test_another_run_is_not_overwritten(finished: Path) -> None:
    with pytest.raises(UserError, match=r"other settings.*text_steps"):
        train_poseclip(replace(TINY, text_steps=9), finished, progress=silent)
    with pytest.raises(UserError, match="already holds"):
        train_poseclip(TINY, finished, resume=False, progress=silent)


def test_absent_inputs_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no mocap file"):
        train_poseclip(TINY, tmp_path / "a", mocap=tmp_path / "absent.npz", progress=silent)
    if not torch.cuda.is_available():
        with pytest.raises(UserError, match="no CUDA device"):
            train_poseclip(TINY, tmp_path / "b", device="cuda", progress=silent)


def test_config_files_and_overrides(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("text_steps: 7\nimage_lr: 0.5\n")
    config = load_train_config("gpu", file, {"image_lr": 0.25})
    assert (config.text_steps, config.image_lr, config.size) == (7, 0.25, "gpu")
    with pytest.raises(UserError, match="nearest are text_steps"):
        load_train_config("cpu", None, {"text_step": 1})
    with pytest.raises(UserError, match="of type int"):
        load_train_config("cpu", None, {"text_steps": "many"})
    with pytest.raises(UserError, match="nearest are tiny"):
        load_train_config("tny")


def test_mirrored_words() -> None:
    assert mirror_text("Left arm up, the right leg lefthanded.") == "Right arm up, the left leg righthanded."
    assert mirror_text("bent at a right angle") == "bent at a right angle"
    assert mirror_text(mirror_text("left over right")) == "left over right"


def batch(same: list[int], symmetric: list[bool], owner: list[int]) -> TextBatch:
    empty = torch.zeros(0)
    return TextBatch(empty, empty, empty, torch.tensor(same), torch.tensor(symmetric),
                     torch.tensor(owner, dtype=torch.long), 2 * len(symmetric))  # fmt: skip


def test_contrast_by_hand() -> None:
    """Orthogonal pairs: each loss is the softmax over as many alternatives as are false."""
    eye = torch.eye(5)
    parts = contrast(eye[:4], eye, batch([0, 1, 2, 3], [False, False], []), torch.tensor(2.0), 1.0)
    e = math.exp(2.0)
    assert float(parts["text_to_pose"]) == pytest.approx(-math.log(e / (e + 4)), abs=1e-5)
    assert float(parts["pose_to_text"]) == pytest.approx(-math.log(e / (e + 3)), abs=1e-5)
    assert float(parts["_twin_right"]) == 1.0


def test_choices_of_two_by_hand() -> None:
    """They are made at an inverse temperature of their own, a lower one does not count."""
    text = torch.tensor([[0.8, 0.6], [0.6, 0.8], [0.96, -0.28]])
    for scale in (2.0, 50.0):
        sharp = max(scale, CHOICE_SCALE)
        parts = contrast(text, torch.eye(2), batch([0, 1, 2], [False], [0]), torch.tensor(scale), 1.0)
        assert float(parts["twin"]) == pytest.approx(math.log1p(math.exp(-0.2 * sharp)), rel=1e-3)
        assert float(parts["wrong"]) == pytest.approx(math.log1p(math.exp(0.16 * sharp)), rel=1e-3)
        assert float(parts["_twin_right"]) == 1.0 and float(parts["_wrong_right"]) == 0.0


def test_contrast_ignores_what_is_not_false() -> None:
    """Equal sentences and poses that equal their mirror image are no negatives."""
    eye = torch.eye(4)
    e = math.exp(2.0)
    parts = contrast(eye, eye, batch([0, 1, 0, 3], [True, False], []), torch.tensor(2.0), 1.0)
    expected = -(2 * math.log(e / (e + 2)) + 2 * math.log(e / (e + 3))) / 4
    assert float(parts["text_to_pose"]) == pytest.approx(expected, abs=1e-5)


def test_wrong_wordings_push_the_pose_away() -> None:
    text = torch.tensor([[1.0, 0, 0, 0], [0, 1.0, 0, 0], [0.8, 0, 0.6, 0]], requires_grad=True)
    pose = torch.eye(4)[:2]
    contrast(text, pose, batch([0, 1, 2], [False], [0]), torch.tensor(2.0), 1.0)["wrong"].backward()
    moved = text.detach() - text.grad
    assert torch.cosine_similarity(moved[2], pose[0], 0) < 0.79


def test_flipped_picture_is_the_picture_of_the_mirrored_pose() -> None:
    """Joint targets of a flipped picture: the mirrored pose before a camera at the mirrored azimuth."""
    from simplifiedclip.poses.directions import forward_kinematics, to_matrices

    theta = torch.randn(3, 24, 3, generator=torch.Generator().manual_seed(0)) * 0.3
    theta[:, 0] = 0

    def seen(pose: torch.Tensor, azimuth: float) -> torch.Tensor:
        joints = torch.as_tensor(forward_kinematics(to_matrices(pose.numpy()))[0])
        turn = torch.full((3,), azimuth)
        return in_camera(joints - joints[:, :1], turn, torch.full((3,), 0.2))

    from simplifiedclip.body.joints import MIRROR

    plain = seen(theta, 0.7) * torch.tensor([-1.0, 1.0, 1.0])
    mirrored = seen(mirror_pose(theta), -0.7)
    torch.testing.assert_close(plain[:, list(MIRROR)], mirrored, rtol=0, atol=2e-3)


def test_views_that_complete_each_other() -> None:
    """Of two views that each err, the mean is asked for the pose: errors that cancel cost less."""
    config = load_train_config("tiny")
    target = F.normalize(torch.randn(6, 8, generator=torch.Generator().manual_seed(0)), dim=-1)
    twin, off = target.flip(0), 0.3 * target.roll(1, 0)
    apart = embedding_losses(torch.stack([target + off, target - off], 1), target, twin, config)
    alike = embedding_losses(torch.stack([target + off, target + off], 1), target, twin, config)
    for name in ("distance", "contrast", "twin"):
        assert apart[name] < alike[name]
    assert apart["distance"].item() == pytest.approx(2 / 3 * 0.09)
    # Single views by hand: the choice between a pose and its mirror image.
    one = embedding_losses(target[:, None], target, twin, config)
    sided = (target * twin).sum(-1) <= 0.98
    gap = 20 * ((target * twin).sum(-1) - 1)[sided]
    assert one["twin"].item() == pytest.approx(config.twin_weight * F.softplus(gap).mean().item(), rel=1e-4)


def test_a_turned_head_moves_the_nose_alone() -> None:
    theta = torch.zeros(2, 24, 3)
    theta[1, 15, 1] = math.radians(60)  # about the vertical, to its left
    straight, turned = points_of(theta)
    moved = (turned - straight).norm(dim=-1)
    assert moved[:24].max() < 1e-6
    assert turned[24, 0] - straight[24, 0] == pytest.approx(0.2 * math.sin(math.radians(60)), abs=1e-5)
    mirrored = points_of(mirror_pose(theta[1:]))[0]
    torch.testing.assert_close(mirrored[24], turned[24] * torch.tensor([-1.0, 1.0, 1.0]), atol=1e-5, rtol=0)


def test_in_camera_axes() -> None:
    """A camera at azimuth 90° stands at +x: what is at +z is on its left; from above, up is towards it."""
    quarter = torch.tensor([math.pi / 2])
    z = torch.tensor([[[0.0, 0.0, 1.0]]])
    torch.testing.assert_close(in_camera(z, quarter, torch.zeros(1)), torch.tensor([[[-1.0, 0.0, 0.0]]]))
    y = torch.tensor([[[0.0, 1.0, 0.0]]])
    torch.testing.assert_close(in_camera(y, torch.zeros(1), quarter), torch.tensor([[[0.0, 0.0, 1.0]]]))


def test_augmented_pictures_stay_pictures() -> None:
    rng = np.random.default_rng(0)
    stored = torch.full((32, 64, 64, 4), 255, dtype=torch.uint8)
    stored[..., 3] = 0
    stored[:, 16:48, 8:24] = torch.tensor([90, 60, 40, 255], dtype=torch.uint8)
    flip = torch.arange(32) % 2 == 0
    images = augment(stored, flip, rng)
    assert images.shape == (32, 3, 64, 64) and images.min() >= 0 and images.max() <= 1
    left, right = images[..., 20:44, :32].mean((1, 2, 3)), images[..., 20:44, 32:].mean((1, 2, 3))
    assert ((left > right) == flip).float().mean() > 0.8  # the dark body moves with the flip
