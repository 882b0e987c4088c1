"""A codebook of poses, and where any encoder has them: start poses for a prompt are looked up in it.

The poses come with the package (``tools/build_codebook.py`` makes them from the pose grammar). They stand in
an order in which the first n are about as diverse as n of them can be, so an encoder that is slow to ask is
asked about the first ones only. Embeddings are kept in the user's cache folder, in pieces, so an index that
was interrupted goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from .errors import UserError

if TYPE_CHECKING:
    from .encoders.protocol import Encoder
    from .stage import Stage

POSES_FILE = Path(__file__).parent / "poses" / "data" / "codebook.npz"
STEPS_PER_RADIAN = 256
"""Angles are stored as whole numbers of this fraction of a radian, 0.22°."""
PICTURED = 2000
"""So many poses are indexed for an encoder that must see pictures: five of each."""
PIECE = 250
"""Poses of one file of the cache."""

Progress = Callable[[int, int], Any]
"""Called with (poses done, poses)."""

_loaded: weakref.WeakKeyDictionary[Any, dict[str, Codebook]] = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class Codebook:
    """Poses and their embeddings by one encoder.

    Attributes:
        theta: (N, 24, 3) float32 axis-angle, radians; bodies face +z.
        embeddings: (N, d) float32 of unit length.
    """

    theta: Tensor
    embeddings: Tensor

    def __len__(self) -> int:
        return len(self.theta)

    @classmethod
    def load(
        cls,
        encoder: Encoder,
        stage: Stage | None = None,
        *,
        size: int = 0,
        progress: Progress | None = None,
    ) -> Codebook:
        """Return the codebook as an encoder sees it, from the cache or made now.

        An encoder with a tower over poses (``embed_pose``) is asked about θ itself. Any other sees five views
        of each pose, whose average embedding counts (LoAE, paper section VI-A). Of encoders in sum
        (``Combined``) the parts are asked each in its own way, about as many poses as the slowest allows.

        Args:
            encoder: any encoder.
            stage: the body and its looks, for encoders that see pictures; the default body where left out.
            size: how many poses; 0 for all, or for the first 2000 where pictures must be made of them.
            progress: called with (poses done, poses) while poses are embedded.

        Raises:
            UserError: the file with the poses is missing or damaged.
        """
        parts = getattr(encoder, "parts", None)
        if parts:
            books = [cls.load(part, stage, size=size, progress=progress) for part in parts]
            n = min(map(len, books))
            joined = torch.cat([book.embeddings[:n] for book in books], 1)
            return cls(books[0].theta[:n], joined / len(books) ** 0.5)
        theta = shipped_poses()
        pictured = not hasattr(encoder, "embed_pose")
        n = min(size or (PICTURED if pictured else len(theta)), len(theta))
        if pictured and stage is None:
            from .presets import PRESETS
            from .stage import Stage

            stage = Stage(PRESETS["best"])
        key = _key(encoder, stage if pictured else None)
        known = _loaded.setdefault(encoder, {})
        if key not in known or len(known[key]) < n:
            embeddings = _embed(theta[:n], encoder, stage if pictured else None, key, progress)
            known[key] = cls(theta[:n], embeddings)
        whole = known[key]
        return whole if len(whole) == n else cls(whole.theta[:n], whole.embeddings[:n])

    def similarities(self, u: Tensor) -> Tensor:
        """Return the cosine between each pose and texts u (..., d): (..., N)."""
        return torch.nn.functional.normalize(u.to(self.embeddings), dim=-1) @ self.embeddings.T

    def nearest(self, u: Tensor, k: int) -> Tensor:
        """Return the k poses nearest to texts u (..., d), best first: indices (..., k)."""
        return self.similarities(u).topk(min(k, len(self)), dim=-1).indices


@lru_cache(maxsize=1)
def shipped_poses() -> Tensor:
    """Return the poses of the package, (N, 24, 3) float32 axis-angle.

    Raises:
        UserError: the file is missing or damaged.
    """
    try:
        with np.load(POSES_FILE, allow_pickle=False) as content:
            steps = content["steps"]
        if steps.dtype != np.int16 or steps.ndim != 2 or steps.shape[0] != 72:
            raise ValueError
    except FileNotFoundError:
        raise UserError(f"The codebook {POSES_FILE} is missing: install the package again") from None
    except Exception as error:  # a damaged archive raises whatever its damage leads to
        raise UserError(f"The codebook {POSES_FILE} is damaged: install the package again") from error
    return torch.from_numpy(steps.T.reshape(-1, 24, 3).astype(np.float32) / STEPS_PER_RADIAN)


def save_poses(path: Path, theta: np.ndarray) -> None:
    """Write poses (N, 24, 3) as a codebook file, angles rounded to 0.22°."""
    steps = np.round(theta.reshape(len(theta), 72).T * STEPS_PER_RADIAN).astype(np.int16)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.partial")
    with open(temporary, "wb") as file:
        np.savez_compressed(file, steps=steps)
    os.replace(temporary, path)


def cache_folder() -> Path:
    """Return where embeddings are kept: ``SIMPLIFIEDCLIP_CACHE``, or the user's cache folder."""
    if given := os.environ.get("SIMPLIFIEDCLIP_CACHE"):
        return Path(given).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "simplifiedclip"


