"""Grouping stations: held against ToMATo by its definition, and against networkx."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
import torch

from seisdsl.methods.tremor.graph import Neighbours, bridged, local, neighbours
from seisdsl.methods.tremor.groups import Grouping, grouped, log_odds
from seisdsl.methods.tremor.linking import Seen, linked
from seisdsl.methods.tremor.persistence import persistent, smoothed
from seisdsl.methods.tremor.rules import components, dbscan


def network(count: int = 40, seed: int = 0) -> tuple[np.ndarray, Neighbours]:
    places = np.random.default_rng(seed).uniform(0, 300, (count, 2))
    return places, neighbours(places, 90.0, 4)


def tomato(height: list[float], edges: np.ndarray, prominence: float) -> list[int]:
    """By the definition: stations from the highest down, each to its highest neighbour's group."""
    peak: dict[int, int] = {}
    root: dict[int, int] = {}

    def of(station: int) -> int:
        while root[station] != station:
            station = root[station]
        return station

    for station in sorted((n for n, h in enumerate(height) if h > -np.inf), key=lambda n: -height[n]):
        seen = [other for other in np.flatnonzero(edges[station]) if other in peak]
        if not seen:
            root[station] = peak[station] = station
            continue
        peak[station] = of(peak[max(seen, key=lambda n: height[n])])
        for other in sorted(seen, key=lambda n: -height[of(peak[n])]):
            a, b = of(peak[station]), of(peak[other])
            low, high = sorted((a, b), key=lambda n: height[n])
            if low != high and height[low] - height[station] < prominence:
                root[low] = high
    return [of(peak[n]) if n in peak else -1 for n in range(len(height))]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("prominence", [0.0, 0.8, 3.0, 50.0])
def test_hills_are_those_of_the_definition(seed, prominence):
    places, graph = network(seed=seed)
    chance = np.random.default_rng(seed + 100)
    height = torch.from_numpy(chance.normal(0, 2, (9, 40)) + 3 * np.sin(places[:, 0] / 40))
    taking_part = torch.from_numpy(chance.random((9, 40)) < 0.8)
    found = persistent(height, taking_part, graph.near, prominence)
    for row, own, said in zip(height, taking_part, found, strict=True):
        expected = tomato(row.masked_fill(~own, -torch.inf).tolist(), graph.near.numpy(), prominence)
        assert said.tolist() == expected


def test_components_are_those_of_networkx():
    _, graph = network(60)
    taking_part = torch.rand(20, 60, generator=torch.Generator().manual_seed(1)) < 0.5
    found = components(taking_part, graph.near)
    whole = networkx.from_numpy_array(graph.near.numpy())
    for own, said in zip(taking_part, found, strict=True):
        expected = {
            frozenset(c) for c in networkx.connected_components(whole.subgraph(own.nonzero()[:, 0].tolist()))
        }
        groups = {n: {i for i, m in enumerate(said.tolist()) if m == n} for n in set(said.tolist()) - {-1}}
        assert {frozenset(group) for group in groups.values()} == expected
        assert all(min(group) == n for n, group in groups.items())


def test_density_clusters_are_those_of_the_definition():
    _, graph = network(60, seed=3)
    taking_part = torch.rand(10, 60, generator=torch.Generator().manual_seed(2)) < 0.7
    found = dbscan(taking_part, graph.distance, 45.0, 4)
    for own, said in zip(taking_part.numpy(), found.numpy(), strict=True):
        close = (graph.distance.numpy() <= 45) & own & own[:, None]
        core = own & (close.sum(1) >= 4)
        tree = networkx.from_numpy_array(close & core & core[:, None])
        for station in np.flatnonzero(own):
            if core[station]:
                assert set(
                    np.flatnonzero(core & (said == said[station]))
                ) == networkx.node_connected_component(tree, station)
            elif (close[station] & core).any():
                near = np.where(core, graph.distance[station].numpy(), np.inf).argmin()
                assert said[station] == said[near]
            else:
                assert said[station] == -1


def test_edges_are_short_and_every_station_has_its_nearest():
    places, graph = network(80)
    assert graph.near.equal(graph.near.T)
    assert not graph.near.diagonal().any()
    assert graph.distance[graph.near].max() <= 90
    for station in range(80):
        apart = np.hypot(*(places - places[station]).T)
        nearest = [n for n in np.argsort(apart)[1:5] if apart[n] <= 90]
        assert graph.near[station, nearest].all()


