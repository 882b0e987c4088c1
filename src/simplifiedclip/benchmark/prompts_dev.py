"""The development half of the benchmark: settings and training may be judged by it."""

from __future__ import annotations

import numpy as np

from .checks import (
    Check,
    L,
    Prompt,
    R,
    arm_ahead,
    arm_low,
    arm_out,
    arm_up,
    balancing,
    between,
    both,
    chair,
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
    hand_chest,
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
    knee_bent,
    knee_high,
    knee_straight,
    kneeling,
    lean,
    leg_ahead,
    leg_lifted,
    legs_flat,
    on_back,
    on_both_feet,
    on_foot,
    on_knees,
    on_side,
    one_knee,
    other,
    side_bent,
    sitting,
    squat,
    standing,
    straight_legs,
    straight_up,
    thigh_level,
    tilted,
    turned,
    upright,
    upright_on_knees,
)

DEV: tuple[Prompt, ...] = (
    Prompt(
        "A woman standing with both arms stretched up to the sky as if she was reaching for the sun",
        "gestures",
        upright & both(arm_up),
    ),
    Prompt(
        "t-pose, the way a 3d character gets exported: arms straight out to the sides",
        "gestures",
        straight_up
        & straight_legs
        & feet_down
        & both(
            lambda s: (
                between(f"{s} arm out", 0.88) & elbow_straight(s, 35) & between(f"{s} arm up", -0.35, 0.35)
            )
        ),
    ),
    Prompt("he folded his arms across his chest", "gestures", upright & both(hand_folded)),
    Prompt(
        "palms together in front of her chest, like namaste",
        "gestures",
        upright & hands_close(0.22) & both(lambda s: hand_chest(s) & between(f"{s} hand up", -0.2, 0.22)),
    ),
    Prompt(
        "making a big V with both arms raised, celebrating",
        "gestures",
        upright
        & both(lambda s: between(f"{s} arm up", 0.4) & between(f"{s} arm out", 0.3) & elbow_straight(s, 55)),
    ),
    Prompt(
        "shrugging, forearms lifted out to the sides and palms open, like i dunno",
        "gestures",
        straight_up
        & both(
            lambda s: (
                elbow_bent(s, 40)
                & between(f"{s} hand out", 0.25)
                & between(f"{s} upper arm up", high=-0.3)
                & between(f"{s} hand up", -0.3, 0.3)
                & between(f"{s} hand fwd", 0.0)
            )
        ),
    ),
    Prompt(
        "waving hello with the right hand",
        "one arm",
        upright & hand_high(R, 0.12) & between("right hand out", 0.1) & arm_low(L),
    ),
    Prompt("left arm up, right arm down", "one arm", upright & arm_up(L) & arm_low(R)),
    Prompt(
        "She points off to her right with a straight right arm.",
        "one arm",
        upright & arm_out(R, 40) & between("right arm up", -0.45, 0.45) & ~arm_out(L),
    ),
    Prompt(
        "one fist punched into the air, the left one; right arm by the side",
        "one arm",
        upright & arm_up(L) & arm_low(R),
    ),
    Prompt(
        "holding his left hand over his heart, the other arm relaxed",
        "one arm",
        upright
        & between("left hand fwd", 0.05, 0.28)
        & between("left hand up", -0.1, 0.22)
        & between("left hand out", high=0.18)
        & arm_low(R),
    ),
    Prompt(
        "thinking, right hand on the chin, left arm down",
        "one arm",
        upright & hand_at(R, "chin", 0.17) & between("right hand over brow", high=-0.03) & arm_low(L),
    ),
    Prompt(
        "standing on one leg like a stork",
        "legs",
        upright & either(lambda s: balancing(s) & knee_straight(s, 45) & knee_bent(other(s), 45)),
    ),
    Prompt(
        "balancing on the right foot, left knee lifted up in front to hip height",
        "legs",
        balancing(R) & knee_straight(R, 50) & knee_high(L) & knee_bent(L, 40) & upright,
    ),
    Prompt(
        "feet wide apart, straight legs, arms down",
        "legs",
        upright & between("feet across", 0.5) & feet_level & both(foot_down) & straight_legs & both(arm_low),
    ),
    Prompt(
        "left leg stretched straight out in front, foot off the floor, standing on the right",
        "legs",
        balancing(R) & knee_straight(L) & leg_ahead(L, 0.4),
    ),
    Prompt(
        "marching on the spot: right knee up high, left arm swung forward",
        "legs",
        balancing(L)
        & knee_high(R, -0.22)
        & knee_bent(R, 50)
        & upright
        & (between("left arm fwd", 0.3) | between("left hand fwd", 0.25))
        & between("right hand fwd", high=0.3),
    ),
    Prompt(
        "standing with the sole of the left foot pressed against the right knee",
        "legs",
        balancing(R)
        & knee_straight(R, 45)
        & knee_bent(L, 70)
        & between("left ankle to other knee", high=0.28)
        & upright,
    ),
    Prompt(
        "sat cross-legged on the floor with hands on knees",
        "sitting",
        cross_legged & both(lambda s: hand_at(s, "own knee", 0.3)),
    ),
    Prompt(
        "sitting on a chair, back straight, hands resting on the thighs",
        "sitting",
        chair & straight_up & both(hand_on_thigh),
    ),
    Prompt(
        "someone sits on the ground with the legs straight out in front",
        "sitting",
        sitting
        & upright
        & both(lambda s: knee_straight(s, 45))
        & both(lambda s: between(f"{s} leg fwd", 0.45)),
    ),
    Prompt(
        "seated, left arm raised like a pupil who knows the answer",
        "sitting",
        upright & arm_up(L) & between("right hand over shoulder", high=0.1) & (chair | floor_low),
    ),
    Prompt(
        "chilling in a seat with both hands behind the head",
        "sitting",
        both(thigh_level)
        & both(knee_bent)
        & between("pelvis height", 0.3, 0.75)
        & between("trunk up", 40)
        & feet_level
        & both(hand_behind_head),
    ),
    Prompt(
        "a kid slumped on the floor, head hanging, legs straight",
        "sitting",
        floor_low
        & both(lambda s: knee_straight(s, 50))
        & gaze(-91, -22)
        & between("trunk up", 30)
        & between("front up", -50)
        & both(lambda s: between(f"{s} thigh fwd", 0.45))
        & (lean(5) | between("spine forward", 12)),
    ),
    Prompt("he's down on one knee, proposing", "kneeling", either(one_knee) & upright),
    Prompt(
        "kneeling upright with hands folded in prayer",
        "kneeling",
        upright_on_knees
        & hands_close(0.22)
        & both(lambda s: between(f"{s} hand fwd", 0.08) & between(f"{s} hand up", -0.22)),
    ),
    Prompt(
        "A knight kneels on the left knee, right foot planted, head bowed.",
        "kneeling",
        one_knee(L) & gaze(-91, -18),
    ),
    Prompt(
        "on her knees, both arms thrown up in the air",
        "kneeling",
        upright_on_knees & both(lambda s: hand_overhead(s) & between(f"{s} arm up", 0.5)),
    ),
    Prompt(
        "kneels and bows so deep that the forehead nearly touches the ground",
        "kneeling",
        both(kneeling)
        & between("head height", high=0.32)
        & between("front up", high=-25)
        & between("trunk up", -45, 40)
        & between("pelvis height", 0.2),
    ),
    Prompt(
        "kneeling with hands tied behind the back",
        "kneeling",
        on_knees & both(hand_behind) & hands_close(0.4),
    ),
    Prompt(
        "deep squat, heels down, arms straight ahead",
        "squats and lunges",
        squat & both(arm_ahead) & both(lambda s: between(f"{s} arm world up", -0.45, 0.6)),
    ),
    Prompt(
        "side lunge to the right: right knee bent, left leg straight",
        "squats and lunges",
        knee_bent(R, 50)
        & knee_straight(L, 35)
        & between("feet across", 0.55)
        & feet_level
        & feet_down
        & between("pelvis height", 0.25, 0.85)
        & between("trunk up", 25),
    ),
    Prompt(
        "sumo stance, knees wide and bent",
        "squats and lunges",
        both(lambda s: knee_bent(s, 40))
        & Check(lambda m: np.abs(m["left knee"] - m["right knee"]) < 28)
        & feet_down
        & feet_level
        & between("feet across", 0.4)
        & between("knees apart", 0.55)
        & upright
        & between("pelvis height", 0.3, 0.85),
    ),
    Prompt(
        "crouch down and touch the ground with your right hand",
        "squats and lunges",
        hand_floor(R)
        & ~hand_floor(L)
        & both(lambda s: knee_bent(s, 50))
        & either(foot_down)
        & between("pelvis height", 0.2, 0.75)
        & between("trunk up", 0)
        & between("front up", high=20)
        & both(lambda s: height(f"{s}_ankle", high=0.35))
        & between("head height", 0.4)
        & between("trunk up", 15)
        & between("front up", high=10),
    ),
    Prompt(
        "squatting with palms pressed together in front of the chest",
        "squats and lunges",
        squat
        & between("pelvis height", high=0.6)
        & hands_close(0.24)
        & both(lambda s: between(f"{s} hand fwd", 0.08) & between(f"{s} hand up", -0.25, 0.3)),
    ),
    Prompt(
        "low lunge, left knee on the floor behind, arms up",
        "squats and lunges",
        kneeling(L)
        & knee_bent(R, 50)
        & foot_down(R)
        & in_front(R, 0.4)
        & both(lambda s: between(f"{s} arm up", 0.6) & hand_overhead(s)),
    ),
    Prompt(
        "sleeping on his right side with the knees drawn up",
        "lying",
        on_side(R)
        & both(
            lambda s: (
                knee_bent(s, 40) & between(f"{s} thigh fwd", 0.4) & between(f"{s} foot height", high=0.45)
            )
        ),
    ),
    Prompt("lying on her left side, legs straight", "lying", on_side(L) & straight_legs),
    Prompt(
        "on the back, knees bent and feet flat on the floor",
        "lying",
        on_back & both(lambda s: knee_bent(s, 55) & foot_down(s) & height(f"{s}_knee", 0.25)),
    ),
    Prompt(
        "lying on the back with both legs pointing up at the ceiling and the arms out to the sides",
        "lying",
        on_back & both(leg_lifted) & both(lambda s: arm_out(s, 60)),
    ),
    Prompt(
        "on his back hugging both knees to the chest",
        "lying",
        on_back
        & both(lambda s: knee_bent(s, 80) & between(f"{s} thigh up", -0.35))
        & both(
            lambda s: (
                between(f"{s} hand to own knee", high=0.38) | between(f"{s} hand to own ankle", high=0.38)
            )
        ),
    ),
    Prompt(
        "making a snow angel",
        "lying",
        on_back
        & legs_flat
        & both(lambda s: knee_straight(s, 50) & between(f"{s} arm out", 0.5))
        & feet_gap(0.45),
    ),
    Prompt(
        "top position of a push up",
        "floor",
        both(hand_floor)
        & both(knee_straight)
        & both(lambda s: elbow_straight(s, 50))
        & face_down
        & between("trunk up", -15, 50)
        & between("pelvis height", 0.22, 0.65)
        & both(lambda s: between(f"{s} arm fwd", 0.5)),
    ),
    Prompt(
        "superman on the floor: on the stomach with arms and legs lifted off the ground",
        "floor",
        between("front up", high=-40)
        & between("pelvis height", high=0.35)
        & both(lambda s: arm_up(s) & between(f"{s} hand height", 0.15) & foot_up(s, 0.1))
        & both(knee_straight),
    ),
    Prompt(
        "doing the splits on the floor",
        "floor",
        between("pelvis height", high=0.35)
        & feet_gap(1.3)
        & both(lambda s: knee_straight(s, 40))
        & between("trunk up", 30),
    ),
    Prompt(
        "bear crawl, hands and feet on the ground with the knees just above it",
        "floor",
        both(hand_floor)
        & face_down
        & both(lambda s: knee_bent(s, 40) & between(f"{s} knee height", 0.08, 0.5))
        & feet_down
        & between("pelvis height", 0.3)
        & both(lambda s: between(f"{s} hand to own foot", 0.35)),
    ),
    Prompt(
        "v-sit: balancing on the seat, straight legs in the air, arms reaching towards the feet",
        "floor",
        floor_low
        & both(lambda s: foot_up(s, 0.3) & knee_straight(s, 50))
        & between("trunk up", 15, 85)
        & both(lambda s: between(f"{s} arm fwd", 0.4)),
    ),
    Prompt(
        "on hands and knees with the left leg kicked up behind",
        "floor",
        kneeling(R)
        & both(hand_floor)
        & face_down
        & between("left foot height", 0.4)
        & between("left knee height", 0.22),
    ),
    Prompt(
        "tree pose",
        "yoga",
        either(balancing)
        & upright
        & either(
            lambda s: (
                knee_bent(s, 60)
                & between(f"{s} thigh out", 0.25)
                & (between(f"{s} ankle to other knee", high=0.45))
            )
        ),
    ),
    Prompt(
        "warrior two facing left: left knee bent, right leg straight, arms out in a line",
        "yoga",
        knee_bent(L, 35) & knee_straight(R, 38) & feet_gap(0.7) & both(arm_out) & feet_down & upright,
    ),
    Prompt(
        "child's pose with the arms stretched forward on the mat",
        "yoga",
        both(lambda s: kneeling(s) & knee_bent(s, 95))
        & between("pelvis height", high=0.5)
        & between("head height", high=0.4)
        & both(lambda s: arm_up(s) & hand_floor(s))
        & face_down,
    ),
    Prompt(
        "triangle pose with the right hand down at the right foot and the left arm up",
        "yoga",
        straight_legs
        & feet_gap(0.5)
        & feet_down
        & (hand_at(R, "own ankle", 0.35) | hand_at(R, "own foot", 0.35))
        & between("left arm world up", 0.6)
        & between("pelvis height", 0.55),
    ),
    Prompt(
        "warrior three on the left leg: body and right leg level, arms reaching forward",
        "yoga",
        on_foot(L)
        & knee_straight(L, 45)
        & foot_up(R, 0.5)
        & knee_straight(R, 42)
        & lean(50, 115)
        & both(lambda s: between(f"{s} arm up", 0.55)),
    ),
    Prompt(
        "seated forward bend, holding on to the toes",
        "yoga",
        floor_low
        & both(lambda s: knee_straight(s, 50))
        & lean(25, 130)
        & both(lambda s: hand_at(s, "own foot", 0.26) | hand_at(s, "own ankle", 0.24)),
    ),
    Prompt(
        "kicking a football with the right foot",
        "sport",
        on_foot(L) & foot_up(R, 0.1) & leg_ahead(R, 0.25) & knee_straight(R, 85),
    ),
    Prompt(
        "weightlifter with a barbell locked out overhead, feet apart",
        "sport",
        upright
        & both(lambda s: arm_up(s, 45) & hand_overhead(s))
        & feet_gap(0.3, 0.95)
        & between("hands apart", 0.25),
    ),
    Prompt(
        "sprinter in the starting blocks, hands on the ground, hips up",
        "sport",
        both(hand_floor)
        & face_down
        & both(lambda s: knee_bent(s, 30))
        & between("pelvis height", 0.42)
        & between("trunk up", high=25)
        & Check(lambda m: np.abs(m["foot lead"]) > 0.12)
        & either(lambda s: between(f"{s} knee height", 0.12)),
    ),
    Prompt(
        "skier in a tuck, knees bent and chest low",
        "sport",
        both(
            lambda s: (
                knee_bent(s, 45, 140)
                & elbow_bent(s, 40)
                & between(f"{s} hand fwd", 0.1)
                & between(f"{s} hand height", 0.25)
            )
        )
        & feet_down
        & lean(35, 115)
        & between("pelvis height", 0.35),
    ),
    Prompt(
        "a golfer at the top of the swing, both hands up over the right shoulder",
        "sport",
        between("trunk up", 30)
        & hands_close(0.35)
        & both(lambda s: between(f"{s} hand over shoulder", 0.0))
        & between("right hand out", 0.1)
        & between("left hand out", high=-0.1)
        & feet_down,
    ),
    Prompt(
        "throwing a javelin: right arm cocked back, left arm stretched in front",
        "sport",
        upright
        & between("left arm fwd", 0.5)
        & between("right hand fwd", high=0.0)
        & between("right hand over shoulder", -0.15)
        & between("left hand over shoulder", -0.2)
        & between("pelvis height", 0.6),
    ),
    Prompt(
        "boxing guard, both fists in front of the face",
        "martial arts",
        upright
        & both(
            lambda s: (
                elbow_bent(s, 80)
                & (hand_at(s, "chin", 0.28) | hand_at(s, "face", 0.28))
                & between(f"{s} hand fwd", 0.1)
                & between(f"{s} hand up", 0.0)
            )
        ),
    ),
    Prompt(
        "a straight right punch, left fist back at the chin",
        "martial arts",
        upright & arm_ahead(R) & elbow_bent(L, 75) & hand_at(L, "chin", 0.34),
    ),
    Prompt(
        "horse stance with both fists pulled back to the hips",
        "martial arts",
        both(lambda s: knee_bent(s, 30) & elbow_bent(s, 55) & hand_at(s, "hip", 0.27))
        & feet_level
        & between("feet across", 0.42)
        & feet_down
        & upright
        & between("pelvis height", 0.35),
    ),
    Prompt(
        "uppercut with the left fist",
        "martial arts",
        upright
        & between("left hand over shoulder", 0.08)
        & elbow_bent(L, 45, 145)
        & between("left hand fwd", 0.15)
        & between("left hand out", high=0.32)
        & Check(lambda m: m["left hand over shoulder"] > m["right hand over shoulder"] + 0.12),
    ),
    Prompt(
        "karate block: right forearm raised over the forehead, left fist at the hip",
        "martial arts",
        upright
        & elbow_bent(R, 50)
        & between("right hand over brow", -0.02)
        & hand_at(R, "brow", 0.38)
        & hand_at(L, "hip", 0.27)
        & elbow_bent(L, 40)
        & between("right hand fwd", 0.05),
    ),
    Prompt(
        "swordsman, both hands gripping a sword held high above the head",
        "martial arts",
        upright & hands_close(0.3) & both(lambda s: between(f"{s} hand over brow", 0.08)),
    ),
    Prompt(
        "ballerina on one leg, arms in a circle above the head",
        "dance",
        either(balancing)
        & upright
        & both(lambda s: hand_overhead(s) & between(f"{s} elbow", 10, 110))
        & hands_close(0.6),
    ),
    Prompt(
        "disco: right arm pointing up diagonally, left hand on the hip",
        "dance",
        upright
        & between("right arm up", 0.35)
        & between("right arm out", -0.1)
        & elbow_straight(R, 55)
        & hand_on_hip(L),
    ),
    Prompt(
        "grand jete, legs split front and back in mid air",
        "dance",
        between("trunk up", 40)
        & Check(lambda m: np.abs(m["foot lead"]) > 0.85)
        & both(lambda s: knee_straight(s, 60) & between(f"{s} leg world up", -0.85))
        & feet_gap(1.05),
    ),
    Prompt(
        "a curtsy with one foot crossed behind the other",
        "dance",
        upright
        & both(lambda s: knee_bent(s, 20))
        & ~both(thigh_level)
        & between("pelvis height", 0.5, 0.93)
        & both(lambda s: between(f"{s} foot height", high=0.2))
        & between("feet across", high=0.08)
        & Check(lambda m: np.abs(m["foot lead"]) > 0.1),
    ),
    Prompt(
        "flamenco - one arm curved over the head, the other hand on the waist",
        "dance",
        upright & ((hand_overhead(L) & hand_on_hip(R)) | (hand_overhead(R) & hand_on_hip(L))),
    ),
    Prompt(
        "ballet plie in second position, knees out, heels on the ground, arms open to the sides",
        "dance",
        straight_up
        & both(lambda s: knee_bent(s, 35) & between(f"{s} arm out", 0.6))
        & feet_down
        & feet_level
        & between("knees apart", 0.5)
        & between("feet across", 0.35)
        & between("pelvis height", 0.4),
    ),
    Prompt(
        "a sad man standing with hanging head and drooping shoulders, arms limp",
        "emotions",
        on_both_feet & both(lambda s: knee_straight(s, 50)) & gaze(-91, -20) & both(arm_low),
    ),
    Prompt(
        "terrified, cowering on the ground with the arms over the head",
        "emotions",
        between("pelvis height", high=0.5)
        & between("head height", high=0.95)
        & both(lambda s: hand_head(s, 0.28) & knee_bent(s, 60))
        & (between("spine forward", 8) | lean(15, 180))
        & between("front up", high=25),
    ),
    Prompt(
        "proud like a superhero: legs apart, chest out, hands at the waist",
        "emotions",
        straight_up
        & both(hand_on_hip)
        & feet_gap(0.3)
        & straight_legs
        & between("pelvis height", 0.75)
        & gaze(-18),
    ),
    Prompt(
        "furious, shaking the right fist above his head, left arm held down",
        "emotions",
        upright & hand_high(R, 0.2) & between("right hand over brow", 0.0) & arm_low(L),
    ),
    Prompt(
        "flinching away, leaning back with both hands held up in front",
        "emotions",
        lean(-70, -6)
        & both(lambda s: between(f"{s} hand fwd", 0.25) & between(f"{s} hand over shoulder", -0.3))
        & between("pelvis height", 0.5),
    ),
    Prompt(
        "hugging herself, freezing cold",
        "emotions",
        between("trunk up", 35)
        & both(
            lambda s: (
                (hand_at(s, "other shoulder", 0.28) | hand_at(s, "other elbow", 0.24))
                & between(f"{s} hand out", high=0.05)
                & between(f"{s} hand fwd", 0.03)
            )
        ),
    ),
    Prompt(
        "bending down to the right side with the left arm curved over the head",
        "trunk and head",
        side_bent(R)
        & (hand_overhead(L) | between("left arm up", 0.7))
        & feet_down
        & between("trunk up", 5)
        & between("pelvis height", 0.6),
    ),
    Prompt(
        "a polite bow from the waist with straight legs",
        "trunk and head",
        lean(25, 110) & straight_legs & feet_down & between("pelvis height", 0.6),
    ),
    Prompt(
        "arching backwards, belly forward, arms thrown overhead",
        "trunk and head",
        lean(-90, -10)
        & both(lambda s: between(f"{s} arm up", 0.5))
        & feet_down
        & between("pelvis height", 0.5),
    ),
    Prompt(
        "head tilted to the right shoulder, otherwise just standing",
        "trunk and head",
        standing & tilted(R, 12) & both(arm_low),
    ),
    Prompt(
        "he's looking straight up at the stars with his hands on his hips",
        "trunk and head",
        upright & gaze(25) & both(hand_on_hip),
    ),
    Prompt(
        "touching the toes of the left foot with the right hand, legs straight and apart",
        "trunk and head",
        (hand_at(R, "other foot", 0.25) | hand_at(R, "other ankle", 0.25))
        & straight_legs
        & feet_down
        & feet_gap(0.25)
        & between("pelvis height", 0.5),
    ),
    Prompt(
        "walking with a long stride, right leg in front",
        "everyday",
        upright
        & in_front(R, 0.35)
        & both(lambda s: knee_straight(s, 60) & between(f"{s} foot height", high=0.28))
        & between("pelvis height", 0.75),
    ),
    Prompt(
        "talking on the phone, held to the right ear",
        "everyday",
        upright & hand_at(R, "ear", 0.18) & ~hand_head(L, 0.25),
    ),
    Prompt(
        "jumping for joy, knees tucked, arms up",
        "everyday",
        upright
        & both(
            lambda s: (
                knee_bent(s, 50)
                & arm_up(s, 80)
                & between(f"{s} knee over hip", -0.38)
                & between(f"{s} thigh fwd", 0.3)
            )
        )
        & between("pelvis height", 0.3),
    ),
    Prompt(
        "carrying a big box in front of the belly",
        "everyday",
        upright
        & both(
            lambda s: (
                elbow_bent(s, 40, 125) & between(f"{s} hand fwd", 0.2) & between(f"{s} hand up", -0.35, 0.15)
            )
        )
        & between("hands apart", 0.15, 0.7),
    ),
    Prompt(
        "pushing a heavy cupboard, body slanted, arms straight in front",
        "everyday",
        lean(15, 80)
        & both(
            lambda s: (
                between(f"{s} arm fwd", 0.45)
                & between(f"{s} arm world up", -0.45, 0.5)
                & elbow_straight(s, 65)
                & between(f"{s} foot height", high=0.35)
            )
        )
        & either(foot_down)
        & between("pelvis height", 0.55),
    ),
    Prompt(
        "stretching after waking up, arms over the head and fingers laced together",
        "everyday",
        both(lambda s: hand_overhead(s)) & hands_close(0.3) & between("trunk up", 50),
    ),
    Prompt(
        "kneeling on both knees, left arm up, right hand on the hip",
        "combinations",
        upright_on_knees & arm_up(L) & hand_on_hip(R),
    ),
    Prompt(
        "sitting cross-legged while covering both ears",
        "combinations",
        cross_legged & both(lambda s: hand_at(s, "ear", 0.18) & between(f"{s} hand over crown", high=0.0)),
    ),
    Prompt(
        "lying on the back, right knee bent with the foot on the ground, left arm across the eyes",
        "combinations",
        on_back
        & knee_bent(R, 50)
        & foot_down(R)
        & knee_straight(L, 45)
        & between("left leg world up", high=0.35)
        & hand_head(L, 0.3)
        & between("pelvis height", high=0.27),
    ),
    Prompt(
        "He sits on a chair, the right leg stretched out straight, both arms in the air.",
        "combinations",
        upright
        & knee_straight(R, 40)
        & between("right thigh fwd", 0.5)
        & thigh_level(L)
        & between("left thigh fwd", 0.55)
        & knee_bent(L)
        & between("pelvis height", 0.3, 0.75)
        & both(hand_overhead),
    ),
    Prompt(
        "on one knee, head turned to the left, arms crossed",
        "combinations",
        either(one_knee) & turned(L, 18) & both(hand_folded),
    ),
    Prompt(
        "left knee hugged to the chest with both hands while standing",
        "combinations",
        balancing(R) & knee_high(L, -0.1) & hand_at(L, "own knee", 0.32) & hand_at(R, "other knee", 0.32),
    ),
)
