"""Known poses are found again in their pictures, and pictures that cannot be used are refused."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from capsule_body import capsule_body, capsule_colors
from simplifiedclip.body.joints import resolve_joints
from simplifiedclip.body.smpl import SMPL
from simplifiedclip.errors import UserError
from simplifiedclip.fit import (
    PYRAMID_LEVELS,
    Targets,
    _Fit,
    fit,
    fit_batch,
    joint_error,
    load_targets,
    picture_energy,
    pyramid_distance,
)
from simplifiedclip.optimize import Pose
from simplifiedclip.presets import FIT_PRESETS, FitSettings
from simplifiedclip.render import VertexColors
from simplifiedclip.stage import Stage

QUICK = FIT_PRESETS["best"].replace(
    image_size=64, passes=80, lr=0.04, searches=0, yaw_starts=1, cameras="0,90,-90"
)


def stage_for(settings: FitSettings) -> Stage:
    data = capsule_body()
    return Stage(settings, SMPL(data), VertexColors(torch.from_numpy(capsule_colors(data))))


def easy_pose() -> torch.Tensor:
    theta = torch.zeros(24, 3)
    theta[resolve_joints(["left_shoulder"])[0], 2] = -0.5
    theta[resolve_joints(["right_shoulder"])[0], 2] = -0.4
    theta[resolve_joints(["left_hip"])[0], 0] = -0.4
    return theta


def error_mm(stage: Stage, found: torch.Tensor, theta: torch.Tensor) -> float:
    return 1000 * float(joint_error(found, stage.body.joints(theta[None], stage.betas)[0]))


def test_a_known_pose_is_found_again() -> None:
    stage = stage_for(QUICK)
    targets = Targets.of_pose(easy_pose(), stage)
    before = error_mm(stage, stage.body.joints(torch.zeros(1, 24, 3), stage.betas)[0], easy_pose())
    result = fit(targets, QUICK, stage=stage)
    assert before > 60
    assert error_mm(stage, result.joints, easy_pose()) < before / 3
    assert result.loss == min(result.losses) < 0.1 * result.losses[0]


def test_the_papers_gradient_does_not_find_it() -> None:
    """Figure 9: hard edges and plain l2 leave the arms where they are."""
    settings = QUICK.replace(edges="hard", loss="l2", shader="flat")
    stage = stage_for(settings)
    result = fit(Targets.of_pose(easy_pose(), stage), settings, stage=stage)
    assert error_mm(stage, result.joints, easy_pose()) > 50


def test_fits_side_by_side_are_those_one_by_one() -> None:
    settings = QUICK.replace(passes=8)
    stage = stage_for(settings)
    turned = easy_pose()
    turned[0, 1] = 0.5
    targets = [Targets.of_pose(theta, stage) for theta in (easy_pose(), turned)]
    together = fit_batch(targets, settings, stage=stage)
    for target, found in zip(targets, together):
        alone = fit(target, settings, stage=stage)
        torch.testing.assert_close(torch.tensor(found.losses), torch.tensor(alone.losses), rtol=1e-3, atol=0)
    starts = torch.stack([easy_pose(), turned])
    there = fit_batch(targets, settings, stage=stage, starts=starts)
    assert all(result.losses[0] < 1e-4 for result in there)
    with pytest.raises(UserError, match="searches to 0"):
        fit_batch(targets, settings.replace(searches=1), stage=stage)


@pytest.mark.parametrize("size", [64, 45])
@pytest.mark.parametrize("loss", ["l2", "pyramid"])
def test_pictures_are_compared_whole(loss: str, size: int) -> None:
    """What is outside the window of an energy's pictures counts as zero, and nothing else does."""
    settings = QUICK.replace(loss=loss, image_size=size)
    stage = stage_for(settings)
    targets = Targets.of_pose(easy_pose(), stage)
    pose = Pose(torch.zeros(1, 24, 3), stage.betas, torch.zeros(1, 3))
    found = picture_energy(targets, settings, stage, size)(pose, 0)[loss]
    image = stage.render(pose.theta, pose.betas).image
    if loss == "l2":
        whole = (image[:, :, :3] - targets.images[:, :3]).square().flatten(1).mean(1)
    else:
        whole = pyramid_distance(image, targets.images)
    torch.testing.assert_close(found, whole, rtol=1e-4, atol=0)


def test_direction_and_limbs_are_looked_for() -> None:
    settings = QUICK.replace(yaw_starts=8, searches=1, stop_at=0.0, passes=60, cameras="five")
    stage = stage_for(settings)
    theta = easy_pose()
    theta[0, 1] = 2.4
    seen: list[int] = []
    result = fit(Targets.of_pose(theta, stage), settings, lambda index, *_: seen.append(index), stage=stage)
    assert error_mm(stage, result.joints, theta) < 60
    assert seen == list(range(60))
    assert [record.index for record in result.history] == seen
    assert result.best_pass >= 30, "the pose is kept from the fine half"
    assert result.settings == settings


