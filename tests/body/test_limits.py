"""Limits let human poses be and stop broken ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from simplifiedclip.body.joints import JOINT_NAMES, mirror_pose
from simplifiedclip.body.limits import (
    JOINT_LIMITS,
    clamp_pose,
    joint_angles,
    limit_violation,
    pose_from_angles,
    random_poses,
    violates,
)
from simplifiedclip.errors import UserError

Vector = tuple[float, float, float]


def unit(vector) -> np.ndarray:
    return np.asarray(vector, float) / np.linalg.norm(vector)


class Figure:
    """Builds a pose from what a person sees: where bones point, as (out, up, forward) in the parent's frame.

    Elbows and knees bend about their hinges only; what is missing for that is a twist of the bone above.
    """

    def __init__(self) -> None:
        self.theta = np.zeros((24, 3))

    def turn(self, joint: str, axis: str, degrees: float) -> Figure:
        turned = Rotation.from_rotvec(self.theta[JOINT_NAMES.index(joint)])
        turned = turned * Rotation.from_euler(axis, degrees, degrees=True)
        self.theta[JOINT_NAMES.index(joint)] = turned.as_rotvec()
        return self

    def both(self, joint: str, axis: str, degrees: float) -> Figure:
        """Turn a left joint, and the right one as in a mirror."""
        self.turn(f"left_{joint}", axis, degrees)
        return self.turn(f"right_{joint}", axis, degrees if axis == "X" else -degrees)

    def trunk(self, axis: str, degrees: float) -> Figure:
        for joint in ("spine1", "spine2", "spine3"):
            self.turn(joint, axis, degrees / 3)
        return self

    def _limb(self, side, joints, straight, bend, hinge, upper, lower) -> Figure:
        """Point a limb's two bones; at rest they lie along ``straight`` and fold towards ``bend``."""
        upper, lower = unit(upper), unit(lower)
        angle = math.acos(np.clip(upper @ lower, -1, 1))
        if angle > 1e-3:
            across = unit(lower - (lower @ upper) * upper)
            rest = np.stack([straight, bend, np.cross(straight, bend)], 1)
            goal = np.stack([upper, across, np.cross(upper, across)], 1)
            first = Rotation.from_matrix(goal @ rest.T).as_rotvec()
        else:
            axis = np.cross(straight, upper)
            size = np.linalg.norm(axis)
            first = axis / max(size, 1e-9) * math.atan2(size, float(np.dot(straight, upper)))
        mirror = np.array([1, 1, 1] if side == "left" else [1, -1, -1])
        self.theta[JOINT_NAMES.index(f"{side}_{joints[0]}")] = first * mirror
        self.theta[JOINT_NAMES.index(f"{side}_{joints[1]}")] = angle * np.array(hinge) * mirror
        return self

    def arm(self, side: str, upper: Vector, lower: Vector | None = None) -> Figure:
        return self._limb(
            side, ("shoulder", "elbow"), (1, 0, 0), (0, 0, 1), (0, -1, 0), upper, lower or upper
        )

    def leg(self, side: str, upper: Vector, lower: Vector | None = None) -> Figure:
        return self._limb(side, ("hip", "knee"), (0, -1, 0), (0, 0, -1), (1, 0, 0), upper, lower or upper)

    def arms(self, upper: Vector, lower: Vector | None = None) -> Figure:
        return self.arm("left", upper, lower).arm("right", upper, lower)

    def legs(self, upper: Vector, lower: Vector | None = None) -> Figure:
        return self.leg("left", upper, lower).leg("right", upper, lower)


HANGING = (0.1, -1, 0)


def figure() -> Figure:
    return Figure().arms(HANGING)


