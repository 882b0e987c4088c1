"""Encoders by name: what is known, what is a typo."""

from __future__ import annotations

import subprocess
import sys

import pytest

from simplifiedclip.encoders import encoder_ready, known_encoders, load_encoder
from simplifiedclip.errors import UserError


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("poseclp", "nearest are poseclip"),
        ("clip-vit-base-patch32", "nearest are openai/clip-vit-base-patch32"),
        ("", "no encoder ''"),
        ("./nowhere", "no encoder folder ./nowhere"),
        ("/nowhere/at/all", "no encoder folder"),
        ("one/two/three", "owner/model"),
    ],
)
def test_unknown_names(name: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        load_encoder(name)
    assert words.split()[0] in str(encoder_ready(name))


def test_unknown_number_type() -> None:
    with pytest.raises(UserError, match="float32 or bfloat16"):
        load_encoder("poseclip", dtype="float16")


def test_the_embedded_encoder_comes_first() -> None:
    assert known_encoders()[:2] == ("poseclip", "openai/clip-vit-base-patch32")


def test_names_need_no_heavy_import() -> None:
    code = (
        "import sys, simplifiedclip.encoders as e; e.known_encoders(); "
        "print([m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
