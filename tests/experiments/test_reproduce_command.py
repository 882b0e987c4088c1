"""``simplifiedclip reproduce``: what it prints, what it refuses, and how it stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from simplifiedclip import cli
from simplifiedclip.experiments import reproduce
from simplifiedclip.experiments.job import QUICK, Job


@pytest.fixture
def here(small: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_prints_the_page_and_goes_on(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["reproduce", "fig2", "--quick", "--out", "my report"]) == 0
    said = capsys.readouterr()
    assert said.out == "my report/index.html\n"
    assert "expected to take about" in said.err
    page = (here / "my report" / "index.html").read_text(encoding="utf-8")
    assert "simplifiedclip reproduce fig2 --out &#39;my report&#39; --quick" in page
    assert cli.main(["reproduce", "fig2", "--quick", "--out", "my report"]) == 0
    assert "fig2: finished before, kept" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["fig22"], "There is no experiment 'fig22'"),
        (["fig2", "--passes", "0"], "--passes must be at least 1"),
        (["fig2", "--encoder", "poseclap"], "the nearest are poseclip"),
        (["fig2", "--out", "notes.txt"], "is a file"),
        (["fig2", "--out", "."], "holds something else than a report"),
        (["fig2", "--device", "tpu"], "There is no device 'tpu'"),
    ],
)
def test_it_refuses_in_a_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], args: list[str], words: str
) -> None:
    (here / "notes.txt").touch()
    assert cli.main(["reproduce", *args]) == 2
    said = capsys.readouterr()
    assert said.out == "" and words in said.err and said.err.count("\n") == 1
    assert [item.name for item in here.iterdir()] == ["notes.txt"]


def test_ctrl_c_says_how_to_go_on(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Job, "descend", interrupted)
    assert cli.main(["reproduce", "fig2", "fig3", "--quick", "--out", "report"]) == 130
    assert "what is finished is kept in report, and the same command goes on" in capsys.readouterr().err
    assert (here / "report" / "fig2" / "with-scene.csv").is_file()
    assert not list((here / "report").glob(".fig3*"))


def test_the_command_line_is_what_runs_it_again() -> None:
    request = cli.Reproduce(what=("all",), out="a{b}", encoder="./my clip", passes=7, quick=True, seed=3)
    line = reproduce.command_line(request).format("fig9")
    assert line == (
        "simplifiedclip reproduce fig9 --out 'a{b}' --encoder './my clip' --passes 7 --seed 3 --quick"
    )
    assert (
        reproduce.command_line(cli.Reproduce()).format("fig2") == "simplifiedclip reproduce fig2 --out report"
    )


def test_quick_is_reduced_everywhere() -> None:
    full = reproduce.budget_for()
    assert not full.quick and QUICK.quick
    assert full.passes == full.fit_passes == 1000 and full.fit_poses == 50 and full.texture_prompts == 9
    for name in ("passes", "fit_passes", "fit_poses", "texture_prompts"):
        assert getattr(QUICK, name) < getattr(full, name)
