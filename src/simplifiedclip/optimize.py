"""From a prompt to a pose: gradient descent on θ through body, renderer and encoder (paper section III)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import roma
import torch
from torch import Tensor

from .body.joints import JOINT_NAMES, resolve_joints
from .body.limits import clamp_pose, limit_violation
from .errors import UserError
from .objectives import prompt_loss
from .presets import PAPER_PLATEAU, PRESETS, RunSettings, Settings
from .prompts import build_prompt, scene_for
from .stage import Stage

if TYPE_CHECKING:
    from .body.smpl import SMPL
    from .encoders.protocol import Encoder

LIMITS_TOLERANCE_DEG = 2.0
"""A kept pose may be this far beyond a joint's limit; tables of limits are no more exact than that."""


@dataclass(frozen=True)
class Pass:
    """One pass, before its step: what the pose was and what it gave.

    Attributes:
        index: number of the pass, from 0.
        loss: what is minimised.
        terms: its parts by name, weighted; they add up to it.
        lr: step size.
        gradient_norm: |∂loss/∂x| of what descends, after the mask.
        seconds: since the start of the run.
        theta: (24, 3) axis-angle in radians.
        betas: (10,).
        transl: (3,) metres.
    """

    index: int
    loss: float
    terms: dict[str, float]
    lr: float
    gradient_norm: float
    seconds: float
    theta: Tensor
    betas: Tensor
    transl: Tensor

    def row(self) -> dict[str, float]:
        """Return the numbers of the pass for a table, with |θ| and |β| (paper section III-A) and θ itself."""
        return {
            "pass": self.index + 1,
            "loss": self.loss,
            **(self.terms if len(self.terms) > 1 else {}),
            "lr": self.lr,
            "gradient_norm": self.gradient_norm,
            "theta_norm": float(torch.linalg.vector_norm(self.theta)),
            "betas_norm": float(torch.linalg.vector_norm(self.betas)),
            "seconds": self.seconds,
            **{f"theta_{name}_{axis}": float(self.theta[j, k])
               for j, name in enumerate(JOINT_NAMES) for k, axis in enumerate("xyz")},
        }  # fmt: skip


@dataclass(frozen=True)
class Result:
    """The minimal-loss pose of a run and how it was reached.

    Attributes:
        theta: (24, 3) axis-angle in radians.
        betas: (10,).
        transl: (3,) metres.
        joints: (24, 3) metres, of this pose.
        loss: its loss.
        best_pass: the pass that had it, from 0; -1 if there was none.
        history: every pass of the start that led to it.
        stopped: None for a run that ended by itself; ``interrupted`` (Ctrl-C); or ``not finite`` (a loss or a
            gradient was). The pose is the best so far in every case.
        stopped_pass: the pass in which it was stopped, from 0; None for a run that ended by itself.
        message: how the run ended, in one sentence, for a person.
        start_losses: the least loss of every start.
        beyond_limits: joints that are beyond human limits, by degrees.
        prompt: the whole text that was embedded; empty for a fit.
        settings: what it was run with.
        gender: the body's.
        body: the body's name.
        seconds: how long it took, without loading.
    """

    theta: Tensor
    betas: Tensor
    transl: Tensor
    joints: Tensor
    loss: float
    best_pass: int
    history: list[Pass]
    stopped: Literal["interrupted", "not finite"] | None
    stopped_pass: int | None
    message: str
    start_losses: list[float]
    beyond_limits: dict[str, float]
    settings: RunSettings
    gender: str
    body: str
    seconds: float
    prompt: str = ""

    @property
    def losses(self) -> list[float]:
        """The loss of every pass."""
        return [one.loss for one in self.history]

    def rows(self) -> list[dict[str, float]]:
        """Return every pass as a row for ``losses.csv``."""
        return [one.row() for one in self.history]


