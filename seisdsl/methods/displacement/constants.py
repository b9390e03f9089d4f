"""Time constants of decays: those that leave the least misfit, shared by all sites or each site's own.

A grid over all combinations tells where to begin; from its best valleys Levenberg's and Marquardt's
steps go down with all amplitudes at their best. The interval of a constant holds the values with which
a fit, all else at its best, is not worse by more than white and flicker noise allow for (profile likelihood).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from seisdsl.methods.displacement.design import Terms
from seisdsl.methods.displacement.dictionary import PER_KIND, Dictionary, made

SHORTEST, LONGEST = 0.5, 30_000.0  # days
_APART = 0.69  # of logarithms: two decays of one kind that are nearer cannot be told apart
_COARSE = {1: 1, 2: 2, 3: 4}  # each so many entries of the grid are combined, by the number of decays
_STARTS = 8
_STEPS = 40
_TILE = 2000  # sites times starts that are looked at at a time
_CHI = 3.84  # of chi-square with one degree of freedom: 95 %
_OVER = 7  # values over the whole range that a profile tries, beside these deviations
_DEVIATIONS = (-5.0, -3.0, -2.0, -1.0, 1.0, 2.0, 3.0, 5.0)


def dictionary(
    days: Tensor, values: Tensor, weights: Tensor, terms: Terms, every: int = 1, coloured: bool = True
) -> Dictionary:
    """Time constants from half a day to five times the time since the event."""
    reach = max(float(days[-1] - terms.since), 10.0)
    ends = (math.log(SHORTEST), math.log(min(LONGEST, 5 * reach)))
    return made(days, values, weights, terms, ends, every, coloured)


@dataclass(frozen=True)
class Found:
    """Logarithms of days: the best [site, decay], and where other ways down ended."""

    best: Tensor
    others: Tensor  # [start, site or 1, decay]
    worse: Tensor  # [start, site or 1]: by how much of chi-square


def searched(known: Dictionary, terms: Terms, shared: bool) -> Found:
    pairs, misfit = _coarse(known, terms)
    total = misfit.sum(1, keepdim=True) if shared else misfit
    valley = _valleys(pairs, total)
    starts = min(_STARTS, len(pairs))
    begin = torch.where(valley, total, float("inf")).topk(starts, dim=0, largest=False).indices
    theta = known.grid[pairs[begin]]  # [start, site or 1, decay]
    held = torch.zeros(len(terms.decays), dtype=torch.bool, device=theta.device)
    theta, misfit = _down(known, theta, terms, shared, held)
    best = theta[misfit.argmin(0), torch.arange(theta.shape[1])].expand(len(known.power), -1)
    return Found(best, theta, misfit - misfit.amin(0))


def intervals(known: Dictionary, found: Found, terms: Terms, shared: bool) -> Tensor:
    """[site, decay, 2] logarithms: the ends of the 95 % interval of each constant.

    Infinite where nothing that was tried is too short, or too long. Where the interval falls into
    pieces these are the ends of all. Amplitudes are free at each site, and fit noise differently with
    other constants: chi-square may rise by two deviations of that as well.
    """
    best = found.best
    own = best[:1] if shared else best
    none = torch.zeros(len(terms.decays), dtype=torch.bool, device=best.device)
    least, _, curvature = _at(known, own[None], shared)
    pairs, total = _coarse(known, terms)
    total = total.sum(1, keepdim=True) if shared else total
    over = torch.linspace(
        float(known.grid[0]), float(known.grid[-1]), _OVER, dtype=best.dtype, device=best.device
    )
    covariance = torch.linalg.pinv(curvature[0], hermitian=True)
    ends = []
    worse = found.worse - _by_noise(known, found.others, own, shared)
    likely = torch.where(worse[..., None] <= _CHI, found.others, own)
    for decay in range(len(terms.decays)):
        held = none.clone()
        held[decay] = True
        error = covariance[:, decay, decay].clamp_min(0).sqrt().clamp(0.01, 5.0)
        along = covariance[:, decay] / covariance[:, decay, decay, None].clamp_min(1e-12)
        away = torch.tensor(_DEVIATIONS, dtype=best.dtype, device=best.device)[:, None] * error
        away = torch.cat([away, over[:, None] - own[:, decay]])
        theta = (own + away[..., None] * along.clamp(-5, 5)).clamp(known.grid[0], known.grid[-1])
        theta[..., decay] = (own[:, decay] + away).clamp(known.grid[0], known.grid[-1])
        theta = torch.where(_apart(theta, terms)[..., None], theta, _spread(theta, terms, decay))
        near = (known.grid[pairs[:, decay]] - over[:, None]).abs()
        far = torch.where(near <= near.amin(1, keepdim=True), 0.0, float("inf"))
        begin = known.grid[pairs[(total + far[..., None]).argmin(1)]]
        begin[..., decay] = over[:, None]
        theta = torch.cat(
            [theta, torch.where(_apart(begin, terms)[..., None], begin, _spread(begin, terms, decay))]
        )
        theta, misfit = _down(known, theta, terms, shared, held)
        values = theta[..., decay]
        rise = misfit - least[0] - _by_noise(known, theta, own, shared)
        each = [_ends(values[:, row], rise[:, row], float(own[row, decay])) for row in range(len(own))]
        low, high = torch.tensor(each, dtype=best.dtype, device=best.device).T
        other = likely[..., decay]
        ends.append(torch.stack([low.minimum(other.amin(0)), high.maximum(other.amax(0))], -1))
    return torch.stack(ends, 1).expand(len(best), -1, -1)


def _by_noise(known: Dictionary, theta: Tensor, best: Tensor, shared: bool) -> Tensor:
    """Two deviations of how much chi-square differs by what amplitudes fit of the noise."""
    count = len(known.power)
    own = best.expand(count, -1)[None]
    parts = [known.apart(some.expand(-1, count, -1), own.expand(len(some), -1, -1))
             for some in torch.split(theta, max(1, _TILE // count))]  # fmt: skip
    sines = torch.cat(parts)
    return 2 * 1.96 * (sines.sum(1, keepdim=True) if shared else sines).sqrt()


def _ends(values: Tensor, rise: Tensor, best: float) -> tuple[float, float]:
    """Where a profile passes the limit on both sides; its root is nearly straight, so lines are drawn."""
    root = math.sqrt(_CHI)
    ends = []
    for sign in (-1.0, 1.0):
        least = {0.0: 0.0}
        for value, one in sorted(zip(values.tolist(), rise.tolist(), strict=True), key=lambda pair: -pair[1]):
            if (value - best) * sign > 0:
                least[abs(value - best)] = max(one, 0.0) ** 0.5
        points = sorted(least.items())
        last = max(at for at, (_, raised) in enumerate(points) if raised <= root)
        if last == len(points) - 1:
            ends.append(sign * math.inf)
            continue
        (low, height), (away, raised) = points[last : last + 2]
        ends.append(best + sign * (low + (away - low) * (root - height) / (raised - height)))
    return ends[0], ends[1]


def _spread(theta: Tensor, terms: Terms, decay: int) -> Tensor:
    """The other constants of this one's kind a little aside, where they came too near."""
    moved = theta.clone()
    for other, kind in enumerate(terms.decays):
        if other != decay and kind == terms.decays[decay]:
            gap = 1.1 * _APART * (1 if other > decay else -1)
            limit = theta[..., decay] + gap
            moved[..., other] = (
                theta[..., other].maximum(limit) if gap > 0 else theta[..., other].minimum(limit)
            )
    return moved


