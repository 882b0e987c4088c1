"""What the body wears: the embedded images, one colour per face for any body, files of the user."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch

from ..errors import UserError, nearest
from ..render import FaceColors, Texture, UVTexture, VertexColors
from .joints import JOINT_NAMES
from .model_file import GENDERS, read_npz
from .smpl import SMPL

TEXTURES = ("human", "human-faces", "grey")
IMAGES = (".png", ".jpg", ".jpeg")

# sRGB as the renderer takes it, 0..1. The scene sentence of the paper names brown, grey and dark.
SKIN = (0.66, 0.45, 0.33)
SHIRT = (0.55, 0.55, 0.56)
TROUSERS = (0.15, 0.16, 0.22)
HAIR = (0.10, 0.07, 0.05)
SHOES = (0.10, 0.09, 0.09)
SOLE = (0.30, 0.29, 0.28)
GREY = (0.5, 0.5, 0.5)


def body_texture(name: str | Path, body: SMPL) -> Texture:
    """Return a texture for a body.

    Args:
        name: ``human`` (brown skin, grey T-shirt, dark trousers; an image on the embedded body, one colour
            per face on every other), ``human-faces`` (one colour per face, as in the paper), ``grey``
            (rgb 0.5 everywhere, as in the paper), or the path of an image (.png, .jpg) laid out in the
            body's texture coordinates, or of a ``.npy`` or ``.npz`` file with one colour per vertex
            (V, 3) or per face (F, 3) in 0..1; an ``.npz`` file holds it as ``colors`` or alone.
        body: the body that will wear it.

    Raises:
        UserError: for a name that is neither known nor a readable file, or colours that do not fit the body.
    """
    if name == "human" and _is_embedded(body):
        return _image_texture(Path(str(files(__package__) / "data" / f"human_{body.gender}.png")), body)
    if name in ("human", "human-faces"):
        return FaceColors(torch.from_numpy(_person_faces(body)))
    if name == "grey":
        return FaceColors(torch.tensor(GREY).expand(len(body.faces), 3).clone())
    path = Path(name).expanduser()
    known = path.suffix.lower() in (*IMAGES, ".npy", ".npz")
    if not path.is_file():
        if known:
            raise UserError(f"no texture file at {path}")
        raise UserError(
            f"no texture is called {str(name)!r}{nearest(str(name), TEXTURES)}; "
            f"give {', '.join(TEXTURES)} or the path of a .png, .jpg, .npy or .npz file"
        )
    if not known:
        raise UserError(f"{path} is no texture that can be read; give a .png, .jpg, .npy or .npz file")
    if path.suffix.lower() in IMAGES:
        return _image_texture(path, body)
    return _color_texture(path, body)


def paint(
    points: np.ndarray, parts: np.ndarray, template: np.ndarray, weights: np.ndarray, joints: np.ndarray
) -> np.ndarray:
    """Return the colours of skin, hair and clothes at points of the T-posed surface.

    Every border is a plane placed by joints (sleeve, waist, neckline, trouser hem, shoe line, hairline), so
    that it runs clean around the limb on any body in SMPL's T-pose.

    Args:
        points: (N, 3) on the surface of the T-pose, metres.
        parts: (N,) the joint that moves each point most.
        template: (V, 3) all vertices of the T-pose.
        weights: (V, 24) its skinning weights.
        joints: (24, 3) its joints.

    Returns:
        (N, 3) float32 colours in 0..1.
    """
    at = {name: joints[index] for index, name in enumerate(JOINT_NAMES)}
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    colors = np.tile(np.array(SKIN, np.float32), (len(points), 1))
    upper_arm = (1 - 0.5) * at["left_shoulder"][0] + 0.5 * at["left_elbow"][0]

    # The neckline's plane leans forward: high at the nape, low at the pit of the throat.
    lean = np.radians(24)
    above_neck = (y - at["neck"][1] + 0.002) * np.cos(lean) + (z - at["neck"][2]) * np.sin(lean)
    is_neck = (above_neck > 0) & (x < 0.55 * at["left_shoulder"][0])
    on_head = np.isin(parts, [JOINT_NAMES.index("head"), JOINT_NAMES.index("neck")])
    waist = at["pelvis"][1] - 0.012
    shirt = (x < upper_arm) & ~is_neck & (y > waist)
    colors[shirt] = SHIRT
    hem = at["left_ankle"][1] + 0.035
    colors[(y <= waist) & (y > hem)] = TROUSERS
    floor = template[:, 1].min()
    colors[y <= at["left_ankle"][1] + 0.012] = SHOES
    colors[y <= floor + 0.014] = SOLE

    head = template[weights[:, JOINT_NAMES.index("head")] > 0.5]
    crown, front, back = head[:, 1].max(), head[:, 2].max(), head[:, 2].min()
    ear = 0.45 * front + 0.55 * back
    forward = (z - ear) / (front - ear)
    # Hairline by height under the crown (metres): forehead, temples, before the ear, then down to the nape.
    line = np.interp(
        forward,
        [-1.0, -0.28, -0.22, 0.02, 0.08, 0.42, 0.62, 1.0],
        [0.225, 0.215, 0.165, 0.150, 0.115, 0.085, 0.062, 0.050],
    )
    is_hair = on_head & (crown - y < line)
    # Ears stand out of the head's side; they stay skin.
    is_ear = (x > 0.071) & (forward > -0.24) & (forward < 0.08) & (crown - y > 0.112)
    colors[is_hair & ~is_ear] = HAIR
    return colors


def _is_embedded(body: SMPL) -> bool:
    return body.gender in GENDERS and body.name == f"smpl_anny_{body.gender}" and body.uvs is not None


def _person_faces(body: SMPL) -> np.ndarray:
    template, weights = body.v_template.double().cpu().numpy(), body.lbs_weights.double().cpu().numpy()
    joints = body.J_regressor.double().cpu().numpy() @ template
    faces = body.faces.cpu().numpy()
    parts = weights[faces].mean(1).argmax(1)
    return paint(template[faces].mean(1), parts, template, weights, joints)


@cache
def _read_image(path: Path, changed: float) -> torch.Tensor:
    from PIL import Image

    try:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"), np.float32) / 255
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UserError(f"{path} is damaged, or no image: {error}") from error
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous()


def _image_texture(path: Path, body: SMPL) -> UVTexture:
    if body.uvs is None or body.faces_uvs is None:
        raise UserError(
            f"the body {body.name} has no texture coordinates, so the image {path} cannot be put on it; "
            "use human-faces, grey or a .npy file of vertex or face colours"
        )
    if not path.is_file():
        raise UserError(f"the texture {path.name} is missing from the package; install it again")
    image = _read_image(path, path.stat().st_mtime)
    return UVTexture(image, body.uvs.float(), body.faces_uvs)


def _color_texture(path: Path, body: SMPL) -> Texture:
    vertices, faces = len(body.v_template), len(body.faces)
    if path.suffix.lower() == ".npy":
        try:
            colors = np.load(path, allow_pickle=False)
        except (OSError, EOFError, ValueError) as error:
            raise UserError(f"{path} is damaged, or no .npy file: {error}") from error
    else:
        colors = _only_array(path)
    if not isinstance(colors, np.ndarray) or colors.dtype.kind not in "fiu":
        raise UserError(f"{path} does not hold an array of numbers")
    if colors.shape not in ((vertices, 3), (faces, 3)):
        raise UserError(
            f"the colours in {path} have the shape {colors.shape}; "
            f"the body {body.name} needs ({vertices}, 3) for vertices or ({faces}, 3) for faces"
        )
    if not (np.isfinite(colors).all() and colors.min() >= 0 and colors.max() <= 1):
        raise UserError(f"the colours in {path} lie outside 0..1")
    tensor = torch.from_numpy(np.ascontiguousarray(colors, np.float32))
    return VertexColors(tensor) if len(colors) == vertices else FaceColors(tensor)


def _only_array(path: Path) -> np.ndarray:
    found = read_npz(path, ("colors",))
    if not found:
        with np.load(path, allow_pickle=False) as archive:
            names = archive.files
        if len(names) != 1:
            raise UserError(f"{path} holds {len(names)} arrays and none is called colors")
        found = read_npz(path, names)
    return next(iter(found.values()))
