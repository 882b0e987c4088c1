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


class IndexProgress:
    """Shows how far a codebook's index is, where it takes long enough to be asked about; a context manager.

    Args:
        encoder: the encoder's name.
        quiet: show nothing.
        console: where to; standard error when None.
        patience: seconds between two lines, and before the first.
    """

    def __init__(
        self, encoder: str, *, quiet: bool = False, console: Console | None = None, patience: float = 3.0
    ) -> None:
        self._encoder = encoder
        self._console = console or Console(stderr=True, highlight=False)
        self._quiet = quiet
        self._patience = patience
        self._start = self._shown = time.monotonic()

    def __enter__(self) -> IndexProgress:
        self._start = self._shown = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` poses are embedded."""
        now = time.monotonic()
        if self._quiet or done >= total or now - self._shown < self._patience:
            return
        self._shown = now
        left = readable_time((now - self._start) / done * (total - done))
        words = f"indexing the codebook for {self._encoder}, once: {done} of {total} poses, {left} left"
        self._console.print(words, soft_wrap=True)


class EvaluationProgress:
    """Shows how far an evaluation is: a bar on a terminal, a line now and then elsewhere; a context manager.

    The time left comes from the speed so far, prompts of other settings weighted by their work.

    Args:
        quiet: show nothing.
        console: where to; standard error when None.
        patience: seconds between two lines.
    """

    def __init__(
        self, *, quiet: bool = False, console: Console | None = None, patience: float = 15.0
    ) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._quiet = quiet
        self._patience = patience
        self._bar: Progress | None = None
        self._work: dict[str, tuple[int, float]] = {}
        self._done: dict[str, int] = {}
        self._passed: dict[str, int] = {}
        self._start = self._shown = 0.0

    def __enter__(self) -> EvaluationProgress:
        if not self._quiet and self._console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=30),
                TextColumn("{task.fields[words]}"),
                console=self._console,
            )
            self._task = self._bar.add_task("", total=1.0, words="")
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begin(self, name: str, prompts: int, work: float) -> None:
        """Add settings of a name: so many prompts, so much work in all."""
        self._work[name] = (prompts, work)
        self._done[name] = self._passed[name] = 0
        self._start = self._shown = time.monotonic()

    def __call__(self, name: str, passed: bool) -> None:
        """Count a prompt of these settings."""
        self._done[name] += 1
        self._passed[name] += passed
        now = time.monotonic()
        if self._quiet:
            return
        total = sum(work for _, work in self._work.values())
        done = sum(work * self._done[which] / n for which, (n, work) in self._work.items() if n)
        left = readable_time((now - self._start) / done * (total - done)) if done else "some time"
        words = (
            f"{self._done[name]} of {self._work[name][0]} prompts, {self._passed[name]} right, {left} left"
        )
        if self._bar is not None:
            self._bar.update(self._task, completed=done / total, description=name, words=words)
        elif now - self._shown >= self._patience:
            self._shown = now
            self._console.print(f"{name}: {words}", soft_wrap=True)


def readable_time(seconds: float) -> str:
    """Return a time as people say it: ``8 s``, ``3 min 20 s``, ``2 h 5 min``."""
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"
