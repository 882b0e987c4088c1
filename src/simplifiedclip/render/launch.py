"""Launching kernels on torch tensors: on the CPU over all of torch's threads, on CUDA on torch's stream."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor


@functools.cache
def warp() -> Any:
    """Return the Warp module, initialised without its banner and without the warning that there is no CUDA driver."""
    import warp as wp

    wp.config.quiet = True
    wp.config.log_level = getattr(wp, "LOG_WARNING", 30)
    if torch.cuda.is_available():
        wp.init()
        return wp
    # The warning is printed by the native library, past Python's sys.stderr.
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            wp.init()
        finally:
            os.dup2(kept, 2)
            os.close(kept)
    return wp


@functools.cache
def kernels() -> Any:
    """Return the module of kernels, compiled on its first use on a machine (Warp keeps it in the user's cache folder)."""
    warp()
    from . import kernels as module

    return module


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="simplifiedclip-render")


def shares(count: int, device: torch.device, least: int = 1) -> list[slice]:
    """Cut ``range(count)`` into one contiguous share per CPU thread of torch, none smaller than ``least``."""
    parts = 1 if device.type != "cpu" else max(1, min(torch.get_num_threads(), count // least))
    return [slice(count * i // parts, count * (i + 1) // parts) for i in range(parts)]


def together(tasks: Sequence[Callable[[], None]]) -> None:
    """Run tasks at the same time; kernels release Python's lock. Each must write to memory of its own."""
    if len(tasks) == 1:
        tasks[0]()
        return
    futures = [_pool(torch.get_num_threads()).submit(task) for task in tasks[1:]]
    tasks[0]()
    for future in futures:
        future.result()


def launch(kernel: Any, dim: int | tuple[int, ...], arguments: Sequence[Any], device: torch.device) -> None:
    """Run a kernel; tensors among the arguments become Warp arrays of the type that the kernel declares."""
    wp = warp()
    inputs = []
    for argument, declared in zip(arguments, kernel.adj.args):
        if isinstance(argument, Tensor):
            argument = wp.from_torch(argument.detach(), dtype=declared.type.dtype, requires_grad=False)
        inputs.append(argument)
    stream = None
    if device.type == "cuda":
        stream = wp.stream_from_torch(torch.cuda.current_stream(device))
    wp.launch(kernel, dim=dim, inputs=inputs, device=str(device), stream=stream, record_tape=False)
