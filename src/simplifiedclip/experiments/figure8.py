"""Figure 8: the minimal-loss poses of figure 7, from azimuth 55° (paper section VII)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..body.joints import resolve_joints
from ..presets import Settings
from . import descents
from .findings import Claim, Findings, Part, settings_table
from .job import Job, reduced

TITLE = "Lower body frozen: the minimal-loss poses"
AZIMUTH = 55.0


def settings(job: Job) -> dict[str, Settings]:
    """Return Ω by what it is of."""
    return descents.both(descents.five_cameras, job, frozen=True)


def needs(job: Job) -> dict[str, float]:
    """Return the seconds that it will take, by what takes them."""
    return descents.needs(job, settings(job))


def run(job: Job, folder: Path) -> Findings:
    """Run the experiment and put its files into a folder."""
    paper, ours = Part(folder), Part(folder)
    numbers: dict[str, Any] = {}
    joints = resolve_joints(descents.FROZEN)
    for which, part in (("paper", paper), ("ours", ours)):
        runs = descents.descend_all(job, descents.five_cameras(job, which, frozen=True))
        descents.pose_pictures(job, part, which, runs, azimuth=AZIMUTH)
        descents.result_table(part, f"{which}-poses", runs)
        asked = sum(descents.facts(one).as_asked for one in runs.values())
        moved = max(float(one.moved[joints].max()) for one in runs.values())
        part.claims(
            Claim(
                "The minimal-loss poses are still far from the required pose.",
                f"{asked} of 4 are as asked",
                asked == 0,
            )
        )
        part.say(f"The frozen joints moved by {moved:g} rad in any pass.")
        numbers[which] = {name: descents.numbers(one) for name, one in runs.items()}
        numbers[which]["frozen_moved"] = moved
    return Findings(
        name="fig8",
        title=TITLE,
        section="VII, figure 8",
        did="Looked at the four minimal-loss poses from azimuth 55°.",
        saw="They are still far from the required pose.",
        paper=paper,
        ours=ours,
        settings=settings_table(settings(job)),
        notes=reduced({"passes of the paper's settings": (job.budget.passes, 1000)}),
        numbers=numbers,
    )
