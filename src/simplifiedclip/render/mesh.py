"""Normals of a triangle mesh."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .launch import kernels, launch, shares, together


def vertex_normals(vertices: Tensor, faces: Tensor) -> Tensor:
    """Unit normals at the vertices: the sum of the area-weighted normals of the faces around, as in PyTorch3D.

    Args:
        vertices: (B, V, 3).
        faces: (F, 3) int32.

    Returns:
        (B, V, 3) of length 1; zero for a vertex of no face.
    """
    return torch.nn.functional.normalize(_VertexNormals.apply(vertices, faces), dim=-1, eps=1e-6)


class _VertexNormals(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, vertices: Tensor, faces: Tensor) -> Tensor:
        ctx.save_for_backward(vertices, faces)
        normals = torch.zeros_like(vertices)
        _over_bodies(kernels().vertex_normals, faces, vertices, normals)
        return normals

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        vertices, faces = ctx.saved_tensors
        grad_vertices = torch.zeros_like(vertices)
        _over_bodies(kernels().vertex_normals_backward, faces, vertices, grads[0].contiguous(), grad_vertices)
        return grad_vertices, None


def _over_bodies(kernel: Any, faces: Tensor, vertices: Tensor, *others: Tensor) -> None:
    device = vertices.device

    def task(share: slice) -> None:
        rows = share.stop - share.start
        arguments = (vertices[share], faces, *(other[share] for other in others))
        launch(kernel, (rows, len(faces)), arguments, device)

    together([lambda share=share: task(share) for share in shares(len(vertices), device)])


def mesh_edges(faces: Tensor) -> Tensor:
    """Edges of a mesh, (E, 4) int32: two vertices and the two faces that share them, −1 where there is only one.

    An edge of more than two faces comes once for each further face, which leaves it a border.
    """
    count = len(faces)
    corners = faces.long()
    ends = torch.cat((corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]])).sort(1).values
    owner = torch.arange(count, device=faces.device).repeat(3)
    key = ends[:, 0] * (int(corners.max()) + 1 if count else 1) + ends[:, 1]
    order = key.argsort(stable=True)
    key, ends, owner = key[order], ends[order], owner[order]
    # Within a run of equal edges, every second one closes the edge that the one before it opened.
    run_start = torch.ones_like(key, dtype=torch.bool)
    run_start[1:] = key[1:] != key[:-1]
    place = torch.arange(len(key), device=faces.device)
    in_run = place - torch.cummax(torch.where(run_start, place, 0), 0).values
    opens = in_run % 2 == 0
    partner = torch.full_like(owner, -1)
    closes = (~opens).nonzero()[:, 0]
    partner[closes - 1] = owner[closes]
    return torch.cat((ends, owner[:, None], partner[:, None]), 1)[opens].int().contiguous()