@pytest.mark.parametrize("places", [[(0, 0)], [(0, 0), (20, 0)], [(0, 0), (20, 0), (40, 0), (60, 0)]])
def test_few_stations_and_stations_in_a_line_are_joined(places):
    graph = neighbours(np.array(places, float), 30.0, 2)
    expected = [[0 < abs(a[0] - b[0]) <= 30 for b in places] for a in places]
    assert graph.near.tolist() == expected


def test_a_dead_station_is_bridged_and_so_are_two():
    graph = neighbours(np.array([(0, 0), (30, 0), (60, 0), (90, 0)], float), 35.0, 1)
    far = neighbours(np.array([(0, 0), (30, 0), (60, 0), (90, 0)], float), 100.0, 1)
    line = Neighbours(graph.near, far.distance)
    assert bridged(line, torch.tensor([True, False, True, True]), 70.0)[0, 2]
    assert bridged(line, torch.tensor([True, False, False, True]), 100.0)[0, 3]
    assert not bridged(line, torch.tensor([True, False, False, True]), 70.0)[0, 3]


def test_smoothing_is_a_weighted_mean():
    _, graph = network(30)
    height, alive = torch.randn(5, 30, dtype=torch.float64), torch.rand(5, 30) < 0.9
    found = smoothed(height, alive, graph.near, graph.distance, 30.0)
    w = (graph.near * torch.exp(-(graph.distance**2) / 1800)).numpy()
    for window in range(5):
        for one in range(30):
            if alive[window, one]:
                own = w[one] * alive[window].numpy()
                mean = (height[window, one] + (own * height[window].numpy()).sum()) / (1 + own.sum())
                assert found[window, one].item() == pytest.approx(
                    (0.5 * height[window, one] + 0.5 * mean).item()
                )
            else:
                assert found[window, one] == -torch.inf


def test_log_odds_are_exact_where_probabilities_are_all_but_one():
    logits = torch.tensor([[[100.0], [0.0], [1.0]], [[0.0], [2.0], [300.0]]], dtype=torch.float64)
    found = log_odds(logits, 2)
    expected = [1 - np.logaddexp(100, 0), 300 - np.logaddexp(0, 2)]
    assert found[:, 0].tolist() == pytest.approx(expected)


def test_two_sources_are_two_groups_and_their_stations_lie_around_them():
    places = np.array([(x, y) for x in range(0, 400, 30) for y in range(0, 150, 30)], float)
    graph = neighbours(places, 70.0, 4)
    sources = np.array([(90, 60), (210, 60)])
    apart = np.hypot(*(places[:, None] - sources).transpose(2, 0, 1)).min(1)
    odds = torch.from_numpy(6 - 0.1 * apart)[None]
    (said,) = grouped(odds, torch.ones_like(odds, dtype=torch.bool), graph, Grouping())
    assert len(set(said.tolist()) - {-1}) == 2
    (one,) = grouped(odds, torch.ones_like(odds, dtype=torch.bool), graph, Grouping(rule="components"))
    assert len(set(one.tolist()) - {-1}) == 1
    for peak in set(said.tolist()) - {-1}:
        assert np.hypot(*(places[said.numpy() == peak].mean(0) - sources).T).min() < 15


def seen(name, time, stations, middle=(0.0, 0.0)):
    return Seen(name, time, frozenset(stations), middle)


def test_groups_are_linked_by_stations_or_by_place():
    given = [
        seen("a", 0, "ABC"), seen("b", 10, "BCD", (100, 0)), seen("c", 20, "XYZ", (110, 0)),
        seen("d", 20, "PQR", (500, 0)), seen("e", 500, "XYZ", (110, 0)),
    ]  # fmt: skip
    assert linked(given, 30, 0.3, 30.0) == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "e"}


def test_a_split_keeps_the_episode_on_both_sides():
    given = [seen("a", 0, "ABCD"), seen("b", 10, "AB"), seen("c", 10, "CD")]
    assert linked(given, 30, 0.3, 0.0) == {"a": "a", "b": "a", "c": "a"}


def test_places_on_both_sides_of_the_date_line_are_near():
    km = local([0.0, 0.0], [179.9, -179.9])
    assert np.hypot(*(km[0] - km[1])) == pytest.approx(22.24, abs=0.05)
