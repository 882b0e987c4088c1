"""A scene: everything in the picture but the mesh and the cameras."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .ground import Ground
from .lights import Light, Material, PointLight, Triple


@dataclass(frozen=True)
class Scene:
    """Lights, material, background and ground.

    Attributes:
        lights: one light or several; PyTorch3D's default point light unless given.
        material: one material for the mesh.
        background: colour (3,), (B, 3) or (B, C, 3); or an image (3, H, W) or (B, 3, H, W)
            of the picture's size.
        ground: a `Ground`, or None.
    """

    lights: Light | Sequence[Light] = field(default_factory=PointLight)
    material: Material = field(default_factory=Material)
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
