"""The run folder: what a run writes, all of it or nothing.

Files are written into a temporary folder on the same file system and moved into place at the end, so that a
full disk, an error or Ctrl-C leaves nothing half-written behind.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import UserError

# The files that commands write; with --overwrite those that the new run does not write again are removed.
RUN_FILES = (
    "pose.npz",
    "mesh.glb",
    "render.png",
    "quad.png",
    "loss.png",
    "losses.csv",
    "comparison.png",
    "turntable.gif",
    "run.json",
)
_NEEDED_BYTES = 16 * 2**20  # a run writes about 4 MB; leave the disk some air


def slug(text: str, limit: int = 48) -> str:
    """Return a folder name of the first words of a text: ``She is sitting.`` gives ``she-is-sitting``."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    name = "-".join(words)
    if len(name) > limit:
        name = name[: limit + 1].rpartition("-")[0] or name[:limit]
    return name or "run"


def free_folder(parent: str | Path, name: str) -> Path:
    """Return ``parent/name``, or ``parent/name-2``, ``-3``, … : the first that does not exist or is empty."""
    parent = Path(parent)
    for n in itertools.count(1):
        folder = parent / (name if n == 1 else f"{name}-{n}")
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return folder
    raise AssertionError("unreachable")


def check_folder(out: str | Path, *, overwrite: bool = False) -> Path:
    """Check that a run can be written to the folder `out` before any work is done, and return it as a Path.

    Raises:
        UserError: `out` is a file, is not empty (unless `overwrite`), cannot be written, or its disk is full.
    """
    out = Path(out).expanduser()
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file, not a folder; give another --out.")
    try:
        if not overwrite and out.is_dir() and any(out.iterdir()):
            raise UserError(
                f"The folder {out} is not empty; give another --out, or --overwrite to replace the run in it."
            )
        _check_writable(out)
    except OSError as error:
        raise _explain(error, out) from None
    return out


def check_file(path: str | Path, *, overwrite: bool = False) -> Path:
    """Check that the one file `path` can be written before any work is done, and return it as a Path.

    Raises:
        UserError: `path` is a folder, exists (unless `overwrite`), cannot be written, or its disk is full.
    """
    path = Path(path).expanduser()
    if path.is_dir():
        raise UserError(f"{path} is a folder; give the name of a file.")
    if path.exists() and not overwrite:
        raise UserError(f"The file {path} exists; give another name, or --overwrite to replace it.")
    try:
        _check_writable(path.parent)
    except OSError as error:
        raise _explain(error, path) from None
    return path


@contextmanager
def run_folder(out: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield an empty temporary folder whose files become the folder `out` when the block ends well.

    When the block raises, `out` is as it was before.

    Raises:
        UserError: `out` cannot be written (see `check_folder`), or the disk is full.
    """
    out = check_folder(out, overwrite=overwrite)
    # Inside `out` where it exists: it may be a mount point or the current folder, and cannot be swapped.
    inside = out.is_dir()
    made = [] if inside else _missing_parents(out)
    temporary = None
    try:
        parent = out if inside else out.parent
        parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{out.name or 'run'}.", suffix=".partial", dir=parent))
        yield temporary
        if inside:
            _move_files(temporary, out)
        else:
            os.chmod(temporary, 0o777 & ~_umask())  # mkdtemp's folder is for its owner only
            os.replace(temporary, out)
    except BaseException as error:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        for folder in made:  # deepest first; a folder that someone else has filled meanwhile stays
            try:
                folder.rmdir()
            except OSError:
                break
        if isinstance(error, OSError):
            raise _explain(error, out) from error
        raise


@contextmanager
def whole_file(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary name, with the same ending, whose file becomes `path` when the block ends well."""
    path = check_file(path, overwrite=overwrite)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix}")
    made = _missing_parents(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        os.replace(temporary, path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        for folder in made:
            try:
                folder.rmdir()
            except OSError:
                break
        if isinstance(error, OSError):
            raise _explain(error, path) from error
        raise


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write `value` as readable JSON; numbers that JSON lacks (NaN, infinity) become null."""
    path.write_text(json.dumps(_plain(value), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_table(path: Path, rows: list[dict[str, float]]) -> None:
    """Write rows of numbers as CSV, with the columns of the first row."""
    columns = list(rows[0]) if rows else []
    lines = [",".join(columns), *(",".join(f"{row[name]:.9g}" for name in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _move_files(source: Path, out: Path) -> None:
    new = {item.name for item in source.iterdir()}
    for name in sorted(new):
        os.replace(source / name, out / name)
    for name in RUN_FILES:
        if name not in new:
            (out / name).unlink(missing_ok=True)
    source.rmdir()


def _missing_parents(path: Path) -> list[Path]:
    return list(itertools.takewhile(lambda parent: not parent.exists(), path.absolute().parents))


def _check_writable(folder: Path) -> None:
    # The nearest folder that exists is the one that must take new entries.
    nearest = folder.absolute()
    while not nearest.exists():
        nearest = nearest.parent
    if not nearest.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(nearest))
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(nearest))
    if shutil.disk_usage(nearest).free < _NEEDED_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(nearest))


def _explain(error: OSError, path: Path) -> UserError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UserError(f"There is no space left to write {path}; free some, or write to another disk.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return UserError(f"{path} may not be written ({_reason(error)}); give another place.")
    if error.errno == errno.ENOTDIR:
        return UserError(f"{path} cannot be made because {error.filename or 'a part of it'} is a file.")
    return UserError(f"{path} cannot be written: {_reason(error)}.")


def _reason(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).lower()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _plain(value: Any) -> Any:
    """Turn tensors, arrays, tuples, paths and non-finite numbers into what JSON can hold."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if value - value == 0 else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)
