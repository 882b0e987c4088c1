"""Sport."""

from __future__ import annotations

import numpy as np

from .. import states as st
from ..directions import SIDES, Poser
from .floor import plank
from .grammar import both_arms, family, legs_straight, point, world_dir


@family(
    "sprint start",
    "sport",
    "crouching in a sprint start",
    "ready to sprint in the starting blocks",
    "on {p} marks with both hands on the ground",
    "in a sprinter's starting position",
    sided=True,
)
def sprint_start(p: Poser) -> None:
    p.root(p.u(85, 105))
    p.trunk(p.u(5, 20))
    p.leg(0, p.dir(0, 0.05, -0.75, 0.9, 3), p.u(95, 110))
    p.leg(1, p.dir(1, 0.05, -1, p.u(-0.05, 0.25), 3), p.u(50, 75))
    p.foot(0, p.u(-25, -10))
    p.foot(1, p.u(-25, -10))
    for a in (0, 1):
        target = p.place(SIDES[a] + "_shoulder").copy()
        target[:, 1] = np.minimum(p.place("left_foot")[:, 1], p.place("right_foot")[:, 1]) + 0.06
        p.reach(
            a,
            target + p.dir(a, 1, 0, 0.5, 0) * 0.05,
            p.dir(a, 0.5, 0, -1),
            frame="world",
            wrist=-45,
            palm=p.dir(a, 0, -1, 0),
        )
    p.head(p.u(-35, 5))


@family(
    "star jump",
    "sport",
    "doing a star jump",
    "doing jumping jacks",
    "making a star with {p} arms and legs",
    "making an X with {p} body",
    "standing spread-eagled with the arms raised",
    weight=1.4,
)
def star_jump(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-6, 3))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.45, 0.75), -1, 0, 3), p.u(0, 8), p.u(5, 20))
        p.foot(a, p.u(5, 40))
        p.arm(a, p.dir(a, p.u(0.7, 1.1), 0.9, 0, 4), p.u(0, 8))


@family(
    "cycle",
    "sport",
    "riding a bicycle",
    "cycling",
    "pedalling a bike",
    "cycling with the {s} knee up",
    sided=True,
)
def cycle(p: Poser) -> None:
    p.root(p.u(28, 50))
    p.trunk(p.u(10, 25))
    p.leg(0, p.dir(0, 0.05, p.u(-0.3, 0.1), 1, 3), p.u(95, 112))
    p.leg(1, p.dir(1, 0.05, -1, p.u(0.3, 0.55), 3), p.u(30, 50))
    p.flat()
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 0.15, -0.55, 1, 4),
            p.u(10, 40),
            p.dir(a, 0.2, 0.8, 0.5),
            frame="world",
            palm=p.dir(a, -0.2, -1, 0),
        )
    p.head(p.u(-40, -15))


@family(
    "squat arms forward",
    "sport",
    "squatting with {p} arms stretched forward",
    "doing a squat",
    "doing squats with both arms out in front",
    weight=1.4,
)
def squat_forward(p: Poser) -> None:
    p.root(p.u(20, 40))
    p.trunk(p.u(0, 12))
    up, wide = p.u(-0.35, 0.25), p.u(0.2, 0.45)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, up, 1, 2), 90 + 45 * up + p.u(5, 18), p.u(2, 10))
    p.flat()
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.05, p.u(-0.05, 0.15), 1, 4), p.u(0, 10), frame="world", palm=p.dir(a, 0, -1, 0))


@family(
    "bicycle crunch",
    "sport",
    "doing bicycle crunches",
    "doing sit-ups with the {s} knee bent",
    "lying on {p} back, {o} elbow towards the {s} knee",
    sided=True,
    head="own",
)
def bicycle_crunch(p: Poser) -> None:
    p.root(p.u(-72, -62))
    p.trunk(p.u(30, 45), 0, p.u(15, 30))
    p.leg(0, p.dir(0, 0.05, p.u(0, 0.3), 1), p.u(90, 115), frame="pelvis")
    p.leg(1, p.dir(1, 0.05, -1, 0.3), p.u(0, 10), frame="pelvis")
    p.head(p.u(10, 30))
    both_arms(p, st.hand_behind_head)


