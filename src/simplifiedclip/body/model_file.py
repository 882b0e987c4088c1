"""SMPL model files: the official layout (.npz, or .pkl read without executing it) and the embedded bodies."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import UserError, nearest
from . import inert_pickle
from .joints import JOINT_NAMES, PARENTS

GENDERS = ("female", "male", "neutral")
NUM_BETAS = 10
_KEYS = ("v_template", "shapedirs", "J_regressor", "weights", "kintree_table", "f")
_DAMAGED = (OSError, EOFError, ValueError, MemoryError, NotImplementedError, zipfile.BadZipFile, zlib.error)
_OPTIONAL_KEYS = ("posedirs", "uvs", "faces_uvs", "gender", "name")


@dataclass(frozen=True)
class SMPLData:
    """What an SMPL model file holds (Loper et al. 2015, section 3), as numpy arrays.

    Attributes:
        v_template: (V, 3) vertices of the mean shape in the T-pose, metres, y up.
        shapedirs: (V, 3, 10) shape blend shapes, metres per standard deviation.
        posedirs: (V, 3, 207) pose blend shapes, metres; zeros where the body has none.
        J_regressor: (24, V) from shaped vertices to joints.
        weights: (V, 24) skinning weights; each row sums to 1.
        faces: (F, 3) int64 vertex indices, counter-clockwise seen from outside.
        gender: "female", "male" or "neutral".
        name: name of the model.
        uvs: (T, 2) texture coordinates, v = 0 at the bottom of the image, or None.
        faces_uvs: (F, 3) int64 indices into ``uvs``, or None.
    """

    v_template: np.ndarray
    shapedirs: np.ndarray
    posedirs: np.ndarray
    J_regressor: np.ndarray
    weights: np.ndarray
    faces: np.ndarray
    gender: str = "neutral"
    name: str = "smpl"
    uvs: np.ndarray | None = None
    faces_uvs: np.ndarray | None = None

    @property
    def parents(self) -> tuple[int, ...]:
        """Parent of each joint; the root has -1."""
        return PARENTS


def embedded_path(gender: str = "neutral") -> Path:
    """Return the path of the embedded body of a gender.

    Raises:
        UserError: for an unknown gender, or where the package lacks the file.
    """
    if gender not in GENDERS:
        raise UserError(f"no embedded body has the gender {gender!r}{nearest(gender, GENDERS)}")
    path = Path(str(files(__package__) / "data" / f"smpl_anny_{gender}.npz"))
    if not path.is_file():
        raise UserError(f"the embedded body {path.name} is missing from the package; install it again")
    return path


def load_model_file(path: str | Path) -> SMPLData:
    """Read an SMPL model file in the official layout, ``.npz`` or ``.pkl``. Nothing in it is executed.

    Raises:
        UserError: for a missing, damaged or refused file, and for one that is not an SMPL body.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise UserError(f"no SMPL model file at {path}; give the path of a .npz or .pkl file")
    if path.suffix == ".npz":
        content = read_npz(path, (*_KEYS, *_OPTIONAL_KEYS))
    elif path.suffix == ".pkl":
        content = _read_pkl(path)
    else:
        raise UserError(f"{path} is not an SMPL model file that can be read; give a .npz or .pkl file")
    return _to_data(content, path)


