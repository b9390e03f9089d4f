"""Plainer ways to group stations, to compare with: each gives a number of a group, -1 for none."""

from __future__ import annotations

import torch
from torch import Tensor


def components(taking_part: Tensor, near: Tensor) -> Tensor:
    """Stations that take part and hang together: the least number of each, [window, station]."""
    stations = taking_part.shape[1]
    number = torch.arange(stations, device=near.device)
    found = number.expand_as(taking_part).masked_fill(~taking_part, stations)
    link = near | torch.eye(stations, dtype=torch.bool, device=near.device)
    while True:
        spread = torch.where(link, found[:, None], stations).amin(-1).masked_fill(~taking_part, stations)
        if torch.equal(spread, found):
            return found.masked_fill(~taking_part, -1)
        found = spread


def dbscan(taking_part: Tensor, distance: Tensor, reach: float, least: int) -> Tensor:
    """Density: a station with `least` others (itself among them) within `reach` is a core.

    Cores that are within reach of one another are a group, and stations in reach of a core join the
    nearest one's.
    """
    close = distance <= reach
    crowd = taking_part.to(torch.float32) @ close.to(torch.float32)
    core = taking_part & (crowd >= least)
    groups = components(core, close)
    far = distance.to(torch.float64)[None].masked_fill(~core[:, None], torch.inf)
    near, which = far.min(-1)
    joins = taking_part & ~core & (near <= reach)
    return torch.where(joins, groups.gather(1, which), groups)


def louvain(probability: Tensor, taking_part: Tensor, near: Tensor, distance: Tensor, reach: float) -> Tensor:
    """Communities of the stations that take part, linked by p·p'·exp(-d²/2 reach²)."""
    import networkx

    weight = (near * torch.exp(-(distance**2) / (2 * reach**2))).double()
    found = torch.full(taking_part.shape, -1, dtype=torch.long)
    for window in taking_part.any(1).nonzero()[:, 0].tolist():
        own = taking_part[window].nonzero()[:, 0].tolist()
        graph = networkx.Graph()
        graph.add_nodes_from(own)
        p = probability[window].tolist()
        graph.add_weighted_edges_from(
            (a, b, p[a] * p[b] * float(weight[a, b])) for a in own for b in own if a < b and weight[a, b] > 0
        )
        for community in networkx.community.louvain_communities(graph, seed=1):
            found[window, list(community)] = min(community)
    return found
