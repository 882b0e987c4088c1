"""A small body in SMPL's layout for tests: a capsule for each bone, 24 joints, 768 faces."""

from __future__ import annotations

import numpy as np

from simplifiedclip.body.joints import JOINT_NAMES, PARENTS
from simplifiedclip.body.model_file import SMPLData

# Rest joints of a T-pose in metres, pelvis where SMPL has it; the right side mirrors the left.
_LEFT = {
    "pelvis": (0.0, -0.22, 0.03),
    "left_hip": (0.07, -0.31, 0.01),
    "spine1": (0.0, -0.11, 0.0),
    "left_knee": (0.10, -0.70, 0.01),
    "spine2": (0.0, 0.03, 0.0),
    "left_ankle": (0.09, -1.10, -0.03),
    "spine3": (0.0, 0.08, 0.03),
    "left_foot": (0.11, -1.15, 0.09),
    "neck": (0.0, 0.29, -0.01),
    "left_collar": (0.08, 0.20, 0.0),
    "head": (0.0, 0.36, 0.04),
    "left_shoulder": (0.17, 0.24, -0.02),
    "left_elbow": (0.43, 0.23, -0.04),
    "left_wrist": (0.68, 0.23, -0.05),
    "left_hand": (0.77, 0.22, -0.06),
}
_RADII = {
    "pelvis": 0.11,
    "spine1": 0.11,
    "spine2": 0.11,
    "spine3": 0.11,
    "head": 0.09,
    "hip": 0.08,
    "knee": 0.05,
}
_AROUND = 8  # vertices of a ring


def rest_joints() -> np.ndarray:
    """Return the joints of the T-pose, (24, 3) metres."""
    places = []
    for name in JOINT_NAMES:
        x, y, z = _LEFT[name.replace("right_", "left_")]
        places.append((-x if name.startswith("right_") else x, y, z))
    return np.array(places)


def capsule_body() -> SMPLData:
    """Return the body. Each joint moves one tube, to its first child or a stub where it has none."""
    joints = rest_joints()
    vertices, faces, weights = [], [], []
    regressor_rows = []
    for j, name in enumerate(JOINT_NAMES):
        children = [k for k, parent in enumerate(PARENTS) if parent == j]
        child = {"pelvis": 3, "spine3": 12}.get(name, children[0] if children else -1)
        start = joints[j]
        end = joints[child] if child >= 0 else start + (start - joints[PARENTS[j]])
        radius = next((r for key, r in _RADII.items() if name.endswith(key)), 0.04)
        first = sum(map(len, vertices))
        axis = (end - start) / np.linalg.norm(end - start)
        side = np.cross(axis, [0.3, 0.2, 0.9])
        side /= np.linalg.norm(side)
        other = np.cross(axis, side)
        turn = 2 * np.pi * np.arange(_AROUND) / _AROUND
        ring = radius * (np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * other)
        tip = 0.6 * radius * axis
        vertices.append(np.concatenate([[start - tip], start + ring, end + ring, [end + tip]]))
        regressor_rows.append(np.arange(first + 1, first + 1 + _AROUND))
        for i in range(_AROUND):
            a, b = first + 1 + i, first + 1 + (i + 1) % _AROUND
            c, d, last = a + _AROUND, b + _AROUND, first + 1 + 2 * _AROUND
            faces += [(first, b, a), (a, b, d), (a, d, c), (c, d, last)]
        weights.append(np.eye(24)[[j] * len(vertices[-1])])
    count = sum(map(len, vertices))
    regressor = np.zeros((24, count))
    for j, row in enumerate(regressor_rows):
        regressor[j, row] = 1 / _AROUND
    template = np.concatenate(vertices)
    rng = np.random.default_rng(0)
    shapedirs = np.zeros((count, 3, 10))
    shapedirs[:, :, 0] = 0.05 * template  # the first direction makes it taller
    shapedirs[:, :, 1:] = 0.002 * rng.normal(size=(count, 3, 9))
    return SMPLData(
        v_template=template,
        shapedirs=shapedirs,
        posedirs=np.zeros((count, 3, 207)),
        J_regressor=regressor,
        weights=np.concatenate(weights),
        faces=np.array(faces),
        gender="neutral",
        name="capsules",
    )


def capsule_colors(data: SMPLData) -> np.ndarray:
    """Return vertex colours (V, 3): each capsule has its own, so left and right differ."""
    palette = np.random.default_rng(1).uniform(0.1, 0.9, (24, 3))
    return palette[data.weights.argmax(1)].astype(np.float32)
