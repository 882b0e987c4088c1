"""From pictures to a pose: the body fitted to views of a known pose (paper section VIII-A, figure 9)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import roma
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from .body.joints import MIRROR, mirror_pose, resolve_joints
from .body.limits import clamp_pose, random_poses
from .descent import axis_angle
from .errors import UserError
from .optimize import (
    Callback,
    Descent,
    Energy,
    Pose,
    Result,
    free_joints,
    limits_term,
    start_poses,
    stay_term,
)
from .presets import FIT_PRESETS, FitSettings
from .stage import Stage

if TYPE_CHECKING:
    from .body.smpl import SMPL

Stopped = Literal["interrupted", "not finite"]

PYRAMID_LEVELS = 5
"""Levels of the image pyramid, each with half the pixels a side of the one before."""

LEVEL_GAIN = 2.0
"""Weight of a level over that of the one before: differences shrink as pixels widen, and would count less."""

CHROMA_GAIN = 3.0
"""Weight of colour over lightness: bare arms before a shirt differ from it in little else."""

SEARCH_PASSES = 16
"""Passes in which tried limbs settle before they are judged."""

SETTLING_PASSES = 15
"""Passes on large pictures in which the whole body settles, at the start and once a limb is elsewhere."""

PULLED = ("torso", "head", "left_collar", "right_collar", "left_hip", "right_hip", "hands", "feet")
"""Joints that are pulled straight: those that pictures leave open, and not the long ones that they show."""

LIMBS = (
    ("arm", ("elbow",), ("wrist", "hand"), 24),
    ("arm", ("shoulder", "elbow"), ("wrist", "hand"), 48),
    ("leg", ("hip", "knee"), ("ankle", "foot"), 32),
)
"""Limbs that are tried elsewhere: the joints that turn, those that come along straight, and how often."""

LEGS_EVERY = 3
"""Every so many rounds of the search the legs are tried the other way round."""

EXCHANGE_PASSES = 30
"""Passes in which the body follows exchanged legs, which are far from the target until it has."""

RESTART_PASSES = 48
"""Passes on small pictures in which other starts of a fit that has failed show which is the best."""

REACH_PASSES = 50
"""Passes, without pictures, in which arms reach for each other's places."""

RESTART_ARMS = 16
"""Ways in which arms are looked for that reach for each other's places; the best quarter is drawn."""

SEARCH_SPREAD = 0.8
"""Standard deviation in radians of the angles of a limb that is tried around where it is."""

PROBE_SIZE = 56
"""Side in pixels of pictures that only have to tell a good guess from a bad one."""

BACKGROUND_NOISE = 0.03
"""A background's pixels are within this of its colour; what is beyond twice this is the body."""

BORDER_SHARE = 0.3
"""The body may touch the border of a picture, but not cover more of it than this."""


@dataclass(frozen=True)
class Targets:
    """Pictures of one body in one pose, one per camera.

    Attributes:
        images: (C, 4, H, W) RGBA in 0..1: colours with the background in them, alpha where the body is. In
            `fit_batch`, (B, C, 4, H, W).
        background: (C, 3) colour behind the body, or (B, C, 3).
        betas: (10,) shape where it is known, else None.
        theta: (24, 3) the pose itself where it is known, else None.
    """

    images: Tensor
    background: Tensor
    betas: Tensor | None = None
    theta: Tensor | None = None

    @classmethod
    def of_pose(cls, theta: Tensor, stage: Stage, betas: Tensor | None = None) -> Targets:
        """Render a known pose, the paper's θ̃, from the stage's cameras (figure 9).

        Args:
            theta: (24, 3) axis-angle in radians.
            stage: body and cameras.
            betas: (10,) shape; the stage's if left out.
        """
        theta = torch.as_tensor(theta, dtype=stage.body.dtype, device=stage.device)
        shape = stage.betas[0] if betas is None else torch.as_tensor(betas).to(stage.betas)
        with torch.no_grad():
            images = stage.render(theta[None], shape[None]).image[0]
        background = torch.ones(len(images), 3, device=stage.device)
        return cls(images, background, shape, theta)

    @classmethod
    def from_pictures(cls, paths: Sequence[str | Path], stage: Stage) -> Targets:
        """Read one picture per camera, in the order of the cameras, and bring them to the stage's size.

        Transparent pixels (RGBA) tell where the body is not. A picture without them must have a background of
        one colour, which is what most of its border has; what differs from it is the body.

        Raises:
            UserError: not one picture per camera, or a picture that cannot be read, is not square, has
                neither three nor four channels, or has no plain background.
        """
        if len(paths) != len(stage.cameras):
            raise UserError(
                f"There are {len(stage.cameras)} cameras but {len(paths)} pictures: give one for each camera "
                "(--cameras), in their order"
            )
        views = [_read_picture(Path(path), stage.settings.image_size) for path in paths]
        images = torch.stack([image for image, _ in views]).to(stage.device)
        return cls(images, torch.stack([colour for _, colour in views]).to(stage.device))


