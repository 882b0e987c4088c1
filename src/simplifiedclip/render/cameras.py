"""Cameras that look at a point, in the vocabulary of PyTorch3D's FoV cameras.

A camera at azimuth 0 stands at +z of the point it looks at; positive azimuth turns it towards +x, positive
elevation lifts it towards +y. View space is x right, y up and *depth* forwards (metres, positive in front).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..errors import UserError, nearest

Values = float | Sequence[float] | Tensor  # one number, or one per camera, or (bodies, cameras)

_NAMED: dict[str, tuple[float, ...]] = {"single": (0.0,), "five": (0.0, 45.0, 135.0, -45.0, -135.0)}


@dataclass(frozen=True)
class Cameras:
    """A set of C cameras, the same for every body or different ones per body.

    Attributes:
        distance, elevation, azimuth: metres and degrees; each a number, a list of C, a tensor (C,) or a
            tensor (B, C) with a row for each body. They broadcast against each other. Tensors that require a
            gradient receive one.
        fov: vertical field of view in degrees (perspective); the same broadcasting.
        znear, zfar: surface points nearer or farther than this (metres of depth) are not drawn.
        at: the point looked at, metres, (3,), (C, 3) or (B, C, 3).
        kind: ``"perspective"`` or ``"orthographic"``.
        scale: orthographic only: half of the image side in metres.

    In an image that is not square, ``fov`` and ``scale`` belong to the shorter side, as in PyTorch3D.
    """

    distance: Values = 2.25
    elevation: Values = 0.0
    azimuth: Values = 0.0
    fov: Values = 60.0
    znear: float = 0.1
    zfar: float = 100.0
    at: Sequence[float] | Tensor = (0.0, 0.0, 0.0)
    kind: str = "perspective"
    scale: Values = 1.0

    def __post_init__(self) -> None:
        if self.kind not in ("perspective", "orthographic"):
            raise UserError(
                f"camera kind {self.kind!r} is neither perspective nor orthographic"
                + nearest(self.kind, ("perspective", "orthographic"))
            )
        if not 0 < self.znear < self.zfar:
            raise UserError(f"camera planes need 0 < znear < zfar, not {self.znear} and {self.zfar}")
        self._stacked("cpu")  # refuses shapes that do not broadcast before any work is done

    @classmethod
    def paper_single(cls) -> Cameras:
        """The paper's one camera: azimuth 0°, elevation 5°, distance 2.25, field of view 60°."""
        return cls(distance=2.25, elevation=5.0, azimuth=_NAMED["single"])

    @classmethod
    def paper_five(cls) -> Cameras:
        """The paper's five cameras: azimuths 0°, 45°, 135°, −45°, −135°, otherwise as `paper_single`."""
        return cls(distance=2.25, elevation=5.0, azimuth=_NAMED["five"])

    @classmethod
    def parse(
        cls, text: str, *, distance: float = 2.25, elevation: float = 5.0, fov: float = 60.0
    ) -> Cameras:
        """Read ``"single"``, ``"five"`` or azimuths in degrees such as ``"0,45,90"``."""
        azimuths = _NAMED.get(text.strip().lower())
        if azimuths is None:
            try:
                azimuths = tuple(float(part) for part in text.split(","))
            except ValueError:
                raise UserError(
                    f"cameras {text!r} are neither single, five nor azimuths in degrees such as 0,45,90"
                    + nearest(text, _NAMED)
                ) from None
            if not all(map(math.isfinite, azimuths)):
                raise UserError(f"cameras {text!r}: every azimuth must be a finite number of degrees")
        return cls(distance=distance, elevation=elevation, azimuth=azimuths, fov=fov)

    def __len__(self) -> int:
        """Number of cameras that look at each body."""
        return self._stacked("cpu")[0].shape[-1]

    @property
    def bodies(self) -> int | None:
        """Number of bodies that these cameras were made for, None when they serve any number."""
        shape = self._stacked("cpu")[0].shape
        return shape[0] if len(shape) == 2 else None

    def __getitem__(self, index: int | slice) -> Cameras:
        """Camera number ``index`` (or a slice of them) as `Cameras`."""
        keep = slice(index, index + 1 or None) if isinstance(index, int) else index
        distance, elevation, azimuth, fov, scale, at = self._stacked(None)
        return replace(
            self,
            distance=distance[..., keep],
            elevation=elevation[..., keep],
            azimuth=azimuth[..., keep],
            fov=fov[..., keep],
            scale=scale[..., keep],
            at=at[..., keep, :],
        )

    def _stacked(self, device: torch.device | str | None) -> tuple[Tensor, ...]:
        """distance, elevation, azimuth, fov, scale (…, C) and at (…, C, 3), broadcast against each other."""
        named = ("distance", "elevation", "azimuth", "fov", "scale")
        try:
            values = [
                torch.as_tensor(getattr(self, name), dtype=torch.float32, device=device) for name in named
            ]
            at = torch.as_tensor(self.at, dtype=torch.float32, device=device)
            shape = torch.broadcast_shapes((1,), *(value.shape for value in values), at.shape[:-1])
            if len(shape) > 2 or at.shape[-1:] != (3,):
                raise ValueError
        except (TypeError, ValueError, RuntimeError):
            raise UserError(
                "cameras need numbers, lists of C or tensors (C,) or (B, C) that broadcast against each "
                "other, and `at` of shape (3,), (C, 3) or (B, C, 3)"
            ) from None
        return (*(value.expand(shape) for value in values), at.expand(*shape, 3))

    def view(self, bodies: int, size: tuple[int, int], device: torch.device | str = "cpu") -> View:
        """The N = ``bodies`` · C views onto images of ``size`` = (height, width), body after body.

        Raises:
            UserError: the cameras were given for another number of bodies.
        """
        distance, elevation, azimuth, fov, scale, at = self._stacked(device)
        if distance.dim() == 2 and distance.shape[0] not in (1, bodies):
            raise UserError(f"cameras for {distance.shape[0]} bodies were given with vertices of {bodies}")
        shape = (bodies, distance.shape[-1])
        elevation, azimuth = torch.deg2rad(elevation), torch.deg2rad(azimuth)
        zero = torch.zeros_like(azimuth)
        # Rows of the rotation from world to view: right, up, forwards.
        right = torch.stack((azimuth.cos(), zero, -azimuth.sin()), -1)
        forwards = -torch.stack(
            (elevation.cos() * azimuth.sin(), elevation.sin(), elevation.cos() * azimuth.cos()), -1
        )
        up = torch.linalg.cross(right, forwards)
        position = at - distance[..., None] * forwards
        rotation = torch.stack((right, up, forwards), -2)

        height, width = size
        half = min(height, width) / 2
        # Pixels per metre, at depth 1 for a perspective camera and at any depth for an orthographic one.
        focal = half / (torch.tan(torch.deg2rad(fov) / 2) if self.kind == "perspective" else scale)
        return View(
            rotation=rotation.expand(*shape, 3, 3).reshape(-1, 3, 3),
            position=position.expand(*shape, 3).reshape(-1, 3),
            focal=focal.expand(shape).reshape(-1),
            size=size,
            perspective=self.kind == "perspective",
            znear=self.znear,
            zfar=self.zfar,
        )


