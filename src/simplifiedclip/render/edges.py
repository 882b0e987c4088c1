"""Outlines: where they are, antialiasing along them, and the gradient of their motion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .cameras import View
from .launch import launch, launch_sum
from .mesh import Topology
from .rasterize import LEAST, Visibility


@dataclass(frozen=True)
class Rims:
    """Result of `find_rims`.

    Attributes:
        between: (N, 2, H, W) int64: the rim nearest to the camera between pixels (x, y) and (x + 1, y) in
            ``[n, 0, y, x]``, between (x, y) and (x, y + 1) in ``[n, 1, y, x]``, as depth·2³² | edge; the
            largest int64 where there is none.
        pixel: (Q,) int64 flat index of the pixels beside a rim.
        weights: (Q, 4) how much of such a pixel is beyond a rim, on the left, right, upper and lower
            neighbour's side.
    """

    between: Tensor
    pixel: Tensor
    weights: Tensor


@torch.no_grad()
def find_rims(screen: Tensor, mesh: Topology, seen: Visibility, view: View) -> Rims:
    """Find the outlines in every view, exactly.

    A rim is an edge of the mesh with one neighbouring face seen from the front and one from behind, or with
    one neighbour only. Every rim is followed from row to row and from column to column of pixel centres, so
    it does not matter whether the faces beside it cover any: with a fine mesh, most cover none.
    """
    screen, count, device = screen.contiguous(), len(screen), screen.device
    perspective = int(view.perspective)
    sides = torch.empty(count, len(mesh.faces), dtype=torch.int8, device=device)
    launch(
        "face_sides",
        (count, len(mesh.faces)),
        lambda n: (screen[n], mesh.faces, perspective, view.znear, sides[n]),
        device,
    )
    nothing = torch.iinfo(torch.int64).max
    between = torch.full((count, 2, *view.size), nothing, device=device)
    launch(
        "find_rims",
        (count, len(mesh.edges)),
        lambda n: (screen[n], mesh.edges, sides[n], perspective, between[n]),
        device,
    )
    found = between != nothing
    beside = found[:, 0] | found[:, 1]
    beside[:, :, 1:] |= found[:, 0, :, :-1]
    beside[:, 1:] |= found[:, 1, :-1]
    pixel = beside.flatten().nonzero()[:, 0]
    weights = screen.new_empty(len(pixel), 4)
    launch(
        "antialias_weights",
        (len(pixel),),
        lambda p: (screen, mesh.edges, perspective, seen.depth, between, pixel[p], weights[p]),
        device,
        LEAST,
    )
    return Rims(between, pixel, weights)


def antialias(image: Tensor, rims: Rims) -> Tensor:
    """Blend the pixels that a rim passes through with their neighbours on its other side.

    The rim is taken as straight within a pixel and is followed along the axis that it is steeper to, as in
    nvdiffrast (Laine et al. 2020, arXiv 2011.03277). The picture is then close to its average over pixel
    areas and changes continuously with the vertices. Differentiable in the image; `edge_gradient` is the
    derivative with respect to the rims.

    Args:
        image: (N, C, H, W) hard picture.
    """
    return _Antialias.apply(image, rims)


class _Antialias(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, image: Tensor, rims: Rims) -> Tensor:
        ctx.rims = rims
        out = image.clone(memory_format=torch.contiguous_format)
        arguments = (rims.pixel, rims.weights, image.contiguous(), out)
        launch("antialias", (len(rims.pixel),), lambda _: arguments, image.device, len(rims.pixel))
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        grad, rims = grads[0].contiguous(), ctx.rims
        grad_image = grad.clone()
        # One share: a pixel's neighbour may be another's neighbour too.
        arguments = (rims.pixel, rims.weights, grad, grad_image)
        launch("antialias_backward", (len(rims.pixel),), lambda _: arguments, grad.device, len(rims.pixel))
        return grad_image, None


def edge_gradient(
    image: Tensor,
    hard: Tensor,
    screen: Tensor,
    mesh: Topology,
    bary: Tensor,
    seen: Visibility,
    rims: Rims,
    view: View,
) -> Tensor:
    """Return ``image`` unchanged, with a gradient for the motion of the surface over the pixels.

    A picture is an average over pixel areas, and its derivative has two parts: colours change where they are
    (shading, which autograd does) and they move. When what is between the centres of two neighbouring pixels
    l and r (left and right, or top and bottom) moves by δx pixels from l to r, the sum of the two changes by
    (Iₗ − Iᵣ)·δx, so a loss with image gradient g changes by

        ½ (gₗ + gᵣ) · (Iₗ − Iᵣ) · δx

    ("Rasterized Edge Gradients", Pidhorskyi et al. 2024, arXiv 2405.02508). This is the gradient with respect
    to the horizontal (for top and bottom the vertical) screen position of the surface point that carries the
    change, goes to the vertices around that point by their barycentrics, and on through the projection to the
    world and to the camera. Which point that is, and one refinement:

    - Where a rim (`find_rims`) passes between the two centres, nearer than the farther of the two surfaces:
      the rim's own point there, so silhouettes and self-occlusion, also of triangles much smaller than a
      pixel, move as the mesh does. (The surface point at the nearer pixel's centre would make the gradient of
      rotations wrong by a quarter: near an outline, depth changes by many pixels within half a pixel.) As the
      place is known exactly, g is taken from the pixel that the rim is in, gₗ or gᵣ, which is their mean ½
      (gₗ + gᵣ) over all places.
    - Otherwise, where both pixels are covered: the two pixels' surface points, half each. Over smooth surface
      this is the central difference of the picture; between faces of different colour or shading, the motion
      of their common edge.
    - Otherwise, the covered pixel's surface point.

    Together this is all of the picture's motion: outlines, texture and shading. The colours that go into the
    picture must therefore be differentiated at *fixed* places of the surface (barycentrics without gradient),
    as `render` does; otherwise motion inside faces counts twice.

    Limits. It is the derivative of the area average, to which the antialiased picture comes close but is not
    equal. What is thinner than a pixel and covers no centre is not seen. Where surfaces intersect, the line
    of intersection is taken to move with both, half each. Ground and background stand still. Rims that reach
    before the near plane and outlines outside the image have no gradient. There is no second derivative.

    Args:
        image: (N, C, H, W) antialiased picture, background included.
        hard: the picture before antialiasing.
        screen: (N, V, 3) homogeneous screen points, which receive the gradient.
        mesh: the faces and edges.
        bary: (P, 3) barycentrics of the covered pixels.
        seen: what `rasterize` found.
        rims: what `find_rims` found.
        view: the views.
    """
    return _EdgeGradient.apply(image, hard.detach(), screen, mesh, bary.detach(), seen, rims, view)


class _EdgeGradient(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        image: Tensor,
        hard: Tensor,
        screen: Tensor,
        mesh: Topology,
        bary: Tensor,
        seen: Visibility,
        rims: Rims,
        view: View,
    ) -> Tensor:
        ctx.save_for_backward(hard, screen.contiguous(), bary)
        ctx.mesh, ctx.seen, ctx.rims, ctx.view = mesh, seen, rims, view
        return image.view_as(image)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        grad_image, grad_screen = grads[0].contiguous(), None
        if ctx.needs_input_grad[2]:
            hard, screen, bary = ctx.saved_tensors
            grad_screen = launch_sum(
                "edge_gradient",
                (len(bary),),
                screen,
                lambda p, out: (
                    *(screen, ctx.mesh.faces, ctx.mesh.edges, int(ctx.view.perspective)),
                    *(*ctx.seen.fragments.part(p), bary[p], ctx.seen.depth, ctx.rims.between),
                    *(hard, grad_image, out),
                ),
                LEAST,
            )
        return grad_image, None, grad_screen, None, None, None, None, None
