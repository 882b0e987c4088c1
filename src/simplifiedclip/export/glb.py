"""The posed body as one rigged, skinned ``.glb`` (glTF 2.0 in its binary form).

The file opens in the pose and can be posed anew: its 24 nodes are SMPL's joints, each with the pose's
rotation relative to its parent, and the mesh is bound to them in the T-pose of the body's shape.
"""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import roma
import torch
from PIL import Image
from torch import Tensor

from .. import __version__
from ..body.joints import JOINT_NAMES, NUM_JOINTS, PARENTS
from ..body.smpl import SMPL
from ..outputs import whole_file
from ..render.textures import FaceColors, Texture, UVTexture, VertexColors, fitted_texture
from .npz import one_pose

# Numbers that the glTF 2.0 specification gives to its types and uses of data.
_COMPONENT = {np.dtype(kind): code for kind, code in (("u1", 5121), ("u2", 5123), ("u4", 5125), ("f4", 5126))}
_SHAPE = {(): "SCALAR", (2,): "VEC2", (3,): "VEC3", (4,): "VEC4", (16,): "MAT4"}
_VERTICES, _INDICES = 34962, 34963
_CLAMP, _LINEAR, _LINEAR_MIPMAP = 33071, 9729, 9987
_MAX_WEIGHTS = 8
_GREY = 0.5


def export_glb(
    path: str | Path,
    body: SMPL,
    theta: Tensor,
    betas: Tensor | None = None,
    transl: Tensor | None = None,
    texture: Texture | None = None,
) -> None:
    """Write the posed body; metres, y up, facing +z, as glTF has it.

    Skinned by the file's numbers the mesh is SMPL's ``vertices``: the pose blend shapes of this pose, where
    the body has them, are added to the mesh in its T-pose (and stay as they are when the rig is posed anew).
    Each vertex keeps its eight largest weights, the four largest in the first set; SMPL bodies have four.

    Args:
        path: the ``.glb`` file; an existing one is replaced, in one step.
        body: the body.
        theta: axis-angle, radians: (24, 3) or (72,), with or without a leading 1.
        betas: (10,) or (1, 10); zeros when left out.
        transl: (3,) or (1, 3) metres; zeros when left out.
        texture: an image (embedded as PNG), vertex or face colours; plain grey when left out.
    Raises:
        UserError: for other shapes, and where the file cannot be written.
    """
    theta, betas, transl = one_pose(theta, betas, transl)
    if texture is not None:
        texture = fitted_texture(texture, 1, len(body.v_template), len(body.faces), torch.device("cpu"))
    with torch.no_grad():
        mesh, joints, local = _bind(body, theta, betas)
    faces = body.faces.cpu().numpy()
    document = _Document()

    # glTF has one index per corner: a vertex is repeated for each texture coordinate or face colour it has.
    second = np.zeros_like(faces)
    if isinstance(texture, UVTexture):
        second = texture.faces_uvs.numpy().astype(np.int64)
    elif isinstance(texture, FaceColors):
        second = np.broadcast_to(np.arange(len(faces))[:, None], faces.shape)
    span = int(second.max(initial=0)) + 1
    keys, corners = np.unique(faces * span + second, return_inverse=True)
    vertex, chosen = keys // span, keys % span
    indices = corners.reshape(-1).astype(np.uint16 if len(keys) < 65535 else np.uint32)

    attributes = {
        "POSITION": document.array(mesh[vertex], _VERTICES, bounds=True),
        "NORMAL": document.array(_normals(mesh, faces)[vertex], _VERTICES),
    }
    for number, (ids, weights) in enumerate(_influences(body.lbs_weights.cpu().numpy())):
        attributes[f"JOINTS_{number}"] = document.array(ids[vertex], _VERTICES)
        attributes[f"WEIGHTS_{number}"] = document.array(weights[vertex], _VERTICES)
    material: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": 0.9}
    if isinstance(texture, UVTexture):
        uvs = texture.uvs.detach().numpy()[chosen] * [1, -1] + [0, 1]  # glTF counts v from the top
        attributes["TEXCOORD_0"] = document.array(uvs, _VERTICES)
        material["baseColorTexture"] = {"index": document.image(texture.image[0].detach().numpy())}
    elif texture is not None:
        # glTF's vertex colours are linear, as its images are not.
        colors = _linear(texture.colors[0].detach().numpy())[
            vertex if isinstance(texture, VertexColors) else chosen
        ]
        attributes["COLOR_0"] = document.array(colors, _VERTICES)
    else:
        material["baseColorFactor"] = [*[float(_linear(np.array(_GREY)))] * 3, 1.0]

    document.content.update(
        materials=[{"name": "body", "pbrMetallicRoughness": material, "doubleSided": True}],
        meshes=[
            {
                "name": body.name,
                "primitives": [
                    {"attributes": attributes, "indices": document.array(indices, _INDICES), "material": 0}
                ],
            }
        ],
        nodes=[
            *_joint_nodes(joints, local, transl[0].cpu().double().numpy()),
            {"name": body.name, "mesh": 0, "skin": 0},
        ],
        skins=[
            {
                "name": "SMPL",
                "skeleton": 0,
                "joints": list(range(NUM_JOINTS)),
                "inverseBindMatrices": document.array(_inverse_binds(joints)),
            }
        ],
        scenes=[{"nodes": [0, NUM_JOINTS]}],
        scene=0,
    )
    content = document.to_bytes()
    with whole_file(path, overwrite=True) as temporary:
        temporary.write_bytes(content)


