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
from simplifiedclip import descent
from simplifiedclip.body.joints import JOINT_NAMES, resolve_joints
from simplifiedclip.body.limits import limit_violation
from simplifiedclip.body.smpl import SMPL
from simplifiedclip.errors import UserError
from simplifiedclip.optimize import (
    LIMITS_TOLERANCE_DEG,
    Descent,
    Pass,
    Pose,
    PromptEnergy,
    Result,
    centred_joints,
    free_joints,
    optimize,
    optimize_batch,
    planned_passes,
    retrieve,
    spread,
)
from simplifiedclip.presets import PRESETS, Settings
from simplifiedclip.prompts import build_prompt, scene_for
from simplifiedclip.render import VertexColors
from simplifiedclip.stage import Stage, find_device

QUICK = Settings(image_size=32, passes=6, lr=0.03, limits_weight=0.0, cameras="0,90")


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
    done = descend(QUICK.replace(coordinate_descent=True, passes=40, freeze=("arms",)))
    poses = [moment.pose.theta[0] for moment in done.moments]
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

    done = descend(QUICK.replace(optimizer=optimizer, lr=lr, pose_space=space, passes=150), energy)
    torch.testing.assert_close(done.best_of_each().theta, torch.full((1, 24, 3), 0.3), atol=0.02, rtol=0)


def test_paper_adam_step_is_the_step_size() -> None:
    done = descend(PRESETS["paper-five"].replace(passes=2))
    step = done.moments[1].pose.theta - done.moments[0].pose.theta
    torch.testing.assert_close(step, torch.full_like(step, 1e-3), rtol=1e-3, atol=0)


def test_plateau_has_the_papers_values() -> None:
    def flat(pose: Pose, _: int) -> dict[str, Tensor]:
        return {"flat": 1 + 0 * pose.theta.flatten(1).sum(1)}

    done = descend(PRESETS["paper-five"].replace(scheduler="plateau", passes=1000), flat)
    rates = [moment.lr for moment in done.moments]
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

    done = descend(QUICK, breaks)
    assert (done.stopped, done.stopped_pass) == ("not finite", 3)
    assert "loss of pass 4" in done.message
    assert len(done.moments) == 3
    assert torch.isfinite(done.best_of_each().theta).all()


def test_gradient_that_is_not_finite_stops_the_run() -> None:
    def breaks(pose: Pose, index: int) -> dict[str, Tensor]:
        loss = quadratic(pose, index)["quadratic"]
        return {"energy": loss + ((pose.theta * 0).sum().sqrt() if index == 2 else 0.0)}

    done = descend(QUICK, breaks)
    assert (done.stopped, done.stopped_pass) == ("not finite", 2)
    assert "gradient of pass 3" in done.message
    assert torch.isfinite(done.x).all(), "no step was made with it"


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


class Tower(FakeEncoder):
    """With an embedding of θ: its first angles but the root's."""

    name = "tower"

    def embed_pose(self, theta: Tensor) -> Tensor:
        return theta.flatten(1)[:, 3 : 3 + self.dim] + 0.1


PLAIN = VertexColors(torch.full((432, 3), 0.5))
STAGED = QUICK.replace(
    init="retrieval", starts=2, tower_starts=5, tower_passes=4, passes=3, pose_tower_weight=1.0, tower_lr=0.05
)
PROMPTS = ["She is sitting.", "He stands on one leg.", "Someone does a handstand on a wall."]


@pytest.fixture
def few_poses(monkeypatch: pytest.MonkeyPatch) -> Tensor:
    from simplifiedclip import codebook

    poses = 0.4 * torch.randn(40, 24, 3, generator=torch.Generator().manual_seed(0))
    poses[:, 0] = 0
    monkeypatch.setattr(codebook, "shipped_poses", lambda: poses)
    return poses


def test_retrieval_starts_at_what_the_prompt_is_nearest_to(few_poses: Tensor, body: SMPL) -> None:
    encoder = Tower()
    settings = STAGED.replace(tower_passes=0, passes=1, starts=4)
    stage = Stage(settings, body, PLAIN)
    u = encoder.embed_text(PROMPTS)
    order = torch.cosine_similarity(u[:, None], encoder.embed_pose(few_poses), dim=-1).argsort(
        descending=True
    )
    free = torch.ones(24, dtype=torch.bool)
    found = retrieve([u], 4, encoder, stage, free)
    torch.testing.assert_close(found, few_poses[order[:, :4]])
    apart = retrieve([u], 4, encoder, stage, free, least=0.2)
    for poses in apart:
        joints = centred_joints(stage, poses)
        distance = (joints[:, None] - joints).norm(dim=-1).mean(-1)
        assert distance[~torch.eye(4, dtype=torch.bool)].min() >= 0.2
    assert torch.equal(apart[:, 0], found[:, 0]), "the nearest is always in"
    best = optimize(PROMPTS[0], settings.replace(starts=1, scene=""), encoder=encoder, stage=stage)
    assert torch.equal(best.theta, few_poses[order[0, 0]])


