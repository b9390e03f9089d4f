"""All sources that one window of envelopes tells of: found one after the other, each without the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from seisdsl.methods.locate.evidence import observed
from seisdsl.methods.locate.objective import Beliefs, Observed, stations_of_pairs, travel
from seisdsl.methods.locate.posterior import Found, located
from seisdsl.methods.locate.sources import lasting, without

SURE = 0.5  # probability within 10 km, that a further source needs
FEWEST = 4  # stations that must be alike once the others are taken off
APART = 20.0  # km from every source that was found before
PASSES = 2  # of locating each source without the others


@dataclass(frozen=True)
class Windows:
    """Envelopes [B, S, second] of stations [B, S, (east, north, depth)], and the boxes to look in [B, 3]."""

    values: Tensor
    mask: Tensor
    stations: Tensor
    sites: Tensor  # [B, S]: logarithms of gains
    depth: Tensor  # [B]: where sources are expected
    low: Tensor
    high: Tensor

    def some(self, which: Tensor) -> Windows:
        return Windows(**{name: value[which] for name, value in vars(self).items()})


@dataclass(frozen=True)
class Search:
    """How to look: steps of the grid in km, and what makes a pair count."""

    step: float = 4.0
    depth_step: float = 5.0
    apart: float = 120.0
    least: float = 0.5


@dataclass(frozen=True)
class Source:
    """One source of some of the windows, whose numbers are `window`."""

    window: Tensor
    found: Found
    arrivals: Tensor  # [B, S]
    weights: Tensor  # [B, S]: whether a station took part by its shape
    heard: Tensor  # [B, S]: or by its size
    first: Tensor  # [B]: when its power is first half of its largest, in seconds after the window's start
    last: Tensor

    @property
    def stations(self) -> Tensor:
        return ((self.weights > 0) | self.heard).sum(-1)

    def some(self, which: Tensor) -> Source:
        values = {name: value[which] for name, value in vars(self).items() if name != "found"}
        return Source(found=Found(*(value[which] for value in self.found)), **values)


def sources(windows: Windows, beliefs: Beliefs, search: Search, most: int = 1) -> list[Source]:
    """The strongest source of each window, then further ones of the windows that have such."""
    every = torch.arange(len(windows.values), device=windows.values.device)
    told = [_located(windows, every, beliefs, search)]
    alone = replace(beliefs, by_amplitudes=False)  # amplitudes are of all sources together
    for _ in range(1, most):
        rest = every[torch.isin(every, told[-1].window)]
        left = _left(windows.some(rest), rest, told)
        enough = stations_of_pairs(_observed(left, search)).sum(-1) >= FEWEST
        if not bool(enough.any()):
            break
        rest, left = rest[enough], left.some(enough)
        more = _located(left, rest, alone, search)
        sure = (more.found.near >= SURE) & (more.weights.sum(-1) >= FEWEST) & ~more.found.at_edge
        for source in told:
            before = source.found.mean[torch.searchsorted(source.window, rest)]
            sure &= (more.found.mean - before)[:, :2].norm(dim=-1) >= APART
        if not bool(sure.any()):
            break
        told.append(more.some(sure))
        told = _again(windows, told, alone, search)
    return told


def _again(windows: Windows, told: list[Source], beliefs: Beliefs, search: Search) -> list[Source]:
    """Each source of the windows that have several, located without the others."""
    shared = told[-1].window
    for _ in range(PASSES):
        for number, source in enumerate(told):
            others = [other for other in told if other is not source]
            left = _left(windows.some(shared), shared, others)
            new = _located(left, shared, beliefs, search)
            alone = source.some(~torch.isin(source.window, shared))
            told[number] = _joined(alone, new)
    return told


def _left(windows: Windows, numbers: Tensor, told: list[Source]) -> Windows:
    """The windows without what was found in them."""
    values = windows.values
    for source in told:
        at = torch.searchsorted(source.window, numbers)
        values = without(values, windows.mask, source.arrivals[at], source.weights[at])
    return replace(windows, values=values)


def _located(windows: Windows, numbers: Tensor, beliefs: Beliefs, search: Search) -> Source:
    seen = _observed(windows, search)
    found = located(seen, beliefs, windows.low, windows.high, step=search.step, depth_step=search.depth_step)
    arrivals = travel(found.mean[:, None], seen, beliefs.times)[..., 0]
    weights = stations_of_pairs(seen).double()
    heard = seen.heard & beliefs.by_amplitudes
    first, last = _lasting(windows, seen, arrivals, weights)
    return Source(numbers, found, arrivals, weights, heard, first, last)


def _observed(windows: Windows, search: Search) -> Observed:
    return observed(
        windows.values, windows.mask, windows.stations, windows.sites, windows.depth,
        apart=search.apart, least=search.least,
    )  # fmt: skip


def _lasting(windows: Windows, seen: Observed, arrivals: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    used = torch.where(weights.sum(-1, keepdim=True) > 0, weights, seen.heard.double())
    return lasting(windows.values, windows.mask, arrivals, used)


def _joined(one: Source, other: Source) -> Source:
    """Of both, in the order of windows."""
    order = torch.cat([one.window, other.window]).argsort()
    values = {
        name: torch.cat([value, getattr(other, name)])[order]
        for name, value in vars(one).items()
        if name != "found"
    }
    found = Found(*(torch.cat(pair)[order] for pair in zip(one.found, other.found, strict=True)))
    return Source(found=found, **values)
