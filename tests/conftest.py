"""Fixtures that every test may use."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would what they test.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference renders and poses, beside the checkout; tests that need it skip without it."""
    folder = Path(os.environ.get("SIMPLIFIEDCLIP_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip("the reference data (SIMPLIFIEDCLIP_SHARED or ../shared) is not here")
    return folder
