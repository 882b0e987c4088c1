"""A ground plane behind the body: a horizon, a pattern and a soft contact shadow tell which way is up."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..errors import UserError, nearest
from .cameras import View
from .lights import Triple, per_view

PATTERNS = ("plain", "checker", "grid")

# Layers of the body above the ground that cast the shadow: upper end in metres, blur in multiples of the
# softness, and strength. What touches the ground casts a sharp dark shadow, what is higher a faint wide one.
_LAYERS = ((0.08, 1.0, 1.0), (0.3, 2.0, 0.5), (1.0, 4.0, 0.3))
_CELLS = 96  # side of the map that holds a shadow
_EXTENT = 1.6  # half its side in metres


@dataclass(frozen=True)
class Ground:
    """A horizontal plane under the body, seen from above.

    The ground is a backdrop: it is drawn behind the body whatever its depth, fades into the background with
    distance, and no gradient passes through it (neither its pattern nor its shadow moves vertices or
    cameras).

    Attributes:
        height: y of the plane in metres, a number or (B,); None puts it under the lowest vertex of each body.
        color: its colour, (3,), (B, 3) or (B, C, 3).
        pattern: ``"plain"``, ``"checker"`` or ``"grid"``.
        pattern_color: colour of every second tile, or of the lines.
        tile: side of a tile in metres.
        shadow: darkness of the contact shadow, 0 (none) to 1 (black).
        softness: blur of the shadow in metres (standard deviation) where the body touches the ground.
        radius: distance from the body, metres, at which the ground has faded by one half.
    """

    height: float | Tensor | None = None
    color: Triple = (0.86, 0.86, 0.86)
    pattern: str = "plain"
    pattern_color: Triple = (0.74, 0.74, 0.74)
    tile: float = 0.5
    shadow: float = 0.6
    softness: float = 0.04
    radius: float = 1.6

    def __post_init__(self) -> None:
        if self.pattern not in PATTERNS:
            raise UserError(
                f"unknown ground pattern {self.pattern!r}: choose from {', '.join(PATTERNS)}"
                + nearest(str(self.pattern), PATTERNS)
            )
        if self.tile <= 0 or self.softness <= 0 or self.radius <= 0:
            raise UserError("the ground's tile, softness and radius need to be greater than 0 metres")


@torch.no_grad()
def draw_ground(ground: Ground, background: Tensor, vertices: Tensor, view: View) -> Tensor:
    """Draw the ground over a background by intersecting the ray of every pixel with the plane.

    Args:
        background: (N, 3, H, W).
        vertices: (B, V, 3) world positions of the bodies that stand on it.

    Returns:
        (N, 3, H, W).
    """
    bodies, views, device = len(vertices), len(background), vertices.device
    height = vertices[..., 1].amin(1)
    if ground.height is not None:
        try:
            height = torch.as_tensor(ground.height, dtype=torch.float32, device=device).expand(bodies)
        except RuntimeError:
            raise UserError(f"the ground's height needs to be one number or the shape ({bodies},)") from None
    centre = vertices[..., [0, 2]].mean(1)

    def to_views(value: Tensor) -> Tensor:
        return value.repeat_interleave(views // bodies, 0)

    origin, direction = view.rays()
    depth = (to_views(height)[:, None, None] - origin[..., 1]) / direction[..., 1]
    seen = (direction[..., 1] < 0) & (depth > view.znear)
    depth = torch.where(seen, depth, 1.0)
    place = (origin + depth[..., None] * direction)[..., [0, 2]] - to_views(centre)[:, None, None]

    # Size of a pixel on the plane, in metres: patterns are smoothed to it.
    steepness = (-direction[..., 1] / direction.norm(dim=-1)).clamp(min=1e-3)
    pixel = (depth if view.perspective else 1.0) / view.focal[:, None, None] / steepness
    second = _pattern(ground, place, pixel)[:, None]

    def colour(value: Triple, name: str) -> Tensor:
        return per_view(value, f"the ground's {name}", bodies, views, device).T[:, :, None, None]

    plane = torch.lerp(colour(ground.color, "color"), colour(ground.pattern_color, "pattern_color"), second)
    if ground.shadow:
        shadow = to_views(_shadow_maps(vertices, height, centre, ground.softness))[:, None]
        grid = place / _EXTENT
        lit = torch.nn.functional.grid_sample(shadow, grid, padding_mode="border", align_corners=False)
        plane = plane * (1 - ground.shadow * lit)
    present = torch.exp2(-(place / ground.radius).square().sum(-1)) * seen
    return torch.lerp(background, plane, present[:, None])


def _pattern(ground: Ground, place: Tensor, pixel: Tensor) -> Tensor:
    """Share of the pattern's second colour at points (N, H, W, 2) of the plane, for pixels of this size."""
    if ground.pattern == "plain":
        return torch.zeros_like(pixel)
    in_tiles, blur = place / ground.tile, (pixel / ground.tile)[..., None]
    if ground.pattern == "checker":
        # A square wave with edges one pixel wide, that fades where tiles are smaller than pixels.
        wave = ((torch.pi * in_tiles).sin() / (torch.pi * blur)).clamp(-1, 1) * (0.5 / blur).clamp(max=1)
        return 0.5 + 0.5 * wave.prod(-1)
    width = 0.03
    distance = ((in_tiles + 0.5) % 1 - 0.5).abs()
    lines = ((width / 2 - distance) / blur + 0.5).clamp(0, 1) * (width / blur).clamp(max=1)
    return lines.amax(-1)


def _shadow_maps(vertices: Tensor, height: Tensor, centre: Tensor, softness: float) -> Tensor:
    """Darkness (B, cells, cells) of the ground around bodies: vertices from above, blurred with height."""
    bodies = len(vertices)
    cell = 2 * _EXTENT / _CELLS
    above = vertices[..., 1] - height[:, None]
    index = ((vertices[..., [0, 2]] - centre[:, None] + _EXTENT) / cell).long().clamp(0, _CELLS - 1)
    flat = (
        index[..., 1] * _CELLS
        + index[..., 0]
        + torch.arange(bodies, device=above.device)[:, None] * _CELLS**2
    )
    clear = torch.ones(bodies, 1, _CELLS, _CELLS, device=above.device)
    below = -torch.inf
    for top, blur, strength in _LAYERS:
        occupied = torch.zeros(bodies * _CELLS**2, device=above.device)
        occupied[flat[(above > below) & (above <= top)]] = 1.0
        reach = max(1, round(3 * blur * softness / cell))
        offset = torch.arange(-reach, reach + 1, device=above.device) * cell
        kernel = torch.exp(-0.5 * (offset / (blur * softness)) ** 2)
        kernel = kernel / kernel.sum()
        maps = occupied.view(bodies, 1, _CELLS, _CELLS)
        maps = torch.nn.functional.conv2d(maps, kernel.view(1, 1, 1, -1), padding=(0, reach))
        maps = torch.nn.functional.conv2d(maps, kernel.view(1, 1, -1, 1), padding=(reach, 0))
        clear = clear * (1 - strength * maps)
        below = top
    return 1 - clear[:, 0]
