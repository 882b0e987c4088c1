"""The evaluation of the pose benchmark: its counts, files, how it goes on, and what it refuses."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from simplifiedclip import cli
from simplifiedclip.benchmark import evaluate, evaluation
from simplifiedclip.benchmark.selection import GROUPS, prompts
from simplifiedclip.errors import UserError
from simplifiedclip.poses.posecodes import measure
from simplifiedclip.presets import PRESETS, Settings
from small_world import FakeEncoder, enter_small_world

SMALL = ["--set", "image_size=32", "--quiet"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder in the small world."""
    enter_small_world(monkeypatch)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def small(here: Path) -> Settings:
    """The settings of ``retrieval`` with small pictures."""
    return PRESETS["retrieval"].replace(image_size=32)


def count_runs(monkeypatch: pytest.MonkeyPatch, stop_after: int | None = None) -> list[str]:
    """Return a list that grows by each prompt that is run; interrupt when there are so many."""
    ran: list[str] = []
    run: Callable[..., object] = evaluation.optimize_batch

    def counted(some: list[str], *args: object, **kwargs: object) -> object:
        ran.extend(some[:stop_after])
        found = run(some[:stop_after], *args, **kwargs)
        if stop_after is not None:
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(evaluation, "optimize_batch", counted)
    return ran


def test_it_counts_what_the_checks_say(small: Settings) -> None:
    told = []
    found = evaluate(small, "dev", limit=20, done=lambda *what: told.append(what))
    assert [prompt for _, prompt, _ in told] == list(found.prompts) == list(prompts("dev", limit=20))
    outcomes = [outcome for *_, outcome in told]
    for prompt, outcome in zip(found.prompts, outcomes):
        theta = np.reshape(outcome.theta, (1, 24, 3))
        assert outcome.passed == bool(prompt.check(measure(theta))[0])
    total, groups = found.total(), found.by_group()
    assert total.prompts == 20 and total.passed == sum(outcome.passed for outcome in outcomes)
    assert total.share == total.passed / 20
    assert total.depth == pytest.approx(np.mean([outcome.depth for outcome in outcomes]))
    assert list(groups) == list(GROUPS)
    assert sum(one.prompts for one in groups.values()) == 20
    assert sum(one.passed for one in groups.values()) == total.passed


def test_numbers_of_known_outcomes() -> None:
    chosen = prompts("dev", limit=4)
    values = [(True, False, 0.0, 1.0), (True, True, 0.03, 2.0), (False, False, 0.01, 3.0)]
    outcomes = {
        evaluation.key_of(prompt): evaluation.Outcome(
            passed, beyond, depth, loss=0.5, seconds=seconds, theta=(), betas=()
        )
        for prompt, (passed, beyond, depth, seconds) in zip(chosen, values)
    }
    found = evaluation.Summary.of(chosen, outcomes)
    assert (found.prompts, found.passed) == (3, 2)
    assert found.share == pytest.approx(2 / 3) and found.seconds == pytest.approx(2)
    assert found.beyond_limits == pytest.approx(1 / 3) and found.self_penetration == pytest.approx(1 / 3)
    assert found.depth == pytest.approx(0.04 / 3)


def test_groups_and_limit() -> None:
    assert {prompt.group for prompt in prompts("dev", groups=["yoga"])} == {"yoga"}
    assert len(prompts("dev", limit=len(GROUPS))) == len({p.group for p in prompts("dev", limit=len(GROUPS))})
    assert set(prompts("all")) == {*prompts("dev"), *prompts("test")}
    texts = [prompt.text for prompt in prompts("all")]
    assert len({evaluation.key_of(prompt) for prompt in prompts("all")}) == len(set(texts)) == len(texts)


