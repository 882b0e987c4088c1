"""Several encoders in sum: each sees and reads for itself, and their objectives are added up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import normalize

from ..errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

    from .protocol import Encoder


class Combined:
    """Encoders whose objectives count alike: ``L = Σᵢ L(vᵢ, uᵢ)``, uᵢ and vᵢ by the i-th encoder.

    The optimiser asks the ``parts`` one by one. As an `Encoder` itself, for scores, it puts their unit
    embeddings side by side, so its cosine is the mean of theirs.

    Args:
        parts: two encoders or more.

    Attributes:
        parts: the encoders.
        name: their names with commas between.
        dim: the sum of their widths.
        image_size: the largest of theirs.

    Raises:
        UserError: fewer than two encoders, or one twice.
    """

    def __init__(self, parts: Sequence[Encoder]) -> None:
        names = [part.name for part in parts]
        if len(set(names)) < max(2, len(names)):
            raise UserError(f"Encoders in sum must be two or more different ones, not {', '.join(names)}")
        self.parts = tuple(parts)
        self.name = ",".join(names)
        self.dim = sum(part.dim for part in parts)
        self.image_size = max(part.image_size for part in parts)

    def embed_text(self, texts: list[str]) -> Tensor:
        """Embed n texts as (n, dim); see `Encoder.embed_text`."""
        return torch.cat([normalize(part.embed_text(texts), dim=-1) for part in self.parts], -1)

    def embed_image(self, images: Tensor) -> Tensor:
        """Embed (n, 3, H, W) images in 0..1 as (n, dim); see `Encoder.embed_image`."""
        return torch.cat([normalize(part.embed_image(images), dim=-1) for part in self.parts], -1)


def split_names(name: str) -> list[str]:
    """Return the names of encoders in sum, of words with commas between."""
    return [word.strip() for word in name.split(",") if word.strip()]
