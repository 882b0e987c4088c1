"""Figure 9: fitting the render of a known pose, as the paper did, then with one thing changed at a time
(paper section VIII-A)."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..descent import Pass
from ..fit import Targets, fit, fit_batch, joint_error
from ..optimize import Callback, Result
from ..poses import figure10
from ..presets import FIT_PRESETS, FitSettings
from ..stage import Stage
from . import plots
from .descents import draw_pose, write_curves
from .findings import Cell, Claim, Findings, Part, Picture, settings_table, write_csv
from .job import VERSION, Job, reduced
from .kept import Arrays, key_of

TITLE = "Fitting the render of a known pose"
POSES_FILE = Path(__file__).parent / "data" / "mocap.npz"
SHOWN = "arms both up"
"""The pose of the pictures."""
NEAR = 0.2
"""A near pose has every angle off by up to so many radians."""
SUCCESS_MM = 20.0
SIDE_BY_SIDE = 10
"""So many poses are fitted in one batch: with one camera it takes less than half the time."""
STEPS = (0.0, 0.1, 0.3, 1.0)
"""Parts of the passes at which pictures are taken."""
PICTURE = 300


@dataclass(frozen=True)
class Row:
    """One way of fitting.

    Attributes:
        label: what is changed, for the table.
        preset: name in `FIT_PRESETS`.
        changes: over the preset.
        near: start from a near pose instead of the zero pose.
    """

    label: str
    preset: str = "paper-single"
    changes: dict[str, Any] = field(default_factory=dict)
    near: bool = False


_EDGE = {"edges": "edge"}
_FIVE = {**_EDGE, "cameras": "five"}
_PYRAMID = {**_FIVE, "loss": "pyramid"}
_STEP = {**_PYRAMID, "lr": 0.03, "scheduler": "cosine", "passes": 200}

ROWS: dict[str, Row] = {
    "near": Row("paper, from a near pose", near=True),
    "paper": Row("paper, from the zero pose"),
    "edge": Row("+ edge gradients", changes=_EDGE),
    "five": Row("+ five cameras", changes=_FIVE),
    "pyramid": Row("+ coarse to fine", changes=_PYRAMID),
    "step": Row("+ steps of 0.03, not 0.001", changes=_STEP),
    "best": Row("our fit (+ limits, search)", preset="best"),
}
"""The paper's way first, then one change after the other, each with those before it."""


def row_settings(job: Job, name: str) -> FitSettings:
    """Return Ω of a row under the job's budget."""
    row = ROWS[name]
    settings = FIT_PRESETS[row.preset].replace(seed=job.seed, device=job.device)
    if row.preset != "best":
        settings = settings.replace(passes=job.budget.fit_passes)
    settings = settings.replace(**row.changes)
    if job.budget.fit_size is not None:
        settings = settings.replace(image_size=job.budget.fit_size)
    return settings.replace(passes=min(settings.passes, job.budget.fit_passes))


def settings(job: Job) -> dict[str, FitSettings]:
    """Return Ω by what it is of."""
    return {row.label: row_settings(job, name) for name, row in ROWS.items()}


def mocap_poses() -> np.ndarray:
    """Return the fifty poses of motion capture, (50, 24, 3) float32 (tools/build_fit_poses.py chose them)."""
    with np.load(POSES_FILE, allow_pickle=False) as content:
        return content["poses"].reshape(-1, 24, 3)


def shown_pose() -> np.ndarray:
    """Return the pose of the pictures, (24, 3): a simple plausible human pose, the arms above the head."""
    names, _, thetas = figure10.thirty()
    return thetas[names.index(SHOWN)]


def near_pose(theta: np.ndarray, number: int) -> np.ndarray:
    """Return a pose (24, 3) with every angle off by up to `NEAR` radians."""
    rng = np.random.default_rng([number, 9])
    return (theta + rng.uniform(-NEAR, NEAR, theta.shape)).astype(np.float32)


def targets_of(job: Job) -> list[np.ndarray]:
    """Return the poses that are fitted: the shown one, then those of motion capture."""
    return [shown_pose(), *mocap_poses()[: job.budget.fit_poses]]


