"""Ground contacts, balance and rest, on the embedded body and on one of capsules."""

from __future__ import annotations

import math

import pytest
import roma
import torch
from torch import Tensor

from capsule_body import capsule_body
from simplifiedclip.body.joints import JOINT_NAMES
from simplifiedclip.body.smpl import SMPL
from simplifiedclip.errors import UserError
from simplifiedclip.priors import ground

AT = {name: index for index, name in enumerate(JOINT_NAMES)}
SOLES = {f"{side}_{part}" for side in ("left", "right") for part in ("heel", "big_toe", "little_toe")}


@pytest.fixture(scope="module")
def body() -> SMPL:
    return SMPL.embedded(dtype=torch.float64)


def pose(**joints: tuple[float, float, float]) -> Tensor:
    """A pose by joint, degrees."""
    theta = torch.zeros(1, 24, 3, dtype=torch.float64)
    for name, degrees in joints.items():
        theta[0, AT[name]] = torch.tensor(degrees) * (math.pi / 180)
    return theta


def touched(body: SMPL, theta: Tensor) -> set[str]:
    mask = ground.touching(ground.contact_points(body, body(theta).vertices))[0]
    return {name for name, touches in zip(ground.CONTACTS, mask.tolist()) if touches}


@pytest.mark.parametrize("gender", ["female", "male", "capsules"])
def test_contacts_are_where_their_names_say(gender: str) -> None:
    body = SMPL(capsule_body()) if gender == "capsules" else SMPL.embedded(gender)
    rows = ground.contact_vertices(body)
    assert tuple(rows) == ground.CONTACTS
    middle = {name: body.v_template[index].mean(0) for name, index in rows.items()}
    joints = dict(zip(JOINT_NAMES, body.rest_joints()[0]))
    for name in ground.CONTACTS:
        assert len(rows[name]) <= 64
        if name.startswith("left_"):
            assert middle[name][0] > 0.02
        elif name.startswith("right_"):
            assert middle[name][0] < -0.02
    for part, joint in (("knee", "knee"), ("elbow", "elbow"), ("hand", "hand"), ("shoulder", "shoulder")):
        assert (middle[f"left_{part}"] - joints[f"left_{joint}"]).norm() < 0.08
    if gender != "capsules":  # those feet are stubs, and that trunk is a pipe
        assert middle["left_heel"][2] < joints["left_ankle"][2] + 0.02 < middle["left_big_toe"][2] - 0.1
        assert middle["left_big_toe"][0] < middle["left_little_toe"][0] - 0.02
        assert middle["back"][2] < middle["left_shoulder"][2] < middle["chest"][2]
        assert middle["left_seat"][2] < joints["left_hip"][2] - 0.05


def test_what_poses_rest_on(body: SMPL) -> None:
    assert touched(body, pose()) == SOLES
    one_leg = pose(left_hip=(-60, 0, 0), left_knee=(60, 0, 0))
    assert touched(body, one_leg) == {name for name in SOLES if name.startswith("right")}
    tiptoe = pose(
        left_ankle=(45, 0, 0), right_ankle=(45, 0, 0), left_foot=(-40, 0, 0), right_foot=(-40, 0, 0)
    )
    assert touched(body, tiptoe) == {name for name in SOLES if "toe" in name}
    supine = touched(body, pose(pelvis=(-90, 0, 0)))
    assert {"back", "left_seat", "right_seat"} <= supine and not supine & {"belly", "chest", "left_big_toe"}
    prone = touched(body, pose(pelvis=(90, 0, 0), left_ankle=(60, 0, 0), right_ankle=(60, 0, 0)))
    assert {"belly", "chest"} <= prone and not prone & {"back", "left_seat", "left_heel"}
    on_side = touched(body, pose(pelvis=(0, 0, -90), left_shoulder=(0, -90, 0)))
    assert "left_shoulder" in on_side and not any(name.startswith("right") for name in on_side)
    handstand = pose(pelvis=(180, 0, 0), left_shoulder=(0, 0, 85), right_shoulder=(0, 0, -85))
    assert touched(body, handstand) == {"left_hand", "right_hand"}


