"""Sources in one window of envelopes, by the pairs of stations whose envelopes are alike.

The conventional detector: what many pairs have in common is a source, wherever the lags of their
correlations agree on a place. It knows nothing of what made the waves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from seisdsl.methods.locate.correlations import at_lags, pair_correlations
from seisdsl.methods.locate.evidence import independent
from seisdsl.methods.locate.objective import (
    Beliefs,
    Observed,
    Times,
    averaged_correlation,
    pair_number,
    stations_of_pairs,
    travel,
)
from seisdsl.methods.locate.posterior import climbed
from seisdsl.methods.locate.sources import lasting

LONGEST = 60  # seconds of lag
SPARE = 2.0  # seconds by which a lag may be longer than the waves need between two stations
OFF = 5.0  # seconds: a pair whose lag is off by more comes from something else
HEARD = 100.0  # km from a source to the stations that count for it
AROUND = 3.0  # seconds to either side of a predicted lag where a pair's own is looked for
APART = 40.0  # km between sources of one window
TILE = 2**22  # correlations, and pairs times nodes, at once


@dataclass(frozen=True)
class Search:
    """What makes pairs count, and where to look: km, seconds and km/s."""

    pairs: Tensor  # [2, pair], those near enough to one another
    stations: Tensor  # [station, (east, north, depth)]
    times: Times
    low: Tensor  # corners of the box
    high: Tensor
    nodes: Tensor  # [node, 3]: of the grid, at one depth
    depth: float = 15.0
    depth_spread: float = 8.0
    alike: float = 0.6
    fewest_pairs: int = 10
    fewest_stations: int = 4
    slowest: float = 3.0
    most: int = 4  # sources of one window

    def beliefs(self) -> Beliefs:
        return Beliefs(self.times, damping=0.0, depth_spread=self.depth_spread, by_amplitudes=False)


@dataclass(frozen=True)
class Heard:
    """One source of a window: seconds count from the window's start."""

    place: Tensor  # [3]
    covariance: Tensor  # [3, 3], by leaving out one station after the other
    stations: Tensor  # [station]: whether each took part
    pairs: int
    correlation: float  # the mean of its pairs at the lags that the place predicts
    misfit: float  # seconds: root mean square of the pairs' lags less the predicted ones
    first: float  # when its power is first half of its largest, in its own time
    last: float
    at_edge: bool


@dataclass(frozen=True)
class Alike:
    """Of one window: correlations [pair, lag] of its pairs that are alike, and the lag of each."""

    correlations: Tensor
    lag: Tensor
    pairs: Tensor  # [2, pair]

    def some(self, which: Tensor) -> Alike:
        return Alike(self.correlations[which], self.lag[which], self.pairs[:, which])

    def __len__(self) -> int:
        return len(self.lag)