def fit_key(job: Job, name: str, theta: np.ndarray, number: int) -> dict[str, Any]:
    """Return all that decides over a fit."""
    return {
        "kind": "fit",
        "version": VERSION,
        "settings": row_settings(job, name).to_json(),
        "near": number if ROWS[name].near else None,
        "theta": np.asarray(theta, np.float32).ravel().tolist(),
    }


def fit_some(job: Job, name: str, poses: Mapping[int, np.ndarray]) -> dict[int, Arrays]:
    """Fit poses (24, 3) by number, side by side where the row has no search; none twice.

    Returns:
        ``error_mm``, ``start_mm``: mean joint error (root-aligned) of the kept pose and of the start;
        ``errors_mm``, ``losses``: (P,) of every pass; ``theta`` (24, 3); ``steps`` (S, 24, 3): the poses at
        `STEPS` of the passes; ``seconds``, a pose's share of those of the batch.
    """
    keys = {number: key_of(fit_key(job, name, theta, number)) for number, theta in poses.items()}
    found = {number: kept for number, key in keys.items() if (kept := job.kept.find(key)) is not None}
    todo = [number for number in poses if number not in found]
    at_once = 1 if row_settings(job, name).searches else SIDE_BY_SIDE
    for start in range(0, len(todo), at_once):
        part = {number: poses[number] for number in todo[start : start + at_once]}
        for number, arrays in _fit(job, name, part).items():
            found[number] = job.kept.keep(keys[number], arrays)
    return found


def _fit(job: Job, name: str, poses: Mapping[int, np.ndarray]) -> dict[int, dict[str, Any]]:
    settings = row_settings(job, name)
    stage = job.stage(settings)
    truths = [torch.as_tensor(theta) for theta in poses.values()]
    targets = [Targets.of_pose(truth, stage) for truth in truths]
    starts = None
    if ROWS[name].near:
        starts = torch.as_tensor(np.stack([near_pose(theta, number) for number, theta in poses.items()]))
    first, last = min(poses) + 1, max(poses) + 1
    words = f"{ROWS[name].label}, pose {first}" + (f" to {last}" if last > first else "")
    with job.work.spend(len(poses) * seconds_of(job, name)) as spend:

        def told(index: int, loss: float, record: Pass) -> None:
            spend(1 / settings.passes, words)

        begin = time.perf_counter()
        results = _results(targets, settings, stage, told, starts)
        seconds = (time.perf_counter() - begin) / len(poses)
    return {n: _arrays(stage, r, t, seconds) for n, r, t in zip(poses, results, truths)}


def _results(
    targets: list[Targets],
    settings: FitSettings,
    stage: Stage,
    told: Callback | None = None,
    starts: torch.Tensor | None = None,
) -> list[Result]:
    """Fit targets one by one where there is a search, side by side where there is none."""
    if settings.searches:
        results = [fit(target, settings, told, stage=stage) for target in targets]
    else:
        results = fit_batch(targets, settings, told, stage=stage, starts=starts)
    if any(result.stopped == "interrupted" for result in results):
        raise KeyboardInterrupt
    return results


def _arrays(stage: Stage, result: Result, truth: torch.Tensor, seconds: float) -> dict[str, Any]:
    thetas = torch.stack([one.theta for one in result.history])
    with torch.no_grad():
        betas = stage.betas
        goal = stage.body.joints(truth[None].to(stage.device), betas).cpu()
        joints = stage.body.joints(thetas.to(stage.device), betas.expand(len(thetas), -1)).cpu()
        errors = 1000 * joint_error(joints, goal)
        error = 1000 * float(joint_error(result.joints, goal[0]))
    picks = [min(round(part * (len(thetas) - 1)), len(thetas) - 1) for part in STEPS]
    return {
        "error_mm": error,
        "start_mm": float(errors[0]),
        "errors_mm": errors.numpy(),
        "losses": np.array(result.losses),
        "theta": result.theta.numpy(),
        "steps": thetas[picks].numpy(),
        "seconds": seconds,
    }


def seconds_of(job: Job, name: str) -> float:
    """Return about how long a fit will take here, from a trial of a few passes."""
    settings = row_settings(job, name)
    looks = {k: v for k, v in settings.to_json().items() if k not in ("lr", "scheduler", "passes", "loss")}
    once, each = job.pace(key_of({"fit": looks}), lambda: _trial(job, settings))
    return once + each * settings.passes


