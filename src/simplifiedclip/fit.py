"""From pictures to a pose: the body fitted to views of a known pose (paper section VIII-A, figure 9)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import roma
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from .body.joints import MIRROR, mirror_pose, resolve_joints
from .body.limits import clamp_pose
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

PYRAMID_LEVELS = 5
"""Levels of the image pyramid, each with half the pixels a side of the one before."""

LEVEL_GAIN = 2.0
"""Weight of a level over that of the one before: differences shrink as pixels widen, and would count less."""

CHROMA_GAIN = 3.0
"""Weight of colour over lightness: bare arms before a shirt differ from it in little else."""

SEARCH_PASSES = 30
"""Passes in which tried limbs settle before they are judged."""

SEARCH_SAMPLES: dict[tuple[str, ...], int] = {
    ("elbow",): 24,
    ("shoulder", "elbow"): 48,
    ("hip", "knee"): 24,
}
"""Joints of a limb that are tried at other angles, and how many; a forearm alone needs few to be found."""

SEARCH_TRIES = 4
"""How many of the tried limbs descend, side by side."""

SEARCH_PATIENCE = 3
"""Rounds in a row that may gain next to nothing before the search is given up."""

SEARCH_SPREAD = 0.8
"""Standard deviation in radians of the angles of a limb that is tried elsewhere."""

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
        images: (C, 4, H, W) RGBA in 0..1: colours with the background in them, alpha where the body is.
        background: (C, 3) colour behind the body.
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

    def descend(
        pose: Pose,
        passes: int,
        lr: float,
        size: int,
        told: Callback | None = None,
        *,
        sharpen: bool = False,
        first: int = 0,
    ) -> Descent:
        energy = picture_energy(targets, settings, stage, size, over=passes if sharpen else 0)
        part = settings.replace(passes=passes, lr=lr)
        descent = Descent(
            energy, pose, part, free=free, generator=generator, transl=settings.fit_transl, first=first
        )
        return descent.run(told)

    if settings.yaw_starts > 1 and bool(free[0]):
        pose = _face_the_target(pose, targets, settings, stage)
    size = settings.image_size
    if not settings.searches or settings.passes < 2:
        return descend(pose, settings.passes, settings.lr, size, callback, sharpen=True).result(
            stage, settings
        )

    coarse = settings.passes // 2
    half = max(16, size // 2)
    descent = descend(pose, coarse, settings.lr, half, callback, sharpen=True)
    rounds = settings.searches
    loss = float(descent.losses().min()) if descent.moments else math.inf
    pose = descent.best_of_each().to(stage.device)
    idle = 0
    while not descent.stopped and rounds and loss >= settings.stop_at and idle < SEARCH_PATIENCE:
        rounds -= 1
        tries, moved = _try_elsewhere(pose, targets, settings, stage, free, generator)
        if not moved:  # every limb is frozen
            break
        search = descend(tries, SEARCH_PASSES, settings.lr / 2, half)
        if search.stopped:
            descent = search
        else:
            energy = picture_energy(targets, settings, stage, half)
            before = loss
            pose, loss = _put_together(pose, loss, search, moved, energy)
            idle = 0 if loss < 0.97 * before else idle + 1
    if descent.stopped:
        return descent.result(stage, settings)

    fine = descend(pose, settings.passes - coarse, settings.lr / 4, size, callback, first=coarse)
    return fine.result(stage, settings, before=descent)


def _face_the_target(start: Pose, targets: Targets, settings: FitSettings, stage: Stage) -> Pose:
    """Turn the start pose about the vertical to where its coarse pictures are most like the target's.

    The pictures' gradient finds limbs, but it does not turn a body round: between facing and not facing the
    target there is a hill. So directions are looked at one by one.
    """
    count = settings.yaw_starts
    turns = torch.arange(count, dtype=start.theta.dtype, device=stage.device) * (2 * math.pi / count)
    yaw = torch.stack([torch.zeros_like(turns), turns, torch.zeros_like(turns)], dim=1)
    probes = start.theta.repeat(2 * count, 1, 1)
    probes[:, 0] = roma.rotvec_composition([yaw.repeat(2, 1), probes[:, 0]])
    # People seldom stand in a T: the direction shows better with the arms down, and is looked for in both.
    probes[count:] = arms_down(probes[count:])
    energy = picture_energy(targets, settings, stage, PROBE_SIZE)
    with torch.no_grad():
        loss = energy(_of_one(start, probes), 0)[settings.loss]
    best = int(loss.view(2, count).amin(0).argmin())
    return _of_one(start, probes[best : best + 1])


def arms_down(theta: Tensor) -> Tensor:
    """Return poses (..., 24, 3) with the arms lowered by 1.2 radians: from a T-pose, hanging."""
    lowered = theta.clone()
    lowered[..., resolve_joints(["left_shoulder", "right_shoulder"]), 2] += theta.new_tensor([-1.2, 1.2])
    return lowered


def _of_one(pose: Pose, theta: Tensor) -> Pose:
    """Return poses with the shape and place of the first of some others."""
    return Pose(theta, pose.betas[:1].repeat(len(theta), 1), pose.transl[:1].repeat(len(theta), 1))


def _try_elsewhere(
    pose: Pose,
    targets: Targets,
    settings: FitSettings,
    stage: Stage,
    free: Tensor,
    generator: torch.Generator,
) -> tuple[Pose, list[list[int]]]:
    """Return tries of a pose (1, 24, 3), each with some joints elsewhere, and which joints those are.

    A limb that has settled in a wrong place, an elbow bent the other way or a leg behind the other, lies in a
    valley that no gradient leaves. But limbs are few and independent, and pictures of one limb in random
    places cost little: the most like the target are tried. So are the legs the other way round.
    """
    energy = picture_energy(targets, settings, stage, PROBE_SIZE)
    hanging = arms_down(torch.zeros(24, 3))
    tries: list[tuple[float, Tensor, list[int]]] = []

    def add(samples: Tensor, joints: list[int]) -> None:
        with torch.no_grad():
            loss = energy(_of_one(pose, samples), 0)[settings.loss]
        best = int(loss.argmin())
        tries.append((float(loss[best]), samples[best], joints))

    legs = [joint for joint in resolve_joints(["legs"]) if free[joint]]
    if len(legs) == 8:
        # Legs hang alike, so their rotations exchanged unmirrored put each where the other was.
        exchanged, mirrored = pose.theta.clone(), pose.theta.clone()
        exchanged[:, legs] = exchanged[:, [MIRROR[joint] for joint in legs]]
        mirrored[:, legs] = mirror_pose(mirrored)[:, legs]
        add(clamp_pose(torch.cat([exchanged, mirrored])), legs)
    for side, (names, count) in itertools.product(("left", "right"), SEARCH_SAMPLES.items()):
        turned = [joint for joint in resolve_joints(f"{side}_{name}" for name in names) if free[joint]]
        if turned:
            samples = pose.theta.repeat(count, 1, 1)
            # Half of them around hanging limbs: a limb at its limits has little around it.
            samples[count // 2 :, turned] = hanging[turned].to(samples)
            noise = torch.randn(count, len(turned), 3, generator=generator) * SEARCH_SPREAD
            samples[:, turned] += noise.to(samples)
            samples[:, turned] = clamp_pose(samples)[:, turned]
            limb = resolve_joints([f"{side}-{'leg' if 'knee' in names else 'arm'}"])
            add(samples, [joint for joint in limb if free[joint]])
    if not tries:
        return pose, []
    # The legs go first: exchanged they are far from the target until the hips have followed.
    tries.sort(key=lambda one: (one[2] != legs, one[0]))
    kept = tries[:SEARCH_TRIES]
    return _of_one(pose, torch.stack([theta for _, theta, _ in kept])), [joints for _, _, joints in kept]


def _put_together(
    pose: Pose, loss: float, search: Descent, moved: list[list[int]], energy: Energy
) -> tuple[Pose, float]:
    """Return the best of a pose, of the tries of it, and of all tries that are better than it together."""
    losses = search.losses().amin(0)
    tries = search.best_of_each().to(pose.theta.device)
    together = pose.theta[0].clone()
    for place in losses.argsort(descending=True).tolist():
        if losses[place] < loss:
            together[moved[place]] = tries.theta[place, moved[place]]
    theta = torch.stack([pose.theta[0], tries.theta[int(losses.argmin())], together])
    with torch.no_grad():
        value = torch.stack(list(energy(_of_one(pose, theta), 0).values())).sum(0)
    best = int(value.argmin())
    return _of_one(pose, theta[best : best + 1]), float(value[best])


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
        goal = interpolate(goal, size=(size, size), mode="area")

    straight = torch.zeros(1, 24, 3, device=stage.device)

    def energy(pose: Pose, index: int) -> dict[str, Tensor]:
        background = targets.background.expand(len(pose), -1, -1)
        image = stage.render(
            pose.theta, pose.betas, pose.transl, image_size=size, background=background
        ).image
        if settings.loss == "l2":
            loss = (image[:, :, :3] - goal[:, :3]).square().flatten(1).mean(1)
        else:
            loss = pyramid_distance(image, goal, index / (over - 1) if over > 1 else 1.0)
        return {
            settings.loss: loss,
            **limits_term(pose.theta, settings.limits_weight),
            **stay_term(pose.theta, straight, settings.stay_weight, root=False),
        }

    return energy


def pyramid_distance(images: Tensor, goal: Tensor, sharpness: float = 1.0) -> Tensor:
    """Squared distance of pictures on an image pyramid, summed over its levels, the coarse ones first.

    At full size the squared distance of two pictures sees a limb only where it overlaps its target; apart,
    its gradient is nothing but noise (the paper's figure 9). Pictures of few, wide pixels still overlap. So
    levels come in from coarse to fine as ``sharpness`` goes from 0 to 1, and stay.

    Args:
        images: (B, C, K, H, W).
        goal: (C, K, H, W).
        sharpness: 0 for the coarsest level alone, 1 for all.

    Returns:
        (B,) sums over all levels of the mean squared difference; the gradient is of the levels that are in.
    """
    difference = _opponent(images - goal).flatten(0, 1)
    finest = (1 - sharpness) * (PYRAMID_LEVELS - 1)
    now = whole = torch.zeros(len(images), device=images.device)
    for level in range(PYRAMID_LEVELS):
        part = difference.square().unflatten(0, (len(images), -1)).flatten(1).mean(1) * LEVEL_GAIN**level
        now = now + min(max(level + 1 - finest, 0.0), 1.0) * part
        whole = whole + part.detach()
        difference = avg_pool2d(difference, 2, ceil_mode=True)
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
