"""The SMPL body as a differentiable layer: pose, shape and translation to vertices and joints."""

from __future__ import annotations

import copy
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import roma
import torch
from torch import Tensor, nn

from ..errors import UserError
from .joints import NUM_JOINTS, PARENTS
from .model_file import NUM_BETAS, SMPLData, embedded_path, load_model_file


class SMPLOutput(NamedTuple):
    """A posed body: ``vertices`` (B, V, 3) and ``joints`` (B, 24, 3), metres, y up."""

    vertices: Tensor
    joints: Tensor


def _by_depth() -> tuple[list[int], list[slice], list[int]]:
    """Joints by depth, where each depth is among them, and the place of each parent in the depth above."""
    order, depths, places = [0], [slice(0, 1)], [0]
    while len(order) < NUM_JOINTS:
        above = order[depths[-1]]
        level = [joint for joint in range(NUM_JOINTS) if PARENTS[joint] in above]
        places += [above.index(PARENTS[joint]) for joint in level]
        depths.append(slice(len(order), len(order) + len(level)))
        order += level
    return order, depths, places


_ORDER, _DEPTHS, _PLACES = _by_depth()


class SMPL(nn.Module):
    """SMPL: a skinned multi-person linear model (Loper et al., ACM Trans. Graphics 34(6), 2015).

    ``vertices = W(T + Bs(β) + Bp(θ), J(β), θ, weights)`` (equations 2 to 9 of the paper). As in the official
    implementation the root joint turns the body about the pelvis, and the translation is added last.

    The layer holds constants only. It moves between devices and dtypes as other modules do; inputs are
    brought to its dtype and device. All functions are safe to differentiate at θ = 0.

    Attributes:
        faces: (F, 3) int64.
        v_template: (V, 3) metres.
        lbs_weights: (V, 24).
        J_regressor: (24, V).
        uvs, faces_uvs: (T, 2) and (F, 3) int64, or None where the model file has none.
        gender, name: from the model file.

    Example:
        >>> body = SMPL.embedded("female")
        >>> theta = torch.zeros(1, 24, 3, requires_grad=True)
        >>> vertices, joints = body(theta)
    """

    faces: Tensor
    v_template: Tensor
    lbs_weights: Tensor
    J_regressor: Tensor
    uvs: Tensor | None
    faces_uvs: Tensor | None
    _template: Tensor
    _shapedirs: Tensor
    _posedirs: Tensor | None
    _weights: Tensor
    _joints: Tensor
    _joint_dirs: Tensor
    _parents: Tensor
    _by_depth: Tensor
    _by_number: Tensor
    _parent_places: Tensor

    def __init__(self, data: SMPLData, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.gender = data.gender
        self.name = data.name

        def buffer(name: str, value: Tensor | None) -> None:
            self.register_buffer(name, value, persistent=False)

        def tensor(array) -> Tensor:
            return torch.as_tensor(array).to(dtype)

        buffer("faces", torch.as_tensor(data.faces))
        buffer("v_template", tensor(data.v_template))
        buffer("lbs_weights", tensor(data.weights))
        buffer("J_regressor", tensor(data.J_regressor))
        buffer("uvs", None if data.uvs is None else tensor(data.uvs))
        buffer("faces_uvs", None if data.faces_uvs is None else torch.as_tensor(data.faces_uvs))

        # Working copies keep x, y and z in planes of V numbers: every product below then runs over
        # contiguous memory, which on a CPU is several times faster than rows of three.
        vertices = len(data.v_template)
        buffer("_template", tensor(data.v_template.T.copy()))
        buffer("_shapedirs", tensor(data.shapedirs.transpose(2, 1, 0).reshape(NUM_BETAS, 3 * vertices)))
        has_posedirs = bool(data.posedirs.any())
        posedirs = data.posedirs.transpose(2, 1, 0).reshape(-1, 3 * vertices) if has_posedirs else None
        buffer("_posedirs", None if posedirs is None else tensor(posedirs))
        buffer("_weights", tensor(data.weights.T.copy()))
        # The regressor is linear, so joints of the shaped body need no vertices.
        buffer("_joints", tensor(data.J_regressor @ data.v_template))
        joint_dirs = data.J_regressor @ data.shapedirs.reshape(vertices, -1)
        buffer("_joint_dirs", tensor(joint_dirs.reshape(-1, NUM_BETAS).T.copy()))
        buffer("_parents", torch.as_tensor(PARENTS[1:]))
        buffer("_by_depth", torch.as_tensor(_ORDER))
        buffer("_by_number", torch.as_tensor(_ORDER).argsort())
        buffer("_parent_places", torch.as_tensor(_PLACES))

    @classmethod
    def from_file(cls, path: str | Path, dtype: torch.dtype = torch.float32) -> SMPL:
        """Load an SMPL model file in the official layout (``.npz`` or ``.pkl``; nothing in it is executed).

        Raises:
            UserError: for a missing, damaged or refused file, and for one that is not an SMPL body.
        """
        return cls(load_model_file(path), dtype)

    @classmethod
    def embedded(cls, gender: str = "neutral", dtype: torch.dtype = torch.float32) -> SMPL:
        """Load the body that comes with the package: "female", "male" or "neutral".

        Raises:
            UserError: for an unknown gender.
        """
        return cls(_embedded_data(gender), dtype)

    @property
    def dtype(self) -> torch.dtype:
        """Floating-point type of the buffers and of the output."""
        return self.v_template.dtype

    @property
    def device(self) -> torch.device:
        """Device of the buffers and of the output."""
        return self.v_template.device

    def forward(
        self,
        theta: Tensor | None = None,
        betas: Tensor | None = None,
        transl: Tensor | None = None,
        *,
        global_orient: Tensor | None = None,
        body_pose: Tensor | None = None,
    ) -> SMPLOutput:
        """Pose the body.

        The pose is ``theta``, or ``global_orient`` and ``body_pose``; what is not given is zero. Each input
        has the batch size B or 1.

        Args:
            theta: (B, 72) or (B, 24, 3) axis-angle in radians, or (B, 24, 3, 3) rotation matrices.
            betas: (B, 10) shape, standard deviations.
            transl: (B, 3) metres.
            global_orient: (B, 3) or (B, 1, 3) axis-angle, or (B, 3, 3) or (B, 1, 3, 3) matrices.
            body_pose: (B, 69) or (B, 23, 3) axis-angle, or (B, 23, 3, 3) matrices.
        Returns:
            vertices (B, V, 3) and joints (B, 24, 3).
        Raises:
            UserError: for inputs of other shapes.
        """
        rotations, betas, transl = self._inputs(theta, betas, transl, global_orient, body_pose)
        rest = self._rest_joints(betas)
        turn, joints = self._forward_kinematics(rotations, rest)

        vertices = self._blend_shapes(rotations, betas)

        # Linear blend skinning: per vertex the weighted mean of the joints' transforms [turn | shift].
        shift = joints - (turn @ rest.unsqueeze(-1)).squeeze(-1)
        transforms = torch.cat([turn, shift.unsqueeze(-1)], dim=-1)  # (B, 24, 3, 4)
        blended = transforms.permute(0, 3, 2, 1).reshape(-1, NUM_JOINTS) @ self._weights
        blended = blended.view(len(transforms), 4, 3, -1)
        posed = blended[:, 3]
        for axis in range(3):
            posed = torch.addcmul(posed, blended[:, axis], vertices[:, axis].unsqueeze(1))
        posed = posed.transpose(1, 2).contiguous()

        if transl is not None:
            posed = posed + transl.unsqueeze(1)
            joints = joints + transl.unsqueeze(1)
        return SMPLOutput(posed, joints)

    def joints(
        self, theta: Tensor | None = None, betas: Tensor | None = None, transl: Tensor | None = None
    ) -> Tensor:
        """Return only the joints (B, 24, 3) of :meth:`forward`, at a small part of its cost."""
        rotations, betas, transl = self._inputs(theta, betas, transl, None, None)
        _, joints = self._forward_kinematics(rotations, self._rest_joints(betas))
        return joints if transl is None else joints + transl.unsqueeze(1)

    def rest_joints(self, betas: Tensor | None = None) -> Tensor:
        """Return the joints of the T-pose: (B, 24, 3) for betas (B, 10), (1, 24, 3) without."""
        return self._rest_joints(self._vectors(betas, "betas", NUM_BETAS))

    def bind_vertices(self, theta: Tensor | None = None, betas: Tensor | None = None) -> Tensor:
        """Return the mesh that skinning starts from, the T-pose with all blend shapes: (B, V, 3)."""
        rotations, betas, _ = self._inputs(theta, betas, None, None, None)
        return self._blend_shapes(rotations, betas).expand(len(rotations), -1, -1).transpose(1, 2)

    def only(self, vertices: Tensor) -> SMPL:
        """Return the same body with some of its vertices (n,) and no faces: its joints, at a small cost."""
        keep = vertices.to(self.device)

        def planes(value: Tensor) -> Tensor:
            return value.unflatten(1, (3, -1))[..., keep].flatten(1).contiguous()

        part = copy.copy(self)
        part._buffers = dict(self._buffers)
        part.v_template, part.lbs_weights = self.v_template[keep], self.lbs_weights[keep]
        part.faces = self.faces[:0]
        part._template, part._weights = self._template[:, keep], self._weights[:, keep]
        part._shapedirs = planes(self._shapedirs)
        part._posedirs = None if self._posedirs is None else planes(self._posedirs)
        return part

    def _blend_shapes(self, rotations: Tensor, betas: Tensor | None) -> Tensor:
        """Template + Bs(β) + Bp(θ), in planes: (B|1, 3, V)."""
        vertices = self._template.unsqueeze(0)
        if betas is not None:
            vertices = vertices + (betas @ self._shapedirs).view(len(betas), 3, -1)
        if self._posedirs is not None:
            feature = rotations[:, 1:] - torch.eye(3, dtype=self.dtype, device=self.device)
            vertices = vertices + (feature.flatten(1) @ self._posedirs).view(len(feature), 3, -1)
        return vertices

    def _forward_kinematics(self, rotations: Tensor, rest: Tensor) -> tuple[Tensor, Tensor]:
        """Chain the joints' rotations down the tree (equation 4 of the SMPL paper), one depth at a time.

        Args:
            rotations: (B, 24, 3, 3) relative to the parent.
            rest: (B|1, 24, 3) joints of the T-pose.
        Returns:
            rotations (B, 24, 3, 3) and positions (B, 24, 3) in the world.
        """
        bones = torch.cat([rest[:, :1], rest[:, 1:] - rest[:, self._parents]], dim=1)
        bones = bones.expand(len(rotations), -1, -1).unsqueeze(-1)
        local = torch.cat([rotations, bones], dim=-1)[:, self._by_depth]  # (B, 24, 3, 4)
        chain = [local[:, :1]]
        for depth in _DEPTHS[1:]:
            above = chain[-1][:, self._parent_places[depth]]
            here = above[..., :3] @ local[:, depth]
            chain.append(torch.cat([here[..., :3], here[..., 3:] + above[..., 3:]], dim=-1))
        world = torch.cat(chain, dim=1)[:, self._by_number]
        return world[..., :3], world[..., 3]

    def _rest_joints(self, betas: Tensor | None) -> Tensor:
        if betas is None:
            return self._joints.unsqueeze(0)
        return self._joints + (betas @ self._joint_dirs).view(-1, NUM_JOINTS, 3)

    def _inputs(
        self,
        theta: Tensor | None,
        betas: Tensor | None,
        transl: Tensor | None,
        global_orient: Tensor | None,
        body_pose: Tensor | None,
    ) -> tuple[Tensor, Tensor | None, Tensor | None]:
        """Check shapes; return rotations (B, 24, 3, 3), betas (B|1, 10) and transl (B|1, 3)."""
        if theta is None:
            root = self._rotations(global_orient, "global_orient", 1)
            body = self._rotations(body_pose, "body_pose", NUM_JOINTS - 1)
            sizes = {len(root), len(body)} - {1}
            if len(sizes) < 2:
                batch = sizes.pop() if sizes else 1
                root, body = root.expand(batch, -1, -1, -1), body.expand(batch, -1, -1, -1)
                rotations = torch.cat([root, body], dim=1)
            else:
                raise UserError(f"global_orient has the batch size {len(root)} but body_pose has {len(body)}")
        elif global_orient is not None or body_pose is not None:
            raise UserError("give either theta, or global_orient and body_pose, not both")
        else:
            rotations = self._rotations(theta, "theta", NUM_JOINTS)
        betas = self._vectors(betas, "betas", NUM_BETAS)
        transl = self._vectors(transl, "transl", 3)

        named = {"the pose": rotations, "betas": betas, "transl": transl}
        batches = {name: len(value) for name, value in named.items() if value is not None}
        sizes = set(batches.values()) - {1}
        if len(sizes) > 1:
            listed = ", ".join(f"{name} {size}" for name, size in batches.items())
            raise UserError(f"the batch sizes must be equal or 1, but they are: {listed}")
        if sizes:
            rotations = rotations.expand(max(batches.values(), key=lambda n: n != 1), -1, -1, -1)
        return rotations, betas, transl

    def _vectors(self, value: Tensor | None, name: str, size: int) -> Tensor | None:
        if value is None:
            return None
        if value.dim() != 2 or value.shape[1] != size:
            raise UserError(f"{name} has the shape {tuple(value.shape)}, expected (B, {size})")
        return value.to(self.v_template)

    def _rotations(self, pose: Tensor | None, name: str, joints: int) -> Tensor:
        if pose is None:
            return torch.eye(3, dtype=self.dtype, device=self.device).expand(1, joints, 3, 3)
        pose = pose.to(self.v_template)
        shape = tuple(pose.shape)
        if shape[1:] == (joints, 3, 3) or (joints == 1 and len(shape) == 3 and shape[1:] == (3, 3)):
            return pose.reshape(-1, joints, 3, 3)
        if shape[1:] in ((3 * joints,), (joints, 3)) and len(shape) > 1:
            return roma.rotvec_to_rotmat(pose.reshape(-1, joints, 3))
        expected = f"(B, {3 * joints}) or (B, {joints}, 3) axis-angle, or (B, {joints}, 3, 3) matrices"
        raise UserError(f"{name} has the shape {shape}, expected {expected}")


@lru_cache(maxsize=3)
def _embedded_data(gender: str) -> SMPLData:
    return load_model_file(embedded_path(gender))
