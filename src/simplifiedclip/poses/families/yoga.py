"""Poses of yoga."""

from __future__ import annotations

import numpy as np

from .. import states as st
from ..directions import SIDES, Poser
from .floor import all_fours
from .grammar import both_arms, family, legs_straight, plant_hands, point, world_dir
from .sitting import sit_cross


@family(
    "backbend standing",
    "yoga",
    "doing a standing backbend with {p} arms overhead",
    "bending backwards with both arms reaching back over {p} head",
    head="own",
)
def backbend(p: Poser) -> None:
    p.root(p.u(-28, -15))
    p.trunk(p.u(-45, -30))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.1, -1, p.u(0.05, 0.15), 2), p.u(8, 20))
        p.arm(a, p.dir(a, 0.12, 1, -0.15), p.u(0, 15))
    p.flat()
    p.head(p.u(-40, -25))


@family(
    "side bend arm over",
    "yoga",
    "bending to the {s} with the {o} arm over {p} head",
    "stretching {p} side with the {o} arm reaching over to the {s}",
    "doing a side stretch to the {s}",
    sided=True,
)
def side_stretch(p: Poser) -> None:
    p.root(0, p.u(2, 7))
    p.trunk(p.u(-3, 5), p.u(28, 42))
    legs_straight(p, 0.1, 0.35)
    p.arm(1, p.dir(1, p.u(-0.3, 0.05), 1, 0.05), p.u(5, 30), p.dir(1, -1, 0, 0))
    half = p.chance(0.5)
    low = np.flatnonzero(half)
    st.hand_on_hip(p, 0)
    part = p.take(low)
    st.arm_down(part, 0)
    p.put(low, part)


@family(
    "meditate",
    "yoga",
    "meditating",
    "sitting in the lotus position with {p} hands on {p} knees",
    "sitting cross-legged and meditating, hands on the knees",
    head="own",
)
def meditate(p: Poser) -> None:
    sit_cross(p)
    p.head(p.u(-4, 10))
    for a in (0, 1):
        target = st._thigh_point(p, a, p.u(0.85, 0.95))
        p.reach(a, target, p.dir(a, 1, -0.4, -0.5), palm=p.dir(a, 0, 1, 0), frame="world")


@family(
    "seated forward fold",
    "yoga",
    "sitting and reaching for {p} toes",
    "doing a seated forward bend",
    "sitting on the floor with straight legs and touching {p} feet",
    "stretching {p} hamstrings on the floor",
    head="own",
    weight=1.2,
)
def seated_fold(p: Poser) -> None:
    p.root(p.u(24, 42))
    p.trunk(p.u(40, 56))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(-0.04, 0.05), 0.02, 1, 2), p.u(0, 10))
        p.foot(a, p.u(-12, 8))
    for a in (0, 1):
        p.reach(
            a,
            p.place(SIDES[a] + "_foot") + point(p, 0, p.u(0.0, 0.08), p.u(-0.06, 0.02)),
            p.dir(a, 1, 0.2, 0),
            palm=p.dir(a, -0.3, -1, 0),
            frame="world",
        )
    p.head(p.u(-10, 20))


@family(
    "butterfly",
    "yoga",
    "sitting in butterfly pose",
    "sitting with the soles of {p} feet together",
    "holding {p} feet together with the knees out to the sides",
)
def butterfly(p: Poser) -> None:
    p.root(p.u(0, 15))
    p.trunk(p.u(5, 25))
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        base = p.place("pelvis")
        p.step(a, base + point(p, sign * 0.06, -0.07, p.u(0.3, 0.38)), p.dir(a, 1, p.u(0.0, 0.3), 0.3, 3))
        p.foot(a, p.u(15, 35))
    for a in (0, 1):
        p.reach(
            a,
            p.place(SIDES[a] + "_ankle") + point(p, 0, 0.06, 0.05),
            p.dir(a, 1, -0.2, 0),
            palm=p.dir(a, 0, -1, 0),
            frame="world",
        )