def _read_picture(path: Path, size: int) -> tuple[Tensor, Tensor]:
    """Read a picture of a body before a plain background.

    Returns:
        The picture (4, size, size) RGBA, and the colour behind the body (3,).

    Raises:
        UserError: see ``Targets.from_pictures``.
    """
    try:
        with Image.open(path) as opened:
            opened.load()
            picture = opened.copy()
    except FileNotFoundError:
        raise UserError(f"The picture {path} does not exist") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UserError(f"The picture {path} cannot be read: {error}") from error
    if picture.mode == "P":  # a palette stands for three channels, or four
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    channels = len(picture.getbands())
    if picture.mode not in ("RGB", "RGBA"):
        raise UserError(
            f"The picture {path} has {channels} channel{'s' if channels > 1 else ''} ({picture.mode}): "
            "save it with three (RGB) or four (RGBA)"
        )
    if picture.width != picture.height:
        raise UserError(f"The picture {path} is {picture.width}×{picture.height}: crop or pad it to a square")
    pixels = torch.from_numpy(np.asarray(picture, dtype=np.float32) / 255).permute(2, 0, 1)
    if channels == 4 and pixels[3].min() < 1:
        colour = torch.ones(3)
        alpha = pixels[3:]
        colours = pixels[:3] * alpha + 1 - alpha
    else:
        colours = pixels[:3]
        colour = _plain_background(colours, path)
        distance = (colours - colour[:, None, None]).abs().amax(0, keepdim=True)
        alpha = ((distance - BACKGROUND_NOISE) / BACKGROUND_NOISE).clamp(0, 1)
    image = torch.cat([colours, alpha])[None]
    if image.shape[-1] != size:
        mode = {"mode": "area"} if image.shape[-1] > size else {"mode": "bilinear", "align_corners": False}
        image = interpolate(image, size=(size, size), **mode)
    return image[0], colour


