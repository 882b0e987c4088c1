"""Section IX's proposals, a ground and a pose prior, and every other part of ``best``: what each contributes
on the pose benchmark when it alone is left out, or added where ``best`` does without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..benchmark.evaluation import DEEP_M
from ..benchmark.selection import prompts
from ..body.limits import violates
from ..descent import LIMITS_TOLERANCE_DEG
from ..optimize import encoder_parts
from ..poses.posecodes import measure
from ..presets import PRESETS, Settings
from ..priors.self_penetration import penetration_depth
from . import plots
from .findings import Cell, Claim, Findings, Part, Picture, settings_table
from .job import Job, Run, reduced
from .kept import key_of

TITLE = "What each part of our settings contributes"
PRIOR_WEIGHT = 0.1
"""Of the learned prior's score, where `best` does without it."""


@dataclass(frozen=True)
class Variant:
    """A change of our settings.

    Attributes:
        label: for the table.
        changes: settings that differ.
        proposal: one of the paper's section IX.
    """

    label: str
    changes: dict[str, Any]
    proposal: bool = False


def variants(job: Job) -> dict[str, Variant]:
    """Return the changes of ``best`` that are tried, by name; each part that it has is left out once.

    What section IX proposes and ``best`` does without is added instead. What would change nothing is not
    tried, and the pose tower is tried where the encoder has one.
    """
    best = PRESETS["best"]
    tried = {
        "best": Variant("ours, whole", {}),
        "contact": Variant(
            "− ground contact and balance", {"contact_weight": 0.0, "balance_weight": 0.0}, True
        ),
        "ground": Variant(
            "− ground in the pictures" if best.ground else "+ ground in the pictures",
            {"ground": not best.ground},
            True,
        ),
        "prior": (
            Variant("− learned pose prior", {"prior_weight": 0.0, "pose_space": "axis-angle"}, True)
            if best.prior_weight > 0 or best.pose_space == "prior"
            else Variant("+ learned pose prior", {"prior_weight": PRIOR_WEIGHT}, True)
        ),
        "limits": Variant("− joint limits", {"limits_weight": 0.0}, True),
        "penetration": Variant("− self-penetration", {"penetration_weight": 0.0}),
        "stay": Variant("− pull towards the start", {"stay_weight": 0.0}),
        "codebook": Variant("− codebook (from the zero pose)", {"init": "zero"}),
        "starts": Variant("+ four starts, unseen views choose", {"starts": 4, "held_back": "90,-90,180"}),
        "tower-first": Variant("+ first descent on the pose tower", {"tower_starts": 8, "tower_passes": 40}),
        "longer": Variant("+ five times the passes", {"passes": 5 * best.passes}),
        "views": Variant("− pictures (pose tower alone)", {"views_weight": 0.0}),
        "tower": Variant("− pose tower (pictures alone)", {"pose_tower_weight": 0.0}),
        "descent": Variant("− descent (nearest pose)", PRESETS["retrieval"].to_json()),
    }
    if not any(hasattr(part, "embed_pose") for part in encoder_parts(job.encoder(job.ours()))):
        del tried["views"], tried["tower"]
    return {
        name: variant
        for name, variant in tried.items()
        if name == "best" or best.replace(**_plain(variant.changes)) != best
    }


def variant_settings(job: Job, name: str) -> Settings:
    """Return Ω of a variant under the job's budget."""
    changes = _plain(variants(job)[name].changes)
    if name == "descent":
        changes = {k: v for k, v in changes.items() if k not in ("encoder", "seed", "device")}
    found = job.ours().replace(**changes)
    return found.replace(passes=min(found.passes, job.budget.benchmark_passes or found.passes))


def settings(job: Job) -> dict[str, Settings]:
    """Return Ω by what it is of."""
    return {variant.label: variant_settings(job, name) for name, variant in variants(job).items()}


def bench_prompts(job: Job) -> Sequence[Any]:
    """Return the prompts that are run, of the development half and from all groups alike."""
    return prompts("dev", limit=job.budget.benchmark_prompts)


def needs(job: Job) -> dict[str, float]:
    """Return the seconds that it will take, by what takes them."""
    # One trial for all variants: to try each would take longer than a quick run of it.
    each = job.seconds(variant_settings(job, "best"))
    keys = (
        job.descent_key(prompt.text, one) for prompt in bench_prompts(job) for one in settings(job).values()
    )
    return {key_of(key): each for key in keys if not job.kept.has(key)}


