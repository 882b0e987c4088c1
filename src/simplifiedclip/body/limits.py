"""How far human joints turn: a table with its sources, and functions that measure and mend a pose by it.

Every joint's rotation is read as three anatomical angles. Two readings are used, each where it has no
singularity that a human reaches:

* ``turns``: three turns one after the other, each about the axis that the one before has carried along
  (flexion, then side movement, then twist: the joint coordinate system of Grood & Suntay 1983, which the
  ISB recommends for hip, knee, ankle and spine, Wu et al. 2002). It breaks at 90° of side movement.
* ``swing``: a swing of the bone and a twist about it. The first two angles are the components of the swing's
  rotation vector, so every direction but the one opposite to the T-pose is regular. Arms need this: hanging,
  raised and forward arms are each 90° from the T-pose, where one Euler order or another breaks.

Right joints are mirrored and read as left ones, so a pair shares its limits.

Sources of the ranges, as the table names them:

* AAOS: American Academy of Orthopaedic Surgeons, Joint Motion: Method of Measuring and Recording, 1965;
  Greene & Heckman (eds.), The Clinical Measurement of Joint Motion, 1994.
* Norkin: Norkin & White, Measurement of Joint Motion: A Guide to Goniometry, 5th ed., 2016.
* Boone: Boone & Azen, Normal range of motion of joints in male subjects, J. Bone Joint Surg. Am. 61, 1979.
* Kapandji: Kapandji, The Physiology of the Joints, vol. 1-3, 5th and 6th ed.
* Neumann: Neumann, Kinesiology of the Musculoskeletal System, 3rd ed., 2017.
* Hemmerich: Hemmerich et al., Hip, knee, and ankle kinematics of high range of motion activities of daily
  living, J. Orthop. Res. 24, 2006 (squatting, kneeling and sitting cross-legged).

Published ranges are of one movement at a time, measured from standing, of average adults. Here they are
widened where the model needs it, and the entry says so: SMPL spreads the trunk over five joints and the
shoulder over two, any of which may carry most of a movement; trained people reach further; and a pose
recovered from images or markers is off by some degrees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import roma
import torch
from torch import Tensor

from ..errors import UserError
from .joints import JOINT_NAMES, NUM_JOINTS


@dataclass(frozen=True)
class Movement:
    """One anatomical movement of a joint and its range.

    Attributes:
        positive, negative: what the movement is called in each direction.
        axis: the axis of the T-pose about which ``positive`` turns, on the left side: "+x", "-y", ….
        low, high: range in degrees.
        source: where the range comes from, and why it differs from it.
    """

    positive: str
    negative: str
    axis: str
    low: float
    high: float
    source: str


@dataclass(frozen=True)
class JointLimits:
    """Limits of a joint.

    Attributes:
        reading: "turns" or "swing", see the module's text.
        movements: in the order of the reading; the last is the twist.
        max_swing: widest swing in any direction, degrees (readings "swing" only).
    """

    reading: str
    movements: tuple[Movement, Movement, Movement]
    max_swing: float = 180.0


_SPINE = "of the thoracolumbar spine; each of three joints may do about half of it, for one often leads"
_TRUNK = JointLimits(
    "turns",
    (
        Movement("flexion", "extension", "+x", -30, 48, f"Kapandji 105/60 {_SPINE}"),
        Movement("bending right", "bending left", "+z", -25, 25, f"AAOS 35, Kapandji 40 {_SPINE}"),
        Movement("turning left", "turning right", "+y", -28, 28, f"AAOS 45, Kapandji 40 {_SPINE}"),
    ),
)
_LONE_NECK = "of the whole neck; motion capture often gives it to this joint alone"
_NECK = JointLimits(
    "turns",
    (
        Movement("flexion", "extension", "+x", -55, 50, f"AAOS 45/45, Norkin 40-50/50-70 {_LONE_NECK}"),
        Movement("bending right", "bending left", "+z", -40, 40, f"AAOS 45 {_LONE_NECK}"),
        Movement("turning left", "turning right", "+y", -65, 65, f"AAOS 60, Kapandji 80-90 {_LONE_NECK}"),
    ),
)
_UPPER_NECK = "Kapandji, upper cervical spine"
_HEAD = JointLimits(
    "turns",
    (
        Movement(
            "flexion", "extension", "+x", -35, 30, f"{_UPPER_NECK} 20-30 in all; widened as for the neck"
        ),
        Movement("bending right", "bending left", "+z", -22, 22, f"{_UPPER_NECK} 8; widened as for the neck"),
        Movement("turning left", "turning right", "+y", -45, 45, f"{_UPPER_NECK}: atlas on axis, up to 45"),
    ),
)
_HIP = JointLimits(
    "turns",
    (
        Movement(
            "flexion", "extension", "-x", -40, 150,
            "AAOS 120/30, Boone 122/10, Kapandji 145/30 passive with bent knee; the chest can lie on the "
            "thighs, and part of the low back's bending is read here",
        ),
        Movement(
            "abduction", "adduction", "+z", -38, 75,
            "AAOS 45/30, Boone 46/27; Kapandji over 60 for the trained; legs crossed when sitting",
        ),
        Movement(
            "external rotation", "internal rotation", "+y", -55, 80,
            "AAOS 45/45, Kapandji 60/30; more when the hip is flexed, as in sitting cross-legged (Hemmerich)",
        ),
    ),
)  # fmt: skip
_KNEE = JointLimits(
    "turns",
    (
        Movement(
            "flexion", "extension", "+x", -8, 162,
            "AAOS 135/10, Boone 143/0, Kapandji 160 passive, Hemmerich 157 in a deep squat",
        ),
        Movement(
            "shank outward", "shank inward", "+z", -20, 20,
            "a few degrees (Kapandji); the axis of the knee is seldom the model's x axis",
        ),
        Movement(
            "external rotation", "internal rotation", "+y", -32, 42,
            "Kapandji 40/30 with bent knee",
        ),
    ),
)  # fmt: skip
_ANKLE = JointLimits(
    "turns",
    (
        Movement(
            "dorsiflexion", "plantarflexion", "-x", -75, 40,
            "AAOS 20/50; about 40 under the body's weight; dancers and kneeling people point further",
        ),
        Movement("eversion", "inversion", "+z", -40, 28, "AAOS 15/35, Boone 21/37"),
        Movement("toes outward", "toes inward", "+y", -30, 30, "Kapandji 35-45 in all"),
    ),
)  # fmt: skip
_TOES = JointLimits(
    "turns",
    (
        Movement("extension", "flexion", "-x", -45, 75, "AAOS 70/45 of the great toe"),
        Movement("sole outward", "sole inward", "+z", -15, 15, "small; no source measures it"),
        Movement("toes outward", "toes inward", "+y", -15, 15, "small; no source measures it"),
    ),
)
_COLLAR = JointLimits(
    "swing",
    (
        Movement("elevation", "depression", "+z", -15, 45, "Neumann: clavicle 35-45/10"),
        Movement("protraction", "retraction", "-y", -30, 35, "Neumann: clavicle 15-30 each"),
        Movement(
            "turning forward", "turning back", "+x", -58, 50,
            "Neumann: clavicle 20-50 back; motion capture puts part of the shoulder's twist here",
        ),
    ),
    max_swing=50,
)  # fmt: skip
_SHOULDER = JointLimits(
    "swing",
    (
        Movement(
            "raising", "lowering", "+z", -112, 105,
            "against the horizontal: AAOS 180 from hanging, 30 across the body; with the collar's share",
        ),
        Movement(
            "forward", "backward", "-y", -70, 132,
            "AAOS 135/45 with the arm level, 60 backward from hanging; with the collar's share",
        ),
        Movement(
            "internal rotation", "external rotation", "+x", -135, 125,
            "AAOS 70/90, and the hand behind the back; "
            "read against the T-pose, the neutral turns by up to 90 with the arm's direction",
        ),
    ),
    max_swing=138,
)  # fmt: skip
_ELBOW = JointLimits(
    "swing",
    (
        Movement("flexion", "extension", "-y", -10, 152, "AAOS 150/0-10, Boone 143/1"),
        Movement(
            "forearm up", "forearm down", "+z", -85, 95,
            "none in the joint; a twist of the upper arm is often written as another axis of the elbow",
        ),
        Movement("pronation", "supination", "+x", -90, 90, "AAOS 80/80, Kapandji 85/90"),
    ),
    max_swing=155,
)  # fmt: skip
_PRONATED = "the axes turn with the forearm, whose pronation may be written in either joint"
_WRIST = JointLimits(
    "swing",
    (
        Movement("extension", "flexion", "+z", -85, 80, "AAOS 70/80, Kapandji 85/85"),
        Movement("radial deviation", "ulnar deviation", "-y", -70, 70, f"AAOS 20/30; {_PRONATED}"),
        Movement("pronation", "supination", "+x", -60, 60, f"none in the joint; {_PRONATED}"),
    ),
    max_swing=100,
)
_FINGERS = JointLimits(
    "swing",
    (
        Movement("extension", "flexion", "+z", -95, 35, "AAOS 90/30-45 at the knuckles"),
        Movement("thumbwards", "away from the thumb", "-y", -25, 25, "AAOS 20"),
        Movement("pronation", "supination", "+x", -20, 20, "small; no source measures it"),
    ),
    max_swing=100,
)

JOINT_LIMITS: dict[str, JointLimits] = {
    "spine1": _TRUNK,
    "spine2": _TRUNK,
    "spine3": _TRUNK,
    "neck": _NECK,
    "head": _HEAD,
    **{
        f"{side}_{joint}": limits
        for joint, limits in {
            "hip": _HIP,
            "knee": _KNEE,
            "ankle": _ANKLE,
            "foot": _TOES,
            "collar": _COLLAR,
            "shoulder": _SHOULDER,
            "elbow": _ELBOW,
            "wrist": _WRIST,
            "hand": _FINGERS,
        }.items()
        for side in ("left", "right")
    },
}
"""Limits of every joint but the pelvis, which may turn as it likes: it is the body's place in the world."""


