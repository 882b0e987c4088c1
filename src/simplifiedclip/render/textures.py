"""What gives a surface its colour: colours at vertices, colours of faces, or an image."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..errors import UserError


@dataclass(frozen=True)
class VertexColors:
    """A colour at every vertex, interpolated over the faces: ``colors`` (V, 3) or (B, V, 3) in 0..1."""

    colors: Tensor


@dataclass(frozen=True)
class FaceColors:
    """One colour for every face: ``colors`` (F, 3) or (B, F, 3) in 0..1."""

    colors: Tensor


@dataclass(frozen=True)
class UVTexture:
    """An image wrapped around the mesh, sampled bilinearly.

    Attributes:
        image: (3, H, W) or (B, 3, H, W) in 0..1, row 0 at the top.
        uvs: (T, 2); u = 0 is the left image border, v = 0 the *bottom* one (as in OpenGL and OBJ).
        faces_uvs: (F, 3) the three rows of ``uvs`` that each face uses.
    """

    image: Tensor
    uvs: Tensor
    faces_uvs: Tensor


Texture = VertexColors | FaceColors | UVTexture


def fitted_texture(
    texture: Texture, bodies: int, vertices: int, faces: int, device: torch.device
) -> VertexColors | FaceColors | UVTexture:
    """Return the texture as float32 tensors with a batch axis on the given device.

    Raises:
        UserError: it does not fit a mesh of this many bodies, vertices and faces.
    """

    def batched(value: Tensor, dims: int) -> Tensor:
        value = value.to(device, torch.float32)
        return value if value.dim() == dims else value[None]

    if isinstance(texture, VertexColors):
        _expect(texture.colors, "vertex colours", bodies, (vertices, 3))
        return VertexColors(batched(texture.colors, 3))
    if isinstance(texture, FaceColors):
        _expect(texture.colors, "face colours", bodies, (faces, 3))
        return FaceColors(batched(texture.colors, 3))
    if isinstance(texture, UVTexture):
        _expect(texture.image, "a texture image", bodies, (3, -1, -1))
        if texture.uvs.dim() != 2 or texture.uvs.shape[1] != 2:
            raise UserError(f"uvs need the shape (T, 2), not {tuple(texture.uvs.shape)}")
        if tuple(texture.faces_uvs.shape) != (faces, 3):
            raise UserError(f"faces_uvs need the shape ({faces}, 3), not {tuple(texture.faces_uvs.shape)}")
        if faces and not 0 <= int(texture.faces_uvs.min()) <= int(texture.faces_uvs.max()) < len(texture.uvs):
            raise UserError(f"faces_uvs name rows of uvs that do not exist: there are {len(texture.uvs)}")
        return UVTexture(
            batched(texture.image, 4),
            texture.uvs.to(device, torch.float32),
            texture.faces_uvs.to(device, torch.int32).contiguous(),
        )
    raise UserError(f"a texture is VertexColors, FaceColors or UVTexture, not {type(texture).__name__}")


def _expect(value: Tensor, name: str, bodies: int, shape: tuple[int, ...]) -> None:
    def fits(actual: tuple[int, ...]) -> bool:
        return len(actual) == len(shape) and all(want in (-1, got) for want, got in zip(shape, actual))

    actual = tuple(value.shape)
    if not (
        fits(actual) or (len(actual) == len(shape) + 1 and actual[0] in (1, bodies) and fits(actual[1:]))
    ):
        text = ", ".join("·" if want == -1 else str(want) for want in shape)
        raise UserError(f"{name} need the shape ({text}) or ({bodies}, {text}), not {actual}")


def sample_image(image: Tensor, uv: Tensor, body: Tensor) -> Tensor:
    """Sample images bilinearly, differentiable in both image and coordinates.

    Args:
        image: (B, 3, H, W), or (1, 3, H, W) when all bodies share it.
        uv: (2, P) coordinates as in `UVTexture`; outside 0..1 the border texel is repeated.
        body: (P,) which image each point uses, in ascending order.

    Returns:
        (3, P).
    """
    grid = torch.stack((uv[0] * 2 - 1, 1 - uv[1] * 2), -1)
    counts = [len(body)] if len(image) == 1 else torch.bincount(body, minlength=len(image)).tolist()
    sampled = [
        torch.nn.functional.grid_sample(
            one[None], part[None, None], mode="bilinear", padding_mode="border", align_corners=False
        )[0, :, 0]
        for one, part in zip(image, grid.split(counts))
    ]
    return torch.cat(sampled, 1)