@family(
    "crunch",
    "sport",
    "doing a crunch",
    "doing sit-ups",
    "doing a sit-up with {p} hands behind {p} head",
    "lying with bent knees and lifting {p} upper body",
    head="own",
    weight=1.1,
)
def crunch(p: Poser) -> None:
    p.root(p.u(-80, -35))
    p.trunk(p.u(30, 48))
    up = p.u(0.8, 1.2)
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.08, up, 1, 2), 2 * np.degrees(np.arctan(up)) + p.u(0, 10))
    p.flat()
    p.head(p.u(10, 30))
    crossed = np.flatnonzero(p.chance(0.3))
    both_arms(p, st.hand_behind_head)
    part = p.take(crossed)
    st.arms_crossed(part, 0)
    p.put(crossed, part)


@family(
    "mountain climber",
    "sport",
    "doing mountain climbers",
    "in a plank with the {s} knee pulled to {p} chest",
    sided=True,
    head="own",
)
def mountain_climber(p: Poser) -> None:
    plank(p)
    p.leg(0, p.dir(0, 0.05, -0.7, 0.8, 3), p.u(85, 110))
    p.foot(0, p.u(-10, 20))


@family(
    "cartwheel",
    "sport",
    "doing a cartwheel",
    "turning a cartwheel to the {s}",
    "upside down on {p} hands with {p} legs spread wide",
    "in the middle of a cartwheel",
    sided=True,
    head="own",
    weight=1.2,
)
def cartwheel(p: Poser) -> None:
    p.root(0, p.u(110, 200))
    p.trunk(p.u(-4, 6), p.u(-8, 8))
    p.head(p.u(-25, 0))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.7, 1.1), -1, 0, 3), p.u(0, 6), p.u(8, 25), frame="pelvis")
        p.foot(a, p.u(15, 45))
        p.arm(a, p.dir(a, p.u(0.25, 0.55), 1, 0, 3), p.u(0, 6), wrist=p.u(-50, -20), palm=p.dir(a, 0, 0, 1))


@family(
    "quad stretch",
    "sport",
    "stretching {p} {s} quadriceps",
    "standing on {p} {o} leg and holding {p} {s} foot behind {p} buttocks",
    "pulling {p} {s} heel to {p} bottom with the hand",
    sided=True,
)
def quad_stretch(p: Poser) -> None:
    p.root(p.u(0, 6))
    p.trunk(p.u(-4, 8))
    p.leg(1, p.dir(1, -0.04, -1, 0, 2), p.u(0, 6))
    p.flat(1)
    p.leg(0, p.dir(0, 0.0, -1, p.u(-0.25, 0.02), 2), p.u(112, 128))
    p.foot(0, p.u(20, 45))
    p.reach(
        0, p.place("left_ankle") + point(p, 0.02, 0, -0.02), p.dir(0, 1, 0, -0.6), palm=p.dir(0, -1, 0, 0.3)
    )
    st.arm_down(p, 1)
    side = np.flatnonzero(p.chance(0.4))
    part = p.take(side)
    st.arm_side(part, 1)
    p.put(side, part)


@family(
    "kick ball",
    "sport",
    "kicking a ball with {p} {s} foot",
    "playing football",
    "playing soccer, kicking with the {s} leg",
    "shooting a goal with {p} {s} foot",
    sided=True,
    weight=1.6,
)
def kick_ball(p: Poser) -> None:
    p.root(p.u(-22, -4), 0, p.u(-10, 10))
    p.trunk(p.u(4, 22), 0, p.u(-5, 22))
    p.leg(0, p.dir(0, p.u(-0.2, 0.12), p.u(-1.0, -0.25), 1), p.u(5, 35))
    p.foot(0, p.u(15, 45))
    p.leg(1, p.dir(1, 0.0, -1, p.u(-0.05, 0.2), 2), p.u(8, 30))
    p.flat(1)
    p.arm(1, p.dir(1, p.u(0.3, 0.8), p.u(-0.7, 0.1), p.u(0.2, 0.8)), p.u(10, 50))
    p.arm(0, p.dir(0, p.u(0.5, 1), p.u(-0.7, 0.1), p.u(-0.6, 0)), p.u(10, 50))


