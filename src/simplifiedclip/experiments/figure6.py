"""Figure 6: the minimal-loss poses of figure 5, from azimuth 45° (paper section VI)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..presets import Settings
from . import descents
from .findings import Claim, Findings, Part, settings_table
from .job import Job, reduced

TITLE = "Five cameras: the minimal-loss poses"
AZIMUTH = 45.0


def settings(job: Job) -> dict[str, Settings]:
    """Return Ω by what it is of."""
    return descents.both(descents.five_cameras, job)


def needs(job: Job) -> dict[str, float]:
    """Return the seconds that it will take, by what takes them."""
    return descents.needs(job, settings(job))


def run(job: Job, folder: Path) -> Findings:
    """Run the experiment and put its files into a folder."""
    paper, ours = Part(folder), Part(folder)
    numbers: dict[str, Any] = {}
    for which, part in (("paper", paper), ("ours", ours)):
        runs = descents.descend_all(job, descents.five_cameras(job, which))
        descents.pose_pictures(job, part, which, runs, azimuth=AZIMUTH)
        descents.result_table(part, f"{which}-poses", runs)
        found = {name: descents.facts(one) for name, one in runs.items()}
        nearest = max(found, key=lambda name: found[name].wrists_cm)
        asked = sum(one.as_asked for one in found.values())
        part.claims(
            Claim(
                "None of the minimal-loss poses is the required one.",
                f"{asked} of 4 are as asked",
                asked == 0,
            ),
            Claim(
                "L_CD LoAE comes closest to the required pose.",
                f"the wrists come highest with {nearest} ({found[nearest].wrists_cm:.0f} cm from the head "
                "joint)",
                nearest == "L_CD LoAE",
            ),
            Claim(
                "The unnecessary joint rotations persist.",
                f"ankles are turned by up to {max(one.ankles_deg for one in found.values()):.0f}°",
                max(one.ankles_deg for one in found.values()) > 10,
            ),
        )
        numbers[which] = {name: descents.numbers(one) for name, one in runs.items()}
    return Findings(
        name="fig6",
        title=TITLE,
        section="VI, figure 6",
        did="Looked at the four minimal-loss poses from azimuth 45°.",
        saw="L_CD LoAE comes a little closer to the required pose than one camera, L_IP ALoE is “not so bad” "
        "either, and unnecessary joint rotations persist.",
        paper=paper,
        ours=ours,
        settings=settings_table(settings(job)),
        notes=reduced({"passes of the paper's settings": (job.budget.passes, 1000)}),
        numbers=numbers,
    )
