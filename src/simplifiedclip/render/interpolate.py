"""What a fragment sees of its face: barycentrics, interpolated attributes, the face's centre and normal."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .cameras import View
from .launch import launch, launch_sum
from .rasterize import LEAST, Fragments


def barycentrics(screen: Tensor, faces: Tensor, fragments: Fragments, view: View) -> Tensor:
    """Perspective-correct barycentrics (P, 3) of pixel centres in faces, differentiable in ``screen``."""
    return _Barycentrics.apply(screen, faces, fragments, view)


def interpolate(
    attributes: Tensor, corners: Tensor, fragments: Fragments, bary: Tensor, views_per_row: int
) -> Tensor:
    """Interpolate over faces: ``out[:, p] = Σ_k bary[p, k] · attributes[row, corners[face_p, k]]``.

    Args:
        attributes: (R, V, A); row r serves ``views_per_row`` views in turn.
        corners: (F, 3) int32 rows of ``attributes`` at each face's corners.
        fragments: the P pieces of surface.
        bary: (P, 3).

    Returns:
        (A, P), differentiable in ``attributes`` and ``bary``.
    """
    return _Interpolate.apply(attributes, corners, fragments, bary, views_per_row)


def face_frames(
    vertices: Tensor, faces: Tensor, fragments: Fragments, views_per_row: int
) -> tuple[Tensor, Tensor]:
    """Centre and area-weighted normal, each (3, P), of fragments' faces; differentiable in ``vertices``."""
    frames = _FaceFrames.apply(vertices, faces, fragments, views_per_row)
    return frames[:3], frames[3:]


class _Barycentrics(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, screen: Tensor, faces: Tensor, fragments: Fragments, view: View) -> Tensor:
        screen = screen.contiguous()
        ctx.save_for_backward(screen, faces)
        ctx.fragments, ctx.view = fragments, view
        out = screen.new_empty(len(fragments.pixel), 3)
        launch(
            "fragment_barycentrics",
            (len(out),),
            lambda p: (screen, faces, int(view.perspective), view.size, *fragments.part(p), out[p]),
            screen.device,
            LEAST,
        )
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None, None]:
        screen, faces = ctx.saved_tensors
        view, grad = ctx.view, grads[0].contiguous()
        grad_screen = launch_sum(
            "fragment_barycentrics_backward",
            (len(grad),),
            screen,
            lambda p, out: (
                *(screen, faces, int(view.perspective), view.size),
                *(*ctx.fragments.part(p), grad[p], out),
            ),
            LEAST,
        )
        return grad_screen, None, None, None


class _Interpolate(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, attributes: Tensor, corners: Tensor, fragments: Fragments, bary: Tensor, views_per_row: int
    ) -> Tensor:
        attributes, bary = attributes.contiguous(), bary.contiguous()
        ctx.save_for_backward(attributes, corners, bary)
        ctx.fragments, ctx.rows = fragments, (views_per_row, fragments.pixels_per_view)
        out = attributes.new_empty(attributes.shape[2], len(bary))
        launch(
            "interpolate",
            (len(bary),),
            lambda p: (attributes, corners, *ctx.rows, *fragments.part(p), bary[p], out[:, p]),
            out.device,
            LEAST,
        )
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, None, None, Tensor | None, None]:
        attributes, corners, bary = ctx.saved_tensors
        to_attributes, to_bary, grad = ctx.needs_input_grad[0], ctx.needs_input_grad[3], grads[0].contiguous()
        grad_bary = torch.empty_like(bary)
        grad_attributes = launch_sum(
            "interpolate_backward",
            (len(bary),),
            attributes if to_attributes else attributes[:0],
            lambda p, out: (
                *(attributes, corners, *ctx.rows, *ctx.fragments.part(p), bary[p], grad[:, p]),
                *(int(to_attributes), int(to_bary), grad_bary[p], out),
            ),
            LEAST,
        )
        return grad_attributes if to_attributes else None, None, None, grad_bary if to_bary else None, None


class _FaceFrames(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, vertices: Tensor, faces: Tensor, fragments: Fragments, views_per_row: int
    ) -> Tensor:
        vertices = vertices.contiguous()
        ctx.save_for_backward(vertices, faces)
        ctx.fragments, ctx.rows = fragments, (views_per_row, fragments.pixels_per_view)
        out = vertices.new_empty(6, len(fragments.pixel))
        launch(
            "face_frames",
            (out.shape[1],),
            lambda p: (vertices, faces, *ctx.rows, *fragments.part(p), out[:, p]),
            out.device,
            LEAST,
        )
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None, None]:
        vertices, faces = ctx.saved_tensors
        grad = grads[0].contiguous()
        grad_vertices = launch_sum(
            "face_frames_backward",
            (grad.shape[1],),
            vertices,
            lambda p, out: (vertices, faces, *ctx.rows, *ctx.fragments.part(p), grad[:, p], out),
            LEAST,
        )
        return grad_vertices, None, None, None