def test_retrieval_leaves_frozen_joints_at_zero_and_ranks_without_them(few_poses: Tensor, body: SMPL) -> None:
    encoder = Tower()
    settings = STAGED.replace(freeze=("lower-body", "root"), scene="")
    stage = Stage(settings, body, PLAIN)
    frozen = resolve_joints(settings.freeze)
    result = optimize(PROMPTS[0], settings, encoder=encoder, stage=stage)
    assert not result.theta[frozen].any()
    assert all(not one.theta[frozen].any() for one in result.history)
    still = few_poses.clone()
    still[:, frozen] = 0
    u = encoder.embed_text(PROMPTS[:1])
    nearest = torch.cosine_similarity(u, encoder.embed_pose(still), dim=-1).argmax()
    first = retrieve([u], 1, encoder, stage, free_joints(settings))[0, 0]
    assert torch.equal(first, still[nearest])


def test_spread_fills_up() -> None:
    joints = torch.zeros(3, 24, 3)
    joints[2] += 1
    assert spread(joints, 2, 0.5) == [0, 2]
    assert spread(joints, 3, 0.5) == [0, 2, 1]
    assert spread(joints, 5, 0.5) == [0, 2, 1, 0, 2]


def test_pose_tower_goes_first_and_alone(few_poses: Tensor, body: SMPL) -> None:
    encoder = Tower()
    seen: list[int] = []
    stage = Stage(STAGED, body, PLAIN)
    result = optimize(PROMPTS[0], STAGED, lambda i, *_: seen.append(i), encoder=encoder, stage=stage)
    assert seen == list(range(7)) and planned_passes(STAGED, encoder) == 7
    assert [one.index for one in result.history] == seen
    assert [set(one.terms) for one in result.history] == [{"pose-tower"}] * 4 + [{"cd", "pose-tower"}] * 3
    assert result.history[3].terms["pose-tower"] < result.history[0].terms["pose-tower"]
    torch.testing.assert_close(result.history[4].theta, result.history[3].theta)
    assert result.best_pass >= 4 and len(result.start_losses) == 2
    rows = result.rows()
    assert all(list(row) == list(rows[0]) for row in rows)
    assert np.isnan(rows[0]["cd"]) and rows[-1]["cd"] == result.history[-1].terms["cd"]
    assert planned_passes(STAGED, FakeEncoder()) == 3
    without = optimize(PROMPTS[0], STAGED, encoder=FakeEncoder(), stage=stage)
    assert len(without.history) == 3, "an encoder without such a tower has no such passes"


def test_views_can_be_left_out(few_poses: Tensor, body: SMPL) -> None:
    stage = Stage(STAGED, body, PLAIN)
    settings = STAGED.replace(views_weight=0.0)
    result = optimize(PROMPTS[0], settings, encoder=Tower(), stage=stage)
    assert {name for one in result.history for name in one.terms} == {"pose-tower"}
    with pytest.raises(UserError, match="pose_tower_weight"):
        optimize(PROMPTS[0], settings, encoder=FakeEncoder(), stage=stage)


@pytest.mark.parametrize(
    "settings", [STAGED.replace(held_back="180"), QUICK.replace(init="random", starts=2)]
)
def test_a_batch_gives_what_each_prompt_gives_alone(
    few_poses: Tensor, body: SMPL, settings: Settings
) -> None:
    stage = Stage(settings, body, PLAIN)
    done: list[int] = []
    together = optimize_batch(PROMPTS, settings, lambda i, _: done.append(i), encoder=Tower(), stage=stage)
    assert done == [0, 1, 2]
    for prompt, result in zip(PROMPTS, together):
        alone = optimize(prompt, settings, encoder=Tower(), stage=stage)
        assert result.prompt.endswith(prompt)
        torch.testing.assert_close(result.theta, alone.theta, atol=1e-3, rtol=0)
        assert result.losses == pytest.approx(alone.losses, abs=1e-4)
    assert not torch.allclose(together[0].theta, together[1].theta, atol=0.05)
    assert optimize_batch([], settings) == []


def test_one_prompt_that_breaks_does_not_break_the_others(few_poses: Tensor, body: SMPL) -> None:
    class Breaks(Tower):
        def embed_text(self, texts: list[str]) -> Tensor:
            u = super().embed_text(texts)
            u[["leg" in text for text in texts]] *= torch.nan
            return u

    stage = Stage(STAGED, body, PLAIN)
    results = optimize_batch(PROMPTS, STAGED, encoder=Breaks(), stage=stage)
    assert [result.stopped for result in results] == [None, "not finite", None]


def test_ctrl_c_on_the_pose_tower_keeps_the_best_pose(few_poses: Tensor, body: SMPL) -> None:
    def press(index: int, *_: object) -> None:
        if index == 2:
            raise KeyboardInterrupt

    stage = Stage(STAGED, body, PLAIN)
    result = optimize(PROMPTS[0], STAGED, press, encoder=Tower(), stage=stage)
    assert (result.stopped, result.stopped_pass, len(result.history)) == ("interrupted", 2, 3)
    assert result.loss == min(result.start_losses)


