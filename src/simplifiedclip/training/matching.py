"""Stage "matching": sentences against all poses of a pool that do what they say.

A caption knows one pose that it describes; of the others nobody knows whether it describes them too. The
sentences of `simplifiedclip.training.sentences` come with checks, so here every pose of a large pool is known
to be right or wrong for each of them. A step contrasts sentences with right poses, with the wrong poses that
they like best just now (of the whole pool) and with each other's, beside captions as in stage 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..body.joints import mirror_pose
from ..body.limits import clamp_pose, limit_violation
from ..encoders.poseclip import N_FEATURES, PoseCLIP
from ..poses.posecodes import measure
from .compose import SLACK, compose_rare, effort
from .config import TrainConfig
from .run import Captioned, Run, loop
from .sentences import Sentence, which
from .text_pose import TextBatches, TextPose, contrast, text_and_pose
from .wording import mirror_text, vary

CHUNK = 20_000
MATCH_SCALE = 20.0
"""Inverse temperature at the start."""
SHAKES = 2
"""So many times a pose is shaken."""


class Pool:
    """Poses and their mirror images: pose i of n is mirrored at n + i.

    Checks have limits, and what is a degree beside one is neither right nor wrong to a person. So poses are
    shaken a little: clearly right is what passes all the same, clearly wrong what fails all the same.

    Attributes:
        theta: (n, 24, 3) the poses; n is a multiple of 8, what is left over is left out.
        features: (2, n, N_FEATURES) whitened features of the poses and of their mirror images.
        right, clear, possible: (2, sentences, n/8) uint8, bits: which poses do what each sentence says, do
            it also when shaken, or do it now or when shaken.
        effort: (n,) how far each body is from standing with hanging arms, radians squared.
        embeddings: (2n, d) unit embeddings, as old as the last `refresh`.
    """

    def __init__(self, model: PoseCLIP, sentences: Sequence[Sentence]) -> None:
        self._tower, self._sentences = model.pose, sentences
        self.theta = np.zeros((0, 24, 3), np.float32)
        self.features = torch.empty(2, 0, N_FEATURES)
        self.right, self.clear, self.possible = (np.zeros((2, len(sentences), 0), np.uint8) for _ in range(3))
        self.effort = np.zeros(0, np.float32)
        self.embeddings = torch.empty(0, model.dim)
        self._rng = np.random.default_rng(0)

    def __len__(self) -> int:
        return 2 * len(self.theta)

    def extend(self, theta: np.ndarray) -> None:
        """Measure poses (m,24,3) and their mirror images against all sentences, and take them in."""
        theta = np.asarray(theta[: len(theta) // 8 * 8], np.float32)
        if not len(theta):
            return
        halves = []
        for poses in (torch.from_numpy(theta), mirror_pose(torch.from_numpy(theta))):
            right, clear, possible = (np.zeros((len(self._sentences), len(poses)), bool) for _ in range(3))
            features = []
            for start in range(0, len(poses), CHUNK):
                part = poses[start : start + CHUNK]
                here = slice(start, start + CHUNK)
                right[:, here] = clear[:, here] = possible[:, here] = self._which(part.numpy())
                for _ in range(SHAKES):
                    shaken = self._which(part.numpy() + self._rng.normal(0, SLACK, part.shape))
                    clear[:, here] &= shaken
                    possible[:, here] |= shaken
                with torch.no_grad():
                    features.append(self._tower.whitened(part.to(self._tower.mean.device)))
            bits = [np.packbits(what, axis=1) for what in (right, clear, possible)]
            halves.append((torch.cat(features), bits))
        self.theta = np.concatenate([self.theta, theta])
        self.features = torch.cat([self.features.to(halves[0][0]), torch.stack([h[0] for h in halves])], 1)
        for k, name in enumerate(("right", "clear", "possible")):
            more = np.stack([bits[k] for _, bits in halves])
            setattr(self, name, np.concatenate([getattr(self, name), more], 2))
        self.effort = np.concatenate([self.effort, effort(theta.astype(float)).astype(np.float32)])

    def _which(self, theta: np.ndarray) -> np.ndarray:
        return which(self._sentences, measure(theta))

    def passing(self, sentence: int, mirrored: bool) -> np.ndarray:
        """Return which poses (2n,) do what a sentence says, or its mirrored wording."""
        return _bits(self.right, sentence, mirrored)

    def told_apart(self, sentence: int, mirrored: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return which poses (2n,) are clearly right (or right, where none is clearly), and clearly wrong."""
        clear = _bits(self.clear, sentence, mirrored)
        right = clear if clear.any() else _bits(self.right, sentence, mirrored)
        return right, ~_bits(self.possible, sentence, mirrored)

    @torch.no_grad()
    def refresh(self, mlp: torch.nn.Module) -> None:
        """Embed all poses anew."""
        kind = next(mlp.parameters()).dtype
        parts = [mlp(part.to(kind)).float() for part in self.features.flatten(0, 1).split(CHUNK)]
        self.embeddings = F.normalize(torch.cat(parts), dim=-1)


