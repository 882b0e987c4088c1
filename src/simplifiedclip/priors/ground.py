"""The ground: which parts of a body rest on it, whether they stay there, and whether the body would fall.

The ground is horizontal (y up) and lies under the lowest point of the body wherever that is, so nothing here
depends on a translation; :func:`rest` gives the shift that brings a body onto a ground of a known height.
"""

from __future__ import annotations

import math
from contextlib import suppress
from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from ..body.joints import JOINT_NAMES, NUM_JOINTS
from ..body.smpl import SMPL
from ..errors import UserError

_SIDED = ("heel", "big_toe", "little_toe", "knee", "hip", "seat", "elbow", "hand", "shoulder")

CONTACTS: tuple[str, ...] = (
    *(f"{side}_{part}" for part in _SIDED for side in ("left", "right")),
    "belly",
    "chest",
    "back",
    "head",
)
"""Parts of the body that may rest on the ground, in the order of all functions here.

A sole is its heel and two places of its toes; ``hip`` is the outer side of the hip, ``seat`` a buttock,
``hand`` everything beyond the wrist, ``back`` the upper back.
"""

TOUCH = 0.04
"""A part touches the ground if it is at most this high above the body's lowest point, metres."""

_PER_PART = 64  # vertices that stand for a part
_SOFTNESS = 0.004  # metres: how far above a part's lowest vertex others still count for its place


# -- contact points ----------------------------------------------------------------------------------------


def contact_vertices(body: SMPL) -> dict[str, Tensor]:
    """Return the vertices that make each contact, at most 64 of each: name -> (n,) int64 indices.

    They are found on the T-pose by joints and by the joint that moves a vertex most, so any body in SMPL's
    layout will do. Only corners of a part's convex hull are kept: a point inside is never the lowest.
    """
    return {name: torch.as_tensor(rows) for name, rows in zip(CONTACTS, _parts(body))}


def contact_points(body: SMPL, vertices: Tensor) -> Tensor:
    """Return the place of each contact: the lowest point of its part, softly.

    It is the mean of the part's vertices weighted by ``softmax(-height / 4 mm)``, so its gradient moves what
    is nearest to the ground, and a sole that stands flat is taken as a whole.

    Args:
        body: the body whose vertices these are.
        vertices: (B, V, 3) metres, y up.
    Returns:
        (B, K, 3) metres, in the order of :data:`CONTACTS`.
    Raises:
        UserError: for vertices of another body.
    """
    if vertices.dim() != 3 or vertices.shape[1:] != body.v_template.shape:
        expected = f"(B, {len(body.v_template)}, 3)"
        raise UserError(f"the vertices have the shape {tuple(vertices.shape)}, expected {expected}")
    index, padding = _index(body)
    index, padding = index.to(vertices.device), padding.to(vertices.device)
    parts = vertices[:, index.flatten()].unflatten(1, index.shape)  # (B, K, n, 3)
    height = parts[..., 1].masked_fill(padding, torch.inf)
    weight = torch.softmax(-height / _SOFTNESS, dim=-1)
    return (weight.unsqueeze(-1) * parts).sum(dim=-2)


def touching(points: Tensor, within: float = TOUCH) -> Tensor:
    """Tell which contacts are at most ``within`` metres above the lowest: (B, K, 3) -> (B, K) bool."""
    height = points.detach()[..., 1]
    return height - height.amin(dim=-1, keepdim=True) <= within


_KNOWN: WeakKeyDictionary[SMPL, tuple[Tensor, Tensor]] = WeakKeyDictionary()


def _index(body: SMPL) -> tuple[Tensor, Tensor]:
    """Vertices of each part (K, n), and which of them only fill the row up."""
    if body not in _KNOWN:
        parts = _parts(body)
        longest = max(map(len, parts))
        rows = torch.stack([torch.as_tensor(np.resize(part, longest)) for part in parts])
        padding = torch.arange(longest) >= torch.tensor([len(part) for part in parts]).unsqueeze(1)
        _KNOWN[body] = rows, padding
    return _KNOWN[body]