def joint_angles(theta: Tensor) -> Tensor:
    """Read a pose as anatomical angles: :data:`JOINT_LIMITS` names them and tells their sign.

    Args:
        theta: (..., 24, 3) axis-angle, radians.
    Returns:
        (..., 24, 3) radians; zero for the pelvis. Each angle is within ±180° of the middle of its range.
    Raises:
        UserError: for another shape.
    """
    _check(theta)
    table = _table(theta.dtype, theta.device)
    local = (table.frames @ theta.unsqueeze(-1)).squeeze(-1)
    angles = torch.cat(
        [
            torch.zeros_like(local[..., :1, :]),
            _read_turns(local[..., table.turns, :], table.centre[table.turns]),
            _read_swing(local[..., table.swings, :], table.centre[table.swings]),
        ],
        dim=-2,
    )
    return angles[..., table.order, :] * table.sign


def pose_from_angles(angles: Tensor) -> Tensor:
    """Undo :func:`joint_angles`; the pelvis keeps its T-pose.

    Args:
        angles: (..., 24, 3) anatomical angles, radians.
    Returns:
        (..., 24, 3) axis-angle, radians.
    Raises:
        UserError: for another shape.
    """
    _check(angles)
    table = _table(angles.dtype, angles.device)
    local = angles * table.sign
    turns, swings = local[..., table.turns, :], local[..., table.swings, :]
    zero = torch.zeros_like(turns[..., 0])

    def about(axis: int, angle: Tensor) -> Tensor:
        parts = [torch.zeros_like(angle)] * 3
        parts[axis] = angle
        return roma.rotvec_to_rotmat(torch.stack(parts, dim=-1))

    turned = about(0, turns[..., 0]) @ about(1, turns[..., 1]) @ about(2, turns[..., 2])
    swing = torch.cat([swings[..., :2], torch.zeros_like(swings[..., :1])], dim=-1)
    swung = roma.rotvec_to_rotmat(swing) @ about(2, swings[..., 2])
    pelvis = about(0, zero[..., :1])
    rotations = torch.cat([pelvis, turned, swung], dim=-3)[..., table.order, :, :]
    vectors = roma.rotmat_to_rotvec(rotations)
    return (table.frames.mT @ vectors.unsqueeze(-1)).squeeze(-1)


