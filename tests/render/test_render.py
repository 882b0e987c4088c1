"""The whole renderer: what `render` promises apart from its agreement with the references."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from meshes import sphere
from torch import Tensor

from simplifiedclip.errors import UserError
from simplifiedclip.render import (
    AmbientLight,
    Cameras,
    DirectionalLight,
    FaceColors,
    Ground,
    PointLight,
    Scene,
    UVTexture,
    VertexColors,
    render,
)

GREY = 0.5


def ball(**settings: object) -> Tensor:
    vertices, faces = sphere()
    settings = {"texture": VertexColors(torch.full_like(vertices, GREY)), "cameras": Cameras(), **settings}
    return render(vertices, faces, image_size=64, **settings).image  # type: ignore[arg-type]


def test_image_layout() -> None:
    vertices, faces = sphere()
    batch = torch.stack((vertices, vertices + torch.tensor([0.0, 0.4, 0.0]), vertices * 0.5))
    result = render(
        batch, faces, VertexColors(torch.rand_like(vertices)), Cameras.paper_five(), image_size=(40, 60)
    )
    assert result.image.shape == (3, 5, 4, 40, 60)
    assert result.rgb.shape == (15, 3, 40, 60)
    assert result.pix_to_face.shape == result.depth.shape == (3, 5, 40, 60)
    covered = result.pix_to_face >= 0
    assert torch.equal(covered, result.image[:, :, 3] == 1)
    assert torch.equal(covered, result.depth.isfinite())
    assert bool((result.image[:, :, :3].movedim(2, -1)[~covered] == 1).all())  # PyTorch3D's white background
    rows = covered[:, 0].float().sum(-1).argmax(-1)  # the widest row is the centre
    assert rows[1] < rows[0]  # up is towards row 0
    # Bodies do not mix: each is as it is alone.
    alone = render(
        batch[2], faces, VertexColors(torch.ones_like(vertices)), Cameras.paper_five(), image_size=(40, 60)
    )
    assert torch.equal(alone.pix_to_face[0], result.pix_to_face[2])


def test_per_body_lights_colours_cameras_and_backgrounds() -> None:
    vertices, faces = sphere()
    batch = vertices.expand(2, -1, -1)
    colors = torch.stack((torch.full_like(vertices, 0.2), torch.full_like(vertices, 0.8)))
    light = PointLight(location=torch.tensor([[0.0, 2.0, 2.0], [2.0, 0.0, 2.0]]))
    cameras = Cameras(distance=torch.tensor([[2.0, 2.5], [3.0, 1.5]]), azimuth=[0.0, 30.0])
    background = torch.tensor([[0.0, 0.1, 0.2], [1.0, 0.9, 0.8]])
    both = render(
        batch, faces, VertexColors(colors), cameras, Scene(light, background=background), image_size=48
    )
    for b in range(2):
        single = render(
            vertices,
            faces,
            VertexColors(colors[b]),
            Cameras(distance=[[2.0, 2.5], [3.0, 1.5]][b], azimuth=[0.0, 30.0]),
            Scene(PointLight(location=light.location[b]), background=tuple(background[b].tolist())),  # type: ignore[index]
            image_size=48,
        )
        torch.testing.assert_close(both.image[b], single.image[0])
    by_view = torch.rand(2, 2, 3)
    image = render(
        batch, faces, VertexColors(colors), cameras, Scene(background=by_view), image_size=48
    ).image
    torch.testing.assert_close(image[:, :, :3, 0, 0], by_view)


def test_ambient_light_shows_the_colours() -> None:
    image = ball(scene=Scene(AmbientLight(), background=(0.0, 0.0, 0.0)))
    assert image[0, 0, :3].amax() == pytest.approx(GREY, abs=1e-5)
    silhouette = ball(shader="silhouette")
    torch.testing.assert_close(silhouette[:, :, :3], silhouette[:, :, 3:].expand(-1, -1, 3, -1, -1))


def test_light_comes_from_where_it_is() -> None:
    left = ball(scene=Scene(DirectionalLight((-1.0, 0.0, 0.5)), background=(0.0, 0.0, 0.0)))[0, 0, 0]
    assert left[:, :32].sum() > 1.2 * left[:, 32:].sum()
    above = ball(scene=Scene(PointLight((0.0, 3.0, 1.0)), background=(0.0, 0.0, 0.0)))[0, 0, 0]
    assert above[:32].sum() > 1.2 * above[32:].sum()


def test_gradients_reach_cameras_lights_and_background() -> None:
    vertices, faces = sphere(16)
    colors = 0.5 + 0.4 * torch.sin(4 * vertices + torch.tensor([0.0, 1.0, 2.0]))
    ramp = torch.linspace(-1, 1, 128)
    weight = torch.stack(
        (ramp.expand(128, 128), ramp[:, None].expand(128, 128), ramp.outer(ramp), ramp.outer(ramp))
    )
    start = torch.tensor([2.0, 5.0, 20.0, 50.0, 0.1, 0.5, 1.5, 2.0, 0.4, 0.3, 40.0])

    def loss(p: Tensor, samples: int = 1) -> Tensor:
        cameras = Cameras(
            distance=p[0], elevation=p[1], azimuth=p[2], fov=p[3], at=torch.stack((p[4], p[4], p[4]))
        )
        light = PointLight(torch.stack((p[5], p[6], p[7])), diffuse_color=p[8].expand(3))
        scene = Scene(light, background=p[9].expand(3))
        image = render(
            vertices, faces, VertexColors(colors), cameras, scene, image_size=128, supersample=samples
        ).image
        return (image[0, 0] * weight).mean() * 1e3

    parameters = start.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(parameters), parameters)
    steps = torch.tensor([0.02, 0.5, 0.5, 0.5, 0.02, 0.05, 0.05, 0.05, 0.05, 0.05, 1.0])
    for i, step in enumerate(steps[:10].tolist()):
        up, down = start.clone(), start.clone()
        up[i] += step
        down[i] -= step
        with torch.no_grad():
            difference = float(loss(up, 7) - loss(down, 7)) / (2 * step)
        assert float(gradient[i]) == pytest.approx(difference, rel=0.1, abs=1e-4), i


def test_uv_texture_is_the_right_way_up() -> None:
    # A square that faces the camera, wrapped in an image with a red top left corner.
    vertices = torch.tensor([[-0.5, -0.5, 0.0], [0.5, -0.5, 0.0], [0.5, 0.5, 0.0], [-0.5, 0.5, 0.0]])
    faces = torch.tensor([[0, 1, 2], [0, 2, 3]])
    uvs = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    picture = torch.zeros(3, 8, 8)
    picture[0, :4, :4] = 1.0
    picture.requires_grad_()
    texture = UVTexture(picture, uvs, faces)
    image = render(
        vertices, faces, texture, Cameras(distance=1.5), Scene(AmbientLight()), image_size=64
    ).image[0, 0]
    assert float(image[0, 26, 26].detach()) == pytest.approx(1.0)
    for y, x in ((26, 38), (38, 26), (38, 38)):
        assert float(image[0, y, x].detach()) == pytest.approx(0.0)
    image[1].sum().backward()
    assert picture.grad is not None
    assert float(picture.grad[1].sum()) == pytest.approx(float(image[3].detach().sum()))
    assert float(picture.grad[0].abs().sum()) == 0


def test_near_plane_cuts() -> None:
    """A floor that reaches behind the camera is drawn up to the camera and no further."""
    vertices = torch.tensor([[-9.0, -0.5, -9.0], [9.0, -0.5, -9.0], [0.0, -0.5, 30.0]], requires_grad=True)
    result = render(
        vertices, torch.tensor([[0, 1, 2]]), VertexColors(torch.ones(3, 3)), Cameras(distance=2.0)
    )
    covered = result.pix_to_face[0, 0] >= 0
    assert bool(covered[-1].all())
    assert not bool(covered[:112].any())
    result.image.mean().backward()
    assert vertices.grad is not None
    assert bool(vertices.grad.isfinite().all())


def test_nothing_in_sight() -> None:
    vertices, faces = sphere(8)
    vertices = (vertices + 50).requires_grad_()
    for edges in ("edge", "hard", "soft"):
        image = render(vertices, faces, VertexColors(torch.ones_like(vertices)), Cameras(), edges=edges).image
        assert bool((image[0, 0, :3] == 1).all())
        assert bool((image[0, 0, 3] == 0).all())
        if image.requires_grad:
            (gradient,) = torch.autograd.grad(image.sum(), vertices, allow_unused=True)
            assert gradient is None or not bool(gradient.any())


def test_supersampling_averages() -> None:
    vertices, faces = sphere()
    texture = VertexColors(torch.rand_like(vertices))
    smooth = render(vertices, faces, texture, Cameras(), image_size=32, supersample=3)
    large = render(vertices, faces, texture, Cameras(), image_size=96)
    torch.testing.assert_close(smooth.image[0], torch.nn.functional.avg_pool2d(large.image[0], 3))
    assert torch.equal(smooth.pix_to_face, large.pix_to_face[..., 1::3, 1::3])


def test_ground() -> None:
    cameras, white = Cameras(distance=3.0, elevation=20.0), {"background": (1.0, 1.0, 1.0)}
    plain = ball(cameras=cameras, scene=Scene(**white))  # type: ignore[arg-type]
    ground = ball(cameras=cameras, scene=Scene(ground=Ground(), **white))  # type: ignore[arg-type]
    body = plain[0, 0, 3] == 1
    assert torch.equal(plain[0, 0, 3], ground[0, 0, 3])
    torch.testing.assert_close(plain[0, 0, :3, body], ground[0, 0, :3, body])  # behind the body
    assert float(ground[0, 0, 0, 0].min()) > 0.99  # no ground above the horizon
    light = ball(cameras=cameras, scene=Scene(ground=Ground(shadow=0.0), **white))  # type: ignore[arg-type]
    shadow = light[0, 0, 0] - ground[0, 0, 0]
    assert float(shadow.min()) > -1e-6
    assert float(shadow.max()) > 0.04
    assert int(shadow.amax(0).argmax()) in range(28, 36)  # under the ball
    lower = ball(cameras=cameras, scene=Scene(ground=Ground(height=-1.5), **white))  # type: ignore[arg-type]
    assert not torch.equal(lower, ground)
    for pattern in ("checker", "grid"):
        image = ball(cameras=cameras, scene=Scene(ground=Ground(pattern=pattern, shadow=0.0), **white))  # type: ignore[arg-type]
        assert float(image[0, 0, 0, 50:].std()) > float(light[0, 0, 0, 50:].std())


def test_ground_gives_no_gradient() -> None:
    vertices, faces = sphere(8)
    vertices.requires_grad_()
    scene = Scene(ground=Ground(pattern="checker"))
    image = render(
        vertices, faces, VertexColors(vertices.detach()), Cameras(), scene, edges="hard", shader="flat"
    ).image
    outside = image[0, 0, :3] * (image[0, 0, 3] == 0)
    (gradient,) = torch.autograd.grad(outside.sum(), vertices)
    assert not bool(gradient.any())


def test_double_precision_goes_in_and_comes_back() -> None:
    vertices, faces = sphere(8)
    double = vertices.double().requires_grad_()
    colors = torch.rand(vertices.shape, dtype=torch.float64)
    image = render(double, faces, VertexColors(colors), Cameras(), image_size=32).image
    assert image.dtype == torch.float32
    image.mean().backward()
    assert double.grad is not None
    assert double.grad.dtype == torch.float64


def test_faces_may_change() -> None:
    """Faces are checked once and remembered, but not beyond a change."""
    vertices, faces = sphere(8)
    texture = VertexColors(torch.ones_like(vertices))
    first = render(vertices, faces, texture, Cameras(), image_size=32).image
    faces[: len(faces) // 2] = 0
    second = render(vertices, faces, texture, Cameras(), image_size=32).image
    assert float(second[0, 0, 3].sum()) < float(first[0, 0, 3].sum())
    faces[0, 0] = 10**6
    with pytest.raises(UserError, match="only"):
        render(vertices, faces, texture, Cameras())


VERTICES, FACES = sphere(4)
COLORS = VertexColors(torch.ones_like(VERTICES))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"vertices": VERTICES[:, :2]}, r"vertices need the shape \(V, 3\) or \(B, V, 3\)"),
        ({"vertices": VERTICES.long()}, "floating dtype"),
        ({"faces": FACES[:, :2]}, r"faces need the shape \(F, 3\)"),
        ({"faces": FACES.float()}, "faces need the shape .* integers"),
        ({"faces": FACES - 1}, "negative"),
        ({"faces": FACES + 10}, "there are only"),
        ({"texture": VertexColors(torch.ones(5, 3))}, "vertex colours need the shape"),
        ({"texture": VertexColors(torch.ones(2, len(VERTICES), 3))}, "vertex colours need the shape"),
        ({"texture": FaceColors(torch.ones(5, 3))}, "face colours need the shape"),
        ({"texture": UVTexture(torch.ones(4, 8, 8), torch.ones(5, 2), FACES)}, "texture image"),
        ({"texture": UVTexture(torch.ones(3, 8, 8), torch.ones(5, 2), FACES)}, "rows of uvs"),
        ({"texture": UVTexture(torch.ones(3, 8, 8), torch.ones(5, 3), FACES)}, "uvs need the shape"),
        ({"texture": torch.ones_like(VERTICES)}, "a texture is VertexColors"),
        ({"shader": "fong"}, "nearest are phong"),
        ({"edges": "sharp"}, "unknown edge mode"),
        ({"image_size": 0}, "image_size"),
        ({"scene": Scene(PointLight(location=(0.0, 1.0)))}, "a light's location needs the shape"),
        ({"scene": Scene(background=torch.ones(7))}, "the background needs the shape"),
        ({"scene": Scene(background=torch.ones(3, 9, 9))}, "the background needs the shape"),
        ({"vertices": VERTICES.to("meta")}, "cpu and cuda"),
    ],
)
def test_refuses_what_does_not_fit(changed: dict[str, object], message: str) -> None:
    arguments = {"vertices": VERTICES, "faces": FACES, "texture": COLORS, "cameras": Cameras(), **changed}
    with pytest.raises(UserError, match=message):
        render(**arguments)  # type: ignore[arg-type]


def test_ground_refuses() -> None:
    with pytest.raises(UserError, match="nearest are checker"):
        Ground(pattern="cheker")
    with pytest.raises(UserError, match="greater than 0"):
        Ground(tile=0.0)


def test_it_is_quiet() -> None:
    """Warp's banner and its warning that there is no CUDA driver stay out of the user's terminal."""
    code = (
        "import torch; from simplifiedclip.render import *; "
        "v = torch.eye(3); render(v, torch.tensor([[0, 1, 2]]), VertexColors(v), Cameras())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == done.stderr == ""
