"""From a prompt to a pose: gradient descent on θ through body, renderer and encoder (paper section III).

A run has up to four steps, each left out where the settings say so:

1. start poses: zero, given, random, or those of the codebook that the prompt is nearest to;
2. a first descent of many of them on the encoder's pose tower alone, without pictures;
3. the descent of the best few on pictures, the pose tower and what keeps a pose human;
4. the choice among these by views that no pass has seen, and the body put on the ground.

The paper's settings are step 3 from the zero pose.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from .codebook import Codebook
from .descent import (
    LIMITS_TOLERANCE_DEG,
    Callback,
    Descent,
    Energy,
    Pass,
    Pose,
    Result,
    axis_angle,
    free_joints,
    limits_term,
    load_prior,
    start_poses,
    stay_term,
)
from .errors import UserError
from .objectives import prompt_loss
from .presets import PRESETS, Settings
from .prompts import build_prompt, scene_for
from .stage import Stage
from .views import random_cameras, random_colour, random_crops

if TYPE_CHECKING:
    from .body.smpl import SMPL
    from .encoders.protocol import Encoder
    from .render import Cameras

__all__ = [
    "LIMITS_TOLERANCE_DEG",
    "Callback",
    "Descent",
    "Energy",
    "Pass",
    "Pose",
    "PromptEnergy",
    "Result",
    "free_joints",
    "limits_term",
    "optimize",
    "optimize_batch",
    "planned_passes",
    "start_poses",
    "stay_term",
    "whole_prompt",
]

VIEWS_AT_ONCE = 60
"""Views of a batch with pictures: with a ViT-B/32 about 2.5 GB."""

STARTS_AT_ONCE = 1024
"""Poses of a batch without pictures."""


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
        The minimal-loss pose, or the one that held-back views chose. A run that Ctrl-C or a number that is
        not finite has stopped returns too, with the best pose so far: see ``Result.stopped``.

    Raises:
        UserError: an empty prompt or one too long for the encoder, an unknown joint to freeze, or a body,
            encoder, texture, start pose or device that is not there or cannot be read.
    """
    return _Search([prompt], settings, encoder, body, stage).find(slice(0, 1), callback)[0]


def optimize_batch(
    prompts: Sequence[str],
    settings: Settings = PRESETS["best"],
    done: Callable[[int, Result], Any] | None = None,
    encoder: Encoder | None = None,
    body: SMPL | None = None,
    stage: Stage | None = None,
) -> list[Result]:
    """Find the poses that many prompts describe, several at once.

    Every prompt gets what ``optimize`` gives it alone, up to rounding. Where a number that is not finite
    stops some prompts together, they are run one by one.

    Args:
        prompts: one or more, each as for ``optimize``.
        settings: of all of them.
        done: called as ``done(index, result)`` when a prompt is done, in order.
        encoder, body, stage: as for ``optimize``.

    Returns:
        One result for each prompt; after Ctrl-C those of the prompts that had begun.

    Raises:
        UserError: as ``optimize``, before any prompt is run.
    """
    if not prompts:
        return []
    search = _Search(prompts, settings, encoder, body, stage)
    results: list[Result] = []
    for first in range(0, len(prompts), search.at_once):
        some = slice(first, min(first + search.at_once, len(prompts)))
        found = search.find(some)
        if len(found) > 1 and any(result.stopped == "not finite" for result in found):
            found = [search.find(slice(i, i + 1))[0] for i in range(some.start, some.stop)]
        for result in found:
            results.append(result)
            if done is not None:
                done(len(results) - 1, result)
        if any(result.stopped == "interrupted" for result in found):
            break
    return results


def whole_prompt(prompt: str, settings: Settings) -> str:
    """Return the text that is embedded: the settings' scene, or the texture's, and the prompt."""
    return build_prompt(prompt, scene_for(settings.texture) if settings.scene is None else settings.scene)


def planned_passes(settings: Settings, encoder: Encoder) -> int:
    """Return how many passes a run has with an encoder: those of the pose tower alone are in it."""
    tower = settings.pose_tower_weight > 0 and any(
        hasattr(part, "embed_pose") for part in encoder_parts(encoder)
    )
    return settings.passes + (settings.tower_passes if tower else 0)


def encoder_parts(encoder: Encoder) -> tuple[Encoder, ...]:
    """Return the encoders whose objectives are added up: those of a ``Combined``, or the one itself."""
    return tuple(getattr(encoder, "parts", ())) or (encoder,)


