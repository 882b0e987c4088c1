"""Sizes and settings of training runs, with no heavy imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from ..errors import UserError, nearest


@dataclass(frozen=True)
class TrainConfig:
    """Everything a training run depends on besides the mocap file; the same values give the same weights.

    Text and pose towers (stage 1):
        poses, held_out: poses made for training and for measuring; old_poses: so many of the shipped
        codebook's at most join those of the later stages; text_steps, text_batch: steps and poses
        a step (each comes with its mirror image, so a step reads two captions a pose); text_negatives:
        fraction of poses that bring a wrong wording, sides exchanged in a clause where there is one;
        extra_poses: further poses that serve as negatives only; text_lr for the top text layer, text_lr_decay
        per layer below it; text_dropout: in the text tower, here and in the next stage; text_frozen: lowest
        text layers that are left as they are; pose_fixed: 1 trains the text tower alone, so that an image
        tower that knows the pose tower's embeddings still does; pose_lr for everything that starts from
        scratch; short_share: how often the shorter of two captions is taken; scene_share: share of captions
        behind a scene sentence; pose_noise: radians of noise on each joint; twin_weight, probe_weight:
        weights of the left/right and wrong-wording choices, and of the linear read-out of the pose from an
        embedding.

    Text and pose towers on sentences with checks (stage "matching"):
        match_sentences: how many of the sentences, 0 for all; match_least: so many poses are composed for
        each that fewer do; match_steps, match_batch: steps, and sentences a step, mirrored wordings of sided
        ones besides; match_explore: each time after so many steps, poses that descents make join the pool;
        match_positives, match_hard: right poses and wrong ones drawn for each; match_lr, match_pose_lr: as
        text_lr and pose_lr; match_scale: highest inverse temperature, a low one asks for wide margins;
        match_captions, match_extra: captions a step and further poses for them; caption_weight: of the
        captions' loss. The poses are those of stage 1.

    Text and pose towers on what they confuse (stage "sides"):
        sides_steps, sides_batch: steps, and undecided pairs a step; sides_pictured: poses that are pictured;
        sides_lr, sides_pose_lr: as text_lr and pose_lr; stay_weight: of the distance of everything else from
        where it was.

    Image tower (stages 2 and 3):
        image_poses, views: poses pictured (half of them made anew) and random cameras for each; on a GPU
        the pictures stay in its memory (40 GB in the size "gpu");
        render_size: side they are rendered at before the antialiased reduction to the tower's size;
        image_batch: pictures a step, in stage 3 all views of a pose together; sight_steps, sight_lr: stage
        2, in which the tower learns to read the pose's features off a picture; image_steps, image_lr: stage
        3, in which it learns the embedding; contrast_weight, joints_weight, features_weight: weights of the
        contrast, of the joints and of the read features beside the distance to the pose tower's embedding.
    """

    size: str = "cpu"
    seed: int = 0
    precision: str = "auto"  # auto: bfloat16 where the processor has it
    poses: int = 150_000
    held_out: int = 2_000
    old_poses: int = 100_000
    text_steps: int = 1_500
    text_batch: int = 128
    text_negatives: float = 0.8
    extra_poses: int = 512
    text_lr: float = 2e-4
    text_lr_decay: float = 0.85
    text_dropout: float = 0.0
    text_frozen: int = 0
    pose_fixed: int = 0
    short_share: float = 0.7
    pose_lr: float = 1e-3
    scene_share: float = 0.08
    pose_noise: float = 0.03
    twin_weight: float = 1.5
    probe_weight: float = 0.1
    match_sentences: int = 0
    match_least: int = 32
    match_steps: int = 2_000
    match_batch: int = 32
    match_explore: int = 500
    match_positives: int = 6
    match_hard: int = 10
    match_lr: float = 1e-4
    match_pose_lr: float = 3e-4
    match_scale: float = 12.0
    match_captions: int = 12
    match_extra: int = 128
    caption_weight: float = 0.6
    sides_steps: int = 500
    sides_batch: int = 32
    sides_pictured: int = 4_000
    sides_lr: float = 3e-5
    sides_pose_lr: float = 5e-5
    stay_weight: float = 20.0
    image_poses: int = 60_000
    views: int = 2
    render_size: int = 224
    image_batch: int = 192
    sight_steps: int = 5_000
    sight_lr: float = 2e-3
    image_steps: int = 1_000
    image_lr: float = 3e-4
    features_weight: float = 3.0
    contrast_weight: float = 0.2
    joints_weight: float = 1.0
    weight_decay: float = 0.05
    ema: float = 0.998
    checkpoint_every: int = 100
    workers: int = 2
    start: str = "minilm"  # or "poseclip" (the shipped weights), or a folder of weights


SIZES: dict[str, TrainConfig] = {
    "cpu": TrainConfig(),
    "gpu": TrainConfig(
        size="gpu", poses=140_000, text_steps=3_000, text_batch=384, extra_poses=2_048, text_dropout=0.1,
        match_steps=2_500, match_batch=128, match_least=8, match_explore=1_200, match_pose_lr=4e-4,
        match_captions=384, match_extra=2_048, sides_steps=600, sides_batch=256,
        image_poses=120_000, views=4, image_batch=768, sight_steps=5_500, image_steps=3_300, image_lr=5e-4,
        checkpoint_every=500, workers=16,
    ),
    "tiny": TrainConfig(
        size="tiny", precision="float32", poses=96, held_out=48, old_poses=0,
        text_steps=4, text_batch=8, extra_poses=8,
        match_sentences=12, match_least=1, match_steps=4, match_batch=4, match_explore=2, match_hard=4,
        match_captions=4, match_extra=8, sides_steps=4, sides_batch=4, sides_pictured=4,
        image_poses=12, views=2, render_size=64, sight_steps=4, image_steps=4, image_batch=8,
        checkpoint_every=2, workers=1, start="poseclip",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class PriorConfig:
    """Everything a training of the pose prior depends on besides the mocap file.

    poses: made for training; held_out: made for measuring (of mocap, clips whose names begin with test_ are
    held out); mocap_share: share of mocap in a batch; steps, batch, lr, critic_lr; joints_weight,
    turn_weight: of the joints' distance (metres) and of the rotations' difference after encoding and
    decoding; adversary_weight: of the critic's say; spread_weight: of the codes' distance from a uniform
    sphere; code_noise: added to codes before decoding; refine_steps: of descent when measuring.
    """

    size: str = "cpu"
    seed: int = 0
    poses: int = 12_000
    held_out: int = 400
    mocap_share: float = 0.4
    steps: int = 1_000
    batch: int = 128
    lr: float = 1e-3
    critic_lr: float = 1e-3
    joints_weight: float = 10.0
    turn_weight: float = 1.0
    adversary_weight: float = 0.03
    spread_weight: float = 0.3
    code_noise: float = 0.02
    ema: float = 0.99
    checkpoint_every: int = 100
    refine_steps: int = 100


PRIOR_SIZES: dict[str, PriorConfig] = {
    "cpu": PriorConfig(),
    "gpu": PriorConfig(size="gpu", poses=200_000, steps=40_000, batch=512, critic_lr=5e-4, ema=0.998),
    "tiny": PriorConfig(
        size="tiny", poses=120, held_out=24, steps=6, batch=16, checkpoint_every=2, refine_steps=3
    ),
}

Config = TypeVar("Config", TrainConfig, PriorConfig)


def load_train_config(
    size: str = "cpu",
    file: Path | None = None,
    overrides: dict[str, Any] | None = None,
    sizes: Mapping[str, Config] = SIZES,  # type: ignore[assignment]
) -> Config:
    """A size (of `sizes`), changed by a YAML or JSON file of settings, changed by `overrides`.

    Raises:
        UserError: unknown size, unknown or ill-typed setting, unreadable file.
    """
    if size not in sizes:
        raise UserError(
            f"There is no training size {size!r}{nearest(size, sizes)} (use one of {', '.join(sizes)})."
        )
    values: dict[str, Any] = {}
    if file is not None:
        import yaml

        try:
            read = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise UserError(
                f"The training config {file} cannot be read: {' '.join(str(error).split())}."
            ) from error
        if not isinstance(read, dict):
            raise UserError(f"The training config {file} must hold 'name: value' lines.")
        values.update(read)
    values.update(overrides or {})
    base = sizes[size]
    known = {f.name: type(getattr(base, f.name)) for f in fields(base)}
    for name, value in values.items():
        if name not in known:
            raise UserError(f"There is no training setting {name!r}{nearest(name, known)}.")
        kind = known[name]
        if not isinstance(value, (int, float) if kind is float else kind) or isinstance(value, bool):
            raise UserError(f"The training setting {name} must be of type {kind.__name__}, not {value!r}.")
        if kind is not str and value < 0:
            raise UserError(f"The training setting {name} must not be negative, not {value!r}.")
    return replace(base, **values)


def as_dict(config: TrainConfig | PriorConfig) -> dict[str, Any]:
    """The settings as plain values."""
    return asdict(config)