@family(
    "wind-up kick",
    "sport",
    "swinging {p} {s} leg back to kick",
    "winding up to kick a ball with {p} {s} foot",
    sided=True,
    weight=0.8,
)
def windup_kick(p: Poser) -> None:
    p.root(p.u(8, 22))
    p.trunk(p.u(-12, 4), 0, p.u(-25, 0))
    p.leg(0, p.dir(0, 0.08, -1, p.u(-0.6, -0.35)), p.u(65, 100))
    p.foot(0, p.u(15, 40))
    p.leg(1, p.dir(1, 0.0, -1, p.u(0.1, 0.3), 2), p.u(12, 32))
    p.flat(1)
    p.arm(1, p.dir(1, 0.7, p.u(-0.6, 0), p.u(-0.5, 0.1)), p.u(10, 40))
    p.arm(0, p.dir(0, 0.7, p.u(-0.5, 0.2), p.u(0.2, 0.7)), p.u(10, 40))


@family(
    "throw",
    "sport",
    "throwing a ball with {p} {s} hand",
    "about to throw something with {p} {s} arm",
    "pitching a baseball with the {s} arm",
    "throwing a spear",
    sided=True,
    weight=1.5,
)
def throw(p: Poser) -> None:
    p.root(p.u(-10, 4), 0, p.u(15, 40))
    p.trunk(p.u(-8, 4), p.u(0, 8), p.u(5, 25))
    p.leg(1, p.dir(1, 0.1, -1, p.u(0.35, 0.7)), p.u(10, 35))
    p.leg(0, p.dir(0, 0.15, -1, p.u(-0.5, -0.15)), p.u(15, 40))
    p.flat()
    p.arm(0, p.dir(0, 1, p.u(0.0, 0.4), p.u(-0.5, -0.1)), p.u(70, 110), p.dir(0, 0, 1, -0.3))
    p.arm(1, p.dir(1, p.u(0.2, 0.6), p.u(0.0, 0.4), 1), p.u(5, 40))


@family(
    "throw follow",
    "sport",
    "having thrown a ball with {p} {s} hand",
    "bowling a ball with {p} {s} arm",
    "following through after a throw with the {s} arm",
    sided=True,
    weight=0.8,
)
def throw_follow(p: Poser) -> None:
    p.root(p.u(20, 40))
    p.trunk(p.u(10, 25), 0, p.u(-25, -8))
    p.leg(1, p.dir(1, 0.05, -0.9, p.u(0.6, 1)), p.u(45, 70))
    p.leg(0, p.dir(0, 0.1, -1, p.u(-0.6, -0.3)), p.u(10, 40))
    p.flat()
    p.arm(0, p.dir(0, p.u(-0.3, 0.1), p.u(-0.5, 0.0), 1), p.u(5, 25))
    p.arm(1, p.dir(1, 0.4, -0.6, p.u(-0.7, -0.2)), p.u(10, 40))


@family(
    "bowling", "sport", "bowling", "rolling a bowling ball with {p} {s} hand", "ten-pin bowling", sided=True
)
def bowling(p: Poser) -> None:
    p.root(p.u(30, 48))
    p.trunk(p.u(5, 18))
    p.leg(1, p.dir(1, 0.02, -0.8, 0.9), p.u(70, 92))
    p.leg(0, p.dir(0, -0.25, -0.8, -0.8), p.u(10, 35))
    p.flat(1)
    p.foot(0, p.u(0, 30))
    fwd = np.where(p.chance(0.5), 0.6, -0.9)
    p.arm(0, p.dir(0, 0.1, -0.8, fwd), p.u(0, 12), frame="world")
    p.arm(1, p.dir(1, 1, p.u(-0.4, 0.1), 0.1), p.u(5, 25))
    p.head(p.u(-35, -10))


@family(
    "bat",
    "sport",
    "batting",
    "swinging a baseball bat",
    "waiting for the ball with a bat over {p} {o} shoulder",
    sided=True,
)
def bat(p: Poser) -> None:
    p.root(p.u(8, 18))
    p.trunk(p.u(4, 14), 0, p.u(-32, -15))
    wide = p.u(0.3, 0.5)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, -1, 0.4, 2), p.u(35, 55))
    p.flat()
    centre = p.at("spine3", -0.2, p.u(0.1, 0.2), 0.18)
    p.reach(1, centre + point(p, 0, 0.06, 0), p.dir(1, 1, -0.2, -0.3))
    p.reach(0, centre, p.dir(0, 0.2, -0.8, 0.6))
    p.head(p.u(0, 10), p.u(50, 72))


