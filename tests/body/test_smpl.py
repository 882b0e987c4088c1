"""The SMPL layer equals the reference implementation, batches as it says and is differentiable everywhere."""

from __future__ import annotations

import numpy as np
import pytest
import roma
import smplx
import torch

from simplifiedclip.body.joints import JOINT_NAMES, PARENTS
from simplifiedclip.body.model_file import SMPLData
from simplifiedclip.body.smpl import SMPL
from simplifiedclip.errors import UserError


@pytest.fixture()
def body(official_npz) -> SMPL:
    return SMPL.from_file(official_npz)


@pytest.fixture()
def body64(official_npz) -> SMPL:
    return SMPL.from_file(official_npz, dtype=torch.float64)


def inputs(batch: int, dtype=torch.float32, scale: float = 0.6) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(batch)

    def random(size: int, scale: float) -> torch.Tensor:
        return (torch.randn(batch, size, generator=generator, dtype=torch.float64) * scale).to(dtype)

    return {
        "betas": random(10, 1.0),
        "global_orient": random(3, 1.0),
        "body_pose": random(69, scale),
        "transl": random(3, 1.0),
    }


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("batch", [1, 4])
def test_equals_smplx(official, official_npz, dtype, batch):
    reference = _smplx(official, batch, dtype)
    body = SMPL.from_file(official_npz, dtype=dtype)
    values = inputs(batch, dtype)
    weights = torch.randn(batch, len(official["v_template"]), 3, dtype=dtype)

    results = []
    for model in (reference, body):
        leaves = {name: value.clone().requires_grad_() for name, value in values.items()}
        out = model(**leaves)
        joints = out.joints[:, :24]
        loss = (out.vertices * weights).mean() + joints.square().mean()
        results.append((out.vertices, joints, torch.autograd.grad(loss, list(leaves.values()))))
    (vertices, joints, gradients), (our_vertices, our_joints, our_gradients) = results
    torch.testing.assert_close(our_vertices, vertices, atol=1e-5, rtol=0)
    torch.testing.assert_close(our_joints, joints, atol=1e-5, rtol=0)
    for name, ours, theirs in zip(values, our_gradients, gradients):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0, msg=name)
        assert theirs.abs().max() > 1e-4, f"the gradient of {name} says nothing"


def _smplx(arrays: dict[str, np.ndarray], batch: int, dtype: torch.dtype) -> torch.nn.Module:
    from smplx.vertex_ids import vertex_ids

    # smplx also returns some vertices of face and fingers; this body has fewer vertices than their numbers.
    few = dict.fromkeys(vertex_ids["smplh"], 0)
    struct = smplx.utils.Struct(**arrays)
    return smplx.SMPL("", data_struct=struct, batch_size=batch, dtype=dtype, vertex_ids=few)


def test_pose_may_be_given_in_every_form(body):
    values = inputs(3)
    theta = torch.cat([values["global_orient"], values["body_pose"]], dim=1)
    expected = body(theta)
    matrices = roma.rotvec_to_rotmat(theta.view(3, 24, 3))
    forms = [
        body(theta.view(3, 24, 3)),
        body(matrices),
        body(global_orient=values["global_orient"], body_pose=values["body_pose"]),
        body(global_orient=theta.view(3, 24, 3)[:, :1], body_pose=theta.view(3, 24, 3)[:, 1:]),
        body(global_orient=matrices[:, :1], body_pose=matrices[:, 1:]),
        body(global_orient=matrices[:, 0], body_pose=values["body_pose"]),
    ]
    for out in forms:
        torch.testing.assert_close(out.vertices, expected.vertices, atol=1e-6, rtol=0)
        torch.testing.assert_close(out.joints, expected.joints, atol=1e-6, rtol=0)


def test_zero_pose_is_the_template(body):
    out = body()
    torch.testing.assert_close(out.vertices[0], body.v_template, atol=1e-6, rtol=0)
    torch.testing.assert_close(out.joints[0], body.J_regressor @ body.v_template, atol=1e-6, rtol=0)
    torch.testing.assert_close(out.joints, body.rest_joints())


@pytest.mark.parametrize("single", ["betas", "global_orient", "body_pose", "transl"])
def test_any_input_may_have_batch_size_one(body, single):
    values = inputs(3)
    values[single] = values[single][:1]
    together = body(**values)
    for n in range(3):
        alone = body(**{name: v[:1] if len(v) == 1 else v[n : n + 1] for name, v in values.items()})
        torch.testing.assert_close(together.vertices[n], alone.vertices[0], atol=1e-6, rtol=0)
        torch.testing.assert_close(together.joints[n], alone.joints[0], atol=1e-6, rtol=0)


def test_batch_comes_from_betas_or_transl_alone(body):
    values = inputs(3)
    assert body(betas=values["betas"]).vertices.shape == (3, 300, 3)
    assert body(transl=values["transl"]).joints.shape == (3, 24, 3)


