"""Build the codebook of poses (src/simplifiedclip/poses/data/codebook.npz) from the pose grammar.

    python tools/build_codebook.py

A pool of poses is made by the grammar's families (no motion capture), turned to face the front, and cleared
of what is beyond human limits or stuck in itself. The first poses of the book, for encoders that are slow to
ask, are chosen one after another, each the best of some random candidates: the one that is farthest from all
that were chosen before (Mitchell, "Spectrally optimal sampling for distribution ray tracing", SIGGRAPH 1991).
Distance is that of the 24 joints about the pelvis. The others follow as they were drawn: a book of typical
poses finds what is asked for more often than one of extremes. Last come poses for the hand-written sentences
that few of these do (:mod:`simplifiedclip.training.compose`), each with its mirror image.

The same options give the same file. Build it again whenever the grammar has changed.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from scipy.spatial.transform import Rotation

from simplifiedclip.body.limits import limit_violation
from simplifiedclip.body.smpl import SMPL
from simplifiedclip.codebook import POSES_FILE, save_poses
from simplifiedclip.poses.dataset import make_dataset
from simplifiedclip.poses.directions import about, mirror_theta, to_matrices, to_rotvec
from simplifiedclip.poses.posecodes import measure
from simplifiedclip.priors.self_penetration import penetration_depth
from simplifiedclip.training.compose import compose_rare
from simplifiedclip.training.sentences import shipped, which

LIMITS_TOLERANCE_DEG = 1.5
STUCK = 0.02  # metres that limbs may be inside each other


def face_front(theta: np.ndarray) -> np.ndarray:
    """Turn poses (n, 24, 3) about the vertical to face +z, in the sense of the swing-twist decomposition.

    Bodies that are nearly upside down have no such turn and stay as they are.
    """
    quaternion = Rotation.from_rotvec(theta[:, 0]).as_quat()  # x, y, z, w
    y, w = quaternion[:, 1], quaternion[:, 3]
    yaw = np.where(np.hypot(y, w) > 0.2, np.degrees(2 * np.arctan2(y, w)), 0.0)
    turned = theta.copy()
    turned[:, 0] = to_rotvec(about("y", -yaw) @ to_matrices(theta[:, 0]))
    return turned


def plausible(theta: np.ndarray, joints: torch.Tensor) -> np.ndarray:
    """Return which poses (n, 24, 3) are inside human limits and not stuck in themselves."""
    excess = torch.rad2deg(limit_violation(torch.from_numpy(theta))).flatten(1).amax(1)
    return ((excess <= LIMITS_TOLERANCE_DEG) & (penetration_depth(joints) <= STUCK)).numpy()


def choose(joints: np.ndarray, n: int, candidates: int, rng: np.random.Generator) -> np.ndarray:
    """Return n indices of joints (m, 24, 3), best candidates one after another."""
    pool = joints.reshape(len(joints), 72).astype(np.float32)
    squares = (pool**2).sum(1)
    nearest = np.full(len(pool), np.inf, np.float32)
    chosen: list[int] = []
    for _ in range(n):
        tries = rng.integers(0, len(pool), candidates)
        best = int(tries[np.argmax(nearest[tries])])
        chosen.append(best)
        np.minimum(nearest, squares + squares[best] - 2 * (pool @ pool[best]), out=nearest)
        nearest[best] = -1.0
    return np.array(chosen)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--poses", type=int, default=70_000, help="poses of the grammar")
    parser.add_argument("--diverse", type=int, default=2_000, help="poses at its beginning, chosen apart")
    parser.add_argument("--pool", type=int, default=80_000, help="poses to choose from")
    parser.add_argument("--candidates", type=int, default=8, help="random candidates for each choice")
    parser.add_argument("--least", type=int, default=5, help="poses at least for each sentence")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--out", type=Path, default=POSES_FILE)
    options = parser.parse_args()

    begin = time.monotonic()
    theta = face_front(make_dataset(options.pool, options.seed, captions=1, negatives=0).theta)
    theta = theta.astype(np.float32)
    body = SMPL.embedded("neutral")
    joints = torch.cat([body.joints(some) for some in torch.from_numpy(theta).split(2000)])
    fine = plausible(theta, joints)
    theta, joints = theta[fine], joints[torch.from_numpy(fine)]
    about_pelvis = (joints - joints[:, :1]).numpy()
    print(f"{len(theta)} of {options.pool} poses are plausible ({time.monotonic() - begin:.0f} s)")
    rng = np.random.default_rng(options.seed)
    first = choose(about_pelvis, min(options.diverse, len(theta)), options.candidates, rng)
    others = np.setdiff1d(np.arange(len(theta)), first)
    chosen = np.concatenate([first, others])[: options.poses]
    theta = theta[chosen]
    sentences = shipped()
    parts = np.array_split(theta, max(1, len(theta) // 4000))
    counts = sum(which(sentences, measure(part)).sum(1) for part in parts)
    made = compose_rare(sentences, counts, theta, rng, least=options.least)
    made = face_front(np.concatenate([made, mirror_theta(made)])).astype(np.float32)
    joints = torch.cat([body.joints(some) for some in torch.from_numpy(made).split(2000)])
    made = made[plausible(made, joints)]
    print(f"{len(made)} poses for sentences ({time.monotonic() - begin:.0f} s)")
    theta = np.concatenate([theta, made])
    save_poses(options.out, theta)
    size = options.out.stat().st_size
    print(f"{len(theta)} poses, {size / 2**20:.2f} MB, {time.monotonic() - begin:.0f} s: {options.out}")


if __name__ == "__main__":
    main()
