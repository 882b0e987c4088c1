"""How people call the pose families: whole descriptions written by hand, by the name of the family.

Where :mod:`..families` names what a pose does with participles and parts, from which captions are put
together, a saying is a description as somebody would type it: a sentence, a noun phrase, an order, a simile,
a role or a situation that implies the pose. It holds for every pose of its family. ``{s}`` is the side that
is meant, ``{o}`` the other one.
"""

from __future__ import annotations

from . import action, floor, upright

SAYINGS: dict[str, tuple[str, ...]] = {**upright.SAYINGS, **floor.SAYINGS, **action.SAYINGS}
"""Descriptions by the name of the family; a family may have none."""
