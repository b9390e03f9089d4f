"""The plainer rules: against networkx, and density by its definition."""

from __future__ import annotations

import networkx
import numpy as np
import torch
from methods.tremor.networks import scattered

from seisdsl.methods.tremor.graph import edges, neighbours
from seisdsl.methods.tremor.rules import components, dbscan, louvain


def chance(windows: int, stations: int, share: float, seed: int) -> torch.Tensor:
    return torch.rand(windows, stations, generator=torch.Generator().manual_seed(seed)) < share


def sets(numbers: torch.Tensor) -> set[frozenset[int]]:
    found = numbers.tolist()
    return {frozenset(n for n, group in enumerate(found) if group == one) for one in set(found) - {-1}}


def test_components_are_those_of_networkx():
    net, alive = scattered(60), chance(20, 60, 0.9, 0)
    taking_part = alive & chance(20, 60, 0.5, 1)
    found = components(taking_part, edges(net, alive, 70.0, 4))
    for own, near, said in zip(taking_part, neighbours(net, alive, 70.0, 4), found, strict=True):
        whole = networkx.from_numpy_array(near.numpy())
        parts = networkx.connected_components(whole.subgraph(own.nonzero()[:, 0].tolist()))
        assert sets(said) == {frozenset(part) for part in parts}
        assert all(said[list(group)].unique().tolist() == [min(group)] for group in sets(said))


def test_a_long_chain_is_one_component():
    from methods.tremor.networks import at

    net = at(np.stack([np.arange(200) * 20.0, np.zeros(200)], axis=1))
    everyone = torch.ones(1, 200, dtype=torch.bool)
    assert (components(everyone, edges(net, everyone, 25.0, 2)) == 0).all()


def test_density_clusters_are_those_of_the_definition():
    net, taking_part = scattered(60, seed=3), chance(10, 60, 0.7, 2)
    distance = net.distance.numpy()
    found = dbscan(taking_part, net.distance, 45.0, 4)
    for own, said in zip(taking_part.numpy(), found.numpy(), strict=True):
        close = (distance <= 45) & own & own[:, None]
        core = own & (close.sum(1) >= 4)
        tree = networkx.from_numpy_array(close & core & core[:, None])
        assert (said[~own] == -1).all()
        for station in np.flatnonzero(own):
            if core[station]:
                together = set(np.flatnonzero(core & (said == said[station])))
                assert together == networkx.node_connected_component(tree, station)
            elif (close[station] & core).any():
                assert said[station] == said[np.where(core, distance[station], np.inf).argmin()]
            else:
                assert said[station] == -1


def test_communities_are_those_of_networkx():
    net, alive = scattered(50, seed=4), chance(6, 50, 0.9, 5)
    taking_part = alive & chance(6, 50, 0.8, 6)
    p = torch.rand(6, 50, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    found = louvain(p, taking_part, edges(net, alive, 90.0, 4), 30.0)
    for window, near in enumerate(neighbours(net, alive, 90.0, 4)):
        graph = networkx.Graph()
        graph.add_nodes_from(taking_part[window].nonzero()[:, 0].tolist())
        for a, b in near.nonzero().tolist():
            if a < b and a in graph and b in graph:
                link = p[window, a] * p[window, b] * torch.exp(-(net.distance[a, b] ** 2) / 1800)
                graph.add_edge(a, b, weight=float(link))
        expected = networkx.community.louvain_communities(graph, seed=1)
        ours = networkx.community.modularity(graph, sets(found[window]))
        theirs = networkx.community.modularity(graph, expected)
        assert ours > theirs - 0.02  # the order in which stations are visited is another
        assert all(
            any(group <= part for part in networkx.connected_components(graph))
            for group in sets(found[window])
        )