def read_npz(path: Path, keys: Iterable[str]) -> dict[str, Any]:
    """Return those arrays of an ``.npz`` file that it has.

    Raises:
        UserError: where the file is damaged, or holds Python objects, which are never unpickled.
    """
    try:
        archive = np.load(path, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("it holds a single array")
        with archive:
            return {key: archive[key] for key in keys if key in archive.files}
    except _DAMAGED as error:
        raise UserError(f"{path} is damaged, or no .npz file: {error}") from error


def _read_pkl(path: Path) -> dict[str, Any]:
    """Read an official .pkl, which Python 2 wrote with chumpy and scipy.sparse objects inside."""
    # A pickle can fail in any way there is, and none of them is the caller's to tell apart.
    try:
        content = inert_pickle.load(path.read_bytes())
    except UserError as error:
        raise UserError(
            f"the SMPL model file {path} is refused, and nothing in it was run: {error}"
        ) from error
    except Exception as error:
        raise UserError(f"the SMPL model file {path} is damaged: {error}") from error
    if not isinstance(content, dict):
        raise UserError(f"{path} is not an SMPL model file: it holds no dictionary")
    found = {}
    for key in (*_KEYS, "posedirs"):
        if key in content:
            try:
                found[key] = inert_pickle.to_array(content[key])
            except Exception as error:
                raise UserError(f"{path}: {key} is not an array of numbers ({error})") from error
    return found


def _to_data(content: Mapping[str, Any], path: Path) -> SMPLData:
    missing = [key for key in _KEYS if key not in content]
    if missing:
        raise UserError(f"{path} is not an SMPL model file: it lacks {', '.join(missing)}")

    def array(key: str, dtype: type) -> np.ndarray:
        try:
            value = np.asarray(content[key])
            if value.dtype.kind not in "fiu":
                raise TypeError(f"it holds {value.dtype}")
            value = np.ascontiguousarray(value, dtype=dtype)
        except (TypeError, ValueError) as error:
            raise UserError(f"{path}: {key} is not an array of numbers ({error})") from error
        if not np.isfinite(value).all():
            raise UserError(f"{path}: {key} holds values that are not finite")
        return value

    def expect(key: str, value: np.ndarray, *shape: int) -> None:
        if value.shape != shape:
            raise UserError(f"{path}: {key} has the shape {value.shape}, expected {shape}")

    def check_indices(key: str, value: np.ndarray, bound: int) -> None:
        if value.size and (value.min() < 0 or value.max() >= bound):
            raise UserError(f"{path}: {key} holds indices outside 0..{bound - 1}")

    joints = len(JOINT_NAMES)
    v_template = array("v_template", np.float64)
    count = v_template.shape[0] if v_template.ndim == 2 else 0
    expect("v_template", v_template, count, 3)

    weights = array("weights", np.float64)
    expect("weights", weights, count, joints)
    regressor = array("J_regressor", np.float64)
    expect("J_regressor", regressor, joints, count)

    shapedirs = array("shapedirs", np.float64)
    if shapedirs.ndim != 3 or shapedirs.shape[:2] != (count, 3) or shapedirs.shape[2] < NUM_BETAS:
        expect("shapedirs", shapedirs, count, 3, NUM_BETAS)
    # Newer official files hold 300 directions, ordered by variance; as everywhere, ten are used.
    shapedirs = np.ascontiguousarray(shapedirs[..., :NUM_BETAS])

    pose_features = 9 * (joints - 1)
    posedirs = array("posedirs", np.float64) if "posedirs" in content else np.zeros((count, 3, pose_features))
    expect("posedirs", posedirs, count, 3, pose_features)

    faces = array("f", np.int64)
    expect("f", faces, len(faces), 3)
    check_indices("f", faces, count)

    kintree = array("kintree_table", np.int64)
    expect("kintree_table", kintree, 2, joints)
    if tuple(kintree[0, 1:].tolist()) != PARENTS[1:]:
        raise UserError(f"{path}: kintree_table is not SMPL's tree of 24 joints")

    uvs = faces_uvs = None
    if "uvs" in content and "faces_uvs" in content:
        uvs, faces_uvs = array("uvs", np.float64), array("faces_uvs", np.int64)
        expect("uvs", uvs, len(uvs), 2)
        expect("faces_uvs", faces_uvs, len(faces), 3)
        check_indices("faces_uvs", faces_uvs, len(uvs))

    return SMPLData(
        v_template=v_template,
        shapedirs=shapedirs,
        posedirs=posedirs,
        J_regressor=regressor,
        weights=weights,
        faces=faces,
        gender=str(content["gender"]) if "gender" in content else _gender_from_name(path),
        name=str(content["name"]) if "name" in content else path.stem,
        uvs=uvs,
        faces_uvs=faces_uvs,
    )


def _gender_from_name(path: Path) -> str:
    """Official files tell the gender in their name only: ``SMPL_FEMALE.pkl``, ``basicModel_f_lbs_….pkl``."""
    stem = path.stem.lower()
    if "female" in stem or "_f_" in stem:
        return "female"
    return "male" if "male" in stem or "_m_" in stem else "neutral"
