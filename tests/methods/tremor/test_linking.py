"""Groups of successive windows linked into episodes."""

from __future__ import annotations

import networkx
import numpy as np

from seisdsl.methods.tremor.linking import Seen, linked


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


def test_of_two_that_meet_the_one_that_shares_more_goes_on():
    given = [seen("a", 0, "AB", (0, 0)), seen("b", 0, "CDE", (90, 0)), seen("c", 10, "ABCDE", (50, 0))]
    assert linked(given, 30, 0.3, 0.0)["c"] == "b"


def test_groups_of_one_window_are_not_linked():
    given = [seen("a", 0, "ABC"), seen("b", 0, "BCD")]
    assert linked(given, 30, 0.3, 30.0) == {"a": "a", "b": "b"}


def test_the_order_they_come_in_does_not_matter():
    chance = np.random.default_rng(0)
    given = [
        seen(f"{n:03}", int(chance.integers(0, 40)) * 10, chance.choice(list("ABCDEFGH"), 4, replace=False),
             tuple(chance.uniform(0, 300, 2)))
        for n in range(120)
    ]  # fmt: skip
    expected = linked(given, 20, 0.5, 20.0)
    assert linked(given[::-1], 20, 0.5, 20.0) == expected
    assert linked([given[n] for n in chance.permutation(120)], 20, 0.5, 20.0) == expected
    by_name = {group.name: group for group in given}
    for name, episode in expected.items():
        assert by_name[episode].time <= by_name[name].time
        assert expected[episode] == episode


def test_an_episode_is_a_chain_without_a_hole():
    """Of links that are allowed; none is longer than the patience."""
    chance = np.random.default_rng(1)
    given = [
        seen(f"{n:03}", 10 * n, chance.choice(list("ABCDEF"), 3, replace=False)) for n in range(80) if n % 7
    ]
    found = linked(given, 10, 0.5, -1.0)
    graph = networkx.Graph()
    graph.add_nodes_from(group.name for group in given)
    for one in given:
        for other in given:
            shared = len(one.stations & other.stations) / len(one.stations | other.stations)
            if other.time - one.time == 10 and shared >= 0.5:
                graph.add_edge(one.name, other.name)
    chains = {min(part): part for part in networkx.connected_components(graph)}
    assert {name for names in chains.values() for name in names} == set(found)
    assert found == {name: first for first, part in chains.items() for name in part}
