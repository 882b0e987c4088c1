"""Posecodes measure what they say and do not depend on the heading."""

from __future__ import annotations

import numpy as np
import pytest

from simplifiedclip.poses.directions import REST, J, Poser, about, to_matrices, to_rotvec
from simplifiedclip.poses.families import FAMILIES, draw
from simplifiedclip.poses.posecodes import measure, posecodes


def keys_of(theta: np.ndarray) -> set[str]:
    codes = posecodes(theta)
    return {code.key for k, code in enumerate(codes.table) if codes.true[0, k]}


def test_the_t_pose() -> None:
    keys = keys_of(np.zeros((1, 24, 3)))
    assert {
        "standing straight",
        "left arm side",
        "right arm side",
        "left elbow straight",
        "look ahead",
    } <= keys
    assert not keys & {"left arm up", "left arm down", "seated", "lying back", "left leg raised", "look left"}


def test_angles_and_heights_of_known_poses() -> None:
    theta = np.zeros((1, 24, 3))
    theta[0, J["left_elbow"]] = [0, np.radians(-70), 0]
    theta[0, J["right_knee"]] = [np.radians(40), 0, 0]
    m = measure(theta)
    assert m["left elbow"][0] == pytest.approx(70, abs=0.5)
    assert m["right knee"][0] == pytest.approx(40, abs=4)
    upper = REST[J["left_shoulder"], 1] - REST[J["left_hand"], 1]
    assert measure(np.zeros((1, 24, 3)))["left hand over shoulder"][0] == pytest.approx(-upper, abs=1e-6)


@pytest.mark.parametrize(
    ("pitch", "roll", "key"),
    [(-90, 0, "lying back"), (90, 0, "lying front"), (0, 90, "lying left"), (0, -90, "lying right")],
)
def test_orientations(pitch: float, roll: float, key: str) -> None:
    p = Poser(1, np.random.default_rng(0), spread=0.0)
    p.root(pitch, roll)
    for s in (0, 1):
        p.arm(s, p.dir(s, 0.1, -1, 0))
    assert key in keys_of(p.theta())


@pytest.mark.parametrize(("turn", "key"), [(60, "look left"), (-60, "look right")])
def test_looking_to_a_side_is_the_persons_own_side(turn: float, key: str) -> None:
    p = Poser(1, np.random.default_rng(0), spread=0.0)
    p.head(turn=turn)
    assert p.turn("head")[0, 0, 2] * turn > 0  # the left is at +x
    assert key in keys_of(p.theta())


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"side": 30}, "trunk left"),
        ({"side": -30}, "trunk right"),
        ({"twist": 45}, "twist left"),
        ({"bend": 50}, "back rounded"),
    ],
)
def test_the_trunk(arguments: dict, key: str) -> None:
    p = Poser(1, np.random.default_rng(0), spread=0.0)
    p.trunk(**arguments)
    assert key in keys_of(p.theta())


def test_codes_do_not_depend_on_the_heading() -> None:
    rng = np.random.default_rng(0)
    theta = np.concatenate([draw(name, 1, rng).theta for name in list(FAMILIES)[::4]])
    turned = theta.copy()
    turned[:, 0] = to_rotvec(about("y", np.full(len(theta), 137.0)) @ to_matrices(theta[:, 0]))
    assert (posecodes(theta).true == posecodes(turned).true).mean() > 0.9999


def test_true_is_also_maybe_and_exclusive_values_do_not_clash() -> None:
    rng = np.random.default_rng(0)
    theta = np.concatenate([draw(name, 3, rng).theta for name in list(FAMILIES)[1::3]])
    codes = posecodes(theta)
    assert (codes.maybe | ~codes.true).all()
    for bend in ("left elbow bend", "right knee bend"):
        columns = [k for k, code in enumerate(codes.table) if code.attribute == bend]
        assert len(columns) == 4
        assert codes.true[:, columns].sum(1).max() <= 1
