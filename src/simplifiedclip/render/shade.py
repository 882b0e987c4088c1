"""The shaders: from fragments to colours."""

from __future__ import annotations

import torch
from torch import Tensor

from .interpolate import face_frames, interpolate
from .lights import Illumination
from .mesh import vertex_normals
from .rasterize import Fragments
from .textures import FaceColors, Texture, UVTexture, VertexColors, sample_image

SHADERS = ("phong", "gouraud", "flat", "silhouette")


def shade(
    shader: str,
    vertices: Tensor,
    faces: Tensor,
    texture: Texture,
    fragments: Fragments,
    bary: Tensor,
    illumination: Illumination,
) -> Tensor:
    """Colour of every fragment, with PyTorch3D's definitions of the shaders.

    ``phong`` lights the interpolated position with the interpolated vertex normal; ``gouraud`` lights the
    vertices and interpolates their lit colours; ``flat`` lights each face at its centre with its own normal;
    ``silhouette`` is white.

    Args:
        vertices: (B, V, 3) world positions.
        faces: (F, 3) int32.
        bary: (P, 3) barycentrics of the fragments.

    Returns:
        (3, P) colours, not clamped.
    """
    bodies, views = len(vertices), fragments.views
    per_body = views // bodies
    if shader == "silhouette":
        return bary.new_ones(3, len(fragments.pixel))

    if shader == "gouraud":
        lit_rows = _light_vertices(vertices, faces, illumination, views)
        if isinstance(texture, VertexColors):
            colors = texture.colors.expand(bodies, -1, -1).repeat_interleave(per_body, 0)
            lit = colors * lit_rows[..., :3] + lit_rows[..., 3:]
            return interpolate(lit, faces, fragments, bary, 1)
        factor, added = interpolate(lit_rows, faces, fragments, bary, 1).split(3)
        return texel(texture, fragments, bary, bodies) * factor + added

    # One interpolation carries everything that varies over the face.
    attributes = [vertices, vertex_normals(vertices, faces)] if shader == "phong" else []
    if isinstance(texture, VertexColors):
        attributes.append(texture.colors.expand(bodies, -1, -1))
    varying: list[Tensor] = []
    if attributes:
        varying += interpolate(torch.cat(attributes, 2), faces, fragments, bary, per_body).split(3)
    texels = varying.pop() if isinstance(texture, VertexColors) else texel(texture, fragments, bary, bodies)
    points, normals = varying or face_frames(vertices, faces, fragments, per_body)
    factor, added = illumination(points, normals, fragments.view)
    return texels * factor + added


def _light_vertices(vertices: Tensor, faces: Tensor, illumination: Illumination, views: int) -> Tensor:
    """(N, V, 6): what multiplies the texel and what is added to it at every vertex in every view."""
    per_body = views // len(vertices)
    normals = vertex_normals(vertices, faces)
    points, normals = (value.repeat_interleave(per_body, 0).reshape(-1, 3).T for value in (vertices, normals))
    view = torch.arange(views, device=faces.device).repeat_interleave(vertices.shape[1])
    factor, added = illumination(points, normals, view)
    lit = torch.cat((factor.expand_as(points), added.expand_as(points)))
    return lit.T.reshape(views, -1, 6)


def texel(texture: FaceColors | UVTexture, fragments: Fragments, bary: Tensor, bodies: int) -> Tensor:
    """Texture colour (3, P) of every fragment."""
    body = fragments.view // (fragments.views // bodies)
    if isinstance(texture, FaceColors):
        row = body * texture.colors.shape[1] if len(texture.colors) > 1 else 0
        return texture.colors.reshape(-1, 3).T[:, fragments.face.long() + row]
    uv = interpolate(texture.uvs[None], texture.faces_uvs, fragments, bary, fragments.views)
    return sample_image(texture.image, uv, body)
