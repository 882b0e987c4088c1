"""The pose benchmark: everyday prompts with geometric checks, and what a preset makes of them.

`simplifiedclip.benchmark.evaluate` runs it; `simplifiedclip.benchmark.prompts` holds the prompts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .evaluation import Evaluation, evaluate

__all__ = ["Evaluation", "evaluate"]


def __getattr__(name: str) -> Any:
    # Importing the prompts alone, for the help, does not load torch.
    if name in __all__:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.evaluation"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
