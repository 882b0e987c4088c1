"""CLIP's image preprocessing on tensors, differentiable and equal to the PIL pipeline it was trained with.

The reference (Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision",
and its published code) is: bicubic resize of the shorter side, centre crop, scale to 0..1, normalise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from ..errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)


def check_images(images: Tensor) -> None:
    """Refuse anything but floating (n, 3, H, W) images.

    Raises:
        UserError: another shape or an integer type, with the shape that was given.
    """
    if images.ndim != 4 or images.shape[1] != 3 or not images.is_floating_point():
        raise UserError(
            f"The encoder needs floating-point images of shape (n, 3, height, width) with values in 0..1, "
            f"not {tuple(images.shape)} of {str(images.dtype).removeprefix('torch.')}."
        )


def resize(images: Tensor, size: tuple[int, int], mode: str = "bicubic") -> Tensor:
    """Resize (n, 3, H, W) images in 0..1 to (n, 3, *size) with an antialiasing filter, as PIL does.

    PIL resizes rows first and columns second, and clips to 0..1 after each; so does this (the bicubic
    kernel, a = -0.5, overshoots at edges). Sizes that already fit return the images untouched.
    """
    height, width = size
    if images.shape[-1] != width:
        images = _pass(images, (images.shape[-2], width), mode)
    if images.shape[-2] != height:
        images = _pass(images, (height, width), mode)
    return images


def _pass(images: Tensor, size: tuple[int, int], mode: str) -> Tensor:
    return F.interpolate(images, size=size, mode=mode, antialias=True, align_corners=False).clamp(0.0, 1.0)


def centre_crop(images: Tensor, size: int) -> Tensor:
    """Cut the middle (size, size) out of (n, 3, H, W) images, H and W at least `size`."""
    top = (images.shape[-2] - size) // 2
    left = (images.shape[-1] - size) // 2
    return images[..., top : top + size, left : left + size]


def fit_square(images: Tensor, size: int, mode: str = "bicubic") -> Tensor:
    """Resize the shorter side of (n, 3, H, W) images to `size`, then crop the centre: (n, 3, size, size)."""
    height, width = images.shape[-2:]
    short = min(height, width)
    # int(), not round(): the long side is cut as the reference cuts it.
    scaled = (int(size * height / short), int(size * width / short))
    return centre_crop(resize(images, scaled, mode), size)


def normalise(
    images: Tensor, mean: tuple[float, ...] = CLIP_MEAN, std: tuple[float, ...] = CLIP_STD
) -> Tensor:
    """Subtract the mean and divide by the deviation of each channel of (n, 3, H, W) images."""
    shift = torch.tensor(mean, dtype=images.dtype, device=images.device).view(-1, 1, 1)
    scale = torch.tensor(std, dtype=images.dtype, device=images.device).view(-1, 1, 1)
    return (images - shift) / scale


def clip_preprocess(
    images: Tensor,
    size: int = 224,
    mean: tuple[float, ...] = CLIP_MEAN,
    std: tuple[float, ...] = CLIP_STD,
) -> Tensor:
    """CLIP's preprocessing of (n, 3, H, W) images in 0..1: (n, 3, size, size), normalised, differentiable."""
    return normalise(fit_square(images, size), mean, std)