@family(
    "child",
    "yoga",
    "in child's pose",
    "doing child's pose",
    "kneeling folded forward with {p} arms stretched ahead on the floor",
    "resting with {p} forehead on the floor and {p} hips on {p} heels",
    head="own",
    weight=1.3,
)
def childs_pose(p: Poser) -> None:
    p.root(p.u(52, 62))
    p.trunk(p.u(58, 72))
    wide = p.u(0.0, 0.35)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, p.u(-0.3, -0.12), 1, 2), p.u(136, 146), p.u(0, 3))
        p.foot(a, p.u(40, 50))
    back = p.chance(0.2)
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 0.1, np.where(back, -0.1, -0.35), np.where(back, -1, 1), 3),
            p.u(0, 15),
            frame="world",
            palm=p.dir(a, 0, -1, 0),
        )
    p.head(p.u(0, 15))


@family(
    "camel",
    "yoga",
    "in camel pose",
    "doing the camel pose",
    "kneeling and bending backwards to hold {p} heels",
    "kneeling with an arched back, hands on {p} heels",
    head="own",
)
def camel(p: Poser) -> None:
    p.root(p.u(-22, -10))
    p.trunk(p.u(-58, -46))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.08, -1, p.u(0.02, 0.15), 2), p.u(92, 102))
        p.foot(a, p.u(35, 48))
    for a in (0, 1):
        p.reach(
            a,
            p.place(SIDES[a] + "_ankle") + point(p, 0, 0.08, 0),
            p.dir(a, 0.5, 0.3, -1),
            palm=p.dir(a, 0, -1, 0),
        )
    p.head(p.u(-48, -30))


@family(
    "squat pray",
    "yoga",
    "in garland pose",
    "squatting deeply with {p} palms together",
    "squatting with {p} hands in prayer",
)
def malasana(p: Poser) -> None:
    p.root(p.u(15, 30))
    p.trunk(p.u(5, 15))
    wide = p.u(0.6, 0.85)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, p.u(0.2, 0.4), 1, 2), p.u(125, 138), p.u(0, 12))
    p.flat()
    st.pray(p, 0)


@family(
    "bridge hips",
    "yoga",
    "doing a glute bridge",
    "in bridge pose",
    "lying on {p} shoulders and lifting {p} hips",
    "lying on {p} back with the hips raised off the floor",
    head="own",
    weight=1.2,
)
def bridge_hips(p: Poser) -> None:
    pitch = p.u(-122, -108)
    p.root(pitch)
    p.trunk(p.u(-18, -4))
    p.head(p.u(25, 45))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0, 0.12), p.u(0.15, 0.4), 1, 2), p.u(98, 112))
    p.flat()
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.15, -0.2, 1, 3), p.u(0, 8), frame="world", palm=p.dir(a, 0, -1, 0))


@family(
    "wheel",
    "yoga",
    "doing a backbend bridge on hands and feet",
    "in wheel pose",
    "doing a bridge",
    "bent over backwards with hands and feet on the floor",
    "arching {p} back like a bridge",
    head="own",
    weight=1.2,
)
def wheel(p: Poser) -> None:
    p.root(p.u(-80, -71))
    p.trunk(p.u(-76, -64))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.08, p.u(-0.4, -0.25), 1, 2), p.u(64, 76), p.u(0, 6))
    p.flat()
    plant_hands(p, (-0.02, 0.06), (-0.22, -0.08), (0.6, 0.3, -1), (-70, -50), knees=False)
    p.head(p.u(-45, -25))


@family(
    "shoulder stand",
    "yoga",
    "doing a shoulder stand",
    "doing a candle, legs straight up",
    "balancing on {p} shoulders with {p} legs in the air",
    "standing on {p} shoulders upside down",
    head="own",
)
def shoulder_stand(p: Poser) -> None:
    p.root(p.u(-172, -150))
    p.trunk(p.u(25, 42))
    p.head(p.u(48, 58))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(-0.05, 0.1), 1, p.u(-0.1, 0.25), 2), p.u(0, 6), kneecap=p.dir(a, 0, 0, -1, 2))
        p.foot(a, p.u(15, 40))
    for a in (0, 1):
        sign = 1 if a == 0 else -1
        p.reach(a, p.at("spine1", sign * 0.1, 0, -0.13), p.dir(a, 1, 0, -1), palm=p.dir(a, 0, 0, 1))


