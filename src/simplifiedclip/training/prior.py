"""The training of the pose prior: an autoencoder of poses on a sphere, and a critic that judges it.

Every step encodes and decodes plausible poses, decodes random codes, and moves two sides in turn: generator
and encoder, so that poses survive, codes fill the sphere and the critic takes decoded poses for real ones;
and the critic, so that it tells real poses from decoded ones, from real ones with joints turned by chance,
and from random ones. Resumable to the bit: all randomness of a step follows from the seed and its number.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import roma
import torch
import torch.nn.functional as F
from torch import Tensor

from ..body.joints import JOINT_NAMES, mirror_pose
from ..body.limits import JOINT_LIMITS, clamp_pose, limit_violation, pose_from_angles, violates
from ..errors import UserError
from ..priors.adversarial import PosePrior, posed_joints
from ..priors.self_penetration import penetration_depth
from .config import PriorConfig
from .run import Bar, Optimised, choose_device, hash_seed, open_run, save_torch, write_text

_PENETRATION = 0.04  # metres: made poses deeper in themselves than this are not shown


def train_prior(
    config: PriorConfig,
    out: Path,
    *,
    mocap: Path | None = None,
    resume: bool = True,
    device: str = "auto",
    progress: Callable[[str, int, int, float], None] | None = None,
) -> PosePrior:
    """Train the pose prior and write ``prior.safetensors``, ``measured.json`` and checkpoints into `out`.

    Args:
        config: sizes and settings, see `simplifiedclip.training.config.PRIOR_SIZES`.
        out: run folder.
        mocap: optional .npz of mocap poses that join the made ones; test_ clips are only measured on.
        resume: continue from the checkpoint in `out`; False refuses a folder that holds a run.
        device: "auto", "cpu" or "cuda".
        progress: called with (stage, step, steps, loss); a rich bar with the time left when None.

    Raises:
        UserError: another run's folder, a missing or wrong mocap file, an absent device.
    """
    where = choose_device(device)
    captured, held_out = read_mocap(mocap)
    open_run(config, out, resume)
    made = _made(config, out)
    if captured is None:
        captured, held_out = made, made[:0]
    torch.manual_seed(config.seed)
    model = PosePrior().to(where)
    _steps(config, out, model, _Batches(config, captured, made, where), progress)
    model.eval().requires_grad_(False)
    model.save(out / "prior.safetensors")
    fresh = plausible_poses(config.held_out, config.seed + 1_000_003)
    numbers = measure(model, held_out, fresh, config.refine_steps, config.seed)
    write_text(out / "measured.json", json.dumps(numbers, indent=2) + "\n")
    return model


# -- data --------------------------------------------------------------------------------------------------


class Clips:
    """Mocap poses (N, 24, 3), and a weight for each: a clip counts by the square root of its length."""

    def __init__(self, theta: Tensor, weight: Tensor) -> None:
        self.theta, self.weight = theta, weight

    def __len__(self) -> int:
        return len(self.theta)

    def __getitem__(self, rows: Any) -> Clips:
        return Clips(self.theta[rows], self.weight[rows])


def read_mocap(path: Path | None) -> tuple[Clips | None, Clips | None]:
    """Read a mocap file; return its poses but those of test_ clips, and those of test_ clips.

    Raises:
        UserError: a missing file, or one that is none.
    """
    if path is None:
        return None, None
    if not path.is_file():
        raise UserError(f"There is no mocap file {path}.")
    try:
        with np.load(path, allow_pickle=False) as data:
            poses, clips = np.asarray(data["poses"], np.float32), data["clip"].astype(str)
            theta = torch.as_tensor(poses).view(-1, 24, 3)
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise UserError(
            f"{path} is not a mocap file with `poses` (N, 72) and `clip` (N,): {error}"
        ) from error
    _, clip, size = np.unique(clips, return_inverse=True, return_counts=True)
    both = Clips(theta, torch.as_tensor(1 / np.sqrt(size[clip]), dtype=torch.float64))
    test = np.char.startswith(clips, "test_")
    return both[~test], both[test]


def plausible_poses(n: int, seed: int) -> Clips:
    """Make n poses of the grammar that neither break joint limits nor pass through themselves."""
    from ..poses.families import FAMILIES, draw

    names = [name for name in FAMILIES if name != "random"]
    weights = np.array([FAMILIES[name].weight for name in names])
    rng = np.random.default_rng(seed)
    found: list[Tensor] = []
    count = 0
    while count < n:
        counts = rng.multinomial(int(1.4 * (n - count)) + 8, weights / weights.sum())
        drawn = [draw(name, int(k), rng, spread=1.0).theta for name, k in zip(names, counts) if k]
        theta = torch.as_tensor(np.concatenate(drawn)[rng.permutation(counts.sum())], dtype=torch.float32)
        theta[:, 0] = 0
        for part in theta.split(2_000):
            fine = ~violates(part) & (penetration_depth(posed_joints(_matrices(part))) < _PENETRATION)
            found.append(part[fine])
            count += int(fine.sum())
    theta = torch.cat(found)[:n]
    return Clips(theta, torch.ones(len(theta), dtype=torch.float64))


def _made(config: PriorConfig, out: Path) -> Clips:
    """Make the poses once and keep them, so that resuming starts at once."""
    file = out / "poses.pt"
    if not file.is_file():
        save_torch(file, {"theta": plausible_poses(config.poses, config.seed).theta})
    theta = torch.load(file, weights_only=True)["theta"]
    return Clips(theta, torch.ones(len(theta), dtype=torch.float64))


class _Batches:
    """Rotations (batch, 23, 3, 3) of plausible poses, of which half are mirrored."""

    def __init__(self, config: PriorConfig, captured: Clips, made: Clips, device: str) -> None:
        self.captured, self.made, self.device = captured, made, device
        self.mocap = round(config.mocap_share * config.batch)
        self.batch = config.batch

    def __call__(self) -> Tensor:
        rows = torch.multinomial(self.captured.weight, self.mocap, replacement=True)
        others = torch.randint(len(self.made), (self.batch - self.mocap,))
        theta = torch.cat([self.captured.theta[rows], self.made.theta[others]])
        theta = torch.where(torch.rand(len(theta), 1, 1) < 0.5, mirror_pose(theta), theta)
        return _matrices(theta).to(self.device)


def _matrices(theta: Tensor) -> Tensor:
    return roma.rotvec_to_rotmat(theta[:, 1:])


# -- steps -------------------------------------------------------------------------------------------------


def _steps(
    config: PriorConfig,
    out: Path,
    model: PosePrior,
    batches: _Batches,
    progress: Callable[[str, int, int, float], None] | None,
) -> None:
    coder = torch.nn.ModuleList([model.generator, model.encoder])
    parts = {}
    for name, module, lr in (("coder", coder, config.lr), ("critic", model.critic, config.critic_lr)):
        groups = [{"params": list(module.parameters()), "lr": lr}]
        parts[name] = Optimised(module, groups, torch.float32, 1e-4, config.ema)
    checkpoint = out / "prior.pt"
    start = 0
    if checkpoint.is_file():
        saved = torch.load(checkpoint, weights_only=True)
        start = int(saved["step"])
        for name, part in parts.items():
            part.restore(saved[name])
    began = time.monotonic()
    with Bar("prior", progress) as bar:
        for step in range(start, config.steps):
            torch.manual_seed(hash_seed(config.seed, "prior", step))
            values = _step(config, model, parts, batches(), step)
            if not math.isfinite(values["loss"]):
                raise UserError(
                    f"The training of the prior met a value that is not finite at step {step}: resume it "
                    f"with a lower learning rate from {checkpoint}."
                )
            bar(step + 1, config.steps, values["loss"])
            if step % 50 == 0 or step + 1 == config.steps:
                line = {"step": step, **values, "seconds": time.monotonic() - began}
                with open(out / "log.jsonl", "a", encoding="utf-8") as file:
                    file.write(json.dumps({k: round(v, 5) for k, v in line.items()}) + "\n")
            if (step + 1) % config.checkpoint_every == 0 or step + 1 == config.steps:
                save_torch(
                    checkpoint, {name: part.state() for name, part in parts.items()} | {"step": step + 1}
                )
    for part in parts.values():
        part.use_average()


def _step(
    config: PriorConfig, model: PosePrior, parts: dict[str, Optimised], real: Tensor, step: int
) -> dict[str, float]:
    z = model.codes(real)
    random = F.normalize(torch.randn_like(z), dim=-1)
    decoded = model.rotations(torch.cat([z + config.code_noise * torch.randn_like(z), random]))
    again, drawn = decoded.chunk(2)
    found, places = posed_joints(torch.cat([again, real])).chunk(2)
    away = (found - places).norm(dim=-1).mean()
    turned = (again - real).square().sum((-1, -2)).mean()
    model.critic.requires_grad_(False)
    fooled = (model.critic(decoded) - 1).square()
    model.critic.requires_grad_(True)
    spread = discrepancy(z, random)
    loss = (
        config.joints_weight * away
        + config.turn_weight * turned
        + config.adversary_weight * _both(fooled)
        + config.spread_weight * spread
    )
    loss.backward()
    parts["coder"].step(step, config.steps)

    # A third of the false poses each: decoded ones, real ones with some joints turned, random ones.
    third = len(real) // 3
    false = torch.cat(
        [drawn[:third].detach(), disturbed(real[third : 2 * third]), random_poses(third).to(real)]
    )
    verdict = model.critic(torch.cat([real, false]))
    verdict_real, verdict_false = verdict.split([len(real), len(false)])
    critic = _both((verdict_real - 1).square()) + _both(verdict_false.square())
    critic.backward()
    parts["critic"].step(step, config.steps)
    return {
        "loss": float(loss.detach()),
        "millimetres": 1000 * float(away.detach()),
        "turned": float(turned.detach()),
        "spread": float(spread.detach()),
        "fooled": float(fooled.mean().detach()),
        "critic": float(critic.detach()),
    }


def _both(verdicts: Tensor) -> Tensor:
    """Mean of (B, 24) in which the 23 joints together count as much as the whole pose."""
    return (verdicts[:, :-1].mean() + verdicts[:, -1].mean()) / 2


def discrepancy(a: Tensor, b: Tensor) -> Tensor:
    """Squared maximum mean discrepancy of two samples (n, d) with inverse multiquadric kernels.

    Kernels c / (c + |x - y|²) for several scales c, unbiased (Gretton et al., JMLR 13, 2012, lemma 6;
    Tolstikhin et al. 2018, section 4).
    """
    n = len(a)
    squares = [torch.cdist(x, y).square() for x, y in ((a, a), (b, b), (a, b))]
    off = ~torch.eye(n, dtype=torch.bool, device=a.device)
    total = a.new_zeros(())
    for scale in (0.1, 0.4, 1.6):
        aa, bb, ab = (scale / (scale + square) for square in squares)
        total = total + aa[off].mean() + bb[off].mean() - 2 * ab.mean()
    return total


def disturbed(rotations: Tensor) -> Tensor:
    """Turn a few joints of each pose (B, 23, 3, 3) by a random rotation, so that the whole no longer fits."""
    count = len(rotations), rotations.shape[1]
    size = 0.3 + 0.7 * torch.rand(count[0], 1, 1, device=rotations.device)
    some = (torch.rand(*count, 1, device=rotations.device) < 0.05 + 0.3 * torch.rand_like(size)).float()
    turns = roma.rotvec_to_rotmat(size * some * torch.randn(*count, 3, device=rotations.device))
    return rotations @ turns


def random_poses(n: int) -> Tensor:
    """Rotations (n, 23, 3, 3) anywhere within the joint limits, each joint for itself."""
    low = torch.tensor([[m.low for m in limits.movements] for limits in JOINT_LIMITS.values()])
    high = torch.tensor([[m.high for m in limits.movements] for limits in JOINT_LIMITS.values()])
    order = [list(JOINT_LIMITS).index(name) for name in JOINT_NAMES[1:]]
    low, high = low[order], high[order]
    angles = torch.zeros(n, 24, 3)
    angles[:, 1:] = torch.deg2rad(low + (high - low) * torch.rand(n, 23, 3))
    return _matrices(pose_from_angles(angles))


# -- measurements ------------------------------------------------------------------------------------------


def measure(model: PosePrior, mocap: Clips | None, made: Clips, steps: int, seed: int) -> dict[str, float]:
    """Measure a prior: how near it comes to poses it never saw, what its samples are like, what it doubts.

    Distances are means over 24 joints of the embedded body with its root not turned, millimetres.
    """
    generator = torch.Generator().manual_seed(seed)
    numbers: dict[str, float] = {}
    for name, poses in (("mocap", mocap), ("grammar", made)):
        if poses is None or not len(poses):
            continue
        rows = torch.randperm(len(poses), generator=generator)[:500]
        theta = poses.theta[rows].clone()
        theta[:, 0] = 0
        places = posed_joints(_matrices(theta))
        for way, descent in (("encoder", 0), ("descent", steps)):
            found = model.decode(model.encode(theta, descent))
            away = 1000 * (posed_joints(_matrices(found)) - places).norm(dim=-1).mean(1)
            numbers[f"{name} by {way}, mm, mean"] = float(away.mean())
            numbers[f"{name} by {way}, mm, 95th percentile"] = float(away.quantile(0.95))
        numbers[f"{name}, score"] = float(model.score(theta).mean())
        worse = torch.cat(
            [torch.zeros(len(theta), 1, 3), roma.rotmat_to_rotvec(disturbed(_matrices(theta)))], 1
        )
        numbers[f"{name} disturbed, score"] = float(model.score(worse).mean())
        order = (model.score(theta).unsqueeze(1) < model.score(worse)).double()
        numbers[f"{name}, preferred to disturbed, %"] = 100 * float(order.mean())
    # What no one's joints do together should be far from every code.
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        odd = random_poses(200)
    theta = torch.cat([torch.zeros(len(odd), 1, 3), roma.rotmat_to_rotvec(odd)], dim=1)
    away = posed_joints(_matrices(model.decode(model.encode(theta, steps)))) - posed_joints(odd)
    numbers["random poses within limits by descent, mm, mean"] = 1000 * float(away.norm(dim=-1).mean())
    z = torch.randn(1000, model.latent, generator=generator)
    raw = roma.rotmat_to_rotvec(model.rotations(z))
    raw = torch.cat([torch.zeros(len(raw), 1, 3), raw], dim=1)
    samples = model.decode(z)
    depth = penetration_depth(posed_joints(_matrices(samples)))
    degrees = torch.rad2deg(limit_violation(samples).flatten(1).amax(1))
    numbers |= {
        "samples beyond a joint limit by more than 1 degree, %": 100 * float((degrees > 1).double().mean()),
        "samples beyond a joint limit before they are put back (8 degrees), %": 100
        * float(violates(raw).double().mean()),
        "samples deeper in themselves than 4 cm, %": 100 * float((depth > _PENETRATION).double().mean()),
        "samples, score": float(model.score(samples).mean()),
        "random poses within limits, score": float(
            model.score(
                clamp_pose(torch.cat([raw[:, :1], roma.rotmat_to_rotvec(random_poses(1000))], 1))
            ).mean()
        ),
    }
    return {name: round(value, 4) for name, value in numbers.items()}
