"""A small body, a small encoder and small pictures, so that whole commands run in a second or two."""

from __future__ import annotations

import pytest
import torch

from capsule_body import capsule_body, capsule_colors, rest_joints
from simplifiedclip import codebook, pictures
from simplifiedclip.body import smpl, textures
from simplifiedclip.body.limits import clamp_pose
from simplifiedclip.encoders import factory
from simplifiedclip.errors import UserError
from simplifiedclip.priors.self_penetration import penetration
from simplifiedclip.render import VertexColors


class FakeEncoder:
    """A fixed random smooth network that reads at most 40 words."""

    name, dim, image_size = "fake", 16, 32
    images = 0

    def __init__(self) -> None:
        generator = torch.Generator().manual_seed(0)
        self.first = torch.randn(3 * 64, self.dim, generator=generator) / 8

    def embed_text(self, texts: list[str]) -> torch.Tensor:
        for text in texts:
            if len(text.split()) > 40:
                raise UserError(f"The prompt is too long for fake: remove {len(text.split()) - 40} tokens.")
        seeds = [sum(map(ord, text)) for text in texts]
        return torch.stack([torch.randn(16, generator=torch.Generator().manual_seed(seed)) for seed in seeds])

    def embed_image(self, images: torch.Tensor) -> torch.Tensor:
        type(self).images += 1
        return torch.tanh(torch.nn.functional.adaptive_avg_pool2d(images, 8).flatten(1) @ self.first)


def enter_small_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put them in the places of the embedded body, its texture, encoder and codebook (twelve poses)."""
    data = capsule_body()
    colors = VertexColors(torch.from_numpy(capsule_colors(data)))
    load = factory.load_encoder

    def load_encoder(name: str = "poseclip", *args: object, **kwargs: object) -> object:
        return FakeEncoder() if name == "poseclip" else load(name, *args, **kwargs)  # type: ignore[arg-type]

    poses = clamp_pose(0.2 * torch.randn(12, 24, 3, generator=torch.Generator().manual_seed(0)))
    # It measures the embedded body once for all: that must not be the small one.
    penetration(torch.from_numpy(rest_joints()).float()[None])
    FakeEncoder.images = 0
    monkeypatch.setattr(codebook, "shipped_poses", lambda: poses)
    monkeypatch.setattr(smpl.SMPL, "embedded", classmethod(lambda cls, *_, **__: cls(data)))
    monkeypatch.setattr(textures, "body_texture", lambda *_: colors)
    monkeypatch.setattr(factory, "load_encoder", load_encoder)
    monkeypatch.setattr(pictures, "SUPERSAMPLE", 1)
