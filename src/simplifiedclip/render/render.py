"""`render`: vertices, a texture, cameras and a scene in, pictures out, gradients back."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..errors import UserError, nearest
from .cameras import Cameras, View
from .edges import edge_gradient
from .ground import draw_ground
from .interpolate import barycentrics
from .lights import AmbientLight, DirectionalLight, Illumination, PointLight, per_view
from .mesh import Topology, topology
from .rasterize import Fragments, rasterize
from .scene import Scene, SoftSettings
from .shade import SHADERS, shade
from .soft import clip_barycentrics, signed_distances, soft_blend, soft_coverage, soft_rasterize
from .textures import Texture, fitted_texture

EDGES = ("edge", "hard", "soft")


@dataclass(frozen=True)
class Rendering:
    """Pictures of B bodies by C cameras each.

    Attributes:
        image: (B, C, 4, H, W) red, green, blue over the background, and coverage; row 0 is the top.
        pix_to_face: (B, C, H, W) int32 face seen by each pixel, −1 for the background.
        depth: (B, C, H, W) depth in metres of the surface seen, inf for the background.
    """

    image: Tensor
    pix_to_face: Tensor
    depth: Tensor

    @property
    def rgb(self) -> Tensor:
        """The pictures without coverage as one batch, (B·C, 3, H, W)."""
        return self.image[:, :, :3].flatten(0, 1)


def render(
    vertices: Tensor,
    faces: Tensor,
    texture: Texture,
    cameras: Cameras,
    scene: Scene | None = None,
    *,
    image_size: int | tuple[int, int] = 224,
    shader: str = "phong",
    edges: str = "edge",
    soft: SoftSettings | None = None,
    supersample: int = 1,
) -> Rendering:
    """Render B meshes that share their faces from C cameras each.

    Args:
        vertices: (B, V, 3) or (V, 3) world positions in metres; their device, CPU or CUDA, does the work.
        faces: (F, 3) integers, counter-clockwise seen from outside.
        texture: `VertexColors`, `FaceColors` or `UVTexture`.
        cameras: C cameras.
        scene: lights, material, background and ground.
        image_size: side in pixels, or (height, width).
        shader: ``"phong"``, ``"gouraud"``, ``"flat"``, or ``"silhouette"`` (white on black).
        edges: how the gradient sees silhouettes: ``"edge"`` (they move with the surface, `edge_gradient`),
            ``"hard"`` (not at all, as in the paper: only shading has a gradient), or ``"soft"`` (SoftRas: the
            picture itself is blurred, `SoftSettings`).
        soft: settings of the ``soft`` mode.
        supersample: render with this many times the pixels on each side and average, for smooth outlines.

    Returns:
        `Rendering`; its image is differentiable in vertices, colours, texture images, camera and light
        parameters and the background.

    Raises:
        UserError: an argument has the wrong shape, dtype, device or name.
    """
    scene = scene or Scene()
    vertices, mesh, texture, (height, width) = _checked(
        vertices, faces, texture, image_size, shader, edges, supersample
    )
    faces = mesh.faces
    bodies, device = len(vertices), vertices.device
    view = cameras.view(bodies, (height * supersample, width * supersample), device)
    views = len(view.position)
    illumination = _illumination(scene, bodies, view.position)

    screen = view.project(vertices.repeat_interleave(views // bodies, 0))
    seen = rasterize(screen, faces, view)
    background = _background(scene, shader, vertices, view, supersample)

    if edges == "soft":
        settings = soft or SoftSettings()
        fragments = soft_rasterize(screen, faces, view, settings)
        bary = clip_barycentrics(barycentrics(screen, faces, fragments, view))
        distances = signed_distances(screen, faces, fragments, view)
        if shader == "silhouette":
            image = soft_coverage(distances, fragments, settings)[:, None].expand(-1, 4, -1, -1)
        else:
            colors = shade(shader, vertices, faces, texture, fragments, bary, illumination)
            image = soft_blend(colors, distances, screen, faces, bary, fragments, background, view, settings)
    else:
        # In the edge mode the motion of colours over the pixels is edge_gradient's part, so colours are
        # differentiated at fixed places of the surface.
        placed = screen.detach() if edges == "edge" else screen
        bary = barycentrics(placed, faces, seen.fragments, view)
        colors = shade(shader, vertices, faces, texture, seen.fragments, bary, illumination)
        image = composite(colors, seen.fragments, background)
        if edges == "edge":
            image = edge_gradient(image, screen, mesh, bary, seen, view)

    if supersample > 1:
        image = torch.nn.functional.avg_pool2d(image, supersample)
    middle = slice(supersample // 2, None, supersample)

    def per_body(value: Tensor) -> Tensor:
        return value.reshape(bodies, views // bodies, *value.shape[1:])

    return Rendering(
        per_body(image),
        per_body(seen.pix_to_face[:, middle, middle]),
        per_body(seen.depth[:, middle, middle]),
    )


def composite(colors: Tensor, fragments: Fragments, background: Tensor) -> Tensor:
    """Lay covered pixels (3, P) over a background (N, 3, H, W); returns RGBA (N, 4, H, W)."""
    height, width = fragments.size
    plane = fragments.pixels_per_view
    image = torch.cat((background, background.new_zeros(fragments.views, 1, height, width)), 1)
    first = fragments.pixel + fragments.view * (3 * plane)  # index into the flattened (N, 4, H, W)
    index = torch.cat([first + channel * plane for channel in range(4)])
    values = torch.cat((colors, torch.ones_like(colors[:1]))).flatten()
    return image.flatten().index_copy(0, index, values).view_as(image)


def _background(scene: Scene, shader: str, vertices: Tensor, view: View, supersample: int) -> Tensor:
    """The background of all views, (N, 3, H, W), with the ground drawn on it."""
    bodies, views, device = len(vertices), len(view.position), vertices.device
    shape = (views, 3, *view.size)
    if shader == "silhouette":
        return torch.zeros(shape, device=device)
    value = torch.as_tensor(scene.background, dtype=torch.float32, device=device)
    size = tuple(side // supersample for side in view.size)
    if value.dim() in (3, 4) and value.shape[-3:] == (3, *size):
        images = value.expand(bodies, 3, *size) if value.dim() == 3 or len(value) in (1, bodies) else value
        if len(images) != bodies:
            raise UserError(f"{len(images)} background images were given with vertices of {bodies} bodies")
        for axis in (2, 3) if supersample > 1 else ():
            images = images.repeat_interleave(supersample, axis)
        background = images.repeat_interleave(views // bodies, 0)
    else:
        background = (
            per_view(value, "the background", bodies, views, device).T[:, :, None, None].expand(shape)
        )
    return draw_ground(scene.ground, background, vertices, view) if scene.ground else background


def _illumination(scene: Scene, bodies: int, positions: Tensor) -> Illumination:
    lights = scene.lights
    if isinstance(lights, PointLight | DirectionalLight | AmbientLight):
        lights = [lights]
    return Illumination(tuple(lights), scene.material, bodies, positions)


def _checked(
    vertices: Tensor,
    faces: Tensor,
    texture: Texture,
    image_size: int | tuple[int, int],
    shader: str,
    edges: str,
    supersample: int,
) -> tuple[Tensor, Topology, Texture, tuple[int, int]]:
    """Vertices (B, V, 3), topology, texture, image height and width; UserError for what does not fit."""
    for kind, name, known in (("shader", shader, SHADERS), ("edge mode", edges, EDGES)):
        if name not in known:
            raise UserError(
                f"unknown {kind} {name!r}: choose from {', '.join(known)}" + nearest(str(name), known)
            )
    if vertices.dim() not in (2, 3) or vertices.shape[-1] != 3 or not vertices.is_floating_point():
        raise UserError(
            "vertices need the shape (V, 3) or (B, V, 3) and a floating dtype, "
            f"not {tuple(vertices.shape)} {vertices.dtype}"
        )
    if vertices.device.type not in ("cpu", "cuda"):
        raise UserError(
            f"the renderer works on cpu and cuda, not on {vertices.device.type}: move the vertices"
        )
    height, width = (image_size, image_size) if isinstance(image_size, int) else image_size
    if height < 1 or width < 1 or supersample < 1:
        raise UserError(f"image_size {image_size} and supersample {supersample} need to be at least 1")
    if vertices.dim() == 2:
        vertices = vertices[None]
    count = vertices.shape[1]
    mesh = topology(faces, vertices.device)
    if mesh.vertices > count:
        raise UserError(f"faces name vertices up to number {mesh.vertices - 1}, but there are only {count}")
    texture = fitted_texture(texture, len(vertices), count, len(faces), vertices.device)
    return vertices.float(), mesh, texture, (height, width)
