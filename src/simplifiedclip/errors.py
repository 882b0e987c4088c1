"""Failures that a user can cause and mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Something the user asked for cannot be done; the message says what and how to mend it.

    The message is one clear sentence. The command line prints it and exits with code 2, without a
    traceback and with nothing half-written. Library users catch it like any other exception.
    """


def nearest(name: str, known: Iterable[str], n: int = 3) -> str:
    """Return the clause ``"; the nearest are a, b"`` that ends an unknown-name message, or ''."""
    matches = difflib.get_close_matches(name, list(known), n=n, cutoff=0.4)
    return f"; the nearest are {', '.join(matches)}" if matches else ""
