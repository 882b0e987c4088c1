"""Figure 2: how similar ten prompts are to each other in the encoder's space (paper section IV)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..presets import Settings
from ..prompts import PAPER_PROMPTS, SCENES, build_prompt
from . import plots
from .findings import Claim, Findings, Part, Picture, settings_table, write_matrix
from .job import Job

TITLE = "Ten prompts and how similar they are"
SHORT = (
    "arms level",
    "arms level, reordered",
    "arms above head",
    "hands on hips",
    "leaning back",
    "standing",
    "sitting",
    "running",
    "bowing",
    "no pose",
)
"""What each of the paper's prompts says, in two words."""


def settings(job: Job) -> dict[str, Settings]:
    """Return Ω by what it is of."""
    return {"encoder": job.paper("paper-single")}


def needs(job: Job) -> dict[str, float]:
    """Return the seconds that it will take, by what takes them."""
    return {"fig2": 2.0}


def similarity_matrix(job: Job, texts: list[str]) -> np.ndarray:
    """Return the cosines between texts: (n, n) symmetric, ones on the diagonal, computed in float64."""
    with torch.no_grad():
        u = job.encoder(settings(job)["encoder"]).embed_text(texts).double().cpu()
    unit = torch.nn.functional.normalize(u, dim=-1)
    table = unit @ unit.T
    return ((table + table.T) / 2).numpy()


def claims(table: np.ndarray, others: list[int]) -> tuple[list[Claim], dict[str, float]]:
    """Return the paper's two claims with the numbers of a matrix, whose first three rows are prompts 0 to 2.

    Args:
        table: (n, n) cosines.
        others: rows that the three are compared with.
    """
    among = table[[0, 0, 1], [1, 2, 2]]
    across = table[:3, others]
    rest = table[np.ix_(others, others)][np.triu_indices(len(others), 1)]
    numbers = {
        "among_0_to_2_mean": float(among.mean()),
        "among_0_to_2_least": float(among.min()),
        "to_the_rest_mean": float(across.mean()),
        "to_the_rest_most": float(across.max()),
        "reordered_0_1": float(table[0, 1]),
        "other_pose_0_2": float(table[0, 2]),
        "rest_mean": float(rest.mean()),
    }
    found = [
        Claim(
            "Prompts 0 to 2 are closer to each other than to the rest, on average.",
            f"mean {among.mean():.3f} among them, {across.mean():.3f} to prompts {others[0]} to {others[-1]}",
            bool(among.mean() > across.mean()),
        ),
        Claim(
            "Each pair of them is closer than any of them is to the rest.",
            f"least {among.min():.3f} among them, most {across.max():.3f} to the rest",
            bool(among.min() > across.max()),
        ),
        Claim(
            "The order of specifications matters little: 0 and 1 say the same in another order.",
            f"{table[0, 1]:.3f}, beside {rest.mean():.3f} between two other prompts on average",
            bool(table[0, 1] > max(across.max(), rest.max())),
        ),
    ]
    return found, numbers


def run(job: Job, folder: Path) -> Findings:
    """Run the experiment and put its files into a folder."""
    scene = SCENES["human"]
    ids = [str(k) for k in range(10)]
    whole = similarity_matrix(job, [build_prompt(prompt, scene) for prompt in PAPER_PROMPTS])
    alone = similarity_matrix(job, [prompt for prompt in PAPER_PROMPTS if prompt])
    low = float(min(whole.min(), alone.min()))
    names = [f"{k} {words}" for k, words in enumerate(SHORT)]
    paper, ours = Part(folder), Part(folder)
    numbers: dict[str, Any] = {}
    for part, table, name, what in (
        (paper, whole, "with-scene", "scene and pose"),
        (ours, alone, "pose-alone", "the pose alone"),
    ):
        n = len(table)
        plots.matrix(
            folder / f"{name}.svg", table, names[:n], ids[:n], title=f"Prompts of {what}", low=low, high=1.0
        )
        write_matrix(folder / f"{name}.csv", names[:n], names[:n], table)
        found, numbers[name] = claims(table, list(range(3, 9)))
        part.pictures(
            [Picture(f"{name}.svg", f"{n} × {n} matrix of cosine similarities between prompts of {what}")],
            width=420,
        )
        part.claims(*found)
    numbers["with-scene"] |= {"matrix": whole.tolist()}
    numbers["pose-alone"] |= {"matrix": alone.tolist()}
    off = ~np.eye(9, dtype=bool)
    paper.say(
        "Prompt 2 asks for another pose than 0 and 1 (arms above the head, not level), although the paper "
        "counts "
        f"it among those that describe the same. Its similarity to 0 is {whole[0, 2]:.3f}; "
        f"that of 0 and 1, which do say the same, is {whole[0, 1]:.3f}."
    )
    ours.say(
        "The same prompts without the scene sentence (prompt 9, which has nothing else, drops out). Between "
        "two "
        f"different prompts the similarity is {alone[off].mean():.3f} on average, and "
        f"{whole[:9, :9][off].mean():.3f} with the scene in front."
    )
    return Findings(
        name="fig2",
        title=TITLE,
        section="IV, figure 2",
        did="Embedded ten prompts, each the same scene sentence followed by a pose (the tenth by none), and "
        "compared them by the cosine of their embeddings.",
        saw="The first three prompts are more similar to each other than to the others. The paper concludes "
        "that "
        "CLIP is slightly invariant to the order of specifications and tells poses apart relatively well.",
        paper=paper,
        ours=ours,
        settings=settings_table(settings(job)),
        numbers=numbers,
    )
