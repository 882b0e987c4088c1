"""Launching kernels on torch tensors: on the CPU over all of torch's threads, on CUDA on torch's stream."""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor

_once = threading.Lock()


@functools.cache
def _warp() -> Any:
    """Warp, initialised without its banner and without the warning that there is no CUDA driver."""
    import warp as wp

    wp.config.quiet = True  # type: ignore[attr-defined]
    wp.config.log_level = getattr(wp, "LOG_ERROR", 40)
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
def _load(device: str) -> Any:
    wp = _warp()
    from . import kernels as module

    wp.load_module(module, device=device)
    return module


def kernels(device: torch.device) -> Any:
    """Return the module of kernels, ready for a device.

    They are compiled on their first use on a machine; Warp keeps them in the user's cache folder.
    """
    with _once:
        return _load(str(device))


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="simplifiedclip-render")


def _shares(count: int, device: torch.device, least: int) -> list[slice]:
    """Cut ``range(count)`` into one contiguous share per CPU thread of torch, none smaller than ``least``."""
    parts = 1 if device.type != "cpu" else max(1, min(torch.get_num_threads(), count // least))
    return [slice(count * i // parts, count * (i + 1) // parts) for i in range(parts)]


def _run(kernel: Any, dim: tuple[int, ...], arguments: Sequence[Any], device: torch.device) -> None:
    wp = _warp()
    inputs = [
        wp.from_torch(argument.detach(), dtype=declared.type.dtype, requires_grad=False)
        if isinstance(argument, Tensor)
        else argument
        for argument, declared in zip(arguments, kernel.adj.args)
    ]
    stream = wp.stream_from_torch(torch.cuda.current_stream(device)) if device.type == "cuda" else None
    wp.launch(kernel, dim=dim, inputs=inputs, device=str(device), stream=stream, record_tape=False)


def launch(
    name: str,
    dim: tuple[int, ...],
    arguments: Callable[[slice], Sequence[Any]],
    device: torch.device,
    least: int = 1,
) -> None:
    """Run a kernel over ``dim``, on the CPU in shares of its first axis, one per thread.

    Args:
        name: the kernel's name.
        dim: extent of its thread indices.
        arguments: given a share of the first axis, the kernel's arguments, cut to that share. Tensors become
            Warp arrays of the type that the kernel declares. No two shares may write to the same memory.
        device: where the tensors are.
        least: smallest share that is worth a thread.
    """
    if 0 in dim:
        return
    kernel = getattr(kernels(device), name)

    def task(share: slice) -> None:
        _run(kernel, (share.stop - share.start, *dim[1:]), arguments(share), device)

    _together(task, _shares(dim[0], device, least))


def launch_sum(
    name: str,
    dim: tuple[int, ...],
    like: Tensor,
    arguments: Callable[[slice, Tensor], Sequence[Any]],
    least: int = 1,
) -> Tensor:
    """Run a kernel that adds to a tensor shaped ``like`` another, and return that tensor.

    As `launch`, but every thread adds to a tensor of its own, so on the CPU the sum does not depend on timing
    (on CUDA atomic additions may round differently from run to run).
    """
    if 0 in dim:
        return torch.zeros_like(like)
    device = like.device
    kernel = getattr(kernels(device), name)
    shares = _shares(dim[0], device, least)
    sums = like.new_zeros(len(shares), *like.shape)

    def task(number: int) -> None:
        share = shares[number]
        _run(kernel, (share.stop - share.start, *dim[1:]), arguments(share, sums[number]), device)

    _together(task, range(len(shares)))
    return sums.sum(0) if len(shares) > 1 else sums[0]


def _together(task: Callable[[Any], None], shares: Sequence[Any]) -> None:
    """Do all shares of a task at the same time; kernels release Python's lock."""
    futures = [_pool(torch.get_num_threads()).submit(task, share) for share in shares[1:]]
    task(shares[0])
    for future in futures:
        future.result()