def test_joints_alone_are_the_same_joints(body):
    values = inputs(2)
    theta = torch.cat([values["global_orient"], values["body_pose"]], dim=1)
    full = body(theta, values["betas"], values["transl"])
    torch.testing.assert_close(body.joints(theta, values["betas"], values["transl"]), full.joints)
    torch.testing.assert_close(body.rest_joints(values["betas"]), body(betas=values["betas"]).joints)


def test_root_turns_about_the_pelvis_and_translation_is_last(body):
    turned = body(global_orient=torch.tensor([[0.3, 2.0, -0.5]]), transl=torch.tensor([[1.0, 2.0, 3.0]]))
    expected = body.rest_joints()[0, 0] + torch.tensor([1.0, 2.0, 3.0])
    torch.testing.assert_close(turned.joints[0, 0], expected)


def test_gradcheck(official):
    few = {
        **official,
        **{key: official[key][:12] for key in ("v_template", "shapedirs", "posedirs", "weights")},
        "J_regressor": official["J_regressor"][:, :12],
    }
    arrays = {key: few[key] for key in ("v_template", "shapedirs", "posedirs", "J_regressor", "weights")}
    body = SMPL(SMPLData(**arrays, faces=np.zeros((0, 3), np.int64)), dtype=torch.float64)
    leaves = tuple(value.requires_grad_() for value in inputs(1, torch.float64).values())

    def run(betas, global_orient, body_pose, transl):
        return tuple(body(None, betas, transl, global_orient=global_orient, body_pose=body_pose))

    assert torch.autograd.gradcheck(run, leaves, fast_mode=True)
    theta = torch.zeros(1, 72, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda theta: tuple(body(theta)), (theta,), fast_mode=True)


@pytest.mark.parametrize("size", [0.0, 1e-12, 1e-7, 1e-4, torch.pi, 2 * torch.pi])
def test_gradient_is_right_at_zero_and_at_full_turns(body, body64, size):
    theta = torch.zeros(1, 24, 3)
    theta[..., 1] = size
    weights = torch.randn(1, 300, 3, generator=torch.Generator().manual_seed(0))
    gradients = []
    for model, dtype in ((body, torch.float32), (body64, torch.float64)):
        leaf = theta.to(dtype).requires_grad_()
        (gradient,) = torch.autograd.grad((model(leaf).vertices * weights.to(dtype)).sum(), leaf)
        gradients.append(gradient.double())
    assert gradients[0].isfinite().all()
    torch.testing.assert_close(gradients[0], gradients[1], atol=1e-3, rtol=1e-3)


def test_a_body_without_pose_correctives_skips_them(official, tmp_path):
    np.savez(tmp_path / "zeros.npz", **{**official, "posedirs": np.zeros_like(official["posedirs"])})
    del official["posedirs"]
    np.savez(tmp_path / "none.npz", **official)
    values = inputs(2)
    with_zeros, without = SMPL.from_file(tmp_path / "zeros.npz"), SMPL.from_file(tmp_path / "none.npz")
    torch.testing.assert_close(with_zeros(**values).vertices, without(**values).vertices)
    assert sum(b.numel() for b in without.buffers()) < 300 * 207


def test_moves_between_dtypes(body):
    theta = inputs(1)["body_pose"]
    out = body.double()(body_pose=theta)
    assert out.vertices.dtype == out.joints.dtype == body.dtype == torch.float64


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"theta": torch.zeros(72)}, r"theta has the shape \(72,\), expected \(B, 72\)"),
        ({"theta": torch.zeros(24, 3)}, r"theta has the shape \(24, 3\)"),
        ({"theta": torch.zeros(1, 23, 3)}, "theta has the shape"),
        ({"body_pose": torch.zeros(1, 72)}, r"body_pose has the shape \(1, 72\), expected \(B, 69\)"),
        ({"betas": torch.zeros(10)}, r"betas has the shape \(10,\), expected \(B, 10\)"),
        ({"betas": torch.zeros(1, 11)}, "betas has the shape"),
        ({"transl": torch.zeros(1, 1, 3)}, "transl has the shape"),
        ({"theta": torch.zeros(2, 72), "betas": torch.zeros(3, 10)}, "the pose 2, betas 3"),
        ({"global_orient": torch.zeros(2, 3), "body_pose": torch.zeros(3, 69)}, "batch size 2 but"),
        ({"theta": torch.zeros(1, 72), "body_pose": torch.zeros(1, 69)}, "not both"),
    ],
)
def test_wrong_shapes_are_named(body, arguments, message):
    with pytest.raises(UserError, match=message):
        body(**arguments)


def test_one_joint_moves_only_what_hangs_on_it(body64):
    elbow = JOINT_NAMES.index("left_elbow")
    theta = torch.zeros(1, 24, 3, dtype=torch.float64)
    theta[0, elbow, 1] = -1.0
    moved = (body64.joints(theta) - body64.joints()).norm(dim=-1)[0] > 1e-9
    below = {j for j in range(24) if _hangs_on(j, elbow)}
    assert set(moved.nonzero().flatten().tolist()) == below


def _hangs_on(joint: int, ancestor: int) -> bool:
    parent = PARENTS[joint]
    return parent >= 0 and (parent == ancestor or _hangs_on(parent, ancestor))
