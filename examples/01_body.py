"""Pose a body by hand: joint angles in, vertices, a picture and a rigged GLB out."""

from math import radians
from pathlib import Path

import torch

from simplifiedclip import JOINT_NAMES, SMPL, body_texture, export_glb, save_pose
from simplifiedclip.pictures import Posed, quad

body = SMPL.embedded("female")
theta = torch.zeros(24, 3)  # axis-angle of every joint; zeros are the T-pose
theta[JOINT_NAMES.index("left_shoulder"), 2] = radians(60)  # about z: the left arm goes up
theta[JOINT_NAMES.index("right_shoulder"), 2] = radians(70)  # and the right arm down
theta[JOINT_NAMES.index("left_knee"), 0] = radians(40)

vertices, joints = body(theta[None])
print(f"{vertices.shape[1]} vertices, left hand at {joints[0, JOINT_NAMES.index('left_hand')].tolist()} m")

out = Path("out/body")
out.mkdir(parents=True, exist_ok=True)
texture = body_texture("human", body)
quad(Posed.of(body, texture, theta)).save(out / "quad.png")
export_glb(out / "mesh.glb", body, theta, texture=texture)
save_pose(out / "pose.npz", body, theta)
