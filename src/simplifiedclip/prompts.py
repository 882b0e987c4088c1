"""Prompts: the description of the scene, then the description of the pose (paper section IV)."""

from __future__ import annotations

from .errors import UserError

SCENES: dict[str, str] = {
    "human": "This is a brown person wearing a grey T-shirt and dark pants. The background is white.",
    "grey": "This is a grey mannequin. The background is white.",
}
"""The paper's scene sentences, by the texture that the body wears."""

PAPER_PROMPTS: tuple[str, ...] = (
    "She is looking upfront and is standing up straight with both feet and hands flat. Both her arms are "
    "straight and symmetrically apart from each other while at the shoulders' level.",
    "Both her arms are straight and symmetrically apart from each other at the shoulders' level. She is "
    "looking upfront and is standing up straight, with both feet and hands flat.",
    "She is looking upfront and is standing up straight with both feet and hands flat. Both her arms are "
    "straight above her head.",
    "She is standing up straight on her flat feet. She is looking upfront while grabbing her hips with both "
    "hands.",
    "She is standing up on her flat feet and leaning backwards.",
    "She is standing up straight on her flat feet.",
    "She is sitting.",
    "She is running",
    "She is bowing forward with both her hands flat on her thighs and her face facing the ground.",
    "",
)
"""The ten pose descriptions of figure 2; number 2 is the prompt of sections V to VII, number 9 is empty."""

FIGURE10_PROMPTS: dict[str, str] = {
    "standing": "The person is standing with legs together and arms at the side of the body. The hands are "
    "slightly in the front. The chin is slightly raised.",
    "lying down": "The person is lying down with legs together and arms at the side of the body. The hands "
    "are slightly in the front. The chin is slightly raised.",
    "stretching": "Someone is stretching, bent double forward, the head between the arms, and the arms "
    "relaxed with hands touching at the feet. The knees are slightly bent. The legs are close but not "
    "joined.",
    "swimming": "The person is in a swimming position, on his back, legs closed, left foot very slightly "
    "raised above the right. The right arm is extended backwards, a little bit high, while the left one is "
    "under the body, also extended. Both arms are rather close to the body. The palms are open towards the "
    "sky.",
    "kicking": "The person stands on their right leg and kicks with their left leg. The latter is raised "
    "above the hip and partially bent. The torso is rather turned to the left, and the back is rounded. The "
    "right arm is raised in protection while the left arm is relaxed at the side.",
    "airplane": "The person is doing the airplane pose, balancing on their right leg, with their chest bent "
    "forward and their left leg arched back in the air.",
}
"""The pose descriptions of figure 10, in the order of its rows (the published last one breaks off there)."""


def scene_for(texture: str) -> str:
    """Return the paper's scene sentence for a texture's name; ``''`` for a texture that the paper has not.

    ``human`` and ``human-faces`` (one colour per face) look alike and share a sentence. What a texture of
    the user's own shows is not known, so it gets no sentence; one can be given with ``scene``.
    """
    return SCENES.get(texture.removesuffix("-faces"), "")


def build_prompt(pose: str, scene: str | None = None) -> str:
    """Put the scene description in front of the pose description (paper section IV).

    Args:
        pose: what the body does. It may be empty, as figure 2's tenth, where the scene is not.
        scene: what the picture shows beside the pose; ``None`` or ``''`` for nothing.

    Raises:
        UserError: neither the pose nor the scene says anything.
    """
    prompt = " ".join(part.strip() for part in (scene or "", pose) if part.strip())
    if not prompt:
        raise UserError("The prompt is empty: describe the pose in a sentence, for example 'She is sitting.'")
    return prompt
