"""Sitting on a seat and on the floor."""

from __future__ import annotations

import numpy as np

from .. import states as st
from ..directions import SIDES, Poser
from .grammar import family, point, world_dir


def _sit_legs(
    p: Poser, spread: tuple[float, float] = (0.0, 0.3), knee: tuple[float, float] = (78, 100)
) -> None:
    wide, up = p.u(*spread), p.u(-0.12, 0.1)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, up, 1, 3), p.u(*knee), p.u(0, 6))
    p.flat()


@family(
    "sit chair",
    "sitting",
    "sitting",
    "sitting on a chair",
    "seated",
    "sitting upright on a chair",
    "sitting down",
    "sitting on a stool",
    "sitting on a bench",
    "sitting at a table",
    parts=(("knees", "bent"), ("thighs", "horizontal")),
    arms="free+legs",
    weight=6.0,
)
def sit_chair(p: Poser) -> None:
    p.root(p.u(-6, 8))
    p.trunk(p.u(-4, 14), p.u(-4, 4), p.u(-8, 8))
    _sit_legs(p)


@family(
    "sit chair wide",
    "sitting",
    "sitting with {p} legs spread",
    "sitting on a chair with {p} knees apart",
    "manspreading on a chair",
    arms="free+legs",
)
def sit_wide(p: Poser) -> None:
    p.root(p.u(-8, 8))
    p.trunk(p.u(-2, 15))
    _sit_legs(p, (0.5, 0.9))


@family(
    "sit lean back",
    "sitting",
    "sitting and leaning back",
    "sitting back in an armchair",
    "lounging in a chair",
    "reclining on a chair",
    arms="free+legs",
    weight=1.4,
)
def sit_back(p: Poser) -> None:
    p.root(p.u(-38, -20))
    p.trunk(p.u(0, 14))
    _sit_legs(p, (0, 0.35), (60, 95))


@family(
    "sit lean forward",
    "sitting",
    "sitting and leaning forward",
    "sitting bent forward with the elbows on {p} knees",
    "sitting hunched on a chair",
    weight=1.4,
)
def sit_forward(p: Poser) -> None:
    p.root(p.u(18, 32))
    p.trunk(p.u(25, 42))
    _sit_legs(p, (0.1, 0.4))
    for a in (0, 1):
        target = st._thigh_point(p, a, p.u(0.95, 1.0)) + p.dir(a, -0.8, 0.4, 0.6, 0) * 0.1
        p.reach(a, target, p.dir(a, 1, -0.5, -0.3), frame="world")
    p.head(p.u(0, 35))


@family(
    "sit thinker",
    "sitting",
    "sitting like the thinker",
    "sitting and thinking with the chin on {p} {s} hand",
    "sitting with the {s} elbow on the knee and the chin on {p} hand",
    sided=True,
    head="own",
)
def thinker(p: Poser) -> None:
    p.root(p.u(18, 28))
    p.trunk(p.u(28, 42), 0, p.u(-8, 0))
    _sit_legs(p, (0.0, 0.15), (85, 105))
    p.head(p.u(10, 25))
    p.reach(
        0,
        p.at("head", 0.03, -0.12, 0.13),
        p.dir(0, 0.2, -1, 0.3, 3),
        palm=p.dir(0, -0.3, 0.8, -0.5),
        wrist=p.u(20, 40),
    )
    st.hand_on_knee(p, 1)


@family(
    "sit leg crossed",
    "sitting",
    "sitting with {p} legs crossed",
    "sitting on a chair with the {s} leg over the {o}",
    "sitting with the {s} knee crossed over the {o} knee",
    "sitting elegantly with crossed legs",
    parts=(("{s} leg", "crossed over the {o}"),),
    sided=True,
    arms="free+legs",
    weight=1.8,
)
def sit_crossed(p: Poser) -> None:
    p.root(p.u(-8, 6))
    p.trunk(p.u(-2, 10))
    p.leg(1, p.dir(1, 0.02, -0.02, 1, 2), p.u(80, 95), p.u(0, 4))
    p.flat(1)
    p.leg(0, p.dir(0, -0.3, 0.2, 1, 2), p.u(68, 88), p.u(-6, 4))
    p.foot(0, p.u(5, 30))


@family(
    "sit ankle on knee",
    "sitting",
    "sitting with the {s} ankle on the {o} knee",
    "sitting in a figure-four position, {s} ankle on the {o} knee",
    "sitting with an ankle resting on the opposite knee",
    sided=True,
    arms="free+legs",
)
def sit_figure_four(p: Poser) -> None:
    p.root(p.u(-14, 0))
    p.trunk(p.u(0, 12))
    p.leg(1, p.dir(1, 0.1, 0, 1, 2), p.u(80, 92))
    p.flat(1)
    knee = p.place("right_knee")
    p.step(0, knee + point(p, p.u(0.06, 0.1), 0.1, p.u(-0.06, -0.02)), p.dir(0, 1, 0.15, 0.6, 3))


