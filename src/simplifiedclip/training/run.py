"""What the stages of a training share: the run's folder, AdamW with averaged weights, the loop, progress."""

from __future__ import annotations

import copy
import json
import math
import multiprocessing
import os
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import UserError
from .config import PriorConfig, TrainConfig, as_dict
from .muon import Muon
from .renders import Pictures, render_pictures, shoot_pictures, worker_count

if TYPE_CHECKING:
    from ..poses.dataset import PoseDataset


@dataclass
class Captioned:
    """Poses (n,24,3) with wordings of each, wrong ones (one attribute changed), and for each wording itself
    with left and right exchanged in one clause, which makes it false."""

    theta: np.ndarray
    captions: list[list[str]]
    wrong: list[list[str]]
    exchanged: list[list[list[str]]]


def open_run(config: TrainConfig | PriorConfig, out: Path, resume: bool, free: Collection[str] = ()) -> None:
    """Make a run's folder and write its settings there, or check that a run that is there had the same.

    Args:
        config: settings.
        out: folder.
        resume: go on with a run that is there; False refuses it.
        free: settings that may differ.

    Raises:
        UserError: a run that must not be resumed, or with other settings; a folder that cannot be written.
    """
    settings = out / "train.json"
    if settings.is_file():
        if not resume:
            raise UserError(f"{out} already holds a training run: resume it or choose another folder.")
        before = json.loads(settings.read_text(encoding="utf-8"))
        changed = sorted(k for k, v in as_dict(config).items() if before.get(k) != v and k not in free)
        if changed:
            raise UserError(
                f"{out} holds a run with other settings ({', '.join(changed)} differ): choose another "
                f"folder, or repeat its settings to resume it."
            )
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_text(settings, json.dumps(as_dict(config), indent=2) + "\n")
    except OSError as error:
        raise UserError(f"The training folder {out} cannot be written ({error.strerror}).") from error


def choose_device(asked: str) -> str:
    """Return "cpu" or "cuda" for "auto", "cpu" or "cuda".

    Raises:
        UserError: another name, or "cuda" where there is none.
    """
    if asked not in ("auto", "cpu", "cuda"):
        raise UserError(f"The training device must be auto, cpu or cuda, not {asked!r}.")
    if asked == "cuda" and not torch.cuda.is_available():
        raise UserError("This machine has no CUDA device: train with --device cpu.")
    return "cuda" if asked != "cpu" and torch.cuda.is_available() else "cpu"


