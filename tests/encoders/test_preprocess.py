"""Tensor preprocessing against the PIL pipeline that CLIP was trained with."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from simplifiedclip.encoders.preprocess import (
    CLIP_MEAN,
    CLIP_STD,
    clip_preprocess,
    fit_square,
    normalise,
)
from simplifiedclip.errors import UserError


def picture(height: int, width: int, kind: str) -> np.ndarray:
    """A hard test (noise, with full-range overshoot) or a soft one (a disc on white)."""
    rng = np.random.default_rng(height * 1000 + width)
    if kind == "noise":
        return rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    y, x = np.mgrid[:height, :width]
    inside = (x - width / 2) ** 2 + (y - height / 3) ** 2 < (min(height, width) / 4) ** 2
    image = np.full((height, width, 3), 255, np.uint8)
    image[inside] = (120, 60, 30)
    return image


def with_pil(image: np.ndarray, size: int) -> np.ndarray:
    """The reference: shorter side to `size` with PIL's bicubic filter, centre crop."""
    height, width = image.shape[:2]
    short = min(height, width)
    resized = Image.fromarray(image).resize(
        (int(size * width / short), int(size * height / short)), Image.Resampling.BICUBIC
    )
    left, top = (resized.width - size) // 2, (resized.height - size) // 2
    return np.asarray(resized.crop((left, top, left + size, top + size)))


@pytest.mark.parametrize("kind", ["noise", "disc"])
@pytest.mark.parametrize(
    ("height", "width"), [(244, 244), (512, 512), (300, 450), (641, 333), (100, 100), (224, 301)]
)
def test_equals_pil_within_two_levels(height: int, width: int, kind: str) -> None:
    image = picture(height, width, kind)
    ours = fit_square(torch.as_tensor(image).permute(2, 0, 1)[None].float() / 255, 224)
    levels = (ours[0].permute(1, 2, 0) * 255).round().numpy()
    assert levels.shape == (224, 224, 3)
    assert np.abs(levels - with_pil(image, 224)).max() <= 2


def test_exact_when_the_size_fits() -> None:
    image = torch.as_tensor(picture(224, 224, "noise")).permute(2, 0, 1)[None].float() / 255
    assert torch.equal(fit_square(image, 224), image)
    wide = torch.as_tensor(picture(224, 300, "noise")).permute(2, 0, 1)[None].float() / 255
    assert torch.equal(fit_square(wide, 224), wide[..., 38:262])


@pytest.mark.parametrize("size", [(224, 224), (244, 244), (320, 200)])
def test_equals_the_processor_of_transformers(size: tuple[int, int]) -> None:
    clip = pytest.importorskip("transformers.models.clip")
    if not hasattr(clip, "CLIPImageProcessorPil"):
        pytest.skip("this transformers has no PIL processor")
    image = picture(*size, "disc")
    theirs = clip.CLIPImageProcessorPil()(Image.fromarray(image), return_tensors="pt")["pixel_values"]
    ours = clip_preprocess(torch.as_tensor(image).permute(2, 0, 1)[None].float() / 255)
    back = torch.tensor(CLIP_STD).view(3, 1, 1) * 255
    assert ((ours - theirs).abs() * back).max() <= 2.001
    if size == (224, 224):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=2e-6)


def test_gradient_reaches_every_pixel() -> None:
    image = torch.full((1, 3, 300, 260), 0.5, requires_grad=True)
    # Every kept pixel matters; the rows that the crop cuts off do not.
    clip_preprocess(image, 64).sum().backward()
    assert image.grad is not None
    rows = image.grad.abs().sum((0, 1, 3)) > 0
    assert rows[25:275].all() and not rows[:8].any()


def test_normalise_uses_clip_statistics() -> None:
    mean = torch.tensor(CLIP_MEAN).view(1, 3, 1, 1)
    assert normalise(mean).abs().max() < 1e-6
    assert torch.allclose(normalise(mean + torch.tensor(CLIP_STD).view(1, 3, 1, 1)), torch.ones(1, 3, 1, 1))


def test_wrong_images_are_refused() -> None:
    from simplifiedclip.encoders.preprocess import check_images

    for bad in (
        torch.zeros(1, 4, 8, 8),
        torch.zeros(3, 8, 8),
        torch.zeros(1, 3, 8, 8, dtype=torch.uint8),
    ):
        with pytest.raises(UserError, match=r"shape \(n, 3, height, width\)"):
            check_images(bad)
