"""What an experiment found, as a folder: words, claims, tables (also as CSV), pictures, and all the numbers.

The page of the report is made of such folders alone, so it can be made again without running anything.
"""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..outputs import write_json

FILE = "findings.json"
Cell = str | float | int | None


@dataclass(frozen=True)
class Claim:
    """A sentence of the paper beside what was measured of it.

    Attributes:
        says: what is claimed.
        measured: the numbers, in words.
        holds: whether they bear it out; None where that cannot be said.
    """

    says: str
    measured: str
    holds: bool | None


@dataclass(frozen=True)
class Picture:
    """A picture of the folder.

    Attributes:
        file: its name.
        alt: what it shows, for those who do not see it.
        caption: text under it.
    """

    file: str
    alt: str
    caption: str = ""


@dataclass
class Part:
    """Half of an experiment: what is seen with the paper's settings, or with ours."""

    folder: Path
    blocks: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Add a paragraph."""
        self.blocks.append({"kind": "text", "text": text})

    def claims(self, *claims: Claim) -> None:
        """Add the paper's claims with what was measured of them."""
        self.blocks.append({"kind": "claims", "claims": [dataclasses.asdict(claim) for claim in claims]})

    def pictures(self, pictures: Sequence[Picture], *, width: int = 220) -> None:
        """Add pictures side by side, as many as there is room for.

        Args:
            pictures: files that are in the folder.
            width: how wide each is on the page at least, in CSS pixels.
        """
        items = [dataclasses.asdict(picture) for picture in pictures]
        self.blocks.append({"kind": "pictures", "pictures": items, "width": width})

    def table(
        self,
        name: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        *,
        caption: str = "",
        digits: int | Sequence[int] = 3,
    ) -> None:
        """Add a table, and write it as NAME.csv.

        Args:
            name: of the CSV file.
            columns: headings, with units.
            rows: words and numbers; None for what is not known.
            caption: text above it.
            digits: decimals of the numbers that are not whole, of all columns or of each.
        """
        write_csv(self.folder / f"{name}.csv", columns, rows)
        places = [digits] * len(columns) if isinstance(digits, int) else digits
        shown = [[_shown(cell, place) for cell, place in zip(row, places)] for row in rows]
        numeric = [
            all(isinstance(row[k], (int, float)) or row[k] is None for row in rows)
            for k in range(len(columns))
        ]
        self.blocks.append(
            {
                "kind": "table",
                "caption": caption,
                "columns": list(columns),
                "rows": shown,
                "numeric": numeric,
                "csv": f"{name}.csv",
            }
        )


@dataclass
class Findings:
    """All of an experiment.

    Attributes:
        name: ``fig2`` … ``fig10``, ``statements``, ``ablation``.
        title: its heading.
        section: where the paper has it.
        did: what the paper did.
        saw: what it saw.
        paper: what is seen with the paper's settings.
        ours: what is seen with ours.
        settings: Ω by what it is of.
        notes: what a reader has to know, such as what was reduced.
        numbers: everything as plain numbers.
        about: encoder, command, seconds, date; filled in by the job.
    """

    name: str
    title: str
    section: str
    did: str
    saw: str
    paper: Part
    ours: Part
    settings: dict[str, dict[str, Any]]
    notes: list[str] = field(default_factory=list)
    numbers: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    def save(self, folder: Path) -> None:
        """Write findings.json and numbers.json."""
        write_json(folder / "numbers.json", self.numbers)
        values = {
            item.name: getattr(self, item.name)
            for item in dataclasses.fields(self)
            if item.name not in ("paper", "ours", "numbers")
        }
        values |= {"paper": self.paper.blocks, "ours": self.ours.blocks}
        write_json(folder / FILE, values)


def load_findings(folder: Path) -> dict[str, Any] | None:
    """Read findings.json of an experiment's folder; None where it is not there or not whole."""
    try:
        values = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) and "about" in values else None


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write a table, numbers with nine digits."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([f"{cell:.9g}" if isinstance(cell, float) else cell for cell in row])


def write_matrix(path: Path, names: Sequence[str], columns: Sequence[str], matrix: np.ndarray) -> None:
    """Write a matrix with a name for each row and column."""
    rows = [[name, *map(float, values)] for name, values in zip(names, matrix)]
    write_csv(path, ["", *columns], rows)


def settings_table(settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return Settings by name as what JSON can hold."""
    return {name: value.to_json() for name, value in settings.items()}


def _shown(cell: Cell, digits: int) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, (bool, str)):
        return str(cell)
    if isinstance(cell, int):
        return f"{cell:,}".replace(",", " ")
    if not np.isfinite(cell):
        return "–"
    return f"{cell:.{digits}f}".replace("-", "−")
