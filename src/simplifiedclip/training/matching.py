"""Stage "matching": sentences against all poses of a pool that do what they say.

A caption knows one pose that it describes; of the others nobody knows whether it describes them too. The
sentences of `simplifiedclip.training.sentences` come with checks, so here every pose of a large pool is known
to be right or wrong for each of them. A step contrasts sentences with right poses, with the wrong poses that
they like best just now (of the whole pool) and with each other's, beside captions as in stage 1.
"""

from __future__ import annotations

import contextlib
import math
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..body.joints import mirror_pose
from ..body.limits import clamp_pose, limit_violation
from ..encoders.poseclip import N_FEATURES, PoseCLIP
from ..poses.captions import mirror_text
from ..poses.posecodes import measure
from .compose import SLACK, compose_rare, effort
from .config import TrainConfig
from .renders import worker_count
from .run import Ahead, Bar, Captioned, Run, hash_seed, loop, send
from .sentences import Sentence, read_check, which
from .text_pose import TextBatch, TextBatches, TextPose, contrast, text_and_pose
from .wording import vary

CHUNK = 20_000
"""Poses embedded together."""
MEASURED = 4_096
"""Poses measured together, a multiple of eight."""
MATCH_SCALE = 20.0
"""Inverse temperature at the start."""
SHAKES = 2
"""So many times a pose is shaken."""
_BITS = (128, 64, 32, 16, 8, 4, 2, 1)


