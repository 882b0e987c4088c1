"""Lights and materials, with PyTorch3D's names and defaults, and the Phong reflection model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..errors import UserError
from .mesh import unit

Triple = Sequence[float] | Tensor  # (3,), or (B, 3) per body, or (B, C, 3) per body and camera


@dataclass(frozen=True)
class PointLight:
    """Light from a point (metres), equal in all directions and without falloff."""

    location: Triple = (0.0, 1.0, 0.0)
    ambient_color: Triple = (0.5, 0.5, 0.5)
    diffuse_color: Triple = (0.3, 0.3, 0.3)
    specular_color: Triple = (0.2, 0.2, 0.2)


@dataclass(frozen=True)
class DirectionalLight:
    """Light from infinitely far away; ``direction`` points from the scene *to* the light."""

    direction: Triple = (0.0, 1.0, 0.0)
    ambient_color: Triple = (0.5, 0.5, 0.5)
    diffuse_color: Triple = (0.3, 0.3, 0.3)
    specular_color: Triple = (0.2, 0.2, 0.2)


@dataclass(frozen=True)
class AmbientLight:
    """Light from everywhere: every surface shows its own colour."""

    ambient_color: Triple = (1.0, 1.0, 1.0)


Light = PointLight | DirectionalLight | AmbientLight


@dataclass(frozen=True)
class Material:
    """How much of each part of the light the surface reflects, and how sharp its highlight is."""

    ambient_color: Triple = (1.0, 1.0, 1.0)
    diffuse_color: Triple = (1.0, 1.0, 1.0)
    specular_color: Triple = (1.0, 1.0, 1.0)
    shininess: float | Tensor = 64.0


def per_view(value: Triple, name: str, bodies: int, views: int, device: torch.device) -> Tensor:
    """Bring a triple, (3,), (B, 3) or (B, C, 3), to (3, 1) when all views share it or else to (3, N)."""
    try:
        tensor = torch.as_tensor(value, dtype=torch.float32, device=device)
        if tensor.dim() == 1:
            return tensor.view(3, 1)
        if tensor.dim() == 2:
            tensor = tensor[:, None]
        return tensor.expand(bodies, views // bodies, 3).reshape(views, 3).T
    except (TypeError, ValueError, RuntimeError):
        raise UserError(
            f"{name} needs the shape (3,), ({bodies}, 3) or ({bodies}, {views // bodies}, 3): "
            "one triple, one per body, or one per body and camera"
        ) from None


@dataclass(frozen=True)
class Illumination:
    """Lights and material brought to N views, ready to light points."""

    lights: Sequence[Light]
    material: Material
    bodies: int
    positions: Tensor  # (N, 3) camera centres

    def _at(self, value: Triple, name: str, view: Tensor) -> Tensor:
        values = per_view(value, name, self.bodies, len(self.positions), self.positions.device)
        return values if values.shape[1] == 1 else values[:, view]

    def __call__(self, points: Tensor, normals: Tensor, view: Tensor) -> tuple[Tensor, Tensor]:
        """Light points with the Phong reflection model as PyTorch3D computes it.

        With unit normal n, unit direction l to the light and unit direction v to the camera, the colour of a
        point is ``texel · (ambient + diffuse · max(n·l, 0)) + specular · max(v·r, 0)^shininess`` where
        ``r = 2 (n·l) n − l`` and the highlight is only on the lit side.

        Args:
            points, normals: (3, P) world positions and normals of any length.
            view: (P,) number of the view that each point is seen in.

        Returns:
            What multiplies the texel and what is added to it, each (3, P) or broadcastable to it.
        """
        material = self.material
        factor = torch.zeros((), device=points.device)
        added = torch.zeros((), device=points.device)
        normals = unit(normals, 0)
        to_camera = unit(self.positions.T[:, view] - points, 0)
        for light in self.lights:
            colour = self._at(light.ambient_color, "a light's ambient_color", view)
            factor = factor + colour * self._at(material.ambient_color, "the material's ambient_color", view)
            if isinstance(light, AmbientLight):
                continue
            if isinstance(light, PointLight):
                to_light = self._at(light.location, "a light's location", view) - points
            else:
                to_light = self._at(light.direction, "a light's direction", view)
            to_light = unit(to_light, 0)
            cosine = (normals * to_light).sum(0)
            colour = self._at(light.diffuse_color, "a light's diffuse_color", view)
            diffuse = colour * self._at(material.diffuse_color, "the material's diffuse_color", view)
            factor = factor + diffuse * cosine.relu()

            # v·r without forming r: the reflection of l about n, seen from v.
            highlight = 2 * cosine * (normals * to_camera).sum(0) - (to_light * to_camera).sum(0)
            highlight = torch.where(cosine > 0, highlight, 0.0).relu()
            colour = self._at(light.specular_color, "a light's specular_color", view)
            specular = colour * self._at(material.specular_color, "the material's specular_color", view)
            added = added + specular * highlight.pow(material.shininess)
        return factor, added
