"""Posing by directions puts bones where it says, and joints bend the human way."""

from __future__ import annotations

import numpy as np
import pytest

from simplifiedclip.body.joints import MIRROR
from simplifiedclip.poses.directions import (
    REST,
    J,
    Poser,
    forward_kinematics,
    mirror_theta,
    to_matrices,
    unit,
)


@pytest.fixture
def poser() -> Poser:
    return Poser(3, np.random.default_rng(0), spread=0.0)


def joints_of(p: Poser) -> np.ndarray:
    return forward_kinematics(to_matrices(p.theta()))[0]


def test_the_zero_pose_is_the_rest_skeleton(poser: Poser) -> None:
    assert np.allclose(joints_of(poser), REST)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("direction", [(1, 0, 0), (0.1, 1, 0), (0.2, -1, 0), (0, 0, 1), (0.5, -0.5, -0.4)])
def test_the_upper_arm_points_where_it_is_told(poser: Poser, side: int, direction: tuple) -> None:
    poser.root(20, 10, 30)
    poser.trunk(15, 10, -20)
    wanted = poser.dir(side, *direction)
    poser.arm(side, wanted, bend=50)
    joints, name = joints_of(poser), ("left", "right")[side]
    bone = unit(joints[:, J[name + "_elbow"]] - joints[:, J[name + "_shoulder"]])
    world = (poser.turn("spine3") @ wanted[..., None])[..., 0]
    assert np.allclose(bone, world, atol=1e-6)


@pytest.mark.parametrize("side", [0, 1])
def test_the_elbow_bends_towards_where_it_is_told_and_about_its_hinge(poser: Poser, side: int) -> None:
    poser.arm(side, poser.dir(side, 0, -1, 0), bend=90, toward=poser.dir(side, 0, 0, 1))
    joints, name = joints_of(poser), ("left", "right")[side]
    forearm = unit(joints[:, J[name + "_wrist"]] - joints[:, J[name + "_elbow"]])
    assert np.allclose(forearm, [0, 0, 1], atol=1e-6)
    flexion = poser.theta()[:, J[name + "_elbow"]]
    assert np.allclose(flexion, [0, np.radians(-90 if side == 0 else 90), 0], atol=1e-6)


@pytest.mark.parametrize("side", [0, 1])
def test_knees_bend_backwards(poser: Poser, side: int) -> None:
    poser.leg(side, poser.dir(side, 0, -1, 0), knee=80)
    joints, name = joints_of(poser), ("left", "right")[side]
    assert (joints[:, J[name + "_ankle"], 2] < joints[:, J[name + "_knee"], 2] - 0.3).all()


def test_legs_in_the_world_frame_ignore_the_pelvis(poser: Poser) -> None:
    poser.root(pitch=70)
    poser.leg(0, poser.dir(0, 0, -1, 0), knee=0, turnout=0)
    joints = joints_of(poser)
    assert np.allclose(joints[:, J["left_ankle"], 2] - joints[:, J["left_hip"], 2], 0, atol=0.02)


@pytest.mark.parametrize("side", [0, 1])
def test_a_hand_reaches_its_target(poser: Poser, side: int) -> None:
    poser.trunk(20, 5, 10)
    sign = 1 if side == 0 else -1
    target = poser.at("pelvis", sign * 0.2, 0.1, 0.1)
    poser.reach(side, target, poser.dir(side, 1, 0, -0.4))
    wrist = joints_of(poser)[:, J[("left", "right")[side] + "_wrist"]]
    assert np.linalg.norm(wrist - target, axis=1).max() < 0.01


def test_a_target_out_of_reach_is_pointed_at(poser: Poser) -> None:
    poser.reach(0, np.tile([3.0, 0.192, 0.027], (3, 1)), poser.dir(0, 0, -1, 0))
    joints = joints_of(poser)
    arm = unit(joints[:, J["left_wrist"]] - joints[:, J["left_shoulder"]])
    assert arm[:, 0].min() > 0.99


def test_signs_of_root_trunk_and_head(poser: Poser) -> None:
    poser.root(pitch=90)
    assert np.allclose(poser.turn("pelvis")[0] @ [0, 0, 1], [0, -1, 0], atol=1e-9)  # face down
    poser.root(roll=90)
    assert np.allclose(poser.turn("pelvis")[0] @ [1, 0, 0], [0, -1, 0], atol=1e-9)  # left side down
    poser.root()
    poser.trunk(side=30)
    assert (joints_of(poser)[:, J["head"], 0] > 0.05).all()  # towards the left, +x
    poser.trunk()
    poser.head(turn=60)
    assert poser.turn("head")[0, 0, 2] > 0.8


def test_mirroring_swaps_sides() -> None:
    rng = np.random.default_rng(2)
    theta = rng.normal(0, 0.4, (5, 24, 3))
    joints = forward_kinematics(to_matrices(theta))[0]
    other = forward_kinematics(to_matrices(mirror_theta(theta)))[0]
    assert np.allclose(other, joints[:, list(MIRROR)] * [-1, 1, 1], atol=1e-9)
    assert np.allclose(mirror_theta(mirror_theta(theta)), theta)
