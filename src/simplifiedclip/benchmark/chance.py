"""Measure how often a pose that knows nothing of a prompt passes its check.

    python -m simplifiedclip.benchmark.chance MOCAP.npz [--out FILE]

MOCAP.npz holds SMPL poses as ``poses`` (N, 72). The rates that are shipped, ``chance.json``, are those of the
CMU motion capture database, whose people walk, run, jump, play and gesticulate.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ..errors import UserError
from ..outputs import whole_file, write_json
from ..poses.directions import Array
from ..poses.posecodes import measure
from .selection import key_of, prompts


def load_mocap(path: Path) -> Array:
    """Return the poses of a file, (n, 24, 3).

    Raises:
        UserError: it is not there or holds no poses.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            poses = np.asarray(data["poses"], float)
    except (OSError, KeyError, ValueError) as error:
        raise UserError(f"{path} is not a file of poses with `poses` (N, 72): {error}") from error
    if poses.ndim != 2 or poses.shape[1] != 72:
        raise UserError(f"`poses` in {path} has the shape {poses.shape}, expected (N, 72)")
    return poses.reshape(-1, 24, 3)


def rates(poses: Array) -> dict[str, float]:
    """Return the share of poses (n, 24, 3) that pass each check, by the prompts' keys."""
    m = measure(poses)
    return {key_of(prompt): float(prompt.check(m).mean()) for prompt in prompts("all")}


def main() -> None:
    """Measure the rates and write them."""
    parser = argparse.ArgumentParser(description="Measure the benchmark's chance rates.")
    parser.add_argument("mocap", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("chance.json"))
    given = parser.parse_args()
    poses = load_mocap(given.mocap)
    found = rates(poses)
    with whole_file(given.out, overwrite=True) as file:
        written = {key: round(rate, 5) for key, rate in sorted(found.items())}
        write_json(file, {"poses": len(poses), "rates": written})
    for subset in ("dev", "test"):
        half = [found[key_of(prompt)] for prompt in prompts(subset)]
        print(f"{subset}: {len(half)} prompts, mean {np.mean(half):.2%}, most {max(half):.1%}")


if __name__ == "__main__":
    main()
