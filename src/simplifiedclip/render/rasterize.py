"""Which face is seen in which pixel."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .cameras import View
from .launch import launch

LEAST = 2048  # fragments that are worth a thread of their own


@dataclass(frozen=True)
class Fragments:
    """The P pieces of surface that are shaded: one per covered pixel, or several in the ``soft`` mode.

    Attributes:
        pixel: (P,) int64 flat index n·H·W + y·W + x of the pixel, ascending.
        face: (P,) int32 face of the piece.
        view: (P,) int64 number n of the view.
        size: image height and width.
        views: number N of views.
    """

    pixel: Tensor
    face: Tensor
    view: Tensor
    size: tuple[int, int]
    views: int

    def part(self, share: slice) -> tuple[Tensor, Tensor]:
        """``pixel`` and ``face`` of some of the fragments."""
        return self.pixel[share], self.face[share]

    @property
    def pixels_per_view(self) -> int:
        return self.size[0] * self.size[1]


@dataclass(frozen=True)
class Visibility:
    """Result of `rasterize`.

    Attributes:
        pix_to_face: (N, H, W) int32 face seen by the pixel, −1 where there is none.
        depth: (N, H, W) its depth in metres, inf where there is none.
        fragments: the covered pixels.
    """

    pix_to_face: Tensor
    depth: Tensor
    fragments: Fragments


@torch.no_grad()
def rasterize(screen: Tensor, faces: Tensor, view: View) -> Visibility:
    """Find the nearest face at every pixel centre. Visibility is discrete: nothing here is differentiable.

    A centre on the common edge of two faces belongs to the nearer, then to the lower-numbered one; both sides
    of a face are drawn; surface outside znear..zfar and faces without area on the screen are not.

    Args:
        screen: (N, V, 3) homogeneous screen points from `View.project`.
        faces: (F, 3) int32.
        view: the views that the points were projected to.
    """
    height, width = view.size
    count, device = len(screen), screen.device
    screen = screen.contiguous()
    nearest = torch.full((count, height, width), torch.iinfo(torch.int64).max, device=device)

    launch(
        "rasterize",
        (count, len(faces)),
        lambda n: (screen[n], faces, int(view.perspective), view.znear, view.zfar, nearest[n]),
        device,
    )
    words = nearest.view(torch.int32).view(count, height, width, 2)  # little-endian: face, depth
    covered = (words[..., 1] != torch.iinfo(torch.int32).max).flatten()
    pixel = covered.nonzero()[:, 0]
    face_depth = words.view(-1, 2)[pixel]
    face = face_depth[:, 0].contiguous()
    pix_to_face = torch.full((count, height, width), -1, dtype=torch.int32, device=device)
    pix_to_face.view(-1)[pixel] = face
    depth = torch.full((count, height, width), torch.inf, device=device)
    depth.view(-1)[pixel] = face_depth[:, 1].contiguous().view(torch.float32)
    fragments = Fragments(pixel, face, pixel // (height * width), view.size, count)
    return Visibility(pix_to_face, depth, fragments)
