"""What a job has worked out so far, on disk: started again, it goes on instead of starting over.

Everything is kept under a key that is made of all that decides over it (settings, prompt, weights), so a
change of any of them works it out anew, and nothing that is stale is ever shown.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]


def key_of(what: Mapping[str, Any]) -> str:
    """Return a short fingerprint of numbers, words, lists and mappings of them."""
    text = json.dumps(what, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


class Kept:
    """A folder of arrays by key. Files appear whole or not at all.

    Args:
        folder: where they are; made when the first is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: str) -> Arrays | None:
        """Return what is kept under a key; None where nothing is, or nothing that can be read."""
        try:
            with np.load(self._file(key), allow_pickle=False) as content:
                return {name: content[name] for name in content.files}
        except Exception:  # missing, cut off, no archive: it is worked out again
            return None

    def keep(self, key: str, arrays: Mapping[str, Any]) -> Arrays:
        """Keep arrays under a key and return them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        values = {name: np.asarray(value) for name, value in arrays.items()}
        temporary = self._file(key).with_suffix(".partial")
        try:
            with open(temporary, "wb") as file:
                np.savez_compressed(file, **values)  # type: ignore[arg-type]
            os.replace(temporary, self._file(key))
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return values

    def get(self, what: Mapping[str, Any], work_out: Callable[[], Mapping[str, Any]]) -> Arrays:
        """Return what is kept of `what`, or work it out and keep it."""
        key = key_of(what)
        found = self.find(key)
        return found if found is not None else self.keep(key, work_out())

    def has(self, what: Mapping[str, Any]) -> bool:
        """Whether something is kept of `what`."""
        return self._file(key_of(what)).is_file()

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.npz"
