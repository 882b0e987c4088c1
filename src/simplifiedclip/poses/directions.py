"""Posing by anatomy: bone directions and contacts to SMPL's joint rotations, for many bodies at once.

A :class:`Poser` holds the local rotations of ``n`` bodies. Its methods say where limbs point ("the left upper
arm outward, the elbow bent by 90°, the forearm upward") or what a hand touches, and work out the rotations:
elbows and knees bend about their hinges, the collar follows the arm, the forearm turns the palm.

Frames: ``torso`` is the frame of the chest (spine3), ``pelvis`` that of the root and ``world`` has y against
gravity and the body's heading along +z (yaw is added last, by the caller). Directions are written with
:meth:`Poser.dir` as out (away from the body's midline), up and fwd.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.transform import Rotation

from ..body.joints import JOINT_NAMES, MIRROR, PARENTS

J: dict[str, int] = {name: index for index, name in enumerate(JOINT_NAMES)}
"""Index of each joint by name."""

SIDES = ("left", "right")
Array = np.ndarray
Frame = Literal["torso", "pelvis", "world"]


def _rest_skeleton() -> Array:
    """Return the joints of the embedded neutral body in the T-pose, rounded: (24, 3) metres."""
    centre = {
        "pelvis": (0.0, -0.22, 0.03),
        "spine1": (0.0, -0.177, -0.016),
        "spine2": (0.0, -0.077, -0.002),
        "spine3": (0.0, 0.001, 0.0),
        "neck": (0.0, 0.262, 0.016),
        "head": (0.0, 0.351, 0.037),
    }
    left = {
        "hip": (0.091, -0.305, 0.03),
        "knee": (0.102, -0.69, 0.03),
        "ankle": (0.102, -1.088, 0.03),
        "foot": (0.114, -1.155, 0.172),
        "collar": (0.048, 0.192, 0.034),
        "shoulder": (0.159, 0.192, 0.027),
        "elbow": (0.431, 0.192, 0.027),
        "wrist": (0.674, 0.192, 0.027),
        "hand": (0.779, 0.192, 0.027),
    }
    rest = np.zeros((24, 3))
    for name, point in centre.items():
        rest[J[name]] = point
    for name, (x, y, z) in left.items():
        rest[J["left_" + name]] = (x, y, z)
        rest[J["right_" + name]] = (-x, y, z)
    return rest


REST: Array = _rest_skeleton()
"""Joints (24, 3) of the skeleton that poses are composed and measured with, metres, T-pose."""

BONES: Array = REST - np.where(np.array(PARENTS)[:, None] < 0, 0.0, REST[list(PARENTS)])
"""Vectors (24, 3) from each joint's parent to the joint, in the T-pose."""


LANDMARKS: dict[str, tuple[float, float, float]] = {
    "spine1": (0.0, -0.11, 0.0),
    "spine2": (0.0, 0.03, 0.0),
    "spine3": (0.0, 0.08, 0.02),
    "head": (0.0, 0.36, 0.03),
}
"""Places in the T-pose from which offsets of :meth:`Poser.at` count; other offsets count from the joint."""


def forward_kinematics(matrices: Array, bones: Array = BONES) -> tuple[Array, Array]:
    """Chain local rotations down SMPL's tree.

    Args:
        matrices: (n, 24, 3, 3) local rotations.
        bones: (24, 3) vectors from each joint's parent to it.
    Returns:
        joint positions (n, 24, 3) and global rotations (n, 24, 3, 3).
    """
    turn = np.empty_like(matrices)
    place = np.empty((*matrices.shape[:2], 3), matrices.dtype)
    for joint, parent in enumerate(PARENTS):
        if parent < 0:
            turn[:, joint], place[:, joint] = matrices[:, joint], bones[joint]
        else:
            turn[:, joint] = turn[:, parent] @ matrices[:, joint]
            place[:, joint] = place[:, parent] + turn[:, parent] @ bones[joint]
    return place, turn


def to_matrices(theta: Array) -> Array:
    """Turn axis-angle (..., 3) into rotation matrices (..., 3, 3)."""
    return Rotation.from_rotvec(theta.reshape(-1, 3)).as_matrix().reshape(*theta.shape, 3)


