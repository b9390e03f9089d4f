"""l1 trend filtering: lines with few kinks through daily series, gaps left out of the data term."""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.displacement.banded import factored

_RELAXED = 1.8  # over-relaxation of the steps
_TOLERANCE = 1e-5  # of both residuals, times the root of the length
_GAP = 1e-5  # between the problem and its dual, of the problem
_STIFFEST = 1e8  # beyond this the last digits are lost
_SETTLED = 40  # rounds in which kinks come and go until all conditions hold
_SLACK = 1e-6  # of the penalty
_NEAR = 7  # days, of which one gets a kink at a time
_CENTRED = 0.1  # how much of the gap each step leaves
_EVERY = 10  # steps from one look at the residuals to the next


def bends(trend: Tensor) -> Tensor:
    """Second differences along the last axis."""
    return trend[..., 2:] - 2 * trend[..., 1:-1] + trend[..., :-2]


def unbent(forces: Tensor) -> Tensor:
    """The transpose of `bends`."""
    pad = torch.nn.functional.pad
    return pad(forces, (0, 2)) - 2 * pad(forces, (1, 1)) + pad(forces, (2, 0))


def filtered(values: Tensor, weights: Tensor, penalty: Tensor, most: int = 30) -> tuple[Tensor, Tensor]:
    """The trend and its bends [series, day]: least 1/2 sum w (y - trend)^2 + penalty sum |bend|.

    By a primal-dual interior-point method and an exact fit between the kinks it finds: some thirty systems
    of five diagonals, whatever the length, where the alternating direction method takes thousands of steps
    over ten years. Bends are zero but at kinks.
    """
    values, weights = values.double(), weights.double()
    count, length = values.shape
    if length < 3:
        return values.clone(), values.new_zeros(count, 0)
    penalty = penalty.double().expand(count)[:, None]
    trend = factored(*_bands(weights, penalty.expand(count, length - 2))).solve(weights * values)
    bent = bends(trend)
    force = torch.zeros_like(bent)  # of the kinks, from -penalty to penalty
    bound = bent.abs() * 1.5 + bent.abs().mean(1, keepdim=True) + 1e-12
    for _ in range(most):
        over, under = bound - bent, bound + bent
        pull, push = (penalty + force) / 2, (penalty - force) / 2
        gap = (pull * over + push * under).sum(1, keepdim=True)
        uneven = weights * (trend - values) + unbent(force)
        scale = 1 + (0.5 * weights * (trend - values) ** 2).sum(1, keepdim=True)
        if bool((gap < _GAP * scale).all()) and float(uneven.abs().amax()) < 1e-7:
            break
        aim = _CENTRED * gap / (2 * (length - 2))
        one, other = aim - pull * over, aim - push * under
        both = push * over + pull * under
        stiff, shift = 4 * pull * push / both, 2 * (push * one - pull * other) / both
        step = factored(*_bands(weights, stiff.clamp_max(_STIFFEST))).solve(-uneven - unbent(shift))
        step_bent = bends(step)
        step_force = stiff.clamp_max(_STIFFEST) * step_bent + shift
        step_bound = step_bent + (one - over * step_force / 2) / pull
        reach = _reach(
            (over, step_bound - step_bent),
            (under, step_bound + step_bent),
            (pull, step_force / 2),
            (push, -step_force / 2),
        )
        trend, bent, force, bound = (
            was + reach * by
            for was, by in ((trend, step), (bent, step_bent), (force, step_force), (bound, step_bound))
        )
    bent = bends(trend)
    kinked = torch.minimum(penalty + force, penalty - force) / penalty < 2 * bent.abs()
    return _settled(values, weights, penalty, force.sign() * kinked)


