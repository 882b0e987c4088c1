"""Prompts are the scene and the pose, in the paper's words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simplifiedclip.errors import UserError
from simplifiedclip.prompts import FIGURE10_PROMPTS, PAPER_PROMPTS, SCENES, build_prompt, scene_for


def test_scene_comes_first() -> None:
    assert build_prompt("She is sitting.", SCENES["grey"]) == (
        "This is a grey mannequin. The background is white. She is sitting."
    )


@pytest.mark.parametrize("scene", [None, "", "  "])
def test_no_scene(scene: str | None) -> None:
    assert build_prompt(" She is sitting.\n", scene) == "She is sitting."


def test_figure_2_has_a_scene_without_a_pose() -> None:
    assert PAPER_PROMPTS[9] == ""
    assert build_prompt(PAPER_PROMPTS[9], SCENES["human"]) == SCENES["human"]


@pytest.mark.parametrize("pose", ["", " \t\n"])
def test_nothing_said_is_refused(pose: str) -> None:
    with pytest.raises(UserError, match="prompt is empty"):
        build_prompt(pose)


def test_scene_follows_the_texture() -> None:
    assert scene_for("human") == scene_for("human-faces") == SCENES["human"]
    assert scene_for("grey") == SCENES["grey"]
    assert scene_for("my_robot.png") == ""


def test_words_are_the_papers(shared: Path) -> None:
    published = (shared / "paper" / "prompts.md").read_text(encoding="utf-8")
    assert re.findall(r'^\d\. "(.*)"$', published, re.MULTILINE) == list(PAPER_PROMPTS)
    assert re.findall(r'^Scene, .*: "(.*)"$', published, re.MULTILINE) == list(SCENES.values())
    assert dict(re.findall(r'^- (.*?): "(.*)"', published, re.MULTILINE)) == FIGURE10_PROMPTS