class Run:
    """The folder of one run: settings, data, checkpoints, log."""

    def __init__(
        self,
        config: TrainConfig,
        out: Path,
        mocap: Path | None,
        resume: bool,
        device: str,
        progress: Callable[[str, int, int, float], None] | None,
    ) -> None:
        if mocap is not None and not mocap.is_file():
            raise UserError(f"There is no mocap file {mocap}.")
        self.device = choose_device(device)
        self.config, self.out, self.mocap, self.report = config, out, mocap, progress
        low = config.precision == "bfloat16" or (config.precision == "auto" and has_bfloat16(self.device))
        self.dtype = torch.bfloat16 if low else torch.float32
        # How it is computed may change; anything else would mix two runs.
        open_run(config, out, resume, free={"checkpoint_every", "workers", "precision"})

    def data(self) -> Captioned:
        return self._made("poses", self.config.poses, self.config.seed)

    def held_out_data(self) -> Captioned:
        return self._made("held_out", self.config.held_out, self.config.seed + 1_000_003)

    def pictured(self) -> Tensor:
        """The poses (n,24,3) of the pictures: made ones, and at most as many of the codebook's."""
        file = self.out / "pictured.npz"
        if not file.is_file():
            config = self.config
            rng = np.random.default_rng((config.seed, 20))
            old = rng.permutation(self.codebook())[: config.image_poses // 2]
            new, seed = config.image_poses - len(old), config.seed + 2_000_003
            made = make_shards(new, seed, self.mocap, worker_count(config.workers), captions=1, negatives=0)
            theta = rng.permutation(np.concatenate([old, *(part.theta for part in made)]))
            np.savez(file, theta=np.asarray(theta, np.float32))
        with np.load(file, allow_pickle=False) as stored:
            return torch.as_tensor(stored["theta"])

    def codebook(self) -> np.ndarray:
        """Poses (n,24,3) of the shipped codebook: what was composed for sentences is there, and needs no
        composing again."""
        from ..codebook import shipped_poses

        return shipped_poses().numpy()[: self.config.old_poses]

    def kept(self, name: str, make: Callable[[], np.ndarray]) -> np.ndarray:
        """Make poses (n,24,3) once and keep them, so that resuming finds the same."""
        file = self.out / f"{name}.npy"
        if not file.is_file():
            theta = make()
            with open(file, "wb") as out:
                np.save(out, np.asarray(theta, np.float32))
        return np.load(file, allow_pickle=False)

    def _made(self, name: str, n: int, seed: int) -> Captioned:
        """Make the data once and keep it, so that resuming starts at once."""
        poses, words = self.out / f"{name}.npz", self.out / f"{name}.json"
        if not words.is_file():
            made = make_shards(n, seed, self.mocap, worker_count(self.config.workers))
            with open(poses, "wb") as file:
                np.savez(file, theta=np.concatenate([part.theta for part in made]).astype(np.float32))
            lists = zip(*((part.captions, part.hard_negatives, part.exchanged) for part in made))
            write_text(words, json.dumps([[one for part in some for one in part] for some in lists]))
        captions, wrong, exchanged = json.loads(words.read_text(encoding="utf-8"))
        with np.load(poses, allow_pickle=False) as stored:
            return Captioned(stored["theta"], captions, wrong, exchanged)

    def pictures(self, theta: Tensor, size: int) -> Pictures:
        """Render the poses (n,24,3), in order, `size` pixels wide: on a GPU anew, else where not done yet."""
        config = self.config
        with Bar("pictures", self.report) as bar:
            sizes: dict[str, Any] = {
                "views": config.views, "size": size, "seed": config.seed,
                "render_size": config.render_size, "progress": lambda done, all_: bar(done, all_, math.nan),
            }  # fmt: skip
            if self.device == "cuda":
                return shoot_pictures(theta.numpy(), self.device, **sizes)
            workers = worker_count(config.workers)
            return render_pictures(theta.numpy(), self.out / "pictures", workers=workers, **sizes)

    def log(self, stage: str, step: int, values: dict[str, float]) -> None:
        line = {"stage": stage, "step": step, **{k: round(float(v), 5) for k, v in values.items()}}
        with open(self.out / "log.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


SHARD = 10_000


def make_shards(n: int, seed: int, mocap: Path | None, workers: int, **wordings: Any) -> list[PoseDataset]:
    """`make_dataset` of n poses in parts of `SHARD`, each with a seed of its own, by several processes."""
    from ..poses.dataset import make_dataset

    sizes = [min(SHARD, n - start) for start in range(0, n, SHARD)]
    seeds = [seed + 100_000_007 * k for k in range(len(sizes))]
    make = partial(make_dataset, mocap=mocap, **wordings)
    if workers == 1 or len(sizes) == 1:
        return list(map(make, sizes, seeds))
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(make, sizes, seeds))


class Bar:
    """Progress of one stage on the terminal with the time left, or handed to a callback."""

    def __init__(self, stage: str, report: Callable[[str, int, int, float], None] | None) -> None:
        self.stage, self.report = stage, report
        self._progress: Any = None

    def __enter__(self) -> Bar:
        if self.report is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            self._progress = Progress(
                TextColumn(f"{self.stage:>8} {{task.completed:.0f}}/{{task.total:.0f}}"), BarColumn(),
                TextColumn("{task.fields[loss]}"), TimeRemainingColumn(), TextColumn("left"),
                console=Console(stderr=True),
            )  # fmt: skip
            self._task = self._progress.add_task("", total=1, loss="")
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, done: int, total: int, loss: float) -> None:
        if self.report is not None:
            self.report(self.stage, done, total, loss)
        else:
            text = "" if math.isnan(loss) else f"loss {loss:.3f}"
            self._progress.update(self._task, completed=done, total=total, loss=text)


Drawn = TypeVar("Drawn")


class Ahead(Generic[Drawn]):
    """What `draw` makes for a step, made in a thread while the step before it computes."""

    def __init__(self, draw: Callable[[int], Drawn]) -> None:
        self._draw = draw
        self._thread = ThreadPoolExecutor(1)
        self._drawn: dict[int, Future[Drawn]] = {}

    def __enter__(self) -> Ahead[Drawn]:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def __call__(self, step: int) -> Drawn:
        now = self._drawn.pop(step, None) or self._thread.submit(self._draw, step)
        self._drawn[step + 1] = self._thread.submit(self._draw, step + 1)
        return now.result()