@family(
    "sit one leg out",
    "sitting",
    "sitting on a chair with the {s} leg stretched out",
    "sitting with the {s} knee straight and the foot off the floor",
    "doing a seated leg extension with the {s} leg",
    sided=True,
    arms="free+legs",
)
def sit_leg_out(p: Poser) -> None:
    p.root(p.u(-10, 4))
    p.trunk(p.u(-2, 8))
    _sit_legs(p, (0.02, 0.12))
    p.leg(0, p.dir(0, 0.05, p.u(-0.1, 0.15), 1, 3), p.u(0, 12))
    p.foot(0, p.u(-5, 25))


@family(
    "drive",
    "sitting",
    "driving a car",
    "sitting at the wheel",
    "sitting with both hands on a steering wheel",
    "riding a motorbike",
)
def drive(p: Poser) -> None:
    p.root(p.u(-18, 4))
    p.trunk(p.u(2, 12))
    _sit_legs(p, (0.1, 0.35), (60, 90))
    st.steering(p, 0)


@family(
    "type",
    "sitting",
    "sitting and typing",
    "working at a computer",
    "sitting at a desk with {p} hands on the keyboard",
    "playing the piano",
)
def typing(p: Poser) -> None:
    p.root(p.u(-2, 10))
    p.trunk(p.u(0, 14))
    _sit_legs(p, (0.0, 0.25))
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 0.15, -1, p.u(0.1, 0.4), 4),
            p.u(70, 90),
            p.dir(a, -0.1, 0, 1, 4),
            palm=p.dir(a, 0, -1, 0),
        )
    p.head(p.u(5, 25))


@family("ride horse", "sitting", "riding a horse", "sitting astride a horse", "sitting in the saddle")
def ride_horse(p: Poser) -> None:
    p.root(p.u(-4, 8))
    p.trunk(p.u(-2, 8))
    wide = p.u(0.7, 0.95)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, -0.7, 0.8, 3), p.u(65, 90), p.u(2, 10))
        p.arm(a, p.dir(a, 0.15, -1, 0.15, 4), p.u(65, 90), p.dir(a, -0.3, 0, 1, 4))
    p.flat()


@family(
    "sit legs out",
    "sitting",
    "sitting on the floor with {p} legs stretched out",
    "sitting on the ground with straight legs",
    "sitting in an L shape",
    "sitting on the floor, legs extended forward",
    parts=(("legs", "stretched out in front"), ("legs", "straight on the floor")),
    arms="free+legs",
    weight=1.8,
)
def sit_long(p: Poser) -> None:
    p.root(p.u(-12, 8))
    p.trunk(p.u(0, 18))
    wide = p.u(-0.05, 0.12)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, p.u(-0.02, 0.06), 1, 2), p.u(0, 10))
        p.foot(a, p.u(-5, 25))


@family(
    "sit straddle",
    "sitting",
    "sitting on the floor with {p} legs wide apart",
    "sitting in a straddle split",
    "sitting with {p} legs spread in a V",
    arms="free+legs",
)
def sit_straddle(p: Poser) -> None:
    p.root(p.u(-8, 12))
    p.trunk(p.u(0, 18))
    wide = p.u(0.75, 1.3)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, 0.02, 1, 2), p.u(0, 8), p.u(0, 20))
        p.foot(a, p.u(-5, 25))


@family(
    "sit lean on hands",
    "sitting",
    "sitting on the floor leaning back on {p} hands",
    "sitting with {p} hands on the floor behind {p} back",
    "sunbathing, leaning back on {p} arms",
    "sitting and propped up on both arms",
    weight=1.5,
)
def sit_lean_hands(p: Poser) -> None:
    p.root(p.u(-38, -22))
    p.trunk(p.u(-8, 8))
    bent = p.chance(0.4)
    wide = p.u(0, 0.15)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, np.where(bent, 0.75, 0.03), 1, 3), np.where(bent, p.u(80, 105), p.u(0, 10)))
    p.flat()
    for a in (0, 1):
        target = p.place(SIDES[a] + "_shoulder") + point(p, 0, 0, p.u(-0.22, -0.1))
        target[:, 1] = p.place("pelvis")[:, 1] - 0.06
        p.reach(a, target, p.dir(a, 0.4, 0, -1), palm=p.dir(a, 0, -1, 0), wrist=-55, frame="world")


@family(
    "sit cross-legged",
    "sitting",
    "sitting cross-legged",
    "sitting cross-legged on the floor",
    "sitting in lotus position",
    "meditating",
    "sitting with crossed legs on the ground",
    "sitting like a Buddha",
    arms="free+legs",
    weight=2.0,
)
def sit_cross(p: Poser) -> None:
    p.root(p.u(-4, 8))
    p.trunk(p.u(0, 12))
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        target = point(
            p,
            -sign * p.u(0.08, 0.14),
            p.place("pelvis")[:, 1] - p.u(0.08, 0.12),
            p.place("pelvis")[:, 2] + (0.34 if a else 0.28) + p.u(0, 0.04),
        )
        p.step(a, target, p.dir(a, 1, p.u(-0.05, 0.25), 0.55, 3))
        p.foot(a, p.u(20, 40))


