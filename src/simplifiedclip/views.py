"""What is random about the pictures of a pass: cameras, crops and background, after Text2Mesh.

Text2Mesh (Michel et al., CVPR 2022) looks from random views and augments each picture, so that no change pays
that pleases the encoder in one picture only. All is drawn from the seed and the number of the pass: runs
repeat, and a pose sees the same in a batch as alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .render import Cameras

if TYPE_CHECKING:
    from .presets import Settings
    from .stage import Stage


def random_cameras(stage: Stage, settings: Settings, index: int) -> Cameras:
    """Return the cameras of a pass: the stage's, some of them, or turned, raised and zoomed at random.

    A change of the field of view comes with the distance that keeps the body's size:
    ``d' = d · tan(fov / 2) / tan(fov' / 2)``.
    """
    jitters = (settings.azimuth_jitter, settings.elevation_jitter, settings.fov_jitter)
    azimuths = torch.tensor(settings.camera_azimuths())
    count = min(settings.views_per_pass or len(azimuths), len(azimuths))
    if not any(jitters) and count == len(azimuths):
        return stage.cameras
    generator = _generator(settings, index, 0)
    azimuths = azimuths[torch.randperm(len(azimuths), generator=generator)[:count].sort().values]
    turned, raised, zoomed = (jitter * (2 * torch.rand(count, generator=generator) - 1) for jitter in jitters)
    fov = (settings.fov + zoomed).clamp(5.0, 150.0)
    nearer = math.tan(math.radians(settings.fov) / 2) / torch.tan(torch.deg2rad(fov) / 2)
    return Cameras(
        distance=settings.distance * nearer,
        elevation=(settings.elevation + raised).clamp(-89.0, 89.0),
        azimuth=azimuths + turned,
        fov=fov,
    )


def random_colour(settings: Settings, index: int) -> tuple[float, float, float]:
    """Return the colour behind the body in a pass: white, or up to ``background_jitter`` away from it."""
    if settings.background_jitter == 0:
        return (1.0, 1.0, 1.0)
    red, green, blue = (
        1 - settings.background_jitter * torch.rand(3, generator=_generator(settings, index, 1))
    ).tolist()
    return (red, green, blue)


def random_crops(images: Tensor, bodies: int, settings: Settings, index: int) -> Tensor:
    """Return pictures (B · C, 3, H, W) each cut to a random square of ``1 - crop`` to 1 of its side.

    Each of the C views has its own square, the same for all B bodies; the pictures keep their size.
    """
    if settings.crop == 0:
        return images
    views = len(images) // bodies
    generator = _generator(settings, index, 2)
    side = 1 - settings.crop * torch.rand(views, generator=generator)
    place = (2 * torch.rand(views, 2, generator=generator) - 1) * (1 - side)[:, None]
    square = torch.zeros(views, 2, 3)
    square[:, 0, 0] = square[:, 1, 1] = side
    square[:, :, 2] = place
    grid = torch.nn.functional.affine_grid(
        square.repeat(bodies, 1, 1).to(images), list(images.shape), align_corners=False
    )
    return torch.nn.functional.grid_sample(images, grid, padding_mode="border", align_corners=False)


def _generator(settings: Settings, index: int, what: int) -> torch.Generator:
    return torch.Generator().manual_seed((settings.seed * 1_000_003 + 3 * index + what) % 2**63)
