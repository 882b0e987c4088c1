"""The GLB, skinned by its own numbers alone, is SMPL's mesh; a second library reads it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pygltflib
import pytest
import torch
import trimesh
from PIL import Image

from simplifiedclip.body.joints import JOINT_NAMES, PARENTS
from simplifiedclip.errors import UserError
from simplifiedclip.export.glb import export_glb
from simplifiedclip.render.textures import FaceColors, UVTexture, VertexColors

_TYPES = {5121: "u1", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_SIZES = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class Read:
    """A GLB as a viewer sees it."""

    def __init__(self, path: Path) -> None:
        self.gltf = pygltflib.GLTF2().load(str(path))
        self.blob = self.gltf.binary_blob()
        self.primitive = self.gltf.meshes[0].primitives[0]

    def bytes(self, view: int) -> bytes:
        view = self.gltf.bufferViews[view]
        return self.blob[view.byteOffset : view.byteOffset + view.byteLength]

    def array(self, accessor: int) -> np.ndarray:
        found = self.gltf.accessors[accessor]
        values = np.frombuffer(self.bytes(found.bufferView), _TYPES[found.componentType])
        assert values.size == found.count * _SIZES[found.type]
        return values.reshape(found.count, -1)

    def attribute(self, name: str) -> np.ndarray | None:
        accessor = getattr(self.primitive.attributes, name, None)
        return None if accessor is None else self.array(accessor)

    @property
    def faces(self) -> np.ndarray:
        return self.array(self.primitive.indices).reshape(-1, 3)

    def world(self) -> np.ndarray:
        """Matrices (24, 4, 4) of the joints, from the nodes' translations and rotations."""
        nodes = self.gltf.nodes
        skin = self.gltf.skins[0]
        matrices: dict[int, np.ndarray] = {}

        def walk(index: int, parent: np.ndarray) -> None:
            node = nodes[index]
            x, y, z, w = node.rotation
            local = np.eye(4)
            local[:3, :3] = [
                [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
            ]
            local[:3, 3] = node.translation
            matrices[index] = parent @ local
            for child in node.children or []:
                walk(child, matrices[index])

        walk(skin.skeleton, np.eye(4))
        return np.stack([matrices[index] for index in skin.joints])

    def skinned(self) -> np.ndarray:
        """Vertices by glTF 2.0, section 3.7.3.3."""
        binds = self.array(self.gltf.skins[0].inverseBindMatrices).reshape(-1, 4, 4).transpose(0, 2, 1)
        joints = self.world() @ binds
        position = self.attribute("POSITION")
        point = np.concatenate([position, np.ones((len(position), 1))], axis=1)
        out = np.zeros((len(position), 3))
        for number in (0, 1):
            ids, weights = self.attribute(f"JOINTS_{number}"), self.attribute(f"WEIGHTS_{number}")
            if ids is not None:
                out += np.einsum("vk,vkij,vj->vi", weights, joints[ids], point)[:, :3]
        return out


@pytest.fixture()
def pose() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    theta = torch.randn(24, 3, generator=generator) * 0.7
    return theta, torch.randn(10, generator=generator), torch.randn(3, generator=generator)


def textures(body) -> dict:
    generator = torch.Generator().manual_seed(1)
    return {
        "none": None,
        "uv": UVTexture(torch.rand(3, 8, 16, generator=generator), body.uvs, body.faces_uvs),
        "vertex": VertexColors(torch.rand(len(body.v_template), 3, generator=generator)),
        "face": FaceColors(torch.rand(1, len(body.faces), 3, generator=generator)),
    }


@pytest.mark.parametrize("texture", ["none", "uv", "vertex", "face"])
def test_skinned_by_its_own_numbers_it_is_smpls_mesh(body, pose, texture, tmp_path):
    export_glb(tmp_path / "a.glb", body, *pose, texture=textures(body)[texture])
    read = Read(tmp_path / "a.glb")
    expected = body(*(value[None] for value in pose))
    corners = expected.vertices[0][body.faces].numpy()
    np.testing.assert_allclose(read.skinned()[read.faces], corners, atol=1e-5)
    np.testing.assert_allclose(read.world()[:, :3, 3], expected.joints[0], atol=1e-5)


@pytest.mark.parametrize(("count", "sets"), [(1, 1), (4, 1), (5, 2), (8, 2)])
def test_no_weight_is_lost_up_to_eight(pose, make_body, count, sets, tmp_path):
    body = make_body(count)
    export_glb(tmp_path / "a.glb", body, *pose)
    read = Read(tmp_path / "a.glb")
    expected = body(*(value[None] for value in pose)).vertices[0][body.faces].numpy()
    np.testing.assert_allclose(read.skinned()[read.faces], expected, atol=1e-5)
    assert (read.attribute("JOINTS_1") is None) == (sets == 1)


def test_it_can_be_posed_anew(body, pose, tmp_path):
    theta, betas, transl = pose
    export_glb(tmp_path / "a.glb", body, torch.zeros(24, 3), betas, transl)
    export_glb(tmp_path / "b.glb", body, theta, betas, transl)
    rest, posed = Read(tmp_path / "a.glb"), Read(tmp_path / "b.glb")
    for one, other in zip(rest.gltf.nodes, posed.gltf.nodes):
        one.rotation = other.rotation
    # Only the pose blend shapes, which a rig does not have, are missing.
    shapes = (body.bind_vertices(theta[None], betas[None]) - body.bind_vertices(None, betas[None])).norm(
        dim=-1
    )
    missing = np.linalg.norm(rest.skinned() - posed.skinned(), axis=1)
    assert 0 < missing.max() <= shapes.max() + 1e-5


def test_skeleton_is_smpls(body, pose, tmp_path):
    export_glb(tmp_path / "a.glb", body, *pose)
    gltf = Read(tmp_path / "a.glb").gltf
    assert [gltf.nodes[index].name for index in gltf.skins[0].joints] == list(JOINT_NAMES)
    for joint, node in enumerate(gltf.nodes[:24]):
        assert set(node.children or []) == {child for child in range(24) if PARENTS[child] == joint}
    assert gltf.nodes[gltf.skins[0].skeleton].name == "pelvis"
    assert gltf.scenes[gltf.scene].nodes == [0, 24]


def test_normals_are_smooth_and_point_outward(body, tmp_path):
    export_glb(tmp_path / "a.glb", body, torch.zeros(72), texture=textures(body)["uv"])
    read = Read(tmp_path / "a.glb")
    normals, position = read.attribute("NORMAL"), read.attribute("POSITION")
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-6)
    # The body is a unit sphere; across the texture's seam the normals are the same.
    assert (normals * position).sum(axis=1).min() > 0.99