def limit_violation(theta: Tensor) -> Tensor:
    """Return how far each angle of a pose is beyond its limit; differentiable, zero inside.

    Args:
        theta: (..., 24, 3) axis-angle, radians.
    Returns:
        (..., 24, 4) radians ≥ 0: the three angles of :func:`joint_angles`, then the whole swing.
    Raises:
        UserError: for another shape.
    """
    return _excess(joint_angles(theta), _table(theta.dtype, theta.device))


def violates(theta: Tensor, tolerance_deg: float = 8.0) -> Tensor:
    """Tell which poses (..., 24, 3) have an angle more than the tolerance beyond its limit: (...) bool."""
    return limit_violation(theta).flatten(-2).amax(dim=-1) > math.radians(tolerance_deg)


def clamp_pose(theta: Tensor) -> Tensor:
    """Return the pose with every joint that is beyond a limit put back onto it; other joints are untouched.

    Args:
        theta: (..., 24, 3) axis-angle, radians.
    Returns:
        (..., 24, 3) axis-angle, radians.
    Raises:
        UserError: for another shape.
    """
    angles = joint_angles(theta)
    table = _table(theta.dtype, theta.device)
    inside = angles.clamp(table.low, table.high)
    swing = inside[..., :2].norm(dim=-1, keepdim=True)
    # Joints without a widest swing have an infinite one, whose quotient would make gradients NaN.
    shrink = (table.max_swing.clamp_max(10.0).unsqueeze(-1) / swing.clamp_min(1e-6)).clamp_max(1.0)
    inside = torch.cat([inside[..., :2] * shrink, inside[..., 2:]], dim=-1)
    beyond = (_excess(angles, table) > 1e-6).any(dim=-1, keepdim=True)
    return torch.where(beyond, pose_from_angles(inside), theta)


