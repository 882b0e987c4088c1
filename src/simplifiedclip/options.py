"""Command-line options made from settings: grouped help, and refusals of one sentence."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import inspect
import io
import itertools
import os
import re
import textwrap
import typing
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, TypeVar

import tyro
from tyro.constructors import PrimitiveConstructorSpec

from .errors import UserError
from .presets import RunSettings, load_settings

T = TypeVar("T")
SettingsT = TypeVar("SettingsT", bound=RunSettings)

# How the help groups the settings; one that is not named here comes under "other".
_GROUPS: dict[str, tuple[str, ...]] = {
    "encoder and objective": (
        "encoder", "encoder_resize", "encoder_dtype", "objective", "ip_lambda", "aggregate", "scene",
        "neutral", "neutral_weight", "loss",
    ),
    "body": ("gender", "body", "texture", "betas"),
    "camera and scene": (
        "cameras", "elevation", "distance", "fov", "image_size", "shader", "edges", "light", "ground",
        "centre", "views_per_pass", "azimuth_jitter", "elevation_jitter", "fov_jitter", "crop",
        "background_jitter",
    ),
    "start": (
        "init", "init_range", "starts", "start_distance", "codebook", "tower_starts", "tower_passes",
        "tower_lr", "yaw_starts", "held_back",
    ),
    "descent": (
        "optimizer", "lr", "scheduler", "passes", "searches", "stop_at", "freeze", "coordinate_descent",
        "pose_space", "optimize_betas", "fit_transl", "seed", "device",
    ),
    "weights": (
        "views_weight", "pose_tower_weight", "stay_weight", "limits_weight", "contact_weight",
        "contact_reach", "balance_weight", "penetration_weight", "prior_weight", "rest_on_ground",
    ),
}  # fmt: skip
_METAVARS = {
    "encoder": "NAME,…", "scene": "SENTENCE", "neutral": "SENTENCE", "body": "FILE", "texture": "NAME|FILE",
    "betas": "NAME|NUMBERS", "cameras": "NAME|ANGLES", "held_back": "ANGLES", "init": "NAME|FILE",
    "device": "NAME", "freeze": "JOINT,…", "elevation": "DEGREES", "fov": "DEGREES", "distance": "METRES",
    "image_size": "PIXELS", "init_range": "RADIANS", "seed": "N", "passes": "N", "starts": "N",
    "tower_starts": "N", "tower_passes": "N", "codebook": "N", "views_per_pass": "N", "yaw_starts": "N",
    "searches": "N", "lr": "STEP", "tower_lr": "STEP", "start_distance": "METRES", "contact_reach": "METRES",
    "azimuth_jitter": "DEGREES", "elevation_jitter": "DEGREES", "fov_jitter": "DEGREES", "crop": "PART",
    "background_jitter": "PART", "ip_lambda": "NUMBER", "stop_at": "NUMBER",
}  # fmt: skip


def shown(metavar: str | None = None, default: str | None = None) -> Any:
    """Return how the help shows an option: a word for its value, and words for its default ('' for none)."""
    return tyro.conf.arg(metavar=metavar, help_behavior_hint=default)


def given(args: Sequence[str], option: str) -> bool:
    """Whether an option stands among the arguments."""
    return _scan(args, option) is not None


def list_option(metavar: str) -> Any:
    """Return the annotation of an option that takes words with commas between."""
    spec = PrimitiveConstructorSpec(
        nargs=1,
        metavar=metavar,
        instance_from_str=lambda given: tuple(word.strip() for word in given[0].split(",") if word.strip()),
        is_instance=lambda value: isinstance(value, tuple),
        str_from_instance=lambda value: [",".join(value)],
    )
    return Annotated[tuple[str, ...], spec]


def parse(command: type[T], args: Sequence[str], prog: str) -> T:
    """Read `args` into the dataclass `command`.

    Raises:
        UserError: what was wrong, in one sentence.
        SystemExit: after printing the help that was asked for.
    """
    if _asks_for_help(args):
        return tyro.cli(command, args=list(args), prog=prog)
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), _wide_terminal():
            return tyro.cli(command, args=list(args), prog=prog)
    except SystemExit as stop:
        if not stop.code:
            raise
        raise UserError(_sentence(said.getvalue(), prog)) from None


def parse_with_settings(
    command: type[T],
    kind: type[SettingsT],
    args: Sequence[str],
    prog: str,
    *,
    only: Sequence[str] | None = None,
) -> tuple[T, SettingsT]:
    """Read `args` into the dataclass `command` and settings: preset, over it config file, over it options.

    Args:
        command: the options that are not settings; has the fields `preset` and `config`.
        kind: the class of the settings, each field of which becomes an option.
        args: the command's arguments.
        prog: the command's name in its help.
        only: the settings that become options; all when None.
    """
    base = load_settings(_scan(args, "--preset"), _scan(args, "--config"), kind=kind)
    groups = _settings_groups(base, only)
    fields = [
        (
            name.replace(" ", "_"),
            Annotated[group, tyro.conf.OmitArgPrefixes, tyro.conf.arg(name=name)],
            dataclasses.field(default_factory=group),
        )
        for name, group in groups.items()
    ]
    whole = dataclasses.make_dataclass(command.__name__, fields, bases=(command,))
    whole.__doc__ = command.__doc__
    given: Any = parse(whole, args, prog)
    values = {
        field.name: getattr(group, field.name)
        for name in groups
        for group in [getattr(given, name.replace(" ", "_"))]
        for field in dataclasses.fields(group)
    }
    return given, base.replace(**values)


def _settings_groups(base: RunSettings, only: Sequence[str] | None) -> dict[str, type]:
    hints = typing.get_type_hints(type(base))
    docs = field_docs(type(base))
    known = [field.name for field in dataclasses.fields(base) if only is None or field.name in only]
    members = {name: [f for f in fields if f in known] for name, fields in _GROUPS.items()}
    named = {field for fields in members.values() for field in fields}
    members["other"] = [field for field in known if field not in named]
    groups = {}
    for name, names in members.items():
        if names:
            fields = [
                (
                    field,
                    _option(field, hints[field], docs.get(field, ""), getattr(base, field)),
                    getattr(base, field),
                )
                for field in names
            ]
            groups[name] = dataclasses.make_dataclass(name.title().replace(" ", ""), fields)
            groups[name].__doc__ = ""
    return groups


def _option(name: str, hint: Any, doc: str, default: Any) -> Any:
    metavar = _METAVARS.get(name) or ("NUMBER" if name.endswith("_weight") else None)
    if hint == tuple[str, ...]:
        hint = list_option(metavar or "NAME,…")
        metavar = None
    elif typing.get_origin(hint) is typing.Literal or hint is bool:
        metavar = None
    words = None
    if default is None or default == ():
        words = ""
    elif isinstance(default, bool):
        words = f"(default: {'yes' if default else 'no'})"
    elif isinstance(default, float):
        words = f"(default: {default:g})"
    return Annotated[hint, tyro.conf.arg(help=doc, metavar=metavar, help_behavior_hint=words)]


def field_docs(cls: type) -> dict[str, str]:
    """Return the docstrings under the fields of a dataclass and its bases, by field."""
    docs: dict[str, str] = {}
    for owner in reversed(cls.__mro__):
        if not dataclasses.is_dataclass(owner):
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
        statements = body.body if isinstance(body, ast.ClassDef) else []
        for before, after in itertools.pairwise(statements):
            if (
                isinstance(before, ast.AnnAssign)
                and isinstance(before.target, ast.Name)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
            ):
                docs[before.target.id] = " ".join(str(after.value.value).split())
    return docs


def _asks_for_help(args: Sequence[str]) -> bool:
    before = args[: args.index("--")] if "--" in args else args
    return any(word in ("-h", "--help") for word in before)


def _scan(args: Sequence[str], option: str) -> str | None:
    """Find one option's value before the rest can be parsed, whose defaults it decides."""
    found = None
    for word, following in zip(args, [*args[1:], None]):
        if word == "--":
            break
        if word == option and following is not None:
            found = following
        elif word.startswith(option + "="):
            found = word.partition("=")[2]
    return found


