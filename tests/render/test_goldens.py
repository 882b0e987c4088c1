"""Pictures and gradients that PyTorch3D made, the renderer that the paper used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.ndimage import binary_dilation, binary_erosion

from simplifiedclip.render import (
    Cameras,
    DirectionalLight,
    Material,
    PointLight,
    Rendering,
    Scene,
    SoftSettings,
    VertexColors,
    render,
)

SCENES = ("blob_point", "box_point", "torus_directional")
Golden = dict[str, np.ndarray]


@pytest.fixture(params=SCENES)
def golden(request: pytest.FixtureRequest, shared: Path) -> Golden:
    with np.load(shared / "goldens" / f"{request.param}.npz", allow_pickle=False) as file:
        return dict(file)


def rendered(golden: Golden, vertices: torch.Tensor, **settings: object) -> Rendering:
    def triple(name: str) -> tuple[float, ...]:
        return tuple(golden[name].tolist())

    colors = [triple(f"light_{part}_color") for part in ("ambient", "diffuse", "specular")]
    if golden["light_kind"] == "point":
        light: PointLight | DirectionalLight = PointLight(triple("light_location"), *colors)
    else:
        light = DirectionalLight(triple("light_direction"), *colors)
    material = Material(
        *(triple(f"material_{part}_color") for part in ("ambient", "diffuse", "specular")),
        shininess=float(golden["material_shininess"]),
    )
    cameras = Cameras(
        distance=float(golden["dist"]),
        elevation=float(golden["elev_degrees"]),
        azimuth=golden["azim_degrees"].tolist(),
        fov=float(golden["fov_degrees"]),
        znear=float(golden["znear"]),
        zfar=float(golden["zfar"]),
    )
    return render(
        vertices,
        torch.tensor(golden["faces"]),
        VertexColors(torch.tensor(golden["vertex_colors"])),
        cameras,
        Scene(light, material, triple("background")),
        image_size=int(golden["image_size"]),
        **settings,  # type: ignore[arg-type]
    )


def away_from_silhouettes(golden: Golden) -> np.ndarray:
    """Pixels (n, H, W) more than two from the border of the covered region."""
    covered = golden["pix_to_face"] >= 0
    return np.stack(
        [~(binary_dilation(one, iterations=2) & ~binary_erosion(one, iterations=2)) for one in covered]
    )


def cosine(a: torch.Tensor, b: np.ndarray) -> float:
    return float(torch.nn.functional.cosine_similarity(a.flatten(), torch.tensor(b).flatten(), dim=0))


@pytest.mark.parametrize("edges", ["hard", "edge"])
@pytest.mark.parametrize("shader", ["flat", "gouraud", "phong"])
def test_images_agree(golden: Golden, shader: str, edges: str) -> None:
    result = rendered(golden, torch.tensor(golden["verts"]), shader=shader, edges=edges)
    image = result.image[0].permute(0, 2, 3, 1).numpy()
    difference = np.abs(image - golden[f"{shader}_image"].astype(np.float32))
    assert difference[away_from_silhouettes(golden)].mean() < 1e-4  # asked for: 2e-3


def test_visibility_agrees(golden: Golden) -> None:
    result = rendered(golden, torch.tensor(golden["verts"]))
    covered = golden["pix_to_face"] >= 0
    same = result.pix_to_face[0].numpy() == golden["pix_to_face"]
    assert same[covered].mean() > 0.999  # asked for: 0.995
    assert np.abs(result.depth[0].numpy() - golden["zbuf"])[covered & same].max() < 1e-4


@pytest.mark.parametrize("shader", ["flat", "gouraud", "phong"])
def test_shading_gradients_agree(golden: Golden, shader: str) -> None:
    vertices = torch.tensor(golden["verts"], requires_grad=True)
    result = rendered(golden, vertices, shader=shader, edges="hard")
    image = result.image[0].permute(0, 2, 3, 1)
    (image * torch.tensor(golden["loss_weight"])).mean().backward()
    assert vertices.grad is not None
    expected = golden[f"{shader}_grad_verts"]
    assert cosine(vertices.grad, expected) > 0.99
    assert float(vertices.grad.norm()) == pytest.approx(float(np.linalg.norm(expected)), rel=0.03)


def test_soft_silhouette_agrees(golden: Golden) -> None:
    soft = SoftSettings(
        sigma=float(golden["soft_sigma"]),
        faces_per_pixel=int(golden["soft_faces_per_pixel"]),
        blur_radius=float(golden["soft_blur_radius"]),
    )
    vertices = torch.tensor(golden["verts"], requires_grad=True)
    result = rendered(golden, vertices, shader="silhouette", edges="soft", soft=soft)
    alpha = result.image[0, :, 3]
    assert np.abs(alpha.detach().numpy() - golden["soft_silhouette"].astype(np.float32)).mean() < 1e-4
    (alpha * torch.tensor(golden["loss_weight"])[..., 3]).mean().backward()
    assert vertices.grad is not None
    assert cosine(vertices.grad, golden["soft_silhouette_grad_verts"]) > 0.999