def test_texture_image_and_coordinates(body, tmp_path):
    texture = textures(body)["uv"]
    export_glb(tmp_path / "a.glb", body, torch.zeros(72), texture=texture)
    read = Read(tmp_path / "a.glb")
    image = Image.open(io.BytesIO(read.bytes(read.gltf.images[0].bufferView)))
    assert image.format == "PNG"
    np.testing.assert_allclose(np.asarray(image) / 255, texture.image.permute(1, 2, 0), atol=0.5 / 255 + 1e-6)
    corners = read.attribute("TEXCOORD_0")[read.faces]
    expected = body.uvs[body.faces_uvs].numpy()
    np.testing.assert_allclose(corners[..., 0], expected[..., 0], atol=1e-6)
    np.testing.assert_allclose(corners[..., 1], 1 - expected[..., 1], atol=1e-6)


def test_colors_are_linear(body, tmp_path):
    colors = torch.full((len(body.v_template), 3), 0.5)
    export_glb(tmp_path / "a.glb", body, torch.zeros(72), texture=VertexColors(colors))
    np.testing.assert_allclose(Read(tmp_path / "a.glb").attribute("COLOR_0"), 0.2140, atol=1e-4)
    faces = textures(body)["face"]
    export_glb(tmp_path / "b.glb", body, torch.zeros(72), texture=faces)
    read = Read(tmp_path / "b.glb")
    corners = read.attribute("COLOR_0")[read.faces]
    assert (corners == corners[:, :1]).all()
    assert len(np.unique(corners[:, 0], axis=0)) == len(body.faces)


@pytest.mark.parametrize("texture", ["none", "uv", "vertex", "face"])
def test_trimesh_reads_it(body, pose, texture, tmp_path):
    export_glb(tmp_path / "a.glb", body, *pose, texture=textures(body)[texture])
    (mesh,) = trimesh.load(tmp_path / "a.glb", process=False).geometry.values()
    bind = body.bind_vertices(pose[0][None], pose[1][None])[0][body.faces].numpy()
    np.testing.assert_allclose(mesh.vertices[mesh.faces], bind, atol=1e-6)
    assert (mesh.visual.material.baseColorTexture is not None) == (texture == "uv")
    assert ("color" in mesh.visual.vertex_attributes) == (texture in ("vertex", "face"))


def test_wrong_parameters_write_nothing(body, tmp_path):
    with pytest.raises(UserError, match="theta has the shape"):
        export_glb(tmp_path / "a.glb", body, torch.zeros(2, 72))
    with pytest.raises(UserError, match="vertex colours need the shape"):
        export_glb(tmp_path / "a.glb", body, torch.zeros(72), texture=VertexColors(torch.rand(5, 3)))
    assert list(tmp_path.iterdir()) == []
