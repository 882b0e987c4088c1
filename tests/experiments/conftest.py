"""A job in a small world: small bodies, encoders, pictures and few passes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from simplifiedclip import presets
from simplifiedclip.experiments.job import Budget, Job, Work
from simplifiedclip.priors import self_penetration
from small_world import FakeEncoder, enter_small_world

TINY = Budget(
    passes=8, our_passes=3, fit_passes=6, fit_poses=2, fit_size=24, texture_prompts=2, benchmark_prompts=2,
    quick=True,
)  # fmt: skip


def embed_text(_: FakeEncoder, texts: list[str]) -> torch.Tensor:
    """Embed texts by their letters, however long: figure 10's are longer than the small encoder reads."""
    seeds = [sum(map(ord, text)) for text in texts]
    return torch.stack([torch.randn(16, generator=torch.Generator().manual_seed(seed)) for seed in seeds])


@pytest.fixture(scope="module")
def small() -> Iterator[None]:
    """Enter the small world for all tests of a module."""
    self_penetration.penetration(torch.zeros(1, 24, 3))  # its capsules are measured on the real body, once
    with pytest.MonkeyPatch.context() as patch:
        enter_small_world(patch)
        patch.setattr(FakeEncoder, "embed_text", embed_text)
        for sets in (presets.PRESETS, presets.FIT_PRESETS):
            for name, settings in list(sets.items()):
                patch.setitem(sets, name, settings.replace(image_size=32))
        yield


@pytest.fixture(scope="module")
def tiny(small: None, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A job whose experiments take about a second each."""
    return Job(tmp_path_factory.mktemp("tiny") / "report", TINY, work=Work(quiet=True))


@pytest.fixture
def fresh(small: None, tmp_path: Path) -> Job:
    """A job that has not begun."""
    return Job(tmp_path / "report", TINY, work=Work(quiet=True))
