"""Run the benchmark: prompts to poses, poses to checks, and tables, pictures and files of how it went."""

from __future__ import annotations

import csv
import json
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import __version__
from ..body.limits import violates
from ..codebook import Codebook, weights_hash
from ..errors import UserError
from ..optimize import (
    LIMITS_TOLERANCE_DEG,
    Result,
    encoder_parts,
    optimize_batch,
    planned_passes,
    whole_prompt,
)
from ..outputs import check_folder, slug, whole_file, write_json
from ..poses.posecodes import measure
from ..presets import PRESETS, Settings
from ..priors.self_penetration import penetration_depth
from ..stage import Stage
from .checks import Prompt
from .selection import GROUPS, Subset, chance_of, key_of, prompts

if TYPE_CHECKING:
    from rich.table import Table

    from ..body.smpl import SMPL
    from ..encoders.protocol import Encoder

RESULTS = "results.json"
FORMAT = "simplifiedclip evaluation 1"
DEEP_M = 0.02
"""Limbs that are deeper in each other than this are counted as self-penetration."""
FLUSH_SECONDS = 20.0
"""Finished prompts are written at most this often: what is lost by a crash."""

Done = Callable[[str, Prompt, "Outcome"], Any]
"""Called as ``done(column, prompt, outcome)`` after every prompt that was run."""


@dataclass(frozen=True)
class Outcome:
    """What one prompt came to.

    Attributes:
        passed: the pose does what the prompt says.
        beyond_limits: a joint is more than ``LIMITS_TOLERANCE_DEG`` beyond its limit.
        depth: metres that limbs are in each other, beyond what flesh allows.
        loss: of the pose.
        seconds: that the prompt took, its share of a batch.
        theta: 72 numbers, axis-angle in radians.
        betas: 10 numbers.
    """

    passed: bool
    beyond_limits: bool
    depth: float
    loss: float
    seconds: float
    theta: tuple[float, ...]
    betas: tuple[float, ...]


@dataclass(frozen=True)
class Summary:
    """Some outcomes together; shares are in 0..1.

    Attributes:
        prompts: how many.
        passed: how many poses do what is said.
        chance: share that poses of motion capture would reach, the mean of the checks' rates; NaN where they
            were not measured.
        beyond_limits: share beyond a joint limit.
        self_penetration: share with limbs more than ``DEEP_M`` in each other.
        depth: metres that limbs are in each other, mean.
        seconds: per prompt, mean.
    """

    prompts: int
    passed: int
    chance: float
    beyond_limits: float
    self_penetration: float
    depth: float
    seconds: float

    @property
    def share(self) -> float:
        """Share of poses that do what is said."""
        return self.passed / self.prompts if self.prompts else float("nan")

    @classmethod
    def of(cls, chosen: Sequence[Prompt], outcomes: Mapping[str, Outcome]) -> Summary:
        """Sum up the outcomes of some prompts; prompts without one are left out."""
        pairs = [(p, outcomes[key_of(p)]) for p in chosen if key_of(p) in outcomes]
        if not pairs:
            return cls(0, 0, *[float("nan")] * 5)
        return cls(
            len(pairs),
            sum(o.passed for _, o in pairs),
            float(np.mean([c if (c := chance_of(p)) is not None else np.nan for p, _ in pairs])),
            float(np.mean([o.beyond_limits for _, o in pairs])),
            float(np.mean([o.depth > DEEP_M for _, o in pairs])),
            float(np.mean([o.depth for _, o in pairs])),
            float(np.mean([o.seconds for _, o in pairs])),
        )


@dataclass
class Column:
    """One set of settings, the prompts it is asked, and its outcomes by the prompts' keys."""

    name: str
    settings: Settings
    prompts: tuple[Prompt, ...]
    weights: str | None
    outcomes: dict[str, Outcome]