@dataclass(frozen=True)
class Score:
    """What a variant reached on some prompts.

    Attributes:
        right: (n,) which poses do what their prompts say.
        beyond: (n,) which are beyond a joint limit.
        depth_cm: (n,) how deep limbs are in each other.
        seconds: (n,).
    """

    right: np.ndarray
    beyond: np.ndarray
    depth_cm: np.ndarray
    seconds: np.ndarray

    @classmethod
    def of(cls, runs: Sequence[Run], checks: Sequence[Any]) -> Score:
        """Measure descents by the checks of their prompts."""
        thetas = np.stack([run.theta for run in runs])
        return cls(
            np.array([bool(check(measure(theta[None]))[0]) for check, theta in zip(checks, thetas)]),
            np.asarray(violates(torch.as_tensor(thetas), LIMITS_TOLERANCE_DEG).numpy(), bool),
            100 * penetration_depth(torch.as_tensor(np.stack([run.joints for run in runs]))).numpy(),
            np.array([run.seconds for run in runs]),
        )


def run(job: Job, folder: Path) -> Findings:
    """Run the experiment and put its files into a folder."""
    chosen_prompts = bench_prompts(job)
    tried = variants(job)
    chosen = {name: variant_settings(job, name) for name in tried}
    runs: dict[str, list[Run]] = {name: [] for name in tried}
    each = job.seconds(chosen["best"])
    for prompt in chosen_prompts:  # prompt by prompt, so that an interrupted job has whole rows
        for name, one in chosen.items():
            runs[name].append(job.descend(prompt.text, one, each))
    checks = [prompt.check for prompt in chosen_prompts]
    scores = {name: Score.of(some, checks) for name, some in runs.items()}
    whole, n = scores["best"], len(chosen_prompts)

    paper, ours = Part(folder), Part(folder)
    paper.say(
        "The paper proposes two ways to improve and tries neither: a ground, which shows the encoder which "
        "way "
        "is up, and a prior that keeps θ human, for instance an adversarial one. They stand in the table "
        "below."
    )
    rows: list[list[Cell]] = []
    for name, variant in tried.items():
        score = scores[name]
        gained = int((whole.right & ~score.right).sum())
        lost = int((~whole.right & score.right).sum())
        rows.append(
            [
                variant.label,
                f"{int(score.right.sum())} of {n}",
                float(100 * score.right.mean()),
                "" if name == "best" else f"−{gained} +{lost}",
                float(100 * score.beyond.mean()),
                float(100 * (score.depth_cm > 100 * DEEP_M).mean()),
                float(score.seconds.mean()),
            ]
        )
    ours.table(
        "ablation",
        ("", "right", "right (%)", "lost, won", "beyond limits (%)", "limbs in limbs (%)", "seconds"),
        rows,
        caption=f"{n} prompts of the pose benchmark's development half, judged by geometric checks of the "
        "joints; "
        "− leaves a part out, + adds one.",
        digits=(0, 0, 0, 0, 0, 0, 1),
    )
    plots.bars(
        folder / "ablation.svg",
        [variant.label for variant in tried.values()],
        [float(100 * scores[name].right.mean()) for name in tried],
        xlabel="prompts whose pose is right (%)",
        title=f"One part changed at a time, {n} prompts",
        highlight=[k for k, variant in enumerate(tried.values()) if variant.proposal],
    )
    ours.pictures(
        [Picture("ablation.svg", "Share of right poses; section IX's proposals in vermilion")],
        width=420,
    )
    ours.claims(*_claims(tried, scores))
    return Findings(
        name="ablation",
        title=TITLE,
        section="IX",
        did="Proposed a ground, to help the encoder see the body's orientation, and pose parameters "
        "constrained to "
        "the humanly plausible, for instance by an Adversarial Parametric Pose Prior.",
        saw="It tried neither.",
        paper=paper,
        ours=ours,
        settings=settings_table(settings(job)),
        notes=reduced(
            {
                "prompts": (n, len(prompts("dev"))),
                "passes": (chosen["best"].passes, PRESETS["best"].passes),
            }
        ),
        numbers={
            "prompts": [prompt.text for prompt in chosen_prompts],
            "right": {name: score.right.tolist() for name, score in scores.items()},
            "beyond": {name: score.beyond.tolist() for name, score in scores.items()},
            "depth_cm": {name: score.depth_cm.tolist() for name, score in scores.items()},
            "seconds": {name: score.seconds.tolist() for name, score in scores.items()},
        },
    )


def _claims(tried: dict[str, Variant], scores: dict[str, Score]) -> list[Claim]:
    whole = scores["best"]
    found = []
    for names, says in (
        (("contact", "ground"), "A ground helps."),
        (("limits", "prior"), "Constraining θ to the humanly plausible helps."),
    ):
        parts, helps = [], []
        for name in names:
            if name not in tried:
                continue
            score, label = scores[name], tried[name].label
            change = int(score.right.sum()) - int(whole.right.sum())
            parts.append(
                f"{label}: {change:+d} right, beyond limits {100 * score.beyond.mean():.0f} % "
                f"(whole: {100 * whole.beyond.mean():.0f} %)"
            )
            added = label.startswith("+")
            helps.append(change > 0 if added else change < 0)
        if parts:
            # One prompt more or less says nothing of a few.
            holds = any(helps) if len(whole.right) >= 30 else None
            found.append(Claim(says, "; ".join(parts), holds))
    return found


def _plain(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in changes.items()}
