"""The job of reproducing the paper: its budget, what its experiments share, and how long they will take."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ..codebook import weights_hash
from ..descent import Pass, Result
from ..encoders import factory
from ..optimize import optimize, planned_passes
from ..presets import PRESETS, RunSettings, Settings
from ..progress import readable_time
from ..stage import Stage
from .kept import Kept, key_of

if TYPE_CHECKING:
    from rich.console import Console

    from ..encoders.protocol import Encoder

VERSION = 1
"""Counts up when an experiment works something out otherwise, so that nothing older is taken for it."""

PICTURE_SECONDS = 0.5
"""About how long a picture for people takes."""


@dataclass(frozen=True)
class Budget:
    """How much of each experiment is run.

    Attributes:
        passes: of the paper's descents (the paper: 1000).
        our_passes: at most so many of ours; None for what our preset says.
        fit_passes: of the paper's fits in figure 9.
        fit_poses: poses in figure 9's table (of 50).
        fit_size: side in pixels of figure 9's pictures; None for what the presets say.
        texture_prompts: prompts on which grey and human texture are compared (of 9).
        benchmark_prompts: at most so many prompts of the pose benchmark's development half; None for all.
        benchmark_passes: at most so many passes for each of them; None for as many as ours.
        quick: whether it is the reduced one.
    """

    passes: int = 1000
    our_passes: int | None = None
    fit_passes: int = 1000
    fit_poses: int = 50
    fit_size: int | None = None
    texture_prompts: int = 9
    benchmark_prompts: int | None = None
    benchmark_passes: int | None = None
    quick: bool = False


FULL = Budget()
QUICK = Budget(
    passes=100,
    fit_passes=200,
    fit_poses=3,
    fit_size=96,
    texture_prompts=3,
    benchmark_prompts=4,
    benchmark_passes=8,
    quick=True,
)


@dataclass(frozen=True)
class Run:
    """A descent from a prompt, as it is kept.

    Attributes:
        losses: (P,) what was minimised, pass by pass.
        objective: (P,) the part of it that compares pictures with the prompt, the paper's L; not a number in
            passes without pictures.
        theta_norms, betas_norms: (P,) |θ| and |β|.
        theta: (24, 3) the pose that was kept.
        betas: (10,).
        transl: (3,) metres.
        joints: (24, 3) metres.
        moved: (24,) the farthest that each joint's angles went from their start, in radians.
        best: index of the pass that was kept.
        seconds: how long it took.
        settings: Ω.
        prompt: the pose's description.
    """

    losses: np.ndarray
    objective: np.ndarray
    theta_norms: np.ndarray
    betas_norms: np.ndarray
    theta: np.ndarray
    betas: np.ndarray
    transl: np.ndarray
    joints: np.ndarray
    moved: np.ndarray
    best: int
    seconds: float
    settings: Settings
    prompt: str

    @property
    def least(self) -> float:
        """The objective of the pose that was kept."""
        return float(self.objective[self.best])

    @property
    def pictured(self) -> np.ndarray:
        """The objective of the passes that drew pictures."""
        return self.objective[np.isfinite(self.objective)]

    @property
    def best_so_far(self) -> np.ndarray:
        """(P,) the least loss up to each pass."""
        return np.minimum.accumulate(self.losses)


@dataclass
class Job:
    """What the experiments of one job share.

    Args:
        out: folder of the report.
        budget: how much to run.
        encoder_name: a name that `load_encoder` knows.
        seed: of everything random.
        device: where to run.
        command: the command line that a reader can give to run it again, without the experiment's name.
        work: progress.
    """

    out: Path
    budget: Budget = FULL
    encoder_name: str = "poseclip"
    seed: int = 0
    device: str = "cpu"
    command: str = "simplifiedclip reproduce {} --out report"
    work: Work = field(default_factory=lambda: Work(quiet=True))

    def __post_init__(self) -> None:
        self.kept = Kept(self.out / "kept")
        self._encoders: dict[tuple[bool, str], Encoder] = {}
        self._hashes: dict[int, str] = {}
        self._stages: dict[str, Stage] = {}
        self._paces: dict[str, tuple[float, float]] = {}

    # --- what is run ---------------------------------------------------------------------------------------

    def paper(self, preset: str, **changes: Any) -> Settings:
        """Return the paper's settings by preset, with the job's encoder, passes, seed and device."""
        return PRESETS[preset].replace(
            **{
                "encoder": self.encoder_name,
                "passes": self.budget.passes,
                "seed": self.seed,
                "device": self.device,
                **changes,
            }
        )

    def ours(self, **changes: Any) -> Settings:
        """Return our default settings with the job's encoder, seed, device, and no more than its passes."""
        own = {"encoder": self.encoder_name, "seed": self.seed, "device": self.device}
        found = PRESETS["best"].replace(**{**own, **changes})
        return found.replace(passes=min(found.passes, self.budget.our_passes or found.passes))

    def encoder(self, settings: Settings) -> Encoder:
        """Return the encoder of some settings, loaded once."""
        key = (settings.encoder_resize, settings.encoder_dtype)
        if key not in self._encoders:
            stage = self.stage(settings)
            self._encoders[key] = factory.load_encoder(
                settings.encoder, str(stage.device), settings.encoder_dtype, resize=settings.encoder_resize
            )
        return self._encoders[key]

    def stage(self, settings: RunSettings) -> Stage:
        """Return the stage of some settings, built once for all that look the same."""
        looks = {name: value for name, value in settings.to_json().items() if name not in _DESCENT}
        key = f"{type(settings).__name__} {key_of(looks)}"
        if key not in self._stages:
            self._stages[key] = Stage(settings)
        return self._stages[key]

    def weights(self, settings: Settings) -> str:
        """Return what tells the encoder's weights from others."""
        encoder = self.encoder(settings)
        if id(encoder) not in self._hashes:
            self._hashes[id(encoder)] = weights_hash(encoder) or ""
        return self._hashes[id(encoder)]

    # --- descents ------------------------------------------------------------------------------------------

    def descent_key(self, prompt: str, settings: Settings) -> dict[str, Any]:
        """Return all that decides over a descent."""
        return {
            "kind": "descent",
            "version": VERSION,
            "prompt": prompt,
            "settings": settings.to_json(),
            "weights": self.weights(settings),
        }

    def descend(self, prompt: str, settings: Settings, expected: float | None = None) -> Run:
        """Descend from a prompt, or return the descent that was kept.

        Args:
            prompt: the pose's description.
            settings: Ω.
            expected: seconds that it is expected to take, for the progress; tried out where left out.

        Raises:
            KeyboardInterrupt: Ctrl-C; nothing is kept of this descent.
            UserError: see `optimize`.
        """
        arrays = self.kept.get(
            self.descent_key(prompt, settings), lambda: self._descend(prompt, settings, expected)
        )
        scalars = {"best": int(arrays["best"]), "seconds": float(arrays["seconds"])}
        return Run(**{**arrays, **scalars, "settings": settings, "prompt": prompt})  # type: ignore[arg-type]

    def _descend(self, prompt: str, settings: Settings, expected: float | None = None) -> dict[str, Any]:
        with self.work.spend(self.seconds(settings) if expected is None else expected) as spend:
            begin = time.perf_counter()
            encoder, stage = self.encoder(settings), self.stage(settings)
            planned = planned_passes(settings, encoder)

            def told(index: int, loss: float, record: Pass) -> None:
                spend(1 / planned, f"pass {index + 1}/{planned}")

            result = optimize(prompt, settings, told, encoder=encoder, stage=stage)
            seconds = time.perf_counter() - begin
        if result.stopped == "interrupted":
            raise KeyboardInterrupt
        return _arrays(result, settings, seconds)

    def descent_needs(self, prompt: str, settings: Settings) -> dict[str, float]:
        """Return what a descent will take, by its key: seconds, nothing where it is kept."""
        what = self.descent_key(prompt, settings)
        return {} if self.kept.has(what) else {key_of(what): self.seconds(settings)}

    # --- how long it takes ---------------------------------------------------------------------------------

    def seconds(self, settings: Settings) -> float:
        """Return about how long a descent will take here, from a trial of a few passes."""
        shape = {name: value for name, value in settings.to_json().items() if name not in _NO_TIME}
        once, each = self.pace(key_of(shape), lambda: self._trial(settings))
        return once + each * settings.passes

    def pace(self, key: str, trial: Callable[[], tuple[float, float]]) -> tuple[float, float]:
        """Return the seconds that something takes once and for each pass, tried out the first time."""
        if key not in self._paces:
            self._paces[key] = trial()
        return self._paces[key]

    def _trial(self, settings: Settings) -> tuple[float, float]:
        """Return the seconds that a descent takes once, and those of each pass."""
        trial = settings.replace(passes=3, freeze=())
        encoder, stage = self.encoder(trial), self.stage(trial)

        def timed() -> list[float]:
            ticks = [time.perf_counter()]
            result = optimize(
                "She is standing.",
                trial,
                lambda *_: ticks.append(time.perf_counter()),
                encoder=encoder,
                stage=stage,
            )
            if result.stopped == "interrupted":
                raise KeyboardInterrupt
            return [*ticks, time.perf_counter()]

        timed()  # loads and compiles what later runs find ready
        ticks = timed()
        each = min(b - a for a, b in zip(ticks[-4:-2], ticks[-3:-1]))
        return max(ticks[-1] - ticks[0] - 3 * each, 0.0), each


