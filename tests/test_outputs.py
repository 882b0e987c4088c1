"""A run folder is written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from simplifiedclip import outputs
from simplifiedclip.errors import UserError
from simplifiedclip.outputs import (
    check_file,
    check_folder,
    free_folder,
    run_folder,
    slug,
    whole_file,
    write_json,
)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_slug_keeps_whole_words() -> None:
    assert slug("She is sitting.") == "she-is-sitting"
    assert (
        slug("Both her arms are straight above her head, and she looks up", 30)
        == "both-her-arms-are-straight"
    )
    assert slug("Ünïcode … only?") and "/" not in slug("../../etc/passwd")
    assert slug("……") == "run"


def test_free_folder_counts_on(tmp_path: Path) -> None:
    assert free_folder(tmp_path, "a") == tmp_path / "a"
    (tmp_path / "a").mkdir()
    assert free_folder(tmp_path, "a") == tmp_path / "a", "an empty folder is free"
    (tmp_path / "a" / "x").touch()
    assert free_folder(tmp_path, "a") == tmp_path / "a-2"


def test_folder_appears_whole(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "run"
    with run_folder(out) as folder:
        (folder / "pose.npz").write_text("x")
        assert not out.exists(), "nothing is there before all is"
    assert names(out) == {"pose.npz"}
    assert names(out.parent) == {"run"}
    assert out.stat().st_mode & 0o777 == 0o777 & ~outputs._umask()


@pytest.mark.parametrize("exists", [False, True])
def test_failure_leaves_nothing(tmp_path: Path, exists: bool) -> None:
    out = tmp_path / "deep" / "run"
    if exists:
        out.mkdir(parents=True)
    with pytest.raises(RuntimeError), run_folder(out) as folder:
        (folder / "pose.npz").write_text("x")
        raise RuntimeError
    assert names(out) == set() if exists else names(tmp_path) == set()


def test_no_space_is_one_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match=r"no space left to write .*run"),
        run_folder(tmp_path / "run") as folder,
    ):
        (folder / "pose.npz").write_text("x")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert names(tmp_path) == set()


def test_full_disk_is_noticed_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 100, 0))
    for check in (check_folder, check_file):
        with pytest.raises(UserError, match="no space left"):
            check(tmp_path / "run")


def test_folder_that_is_not_empty_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(UserError, match=r"not empty.*--overwrite"):
        check_folder(tmp_path)
    with pytest.raises(UserError, match="not empty"), run_folder(tmp_path):
        pass
    assert names(tmp_path) == {"thesis.txt"}


def test_overwrite_replaces_the_run_and_nothing_else(tmp_path: Path) -> None:
    for name in ("thesis.txt", "pose.npz", "comparison.png"):
        (tmp_path / name).write_text("old")
    with pytest.raises(RuntimeError), run_folder(tmp_path, overwrite=True) as folder:
        (folder / "pose.npz").write_text("half")
        raise RuntimeError
    assert (tmp_path / "pose.npz").read_text() == "old"
    with run_folder(tmp_path, overwrite=True) as folder:
        (folder / "pose.npz").write_text("new")
    assert (tmp_path / "pose.npz").read_text() == "new"
    assert names(tmp_path) == {"thesis.txt", "pose.npz"}, "what the new run does not write must not mislead"


def test_places_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(UserError, match="is a file, not a folder"):
        check_folder(file)
    with pytest.raises(UserError, match="is a file"):
        check_folder(file / "run")
    with pytest.raises(UserError, match="is a folder"):
        check_file(tmp_path)
    with pytest.raises(UserError, match=r"exists.*--overwrite"):
        check_file(file)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UserError, match="may not be written"):
        check_folder(tmp_path / "run")


def test_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "picture.png"
    with pytest.raises(RuntimeError), whole_file(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert names(tmp_path) == set()
    with whole_file(path) as temporary:
        assert temporary.suffix == ".png", "writers choose the format by the ending"
        temporary.write_text("whole")
    assert names(path.parent) == {"picture.png"}


def test_json_has_no_numbers_that_json_lacks(tmp_path: Path) -> None:
    write_json(
        tmp_path / "run.json",
        {"loss": float("nan"), "best": [float("inf"), 1.5], "path": tmp_path, "λ": (1,)},
    )
    text = (tmp_path / "run.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"loss": None, "best": [None, 1.5], "path": str(tmp_path), "λ": [1]}


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="there is no /dev/full here")
def test_a_disk_that_really_is_full(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no space left"), run_folder(tmp_path / "run") as folder:
        (folder / "pose.npz").symlink_to("/dev/full")
        (folder / "pose.npz").write_text("x")
    assert names(tmp_path) == set()