class _Search:
    """What is loaded and embedded once for all prompts.

    Raises:
        UserError: see ``optimize``.
    """

    def __init__(
        self,
        prompts: Sequence[str],
        settings: Settings,
        encoder: Encoder | None,
        body: SMPL | None,
        stage: Stage | None,
    ) -> None:
        if not all(prompt.strip() for prompt in prompts):
            raise UserError(
                "The prompt is empty: describe the pose in a sentence, for example 'She is sitting.'"
            )
        self.settings = settings
        self.free = free_joints(settings)
        self.stage = stage or Stage(settings, body)
        if encoder is None:
            from .encoders.factory import load_encoder

            encoder = load_encoder(
                settings.encoder,
                str(self.stage.device),
                settings.encoder_dtype,
                resize=settings.encoder_resize,
            )
        self.encoder = encoder
        self.parts = encoder_parts(encoder)
        self.tower_passes = planned_passes(settings, encoder) - settings.passes
        with_tower = settings.pose_tower_weight > 0 and any(hasattr(p, "embed_pose") for p in self.parts)
        if settings.views_weight == 0 and not with_tower:
            raise UserError(
                "Nothing compares the body with the prompt: give views_weight, or pose_tower_weight with an "
                "encoder that has a pose tower (poseclip)"
            )
        self.texts = [whole_prompt(prompt, settings) for prompt in prompts]
        self.us = [self._embed(part) for part in self.parts]

    @torch.no_grad()
    def _embed(self, part: Encoder) -> Tensor:
        """Embed the prompts as (n, d): u, or ``|u| (u/|u| - w u₀/|u₀|)`` against a neutral prompt u₀.

        A change of the picture is then compared with the change that the words make. (Gal et al., "StyleGAN-
        NADA", 2021, compare such directions; Michel et al., "Text2Mesh", CVPR 2022, whose loop the paper
        follows, compare embeddings and augment the pictures.)
        """
        u = part.embed_text(self.texts)
        w = self.settings.neutral_weight
        if w == 0:
            return u
        neutral = part.embed_text([whole_prompt(self.settings.neutral, self.settings)])
        return u.norm(dim=-1, keepdim=True) * (normalize(u, dim=-1) - w * normalize(neutral, dim=-1))

    @property
    def at_once(self) -> int:
        """How many prompts go into one batch."""
        settings = self.settings
        if settings.coordinate_descent or settings.scheduler == "plateau":
            return 1  # their random choices and their step sizes are those of one run
        views = settings.starts * (settings.views_per_pass or len(settings.camera_azimuths()))
        starts = max(settings.tower_starts, settings.starts)
        return max(1, min(VIEWS_AT_ONCE // views, STARTS_AT_ONCE // starts))

    def find(self, some: slice, callback: Callback | None = None) -> list[Result]:
        """Run some of the prompts as one batch."""
        began = time.perf_counter()
        settings, stage = self.settings, self.stage
        texts, us = self.texts[some], [u[some] for u in self.us]
        n = len(texts)
        generator = torch.Generator().manual_seed(settings.seed)
        k = max(settings.tower_starts, settings.starts) if self.tower_passes else settings.starts
        start = self._starts(us, k, generator)
        energy = PromptEnergy(us, self.parts, settings, stage, start)
        earlier: list[list[Pass]] = [[] for _ in range(n * k)]
        before = None
        if self.tower_passes:
            part = settings.replace(passes=self.tower_passes, lr=settings.tower_lr)
            before = Descent(
                energy.without_pictures(), start, part, free=self.free, generator=generator, began=began
            ).run(callback)
            if before.stopped:
                return self._results(before, texts, k, began, earlier)
            rows, kept = self._best_starts(before, n)
            start = Pose(kept.theta[rows], kept.betas[rows], kept.transl[rows]).to(stage.device)
            energy = energy.of_rows(rows)
            earlier = [[before.record(row, i) for i in range(len(before.moments))] for row in rows]
            k = settings.starts
        noisy = any(
            getattr(settings, name)
            for name in ("views_per_pass", "azimuth_jitter", "elevation_jitter", "fov_jitter", "crop",
                         "background_jitter")
        )  # fmt: skip
        descent = Descent(
            energy if settings.views_weight else energy.without_pictures(),
            start,
            settings,
            free=self.free,
            generator=generator,
            first=len(before.moments) if before is not None else 0,
            began=began,
            keep="last" if noisy else "least",
        ).run(callback)
        scores = None
        if settings.held_back and k > 1 and not descent.stopped:
            scores = self._judge(descent, energy)
        return self._results(descent, texts, k, began, earlier, scores)

    def _starts(self, us: list[Tensor], k: int, generator: torch.Generator) -> Pose:
        """Return k start poses of each prompt, prompt after prompt."""
        n = len(us[0])
        if self.settings.init != "retrieval":
            # Every prompt has the starts that it would have alone.
            state = generator.get_state()
            poses = []
            for _ in range(n):
                generator.set_state(state)
                poses.append(start_poses(self.settings, self.stage, k, self.free, generator))
            return Pose(*(torch.cat(parts) for parts in zip(*((p.theta, p.betas, p.transl) for p in poses))))
        stage = self.stage
        theta = retrieve(
            us, k, self.encoder, stage, self.free, self.settings.codebook, self.settings.start_distance
        )
        theta = theta.flatten(0, 1).to(stage.device, stage.body.dtype)
        return Pose(theta, stage.betas.expand(n * k, -1).clone(), theta.new_zeros(n * k, 3))

    def _best_starts(self, descent: Descent, n: int) -> tuple[list[int], Pose]:
        """Return the rows of each prompt's best and different poses, prompt after prompt, and all poses."""
        kept, losses = descent.kept(), descent.best_losses().view(n, -1)
        joints = centred_joints(self.stage, kept.theta).unflatten(0, (n, -1))
        rows = []
        for i, (loss, at) in enumerate(zip(losses, joints)):
            order = loss.argsort()
            chosen = spread(at[order], self.settings.starts, self.settings.start_distance)
            rows += [i * losses.shape[1] + int(order[j]) for j in chosen]
        return rows, kept

    @torch.no_grad()
    def _judge(self, descent: Descent, energy: PromptEnergy) -> Tensor | None:
        """Return what each start's kept pose costs in views that no pass has seen; None if interrupted."""
        cameras = self.stage.cameras_at(self.settings.held_back)
        try:
            terms = energy.in_view_of(cameras)(descent.kept().to(self.stage.device), 0)
        except KeyboardInterrupt:
            descent.stopped, descent.stopped_pass = "interrupted", descent.first + len(descent.moments)
            descent.message = "Interrupted after the last pass; the pose with the least loss is kept."
            return None
        return torch.stack(list(terms.values())).sum(0).cpu()

    def _results(
        self,
        descent: Descent,
        texts: list[str],
        k: int,
        began: float,
        earlier: list[list[Pass]],
        scores: Tensor | None = None,
    ) -> list[Result]:
        """Return each prompt's best pose."""
        results = []
        for i, text in enumerate(texts):
            rows = list(range(i * k, (i + 1) * k))
            if scores is not None:
                rows = [rows[int(scores[rows].argmin())]]
            elif descent.moments:
                rows = [rows[int(descent.best_losses()[rows].argmin())]]
            result = descent.result(
                self.stage, self.settings, prompt=text, among=rows, earlier=earlier[rows[0]]
            )
            of_all = scores if scores is not None else (descent.best_losses() if descent.moments else None)
            result = dataclasses.replace(
                result,
                start_losses=[] if of_all is None else of_all[i * k : (i + 1) * k].tolist(),
                seconds=(time.perf_counter() - began) / len(texts),
            )
            results.append(on_the_ground(result, self.stage) if self.settings.rest_on_ground else result)
        return results


def retrieve(
    us: Sequence[Tensor],
    k: int,
    encoder: Encoder,
    stage: Stage,
    free: Tensor,
    size: int = 0,
    least: float = 0.0,
) -> Tensor:
    """Return the k poses (n, k, 24, 3) of the codebook that n prompts are nearest to, best first.

    Frozen joints are zero; where the encoder has a pose tower, poses are ranked as they are without them.

    Args:
        us: the prompts' embeddings (n, d), one for each part of the encoder.
        k: how many; poses come twice only where the codebook has fewer.
        encoder: of the codebook's index.
        stage: the body, and its looks where the index is made of pictures.
        free: (24,) joints that move.
        size: how many poses of the codebook, see ``Codebook.load``.
        least: metres that the poses are apart at least, as far as there are such.
    """
    book = Codebook.load(encoder, stage, size=size)
    u = torch.cat([normalize(u.float().cpu(), dim=-1) for u in us], -1)
    pool = max(8 * k, 256 if bool(free.all()) else 1024)
    ranked = book.nearest(u, pool)
    found = []
    parts = encoder_parts(encoder)
    for own, row in zip(u, ranked):
        theta = torch.where(free[:, None].cpu(), book.theta[row], 0.0)
        if not free.all() and all(hasattr(part, "embed_pose") for part in parts):
            with torch.no_grad():
                v = [normalize(part.embed_pose(theta).float().cpu(), dim=-1) for part in parts]  # type: ignore[attr-defined]
            theta = theta[(torch.cat(v, -1) @ own).argsort(descending=True)]
        found.append(theta[spread(centred_joints(stage, theta), k, least)])
    return torch.stack(found)


@torch.no_grad()
def centred_joints(stage: Stage, theta: Tensor) -> Tensor:
    """Return the joints (B, 24, 3) of poses about their pelvis, metres, on the CPU."""
    joints = stage.body.joints(theta.to(stage.device), stage.betas).cpu()
    return joints - joints[:, :1]


def spread(joints: Tensor, k: int, least: float) -> list[int]:
    """Return the first k rows of joints (N, 24, 3) that are all ``least`` metres (mean of the joints) apart.

    Where there are fewer, the first of the others follow; where there are none, they come again.
    """
    chosen: list[int] = []
    for i in range(len(joints)):
        if len(chosen) == k:
            break
        if not chosen or (joints[chosen] - joints[i]).norm(dim=-1).mean(-1).min() >= least:
            chosen.append(i)
    others = [i for i in range(len(joints)) if i not in set(chosen)]
    chosen += others[: k - len(chosen)]
    return [chosen[i % len(chosen)] for i in range(k)]


def on_the_ground(result: Result, stage: Stage) -> Result:
    """Return the result with the body's lowest vertex at the height of the T-pose's soles."""
    from .priors.ground import rest

    with torch.no_grad():
        device = stage.device
        betas = result.betas[None].to(device)
        theta, transl = result.theta[None].to(device), result.transl[None].to(device)
        soles = stage.body(betas=betas).vertices[..., 1].amin()
        lift = rest(stage.body(theta, betas=betas, transl=transl).vertices, soles).cpu()[0]
        up = torch.stack([lift * 0, lift, lift * 0])
    return dataclasses.replace(result, transl=result.transl + up, joints=result.joints + up)


class PromptEnergy:
    """What poses cost beside their prompts: the parts of the loss by name, weighted.

    The objective compares pictures with prompts (paper sections III-B and VI-A), the pose tower θ itself;
    the others know no prompt: human limits, the pull to the start, contacts of the start that are lost,
    balance, limbs inside each other, and the learned prior.

    Args:
        us: the prompts' embeddings (n, d), one for each encoder in sum.
        parts: these encoders.
        settings: objective and weights.
        stage: body, looks and cameras.
        start: the poses (B = n · k) that the descent starts from, prompt after prompt.
    """

    def __init__(
        self, us: Sequence[Tensor], parts: Sequence[Encoder], settings: Settings, stage: Stage, start: Pose
    ) -> None:
        self.us = [u.repeat_interleave(len(start) // len(u), 0) for u in us]
        self.parts = parts
        self.settings = settings
        self.stage = stage
        self.anchor = start.theta
        self.cameras: Cameras | None = None
        self.pictures = True
        self.touching: Tensor | None = None
        self._few: SMPL | None = None
        if settings.contact_weight > 0 or settings.balance_weight > 0:
            from .priors import ground

            self._index = (
                torch.cat(list(ground.contact_vertices(stage.body).values())).unique().to(stage.device)
            )
            self._few = stage.body.only(self._index)
            with torch.no_grad():
                self.touching = ground.touching(self._contacts(start), settings.contact_reach)

    def _copy(self, **changes: Any) -> PromptEnergy:
        other = object.__new__(PromptEnergy)
        other.__dict__ = {**self.__dict__, **changes}
        return other

    def without_pictures(self) -> PromptEnergy:
        """Return the same without the views."""
        return self._copy(pictures=False)

    def of_rows(self, rows: Sequence[int]) -> PromptEnergy:
        """Return the same for some of the poses."""
        touching = None if self.touching is None else self.touching[rows]
        us = [u[rows] for u in self.us]
        return self._copy(us=us, anchor=self.anchor[rows], touching=touching)

    def in_view_of(self, cameras: Cameras) -> PromptEnergy:
        """Return the same before other cameras, without what is random and without the pull to the start."""
        return self._copy(
            cameras=cameras,
            pictures=self.settings.views_weight > 0,
            settings=self.settings.replace(stay_weight=0.0, crop=0.0, background_jitter=0.0),
        )

    def __call__(self, pose: Pose, index: int) -> dict[str, Tensor]:
        """Return the terms (B,) by name."""
        settings = self.settings
        terms: dict[str, Tensor] = {}
        vertices = None
        if self.pictures:
            vertices = self.stage.body(pose.theta, betas=pose.betas, transl=pose.transl).vertices
            terms[settings.objective] = settings.views_weight * self._compare(vertices, index)
        return {
            **terms,
            **self._tower_term(pose),
            **limits_term(pose.theta, settings.limits_weight),
            **stay_term(pose.theta, self.anchor, settings.stay_weight),
            **self._body_terms(pose, vertices),
        }

    def _compare(self, vertices: Tensor, index: int) -> Tensor:
        settings = self.settings
        cameras = self.cameras or random_cameras(self.stage, settings, index)
        colour = random_colour(settings, index)
        rgb = self.stage.draw(vertices, cameras=cameras, background=colour, centre=settings.centre).rgb
        rgb = random_crops(rgb, len(vertices), settings, index)
        loss: Tensor | float = 0.0
        for part, u in zip(self.parts, self.us):
            v = part.embed_image(rgb).unflatten(0, (len(vertices), -1))
            loss = loss + prompt_loss(
                v, u, objective=settings.objective, aggregate=settings.aggregate, ip_lambda=settings.ip_lambda
            )
        assert isinstance(loss, Tensor)
        return loss

    def _tower_term(self, pose: Pose) -> dict[str, Tensor]:
        """Return ``weight · L(u, p(θ))``, p the encoder's tower over poses; nothing where it has none.

        PoseCLIP embeds θ itself in the space of texts and pictures. It knows sides and joints that pictures
        of a few views leave open, and costs next to nothing; pictures keep it to what can be seen.
        """
        settings = self.settings
        if settings.pose_tower_weight == 0:
            return {}
        losses = [
            prompt_loss(
                tower(axis_angle(pose.theta)).unsqueeze(-2),
                u,
                objective=settings.objective,
                ip_lambda=settings.ip_lambda,
            )
            for part, u in zip(self.parts, self.us)
            if (tower := getattr(part, "embed_pose", None)) is not None
        ]
        return {"pose-tower": settings.pose_tower_weight * torch.stack(losses).sum(0)} if losses else {}

    def _body_terms(self, pose: Pose, vertices: Tensor | None) -> dict[str, Tensor]:
        """Return what the ground, the body's own thickness and the learned prior have to say."""
        settings = self.settings
        terms = {}
        joints = None
        if settings.balance_weight > 0 or settings.penetration_weight > 0:
            joints = self.stage.body.joints(pose.theta, pose.betas, pose.transl)
        if self.touching is not None:
            from .priors import ground

            points = self._contacts(pose, vertices)
            if settings.contact_weight > 0:
                terms["contact"] = settings.contact_weight * ground.contact_loss(points, self.touching)
            if settings.balance_weight > 0:
                assert joints is not None
                terms["balance"] = settings.balance_weight * ground.balance_loss(
                    joints, points, self.touching
                )
        if settings.penetration_weight > 0:
            from .priors.self_penetration import penetration

            assert joints is not None
            terms["penetration"] = settings.penetration_weight * penetration(joints)
        if settings.prior_weight > 0:
            prior = load_prior(str(self.stage.device))
            terms["prior"] = settings.prior_weight * prior.score(axis_angle(pose.theta))
        return terms

    def _contacts(self, pose: Pose, vertices: Tensor | None = None) -> Tensor:
        """Return the contact points (B, K, 3), from the few vertices that make them where none are posed."""
        from .priors import ground

        if vertices is None:
            assert self._few is not None
            few = self._few(pose.theta, betas=pose.betas, transl=pose.transl).vertices
            # The others are not looked at; a number that is not finite would show if they were.
            empty = few.new_full((len(few), len(self.stage.body.v_template), 3), torch.nan)
            vertices = empty.index_copy(1, self._index, few)
        return ground.contact_points(self.stage.body, vertices)
