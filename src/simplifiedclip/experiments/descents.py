"""The descents of sections V to VII, which figures 3 to 8 share, and what their poses are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from .. import pictures
from ..body.joints import JOINT_NAMES
from ..descent import beyond_limits
from ..presets import Settings
from ..prompts import PAPER_PROMPTS
from . import plots
from .findings import Cell, Part, Picture
from .job import Job, Run

PROMPT = PAPER_PROMPTS[2]
"""Sections V to VII: standing up straight, both arms straight above the head."""

TEXTURES = {"human": "human-faces", "grey": "grey"}
LOSSES = {"L_CD": "cd", "L_IP": "ip"}
FROZEN = ("root", "lower-body")
CLIMB: dict[str, Any] = {
    "init": "zero",
    "lr": 0.05,
    "passes": 100,
    "views_weight": 1.0,
    "stay_weight": 0.02,
    "contact_weight": 0.0,
    "balance_weight": 0.0,
}
"""Ours go the whole way from the paper's start here, where `best` begins at a near pose."""
PICTURE = 420
"""Side in pixels of a picture of a pose."""


def single_camera(job: Job, which: str) -> dict[str, Settings]:
    """Return Ω of section V by texture, for ``paper`` or ``ours``: one camera, L_CD."""
    if which == "paper":
        return {name: job.paper("paper-single", texture=texture) for name, texture in TEXTURES.items()}
    return {
        "human": job.ours(**CLIMB, cameras="single"),
        "grey": job.ours(**CLIMB, cameras="single", texture="grey"),
    }


def five_cameras(job: Job, which: str, *, frozen: bool = False) -> dict[str, Settings]:
    """Return Ω of section VI (VII: `frozen`) by loss and aggregation, for ``paper`` or ``ours``."""
    found = {}
    for loss, objective in LOSSES.items():
        for aggregate in ("LoAE", "ALoE"):
            changes: dict[str, Any] = {"objective": objective, "aggregate": aggregate.lower()}
            if which == "paper":
                chosen = job.paper("paper-frozen" if frozen else "paper-five", **changes)
            else:
                chosen = job.ours(**CLIMB, **changes, **({"freeze": FROZEN} if frozen else {}))
            found[f"{loss} {aggregate}"] = chosen
    return found


def both(of: Callable[..., dict[str, Settings]], job: Job, **options: Any) -> dict[str, Settings]:
    """Return Ω of the paper's runs and of ours under one name each, for the report."""
    return {
        f"{which}: {name}": value
        for which in ("paper", "ours")
        for name, value in of(job, which, **options).items()
    }


def needs(job: Job, settings: Mapping[str, Settings], prompt: str = PROMPT) -> dict[str, float]:
    """Return the seconds that descents will take, by what takes them."""
    found: dict[str, float] = {}
    for one in settings.values():
        found |= job.descent_needs(prompt, one)
    return found


def descend_all(job: Job, settings: Mapping[str, Settings], prompt: str = PROMPT) -> dict[str, Run]:
    """Run descents by name."""
    return {name: job.descend(prompt, one) for name, one in settings.items()}


@dataclass(frozen=True)
class Facts:
    """What can be measured of a pose that was to hold its arms straight above the head.

    Attributes:
        wrists_cm: how far the lower wrist is above the head joint.
        elbows_deg: angle of the elbow that is less straight; 180 is straight.
        trunk_deg: angle of the trunk (pelvis to neck) with the vertical.
        ankles_deg: rotation of the ankle that is turned more: the paper's "unwanted joint rotations".
        beyond_deg: the most that a joint is beyond a human limit.
    """

    wrists_cm: float
    elbows_deg: float
    trunk_deg: float
    ankles_deg: float
    beyond_deg: float

    @property
    def as_asked(self) -> bool:
        """Whether it is the pose: wrists above the head, elbows straighter than 150°, trunk within 30°."""
        return self.wrists_cm > 0 and self.elbows_deg > 150 and self.trunk_deg < 30


COLUMNS = ("lower wrist above head (cm)", "elbow (°)", "trunk lean (°)", "ankle turn (°)", "beyond limits "
"(°)",
           "as asked")  # fmt: skip


def facts(run: Run) -> Facts:
    """Measure a descent's pose."""
    return measure(run.theta, run.joints)


def zero_facts(job: Job, settings: Settings) -> Facts:
    """Measure the zero pose, from which the paper starts."""
    stage = job.stage(settings)
    theta = torch.zeros(24, 3)
    with torch.no_grad():
        joints = stage.body.joints(theta[None].to(stage.device), stage.betas)[0].cpu()
    return measure(theta.numpy(), joints.numpy())


