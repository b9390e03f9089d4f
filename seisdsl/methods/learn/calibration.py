"""Probabilities that come true: one temperature for all logits, and a term for each class."""

from __future__ import annotations

import math

import torch
from torch import Tensor

MOST = math.log(20.0)  # of the logarithm of a temperature: beyond it examples say nothing


def calibrated(logits: Tensor, truth: Tensor, share: Tensor, with_bias: bool) -> tuple[float, list[float]]:
    """Temperature and bias that make the truth likeliest: logits / temperature + bias.

    `share` says how much each example counts, one in all. The bias adds up to zero, and is held near
    it as if by one example.
    """
    logits, share = logits.detach().double(), share.double()
    classes = logits.shape[1]
    cold = torch.zeros((), dtype=torch.float64, device=logits.device, requires_grad=True)
    bias = torch.zeros(classes, dtype=torch.float64, device=logits.device, requires_grad=with_bias)
    asked = [cold, bias] if with_bias else [cold]
    search = torch.optim.LBFGS(
        asked, max_iter=200, tolerance_grad=1e-10, tolerance_change=1e-12, line_search_fn="strong_wolfe"
    )

    def wrong() -> float:
        search.zero_grad()
        loss = loss_of(logits * _sharpness(cold) + bias, truth, share) + (bias**2).sum() / (2 * len(truth))
        loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach())

    search.step(wrong)  # type: ignore[no-untyped-call]
    temperature = 1 / float(_sharpness(cold.detach()))
    return temperature, (bias.detach() - bias.detach().mean()).tolist() if with_bias else []


def _sharpness(cold: Tensor) -> Tensor:
    return (MOST * torch.tanh(cold / MOST)).exp()


def loss_of(logits: Tensor, truth: Tensor, share: Tensor) -> Tensor:
    """Negative log of the probability of the truth."""
    return (torch.nn.functional.cross_entropy(logits, truth, reduction="none") * share).sum()


def counted_alike(truth: Tensor, classes: int) -> Tensor:
    """What each example counts where every class counts alike."""
    number = torch.bincount(truth, minlength=classes)
    return 1 / (number[truth].double() * int((number > 0).sum()))
