"""The objectives have the properties that the paper gives them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from simplifiedclip.errors import UserError
from simplifiedclip.objectives import (
    average_loss_on_embeddings,
    cosine_distance,
    find_objective,
    inner_product,
    loss_on_average_embedding,
    prompt_loss,
)


@pytest.fixture
def u() -> Tensor:
    return torch.randn(8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_cosine_distance_from_the_formula(u: Tensor) -> None:
    v = torch.linspace(-1, 2, 24, dtype=torch.float64).reshape(3, 8)
    expected = torch.stack([1 - (row @ u) / (row.norm() * u.norm()) for row in v])
    torch.testing.assert_close(cosine_distance(v, u), expected)
    torch.testing.assert_close(cosine_distance(7 * v, 0.1 * u), expected)


def test_cosine_distance_at_its_ends(u: Tensor) -> None:
    assert cosine_distance(u, u).item() == pytest.approx(0, abs=1e-12)
    assert cosine_distance(-u, u).item() == pytest.approx(2)


@pytest.mark.parametrize("lam", [1e-3, 0.5])
def test_inner_product_is_stationary_where_the_paper_says(u: Tensor, lam: float) -> None:
    v = (u / lam).requires_grad_()
    (gradient,) = torch.autograd.grad(inner_product(v, u, lam), v)
    torch.testing.assert_close(gradient, torch.zeros_like(u), atol=1e-12, rtol=0)
    hessian = torch.autograd.functional.hessian(lambda x: inner_product(x, u, lam), v)
    torch.testing.assert_close(hessian, lam * torch.eye(8, dtype=torch.float64))


def test_inner_product_as_printed_is_not(u: Tensor) -> None:
    v = (u / 0.5).requires_grad_()
    printed = inner_product(v, u, 0.5, squared=False)
    assert printed.item() == pytest.approx(0.25 * v.norm().item() - (u @ v).item())
    (gradient,) = torch.autograd.grad(printed, v)
    torch.testing.assert_close(gradient, 0.25 * u / u.norm() - u)
    assert gradient.norm() > 1


def test_lambda_must_be_positive(u: Tensor) -> None:
    with pytest.raises(UserError, match="positive"):
        inner_product(u, u, 0.0)


def test_aggregations_from_the_formulas(u: Tensor) -> None:
    views = torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    loae = [cosine_distance(sum(body) / 5, u) for body in views]
    aloe = [sum(cosine_distance(view, u) for view in body) / 5 for body in views]
    torch.testing.assert_close(loss_on_average_embedding(cosine_distance, views, u), torch.stack(loae))
    torch.testing.assert_close(average_loss_on_embeddings(cosine_distance, views, u), torch.stack(aloe))
    assert not torch.allclose(torch.stack(loae), torch.stack(aloe))


def test_aggregations_agree_on_one_view(u: Tensor) -> None:
    views = torch.randn(4, 1, 8, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    for objective in ("cd", "ip", "ip-printed"):
        loae = prompt_loss(views, u, objective=objective, aggregate="loae")
        torch.testing.assert_close(loae, prompt_loss(views, u, objective=objective, aggregate="aloe"))


def test_one_text_for_each_body(u: Tensor) -> None:
    views = torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    texts = torch.stack([u, -u])
    for aggregate in ("loae", "aloe"):
        both = prompt_loss(views, texts, aggregate=aggregate)
        alone = torch.stack([prompt_loss(v, t, aggregate=aggregate) for v, t in zip(views, texts)])
        torch.testing.assert_close(both, alone)


def test_names(u: Tensor) -> None:
    v = u.flip(0)
    torch.testing.assert_close(find_objective("ip", 0.3)(v, u), inner_product(v, u, 0.3))
    torch.testing.assert_close(
        find_objective("ip-printed", 0.3)(v, u), inner_product(v, u, 0.3, squared=False)
    )
    with pytest.raises(UserError, match="nearest are ip-printed"):
        find_objective("ip-print")
    with pytest.raises(UserError, match="nearest are aloe"):
        prompt_loss(v[None], u, aggregate="alo")