@family(
    "plow",
    "yoga",
    "in plow pose",
    "lying on {p} shoulders with {p} feet behind {p} head",
    "bringing {p} legs over {p} head",
    head="own",
)
def plow(p: Poser) -> None:
    p.root(p.u(-172, -158))
    p.trunk(p.u(38, 52))
    p.head(p.u(48, 58))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.02, p.u(-0.35, 0.1), -1, 2), p.u(0, 8), kneecap=p.dir(a, 0, -1, 0.0, 2))
        p.arm(a, p.dir(a, 0.15, -0.15, 1, 3), p.u(0, 8), frame="world", palm=p.dir(a, 0, -1, 0))


@family(
    "superman",
    "yoga",
    "doing the superman exercise",
    "flying like Superman",
    "lying on {p} stomach and lifting arms and legs",
    "lying on {p} belly, arms and legs raised off the floor",
    head="own",
)
def superman(p: Poser) -> None:
    p.root(p.u(84, 92))
    p.trunk(p.u(-38, -22))
    p.head(p.u(-30, -10))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0, 0.2), -1, p.u(-0.35, -0.2), 2), p.u(0, 8), frame="pelvis")
        p.foot(a, p.u(35, 50))
        p.arm(a, p.dir(a, p.u(0, 0.25), 1, -0.05, 3), p.u(0, 8), palm=p.dir(a, 0, 0, 1))


@family(
    "cobra",
    "yoga",
    "in cobra pose",
    "doing the cobra",
    "doing an upward-facing dog",
    "lying on {p} stomach and pushing {p} chest up with {p} arms",
    "lying face down with the chest lifted on straight arms",
    head="own",
    weight=1.4,
)
def cobra(p: Poser) -> None:
    p.root(p.u(68, 80))
    p.trunk(p.u(-58, -42))
    p.head(p.u(-35, -12))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0, 0.12), -0.05, -1, 2), p.u(0, 4), kneecap=p.dir(a, 0, -1, 0, 2))
        p.foot(a, p.u(40, 50))
    plant_hands(p, (-0.02, 0.08), (-0.08, 0.08))


@family(
    "bow pose",
    "yoga",
    "in bow pose",
    "lying on {p} stomach and holding {p} ankles",
    "arching {p} back and grabbing both feet from behind",
    head="own",
)
def bow_pose(p: Poser) -> None:
    p.root(p.u(80, 92))
    p.trunk(p.u(-58, -46))
    p.head(p.u(-35, -15))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.15, -1, p.u(-0.36, -0.25), 2), p.u(95, 110), frame="pelvis")
    for a in (0, 1):
        p.reach(a, p.place(SIDES[a] + "_ankle"), p.dir(a, 0.4, 0.6, -1), palm=p.dir(a, -1, 0, 0))


@family(
    "cat",
    "yoga",
    "in cat pose with a rounded back",
    "on all fours with a rounded back",
    "arching {p} back like a cat",
    head="own",
)
def cat(p: Poser) -> None:
    all_fours(p)
    p.root(p.u(46, 56))
    p.trunk(p.u(42, 55))
    p.head(p.u(25, 45))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.05, -1, p.u(-0.05, 0.1), 2), p.u(86, 95))
    plant_hands(p, (-0.02, 0.03), (-0.03, 0.05))


@family(
    "cow",
    "yoga",
    "in cow pose with a hollow back",
    "on all fours with a sagging back and the head up",
    head="own",
    weight=0.7,
)
def cow(p: Poser) -> None:
    all_fours(p)
    p.root(p.u(98, 108))
    p.trunk(p.u(-48, -34))
    p.head(p.u(-40, -20))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.05, -1, p.u(-0.05, 0.1), 2), p.u(86, 95))
    plant_hands(p, (-0.02, 0.03), (-0.03, 0.05))


