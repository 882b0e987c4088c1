"""The paper's experiments, one module per figure, and the report that puts them beside the paper."""

from __future__ import annotations

import importlib
from typing import Any

EXPERIMENTS: tuple[str, ...] = (
    "fig2",
    "fig3",
    "fig4",
    "fig5",
    "fig6",
    "fig7",
    "fig8",
    "fig9",
    "fig10",
    "statements",
    "ablation",
)
"""Names of the experiments, in the paper's order."""


def find_experiment(name: str) -> Any:
    """Return an experiment's module: ``needs(job)`` says how long it takes, ``run(job, folder)`` runs it."""
    module = f"figure{name.removeprefix('fig')}" if name.startswith("fig") else name
    return importlib.import_module(f".{module}", __name__)
