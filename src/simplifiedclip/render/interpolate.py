"""What a fragment sees of its face: barycentrics, interpolated attributes, the face's own centre and normal."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .cameras import View
from .launch import kernels, launch, shares, together
from .rasterize import Fragments

_LEAST = 2048  # fragments worth a thread of their own


def barycentrics(screen: Tensor, faces: Tensor, fragments: Fragments, view: View) -> Tensor:
    """Perspective-correct barycentrics (P, 3) of pixel centres in their faces, differentiable in ``screen``."""
    return _Barycentrics.apply(screen, faces, fragments, view)


def interpolate(
    attributes: Tensor, corners: Tensor, fragments: Fragments, bary: Tensor, views_per_row: int
) -> Tensor:
    """Interpolate attributes over faces: ``out[:, p] = Σ_k bary[p, k] · attributes[row, corners[face_p, k]]``.

    Args:
        attributes: (R, V, A); row r serves ``views_per_row`` views in turn.
        corners: (F, 3) int32 rows of ``attributes`` at each face's corners.
        fragments: the P pieces of surface.
        bary: (P, 3).

    Returns:
        (A, P), differentiable in ``attributes`` and ``bary``.
    """
    return _Interpolate.apply(attributes, corners, fragments, bary, views_per_row)


def face_frames(vertices: Tensor, faces: Tensor, fragments: Fragments, views_per_row: int) -> tuple[Tensor, Tensor]:
    """Centre and area-weighted normal, each (3, P), of the fragments' faces; differentiable in (B, V, 3) vertices."""
    frames = _FaceFrames.apply(vertices, faces, fragments, views_per_row)
    return frames[:3], frames[3:]


def _slices(fragments: Fragments) -> list[slice]:
    return shares(len(fragments.pixel), fragments.pixel.device, _LEAST)


class _Barycentrics(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, screen: Tensor, faces: Tensor, fragments: Fragments, view: View) -> Tensor:
        screen = screen.contiguous()
        ctx.save_for_backward(screen, faces)
        ctx.fragments, ctx.perspective = fragments, int(view.perspective)
        out = screen.new_empty(len(fragments.pixel), 3)
        size = kernels().wp.vec2i(*fragments.size)

        def task(part: slice) -> None:
            arguments = (screen, faces, ctx.perspective, size, fragments.pixel[part], fragments.face[part], out[part])
            launch(kernels().fragment_barycentrics, part.stop - part.start, arguments, screen.device)

        together([lambda part=part: task(part) for part in _slices(fragments)])
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None, None]:
        screen, faces = ctx.saved_tensors
        fragments, grad_out = ctx.fragments, grads[0].contiguous()
        parts = _slices(fragments)
        grad_screen = screen.new_zeros(len(parts), *screen.shape)
        size = kernels().wp.vec2i(*fragments.size)

        def task(i: int, part: slice) -> None:
            arguments = (
                *(screen, faces, ctx.perspective, size, fragments.pixel[part], fragments.face[part]),
                *(grad_out[part], grad_screen[i]),
            )
            launch(kernels().fragment_barycentrics_backward, part.stop - part.start, arguments, screen.device)

        together([lambda i=i, part=part: task(i, part) for i, part in enumerate(parts)])
        return grad_screen.sum(0), None, None, None


class _Interpolate(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, attributes: Tensor, corners: Tensor, fragments: Fragments, bary: Tensor, views_per_row: int
    ) -> Tensor:
        attributes, bary = attributes.contiguous(), bary.contiguous()
        ctx.save_for_backward(attributes, corners, bary)
        ctx.fragments, ctx.views_per_row = fragments, views_per_row
        parts = _slices(fragments)
        out = attributes.new_empty(attributes.shape[2], len(fragments.pixel))

        def task(part: slice) -> None:
            arguments = (
                *(attributes, corners, views_per_row, fragments.pixels_per_view),
                *(fragments.pixel[part], fragments.face[part], bary[part], out[:, part]),
            )
            launch(kernels().interpolate, part.stop - part.start, arguments, out.device)

        together([lambda part=part: task(part) for part in parts])
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, None, None, Tensor | None, None]:
        attributes, corners, bary = ctx.saved_tensors
        fragments, grad_out = ctx.fragments, grads[0].contiguous()
        to_attributes, to_bary = ctx.needs_input_grad[0], ctx.needs_input_grad[3]
        parts = _slices(fragments)
        grad_bary = torch.empty_like(bary)
        grad_attributes = attributes.new_zeros(len(parts), *(attributes.shape if to_attributes else (0, 0, 0)))

        def task(i: int, part: slice) -> None:
            arguments = (
                *(attributes, corners, ctx.views_per_row, fragments.pixels_per_view),
                *(fragments.pixel[part], fragments.face[part], bary[part], grad_out[:, part]),
                *(int(to_attributes), grad_bary[part], grad_attributes[i]),
            )
            launch(kernels().interpolate_backward, part.stop - part.start, arguments, bary.device)

        together([lambda i=i, part=part: task(i, part) for i, part in enumerate(parts)])
        return (
            grad_attributes.sum(0) if to_attributes else None,
            None,
            None,
            grad_bary if to_bary else None,
            None,
        )


class _FaceFrames(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, vertices: Tensor, faces: Tensor, fragments: Fragments, views_per_row: int) -> Tensor:
        vertices = vertices.contiguous()
        ctx.save_for_backward(vertices, faces)
        ctx.fragments, ctx.views_per_row = fragments, views_per_row
        out = vertices.new_empty(6, len(fragments.pixel))

        def task(part: slice) -> None:
            arguments = (
                *(vertices, faces, views_per_row, fragments.pixels_per_view),
                *(fragments.pixel[part], fragments.face[part], out[:, part]),
            )
            launch(kernels().face_frames, part.stop - part.start, arguments, out.device)

        together([lambda part=part: task(part) for part in _slices(fragments)])
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None, None]:
        vertices, faces = ctx.saved_tensors
        fragments, grad_out = ctx.fragments, grads[0].contiguous()
        parts = _slices(fragments)
        grad_vertices = vertices.new_zeros(len(parts), *vertices.shape)

        def task(i: int, part: slice) -> None:
            arguments = (
                *(vertices, faces, ctx.views_per_row, fragments.pixels_per_view),
                *(fragments.pixel[part], fragments.face[part], grad_out[:, part], grad_vertices[i]),
            )
            launch(kernels().face_frames_backward, part.stop - part.start, arguments, vertices.device)

        together([lambda i=i, part=part: task(i, part) for i, part in enumerate(parts)])
        return grad_vertices.sum(0), None, None, None
