"""Poses with human descriptions for measuring: the paper's figure 10, and thirty more.

The six texts are the paper's; the poses are ours, made to match them word by word. The thirty poses come with
sentences written by hand. None of these texts is made by :mod:`.captions`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..prompts import FIGURE10_PROMPTS
from . import families as fam
from . import states as st
from .directions import Array, Poser


def _standing(p: Poser) -> None:
    p.trunk(-2)
    for a in (0, 1):
        p.leg(a, p.dir(a, -0.07, -1, 0), 2)
        p.arm(a, p.dir(a, 0.1, -1, 0.12), 14, palm=p.dir(a, -1, 0, 0))
    p.flat()
    p.head(-16)


def _lying(p: Poser) -> None:
    p.root(-90)
    for a in (0, 1):
        p.leg(a, p.dir(a, -0.07, -1, 0.0), 2, frame="pelvis")
        p.foot(a, 20)
        p.arm(a, p.dir(a, 0.12, -1, 0.1), 14, palm=p.dir(a, -1, 0, 0))
    p.head(-16)


def _stretching(p: Poser) -> None:
    p.root(95)
    p.trunk(50)
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.04, -1, 0.14), 22)
    p.flat()
    for a in (0, 1):
        target = p.place(("left", "right")[a] + "_foot") + np.array([0.0, 0.1, 0.03])
        p.reach(a, target, p.dir(a, 1, 0.2, 0), palm=p.dir(a, 0, -0.3, -1), frame="world")
    p.head(15)


def _swimming(p: Poser) -> None:
    p.root(-90)
    p.trunk(-3)
    p.leg(0, p.dir(0, -0.06, -1, 0.14), 6, frame="pelvis")
    p.leg(1, p.dir(1, -0.06, -1, -0.02), 2, frame="pelvis")
    p.foot(0, 30)
    p.foot(1, 35)
    # "Extended backwards, a little bit high": beyond the head and off the ground; the other along the body.
    p.arm(1, p.dir(1, 0.1, 1, 0.22), 5, palm=p.dir(1, 0, 0, 1))
    p.arm(0, p.dir(0, 0.04, -1, -0.32), 4, palm=p.dir(0, 0, 0, 1))
    p.head(-3)


def _kicking(p: Poser) -> None:
    p.root(-14, -3, 12)
    p.trunk(26, 0, 22)
    p.leg(0, p.dir(0, 0.2, 0.62, 1), 45)
    p.foot(0, 15)
    p.leg(1, p.dir(1, 0.0, -1, 0.05), 8)
    p.flat(1)
    st.guard_hand(p, 1)
    p.arm(0, p.dir(0, 0.25, -1, -0.05), 15, palm=p.dir(0, -1, 0, 0))
    p.head(6)


def _airplane(p: Poser) -> None:
    p.root(68)
    p.trunk(-6)
    p.leg(1, p.dir(1, -0.04, -1, 0.03), 5)
    p.flat(1)
    p.leg(0, p.dir(0, 0.04, -0.02, -1), 10, kneecap=p.dir(0, 0, -1, 0))
    p.foot(0, 30)
    for a in (0, 1):
        p.arm(a, p.dir(a, 1, -0.05, -0.05), 4, palm=p.dir(a, 0, 0, 1))
    p.head(-22)


_FIGURE10: dict[str, Callable[[Poser], None]] = {
    "standing": _standing,
    "lying down": _lying,
    "stretching": _stretching,
    "swimming": _swimming,
    "kicking": _kicking,
    "airplane": _airplane,
}


def _plain() -> Poser:
    """Return one body and no jitter."""
    return Poser(1, np.random.default_rng(0), spread=0.0)


def poses() -> tuple[list[str], list[str], Array]:
    """Return names (6), the paper's texts (6) and matching poses theta (6, 24, 3) float32 of figure 10."""
    theta = []
    for name in FIGURE10_PROMPTS:
        p = _plain()
        _FIGURE10[name](p)
        theta.append(p.theta()[0])
    return list(FIGURE10_PROMPTS), list(FIGURE10_PROMPTS.values()), np.stack(theta).astype(np.float32)