@family(
    "golf",
    "sport",
    "playing golf",
    "swinging a golf club",
    "addressing a golf ball",
    "about to hit a golf ball",
)
def golf(p: Poser) -> None:
    p.root(p.u(22, 34))
    p.trunk(p.u(8, 18), 0, p.u(-10, 10))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.15, 0.28), -1, 0.28, 2), p.u(25, 38))
    p.flat()
    centre = p.at("spine1", 0, p.u(-0.18, -0.08), 0.4)
    for a in (0, 1):
        p.reach(
            a,
            centre + point(p, 0.02 if a == 0 else -0.02, 0.03 if a == 0 else -0.03, 0),
            p.dir(a, 0.5, -0.5, -0.3),
        )
    p.head(p.u(15, 35))


@family(
    "golf finish",
    "sport",
    "finishing a golf swing over {p} {s} shoulder",
    "holding a club over {p} {s} shoulder after a swing",
    "wielding an axe over {p} {s} shoulder",
    sided=True,
    weight=0.7,
)
def golf_finish(p: Poser) -> None:
    p.root(0, 0, p.u(15, 40))
    p.trunk(p.u(-12, 4), 0, p.u(20, 40))
    p.leg(0, p.dir(0, 0.08, -1, 0, 2), p.u(0, 8))
    p.leg(1, p.dir(1, 0.1, -1, -0.12, 2), p.u(25, 45))
    p.flat(0)
    p.foot(1, p.u(15, 40))
    centre = p.at("spine3", 0.2, p.u(0.22, 0.3), 0.15)
    p.reach(0, centre, p.dir(0, 1, 0, 0.2))
    p.reach(1, centre + point(p, 0, 0.02, 0.05), p.dir(1, 0.1, -0.5, 1))


@family(
    "tennis serve",
    "sport",
    "serving in tennis with {p} {s} hand",
    "playing tennis",
    "hitting a serve, {o} arm up to toss the ball",
    sided=True,
)
def tennis_serve(p: Poser) -> None:
    p.root(p.u(-14, -4), 0, p.u(10, 30))
    p.trunk(p.u(-20, -6), p.u(0, 14), p.u(0, 15))
    p.leg(1, p.dir(1, 0.08, -1, 0.3), p.u(20, 42))
    p.leg(0, p.dir(0, 0.1, -1, -0.05), p.u(25, 48))
    p.flat()
    p.arm(1, p.dir(1, 0.05, 1, 0.25), p.u(0, 12))
    p.arm(0, p.dir(0, 1, p.u(0.1, 0.4), -0.15), p.u(85, 125), p.dir(0, -0.3, 0.8, -0.5))
    p.head(p.u(-42, -20))


@family(
    "forehand",
    "sport",
    "hitting a forehand with {p} {s} hand",
    "swinging a racket with {p} {s} arm",
    "playing table tennis",
    sided=True,
    weight=0.8,
)
def forehand(p: Poser) -> None:
    p.root(p.u(5, 18), 0, p.u(5, 25))
    p.trunk(p.u(4, 14), 0, p.u(10, 32))
    p.leg(1, p.dir(1, 0.2, -1, 0.55), p.u(30, 55))
    p.leg(0, p.dir(0, 0.3, -1, 0.1), p.u(25, 48))
    p.flat()
    p.arm(0, p.dir(0, 1, p.u(-0.6, -0.1), p.u(-0.2, 0.3)), p.u(15, 55))
    p.arm(1, p.dir(1, 0.5, -0.3, 0.9), p.u(25, 70))


@family(
    "basketball shot",
    "sport",
    "shooting a basketball",
    "jumping to shoot a basketball",
    "throwing a ball at the hoop with {p} {s} hand",
    "shooting a free throw",
    sided=True,
    weight=1.2,
)
def basketball(p: Poser) -> None:
    p.root(p.u(-4, 6))
    p.trunk(p.u(-6, 6))
    for a in (0, 1):
        lift = p.u(0.05, 0.35)
        p.leg(a, p.dir(a, 0.1, -1, lift, 3), 2 * np.degrees(np.arctan(lift)))
    p.flat()
    p.arm(
        0,
        p.dir(0, 0.1, p.u(0.4, 0.9), 0.7),
        p.u(50, 95),
        p.dir(0, -0.1, 1, -0.4),
        palm=p.dir(0, -0.2, 0.4, 1),
        wrist=p.u(-45, -20),
    )
    p.reach(1, p.place("left_wrist") + point(p, -0.12, 0.02, 0.02), p.dir(1, 0.6, -0.5, 0.5))
    p.head(p.u(-30, -10))


