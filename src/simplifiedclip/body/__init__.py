"""The human body: SMPL's layer, its model files, joints and their limits."""

from .joints import GROUPS, JOINT_NAMES, MIRROR, PARENTS, mirror_pose, resolve_joints
from .limits import JOINT_LIMITS, clamp_pose, joint_angles, limit_violation, pose_from_angles, violates
from .model_file import SMPLData, embedded_path, load_model_file
from .smpl import SMPL, SMPLOutput

__all__ = [
    "GROUPS",
    "JOINT_LIMITS",
    "JOINT_NAMES",
    "MIRROR",
    "PARENTS",
    "SMPL",
    "SMPLData",
    "SMPLOutput",
    "clamp_pose",
    "embedded_path",
    "joint_angles",
    "limit_violation",
    "load_model_file",
    "mirror_pose",
    "pose_from_angles",
    "resolve_joints",
    "violates",
]
