"""Fit the body to renders of motion-capture poses, and print how often and how well it succeeds.

    python benchmarks/fit.py [--poses 100] [--rows best,l2,...] [--log FILE] [--threads 2]

The poses come from 20 clips, five of each, spread over the kinds of action. Each is rendered by the row's
own settings (figure 9 of the paper) and fitted from the zero pose. A fit succeeds when the mean distance of
the 24 joints, pelvis on pelvis, is under 20 mm. What is done is kept in the log; started again, only the rest
is run.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress

from simplifiedclip.fit import Targets, fit, joint_error
from simplifiedclip.presets import FIT_PRESETS, FitSettings
from simplifiedclip.stage import Stage

BEST, PAPER = FIT_PRESETS["best"], FIT_PRESETS["paper-five"]
SUCCESS_MM = 20.0
ROWS: dict[str, tuple[str, FitSettings]] = {
    "best": ("best", BEST),
    "no-search": ("best, no limb search", BEST.replace(searches=0)),
    "no-restart": ("best, no restarts", BEST.replace(restarts=0)),
    "l2": ("best, plain l2", BEST.replace(loss="l2", stop_at=0.0, restarts=0)),
    "hard": ("best, no edge gradient", BEST.replace(edges="hard")),
    "no-limits": ("best, no joint limits", BEST.replace(limits_weight=0.0)),
    "small-steps": ("best, step size 1e-3", BEST.replace(lr=1e-3)),
    "no-yaw": ("best, facing +z at the start", BEST.replace(yaw_starts=1)),
    "one-camera": ("best, one camera", BEST.replace(cameras="single")),
    "paper-l2": ("paper: 244 px, hard, flat, l2, 1e-3", PAPER),
    "paper-edge": ("paper with edge gradient", PAPER.replace(edges="edge")),
}


def choose_poses(
    file: Path, clips: int = 20, each: int = 5, seed: int = 0
) -> list[tuple[str, int, np.ndarray]]:
    """Return (clip, frame, θ (24, 3)) of poses evenly over clips, and clips evenly over kinds of action.

    They are shuffled, so that the first N are a fair sample too.
    """
    with np.load(file, allow_pickle=False) as data:
        poses, clip, frame = data["poses"], data["clip"], data["frame"]
    rng = np.random.default_rng(seed)
    kinds: dict[str, list[str]] = defaultdict(list)
    for name in sorted(set(clip.tolist())):
        kinds[re.sub(r"^(train|test)_|_\d+$", "", name)].append(name)
    for names in kinds.values():
        rng.shuffle(names)
    chosen: list[str] = []
    while len(chosen) < clips:
        for kind in sorted(kinds):
            if kinds[kind] and len(chosen) < clips:
                chosen.append(kinds[kind].pop())
    found = []
    for name in chosen:
        rows = np.flatnonzero(clip == name)
        picks = rows[np.linspace(0, len(rows) - 1, each + 2)[1:-1].round().astype(int)]
        found += [(name, int(frame[row]), poses[row].reshape(24, 3)) for row in picks]
    return [found[i] for i in rng.permutation(len(found))]


def fit_one(theta: np.ndarray, settings: FitSettings, stage: Stage) -> dict[str, float]:
    """Fit one pose; return its error in millimetres, its loss and what it took."""
    targets = Targets.of_pose(torch.from_numpy(theta), stage)
    start = time.process_time()  # the time of one core, whatever else the machine does
    result = fit(targets, settings, stage=stage)
    seconds = time.process_time() - start
    with torch.no_grad():
        truth = stage.body.joints(torch.from_numpy(theta)[None], stage.betas)[0].cpu()
    return {
        "error_mm": 1000 * float(joint_error(result.joints, truth)),
        "loss": result.loss,
        "passes": len(result.history),
        "seconds": seconds,
    }


def table(done: dict[tuple[str, int], dict[str, float]], rows: list[str]) -> str:
    """Return the table in Markdown."""
    lines = [
        "| settings | poses | under 20 mm | median error | 95th percentile | core seconds a pose |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        entries = [entry for (name, _), entry in sorted(done.items()) if name == row]
        if entries:
            errors = np.array([entry["error_mm"] for entry in entries])
            share, median, tail = (errors < SUCCESS_MM).mean(), np.median(errors), np.percentile(errors, 95)
            seconds = np.mean([entry["seconds"] for entry in entries])
            numbers = f"{share:.0%} | {median:.1f} mm | {tail:.0f} mm | {seconds:.1f}"
            lines.append(f"| {ROWS[row][0]} | {len(errors)} | {numbers} |")
    return "\n".join(lines)


def main() -> None:
    shared = Path(os.environ.get("SIMPLIFIEDCLIP_SHARED", Path(__file__).parents[2] / "shared"))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mocap", type=Path, default=shared / "mocap" / "cmu_smpl_poses.npz")
    parser.add_argument("--poses", type=int, default=100, help="how many of the 100 poses")
    parser.add_argument("--rows", default="best", help=f"with commas between, or all; of {', '.join(ROWS)}")
    parser.add_argument("--log", type=Path, default=Path("fit.jsonl"))
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    rows = list(ROWS) if options.rows == "all" else options.rows.split(",")
    if unknown := set(rows) - set(ROWS):
        parser.error(f"unknown rows {', '.join(sorted(unknown))}; known: {', '.join(ROWS)}")
    if not options.mocap.is_file():
        parser.error(f"no motion capture at {options.mocap}; give its place with --mocap")
    torch.set_num_threads(options.threads)

    poses = choose_poses(options.mocap)[: options.poses]
    done: dict[tuple[str, int], dict[str, float]] = {}
    if options.log.is_file():
        for line in options.log.read_text().splitlines():
            entry = json.loads(line)
            done[entry["row"], entry["pose"]] = entry
    console = Console(stderr=True)
    with Progress(console=console) as progress, options.log.open("a") as log:
        for row in rows:
            settings = ROWS[row][1]
            stage = Stage(settings)
            task = progress.add_task(ROWS[row][0], total=len(poses))
            for number, (clip, frame, theta) in enumerate(poses):
                if (row, number) not in done:
                    entry = fit_one(theta, settings, stage)
                    done[row, number] = entry
                    log.write(
                        json.dumps({"row": row, "pose": number, "clip": clip, "frame": frame, **entry}) + "\n"
                    )
                    log.flush()
                progress.advance(task)
    print(table({key: e for key, e in done.items() if key[1] < len(poses)}, rows))


if __name__ == "__main__":
    main()