def _bind(body: SMPL, theta: Tensor, betas: Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mesh to skin (V, 3), the T-pose's joints (24, 3) and local rotations (24, 4), x y z w."""
    mesh = body.bind_vertices(theta, betas)[0]
    joints = body.rest_joints(betas)[0]
    rotations = roma.rotvec_to_unitquat(theta[0].double())
    return mesh.cpu().numpy(), joints.cpu().double().numpy(), rotations.cpu().numpy()


def _joint_nodes(joints: np.ndarray, local: np.ndarray, transl: np.ndarray) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    for joint, (name, parent) in enumerate(zip(JOINT_NAMES, PARENTS)):
        offset = joints[joint] + transl if parent < 0 else joints[joint] - joints[parent]
        children = [child for child in range(NUM_JOINTS) if PARENTS[child] == joint]
        node: dict[str, Any] = {
            "name": name,
            "translation": offset.tolist(),
            "rotation": local[joint].tolist(),
        }
        nodes.append(node | ({"children": children} if children else {}))
    return nodes


def _inverse_binds(joints: np.ndarray) -> np.ndarray:
    """Matrices (24, 16), column by column, from the T-pose to each joint's own frame."""
    matrices = np.tile(np.eye(4), (NUM_JOINTS, 1, 1))
    matrices[:, :3, 3] = -joints
    return matrices.transpose(0, 2, 1).reshape(NUM_JOINTS, 16)


def _influences(weights: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return sets of four joints (V, 4) and weights (V, 4), largest first, as many as the body needs."""
    most = int((weights > 0).sum(axis=1).max(initial=1))
    kept = 4 if most <= 4 else _MAX_WEIGHTS
    ids = np.argsort(-weights, axis=1, kind="stable")[:, :kept]
    values = np.take_along_axis(weights, ids, axis=1).astype(np.float64)
    values /= values.sum(axis=1, keepdims=True)
    ids = np.where(values > 0, ids, 0).astype(np.uint8)  # unused places name joint 0, as glTF asks
    return [(ids[:, at : at + 4], values[:, at : at + 4]) for at in range(0, kept, 4)]


def _normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Unit normals (V, 3): means over the adjoining faces, weighted by area; up where there is none."""
    corners = vertices[faces].astype(np.float64)
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros((len(vertices), 3))
    for corner in range(3):
        np.add.at(normals, faces[:, corner], flat)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(length > 1e-20, normals / np.maximum(length, 1e-20), [0.0, 1.0, 0.0])


def _linear(srgb: np.ndarray) -> np.ndarray:
    """Undo the sRGB transfer function (IEC 61966-2-1)."""
    srgb = np.clip(srgb, 0.0, 1.0).astype(np.float64)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


class _Document:
    """A glTF document and the binary chunk that its accessors point into."""

    def __init__(self) -> None:
        self.content: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": f"simplifiedclip {__version__}"},
            "bufferViews": [],
            "accessors": [],
        }
        self._chunk = bytearray()

    def array(self, values: np.ndarray, target: int | None = None, bounds: bool = False) -> int:
        """Append an array of integers or floats (count, …); return the number of its accessor."""
        values = np.ascontiguousarray(values, values.dtype if values.dtype.kind == "u" else np.float32)
        accessor: dict[str, Any] = {
            "bufferView": self._view(values.tobytes(), target),
            "componentType": _COMPONENT[values.dtype],
            "count": len(values),
            "type": _SHAPE[values.shape[1:]],
        }
        if bounds:
            accessor |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        self.content["accessors"].append(accessor)
        return len(self.content["accessors"]) - 1

    def image(self, image: np.ndarray) -> int:
        """Append an image (3, H, W) in 0..1; return the number of its texture."""
        pixels = (np.clip(image, 0, 1).transpose(1, 2, 0) * 255).round().astype(np.uint8)
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, format="PNG", optimize=True)
        view = self._view(stream.getvalue(), None)
        self.content["images"] = [{"name": "body", "bufferView": view, "mimeType": "image/png"}]
        self.content["samplers"] = [
            {"magFilter": _LINEAR, "minFilter": _LINEAR_MIPMAP, "wrapS": _CLAMP, "wrapT": _CLAMP}
        ]
        self.content["textures"] = [{"source": 0, "sampler": 0}]
        return 0

    def _view(self, data: bytes, target: int | None) -> int:
        view: dict[str, Any] = {"buffer": 0, "byteOffset": len(self._chunk), "byteLength": len(data)}
        self.content["bufferViews"].append(view | ({"target": target} if target else {}))
        self._chunk += data + bytes(-len(data) % 4)
        return len(self.content["bufferViews"]) - 1

    def to_bytes(self) -> bytes:
        """Return the whole file: a header, the document and the chunk (glTF 2.0, section 4)."""
        self.content["buffers"] = [{"byteLength": len(self._chunk)}]
        text = json.dumps(self.content, separators=(",", ":"), allow_nan=False).encode()
        text += b" " * (-len(text) % 4)
        parts = [
            struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + 8 + len(self._chunk)),
            struct.pack("<I4s", len(text), b"JSON"),
            text,
            struct.pack("<I4s", len(self._chunk), b"BIN\0"),
            bytes(self._chunk),
        ]
        return b"".join(parts)