def _bits(packed: np.ndarray, sentence: int, mirrored: bool) -> np.ndarray:
    first, second = packed[::-1, sentence] if mirrored else packed[:, sentence]
    return np.unpackbits(np.concatenate([first, second])).astype(bool)


@dataclass
class Asked:
    """One step's sentences.

    Attributes:
        texts: wordings, n of them.
        right, wrong: (n, pool) which poses are clearly right, and which clearly wrong.
        positives: (n, k) indices of right poses.
    """

    texts: list[str]
    right: np.ndarray
    wrong: np.ndarray
    positives: np.ndarray


class Asks:
    """Draws sentences by step number; those that no pose of the pool does are left out."""

    def __init__(self, sentences: Sequence[Sentence], pool: Pool, config: TrainConfig) -> None:
        self.sentences, self.pool, self.config = sentences, pool, config
        self.usable = np.flatnonzero(pool.right.any((0, 2)))

    def __call__(self, step: int) -> Asked:
        config, pool = self.config, self.pool
        rng = np.random.default_rng((config.seed, 31, step))
        chosen = self.usable[rng.choice(len(self.usable), min(config.match_batch, len(self.usable)), False)]
        texts, rights, wrongs, positives = [], [], [], []
        for number in chosen:
            sentence = self.sentences[number]
            text = vary(sentence.texts[rng.integers(len(sentence.texts))], config.scene_share, rng)
            twin = mirror_text(text)
            flips = [False, True] if twin != text else [False]
            for flip in flips:
                right, wrong = pool.told_apart(number, flip)
                texts.append(twin if flip else text)
                rights.append(right)
                wrongs.append(wrong)
                positives.append(self.draw(np.flatnonzero(right), rng))
        return Asked(texts, np.stack(rights), np.stack(wrongs), np.stack(positives))

    def draw(self, right: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Draw right poses, those that do little else more often."""
        work = self.pool.effort[right % len(self.pool.effort)]
        least, middle = np.quantile(work, (0.02, 0.5)) if len(work) > 1 else (work[0], work[0])
        weight = np.exp(-np.maximum(work - least, 0) / max(middle - least, 0.3) * 1.5)
        return rng.choice(right, self.config.match_positives, p=weight / weight.sum())


def hard_poses(text: Tensor, asked: Asked, pool: Pool, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return the wrong poses (n, count) that texts (n, d) like best, of every eighth of the pool.

    The very best of all are those that only just miss; a part of the pool has mistakes of every kind.
    """
    some = slice(int(rng.integers(8)), None, 8)
    with torch.no_grad():
        scores = F.normalize(text.detach(), dim=-1) @ pool.embeddings[some].T
        scores.masked_fill_(torch.from_numpy(~asked.wrong[:, some]).to(scores.device), -2.0)
        best = scores.topk(min(count, scores.shape[1]), dim=1).indices.cpu().numpy()
    return some.start + 8 * best


def match(text: Tensor, pose: Tensor, right: Tensor, wrong: Tensor, scale: Tensor) -> dict[str, Tensor]:
    """Losses of texts (T,d) against poses (P,d), given which are right and which wrong (T,P) booleans.

    Every right pose is told from all wrong ones (InfoNCE without the other right ones in the sum), and every
    pose's right texts from its wrong ones. What is neither counts for nothing.
    """
    scores = scale * F.normalize(text, dim=-1) @ F.normalize(pose, dim=-1).T
    parts = {}
    for name, s, r, w in (
        ("match_pose", scores, right, wrong),
        ("match_text", scores.T, right.T, wrong.T),
    ):
        against = torch.logsumexp(s.masked_fill(~w, -1e4), 1, keepdim=True)
        loss = F.softplus(against - s) * r
        rows = r.any(1)
        parts[name] = (loss.sum(1)[rows] / r.sum(1)[rows]).mean()
    with torch.no_grad():
        parts["_match_top1"] = right.gather(1, scores.argmax(1, keepdim=True)).float().mean()
    return parts


def explore(
    model: PoseCLIP, asks: Asks, pool: Pool, rng: np.random.Generator, *, passes: int = 20, lr: float = 0.03
) -> np.ndarray:
    """Return what descents on the pose tower make of the poses that sentences like best, (m, 24, 3).

    Right or wrong, they are taken into the pool: a tower that has seen where its own gradient leads is not
    fooled there again (after Szegedy et al. 2013, "Intriguing properties of neural networks", who train on
    what their network mistakes).

    Args:
        model: text and pose towers as they are now.
        asks: the sentences; one wording of each is descended from.
        pool: where descents start, with fresh embeddings.
        rng: chooses wordings and starts.
        passes: of each descent.
        lr: step size of Adam, radians.
    """
    made = []
    for some in np.array_split(asks.usable, max(1, len(asks.usable) // 256)):
        wordings = [asks.sentences[k].texts for k in some]
        with torch.no_grad():
            u = F.normalize(model.embed_text([w[rng.integers(len(w))] for w in wordings]), dim=-1)
            best = (u @ pool.embeddings.T).topk(8, dim=1).indices.cpu().numpy()
        index = np.stack([row[rng.choice(8, 2, replace=False)] for row in best]).ravel()
        theta = torch.from_numpy(pool.theta[index % len(pool.theta)])
        mirrored = torch.from_numpy(index >= len(pool.theta))
        theta = torch.where(mirrored[:, None, None], mirror_pose(theta), theta)
        noise = torch.as_tensor(rng.standard_normal(theta.shape), dtype=torch.float32)
        theta = (theta + 0.02 * noise).requires_grad_()
        goal = u.repeat_interleave(2, 0)
        optimiser = torch.optim.Adam([theta], lr)
        for _ in range(passes):
            v = F.normalize(model.pose(theta).float(), dim=-1)
            cost = (1 - (v * goal).sum(-1)) + limit_violation(theta).square().sum((1, 2))
            # No gradient for the towers, which are in training.
            (theta.grad,) = torch.autograd.grad(cost.sum(), theta)
            optimiser.step()
        made.append(clamp_pose(theta.detach()).numpy())
    return np.concatenate(made)


def train_matching(run: Run, model: PoseCLIP, data: Captioned, sentences: Sequence[Sentence]) -> None:
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
    optimised = text_and_pose(run, model, config.match_lr, config.match_pose_lr)
    work: TextPose = optimised.work  # type: ignore[assignment]
    with torch.no_grad():  # hard choices need a lower temperature than a random batch
        work.log_scale.fill_(math.log(MATCH_SCALE))
    explored: list[str] = []

    def losses(step: int) -> dict[str, Tensor]:
        round_ = step // config.match_explore if config.match_explore else 0
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

    loop(run, "matching", optimised, config.match_steps, losses)
    model.requires_grad_(True)