@family(
    "dribble",
    "sport",
    "dribbling a basketball with {p} {s} hand",
    "bouncing a ball with {p} {s} hand",
    "playing basketball",
    sided=True,
    weight=0.9,
)
def dribble(p: Poser) -> None:
    p.root(p.u(15, 32))
    p.trunk(p.u(8, 22))
    p.leg(1, p.dir(1, 0.15, -1, 0.7), p.u(45, 70))
    p.leg(0, p.dir(0, 0.15, -1, 0.3), p.u(45, 70))
    p.flat()
    p.arm(0, p.dir(0, 0.3, -1, 0.25), p.u(50, 85), p.dir(0, 0, 0, 1), palm=p.dir(0, 0, -1, 0))
    p.arm(1, p.dir(1, 0.4, -0.6, 0.4), p.u(50, 90))


@family(
    "volleyball block",
    "sport",
    "blocking in volleyball",
    "jumping with both arms up to block a ball",
    "jumping up to catch a ball with both hands",
    "goalkeeper jumping for the ball",
)
def block(p: Poser) -> None:
    p.root(p.u(-4, 5))
    p.trunk(p.u(-8, 2))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.05, -1, p.u(-0.15, 0.1)), p.u(5, 45))
        p.foot(a, p.u(20, 48))
        p.arm(a, p.dir(a, 0.1, 1, 0.15), p.u(0, 12), palm=p.dir(a, 0, 0, 1))
    p.head(p.u(-35, -10))


@family(
    "weight overhead",
    "sport",
    "lifting a barbell over {p} head",
    "lifting weights overhead",
    "pressing a weight above {p} head with both hands",
    "holding something heavy over {p} head",
    weight=1.1,
)
def overhead_lift(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-10, 2))
    deep = p.chance(0.35)
    lift, wide = np.where(deep, p.u(0.9, 1.6), p.u(0.0, 0.1)), p.u(0.12, 0.35)
    for a in (0, 1):
        p.leg(a, p.dir(a, wide, -1, lift, 2), np.where(deep, np.degrees(np.arctan(lift)) + 28, 4), p.u(3, 12))
    p.flat()
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, p.u(0.15, 0.4), 1, -0.05, 3),
            p.u(0, 10),
            palm=p.dir(a, 0, 0.2, 1),
            wrist=p.u(-45, -20),
        )


@family(
    "deadlift",
    "sport",
    "doing a deadlift",
    "lifting a weight from the floor with a flat back",
    "picking up a heavy barbell",
    "bending down to lift a box",
)
def deadlift(p: Poser) -> None:
    p.root(p.u(45, 62))
    p.trunk(p.u(-4, 12))
    lift = p.u(0.5, 0.9)
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.1, 0.2), -1, lift, 2), np.degrees(np.arctan(lift)) + 20)
    p.flat()
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.12, -1, 0.08, 3), p.u(0, 6), frame="world", palm=p.dir(a, 0, 0, -1))
    p.head(p.u(-35, -8))


@family(
    "front rack",
    "sport",
    "holding a barbell at {p} shoulders",
    "doing a front squat with the bar on {p} shoulders",
    weight=0.7,
)
def rack(p: Poser) -> None:
    p.root(p.u(2, 15))
    p.trunk(p.u(-6, 2))
    lift = p.u(0.0, 1.4)
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.22, -1, lift, 2), np.degrees(np.arctan(lift)) + 24 * (lift > 0.3))
    p.flat()
    for a in (0, 1):
        p.arm(
            a,
            p.dir(a, 0.25, p.u(-0.4, 0.1), 1, 3),
            p.u(118, 135),
            p.dir(a, 0.1, 1, -0.4),
            palm=p.dir(a, 0, 1, 0),
            wrist=p.u(-55, -35),
        )


@family(
    "curl",
    "sport",
    "doing biceps curls",
    "lifting a dumbbell with {p} {s} arm",
    "curling a weight with the {s} hand",
    sided=True,
    weight=0.9,
)
def curl(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-4, 4))
    legs_straight(p, 0.04, 0.2)
    p.arm(0, p.dir(0, 0.12, -1, 0.1, 3), p.u(95, 128), p.dir(0, 0, 0, 1), palm=p.dir(0, 0, 1, -0.5))
    st.arm_down(p, 1)