@family(
    "hug knees",
    "sitting",
    "sitting and hugging {p} knees",
    "sitting on the floor with {p} knees pulled to {p} chest",
    "hugging {p} legs",
    "sitting curled up on the floor",
    weight=1.5,
)
def hug_knees(p: Poser) -> None:
    p.root(p.u(-8, 2))
    p.trunk(p.u(24, 40))
    up = p.u(1.0, 1.5)
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.02, up, 1, 2), p.u(118, 134))
    p.flat()
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        shin = 0.6 * p.place(SIDES[a] + "_knee") + 0.4 * p.place(SIDES[a] + "_ankle")
        target = shin + point(p, -sign * 0.08, 0, 0.12)
        p.reach(a, target, p.dir(a, 1, -0.4, 0.1), palm=p.dir(a, 0, 0, -1), frame="world")
    p.head(p.u(5, 40))


@family(
    "sit knees up",
    "sitting",
    "sitting on the floor with {p} knees bent and feet flat",
    "sitting on the ground with raised knees",
    arms="free+legs",
    weight=1.2,
)
def sit_knees_up(p: Poser) -> None:
    p.root(p.u(-18, 0))
    p.trunk(p.u(10, 28))
    up, wide = p.u(0.7, 1.3), p.u(0, 0.35)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, up, 1, 3), 2 * np.degrees(np.arctan(up)) + p.u(-2, 12))
    p.flat()


@family(
    "sit one knee up",
    "sitting",
    "sitting on the floor with the {s} knee up and the {o} leg stretched out",
    "sitting on the ground, one leg straight and the {s} knee bent",
    sided=True,
    arms="free+legs",
)
def sit_one_knee(p: Poser) -> None:
    p.root(p.u(-14, 4))
    p.trunk(p.u(4, 18))
    up = p.u(0.8, 1.3)
    p.leg(0, p.dir(0, 0.1, up, 1, 3), 2 * np.degrees(np.arctan(up)) + p.u(0, 8))
    p.flat(0)
    p.leg(1, p.dir(1, 0.1, 0.02, 1, 2), p.u(0, 8))


@family(
    "side sit",
    "sitting",
    "sitting on the floor with both legs folded to the {s}",
    "sitting sideways like a mermaid",
    "sitting with {p} knees to the {o} and feet to the {s}",
    sided=True,
    arms="free",
)
def side_sit(p: Poser) -> None:
    p.root(0, p.u(-8, -2))
    p.trunk(p.u(0, 10), p.u(4, 12))
    base = p.place("pelvis")
    p.step(
        1,
        base + point(p, p.u(0.1, 0.16), p.u(-0.12, -0.09), p.u(0.26, 0.34)),
        p.dir(1, 1, p.u(-0.05, 0.15), 0.5, 3),
    )
    p.leg(0, p.dir(0, -0.45, -0.12, 1, 3), p.u(115, 128), kneecap=world_dir(p, -0.8, 0.1, 0.7, 3))
    p.foot(0, p.u(15, 35))
    p.foot(1, p.u(15, 35))


@family(
    "sit chin hands",
    "sitting",
    "sitting with {p} chin on both hands",
    "sitting bored, chin resting in {p} hands and the elbows on the knees",
    "sitting and propping {p} head on both hands",
    head="own",
)
def sit_chin_hands(p: Poser) -> None:
    p.root(p.u(18, 28))
    p.trunk(p.u(30, 42))
    _sit_legs(p, (0.05, 0.2), (85, 105))
    p.head(p.u(-15, 5))
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        p.reach(
            a,
            p.at("head", sign * 0.06, p.u(-0.16, -0.12), 0.1),
            p.dir(a, 0.3, -1, 0.5, 3),
            palm=p.dir(a, -0.5, 0.6, -0.4),
            wrist=p.u(-35, -15),
        )


@family(
    "sit one knee lean hands",
    "sitting",
    "sitting on the floor leaning back on {p} hands with the {s} knee up",
    "leaning back on both hands on the ground, {s} knee bent and {o} leg stretched out",
    sided=True,
)
def sit_one_knee_lean(p: Poser) -> None:
    sit_lean_hands(p)
    up = p.u(0.8, 1.2)
    p.leg(0, p.dir(0, 0.08, up, 1, 3), 2 * np.degrees(np.arctan(up)) + p.u(0, 8))
    p.flat(0)
    p.leg(1, p.dir(1, 0.1, 0.03, 1, 2), p.u(0, 8))