def to_rotvec(matrices: Array) -> Array:
    """Turn rotation matrices (..., 3, 3) into axis-angle (..., 3)."""
    return Rotation.from_matrix(matrices.reshape(-1, 3, 3)).as_rotvec().reshape(matrices.shape[:-1])


def mirror_theta(theta: Array) -> Array:
    """Return the mirrored poses (..., 24, 3): sides swapped, reflected in the plane x = 0."""
    return theta[..., list(MIRROR), :] * np.array([1.0, -1.0, -1.0], theta.dtype)


def about(axis: Literal["x", "y", "z"], degrees: ArrayLike) -> Array:
    """Return rotations (..., 3, 3) by angles (...) in degrees about a coordinate axis."""
    angle = np.radians(np.asarray(degrees, float))
    k = "xyz".index(axis)
    i, j = (k + 1) % 3, (k + 2) % 3
    result = np.zeros((*angle.shape, 3, 3))
    result[..., k, k] = 1.0
    result[..., i, i] = result[..., j, j] = np.cos(angle)
    result[..., j, i] = np.sin(angle)
    result[..., i, j] = -result[..., j, i]
    return result


def unit(vector: Array) -> Array:
    """Scale vectors (..., 3) to length one; the zero vector stays."""
    return vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-9)


def _apply(matrix: Array, vector: Array) -> Array:
    return (matrix @ vector[..., None])[..., 0]


def _transpose(matrix: Array) -> Array:
    return np.swapaxes(matrix, -1, -2)


def _swing(start: Array, end: Array) -> Array:
    """Return the shortest rotations (n, 3, 3) that take unit vector start (3,) to unit vectors end (n, 3)."""
    axis = np.cross(np.broadcast_to(start, end.shape), end)
    sine = np.linalg.norm(axis, axis=-1)
    angle = np.arctan2(sine, end @ start)
    axis = np.where(sine[:, None] > 1e-7, axis / np.maximum(sine, 1e-7)[:, None], [1.0, 0.0, 0.0])
    return Rotation.from_rotvec(axis * angle[:, None]).as_matrix()


def _basis(along: Array, hinge: Array) -> Array:
    """Return right-handed bases (..., 3, 3): along, hinge made orthogonal, their product."""
    hinge = unit(hinge - (hinge * along).sum(-1, keepdims=True) * along)
    return np.stack([along, hinge, np.cross(along, hinge)], -1)


