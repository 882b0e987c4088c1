"""Some of the benchmark's prompts, and how often chance alone would pass their checks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from ..errors import UserError, nearest
from .checks import Prompt
from .prompts import PROMPTS

Subset = Literal["dev", "test", "all"]
SUBSETS: tuple[Subset, ...] = ("dev", "test", "all")
GROUPS: tuple[str, ...] = tuple(dict.fromkeys(p.group for half in PROMPTS.values() for p in half))
"""Kinds of poses, in the order of tables."""


def key_of(prompt: Prompt) -> str:
    """Return eight letters that stand for a prompt: tables of numbers need not show its text."""
    return hashlib.sha256(prompt.text.encode()).hexdigest()[:8]


def prompts(
    subset: Subset = "dev", *, groups: Sequence[str] = (), limit: int | None = None
) -> tuple[Prompt, ...]:
    """Return prompts, group by group.

    Args:
        subset: dev (for tuning), test (never looked at while tuning) or all.
        groups: only these of ``GROUPS``; all where empty.
        limit: at most so many, from all groups alike.

    Raises:
        UserError: an unknown subset or group, or a limit below 1.
    """
    if subset not in SUBSETS:
        raise UserError(f"The subset must be dev, test or all, not '{subset}'{nearest(subset, SUBSETS)}")
    for group in groups:
        if group not in GROUPS:
            near = nearest(group, GROUPS) or f" (known: {', '.join(GROUPS)})"
            raise UserError(f"There is no group of prompts called '{group}'{near}")
    if limit is not None and limit < 1:
        raise UserError(f"--limit must be at least 1, not {limit}")
    halves = PROMPTS.values() if subset == "all" else [PROMPTS[subset]]
    by_group = [
        [p for half in halves for p in half if p.group == group]
        for group in GROUPS
        if not groups or group in groups
    ]
    # The first of each group, then the second of each …
    ranked = sorted((k, order) for order, some in enumerate(by_group) for k in range(len(some)))
    kept = set(ranked[:limit])
    return tuple(p for order, some in enumerate(by_group) for k, p in enumerate(some) if (k, order) in kept)


@lru_cache(maxsize=1)
def chance_rates() -> dict[str, float]:
    """Return the share of poses of motion capture that pass each check, by the prompts' keys or texts.

    It is empty where the rates were not measured.
    """
    file = files(__package__).joinpath("chance.json")
    if not file.is_file():
        return {}
    content = json.loads(file.read_text(encoding="utf-8"))
    return {name: float(rate) for name, rate in content.get("rates", content).items()}


def chance_of(prompt: Prompt) -> float | None:
    """Return how often chance passes a prompt's check; None where it was not measured."""
    rates = chance_rates()
    return rates.get(key_of(prompt), rates.get(prompt.text))
