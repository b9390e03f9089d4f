"""Onsets by the Akaike information criterion: where one stationary stretch gives way to another.

Sleeman and van Eck (1999): noise and signal are autoregressions of their own, fitted to both ends
of a window, and the onset is where changing from one to the other explains the window best.
With order 0 both are white, which is Maeda's (1985) criterion of variances.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

ENDS = 0.3  # of a window at each end: what is taken for pure noise, and for pure signal


class Onsets(NamedTuple):
    sample: Tensor  # the first of the signal
    depth: Tensor  # how far the criterion falls there below the lower of its two sides
    spread: Tensor  # standard deviation in samples
    found: Tensor  # False where there is no minimum with two sides; the rest means nothing there


def aic(windows: Tensor, mask: Tensor, order: int = 0, ends: float = ENDS) -> Tensor:
    """The criterion for a signal that begins at each sample, [window, time]; infinite where it cannot.

    Each row of `mask` is one run, the part of the window to look at. Noise is predicted from the
    samples before and signal from those after, so that neither looks across the onset. A flat
    window has none.
    """
    recorded = windows.double().masked_fill(~mask, 0)
    mean = recorded.sum(-1, keepdim=True) / mask.sum(-1, keepdim=True).clamp(min=1)
    values = (recorded - mean).masked_fill(~mask, 0)
    flat = values.square().sum(-1, keepdim=True) <= 1e-24 * recorded.square().sum(-1, keepdim=True)
    before, noise = _spread_so_far(*_prediction_error(values, mask, order, ends))
    after, signal = _spread_so_far(*_prediction_error(values.flip(-1), mask.flip(-1), order, ends))
    before, noise = pad(before, (1, -1)), pad(noise, (1, -1))
    after, signal = after.flip(-1), signal.flip(-1)
    criterion = before * noise + (after - 1) * signal
    return criterion.masked_fill(~mask | flat | (before < 2) | (after < 2), torch.inf)


def _prediction_error(values: Tensor, mask: Tensor, order: int, ends: float) -> tuple[Tensor, Tensor]:
    """What an autoregression fitted to the beginning leaves of each sample, and where it could predict."""
    position = mask.cumsum(-1) - 1
    known = mask & (position >= order)
    if order == 0:
        return values, known
    past = pad(values, (order, 0))[..., :-1].unfold(-1, order, 1)
    beginning = position < ends * mask.sum(-1, keepdim=True).double()
    fitted = past * (known & beginning)[..., None]
    products = fitted.mT @ past
    power = products.diagonal(dim1=-2, dim2=-1).sum(-1)
    ridge = 1e-9 * power + torch.finfo(values.dtype).tiny
    products = products + torch.eye(order, dtype=values.dtype, device=values.device) * ridge[:, None, None]
    weights = torch.linalg.solve(products, fitted.mT @ values[..., None])
    return values - (past @ weights)[..., 0], known


def _spread_so_far(errors: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
    """Number and log variance of the errors up to and with each sample."""
    errors = errors.masked_fill(~known, 0)
    number = known.cumsum(-1)
    count = number.clamp(min=1)
    energy = errors.square().cumsum(-1)
    variance = energy / count - (errors.cumsum(-1) / count).square()
    floor = 1e-18 * energy[..., -1:] / count[..., -1:] + torch.finfo(errors.dtype).tiny
    return number, torch.maximum(variance, floor).log()


def joint(criteria: Tensor, usable: Tensor, of: Tensor, count: int) -> Tensor:
    """Sum of the criteria of the components `of` one pick: [component, time] to [pick, time].

    A component that is not usable has no say; a pick without any is infinite throughout.
    """
    said = criteria.masked_fill(~usable[:, None], 0)
    total = said.new_zeros(count, said.shape[-1]).index_add(0, of, said)
    heard = torch.zeros(count, dtype=torch.long, device=of.device).index_add(0, of, usable.long())
    return total.masked_fill(heard[:, None] == 0, torch.inf)


def onsets(criterion: Tensor, margin: int) -> Onsets:
    """The minimum of each row, `margin` samples at least from both ends of what is finite."""
    finite = criterion.isfinite()
    position = finite.cumsum(-1)
    inside = finite & (position > margin) & (position <= position[..., -1:] - margin)
    some = inside.any(-1)
    curve = torch.where(some[:, None], criterion.masked_fill(~inside, torch.inf), 0.0)
    lowest, sample = curve.min(-1)
    height = torch.where(inside, criterion, -torch.inf)
    time = torch.arange(curve.shape[-1], device=curve.device)
    left = height.masked_fill(time > sample[:, None], -torch.inf).amax(-1)
    right = height.masked_fill(time < sample[:, None], -torch.inf).amax(-1)
    depth = torch.minimum(left, right) - lowest
    likelihood = torch.softmax(-(curve - lowest[:, None]) / 2, -1)
    mean = (likelihood * time).sum(-1, keepdim=True)
    variance = (likelihood * (time - mean).square()).sum(-1) + 1 / 12  # a twelfth is the sampling's
    return Onsets(sample, depth, variance.sqrt(), some & (depth > 0))