@family(
    "bird dog",
    "yoga",
    "doing the bird dog",
    "on all fours with the {s} arm and the {o} leg stretched out",
    "balancing on one hand and one knee, {s} arm forward, {o} leg back",
    sided=True,
)
def bird_dog(p: Poser) -> None:
    all_fours(p)
    p.head(p.u(-25, 10))
    p.arm(0, p.dir(0, 0.05, p.u(-0.05, 0.15), 1, 3), p.u(0, 8), frame="world", palm=p.dir(0, -1, 0, 0))
    p.leg(1, p.dir(1, 0.02, p.u(-0.05, 0.15), -1, 3), p.u(0, 8), kneecap=p.dir(1, 0, -1, 0, 2))
    p.foot(1, p.u(0, 40))


@family(
    "down dog",
    "yoga",
    "in downward dog",
    "doing the downward-facing dog",
    "making an upside-down V with hands and feet on the floor",
    "on hands and feet with {p} hips high",
    head="own",
    weight=1.6,
)
def down_dog(p: Poser) -> None:
    p.root(p.u(122, 138))
    p.trunk(p.u(-8, 8))
    p.head(p.u(-8, 15))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0, 0.12), -1, -p.u(0.35, 0.6), 2), p.u(0, 10), kneecap=p.dir(a, 0, 0, 1, 2))
    p.flat()
    floor = np.minimum(p.place("left_foot")[:, 1], p.place("right_foot")[:, 1])
    for a in (0, 1):
        shoulder = p.place(SIDES[a] + "_shoulder")
        drop = shoulder[:, 1] - floor - 0.04
        ahead = np.sqrt(np.maximum(0.5**2 - drop**2, 0.01))
        target = shoulder + point(p, 0, -drop, ahead)
        p.reach(
            a, target, p.dir(a, 1, 0.5, -0.3), frame="world", palm=p.dir(a, 0, -1, -0.3), wrist=p.u(-50, -35)
        )


@family(
    "headstand",
    "yoga",
    "doing a headstand",
    "standing on {p} head",
    "upside down on {p} head and forearms",
    "balancing on {p} head with the legs up",
    weight=1.5,
    head="own",
)
def headstand(p: Poser) -> None:
    p.root(180 + p.u(-6, 6), p.u(-3, 3))
    p.trunk(p.u(-6, 5))
    p.head(p.u(-6, 6))
    fold = p.chance(0.25)
    for a in (0, 1):
        p.leg(
            a,
            p.dir(a, p.u(-0.05, 0.12), -1, np.where(fold, 0.9, p.u(-0.05, 0.05)), 3),
            np.where(fold, 110, p.u(0, 6)),
            frame="pelvis",
        )
        p.foot(a, p.u(10, 40))
        p.reach(a, p.at("head", (0.1 if a == 0 else -0.1), 0.16, -0.04), p.dir(a, 1, 0.6, 0.5, 3))


@family(
    "v sit",
    "yoga",
    "in boat pose",
    "doing the boat pose",
    "balancing on {p} buttocks with legs and arms raised",
    "making a V with {p} trunk and legs",
    "sitting in a V with the legs in the air",
    weight=1.3,
    head="own",
)
def boat(p: Poser) -> None:
    p.root(p.u(-48, -32))
    p.trunk(p.u(-4, 14))
    p.head(p.u(0, 15))
    bent = p.chance(0.3)
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.02, p.u(0.55, 0.9), 1, 2), np.where(bent, p.u(45, 60), p.u(0, 6)))
        p.foot(a, p.u(10, 40))
        p.arm(a, p.dir(a, 0.08, p.u(-0.1, 0.12), 1, 3), p.u(0, 8), frame="world", palm=p.dir(a, -1, 0, 0))


def _tree_arms(p: Poser) -> None:
    kind = p.rng.integers(0, 4, p.n)
    for k, state in enumerate(
        (
            st.pray,
            st.clasp_overhead,
            lambda q, s: both_arms(q, st.arm_up),
            lambda q, s: both_arms(q, st.arm_side),
        )
    ):
        index = np.flatnonzero(kind == k)
        if len(index):
            part = p.take(index)
            state(part, 0)
            p.put(index, part)


