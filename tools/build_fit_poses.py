"""Choose the fifty poses of motion capture of figure 9's table, and put them into the package.

    python tools/build_fit_poses.py MOCAP.npz

They are the first fifty of those that benchmarks/fit.py measures: 20 clips, evenly over the kinds of action.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from fit import choose_poses
from simplifiedclip.experiments.figure9 import POSES_FILE


def main() -> None:
    """Write the file."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    chosen = choose_poses(Path(sys.argv[1]))[:50]
    POSES_FILE.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        POSES_FILE,
        poses=np.stack([theta.reshape(72) for _, _, theta in chosen]).astype(np.float32),
        clip=np.array([clip for clip, _, _ in chosen]),
        frame=np.array([frame for _, frame, _ in chosen], np.int32),
    )
    print(f"{POSES_FILE}: {POSES_FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
