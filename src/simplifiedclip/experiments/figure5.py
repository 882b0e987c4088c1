"""Figure 5: L_IP and L_CD under ALoE and LoAE, five cameras (paper section VI)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..presets import Settings
from . import descents
from .findings import Claim, Findings, Part, settings_table
from .job import Job, Run, reduced

TITLE = "Five cameras: the losses"


def settings(job: Job) -> dict[str, Settings]:
    """Return Ω by what it is of."""
    return descents.both(descents.five_cameras, job)


def needs(job: Job) -> dict[str, float]:
    """Return the seconds that it will take, by what takes them."""
    single = {f"{which} single": descents.single_camera(job, which)["human"] for which in ("paper", "ours")}
    return descents.needs(job, settings(job) | single)


def curve_pictures(part: Part, name: str, runs: dict[str, Run], title: str) -> None:
    """Add one plot for each loss, with a curve for each aggregation."""
    items = []
    for loss in descents.LOSSES:
        some = {label.split()[1]: one for label, one in runs.items() if label.startswith(loss)}
        unit = "cosine distance" if loss == "L_CD" else "inner-product loss, λ = 10⁻³"
        items.append(
            descents.loss_curves(
                part,
                f"{name}-{loss.replace('_', '').lower()}",
                some,
                ylabel=f"{loss} ({unit})",
                title=f"{title}: {loss}",
            )
        )
    part.pictures(items, width=340)


def run(job: Job, folder: Path) -> Findings:
    """Run the experiment and put its files into a folder."""
    paper, ours = Part(folder), Part(folder)
    numbers: dict[str, Any] = {}
    for which, part, title in (("paper", paper, "The paper's settings"), ("ours", ours, "Our settings")):
        runs = descents.descend_all(job, descents.five_cameras(job, which))
        single = job.descend(descents.PROMPT, descents.single_camera(job, which)["human"])
        curve_pictures(part, which, runs, title)
        better = {
            loss: min(("LoAE", "ALoE"), key=lambda a, loss=loss: runs[f"{loss} {a}"].least)  # type: ignore[misc]
            for loss in descents.LOSSES
        }
        loae = runs["L_CD LoAE"].least
        part.claims(
            Claim(
                "Depending on the objective, ALoE or LoAE performs better loss-wise.",
                "; ".join(
                    f"{loss}: LoAE {runs[f'{loss} LoAE'].least:.4g}, ALoE {runs[f'{loss} ALoE'].least:.4g}"
                    for loss in descents.LOSSES
                ),
                better["L_CD"] != better["L_IP"],
            ),
            Claim(
                "L_CD is not significantly smaller than with one camera.",
                f"{loae:.3f} with five (LoAE), {single.least:.3f} with one",
                loae > single.least - 0.05,
            ),
        )
        numbers[which] = {name: descents.numbers(one) for name, one in runs.items()}
        numbers[which]["single camera"] = descents.numbers(single)
    paper.say(
        "LoAE and ALoE are not one scale: an average of unit embeddings is shorter than they are, so for one "
        "and the same pose LoAE's L_CD is the smaller wherever the mean cosine is positive."
    )
    return Findings(
        name="fig5",
        title=TITLE,
        section="VI, figure 5",
        did="Rendered five views in every pass and put their embeddings together: the loss on the average "
        "embedding (LoAE), or the average of the losses (ALoE); each with L_CD and with L_IP.",
        saw="ALoE or LoAE may do better, depending on the objective. L_CD is not significantly smaller than "
        "with "
        "one camera.",
        paper=paper,
        ours=ours,
        settings=settings_table(settings(job)),
        notes=reduced({"passes of the paper's settings": (job.budget.passes, 1000)}),
        numbers=numbers,
    )