@dataclass
class Pose:
    """A batch: theta (B, 24, 3) axis-angle or (B, 24, 3, 3) matrices; betas (B, 10); transl (B, 3) metres."""

    theta: Tensor
    betas: Tensor
    transl: Tensor

    def __len__(self) -> int:
        return len(self.theta)

    def clone(self) -> Pose:
        """Return a copy that shares nothing."""
        return Pose(self.theta.clone(), self.betas.clone(), self.transl.clone())

    def to(self, device: torch.device) -> Pose:
        """Return the poses on a device."""
        return Pose(self.theta.to(device), self.betas.to(device), self.transl.to(device))


Energy = Callable[[Pose, int], Mapping[str, Tensor]]
"""What a pose costs: ``(pose, pass index) -> {name: (B,) term}``; the terms add up to what is minimised."""

Callback = Callable[[int, float, Pass], Any]
"""Called after every pass with its index, its least loss among the starts, and that start's record."""


def optimize(
    prompt: str,
    settings: Settings = PRESETS["best"],
    callback: Callback | None = None,
    encoder: Encoder | None = None,
    body: SMPL | None = None,
    stage: Stage | None = None,
) -> Result:
    """Find the pose that a prompt describes (paper section III-A):

    ``θ* = argmin_θ L(u*, v(θ; Ω, β*))`` where u* embeds the prompt and v the pictures of the body.

    Args:
        prompt: what the body does; the settings' scene sentence goes in front of it.
        settings: Ω, the objective and the descent.
        callback: called after every pass as ``callback(index, loss, record)``.
        encoder: an encoder that is already loaded, instead of the one that the settings name.
        body: a body that is already loaded, instead of the one that the settings name.
        stage: a stage that is already built from these settings.

    Returns:
        The minimal-loss pose. A run that Ctrl-C or a number that is not finite has stopped returns too, with
        the best pose so far: see ``Result.stopped``.

    Raises:
        UserError: an empty prompt or one too long for the encoder, an unknown joint to freeze, or a body,
            encoder, texture, start pose or device that is not there or cannot be read.
    """
    if not prompt.strip():
        raise UserError("The prompt is empty: describe the pose in a sentence, for example 'She is sitting.'")
    free = free_joints(settings)
    stage = stage or Stage(settings, body)
    if encoder is None:
        from .encoders.factory import load_encoder

        encoder = load_encoder(
            settings.encoder, str(stage.device), settings.encoder_dtype, resize=settings.encoder_resize
        )
    scene = scene_for(settings.texture) if settings.scene is None else settings.scene
    text = build_prompt(prompt, scene)
    with torch.no_grad():
        u = encoder.embed_text([text])[0]

    def energy(pose: Pose, _: int) -> dict[str, Tensor]:
        rendering = stage.render(pose.theta, pose.betas, pose.transl)
        v = encoder.embed_image(rendering.rgb).unflatten(0, (len(pose), -1))
        loss = prompt_loss(
            v, u, objective=settings.objective, aggregate=settings.aggregate, ip_lambda=settings.ip_lambda
        )
        return {
            settings.objective: loss,
            **pose_tower_term(pose.theta, u, encoder, settings),
            **limits_term(pose.theta, settings.limits_weight),
            **stay_term(pose.theta, start.theta, settings.stay_weight),
        }

    generator = torch.Generator().manual_seed(settings.seed)
    start = start_poses(settings, stage, settings.starts, free, generator)
    descent = Descent(energy, start, settings, free=free, generator=generator)
    return descent.run(callback).result(stage, prompt=text)


def free_joints(settings: RunSettings) -> Tensor:
    """Return which joints may move: (24,) booleans, the complement of ``freeze``.

    Raises:
        UserError: an unknown joint or group, or nothing left that could descend.
    """
    free = torch.ones(len(JOINT_NAMES), dtype=torch.bool)
    free[resolve_joints(settings.freeze)] = False
    if not free.any() and not settings.optimize_betas:
        raise UserError("All joints are frozen and the shape is not optimised: leave something to move")
    return free


