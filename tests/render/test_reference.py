"""The kernels against plain PyTorch in double precision, forward and backward, on random scenes."""

from __future__ import annotations

import pytest
import torch
from meshes import soup
from reference import render_reference
from torch import Tensor

from simplifiedclip.render import (
    AmbientLight,
    Cameras,
    DirectionalLight,
    FaceColors,
    Material,
    PointLight,
    Scene,
    SoftSettings,
    Texture,
    UVTexture,
    VertexColors,
    render,
)

SIZE = (48, 64)
SCENE = Scene(
    lights=(
        PointLight((1.0, 2.0, 2.0), specular_color=(0.1, 0.2, 0.3)),
        DirectionalLight((-1.0, 0.5, 0.2), (0.1, 0.0, 0.2)),
        AmbientLight((0.05, 0.1, 0.15)),
    ),
    material=Material((0.9, 1.0, 0.8), (0.7, 1.0, 0.9), (1.0, 0.8, 0.6), 8.0),
    background=(0.1, 0.5, 0.9),
)


def cameras(kind: str) -> Cameras:
    return Cameras(distance=2.0, elevation=[10.0, -20.0], azimuth=[20.0, 130.0], kind=kind)


def texture_parts(name: str, vertices: int, faces: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(7)
    shapes = {"vertex": [(vertices, 3)], "face": [(faces, 3)], "uv": [(3, 9, 13), (vertices, 2)]}[name]
    return [torch.rand(shape, generator=generator, dtype=torch.float64) for shape in shapes]


def make_texture(name: str, parts: list[Tensor], faces: Tensor) -> Texture:
    if name == "uv":
        return UVTexture(parts[0], parts[1], faces)
    return VertexColors(parts[0]) if name == "vertex" else FaceColors(parts[0])


def compare(
    seed: int,
    kind: str,
    shader: str,
    edges: str,
    texture: str = "vertex",
    triangles: int = 40,
    size: tuple[int, int] = SIZE,
    soft: SoftSettings | None = None,
) -> None:
    """Images within 1e-4 and gradients within 1e-3 of their norm."""
    vertices, faces = soup(seed, triangles)
    parts = texture_parts(texture, len(vertices), len(faces))
    generator = torch.Generator().manual_seed(seed)
    weight = torch.randn(2, 4, *size, generator=generator, dtype=torch.float64)

    double = [value.clone().requires_grad_() for value in (vertices, *parts)]
    image, pix_to_face = render_reference(
        double[0],
        faces,
        make_texture(texture, double[1:], faces),
        cameras(kind),
        SCENE,
        size,
        shader,
        edges,
        soft,
    )
    single = [value.float().requires_grad_() for value in (vertices, *parts)]
    result = render(
        single[0],
        faces,
        make_texture(texture, single[1:], faces),
        cameras(kind),
        SCENE,
        image_size=size,
        shader=shader,
        edges=edges,
        soft=soft,
    )
    # Rounding may give single pixels on an edge to another face; they and their neighbours are left out.
    differs = (result.pix_to_face[0].long() != pix_to_face.view(2, *size)).double()
    assert differs.mean() < 1e-3
    assert (pix_to_face >= 0).double().mean() > 0.1
    alike = 1 - torch.nn.functional.max_pool2d(differs[:, None], 3, 1, 1)
    assert ((result.image[0] - image).abs() * alike).max() < 1e-4

    weight = weight * alike
    inputs = [i for i in range(len(double)) if shader != "silhouette" or i == 0]
    expected = torch.autograd.grad((image * weight).sum(), [double[i] for i in inputs])
    actual = torch.autograd.grad((result.image[0] * weight.float()).sum(), [single[i] for i in inputs])
    for ours, theirs in zip(actual, expected):
        assert theirs.norm() > 0
        assert (ours - theirs).norm() < 1e-3 * theirs.norm()


@pytest.mark.parametrize("kind", ["perspective", "orthographic"])
@pytest.mark.parametrize("edges", ["hard", "edge"])
@pytest.mark.parametrize("shader", ["flat", "gouraud", "phong"])
def test_shaders(shader: str, edges: str, kind: str) -> None:
    for seed in range(2):
        compare(seed, kind, shader, edges)


def test_silhouette() -> None:
    compare(3, "perspective", "silhouette", "edge")


@pytest.mark.parametrize("edges", ["hard", "edge"])
@pytest.mark.parametrize("shader", ["flat", "gouraud", "phong"])
@pytest.mark.parametrize("texture", ["face", "uv"])
def test_textures(texture: str, shader: str, edges: str) -> None:
    compare(4, "perspective", shader, edges, texture)


@pytest.mark.parametrize("kind", ["perspective", "orthographic"])
@pytest.mark.parametrize("shader", ["silhouette", "phong"])
def test_soft(shader: str, kind: str) -> None:
    soft = SoftSettings(sigma=1e-3, gamma=1e-2, faces_per_pixel=6, blur_radius=9e-3)
    compare(6, kind, shader, "soft", triangles=24, size=(20, 24), soft=soft)


def test_two_threads_give_the_same() -> None:
    vertices, faces = soup(8, 3000)
    colors = torch.rand(len(vertices), 3)
    results = []
    for threads in (1, 2, 2):
        torch.set_num_threads(threads)
        points = vertices.float().requires_grad_()
        image = render(points, faces, VertexColors(colors), cameras("perspective"), image_size=96).image
        (image**2).sum().backward()
        results.append((image.detach(), points.grad))
    assert torch.equal(results[0][0], results[1][0])
    assert torch.equal(results[1][1], results[2][1])  # type: ignore[arg-type]
    torch.testing.assert_close(results[0][1], results[1][1], rtol=1e-3, atol=1e-3)
