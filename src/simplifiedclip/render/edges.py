"""The gradient of a finished picture with respect to where its surface is."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .cameras import View
from .launch import launch, launch_sum
from .mesh import Topology
from .rasterize import LEAST, Visibility


def edge_gradient(
    image: Tensor, screen: Tensor, mesh: Topology, bary: Tensor, seen: Visibility, view: View
) -> Tensor:
    """Return ``image`` unchanged, with a gradient for the motion of the surface over the pixels.

    A sampled picture is piecewise constant in where the surface is: a pixel shows one face, then another.
    What optimisation needs is the derivative of its average over pixel areas. That has two parts: colours
    change where they are (shading, which autograd does) and colours move. When what is between the centres of
    two neighbouring pixels l and r (left and right, or top and bottom) moves by δx pixels from l to r, the
    sum of the two changes by (Iₗ − Iᵣ)·δx, so a loss with image gradient g changes by

        ½ (gₗ + gᵣ) · (Iₗ − Iᵣ) · δx

    ("Rasterized Edge Gradients", Pidhorskyi et al. 2024, arXiv 2405.02508). This is the gradient with respect
    to the horizontal (for top and bottom the vertical) screen position of the surface point that carries the
    change. It goes to the vertices around that point by their barycentrics, and on through the projection to
    the world and to the camera. Which point that is:

    - Where a rim (`find_rims`) passes between the two centres, nearer than the farther of the two surfaces:
      the rim's own point there. So silhouettes and self-occlusion move as the mesh does, also those of
      triangles much smaller than a pixel. (The surface point at the nearer pixel's centre makes the gradient
      of rotations wrong by a quarter: near an outline, depth changes by many pixels within half a pixel.)
    - Otherwise, where both pixels are covered: the two pixels' surface points, half each. Over smooth surface
      this is the central difference of the picture; between faces of different colour or shading, the motion
      of their common edge.
    - Otherwise, the covered pixel's surface point.

    Together this is all of the picture's motion: outlines, texture and shading. The colours that go into the
    picture must therefore be differentiated at *fixed* places of the surface (barycentrics without gradient),
    as `render` does; otherwise motion inside faces counts twice.

    Limits. An outline is known to a pixel: where opposite sides of something thin nearly cancel, the error is
    up to a pixel in its width (``supersample`` divides it). Taking gₗ or gᵣ by where in the pair the rim is,
    with an antialiased picture, was tried: it is noisier for squared losses and no better for linear ones.
    What is thinner than a pixel and covers no centre is not seen. Where surfaces intersect, the line of
    intersection is taken to move with both, half each. Ground and background stand still. Rims that reach
    before the near plane and outlines outside the image have no gradient. There is no second derivative.

    Args:
        image: (N, C, H, W) finished picture, background included.
        screen: (N, V, 3) homogeneous screen points, which receive the gradient.
        mesh: the faces and edges.
        bary: (P, 3) barycentrics of the covered pixels.
        seen: what `rasterize` found.
        view: the views.
    """
    return _EdgeGradient.apply(image, screen, mesh, bary.detach(), seen, view)


@torch.no_grad()
def find_rims(screen: Tensor, mesh: Topology, view: View) -> Tensor:
    """Find the outlines in every view, exactly.

    A rim is an edge of the mesh with one neighbouring face seen from the front and one from behind, or with
    one neighbour only. Every rim is followed from row to row and from column to column of pixel centres, so
    it does not matter whether the faces beside it cover any: with a fine mesh, most cover none.

    Returns:
        (N, 2, H, W) int64: the rim nearest to the camera between pixels (x, y) and (x + 1, y) in
        ``[n, 0, y, x]``, between (x, y) and (x, y + 1) in ``[n, 1, y, x]``, as depth·2³² | edge; the largest
        int64 where there is none.
    """
    count, device, perspective = len(screen), screen.device, int(view.perspective)
    sides = torch.empty(count, len(mesh.faces), dtype=torch.int8, device=device)
    launch(
        "face_sides",
        (count, len(mesh.faces)),
        lambda n: (screen[n], mesh.faces, perspective, view.znear, sides[n]),
        device,
    )
    rims = torch.full((count, 2, *view.size), torch.iinfo(torch.int64).max, device=device)
    launch(
        "find_rims",
        (count, len(mesh.edges)),
        lambda n: (screen[n], mesh.edges, sides[n], perspective, rims[n]),
        device,
    )
    return rims


class _EdgeGradient(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, image: Tensor, screen: Tensor, mesh: Topology, bary: Tensor, seen: Visibility, view: View
    ) -> Tensor:
        ctx.save_for_backward(image, screen.contiguous(), bary)
        ctx.mesh, ctx.seen, ctx.view = mesh, seen, view
        return image.view_as(image)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        grad_image, grad_screen = grads[0].contiguous(), None
        if ctx.needs_input_grad[1]:
            image, screen, bary = ctx.saved_tensors
            rims = find_rims(screen, ctx.mesh, ctx.view)
            grad_screen = launch_sum(
                "edge_gradient",
                (len(bary),),
                screen,
                lambda p, out: (
                    *(screen, ctx.mesh.faces, ctx.mesh.edges, int(ctx.view.perspective)),
                    *(*ctx.seen.fragments.part(p), bary[p], ctx.seen.depth, rims, image, grad_image, out),
                ),
                LEAST,
            )
        return grad_image, grad_screen, None, None, None, None
