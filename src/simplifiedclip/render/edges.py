"""The gradient of a finished picture with respect to where its surface is on the screen."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .cameras import View
from .launch import kernels, launch, shares, together
from .mesh import mesh_edges
from .rasterize import Visibility

_LEAST = 2048  # fragments worth a thread of their own


def edge_gradient(image: Tensor, screen: Tensor, faces: Tensor, bary: Tensor, seen: Visibility, view: View) -> Tensor:
    """Return ``image`` unchanged, with a gradient for the motion of the surface over the pixels.
    """
    return _EdgeGradient.apply(image, screen, faces, bary, seen, view)


class _EdgeGradient(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, image: Tensor, screen: Tensor, faces: Tensor, bary: Tensor, seen: Visibility, view: View
    ) -> Tensor:
        ctx.save_for_backward(image, screen.contiguous(), faces, bary.contiguous())
        ctx.seen, ctx.view = seen, view
        return image.view_as(image)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        grad_image = grads[0].contiguous()
        if not ctx.needs_input_grad[1]:
            return grad_image, None, None, None, None, None
        image, screen, faces, bary = ctx.saved_tensors
        device, fragments = screen.device, ctx.seen.fragments
        perspective = int(ctx.view.perspective)
        edges = mesh_edges(faces)
        count, (height, width) = len(screen), fragments.size
        sides = torch.empty(count, len(faces), dtype=torch.int8, device=device)
        rims = torch.full((count, 2, height, width), torch.iinfo(torch.int64).max, device=device)

        def find(share: slice) -> None:
            rows = share.stop - share.start
            arguments = (screen[share], faces, perspective, ctx.view.znear, sides[share])
            launch(kernels().face_sides, (rows, len(faces)), arguments, device)
            launch(kernels().find_rims, (rows, len(edges)), (screen[share], edges, sides[share], perspective, rims[share]), device)

        together([lambda share=share: find(share) for share in shares(count, device)])

        parts = shares(len(fragments.pixel), device, _LEAST)
        grad_screen = screen.new_zeros(len(parts), *screen.shape)

        def push(i: int, part: slice) -> None:
            arguments = (
                *(screen, faces, edges, perspective, fragments.pixel[part], fragments.face[part], bary[part]),
                *(ctx.seen.depth, rims, image, grad_image, grad_screen[i]),
            )
            launch(kernels().edge_gradient, part.stop - part.start, arguments, device)

        together([lambda i=i, part=part: push(i, part) for i, part in enumerate(parts)])
        return grad_image, grad_screen.sum(0), None, None, None, None