@dataclass(frozen=True)
class View:
    """N views ready to project: what `Cameras` come to for given bodies and image size.

    Attributes:
        rotation: (N, 3, 3) world to view; its rows are the camera's right, up and forward directions.
        position: (N, 3) camera centres, metres.
        focal: (N,) focal length in pixels (perspective) or pixels per metre (orthographic).
        size: image height and width.
        perspective: False for an orthographic view.
        znear, zfar: range of depth that is drawn, metres.
    """

    rotation: Tensor
    position: Tensor
    focal: Tensor
    size: tuple[int, int]
    perspective: bool
    znear: float
    zfar: float

    def project(self, points: Tensor) -> Tensor:
        """World points (N, V, 3) to homogeneous screen points (N, V, 3): ``(x·w, y·w, depth)``.

        x and y are pixels from the left and top image border (pixel centres at +0.5) and w is the depth in a
        perspective view, 1 in an orthographic one. Nothing is divided, so points behind the camera do no
        harm.
        """
        height, width = self.size
        zero, one = torch.zeros_like(self.focal), torch.ones_like(self.focal)
        centre_x, centre_y = one * (width / 2), one * (height / 2)
        in_depth_x, in_depth_y = (centre_x, centre_y) if self.perspective else (zero, zero)
        intrinsic = torch.stack(
            (self.focal, zero, in_depth_x, zero, -self.focal, in_depth_y, zero, zero, one), -1
        ).view(-1, 3, 3)
        matrix = intrinsic @ self.rotation
        offset = -(matrix @ self.position[:, :, None]).transpose(1, 2)
        if not self.perspective:
            offset = offset + torch.stack((centre_x, centre_y, zero), -1)[:, None]
        return torch.baddbmm(offset, points, matrix.transpose(1, 2))

    def rays(self) -> tuple[Tensor, Tensor]:
        """Origin and direction (N, H, W, 3) of the rays through pixel centres, depth growing by 1."""
        height, width = self.size
        device = self.focal.device
        x = (torch.arange(width, device=device) + 0.5 - width / 2) / self.focal[:, None]
        y = (height / 2 - torch.arange(height, device=device) - 0.5) / self.focal[:, None]
        right, up, forwards = (self.rotation[:, None, None, row] for row in range(3))
        across = x[:, None, :, None] * right + y[:, :, None, None] * up
        origin = self.position[:, None, None]
        if self.perspective:
            return origin.expand_as(across), across + forwards
        return origin + across, forwards.expand_as(across)
