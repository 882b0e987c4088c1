"""The test half of the benchmark: it is never looked at while anything is tuned."""

from __future__ import annotations

import numpy as np

from .checks import (
    Check,
    L,
    Prompt,
    R,
    arm_ahead,
    arm_back,
    arm_low,
    arm_out,
    arm_up,
    balancing,
    between,
    both,
    cross_legged,
    either,
    elbow_bent,
    elbow_straight,
    face_down,
    feet_down,
    feet_gap,
    feet_level,
    floor_low,
    foot_down,
    foot_up,
    gaze,
    hand_at,
    hand_behind,
    hand_behind_head,
    hand_floor,
    hand_folded,
    hand_head,
    hand_high,
    hand_on_hip,
    hand_on_thigh,
    hand_overhead,
    hands_close,
    height,
    in_front,
    inverted,
    knee_bent,
    knee_high,
    knee_straight,
    kneeling,
    lean,
    leg_ahead,
    leg_lifted,
    leg_out,
    legs_flat,
    lunge,
    near,
    on_all_fours,
    on_back,
    on_foot,
    on_front,
    on_knees,
    one,
    one_knee,
    other,
    side_lean,
    sitting,
    squat,
    straight_legs,
    straight_up,
    thigh_level,
    turned,
    twisted,
    upright,
)

