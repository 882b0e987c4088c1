"""The ``soft`` edge mode: SoftRas (Liu et al. 2019, arXiv 1904.01786) as PyTorch3D computes it."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from .cameras import View
from .interpolate import interpolate
from .launch import launch, launch_sum
from .rasterize import LEAST, Fragments
from .scene import SoftSettings

_EPSILON = 1e-10  # PyTorch3D's, for the share of the background


@torch.no_grad()
def soft_rasterize(screen: Tensor, faces: Tensor, view: View, settings: SoftSettings) -> Fragments:
    """Find the K nearest faces that cover each pixel or come within the blur radius of its centre.

    Faces that reach before the near plane are left out.

    Args:
        screen: (N, V, 3) homogeneous screen points.
        faces: (F, 3) int32.
    """
    screen, device, count = screen.contiguous(), screen.device, len(screen)
    radius = settings.blur_radius
    if radius is None:
        radius = math.log(1 / 1e-4 - 1) * settings.sigma
    reach = math.sqrt(radius) * min(view.size) / 2
    counts = torch.zeros(count, *view.size, dtype=torch.int32, device=device)
    starts = torch.zeros(count, *view.size, dtype=torch.int64, device=device)
    keys = torch.empty(0, dtype=torch.int64, device=device)

    def enter(store: int) -> None:
        launch(
            "soft_fragments",
            (count, len(faces)),
            lambda n: (
                *(screen[n], faces, int(view.perspective), view.znear, view.zfar, reach, store),
                *(counts[n], starts[n], keys),
            ),
            device,
        )

    enter(store=0)
    ends = counts.flatten().cumsum(0, dtype=torch.int64)
    starts = (ends - counts.flatten()).view_as(starts)
    keys = keys.new_empty(int(ends[-1]))
    counts.zero_()
    enter(store=1)
    pixels = (counts.flatten(), starts.flatten())
    launch("sort_fragments", (counts.numel(),), lambda p: (pixels[0][p], pixels[1][p], keys), device, LEAST)
    kept = counts.flatten().clamp(max=settings.faces_per_pixel).long()
    pixel = torch.repeat_interleave(kept)
    place = torch.arange(len(pixel), device=device) - (kept.cumsum(0) - kept)[pixel]
    face = (keys[starts.flatten()[pixel] + place] & 0xFFFFFFFF).int()
    return Fragments(pixel, face, pixel // (view.size[0] * view.size[1]), view.size, count)


def signed_distances(screen: Tensor, faces: Tensor, fragments: Fragments, view: View) -> Tensor:
    """Squared distances (P,) of pixel centres to outlines of faces, negative inside, in PyTorch3D's units."""
    return _SignedDistances.apply(screen, faces, fragments, view) * (2 / min(view.size)) ** 2


def clip_barycentrics(bary: Tensor) -> Tensor:
    """Barycentrics (P, 3) of the nearest point in the face, roughly: negative ones to 0, then sum to 1."""
    bary = bary.clamp(min=0)
    return bary / bary.sum(-1, keepdim=True).clamp(min=1e-5)


def soft_coverage(distances: Tensor, fragments: Fragments, settings: SoftSettings) -> Tensor:
    """Coverage ``1 − Π_k (1 − sigmoid(−d_k / σ))`` of every pixel, (N, H, W)."""
    clear = torch.nn.functional.logsigmoid(distances / settings.sigma)
    total = clear.new_zeros(fragments.views * fragments.pixels_per_view).index_add(0, fragments.pixel, clear)
    return (1 - total.exp()).view(fragments.views, *fragments.size)


def soft_blend(
    colors: Tensor,
    distances: Tensor,
    screen: Tensor,
    faces: Tensor,
    bary: Tensor,
    fragments: Fragments,
    background: Tensor,
    view: View,
    settings: SoftSettings,
) -> Tensor:
    """Blend fragments by coverage and depth; returns RGBA (N, 4, H, W).

    With coverage c_k = sigmoid(−d_k / σ) and inverse depth z_k = (zfar − depth_k) / (zfar − znear), the
    colour is the mean of the colours weighted by ``c_k · exp(z_k / γ)`` and of the background weighted by
    ``exp(ε / γ)``.
    """
    alpha = soft_coverage(distances, fragments, settings)
    depth = interpolate(screen[..., 2:], faces, fragments, bary, 1)[0]
    nearness = (view.zfar - depth) / (view.zfar - view.znear)
    blank = nearness.new_zeros(alpha.numel())
    nearest = blank.scatter_reduce(0, fragments.pixel, nearness.detach(), "amax").clamp(min=_EPSILON)
    weights = torch.sigmoid(-distances / settings.sigma)
    weights = weights * ((nearness - nearest[fragments.pixel]) / settings.gamma).exp()
    behind = ((_EPSILON - nearest) / settings.gamma).exp().clamp(min=_EPSILON)
    total = blank.index_add(0, fragments.pixel, weights) + behind
    blended = torch.stack([blank.index_add(0, fragments.pixel, weights * channel) for channel in colors])
    flat_background = background.transpose(0, 1).reshape(3, -1)
    rgb = (blended + behind * flat_background) / total
    return torch.cat((rgb.view(3, *alpha.shape), alpha[None])).transpose(0, 1)


class _SignedDistances(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, screen: Tensor, faces: Tensor, fragments: Fragments, view: View) -> Tensor:
        screen = screen.contiguous()
        ctx.save_for_backward(screen, faces)
        ctx.fragments, ctx.view = fragments, view
        out = screen.new_empty(len(fragments.pixel))
        launch(
            "signed_distances",
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
            "signed_distances_backward",
            (len(grad),),
            screen,
            lambda p, out: (
                *(screen, faces, int(view.perspective), view.size),
                *(*ctx.fragments.part(p), grad[p], out),
            ),
            LEAST,
        )
        return grad_screen, None, None, None
