"""Gradient descent of a batch of poses: the paper's loop, its result, and the terms that every run has.

What is minimised comes from elsewhere: ``optimize`` compares pictures with a prompt, ``fit`` with pictures.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import roma
import torch
from torch import Tensor

from .body.joints import JOINT_NAMES, resolve_joints
from .body.limits import clamp_pose, limit_violation
from .errors import UserError
from .presets import PAPER_PLATEAU, RunSettings

if TYPE_CHECKING:
    from .priors.adversarial import PosePrior
    from .stage import Stage

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

    def row(self, terms: Sequence[str] | None = None) -> dict[str, float]:
        """Return the numbers of the pass for a table, with |θ| and |β| (paper section III-A) and θ itself.

        Args:
            terms: the table's columns for the loss's parts, NaN where this pass lacks one; its own if None.
        """
        terms = list(self.terms) if terms is None else terms
        return {
            "pass": self.index + 1,
            "loss": self.loss,
            **({name: self.terms.get(name, math.nan) for name in terms} if len(terms) > 1 else {}),
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
        history: every pass of the start that led to it, all parts of the run in a row.
        stopped: None for a run that ended by itself; ``interrupted`` (Ctrl-C); or ``not finite`` (a loss or a
            gradient was). The pose is the best so far in every case.
        stopped_pass: the pass in which it was stopped, from 0; None for a run that ended by itself.
        message: how the run ended, in one sentence, for a person.
        start_losses: the least loss of every start; by views held back where these chose among the starts.
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
        """Return every pass as a row for ``losses.csv``; parts of a run may have terms that others lack."""
        terms = list(dict.fromkeys(name for one in self.history for name in one.terms))
        return [one.row(terms) for one in self.history]


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
    return {"limits": weight * limit_violation(axis_angle(theta)).square().flatten(1).sum(1)}


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
    away = axis_angle(theta) - start
    return {"stay": weight * away[:, 0 if root else 1 :].square().flatten(1).sum(1)}


def axis_angle(theta: Tensor) -> Tensor:
    """Return θ (B, 24, 3) of axis-angle vectors or of rotation matrices (B, 24, 3, 3)."""
    return theta if theta.dim() == 3 else roma.rotmat_to_rotvec(theta)


@dataclass
class _Coordinates:
    """What descends.

    Attributes:
        encode: gives x of an axis-angle θ (B, 24, 3).
        decode: gives what the body takes of x.
        rows: gives which of x's second axis move, of the joints (24,) that move.
    """

    encode: Callable[[Tensor], Tensor]
    decode: Callable[[Tensor], Tensor]
    rows: Callable[[Tensor], Tensor] = lambda active: active


def _coordinates(settings: RunSettings, start: Tensor, free: Tensor) -> _Coordinates:
    """Return the coordinates that the settings name; those of a prior keep frozen joints as in start."""
    if settings.pose_space == "axis-angle":
        return _Coordinates(encode=torch.clone, decode=lambda x: x)
    if settings.pose_space == "6d":
        # Zhou et al., "On the Continuity of Rotation Representations in Neural Networks" (CVPR 2019), sec. 4.
        return _Coordinates(
            encode=lambda theta: roma.rotvec_to_rotmat(theta)[..., :2].clone(),
            decode=roma.special_gramschmidt,
        )
    prior = load_prior(str(start.device))

    def decode(x: Tensor) -> Tensor:
        theta = torch.cat([x[:, None, :3], prior.decode(x[:, 3:])[:, 1:].to(x)], 1)
        return torch.where(free[:, None], theta, start)

    def rows(active: Tensor) -> Tensor:
        return torch.cat([active[:1].expand(3), active.new_ones(z.shape[1])])

    # The whole body's turn is no part of the prior: it descends beside z.
    z = prior.encode(start).detach().to(start)
    return _Coordinates(encode=lambda theta: torch.cat([theta[:, 0], z], 1), decode=decode, rows=rows)


@lru_cache(maxsize=1)
def load_prior(device: str) -> PosePrior:
    """Return the learned pose prior that comes with the package, frozen."""
    from .priors.adversarial import PosePrior

    return PosePrior.load().to(device)


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
        began: what ``time.perf_counter`` was when the whole run began; now if left out.
        keep: the pose of which pass counts: the least loss's, or the last where passes do not compare.
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
        began: float | None = None,
        keep: Literal["least", "last"] = "least",
    ) -> None:
        self.energy = energy
        self.settings = settings
        self.start = start
        self.free = free.to(start.theta.device)
        self.generator = generator or torch.Generator().manual_seed(settings.seed)
        self.stop = stop
        self.first = first
        self.began = began
        self.keep = keep
        self.space = _coordinates(settings, start.theta, self.free)
        self.x = self.space.encode(start.theta).requires_grad_()
        self.betas = start.betas.clone().requires_grad_(settings.optimize_betas)
        self.transl = start.transl.clone().requires_grad_(transl)
        self.variables = [v for v in (self.x, self.betas, self.transl) if v.requires_grad]
        self.optimizer = build_optimizer(self.variables, settings)
        self.scheduler = build_scheduler(self.optimizer, settings)
        self.moments: list[_Moment] = []
        self._measured: dict[int, Tensor] = {}
        self.stopped: Literal["interrupted", "not finite"] | None = None
        self.stopped_pass: int | None = None
        self.message = f"Finished after {settings.passes} passes."

    def run(self, callback: Callback | None = None) -> Descent:
        """Make the passes; Ctrl-C and numbers that are not finite end them early, see ``stopped``."""
        begin = time.perf_counter() if self.began is None else self.began
        index = 0
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
                variable.grad[:, ~self.space.rows(active)] = 0
            squares = squares + variable.grad.flatten(1).square().sum(1)
        return squares.sqrt()

    def _pose(self) -> Pose:
        """Return the poses as they are now, axis-angle on the CPU, frozen joints with their start's bits."""
        with torch.no_grad():
            theta = axis_angle(self.space.decode(self.x.detach()))
            theta = torch.where(self.free[:, None], theta, self.start.theta)
        return Pose(
            theta.clone().cpu(), self.betas.detach().clone().cpu(), self.transl.detach().clone().cpu()
        )

    @torch.no_grad()
    def _step(self, active: Tensor, loss: Tensor) -> None:
        before = self.x.detach().clone()
        self.optimizer.step()
        still = ~self.space.rows(active)
        self.x[:, still] = before[:, still]
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

    def best_passes(self) -> Tensor:
        """Return the number of the pass that counts, for every start: (B,)."""
        losses = self.losses()
        return torch.full_like(losses[0], len(losses) - 1).long() if self.keep == "last" else losses.argmin(0)

    def best_losses(self) -> Tensor:
        """Return the losses of these passes, (B,)."""
        return self.losses().gather(0, self.best_passes()[None])[0]

    def best_of_each(self) -> Pose:
        """Return the least-loss pose of every start as a batch, on the CPU."""
        if not self.moments:
            return self._pose()
        poses = [self.moments[index].pose for index in self.best_passes().tolist()]
        return Pose(
            torch.stack([pose.theta[start] for start, pose in enumerate(poses)]),
            torch.stack([pose.betas[start] for start, pose in enumerate(poses)]),
            torch.stack([pose.transl[start] for start, pose in enumerate(poses)]),
        )

    def kept(self) -> Pose:
        """Return the least-loss pose of every start, on the CPU, brought inside human limits.

        Where the settings have limits, a pose that is beyond one by more than the tolerance is put inside:
        the penalty is a soft wall, and this is the final check behind it. Frozen joints stay.
        """
        pose = self.best_of_each()
        if self.settings.limits_weight > 0:
            excess = torch.rad2deg(limit_violation(pose.theta).flatten(1).amax(1))
            mend = (excess > LIMITS_TOLERANCE_DEG)[:, None, None] & self.free.cpu()[:, None]
            pose.theta = torch.where(mend, clamp_pose(pose.theta), pose.theta)
        return pose

    def result(
        self,
        stage: Stage,
        settings: RunSettings | None = None,
        *,
        prompt: str = "",
        before: Descent | None = None,
        among: Sequence[int] | None = None,
        earlier: Sequence[Pass] = (),
    ) -> Result:
        """Return the minimal-loss pose of all starts and passes, inside human limits (see ``kept``).

        The loss of a pose that had to be put inside is measured again.

        Args:
            stage: the body.
            settings: of the whole run, where this descent is a part of one.
            prompt: the text that was embedded.
            before: an earlier part of the run; its passes go in front.
            among: the starts to choose among; all of them when left out.
            earlier: passes that go in front, instead of ``before``.
        """
        rows = list(range(len(self.start)) if among is None else among)
        start, index, loss = rows[0], -1, math.nan
        kept = self.kept() if self.moments else self._pose()
        if self.moments:
            start = rows[int(self.best_losses()[rows].argmin())]
            index = int(self.best_passes()[start])
            loss = float(self.moments[index].loss[start])
            if not torch.equal(kept.theta[start], self.moments[index].pose.theta[start]):
                loss = float(self._measure(kept, index)[start])
        theta, betas, transl = kept.theta[start], kept.betas[start], kept.transl[start]
        if before is not None:
            earlier = before.result(stage).history
        with torch.no_grad():
            joints = stage.body.joints(theta[None], betas[None], transl[None])[0].cpu()
        return Result(
            theta=theta,
            betas=betas,
            transl=transl,
            joints=joints,
            loss=loss,
            best_pass=self.first + index if index >= 0 else index,
            history=[*earlier, *(self.record(start, i) for i in range(len(self.moments)))],
            stopped=self.stopped,
            stopped_pass=self.stopped_pass,
            message=self.message,
            start_losses=self.best_losses()[rows].tolist() if self.moments else [],
            beyond_limits=beyond_limits(theta),
            settings=settings or self.settings,
            gender=stage.body.gender,
            body=stage.body.name,
            seconds=self.moments[-1].seconds if self.moments else 0.0,
            prompt=prompt,
        )

    def _measure(self, pose: Pose, index: int) -> Tensor:
        """Return the losses (B,) of other poses than those of a pass."""
        if index not in self._measured:
            with torch.no_grad():
                terms = self.energy(pose.to(self.start.theta.device), index)
            self._measured[index] = torch.stack(list(terms.values())).sum(0).cpu()
        return self._measured[index]


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
