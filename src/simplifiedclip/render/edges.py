"""The gradient of a finished picture with respect to where its surface is: one operation on the picture."""

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

    A hard picture is piecewise constant in where the surface is: pixels flip from one face to another, and
    the derivative of that is zero almost everywhere. What optimisation needs is the derivative of its area
    average. When everything between the centres of two neighbouring pixels l and r (left and right, or top
    and bottom) moves by δx pixels from l to r, their sum changes by (Iₗ − Iᵣ)·δx, so a loss with image
    gradient g changes by

        ½ (gₗ + gᵣ) · (Iₗ − Iᵣ) · δx        (design: "Rasterized Edge Gradients", arXiv 2405.02508)

    and this is the gradient with respect to the horizontal (for top and bottom the vertical) screen position
    of the surface point that carries the change. It goes to the vertices around that point by their
    barycentrics and on through the projection to the world and the camera. Which point that is:

    - Where a *rim* passes between the two centres, an edge of the mesh with one neighbouring face seen from
    the
      front and one from behind (or with one neighbour only), and is nearer than the farther pixel: the point
      of the rim between them. Rims are found exactly, by following every such edge from row to row and from
      column to column, so silhouettes, self-occlusion and triangles much smaller than a pixel are treated
      alike. Taking the pixel's own surface instead makes rotations wrong by a quarter: near a silhouette,
      depth changes by many pixels within half a pixel.
    - Otherwise, where both pixels are covered: the two pixels' surface points, half each. Over smooth surface
      this is the central difference of the picture; between faces of different colour or shading, the motion
      of their common edge.
    - Otherwise, the covered pixel's surface point.

    Together this is all of the picture's motion, interior and outlines, texture and shading. The colours that
    go into the picture must therefore be differentiated at *fixed* places of the surface (barycentrics
    without gradient), as `render` does; otherwise motion inside faces counts twice.

    Limits. It is the gradient of the area-averaged picture, not of the sampled one that is returned; for a
    loss that is not linear in the picture the two differ by what antialiasing would change. An outline that
    runs exactly along rows or columns of pixels is only known to a pixel. Where two surfaces intersect, the
    line of intersection is taken to move with both, half each. Where the surface moves with respect to the
    background alone it is the surface that moves: ground and background stand still. Parts of the outline
    outside the image have no gradient. There is no second derivative.

    Args:
        image: (N, C, H, W) finished picture, background included.
        screen: (N, V, 3) homogeneous screen points, the only input that receives more than the image's
        gradient. mesh: the faces and edges.
        bary: (P, 3) barycentrics of the covered pixels.
        seen: what `rasterize` found.
        view: the views.
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
