"""What all tests of the renderer need."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))  # for meshes.py, and reference.py that benchmarks/ imports too


@pytest.fixture(autouse=True)
def one_thread_unless_asked() -> Iterator[None]:
    """Small pictures are faster without waiting for other threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
