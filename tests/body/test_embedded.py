from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch

from simplifiedclip.body import SMPL, embedded_path, load_model_file
from simplifiedclip.body.joints import JOINT_NAMES, MIRROR

GENDERS = ("female", "male", "neutral")
JOINT = {name: index for index, name in enumerate(JOINT_NAMES)}


@pytest.fixture(scope="module", params=GENDERS)
def data(request):
    return load_model_file(embedded_path(request.param))


@pytest.fixture(scope="module")
def joints(data):
    return data.J_regressor @ data.v_template


def volume(vertices, faces):
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    return (a * np.cross(b, c)).sum() / 6


def angle(direction, target):
    return np.degrees(np.arccos(direction @ target / np.linalg.norm(direction)))


def test_it_stands_where_smpl_stands(data, joints):
    np.testing.assert_allclose(joints[0], (0, -0.22, 0.03), atol=0.002)
    assert -1.25 < data.v_template[:, 1].min() < -1.05
    assert 1.5 < np.ptp(data.v_template[:, 1]) < 1.9


@pytest.mark.parametrize("side, sign", [("left_", 1.0), ("right_", -1.0)])
def test_zero_pose_is_a_t_pose(data, joints, side, sign):
    out, down = np.array([sign, 0, 0]), np.array([0, -1.0, 0])
    for upper, lower in (("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "hand")):
        assert angle(joints[JOINT[side + lower]] - joints[JOINT[side + upper]], out) < 3
    for upper, lower in (("hip", "knee"), ("knee", "ankle")):
        assert angle(joints[JOINT[side + lower]] - joints[JOINT[side + upper]], down) < 4
    toes = joints[JOINT[side + "foot"]] - joints[JOINT[side + "ankle"]]
    assert toes[2] > 0.07 and abs(toes[0]) < 0.3 * toes[2]
    # Palms down: the hand is wider (z) than thick (y).
    hand = data.v_template[data.weights[:, JOINT[side + "hand"]] > 0.8]
    assert np.ptp(hand[:, 2]) > 1.3 * np.ptp(hand[:, 1])


def test_it_faces_forward(data, joints):
    nose = data.v_template[data.weights[:, JOINT["head"]] > 0.9][:, 2].max()
    assert nose > joints[JOINT["head"]][2] + 0.05
    assert data.v_template[:, 2].max() > 0.1


def test_both_sides_are_alike(data, joints):
    flip = np.array([-1.0, 1, 1])
    np.testing.assert_allclose(joints[list(MIRROR)] * flip, joints, atol=0.001)
    mirrored = {tuple(row) for row in np.round(data.v_template * flip, 3).tolist()}
    near = sum(tuple(row) in mirrored for row in np.round(data.v_template, 3).tolist())
    assert near > 0.97 * len(data.v_template)


def test_soles_are_level(data):
    low = [
        data.v_template[data.weights[:, JOINT[side + name]] > 0.8][:, 1].min()
        for side in ("left_", "right_")
        for name in ("ankle", "foot")
    ]
    assert np.ptp(low) < 0.012


def test_joints_are_inside_the_mesh(data, joints):
    trimesh = pytest.importorskip("trimesh")
    body = trimesh.Trimesh(data.v_template, data.faces, process=False)
    skin = max(body.split(only_watertight=False), key=lambda part: len(part.faces))
    directions = np.array([[0.3, 0.1, 0.95], [-0.2, -0.3, 0.93], [0.1, 0.25, -0.96]])
    for name, joint in zip(JOINT_NAMES, joints):
        # A ray from inside a closed surface crosses it an odd number of times.
        odd = [crossings(skin.triangles, joint, direction) % 2 for direction in directions]
        assert sum(odd) >= 2, name


def crossings(triangles, origin, direction):
    a, edge1, edge2 = triangles[:, 0], triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    normal = np.cross(direction, edge2)
    determinant = (edge1 * normal).sum(1)
    safe = np.where(np.abs(determinant) < 1e-15, np.inf, determinant)
    u = ((origin - a) * normal).sum(1) / safe
    across = np.cross(origin - a, edge1)
    v = across @ direction / safe
    t = (across * edge2).sum(1) / safe
    return int(((u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0) & np.isfinite(safe)).sum())


def test_weights_and_regressor(data):
    assert (data.weights >= 0).all() and ((data.weights > 0).sum(1) <= 4).all()
    np.testing.assert_allclose(data.weights.sum(1), 1, atol=1e-5)
    assert (data.J_regressor >= 0).all() and (data.J_regressor > 0).mean() < 0.05
    np.testing.assert_allclose(data.J_regressor.sum(1), 1, atol=1e-5)


def test_the_skin_has_no_holes(data):
    edges = np.concatenate([data.faces[:, [0, 1]], data.faces[:, [1, 2]], data.faces[:, [2, 0]]])
    assert set(Counter(map(tuple, np.sort(edges, 1).tolist())).values()) == {2}
    directed = set(map(tuple, edges.tolist()))
    assert len(directed) == len(edges)
    assert volume(data.v_template, data.faces) > 0.03
    assert set(data.faces.ravel()) == set(range(len(data.v_template)))


@pytest.mark.parametrize("index", range(10))
def test_shapes_stay_human(data, index):
    for beta in (-2, 2):
        shaped = data.v_template + beta * data.shapedirs[..., index]
        assert 1.35 < np.ptp(shaped[:, 1]) < 2.1
        assert 0.03 < volume(shaped, data.faces) < 0.16


def test_directions_are_ordered_and_scaled(data):
    deviation = np.sqrt((data.shapedirs**2).sum((0, 1)) / len(data.v_template))
    assert (np.diff(deviation) <= 1e-6).all()
    assert 0.01 < deviation[0] < 0.08
    taller = np.ptp((data.v_template + data.shapedirs[..., 0])[:, 1]) - np.ptp(data.v_template[:, 1])
    assert 0.02 < taller < 0.12


def test_genders_share_their_topology_and_differ_in_size():
    bodies = {gender: load_model_file(embedded_path(gender)) for gender in GENDERS}
    for data in bodies.values():
        np.testing.assert_array_equal(data.faces, bodies["neutral"].faces)
        np.testing.assert_array_equal(data.faces_uvs, bodies["neutral"].faces_uvs)
        np.testing.assert_array_equal(data.weights, bodies["neutral"].weights)
        assert 6000 < len(data.v_template) < 8000
    height = {gender: np.ptp(data.v_template[:, 1]) for gender, data in bodies.items()}
    litres = {gender: volume(data.v_template, data.faces) for gender, data in bodies.items()}
    assert height["male"] > height["neutral"] > height["female"]
    assert litres["male"] > litres["neutral"] > litres["female"]


def test_the_data_is_small():
    folder = embedded_path("neutral").parent
    assert sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) < 8e6
    assert "CC0" in (folder / "LICENSE.md").read_text()


def test_raised_arms_and_bent_limbs_keep_their_volume(data):
    body = SMPL(data)
    rest = volume(data.v_template, data.faces)
    theta = torch.zeros(3, 24, 3)
    theta[0, JOINT["left_shoulder"], 2], theta[0, JOINT["right_shoulder"], 2] = 1.3, -1.3
    for name in ("left_hip", "right_hip"):
        theta[1, JOINT[name], 0] = -1.5
    for name in ("left_knee", "right_knee"):
        theta[1, JOINT[name], 0] = 1.5
    theta[2, JOINT["left_elbow"], 1], theta[2, JOINT["right_elbow"], 1] = -1.8, 1.8
    for vertices in body(theta).vertices.double().numpy():
        assert 0.9 < volume(vertices, data.faces) / rest < 1.05