class Poser:
    """Local rotations of ``n`` bodies, and the verbs that pose them.

    Args:
        n: number of bodies.
        rng: source of all randomness.
        spread: scale of the natural jitter of directions (1 is usual, 0 gives the pose as it is written).
    """

    def __init__(self, n: int, rng: np.random.Generator, spread: float = 1.0) -> None:
        self.n, self.rng, self.spread = n, rng, spread
        self.local = np.tile(np.eye(3), (n, 24, 1, 1))

    # --- randomness and subsets ------------------------------------------------------------------------

    def u(self, low: float, high: float) -> Array:
        """Return n numbers, uniform between low and high (their middle when ``spread`` is 0)."""
        middle, half = (low + high) / 2, (high - low) / 2
        return middle + min(self.spread, 1.0) * half * self.rng.uniform(-1, 1, self.n)

    def chance(self, probability: float) -> Array:
        """Return n booleans."""
        return self.rng.random(self.n) < probability

    def take(self, index: Array) -> Poser:
        """Return a copy of the bodies at ``index``."""
        part = Poser(len(index), self.rng, self.spread)
        part.local = self.local[index].copy()
        return part

    def put(self, index: Array, part: Poser) -> None:
        """Write a copy made by :meth:`take` back."""
        self.local[index] = part.local

    def theta(self) -> Array:
        """Return axis-angle (n, 24, 3)."""
        return to_rotvec(self.local)

    # --- geometry --------------------------------------------------------------------------------------

    def turn(self, joint: str) -> Array:
        """Return the global rotation (n, 3, 3) of a joint."""
        chain, index = [], J[joint]
        while index >= 0:
            chain.append(index)
            index = PARENTS[index]
        result = self.local[:, chain.pop()]
        while chain:
            result = result @ self.local[:, chain.pop()]
        return result

    def place(self, joint: str) -> Array:
        """Return the position (n, 3) of a joint, the pelvis at its rest position."""
        index = J[joint]
        parent = PARENTS[index]
        if parent < 0:
            return np.tile(BONES[0], (self.n, 1))
        return self.place(JOINT_NAMES[parent]) + self.turn(JOINT_NAMES[parent]) @ BONES[index]

    def at(self, joint: str, x: ArrayLike = 0.0, y: ArrayLike = 0.0, z: ArrayLike = 0.0) -> Array:
        """Return the point (n, 3) at an offset in metres from a joint or landmark, turning with the joint."""
        offset = np.stack(np.broadcast_arrays(x, y, z, np.zeros(self.n))[:3], -1).astype(float)
        if joint in LANDMARKS:
            offset = offset + np.array(LANDMARKS[joint]) - REST[J[joint]]
        return self.place(joint) + _apply(self.turn(joint), offset)

    def dir(
        self,
        side: int | None = None,
        out: ArrayLike = 0.0,
        up: ArrayLike = 0.0,
        fwd: ArrayLike = 0.0,
        jitter: float = 6.0,
    ) -> Array:
        """Return unit directions (n, 3): out from the midline on ``side`` (0 left, 1 right), up and forward.

        ``jitter`` is the natural spread in degrees. With no side, ``out`` is to the left.
        """
        sign = -1.0 if side == 1 else 1.0
        parts = np.broadcast_arrays(np.asarray(out) * sign, up, fwd, np.zeros(self.n))[:3]
        vector = unit(np.stack(parts, -1).astype(float))
        noise = self.rng.normal(size=(self.n, 3)) * np.radians(jitter) * self.spread * 0.7
        return unit(vector + noise)

    def _frame(self, frame: Frame) -> Array:
        if frame == "world":
            return np.tile(np.eye(3), (self.n, 1, 1))
        return self.turn("spine3" if frame == "torso" else "pelvis")

    # --- trunk -----------------------------------------------------------------------------------------

    def root(self, pitch: ArrayLike = 0.0, roll: ArrayLike = 0.0, yaw: ArrayLike = 0.0) -> None:
        """Turn the whole body: pitch forward (face towards the ground), roll to its left, yaw to its left.

        Degrees. Pitch is applied first, then roll, then yaw, all about the axes of the world.
        """
        pitch, roll, yaw = np.broadcast_arrays(pitch, roll, yaw, np.zeros(self.n))[:3]
        self.local[:, 0] = about("y", yaw) @ about("z", -np.asarray(roll)) @ about("x", pitch)

    def trunk(self, bend: ArrayLike = 0.0, side: ArrayLike = 0.0, twist: ArrayLike = 0.0) -> None:
        """Bend the spine forward, to the left and turn it to the left (degrees), over three joints."""
        for name, share in (("spine1", 0.35), ("spine2", 0.35), ("spine3", 0.3)):
            turn = about("y", np.asarray(twist) * share) @ about("z", -np.asarray(side) * share)
            self.local[:, J[name]] = turn @ about("x", np.asarray(bend) * share)

    def head(self, down: ArrayLike = 0.0, turn: ArrayLike = 0.0, tilt: ArrayLike = 0.0) -> None:
        """Bow the head, turn it to the left and tilt it to the left (degrees), shared by neck and head."""
        for name in ("neck", "head"):
            half = about("y", np.asarray(turn) / 2) @ about("z", -np.asarray(tilt) / 2)
            self.local[:, J[name]] = half @ about("x", np.asarray(down) / 2)

    # --- arms ------------------------------------------------------------------------------------------

    def arm(
        self,
        side: int,
        upper: Array,
        bend: ArrayLike = 5.0,
        toward: Array | None = None,
        palm: Array | None = None,
        wrist: ArrayLike = 0.0,
        shrug: ArrayLike = 0.0,
        frame: Frame = "torso",
        palm_frame: Frame | None = None,
    ) -> None:
        """Point an arm.

        Args:
            side: 0 left, 1 right.
            upper: (n, 3) direction of the upper arm.
            bend: degrees of the elbow, 0 is straight.
            toward: (n, 3) direction to which the forearm bends (its part across the upper arm counts);
                where None, a natural one.
            palm: (n, 3) direction that the palm faces, reached as far as the forearm turns; None leaves it.
            wrist: degrees that the hand bends towards the palm.
            shrug: degrees that the shoulder is lifted beyond what the arm asks for.
            frame: of ``upper`` and ``toward``.
            palm_frame: of ``palm``; as ``frame`` where None.
        """
        turn = self._frame(frame)
        if toward is None:  # the crook of an arm looks to the front and inward, seen from the chest
            toward = _apply(self._frame("torso"), self.dir(side, out=-0.6, up=0.35, fwd=0.8, jitter=4))
        else:
            toward = _apply(turn, toward)
        if palm is not None:
            palm = _apply(self._frame(palm_frame or frame), palm)
        degrees = np.clip(np.broadcast_to(np.asarray(bend, float), (self.n,)), 0, 150)
        self._arm(side, _apply(turn, upper), degrees, toward, palm, wrist, shrug)

    def reach(
        self,
        side: int,
        target: Array,
        elbow: Array,
        palm: Array | None = None,
        wrist: ArrayLike = 0.0,
        frame: Frame = "torso",
        shrug: ArrayLike = 0.0,
    ) -> None:
        """Bring a wrist to a point (two-bone inverse kinematics); out of reach, the arm points there.

        Args:
            side: 0 left, 1 right.
            target: (n, 3) in the world, as from :meth:`at`.
            elbow: (n, 3) direction, in ``frame``, in which the elbow gives way.
            palm, wrist, shrug: as in :meth:`arm`; the palm is given in ``frame``.
        """
        name = SIDES[side]
        turn = self._frame(frame)
        pole = _apply(turn, elbow)
        upper_length = float(np.linalg.norm(BONES[J[name + "_elbow"]]))
        lower_length = float(np.linalg.norm(BONES[J[name + "_wrist"]]))
        for _ in range(2):  # the collar moves with the arm, so aim twice
            start = self.place(name + "_shoulder")
            upper, lower = _two_bones(target - start, pole, upper_length, lower_length)
            self._collar(side, _apply(_transpose(self.turn("spine3")), upper), shrug)
        start = self.place(name + "_shoulder")
        upper, lower = _two_bones(target - start, pole, upper_length, lower_length)
        bend = np.degrees(np.arccos(np.clip((upper * lower).sum(-1), -1, 1)))
        if palm is not None:
            palm = _apply(turn, palm)
        self._arm(side, upper, np.clip(bend, 0, 150), lower - 0.02 * pole, palm, wrist, shrug)

    def _collar(self, side: int, upper: Array, shrug: ArrayLike) -> None:
        sign = 1.0 if side == 0 else -1.0
        rise = np.degrees(np.arcsin(np.clip(upper[:, 1], -1, 1)))
        lift = np.where(rise > 0, 0.27 * rise, 0.06 * rise) + np.asarray(shrug)
        level = np.sqrt(np.clip(1 - upper[:, 1] ** 2, 0, 1))
        forward = np.clip(14 * upper[:, 2], -10, 14) * level - 8 * np.minimum(sign * upper[:, 0], 0)
        turn = about("y", -sign * forward) @ about("z", sign * lift)
        self.local[:, J[SIDES[side] + "_collar"]] = turn

    def _arm(
        self,
        side: int,
        upper: Array,
        bend: Array,
        toward: Array,
        palm: Array | None,
        wrist: ArrayLike,
        shrug: ArrayLike,
    ) -> None:
        name, sign = SIDES[side], (1.0 if side == 0 else -1.0)
        self._collar(side, _apply(_transpose(self.turn("spine3")), upper), shrug)
        # In the T-pose the forearm of the arm along ±x bends forward (+z), about ∓y.
        rest_hinge = np.array([0.0, -sign, 0.0])
        rest = _basis(unit(BONES[J[name + "_elbow"]]), rest_hinge)
        world = _basis(upper, np.cross(upper, toward)) @ rest.T
        self.local[:, J[name + "_shoulder"]] = _transpose(self.turn(name + "_collar")) @ world
        flex = about("y", -sign * bend)
        twist = np.zeros(self.n)
        if palm is not None:
            # Turned by t about x the palm faces (0, -cos t, -sin t) in the forearm's frame.
            seen = _apply(_transpose(world @ flex), palm)
            twist = np.clip(np.degrees(np.arctan2(-seen[:, 2], -seen[:, 1])), -80, 80)
            twist = np.where(np.hypot(seen[:, 1], seen[:, 2]) < 0.15, 0.0, twist)
        self.local[:, J[name + "_elbow"]] = flex @ about("x", twist * 0.55)
        fold = about("z", -sign * np.broadcast_to(wrist, (self.n,)))
        self.local[:, J[name + "_wrist"]] = about("x", twist * 0.45) @ fold

    # --- legs ------------------------------------------------------------------------------------------

    def leg(
        self,
        side: int,
        thigh: Array,
        knee: ArrayLike = 4.0,
        turnout: ArrayLike = 5.0,
        kneecap: Array | None = None,
        frame: Frame = "world",
    ) -> None:
        """Point a leg.

        Args:
            side: 0 left, 1 right.
            thigh: (n, 3) direction of the thigh.
            knee: degrees of the knee's bend, 0 is straight.
            turnout: degrees that the leg is turned outward about the thigh from where the shortest swing of a
                hanging leg brings it.
            kneecap: (n, 3) direction of the kneecap, instead of ``turnout``.
            frame: of ``thigh`` and ``kneecap``.
        """
        turn = self._frame(frame)
        sign = 1.0 if side == 0 else -1.0
        name = SIDES[side]
        if kneecap is None:
            twist = about("y", sign * np.broadcast_to(turnout, (self.n,)))
            world = turn @ _swing(np.array([0.0, -1.0, 0.0]), thigh) @ twist
        else:
            thigh, kneecap = _apply(turn, thigh), _apply(turn, kneecap)
            rest = _basis(unit(BONES[J[name + "_knee"]]), np.array([1.0, 0.0, 0.0]))
            world = _basis(thigh, np.cross(thigh, -kneecap)) @ rest.T
        self.local[:, J[name + "_hip"]] = _transpose(self.turn("pelvis")) @ world
        self.local[:, J[name + "_knee"]] = about("x", np.clip(np.broadcast_to(knee, (self.n,)), 0, 150))

    def step(self, side: int, target: Array, knee: Array, frame: Frame = "world") -> None:
        """Bring an ankle to a point (n, 3) of the world, the knee pointing to ``knee`` (n, 3)."""
        name = SIDES[side]
        pole = _apply(self._frame(frame), knee)
        thigh_length = float(np.linalg.norm(BONES[J[name + "_knee"]]))
        shin_length = float(np.linalg.norm(BONES[J[name + "_ankle"]]))
        reach = target - self.place(name + "_hip")
        thigh, shin = _two_bones(reach, pole, thigh_length, shin_length)
        bend = np.degrees(np.arccos(np.clip((thigh * shin).sum(-1), -1, 1)))
        self.leg(side, thigh, bend, kneecap=unit(pole - shin))

    def foot(self, side: int, point: ArrayLike = 0.0) -> None:
        """Point the toes by degrees (negative pulls them up)."""
        name = SIDES[side] + "_ankle"
        self.local[:, J[name]] = about("x", np.broadcast_to(point, (self.n,)))

    def flat(self, *sides: int) -> None:
        """Lay the soles on a level floor, as far as the ankles allow."""
        for side in sides or (0, 1):
            up = self.turn(SIDES[side] + "_knee")[:, 1]  # the world's up axis in the shin's frame
            pitch = np.degrees(np.arctan2(up[:, 2], up[:, 1]))
            self.foot(side, np.clip(pitch, -32, 45))


def _two_bones(reach: Array, pole: Array, first: float, second: float) -> tuple[Array, Array]:
    """Return unit directions (n, 3) of two bones whose chain ends at ``reach``, bent towards ``pole``."""
    distance = np.linalg.norm(reach, axis=-1, keepdims=True)
    along = reach / np.maximum(distance, 1e-6)
    distance = np.clip(distance, abs(first - second) + 0.07, (first + second) * 0.999)
    lead = (first**2 - second**2 + distance**2) / (2 * distance)
    side = np.sqrt(np.maximum(first**2 - lead**2, 0))
    across = unit(pole - (pole * along).sum(-1, keepdims=True) * along)
    elbow = lead * along + side * across
    return unit(elbow), unit(distance * along - elbow)
