"""Is PoseCLIP's gradient useful or adversarial? Climb it from the T-pose and ask who was not climbed on.

    python benchmarks/climb.py [--passes 100] [--tower] [--second FOLDER]

Thirty-six sentences have a pose each that was built to match (`poses.figure10`). From the T-pose the body
climbs to the sentence on pictures alone (with --tower, on the pose tower too), from the preset `best` without
retrieval. Printed are, before and after:

- the distance to the built pose: mean joint distance, pelvis on pelvis, turned about the vertical to fit;
- the cosine of sentence and pose by a second PoseCLIP, trained on its own from another seed (--second);
- how far what BlazePose, a network of photographs, reads from the final pictures is from the built pose: mean
  distance of twelve joints after the same fit. It needs the judge's environment (`make judge`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from simplifiedclip.encoders.poseclip import PoseCLIP
from simplifiedclip.optimize import optimize_batch
from simplifiedclip.poses import figure10
from simplifiedclip.presets import PRESETS
from simplifiedclip.stage import Stage

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "judge"))
from blazepose import LANDMARK_OF_JOINT, judge, judge_python

READ_AT = (30.0, -30.0)
"""Azimuths of the pictures that BlazePose reads; the paper's cameras stand elsewhere."""


def pairs() -> tuple[list[str], torch.Tensor]:
    """Sentences and the pose (n, 24, 3) that was built for each."""
    _, texts, six = figure10.poses()
    _, more, thirty = figure10.thirty()
    return [*texts, *more], torch.as_tensor(np.concatenate([six, thirty]))


def distance(points: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Mean distance (n,) of centred points and truth (n,k,3) after the best turn about the vertical."""
    a, b = (x - x.mean(1, keepdims=True) for x in (points, truth))
    sine = (a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]).sum(1)
    cosine = (a[..., 0] * b[..., 0] + a[..., 2] * b[..., 2]).sum(1)
    angle = np.arctan2(sine, cosine)[:, None]
    x = np.cos(angle) * a[..., 0] + np.sin(angle) * a[..., 2]
    z = np.cos(angle) * a[..., 2] - np.sin(angle) * a[..., 0]
    return np.linalg.norm(np.stack([x, a[..., 1], z], -1) - b, axis=-1).mean(1)


@torch.no_grad()
def read(stage: Stage, theta: torch.Tensor, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What BlazePose reads of poses (n, 24, 3): its distance (n,) to the true joints, and the pictures."""
    cameras = stage.cameras_at(",".join(map(str, READ_AT)))
    views = torch.cat(
        [stage.render(one[None], cameras=cameras, image_size=448, centre=True).rgb for one in theta]
    )
    landmarks = judge(views)
    world = landmarks.world[:, list(LANDMARK_OF_JOINT.values())] * [1, -1, -1]  # y up, z to the camera
    found = distance(np.nan_to_num(world), np.repeat(truth[:, list(LANDMARK_OF_JOINT)], len(READ_AT), 0))
    found[~landmarks.found] = np.nan
    return np.nanmean(found.reshape(-1, len(READ_AT)), 1), views.numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--passes", type=int, default=100)
    parser.add_argument("--tower", action="store_true")
    parser.add_argument("--second", type=Path)
    parser.add_argument("--limit", type=int)
    asked = parser.parse_args()

    texts, truth = (part[: asked.limit] for part in pairs())
    settings = PRESETS["best"].replace(
        init="zero", starts=1, tower_starts=0, tower_passes=0, held_back="", passes=asked.passes, lr=0.05,
        contact_weight=0.0, balance_weight=0.0, stay_weight=0.002, rest_on_ground=False,
        pose_tower_weight=float(asked.tower),
    )  # fmt: skip
    stage = Stage(settings)
    encoder = PoseCLIP.load()
    console = Console()
    with console.status("climbing") as status:
        results = optimize_batch(
            texts,
            settings,
            lambda i, _: status.update(f"climbing {i + 1}/{len(texts)}"),
            encoder,
            stage=stage,
        )
    after = torch.stack([result.theta for result in results])
    before = torch.zeros_like(after)
    with torch.no_grad():
        joints = [stage.body.joints(theta).numpy() for theta in (truth, before, after)]

    table = Table("", "before", "after", "better in")

    def row(name: str, first: np.ndarray, last: np.ndarray, sign: int, form: str) -> None:
        better = int((sign * (last - first) > 0).sum())
        table.add_row(name, form % np.nanmean(first), form % np.nanmean(last), f"{better} of {len(texts)}")

    row("distance to the built pose, mm", *(1000 * distance(j, joints[0]) for j in joints[1:]), -1, "%.0f")
    for name, tower in (("own pose tower", encoder), ("second PoseCLIP", asked.second)):
        if tower is None:
            continue
        model = tower if isinstance(tower, PoseCLIP) else PoseCLIP.load(tower)
        with torch.no_grad():
            text = model.embed_text(texts)
            cosines = [
                torch.cosine_similarity(text, model.embed_pose(theta)).numpy() for theta in (before, after)
            ]
        row(f"cosine by {name}", *cosines, 1, "%.3f")
    if judge_python() is None:
        console.print("The judge's environment is not here (`make judge` makes it): BlazePose is left out.")
    else:
        seen = [read(stage, theta, joints[0])[0] for theta in (before, after, truth)]
        row("distance of BlazePose's reading, mm", 1000 * seen[0], 1000 * seen[1], -1, "%.0f")
        console.print(
            f"(BlazePose reads the built poses themselves with {1000 * np.nanmean(seen[2]):.0f} mm.)"
        )
    console.print(table)


if __name__ == "__main__":
    main()
