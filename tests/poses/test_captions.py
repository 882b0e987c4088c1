"""Captions read as English, say what holds, and their negatives do not."""

from __future__ import annotations

import re

import numpy as np
import pytest

from simplifiedclip.poses.captions import Clause, Writer, base_form, fit, third_person, word
from simplifiedclip.poses.families import FAMILIES, Fragment, draw
from simplifiedclip.poses.posecodes import posecodes


@pytest.mark.parametrize(
    ("participle", "third"),
    [
        ("running", "runs"), ("sitting", "sits"), ("lying", "lies"), ("raising", "raises"), ("doing", "does"),
        ("kneeling", "kneels"), ("balancing", "balances"), ("pressing", "presses"), ("falling", "falls"),
        ("carrying", "carries"), ("playing", "plays"), ("lunging", "lunges"), ("strolling", "strolls"),
        ("addressing", "addresses"), ("striking", "strikes"), ("welcoming", "welcomes"),
    ],
)  # fmt: skip
def test_verbs(participle: str, third: str) -> None:
    base = base_form(participle)
    assert base is not None
    assert third_person(base) == third


@pytest.mark.parametrize("other", ["upside", "seated", "being", "in"])
def test_other_words_are_no_verbs(other: str) -> None:
    assert base_form(other) is None


def test_the_same_seed_words_the_same_and_only_the_changed_clause_differs() -> None:
    right = [Clause(act="kneeling"), Clause(part="left arm", pred="raised")]
    wrong = [Clause(act="kneeling"), Clause(part="left arm", pred="lowered")]
    for seed in range(200):
        text = word(right, seed)
        assert text == word(right, seed)
        assert word(wrong, seed) == text.replace("raised", "lowered")


def test_wordings_vary() -> None:
    clauses = [Clause(act="sitting on a chair"), Clause(part="both arms", pred="above {p} head")]
    texts = {word(clauses, seed) for seed in range(300)}
    assert len(texts) > 150
    assert not any("{" in text or "  " in text for text in texts)
    assert not any(re.search(r"\b(her|his|their|its) both\b", text) for text in texts)
    assert any(text.startswith("Sit on a chair") for text in texts)
    assert any("sits on a chair" in text for text in texts)


def test_names_that_do_not_fit_the_rest_of_the_body_are_dropped() -> None:
    names = Fragment(
        ("reaching for the sky", "raising both arms"), (("arms", "stretched overhead"),), 0, False
    )
    upright = frozenset({"trunk upright"})
    assert fit(names, 1, frozenset({"standing"}), upright) == names
    lying = fit(names, 1, frozenset({"lying back"}), frozenset({"lying back"}))
    assert lying.acts == ()
    assert lying.parts == (("arms", "stretched overhead"),)
    stands = Fragment(("standing upright", "standing"), (), 0, False)
    assert fit(stands, 0, frozenset(), frozenset()).acts == ("standing",)


def test_captions_are_true_and_negatives_are_false() -> None:
    """Each coded clause that the writer plans is true for its pose; each one it spoils is not even maybe."""
    rng = np.random.default_rng(0)
    samples = [draw(name, 2, rng) for name in list(FAMILIES)[::3]]
    codes = posecodes(np.concatenate([s.theta for s in samples]))
    fragments = [f for s in samples for f in s.fragments]
    keys = [code.key for code in codes.table]
    writer = Writer(codes.table, 0)
    spoiled = 0
    for i, names in enumerate(fragments):
        true = [keys[k] for k in np.flatnonzero(codes.true[i])]
        maybe = frozenset(keys[k] for k in np.flatnonzero(codes.maybe[i]))
        clauses = writer._plan(names, true, coded=True)
        assert {c.code for c in clauses if c.code} <= set(true)
        wrong = writer._spoil(clauses, maybe)
        if wrong is not None:
            new = [c for c in wrong if c not in clauses]
            assert new and all(c.code and c.code not in maybe for c in new)
            spoiled += 1
    assert spoiled > 0.95 * len(fragments)


def test_both_sides_are_said_at_once_only_when_both_hold() -> None:
    codes = posecodes(np.zeros((1, 24, 3)))
    one = [k.key for k in codes.table if k.key == "left arm up"]
    writer = Writer(codes.table, 3)
    for _ in range(100):
        clauses = writer._plan([Fragment((), (), 0, False)], one, coded=True)
        assert all("both" not in c.part and c.part != "arms" for c in clauses)
    both = ["left arm up", "right arm up"]
    said = [c for _ in range(100) for c in writer._plan([Fragment((), (), 0, False)], both, coded=True)]
    assert any("arms" in c.part for c in said)


def test_the_scene_sentence_comes_first_when_asked() -> None:
    codes = posecodes(np.zeros((1, 24, 3)))
    texts, *_ = Writer(codes.table, 0, scenes=1.0).write(
        [Fragment((), (), 0, False)], ["standing"], frozenset(), 5, 0
    )
    assert all("background is white." in text for text in texts)
