"""Figure 4: the minimal-loss poses of figure 3, from the front (paper section V)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..presets import Settings
from . import descents
from .findings import Claim, Findings, Part, settings_table
from .job import Job, reduced

TITLE = "One camera: the minimal-loss poses"
AZIMUTH = 0.0


def settings(job: Job) -> dict[str, Settings]:
    """Return Ω by what it is of."""
    return descents.both(descents.single_camera, job)


def needs(job: Job) -> dict[str, float]:
    """Return the seconds that it will take, by what takes them."""
    return descents.needs(job, settings(job))


def run(job: Job, folder: Path) -> Findings:
    """Run the experiment and put its files into a folder."""
    paper, ours = Part(folder), Part(folder)
    numbers: dict[str, Any] = {}
    for which, part in (("paper", paper), ("ours", ours)):
        runs = descents.descend_all(job, descents.single_camera(job, which))
        descents.pose_pictures(job, part, which, runs, azimuth=AZIMUTH)
        descents.result_table(part, f"{which}-poses", runs)
        human, grey = descents.facts(runs["human"]), descents.facts(runs["grey"])
        part.claims(
            Claim(
                "The minimal-loss pose is not the required one, with either texture.",
                f"as asked: human {'yes' if human.as_asked else 'no'}, grey "
                f"{'yes' if grey.as_asked else 'no'}",
                not human.as_asked and not grey.as_asked,
            ),
            Claim(
                "The human texture comes closer to the required pose.",
                f"lower wrist above the head: {human.wrists_cm:.0f} cm with the human, {grey.wrists_cm:.0f} "
                "cm "
                "with the grey texture",
                human.wrists_cm > grey.wrists_cm,
            ),
            Claim(
                "There are unwanted rotations, such as the ankles'.",
                f"ankles are turned by up to {max(human.ankles_deg, grey.ankles_deg):.0f}°",
                max(human.ankles_deg, grey.ankles_deg) > 10,
            ),
        )
        numbers[which] = {name: descents.numbers(one) for name, one in runs.items()}
    below = -descents.zero_facts(job, settings(job)["paper: human"]).wrists_cm
    paper.say(
        "A pose is as asked when both wrists are above the head joint, the elbows straighter than 150° and "
        f"the trunk within 30° of the vertical. In the zero pose the wrists are {below:.0f} cm below."
    )
    return Findings(
        name="fig4",
        title=TITLE,
        section="V, figure 4",
        did="Looked at the poses that had the least loss, both from the front (azimuth 0°).",
        saw="Neither is the required pose. The grey body's is inhuman; the human texture's is closer, with "
        "unwanted joint rotations, such as the ankles'.",
        paper=paper,
        ours=ours,
        settings=settings_table(settings(job)),
        notes=reduced({"passes of the paper's settings": (job.budget.passes, 1000)}),
        numbers=numbers,
    )