@family(
    "tree",
    "yoga",
    "in tree pose",
    "doing the tree pose",
    "standing on {p} {o} leg in tree pose",
    "balancing on {p} {o} leg with the {s} foot against the thigh",
    sided=True,
    weight=1.6,
    head="own",
    parts=(("{s} foot", "against the inner {o} thigh"), ("{s} knee", "pointing out to the side")),
)
def tree(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-4, 3))
    p.head(p.u(-6, 5))
    st.tree_leg(p, 0)
    _tree_arms(p)


@family(
    "warrior 1",
    "yoga",
    "in warrior one",
    "doing warrior I with the {s} leg in front",
    "lunging on the {s} leg with both arms overhead",
    sided=True,
    weight=1.3,
)
def warrior1(p: Poser) -> None:
    p.root(p.u(-4, 6))
    p.trunk(p.u(-15, 0))
    st.front_lunge(p, 0)
    p.flat(1)
    both_arms(p, st.arm_up)


@family(
    "warrior 2",
    "yoga",
    "in warrior two",
    "doing warrior II to the {s}",
    "standing wide with the {s} knee bent and {p} arms out to the sides, looking {s}",
    sided=True,
    weight=1.4,
    head="own",
)
def warrior2(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-4, 3))
    p.head(p.u(-4, 4), p.u(60, 78))
    p.leg(0, p.dir(0, 1, p.u(-0.7, -0.35), 0.25, 2), p.u(60, 78), kneecap=p.dir(0, 1, 0.5, 0.35, 2))
    p.leg(1, p.dir(1, 0.95, -1, 0.0, 2), p.u(0, 4), p.u(0, 10))
    p.flat()
    both_arms(p, st.arm_side)


@family(
    "warrior 3",
    "yoga",
    "in warrior three",
    "doing warrior III on the {o} leg",
    "balancing on the {o} leg with {p} body and the {s} leg horizontal, arms forward",
    "making a T shape on one leg",
    sided=True,
    weight=1.3,
    head="own",
)
def warrior3(p: Poser) -> None:
    p.root(p.u(72, 88))
    p.trunk(p.u(-8, 8))
    p.head(p.u(-30, 0))
    p.leg(1, p.dir(1, -0.04, -1, 0.03, 2), p.u(0, 8))
    p.flat(1)
    p.leg(0, p.dir(0, 0.02, p.u(-0.15, 0.15), -1, 3), p.u(0, 8), kneecap=p.dir(0, 0, -1, 0, 2))
    p.foot(0, p.u(5, 40))
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.06, p.u(-0.05, 0.15), 1, 3), p.u(0, 8), frame="world", palm=p.dir(a, -1, 0, 0))


@family(
    "airplane",
    "yoga",
    "doing the airplane pose on the {o} leg",
    "balancing on {p} {o} leg like an airplane",
    "standing on {p} {o} leg, chest forward, arms spread like wings",
    "flying like a plane on one leg with the {s} leg back",
    "balancing on the {o} leg with the chest bent forward and the {s} leg back in the air",
    sided=True,
    weight=1.7,
    head="own",
)
def airplane(p: Poser) -> None:
    p.root(p.u(48, 82))
    p.trunk(p.u(-14, 8))
    p.head(p.u(-35, 0))
    p.leg(1, p.dir(1, -0.04, -1, 0.03, 2), p.u(0, 12))
    p.flat(1)
    p.leg(0, p.dir(0, 0.04, p.u(-0.35, 0.1), -1, 3), p.u(0, 18), kneecap=p.dir(0, 0, -1, 0, 2))
    p.foot(0, p.u(10, 40))
    back = p.u(-0.6, 0.15)
    for a in (0, 1):
        p.arm(a, p.dir(a, 1, back, p.u(-0.2, 0.15), 3), p.u(0, 10), palm=p.dir(a, 0, 0, 1))


