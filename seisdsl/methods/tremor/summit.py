"""The summit of the objective to the last digits, so that it does not hang on where the climb began."""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.locate.objective import Beliefs, Observed, objective
from seisdsl.methods.locate.posterior import climbed

STEPS = 24  # of Newton's method
DAMPED = 1e-3  # of the largest curvature, that every direction has at least
FAR = 2.0  # km that one step goes at most
SETTLED = 1e-9  # km


def summit(
    start: Tensor, seen: Observed, beliefs: Beliefs, number: Tensor, low: Tensor, high: Tensor
) -> Tensor:
    """From places [B, 3] up the gradient, then by Newton's method; within the box."""
    place = climbed(start, seen, beliefs, number, low, high)
    value = objective(place[:, None], seen, beliefs, number)[:, 0]
    for _ in range(STEPS):
        slope, curve = _derivatives(place, seen, beliefs, number)
        spread, ways = torch.linalg.eigh(-curve)
        least = DAMPED * spread.abs().amax(-1, keepdim=True).clamp(min=1e-12)
        along = torch.einsum("bji,bj->bi", ways, slope) / torch.maximum(spread.abs(), least)
        step = torch.einsum("bij,bj->bi", ways, along)
        step = step * (FAR / step.norm(dim=-1, keepdim=True).clamp(min=FAR))
        moved = torch.zeros_like(value, dtype=torch.bool)
        for shorter in (1.0, 0.5, 0.1):
            tried = torch.minimum(torch.maximum(place + shorter * step, low), high)
            new = objective(tried[:, None], seen, beliefs, number)[:, 0]
            better = (new > value) & ~moved
            place = torch.where(better[:, None], tried, place)
            value = torch.where(better, new, value)
            moved |= better
        if not bool(moved.any()) or float(step.norm(dim=-1)[moved].amax()) < SETTLED:
            break
    return place


def _derivatives(place: Tensor, seen: Observed, beliefs: Beliefs, number: Tensor) -> tuple[Tensor, Tensor]:
    """Slope [B, 3] and curvature [B, 3, 3]."""
    with torch.enable_grad():
        free = place.detach().requires_grad_()
        total = objective(free[:, None], seen, beliefs, number).sum()
        (slope,) = torch.autograd.grad(total, free, create_graph=True)
        rows = [torch.autograd.grad(slope[:, axis].sum(), free, retain_graph=True)[0] for axis in range(3)]
    curve = torch.stack(rows, 1)
    return slope.detach(), (curve + curve.mT) / 2
