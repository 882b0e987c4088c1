"""Live progress of a run: pass, loss, time left."""

from __future__ import annotations

import math
import time
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


class PassProgress:
    """Shows each pass of a run: a bar on a terminal, about ten plain lines elsewhere.

    Use it as a context manager and hand it to `optimize` or `fit` as the callback.

    Args:
        passes: how many passes the run has at most.
        quiet: show nothing.
        console: where to; standard error when None.
    """

    def __init__(self, passes: int, *, quiet: bool = False, console: Console | None = None) -> None:
        self.passes = passes
        self.best = math.inf
        self._console = console or Console(stderr=True, highlight=False)
        self._plain = not self._console.is_terminal
        self._quiet = quiet
        self._step = max(1, round(passes / 10))
        self._start = time.monotonic()
        self._bar: Progress | None = None

    def __enter__(self) -> PassProgress:
        self._start = time.monotonic()
        if not self._quiet and not self._plain:
            self._bar = Progress(
                TextColumn("pass {task.completed:>4.0f}/{task.total:.0f}"),
                BarColumn(bar_width=30),
                TextColumn("{task.fields[loss]}"),
                TimeRemainingColumn(compact=True),
                TextColumn("left"),
                console=self._console,
            )
            self._task = self._bar.add_task("", total=self.passes, loss="")
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, pass_index: int, loss: float, *_: Any, **__: Any) -> None:
        """Show pass `pass_index` (counted from 0) and its loss."""
        if loss < self.best:
            self.best = loss
        done = pass_index + 1
        if self._quiet:
            return
        words = f"loss {loss:.4g}  best {self.best:.4g}"
        if self._bar is not None:
            self._bar.update(self._task, completed=done, loss=words)
        elif done == 1 or done % self._step == 0 or done == self.passes:
            left = (time.monotonic() - self._start) / done * (self.passes - done)
            self._console.print(
                f"pass {done:>4}/{self.passes}  {words}  {readable_time(left)} left", soft_wrap=True
            )


def readable_time(seconds: float) -> str:
    """Return a time as people say it: ``8 s``, ``3 min 20 s``, ``2 h 5 min``."""
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"