def _parts(body: SMPL) -> list[np.ndarray]:
    """Vertices of each part, measured on the T-pose in lengths of the bones beside it."""
    place = body.v_template.detach().double().cpu().numpy()
    joints = body.rest_joints()[0].detach().double().cpu().numpy()
    owner = body.lbs_weights.argmax(dim=1).cpu().numpy()
    at = dict(zip(JOINT_NAMES, joints))
    x, y, z = place.T

    def owned(*names: str) -> np.ndarray:
        return np.isin(owner, [JOINT_NAMES.index(name) for name in names])

    def within(value: np.ndarray, among: np.ndarray, low: float, high: float) -> np.ndarray:
        """Vertices among some whose value is between two shares of the range that it has there."""
        if not among.any():
            return among
        least, most = value[among].min(), value[among].max()
        size = most - least
        return among & (value >= least + low * size) & (value <= least + high * size)

    def about(joint: str, *owners: str, reach: float) -> np.ndarray:
        return owned(*owners) & (np.linalg.norm(place - at[joint], axis=1) <= reach)

    chosen: dict[str, tuple[np.ndarray, str]] = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        hip, knee, ankle, foot, collar, shoulder, elbow, wrist, hand = (
            f"{side}_{name}"
            for name in ("hip", "knee", "ankle", "foot", "collar", "shoulder", "elbow", "wrist", "hand")
        )
        thigh = np.linalg.norm(at[knee] - at[hip])
        arm = np.linalg.norm(at[elbow] - at[shoulder])
        outward = sign * x
        sole = owned(ankle, foot) & (y <= at[ankle][1])
        toes = within(z, sole, 0.68, 1.0)
        seat = owned("pelvis", hip) & (np.abs(y - at[hip][1]) <= 0.3 * thigh) & (outward > 0)
        chosen[f"{side}_heel"] = within(z, sole, 0.0, 0.3), ankle
        chosen[f"{side}_big_toe"] = within(outward, toes, 0.0, 0.5), foot
        chosen[f"{side}_little_toe"] = within(outward, toes, 0.5, 1.0), foot
        chosen[f"{side}_knee"] = about(knee, hip, knee, reach=0.22 * thigh), knee
        chosen[f"{side}_hip"] = within(outward, seat, 0.7, 1.0), hip
        chosen[f"{side}_seat"] = within(z, seat, 0.0, 0.35), hip
        chosen[f"{side}_elbow"] = about(elbow, shoulder, elbow, reach=0.3 * arm), elbow
        chosen[f"{side}_hand"] = owned(wrist, hand), hand
        near = about(shoulder, "spine3", collar, shoulder, reach=0.45 * arm)
        chosen[f"{side}_shoulder"] = near & (outward > sign * at[collar][0]), shoulder
    trunk = owned("spine2", "spine3", "left_collar", "right_collar")
    chosen["belly"] = within(z, owned("pelvis", "spine1", "spine2"), 0.6, 1.0), "spine1"
    chosen["chest"] = within(z, trunk, 0.6, 1.0), "spine3"
    chosen["back"] = within(z, trunk, 0.0, 0.4), "spine3"
    chosen["head"] = owned("head"), "head"

    parts = []
    for name in CONTACTS:
        among, joint = chosen[name]
        rows = np.flatnonzero(among)
        if len(rows) < 4:  # a body without such vertices: those nearest to the joint
            rows = np.argsort(np.linalg.norm(place - at[joint], axis=1))[:8]
        parts.append(_corners(place, rows))
    return parts


