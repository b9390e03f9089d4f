"""Envelope correlation: sources of one window, told by how late its envelopes are from station to station.

As conventional catalogues are made (Obara 2002): pairs of stations whose envelopes are alike count one
each, and the place that puts them in step best is the source. What the first source does not
explain may tell of further ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from seisdsl.methods.locate.correlations import at_lags, pair_correlations, pairs_of
from seisdsl.methods.locate.grid import count_of, nodes
from seisdsl.methods.locate.objective import (
    Beliefs,
    Observed,
    averaged_correlation,
    pair_number,
    stations_of_pairs,
    travel,
)
from seisdsl.methods.locate.sources import lasting
from seisdsl.methods.tremor.summit import summit

SLOWEST = 3.0  # km/s: no lag is longer than along the straight line from one station to the other
SPARE = 2.0  # seconds
LONGEST = 60  # seconds of lag
EXPLAINED = 5.0  # seconds that a pair's lag may be off
APART = 40.0  # km between sources of one window
LEAST = 0.5  # of a window that a station must have recorded
MOST = 24  # stations that a source is refined with
TILE = 2**22  # pairs times nodes at once


@dataclass(frozen=True)
class Search:
    """Stations [S, 3] and the box in km, and what makes a source."""

    stations: Tensor
    low: Tensor
    high: Tensor
    beliefs: Beliefs
    depth: float
    apart: float = 120.0
    alike: float = 0.6
    fewest_pairs: int = 10
    fewest_stations: int = 4
    step: float = 8.0
    sources: int = 3


@dataclass(frozen=True)
class Source:
    place: Tensor  # east, north, depth in km
    covariance: Tensor  # [3, 3]
    arrivals: Tensor  # [S], s
    used: Tensor  # [S]
    correlation: float
    pairs: int
    residual: float  # root mean square of lags, s
    first: float  # s after the window's start
    last: float
    at_edge: bool

    @property
    def strength(self) -> float:
        """How much likeness it explains; the larger is believed where two are one."""
        return self.correlation * self.pairs


class Network:
    """What is the same in all windows: pairs near enough, and travel times from a grid at one depth."""

    def __init__(self, search: Search) -> None:
        self.search = search
        stations = search.stations
        wide = torch.cdist(stations[:, :2], stations[:, :2])
        first, second = pairs_of(len(wide), wide.device)
        near = wide[first, second] <= search.apart
        self.pairs = torch.stack([first[near], second[near]])
        self.longest = (wide[first, second][near] / SLOWEST + SPARE).clamp(max=LONGEST)
        flat = search.high - search.low
        counts = (count_of(float(flat[0]), search.step), count_of(float(flat[1]), search.step), 1)
        level = stations.new_tensor(search.depth)
        low, high = (torch.cat([edge[:2], level[None]])[None] for edge in (search.low, search.high))
        self.places = nodes(low, high, counts)[0]
        seen = _observed(search, self.pairs[:, :0], stations.new_zeros(0, 2 * LONGEST + 1))
        parts = torch.split(self.places, max(1, TILE // max(1, len(stations))))
        self.arrivals = torch.cat([travel(part[None], seen, search.beliefs.times)[0] for part in parts], -1)

    def sources(self, values: Tensor, mask: Tensor) -> list[Source]:
        """Of envelopes [S, second]."""
        search = self.search
        mask = mask & (mask.sum(-1, keepdim=True) >= LEAST * mask.shape[-1])
        correlations = pair_correlations(values[None], mask[None], self.pairs, LONGEST)[0]
        lags = torch.arange(-LONGEST, LONGEST + 1, device=values.device)
        possible = lags.abs() <= self.longest[:, None]
        peak, at = correlations.masked_fill(~possible, -1).max(-1)
        rest = (peak >= search.alike).nonzero()[:, 0]
        lag = lags[at].double()
        found: list[Source] = []
        while len(found) < search.sources and self._enough(rest):
            best = self._best(correlations[rest], self.pairs[:, rest], found)
            own = rest[self._off(self.arrivals[:, best], lag, rest).abs() <= EXPLAINED]
            if not self._enough(own):
                break
            source = self._refined(self.places[best], own, correlations, lag, values, mask)
            off = self._off(source.arrivals, lag, rest).abs()
            explained = off <= EXPLAINED
            if all((source.place - one.place)[:2].norm() >= APART for one in found) and self._enough(
                rest[explained]
            ):
                found.append(source)
            rest = rest[~(explained | torch.isin(rest, own))]
        return found

    def _enough(self, pairs: Tensor) -> bool:
        search = self.search
        return (
            len(pairs) >= search.fewest_pairs
            and len(set(self.pairs[:, pairs].flatten().tolist())) >= search.fewest_stations
        )

    def _off(self, arrivals: Tensor, lag: Tensor, some: Tensor) -> Tensor:
        first, second = self.pairs[:, some]
        return lag[some] - (arrivals[first] - arrivals[second])

    def _best(self, correlations: Tensor, pairs: Tensor, found: list[Source]) -> int:
        """The node where the correlations of pairs add up to most, apart from what was found."""
        step = max(1, TILE // max(1, len(correlations)))
        total = torch.cat(
            [
                at_lags(correlations[None], (part[pairs[0]] - part[pairs[1]])[None].float())[0].sum(0)
                for part in torch.split(self.arrivals, step, dim=-1)
            ]
        )
        for source in found:
            total = total.masked_fill((self.places - source.place)[:, :2].norm(dim=-1) < APART, -torch.inf)
        return int(total.argmax())

    def _refined(
        self, start: Tensor, own: Tensor, correlations: Tensor, lag: Tensor, values: Tensor, mask: Tensor
    ) -> Source:
        search, beliefs = self.search, self.search.beliefs
        number, order = (
            self.pairs[:, own].flatten().bincount(minlength=len(values)).sort(descending=True, stable=True)
        )
        stations = order[: min(MOST, int((number > 0).sum()))]
        own = own[torch.isin(self.pairs[:, own], stations).all(0)]
        seen = _observed(search, self.pairs[:, own], correlations[own])
        low, high = search.low[None], search.high[None]
        weight = pair_number(start[None, None], seen, beliefs)
        place = summit(start[None], seen, beliefs, weight, low, high)
        place = summit(place, seen, beliefs, pair_number(place[:, None], seen, beliefs), low, high)
        spread = _jackknife(place, seen, beliefs, weight, stations, low, high)
        used = stations_of_pairs(seen)[0]
        arrivals = travel(place[:, None], seen, beliefs.times)[0, :, 0]
        off = self._off(arrivals, lag, own)
        first, last = lasting(values[None], mask[None], arrivals[None], used[None].double())
        side = torch.minimum(place[0] - search.low, search.high - place[0])[:2].amin()
        return Source(
            place[0], spread, arrivals, used, float(averaged_correlation(place[:, None], seen, beliefs.times)),
            len(own), float(off.square().mean().sqrt()), float(first), float(last), bool(side < search.step),
        )  # fmt: skip


def _observed(search: Search, pairs: Tensor, correlations: Tensor) -> Observed:
    stations = search.stations[None].double()
    weights = torch.ones(1, len(correlations), dtype=torch.float64, device=stations.device)
    none = torch.zeros(1, len(search.stations), dtype=torch.float64, device=stations.device)
    return Observed(
        stations, pairs, correlations[None].double(), weights, none, none > 0,
        none.new_full((1,), search.depth), none.new_full((1,), _independent(correlations)),
    )  # fmt: skip


def _independent(correlations: Tensor) -> float:
    """About how many independent samples the envelopes have, from how wide their correlations are."""
    if not len(correlations):
        return 1.0
    top = correlations.amax(-1, keepdim=True).clamp(min=1e-6)
    width = (correlations.clamp(min=0) / top).square().sum(-1).clamp(min=1)
    return float(300 / width.mean())


def _jackknife(
    place: Tensor,
    seen: Observed,
    beliefs: Beliefs,
    number: Tensor,
    stations: Tensor,
    low: Tensor,
    high: Tensor,
) -> Tensor:
    """Covariance, from where the source would be without one station after the other."""
    many = len(stations)
    values = {
        name: value.expand(many, *value.shape[1:])
        for name, value in vars(seen).items()
        if name not in ("pairs", "weights")
    }
    without = ((seen.pairs[0] != stations[:, None]) & (seen.pairs[1] != stations[:, None])).double()
    kept = without.sum(-1) > 0
    left = replace(seen, weights=without, **values).some(kept)
    each = summit(place.expand(len(left.depth), 3), left, beliefs, number.expand(len(left.depth)), low, high)
    off = each - each.mean(0)
    return (len(each) - 1) / max(1, len(each)) * off.T @ off