def _plain_background(colours: Tensor, path: Path) -> Tensor:
    """Return the colour of most of the border of a picture (3, H, W)."""
    width = max(1, colours.shape[-1] // 64)
    inner = torch.zeros(colours.shape[1:], dtype=torch.bool)
    inner[width:-width, width:-width] = True
    border = colours[:, ~inner]
    colour = border.median(dim=1).values
    other = ((border - colour[:, None]).abs().amax(0) > 2 * BACKGROUND_NOISE).float().mean()
    if other > BORDER_SHARE:
        raise UserError(
            f"The picture {path} has no plain background ({other:.0%} of its border is of other colours): "
            "cut the body out (RGBA) or put it before one colour"
        )
    return colour


def load_targets(paths: Sequence[str | Path], stage: Stage) -> Targets:
    """Read what is to be fitted: one pose ``.npz`` (its θ and β, rendered by us), or one picture per camera.

    The pose's translation is left out: the cameras look at a body whose pelvis is where the T-pose has it.

    Raises:
        UserError: nothing given, or files that cannot be read.
    """
    if not paths:
        raise UserError("Nothing to fit: give a pose .npz or one picture (PNG) per camera")
    if len(paths) == 1 and Path(paths[0]).suffix.lower() == ".npz":
        from .export.npz import load_pose

        pose = load_pose(paths[0])
        return Targets.of_pose(
            torch.as_tensor(pose.theta).reshape(24, 3), stage, torch.as_tensor(pose.betas).reshape(10)
        )
    return Targets.from_pictures(paths, stage)


def fit(
    targets: Targets,
    settings: FitSettings = FIT_PRESETS["best"],
    callback: Callback | None = None,
    body: SMPL | None = None,
    stage: Stage | None = None,
) -> Result:
    """Find the pose of the body in pictures: ``argmin_θ ‖w(θ; Ω, β*) − w̃‖²`` (paper section VIII-A).

    Args:
        targets: the pictures w̃.
        settings: Ω, the distance and the descent.
        callback: called after every pass as ``callback(index, loss, record)``.
        body: a body that is already loaded, instead of the one that the settings name.
        stage: a stage that is already built from these settings.

    Returns:
        The minimal-loss pose; see ``optimize`` about runs that are stopped.

    Raises:
        UserError: an unknown joint to freeze, a start pose that cannot be read, pictures of another number.
    """
    free = free_joints(settings)
    stage = stage or Stage(settings, body)
    if len(targets.images) != len(stage.cameras):
        raise UserError(f"There are {len(stage.cameras)} cameras but {len(targets.images)} pictures")
    generator = torch.Generator().manual_seed(settings.seed)
    pose = start_poses(settings, stage, 1, free, generator)
    if targets.betas is not None:
        pose.betas = targets.betas.expand(1, -1).clone()
    return _Fit(targets, settings, stage, free, generator).run(pose, callback)


def fit_batch(
    targets: Sequence[Targets],
    settings: FitSettings,
    callback: Callback | None = None,
    *,
    stage: Stage,
    starts: Tensor | None = None,
) -> list[Result]:
    """Fit bodies to several targets side by side, which takes less time than one after the other.

    Args:
        targets: the pictures of each.
        settings: a plain descent: no ``searches`` and one start (``yaw_starts`` 1).
        callback: called after every pass with the least loss of all.
        stage: built from these settings.
        starts: (B, 24, 3) where each begins, axis-angle; as the settings' ``init`` says when left out.

    Returns:
        A result for each; its ``seconds`` are those of the batch.

    Raises:
        UserError: settings that ask for a search, or an unknown joint to freeze.
    """
    if settings.searches or settings.yaw_starts > 1:
        raise UserError("Fits side by side are plain descents: set searches to 0 and yaw_starts to 1")
    free = free_joints(settings)
    generator = torch.Generator().manual_seed(settings.seed)
    one = start_poses(settings, stage, 1, free, generator)
    theta = one.theta.expand(len(targets), -1, -1) if starts is None else starts.to(one.theta)
    betas = [one.betas[0] if target.betas is None else target.betas for target in targets]
    pose = Pose(theta.clone(), torch.stack(betas), one.transl.repeat(len(targets), 1))
    images = torch.stack([target.images for target in targets])
    background = torch.stack([target.background for target in targets])
    energy = picture_energy(
        Targets(images, background), settings, stage, settings.image_size, over=settings.passes
    )
    descent = Descent(energy, pose, settings, free=free, generator=generator, transl=settings.fit_transl).run(
        callback
    )
    return [descent.result(stage, settings, among=[row]) for row in range(len(targets))]


def arms_down(theta: Tensor) -> Tensor:
    """Return poses (..., 24, 3) with the arms lowered by 1.2 radians: from a T-pose, hanging."""
    lowered = theta.clone()
    lowered[..., resolve_joints(["left_shoulder", "right_shoulder"]), 2] += theta.new_tensor([-1.2, 1.2])
    return lowered


class _SearchStopped(Exception):
    """A descent of the search did not end by itself."""

    def __init__(self, why: Stopped) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class _Fit:
    """One fit: a coarse descent from a few starts, a search for limbs that are lost, and a fine descent.

    Where its pictures are still far from the target it begins again from other starts, see ``begin_again``.
    """

    targets: Targets
    settings: FitSettings
    stage: Stage
    free: Tensor
    generator: torch.Generator

    def run(self, start: Pose, callback: Callback | None) -> Result:
        """Return the minimal-loss pose. Coarse and fine passes are numbered; those of the search are not."""
        size, passes, lr = self.settings.image_size, self.settings.passes, self.settings.lr
        if self.settings.yaw_starts > 1 and bool(self.free[0]):
            start = self.facing_the_target(start)
        if not self.settings.searches or passes < 2:
            once = self.descend(self.pictures(size, passes), start, passes, lr, callback)
            return once.result(self.stage, self.settings)

        coarse = passes // 2
        before = self.descend(self.pictures(self.half, coarse), start, coarse, lr, callback)
        if before.stopped:
            return before.result(self.stage, self.settings)
        pose, stopped = self.look_for_limbs(self.best_of(before))
        fine = self.refine(pose, stopped, coarse, callback)
        for _ in range(self.settings.restarts):
            if fine.stopped or self.looks_right(pose := self.best_of(fine)):
                break
            # What has been made of the fine passes becomes a part of the search: they are made anew.
            again, stopped = self.begin_again(pose)
            if stopped or again is not pose:
                fine = self.refine(again, stopped, coarse, callback)
        return fine.result(self.stage, self.settings, before=before)

    def refine(self, pose: Pose, stopped: Stopped | None, coarse: int, callback: Callback | None) -> Descent:
        """Return the fine descent, the rest of the passes after the coarse ones.

        A search that was stopped has its pose looked at once more: it is the last pass, and the best so far.
        """
        size, passes, lr = self.settings.image_size, self.settings.passes, self.settings.lr
        rest = 1 if stopped else passes - coarse
        fine = self.descend(self.pictures(size), pose, rest, lr / 4, callback, first=coarse)
        if stopped and not fine.stopped:
            fine.stopped, fine.stopped_pass = stopped, coarse
            fine.message = (
                f"Stopped while looking for limbs, after pass {coarse}; the best pose so far is kept."
            )
        return fine

    def looks_right(self, pose: Pose) -> bool:
        """Return whether the pictures of a pose are so near to the target that the fit need not restart."""
        large = self.pictures(self.settings.image_size)
        return float(self.distance(large, pose)) <= self.settings.restart_above

    @property
    def half(self) -> int:
        """Side of small pictures in pixels."""
        return max(16, self.settings.image_size // 2)

    def pictures(self, size: int, over: int = 0) -> Energy:
        """Return the ``picture_energy`` of this fit."""
        return picture_energy(self.targets, self.settings, self.stage, size, over=over)

    def descend(
        self, energy: Energy, pose: Pose, passes: int, lr: float, told: Callback | None = None, first: int = 0
    ) -> Descent:
        """Return a descent that has been run."""
        return Descent(
            energy,
            pose,
            self.settings.replace(passes=passes, lr=lr),
            free=self.free,
            generator=self.generator,
            transl=self.settings.fit_transl,
            first=first,
        ).run(told)

    def best_of(self, descent: Descent) -> Pose:
        """Return the least-loss pose of all starts, the first one where no pass was made."""
        best = int(descent.losses().amin(0).argmin()) if descent.moments else 0
        pose = descent.best_of_each().to(self.stage.device)
        return Pose(*(part[best : best + 1] for part in (pose.theta, pose.betas, pose.transl)))

    def facing_the_target(self, start: Pose) -> Pose:
        """Turn the start pose about the vertical to where its coarse pictures are most like the target's.

        The pictures' gradient finds limbs, but it does not turn a body round: between facing and not facing
        the target there is a hill. So directions are looked at one by one. People seldom stand in a T, so
        each is looked at with the arms down too.

        Returns:
            Three starts: the best direction, the same with the arms down, the second best with them down.
        """
        count = self.settings.yaw_starts
        turns = torch.arange(count, dtype=start.theta.dtype, device=self.stage.device) * (2 * math.pi / count)
        yaw = torch.stack([torch.zeros_like(turns), turns, torch.zeros_like(turns)], dim=1)
        turned = start.theta.repeat(count, 1, 1)
        turned[:, 0] = roma.rotvec_composition([yaw, turned[:, 0]])
        lowered = turned.clone()
        lowered[:, self.free] = arms_down(turned)[:, self.free]
        loss = self.distance(self.pictures(PROBE_SIZE), _posed(start, torch.cat([turned, lowered])))
        first, second = loss.view(2, count).amin(0).argsort()[:2].tolist()
        return _posed(start, torch.stack([turned[first], lowered[first], lowered[second]]))

    @torch.no_grad()
    def distance(self, energy: Energy, pose: Pose) -> Tensor:
        """Return the distance of the pictures alone, (B,)."""
        return energy(pose, 0)[self.settings.loss]

    def descend_or_stop(self, energy: Energy, start: Pose, passes: int, lr: float) -> Descent:
        """Return a descent of the search that has been run to its end.

        Raises:
            _SearchStopped: it was stopped before.
        """
        descent = self.descend(energy, start, passes, lr)
        if descent.stopped:
            raise _SearchStopped(descent.stopped)
        return descent

    def begin_again(self, pose: Pose) -> tuple[Pose, Stopped | None]:
        """Descend from other starts, look for the limbs of the best of them, and keep what is better.

        Returns:
            The better pose, or the very one that was given; and why it was stopped, None if it ended itself.
        """
        large, lr = self.pictures(self.settings.image_size), self.settings.lr
        try:
            starts = self.other_starts(pose)
            small = self.pictures(self.half, RESTART_PASSES)
            found = self.descend_or_stop(small, starts, RESTART_PASSES, lr / 2).best_of_each()
            found = found.to(self.stage.device)
            best = int(_total(large, found).argmin())
            again, stopped = self.look_for_limbs(_posed(found, found.theta[best : best + 1]))
            better = bool(_total(large, again) < _total(large, pose))
        except KeyboardInterrupt:
            return pose, "interrupted"
        except _SearchStopped as stop:
            return pose, stop.why
        return (again if better else pose), stopped

    def other_starts(self, pose: Pose) -> Pose:
        """Return starts that differ from a found pose (1, 24, 3) in what pictures show least.

        They are: arms that have taken each other's places, the most frequent failure of people who face away
        or cross their arms; the mirror image turned round, of which the outlines are nearly the same; arms
        that hang, with the legs as they are and straight; and random limbs.
        """
        arms, legs = self.free_of(["arms"]), self.free_of(["legs"])
        found = pose.theta
        turned = mirror_pose(found)
        half_turn = found.new_tensor([[0.0, math.pi, 0.0]])
        turned[:, 0] = roma.rotvec_composition([half_turn, turned[:, 0]])
        hanging = found.clone()
        hanging[:, arms] = arms_down(torch.zeros_like(found))[:, arms]
        standing = hanging.clone()
        standing[:, legs] = 0
        strewn = found.repeat(2, 1, 1)
        strewn[:, [*arms, *legs]] = random_poses(2, self.generator).to(found)[:, [*arms, *legs]]
        theta = clamp_pose(torch.cat([turned, hanging, standing, strewn]))
        return _posed(
            pose,
            torch.where(
                self.free[:, None].to(found.device), torch.cat([self.arms_exchanged(pose), theta]), found
            ),
        )

    def arms_exchanged(self, pose: Pose) -> Tensor:
        """Return poses (A, 24, 3) whose hands are each where the other is in a pose (1, 24, 3).

        Where two arms are each taken for the other, neither gets better alone. The arms reach for the places,
        without pictures, from random angles; of what they find the most like the target is returned.
        """
        arms = self.free_of(["arms"])
        ends = resolve_joints(["left_wrist", "left_hand", "right_wrist", "right_hand"])
        body = self.stage.body
        with torch.no_grad():
            goal = body.joints(pose.theta, pose.betas)[:, [MIRROR[joint] for joint in ends]]

        def reach(tries: Pose, index: int) -> dict[str, Tensor]:
            away = body.joints(axis_angle(tries.theta), tries.betas)[:, ends] - goal
            return {"reach": 10 * away.square().flatten(1).sum(1), **limits_term(tries.theta, 0.1)}

        theta = pose.theta.repeat(RESTART_ARMS, 1, 1)
        theta[:, arms] = random_poses(RESTART_ARMS, self.generator).to(theta)[:, arms]
        theta[:, self.free_of(["left_wrist", "left_hand", "right_wrist", "right_hand"])] = 0
        moving = _moving(reach, pose, self.mask(["arms"]).expand(RESTART_ARMS, -1))
        found = self.descend_or_stop(moving, _posed(pose, theta), REACH_PASSES, 0.1).best_of_each()
        theta = torch.where(self.mask(["arms"])[..., None], found.theta.to(theta), pose.theta)
        order = self.distance(self.pictures(PROBE_SIZE), _posed(pose, theta)).argsort()
        return theta[order[: RESTART_ARMS // 4]]

    def look_for_limbs(self, pose: Pose) -> tuple[Pose, Stopped | None]:
        """Try limbs elsewhere, round by round, and keep what is better.

        A limb that has settled in a wrong place, an elbow bent the other way or a leg behind the other, lies
        in a valley that no gradient leaves. But limbs are few and independent: each is tried alone, the rest
        of the body stands still, and what is found is put together. Small pictures do for the descent; large
        ones tell whether an arm before the body is where it should be.

        Returns:
            The pose, and why the search was stopped, None if it ended by itself.
        """
        large, small = self.pictures(self.settings.image_size), self.pictures(self.half)
        lr, run = self.settings.lr, self.descend_or_stop

        def settle(start: Pose) -> Pose:
            return self.best_of(run(large, start, SETTLING_PASSES, lr / 4))

        try:
            pose = settle(pose)
            for search in range(self.settings.searches):
                if float(self.distance(large, pose)) < self.settings.stop_at:
                    break
                if search % LEGS_EVERY == 0 and len(self.free_of(["legs"])) == 8:
                    other = settle(self.best_of(run(small, _exchange_legs(pose), EXCHANGE_PASSES, lr / 2)))
                    pose = min(pose, other, key=lambda one: float(_total(large, one)))
                tries, moved = self.limbs_elsewhere(pose)
                if len(tries):
                    found = run(_moving(small, pose, moved), tries, SEARCH_PASSES, lr / 2).best_of_each()
                    together = _put_together(pose, found, moved, large)
                    pose = settle(pose if together is None else together)
        except KeyboardInterrupt:
            return pose, "interrupted"
        except _SearchStopped as stop:
            return pose, stop.why
        return pose, None

    def limbs_elsewhere(self, pose: Pose) -> tuple[Pose, Tensor]:
        """Return (T, 24, 3) tries of a pose (1, 24, 3), each with a limb elsewhere, and (T, 24) what moves.

        Small pictures of a limb in random places cost little, and of each limb the one that is most like the
        target is tried. Half of the places are around where it is, half are anywhere that it reaches.
        """
        probe = self.pictures(PROBE_SIZE)
        theta, moved = [pose.theta[:0]], [self.mask([])[:0]]
        for side, (limb, names, ends, count) in itertools.product(("left", "right"), LIMBS):
            turned = self.free_of(f"{side}_{name}" for name in names)
            if not turned:
                continue
            samples = pose.theta.repeat(count, 1, 1)
            noise = torch.randn(count, len(turned), 3, generator=self.generator) * SEARCH_SPREAD
            samples[:, turned] += noise.to(samples)
            samples[:, turned] = clamp_pose(samples)[:, turned]
            far = slice(count // 2)
            samples[far, turned] = random_poses(count // 2, self.generator).to(samples)[:, turned]
            samples[far, self.free_of(f"{side}_{name}" for name in ends)] = 0
            best = int(self.distance(probe, _posed(pose, samples)).argmin())
            theta.append(samples[best : best + 1])
            moved.append(self.mask([f"{side}-{limb}"]))
        return _posed(pose, torch.cat(theta)), torch.cat(moved)

    def free_of(self, names: Iterable[str]) -> list[int]:
        """Return which of some joints may move."""
        return [joint for joint in resolve_joints(names) if self.free[joint]]

    def mask(self, names: Iterable[str]) -> Tensor:
        """Return the same as (1, 24) booleans."""
        mask = torch.zeros(1, 24, dtype=torch.bool, device=self.stage.device)
        mask[0, self.free_of(names)] = True
        return mask


def _posed(pose: Pose, theta: Tensor) -> Pose:
    """Return poses theta (B, 24, 3) with the shape and place of the first of some others."""
    return Pose(theta, pose.betas[:1].repeat(len(theta), 1), pose.transl[:1].repeat(len(theta), 1))


def _moving(energy: Energy, pose: Pose, moved: Tensor) -> Energy:
    """Return the energy of tries of a pose of which only the joints ``moved`` (T, 24) are elsewhere."""

    def alone(tries: Pose, index: int) -> Mapping[str, Tensor]:
        matrices = tries.theta.dim() == 4
        still = roma.rotvec_to_rotmat(pose.theta) if matrices else pose.theta
        mask = moved[..., None, None] if matrices else moved[..., None]
        return energy(_posed(pose, torch.where(mask, tries.theta, still)), index)

    return alone


def _exchange_legs(pose: Pose) -> Pose:
    """Return a pose (1, 24, 3) with its legs exchanged, in two ways.

    Legs hang alike, so their rotations exchanged as they are put each where the other was; mirrored, each
    gets the angles of the other.
    """
    legs = resolve_joints(["legs"])
    exchanged, mirrored = pose.theta.clone(), pose.theta.clone()
    exchanged[:, legs] = exchanged[:, [MIRROR[joint] for joint in legs]]
    mirrored[:, legs] = mirror_pose(mirrored)[:, legs]
    return _posed(pose, clamp_pose(torch.cat([exchanged, mirrored])))


def _put_together(pose: Pose, tries: Pose, moved: Tensor, energy: Energy) -> Pose | None:
    """Return the best of tries of a pose and of all that are better than it together; None if none is."""
    theta = torch.cat([pose.theta, torch.where(moved[..., None], tries.theta.to(pose.theta), pose.theta)])
    loss = _total(energy, _posed(pose, theta))
    together = pose.theta.clone()
    for i in loss.argsort(descending=True).tolist():
        if loss[i] < loss[0]:
            together[0, moved[i - 1]] = theta[i, moved[i - 1]]
    theta = torch.cat([theta, together])
    loss = torch.cat([loss, _total(energy, _posed(pose, together))])
    best = int(loss.argmin())
    return _posed(pose, theta[best : best + 1]) if loss[best] < loss[0] else None


@torch.no_grad()
def _total(energy: Energy, pose: Pose) -> Tensor:
    """Return what poses cost, (B,)."""
    return torch.stack(list(energy(pose, 0).values())).sum(0)


def picture_energy(
    targets: Targets, settings: FitSettings, stage: Stage, size: int, *, over: int = 0
) -> Energy:
    """Return what a pose costs: the distance of its pictures from the targets, and the joint limits.

    Args:
        targets: the pictures.
        settings: which distance.
        stage: body and cameras.
        size: side of the pictures in pixels.
        over: passes over which the pyramid goes from coarse to fine; 0 for all of it from the first.
    """
    goal = targets.images
    if size != goal.shape[-1]:
        goal = interpolate(goal.flatten(0, -4), size=(size, size), mode="area").view(
            *goal.shape[:-2], size, size
        )
    behind = targets.background[..., None, None]
    # The ground, where it is drawn, is everywhere.
    shown = torch.full((size, size), settings.ground, device=goal.device)
    shown |= ((goal[..., :3, :, :] != behind) | (goal[..., 3:, :, :] > 0)).flatten(0, -3).any(0)

    pulled = resolve_joints(PULLED)
    straight = torch.zeros(1, len(pulled), 3, device=stage.device)

    def energy(pose: Pose, index: int) -> dict[str, Tensor]:
        background = targets.background.expand(len(pose), -1, -1)
        image = stage.render(
            pose.theta, pose.betas, pose.transl, image_size=size, background=background
        ).image
        window = _window(shown | (image.detach()[:, :, 3] > 0).flatten(0, 1).any(0))
        seen, aim = image[..., window[0], window[1]], goal[..., window[0], window[1]]
        if settings.loss == "l2":
            numbers = len(stage.cameras) * 3 * size * size
            loss = (seen[:, :, :3] - aim[..., :3, :, :]).square().flatten(1).sum(1) / numbers
        else:
            sharpness = index / (over - 1) if over > 1 else 1.0
            loss = pyramid_distance(seen, aim, sharpness, size=(size, size))
        return {
            settings.loss: loss,
            **limits_term(pose.theta, settings.limits_weight),
            **stay_term(pose.theta[:, pulled], straight, settings.stay_weight),
        }

    return energy


def _window(shown: Tensor) -> tuple[slice, slice]:
    """Return the rows and columns that hold all of ``shown`` (H, W), in whole pixels of every pyramid level.

    Outside of it pictures and targets are background, and differ in nothing.
    """
    block = 2 ** (PYRAMID_LEVELS - 1)
    rows, columns = (shown.any(axis).nonzero()[:, 0].tolist() or [0] for axis in (1, 0))
    down, across = (slice(k[0] // block * block, (k[-1] // block + 1) * block) for k in (rows, columns))
    return down, across


def pyramid_distance(
    images: Tensor, goal: Tensor, sharpness: float = 1.0, *, size: tuple[int, int] | None = None
) -> Tensor:
    """Squared distance of pictures on an image pyramid, summed over its levels, the coarse ones first.

    At full size the squared distance of two pictures sees a limb only where it overlaps its target; apart,
    its gradient is nothing but noise (the paper's figure 9). Pictures of few, wide pixels still overlap. So
    levels come in from coarse to fine as ``sharpness`` goes from 0 to 1, and stay.

    Args:
        images: (B, C, K, H, W).
        goal: (C, K, H, W), or (B, C, K, H, W).
        sharpness: 0 for the coarsest level alone, 1 for all.
        size: height and width of the whole pictures, where these are windows of them outside of which they
            do not differ.

    Returns:
        (B,) sums over all levels of the mean squared difference; the gradient is of the levels that are in.
    """
    difference = _opponent(images - goal).flatten(0, 1)
    finest = (1 - sharpness) * (PYRAMID_LEVELS - 1)
    now = whole = torch.zeros(len(images), device=images.device)
    height, width = size or images.shape[-2:]
    for level in range(PYRAMID_LEVELS):
        numbers = images.shape[1] * difference.shape[1] * height * width
        part = difference.square().unflatten(0, (len(images), -1)).flatten(1).sum(1) / numbers
        part = part * LEVEL_GAIN**level
        now = now + min(max(level + 1 - finest, 0.0), 1.0) * part
        whole = whole + part.detach()
        difference = avg_pool2d(difference, 2, ceil_mode=True)
        height, width = -(-height // 2), -(-width // 2)
    # The gradient is of the levels that are in; the value is of all, so that passes compare.
    return now + (whole - now.detach())


def _opponent(images: Tensor) -> Tensor:
    """Turn RGBA (B, C, 4, H, W) into lightness, weighted colour (RGB less lightness) and alpha."""
    rgb, alpha = images[:, :, :3], images[:, :, 3:]
    luma = rgb.mean(2, keepdim=True)
    return torch.cat([luma, CHROMA_GAIN * (rgb - luma), alpha], dim=2)


def joint_error(joints: Tensor, truth: Tensor) -> Tensor:
    """Mean distance of joints, each body with its pelvis in the origin (MPJPE, root-aligned).

    Args:
        joints, truth: (..., 24, 3) metres.

    Returns:
        (...) metres.
    """
    return torch.linalg.vector_norm((joints - joints[..., :1, :]) - (truth - truth[..., :1, :]), dim=-1).mean(
        -1
    )