def _corners(place: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Corners of the convex hull of some vertices; of many, those that are far from one another."""
    from scipy.spatial import ConvexHull, QhullError

    with suppress(QhullError):  # flat, or a line: all of them
        rows = rows[np.sort(ConvexHull(place[rows]).vertices)]
    if len(rows) <= _PER_PART:
        return rows
    points = place[rows]
    picked = [int(points[:, 1].argmin())]
    distance = np.linalg.norm(points - points[picked[0]], axis=1)
    while len(picked) < _PER_PART:
        picked.append(int(distance.argmax()))
        distance = np.minimum(distance, np.linalg.norm(points - points[picked[-1]], axis=1))
    return rows[np.sort(picked)]


# -- losses ------------------------------------------------------------------------------------------------


def contact_loss(points: Tensor, touching: Tensor) -> Tensor:
    """Return ``Σ h²`` over the contacts that should touch, h their height above the lowest point of all.

    With the contacts of a start pose it keeps what that pose rests on: nothing lifts off and nothing sinks
    below the rest. Where heel and toes of a foot both touch, the sole ends flat.

    Args:
        points: (B, K, 3) metres, of :func:`contact_points`.
        touching: (B, K) which should touch, of :func:`touching`.
    Returns:
        (B,) square metres.
    """
    height = points[..., 1] - points[..., 1].amin(dim=-1, keepdim=True)
    return torch.where(touching, height.square(), 0.0).sum(dim=-1)


_DIRECTIONS = 72


def balance_loss(joints: Tensor, points: Tensor, touching: Tensor, reach: float = 0.03) -> Tensor:
    """Return ``d²``, d how far the centre of mass is outside the support, seen from above; 0 inside.

    The support is the convex hull of the touching contacts, grown by ``reach``: contacts are places within
    the soles and hands, whose rims carry too. The distance is the widest gap between the centre c and the
    hull in any direction u, ``max_u (u·c - max_i u·p_i)``, by 72 directions around: at most 0.1 % too small,
    and differentiable in centre and contacts alike.

    Args:
        joints: (B, 24, 3) metres.
        points: (B, K, 3) metres, of :func:`contact_points`.
        touching: (B, K) which of them carry; a body that none carries costs nothing.
        reach: metres by which the support is grown.
    Returns:
        (B,) square metres.
    """
    around = torch.arange(_DIRECTIONS, dtype=points.dtype, device=points.device) * (2 * math.pi / _DIRECTIONS)
    directions = torch.stack([around.cos(), around.sin()])  # (2, D)
    centre = center_of_mass(joints)[:, [0, 2]] @ directions  # (B, D)
    support = (points[..., [0, 2]] @ directions).masked_fill(~touching.unsqueeze(-1), -torch.inf).amax(dim=1)
    carried = touching.any(dim=-1)
    gap = centre - torch.where(carried.unsqueeze(-1), support, centre)
    outside = torch.relu(gap.amax(dim=-1) - reach).square()
    return torch.where(carried, outside, 0.0)


def rest(vertices: Tensor, height: float | Tensor = 0.0) -> Tensor:
    """Return the vertical shift that puts the lowest vertex of each body on the ground.

    Args:
        vertices: (B, V, 3) metres.
        height: of the ground, metres, a number or (B,).
    Returns:
        (B,) metres, to be added to y.
    """
    return height - vertices[..., 1].amin(dim=-1)


# -- centre of mass ----------------------------------------------------------------------------------------

_NECK_TO_HEAD = 1.6  # the skull's centre is beyond the head joint by this much of neck to head, less one


def _segments() -> list[tuple[float, dict[str, float]]]:
    """Mass of each segment, percent, and its centre as a mixture of joints."""
    segments = [
        (6.81, {"head": _NECK_TO_HEAD, "neck": 1 - _NECK_TO_HEAD}),
        (15.71, {"spine3": 0.5, "neck": 0.5}),  # upper trunk
        (15.49, {"spine1": 0.2, "spine2": 0.8}),  # middle trunk
        (11.82, {"pelvis": 0.6, "left_hip": 0.2, "right_hip": 0.2}),
    ]
    for side in ("left", "right"):
        limbs = [
            (2.63, "shoulder", "elbow", 0.576),
            (1.50, "elbow", "wrist", 0.457),
            (0.58, "wrist", "hand", 0.77),
            (14.47, "hip", "knee", 0.385),
            (4.57, "knee", "ankle", 0.443),
            (1.33, "ankle", "foot", 0.45),
        ]
        for mass, start, end, share in limbs:
            segments.append((mass, {f"{side}_{start}": 1 - share, f"{side}_{end}": share}))
    return segments


@lru_cache(maxsize=1)
def _mass_of_joints() -> Tensor:
    weights = torch.zeros(NUM_JOINTS, dtype=torch.float64)
    for mass, mixture in _segments():
        for name, share in mixture.items():
            weights[JOINT_NAMES.index(name)] += mass * share
    return weights / weights.sum()


def center_of_mass(joints: Tensor) -> Tensor:
    """Return the centre of mass of a body, from its joints.

    A weighted mean of the joints: masses of the segments and their centres along the bones are those of
    de Leva, Adjustments to Zatsiorsky-Seluyanov's segment inertia parameters, J. Biomechanics 29(9), 1996,
    table 4, the mean of women and men.

    Args:
        joints: (B, 24, 3) metres.
    Returns:
        (B, 3) metres.
    Raises:
        UserError: for another shape.
    """
    if joints.shape[-2:] != (NUM_JOINTS, 3):
        raise UserError(f"the joints have the shape {tuple(joints.shape)}, expected (B, {NUM_JOINTS}, 3)")
    return _mass_of_joints().to(joints) @ joints
