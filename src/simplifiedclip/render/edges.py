"""The gradient of a finished picture with respect to where its surface is on the screen."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .cameras import View
from .launch import launch, launch_sum
from .mesh import Topology
from .rasterize import LEAST, Visibility


def edge_gradient(image: Tensor, screen: Tensor, mesh: Topology, bary: Tensor, seen: Visibility, view: View) -> Tensor:
    """Return ``image`` unchanged, with a gradient for the motion of the surface over the pixels.
    """
    return _EdgeGradient.apply(image, screen, mesh, bary, seen, view)


class _EdgeGradient(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, image: Tensor, screen: Tensor, mesh: Topology, bary: Tensor, seen: Visibility, view: View
    ) -> Tensor:
        ctx.save_for_backward(image, screen.contiguous(), bary.contiguous())
        ctx.mesh, ctx.seen, ctx.view = mesh, seen, view
        return image.view_as(image)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        grad_image = grads[0].contiguous()
        if not ctx.needs_input_grad[1]:
            return grad_image, None, None, None, None, None
        image, screen, bary = ctx.saved_tensors
        faces, edges = ctx.mesh.faces, ctx.mesh.edges
        fragments, perspective = ctx.seen.fragments, int(ctx.view.perspective)
        count, device = len(screen), screen.device
        sides = torch.empty(count, len(faces), dtype=torch.int8, device=device)
        launch(
            "face_sides",
            (count, len(faces)),
            lambda n: (screen[n], faces, perspective, ctx.view.znear, sides[n]),
            device,
        )
        rims = torch.full((count, 2, *fragments.size), torch.iinfo(torch.int64).max, device=device)
        launch(
            "find_rims",
            (count, len(edges)),
            lambda n: (screen[n], edges, sides[n], perspective, rims[n]),
            device,
        )
        grad_screen = launch_sum(
            "edge_gradient",
            (len(bary),),
            screen,
            lambda p, out: (
                *(screen, faces, edges, perspective, *fragments.part(p), bary[p]),
                *(ctx.seen.depth, rims, image, grad_image, out),
            ),
            LEAST,
        )
        return grad_image, grad_screen, None, None, None, None