def _settled(values: Tensor, weights: Tensor, penalty: Tensor, signs: Tensor) -> tuple[Tensor, Tensor]:
    """Drop kinks whose bend has the wrong sign, add them where the force goes beyond the penalty."""
    trend = _exact(values, weights, penalty, signs)
    for _ in range(_SETTLED):
        wrong = (signs != 0) & (bends(trend) * signs <= 0)
        force = (weights * (values - trend)).cumsum(1).cumsum(1)[:, :-2]
        beyond = force.abs()
        highest = torch.nn.functional.max_pool1d(beyond[:, None], _NEAR, 1, _NEAR // 2)[:, 0]
        lacking = (beyond > penalty * (1 + _SLACK)) & (beyond >= highest) & (signs == 0)
        if not bool((wrong | lacking).any()):
            break
        signs = torch.where(lacking, force.sign(), signs.masked_fill(wrong, 0))
        trend = _exact(values, weights, penalty, signs)
    return trend, bends(trend) * (signs != 0)


def _exact(values: Tensor, weights: Tensor, penalty: Tensor, signs: Tensor) -> Tensor:
    """The best line through each series whose kinks, and the signs of their bends, are known.

    Values at the knots are what is solved for: a system of three diagonals.
    """
    count, length = values.shape
    flags = torch.nn.functional.pad((signs != 0).long(), (1, 0))
    piece = torch.nn.functional.pad(flags.cumsum(1), (0, 1), mode="replicate")
    piece = piece - torch.nn.functional.pad(flags, (0, 1))  # a knot ends its piece
    most = int(piece.amax()) + 2
    day = torch.arange(length, dtype=values.dtype, device=values.device).expand(count, -1)
    knots = values.new_full((count, most), length - 1.0)
    knots[:, 0] = 0
    number = piece + 1
    ends = torch.nn.functional.pad((signs != 0), (1, 1))
    row, at = ends.nonzero(as_tuple=True)
    knots[row, number[row, at]] = at.to(values)
    size = knots.diff(dim=1).clamp_min(1.0)
    share = (day - knots.gather(1, piece)) / size.gather(1, piece)
    main = values.new_zeros(count, most).scatter_add_(1, piece, weights * (1 - share) ** 2)
    main = main.scatter_add_(1, number, weights * share**2)
    first = values.new_zeros(count, most - 1).scatter_add_(1, piece, weights * share * (1 - share))
    right = values.new_zeros(count, most).scatter_add_(1, piece, weights * (1 - share) * values)
    right = right.scatter_add_(1, number, weights * share * values)
    bend = values.new_zeros(count, most)
    bend[row, number[row, at]] = (penalty * signs)[row, at - 1]
    inner = bend[:, 1:-1]
    right[:, :-2] -= inner / size[:, :-1]
    right[:, 1:-1] += inner * (1 / size[:, :-1] + 1 / size[:, 1:])
    right[:, 2:] -= inner / size[:, 1:]
    unused = main <= 0
    found = factored(main + unused + 1e-12, first, first.new_zeros(count, max(most - 2, 0))).solve(right)
    left, after = found.gather(1, piece), found.gather(1, number)
    return left + (after - left) * share


def _reach(*pairs: tuple[Tensor, Tensor]) -> Tensor:
    """[series, 1]: how much of a step keeps everything above zero."""
    least = [
        torch.where(by < 0, -was / by.clamp_max(-1e-300), 1e9).amin(1, keepdim=True) for was, by in pairs
    ]
    return (0.99 * torch.stack(least).amin(0)).clamp_max(1.0)


def together(values: Tensor, weights: Tensor, penalty: float, most: int = 1500) -> tuple[Tensor, Tensor]:
    """The same of series that bend on the same days, by the norm of their bends over all of them.

    By the alternating direction method of multipliers, over-relaxed, with a step of the penalty itself.
    """
    values, weights = values.double(), weights.double()
    count, length = values.shape
    solver = factored(*_bands(weights, values.new_full((count, length - 2), penalty)))
    data = weights * values
    sparse = values.new_zeros(count, length - 2)
    dual, trend = torch.zeros_like(sparse), values
    for step in range(1, most + 1):
        trend = solver.solve(data + penalty * unbent(sparse + dual))
        bent = bends(trend)
        relaxed = _RELAXED * bent + (1 - _RELAXED) * sparse
        last, sparse = sparse, _shrunk(relaxed - dual)
        dual = dual + sparse - relaxed
        if step % _EVERY == 0:
            primal = torch.linalg.vector_norm(bent - sparse, dim=1)
            moved = torch.linalg.vector_norm(penalty * unbent(sparse - last), dim=1)
            if float(torch.maximum(primal, moved).amax()) < _TOLERANCE * length**0.5:
                break
    return trend, sparse


def _bands(weights: Tensor, stiff: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The diagonals of W + D' diag(stiff) D; days without data keep their place by the bends alone."""
    pad = torch.nn.functional.pad
    main = pad(stiff, (0, 2)) + 4 * pad(stiff, (1, 1)) + pad(stiff, (2, 0))
    first = -2 * (pad(stiff, (0, 1)) + pad(stiff, (1, 0)))
    held = weights + 1e-9 * weights.amax(1, keepdim=True).clamp_min(1e-12)  # of a series with one day alone
    return held + main, first, stiff


def _shrunk(values: Tensor) -> Tensor:
    """Of bends over the step: shorter by one, all series together."""
    size = torch.linalg.vector_norm(values, dim=0, keepdim=True)
    left: Tensor = values * (1 - 1 / size.clamp_min(1e-300)).clamp_min(0)
    return left


def by_mallows(values: Tensor, weights: Tensor, penalties: Tensor) -> Tensor:
    """[series]: the penalty with the least Cp, of unit noise; as many degrees of freedom as kinks and two."""
    count = len(values)
    many = values.repeat_interleave(len(penalties), 0), weights.repeat_interleave(len(penalties), 0)
    trend, sparse = filtered(*many, penalties.repeat(count))
    misfit = (many[1] * (many[0] - trend) ** 2).sum(1)
    score = misfit + 2 * ((sparse != 0).sum(1) + 2)
    return penalties[score.view(count, -1).argmin(1)]
