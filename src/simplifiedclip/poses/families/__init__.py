"""A grammar of pose families: whole-body poses by name, and states of arms, legs and trunk put together."""

# Each module registers its families when it is imported.
# ruff: noqa: F401
from . import (
    composed,
    dance,
    emotion,
    everyday,
    floor,
    kneeling,
    lying,
    martial,
    motion,
    sitting,
    sport,
    yoga,
)
from .grammar import FAMILIES, Family, Fragment, Sample, draw

__all__ = ["FAMILIES", "Family", "Fragment", "Sample", "draw"]
