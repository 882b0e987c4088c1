"""What changes in a sentence without changing what it says."""

from __future__ import annotations

import numpy as np

SCENES = (
    "This is a brown person wearing a grey T-shirt and dark pants. The background is white.",
    "This is a grey mannequin. The background is white.",
)


def draw_scene(share: float, rng: np.random.Generator) -> str:
    """Return what stands in front of a description: in a share of cases a scene sentence, else nothing."""
    if rng.random() >= share:
        return ""
    return f"{SCENES[0] if rng.random() < 0.8 else SCENES[1]} "


def vary(text: str, scene_share: float, rng: np.random.Generator) -> str:
    """Change what says nothing: capitals, the full stop, a scene sentence in front."""
    if rng.random() < 0.2:
        text = text.lower()
    if rng.random() < 0.25:
        text = text.rstrip(".!")
    scene = draw_scene(scene_share, rng)
    return f"{scene}{text[:1].upper()}{text[1:]}" if scene else text