HUMAN = {
    "T": Figure(),
    "standing": figure(),
    "arms overhead": figure().arms((0, 1, 0)),
    "arms overhead, palms inward": figure().arms((-0.05, 1, -0.05)).both("shoulder", "X", -110),
    "arms overhead from the collar": figure().arms((0.35, 1, 0)).both("collar", "Z", 25),
    "arms forward, palms inward": figure().arms((0, 0, 1)).both("shoulder", "X", -90),
    "arms straight back and down": figure().arms((0.1, -0.7, -0.7)),
    "one arm across the body": figure().arm("left", (-0.6, 0, 0.8)),
    "cactus": figure().arms((1, 0, 0), (0, 1, 0)),
    "arms crossed": figure().arms((0.1, -0.9, 0.42), (-0.93, 0.1, 0.35)),
    "hands on hips": figure().arms((0.65, -0.65, -0.38), (-0.65, -0.55, 0.5)),
    "hands behind the back": figure().arms((0.3, -0.85, -0.35), (-0.9, -0.05, -0.3)),
    "hands behind the head": figure().arms((0.75, 0.6, 0.25), (-0.75, 0.35, -0.55)),
    "salute": figure().arm("right", (0.8, 0.05, 0.6), (-0.75, 0.66, 0.05)),
    "hands folded in prayer": figure().arms((0.35, -0.85, 0.4), (-0.7, 0.45, 0.55)).both("wrist", "Z", 60),
    "forearms straight up": figure().arms((0, 0, 1), (0, 1, 0)),
    "deep squat": figure()
    .legs((0.4, 0.45, 0.8), (0.0, -1, -0.35))
    .both("ankle", "X", -35)
    .trunk("X", 40)
    .arms((0, 0, 1)),
    "sitting cross-legged": figure().legs((0.65, 0.05, 0.76), (-0.95, -0.15, -0.25)),
    "kneeling on the heels": figure().legs((0.1, 0, 1), (0, -0.35, -0.93)).both("ankle", "X", 65),
    "child's pose": figure()
    .legs((0.15, 0.75, 0.65), (0, -0.9, -0.5))
    .both("ankle", "X", 65)
    .trunk("X", 75)
    .turn("neck", "X", 25)
    .arms((0.1, 0.95, 0.2)),
    "high kick": figure().leg("left", (0.1, 0.72, 0.7)).leg("right", (0.1, -1, -0.2)),
    "side kick": figure().leg("left", (0.9, -0.2, 0.4)).turn("left_foot", "X", -30),
    "side splits": figure().legs((0.95, -0.25, 0.15)),
    "touching the toes": figure().legs((0, 0.1, 1)).trunk("X", 80).turn("neck", "X", 30).arms((0, 0.6, 0.8)),
    "sitting on a chair": figure().legs((0.15, 0, 1), (0, -1, 0)),
    "one leg over the other": figure().leg("left", (-0.3, 0.2, 0.95), (0.2, -0.95, 0.3)),
    "tree": figure().leg("left", (0.8, -0.6, 0.15), (-0.75, -0.65, 0.0)),
    "lunge": figure().leg("left", (0, 0, 1), (0, -1, 0)).leg("right", (0, -0.85, -0.5), (0, -0.3, -0.95)),
    "back bend": figure()
    .trunk("X", -75)
    .turn("neck", "X", -45)
    .arms((0, 1, -0.1))
    .legs((0.2, -0.9, -0.4), (0.1, 0.0, -1)),
    "looking over the shoulder": figure().trunk("Y", 45).turn("neck", "Y", 50).turn("head", "Y", 30),
    "head to the side": figure().turn("neck", "Z", 30).turn("head", "Z", 15),
    "bending sideways": figure().trunk("Z", 60).arm("right", (-0.1, 1, 0)),
    "on tiptoe": figure().both("ankle", "X", 50).both("foot", "X", -55),
    "fists": figure().both("hand", "Z", -90),
}

BROKEN = {
    "knee bent forward": figure().turn("left_knee", "X", -60),
    "knee bent sideways": figure().turn("right_knee", "Z", 60),
    "knee folded through the thigh": figure().turn("left_knee", "X", 185),
    "elbow bent backwards": figure().turn("left_elbow", "Y", 60),
    "other elbow bent backwards": figure().turn("right_elbow", "Y", -60),
    "head turned round": figure().turn("head", "Y", 150),
    "head and neck turned round": figure().turn("head", "Y", 75).turn("neck", "Y", 75),
    "neck broken sideways": figure().turn("neck", "Z", 80),
    "head on the back": figure().turn("neck", "X", -100),
    "waist wrung out": figure().trunk("Y", 180),
    "trunk folded backwards": figure().trunk("X", -150),
    "leg straight back": figure().leg("left", (0, 0, -1)),
    "leg through the other": figure().leg("left", (-0.9, -0.4, 0)),
    "leg turned round": figure().turn("left_hip", "Y", 150),
    "foot turned round": figure().turn("left_ankle", "Y", 170),
    "foot folded up the shin": figure().turn("right_ankle", "X", -80),
    "arm straight back": figure().arm("left", (0, 0, -1)),
    "arm through the chest": figure().arm("left", (-1, -0.1, 0.1)),
    "arm wrung out": figure().turn("left_shoulder", "X", 160),
    "wrist folded": figure().turn("left_wrist", "Z", -130),
    "shrugged through the ear": figure().both("collar", "Z", 80),
    "toes folded back": figure().turn("left_foot", "X", -120),
}


