"""Runs experiments of the paper one after the other and writes the report after each."""

from __future__ import annotations

import shlex
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import UserError, nearest
from ..outputs import run_folder
from ..progress import readable_time
from . import EXPERIMENTS, find_experiment
from .findings import load_findings
from .job import FULL, QUICK, VERSION, Budget, Job
from .kept import key_of
from .report import write_report

PAGE = "index.html"
OURS = {PAGE, "kept", *EXPERIMENTS}


def check_names(names: Sequence[str]) -> list[str]:
    """Return the experiments of some names, in the paper's order, each once; ``all`` or none stands for all.

    Raises:
        UserError: an unknown name, with the nearest known ones.
    """
    known = (*EXPERIMENTS, "all")
    for name in names:
        if name not in known:
            raise UserError(
                f"There is no experiment '{name}' (known: {', '.join(known)}){nearest(name, known)}"
            )
    chosen = set(EXPERIMENTS) if not names or "all" in names else set(names)
    return [name for name in EXPERIMENTS if name in chosen]


def budget_for(*, quick: bool = False, passes: int | None = None) -> Budget:
    """Return how much is run: in full or quickly, with at most so many passes of every descent.

    Raises:
        UserError: less than one pass.
    """
    budget = QUICK if quick else FULL
    if passes is None:
        return budget
    if passes < 1:
        raise UserError(f"--passes must be at least 1, not {passes}.")
    return replace(
        budget,
        passes=passes,
        our_passes=min(passes, budget.our_passes or passes),
        fit_passes=passes,
    )


def command_line(request: Any) -> str:
    """Return the command that runs an experiment again, with ``{}`` for its name."""
    words = ["simplifiedclip", "reproduce", "{}", "--out", request.out.replace("{", "{{").replace("}", "}}")]
    for option, default in (("encoder", "poseclip"), ("passes", None), ("seed", 0), ("device", "cpu")):
        value = getattr(request, option)
        if value != default:
            words += [f"--{option}", str(value).replace("{", "{{").replace("}", "}}")]
    if request.quick:
        words.append("--quick")
    return " ".join(word if word == "{}" else shlex.quote(word) for word in words)


def check_out(out: Path) -> Path:
    """Check that a report can be written into a folder, or goes on in it.

    Raises:
        UserError: a file, or a folder with something else in it.
    """
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file, not a folder; give another --out.")
    if out.is_dir():
        strange = sorted(item.name for item in out.iterdir() if item.name not in OURS and item.name[0] != ".")
        if strange:
            raise UserError(
                f"The folder {out} holds something else than a report ({strange[0]}); give another --out."
            )
    return out


def reproduce(job: Job, names: Sequence[str]) -> Path:
    """Run experiments and write the report; what is finished with the same settings is not run again.

    Args:
        job: budget, encoder and folder.
        names: experiments, checked by `check_names`.

    Returns:
        The page.

    Raises:
        KeyboardInterrupt: Ctrl-C; the page holds what is finished, and the same job goes on from there.
        UserError: the encoder, body or device is not there, or the folder cannot be written.
    """
    page = job.out / PAGE
    try:
        waiting = [name for name in names if not finished(job, name)]
        for name in names:
            if name not in waiting:
                job.work.say(f"{name}: finished before, kept")
        if waiting:
            job.work.say("Looking how long passes take here …")
            needs = _needs(job, waiting)
            total = sum(needs.values())
            job.work.say(f"{', '.join(waiting)}: expected to take about {readable_time(total)}")
            job.work.plan(total)
            with job.work.live():
                for name in waiting:
                    _run(job, name, needs[name])
                    write_report(job.out)
    finally:
        # Whatever stopped it, the page shows what there is.
        if any((job.out / name).is_dir() for name in EXPERIMENTS):
            write_report(job.out)
    return page


def figure_key(job: Job, name: str) -> str:
    """Return what tells a finished experiment from one of another budget, encoder or settings."""
    experiment = find_experiment(name)
    settings = {what: value.to_json() for what, value in experiment.settings(job).items()}
    return key_of(
        {
            "name": name,
            "version": VERSION,
            "package": __version__,
            "budget": asdict(job.budget),
            "encoder": [job.encoder_name, job.weights(job.ours())],
            "settings": settings,
        }
    )


def finished(job: Job, name: str) -> bool:
    """Whether an experiment was run with this job's settings."""
    found = load_findings(job.out / name)
    return found is not None and found["about"].get("key") == figure_key(job, name)


def _needs(job: Job, names: Sequence[str]) -> dict[str, float]:
    """Return the seconds of each experiment; what several share counts for the first."""
    seen: set[str] = set()
    found = {}
    for name in names:
        needs = find_experiment(name).needs(job)
        found[name] = sum(seconds for key, seconds in needs.items() if key not in seen)
        seen |= set(needs)
    return found


def _run(job: Job, name: str, expected: float) -> None:
    done = job.work.done
    job.work.begin(name)
    begin = time.perf_counter()
    with run_folder(job.out / f".{name}.new", overwrite=True) as folder:
        findings = find_experiment(name).run(job, folder)
        findings.about = about(job, name, time.perf_counter() - begin)
        findings.save(folder)
    shutil.rmtree(job.out / name, ignore_errors=True)
    (job.out / f".{name}.new").replace(job.out / name)
    job.work.done = done + expected
    job.work.say(f"{name}: {readable_time(findings.about['seconds'])}")


def about(job: Job, name: str, seconds: float) -> dict[str, Any]:
    """Return what a reader must know to judge an experiment, and to run it again."""
    return {
        "key": figure_key(job, name),
        "encoder": job.encoder_name,
        "is_papers_encoder": job.encoder_name == "openai/clip-vit-base-patch32",
        "quick": job.budget.quick,
        "budget": asdict(job.budget),
        "command": job.command.format(name),
        "seconds": round(seconds, 1),
        "seed": job.seed,
        "device": job.device,
        "machine": machine(),
        "version": __version__,
        "finished": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
    }


def machine() -> str:
    """Return what a time depends on: the system, the processors and the threads that are used."""
    import os
    import platform

    import torch

    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPU cores, "
        f"{torch.get_num_threads()} threads, PyTorch {torch.__version__}"
    )