def _trial(job: Job, settings: FitSettings) -> tuple[float, float]:
    stage = job.stage(settings)
    targets = Targets.of_pose(torch.zeros(24, 3), stage)
    plain = settings.replace(passes=4, searches=0, yaw_starts=1)
    side_by_side = 1 if settings.searches else min(SIDE_BY_SIDE, len(targets_of(job)))
    times = []
    # The first also compiles what later ones find ready.
    for trial in [plain, plain] + ([plain.replace(searches=1, stop_at=0.0)] if settings.searches else []):
        begin = time.perf_counter()
        _results([targets] * side_by_side, trial, stage)
        times.append((time.perf_counter() - begin) / side_by_side)
    once = settings.searches * max(times[-1] - times[1], 0.0) if settings.searches else 0.0
    return once, times[1] / 4


def needs(job: Job) -> dict[str, float]:
    """Return the seconds that it will take, by what takes them."""
    found = {}
    for number, theta in enumerate(targets_of(job)):
        for name in ROWS:
            what = fit_key(job, name, theta, number)
            if not job.kept.has(what):
                found[key_of(what)] = seconds_of(job, name)
    return found


def table_rows(fits: dict[str, list[Arrays]]) -> list[list[Cell]]:
    """Return label, mean and median error, share under 20 mm, and seconds a pose of every row."""
    rows: list[list[Cell]] = []
    for name, some in fits.items():
        errors = np.array([float(one["error_mm"]) for one in some])
        seconds = float(np.mean([float(one["seconds"]) for one in some]))
        share = f"{int((errors < SUCCESS_MM).sum())} of {len(errors)}"
        rows.append([ROWS[name].label, float(errors.mean()), float(np.median(errors)), share, seconds])
    return rows


