"""The numbered examples run and write what they say."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

import simplifiedclip
from small_world import enter_small_world

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("[0-9]*.py"))
WRITTEN = {
    "00_hello": ["out/hello/quad.png", "out/hello/mesh.glb", "out/hello/run.json"],
    "01_body": ["out/body/quad.png", "out/body/mesh.glb", "out/body/pose.npz"],
    "02_render": ["out/view-0.png", "out/view-2.png"],
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    enter_small_world(monkeypatch)
    for name in simplifiedclip.__all__:  # names that were loaded before would not be the small world's
        if name != "__version__":
            monkeypatch.delitem(vars(simplifiedclip), name, raising=False)
    monkeypatch.setattr(sys, "argv", [str(example)])
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(example), run_name="__main__")
    assert capsys.readouterr().out.strip()
    for name in WRITTEN.get(example.stem, []):
        assert (tmp_path / name).stat().st_size > 100
