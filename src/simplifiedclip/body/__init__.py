"""The human body: SMPL's layer, its model files, joints and their limits."""

from .joints import GROUPS, JOINT_NAMES, MIRROR, PARENTS, mirror_pose, resolve_joints
from .model_file import SMPLData, embedded_path, load_model_file
from .smpl import SMPL, SMPLOutput

__all__ = [
    "GROUPS",
    "JOINT_NAMES",
    "MIRROR",
    "PARENTS",
    "SMPL",
    "SMPLData",
    "SMPLOutput",
    "embedded_path",
    "load_model_file",
    "mirror_pose",
    "resolve_joints",
]
