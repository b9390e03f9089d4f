"""Groups of stations window by window, by one rule or another, with bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from seisdsl.methods.tremor import rules
from seisdsl.methods.tremor.graph import Network, edges
from seisdsl.methods.tremor.persistence import persistent, smoothed

Rule = Literal["persistence", "components", "louvain", "dbscan"]
PAIRS = 6_000_000  # of stations in the windows that are done at once


@dataclass(frozen=True)
class Grouping:
    """Lengths in km; `least` is the log-odds that a station takes part with."""

    rule: Rule = "persistence"
    farthest: float = 70.0
    smoothing: float = 30.0
    least: float = 0.0
    prominence: float = 1.0
    stations: int = 3
    nearest: int = 4


def log_odds(logits: Tensor, of: int) -> Tensor:
    """ln p / (1 - p) of one class, exact where the probability is all but one: over dimension 1."""
    others = torch.cat([logits[:, :of], logits[:, of + 1 :]], dim=1)
    return logits[:, of] - others.logsumexp(1)


def grouped(odds: Tensor, alive: Tensor, network: Network, how: Grouping) -> Tensor:
    """For each window and station the number of its group's first station or peak, -1 for none.

    `odds` and `alive` are [window, station]. Groups of too few stations are none.
    """
    tile = max(1, PAIRS // odds.shape[1] ** 2)
    parts = zip(torch.split(odds, tile), torch.split(alive, tile), strict=True)
    return torch.cat([_large_enough(_grouped(*part, network, how), how.stations) for part in parts])


def _grouped(odds: Tensor, alive: Tensor, network: Network, how: Grouping) -> Tensor:
    near = edges(network, alive, how.farthest, how.nearest)
    height = smoothed(odds, alive, near, how.smoothing)
    taking_part = alive & ((odds >= how.least) | (height >= how.least))
    if how.rule == "persistence":
        return persistent(height, taking_part, near, how.prominence)
    if how.rule == "components":
        return rules.components(taking_part, near)
    if how.rule == "dbscan":
        return rules.dbscan(taking_part, network.distance.to(odds.device), how.farthest, how.stations)
    return rules.louvain(odds.sigmoid(), taking_part, near, how.smoothing)


def _large_enough(found: Tensor, least: int) -> Tensor:
    stations = found.shape[1]
    size = torch.zeros(len(found), stations + 1, dtype=torch.long, device=found.device)
    size.scatter_add_(1, found.masked_fill(found < 0, stations), torch.ones_like(found))
    return found.masked_fill(size.gather(1, found.clamp(min=0)) < least, -1)
