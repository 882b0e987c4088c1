"""A small closed body with all that a file can hold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import trimesh

from simplifiedclip.body.model_file import SMPLData
from simplifiedclip.body.smpl import SMPL


def sphere_body(weights_per_vertex: int = 4) -> SMPL:
    """Return a sphere with SMPL's joints inside, random blend shapes and a sensible texture map."""
    rng = np.random.default_rng(0)
    sphere = trimesh.creation.icosphere(subdivisions=2)
    vertices, faces = np.asarray(sphere.vertices), np.asarray(sphere.faces, np.int64)
    count = len(vertices)
    weights = rng.random((count, 24)) ** 4
    weights[weights < np.sort(weights, axis=1)[:, [-weights_per_vertex]]] = 0
    regressor = rng.random((24, count)) ** 8
    # A seam: the front half and the back half of the sphere lie beside each other on the image.
    flat = (vertices[:, :2] + 1) / 2
    uvs = np.concatenate([flat * [0.5, 1], flat * [0.5, 1] + [0.5, 0]])
    back = vertices[faces][..., 2].mean(axis=1) < 0
    return SMPL(
        SMPLData(
            v_template=vertices,
            shapedirs=rng.normal(size=(count, 3, 10)) * 0.01,
            posedirs=rng.normal(size=(count, 3, 207)) * 0.002,
            J_regressor=regressor / regressor.sum(1, keepdims=True),
            weights=weights / weights.sum(1, keepdims=True),
            faces=faces,
            gender="female",
            name="test",
            uvs=uvs,
            faces_uvs=faces + back[:, None] * count,
        )
    )


@pytest.fixture()
def body() -> SMPL:
    return sphere_body()


@pytest.fixture()
def make_body() -> Callable[[int], SMPL]:
    return sphere_body
