"""Groups of stations window by window, by one rule or another, with bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from seisdsl.methods.tremor import rules
from seisdsl.methods.tremor.graph import Neighbours, bridged
from seisdsl.methods.tremor.persistence import persistent, smoothed

Rule = Literal["persistence", "components", "louvain", "dbscan"]
TILE = 1024  # windows at once


@dataclass(frozen=True)
class Grouping:
    """Lengths in km; `least` is the log-odds that a station takes part with."""

    rule: Rule = "persistence"
    farthest: float = 70.0
    smoothing: float = 30.0
    least: float = 0.0
    prominence: float = 1.0
    stations: int = 3


def log_odds(logits: Tensor, of: int) -> Tensor:
    """ln p / (1 - p) of one class, exact where the probability is all but one: over dimension 1."""
    others = torch.cat([logits[:, :of], logits[:, of + 1 :]], dim=1)
    return logits[:, of] - others.logsumexp(1)


def grouped(odds: Tensor, alive: Tensor, graph: Neighbours, how: Grouping) -> Tensor:
    """For each window and station the number of its group's first station or peak, -1 for none.

    `odds` and `alive` are [window, station]. Groups of too few stations are none.
    """
    found = torch.full(odds.shape, -1, dtype=torch.long, device=odds.device)
    for pattern in torch.unique(alive, dim=0):  # type: ignore[no-untyped-call]
        if not bool(pattern.any()):
            continue
        near = bridged(graph, pattern, how.farthest)
        for own in (alive == pattern).all(1).nonzero()[:, 0].split(TILE):
            found[own] = _grouped(odds[own], pattern.expand(len(own), -1), near, graph.distance, how)
    return _large_enough(found, how.stations)


def _grouped(odds: Tensor, alive: Tensor, near: Tensor, distance: Tensor, how: Grouping) -> Tensor:
    height = smoothed(odds, alive, near, distance, how.smoothing)
    taking_part = alive & ((odds >= how.least) | (height >= how.least))
    if how.rule == "persistence":
        return persistent(height, taking_part, near, how.prominence)
    if how.rule == "components":
        return rules.components(taking_part, near)
    if how.rule == "dbscan":
        return rules.dbscan(taking_part, distance, how.farthest, how.stations)
    return rules.louvain(odds.sigmoid(), taking_part, near, distance, how.smoothing)


def _large_enough(found: Tensor, least: int) -> Tensor:
    stations = found.shape[1]
    size = torch.zeros(len(found), stations + 1, dtype=torch.long, device=found.device)
    size.scatter_add_(1, found.masked_fill(found < 0, stations), torch.ones_like(found))
    return found.masked_fill(size.gather(1, found.clamp(min=0)) < least, -1)
