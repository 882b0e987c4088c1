"""Two statements of the paper that have no figure: that β barely moves (section III-A), and that texture
lowers the loss, whatever the prompt (section V)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..presets import Settings
from ..prompts import PAPER_PROMPTS
from . import descents, plots
from .figure2 import SHORT
from .findings import Cell, Claim, Findings, Part, Picture, settings_table
from .job import Job, Run, reduced

TITLE = "Statements without a figure: β barely moves, texture helps"
_ORDER = (2, 6, 4, 3, 7, 8, 0, 5, 1)
"""The prompts with a pose, the most different first."""


def shape_settings(job: Job, which: str) -> dict[str, Settings]:
    """Return Ω with β fixed and with β descending too."""
    fixed = descents.single_camera(job, which)["human"]
    return {"β fixed": fixed, "β free": fixed.replace(optimize_betas=True)}


def texture_prompts(job: Job) -> list[int]:
    """Return the numbers of the prompts on which the textures are compared."""
    return sorted(_ORDER[: job.budget.texture_prompts])


def settings(job: Job) -> dict[str, Settings]:
    """Return Ω by what it is of."""
    return descents.both(shape_settings, job) | descents.both(descents.single_camera, job)


def needs(job: Job) -> dict[str, float]:
    """Return the seconds that it will take, by what takes them."""
    found = descents.needs(job, descents.both(shape_settings, job))
    for number in texture_prompts(job):
        found |= descents.needs(job, descents.both(descents.single_camera, job), PAPER_PROMPTS[number])
    return found


def _shape(job: Job, part: Part, which: str) -> tuple[Claim, Claim, dict[str, float]]:
    runs = descents.descend_all(job, shape_settings(job, which))
    free, fixed = runs["β free"], runs["β fixed"]
    theta, betas = free.theta_norms, free.betas_norms
    plots.curves(
        part.folder / f"{which}-norms.svg",
        [plots.Curve("|θ| (rad)", theta), plots.Curve("|β| (shape deviations)", betas)],
        ylabel="norm",
        title=f"{_titles[which]}: θ and β descending",
    )
    descents.write_curves(part.folder / f"{which}-norms.csv", {"theta_norm": theta, "betas_norm": betas})
    part.pictures(
        [Picture(f"{which}-norms.svg", "Norms of θ and β over the passes when both descend")], width=420
    )
    change, turned = float(np.ptp(betas)), float(np.ptp(theta))
    measured = Claim(
        "|β| does not vary much during optimisation, unlike |θ|.",
        f"|β| stays within {betas.min():.2f} and {betas.max():.2f}; |θ| ranges over {turned:.2f} rad",
        bool(change < 0.25 * turned and change < 1.0),
    )
    gain = fixed.least - free.least
    helped = Claim(
        "Letting β descend causes no significant improvement.",
        f"least loss {free.least:.3f} with β, {fixed.least:.3f} without",
        bool(gain < 0.02),
    )
    return measured, helped, {"betas_range": change, "theta_range": turned, "gain": gain}


_titles = {"paper": "The paper's settings", "ours": "Our settings"}


def _textures(job: Job, part: Part, which: str) -> tuple[Claim, dict[str, list[float]]]:
    chosen = descents.single_camera(job, which)
    found: dict[str, list[Run]] = {name: [] for name in chosen}
    ids = texture_prompts(job)
    for number in ids:
        for name, run in descents.descend_all(job, chosen, PAPER_PROMPTS[number]).items():
            found[name].append(run)
    rows: list[list[Cell]] = [
        [f"{number} {SHORT[number]}", human.least, grey.least, grey.least - human.least]
        for number, human, grey in zip(ids, found["human"], found["grey"])
    ]
    part.table(
        f"{which}-textures",
        ("prompt", "least L_CD, human", "grey", "difference"),
        rows,
        caption="One camera, the least loss with either texture",
    )
    lower = sum(h.least < g.least for h, g in zip(found["human"], found["grey"]))
    claim = Claim(
        "Adding a texture lowers the loss, for other prompts too.",
        f"lower with the human texture for {lower} of {len(ids)} prompts",
        lower > len(ids) / 2,
    )
    return claim, {name: [run.least for run in runs] for name, runs in found.items()}


def run(job: Job, folder: Path) -> Findings:
    """Run the experiment and put its files into a folder."""
    paper, ours = Part(folder), Part(folder)
    numbers: dict[str, Any] = {}
    for which, part in (("paper", paper), ("ours", ours)):
        measured, helped, shape = _shape(job, part, which)
        claim, textures = _textures(job, part, which)
        part.claims(measured, helped, claim)
        numbers[which] = {"shape": shape, "textures": textures}
    paper.say(
        "Adam takes steps of about its step size whatever the gradient's length, so that β moves less than "
        "θ is not a "
        "matter of scale: its ten numbers share the same steps as θ's 72."
    )
    budget = job.budget
    return Findings(
        name="statements",
        title=TITLE,
        section="III-A and V",
        did="Tried to descend in β as well as in θ; and repeated the comparison of textures with other "
        "prompts.",
        saw="|β| did not vary much, unlike |θ|, and brought no significant improvement, so β was fixed. The "
        "textured "
        "body did better for other prompts too: “adding a texture improves the performance”.",
        paper=paper,
        ours=ours,
        settings=settings_table(settings(job)),
        notes=reduced(
            {
                "passes of the paper's settings": (budget.passes, 1000),
                "prompts": (budget.texture_prompts, 9),
            },
        ),
        numbers=numbers,
    )
