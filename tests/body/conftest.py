"""A body in SMPL's official layout, made of random numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simplifiedclip.body.joints import PARENTS


def official_arrays(vertices: int = 300, seed: int = 0) -> dict[str, np.ndarray]:
    """Return the keys and dtypes of an official SMPL file, filled with a random body of human size."""
    rng = np.random.default_rng(seed)
    weights = rng.random((vertices, 24)) ** 8
    regressor = rng.random((24, vertices)) ** 20
    parents = np.array(PARENTS).astype(np.uint32)  # the root's -1 wraps to 2³²-1, as in official files
    return {
        "v_template": rng.normal(size=(vertices, 3)) * [0.4, 0.5, 0.15],
        "shapedirs": rng.normal(size=(vertices, 3, 10)) * 0.02,
        "posedirs": rng.normal(size=(vertices, 3, 207)) * 0.005,
        "J_regressor": regressor / regressor.sum(1, keepdims=True),
        "weights": weights / weights.sum(1, keepdims=True),
        "kintree_table": np.stack([parents, np.arange(24, dtype=np.uint32)]),
        "f": rng.integers(0, vertices, (2 * vertices, 3)).astype(np.uint32),
    }


@pytest.fixture()
def official() -> dict[str, np.ndarray]:
    return official_arrays()


@pytest.fixture()
def official_npz(official: dict[str, np.ndarray], tmp_path: Path) -> Path:
    path = tmp_path / "SMPL_FEMALE.npz"
    np.savez(path, **official)
    return path
