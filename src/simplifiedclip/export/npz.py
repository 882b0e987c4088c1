"""Poses as ``.npz`` files with the keys of AMASS (Mahmood et al. 2019), so that its tools read them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..body.joints import NUM_JOINTS
from ..body.model_file import NUM_BETAS, read_npz
from ..body.smpl import SMPL
from ..errors import UserError
from ..outputs import whole_file

_NEEDED = ("poses", "betas", "trans")
_SMPLH_NUMBERS, _SMPLH_BODY_JOINTS = 156, 22


@dataclass(frozen=True)
class SavedPose:
    """What a pose file holds, as float32 arrays.

    Attributes:
        theta: (24, 3) axis-angle, radians.
        betas: (10,).
        transl: (3,) metres.
        gender: "female", "male" or "neutral".
        body: name of the body that was posed; "" where the file does not tell.
        joints: (24, 3) metres, y up, ``transl`` applied; None where the file does not tell.
    """

    theta: np.ndarray
    betas: np.ndarray
    transl: np.ndarray
    gender: str = "neutral"
    body: str = ""
    joints: np.ndarray | None = None


def save_pose(
    path: str | Path,
    body: SMPL,
    theta: Tensor,
    betas: Tensor | None = None,
    transl: Tensor | None = None,
) -> None:
    """Write one pose with the keys poses (1, 72), betas (10,), trans (1, 3), gender, joints (24, 3) and body.

    An existing file is replaced, in one step.

    Args:
        path: the ``.npz`` file.
        body: the body that was posed; gives the joints, the gender and the name.
        theta: axis-angle, radians: (24, 3) or (72,), with or without a leading 1.
        betas: (10,) or (1, 10); zeros when left out.
        transl: (3,) or (1, 3) metres; zeros when left out.
    Raises:
        UserError: for other shapes, and where the file cannot be written.
    """
    theta, betas, transl = one_pose(theta, betas, transl)
    with torch.no_grad():
        joints = body.joints(theta, betas, transl)[0]
    arrays = {
        "poses": _numbers(theta.reshape(1, -1)),
        "betas": _numbers(betas[0]),
        "trans": _numbers(transl),
        "gender": np.array(body.gender),
        "joints": _numbers(joints),
        "body": np.array(body.name),
    }
    with whole_file(path, overwrite=True) as temporary, open(temporary, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def load_pose(path: str | Path, frame: int = 0) -> SavedPose:
    """Read one pose of a file by :func:`save_pose`, or of an AMASS file with many frames.

    AMASS comes as SMPL (72 numbers a frame) or as SMPL+H (156 numbers: 22 joints as SMPL's, then fingers, and
    16 betas); of the latter the 22 joints and the first ten betas are read, and the hands are left straight.

    Args:
        path: the ``.npz`` file.
        frame: which pose, where the file holds many.
    Raises:
        UserError: for a missing or damaged file, missing keys, wrong shapes, and values that are not finite.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise UserError(f"no pose file at {path}")
    content = read_npz(path, (*_NEEDED, "gender", "body", "joints"))
    missing = [key for key in _NEEDED if key not in content]
    if missing:
        raise UserError(f"{path} is not a pose file: it lacks {', '.join(missing)}")

    def numbers(key: str, expected: str, fits: bool) -> np.ndarray:
        value = content[key]
        if not fits:
            raise UserError(f"{path}: {key} has the shape {value.shape}, expected {expected}")
        if value.dtype.kind not in "fiu":
            raise UserError(f"{path}: {key} holds {value.dtype}, expected numbers")
        if not np.isfinite(value).all():
            raise UserError(f"{path}: {key} holds values that are not finite")
        return value.astype(np.float32)

    size = 3 * NUM_JOINTS
    shape = content["poses"].shape
    if len(shape) == 2 and shape[1] == _SMPLH_NUMBERS:
        body_joints = content["poses"][:, : _SMPLH_BODY_JOINTS * 3]
        content["poses"] = np.pad(body_joints, ((0, 0), (0, size - body_joints.shape[1])))
        content["betas"] = content["betas"][:NUM_BETAS] if content["betas"].ndim == 1 else content["betas"]
        shape = content["poses"].shape
    poses = numbers("poses", f"(1, {size})", len(shape) == 2 and shape[1] == size and shape[0] > 0)
    frames = len(poses)
    betas = numbers("betas", f"({NUM_BETAS},)", content["betas"].shape == (NUM_BETAS,))
    trans = numbers("trans", f"({frames}, 3)", content["trans"].shape == (frames, 3))
    if not 0 <= frame < frames:
        raise UserError(f"{path} has no frame {frame}: it holds {frames}")
    joints = None
    if "joints" in content:
        joints = numbers("joints", f"({NUM_JOINTS}, 3)", content["joints"].shape == (NUM_JOINTS, 3))
    return SavedPose(
        theta=poses[frame].reshape(NUM_JOINTS, 3),
        betas=betas,
        transl=trans[frame],
        gender=_text(content.get("gender"), "neutral"),
        body=_text(content.get("body"), ""),
        joints=joints,
    )


def one_pose(theta: Tensor, betas: Tensor | None, transl: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """Return the parameters of one pose as (1, 24, 3), (1, 10) and (1, 3), detached; None becomes zeros.

    Raises:
        UserError: for shapes that are not of one pose in axis-angle.
    """
    theta = torch.as_tensor(theta).detach()
    size = 3 * NUM_JOINTS
    if tuple(theta.shape) not in ((NUM_JOINTS, 3), (size,), (1, NUM_JOINTS, 3), (1, size)):
        raise UserError(f"theta has the shape {tuple(theta.shape)}, expected one pose, ({NUM_JOINTS}, 3)")

    def vector(value: Tensor | None, name: str, size: int) -> Tensor:
        if value is None:
            return theta.new_zeros(1, size)
        value = torch.as_tensor(value).detach()
        if tuple(value.shape) not in ((size,), (1, size)):
            raise UserError(f"{name} has the shape {tuple(value.shape)}, expected ({size},)")
        return value.reshape(1, size)

    return theta.reshape(1, NUM_JOINTS, 3), vector(betas, "betas", NUM_BETAS), vector(transl, "transl", 3)


def _numbers(value: Tensor) -> np.ndarray:
    return value.cpu().numpy().astype(np.float32)


def _text(value: np.ndarray | None, default: str) -> str:
    """AMASS writes its genders as text or as bytes, depending on the part."""
    if value is None or value.dtype.kind not in "SU" or value.size != 1:
        return default
    item = value.item()
    return item.decode("utf-8", "replace") if isinstance(item, bytes) else item
