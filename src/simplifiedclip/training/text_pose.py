"""Stage 1: captions against poses, InfoNCE with mirror images and wrong wordings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..body.joints import mirror_pose
from ..encoders.poseclip import N_FEATURES, PoseCLIP
from ..poses.captions import mirror_text
from .config import TrainConfig
from .run import Ahead, Captioned, Optimised, Run, loop, send
from .wording import draw_scene

CHOICE_SCALE = 30.0
"""Inverse temperature of the choices of two, at least."""


class TextPose(nn.Module):
    """The two towers of stage 1, the temperature, and a linear read-out of the pose from an embedding."""

    def __init__(self, model: PoseCLIP) -> None:
        super().__init__()
        self.text, self.pose = model.text, model.pose
        self.log_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))
        # Makes the space carry the pose linearly, so that a cosine in it has a slope far from the target.
        self.probe = nn.Linear(model.dim, N_FEATURES)


def train_text(run: Run, model: PoseCLIP, data: Captioned) -> None:
    """Stage 1. On return the model's text and pose towers hold the averaged weights."""
    config = run.config
    torch.manual_seed(config.seed + 1)
    optimised = text_and_pose(run, model, config.text_lr, config.pose_lr)
    work: TextPose = optimised.work  # type: ignore[assignment]
    batches = TextBatches(data, model, config)

    def losses(step: int) -> dict[str, Tensor]:
        batch = ahead(step).to(run.device)
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

    with Ahead(batches) as ahead:
        loop(run, "text", optimised, config.text_steps, losses)
    model.requires_grad_(True)


def text_and_pose(run: Run, model: PoseCLIP, text_lr: float, pose_lr: float) -> Optimised:
    """The module of stage 1 under AdamW, deeper text layers at lower rates."""
    config = run.config
    module = TextPose(model).to(run.device)
    module.text.dropout = config.text_dropout
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
            k: send(v, device) if isinstance(v, Tensor) else v for k, v in vars(self).items()
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
            own = data.captions[i]
            first, second = rng.integers(0, len(own), 2)
            which = (
                min(first, second, key=lambda k: len(own[k])) if rng.random() < config.short_share else first
            )
            text, other = own[which], None
            if rng.random() < config.text_negatives:
                # Sides are hard to read and few of the wrong wordings are about them.
                others = data.exchanged[i][which] or data.wrong[i]
                other = others[rng.integers(len(others))] if others else None
            scene = draw_scene(config.scene_share, rng)
            if len(text) < 250:
                text, other = scene + text, None if other is None else scene + other
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
    choices = [
        ("twin", torch.cat([scores[index, twin], scores[twin, index]]) - right.repeat(2), sided.repeat(2))
    ]
    if len(batch.owner):
        wrong = torch.arange(len(batch.owner), device=scores.device) + pairs
        clear = ~false[wrong, batch.owner]
        choices.append(("wrong", scores[wrong, batch.owner] - right[batch.owner], clear))
    # Most choices of two are soon decided: at a low temperature it is the undecided ones that count.
    sharp = (CHOICE_SCALE / scale.detach()).clamp(min=1.0)
    for name, ahead, counts in choices:
        lost = F.softplus(sharp * ahead) * counts
        parts[name] = twin_weight * lost.sum() / counts.sum().clamp(min=1)
        parts[f"_{name}_right"] = ((ahead < 0) * counts).sum() / counts.sum().clamp(min=1)
    parts["_top1"] = (scores[:pairs].argmax(1) == index).float().mean()
    return parts
