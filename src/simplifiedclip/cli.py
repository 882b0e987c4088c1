"""The command line: ``simplifiedclip generate | fit | render | score | train | doctor``.

Each command reads its arguments, checks what is cheap to check before any long work, and hands over to the
library. Whatever a user can mend is one sentence on standard error and exit code 2.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from . import __version__
from .errors import UserError, nearest

PROG = "simplifiedclip"

OVERVIEW = f"""\
usage: {PROG} COMMAND …

Text in, a posed 3D human out.

commands:
  generate PROMPT         find the pose that a prompt describes
  fit TARGET…             find the pose in pictures (or of another pose's render)
  render POSE.npz         picture, four views or a turntable of a pose
  score POSE.npz PROMPT…  how well prompts describe a pose
  train poseclip          train the embedded encoder again
  doctor                  what is installed and usable here, and what to do about the rest

options:
  -h, --help              this help; {PROG} COMMAND --help for a command's own
  --version               the version

example:
  {PROG} generate "She is standing up straight. Both her arms are straight above her head."
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0: done. 1: the run stopped early and its best pose so far was saved. 2: the input was refused and nothing
    was written. 130: interrupted.
    """
    args = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _dispatch(args)
        sys.stdout.flush()
    except UserError as error:
        _say_error(str(error))
        code = 2
    except KeyboardInterrupt:
        _say("Interrupted; nothing was written.")
        code = 130
    except BrokenPipeError:
        # The reader (head, less) has gone: end quietly, and keep Python from flushing into the pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    return code


def _dispatch(args: list[str]) -> int:
    if not args:
        _say(OVERVIEW)
        return 2
    command, rest = args[0], args[1:]
    if command in ("-h", "--help", "help"):
        print(OVERVIEW)
        return 0
    if command in ("--version", "-V"):
        print(f"{PROG} {__version__}")
        return 0
    if command not in _COMMANDS:
        kind = "option" if command.startswith("-") else "command"
        raise UserError(f"There is no {kind} '{command}'{nearest(command, _COMMANDS)}; see {PROG} --help.")
    try:
        return _COMMANDS[command](rest)
    except SystemExit as stop:  # the parser has printed the help that was asked for
        return int(stop.code or 0)


def _say(text: str) -> None:
    print(text.rstrip("\n"), file=sys.stderr, flush=True)


def _say_error(text: str) -> None:
    sentence = " ".join(text.split()).rstrip(".")
    _say(f"error: {sentence[:1].upper()}{sentence[1:]}.")