def test_the_command_writes_a_table_and_files(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    args = ["evaluate", "--presets", "retrieval", "--subset", "test", "--limit", "3", "--out", "got", *SMALL]
    assert cli.main(args) == 0
    said = capsys.readouterr()
    assert "retrieval" in said.out and "chance" in said.out and "/3" in said.out
    for prompt in prompts("test", limit=3):
        assert prompt.text not in said.out + said.err
    folder = here / "got"
    assert sorted(file.name for file in folder.iterdir()) == [
        "contact_retrieval.png", "results.csv", "results.json"
    ]  # fmt: skip
    (column,) = json.loads((folder / "results.json").read_text(encoding="utf-8"))["columns"]
    assert column["name"] == "retrieval" and column["settings"]["image_size"] == 32 and column["seed"] == 0
    assert [one["text"] for one in column["outcomes"]] == [p.text for p in prompts("test", limit=3)]
    assert all(len(one["theta"]) == 72 for one in column["outcomes"])
    with open(folder / "results.csv", newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    passed = [int(row["retrieval passed"]) for row in rows]
    assert len(rows) == 3 and sum(passed) == column["total"]["passed"]
    with Image.open(folder / "contact_retrieval.png") as sheet:
        assert np.asarray(sheet).std() > 5


def test_single_columns_may_have_fewer_prompts(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    args = ["evaluate", "--presets", "paper-single,retrieval", "--encoder", "poseclip", "--passes", "1",
            "--limit", "4", "--paper-limit", "2", "--out", "got", *SMALL]  # fmt: skip
    assert cli.main(args) == 0
    said = capsys.readouterr().out
    assert "/2" in said and "/4" in said
    columns = json.loads((here / "got" / "results.json").read_text(encoding="utf-8"))["columns"]
    assert {c["name"]: (c["asked"], len(c["outcomes"])) for c in columns} == {
        "paper-single": (2, 2), "retrieval": (4, 4)
    }  # fmt: skip
    asked = [one["text"] for one in columns[0]["outcomes"]]
    assert asked == [prompt.text for prompt in prompts("dev", limit=2)]
    with open(here / "got" / "results.csv", newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert sum(row["paper-single passed"] != "" for row in rows) == 2
    assert all(row["retrieval passed"] != "" for row in rows) and len(rows) == 4
    assert cli.main(["evaluate", "--paper-limit", "0"]) == 2


def test_it_goes_on_where_it_stopped(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    args = ["evaluate", "--presets", "retrieval", "--limit", "5", "--out", "got", *SMALL]
    with monkeypatch.context() as patch:
        first = count_runs(patch, stop_after=2)
        assert cli.main(args) == 130
    assert [file.name for file in (here / "got").iterdir()] == ["results.json"]
    ran = count_runs(monkeypatch)
    assert cli.main(args) == 0
    assert len(first) == 2 and [*first, *ran] == [prompt.text for prompt in prompts("dev", limit=5)]
    ran.clear()
    assert cli.main([*args[:-1], "--presets", "retrieval,paper-single", "--encoder", "poseclip", "--passes",
                     "1", *SMALL]) == 0  # fmt: skip
    assert len(ran) == 5, "only the column that is new"
    assert cli.main(args) == 0
    names = [c["name"] for c in json.loads((here / "got" / "results.json").read_text("utf-8"))["columns"]]
    assert sorted(names) == ["paper-single", "retrieval"], "a column that was not asked for is kept"


def test_folders_that_are_refused(here: Path, small: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate(small, limit=1, out="got")
    with pytest.raises(UserError, match=r"other settings \(seed\)"):
        evaluate(small.replace(seed=1), limit=1, out="got")
    with monkeypatch.context() as patch:
        patch.setattr(FakeEncoder, "name", "another")
        with pytest.raises(UserError, match="other weights"):
            evaluate(small, limit=1, out="got")
    (here / "got" / "notes.txt").touch()
    with pytest.raises(UserError, match=r"something else than an evaluation \(notes.txt\)"):
        evaluate(small, limit=1, out="got")
    (here / "got" / "results.json").write_text('{"losses": []}')
    with pytest.raises(UserError, match="none of an evaluation"):
        evaluate(small, limit=1, out="got")
    (here / "full").mkdir()
    (here / "full" / "notes.txt").touch()
    with pytest.raises(UserError, match="not empty"):
        evaluate(small, limit=1, out="full")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--presets", "retreival"], "There is no preset 'retreival'"),
        (["--presets", "retreival"], "the nearest are retrieval"),
        (["--presets", ","], "--presets names none"),
        (["--groups", "yogha"], "the nearest are yoga"),
        (["--subset", "tst"], "not 'tst'; the nearest are test"),
        (["--limit", "0"], "--limit must be at least 1"),
        (["--passes", "0"], "passes"),
        (["--encoder", "posclip"], "poseclip"),
        (["--set", "stay_wait=1"], "stay_weight"),
        (["--set", "stay_weight"], "--set takes NAME=VALUE"),
        (["--config", "none.yaml"], "none.yaml does not exist"),
        (["--out", ""], "--out is empty"),
        (["--out", "notes.txt"], "notes.txt"),
    ],
)
def test_it_refuses_in_a_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], args: list[str], words: str
) -> None:
    (here / "notes.txt").touch()
    assert cli.main(["evaluate", "--limit", "1", *args]) == 2
    said = capsys.readouterr()
    assert said.out == "" and words in said.err and said.err.count("\n") == 1
    assert [item.name for item in here.iterdir()] == ["notes.txt"]
