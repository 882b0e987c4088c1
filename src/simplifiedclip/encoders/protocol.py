"""What the optimiser needs of an encoder, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from torch import Tensor


@runtime_checkable
class Encoder(Protocol):
    """Texts and images embedded in one space (the paper's T and I, section III).

    Embeddings are unnormalised float32; the objectives normalise where their formula asks for it.
    Both methods are differentiable, `embed_image` down to the pixels. Weights never require grad.
    """

    name: str
    dim: int
    image_size: int

    def embed_text(self, texts: list[str]) -> Tensor:
        """Embed n texts as (n, dim).

        Raises:
            UserError: a text is longer than the encoder reads; the message says how many tokens to remove.
        """
        ...

    def embed_image(self, images: Tensor) -> Tensor:
        """Embed (n, 3, H, W) images with values in 0..1, any H and W, as (n, dim).

        Raises:
            UserError: the images do not have this shape.
        """
        ...