def random_poses(count: int, generator: torch.Generator | None = None) -> Tensor:
    """Return poses whose every angle is uniform within its limits; the pelvis keeps its T-pose.

    Args:
        count: how many.
        generator: source of the choice, on the CPU.
    Returns:
        (count, 24, 3) axis-angle, radians.
    """
    table = _table(torch.float32, torch.device("cpu"))
    share = torch.rand(count, NUM_JOINTS, 3, generator=generator)
    angles = torch.zeros_like(share)
    angles[:, 1:] = (table.low + (table.high - table.low) * share)[:, 1:]
    return clamp_pose(pose_from_angles(angles))


class _Table(NamedTuple):
    """The limits as tensors, in the signs and axes of the computation."""

    frames: Tensor  # (24, 3, 3) turns the three movements' axes into x, y, z (or all into their opposites)
    sign: Tensor  # (24, 1) -1 where it is the opposites
    low: Tensor  # (24, 3)
    high: Tensor  # (24, 3)
    centre: Tensor  # (24, 3) middle of the range, with the sign of the computation
    max_swing: Tensor  # (24,)
    turns: list[int]
    swings: list[int]
    order: Tensor  # (24,) places of the joints in [pelvis, turns, swings]


@lru_cache(maxsize=8)
def _table(dtype: torch.dtype, device: torch.device) -> _Table:
    frames = torch.eye(3, dtype=torch.float64).repeat(NUM_JOINTS, 1, 1)
    sign = torch.ones(NUM_JOINTS, 1, dtype=torch.float64)
    low = torch.full((NUM_JOINTS, 3), -math.inf, dtype=torch.float64)
    high = -low
    max_swing = torch.full((NUM_JOINTS,), math.inf, dtype=torch.float64)
    for joint, name in enumerate(JOINT_NAMES[1:], start=1):
        limits = JOINT_LIMITS[name]
        for row, movement in enumerate(limits.movements):
            axis = torch.zeros(3, dtype=torch.float64)
            axis["xyz".index(movement.axis[1])] = 1.0 if movement.axis[0] == "+" else -1.0
            frames[joint, row] = axis
            low[joint, row], high[joint, row] = math.radians(movement.low), math.radians(movement.high)
        # Only a rotation may act on axis-angle vectors, so left-handed triples are taken by their opposites.
        if torch.linalg.det(frames[joint]) < 0:
            frames[joint] *= -1
            sign[joint] = -1
        if name.startswith("right_"):  # mirrored in x = 0, axis-angle keeps x and negates y and z
            frames[joint] *= torch.tensor([1.0, -1.0, -1.0], dtype=torch.float64)
        if limits.reading == "swing":
            max_swing[joint] = math.radians(limits.max_swing)
    turns = [j for j in range(1, NUM_JOINTS) if JOINT_LIMITS[JOINT_NAMES[j]].reading == "turns"]
    swings = [j for j in range(1, NUM_JOINTS) if JOINT_LIMITS[JOINT_NAMES[j]].reading == "swing"]
    order = torch.tensor([0, *turns, *swings]).argsort()
    centre = torch.zeros_like(low)
    centre[1:] = (low[1:] + high[1:]) / 2 * sign[1:]
    return _Table(
        frames=frames.to(device, dtype),
        sign=sign.to(device, dtype),
        low=low.to(device, dtype),
        high=high.to(device, dtype),
        centre=centre.to(device, dtype),
        max_swing=max_swing.to(device, dtype),
        turns=turns,
        swings=swings,
        order=order.to(device),
    )