def run(job: Job, folder: Path) -> Findings:
    """Run the experiment and put its files into a folder."""
    targets = targets_of(job)
    # Some poses after others, so that an interrupted job has whole columns of the table.
    groups = np.array_split(np.arange(len(targets)), -(-len(targets) // SIDE_BY_SIDE))
    everything: list[dict[str, Arrays]] = []
    for group in groups:
        poses = {int(number): targets[number] for number in group}
        rows = {name: fit_some(job, name, poses) for name in ROWS}
        everything += [{name: rows[name][number] for name in ROWS} for number in poses]
    shown, rest = everything[0], everything[1:]
    fits = {name: [one[name] for one in rest] for name in ROWS}
    mean = {name: float(np.mean([float(one["error_mm"]) for one in some])) for name, some in fits.items()}
    start = {name: float(np.mean([float(one["start_mm"]) for one in some])) for name, some in fits.items()}

    paper, ours = Part(folder), Part(folder)
    _pictures(job, paper, "paper", "From the zero pose", targets[0], shown["paper"]["steps"], row="paper")
    _pictures(job, paper, "near", "From a near pose", targets[0], shown["near"]["steps"], row="near")
    plots.curves(
        folder / "errors.svg",
        [
            plots.Curve(label, shown[name]["errors_mm"])
            for label, name in (("from the zero pose", "paper"), ("from a near pose", "near"))
        ],
        ylabel="mean joint error (mm)",
        title="The pose's error, the paper's settings",
    )
    plots.curves(
        folder / "losses.svg",
        [
            plots.Curve(label, shown[name]["losses"], int(np.argmin(shown[name]["losses"])))
            for label, name in (("from the zero pose", "paper"), ("from a near pose", "near"))
        ],
        ylabel="mean squared difference of pixels",
        title="The loss, the paper's settings",
    )
    paper.pictures(
        [
            Picture("losses.svg", "Squared pixel distance over the passes"),
            Picture("errors.svg", "Mean joint error in millimetres over the passes"),
        ],
        width=340,
    )
    paper.claims(
        Claim(
            "The composition of body and renderer does not fit a target image from another pose.",
            f"mean joint error over {len(rest)} poses: {start['paper']:.0f} mm at the start, "
            f"{mean['paper']:.0f} mm "
            "after the fit",
            mean["paper"] > SUCCESS_MM,
        ),
        Claim(
            "It does not even from a near pose.",
            f"{start['near']:.0f} mm at the start, {mean['near']:.0f} mm after the fit",
            mean["near"] > SUCCESS_MM,
        ),
    )
    paper.say(
        "The paper's renderer is piecewise constant in what covers a pixel: a limb that moves changes which "
        "pixels it "
        "covers, and that change has no gradient. What is left is shading, and the body folds instead of "
        "moving."
    )
    losses = shown["paper"]["losses"]
    if losses[-1] > losses[0]:
        paper.say(
            f"Even the loss rises over the passes, from {losses[0]:.3f} to {losses[-1]:.3f}: what the "
            "gradient of "
            "shading calls down is up as soon as silhouettes move."
        )

    ours.table(
        "ablation",
        ("", "mean joint error (mm)", "median (mm)", "under 20 mm", "seconds a pose"),
        table_rows(fits),
        caption=f"{len(rest)} poses of motion capture, root-aligned error of the 24 joints; every row has "
        "the "
        "changes of those above it.",
        digits=1,
    )
    plots.bars(
        folder / "ablation.svg",
        [ROWS[name].label for name in ROWS],
        [mean[name] for name in ROWS],
        xlabel="mean joint error (mm)",
        title=f"One change at a time, {len(rest)} poses",
        points=[[float(one["error_mm"]) for one in fits[name]] for name in ROWS],
        aim=SUCCESS_MM,
        highlight=(0, 1),
    )
    ours.pictures(
        [
            Picture(
                "ablation.svg",
                "Mean joint error of every row; ticks are single poses, the dashed line is 20 mm",
            )
        ],
        width=420,
    )
    _pictures(job, ours, "ours", "Our fit", targets[0], shown["best"]["steps"], row="best")
    chain = ["paper", "edge", "five", "pyramid", "step", "best"]
    best_step = max(itertools.pairwise(chain), key=lambda pair: mean[pair[0]] - mean[pair[1]])
    ours.say(
        f"From {mean['paper']:.0f} mm to {mean['best']:.0f} mm. The single change that brings most is "
        f"“{ROWS[best_step[1]].label.removeprefix('+ ')}” ({mean[best_step[0]]:.0f} to "
        f"{mean[best_step[1]]:.0f} mm)."
    )
    write_csv(
        folder / "poses.csv",
        ["pose", *[f"{name}_mm" for name in ROWS]],
        [[k, *[float(one[name]["error_mm"]) for name in ROWS]] for k, one in enumerate(rest)],
    )
    write_curves(
        folder / "shown.csv",
        {f"{name}_{what}": shown[name][what] for name in ROWS for what in ("errors_mm", "losses")},
    )
    budget = job.budget
    return Findings(
        name="fig9",
        title=TITLE,
        section="VIII-A, figure 9",
        did="Rendered a known pose, and descended the squared pixel distance to that picture from another "
        "pose.",
        saw="The result is very far from the target: the body folds so that pixels match, and is stuck in a "
        "local "
        "minimum. Other targets gave the like.",
        paper=paper,
        ours=ours,
        settings=settings_table(settings(job)),
        notes=reduced(
            {
                "poses": (budget.fit_poses, 50),
                "passes of the paper's rows": (budget.fit_passes, 1000),
                "side of the pictures in pixels": (budget.fit_size or "244 and 160", "244 and 160"),
            },
        ),
        numbers={
            "mean_mm": mean,
            "start_mm": start,
            "chain": chain,
            "rows": {name: [float(one["error_mm"]) for one in some] for name, some in fits.items()},
        },
    )


def _pictures(
    job: Job,
    part: Part,
    name: str,
    caption: str,
    target: np.ndarray,
    steps: np.ndarray,
    *,
    row: str,
) -> None:
    """Add the sequence of a fit: the poses at `STEPS` of its passes, and the target."""
    settings = row_settings(job, row)
    betas = job.stage(settings).betas[0]
    count = settings.passes
    items = []
    for k, (share, theta) in enumerate(zip(STEPS, steps)):
        file = f"{name}-{k}.png"
        draw_pose(job, settings, theta, betas, part.folder / file, azimuth=20.0, size=PICTURE)
        at = "start" if share == 0 else f"pass {max(round(share * count), 1)}"
        items.append(Picture(file, f"{caption}, {at}", f"{caption}: {at}" if k == 0 else at))
    draw_pose(job, settings, target, betas, part.folder / f"{name}-target.png", azimuth=20.0, size=PICTURE)
    items.append(Picture(f"{name}-target.png", "The target", "target"))
    part.pictures(items, width=124)
