"""A scene: everything in the picture but the mesh and the cameras."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from .lights import Light, Material, PointLight, Triple


@dataclass(frozen=True)
class Ground:
    """A horizontal plane under the body, drawn behind it with a pattern and a soft contact shadow.

    The ground is a backdrop: it fades into the background with distance, receives no gradient and gives none
    (neither its height nor its shadow moves vertices when optimised).

    Attributes:
        height: y of the plane in metres; None puts it under the lowest vertex of each body.
        color: its colour, (3,), (B, 3) or (B, C, 3).
        pattern: ``"plain"``, ``"checker"`` or ``"grid"``.
        pattern_color: colour of the darker tiles or of the lines.
        tile: side of a tile in metres.
        shadow: darkness of the contact shadow, 0 (none) to 1 (black).
        softness: width of the shadow's blur in metres.
        radius: distance from the body, metres, at which the ground has faded by one half.
    """

    height: float | Tensor | None = None
    color: Triple = (0.86, 0.86, 0.86)
    pattern: str = "plain"
    pattern_color: Triple = (0.74, 0.74, 0.74)
    tile: float = 0.5
    shadow: float = 0.5
    softness: float = 0.06
    radius: float = 2.0


@dataclass(frozen=True)
class Scene:
    """Lights, material, background and ground.

    Attributes:
        lights: one light or several; PyTorch3D's default point light unless given.
        material: one material for the mesh.
        background: colour (3,), (B, 3) or (B, C, 3); or an image (3, H, W) or (B, 3, H, W) of the picture's size.
        ground: a `Ground`, or None.
    """

    lights: Light | Sequence[Light] = PointLight()
    material: Material = Material()
    background: Triple = (1.0, 1.0, 1.0)
    ground: Ground | None = None


@dataclass(frozen=True)
class SoftSettings:
    """Settings of the ``soft`` edge mode (SoftRas, as in PyTorch3D).

    Lengths are in PyTorch3D's units, in which the shorter image side is 2.

    Attributes:
        sigma: width of the blurred edge: coverage is sigmoid(−signed squared distance / sigma).
        gamma: how strongly nearer faces outweigh farther ones.
        faces_per_pixel: number K of nearest faces that a pixel blends.
        blur_radius: squared distance to which a face reaches beyond its edge; None reaches to where its
            coverage is 1e-4, log(1e4 − 1) · sigma.
    """

    sigma: float = 1e-4
    gamma: float = 1e-4
    faces_per_pixel: int = 50
    blur_radius: float | None = None