def pose(made: Figure) -> torch.Tensor:
    return torch.tensor(made.theta)[None]


def complaint(theta: torch.Tensor) -> str:
    beyond = limit_violation(theta)[0].rad2deg()
    return ", ".join(
        f"{JOINT_NAMES[j]}[{k}] {beyond[j, k]:.0f}°" for j, k in (beyond > 0.1).nonzero().tolist()
    )


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("name", HUMAN)
def test_human_poses_are_inside(name, mirrored):
    theta = mirror_pose(pose(HUMAN[name])) if mirrored else pose(HUMAN[name])
    assert not violates(theta, tolerance_deg=5.0), complaint(theta)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("name", BROKEN)
def test_broken_poses_are_found(name, mirrored):
    theta = mirror_pose(pose(BROKEN[name])) if mirrored else pose(BROKEN[name])
    assert violates(theta, tolerance_deg=10.0), complaint(theta)


def test_recorded_people_are_inside(shared):
    poses = np.load(shared / "mocap" / "cmu_smpl_poses.npz")["poses"].reshape(-1, 24, 3)
    assert violates(torch.from_numpy(poses), tolerance_deg=8.0).float().mean() < 0.02


def random_angles(count: int, reach: float = 1.0) -> torch.Tensor:
    """Return angles drawn from ``reach`` times the limits."""
    generator = torch.Generator().manual_seed(count)
    angles = torch.zeros(count, 24, 3, dtype=torch.float64)
    for name, limits in JOINT_LIMITS.items():
        for row, movement in enumerate(limits.movements):
            share = torch.rand(count, generator=generator, dtype=torch.float64) * reach
            end = torch.where(torch.rand(count, generator=generator) < 0.5, movement.low, movement.high)
            angles[:, JOINT_NAMES.index(name), row] = (share * end).deg2rad()
    return angles


def test_the_table_is_whole():
    assert set(JOINT_LIMITS) == set(JOINT_NAMES[1:])
    for limits in JOINT_LIMITS.values():
        assert len({movement.axis[1] for movement in limits.movements}) == 3
        for movement in limits.movements:
            assert movement.low < 0 < movement.high
            assert movement.source


@pytest.mark.parametrize("name", JOINT_LIMITS)
def test_each_movement_turns_about_its_axis_and_ends_at_its_limit(name):
    joint = JOINT_NAMES.index(name)
    for row, movement in enumerate(JOINT_LIMITS[name].movements):
        axis = np.zeros(3)
        axis["xyz".index(movement.axis[1])] = 1 if movement.axis[0] == "+" else -1
        if name.startswith("right"):
            axis *= [1, -1, -1]
        for end in (movement.low, movement.high):
            theta = torch.zeros(2, 24, 3, dtype=torch.float64)
            theta[0, joint] = torch.tensor(np.radians(end + np.sign(end) * 6) * axis)
            theta[1, joint] = torch.tensor(np.radians(end - np.sign(end) * 6) * axis)
            beyond = limit_violation(theta).rad2deg()
            assert beyond[0, joint, row].item() == pytest.approx(6, abs=1e-6)
            assert beyond[0, joint, [k for k in range(3) if k != row]].max() < 1e-6
            assert beyond[1].max() == 0
            assert beyond[0, [j for j in range(24) if j != joint]].max() == 0


def test_angles_and_poses_undo_each_other():
    angles = random_angles(200)
    torch.testing.assert_close(joint_angles(pose_from_angles(angles)), angles, atol=1e-6, rtol=0)
    assert limit_violation(pose_from_angles(angles))[..., :3].max() < 1e-6