def start_poses(
    settings: RunSettings, stage: Stage, starts: int, free: Tensor, generator: torch.Generator
) -> Pose:
    """Return the poses that the descent starts from: zero, given, or random within ±init_range.

    The first start is ``init`` itself. Further ones are ``init`` with a uniform ±init_range added to the free
    joints but the root, so that they differ in pose and not in which way they face.

    Raises:
        UserError: the start pose's file is not there or holds no pose.
    """

    def uniform(*shape: int) -> Tensor:
        return (2 * torch.rand(*shape, generator=generator) - 1) * settings.init_range

    if settings.init == "zero":
        first = torch.zeros(24, 3)
    elif settings.init == "random":
        first = uniform(24, 3)
        first[~free] = 0
    else:
        first = _load_theta(settings.init)
    theta = first.expand(starts, 24, 3).clone()
    moved = free.clone()
    moved[0] = False
    theta[1:, moved] += uniform(starts - 1, int(moved.sum()), 3)
    theta = theta.to(stage.device, stage.body.dtype)
    return Pose(theta, stage.betas.expand(starts, -1).clone(), theta.new_zeros(starts, 3))


def _load_theta(path: str) -> Tensor:
    from .export.npz import load_pose

    return torch.as_tensor(load_pose(path).theta, dtype=torch.float32).reshape(24, 3)


def limits_term(theta: Tensor, weight: float) -> dict[str, Tensor]:
    """Return the penalty ``weight · Σ excess²``, excess in radians beyond human limits; nothing at weight 0.

    It is zero inside the limits, and its gradient grows with the excess: a soft wall that a pose may lean on
    for a few passes. (Adversarial priors, the paper's reference [5], know joint angles together; limits know
    each joint alone, and are the part of it that needs no training.)

    Args:
        theta: (B, 24, 3) axis-angle or (B, 24, 3, 3) matrices.
        weight: the settings' ``limits_weight``.
    """
    if weight == 0:
        return {}
    return {"limits": weight * limit_violation(_axis_angle(theta)).square().flatten(1).sum(1)}


def pose_tower_term(theta: Tensor, u: Tensor, encoder: Encoder, settings: Settings) -> dict[str, Tensor]:
    """Return ``weight · L(u, p(θ))``, p the encoder's tower over poses; nothing where it has none.

    PoseCLIP embeds θ itself in the space of texts and pictures. It knows sides and joints that pictures of a
    few views leave open, and costs next to nothing; pictures keep it to what can be seen.

    Args:
        theta: (B, 24, 3) axis-angle or (B, 24, 3, 3) matrices.
        u: (d,) embedding of the prompt.
        encoder: any encoder.
        settings: the objective, and the ``pose_tower_weight``.
    """
    tower = getattr(encoder, "embed_pose", None)
    if settings.pose_tower_weight == 0 or tower is None:
        return {}
    v = tower(_axis_angle(theta)).unsqueeze(-2)
    loss = prompt_loss(v, u, objective=settings.objective, ip_lambda=settings.ip_lambda)
    return {"pose-tower": settings.pose_tower_weight * loss}


def stay_term(theta: Tensor, start: Tensor, weight: float, *, root: bool = True) -> dict[str, Tensor]:
    """Return the pull ``weight · Σ (θ - θ_start)²`` towards the start pose; nothing at weight 0.

    A prompt speaks of a few joints. The others drift where the encoder's last thousandths are (the paper's
    "unnecessary joint rotations", sections V to VII), unless going there costs a little.

    Args:
        theta: (B, 24, 3) axis-angle or (B, 24, 3, 3) matrices.
        start: (B, 24, 3) axis-angle.
        weight: the settings' ``stay_weight``.
        root: False lets the whole body turn freely.
    """
    if weight == 0:
        return {}
    away = _axis_angle(theta) - start
    return {"stay": weight * away[:, 0 if root else 1 :].square().flatten(1).sum(1)}


