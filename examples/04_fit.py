"""Recover a pose from its own pictures (the paper's figure 9)."""

import torch

from simplifiedclip import JOINT_NAMES
from simplifiedclip.fit import Targets, fit, joint_error
from simplifiedclip.presets import FIT_PRESETS
from simplifiedclip.stage import Stage

settings = FIT_PRESETS["best"].replace(passes=60)
stage = Stage(settings)

truth = torch.zeros(24, 3)
truth[JOINT_NAMES.index("left_shoulder"), 2] = 0.9
truth[JOINT_NAMES.index("right_hip"), 0] = -0.8
result = fit(Targets.of_pose(truth, stage), settings, stage=stage)

error = joint_error(result.joints, stage.body.joints(truth[None])[0])
print(f"mean joint error {1000 * error:.1f} mm after {len(result.losses)} passes")
