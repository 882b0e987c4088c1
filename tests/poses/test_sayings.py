"""Sayings: they belong to families, and their slots can be filled and mirrored."""

from __future__ import annotations

import re

import pytest

from simplifiedclip.poses.families import FAMILIES
from simplifiedclip.poses.sayings import SAYINGS, action, floor, upright


def test_every_key_is_a_family() -> None:
    assert set(SAYINGS) <= set(FAMILIES)


def test_each_family_is_said_in_one_module() -> None:
    assert len(SAYINGS) == sum(len(module.SAYINGS) for module in (upright, floor, action))


def test_every_upright_family_has_sayings() -> None:
    composed = {name for name in FAMILIES if name.startswith(("stand ", "arms ", "one arm "))}
    assert composed <= set(upright.SAYINGS)


@pytest.mark.parametrize("name", sorted(SAYINGS))
def test_sayings_of_a_family(name: str) -> None:
    sayings = SAYINGS[name]
    assert len(sayings) >= 12
    assert len({saying.lower().rstrip(".!") for saying in sayings}) == len(sayings), "said twice"
    for saying in sayings:
        slots = set(re.findall(r"\{(.*?)\}", saying))
        assert slots <= ({"s", "o"} if FAMILIES[name].sided else set()), saying
        assert not re.search(r"[{}]", re.sub(r"\{[so]\}", "", saying)), saying
        assert saying == saying.strip() and saying.isascii() and saying, saying
        if FAMILIES[name].sided:
            assert not re.search(r"\b(left|right)\b", saying, re.IGNORECASE), saying