def _embed(
    theta: Tensor, encoder: Encoder, stage: Stage | None, key: str, progress: Progress | None
) -> Tensor:
    """Return unit embeddings (N, d), piece by piece from the cache or the encoder."""
    weights = weights_hash(encoder)
    # Without weights that can be recognised nothing tells whether a cached file is still right.
    folder = cache_folder() / "codebook" / key if weights else None
    pieces = []
    for first in range(0, len(theta), PIECE):
        some = theta[first : first + PIECE]
        file = None if folder is None else folder / f"{first:06d}-{len(some)}.npy"
        piece = None if file is None else _read(file, len(some))
        if piece is None:
            piece = _ask(some, encoder, stage)
            if file is not None:
                _write(file, piece)
        pieces.append(piece)
        if progress is not None:
            progress(first + len(some), len(theta))
    return torch.nn.functional.normalize(torch.cat(pieces), dim=-1)


@torch.no_grad()
def _ask(theta: Tensor, encoder: Encoder, stage: Stage | None) -> Tensor:
    if stage is None:
        v = encoder.embed_pose(theta)  # type: ignore[attr-defined]
        return torch.nn.functional.normalize(v.float(), dim=-1).cpu()
    cameras = stage.cameras_at("five")
    found = []
    for some in theta.to(stage.device).split(10):  # fifty pictures at a time
        pictures = stage.render(some, cameras=cameras, centre=True).rgb
        v = encoder.embed_image(pictures).unflatten(0, (len(some), -1)).mean(1)
        found.append(torch.nn.functional.normalize(v.float(), dim=-1).cpu())
    return torch.cat(found)


def _read(file: Path, n: int) -> Tensor | None:
    """Return a piece of the cache, or None where it is not there or not what it should be."""
    try:
        values = np.load(file, allow_pickle=False)
    except Exception:  # missing, cut off, not an array: it is made again
        return None
    if values.ndim != 2 or len(values) != n or values.dtype != np.float16 or not np.isfinite(values).all():
        return None
    return torch.from_numpy(values.astype(np.float32))


def _write(file: Path, piece: Tensor) -> None:
    """Keep a piece; a folder that takes no files costs time the next time, and nothing else."""
    temporary = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}")
        with os.fdopen(handle, "wb") as out:
            np.save(out, piece.numpy().astype(np.float16))
        os.replace(temporary, file)
    except OSError:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _key(encoder: Encoder, stage: Stage | None) -> str:
    """Return what decides over the embeddings, as a short hash."""
    what: dict[str, Any] = {
        "encoder": encoder.name,
        "weights": weights_hash(encoder),
        "poses": hashlib.sha256(shipped_poses().numpy().tobytes()).hexdigest(),
    }
    if stage is not None:
        what |= {"stage": stage.looks(), "resize": getattr(encoder, "resize", True)}
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:24]


def weights_hash(encoder: Any) -> str | None:
    """Return a fingerprint of an encoder's weights; None where it is no network of PyTorch.

    Of large tensors 4096 values evenly over them are taken: training moves all of them.
    """
    modules = [v for v in (encoder, *vars(encoder).values()) if isinstance(v, torch.nn.Module)]
    if not modules:
        return None
    digest = hashlib.sha256()
    for name, value in sorted(modules[0].state_dict().items()):
        flat = value.detach().flatten()
        flat = flat[:: max(1, len(flat) // 4096)].float().cpu()
        digest.update(f"{name} {tuple(value.shape)} {value.dtype}".encode())
        digest.update(flat.numpy().tobytes())
    return digest.hexdigest()
