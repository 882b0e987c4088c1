"""The descent does what the paper's does, keeps what it must keep, and survives what stops it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from capsule_body import capsule_body, capsule_colors
from simplifiedclip.body.joints import JOINT_NAMES, resolve_joints
from simplifiedclip.body.limits import limit_violation
from simplifiedclip.body.smpl import SMPL
from simplifiedclip.errors import UserError
from simplifiedclip.optimize import LIMITS_TOLERANCE_DEG, Descent, Pass, Pose, Result, free_joints, optimize
from simplifiedclip.presets import PRESETS, Settings
from simplifiedclip.prompts import build_prompt, scene_for
from simplifiedclip.render import VertexColors
from simplifiedclip.stage import Stage, find_device

QUICK = PRESETS["best"].replace(
    image_size=32,
    passes=6,
    lr=0.03,
    scheduler="none",
    limits_weight=0.0,
    stay_weight=0.0,
    pose_tower_weight=0.0,
    cameras="0,90",
    starts=1,
)


class FakeEncoder:
    """A fixed random smooth network; texts are random vectors."""

    name, dim, image_size = "fake", 16, 32

    def __init__(self) -> None:
        generator = torch.Generator().manual_seed(0)
        self.first = torch.randn(3 * 64, 48, generator=generator) / 8
        self.second = torch.randn(48, self.dim, generator=generator) / 4
        self.texts: list[str] = []

    def embed_text(self, texts: list[str]) -> Tensor:
        self.texts += texts
        if any(len(text.split()) > 70 for text in texts):
            raise UserError("The prompt is too long for fake")
        return torch.stack(
            [torch.randn(self.dim, generator=torch.Generator().manual_seed(len(text))) for text in texts]
        )

    def embed_image(self, images: Tensor) -> Tensor:
        pooled = torch.nn.functional.adaptive_avg_pool2d(images, 8).flatten(1)
        return torch.tanh(pooled @ self.first) @ self.second


@pytest.fixture(scope="module")
def body() -> SMPL:
    return SMPL(capsule_body())


@pytest.fixture
def generate(body: SMPL) -> Callable[..., Result]:
    def run(settings: Settings, callback: Callable | None = None, prompt: str = "She is sitting.") -> Result:
        stage = Stage(settings, body, VertexColors(torch.from_numpy(capsule_colors(capsule_body()))))
        return optimize(prompt, settings, callback, encoder=FakeEncoder(), stage=stage)

    return run


def quadratic(pose: Pose, _: int) -> dict[str, Tensor]:
    """An energy with its minimum where every angle is 0.3."""
    return {"quadratic": (pose.theta - 0.3).square().flatten(1).sum(1)}


def descend(settings: Settings, energy: Callable = quadratic, **options: object) -> Descent:
    start = Pose(torch.zeros(1, 24, 3), torch.zeros(1, 10), torch.zeros(1, 3))
    return Descent(energy, start, settings, free=free_joints(settings), **options).run()


def test_loss_falls_and_the_least_is_kept(generate: Callable[..., Result]) -> None:
    result = generate(QUICK.replace(passes=25))
    assert len(result.losses) == 25
    assert result.losses[0] == pytest.approx(generate(QUICK).losses[0]), "the first pass is the start"
    assert result.loss == min(result.losses) < result.losses[0] - 0.01
    assert result.best_pass == int(np.argmin(result.losses))
    assert torch.equal(result.theta, result.history[result.best_pass].theta)
    assert torch.equal(result.history[0].theta, torch.zeros(24, 3))
    assert (result.stopped, result.stopped_pass) == (None, None)


def test_result_says_what_was_run(generate: Callable[..., Result], body: SMPL) -> None:
    result = generate(QUICK)
    assert result.prompt == build_prompt("She is sitting.", scene_for("human"))
    assert (result.body, result.gender, result.settings) == ("capsules", "neutral", QUICK)
    torch.testing.assert_close(result.joints, body.joints(result.theta[None])[0])
    row = result.rows()[-1]
    assert (row["pass"], row["loss"], row["lr"]) == (6, result.losses[-1], QUICK.lr)
    assert row["theta_norm"] == pytest.approx(result.history[-1].theta.norm().item())
    assert row["theta_head_z"] == result.history[-1].theta[15, 2].item()


def test_scene_can_be_given_or_left_out(body: SMPL) -> None:
    encoder = FakeEncoder()
    texture = VertexColors(torch.full((432, 3), 0.5))
    for scene in ("A photograph.", ""):
        settings = QUICK.replace(scene=scene, passes=1)
        optimize("She is running.", settings, encoder=encoder, stage=Stage(settings, body, texture))
    assert encoder.texts == ["A photograph. She is running.", "She is running."]


def test_seed_repeats_the_run_to_the_last_bit(generate: Callable[..., Result]) -> None:
    settings = QUICK.replace(init="random", coordinate_descent=True, starts=2, seed=5)
    first, again, other = generate(settings), generate(settings), generate(settings.replace(seed=6))
    assert first.losses == again.losses
    assert torch.equal(first.theta, again.theta)
    assert first.losses != other.losses


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "momentum", "nesterov"])
@pytest.mark.parametrize("options", [{}, {"pose_space": "6d"}, {"coordinate_descent": True}])
def test_frozen_joints_keep_every_bit(
    generate: Callable[..., Result], optimizer: str, options: dict[str, object]
) -> None:
    settings = QUICK.replace(
        freeze=("root", "lower-body", "left_elbow"),
        init="random",
        optimizer=optimizer,
        limits_weight=1.0,
        **options,
    )
    frozen = resolve_joints(settings.freeze)
    moving = [j for j in range(24) if j not in frozen]
    result = generate(settings)
    start = result.history[0].theta
    for record in result.history:
        assert torch.equal(record.theta[frozen], start[frozen])
    assert torch.equal(result.theta[frozen], start[frozen])
    assert not torch.equal(result.history[-1].theta[moving], start[moving])


def test_frozen_joints_of_a_random_start_are_zero(generate: Callable[..., Result]) -> None:
    settings = QUICK.replace(init="random", init_range=0.2, freeze=("legs",), passes=1)
    theta = generate(settings).theta
    legs = resolve_joints(["legs"])
    assert not theta[legs].any()
    rest = theta[[j for j in range(24) if j not in legs]]
    assert rest.abs().max() <= 0.2
    assert rest.std() > 0.05


def test_given_start(generate: Callable[..., Result], body: SMPL, tmp_path: Path) -> None:
    from simplifiedclip.export.npz import save_pose

    theta = torch.linspace(-0.4, 0.4, 72).reshape(24, 3)
    save_pose(tmp_path / "start.npz", body, theta)
    result = generate(QUICK.replace(init=str(tmp_path / "start.npz")))
    torch.testing.assert_close(result.history[0].theta, theta)
    with pytest.raises(UserError):
        generate(QUICK.replace(init="neither.npz"))


def test_coordinate_descent_moves_one_joint_a_pass() -> None:
    descent = descend(QUICK.replace(coordinate_descent=True, passes=40, freeze=("arms",)))
    poses = [moment.pose.theta[0] for moment in descent.moments]
    moved = [(after != before).any(-1).nonzero().flatten().tolist() for before, after in pairwise(poses)]
    assert all(len(joints) == 1 for joints in moved)
    assert len({joints[0] for joints in moved}) > 5
    assert not {joints[0] for joints in moved} & set(resolve_joints(["arms"]))


def test_starts_descend_as_if_alone(generate: Callable[..., Result]) -> None:
    settings = QUICK.replace(starts=3)
    together = generate(settings)
    assert len(together.start_losses) == 3
    assert together.loss == min(together.start_losses)
    alone = generate(QUICK)
    assert together.start_losses[0] == pytest.approx(min(alone.losses), abs=1e-5)
    assert together.losses == pytest.approx(sorted(together.losses, reverse=True), abs=0.1)


@pytest.mark.parametrize("space", ["axis-angle", "6d"])
@pytest.mark.parametrize(
    ("optimizer", "lr"), [("adam", 0.03), ("sgd", 0.1), ("momentum", 0.02), ("nesterov", 0.02)]
)
def test_every_optimizer_and_space_reaches_the_minimum(space: str, optimizer: str, lr: float) -> None:
    def energy(pose: Pose, _: int) -> dict[str, Tensor]:
        import roma

        goal = roma.rotvec_to_rotmat(torch.full((1, 24, 3), 0.3))
        rotation = pose.theta if pose.theta.dim() == 4 else roma.rotvec_to_rotmat(pose.theta)
        return {"distance": (rotation - goal).square().flatten(1).sum(1)}

    descent = descend(QUICK.replace(optimizer=optimizer, lr=lr, pose_space=space, passes=150), energy)
    torch.testing.assert_close(descent.best_of_each().theta, torch.full((1, 24, 3), 0.3), atol=0.02, rtol=0)


def test_paper_adam_step_is_the_step_size() -> None:
    descent = descend(PRESETS["paper-five"].replace(passes=2))
    step = descent.moments[1].pose.theta - descent.moments[0].pose.theta
    torch.testing.assert_close(step, torch.full_like(step, 1e-3), rtol=1e-3, atol=0)


def test_plateau_has_the_papers_values() -> None:
    def flat(pose: Pose, _: int) -> dict[str, Tensor]:
        return {"flat": 1 + 0 * pose.theta.flatten(1).sum(1)}

    descent = descend(PRESETS["paper-five"].replace(scheduler="plateau", passes=1000), flat)
    rates = [moment.lr for moment in descent.moments]
    drops = [i for i, (a, b) in enumerate(pairwise(rates)) if a != b]
    assert drops[0] == 11, "patience 10: halved after the eleventh pass without gain"
    assert set(np.diff(drops)) == {111}, "cooldown 100, then patience again"
    assert rates[drops[0] + 1] == pytest.approx(5e-4)
    assert rates[-1] == pytest.approx(5e-5), "it ends at the least step"


def test_cosine_goes_to_zero() -> None:
    rates = [moment.lr for moment in descend(QUICK.replace(scheduler="cosine", passes=100)).moments]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == QUICK.lr
    assert rates[-1] < 1e-3 * QUICK.lr


def test_betas_descend_only_when_asked(generate: Callable[..., Result]) -> None:
    assert not generate(QUICK).betas.any()
    result = generate(QUICK.replace(optimize_betas=True, freeze=("all",)))
    assert result.history[-1].betas.any()
    assert not result.theta.any()
    assert result.rows()[-1]["betas_norm"] > 0


@pytest.mark.parametrize("preset", ["paper-single", "paper-five", "paper-frozen"])
@pytest.mark.parametrize("objective", ["cd", "ip", "ip-printed"])
def test_paper_presets_run(generate: Callable[..., Result], preset: str, objective: str) -> None:
    settings = PRESETS[preset].replace(passes=2, objective=objective, aggregate="aloe")
    result = generate(settings)
    assert np.isfinite(result.losses).all()
    moved = (result.history[1].theta - result.history[0].theta).abs()
    assert 0 < moved.max() <= 1e-3 + 1e-6
    if preset == "paper-frozen":
        assert not moved[resolve_joints(["lower-body", "root"])].any()


def test_callback_sees_every_pass(generate: Callable[..., Result]) -> None:
    seen: list[tuple[int, float, Pass]] = []
    result = generate(QUICK, lambda *pass_: seen.append(pass_))
    assert [index for index, _, _ in seen] == list(range(6))
    assert [loss for _, loss, _ in seen] == result.losses
    assert [record.loss for _, _, record in seen] == result.losses


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_loss_that_is_not_finite_stops_the_run(value: float) -> None:
    def breaks(pose: Pose, index: int) -> dict[str, Tensor]:
        return {"energy": quadratic(pose, index)["quadratic"] + (value if index == 3 else 0.0)}

    descent = descend(QUICK, breaks)
    assert (descent.stopped, descent.stopped_pass) == ("not finite", 3)
    assert "loss of pass 4" in descent.message
    assert len(descent.moments) == 3
    assert torch.isfinite(descent.best_of_each().theta).all()


def test_gradient_that_is_not_finite_stops_the_run() -> None:
    def breaks(pose: Pose, index: int) -> dict[str, Tensor]:
        loss = quadratic(pose, index)["quadratic"]
        return {"energy": loss + ((pose.theta * 0).sum().sqrt() if index == 2 else 0.0)}

    descent = descend(QUICK, breaks)
    assert (descent.stopped, descent.stopped_pass) == ("not finite", 2)
    assert "gradient of pass 3" in descent.message
    assert torch.isfinite(descent.x).all(), "no step was made with it"


def test_nothing_but_the_start_is_left_of_a_run_that_breaks_at_once(body: SMPL) -> None:
    def breaks(pose: Pose, _: int) -> dict[str, Tensor]:
        return {"energy": pose.theta.flatten(1).sum(1) * float("nan")}

    result = descend(QUICK, breaks).result(Stage(QUICK, body, VertexColors(torch.zeros(432, 3))))
    assert result.stopped_pass == 0
    assert "the start pose is kept" in result.message
    assert (result.best_pass, result.losses) == (-1, [])
    assert np.isnan(result.loss)
    assert not result.theta.any()


def test_frozen_joints_do_not_stop_a_run_by_their_gradient() -> None:
    def root_breaks(pose: Pose, index: int) -> dict[str, Tensor]:
        return {"energy": quadratic(pose, index)["quadratic"] + (pose.theta[:, 0] * 0).sum(-1).sqrt()}

    assert descend(QUICK.replace(freeze=("root",)), root_breaks).stopped is None


def test_ctrl_c_keeps_the_best_pose(generate: Callable[..., Result]) -> None:
    def press(index: int, *_: object) -> None:
        if index == 3:
            raise KeyboardInterrupt

    result = generate(QUICK, press)
    assert (result.stopped, result.stopped_pass) == ("interrupted", 3)
    assert "Interrupted in pass 4" in result.message
    assert result.loss == min(result.losses)
    assert len(result.losses) == 4


def test_limits_pull_a_pose_back_and_the_last_check_holds() -> None:
    """A knee that is asked to bend backwards ends at its limit, or is put there."""
    knee = JOINT_NAMES.index("left_knee")

    def backwards(pose: Pose, index: int) -> dict[str, Tensor]:
        from simplifiedclip.optimize import limits_term

        return {"energy": pose.theta[:, knee, 0] + 3 * pose.theta.square().flatten(1).sum(1) / 10, **(
            limits_term(pose.theta, weight))}  # fmt: skip

    stage = Stage(QUICK, SMPL(capsule_body()), VertexColors(torch.zeros(432, 3)))
    for weight in (0.0, 1.0, 30.0):
        settings = QUICK.replace(limits_weight=weight, passes=120)
        result = descend(settings, backwards).result(stage)
        excess = torch.rad2deg(limit_violation(result.theta[None])).max().item()
        if weight == 0:
            assert excess > 20
            assert list(result.beyond_limits) == ["left_knee"]
            assert result.beyond_limits["left_knee"] == pytest.approx(excess)
        else:
            assert excess <= LIMITS_TOLERANCE_DEG
        if weight == 1:
            assert result.loss > min(result.losses), "the pose was put inside and measured again"
            assert result.history[result.best_pass].terms["limits"] > 0


def test_an_encoders_pose_tower_has_its_say(body: SMPL) -> None:
    class WithTower(FakeEncoder):
        def embed_pose(self, theta: Tensor) -> Tensor:
            return theta.flatten(1)[:, : self.dim] + 0.1

    settings = QUICK.replace(pose_tower_weight=2.0, passes=30)
    stage = Stage(settings, body, VertexColors(torch.full((432, 3), 0.5)))
    encoder = WithTower()
    result = optimize("She is sitting.", settings, encoder=encoder, stage=stage)
    u = encoder.embed_text([result.prompt])
    for record in result.history:
        distance = 1 - torch.cosine_similarity(encoder.embed_pose(record.theta[None]), u)
        assert record.terms["pose-tower"] == pytest.approx(2 * distance.item(), abs=1e-5)
    assert result.history[-1].terms["pose-tower"] < 0.5 * result.history[0].terms["pose-tower"]
    without = optimize("She is sitting.", settings, encoder=FakeEncoder(), stage=stage)
    assert "pose-tower" not in without.history[0].terms, "an encoder without such a tower is no error"


def test_staying_near_the_start_costs_what_leaving_it_costs(generate: Callable[..., Result]) -> None:
    settings = QUICK.replace(stay_weight=0.5, passes=12)
    result = generate(settings)
    for record in result.history:
        assert record.terms["stay"] == pytest.approx(0.5 * record.theta.square().sum().item(), abs=1e-6)
        assert record.loss == pytest.approx(sum(record.terms.values()))
    free = generate(settings.replace(stay_weight=0.0))
    assert result.history[-1].theta.norm() < free.history[-1].theta.norm()


@pytest.mark.parametrize("prompt", ["", "  \n"])
def test_empty_prompt_is_refused(generate: Callable[..., Result], prompt: str) -> None:
    with pytest.raises(UserError, match="empty"):
        generate(QUICK, prompt=prompt)


def test_what_cannot_run_is_refused_before_it_runs(generate: Callable[..., Result]) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a pass was made")

    with pytest.raises(UserError, match="too long"):
        generate(QUICK, never, prompt="word " * 80)
    with pytest.raises(UserError, match="left_knee"):
        generate(QUICK.replace(freeze=("left_kne",)), never)
    with pytest.raises(UserError, match="All joints are frozen"):
        generate(QUICK.replace(freeze=("all",)), never)


@pytest.mark.parametrize("name", ["gpu", "cuda:99", "mps", ""])
def test_devices_that_are_not_there(name: str) -> None:
    with pytest.raises(UserError, match="device"):
        find_device(name)


def test_devices() -> None:
    assert find_device("cpu").type == "cpu"
    assert find_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")