@contextlib.contextmanager
def _wide_terminal() -> Iterator[None]:
    # So that the messages are not broken into lines that would have to be joined again.
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "2000"
    try:
        yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


def _sentence(box: str, prog: str) -> str:
    """Put the error box of the parser into one sentence."""
    box = re.sub(r"\x1b\[[0-9;]*m", "", box)
    framed = "│" in box  # else the terminal has no such letters, and the title is a line of its own
    lines = [line.strip("│ \t") for line in box.splitlines() if line[:1] not in "╭╰"]
    rules = [i for i, line in enumerate(lines) if line and not line.strip("─-")]
    if not framed and rules:
        lines, rules = lines[rules[0] + 1 :], [i - rules[0] - 1 for i in rules[1:]]
    message = " ".join(line for line in lines[: rules[0] if rules else None] if line).rstrip(".")
    rest = " ".join(lines[rules[0] :]) if rules else ""
    if unknown := re.match(r"Unrecognized options?: (\S+?)(?:, .*)?$", message):
        word = unknown[1]
        if not word.startswith("-"):
            return f"'{word}' is one argument too many (does a text lack its quotes?); see {prog} --help."
        found = re.findall(r"(?<!\S)--[a-z][\w-]*", rest.partition("Perhaps you meant")[2])
        near = [option for option in dict.fromkeys(found) if option != "--help"]
        clause = f"; the nearest are {', '.join(near[:3])}" if near else ""
        return f"There is no option {word}{clause}; see {prog} --help."
    if missing := re.match(r"Missing from [^:]*: (?:\[?)(\S+)", message):
        return f"{missing[1]} is missing; see {prog} --help."
    message = message.removeprefix("Error parsing ")
    return f"{message[:1].upper()}{message[1:]}; see {prog} --help."
