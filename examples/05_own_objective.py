"""Descend on an energy of your own: reach as high as possible with the left hand, inside human limits."""

import torch

from simplifiedclip import JOINT_NAMES, SMPL, load_settings
from simplifiedclip.body.limits import limit_violation
from simplifiedclip.optimize import Descent, Pose

body = SMPL.embedded()
hand = JOINT_NAMES.index("left_hand")


def energy(pose: Pose, index: int) -> dict[str, torch.Tensor]:
    height = body.joints(pose.theta, pose.betas)[:, hand, 1]
    return {"height": -height, "limits": 10 * limit_violation(pose.theta).square().flatten(1).sum(1)}


settings = load_settings("best", overrides={"passes": 80})
free = torch.ones(24, dtype=torch.bool)
free[0] = False  # the root stays upright
start = Pose(torch.zeros(1, 24, 3), torch.zeros(1, 10), torch.zeros(1, 3))
descent = Descent(energy, start, settings, free=free).run()
heights = -descent.losses().flatten()
print(f"the hand came from {heights[0]:.2f} m to {heights.max():.2f} m above the origin")