@family(
    "pull-up",
    "sport",
    "doing a pull-up",
    "hanging from a bar",
    "doing chin-ups",
    "hanging by {p} hands with the legs dangling",
    weight=1.2,
)
def pull_up(p: Poser) -> None:
    p.root(p.u(-6, 8))
    p.trunk(p.u(-10, 4))
    fold, high = p.chance(0.4), p.chance(0.5)
    for a in (0, 1):
        p.leg(a, p.dir(a, -0.03, -1, p.u(-0.08, 0.12)), np.where(fold, p.u(55, 95), p.u(3, 15)))
        p.foot(a, p.u(25, 48))
        bend = np.where(high, p.u(110, 130), p.u(0, 15))
        out = np.where(high, 1.0, 0.25)
        up = np.where(high, -0.4, 1.0)
        p.arm(a, p.dir(a, out, up, 0.1, 3), bend, p.dir(a, 0, 1, 0.05), palm=p.dir(a, 0, 0, 1))
    p.head(p.u(-30, 0))


@family("row", "sport", "rowing a boat", "rowing on a machine", "sitting and pulling the oars")
def row(p: Poser) -> None:
    pulled = p.chance(0.5)
    p.root(np.where(pulled, p.u(-28, -12), p.u(3, 14)))
    p.trunk(np.where(pulled, p.u(0, 12), p.u(15, 30)))
    up = np.where(pulled, 0.12, p.u(0.7, 1.0))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.05, up, 1, 2), np.where(pulled, p.u(5, 25), p.u(90, 112)))
        p.foot(a, p.u(-10, 20))
    for a in (0, 1):
        bend = np.where(pulled, p.u(95, 118), p.u(0, 12))
        out = np.where(pulled, 0.4, 0.08)
        fwd = np.where(pulled, -0.8, 1.0)
        low = np.where(pulled, -0.75, 0.0)
        p.arm(
            a,
            p.dir(a, out, low, fwd, 4),
            bend,
            p.dir(a, -0.2, 0.4, 1),
            palm=p.dir(a, 0, -1, 0),
            frame="world",
        )


@family(
    "ski",
    "sport",
    "skiing",
    "skiing downhill in a tuck",
    "crouching on skis with {p} poles back",
    "in a ski tuck",
)
def ski(p: Poser) -> None:
    p.root(p.u(35, 62))
    p.trunk(p.u(12, 28))
    lift = p.u(0.8, 1.4)
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(0.02, 0.12), -1, lift, 2), np.degrees(np.arctan(lift)) + 28)
    p.flat()
    for a in (0, 1):
        p.arm(a, p.dir(a, 0.3, -0.7, p.u(0.1, 0.6), 4), p.u(75, 115), p.dir(a, -0.4, 0.3, 1))
    p.head(p.u(-42, -20))


@family(
    "surf",
    "sport",
    "surfing",
    "skateboarding",
    "riding a surfboard with the {s} foot in front",
    "snowboarding",
    sided=True,
)
def surf(p: Poser) -> None:
    p.root(p.u(8, 22), 0, p.u(-15, 15))
    p.trunk(p.u(8, 22), 0, p.u(5, 28))
    for a in (0, 1):
        lift = p.u(0.5, 1.0)
        p.leg(a, p.dir(a, p.u(0.45, 0.7), -1, lift, 2), np.degrees(np.arctan(lift)) + 30, p.u(5, 15))
    p.flat()
    p.arm(0, p.dir(0, 1, p.u(-0.2, 0.35), p.u(0, 0.4)), p.u(5, 35))
    p.arm(1, p.dir(1, 1, p.u(-0.2, 0.4), p.u(-0.4, 0.2)), p.u(5, 45))
    p.head(p.u(-5, 8), p.u(30, 65))


