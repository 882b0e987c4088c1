"""The body before its cameras: everything of Ω that turns a pose into pictures, built once for a run."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .body.smpl import SMPL
from .errors import UserError
from .presets import RunSettings
from .render import AmbientLight, Cameras, DirectionalLight, Ground, PointLight, Scene, render

if TYPE_CHECKING:
    from .render import Rendering, Texture
    from .render.lights import Triple

_LIGHTS = {"point": PointLight, "directional": DirectionalLight, "ambient": AmbientLight}


def find_device(name: str) -> torch.device:
    """Return the device of a name: ``cpu``, ``cuda``, ``cuda:N``, or ``auto`` for cuda where there is one.

    Raises:
        UserError: no such device, or it is not there.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or device.type not in ("cpu", "cuda"):
        raise UserError(f"There is no device '{name}': use cpu, cuda, cuda:N or auto")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        count = torch.cuda.device_count()
        raise UserError(
            f"The device {name} is not there (PyTorch sees {count} CUDA devices): use cpu or auto"
        )
    return device


class Stage:
    """A body, its texture, its cameras and its scene: the paper's composition of SMPL and renderer.

    Args:
        settings: what stands before which cameras, and how it is drawn.
        body: a body that is already loaded, instead of the one that the settings name.
        texture: a texture of ``simplifiedclip.render``, instead of the one that the settings name.

    Raises:
        UserError: a body, texture, camera or device that is not there or cannot be read.

    Examples:
        >>> stage = Stage(PRESETS["best"])                             # doctest: +SKIP
        >>> stage.render(torch.zeros(1, 24, 3)).image.shape            # doctest: +SKIP
        torch.Size([1, 5, 4, 224, 224])
    """

    def __init__(
        self, settings: RunSettings, body: SMPL | None = None, texture: Texture | None = None
    ) -> None:
        self.settings = settings
        self.device = find_device(settings.device)
        if body is None:
            body = SMPL.from_file(settings.body) if settings.body else SMPL.embedded(settings.gender)
        self.body = body.to(self.device)
        if texture is None:
            from .body.textures import body_texture

            texture = body_texture(settings.texture, self.body)
        self.texture = texture
        self.betas = torch.tensor([settings.beta_values()], device=self.device, dtype=self.body.dtype)
        self.cameras = self.cameras_at(settings.cameras)

    def render(
        self,
        theta: Tensor,
        betas: Tensor | None = None,
        transl: Tensor | None = None,
        *,
        cameras: Cameras | None = None,
        image_size: int | None = None,
        background: Triple = (1.0, 1.0, 1.0),
        centre: bool = False,
    ) -> Rendering:
        """Draw a batch of poses from every camera.

        Args:
            theta: (B, 24, 3) axis-angle in radians, or (B, 24, 3, 3) rotation matrices.
            betas: (B, 10); the settings' β if left out.
            transl: (B, 3) metres; none if left out.
            cameras: other cameras than the settings'.
            image_size: another size than the settings'.
            background: colour behind the body, (3,), or (B, C, 3) for each view its own.
            centre: put the middle of each body where the cameras look.

        Returns:
            The rendering, whose ``image`` is (B, C, 4, H, W) and differentiable in all of these.
        """
        posed = self.body(theta, betas=self.betas if betas is None else betas, transl=transl)
        return self.draw(
            posed.vertices, cameras=cameras, image_size=image_size, background=background, centre=centre
        )

    def draw(
        self,
        vertices: Tensor,
        *,
        cameras: Cameras | None = None,
        image_size: int | None = None,
        background: Triple = (1.0, 1.0, 1.0),
        centre: bool = False,
    ) -> Rendering:
        """Draw bodies that are already posed, vertices (B, V, 3) in metres; otherwise as ``render``."""
        if centre:
            low, high = vertices.detach().aminmax(dim=1)
            vertices = vertices - (low + high)[:, None] / 2
        scene = Scene(
            lights=_LIGHTS[self.settings.light](),
            background=background,
            ground=Ground() if self.settings.ground else None,
        )
        return render(
            vertices,
            self.body.faces,
            self.texture,
            self.cameras if cameras is None else cameras,
            scene,
            image_size=image_size or self.settings.image_size,
            shader=self.settings.shader,
            edges=self.settings.edges,
        )

    def cameras_at(self, azimuths: str) -> Cameras:
        """Return cameras like the settings' at other azimuths: ``single``, ``five``, or degrees."""
        settings = self.settings
        return Cameras.parse(
            azimuths, distance=settings.distance, elevation=settings.elevation, fov=settings.fov
        )

    def looks(self) -> str:
        """Return a hash of what decides over pictures of a pose, but for where around it the cameras are."""
        settings = self.settings
        digest = hashlib.sha256(self.body.name.encode())
        names = ("elevation", "distance", "fov", "image_size", "shader", "light", "ground")
        digest.update(repr([getattr(settings, name) for name in names]).encode())
        seen = [self.body.v_template, self.betas, *vars(self.texture).values()]
        for value in seen:
            if isinstance(value, Tensor):
                digest.update(value.detach().cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()