@family(
    "dancer",
    "yoga",
    "in dancer's pose",
    "doing the dancer pose holding {p} {s} foot behind",
    "standing on {p} {o} leg and pulling the {s} foot up behind with {p} hand",
    sided=True,
    weight=1.0,
)
def dancer(p: Poser) -> None:
    p.root(p.u(18, 40))
    p.trunk(p.u(-25, -10))
    p.leg(1, p.dir(1, -0.04, -1, 0.03, 2), p.u(0, 6))
    p.flat(1)
    p.leg(0, p.dir(0, 0.08, p.u(-0.75, -0.4), -1, 3), p.u(75, 98), kneecap=p.dir(0, 0, -1, -0.4, 2))
    p.foot(0, p.u(20, 40))
    p.reach(0, p.place("left_ankle"), p.dir(0, 1, 0, -0.6), palm=p.dir(0, -1, 0, 0))
    p.arm(1, p.dir(1, 0, p.u(0.1, 0.7), 1, 4), p.u(0, 8), frame="world")


@family(
    "triangle",
    "yoga",
    "in triangle pose",
    "doing the triangle pose to the {s}",
    "standing wide and bending to the {s} with the {o} arm straight up",
    "touching {p} {s} foot with {p} {s} hand, the {o} arm pointing up",
    sided=True,
    weight=1.4,
    head="own",
)
def triangle(p: Poser) -> None:
    p.root(0, p.u(22, 34))
    p.trunk(p.u(0, 8), p.u(34, 46))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.6, 0.8), -1, 0, 2), p.u(0, 4), p.u(5, 25))
    p.flat()
    shin = p.place("left_ankle") * 0.75 + p.place("left_knee") * 0.25
    p.reach(0, shin + point(p, 0.02, 0.0, 0.09), p.dir(0, 1, 0, 0), frame="world")
    p.arm(1, world_dir(p, 0.05, 1, 0, 3), p.u(0, 6), frame="world")
    p.head(p.u(-5, 5), p.u(-60, 20))


@family(
    "eagle",
    "yoga",
    "in eagle pose",
    "standing on {p} {o} leg with the legs and arms wrapped around each other",
    sided=True,
    weight=0.6,
    head="own",
)
def eagle(p: Poser) -> None:
    p.root(p.u(5, 14))
    p.trunk(p.u(4, 14))
    p.head(p.u(-5, 5))
    p.leg(1, p.dir(1, 0.0, -1, p.u(0.45, 0.65), 2), p.u(48, 62))
    p.flat(1)
    p.leg(0, p.dir(0, -0.3, -0.5, 0.9, 2), p.u(88, 105), p.u(-12, 0))
    st.wrists_crossed(p, 0)


@family(
    "half moon",
    "yoga",
    "in half moon pose",
    "balancing on {p} {o} leg and {o} hand with the {s} leg raised sideways and the {s} arm up",
    sided=True,
    weight=0.7,
    head="own",
)
def half_moon(p: Poser) -> None:
    p.root(p.u(0, 8), p.u(-72, -58))
    p.trunk(p.u(0, 5), p.u(-18, -5))
    p.head(0, p.u(-10, 30))
    p.leg(1, world_dir(p, 0.02, -1, 0, 2), p.u(0, 5), kneecap=world_dir(p, -0.6, 0, 0.8, 2))
    p.leg(0, world_dir(p, 1, p.u(-0.1, 0.15), 0, 2), p.u(0, 5), kneecap=world_dir(p, 0, 0, 1, 2))
    p.arm(1, world_dir(p, -0.05, -1, 0.05, 3), p.u(0, 5), frame="world")
    p.arm(0, world_dir(p, 0, 1, 0, 3), p.u(0, 5), frame="world")


@family(
    "three-legged dog",
    "yoga",
    "in downward dog with the {s} leg raised",
    "doing the three-legged dog, {s} leg in the air",
    "on {p} hands and the {o} foot with the {s} leg stretched up",
    sided=True,
    head="own",
)
def three_legged_dog(p: Poser) -> None:
    down_dog(p)
    p.leg(0, p.dir(0, 0.02, p.u(0.2, 0.55), -1, 2), p.u(0, 8), kneecap=p.dir(0, 0.2, -1, -0.4, 2))
    p.foot(0, p.u(20, 45))