class Pool:
    """Poses and their mirror images: pose i of n is mirrored at n + i.

    Checks have limits, and what is a degree beside one is neither right nor wrong to a person. So poses are
    shaken a little: clearly right is what passes all the same, clearly wrong what fails all the same.

    Attributes:
        theta: (n, 24, 3) the poses; n is a multiple of 8, what is left over is left out.
        features: (2, n, N_FEATURES) whitened features of the poses and of their mirror images.
        right, clear, possible: (2, sentences, n/8) uint8, bits: which poses do what each sentence says, do
            it also when shaken, or do it now or when shaken.
        effort: (2n,) how far each body is from standing with hanging arms, radians squared.
        least, middle: (sentences,) that effort at the 2 % and the 50 % of a sentence's right poses.
        embeddings: (2n, d) unit embeddings, as old as the last `refresh`.
    """

    def __init__(self, model: PoseCLIP, sentences: Sequence[Sentence], workers: int = 1) -> None:
        self._tower, self._sentences, self._workers = model.pose, sentences, workers
        device = self.device = model.device
        self.theta = np.zeros((0, 24, 3), np.float32)
        self.features = torch.empty(2, 0, N_FEATURES, device=device)
        self.right, self.clear, self.possible = torch.empty(
            3, 2, len(sentences), 0, dtype=torch.uint8, device=device
        )
        self.effort = self.least = self.middle = torch.empty(0, device=device)
        self.embeddings = torch.empty(0, model.dim, device=device)

    def __len__(self) -> int:
        return 2 * len(self.theta)

    @torch.no_grad()
    def extend(self, theta: np.ndarray, progress: Callable[[int, int], None] | None = None) -> None:
        """Measure poses (m,24,3) and their mirror images against all sentences, and take them in.

        `progress` is called with how many of how many parts are measured.
        """
        theta = np.asarray(theta[: len(theta) // 8 * 8], np.float32)
        if not len(theta):
            return
        both = np.stack([theta, mirror_pose(torch.from_numpy(theta)).numpy()])
        features = [self._tower.whitened(part.to(self.device)) for part in _parts(both, CHUNK)]
        bits = self._judged(both, len(self.theta), progress).to(self.device)
        self.right, self.clear, self.possible = (
            torch.cat([before, more], 2)
            for before, more in zip((self.right, self.clear, self.possible), bits.unbind(1))
        )
        work = torch.from_numpy(effort(theta.astype(float)).astype(np.float32)).to(self.device)
        self.effort = torch.cat([self.effort[: len(self.theta)], work]).repeat(2)
        self.theta = np.concatenate([self.theta, theta])
        self.features = torch.cat([self.features, torch.cat(features).view(2, len(theta), -1)], 1)
        self._find_middle()

    def _judged(self, both: np.ndarray, offset: int, progress: Callable[[int, int], None] | None) -> Tensor:
        """Bits (2, 3, sentences, m/8) of poses and mirror images (2,m,24,3): right, clear, possible."""
        m = both.shape[1]
        jobs = [
            (both[side, start : start + MEASURED], (0, side, offset + start))
            for side in (0, 1)
            for start in range(0, m, MEASURED)
        ]
        judged: list[np.ndarray] = []
        with contextlib.ExitStack() as stack:
            if self._workers > 1 and len(jobs) > 1:
                context = multiprocessing.get_context("spawn")
                rules = [sentence.rule for sentence in self._sentences]
                pool = ProcessPoolExecutor(self._workers, context, _remember, (rules,))
                made = stack.enter_context(pool).map(_judge_remembered, jobs)
            else:
                made = (_judge(self._sentences, *job) for job in jobs)
            for bits in made:
                judged.append(bits)
                if progress is not None:
                    progress(len(judged), len(jobs))
        half = len(jobs) // 2
        return torch.from_numpy(np.stack([np.concatenate(judged[k : k + half], 2) for k in (0, half)]))

    def _find_middle(self) -> None:
        work, order = self.effort.sort()
        found = []
        for numbers in torch.arange(len(self._sentences), device=self.device).split(64):
            right, _ = self.told_apart(numbers, torch.zeros_like(numbers))
            count = right[:, order].cumsum(1, dtype=torch.int32)
            places = torch.cat([count[:, -1:] * share for share in (0.02, 0.5)], 1).ceil().int().clamp(min=1)
            found.append(work[torch.searchsorted(count, places).clamp(max=len(work) - 1)])
        self.least, self.middle = torch.cat(found).unbind(1)

    def passing(self, numbers: Tensor, mirrored: Tensor) -> Tensor:
        """Return which poses (k, 2n) do what sentences (k,) say; their mirrored wordings where that is 1."""
        return _unpack(self.right, numbers, mirrored)

    def counts(self) -> np.ndarray:
        """Return how many of the poses, mirror images apart, do what each sentence says: (sentences,)."""
        return np.unpackbits(self.right[0].cpu().numpy(), axis=1).sum(1, dtype=int)

    def told_apart(self, numbers: Tensor, mirrored: Tensor) -> tuple[Tensor, Tensor]:
        """Return which poses (k, 2n) are clearly right (right, where none is clearly), and clearly wrong."""
        clear = _unpack(self.clear, numbers, mirrored)
        right = torch.where(clear.any(1, keepdim=True), clear, self.passing(numbers, mirrored))
        return right, ~_unpack(self.possible, numbers, mirrored)

    @torch.no_grad()
    def refresh(self, mlp: torch.nn.Module) -> None:
        """Embed all poses anew."""
        kind = next(mlp.parameters()).dtype
        parts = [mlp(part.to(kind)).float() for part in self.features.flatten(0, 1).split(CHUNK)]
        self.embeddings = F.normalize(torch.cat(parts), dim=-1)


def _parts(poses: np.ndarray, size: int) -> tuple[Tensor, ...]:
    return torch.from_numpy(poses).flatten(0, 1).split(size)


def _judge(
    sentences: Sequence[Sentence], theta: np.ndarray, seed: tuple[int, ...], threads: int | None = None
) -> np.ndarray:
    """Bits (3, sentences, m/8) of poses (m,24,3): right, clear, possible."""
    rng = np.random.default_rng(seed)
    right = which(sentences, measure(theta), threads)
    clear, possible = right.copy(), right.copy()
    for _ in range(SHAKES):
        shaken = which(sentences, measure(theta + rng.normal(0, SLACK, theta.shape)), threads)
        clear &= shaken
        possible |= shaken
    return np.packbits(np.stack([right, clear, possible]), axis=2)


_remembered: list[Sentence] = []


def _remember(rules: list[str]) -> None:
    """In a process that measures: read the checks, which cannot be sent."""
    torch.set_num_threads(1)
    _remembered[:] = [Sentence(rule, read_check(rule), (), "") for rule in rules]


def _judge_remembered(job: tuple[np.ndarray, tuple[int, ...]]) -> np.ndarray:
    return _judge(_remembered, *job, threads=1)


def _unpack(packed: Tensor, numbers: Tensor, mirrored: Tensor) -> Tensor:
    both = torch.cat([packed[mirrored, numbers], packed[1 - mirrored, numbers]], 1)
    return (both[..., None] & both.new_tensor(_BITS)).bool().flatten(1)


@dataclass
class Asked:
    """One step's sentences.

    Attributes:
        texts: wordings, n of them.
        numbers: (n,) which sentences they are of.
        mirrored: (n,) 1 where it is the mirrored wording.
    """

    texts: list[str]
    numbers: Tensor
    mirrored: Tensor


class Asks:
    """Draws sentences by step number; those that no pose of the pool does are left out."""

    def __init__(self, sentences: Sequence[Sentence], pool: Pool, config: TrainConfig) -> None:
        self.sentences, self.pool, self.config = sentences, pool, config
        self.usable = pool.right.any(2).any(0).nonzero()[:, 0].cpu().numpy()

    def __call__(self, step: int) -> Asked:
        config = self.config
        rng = np.random.default_rng((config.seed, 31, step))
        chosen = self.usable[rng.choice(len(self.usable), min(config.match_batch, len(self.usable)), False)]
        texts, numbers, mirrored = list[str](), list[int](), list[int]()
        for number in chosen:
            sentence = self.sentences[number]
            text = vary(sentence.texts[rng.integers(len(sentence.texts))], config.scene_share, rng)
            for flip, wording in enumerate(dict.fromkeys((text, mirror_text(text)))):
                texts.append(wording)
                numbers.append(int(number))
                mirrored.append(flip)
        return Asked(texts, torch.tensor(numbers), torch.tensor(mirrored))

    def draw(self, right: Tensor, numbers: Tensor, step: int) -> Tensor:
        """Draw of right poses (n, 2m) of sentences (n,), those that do little else more often: (n, k)."""
        pool = self.pool
        least, middle = pool.least[numbers, None], pool.middle[numbers, None]
        surplus = (pool.effort - least).clamp_(min=0) / (middle - least).clamp(min=0.3)
        weight = surplus.mul_(-1.5).exp_() * right
        generator = torch.Generator(weight.device).manual_seed(hash_seed(self.config.seed, "draw", step))
        return torch.multinomial(weight, self.config.match_positives, True, generator=generator)


def hard_poses(text: Tensor, wrong: Tensor, pool: Pool, count: int, first: int) -> Tensor:
    """Return wrong poses (n, count) that texts (n, d) like best, of every eighth of the pool.

    The very best of all are those that only just miss; a part of the pool has mistakes of every kind.
    """
    some = slice(first, None, 8)
    with torch.no_grad():
        scores = F.normalize(text.detach(), dim=-1) @ pool.embeddings[some].T
        scores.masked_fill_(~wrong[:, some], -2.0)
        return first + 8 * scores.topk(min(count, scores.shape[1]), dim=1).indices


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
        loss = (F.softplus(against - s) * r).sum(1)
        count = r.sum(1)
        parts[name] = (loss / count.clamp(min=1)).sum() / (count > 0).sum().clamp(min=1)
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
    tower, device = model.pose, model.device
    together = 256 if device.type == "cpu" else 4096
    for some in np.array_split(asks.usable, max(1, len(asks.usable) // together)):
        wordings = [asks.sentences[k].texts for k in some]
        with torch.no_grad():
            u = F.normalize(model.embed_text([w[rng.integers(len(w))] for w in wordings]), dim=-1)
            best = (u @ pool.embeddings.T).topk(8, dim=1).indices.cpu().numpy()
        index = np.stack([row[rng.choice(8, 2, replace=False)] for row in best]).ravel()
        theta = torch.from_numpy(pool.theta[index % len(pool.theta)])
        mirrored = torch.from_numpy(index >= len(pool.theta))
        theta = torch.where(mirrored[:, None, None], mirror_pose(theta), theta)
        noise = torch.as_tensor(rng.standard_normal(theta.shape), dtype=torch.float32)
        theta = (theta + 0.02 * noise).to(device).requires_grad_()
        goal = u.repeat_interleave(2, 0)
        optimiser = torch.optim.Adam([theta], lr)
        for _ in range(passes):
            v = F.normalize(tower(theta).float(), dim=-1)
            cost = (1 - (v * goal).sum(-1)) + limit_violation(theta).square().sum((1, 2))
            # No gradient for the towers, which are in training.
            (theta.grad,) = torch.autograd.grad(cost.sum(), theta)
            optimiser.step()
        made.append(clamp_pose(theta.detach().cpu()).numpy())
    return np.concatenate(made)


def train_matching(run: Run, model: PoseCLIP, data: Captioned, sentences: Sequence[Sentence]) -> None:
    """Stage "matching", see `simplifiedclip.training.matching`. Ends as `train_text` does."""
    config, device = run.config, run.device
    torch.manual_seed(config.seed + 4)
    pool = Pool(model, sentences, worker_count(config.workers))

    def extend(theta: np.ndarray) -> None:
        with Bar("pool", run.report) as bar:
            pool.extend(theta, lambda done, total: bar(done, total, math.nan))

    extend(np.concatenate([data.theta, run.codebook()]))
    rng = np.random.default_rng((config.seed, 30))
    counts, least = pool.counts(), config.match_least
    extend(run.kept("composed", lambda: compose_rare(sentences, counts, pool.theta, rng, least=least)))
    asks = Asks(sentences, pool, config)
    captions = replace(config, text_batch=config.match_captions, extra_poses=config.match_extra)
    batches = TextBatches(data, model, captions)
    optimised = text_and_pose(run, model, config.match_lr, config.match_pose_lr)
    work: TextPose = optimised.work  # type: ignore[assignment]
    with torch.no_grad():  # hard choices need a lower temperature than a random batch
        work.log_scale.fill_(math.log(min(MATCH_SCALE, config.match_scale)))
    explored = 0

    def draw(step: int) -> tuple[TextBatch, Asked, Tensor, Tensor]:
        asked = asks(step)
        return batches(step), asked, *model.tokenise(asked.texts)

    def losses(step: int) -> dict[str, Tensor]:
        nonlocal explored
        while explored < (step // config.match_explore if config.match_explore else 0):
            pool.refresh(work.pose.mlp)
            chance = np.random.default_rng((config.seed, 33, explored))
            explored += 1
            extend(run.kept(f"explored-{explored}", partial(explore, model, asks, pool, chance)))
            pool.embeddings = pool.embeddings[:0]
        if not len(pool.embeddings) or step % config.checkpoint_every == 0:
            pool.refresh(work.pose.mlp)
        batch, asked, ids, mask = ahead(step)
        batch, numbers = batch.to(device), send(asked.numbers, device)
        right, wrong = pool.told_apart(numbers, send(asked.mirrored, device))
        captioned = work.text(batch.ids, batch.mask).float()
        text = work.text(send(ids, device), send(mask, device)).float()
        first = int(np.random.default_rng((config.seed, 32, step)).integers(8))
        hard = hard_poses(text, wrong, pool, config.match_hard, first)
        chosen = torch.cat([asks.draw(right, numbers, step).flatten(), hard.flatten()]).unique()
        drawn = work.pose(batch.theta).float()
        pose = work.pose.mlp(pool.features.flatten(0, 1)[chosen].to(run.dtype)).float()
        scale = work.log_scale.float().exp().clamp(max=config.match_scale)
        parts = match(text, pose, right[:, chosen], wrong[:, chosen], scale)
        told = contrast(captioned, drawn, batch, scale, config.twin_weight)
        return parts | {k: v if k[0] == "_" else config.caption_weight * v for k, v in told.items()}

    with Ahead(draw) as ahead:
        loop(run, "matching", optimised, config.match_steps, losses)
    model.requires_grad_(True)
