"""The prompts of the pose benchmark in two halves.

Every prompt is written by hand, in the words of people who type what they want, and comes with a geometric
check (:mod:`.checks`). No generator of training data makes these sentences; do not train on them. The half
``dev`` may be looked at; ``test`` is only measured. Prompts were drawn into the halves at random, six of each
group into either.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..poses.directions import Array
from ..poses.posecodes import measure
from .checks import Prompt
from .prompts_dev import DEV
from .prompts_test import TEST

__all__ = ["GROUPS", "PROMPTS", "Prompt", "passes"]

PROMPTS: dict[str, tuple[Prompt, ...]] = {"dev": DEV, "test": TEST}
"""The halves of the benchmark."""

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(prompt.group for prompt in DEV))
"""The kinds of poses."""


def passes(theta: Array, prompts: Sequence[Prompt] = DEV) -> Array:
    """Return which poses theta (n, 24, 3) do what each prompt says: (n, len(prompts)) booleans."""
    m = measure(theta)
    return np.stack([prompt.check(m) for prompt in prompts], 1)
