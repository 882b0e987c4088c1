"""An independent judge of our pictures: BlazePose, a pose network of photographs that never saw our data.

Imported (any environment): `judge(images)` gives the 33 landmarks that BlazePose sees in each picture.
Run (in the judge's own environment, made by `make judge`): `blazepose.py IMAGES.npz LANDMARKS.npz` looks.
mediapipe needs numpy < 2, hence two environments. The networks are in its package: nothing is downloaded.
BlazePose: Bazarevsky et al. 2020, arXiv 2006.10204.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# SMPL joint -> BlazePose landmark: the twelve that both put into the centre of the same joint. Left out are
# face, hands and feet (landmarks on the surface) and the spine (BlazePose has none).
LANDMARK_OF_JOINT = {
    "left_shoulder": 11, "right_shoulder": 12, "left_elbow": 13, "right_elbow": 14,
    "left_wrist": 15, "right_wrist": 16, "left_hip": 23, "right_hip": 24,
    "left_knee": 25, "right_knee": 26, "left_ankle": 27, "right_ankle": 28,
}  # fmt: skip


@dataclass(frozen=True)
class Landmarks:
    """What BlazePose saw in n pictures; NaN where it found nobody."""

    found: np.ndarray  # (n,) bool
    xy: np.ndarray  # (n,33,2) pixels, x to the right, y down
    visibility: np.ndarray  # (n,33) 0..1, the network's own belief that it sees the landmark
    world: np.ndarray  # (n,33,3) metres from the middle of the hips, camera axes: x right, y down, z away


def judge_python() -> Path | None:
    """The interpreter of the judge's environment, or None where there is none.

    It is `SIMPLIFIEDCLIP_JUDGE_PYTHON`, or else the one in .venv-judge at the root of the checkout.
    """
    named = os.environ.get("SIMPLIFIEDCLIP_JUDGE_PYTHON")
    root = Path(__file__).resolve().parents[2] / ".venv-judge"
    for python in [Path(named)] if named else [root / "bin" / "python", root / "Scripts" / "python.exe"]:
        if python.is_file():
            return python
    return None


def judge(images: np.ndarray) -> Landmarks:
    """BlazePose's landmarks in images (n,3,H,W), 0..1 (an array or CPU tensor), each looked at alone.

    Raises FileNotFoundError where the judge's environment is absent, RuntimeError where its process fails.
    """
    pixels = np.asarray(images)
    if pixels.ndim != 4 or pixels.shape[1] != 3:
        raise ValueError(f"images must be (n,3,H,W), got {pixels.shape}")
    python = judge_python()
    if python is None:
        raise FileNotFoundError("the judge's environment is not here: `make judge` makes it")
    pixels = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8).transpose(0, 2, 3, 1)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "images.npz"), Path(folder, "landmarks.npz")
        np.savez(source, images=np.ascontiguousarray(pixels))
        run = subprocess.run([python, __file__, source, target], capture_output=True, text=True)
        if run.returncode != 0:
            raise RuntimeError(f"the judge's process failed:\n{run.stderr[-2000:]}")
        with np.load(target, allow_pickle=False) as seen:
            return Landmarks(**{key: seen[key] for key in ("found", "xy", "visibility", "world")})


def look(images: np.ndarray) -> dict[str, np.ndarray]:
    """Run BlazePose on images (n,H,W,3) uint8; needs mediapipe. The arrays of `Landmarks`, by name."""
    from unittest import mock

    # mediapipe imports these for drawing, audio and model conversion; the pose network uses none of them.
    for name in ("cv2", "matplotlib", "matplotlib.pyplot", "jax", "sounddevice"):
        sys.modules.setdefault(name, mock.MagicMock())
    from mediapipe.python.solutions.pose import Pose  # type: ignore[import-not-found]

    n, height, width, _ = images.shape
    found = np.zeros(n, bool)
    xy = np.full((n, 33, 2), np.nan, np.float32)
    visibility = np.full((n, 33), np.nan, np.float32)
    world = np.full((n, 33, 3), np.nan, np.float32)
    # Complexity 1 is the network that is in the package; 0 and 2 would be downloaded.
    with Pose(static_image_mode=True, model_complexity=1) as pose:
        for i, image in enumerate(images):
            seen = pose.process(image)
            if seen.pose_landmarks is None:
                continue
            found[i] = True
            xy[i] = [(p.x * width, p.y * height) for p in seen.pose_landmarks.landmark]
            visibility[i] = [p.visibility for p in seen.pose_landmarks.landmark]
            world[i] = [(p.x, p.y, p.z) for p in seen.pose_world_landmarks.landmark]
    return {"found": found, "xy": xy, "visibility": visibility, "world": world}


if __name__ == "__main__":
    with np.load(sys.argv[1], allow_pickle=False) as given:
        pictures = given["images"]
    np.savez(sys.argv[2], **look(pictures))