def _axis_angle(theta: Tensor) -> Tensor:
    return theta if theta.dim() == 3 else roma.rotmat_to_rotvec(theta)


@dataclass
class _Coordinates:
    """What descends: ``encode`` gives x of an axis-angle θ, ``decode`` gives what the body takes of x."""

    encode: Callable[[Tensor], Tensor]
    decode: Callable[[Tensor], Tensor]


_POSE_SPACES = {
    "axis-angle": _Coordinates(encode=torch.clone, decode=lambda x: x),
    # Zhou et al., "On the Continuity of Rotation Representations in Neural Networks" (CVPR 2019), section 4.
    "6d": _Coordinates(encode=lambda theta: roma.rotvec_to_rotmat(theta)[..., :2].clone(),
                       decode=roma.special_gramschmidt),
}  # fmt: skip


@dataclass(frozen=True)
class _Moment:
    """A pass of all starts at once: (B,) losses, terms and gradient norms, and the poses that had them."""

    loss: Tensor
    terms: dict[str, Tensor]
    norm: Tensor
    lr: float
    seconds: float
    pose: Pose


class Descent:
    """Gradient descent of a batch of poses, the paper's loop with the paper's options.

    Every pose of the batch descends on its own loss, as if it were alone; only the step size is shared. Each
    pass records the pose, then steps, so the first pass holds the start and the kept pose is one that has
    been seen. Frozen joints, and with coordinate descent all but one, get no gradient and are put back after
    the step, which keeps them to the last bit whatever the optimiser remembers.

    Args:
        energy: what is minimised.
        start: the poses at the start.
        settings: optimiser, step size, scheduler, passes, coordinates, what else descends.
        free: (24,) which joints move.
        generator: source of coordinate descent's choices.
        transl: let the translation descend too.
        stop: called with the (B,) losses of a pass; true ends the run as converged.
        first: number of the first pass, where this descent continues another.
    """

    def __init__(
        self,
        energy: Energy,
        start: Pose,
        settings: RunSettings,
        *,
        free: Tensor,
        generator: torch.Generator | None = None,
        transl: bool = False,
        stop: Callable[[Tensor], bool] | None = None,
        first: int = 0,
    ) -> None:
        self.energy = energy
        self.settings = settings
        self.start = start
        self.free = free.to(start.theta.device)
        self.generator = generator or torch.Generator().manual_seed(settings.seed)
        self.stop = stop
        self.first = first
        self.space = _POSE_SPACES[settings.pose_space]
        self.x = self.space.encode(start.theta).requires_grad_()
        self.betas = start.betas.clone().requires_grad_(settings.optimize_betas)
        self.transl = start.transl.clone().requires_grad_(transl)
        self.variables = [v for v in (self.x, self.betas, self.transl) if v.requires_grad]
        self.optimizer = build_optimizer(self.variables, settings)
        self.scheduler = build_scheduler(self.optimizer, settings)
        self.moments: list[_Moment] = []
        self.stopped: Literal["interrupted", "not finite"] | None = None
        self.stopped_pass: int | None = None
        self.message = f"Finished after {settings.passes} passes."

    def run(self, callback: Callback | None = None) -> Descent:
        """Make the passes; Ctrl-C and numbers that are not finite end them early, see ``stopped``."""
        begin = time.perf_counter()
        try:
            for index in range(self.settings.passes):
                if not self._one(index, begin, callback):
                    break
        except KeyboardInterrupt:
            self._stop("interrupted", index, f"Interrupted in pass {self.first + index + 1}")
        return self

    def _one(self, index: int, begin: float, callback: Callback | None) -> bool:
        """Make one pass; false when it was the last."""
        active = self._active_joints()
        self.optimizer.zero_grad(set_to_none=True)
        terms = self.energy(Pose(self.space.decode(self.x), self.betas, self.transl), index)
        loss = torch.stack(list(terms.values())).sum(0)
        if not torch.isfinite(loss).all():
            return self._stop("not finite", index, f"The loss of pass {self.first + index + 1} is not finite")
        loss.sum().backward()
        norm = self._mask_gradient(active)
        moment = _Moment(
            loss=loss.detach().cpu(),
            terms={name: term.detach().cpu() for name, term in terms.items()},
            norm=norm.cpu(),
            lr=float(self.optimizer.param_groups[0]["lr"]),
            seconds=time.perf_counter() - begin,
            pose=self._pose(),
        )
        self.moments.append(moment)
        if callback is not None:
            least = int(moment.loss.argmin())
            callback(self.first + index, float(moment.loss[least]), self.record(least, index))
        if not torch.isfinite(norm).all():
            return self._stop(
                "not finite", index, f"The gradient of pass {self.first + index + 1} is not finite"
            )
        if self.stop is not None and self.stop(moment.loss):
            self.message = f"Converged in pass {self.first + index + 1}."
            return False
        self._step(active, moment.loss)
        return True

    def _active_joints(self) -> Tensor:
        """Return the joints that move in this pass: the free ones, or one of them at random."""
        choices = torch.nonzero(self.free).flatten()
        if not self.settings.coordinate_descent or not len(choices):
            return self.free
        active = torch.zeros_like(self.free)
        active[choices[torch.randint(len(choices), (), generator=self.generator)]] = True
        return active

    def _mask_gradient(self, active: Tensor) -> Tensor:
        """Take the gradient from joints that are not active; return its norm per start, (B,)."""
        squares = torch.zeros(len(self.start), device=self.x.device)
        for variable in self.variables:
            if variable.grad is None:  # the energy does not depend on it
                variable.grad = torch.zeros_like(variable)
            if variable is self.x:
                # Set and not multiplied: zero times a gradient that is not finite is not zero.
                variable.grad[:, ~active] = 0
            squares = squares + variable.grad.flatten(1).square().sum(1)
        return squares.sqrt()

    def _pose(self) -> Pose:
        """Return the poses as they are now, axis-angle on the CPU, frozen joints with their start's bits."""
        with torch.no_grad():
            theta = _axis_angle(self.space.decode(self.x.detach()))
            theta = torch.where(self.free[:, None], theta, self.start.theta)
        return Pose(
            theta.clone().cpu(), self.betas.detach().clone().cpu(), self.transl.detach().clone().cpu()
        )

    @torch.no_grad()
    def _step(self, active: Tensor, loss: Tensor) -> None:
        before = self.x.detach().clone()
        self.optimizer.step()
        self.x[:, ~active] = before[:, ~active]
        if isinstance(self.scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
            self.scheduler.step(float(loss.mean()))
        elif self.scheduler is not None:
            self.scheduler.step()

    def _stop(self, why: Literal["interrupted", "not finite"], index: int, what: str) -> bool:
        self.stopped, self.stopped_pass = why, self.first + index
        self.message = (
            f"{what}; {'the best pose so far is kept' if self.moments else 'the start pose is kept'}."
        )
        return False

    def record(self, start: int, index: int) -> Pass:
        """Return what one start was and gave in one pass."""
        moment = self.moments[index]
        return Pass(
            index=self.first + index,
            loss=float(moment.loss[start]),
            terms={name: float(term[start]) for name, term in moment.terms.items()},
            lr=moment.lr,
            gradient_norm=float(moment.norm[start]),
            seconds=moment.seconds,
            theta=moment.pose.theta[start],
            betas=moment.pose.betas[start],
            transl=moment.pose.transl[start],
        )

    def losses(self) -> Tensor:
        """Return the losses of all passes and starts, (P, B)."""
        return torch.stack([moment.loss for moment in self.moments])

    def best_of_each(self) -> Pose:
        """Return the least-loss pose of every start as a batch, on the CPU."""
        if not self.moments:
            return self._pose()
        poses = [self.moments[index].pose for index in self.losses().argmin(0).tolist()]
        return Pose(
            torch.stack([pose.theta[start] for start, pose in enumerate(poses)]),
            torch.stack([pose.betas[start] for start, pose in enumerate(poses)]),
            torch.stack([pose.transl[start] for start, pose in enumerate(poses)]),
        )

    def result(
        self,
        stage: Stage,
        settings: RunSettings | None = None,
        *,
        prompt: str = "",
        before: Descent | None = None,
    ) -> Result:
        """Return the minimal-loss pose of all starts and passes.

        Where the settings have limits, a pose that is beyond one by more than the tolerance is brought inside
        and measured again: the penalty is a soft wall, and this is the final check behind it.

        Args:
            stage: the body.
            settings: of the whole run, where this descent is a part of one.
            prompt: the text that was embedded.
            before: an earlier part of the run; its passes go in front.
        """
        start, index, loss = 0, -1, math.nan
        if self.moments:
            index, start = divmod(int(self.losses().argmin()), len(self.start))
            loss = float(self.moments[index].loss[start])
        pose = self.moments[index].pose if self.moments else self._pose()
        beyond = beyond_limits(pose.theta[start])
        if self.settings.limits_weight > 0 and max(beyond.values(), default=0) > LIMITS_TOLERANCE_DEG:
            pose = pose.clone()
            pose.theta[start] = torch.where(
                self.free.cpu()[:, None], clamp_pose(pose.theta[start][None])[0], pose.theta[start]
            )
            beyond = beyond_limits(pose.theta[start])
            with torch.no_grad():
                again = self.energy(pose.to(stage.device), max(index, 0))
            loss = float(sum(term[start] for term in again.values()))
        theta, betas, transl = pose.theta[start], pose.betas[start], pose.transl[start]
        history = [self.record(start, i) for i in range(len(self.moments))]
        earlier = before.result(stage).history if before is not None else []
        with torch.no_grad():
            joints = stage.body.joints(theta[None], betas[None], transl[None])[0].cpu()
        return Result(
            theta=theta,
            betas=betas,
            transl=transl,
            joints=joints,
            loss=loss,
            best_pass=self.first + index if index >= 0 else index,
            history=earlier + history,
            stopped=self.stopped,
            stopped_pass=self.stopped_pass,
            message=self.message,
            start_losses=self.losses().amin(0).tolist() if self.moments else [],
            beyond_limits=beyond,
            settings=settings or self.settings,
            gender=stage.body.gender,
            body=stage.body.name,
            seconds=self.moments[-1].seconds if self.moments else 0.0,
            prompt=prompt,
        )


def beyond_limits(theta: Tensor) -> dict[str, float]:
    """Return the joints of a pose (24, 3) that are beyond human limits, and by how many degrees."""
    excess = torch.rad2deg(limit_violation(theta[None])[0].amax(-1))
    return {name: float(e) for name, e in zip(JOINT_NAMES, excess) if e > 0}


def build_optimizer(variables: list[Tensor], settings: RunSettings) -> torch.optim.Optimizer:
    """Return Adam (decay rates 0.9 and 0.999, the paper's) or a variant of SGD over what descends."""
    if settings.optimizer == "adam":
        return torch.optim.Adam(variables, lr=settings.lr)
    momentum = 0.0 if settings.optimizer == "sgd" else 0.9
    nesterov = settings.optimizer == "nesterov"
    return torch.optim.SGD(variables, lr=settings.lr, momentum=momentum, nesterov=nesterov)


def build_scheduler(
    optimizer: torch.optim.Optimizer, settings: RunSettings
) -> torch.optim.lr_scheduler.LRScheduler | torch.optim.lr_scheduler.ReduceLROnPlateau | None:
    """Return what changes the step size: nothing, the paper's plateau, or a cosine down to zero."""
    if settings.scheduler == "plateau":
        return torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **PAPER_PLATEAU)  # type: ignore[arg-type]
    if settings.scheduler == "cosine":
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=settings.passes)
    return None
