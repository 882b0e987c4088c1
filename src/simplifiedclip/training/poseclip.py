"""The training of PoseCLIP (design: text and pose towers first, then the image tower from renders).

Stage 1 contrasts captions with poses: InfoNCE (van den Oord et al. 2018) as in CLIP, in which every pose
comes with its mirror image and every caption with its mirrored wording, so that left and right are what
tells many pairs of a batch apart. The stage "matching" goes on with sentences whose checks tell for every
pose whether it is meant. Stage 2 ("sight") teaches the image tower to read the pose tower's features off
single renders: hundreds of dense geometric targets, and none that depends on stage 1. Stage 3 ("image") gives
it the pose tower's MLP and tunes the whole to the pose tower's embeddings. The stage "sides" ends with the
captions whose left and right are still confused, in poses and in pictures. All stages are resumable to the
bit: all randomness of a step follows from the seed and the step's number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from ..encoders.poseclip import PoseCLIP
from .config import TrainConfig
from .images import train_image
from .matching import train_matching
from .minilm import minilm_folder, start_from_minilm
from .run import Run, write_text
from .sentences import shipped
from .sides import train_sides
from .text_pose import train_text


def train_poseclip(
    config: TrainConfig,
    out: Path,
    *,
    mocap: Path | None = None,
    resume: bool = True,
    device: str = "auto",
    progress: Callable[[str, int, int, float], None] | None = None,
    stages: Sequence[str] = ("text", "matching", "pictures", "sight", "image", "sides", "measure"),
) -> PoseCLIP:
    """Train PoseCLIP and write its files, its measurements and everything needed to go on, into `out`.

    Pictures are rendered by processes of their own, which import the calling script anew: call this under
    ``if __name__ == "__main__":``.

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
    run = Run(config, out, mocap, resume, device, progress)
    model = start_model(run)
    if "text" in stages:
        train_text(run, model, run.data())
    if "matching" in stages:
        train_matching(run, model, run.data(), shipped()[: config.match_sentences or None])
    if {"pictures", "sight", "image"} & set(stages):
        pictured = run.pictured()
        pictures = run.pictures(pictured, model.image_size)
        if "sight" in stages:
            train_image(run, "sight", model, pictured, pictures)
        if "image" in stages:
            train_image(run, "image", model, pictured, pictures)
    if "sides" in stages:
        train_sides(run, model, run.data(), shipped()[: config.match_sentences or None])
    model.eval().requires_grad_(False)
    model.save(out / "weights")
    if "measure" in stages:
        from .measure import measure

        numbers = measure(model, run.held_out_data())
        write_text(out / "measured.json", json.dumps(numbers, indent=2))
    return model


def start_model(run: Run) -> PoseCLIP:
    """MiniLM and two random towers, the same for a seed, or the trained model that the config names."""
    start = run.config.start
    if start != "minilm":
        model = PoseCLIP.load(None if start == "poseclip" else Path(start), run.device)
        return model.requires_grad_(True).train()
    torch.manual_seed(run.config.seed)
    model = PoseCLIP()
    start_from_minilm(model, minilm_folder())
    from ..poses.directions import REST

    with torch.no_grad():
        # Captions are measured on this skeleton, contacts included, so the tower looks at the same one.
        model.pose.rest_joints.copy_(torch.as_tensor(REST))
    model.to(run.device)
    whiten(model, run.data().theta)
    return model


@torch.no_grad()
def whiten(model: PoseCLIP, theta: np.ndarray) -> None:
    """Set the pose tower's feature mean and deviation from training poses (n,24,3)."""
    rows = np.random.default_rng(0).choice(len(theta), min(len(theta), 20_000), replace=False)
    features = model.pose.features(torch.as_tensor(theta[rows]).to(model.device))
    model.pose.mean.copy_(features.mean(0))
    model.pose.deviation.copy_(features.std(0).clamp_min(0.02))
