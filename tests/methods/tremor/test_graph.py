"""Who is whose neighbour: against scipy in the plane, and with stations that are dead or not there."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from methods.tremor.networks import at, everywhere, grid, scattered
from obspy.geodetics import locations2degrees
from scipy.spatial import Delaunay

from seisdsl.methods.tremor.graph import edges, local, neighbours, network


def test_distances_are_those_of_obspy():
    latitude, longitude = [38.0, 38.5, -20.0, 0.0], [142.0, 143.1, 179.9, -179.9]
    found = network(latitude, longitude).distance
    for a in range(4):
        for b in range(4):
            degrees = locations2degrees(latitude[a], longitude[a], latitude[b], longitude[b])
            assert found[a, b].item() == pytest.approx(np.deg2rad(degrees) * 6371, abs=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_the_triangulation_is_the_plane_one_of_scipy(seed):
    places = np.random.default_rng(seed).uniform(0, 50, (60, 2))  # km: all but flat
    (found,) = neighbours(at(places), everywhere(60), 1000.0, 0)
    expected = np.zeros((60, 60), bool)
    for a, b, c in Delaunay(places).simplices:
        expected[[a, b, c, b, c, a], [b, c, a, a, b, c]] = True
    outside = Delaunay(places).convex_hull  # a sphere rounds off its edge: very flat triangles may go
    on_edge = np.zeros_like(expected)
    on_edge[np.ix_(np.unique(outside), np.unique(outside))] = True
    assert ((found.numpy() == expected) | on_edge).all()
    assert (found.numpy() == expected).mean() > 0.995


def test_every_station_has_its_nearest_and_no_edge_is_too_long():
    there = torch.rand(6, 80, generator=torch.Generator().manual_seed(1)) < 0.8
    net = scattered(80)
    for own, near in zip(there, neighbours(net, there, 60.0, 4), strict=True):
        assert near.equal(near.T)
        assert not near.diagonal().any()
        assert not near[~own].any()
        assert net.distance[near].max() <= 60
        for station in own.nonzero()[:, 0].tolist():
            apart = net.distance[station].masked_fill(~own, torch.inf)
            apart[station] = torch.inf
            assert all(near[station, n] for n in apart.argsort()[:4].tolist() if apart[n] <= 60)


def test_a_dead_station_is_as_if_it_were_not_there():
    places = np.random.default_rng(3).uniform(0, 400, (90, 2))
    there = torch.rand(90, generator=torch.Generator().manual_seed(2)) < 0.7
    (within,) = neighbours(at(places), there[None], 90.0, 3)
    (alone,) = neighbours(at(places[there.numpy()]), everywhere(int(there.sum())), 90.0, 3)
    assert within[there][:, there].equal(alone)


def test_those_around_a_dead_station_are_neighbours_across_it():
    places = grid(5, 5)
    dead = 12  # in the middle
    there = everywhere(25)
    (before,) = neighbours(at(places), there, 70.0, 0)
    there[0, dead] = False
    (after,) = neighbours(at(places), there, 70.0, 0)
    across = after & ~before
    assert not before[7, 17]
    assert not before[11, 13]
    assert across[7, 17] or across[11, 13]
    assert before[:, dead][across.any(1)].all()  # nothing changes but around it


@pytest.mark.parametrize("places", [[(0, 0)], [(0, 0), (20, 0)], [(0, 0), (20, 0), (40, 0), (60, 0)]])
def test_few_stations_and_stations_in_a_line_are_joined(places):
    (found,) = neighbours(at(np.array(places, float)), everywhere(len(places)), 30.0, 2)
    assert found.tolist() == [[0 < abs(a[0] - b[0]) <= 30 for b in places] for a in places]


def test_stations_at_one_place_are_neighbours():
    places = np.array([(0, 0), (0, 0), (30, 0), (0, 30), (30, 30)], float)
    (found,) = neighbours(at(places), everywhere(5), 70.0, 1)
    assert found[0, 1]
    assert found.any(1).all()


def test_edges_are_the_neighbours_of_each_window():
    net = scattered(30)
    there = torch.rand(7, 30, generator=torch.Generator().manual_seed(4)) < 0.6
    found = edges(net, there, 90.0, 4)
    listed = torch.zeros(7 * 30, 7 * 30, dtype=torch.bool)
    listed[found.one, found.other] = True
    for window, near in enumerate(neighbours(net, there, 90.0, 4)):
        own = slice(30 * window, 30 * window + 30)
        assert listed[own, own].equal(near)
        listed[own, own] = False
    assert not listed.any()
    assert torch.equal(found.km, net.distance[found.one % 30, found.other % 30])


def test_places_on_both_sides_of_the_date_line_are_near():
    km = local([0.0, 0.0], [179.9, -179.9])
    assert np.hypot(*(km[0] - km[1])) == pytest.approx(22.24, abs=0.05)