@dataclass
class Evaluation:
    """What `evaluate` found: the prompts, and a column for each set of settings."""

    prompts: tuple[Prompt, ...]
    columns: list[Column]
    others: list[dict[str, Any]] = field(default_factory=list, repr=False)
    """Columns of earlier runs in the same folder, as they are in its file."""

    def total(self, column: str | None = None) -> Summary:
        """Return the numbers of all groups, of the first column where none is named."""
        return self.summary(column or self.columns[0].name)

    def by_group(self, column: str | None = None) -> dict[str, Summary]:
        """Return the numbers of each group, of the first column where none is named."""
        groups = [g for g in GROUPS if any(p.group == g for p in self.prompts)]
        return {group: self.summary(column or self.columns[0].name, group) for group in groups}

    def summary(self, column: str, group: str | None = None) -> Summary:
        """Return the numbers of a column, of all groups or of one."""
        chosen = [p for p in self.prompts if group is None or p.group == group]
        outcomes = next(c.outcomes for c in self.columns if c.name == column)
        return Summary.of(chosen, outcomes)

    def table(self) -> Table:
        """Return the table that the command line prints: a row for each group, columns for each settings."""
        from rich.table import Table

        table = Table(box=None, pad_edge=False, header_style="bright_black")
        table.add_column("group")
        for title in (*(c.name for c in self.columns), "chance"):
            table.add_column(title, justify="right")

        def right(title: str, group: str | None, style: str | None = None) -> None:
            sums = [self.summary(c.name, group) for c in self.columns]
            rate = max(sums, key=lambda one: one.prompts).chance
            table.add_row(
                title,
                *(f"{one.passed}/{one.prompts}" for one in sums),
                "–" if rate != rate else f"{rate:.1%}",
                style=style,
            )

        for group in self.by_group():
            right(group, group)
        table.add_section()
        right("all", None, "bold")
        sums = [self.total(c.name) for c in self.columns]
        table.add_row("", *(f"{one.share:.1%}" for one in sums), "")
        table.add_row("beyond joint limits", *(f"{one.beyond_limits:.1%}" for one in sums), "")
        table.add_row(
            f"limbs in limbs > {100 * DEEP_M:g} cm", *(f"{one.self_penetration:.1%}" for one in sums), ""
        )
        table.add_row("mean depth, cm", *(f"{100 * one.depth:.2f}" for one in sums), "")
        table.add_row("seconds per pose", *(f"{one.seconds:.2f}" for one in sums), "")
        return table

    def to_json(self) -> dict[str, Any]:
        """Return everything, for ``results.json``."""
        by_key = {key_of(p): p for p in prompts("all")}
        return {
            "format": FORMAT,
            "versions": {
                "simplifiedclip": __version__,
                "python": platform.python_version(),
                **{name: version(name) for name in ("torch", "numpy")},
            },
            "deep_m": DEEP_M,
            "limits_tolerance_deg": LIMITS_TOLERANCE_DEG,
            "columns": [
                *self.others,
                *(
                    {
                        "name": c.name,
                        "seed": c.settings.seed,
                        "settings": c.settings.to_json(),
                        "weights": c.weights,
                        "asked": len(c.prompts),
                        "total": asdict(self.total(c.name)),
                        "groups": {group: asdict(one) for group, one in self.by_group(c.name).items()},
                        "outcomes": [
                            {
                                "key": key,
                                "text": by_key[key].text,
                                "group": by_key[key].group,
                                "chance": chance_of(by_key[key]),
                                **asdict(outcome),
                            }
                            for key, outcome in c.outcomes.items()
                        ],
                    }
                    for c in self.columns
                ),
            ],
        }


