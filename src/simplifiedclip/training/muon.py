"""Muon: steps of momentum whose matrices are made orthogonal (Jordan et al. 2024).

`torch.optim.Muon` takes matrices alone, no convolutions, and always multiplies in bfloat16, which a processor
without it does a hundred times slower than float32.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

_QUINTIC = (3.4445, -4.7750, 2.0315)  # Jordan's: steep at zero, 0.7..1.2 after five rounds


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, made orthogonal, as long as AdamW's steps are, with decoupled weight decay.

    The length, 0.2 √max(rows, columns), lets learning rates of AdamW stand (Liu et al. 2025, "Muon is
    Scalable for LLM Training", equation 4). Convolutions count as matrices of (out, in × height × width).

    Args:
        groups: parameters of two or more dimensions.
        dtype: of the products.
        weight_decay: a step.
        momentum: of the gradients.
    """

    def __init__(
        self,
        groups: Iterable[dict[str, Any]],
        dtype: torch.dtype,
        weight_decay: float,
        momentum: float = 0.95,
    ) -> None:
        super().__init__(groups, {"lr": 1.0, "weight_decay": weight_decay, "momentum": momentum})
        self.dtype = dtype

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Move every parameter that has a gradient; those of one shape are made orthogonal together."""
        for group in self.param_groups:
            alike: dict[torch.Size, list[Tensor]] = {}
            for p in group["params"]:
                if p.grad is not None:
                    alike.setdefault(p.shape, []).append(p)
            for some in alike.values():
                for p in some:
                    if not self.state[p]:
                        self.state[p]["momentum"] = torch.zeros_like(p)
                grads = [p.grad for p in some if p.grad is not None]
                momenta = [self.state[p]["momentum"] for p in some]
                torch._foreach_lerp_(momenta, grads, 1 - group["momentum"])
                ahead = torch.stack(torch._foreach_lerp(grads, momenta, group["momentum"])).flatten(2)
                length = 0.2 * math.sqrt(max(ahead.shape[1:]))
                torch._foreach_mul_(some, 1 - group["lr"] * group["weight_decay"])
                moves = orthogonal(ahead, self.dtype).view(len(some), *some[0].shape).unbind()
                torch._foreach_add_(some, moves, alpha=-group["lr"] * length)


def orthogonal(matrix: Tensor, dtype: torch.dtype = torch.float32, rounds: int = 5) -> Tensor:
    """Return about U Vᵀ of matrices U S Vᵀ (…,n,m): singular values near one, float32.

    By rounds of X ← a X + (b A + c A²) X with A = X Xᵀ, which needs products alone.
    """
    a, b, c = _QUINTIC
    wide = matrix.shape[-2] <= matrix.shape[-1]
    x = (matrix if wide else matrix.mT).to(dtype)
    x = x / (torch.linalg.matrix_norm(x, keepdim=True) + 1e-7)
    for _ in range(rounds):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return (x if wide else x.mT).float()