def test_held_back_views_choose_among_the_starts(few_poses: Tensor, body: SMPL) -> None:
    encoder = FakeEncoder()
    settings = QUICK.replace(init="retrieval", starts=4, held_back="45,180", stay_weight=0.1)
    stage = Stage(settings, body, VertexColors(torch.from_numpy(capsule_colors(capsule_body()))))
    result = optimize(PROMPTS[1], settings, encoder=encoder, stage=stage)
    u = encoder.embed_text([result.prompt])
    pictures = stage.render(result.theta[None], cameras=stage.cameras_at("45,180")).rgb
    seen = 1 - torch.cosine_similarity(encoder.embed_image(pictures).mean(0)[None], u)
    assert min(result.start_losses) == pytest.approx(seen.item(), abs=1e-5)
    assert len(set(result.start_losses)) == 4
    assert result.loss == min(result.losses), "the loss is the one that was minimised"


def test_body_is_put_on_the_ground(generate: Callable[..., Result], body: SMPL, tmp_path: Path) -> None:
    soles = body().vertices[..., 1].min()
    settings = QUICK.replace(init="random", init_range=1.0, rest_on_ground=True)
    result = generate(settings)
    posed = body(result.theta[None], transl=result.transl[None])
    assert posed.vertices[..., 1].min().item() == pytest.approx(soles.item(), abs=1e-5)
    torch.testing.assert_close(posed.joints[0], result.joints)
    assert result.transl[[0, 2]].tolist() == [0, 0] and result.transl[1] != 0
    assert torch.equal(generate(settings.replace(rest_on_ground=False)).theta, result.theta)


def test_the_bodys_own_laws_have_their_say(generate: Callable[..., Result]) -> None:
    weights = {"contact_weight": 2.0, "balance_weight": 3.0, "penetration_weight": 4.0}
    settings = QUICK.replace(init="random", init_range=1.2, passes=12, **weights)
    result = generate(settings)
    for one in result.history:
        assert set(one.terms) == {"cd", "contact", "balance", "penetration"}
        assert one.loss == pytest.approx(sum(one.terms.values()))
    free = generate(settings.replace(**dict.fromkeys(weights, 0.0)))
    assert set(free.history[0].terms) == {"cd"}

    def own(run: Result) -> float:
        start = Pose(result.history[0].theta[None], torch.zeros(1, 10), torch.zeros(1, 3))
        stage = Stage(settings, SMPL(capsule_body()), PLAIN)
        energy = PromptEnergy([torch.zeros(1, 16)], [FakeEncoder()], settings, stage, start)
        last = run.history[-1].theta[None]
        terms = energy.without_pictures()(Pose(last, start.betas, start.transl), 0)
        return float(sum(terms.values()))

    assert own(result) < 0.8 * own(free)
    assert own(result) == pytest.approx(result.history[-1].loss - result.history[-1].terms["cd"], rel=1e-3)


def test_neutral_prompt_is_taken_from_the_prompt(body: SMPL) -> None:
    encoder = FakeEncoder()
    settings = QUICK.replace(neutral="Someone.", neutral_weight=0.5, scene="", passes=1)
    stage = Stage(settings, body, PLAIN)
    result = optimize(PROMPTS[0], settings, encoder=encoder, stage=stage)
    u, neutral = (one / one.norm() for one in encoder.embed_text([PROMPTS[0], "Someone."]))
    v = encoder.embed_image(stage.render(torch.zeros(1, 24, 3)).rgb).mean(0)
    assert result.loss == pytest.approx(
        1 - torch.cosine_similarity(v, u - 0.5 * neutral, dim=0).item(), abs=1e-5
    )


def test_prior_space_moves_z_and_keeps_what_is_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Prior:
        matrix = torch.randn(5, 72, generator=torch.Generator().manual_seed(0)) / 3

        def decode(self, z: Tensor) -> Tensor:
            return (z @ self.matrix).view(-1, 24, 3)

        def encode(self, theta: Tensor) -> Tensor:
            return theta.flatten(1) @ torch.linalg.pinv(self.matrix)

    monkeypatch.setattr(descent, "load_prior", lambda _: Prior())
    z = torch.randn(1, 5, generator=torch.Generator().manual_seed(1))
    goal = Prior().decode(z)
    goal[:, 0] = torch.tensor([0.2, -0.4, 0.1])

    def energy(pose: Pose, _: int) -> dict[str, Tensor]:
        return {"distance": (pose.theta - goal).square().flatten(1).sum(1)}

    settings = QUICK.replace(pose_space="prior", passes=300, lr=0.05)
    torch.testing.assert_close(descend(settings, energy).best_of_each().theta, goal, atol=0.05, rtol=0)
    kept = descend(settings.replace(freeze=("root", "arms")), energy).best_of_each().theta[0]
    assert not kept[resolve_joints(["root", "arms"])].any()
    assert kept[resolve_joints(["legs"])].any()
    with pytest.raises(UserError, match="Coordinate descent"):
        settings.replace(coordinate_descent=True)


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
