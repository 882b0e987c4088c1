"""Stage "sides": captions that the towers take for themselves with left and right exchanged in a clause.

Most such pairs are told apart long before, and in a plain training the few that are not drown among them. So
all pairs of the data are looked at once, the undecided ones are trained on, and everything else is asked to
stay where it is: other captions, the sentences, the poses. A part of the poses is pictured: the MLP embeds
what the image tower reads off as well as the truth, so that sides are told apart in pictures too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..body.joints import mirror_pose
from ..encoders.poseclip import PoseCLIP
from ..poses.captions import mirror_text
from .renders import Photographer
from .run import Ahead, Bar, Captioned, Run, loop, send
from .sentences import Sentence
from .text_pose import CHOICE_SCALE, TextPose, text_and_pose

UNDECIDED = 0.08
"""Difference of two cosines below which a choice counts as undecided."""
VIEWS = 5
"""Pictures of a pose, whose mean is looked at."""
STAY = 6_000
"""So many texts of each kind, and poses, are asked to stay."""


@dataclass
class Pairs:
    """Poses (rows of the data) with a caption each, and with itself with sides exchanged in one clause."""

    rows: np.ndarray
    right: list[str]
    wrong: list[str]

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def of(cls, data: Captioned) -> Pairs:
        """All pairs of the data."""
        rows, right, wrong = list[int](), list[str](), list[str]()
        for row, captions in enumerate(data.captions):
            for caption, wordings in zip(captions, data.exchanged[row]):
                rows += [row] * len(wordings)
                right += [caption] * len(wordings)
                wrong += wordings
        return cls(np.array(rows, int), right, wrong)

    def some(self, index: np.ndarray) -> Pairs:
        """The pairs of an index (k,)."""
        return Pairs(self.rows[index], [self.right[i] for i in index], [self.wrong[i] for i in index])


def unit_poses(work: TextPose, theta: Tensor) -> Tensor:
    """Unit embeddings (n,d) of poses (n,24,3)."""
    return F.normalize(work.pose(theta).float(), dim=-1)


@torch.no_grad()
def unit_texts(run: Run, model: PoseCLIP, work: TextPose, texts: Sequence[str], of: str) -> Tensor:
    """Unit embeddings (n,d) of texts, long ones with long ones, with progress."""
    order = np.argsort([len(text) for text in texts], kind="stable")
    parts = np.array_split(order, math.ceil(len(order) / 256))
    found = torch.empty(len(texts), model.dim, device=run.device)
    work.text.eval()
    with Bar(of, run.report) as bar:
        for k, part in enumerate(parts):
            ids, mask = model.tokenise([texts[i] for i in part])
            embedding = work.text(send(ids, run.device), send(mask, run.device)).float()
            found[torch.from_numpy(part).to(run.device)] = F.normalize(embedding, dim=-1)
            bar(k + 1, len(parts), math.nan)
    work.text.train()
    return found


@torch.no_grad()
def undecided(run: Run, model: PoseCLIP, work: TextPose, data: Captioned) -> Pairs:
    """The pairs of which the right one is not clearly ahead."""
    pairs = Pairs.of(data)
    theta = torch.from_numpy(data.theta)
    poses = torch.cat([unit_poses(work, part.to(run.device)) for part in theta.split(8192)])
    own = poses[torch.from_numpy(pairs.rows).to(run.device)]
    # The same caption is right in several pairs.
    texts = list(dict.fromkeys([*pairs.right, *pairs.wrong]))
    place = {text: k for k, text in enumerate(texts)}
    table = unit_texts(run, model, work, texts, "pairs")
    right, wrong = (
        (own * table[torch.tensor([place[t] for t in some], device=run.device)]).sum(1)
        for some in (pairs.right, pairs.wrong)
    )
    chosen = pairs.some(np.flatnonzero((right - wrong < UNDECIDED).cpu().numpy()))
    told = float((right > wrong).float().mean())
    run.log("pairs", 0, {"all": len(pairs), "undecided": len(chosen), "right": told})
    return chosen


@torch.no_grad()
def read_off(run: Run, model: PoseCLIP, theta: np.ndarray) -> Tensor:
    """What the image tower reads off pictures of poses (n,24,3): features (n,VIEWS,N_FEATURES)."""
    stage = Photographer(model.image_size, run.config.render_size, run.device)
    tower = model.image.eval()
    kind = tower.norm.weight.dtype
    found = []
    with Bar("looks", run.report) as bar:
        for start in range(0, len(theta), 32):
            rng = np.random.default_rng((run.config.seed, 52, start))
            shot, _ = stage.shoot(theta[start : start + 32], VIEWS, rng)
            images = shot.flatten(0, 1)[..., :3].permute(0, 3, 1, 2).to(kind) / 255
            found.append(tower.read(tower.look(images)[0]).float().unflatten(0, (-1, VIEWS)))
            bar(start + len(shot), len(theta), math.nan)
    return torch.cat(found)


def train_sides(run: Run, model: PoseCLIP, data: Captioned, sentences: Sequence[Sentence]) -> None:
    """Stage "sides". On return the towers hold the averaged weights, pose and image tower the same MLP."""
    config, device = run.config, run.device
    torch.manual_seed(config.seed + 6)
    optimised = text_and_pose(run, model, config.sides_lr, config.sides_pose_lr)
    work: TextPose = optimised.work  # type: ignore[assignment]
    theta = torch.from_numpy(data.theta)
    rng = np.random.default_rng((config.seed, 50))
    pairs = undecided(run, model, work, data)
    if not len(pairs):
        return
    said = [captions[rng.integers(len(captions))] for captions in data.captions]
    asked = [text for sentence in sentences for text in sentence.texts]
    texts = [some[i] for some in (said, asked) for i in rng.permutation(len(some))[:STAY]]
    there = unit_texts(run, model, work, texts, "staying")
    poses = theta[rng.permutation(len(theta))[:STAY]].to(device)
    posed = unit_poses(work, poses).detach()
    shown = rng.permutation(np.unique(pairs.rows))[: config.sides_pictured]
    seen = read_off(run, model, data.theta[shown])
    place = np.full(len(theta), -1)
    place[shown] = np.arange(len(shown))
    shown_at = unit_poses(work, theta[shown].to(device)).detach()
    pictured = np.flatnonzero(place[pairs.rows] >= 0)

    def draw(step: int) -> tuple[Tensor, ...]:
        rng = np.random.default_rng((config.seed, 51, step))
        n = min(config.sides_batch, len(pairs))
        index = rng.choice(len(pairs), n, replace=False)
        index[: n // 2] = rng.choice(pictured, n // 2)
        some = pairs.some(index)
        flip = rng.random(n) < 0.5
        flip[: n // 2] = False  # their pictures are not mirrored
        stay = rng.choice(len(texts), min(2 * n, len(texts)), replace=False)
        still = rng.choice(len(poses), min(8 * n, len(poses)), replace=False)
        wordings = [mirror_text(t) if f else t for t, f in zip([*some.right, *some.wrong], [*flip, *flip])]
        ids, mask = model.tokenise([*wordings, *(texts[i] for i in stay)])
        own = theta[some.rows]
        own = torch.where(torch.from_numpy(flip)[:, None, None], mirror_pose(own), own)
        noise = torch.as_tensor(rng.standard_normal(own.shape), dtype=torch.float32)
        index = place[some.rows[: n // 2]]
        made = (ids, mask, own + config.pose_noise * noise, *map(torch.from_numpy, (stay, still, index)))
        return tuple(send(value, device) for value in made)

    def losses(step: int) -> dict[str, Tensor]:
        ids, mask, own, stay, still, looked = ahead(step)
        n, half = len(own), len(looked)
        embedding = F.normalize(work.text(ids, mask).float(), dim=-1)
        pose = unit_poses(work, torch.cat([own, poses[still]]))
        views = work.pose.mlp(seen[looked].to(run.dtype).flatten(0, 1)).float()
        views = F.normalize(views.unflatten(0, (half, VIEWS)).mean(1), dim=-1)
        difference = embedding[:n] - embedding[n : 2 * n]
        ahead_by = torch.cat([(pose[:n] * difference).sum(1), (views * difference[:half]).sum(1)])
        return {
            "sides": F.softplus(-CHOICE_SCALE * ahead_by).mean(),
            "texts_stay": config.stay_weight * (1 - (embedding[2 * n :] * there[stay]).sum(1)).mean(),
            "poses_stay": config.stay_weight * (1 - (pose[n:] * posed[still]).sum(1)).mean(),
            "views_stay": config.stay_weight * 0.5 * (1 - (views * shown_at[looked]).sum(1)).mean(),
            "_right": (ahead_by[:n] > 0).float().mean(),
            "_right_views": (ahead_by[n:] > 0).float().mean(),
        }

    with Ahead(draw) as ahead:
        loop(run, "sides", optimised, config.sides_steps, losses)
    model.image.mlp.load_state_dict(model.pose.mlp.state_dict())
    model.requires_grad_(True)
