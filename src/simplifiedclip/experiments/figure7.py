"""Figure 7: the losses of figure 5 with the lower body frozen (paper section VII)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..presets import Settings
from . import descents
from .figure5 import curve_pictures
from .findings import Claim, Findings, Part, settings_table
from .job import Job, Run, reduced

TITLE = "Lower body frozen: the losses"
FIRST = 25
"""The paper's "first few passes"."""


def settings(job: Job) -> dict[str, Settings]:
    """Return Ω by what it is of."""
    return descents.both(descents.five_cameras, job, frozen=True)


def needs(job: Job) -> dict[str, float]:
    """Return the seconds that it will take, by what takes them."""
    return descents.needs(job, settings(job) | descents.both(descents.five_cameras, job))


def drop(run: Run, passes: int = FIRST) -> float:
    """Return how far the objective has fallen after so many passes."""
    losses = run.pictured
    return float(losses[0] - losses[min(passes, len(losses) - 1)])


def claims(frozen: dict[str, Run], free: dict[str, Run]) -> list[Claim]:
    """Return the paper's claims about freezing with the numbers of descents that are alike but for it."""
    faster = [name for name in frozen if drop(frozen[name]) > drop(free[name])]
    not_lower = [name for name in frozen if frozen[name].least >= free[name].least]
    return [
        Claim(
            "The losses fall faster in the first few passes.",
            f"after {FIRST} passes they have fallen farther in {len(faster)} of {len(frozen)} (table)",
            len(faster) > len(frozen) / 2,
        ),
        Claim(
            "The minimal loss is almost always as large, if not larger.",
            f"as large or larger in {len(not_lower)} of {len(frozen)} (table)",
            len(not_lower) >= len(frozen) - 1,
        ),
    ]


def run(job: Job, folder: Path) -> Findings:
    """Run the experiment and put its files into a folder."""
    paper, ours = Part(folder), Part(folder)
    numbers: dict[str, Any] = {}
    for which, part, title in (("paper", paper, "The paper's settings"), ("ours", ours, "Our settings")):
        frozen = descents.descend_all(job, descents.five_cameras(job, which, frozen=True))
        free = descents.descend_all(job, descents.five_cameras(job, which))
        curve_pictures(part, which, frozen, title)
        part.claims(*claims(frozen, free))
        part.table(
            f"{which}-losses",
            ("", f"fall in {FIRST} passes, frozen", "free", "least loss, frozen", "free"),
            [
                [name, drop(frozen[name]), drop(free[name]), frozen[name].least, free[name].least]
                for name in frozen
            ],
            digits=4,
        )
        numbers[which] = {name: descents.numbers(one) for name, one in frozen.items()}
    return Findings(
        name="fig7",
        title=TITLE,
        section="VII, figure 7",
        did="Froze the joints that the required movement does not need, the pelvis and the legs, in their "
        "correct "
        "pose, and descended as before.",
        saw="The losses fall faster in the first few passes; surprisingly, the minimal loss is almost "
        "always as "
        "large if not larger. The paper concludes that unnecessary joint rotations lower the loss without "
        "helping the pose.",
        paper=paper,
        ours=ours,
        settings=settings_table(settings(job)),
        notes=reduced({"passes of the paper's settings": (job.budget.passes, 1000)}),
        numbers=numbers,
    )
