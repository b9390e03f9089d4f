"""Breaks of daily series that nobody listed: what a step explains beyond a curve, decays and coloured noise.

Series are [site, component, day]; a break on a day is a step before it. Days of known breaks count for
nothing: a position of such a day is neither before nor after.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from seisdsl.methods.displacement import evidence
from seisdsl.methods.displacement.cleaning import peaks
from seisdsl.methods.displacement.design import Terms, columns
from seisdsl.methods.displacement.regression import fitted, noise, predicted

FEWEST = 10  # days that are known on both sides of a break
APART = 5  # known days between two breaks: nearer ones are one
_GLANCE = 3.0  # how far a day stands out in a plain fit, to be looked at closely
_NEAR = 3  # known days around it that are tried
_MOST = 12  # breaks that are looked at in a round and site
_ROUNDS = 30


@dataclass
class Known:
    """Of one site: the days of its breaks, those after which it decays, and those that were found."""

    breaks: list[int] = field(default_factory=list)
    decaying: list[int] = field(default_factory=list)
    found: dict[int, float] = field(default_factory=dict)


def searched(values: Tensor, mask: Tensor, listed: list[list[int]], least: float, half: int) -> list[Known]:
    """The breaks of each site that stand out by `least` deviations, one at a time and the largest first.

    A step is fitted to `half` days on both sides of a day together with a parabola, the breaks that are
    known by then and their decays, under the white and flicker noise of the series.
    """
    sites = [Known(list(days)) for days in listed]
    begins = [int(row.any(0).int().argmax()) for row in mask]
    _let_decay(values, mask, sites, [(row, day) for row, day in enumerate(begins)], least, half)
    _let_decay(values, mask, sites, [(row, day) for row, one in enumerate(sites) for day in one.breaks],
               least, half)  # fmt: skip
    rows = list(range(len(sites)))
    for _ in range(_ROUNDS):
        if not rows:
            break
        own = [sites[row] for row in rows]
        new = _round(values[rows], mask[rows], own, least, half)
        for row, day, score in new:
            own[row].breaks.append(day)
            own[row].found[day] = score
        _let_decay(values[rows], mask[rows], own, [(row, day) for row, day, _ in new], least, half)
        rows = sorted({rows[row] for row, _, _ in new})
    _drop(values, mask, sites, least, half)
    return sites


def sizes(values: Tensor, mask: Tensor, sites: list[Known]) -> list[dict[int, Tensor]]:
    """By the day of each break: how far it goes in each component, fitted with all the rest."""
    made, there = _columns(values, mask, sites), _off(mask, sites)
    fit = fitted(made, values, there.double())
    first = made.shape[-1] - max((len(one.breaks) for one in sites), default=0)
    return [
        {day: fit.values[row, :, first + at] for at, day in enumerate(one.breaks)}
        for row, one in enumerate(sites)
    ]


def _columns(values: Tensor, mask: Tensor, sites: list[Known]) -> Tensor:
    """[site, day, column] of a line, seasons, decays and, last, breaks."""
    days = torch.arange(values.shape[-1], dtype=values.dtype, device=values.device)
    none = torch.full((len(sites), 0), torch.inf, dtype=values.dtype, device=values.device)
    plain = columns(days, Terms(1, (1.0, 2.0), none))
    decays = evidence.decays(days.expand(len(sites), -1), _table(values, [one.decaying for one in sites]))
    steps = _table(values, [one.breaks for one in sites])
    return torch.cat([plain, decays, (days[None, :, None] >= steps[:, None]).to(values)], -1)


def _table(like: Tensor, days: list[list[int]]) -> Tensor:
    """[site, most] days, infinite where a site has fewer."""
    most = max(map(len, days), default=0)
    rows = [[float(day) for day in own] + [torch.inf] * (most - len(own)) for own in days]
    return torch.tensor(rows, dtype=like.dtype, device=like.device).view(len(days), most)


def _off(mask: Tensor, sites: list[Known]) -> Tensor:
    """The mask without the days of breaks."""
    there = mask.clone()
    for row, one in enumerate(sites):
        there[row, :, [day for day in one.breaks if 0 <= day < mask.shape[-1]]] = False
    return there


def _round(
    values: Tensor, mask: Tensor, sites: list[Known], least: float, half: int
) -> list[tuple[int, int, float]]:
    """Site, day and score of the breaks that stand out the most, each the largest within `half` days."""
    there = _off(mask, sites)
    left, local = _left(values, there, sites)
    score = evidence.glanced(left, there, half, FEWEST).masked_fill(~there.any(1), 0)
    some = peaks(score, _GLANCE, max(half // 4, 1))
    some &= score >= score.topk(min(_MOST * 4, score.shape[-1]), dim=-1).values[:, -1:]
    first = [(row, day) for row, day in some.nonzero().tolist() if _free(there[row], sites[row], day)]
    best = _scores(local, there, sites, first, half)
    close = [one for one, gain in zip(first, best, strict=True) if gain > (0.6 * least) ** 2]
    tried = sorted({(row, near) for row, day in close for near in _around(there[row], day)})
    tried = [(row, day) for row, day in tried if _free(there[row], sites[row], day)]
    penalty = values.shape[1] * torch.tensor(2.0 * half).log().item()
    whole = _scores(local, there, sites, tried, half)
    spared = _scores(local, there, sites, tried, half, spare=True)
    gains = [max(one, other - penalty) for one, other in zip(whole, spared, strict=True)]
    taken: list[tuple[int, int, float]] = []
    for gain, (row, day) in sorted(zip(gains, tried, strict=True), key=lambda one: (-one[0], one[1])):
        apart = all(row != other or abs(day - at) > half for other, at, _ in taken)
        if gain > least**2 and apart:
            taken.append((row, day, gain**0.5))
    return taken


def _left(values: Tensor, there: Tensor, sites: list[Known]) -> tuple[Tensor, evidence.Local]:
    """What a fit of all that is known leaves, and series without seasons with their noise."""
    made = _columns(values, there, sites)
    fit = fitted(made, values, there.double())
    left = (values - predicted(made, fit.values)).masked_fill(~there, 0)
    white, flicker = noise(left, there, robust=True)
    seasons = predicted(made[..., 2:6], fit.values[..., 2:6])
    return left, evidence.Local((values - seasons).masked_fill(~there, 0), white, flicker)


def _around(there: Tensor, day: int) -> list[int]:
    known = there.any(0).nonzero()[:, 0]
    at = int(torch.searchsorted(known, day))
    return known[max(at - _NEAR, 0) : at + _NEAR + 1].tolist()


def _free(there: Tensor, site: Known, day: int) -> bool:
    """Whether there are enough days on both sides, and between this day and the known breaks."""
    any_ = there.any(0)
    if int(any_[:day].sum()) < FEWEST or int(any_[day:].sum()) < FEWEST:
        return False
    return all(int(any_[min(day, at) : max(day, at)].sum()) >= APART for at in site.breaks)


def _scores(
    local: evidence.Local,
    there: Tensor,
    sites: list[Known],
    tried: list[tuple[int, int]],
    half: int,
    spare: bool = False,
) -> list[float]:
    """What a step on each of the days explains; with `spare` the day itself is neither before nor after."""
    found: list[float] = []
    for at in range(0, len(tried), evidence.TILE):
        part = tried[at : at + evidence.TILE]
        rows = torch.tensor([row for row, _ in part])
        day = torch.tensor([day for _, day in part], dtype=local.values.dtype)
        breaks = _table(local.values, [_but(sites[row].breaks, on) for row, on in part])
        decaying = _table(local.values, [sites[row].decaying for row, _ in part])
        window = evidence.cut(local, there, rows, day - half, 2 * half)
        if spare:
            window = window.without(day)
        base = torch.cat([window.parabola(), window.steps(breaks), window.decays(decaying)], -1)
        found += window.gain(base, window.steps(day[:, None])).tolist()
    return found


def _but(days: list[int], day: int) -> list[int]:
    return [one for one in days if one != day]


def _let_decay(
    values: Tensor, mask: Tensor, sites: list[Known], tried: list[tuple[int, int]], least: float, half: int
) -> None:
    """Note after which of these days a site decays: where that explains more than a parabola does."""
    if not tried:
        return
    there = _off(mask, sites)
    _, local = _left(values, there, sites)
    count = values.shape[1] * len(evidence.CONSTANTS)
    enough = max(least**2, count * torch.tensor(4.0 * half).log().item())
    for at in range(0, len(tried), evidence.TILE):
        part = tried[at : at + evidence.TILE]
        rows = torch.tensor([row for row, _ in part])
        day = torch.tensor([day for _, day in part], dtype=values.dtype)
        breaks = _table(values, [sites[row].breaks for row, _ in part])
        decaying = _table(values, [_but(sites[row].decaying, on) for row, on in part])
        window = evidence.cut(local, there, rows, day - half, 4 * half)
        base = torch.cat([window.parabola(), window.steps(breaks), window.decays(decaying)], -1)
        gains = window.gain(base, window.decays(day[:, None])).tolist()
        for (row, on), gain in zip(part, gains, strict=True):
            if gain > enough and on not in sites[row].decaying:
                sites[row].decaying.append(on)


def _drop(values: Tensor, mask: Tensor, sites: list[Known], least: float, half: int) -> None:
    """Take back what the others explain, the weakest first."""
    while True:
        there = _off(mask, sites)
        _, local = _left(values, there, sites)
        tried = [(row, day) for row, one in enumerate(sites) for day in one.found]
        gains = _scores(local, there, sites, tried, half, spare=True)
        weak: dict[int, tuple[float, int]] = {}
        for (row, day), gain in zip(tried, gains, strict=True):
            sites[row].found[day] = gain**0.5
            if gain < least**2 and gain < weak.get(row, (torch.inf, 0))[0]:
                weak[row] = (gain, day)
        if not weak:
            return
        for row, (_, day) in weak.items():
            sites[row].breaks.remove(day)
            del sites[row].found[day]
            sites[row].decaying = _but(sites[row].decaying, day)
