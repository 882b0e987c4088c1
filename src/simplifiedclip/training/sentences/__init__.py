"""Sentences with what they say of a pose: what the text tower learns everyday wordings from.

The files beside this module were written by hand. A block of one is a check, behind ``=``, in the words of
:mod:`simplifiedclip.benchmark.checks`, and below it a few ways in which people would type it::

    = standing & arm_up(L) & hand_on_hip(R)
    left arm straight up, right hand on the hip
    She stands with her left arm raised and her right hand on her waist.

In ``both(…)``, ``either(…)`` and ``one(…)`` ``S`` is the side, ``O`` the other one, also as ``{s}`` and
``{o}`` in strings. None of the benchmark's prompts is among them (a test compares).
"""

from __future__ import annotations

import ast
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ...benchmark import checks
from ...benchmark.checks import Check
from ...errors import UserError
from ...poses.posecodes import Measures

FOLDER = Path(__file__).parent
_WORDS: dict[str, Any] = {
    name: value
    for name, value in vars(checks).items()
    if not name.startswith("_") and (isinstance(value, Check) or (callable(value) and name.islower()))
} | {"L": checks.L, "R": checks.R, "half_kneel_foot": lambda side: checks.half_kneel_foot[side]}
_SIDED = {"both", "either", "one"}
del _WORDS["dataclass"]


@dataclass(frozen=True)
class Sentence:
    """A check and the wordings that mean it.

    Attributes:
        rule: the check as it is written.
        check: does a pose do it?
        texts: wordings.
        where: file and line.
    """

    rule: str
    check: Check
    texts: tuple[str, ...]
    where: str


def read_check(rule: str) -> Check:
    """Read a check; nothing is executed but the words of :mod:`simplifiedclip.benchmark.checks`.

    Raises:
        UserError: it is not one.
    """
    try:
        check = _read(ast.parse(rule.strip(), mode="eval").body, {})
    except (SyntaxError, TypeError, KeyError, ValueError) as error:
        raise UserError(f"The check '{rule.strip()}' cannot be read ({error})") from error
    if not isinstance(check, Check):
        raise UserError(f"The check '{rule.strip()}' is not one: a side or a number is missing")
    return check


def _read(node: ast.expr, sides: dict[str, str]) -> Any:
    match node:
        case ast.BinOp(left, ast.BitAnd(), right):
            return _read(left, sides) & _read(right, sides)
        case ast.BinOp(left, ast.BitOr(), right):
            return _read(left, sides) | _read(right, sides)
        case ast.UnaryOp(ast.Invert(), operand):
            return ~_read(operand, sides)
        case ast.UnaryOp(ast.USub(), operand):
            return -_read(operand, sides)
        case ast.Constant(str() as text):
            return text.replace("{s}", sides.get("S", "{s}")).replace("{o}", sides.get("O", "{o}"))
        case ast.Constant(value) if isinstance(value, (int, float)):
            return value
        case ast.Name(name) if name in sides:
            return sides[name]
        case ast.Name(name) if name in _WORDS:
            return _WORDS[name]
        case ast.Call(ast.Name(name), [inner], []) if name in _SIDED:
            return _WORDS[name](lambda side: _read(inner, {"S": side, "O": checks.other(side)}))
        case ast.Call(ast.Name(name), args, keywords) if name in _WORDS and name not in _SIDED:
            named = {str(keyword.arg): _read(keyword.value, sides) for keyword in keywords}
            return _word(name, *(_read(arg, sides) for arg in args), **named)
    raise ValueError(f"unknown: {ast.unparse(node)}")


@cache
def _word(name: str, *args: Any, **named: Any) -> Check:
    """Make a word's check once, so that it can be recognised."""
    return _WORDS[name](*args, **named)


def read_file(path: Path) -> list[Sentence]:
    """Read a file of sentences.

    Raises:
        UserError: with file and line, a check that cannot be read or has no wordings.
    """
    found: list[Sentence] = []
    rule, line, texts = "", 0, list[str]()

    def close() -> None:
        if rule:
            where = f"{path.name}:{line}"
            if not texts:
                raise UserError(f"{where}: the check has no wordings")
            try:
                check = read_check(rule)
            except UserError as error:
                raise UserError(f"{where}: {error}") from error
            found.append(Sentence(rule, check, tuple(texts), where))

    for number, content in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        content = content.strip()
        if content.startswith("="):
            close()
            rule, line, texts = content[1:].strip(), number, []
        elif content and not content.startswith("#"):
            if not rule:
                raise UserError(f"{path.name}:{number}: a wording without a check")
            texts.append(content)
    close()
    return found


def which(sentences: Sequence[Sentence], measures: Measures, threads: int | None = None) -> np.ndarray:
    """Return which of k measured poses do what each sentence says, (sentences, k) booleans.

    `threads` of one processor each where None; processes that share them pass 1.
    """
    single = {name: value.astype(np.float32) for name, value in measures.values.items()}
    # Sentences have most words in common: each word is worked out once.
    measures = Measures(measures.joints.astype(np.float32), measures.turns, single, memo={})
    # Numpy lets other threads run while it computes.
    with ThreadPoolExecutor(threads or os.cpu_count()) as workers:
        return np.stack(list(workers.map(lambda one: one.check(measures), sentences)))


def shipped() -> list[Sentence]:
    """Return the sentences of the package."""
    return [sentence for path in sorted(FOLDER.glob("*.txt")) for sentence in read_file(path)]