TEST: tuple[Prompt, ...] = (
    Prompt(
        "hands up!",
        "gestures",
        upright & both(lambda s: hand_high(s, 0.2) & between(f"{s} hand to face", 0.22)),
    ),
    Prompt("hands on hips, elbows sticking out", "gestures", upright & both(hand_on_hip)),
    Prompt(
        "sleepwalker. both arms held straight out in front at shoulder height",
        "gestures",
        straight_up & both(arm_ahead) & both(lambda s: between(f"{s} arm world up", -0.4, 0.4)),
    ),
    Prompt(
        "the guy has his hands clasped behind his back like a museum guard",
        "gestures",
        straight_up & both(on_foot) & both(hand_behind) & hands_close(0.32) & between("pelvis height", 0.65),
    ),
    Prompt(
        "clasp your hands behind your head with the elbows wide open",
        "gestures",
        upright & both(hand_behind_head) & both(lambda s: between(f"{s} upper arm out", 0.35)),
    ),
    Prompt(
        "goalpost arms: upper arms out at shoulder level, forearms pointing up",
        "gestures",
        upright
        & both(
            lambda s: (
                between(f"{s} upper arm out", 0.7) & between(f"{s} forearm up", 0.72) & elbow_bent(s, 55, 125)
            )
        ),
    ),
    Prompt(
        "pointing forward with your left hand while the right one rests on the hip",
        "one arm",
        upright & arm_ahead(L) & hand_on_hip(R),
    ),
    Prompt(
        "scratching the back of his head with the right hand, other arm hanging",
        "one arm",
        upright & hand_head(R, 0.23) & between("right hand to face", 0.17) & arm_low(L),
    ),
    Prompt(
        "a soldier's salute, right hand at the brow",
        "one arm",
        upright
        & hand_at(R, "brow", 0.22)
        & between("right upper arm up", -0.6)
        & between("right hand over crown", high=0.0)
        & arm_low(L),
    ),
    Prompt(
        "right arm reaching straight to the side and left hand on the hip",
        "one arm",
        upright & arm_out(R) & hand_on_hip(L),
    ),
    Prompt(
        "Her left arm is held out sideways and her right arm goes straight up, like clock hands at three.",
        "one arm",
        upright
        & arm_out(L)
        & between("left arm up", -0.4, 0.4)
        & between("right arm up", 0.85)
        & elbow_straight(R),
    ),
    Prompt(
        "traffic cop: left palm thrust out in front to stop the cars, right arm out to the side",
        "one arm",
        upright & arm_ahead(L) & arm_out(R),
    ),
    Prompt(
        "a girl swings her right leg out to the side while standing on the left",
        "legs",
        balancing(L) & leg_out(R, 0.38) & between("right leg fwd", -0.45, 0.45) & between("trunk up", 40),
    ),
    Prompt(
        "he holds his left foot behind him with his left hand, stretching the thigh",
        "legs",
        balancing(R)
        & between("trunk up", 35)
        & knee_bent(L, 80)
        & (hand_at(L, "own foot", 0.3) | hand_at(L, "own ankle", 0.3))
        & between("left thigh fwd", high=0.45),
    ),
    Prompt(
        "standing with legs crossed at the ankles",
        "legs",
        upright & both(foot_down) & between("feet across", high=0.02) & between("pelvis height", 0.8),
    ),
    Prompt(
        "one big step forward with the right foot",
        "legs",
        upright & in_front(R, 0.35) & foot_down(R) & between("pelvis height", 0.7),
    ),
    Prompt(
        "stand there with your right leg lifted straight behind you",
        "legs",
        balancing(L)
        & between("trunk up", -10)
        & between("front up", high=30)
        & between("pelvis height", 0.7)
        & knee_straight(R, 50)
        & (between("right leg fwd", high=-0.25) | (lean(25, 120) & between("right leg fwd", high=0.25))),
    ),
    Prompt(
        "a person up on tiptoes with the arms reaching overhead",
        "legs",
        upright
        & both(arm_up)
        & both(lambda s: between(f"{s} foot pitch", high=-38))
        & straight_legs
        & between("pelvis height", 0.9),
    ),
    Prompt(
        "sitting in an office chair with one leg crossed over the other",
        "sitting",
        upright
        & both(lambda s: between(f"{s} thigh fwd", 0.4) & between(f"{s} knee over hip", -0.26, 0.35))
        & between("pelvis height", 0.3, 0.75)
        & either(
            lambda s: (
                Check(
                    lambda m: (
                        (m[f"{s} ankle to other knee"] < 0.4)
                        & (m[f"{s} knee height"] > m[f"{other(s)} knee height"])
                    )
                )
                | (near(f"{s}_knee", f"{other(s)}_knee", 0.26) & between("feet across", high=0.05))
            )
        ),
    ),
    Prompt(
        "hugging her knees, sitting on the floor",
        "sitting",
        sitting
        & both(lambda s: knee_bent(s, 80))
        & both(lambda s: height(f"{s}_knee", 0.3))
        & both(lambda s: between(f"{s} hand fwd", 0.15))
        & hands_close(0.55),
    ),
    Prompt(
        "Sits on a bench leaning forward, elbows on the knees.",
        "sitting",
        both(thigh_level)
        & both(knee_bent)
        & lean(12, 90)
        & between("trunk up", 10)
        & between("pelvis height", 0.3, 0.75)
        & feet_level
        & both(lambda s: near(f"{s}_elbow", f"{s}_knee", 0.27)),
    ),
    Prompt(
        "sitting on the floor leaning back on both hands, legs stretched out",
        "sitting",
        floor_low & lean(-75, -8) & both(hand_floor) & both(arm_back) & both(lambda s: knee_straight(s, 45)),
    ),
    Prompt(
        "she's sitting on the floor with her legs spread wide apart",
        "sitting",
        sitting & both(lambda s: knee_straight(s, 45)) & feet_gap(0.8),
    ),
    Prompt(
        "sits on the ground, left leg straight, right knee bent up with the foot flat",
        "sitting",
        sitting & knee_straight(L, 40) & knee_bent(R, 70) & height("right_knee", 0.3) & feet_down,
    ),
    Prompt(
        "sitting back on the heels, japanese style, hands in the lap",
        "kneeling",
        on_knees
        & between("pelvis height", high=0.42)
        & both(lambda s: knee_bent(s, 110))
        & both(lambda s: between(f"{s} hand fwd", 0.05) & between(f"{s} hand over pelvis", -0.2, 0.3)),
    ),
    Prompt("on hands and knees looking for a contact lens", "kneeling", on_all_fours),
    Prompt(
        "kneeling on the right knee with the arms out to the sides", "kneeling", one_knee(R) & both(arm_out)
    ),
    Prompt(
        "on all fours, the right arm stretched out forward",
        "kneeling",
        both(kneeling)
        & hand_floor(L)
        & arm_up(R)
        & between("right hand height", 0.3)
        & face_down
        & between("pelvis height", 0.25),
    ),
    Prompt(
        "on both knees and leaning backwards, hands reaching for the heels",
        "kneeling",
        both(kneeling)
        & lean(-120, -10)
        & both(
            lambda s: (
                between(f"{s} hand to own ankle", high=0.35) | between(f"{s} hand to own foot", high=0.35)
            )
        )
        & between("pelvis height", 0.3),
    ),
    Prompt(
        "half kneeling, left foot forward, left hand resting on the left thigh",
        "kneeling",
        one_knee(R) & upright & hand_on_thigh(L),
    ),
    Prompt("lunging with the left leg forward, arms overhead", "squats and lunges", lunge(L) & both(arm_up)),
    Prompt(
        "a catcher crouching low with both knees bent",
        "squats and lunges",
        squat & between("pelvis height", high=0.55),
    ),
    Prompt(
        "half squat, hands on the knees, catching her breath",
        "squats and lunges",
        both(lambda s: knee_bent(s, 20, 120))
        & feet_down
        & both(lambda s: hand_at(s, "own knee", 0.24))
        & between("pelvis height", 0.4)
        & between("trunk up", 0)
        & between("hands apart", 0.15)
        & lean(10),
    ),
    Prompt(
        "forward lunge with the right leg, hands on hips",
        "squats and lunges",
        lunge(R) & both(hand_on_hip) & upright,
    ),
    Prompt(
        "as if on an invisible chair against the wall, thighs parallel to the floor",
        "squats and lunges",
        straight_up
        & both(thigh_level)
        & both(lambda s: knee_bent(s, 60, 120))
        & feet_down
        & feet_level
        & feet_gap(0, 0.6)
        & between("pelvis height", 0.35, 0.75),
    ),
    Prompt(
        "lunge on the right leg with the torso twisted to the right",
        "squats and lunges",
        lunge(R) & twisted(R, 18),
    ),
    Prompt(
        "flat on the back with the arms along the body",
        "lying",
        on_back & straight_legs & legs_flat & both(arm_low),
    ),
    Prompt(
        "lying face down, hands under the forehead",
        "lying",
        on_front & both(lambda s: hand_head(s, 0.3)) & both(lambda s: elbow_bent(s, 60)),
    ),
    Prompt(
        "sunbathing, on her back with the hands behind the head",
        "lying",
        on_back & both(hand_behind_head) & both(lambda s: between(f"{s} foot height", high=0.3)),
    ),
    Prompt(
        "dead man on the ground, on his belly, arms stretched out past his head",
        "lying",
        on_front & both(lambda s: arm_up(s) & hand_floor(s) & between(f"{s} foot height", high=0.22)),
    ),
    Prompt(
        "lying on the back with the left leg lifted straight up, the right one flat",
        "lying",
        on_back
        & leg_lifted(L)
        & knee_straight(L, 45)
        & between("right leg world up", -0.25, 0.25)
        & knee_straight(R),
    ),
    Prompt(
        "lying on his left side propped up on the left elbow",
        "lying",
        Check(lambda m: m["left up"] < -15)
        & between("trunk up", 8, 60)
        & between("pelvis height", high=0.35)
        & height("left_elbow", high=0.17)
        & between("left elbow", 30)
        & between("head height", 0.35),
    ),
    Prompt(
        "forearm plank",
        "floor",
        both(lambda s: height(f"{s}_elbow", high=0.16) & elbow_bent(s, 50, 130))
        & both(knee_straight)
        & face_down
        & between("trunk up", -20, 40)
        & between("pelvis height", 0.19, 0.55)
        & both(lambda s: between(f"{s} knee height", 0.05)),
    ),
    Prompt(
        "doing a sit-up: hands by the ears, knees bent, upper body half off the ground",
        "floor",
        floor_low
        & between("trunk up", 12, 75)
        & lean(-80, 60)
        & both(lambda s: knee_bent(s, 45) & hand_head(s, 0.28))
        & both(lambda s: height(f"{s}_knee", 0.2))
        & Check(lambda m: m["front up"] > 5),
    ),
    Prompt(
        "glute bridge, shoulders on the floor and hips pushed up",
        "floor",
        both(lambda s: knee_bent(s, 50) & foot_down(s) & height(f"{s}_shoulder", high=0.22))
        & between("front up", 25)
        & between("trunk up", high=-8)
        & between("pelvis height", 0.26, 0.75),
    ),
    Prompt(
        "side plank on the right hand, left arm to the sky",
        "floor",
        hand_floor(R)
        & Check(lambda m: m["left up"] > 30)
        & straight_legs
        & between("left arm world up", 0.6)
        & between("trunk up", -5, 60)
        & between("pelvis height", 0.2),
    ),
    Prompt(
        "A crab walk: belly up, on hands and feet, seat off the ground",
        "floor",
        both(hand_floor)
        & feet_down
        & both(lambda s: knee_bent(s, 45) & height(f"{s}_knee", 0.28))
        & between("front up", 15)
        & between("pelvis height", 0.2, 0.65)
        & between("head height", 0.3),
    ),
    Prompt(
        "a candle: shoulders on the mat, legs and hips straight up in the air",
        "floor",
        between("trunk up", high=-35)
        & both(lambda s: leg_lifted(s) & knee_straight(s, 45))
        & height("neck", high=0.26)
        & between("pelvis height", 0.3),
    ),
    Prompt(
        "downward facing dog",
        "yoga",
        both(hand_floor)
        & both(lambda s: knee_straight(s, 50) & foot_down(s) & between(f"{s} hand to own ankle", 0.55))
        & between("trunk up", high=-8)
        & between("pelvis height", 0.45),
    ),
    Prompt(
        "cobra - lying on the stomach, chest lifted by the arms",
        "yoga",
        both(hand_floor)
        & between("front up", high=-5)
        & between("trunk up", 12, 80)
        & between("pelvis height", high=0.33)
        & straight_legs
        & both(lambda s: between(f"{s} thigh fwd", high=0.3)),
    ),
    Prompt(
        "standing forward fold, legs straight, fingers to the floor",
        "yoga",
        both(
            lambda s: (
                knee_straight(s, 45)
                & foot_down(s)
                & between(f"{s} hand height", high=0.3)
                & between(f"{s} hand to own ankle", high=0.55)
            )
        )
        & lean(80, 181)
        & between("pelvis height", 0.6),
    ),
    Prompt(
        "lotus position, hands together in front of the heart",
        "yoga",
        cross_legged
        & hands_close(0.24)
        & both(lambda s: between(f"{s} hand fwd", 0.08) & between(f"{s} hand up", -0.3, 0.22)),
    ),
    Prompt(
        "boat pose",
        "yoga",
        floor_low
        & both(
            lambda s: (
                foot_up(s, 0.25)
                & between(f"{s} thigh fwd", 0.35)
                & knee_straight(s, 100)
                & between(f"{s} thigh world up", high=0.92)
            )
        )
        & between("trunk up", 15, 85),
    ),
    Prompt(
        "full wheel, an arched backbend on hands and feet",
        "yoga",
        both(hand_floor)
        & feet_down
        & between("front up", 0)
        & between("pelvis height", 0.4)
        & between("trunk up", high=15)
        & both(lambda s: between(f"{s} arm up", 0.3)),
    ),
    Prompt(
        "someone doing a handstand",
        "sport",
        inverted
        & both(hand_floor)
        & both(lambda s: leg_lifted(s) & between(f"{s} arm up", 0.5) & elbow_straight(s, 60)),
    ),
    Prompt(
        "a goalkeeper ready for the penalty, knees bent, arms spread",
        "sport",
        both(lambda s: knee_bent(s, 25, 130) & height(f"{s}_knee", 0.25) & between(f"{s} hand out", 0.28))
        & feet_down
        & lean(-5, 75)
        & between("pelvis height", 0.4),
    ),
    Prompt(
        "basketball player shooting, both hands overhead",
        "sport",
        upright
        & both(lambda s: hand_high(s, 0.2) & between(f"{s} hand over brow", 0.05))
        & hands_close(0.45),
    ),
    Prompt(
        "tennis serve with the racket in the right hand, left arm pointing up at the ball",
        "sport",
        upright
        & arm_up(L)
        & elbow_bent(R, 50)
        & between("right upper arm up", -0.35)
        & between("right hand over shoulder", -0.15),
    ),
    Prompt(
        "star jump",
        "sport",
        upright
        & between("feet across", 0.5)
        & both(lambda s: between(f"{s} arm up", 0.15) & between(f"{s} arm out", 0.2) & elbow_straight(s, 60)),
    ),
    Prompt(
        "diver about to jump in: bent over, arms stretched past the ears",
        "sport",
        lean(30, 140)
        & both(
            lambda s: between(f"{s} arm up", 0.65) & elbow_straight(s, 60) & between(f"{s} hand height", 0.35)
        )
        & feet_down
        & hands_close(0.5)
        & between("pelvis height", 0.45),
    ),
    Prompt(
        "high kick with the right leg",
        "martial arts",
        on_foot(L)
        & between("trunk up", 10)
        & between("right ankle over hip", 0.08)
        & knee_straight(R, 70)
        & (between("right thigh fwd", 0.2) | leg_out(R)),
    ),
    Prompt(
        "left side kick, leg straight at hip height, standing on the right",
        "martial arts",
        on_foot(R)
        & knee_straight(R, 60)
        & leg_out(L, 0.45)
        & between("left foot height", 0.5)
        & knee_straight(L, 50),
    ),
    Prompt(
        "front kick with the left foot, hands up guarding",
        "martial arts",
        balancing(R)
        & knee_straight(R, 65)
        & leg_ahead(L, 0.45)
        & between("left foot height", 0.35)
        & both(
            lambda s: (
                elbow_bent(s, 50) & between(f"{s} hand over shoulder", -0.3) & between(f"{s} hand fwd", 0.05)
            )
        ),
    ),
    Prompt(
        "crane stance from karate kid: standing on the left leg, right knee up, arms raised like wings",
        "martial arts",
        balancing(L)
        & knee_high(R, -0.22)
        & knee_bent(R, 50)
        & upright
        & both(
            lambda s: (
                between(f"{s} hand out", 0.2)
                & between(f"{s} upper arm up", -0.3)
                & between(f"{s} hand over shoulder", -0.1)
            )
        ),
    ),
    Prompt(
        "ninja landing: low crouch with one hand on the ground and the other arm stretched back",
        "martial arts",
        one(hand_floor)
        & between("pelvis height", 0.18, 0.65)
        & between("trunk up", -10)
        & between("front up", -75, 15)
        & both(lambda s: between(f"{s} foot height", high=0.3))
        & either(lambda s: foot_down(s) & knee_bent(s, 70) & height(f"{s}_knee", 0.25))
        & (
            (hand_floor(L) & between("right hand height", 0.3) & (arm_back(R, 0.15) | arm_out(R, 70)))
            | (hand_floor(R) & between("left hand height", 0.3) & (arm_back(L, 0.15) | arm_out(L, 70)))
        ),
    ),
    Prompt(
        "flying knee, right knee driven up, both hands guarding",
        "martial arts",
        upright
        & knee_high(R, -0.12)
        & knee_bent(R, 60)
        & foot_up(R, 0.2)
        & ~knee_high(L, -0.2)
        & both(
            lambda s: (
                elbow_bent(s, 60) & between(f"{s} hand over shoulder", -0.25) & between(f"{s} hand fwd", 0.1)
            )
        ),
    ),
    Prompt(
        "arabesque on the right leg, left leg stretched back",
        "dance",
        on_foot(R)
        & foot_up(L, 0.35)
        & knee_straight(L, 50)
        & (between("left leg fwd", high=-0.2) | (lean(30, 110) & between("left leg fwd", high=0.3)))
        & between("trunk up", -30),
    ),
    Prompt(
        "tango dancer, right arm out to the side, left arm bent in front of the body",
        "dance",
        upright
        & between("right arm out", 0.6)
        & elbow_straight(R, 70)
        & elbow_bent(L, 50)
        & between("left hand fwd", 0.1)
        & between("left hand out", high=0.25)
        & between("left hand up", high=0.3)
        & between("pelvis height", 0.6),
    ),
    Prompt(
        "dabbing, face buried in the bent left elbow while the right arm shoots up and out to the side",
        "dance",
        upright
        & between("right arm out", 0.5)
        & between("right arm up", 0.0)
        & elbow_straight(R)
        & elbow_bent(L, 60)
        & between("left hand out", high=0.22)
        & (hand_at(L, "face", 0.3) | near("left_elbow", "head", 0.32)),
    ),
    Prompt(
        "walk like an egyptian: one arm bent up in front and one bent down behind",
        "dance",
        upright
        & both(lambda s: elbow_bent(s, 50))
        & either(
            lambda s: (
                between(f"{s} hand over shoulder", -0.05)
                & between(f"{s} hand fwd", 0.05)
                & between(f"{other(s)} hand over shoulder", high=-0.2)
                & between(f"{other(s)} hand fwd", high=0.15)
            )
        ),
    ),
    Prompt(
        "cossack dance, squatting with one leg kicked out straight, arms folded",
        "dance",
        either(
            lambda s: (
                knee_bent(s, 85)
                & foot_down(s)
                & knee_straight(other(s), 45)
                & between(f"{other(s)} leg fwd", 0.3)
            )
        )
        & between("pelvis height", 0.15, 0.58)
        & between("trunk up", 35)
        & both(hand_folded),
    ),
    Prompt(
        "hip hop freeze: upside down with one hand on the floor",
        "dance",
        between("trunk up", high=-20)
        & either(hand_floor)
        & both(lambda s: foot_up(s, 0.25))
        & between("pelvis height", 0.35),
    ),
    Prompt("facepalm", "emotions", either(lambda s: hand_at(s, "face", 0.15)) & between("trunk up", 30)),
    Prompt("she is crying into both hands", "emotions", both(lambda s: hand_at(s, "face", 0.18))),
    Prompt(
        "he won! fists in the air, face turned up",
        "emotions",
        upright & both(lambda s: hand_overhead(s)) & gaze(8),
    ),
    Prompt(
        "begging on both knees, hands clasped and raised",
        "emotions",
        on_knees
        & hands_close(0.24)
        & both(lambda s: between(f"{s} hand up", -0.12) & between(f"{s} hand fwd", 0.05)),
    ),
    Prompt(
        "bored, chin propped on the left hand, seated",
        "emotions",
        between("trunk up", 30)
        & hand_at(L, "chin", 0.19)
        & between("left hand over brow", high=-0.03)
        & elbow_bent(L, 70)
        & both(lambda s: between(f"{s} thigh fwd", 0.4))
        & between("pelvis height", high=0.75)
        & ~hand_head(R, 0.28),
    ),
    Prompt(
        "praying to heaven, hands joined and eyes looking up",
        "emotions",
        between("trunk up", 40)
        & hands_close(0.22)
        & both(lambda s: between(f"{s} hand fwd", 0.05))
        & gaze(12),
    ),
    Prompt("look over your left shoulder", "trunk and head", upright & turned(L, 32)),
    Prompt(
        "the upper body twists to the left, arms spread",
        "trunk and head",
        upright & twisted(L, 18) & both(lambda s: between(f"{s} arm out", 0.5)),
    ),
    Prompt(
        "table top: bent forward at the hips, flat back, arms out like wings",
        "trunk and head",
        lean(55, 115)
        & both(lambda s: between(f"{s} arm out", 0.6))
        & feet_down
        & between("pelvis height", 0.6),
    ),
    Prompt(
        "leaning left with both hands on the waist",
        "trunk and head",
        side_lean(L, 10) & between("trunk up", 35) & both(hand_on_hip),
    ),
    Prompt(
        "staring at the floor with arms folded",
        "trunk and head",
        upright & gaze(-91, -20) & both(hand_folded),
    ),
    Prompt(
        "head turned to the right while the left arm points left",
        "trunk and head",
        upright & turned(R, 22) & arm_out(L) & ~arm_out(R),
    ),
    Prompt(
        "jogging",
        "everyday",
        upright
        & both(lambda s: elbow_bent(s, 45))
        & Check(lambda m: np.maximum(m["left knee"], m["right knee"]) > 45)
        & either(lambda s: foot_up(s, 0.1))
        & Check(lambda m: np.abs(m["left hand fwd"] - m["right hand fwd"]) > 0.08),
    ),
    Prompt(
        "drinking from a cup in the left hand",
        "everyday",
        between("trunk up", 50)
        & (hand_at(L, "chin", 0.19) | hand_at(L, "face", 0.15))
        & between("left hand over brow", high=0.0)
        & ~hand_head(R, 0.28),
    ),
    Prompt(
        "picking something up off the floor with the right hand",
        "everyday",
        between("right hand height", high=0.25)
        & either(foot_down)
        & between("pelvis height", 0.3)
        & both(lambda s: between(f"{s} foot height", high=0.5))
        & either(lambda s: height(f"{s}_knee", 0.25))
        & between("front up", high=20)
        & (lean(30, 180) | both(lambda s: knee_bent(s, 70)))
        & between("left hand height", 0.3),
    ),
    Prompt(
        "taking a picture, both hands holding the camera at the eyes",
        "everyday",
        upright
        & both(lambda s: hand_at(s, "face", 0.24) & between(f"{s} hand fwd", 0.08) & elbow_bent(s, 60))
        & hands_close(0.35),
    ),
    Prompt(
        "climbing a ladder: left hand reaching up, right knee raised",
        "everyday",
        upright
        & on_foot(L)
        & between("left arm up", 0.5)
        & hand_overhead(L)
        & knee_high(R, -0.28)
        & knee_bent(R, 45)
        & ~knee_high(L, -0.28),
    ),
    Prompt(
        "shading the eyes with the left hand, looking into the distance",
        "everyday",
        upright
        & hand_at(L, "brow", 0.22)
        & between("left hand over crown", high=0.0)
        & ~hand_head(R, 0.25)
        & gaze(-25),
    ),
    Prompt(
        "standing on the left leg with the right hand on top of the head and the left arm out to the side",
        "combinations",
        balancing(L) & hand_at(R, "crown", 0.26) & arm_out(L),
    ),
    Prompt(
        "deep squat with the left arm straight up and the right hand on the floor",
        "combinations",
        both(lambda s: knee_bent(s, 75))
        & feet_down
        & both(lambda s: height(f"{s}_knee", 0.25))
        & between("trunk up", 15)
        & between("left arm world up", 0.65)
        & elbow_straight(L, 60)
        & hand_floor(R)
        & between("pelvis height", 0.18, 0.65)
        & between("front up", high=10),
    ),
    Prompt(
        "lunge with the right foot in front, left hand on the right knee",
        "combinations",
        lunge(R) & hand_at(L, "other knee", 0.28),
    ),
    Prompt(
        "legs crossed standing up, one hand on the chin and the other on the hip",
        "combinations",
        upright
        & between("feet across", high=0.04)
        & between("pelvis height", 0.75)
        & ((hand_at(L, "chin", 0.2) & hand_on_hip(R)) | (hand_at(R, "chin", 0.2) & hand_on_hip(L))),
    ),
    Prompt(
        "bent forward with a flat back, both hands behind the back",
        "combinations",
        lean(35, 115) & both(hand_behind) & hands_close(0.35) & feet_down & between("pelvis height", 0.6),
    ),
    Prompt(
        "feet wide apart, right arm up, left hand touching the left knee",
        "combinations",
        feet_gap(0.5)
        & feet_down
        & between("right arm up", 0.5)
        & elbow_straight(R, 70)
        & hand_at(L, "own knee", 0.28)
        & between("pelvis height", 0.45),
    ),
)