def measure(theta: np.ndarray, joints: np.ndarray) -> Facts:
    """Measure a pose by its angles (24, 3) in radians and its joints (24, 3) in metres."""
    at = dict(zip(JOINT_NAMES, joints))
    wrists = min(at["left_wrist"][1], at["right_wrist"][1]) - at["head"][1]
    elbows = min(
        _angle(at[f"{s}_shoulder"] - at[f"{s}_elbow"], at[f"{s}_wrist"] - at[f"{s}_elbow"])
        for s in ("left", "right")
    )
    trunk = _angle(at["neck"] - at["pelvis"], np.array([0.0, 1.0, 0.0]))
    ankles = max(float(np.linalg.norm(theta[JOINT_NAMES.index(f"{s}_ankle")])) for s in ("left", "right"))
    beyond = max(beyond_limits(torch.as_tensor(theta)).values(), default=0.0)
    return Facts(100 * float(wrists), elbows, trunk, float(np.degrees(ankles)), beyond)


def fact_cells(found: Facts) -> list[Cell]:
    """Return facts as the cells of a row, as `COLUMNS` has them."""
    return [
        found.wrists_cm,
        found.elbows_deg,
        found.trunk_deg,
        found.ankles_deg,
        found.beyond_deg,
        "yes" if found.as_asked else "no",
    ]


def numbers(run: Run) -> dict[str, Any]:
    """Return a descent as plain numbers, curves included."""
    found = facts(run)
    return {
        "losses": run.losses,
        "best_so_far": run.best_so_far,
        "least": run.least,
        "pass": run.best + 1,
        "seconds": run.seconds,
        "theta": run.theta,
        "moved": dict(zip(JOINT_NAMES, run.moved.tolist())),
        **{name: getattr(found, name) for name in found.__dataclass_fields__},
        "as_asked": found.as_asked,
    }


def result_table(part: Part, name: str, runs: Mapping[str, Run]) -> None:
    """Add a table of descents: their least loss, the pass that had it, and what the pose is."""
    rows: list[list[Cell]] = [
        [label, run.least, run.best + 1, float(run.pictured[0]), *fact_cells(facts(run))]
        for label, run in runs.items()
    ]
    columns = ("", "least loss", "at pass", "loss at the start", *COLUMNS)
    part.table(name, columns, rows, digits=(0, 3, 0, 3, 1, 0, 0, 0, 0, 0))


def pose_pictures(
    job: Job, part: Part, name: str, runs: Mapping[str, Run], *, azimuth: float, width: int = 220
) -> None:
    """Add a picture of each descent's pose, all from one azimuth."""
    items = []
    for label, run in runs.items():
        file = f"{name}-{label.lower().replace(' ', '-').replace('_', '')}.png"
        draw_pose(job, run.settings, run.theta, run.betas, part.folder / file, azimuth=azimuth)
        items.append(
            Picture(
                file,
                f"The minimal-loss pose of {label}, from azimuth {azimuth:g}°",
                f"{label}: {run.least:.3f} at pass {run.best + 1}",
            )
        )
    part.pictures(items, width=width)


def draw_pose(
    job: Job, settings: Any, theta: Any, betas: Any, path: Path, *, azimuth: float, size: int = PICTURE
) -> None:
    """Write a picture of a pose as PNG, in the texture of its settings."""
    stage = job.stage(settings)
    posed = pictures.Posed.of(stage.body, stage.texture, theta, betas)
    picture = pictures.portrait(posed, azimuth=azimuth, size=size)
    # 128 shades of few colours: a third of the bytes, and no difference to the eye.
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def loss_curves(part: Part, name: str, runs: Mapping[str, Run], *, ylabel: str, title: str) -> Picture:
    """Draw the objective over the passes, the kept pass marked, and write it as CSV."""
    lines = [plots.Curve(label, run.objective, run.best) for label, run in runs.items()]
    plots.curves(part.folder / f"{name}.svg", lines, ylabel=ylabel, title=title)
    write_curves(part.folder / f"{name}.csv", {label: run.objective for label, run in runs.items()})
    listing = ", ".join(f"{label} falls to {run.least:.3g}" for label, run in runs.items())
    return Picture(f"{name}.svg", f"{title}: {listing}")


def write_curves(path: Path, lines: Mapping[str, np.ndarray]) -> None:
    """Write curves over passes as CSV; shorter ones end in empty cells."""
    from .findings import write_csv

    longest = max(len(values) for values in lines.values())
    rows = [
        [k + 1, *(float(values[k]) if k < len(values) else "" for values in lines.values())]
        for k in range(longest)
    ]
    write_csv(path, ["pass", *lines], rows)


def _angle(a: np.ndarray, b: np.ndarray) -> float:
    cosine = float(np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b)))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