# What is of no matter to the stage, and what is of none to the time of a pass.
_DESCENT = (
    "seed", "lr", "passes", "freeze", "objective", "aggregate", "optimize_betas", "optimizer", "scheduler",
    "init",
)  # fmt: skip
_NO_TIME = ("seed", "freeze", "lr", "texture", "passes", "objective", "aggregate", "optimize_betas")


def _arrays(result: Result, settings: Settings, seconds: float) -> dict[str, Any]:
    history = result.history
    thetas = torch.stack([one.theta for one in history])
    first = history[0].index
    norms = [(torch.linalg.vector_norm(one.theta), torch.linalg.vector_norm(one.betas)) for one in history]
    return {
        "losses": np.array(result.losses),
        # Passes of the pose tower alone draw no pictures.
        "objective": np.array([one.terms.get(settings.objective, math.nan) for one in history]),
        "theta_norms": np.array([float(theta) for theta, _ in norms]),
        "betas_norms": np.array([float(betas) for _, betas in norms]),
        "theta": result.theta.numpy(),
        "betas": result.betas.numpy(),
        "transl": result.transl.numpy(),
        "joints": result.joints.numpy(),
        "moved": torch.linalg.vector_norm(thetas - thetas[0], dim=-1).amax(0).numpy(),
        "best": max(result.best_pass - first, 0),
        "seconds": seconds,
    }