_THIRTY: tuple[tuple[str, str], ...] = (
    ("arms both up", "Someone reaching for the ceiling with both of her arms while she stands."),
    ("arms t", "A man stands like a cross: his two arms go out level to either side."),
    ("arms hips", "She waits impatiently, a hand planted on each hip and her elbows sticking out."),
    ("arms crossed", "A grumpy guy standing there with his arms folded over his chest."),
    ("arms behind head", "He is on his feet and has laced his fingers behind his head."),
    ("arms pray", "Standing quietly, the palms of the hands meet before the breastbone as if in prayer."),
    ("one arm up", "A pupil who knows the answer stands and sticks the left arm right up."),
    ("one arm wave", "The left hand is up next to the head to say hi, the other arm just hangs."),
    ("sit chair", "The woman has taken a seat on a chair and sits there with a straight back."),
    ("sit leg crossed", "On the chair he has thrown his left leg over the right one."),
    ("sit legs out", "She sits on the carpet, both legs lying straight in front of her."),
    ("meditate", "A monk sits in lotus on the ground, resting the wrists on the knees."),
    ("hug knees", "A lonely child sits on the floor and wraps the arms around the pulled-up legs."),
    ("kneel", "Both of his knees rest on the ground while his torso and thighs stay vertical."),
    (
        "kneel one",
        "He goes down on the right knee, the left foot planted in front, asking her to marry him.",
    ),
    ("stand deep squat", "The weightlifter has dropped into a very low squat, bottom near the heels."),
    ("lie front", "She fell flat on her face: belly to the ground, arms along the body, legs straight."),
    ("spread eagle", "Stretched out on the back in the snow with all four limbs flung apart."),
    ("fetal", "Asleep on the left side, knees and chin tucked in like a baby in the womb."),
    ("legs up", "Flat on the back, someone sticks both straight legs up towards the ceiling."),
    ("all fours", "Like a table: hands under the shoulders, knees under the hips, looking at the floor."),
    (
        "plank",
        "Straight arms under the shoulders, toes on the ground, the body one long line facing down.",
    ),
    ("down dog", "Hands and feet press into the floor and the bottom is the highest point, like a tent."),
    (
        "handstand",
        "An acrobat balances on the palms, arms and legs in one vertical line, head at the bottom.",
    ),
    (
        "v sit",
        "Balancing on the bottom alone, with legs and torso making the letter V and arms pointing ahead.",
    ),
    ("tree", "On the right foot only, with the left sole pressed to the inner thigh like a yogi."),
    (
        "warrior 2",
        "Left knee bent deep, the other leg long, both arms level over the legs, eyes on the left hand.",
    ),
    ("run", "A jogger in mid-stride, elbows bent, the left thigh driving forward."),
    ("high kick", "A karate fighter swings the straight left leg up in front as high as the head."),
    (
        "archery",
        "Robin Hood aims to his left: that arm is straight, the other pulls the string to the chin.",
    ),
)


def thirty() -> tuple[list[str], list[str], Array]:
    """Return names (30), hand-written sentences (30) and poses theta (30, 24, 3) float32.

    Each pose is the plain one of its family, the left-hand variant where there are two.
    """
    theta = []
    for name, _ in _THIRTY:
        p = _plain()
        family = fam.FAMILIES[name]
        family.build(p)
        if family.arms != "own":
            (st.hand_on_thigh if family.arms == "free+legs" and family.group == "sitting" else st.arm_down)(
                p, 0
            )
            (st.hand_on_thigh if family.arms == "free+legs" and family.group == "sitting" else st.arm_down)(
                p, 1
            )
        theta.append(p.theta()[0])
    return [n for n, _ in _THIRTY], [t for _, t in _THIRTY], np.stack(theta).astype(np.float32)
