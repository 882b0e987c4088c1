"""Edge gradients against finite differences of supersampled pictures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from meshes import sphere
from torch import Tensor

from simplifiedclip.body.smpl import SMPL
from simplifiedclip.render import Cameras, FaceColors, Scene, VertexColors, render
from simplifiedclip.render.mesh import mesh_edges

VIEWS = (0.0, 45.0, 135.0, -45.0, -135.0)
Move = Callable[[Tensor], Tensor]  # parameters (n,) to vertices (V, 3)


def picture(
    vertices: Tensor, faces: Tensor, texture: object, cameras: Cameras, samples: int, edges: str
) -> Tensor:
    """Pictures (C, 4, 224, 224), each pixel the mean of samples²."""
    result = render(
        vertices,
        faces,
        texture,  # type: ignore[arg-type]
        cameras,
        Scene(background=(0.9, 0.95, 1.0)),
        edges=edges,
        supersample=samples,
    )
    return result.image[0]


def compare(
    move: Move, faces: Tensor, texture: object, cameras: Cameras, targets: list[float], step: float = 0.03
) -> None:
    """Gradient against central difference at 0, for every parameter on the way to its target.

    The loss is linear in the picture, weighted by the difference to the picture in which only that parameter
    has its target's value, smoothed: what an optimiser descends along that fits pictures from coarse to fine.
    """

    def at(i: int, value: float, samples: int) -> Tensor:
        with torch.no_grad():
            parameters = torch.zeros(len(targets))
            parameters[i] = value
            return picture(move(parameters), faces, texture, cameras, samples, "hard")

    parameters = torch.zeros(len(targets), requires_grad=True)
    image = picture(move(parameters), faces, texture, cameras, 1, "edge")
    gradients, differences = [], []
    for i, target in enumerate(targets):
        weight = torch.nn.functional.avg_pool2d(image.detach() - at(i, target, 1), 25, 1, 12)
        (gradient,) = torch.autograd.grad((image * weight).mean(), parameters, retain_graph=True)
        gradients.append(float(gradient[i]))
        change = ((at(i, step, 8) - at(i, -step, 8)) * weight).mean() / (2 * step)
        differences.append(float(change))
        assert gradients[i] * target < 0  # the gradient leads to the target
    assert gradients == pytest.approx(differences, rel=0.1)


def rotation(angles: Tensor) -> Tensor:
    x, y, z = angles.unbind()
    zero = torch.zeros_like(x)
    return torch.matrix_exp(torch.stack((zero, -z, y, z, zero, -x, -y, x, zero)).view(3, 3))


@pytest.fixture(scope="module")
def body() -> SMPL:
    return SMPL.embedded()


@pytest.mark.parametrize("azimuth", VIEWS)
def test_body(body: SMPL, azimuth: float) -> None:
    """Translation across, up and towards the camera, turn, lean, and a raised arm, in each view by itself."""
    camera = Cameras(distance=2.25, elevation=5.0, azimuth=azimuth)
    start = torch.zeros(24, 3)
    start[1, 0], start[2, 0], start[4, 0] = -0.5, 0.3, 0.6  # a step, so that no limb is along a row of pixels
    start[16, 2], start[17, 2], start[18, 1] = -0.5, 0.4, -0.4

    def move(p: Tensor) -> Tensor:
        pose = start.index_put(
            (torch.tensor([0, 0, 16]), torch.tensor([1, 2, 2])), torch.stack((p[3], p[4], p[5])), True
        )
        return body(pose[None], transl=p[None, :3]).vertices[0]

    texture = VertexColors(torch.tensor([0.6, 0.45, 0.35]).expand(len(body.v_template), 3))
    side = 1.0 if abs(azimuth) < 90 else -1.0
    compare(move, body.faces, texture, camera, [0.15 * side, 0.12, 0.15 * side, 0.4, 0.25, 0.5])


@pytest.mark.parametrize("azimuth", [0.0, 70.0])
def test_self_occlusion(azimuth: float) -> None:
    """A small sphere in front of a large one, which it is joined to, moves by itself."""
    large, faces = sphere(32, 0.5)
    small, _ = sphere(32, 0.2)
    camera = Cameras(distance=2.25, elevation=5.0, azimuth=azimuth)
    front = torch.tensor([1.1, 0.1, 1.0]) if azimuth else torch.tensor([0.1, 0.1, 0.6])
    colors = torch.cat(
        (
            torch.tensor([[0.2, 0.5, 0.8]]).expand(len(large), 3),
            torch.tensor([[0.9, 0.4, 0.1]]).expand(len(small), 3),
        )
    )

    def move(p: Tensor) -> Tensor:
        return torch.cat((large, small + front + p))

    compare(move, torch.cat((faces, faces + len(large))), VertexColors(colors), camera, [0.1, 0.08, -0.1])


@pytest.mark.parametrize("texture", ["vertex", "face"])
def test_colours_inside_move(texture: str) -> None:
    """Colours that turn with a ball which fills the picture, where there is no outline."""
    vertices, faces = sphere(40, 0.5)
    camera = Cameras(distance=1.0, elevation=5.0, azimuth=20.0, fov=40.0)
    stripes = 0.5 + 0.5 * torch.sin(
        7 * vertices[:, :1] + torch.tensor([0.0, 1.0, 2.0]) + 5 * vertices[:, 1:2]
    )
    chosen = VertexColors(stripes) if texture == "vertex" else FaceColors(stripes[faces].mean(1))

    def move(p: Tensor) -> Tensor:
        return vertices @ rotation(p).T

    compare(move, faces, chosen, camera, [0.15, 0.2, 0.1])


def test_hard_edges_do_not_see_outlines() -> None:
    """The paper's setting: an unshaded body that moves in front of a background gives no gradient at all."""
    vertices, faces = sphere()
    vertices.requires_grad_()
    image = render(
        vertices, faces, VertexColors(torch.ones_like(vertices)), Cameras(), shader="silhouette"
    ).image
    weight = torch.linspace(-1, 1, 224)
    (gradient,) = torch.autograd.grad((image * weight).mean(), vertices)
    assert float(gradient[:, 0].sum()) > 0
    image = render(
        vertices, faces, VertexColors(vertices.detach()), Cameras(), shader="silhouette", edges="hard"
    ).image
    assert not image.requires_grad


def test_mesh_edges() -> None:
    faces = torch.tensor([[0, 1, 2], [2, 1, 3], [1, 2, 4]])
    edges = mesh_edges(faces).tolist()
    # The third face of edge 1-2 gets an edge of its own, whose other side is open.
    assert sorted((a, b) for a, b, _, _ in edges) == [
        (0, 1),
        (0, 2),
        (1, 2),
        (1, 2),
        (1, 3),
        (1, 4),
        (2, 3),
        (2, 4),
    ]
    beside = sorted(sorted((f, g)) for a, b, f, g in edges if (a, b) == (1, 2))
    assert [len([f for f in pair if f >= 0]) for pair in beside] == [1, 2]
    assert sorted(f for pair in beside for f in pair if f >= 0) == [0, 1, 2]