class Work:
    """Progress over the whole job, in seconds of work expected and done.

    A bar on a terminal, a line now and then elsewhere.

    Args:
        quiet: show nothing.
        console: where to; standard error when None.
    """

    def __init__(self, *, quiet: bool = False, console: Console | None = None) -> None:
        from rich.console import Console

        self._console = console or Console(stderr=True, highlight=False)
        self._quiet = quiet
        self._bar: Any = None
        self._label = ""
        self._begin = self._told = time.monotonic()
        self.total = self.done = 0.0

    def plan(self, seconds: float) -> None:
        """Set how much work there is."""
        self.total, self.done = seconds, 0.0
        self._begin = self._told = time.monotonic()

    def say(self, text: str) -> None:
        """Print a line."""
        if not self._quiet:
            self._console.print(text, soft_wrap=True, markup=False)

    def begin(self, label: str) -> None:
        """Say what is worked at from now on."""
        self._label = label
        self._show("")

    @contextmanager
    def spend(self, seconds: float) -> Iterator[Callable[[float, str], None]]:
        """Yield ``tell(part, words)`` for a piece of work of so many seconds; in the end all of it counts."""
        spent = 0.0

        def tell(part: float, words: str = "") -> None:
            nonlocal spent
            spent = min(spent + part * seconds, seconds)
            self.done = before + spent
            self._show(words)

        before = self.done
        yield tell
        self.done = before + seconds
        self._show("")

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show the bar while the block runs."""
        if self._quiet or not self._console.is_terminal:
            yield
            return
        from rich.progress import BarColumn, Progress, TextColumn

        with Progress(
            TextColumn("{task.fields[label]}"),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[words]}"),
            console=self._console,
        ) as self._bar:
            self._task = self._bar.add_task("", total=1.0, label="", words="")
            try:
                yield
            finally:
                self._bar.update(self._task, words="")
        self._bar = None

    def left(self) -> float:
        """Return the seconds that are left, at the speed so far."""
        elapsed = time.monotonic() - self._begin
        rest = max(self.total - self.done, 0.0)
        return rest * (elapsed / self.done if self.done > 5 else 1.0)

    def _show(self, words: str) -> None:
        if self._quiet:
            return
        share = min(self.done / self.total, 1.0) if self.total > 0 else 1.0
        left = f"{readable_time(self.left())} left"
        if self._bar is not None:
            self._bar.update(self._task, completed=share, label=self._label, words=f"{words}  {left}".strip())
        elif time.monotonic() - self._told > max(15.0, self.total / 100):
            self._told = time.monotonic()
            self.say(f"{share:>4.0%}  {self._label}  {words}  {left}")


def finite(value: float) -> float | None:
    """Return a number, or None for one that JSON does not have."""
    return float(value) if math.isfinite(value) else None


def reduced(what: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """Return a note on what is reduced: ``{"passes": (120, 1000)}`` by what there is in full."""
    parts = [f"{name}: {now} instead of {full}" for name, (now, full) in what.items() if now != full]
    return [f"Reduced: {'; '.join(parts)}."] if parts else []
