"""Plainer ways to group stations, to compare with: each gives a number of a group, -1 for none."""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.tremor.graph import Edges


def components(taking_part: Tensor, edges: Edges) -> Tensor:
    """Stations that take part and hang together: the least number of each, [window, station]."""
    stations = taking_part.shape[1]
    here = taking_part.flatten()
    kept = here[edges.one] & here[edges.other]
    one, other = edges.one[kept], edges.other[kept]
    found = torch.arange(len(here), device=here.device)
    while True:
        least = found.scatter_reduce(0, one, found[other], "amin")
        least = least[least]
        if torch.equal(least, found):
            return (found % stations).masked_fill(~here, -1).view_as(taking_part)
        found = least


def dbscan(taking_part: Tensor, distance: Tensor, reach: float, least: int) -> Tensor:
    """Density: a station with `least` others (itself among them) within `reach` is a core.

    Cores that are within reach of one another are a group, and stations in reach of a core join the
    nearest one's.
    """
    close = distance <= reach
    crowd = taking_part.to(torch.float32) @ close.to(torch.float32)
    core = taking_part & (crowd >= least)
    groups = components(core, _all_within(close, core, distance))
    far = distance.to(torch.float64)[None].masked_fill(~core[:, None], torch.inf)
    near, which = far.min(-1)
    joins = taking_part & ~core & (near <= reach)
    return torch.where(joins, groups.gather(1, which), groups)


def _all_within(close: Tensor, there: Tensor, distance: Tensor) -> Edges:
    window, one, other = (close & there[:, :, None] & there[:, None]).nonzero(as_tuple=True)
    stations = there.shape[1]
    return Edges(window * stations + one, window * stations + other, distance[one, other])


def louvain(probability: Tensor, taking_part: Tensor, edges: Edges, reach: float) -> Tensor:
    """Communities of the stations that take part, linked by p·p'·exp(-d²/2 reach²)."""
    import networkx

    here, stations = taking_part.flatten(), taking_part.shape[1]
    kept = here[edges.one] & here[edges.other] & (edges.one < edges.other)
    one, other = edges.one[kept], edges.other[kept]
    p = probability.flatten().double()
    weight = p[one] * p[other] * torch.exp(-(edges.km[kept].double() ** 2) / (2 * reach**2))
    graphs: dict[int, networkx.Graph] = {}
    for number in here.nonzero()[:, 0].tolist():
        graphs.setdefault(number // stations, networkx.Graph()).add_node(number)
    for a, b, link in zip(one.tolist(), other.tolist(), weight.tolist(), strict=True):
        graphs[a // stations].add_edge(a, b, weight=link)
    found = torch.full(here.shape, -1, dtype=torch.long)
    for graph in graphs.values():
        for community in networkx.community.louvain_communities(graph, seed=1):
            found[list(community)] = min(community) % stations
    return found.view_as(taking_part).to(taking_part.device)
