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