def evaluate(
    settings: Settings | Mapping[str, Settings] = PRESETS["best"],
    subset: Subset = "dev",
    groups: Sequence[str] | None = None,
    limit: int | None = None,
    encoder: Encoder | None = None,
    body: SMPL | None = None,
    stage: Stage | None = None,
    done: Done | None = None,
    *,
    out: str | Path | None = None,
    overwrite: bool = False,
    limits: Mapping[str, int] | None = None,
    begin: Callable[[str, int, float], Any] | None = None,
    index: Callable[[int, int], Any] | None = None,
) -> Evaluation:
    """Run prompts of the benchmark and check the poses.

    With `out` the finished prompts are kept there as it goes; the same call goes on where an earlier one
    stopped. In the end the folder holds results.json, results.csv and contact_NAME.png for each column.

    Args:
        settings: Ω, or several by name, each of which becomes a column.
        subset: dev, test or all.
        groups: only these groups of prompts.
        limit: at most so many prompts, from all groups alike.
        limits: the same for single columns, by name.
        encoder, body, stage: already loaded, instead of those that the settings name, for all columns.
        done: called as ``done(column, prompt, outcome)`` after every prompt.
        out: folder for the files; nothing is written where None.
        overwrite: forget what `out` holds.
        begin: called as ``begin(column, prompts, work)`` for every column before any is run: how many of its
            prompts are left, and pictures (or as much work without them) of all of these.
        index: called as ``index(done, total)`` while a codebook is indexed.

    Raises:
        UserError: unknown groups, a folder with something else, or one whose poses have other settings or
            other encoder weights; and all that `optimize` raises; before any prompt is run.
        KeyboardInterrupt: Ctrl-C; finished prompts are kept.
    """
    columns = {"settings": settings} if isinstance(settings, Settings) else dict(settings)
    chosen = prompts(subset, groups=groups or (), limit=limit)
    folder = None if out is None else Path(out).expanduser()
    earlier: dict[str, Any] = {}
    if folder is not None:
        earlier = {} if overwrite else check_out(folder, columns)
        check_folder(folder, overwrite=overwrite or bool(earlier))
    loaded: dict[tuple[Any, ...], Encoder] = {}
    stages, eyes = {}, {}
    found = Evaluation(chosen, [], [column for name, column in earlier.items() if name not in columns])
    for name, one in columns.items():
        stages[name] = stage or Stage(one, body)
        eyes[name] = encoder or _load(one, stages[name], loaded)
        own = (limits or {}).get(name)
        asked = chosen if own is None else prompts(subset, groups=groups or (), limit=min(own, len(chosen)))
        eyes[name].embed_text([whole_prompt(p.text, one) for p in asked])  # refuses one that is too long
        weights = "+".join(weights_hash(part) or part.name for part in encoder_parts(eyes[name]))
        found.columns.append(Column(name, one, asked, weights, _kept(folder, earlier.get(name), weights)))
    for column in found.columns:
        left = [p for p in column.prompts if key_of(p) not in column.outcomes]
        if left and column.settings.init == "retrieval":
            eye = eyes[column.name]
            Codebook.load(eye, stages[column.name], size=column.settings.codebook, progress=index)
        if begin is not None:
            begin(column.name, len(left), len(left) * _work(column.settings, eyes[column.name]))
    for column in found.columns:
        _run(column, found, eyes[column.name], stages[column.name], folder, done)
    if folder is not None:
        _write(found, folder)
        _write_csv(found, folder / "results.csv")
        from .sheet import draw_sheet

        for column in found.columns:
            with whole_file(folder / sheet_name(column.name), overwrite=True) as file:
                draw_sheet(found, column, stages[column.name]).save(file)
    return found


def sheet_name(column: str) -> str:
    """Return the name of a column's contact sheet."""
    return f"contact_{slug(column)}.png"


def _work(settings: Settings, encoder: Encoder) -> float:
    # In pictures; a pass of the pose tower alone counts as one.
    views = len(settings.camera_azimuths()) if settings.views_weight else 0
    views = (settings.views_per_pass or views) if views else 0
    tower = planned_passes(settings, encoder) - settings.passes
    return settings.passes * (1 + settings.starts * views) + tower + len(settings.held_back)


def _load(settings: Settings, stage: Stage, loaded: dict[tuple[Any, ...], Encoder]) -> Encoder:
    from ..encoders.factory import load_encoder

    key = (settings.encoder, str(stage.device), settings.encoder_dtype, settings.encoder_resize)
    if key not in loaded:
        loaded[key] = load_encoder(*key[:3], resize=settings.encoder_resize)
    return loaded[key]


def _run(
    column: Column,
    evaluation: Evaluation,
    encoder: Encoder,
    stage: Stage,
    folder: Path | None,
    done: Done | None,
) -> None:
    """Run the prompts of a column that have no outcome yet, as one batch."""
    left = [p for p in column.prompts if key_of(p) not in column.outcomes]
    flushed = time.monotonic()

    def keep(index: int, result: Result) -> None:
        nonlocal flushed
        if result.stopped == "interrupted":
            return
        prompt = left[index]
        outcome = column.outcomes[key_of(prompt)] = judge(prompt, result)
        if done is not None:
            done(column.name, prompt, outcome)
        if folder is not None and time.monotonic() - flushed > FLUSH_SECONDS:
            _write(evaluation, folder)
            flushed = time.monotonic()

    if not left:
        return
    before = len(column.outcomes)
    try:
        results = optimize_batch(
            [p.text for p in left], column.settings, done=keep, encoder=encoder, stage=stage
        )
    finally:
        # Also after Ctrl-C: what is finished is not lost.
        if folder is not None and len(column.outcomes) > before:
            _write(evaluation, folder)
    if len(results) < len(left) or any(result.stopped == "interrupted" for result in results):
        raise KeyboardInterrupt