class Optimised:
    """AdamW or Muon on float32 weights of a module that computes in another dtype, with an average of them.

    `torch.autocast` would convert back and forth around every norm and activation; on a CPU that costs
    more than bfloat16 saves. Here a copy of the module runs in bfloat16 throughout, its gradients are
    applied to the float32 weights, and those are rounded into the copy again.

    Args:
        module: what is trained.
        groups: of parameters, each with its ``lr``; those with ``"muon": True`` are moved by `Muon`.
        dtype: of the computing copy.
        decay: of the weights.
        ema: how much of the average a step keeps.

    Attributes:
        module: the float32 module; `work`: the copy that computes (the module itself for float32).
        average: exponential moving average of the weights, what is shipped.
    """

    def __init__(
        self,
        module: nn.Module,
        groups: Iterable[dict[str, Any]],
        dtype: torch.dtype,
        decay: float,
        ema: float,
    ) -> None:
        self.module = module
        self.work = module if dtype == torch.float32 else copy.deepcopy(module).to(dtype)
        source: nn.Module
        for source, target in zip(module.modules(), self.work.modules()):
            if isinstance(target, nn.BatchNorm2d):
                target.float()
            target._buffers = source._buffers  # statistics and constants of the body keep their precision
        plain: list[dict[str, Any]] = []
        matrices: list[dict[str, Any]] = []
        for group in groups:
            (matrices if group.get("muon") else plain).append(group)
        self.optimisers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(plain, lr=1.0, weight_decay=decay, betas=(0.9, 0.98), fused=True)
        ]
        if matrices:
            self.optimisers.append(Muon(matrices, dtype, decay))
        self.rates = [group["lr"] for group in self._groups()]
        self.average = [p.detach().clone() for p in module.parameters()]
        self.ema = ema
        self._pairs = [(p, w) for p, w in zip(module.parameters(), self.work.parameters()) if p.requires_grad]

    def step(self, step: int, steps: int) -> None:
        """Apply the gradients of `work`: warm-up over 5 % of the steps, then a cosine to zero; clipped."""
        warm = max(1, steps // 20)
        rise = min(1.0, (step + 1) / warm)
        fall = 0.5 * (1 + math.cos(math.pi * min(1.0, max(0.0, (step - warm) / max(1, steps - warm)))))
        for group, rate in zip(self._groups(), self.rates):
            group["lr"] = rate * rise * (0.02 + 0.98 * fall)
        if self.work is not self.module:
            moved = [(p, w) for p, w in self._pairs if w.grad is not None]
            grads = [torch.empty_like(p) for p, _ in moved]
            torch._foreach_copy_(grads, [w.grad for _, w in moved if w.grad is not None])
            for (p, w), grad in zip(moved, grads):
                p.grad, w.grad = grad, None
        nn.utils.clip_grad_norm_([p for p, _ in self._pairs], 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad()
        with torch.no_grad():
            keep = min(self.ema, (step + 1) / (step + 10))
            parameters = list(self.module.parameters())
            torch._foreach_lerp_(self.average, [p.detach() for p in parameters], 1 - keep)
            if self.work is not self.module:
                torch._foreach_copy_([w for _, w in self._pairs], [p for p, _ in self._pairs])

    def _groups(self) -> list[dict[str, Any]]:
        return [group for optimiser in self.optimisers for group in optimiser.param_groups]

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs."""
        return {
            "module": self.module.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "average": self.average,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a `state`."""
        self.module.load_state_dict(state["module"])
        for optimiser, saved in zip(self.optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        self.average = [a.to(p.device) for a, p in zip(state["average"], self.module.parameters())]
        if self.work is not self.module:
            with torch.no_grad():
                for p, w in zip(self.module.parameters(), self.work.parameters()):
                    w.copy_(p)

    def use_average(self) -> None:
        """Put the averaged weights into the module."""
        with torch.no_grad():
            for p, a in zip(self.module.parameters(), self.average):
                p.copy_(a)


def loop(
    run: Run, stage: str, optimised: Optimised, steps: int, losses: Callable[[int], dict[str, Tensor]]
) -> None:
    """Take `steps` steps from the last checkpoint on; `losses` returns the parts that are summed."""
    checkpoint = run.out / f"{stage}.pt"
    start = 0
    if checkpoint.is_file():
        saved = torch.load(checkpoint, map_location=run.device, weights_only=True)
        optimised.restore(saved)
        start = int(saved["step"])
    began, loss = time.monotonic(), math.nan
    with Bar(stage, run.report) as bar:
        for step in range(start, steps):
            torch.manual_seed(hash_seed(run.config.seed, stage, step))
            parts = losses(step)
            total = torch.stack([v for k, v in parts.items() if not k.startswith("_")]).sum()
            total.backward()
            keep = (step + 1) % run.config.checkpoint_every == 0 or step + 1 == steps
            if keep or step % 10 == 0:  # reading a value waits for the GPU
                loss = float(total.detach())
                if not math.isfinite(loss):
                    raise UserError(
                        f"The {stage} training met a value that is not finite at step {step}: resume it with "
                        f"a lower learning rate from {checkpoint}."
                    )
                values = {k: float(v.detach()) for k, v in parts.items()}
                run.log(stage, step, {"loss": loss, **values, "seconds": time.monotonic() - began})
            optimised.step(step, steps)
            bar(step + 1, steps, loss)
            if keep:
                save_torch(checkpoint, {**optimised.state(), "step": step + 1})
    optimised.use_average()


def send(value: Tensor, device: str | torch.device) -> Tensor:
    """Copy a tensor to a device without waiting for what that still has to do."""
    if torch.device(device).type == "cpu" or value.is_cuda:
        return value.to(device)
    return value.pin_memory().to(device, non_blocking=True)


def hash_seed(*parts: object) -> int:
    """A seed for torch from a tuple of numbers and words, the same in every process."""
    import zlib

    return zlib.crc32(repr(parts).encode())


def has_bfloat16(device: str) -> bool:
    """Whether bfloat16 products are fast here (a CPU with avx512_bf16 or amx_bf16, or a recent GPU)."""
    if device == "cuda":
        return torch.cuda.is_bf16_supported()
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def write_text(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def save_torch(path: Path, value: dict[str, Any]) -> None:
    temporary = path.with_name(path.name + ".part")
    torch.save(value, temporary)
    os.replace(temporary, path)
