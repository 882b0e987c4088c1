"""Sentences with checks: what the text tower learns from, and that the benchmark is not among it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from simplifiedclip.benchmark import checks
from simplifiedclip.benchmark.prompts import PROMPTS
from simplifiedclip.codebook import shipped_poses
from simplifiedclip.errors import UserError
from simplifiedclip.poses.captions import mirror_text
from simplifiedclip.poses.directions import mirror_theta
from simplifiedclip.poses.posecodes import Measures, measure
from simplifiedclip.training.sentences import Sentence, read_check, read_file, shipped

EMPTY = set(re.findall("[a-z]+", """
    a an the his her she he is with and of to in on at their they while person man woman
"""))  # fmt: skip
"""Words that say nothing of a pose."""


@pytest.fixture(scope="module")
def sentences() -> list[Sentence]:
    return shipped()


@pytest.fixture(scope="module")
def poses() -> np.ndarray:
    theta = shipped_poses().numpy().astype(float)
    return theta[np.random.default_rng(0).permutation(len(theta))[:8000]]


@pytest.fixture(scope="module")
def measures(poses: np.ndarray) -> Measures:
    return measure(poses)


def test_there_are_many_and_no_wording_twice(sentences: list[Sentence]) -> None:
    texts = [text.lower().rstrip(".") for sentence in sentences for text in sentence.texts]
    assert len(sentences) > 5000 and len(texts) > 20_000
    assert len(set(texts)) == len(texts)


def test_no_sentence_is_a_prompt_of_the_benchmark(sentences: list[Sentence]) -> None:
    """Not even nearly: fewer than four fifths of the words that matter are the same."""

    def words(text: str) -> set[str]:
        return set(re.findall(r"[a-z]+", text.lower())) - EMPTY

    prompts = [words(prompt.text) for half in PROMPTS.values() for prompt in half]
    wordings = [words(text) for sentence in sentences for text in sentence.texts]
    number = {word: k for k, word in enumerate(sorted(set().union(*prompts, *wordings)))}

    def table(sets: list[set[str]]) -> np.ndarray:
        rows = np.zeros((len(sets), len(number)), np.float32)
        for row, some in zip(rows, sets):
            row[[number[word] for word in some]] = 1
        return rows

    ours = table(prompts)
    for start in range(0, len(wordings), 4000):
        theirs = table(wordings[start : start + 4000])
        same = theirs @ ours.T
        union = theirs.sum(1)[:, None] + ours.sum(1) - same
        assert (same / np.maximum(union, 1)).max() < 0.8


def test_words_name_a_side_where_the_check_does(
    sentences: list[Sentence], poses: np.ndarray, measures: Measures
) -> None:
    """A check that the mirror images of its poses fail belongs to words with left and right, and no other."""
    mirrored = measure(mirror_theta(poses))
    known = odd = 0
    for sentence in sentences[::5]:
        here, there = sentence.check(measures), sentence.check(mirrored)
        either, different = (here | there).sum(), (here != there).sum()
        named = [mirror_text(text) != text for text in sentence.texts]
        if either >= 10:
            known += 1
            odd += different > 0.3 * either and not all(named)
            odd += different < 0.1 * either and all(named)
    assert known > 300 and odd <= 0.01 * known


def test_checks_hold_for_some_poses_and_not_for_most(sentences: list[Sentence], measures: Measures) -> None:
    rates = np.array([sentence.check(measures).mean() for sentence in sentences[::20]])
    assert (rates > 0).mean() > 0.6 and np.median(rates) < 0.01 and rates.max() < 0.15


def test_a_check_is_read_as_it_is_written(poses: np.ndarray, measures: Measures) -> None:
    pairs = {
        "standing & arm_up(L)": checks.standing & checks.arm_up("left"),
        "either(balancing(S) & arm_up(O, elbow=90)) | ~upright": checks.either(
            lambda s: checks.balancing(s) & checks.arm_up(checks.other(s), elbow=90)
        )
        | ~checks.upright,
        'both(between("{s} arm fwd", -0.4, 0.6) & ~hand_at(S, "own knee", 0.3))': checks.both(
            lambda s: checks.between(f"{s} arm fwd", -0.4, 0.6) & ~checks.hand_at(s, "own knee", 0.3)
        ),
        "one(hand_on_hip(S))": checks.one(checks.hand_on_hip),
    }
    for rule, check in pairs.items():
        read = read_check(rule)(measures)
        assert read.any() and not read.all() and (read == check(measures)).all(), rule
    mirrored = measure(mirror_theta(poses))
    assert (read_check("arm_up(R)")(mirrored) == read_check("arm_up(L)")(measures)).all()


@pytest.mark.parametrize(
    "rule",
    ["", "standing &", "arm_up", "arm_up(L, 1, 2, 3)", "flying", "__import__('os')", "standing.terms",
     "[upright]", "both(lambda s: arm_up(s))", "Check(1)", "arm_up(S)", "L"],
)  # fmt: skip
def test_what_is_no_check_is_refused(rule: str) -> None:
    with pytest.raises(UserError, match="check"):
        read_check(rule)


def test_a_file_says_where_it_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "some.txt"
    file.write_text(
        "# a comment\n= standing\n\nstanding there\n= arm_up(L)\nleft arm up\nraise your left arm\n"
    )
    one, two = read_file(file)
    assert one.texts == ("standing there",) and len(two.texts) == 2 and two.where == "some.txt:5"
    for content, message in (
        ("standing there\n", "some.txt:1: a wording"),
        ("= standing\n", "some.txt:1: the check has no"),
        ("= standing\nyes\n\n= flying\nno\n", "some.txt:4: The check 'flying'"),
    ):
        file.write_text(content)
        with pytest.raises(UserError, match=message):
            read_file(file)
