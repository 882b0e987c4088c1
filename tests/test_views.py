"""What is random about a pass's pictures: it repeats, stays in its range, and is off where not asked for."""

from __future__ import annotations

import pytest
import torch

from capsule_body import capsule_body
from simplifiedclip.body.smpl import SMPL
from simplifiedclip.presets import Settings
from simplifiedclip.render import Cameras, VertexColors
from simplifiedclip.stage import Stage
from simplifiedclip.views import random_cameras, random_colour, random_crops

BASE = Settings(image_size=32)
JITTER = BASE.replace(azimuth_jitter=20.0, elevation_jitter=10.0, fov_jitter=15.0, seed=3)


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage(BASE, SMPL(capsule_body()), VertexColors(torch.zeros(432, 3)))


def numbers(cameras: Cameras) -> torch.Tensor:
    return torch.stack([torch.as_tensor(getattr(cameras, name)).float().expand(len(cameras))
                        for name in ("azimuth", "elevation", "fov", "distance")])  # fmt: skip


def test_without_jitter_the_cameras_are_the_stages(stage: Stage) -> None:
    assert random_cameras(stage, BASE, 7) is stage.cameras


def test_cameras_differ_by_pass_and_repeat_by_seed(stage: Stage) -> None:
    first, again, later = (numbers(random_cameras(stage, JITTER, index)) for index in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, later)
    assert not torch.equal(first, numbers(random_cameras(stage, JITTER.replace(seed=4), 0)))


def test_jitter_stays_in_its_range(stage: Stage) -> None:
    all_of_them = torch.stack([numbers(random_cameras(stage, JITTER, index)) for index in range(200)])
    away = all_of_them[:, 0] - torch.tensor(BASE.camera_azimuths())
    assert 15 < away.abs().max() <= 20
    assert 8 < (all_of_them[:, 1] - BASE.elevation).abs().max() <= 10
    assert 12 < (all_of_them[:, 2] - BASE.fov).abs().max() <= 15
    # The size of what is at the origin stays.
    size = all_of_them[:, 3] * torch.tan(torch.deg2rad(all_of_them[:, 2]) / 2)
    torch.testing.assert_close(size, torch.full_like(size, 2.25 * 3**-0.5))


def test_some_views_of_all(stage: Stage) -> None:
    settings = BASE.replace(views_per_pass=2)
    seen = [tuple(numbers(random_cameras(stage, settings, index))[0].tolist()) for index in range(60)]
    assert all(len(set(pair)) == 2 and set(pair) <= set(BASE.camera_azimuths()) for pair in seen)
    assert len(set(seen)) == 10, "every pair comes"


def test_colours_are_near_white() -> None:
    assert random_colour(BASE, 0) == (1.0, 1.0, 1.0)
    settings = BASE.replace(background_jitter=0.3)
    colours = torch.tensor([random_colour(settings, index) for index in range(100)])
    assert colours.min() >= 0.7 and colours.max() <= 1
    assert colours.std(0).min() > 0.05


def test_crops_are_squares_of_the_picture() -> None:
    ramp = torch.linspace(0, 1, 32).expand(6, 3, 32, 32).clone()  # two bodies, three views
    assert random_crops(ramp, 2, BASE, 0) is ramp
    cut = random_crops(ramp, 2, BASE.replace(crop=0.5), 0)
    assert cut.shape == ramp.shape
    torch.testing.assert_close(cut[:3], cut[3:])
    widths = cut[:3, 0, 0, -1] - cut[:3, 0, 0, 0]
    assert (widths >= 0.5 * 31 / 32 - 0.02).all() and (widths <= 1).all() and widths.std() > 0.01
    assert cut.min() >= 0 and cut.max() <= 1