def test_both_sides_read_alike():
    theta = torch.randn(50, 24, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    angles, mirrored = joint_angles(theta), joint_angles(mirror_pose(theta))
    for name in JOINT_NAMES:
        if name.startswith("left"):
            left, right = JOINT_NAMES.index(name), JOINT_NAMES.index(name.replace("left", "right"))
            torch.testing.assert_close(angles[:, left], mirrored[:, right])
            torch.testing.assert_close(angles[:, right], mirrored[:, left])


def test_the_pelvis_is_free():
    theta = torch.zeros(1, 24, 3)
    theta[0, 0] = torch.tensor([3.0, 1.0, -2.0])
    assert limit_violation(theta).max() == 0
    torch.testing.assert_close(clamp_pose(theta), theta)


def test_violation_is_zero_inside_and_its_gradient_too():
    theta = pose_from_angles(random_angles(20, reach=0.7)).requires_grad_()
    violation = limit_violation(theta)
    assert violation.max() == 0
    (gradient,) = torch.autograd.grad(violation.sum(), theta)
    assert gradient.abs().max() == 0


def test_gradcheck_of_angles():
    theta = pose_from_angles(random_angles(4, reach=1.2)).requires_grad_()
    assert torch.autograd.gradcheck(joint_angles, (theta,), fast_mode=True)
    zero = torch.zeros(1, 24, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(joint_angles, (zero,), fast_mode=True)


@pytest.mark.parametrize("degrees", [0, 1e-6, 90, 180, 270, 360])
def test_gradient_is_finite_where_angles_break(degrees):
    for axis in range(3):
        theta = torch.zeros(1, 24, 3)
        theta[..., axis] = math.radians(degrees)
        theta.requires_grad_()
        (gradient,) = torch.autograd.grad(limit_violation(theta).square().sum(), theta)
        assert gradient.isfinite().all()


def test_descending_the_violation_mends_a_pose():
    theta = torch.cat([pose(made) for made in BROKEN.values()]).requires_grad_()
    optimizer = torch.optim.Adam([theta], lr=0.05)
    for _ in range(120):
        optimizer.zero_grad()
        limit_violation(theta).square().sum().backward()
        optimizer.step()
    assert not violates(theta.detach(), tolerance_deg=2.0).any()


def test_clamped_poses_are_inside_and_stay():
    theta = torch.randn(300, 24, 3, generator=torch.Generator().manual_seed(2)) * 2
    clamped = clamp_pose(theta)
    assert violates(theta, 5.0).all()
    assert limit_violation(clamped).max() < 1e-3
    torch.testing.assert_close(clamp_pose(clamped), clamped, atol=1e-3, rtol=0)
    torch.testing.assert_close(clamped[:, 0], theta[:, 0])


def test_random_poses_reach_the_limits_and_not_beyond():
    poses = random_poses(300, torch.Generator().manual_seed(0))
    assert not violates(poses, 0.1).any()
    assert not poses[:, 0].any(), "the pelvis stays"
    knee = torch.rad2deg(joint_angles(poses)[:, JOINT_NAMES.index("right_knee"), 0])
    assert knee.min() < 5 and knee.max() > 150
    torch.testing.assert_close(poses, random_poses(300, torch.Generator().manual_seed(0)))


def test_clamping_touches_only_what_is_beyond():
    theta = pose(figure().legs((0, 0, 1), (0, -1, 0)).turn("head", "Y", 150))
    clamped = clamp_pose(theta)
    head = JOINT_NAMES.index("head")
    rest = [joint for joint in range(24) if joint != head]
    assert torch.equal(clamped[:, rest], theta[:, rest])
    turned = math.radians(JOINT_LIMITS["head"].movements[2].high)
    torch.testing.assert_close(clamped[0, head], torch.tensor([0, turned, 0], dtype=torch.float64))


@pytest.mark.parametrize("function", [limit_violation, violates, clamp_pose, joint_angles, pose_from_angles])
def test_other_shapes_are_refused(function):
    with pytest.raises(UserError, match=r"the pose has the shape \(2, 72\), expected \(..., 24, 3\)"):
        function(torch.zeros(2, 72))
