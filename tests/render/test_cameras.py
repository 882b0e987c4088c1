"""Where cameras stand and what they see."""

from __future__ import annotations

import math

import pytest
import torch

from simplifiedclip.errors import UserError
from simplifiedclip.render import Cameras


def pixels(
    cameras: Cameras, point: tuple[float, float, float], size: tuple[int, int] = (100, 100)
) -> torch.Tensor:
    """x, y and depth (C, 3) of one world point."""
    view = cameras.view(1, size)
    homogeneous = view.project(torch.tensor([[point]]).expand(len(cameras), 1, 3))[:, 0]
    w = homogeneous[:, 2:] if view.perspective else torch.ones(len(cameras), 1)
    return torch.cat((homogeneous[:, :2] / w, homogeneous[:, 2:]), 1)


def test_azimuth_zero_stands_at_plus_z_and_turns_towards_plus_x() -> None:
    view = Cameras(distance=2.0, azimuth=[0.0, 90.0, 180.0]).view(1, (10, 10))
    expected = torch.tensor([[0.0, 0.0, 2.0], [2.0, 0.0, 0.0], [0.0, 0.0, -2.0]])
    torch.testing.assert_close(view.position, expected, atol=1e-6, rtol=0)
    above = Cameras(distance=2.0, elevation=90.0).view(1, (10, 10))
    torch.testing.assert_close(above.position, torch.tensor([[0.0, 2.0, 0.0]]), atol=1e-6, rtol=0)
    torch.testing.assert_close(above.rotation @ above.rotation.mT, torch.eye(3)[None], atol=1e-6, rtol=0)


def test_projection() -> None:
    front = Cameras(distance=2.0, fov=90.0)
    torch.testing.assert_close(pixels(front, (0.0, 0.0, 0.0)), torch.tensor([[50.0, 50.0, 2.0]]))
    # +x is right, +y is up (towards row 0); at depth 2 the picture is 4 m wide.
    torch.testing.assert_close(pixels(front, (1.0, 0.5, 0.0)), torch.tensor([[75.0, 37.5, 2.0]]))
    # Seen from +x, +z is on the left.
    assert pixels(Cameras(distance=2.0, azimuth=90.0), (0.0, 0.0, 0.5))[0, 0] < 50
    flat = Cameras(distance=2.0, kind="orthographic", scale=2.0)
    torch.testing.assert_close(pixels(flat, (1.0, 0.5, 1.0)), torch.tensor([[75.0, 37.5, 1.0]]))
    # fov belongs to the shorter side.
    wide = pixels(front, (1.0, 0.0, 0.0), (100, 300))
    torch.testing.assert_close(wide, torch.tensor([[175.0, 50.0, 2.0]]))


def test_looks_at() -> None:
    cameras = Cameras(distance=3.0, elevation=20.0, azimuth=[10.0, 100.0], at=(0.3, -0.2, 0.5))
    torch.testing.assert_close(
        pixels(cameras, (0.3, -0.2, 0.5)), torch.tensor([[50.0, 50.0, 3.0]]).expand(2, 3), atol=1e-4, rtol=0
    )


def test_rays_pass_through_pixel_centres() -> None:
    for kind in ("perspective", "orthographic"):
        view = Cameras(distance=2.0, elevation=10.0, azimuth=[30.0, -70.0], kind=kind).view(1, (6, 8))
        origin, direction = view.rays()
        points = (origin + 1.7 * direction).flatten(1, 2)
        homogeneous = view.project(points)
        torch.testing.assert_close(homogeneous[..., 2], torch.full((2, 48), 1.7))
        place = homogeneous[..., :2] / (homogeneous[..., 2:] if view.perspective else 1)
        y, x = torch.meshgrid(torch.arange(6) + 0.5, torch.arange(8) + 0.5, indexing="ij")
        torch.testing.assert_close(
            place, torch.stack((x, y), -1).view(1, 48, 2).expand(2, -1, -1), atol=1e-4, rtol=0
        )


def test_named_sets() -> None:
    assert len(Cameras.paper_single()) == 1
    assert Cameras.paper_five().azimuth == (0.0, 45.0, 135.0, -45.0, -135.0)
    assert Cameras.parse("five") == Cameras.paper_five()
    assert Cameras.parse("single", elevation=0.0).elevation == 0.0
    assert Cameras.parse("0, 45,90").azimuth == (0.0, 45.0, 90.0)
    second = Cameras.paper_five()[1].view(1, (4, 4))
    torch.testing.assert_close(second.position, Cameras(elevation=5.0, azimuth=45.0).view(1, (4, 4)).position)


def test_per_body() -> None:
    cameras = Cameras(distance=torch.tensor([[2.0], [3.0]]), azimuth=[0.0, 90.0])
    assert len(cameras) == 2
    assert cameras.bodies == 2
    view = cameras.view(2, (4, 4))
    torch.testing.assert_close(view.position.norm(dim=1), torch.tensor([2.0, 2.0, 3.0, 3.0]))
    with pytest.raises(UserError, match="2 bodies were given with vertices of 3"):
        cameras.view(3, (4, 4))


@pytest.mark.parametrize("text", ["fiv", "0,45,x", "", "0,nan", "inf"])
def test_parse_refuses(text: str) -> None:
    with pytest.raises(UserError, match="cameras"):
        Cameras.parse(text)


def test_refuses_what_does_not_fit() -> None:
    with pytest.raises(UserError, match="perspective nor orthographic"):
        Cameras(kind="fisheye")
    with pytest.raises(UserError, match="broadcast"):
        Cameras(azimuth=[0.0, 1.0], distance=[1.0, 2.0, 3.0])
    with pytest.raises(UserError, match="znear < zfar"):
        Cameras(znear=2.0, zfar=1.0)
    assert math.isclose(
        float(Cameras(fov=60.0).view(1, (2, 2)).focal[0]), 1 / math.tan(math.pi / 6), rel_tol=1e-6
    )
