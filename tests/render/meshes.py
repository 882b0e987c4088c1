"""Meshes that the renderer's tests share."""

from __future__ import annotations

import torch
from torch import Tensor


def soup(seed: int, triangles: int = 40) -> tuple[Tensor, Tensor]:
    """Random triangles (V, 3) float64 and (F, 3), from a hundredth of a pixel to most of the picture.

    One crosses the camera's plane, one is behind the camera, one is a line and one a point.
    """
    generator = torch.Generator().manual_seed(seed)

    def rand(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, dtype=torch.float64)

    centre = (rand(triangles, 1, 3) * 2 - 1) * torch.tensor([0.8, 0.8, 1.5])
    size = torch.exp(rand(triangles, 1, 1) * 6 - 5.5)
    vertices = (centre + torch.randn(triangles, 3, 3, generator=generator, dtype=torch.float64) * size).view(
        -1, 3
    )
    vertices[3:6, 2] += torch.tensor([3.0, 0.0, 3.0])
    vertices[6:9, 2] += 5
    vertices[11] = vertices[10]
    vertices[13:15] = vertices[12]
    return vertices, torch.arange(3 * triangles).view(-1, 3)


def sphere(rings: int = 24, radius: float = 0.5) -> tuple[Tensor, Tensor]:
    """A closed sphere: vertices (V, 3) float32 and faces (F, 3), counter-clockwise from outside."""
    latitude = torch.linspace(0, torch.pi, rings + 1)[1:-1]
    longitude = torch.arange(2 * rings) * (torch.pi / rings)
    around, down = len(longitude), len(latitude)
    grid = torch.stack(
        (
            latitude.sin()[:, None] * longitude.sin(),
            latitude.cos()[:, None].expand(-1, around),
            latitude.sin()[:, None] * longitude.cos(),
        ),
        -1,
    ).reshape(-1, 3)
    vertices = radius * torch.cat((grid, torch.tensor([[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]])))
    north, south = len(grid), len(grid) + 1
    faces = []
    for j in range(around):
        k = (j + 1) % around
        faces += [(north, j, k), (south, (down - 1) * around + k, (down - 1) * around + j)]
        for i in range(down - 1):
            a, b = i * around + j, i * around + k
            faces += [(a, a + around, b), (b, a + around, b + around)]
    return vertices, torch.tensor(faces)