def judge(prompt: Prompt, result: Result) -> Outcome:
    """Return what a run of a prompt came to."""
    theta = result.theta.detach().cpu().reshape(1, 24, 3)
    return Outcome(
        passed=bool(prompt.check(measure(theta.numpy()))[0]),
        beyond_limits=bool(violates(theta, LIMITS_TOLERANCE_DEG)[0]),
        depth=round(float(penetration_depth(result.joints.detach().cpu().reshape(1, 24, 3))[0]), 5),
        loss=float(result.loss),
        seconds=round(float(result.seconds), 3),
        theta=tuple(round(float(x), 6) for x in theta.flatten()),
        betas=tuple(round(float(x), 6) for x in result.betas.flatten()),
    )


# --- files --------------------------------------------------------------------------------------------------


def check_out(folder: Path, columns: Mapping[str, Settings]) -> dict[str, Any]:
    """Return the columns of an earlier run in a folder by name; nothing where there is none.

    Raises:
        UserError: it is a file, holds something else, or poses of other settings under the same name.
    """
    path = folder / RESULTS
    if not path.is_file():
        check_folder(folder)
        return {}
    strange = f"The file {path} is none of an evaluation that could go on; give another --out, or --overwrite"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise UserError(strange)
        earlier = {column["name"]: column for column in content["columns"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(strange) from error
    known = {RESULTS, "results.csv", *map(sheet_name, (*earlier, *columns))}
    others = sorted(item.name for item in folder.iterdir() if item.name not in known and item.name[0] != ".")
    if others:
        raise UserError(
            f"The folder {folder} holds something else than an evaluation ({others[0]}); give another --out."
        )
    for name, one in columns.items():
        if name not in earlier:
            continue
        # As JSON has them: tuples are lists there.
        now, before = json.loads(json.dumps(one.to_json())), earlier[name].get("settings", {})
        different = [key for key in {**now, **before} if now.get(key) != before.get(key)]
        if different:
            raise UserError(
                f"The folder {folder} holds poses of '{name}' with other settings "
                f"({', '.join(sorted(different)[:4])}); give another --out, or --overwrite"
            )
    return earlier


def _kept(folder: Path | None, column: Mapping[str, Any] | None, weights: str) -> dict[str, Outcome]:
    """Return the outcomes of an earlier run; what its poses say is checked again."""
    if column is None:
        return {}
    if column.get("weights") != weights:
        raise UserError(
            f"The folder {folder} holds poses of '{column['name']}' from other weights of the encoder; "
            "give another --out, or --overwrite"
        )
    kept: dict[str, Outcome] = {}
    by_text = {p.text: p for p in prompts("all")}
    names = Outcome.__dataclass_fields__
    for values in column["outcomes"]:
        prompt = by_text.get(values["text"])
        if prompt is not None:
            theta, betas = tuple(values["theta"]), tuple(values["betas"])
            passed = bool(prompt.check(measure(np.asarray(theta, float).reshape(1, 24, 3)))[0])
            same = {name: values[name] for name in names if name in values}
            kept[key_of(prompt)] = Outcome(**{**same, "theta": theta, "betas": betas, "passed": passed})
    return kept


def _write(evaluation: Evaluation, folder: Path) -> None:
    with whole_file(folder / RESULTS, overwrite=True) as file:
        write_json(file, evaluation.to_json())


def _write_csv(evaluation: Evaluation, path: Path) -> None:
    columns = ("passed", "beyond_limits", "depth", "loss", "seconds")
    with whole_file(path, overwrite=True) as file, open(file, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        titles = [f"{c.name} {title}" for c in evaluation.columns for title in columns]
        writer.writerow(["key", "group", "prompt", "chance", *titles])
        for p in evaluation.prompts:
            rate = chance_of(p)
            outcomes = [c.outcomes.get(key_of(p)) for c in evaluation.columns]
            values = [getattr(o, title, "") for o in outcomes for title in columns]
            cells = [int(v) if isinstance(v, bool) else v and f"{v:.6g}" for v in values]
            writer.writerow([key_of(p), p.group, p.text, "" if rate is None else f"{rate:.5f}", *cells])