def _check(theta: Tensor) -> None:
    if theta.shape[-2:] != (NUM_JOINTS, 3) or theta.dim() < 2:
        raise UserError(f"the pose has the shape {tuple(theta.shape)}, expected (..., {NUM_JOINTS}, 3)")


def _excess(angles: Tensor, table: _Table) -> Tensor:
    beyond = torch.relu(angles - table.high) + torch.relu(table.low - angles)
    # The root of a number kept from zero is safe to differentiate.
    swing = angles[..., :2].square().sum(dim=-1).clamp_min(1e-12).sqrt()
    return torch.cat([beyond, torch.relu(swing - table.max_swing).unsqueeze(-1)], dim=-1)


def _angle(sine: Tensor, cosine: Tensor, centre: Tensor) -> Tensor:
    """The angle whose sine and cosine are given up to a factor, within ±π of ``centre``.

    Where both are zero the angle is undefined, and is given as ``centre`` with no gradient.
    """
    s = sine * torch.cos(centre) - cosine * torch.sin(centre)
    c = cosine * torch.cos(centre) + sine * torch.sin(centre)
    undefined = s.square() + c.square() < 1e-12
    return centre + torch.atan2(s.masked_fill(undefined, 0.0), c.masked_fill(undefined, 1.0))


def _read_turns(theta: Tensor, centre: Tensor) -> Tensor:
    """Angles a, b, c of Rx(a) Ry(b) Rz(c), for theta (..., n, 3)."""
    r = roma.rotvec_to_rotmat(theta)
    a = _angle(-r[..., 1, 2], r[..., 2, 2], centre[:, 0])
    c = _angle(-r[..., 0, 1], r[..., 0, 0], centre[:, 2])
    cosine = (r[..., 0, 0].square() + r[..., 0, 1].square()).clamp_min(1e-12).sqrt()
    return torch.stack([a, torch.atan2(r[..., 0, 2], cosine), c], dim=-1)


def _read_swing(theta: Tensor, centre: Tensor) -> Tensor:
    """Swing (x, y components of its rotation vector) and twist about z, R = swing · twist, theta (..., n, 3).

    With the unit quaternion (x, y, z, w), the twist's half angle has the cosine w and sine z up to a factor
    (Dobrowolski, Swing-twist decomposition in Clifford algebra, 2015, section 3).
    """
    x, y, z, w = roma.rotvec_to_unitquat(theta).unbind(-1)
    norm = (w.square() + z.square()).clamp_min(1e-12).sqrt()  # the cosine of half the swing
    cosine, sine = w / norm, z / norm
    first, second = x * cosine - y * sine, y * cosine + x * sine
    squared = first.square() + second.square()
    small = squared < 1e-12
    length = squared.masked_fill(small, 1.0).sqrt()
    factor = torch.where(small, 2.0, 2 * torch.atan2(length, norm) / length)
    twist = _angle(2 * z * w, w.square() - z.square(), centre[:, 2])
    return torch.stack([first * factor, second * factor, twist], dim=-1)