def _coarse(known: Dictionary, terms: Terms) -> tuple[Tensor, Tensor]:
    """Combinations of entries [combination, decay] in which decays of one kind ascend, and misfits."""
    kinds = terms.decays
    each = range(0, PER_KIND, _COARSE.get(len(kinds), 6))
    same = [(a, b) for a, b in itertools.combinations(range(len(kinds)), 2) if kinds[a] == kinds[b]]
    gap = max(1, round(_APART / known.spacing))
    chosen = [one for one in itertools.product(each, repeat=len(kinds))
              if all(one[b] - one[a] >= gap for a, b in same)]  # fmt: skip
    pairs = torch.tensor(chosen, device=known.power.device)
    return pairs, known.misfits(pairs)


def _valleys(pairs: Tensor, misfit: Tensor) -> Tensor:
    """Combinations than which none that differs by one place is better."""
    step = int(torch.unique(pairs[:, -1]).diff().min())
    place = {tuple(one): at for at, one in enumerate(pairs.tolist())}
    lowest = torch.ones_like(misfit, dtype=torch.bool)
    for decay in range(pairs.shape[1]):
        for way in (-step, step):
            moved = pairs.clone()
            moved[:, decay] += way
            at = torch.tensor([place.get(tuple(one), -1) for one in moved.tolist()], device=pairs.device)
            other = torch.where(at[:, None] >= 0, misfit[at.clamp_min(0)], float("inf"))
            lowest &= misfit <= other
    return lowest


def _down(
    known: Dictionary, theta: Tensor, terms: Terms, shared: bool, held: Tensor
) -> tuple[Tensor, Tensor]:
    """Go down from theta [start, site or 1, decay]; the constants that are held stay. Misfits too."""
    misfit, downhill, curvature = _at(known, theta, shared)
    damping = torch.full_like(misfit, 1e-2)
    free = (~held).to(theta)
    for _ in range(_STEPS):
        size = curvature.diagonal(dim1=-2, dim2=-1).clamp_min(1e-12)
        normal = curvature * free[:, None] * free + torch.diag_embed(size * damping[..., None] + (1 - free))
        step = torch.linalg.solve(normal, downhill * free).clamp(-1.0, 1.0)
        tried = (theta + step).clamp(float(known.grid[0]), float(known.grid[-1]))
        new = _at(known, tried, shared)
        better = (new[0] < misfit) & _apart(tried, terms)
        theta = torch.where(better[..., None], tried, theta)
        misfit = torch.where(better, new[0], misfit)
        downhill = torch.where(better[..., None], new[1], downhill)
        curvature = torch.where(better[..., None, None], new[2], curvature)
        damping = torch.where(better, damping / 5, damping * 4).clamp(1e-9, 1e9)
        if not bool((step.abs().amax(-1) > 1e-3).any()):
            break
    return theta, misfit


def _at(known: Dictionary, theta: Tensor, shared: bool) -> tuple[Tensor, Tensor, Tensor]:
    """`Dictionary.at` in tiles; added over sites where they share their constants."""
    count = len(known.power)
    each = max(1, _TILE // count)
    parts = [known.at(some.expand(-1, count, -1)) for some in torch.split(theta, each)]
    found = [torch.cat(part) for part in zip(*parts, strict=True)]
    misfit, downhill, curvature = (part.sum(1, keepdim=True) for part in found) if shared else found
    return misfit, downhill, curvature


def _apart(theta: Tensor, terms: Terms) -> Tensor:
    """[start, site]: whether decays of one kind can be told apart."""
    apart = torch.ones(theta.shape[:2], dtype=torch.bool, device=theta.device)
    for one, other in itertools.combinations(range(len(terms.decays)), 2):
        if terms.decays[one] == terms.decays[other]:
            apart &= theta[..., other] - theta[..., one] >= _APART
    return apart
