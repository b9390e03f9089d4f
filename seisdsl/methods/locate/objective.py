"""How well a place explains the envelopes of stations: by when they rise and fall, and by how large they are.

The correlations of pairs, averaged at the lags that a place predicts (ACC), tell it sharply but have
false summits where envelopes are noisy; the amplitudes (ASL) tell it bluntly without them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from seisdsl.methods.locate.correlations import at_lags

FREEDOM = 4.0  # of Student's law for amplitudes: a station that is far off counts little
ROUNDS = 4  # of reweighting
CURVED_OVER = 2.0  # seconds to either side, by which a correlation's curvature is measured
NEAREST = 1.0  # km: no station is nearer to a source than this


class Times(Protocol):
    """Seconds from distances, depths and depths of stations in km."""

    def __call__(self, distance: Tensor, depth: Tensor, station: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class Observed:
    """What is known of sources: `B` of them, `S` stations, `P` pairs of these, in km and seconds."""

    stations: Tensor  # [B, S, 3]: east, north, depth
    pairs: Tensor  # [2, P]
    correlations: Tensor  # [B, P, lag]
    weights: Tensor  # [B, P], zero where a pair says nothing
    amplitudes: Tensor  # [B, S]: logarithms, site terms taken off
    heard: Tensor  # [B, S]: whether the amplitude says something
    depth: Tensor  # [B]: where sources are expected
    samples: Tensor  # [B]: how many independent ones an envelope has

    def some(self, which: Tensor | slice) -> Observed:
        """Of some of the sources."""
        values = {name: value[which] for name, value in vars(self).items() if name != "pairs"}
        return replace(self, **values)

    def counted(self) -> Observed:
        """Without the pairs that say nothing of any of them."""
        some = (self.weights > 0).any(0)
        correlations, weights = self.correlations[:, some], self.weights[:, some]
        return replace(self, pairs=self.pairs[:, some], correlations=correlations, weights=weights)

    def single(self) -> Observed:
        """In single precision, which is enough for a grid."""
        values = {name: value.float() for name, value in vars(self).items() if value.is_floating_point()}
        return replace(self, **values)


@dataclass(frozen=True)
class Beliefs:
    """What the data are held against."""

    times: Times
    damping: float  # per km: pi f / (Q v)
    time_spread: float = 0.7  # seconds by which the model's times are wrong
    amplitude_spread: float = 0.5  # natural logarithm
    depth_spread: float = 8.0  # km
    place_spread: float = math.inf  # km, along the surface, from the origin that places are told from
    by_times: bool = True
    by_amplitudes: bool = True


def distances(places: Tensor, stations: Tensor) -> Tensor:
    """Along the surface from places [B, G, 3] to stations [B, S, 3]: [B, S, G], in km."""
    apart = places[:, None, :, :2] - stations[:, :, None, :2]
    return (apart.square().sum(-1) + 1e-12).sqrt()


def travel(places: Tensor, seen: Observed, times: Times) -> Tensor:
    """Seconds from places to stations: [B, S, G]."""
    stations = seen.stations
    across = distances(places, stations)
    return times(across, places[:, None, :, 2].expand_as(across), stations[:, :, None, 2].expand_as(across))


def averaged_correlation(places: Tensor, seen: Observed, times: Times) -> Tensor:
    """ACC at places [B, G, 3]: [B, G]."""
    arrivals = travel(places, seen, times)
    first, second = seen.pairs
    values = at_lags(seen.correlations, arrivals[:, first] - arrivals[:, second])
    total = seen.weights.sum(-1, keepdim=True).clamp(min=1e-9)
    return torch.einsum("bpg,bp->bg", values, seen.weights) / total


def pair_number(places: Tensor, seen: Observed, beliefs: Beliefs) -> Tensor:
    """How much -ln(1 - ACC) counts, from the place that explains most: [B].

    Envelopes of n independent samples at S stations count n S / 2, as if nothing but their noise made
    them differ. Errors of travel times set a limit to it: where the correlations of pairs are sharper
    than the model's times are good, ACC counts as much as these errors leave of it.
    """
    arrivals = travel(places, seen, beliefs.times)
    first, second = seen.pairs
    lags = arrivals[:, first] - arrivals[:, second]
    beside = [at_lags(seen.correlations, lags + by) for by in (-CURVED_OVER, 0.0, CURVED_OVER)]
    curve = (2 * beside[1] - beside[0] - beside[2])[..., 0] / CURVED_OVER**2
    total = seen.weights.sum(-1).clamp(min=1e-9)
    curve = ((curve * seen.weights).sum(-1) / total).clamp(min=1e-6)
    mean = ((beside[1][..., 0] * seen.weights).sum(-1) / total).clamp(0, 0.99)
    used = stations_of_pairs(seen).sum(-1).clamp(min=2)
    noise = seen.samples * used / 2
    model = (used - 1) / 2 * (1 - mean) / (curve * beliefs.time_spread**2)
    return 1 / (1 / noise + 1 / model)


def stations_of_pairs(seen: Observed) -> Tensor:
    """Whether each station is in a pair that counts: [B, S]."""
    counted = (seen.weights > 0).to(torch.int64)
    in_pairs = counted.new_zeros(seen.stations.shape[:2])
    for side in seen.pairs:
        in_pairs.index_add_(1, side, counted)
    return in_pairs > 0


def amplitude_misfit(places: Tensor, seen: Observed, beliefs: Beliefs) -> Tensor:
    """Minus the logarithm of the likelihood of the amplitudes, [B, G], the source's own size found for each place."""
    depth = places[:, None, :, 2] - seen.stations[:, :, None, 2]
    away = (distances(places, seen.stations) ** 2 + depth**2 + NEAREST**2).sqrt()
    size = seen.amplitudes[..., None] + away.log() + beliefs.damping * away
    known = seen.heard[..., None].to(size.dtype)
    weight = known
    for _ in range(ROUNDS):
        mean = (size * weight).sum(1, keepdim=True) / weight.sum(1, keepdim=True).clamp(min=1e-9)
        off = ((size - mean) / beliefs.amplitude_spread) ** 2
        weight = known * (FREEDOM + 1) / (FREEDOM + off)
    return ((FREEDOM + 1) / 2 * torch.log1p(off / FREEDOM) * known).sum(1)


def evidence(places: Tensor, seen: Observed, beliefs: Beliefs) -> tuple[Tensor, Tensor]:
    """Of places [B, G, 3], how little of the pairs' likeness they leave, ln(1 - ACC), and all else: [B, G]."""
    rest = -(((places[..., 2] - seen.depth[:, None]) / beliefs.depth_spread) ** 2) / 2
    rest = rest - (places[..., :2] / beliefs.place_spread).square().sum(-1) / 2
    left = torch.zeros_like(rest)
    if beliefs.by_times:
        left = torch.log1p(-averaged_correlation(places, seen, beliefs.times).clamp(-0.99, 0.99))
    if beliefs.by_amplitudes:
        rest = rest - amplitude_misfit(places, seen, beliefs)
    return left, rest


def objective(places: Tensor, seen: Observed, beliefs: Beliefs, number: Tensor) -> Tensor:
    """The logarithm of the probability of places [B, G, 3], but for a constant: [B, G]."""
    left, rest = evidence(places, seen, beliefs)
    return rest - number[:, None] * left