@family(
    "crawl swim",
    "sport",
    "swimming front crawl",
    "swimming freestyle with the {s} arm forward",
    "swimming on {p} front, {s} arm reaching ahead",
    sided=True,
    weight=1.3,
    head="own",
)
def front_crawl(p: Poser) -> None:
    p.root(p.u(82, 94), p.u(-12, 12))
    p.trunk(p.u(-10, 3), 0, p.u(-10, 10))
    p.head(p.u(-22, 5), p.u(-40, 20))
    p.arm(0, p.dir(0, 0.05, 1, p.u(-0.05, 0.12), 4), p.u(0, 15))
    p.arm(1, p.dir(1, 0.15, -1, p.u(-0.3, 0.4), 4), p.u(5, 50))
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.03, -1, p.u(-0.2, 0.2), 3), p.u(0, 20), frame="pelvis")
        p.foot(a, p.u(35, 50))


@family(
    "backstroke",
    "sport",
    "swimming on {p} back",
    "swimming backstroke with the {s} arm overhead",
    "in a swimming position on {p} back, {s} arm extended backwards over the head",
    "floating on {p} back with the {s} arm stretched behind {p} head",
    sided=True,
    weight=1.6,
    head="own",
    parts=(("{s} arm", "extended backwards beyond the head"), ("{o} arm", "alongside the body")),
)
def backstroke(p: Poser) -> None:
    p.root(p.u(-98, -82), p.u(-6, 6))
    p.trunk(p.u(-8, 4), 0, p.u(-6, 6))
    p.head(p.u(-8, 10))
    p.arm(0, p.dir(0, p.u(0.0, 0.25), 1, p.u(-0.1, 0.3), 4), p.u(0, 12), palm=p.dir(0, 0, 0, 1))
    p.arm(1, p.dir(1, p.u(0.05, 0.2), -1, p.u(-0.35, 0.1), 4), p.u(0, 12), palm=p.dir(1, 0, 0, 1))
    for a in (0, 1):
        p.leg(a, p.dir(a, p.u(-0.06, 0.03), -1, p.u(-0.05, 0.18), 2), p.u(0, 12), frame="pelvis")
        p.foot(a, p.u(30, 50))


@family(
    "breaststroke",
    "sport",
    "swimming breaststroke",
    "swimming with {p} arms and legs like a frog",
    "swimming under water",
    weight=0.8,
    head="own",
)
def breaststroke(p: Poser) -> None:
    p.root(p.u(78, 94))
    p.trunk(p.u(-14, 2))
    p.head(p.u(-35, -8))
    kick = p.chance(0.5)
    for a in (0, 1):
        out = np.where(kick, p.u(0.5, 0.8), 0.05)
        p.leg(
            a,
            p.dir(a, out, -1, np.where(kick, 0.45, 0.0), 3),
            np.where(kick, p.u(85, 110), p.u(0, 15)),
            frame="pelvis",
        )
        p.foot(a, p.u(20, 45))
        p.arm(a, p.dir(a, p.u(0.1, 0.9), 1, 0.1), p.u(0, 25))


@family(
    "dive",
    "sport",
    "diving into water",
    "diving head first",
    "jumping head first with {p} arms stretched out",
    "diving with the hands together overhead",
    weight=1.2,
    head="own",
)
def dive(p: Poser) -> None:
    p.root(p.u(100, 165))
    p.trunk(p.u(-6, 18))
    p.head(p.u(0, 20))
    for a in (0, 1):
        p.leg(a, p.dir(a, -0.05, -1, p.u(-0.06, 0.2), 2), p.u(0, 8), frame="pelvis")
        p.foot(a, p.u(38, 50))
        p.arm(a, p.dir(a, p.u(-0.12, 0.0), 1, p.u(-0.05, 0.15), 3), p.u(0, 8), palm=p.dir(a, 0, 0, 1))


@family(
    "archery",
    "sport",
    "shooting an arrow",
    "drawing a bow, {s} arm stretched out",
    "doing archery with the bow in {p} {s} hand",
    "aiming a bow to {p} {s}",
    sided=True,
    weight=1.2,
    head="own",
)
def archery(p: Poser) -> None:
    p.root(0)
    p.trunk(p.u(-4, 4), 0, p.u(-5, 5))
    p.head(p.u(-3, 5), p.u(60, 78))
    legs_straight(p, 0.1, 0.3)
    p.arm(0, p.dir(0, 1, p.u(-0.05, 0.12), p.u(-0.05, 0.1), 3), p.u(0, 5))
    p.reach(
        1, p.at("head", -0.04, p.u(-0.08, 0.0), 0.14), p.dir(1, 1, 0.15, -0.3, 4), palm=p.dir(1, 0, 0, -1)
    )