def test_points_are_the_lowest_of_their_parts(body: SMPL) -> None:
    theta = 0.4 * torch.randn(4, 24, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    vertices = body(theta).vertices
    points = ground.contact_points(body, vertices)
    for index, rows in enumerate(ground.contact_vertices(body).values()):
        above = points[:, index, 1] - vertices[:, rows, 1].amin(1)
        assert (above >= 0).all() and (above < 0.01).all()


def test_contact_loss_counts_lifted_contacts_only(body: SMPL) -> None:
    points = torch.zeros(1, len(ground.CONTACTS), 3)
    points[0, :, 1] = 0.5
    points[0, :3, 1] = torch.tensor([0.0, 0.03, 0.01])
    mask = torch.zeros(1, len(ground.CONTACTS), dtype=torch.bool)
    assert ground.contact_loss(points, mask).item() == 0
    mask[0, :3] = True
    assert ground.contact_loss(points, mask).item() == pytest.approx(0.03**2 + 0.01**2, rel=1e-5)


def test_contact_loss_flattens_a_sole(body: SMPL) -> None:
    """A foot that its ankle holds aslant is put flat again by descending on the loss."""
    mask = ground.touching(ground.contact_points(body, body(pose()).vertices))
    theta = pose(left_ankle=(12, 0, 6), right_ankle=(-9, 0, 0)).requires_grad_()
    optimizer = torch.optim.Adam([theta], lr=0.02)
    free = torch.zeros_like(theta)
    free[:, [AT["left_ankle"], AT["right_ankle"]]] = 1
    for _ in range(50):
        loss = ground.contact_loss(ground.contact_points(body, body(theta).vertices), mask).sum()
        optimizer.zero_grad()
        loss.backward()
        theta.grad *= free
        optimizer.step()
    heights = ground.contact_points(body, body(theta.detach()).vertices)[0, :6, 1]
    assert heights.max() - heights.min() < 0.005


def test_balance(body: SMPL) -> None:
    def distance(theta: Tensor) -> float:
        vertices, joints = body(theta)
        points = ground.contact_points(body, vertices)
        return ground.balance_loss(joints, points, ground.touching(points)).sqrt().item()

    assert distance(pose()) == 0
    assert distance(pose(pelvis=(-90, 0, 0))) == 0
    vertices, joints = body(pose())
    joints = joints + torch.tensor([0.0, 0.0, 0.4])
    points = ground.contact_points(body, vertices)
    loss = ground.balance_loss(joints, points, ground.touching(points))
    expected = ground.center_of_mass(joints)[0, 2] - points[:, :6, 2].max() - 0.03
    assert expected > 0.1 and loss.sqrt().item() == pytest.approx(expected.item(), rel=0.01)
    none = torch.zeros(1, len(ground.CONTACTS), dtype=torch.bool)
    assert ground.balance_loss(joints, points, none).item() == 0


def test_distance_to_the_support_is_that_to_its_corner() -> None:
    points = torch.tensor([[[0.0, 0, 0], [1, 0, 0], [0, 0, 1]]])
    joints = torch.tensor([3.0, 5.0, -4.0]).expand(1, 24, 3)
    loss = ground.balance_loss(joints, points, torch.ones(1, 3, dtype=torch.bool), reach=0.0)
    assert loss.sqrt().item() == pytest.approx(math.hypot(2, 4), rel=0.002)


def test_gradients_are_those_of_finite_differences(body: SMPL) -> None:
    theta = 0.3 * torch.randn(1, 24, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    mask = torch.rand(1, len(ground.CONTACTS), generator=torch.Generator().manual_seed(3)) < 0.3

    def loss(theta: Tensor) -> Tensor:
        vertices, joints = body(theta)
        points = ground.contact_points(body, vertices)
        balance = ground.balance_loss(joints + torch.tensor([1.0, 0, 0.3]), points, mask)
        return ground.contact_loss(points, mask) + balance + ground.rest(vertices)

    theta.requires_grad_()
    (gradient,) = torch.autograd.grad(loss(theta).sum(), theta)
    generator = torch.Generator().manual_seed(4)
    for _ in range(4):
        direction = torch.randn(1, 24, 3, dtype=torch.float64, generator=generator)
        with torch.no_grad():
            slope = (loss(theta + 1e-6 * direction) - loss(theta - 1e-6 * direction)).item() / 2e-6
        assert (gradient * direction).sum().item() == pytest.approx(slope, rel=1e-4, abs=1e-7)


def test_rest_puts_the_lowest_vertex_on_the_ground(body: SMPL) -> None:
    vertices = body(torch.randn(3, 24, 3, generator=torch.Generator().manual_seed(5))).vertices
    shifted = vertices[..., 1] + ground.rest(vertices, -0.7).unsqueeze(1)
    torch.testing.assert_close(shifted.amin(1), torch.full((3,), -0.7, dtype=torch.float64))


def test_centre_of_mass_is_near_that_of_the_mesh(body: SMPL) -> None:
    """The joints' mean against the centroid of the volume, whose density is the same everywhere."""
    theta = 0.35 * torch.randn(8, 24, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(6))
    theta[:, 0] = 0
    vertices, joints = body(theta)
    a, b, c = (vertices[:, body.faces[:, corner]] for corner in range(3))
    volume = (a * torch.linalg.cross(b, c)).sum(-1, keepdim=True)
    centroid = ((a + b + c) / 4 * volume).sum(1) / volume.sum(1)
    assert (ground.center_of_mass(joints) - centroid).norm(dim=-1).max().item() < 0.045


def test_nothing_depends_on_place_or_heading(body: SMPL) -> None:
    vertices, joints = body(pose(pelvis=(12, 0, 5), left_hip=(-30, 0, 0)))
    turn = roma.rotvec_to_rotmat(torch.tensor([0.0, 1.1, 0.0], dtype=torch.float64)).T
    shift = torch.tensor([3.0, -2.0, 1.0], dtype=torch.float64)
    found = []
    for v, j in ((vertices, joints), (vertices @ turn + shift, joints @ turn + shift)):
        points = ground.contact_points(body, v)
        mask = ground.touching(points)
        found.append((mask, ground.contact_loss(points, mask), ground.balance_loss(j, points, mask)))
    assert torch.equal(found[0][0], found[1][0])
    torch.testing.assert_close(found[0][1:], found[1][1:], rtol=0.01, atol=1e-5)


def test_wrong_shapes_are_one_sentence(body: SMPL) -> None:
    with pytest.raises(UserError, match=r"shape \(1, 5, 3\), expected"):
        ground.contact_points(body, torch.zeros(1, 5, 3))
    with pytest.raises(UserError, match="expected"):
        ground.center_of_mass(torch.zeros(1, 22, 3))
