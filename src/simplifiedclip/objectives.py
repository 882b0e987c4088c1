"""What is minimised: how far images are from a text in the encoder's space (paper sections III-B and VI-A).

``v`` is an image's embedding and ``u`` the prompt's, as the encoder gives them (not normalised); every
function is differentiable and batched over leading dimensions.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .errors import UserError, nearest

Objective = Callable[[Tensor, Tensor], Tensor]
"""``(v (..., d), u (..., d)) -> (...)``, smaller where the image says what the text says."""


def cosine_distance(v: Tensor, u: Tensor) -> Tensor:
    r"""Cosine distance, the paper's L_CD (section III-B):

    .. math:: L_{CD}(v, u) = 1 - \frac{\langle v, u \rangle}{\|v\| \, \|u\|}

    It lies in 0..2, and the lengths of both embeddings are without effect.

    Args:
        v: (..., d) image embeddings.
        u: (..., d) text embeddings; the leading dimensions broadcast.

    Returns:
        (...) distances.

    Examples:
        >>> cosine_distance(torch.tensor([0.0, 2.0]), torch.tensor([0.0, 5.0]))
        tensor(0.)
    """
    return 1 - torch.nn.functional.cosine_similarity(v, u, dim=-1)


def inner_product(v: Tensor, u: Tensor, lam: float = 1e-3, *, squared: bool = True) -> Tensor:
    r"""Inner-product loss, the paper's L_IP (section III-B):

    .. math:: L_{IP}(v, u) = \frac{\lambda}{2} \|v\|^2 - \langle u, v \rangle

    Its gradient :math:`\lambda v - u` vanishes at :math:`v^* = u / \lambda` only, and its Hessian
    :math:`\lambda I` is positive: smooth and strictly convex, as the paper says of it.

    The report prints :math:`\frac{\lambda}{2} \|v\| - \langle u, v \rangle`, without the square. That form
    has neither property: its gradient :math:`\frac{\lambda}{2} v / \|v\| - u` vanishes nowhere when
    :math:`\|u\| \ne \lambda / 2`, and along :math:`v = t u` it falls without bound. The minimiser that the
    report states belongs to the square, so the square is the default; ``squared=False`` is what is printed.

    Args:
        v: (..., d) image embeddings.
        u: (..., d) text embeddings; the leading dimensions broadcast.
        lam: λ > 0; the paper's is 1e-3.
        squared: ``False`` for the form as printed.

    Returns:
        (...) losses.

    Raises:
        UserError: λ is not positive.

    Examples:
        >>> inner_product(torch.tensor([3.0, 4.0]), torch.tensor([1.0, 0.0]), lam=2.0)
        tensor(22.)
        >>> inner_product(torch.tensor([3.0, 4.0]), torch.tensor([1.0, 0.0]), lam=2.0, squared=False)
        tensor(2.)
    """
    if not lam > 0:
        raise UserError(f"λ of the inner-product loss must be positive, not {lam}")
    size = (v * v).sum(-1) if squared else torch.linalg.vector_norm(v, dim=-1)
    return 0.5 * lam * size - (u * v).sum(-1)


def loss_on_average_embedding(objective: Objective, views: Tensor, u: Tensor) -> Tensor:
    r"""Loss on Average Embedding, the paper's LoAE (section VI-A, after Text2Mesh):

    .. math:: L(u, V) = L\Big(u, \frac{1}{n} \sum_{i=1}^n v_i\Big)

    Args:
        objective: L.
        views: (..., n, d), V: one embedding per camera.
        u: (..., d) text embeddings.

    Returns:
        (...) losses.
    """
    return objective(views.mean(-2), u)


def average_loss_on_embeddings(objective: Objective, views: Tensor, u: Tensor) -> Tensor:
    r"""Average Loss on Embeddings, the paper's ALoE (section VI-A):

    .. math:: L(u, V) = \frac{1}{n} \sum_{i=1}^n L(u, v_i)

    Args:
        objective: L.
        views: (..., n, d), V: one embedding per camera.
        u: (..., d) text embeddings.

    Returns:
        (...) losses.
    """
    return objective(views, u.unsqueeze(-2)).mean(-1)


AGGREGATES: dict[str, Callable[[Objective, Tensor, Tensor], Tensor]] = {
    "loae": loss_on_average_embedding,
    "aloe": average_loss_on_embeddings,
}
OBJECTIVES = ("cd", "ip", "ip-printed")


def find_objective(name: str, ip_lambda: float = 1e-3) -> Objective:
    """Return L by its name: ``cd``, ``ip`` or ``ip-printed``.

    Raises:
        UserError: no objective has this name.
    """
    if name == "cd":
        return cosine_distance
    if name in ("ip", "ip-printed"):
        return lambda v, u: inner_product(v, u, ip_lambda, squared=name == "ip")
    known = ", ".join(OBJECTIVES)
    raise UserError(f"There is no objective '{name}' (known: {known}){nearest(name, OBJECTIVES)}")


def prompt_loss(
    views: Tensor, u: Tensor, *, objective: str = "cd", aggregate: str = "loae", ip_lambda: float = 1e-3
) -> Tensor:
    """Compare a body's views with a text: objective and aggregation by name.

    Args:
        views: (..., n, d) embeddings of n views.
        u: (..., d) text embeddings.
        objective: ``cd``, ``ip`` or ``ip-printed``.
        aggregate: ``loae`` or ``aloe``.
        ip_lambda: λ of the inner-product loss.

    Returns:
        (...) losses.

    Raises:
        UserError: an unknown name, or λ not positive.
    """
    if aggregate not in AGGREGATES:
        known = ", ".join(AGGREGATES)
        near = nearest(aggregate, AGGREGATES)
        raise UserError(f"There is no aggregation '{aggregate}' (known: {known}){near}")
    return AGGREGATES[aggregate](find_objective(objective, ip_lambda), views, u)