@pytest.mark.parametrize("near", [True, False])
def test_a_fit_begins_again_only_while_its_pictures_are_wrong(
    near: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = QUICK.replace(passes=4, searches=1, restarts=3, restart_above=1e9 if near else 1e-9)
    stage = stage_for(settings)
    tried: list[Pose] = []

    def begin_again(self: _Fit, pose: Pose) -> tuple[Pose, None]:
        tried.append(pose)
        return Pose(easy_pose()[None].to(pose.theta), pose.betas, pose.transl), None

    monkeypatch.setattr(_Fit, "look_for_limbs", lambda self, pose: (pose, None))
    monkeypatch.setattr(_Fit, "begin_again", begin_again)
    result = fit(Targets.of_pose(easy_pose(), stage), settings, stage=stage)
    assert len(tried) == (0 if near else 1), "once it looks right, that is enough"
    assert (error_mm(stage, result.joints, easy_pose()) < 5) != near, "what is found again is kept"


def test_other_starts_do_not_make_a_fit_worse() -> None:
    settings = QUICK.replace(passes=6, searches=1, restarts=1, restart_above=1e-9)
    stage = stage_for(settings)
    targets = Targets.of_pose(easy_pose(), stage)
    again = fit(targets, settings, stage=stage)
    assert again.loss <= fit(targets, settings.replace(restarts=0), stage=stage).loss


def test_frozen_joints_keep_every_bit_through_the_search() -> None:
    settings = QUICK.replace(searches=1, stop_at=0.0, passes=8, freeze=("root", "left-arm", "right_knee"))
    stage = stage_for(settings)
    result = fit(Targets.of_pose(easy_pose(), stage), settings, stage=stage)
    assert not result.theta[resolve_joints(settings.freeze)].any()
    assert result.theta[resolve_joints(["right-arm"])].any()


def test_position_is_found_when_asked() -> None:
    settings = QUICK.replace(fit_transl=True, freeze=("all",), optimize_betas=True, lr=0.01)
    stage = stage_for(settings)
    with torch.no_grad():
        image = stage.render(torch.zeros(1, 24, 3), transl=torch.tensor([[0.08, -0.05, 0.04]])).image[0]
    result = fit(Targets(image, torch.ones(3, 3)), settings, stage=stage)
    torch.testing.assert_close(result.transl, torch.tensor([0.08, -0.05, 0.04]), atol=0.02, rtol=0)


def test_an_arm_in_a_wrong_place_is_found() -> None:
    """From an arm that hangs behind the back no gradient leads to one that is raised before the body."""
    settings = QUICK.replace(stop_at=0.0, stay_weight=0.0, cameras="five")
    stage = stage_for(settings)
    arm = resolve_joints(["right_shoulder", "right_elbow"])
    theta, lost = easy_pose(), easy_pose()
    theta[arm] = torch.tensor([[0.0, 1.2, 0.3], [0.0, 1.6, 0.0]])
    lost[arm] = torch.tensor([[0.0, -0.6, 1.2], [0.0, 0.0, -1.2]])
    targets = Targets.of_pose(theta, stage)

    def found(searches: int) -> float:
        part = settings.replace(searches=searches)
        free = torch.ones(24, dtype=torch.bool)
        search = _Fit(targets, part, stage, free, torch.Generator().manual_seed(0))
        start = Pose(lost[None], stage.betas, torch.zeros(1, 3))
        pose, stopped = search.look_for_limbs(
            search.best_of(search.descend(search.pictures(32), start, 30, 0.04))
        )
        assert stopped is None
        return error_mm(stage, stage.body.joints(pose.theta, stage.betas)[0], theta)

    assert found(searches=0) > 25
    assert found(searches=4) < 15


def test_matrices_descend_through_the_search_too() -> None:
    settings = QUICK.replace(pose_space="6d", searches=1, stop_at=0.0, passes=40, lr=0.1)
    stage = stage_for(settings)
    result = fit(Targets.of_pose(easy_pose(), stage), settings, stage=stage)
    assert error_mm(stage, result.joints, easy_pose()) < 40


@pytest.mark.parametrize("picture", [5, 6, 14])
def test_ctrl_c_in_the_search_keeps_the_best_pose(picture: int, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = QUICK.replace(searches=1, stop_at=0.0, passes=8)
    stage = stage_for(settings)
    targets = Targets.of_pose(easy_pose(), stage)
    drawn = itertools.count(1)
    render = stage.render

    def press(*args: object, **options: object) -> object:
        if next(drawn) == picture:
            raise KeyboardInterrupt
        return render(*args, **options)

    monkeypatch.setattr(stage, "render", press)
    result = fit(targets, settings, stage=stage)
    assert (result.stopped, result.stopped_pass) == ("interrupted", 4)
    assert [record.index for record in result.history] == [0, 1, 2, 3, 4]
    assert result.best_pass == 4
    assert "looking for limbs" in result.message


@pytest.mark.parametrize("moment", [2, 6])
def test_ctrl_c_keeps_the_best_pose(moment: int) -> None:
    settings = QUICK.replace(searches=1, stop_at=1e9, passes=8)
    stage = stage_for(settings)

    def press(index: int, *_: object) -> None:
        if index == moment:
            raise KeyboardInterrupt

    result = fit(Targets.of_pose(easy_pose(), stage), settings, press, stage=stage)
    assert (result.stopped, result.stopped_pass) == ("interrupted", moment)
    assert len(result.losses) == moment + 1


def test_pyramid_goes_from_coarse_to_fine() -> None:
    generator = torch.Generator().manual_seed(0)
    goal = torch.rand(2, 4, 64, 64, generator=generator)
    images = torch.rand(3, 2, 4, 64, 64, generator=generator).requires_grad_()
    side = 2 ** (PYRAMID_LEVELS - 1)
    (coarse,) = torch.autograd.grad(pyramid_distance(images, goal, 0.0).sum(), images)
    blocks = coarse.unfold(-2, side, side).unfold(-2, side, side).flatten(-2)
    torch.testing.assert_close(blocks, blocks[..., :1].expand_as(blocks), msg="only whole coarse pixels push")
    (fine,) = torch.autograd.grad(pyramid_distance(images, goal, 1.0).sum(), images)
    assert not torch.allclose(fine, coarse)
    torch.testing.assert_close(
        pyramid_distance(images, goal, 0.0), pyramid_distance(images, goal, 1.0), msg="passes must compare"
    )
    assert not pyramid_distance(goal[None], goal).any()


def test_joint_error_is_root_aligned() -> None:
    joints = torch.randn(24, 3)
    moved = joints + torch.tensor([1.0, 2.0, 3.0])
    torch.testing.assert_close(joint_error(joints, moved), torch.tensor(0.0), atol=1e-6, rtol=0)
    moved[5] += torch.tensor([0.0, 0.24, 0.0])
    torch.testing.assert_close(joint_error(joints, moved), torch.tensor(0.01), atol=1e-6, rtol=0)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_pictures_are_brought_to_the_cameras(tmp_path: Path, mode: str) -> None:
    stage = stage_for(QUICK)
    theta = easy_pose()
    with torch.no_grad():
        big = stage.render(theta[None], image_size=128, background=(0.2, 0.5, 0.3)).image[0]
    paths = []
    for number, view in enumerate(big):
        pixels = (view.permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)
        picture = Image.fromarray(pixels, "RGBA")
        picture = picture if mode == "RGBA" else picture.convert("RGB")
        picture = picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=256) if mode == "P" else picture
        paths.append(tmp_path / f"{number}.png")
        picture.save(paths[-1])
    targets = load_targets(paths, stage)
    own = Targets.of_pose(theta, stage)
    assert targets.images.shape == own.images.shape
    assert (targets.images[:, 3] - own.images[:, 3]).abs().mean() < 0.02, "the body is where it is"
    expected = torch.ones(3) if mode == "RGBA" else torch.tensor([0.2, 0.5, 0.3])
    torch.testing.assert_close(targets.background, expected.expand(3, 3), atol=0.02, rtol=0)


def test_pose_file_as_target(tmp_path: Path) -> None:
    from simplifiedclip.export.npz import save_pose

    stage = stage_for(QUICK)
    betas = torch.linspace(-1, 1, 10)
    save_pose(tmp_path / "pose.npz", stage.body, easy_pose(), betas, torch.tensor([5.0, 0.0, 0.0]))
    targets = load_targets([tmp_path / "pose.npz"], stage)
    torch.testing.assert_close(targets.theta, easy_pose())
    torch.testing.assert_close(targets.images, Targets.of_pose(easy_pose(), stage, betas).images)
    assert targets.images[:, 3].any(), "a pose far from the origin is still seen"


def save(path: Path, pixels: np.ndarray) -> Path:
    Image.fromarray(pixels).save(path)
    return path


def test_pictures_that_cannot_be_used(tmp_path: Path) -> None:
    stage = stage_for(QUICK.replace(cameras="single"))
    white = np.full((32, 32, 3), 255, np.uint8)
    (tmp_path / "text.png").write_text("no picture")
    noise = np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8)
    bad = {
        "does not exist": [tmp_path / "none.png"],
        "cannot be read": [tmp_path / "text.png"],
        "has 1 channel": [save(tmp_path / "grey.png", white[..., 0])],
        "has 2 channels": [save(tmp_path / "la.png", white[..., :2])],
        "to a square": [save(tmp_path / "wide.png", white[:20])],
        "no plain background": [save(tmp_path / "noise.png", noise)],
        "1 cameras but 2 pictures": [save(tmp_path / "a.png", white)] * 2,
        "Nothing to fit": [],
    }
    for message, paths in bad.items():
        with pytest.raises(UserError, match=message):
            load_targets(paths, stage)