def alike(values: Tensor, mask: Tensor, search: Search) -> Iterator[Alike | None]:
    """Of each window [window, station, second], its pairs that are alike; None where too few are."""
    first, second = search.pairs
    wide = (search.stations[first] - search.stations[second])[:, :2].norm(dim=-1)
    most = min(LONGEST, values.shape[-1] // 2)
    lags = torch.arange(-most, most + 1, device=values.device)
    possible = lags.abs() <= (wide / search.slowest + SPARE)[:, None]
    step = max(1, TILE // max(1, len(wide) * len(lags)))
    for begin in range(0, len(values), step):
        some = slice(begin, begin + step)
        found = pair_correlations(values[some], mask[some], search.pairs, most)
        peak, at = found.masked_fill(~possible, -1).max(-1)
        for number, counts in enumerate(peak >= search.alike):
            stations = search.pairs[:, counts].unique()
            if int(counts.sum()) < search.fewest_pairs or len(stations) < search.fewest_stations:
                yield None
            else:
                lag = lags[at[number, counts]].double()
                yield Alike(found[number, counts].double(), lag, search.pairs[:, counts])


def sources(window: Alike, values: Tensor, mask: Tensor, search: Search) -> list[Heard]:
    """Those of one window [station, second]: the place most pairs agree on, then what else is left."""
    samples = independent(values[None], mask[None], window.correlations.shape[-1] // 2)[0]
    told: list[Heard] = []
    left = torch.ones(len(window), dtype=torch.bool, device=values.device)
    for _ in range(2 * search.most):
        if int(left.sum()) < search.fewest_pairs or len(told) == search.most:
            break
        rest = window.some(left)
        node = search.nodes[_agreement(rest, search).argmax()]
        near = _near(node, rest, search)
        place = _climbed(node[None], rest.some(near), samples, search)[0] if bool(near.any()) else node
        own = near & (_off(place, rest, search) <= OFF)
        taken = left.nonzero()[:, 0]
        left[taken[own | near if int(own.sum()) < search.fewest_pairs else own]] = False
        pairs = rest.some(own)
        enough = len(pairs) >= search.fewest_pairs
        if not enough or len(pairs.pairs.unique()) < search.fewest_stations:
            continue
        source = _told(_climbed(place[None], pairs, samples, search)[0], pairs, samples, values, mask, search)
        if all(float((source.place - other.place)[:2].norm()) >= APART for other in told):
            told.append(source)
    return told


def _agreement(window: Alike, search: Search) -> Tensor:
    """The sum of the correlations of the pairs around each node, at the lags that it predicts."""
    step = max(1, TILE // max(len(window), len(search.stations)))
    parts = []
    for nodes in torch.split(search.nodes, step):
        arrivals = _arrivals(nodes, search)
        near = (nodes[None, :, :2] - search.stations[:, None, :2]).norm(dim=-1) <= HEARD
        one, other = window.pairs
        value = at_lags(window.correlations[None], (arrivals[one] - arrivals[other])[None])[0]
        parts.append((value * (near[one] & near[other])).sum(0))
    return torch.cat(parts)


def _near(place: Tensor, window: Alike, search: Search) -> Tensor:
    near = (search.stations[:, :2] - place[:2]).norm(dim=-1) <= HEARD
    return near[window.pairs].all(0)


def _arrivals(places: Tensor, search: Search) -> Tensor:
    """Seconds from places to stations: [station, place]."""
    across = (places[None, :, :2] - search.stations[:, None, :2]).norm(dim=-1)
    depth = places[None, :, 2].expand_as(across)
    return search.times(across, depth, search.stations[:, None, 2].expand_as(across)).double()


def _off(place: Tensor, window: Alike, search: Search) -> Tensor:
    """Seconds by which each pair's lag is off."""
    arrivals = _arrivals(place[None], search)[:, 0]
    one, other = window.pairs
    return (window.lag - (arrivals[one] - arrivals[other])).abs()


def _seen(window: Alike, samples: Tensor, search: Search, weights: Tensor) -> Observed:
    """As a place is judged by correlations alone, once for each row of weights [source, pair]."""
    many, count = len(weights), len(search.stations)
    own = stations_in(window, count)
    zero = weights.new_zeros(many, count)
    return Observed(
        search.stations.expand(many, -1, -1), window.pairs, window.correlations.expand(many, -1, -1),
        weights, zero, zero.bool(), weights.new_full((many,), search.depth),
        samples[own].mean().expand(many).double(),
    )  # fmt: skip


def stations_in(window: Alike, count: int) -> Tensor:
    taken = torch.zeros(count, dtype=torch.bool, device=window.lag.device)
    taken[window.pairs.flatten()] = True
    return taken


def _climbed(
    start: Tensor, window: Alike, samples: Tensor, search: Search, weights: Tensor | None = None
) -> Tensor:
    """Up the gradient from places [source, 3], each pair counting alike unless told otherwise."""
    if weights is None:
        weights = start.new_ones(len(start), len(window))
    seen, beliefs = _seen(window, samples, search, weights), search.beliefs()
    number = pair_number(start[:, None], seen, beliefs)
    return climbed(start, seen, beliefs, number, search.low, search.high)


def _told(
    place: Tensor, pairs: Alike, samples: Tensor, values: Tensor, mask: Tensor, search: Search
) -> Heard:
    seen = _seen(pairs, samples, search, place.new_ones(1, len(pairs)))
    correlation = averaged_correlation(place[None, None], seen, search.times)[0, 0]
    taken = stations_of_pairs(seen)[0]
    arrivals = travel(place[None, None], seen, search.times)[..., 0]
    first, last = lasting(values[None], mask[None], arrivals.double(), taken[None].double())
    misfit = _off(place, pairs, search).square().mean().sqrt()
    side = torch.minimum(place - search.low, search.high - place)[:2].amin()
    return Heard(
        place, _jackknifed(place, pairs, samples, taken, search), taken, len(pairs), float(correlation),
        float(misfit), float(first), float(last), float(side) < 1.0,
    )  # fmt: skip


def _jackknifed(place: Tensor, pairs: Alike, samples: Tensor, taken: Tensor, search: Search) -> Tensor:
    """The covariance of a place, from those found without one station after the other."""
    left_out = taken.nonzero()[:, 0]
    weights = (pairs.pairs[None] != left_out[:, None, None]).all(1).to(place.dtype)
    enough = weights.sum(1) > 0
    found = _climbed(place.expand(int(enough.sum()), -1), pairs, samples, search, weights[enough])
    off = found - found.mean(0)
    return (len(off) - 1) / len(off) * off.T @ off


def without_repeats(
    window: Tensor, begin: Tensor, end: Tensor, place: Tensor, score: Tensor, slack: float
) -> Tensor:
    """Which sources to keep, where windows overlap by half and one source may be seen in several.

    `window` is the number of each one's window, times are in seconds. Of an odd window what is seen better
    in an even one beside it goes; then of the even ones what is left in an odd one. Each is so
    judged by two windows to either side alone, and what lasts long is told once in each window.
    """
    beside = (window[:, None] - window).abs() == 1
    together = torch.minimum(end[:, None], end) - torch.maximum(begin[:, None], begin) >= -slack
    same = beside & together & ((place[:, None] - place)[..., :2].norm(dim=-1) < APART)
    odd = window % 2 == 1
    better = score[None] > score[:, None]
    kept = odd & ~(same & better).any(1)
    return kept | (~odd & ~(same & kept[None]).any(1))


def limited(search: Search, stations: Tensor) -> Search:
    """The same with nodes no farther from a station than its pairs can tell."""
    near = torch.cdist(search.nodes[:, :2], stations[:, :2]).amin(1) <= HEARD
    return replace(search, nodes=search.nodes[near])