@family(
    "aim rifle",
    "sport",
    "aiming a rifle",
    "shooting a gun with both hands",
    "aiming a pistol with both arms straight",
    "pointing a gun forward with both hands",
    weight=0.9,
)
def aim(p: Poser) -> None:
    p.root(p.u(0, 6))
    p.trunk(p.u(0, 8))
    legs_straight(p, 0.08, 0.25)
    centre = p.at("spine3", 0, p.u(0.1, 0.2), p.u(0.46, 0.52))
    for a in (0, 1):
        p.reach(
            a,
            centre + point(p, 0.04 if a == 0 else -0.04, 0, 0),
            p.dir(a, 0.6, -0.8, 0),
            palm=p.dir(a, -1, 0, 0),
        )
    p.head(p.u(-2, 6))


@family(
    "frisbee",
    "sport",
    "playing ultimate, reaching far to the {s}",
    "stretching out to catch a ball with {p} {s} hand",
    "diving to catch something on the {s}",
    sided=True,
    weight=0.8,
)
def catch_side(p: Poser) -> None:
    p.root(p.u(0, 12), p.u(15, 35))
    p.trunk(p.u(0, 10), p.u(12, 28))
    p.leg(0, p.dir(0, 0.8, -0.7, 0.4), p.u(50, 80))
    p.leg(1, p.dir(1, 0.8, -1, 0.0), p.u(0, 15))
    p.flat()
    p.arm(0, world_dir(p, 1, p.u(0.0, 0.6), 0.15), p.u(0, 12), frame="world")
    p.arm(1, p.dir(1, 0.8, p.u(-0.6, 0.2), 0), p.u(10, 50))


@family(
    "bolt",
    "sport",
    "doing the lightning bolt pose",
    "celebrating like Usain Bolt, {s} arm pointing up",
    "doing an archer victory pose with the {s} arm stretched to the sky",
    sided=True,
    weight=0.8,
)
def bolt(p: Poser) -> None:
    p.root(0, p.u(-10, -2))
    p.trunk(p.u(-8, 2), p.u(-16, -5), p.u(-10, 10))
    legs_straight(p, 0.15, 0.35)
    p.arm(0, p.dir(0, 1, p.u(0.4, 0.8), 0.05, 3), p.u(0, 6))
    p.arm(1, p.dir(1, 1, p.u(-0.1, 0.15), -0.1, 3), p.u(120, 138), p.dir(1, -0.6, 0.3, 0.8))


@family(
    "hanging leg raise",
    "sport",
    "hanging from a bar with {p} legs raised",
    "doing hanging leg raises",
    "hanging by {p} hands with the legs lifted to the front",
    weight=0.8,
)
def hanging_leg_raise(p: Poser) -> None:
    p.root(p.u(-25, -8))
    p.trunk(p.u(5, 20))
    knee, up = np.where(p.chance(0.4), p.u(80, 110), p.u(0, 10)), p.u(-0.15, 0.35)
    for a in (0, 1):
        p.leg(a, p.dir(a, 0.0, up, 1, 2), knee)
        p.foot(a, p.u(20, 45))
        p.arm(a, p.dir(a, 0.15, 1, 0.1, 3), p.u(0, 10), frame="world", palm=p.dir(a, 0, 0, 1))


@family(
    "skate",
    "sport",
    "ice skating",
    "speed skating, bent low and pushing off with the {o} leg",
    "roller skating, gliding on the {s} leg",
    sided=True,
)
def skate(p: Poser) -> None:
    p.root(p.u(32, 55))
    p.trunk(p.u(5, 20))
    lift = p.u(0.6, 1.0)
    p.leg(0, p.dir(0, 0.0, -1, lift, 2), np.degrees(np.arctan(lift)) + p.u(28, 38))
    p.flat(0)
    p.leg(1, p.dir(1, p.u(0.5, 0.8), -0.8, p.u(-0.4, -0.1), 2), p.u(5, 25))
    p.foot(1, p.u(0, 25))
    p.arm(1, p.dir(1, 0.1, -0.7, 0.9), p.u(30, 70), p.dir(1, -1, 0.2, 0.4))
    p.arm(0, p.dir(0, 0.5, -0.6, -0.9), p.u(5, 35))
    p.head(p.u(-35, -12))
