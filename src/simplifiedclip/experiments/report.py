"""The report: one HTML page with everything in it, made of the folders that the experiments have written."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

from ..outputs import whole_file
from . import EXPERIMENTS
from .findings import load_findings

_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


def write_report(out: Path) -> Path:
    """Write ``index.html`` of the experiments that a folder holds; their pictures are embedded.

    Raises:
        UserError: it cannot be written.
    """
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("simplifiedclip.experiments", "pages"), autoescape=True, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["words"] = _words
    figures = [_read(out, name) for name in EXPERIMENTS]
    there = [figure for figure in figures if "about" in figure]
    page = environment.get_template("report.html.jinja").render(
        figures=figures,
        there=there,
        encoders=list(dict.fromkeys(figure["about"]["encoder"] for figure in there)),
        all_papers=all(figure["about"]["is_papers_encoder"] for figure in there),
        quick=[figure["label"] for figure in there if figure["about"]["quick"]],
        minutes=sum(figure["about"]["seconds"] for figure in there) / 60,
        machines=list(dict.fromkeys(figure["about"]["machine"] for figure in there)),
        finished=max((figure["about"]["finished"] for figure in there), default=""),
    )
    target = out / "index.html"
    with whole_file(target, overwrite=True) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return target


def label_of(name: str) -> str:
    """Return an experiment's name as people write it: ``Figure 2``."""
    return f"Figure {name.removeprefix('fig')}" if name.startswith("fig") else name.capitalize()


def _read(out: Path, name: str) -> dict[str, Any]:
    found = load_findings(out / name)
    if found is None:
        return {"name": name, "label": label_of(name)}
    for block in (*found["paper"], *found["ours"]):
        for picture in block.get("pictures", ()):
            picture["src"] = _embed(out / name / picture["file"])
    return {**found, "label": label_of(name), "shared": _shared(found["settings"])}


def _words(text: str) -> Any:
    """Escape a text and set what plain letters cannot: subscripts of the paper's losses, minus signs."""
    from markupsafe import Markup, escape

    whole = re.sub(r"(?<![\w.])-(?=\d)", "−", str(escape(text)))
    return Markup(re.sub(r"\bL_(CD|IP)\b", r"L<sub>\1</sub>", whole))  # escaped above


def _embed(file: Path) -> str:
    try:
        content = base64.b64encode(file.read_bytes()).decode()
    except OSError:
        return ""
    return f"data:{_TYPES[file.suffix]};base64,{content}"


def _shared(settings: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return settings as a table: those of all runs in one column, then what differs, run by run."""
    if not settings:
        return {"common": {}, "differing": {}}
    runs = list(settings.values())
    names = list(dict.fromkeys(name for run in runs for name in run))
    common = {n: runs[0][n] for n in names if all(n in run and run[n] == runs[0][n] for run in runs)}
    differing = {
        label: {n: value for n, value in run.items() if n not in common} for label, run in settings.items()
    }
    return {
        "common": {n: _word(v) for n, v in common.items()},
        "differing": {label: {n: _word(v) for n, v in run.items()} for label, run in differing.items()},
    }


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if value is None or value == "":
        return "–"
    return f"{value:g}" if isinstance(value, float) else str(value)
