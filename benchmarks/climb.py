"""Is PoseCLIP's gradient useful or adversarial? Climb it from the T-pose and ask who was not climbed on.

    python benchmarks/climb.py [--passes 100] [--on both|pictures|tower] [--second FOLDER] [--limit N]

From the T-pose bodies climb to sentences on pictures and the pose tower, or on one of them alone, from the
preset `best` without its look-up. There are 36 sentences for each of which a pose was built
(`poses.figure10`) and the 96 prompts of the benchmark's development half. Printed are, before and after:

- of the built poses: the mean distance of joints, pelvis on pelvis, turned about the vertical to fit;
- of the prompts: how many geometric checks hold (a prompt has several), and for how many prompts all do;
- of both: the cosine of sentence and pose by the tower that was climbed, and by a second PoseCLIP that was
  trained on its own from another seed (--second);
- of the built poses: how far what BlazePose, a network of photographs, reads from the final pictures is from
  the built pose: mean distance of twelve joints after the same fit. It needs the judge's environment
  (`make judge`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from simplifiedclip.benchmark.checks import Prompt
from simplifiedclip.benchmark.selection import prompts
from simplifiedclip.body.joints import JOINT_NAMES
from simplifiedclip.encoders.poseclip import PoseCLIP
from simplifiedclip.optimize import optimize_batch
from simplifiedclip.poses import figure10
from simplifiedclip.poses.posecodes import measure
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
    return [*texts, *more], torch.as_tensor(np.concatenate([six, thirty]), dtype=torch.float32)


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
def read(stage: Stage, theta: torch.Tensor, truth: np.ndarray) -> np.ndarray:
    """What BlazePose reads of poses (n, 24, 3): its distance (n,) to the true joints, NaN where it fails."""
    cameras = stage.cameras_at(",".join(map(str, READ_AT)))
    views = torch.cat(
        [stage.render(one[None], cameras=cameras, image_size=448, centre=True).rgb for one in theta]
    )
    landmarks = judge(views)
    world = landmarks.world[:, list(LANDMARK_OF_JOINT.values())] * [1, -1, -1]  # y up, z to the camera
    chosen = [JOINT_NAMES.index(name) for name in LANDMARK_OF_JOINT]
    found = distance(np.nan_to_num(world), np.repeat(truth[:, chosen], len(READ_AT), 0))
    found[~landmarks.found] = np.nan
    return np.ma.masked_invalid(found.reshape(-1, len(READ_AT))).mean(1).filled(np.nan)


def checked(theta: torch.Tensor, asked: Sequence[Prompt]) -> np.ndarray:
    """The share of each prompt's checks that its pose (n, 24, 3) meets, (n,)."""
    m = measure(theta.numpy())
    return np.array([np.mean([term(m)[i] for term in p.check.terms]) for i, p in enumerate(asked)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--passes", type=int, default=100)
    parser.add_argument("--lr", type=float, default=0.05)
    parser.add_argument("--on", choices=("both", "pictures", "tower"), default="both")
    parser.add_argument("--second", type=Path, help="folder of weights of a second PoseCLIP")
    parser.add_argument("--limit", type=int, help="so many sentences and so many prompts")
    asked = parser.parse_args()

    texts, truth = (part[: asked.limit] for part in pairs())
    built = len(texts)
    checks = prompts("dev", limit=asked.limit)
    texts = [*texts, *(prompt.text for prompt in checks)]
    settings = PRESETS["best"].replace(
        init="zero", passes=asked.passes, lr=asked.lr, stay_weight=0.002, contact_weight=0.0,
        rest_on_ground=False, views_weight=float(asked.on != "tower"),
        pose_tower_weight=float(asked.on != "pictures"),
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

    table = Table("", "before", "after", "better", "worse")

    def row(name: str, first: np.ndarray, last: np.ndarray, sign: int, form: str) -> None:
        gain = sign * (last - first)
        better, worse = int((gain > 0).sum()), int((gain < 0).sum())
        values = (form % np.nanmean(first), form % np.nanmean(last))
        table.add_row(name, *values, f"{better} of {len(first)}", str(worse))

    with torch.no_grad():
        joints = [stage.body.joints(t[:built]).numpy() for t in (truth, before, after)]
    row("distance to the built pose, mm", *(1000 * distance(j, joints[0]) for j in joints[1:]), -1, "%.0f")
    held = [checked(theta[built:], checks) for theta in (before, after)]
    row("checks that hold, %", *(100 * share for share in held), 1, "%.0f")
    row("prompts of which all checks hold, %", *(100.0 * (share == 1) for share in held), 1, "%.0f")
    for name, tower in (("its own pose tower", encoder), ("a second PoseCLIP", asked.second)):
        if tower is None:
            continue
        model = tower if isinstance(tower, PoseCLIP) else PoseCLIP.load(tower)
        with torch.no_grad():
            text = model.embed_text(texts)
            cosines = [torch.cosine_similarity(text, model.embed_pose(t)).numpy() for t in (before, after)]
            right = torch.cosine_similarity(text[:built], model.embed_pose(truth)).mean()
        row(f"cosine by {name} (built poses: {right:.2f})", *cosines, 1, "%.3f")
    if judge_python() is None:
        console.print("The judge's environment is not here (`make judge` makes it): BlazePose is left out.")
    else:
        seen = [1000 * read(stage, theta, joints[0]) for theta in (before[:built], after[:built], truth)]
        row("distance of BlazePose's reading, mm", seen[0], seen[1], -1, "%.0f")
        console.print(f"BlazePose reads the built poses themselves with {np.nanmean(seen[2]):.0f} mm.")
    console.print(table)


if __name__ == "__main__":
    main()
