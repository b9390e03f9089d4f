"""Groups by the method as a whole: sources that are known, dead stations, edges of the network."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from methods.tremor.networks import at, everywhere, grid

from seisdsl.methods.tremor.groups import Grouping, grouped, log_odds

PLACES = grid(6, 14)  # 390 km from west to east, 150 from south to north
WEST, EAST = np.array([[90.0, 75.0]]), np.array([[300.0, 75.0]])


def odds_of(sources: np.ndarray, at_source: float = 6.0) -> torch.Tensor:
    apart = np.hypot(*(PLACES[:, None] - sources).transpose(2, 0, 1)).min(1)
    return torch.from_numpy(at_source - 0.1 * apart)[None]


def groups(odds: torch.Tensor, alive: torch.Tensor | None = None, **how: object) -> list[set[int]]:
    there = everywhere(len(PLACES)) if alive is None else alive
    (found,) = grouped(odds, there, at(PLACES), Grouping(**how))
    return [set((found == peak).nonzero()[:, 0].tolist()) for peak in sorted(set(found.tolist()) - {-1})]


def middle(group: set[int]) -> np.ndarray:
    return PLACES[sorted(group)].mean(0)


def test_log_odds_are_exact_where_probabilities_are_all_but_one():
    logits = torch.tensor([[[100.0], [0.0], [1.0]], [[0.0], [2.0], [300.0]]], dtype=torch.float64)
    found = log_odds(logits, 2)
    assert found[:, 0].tolist() == pytest.approx([1 - np.logaddexp(100, 0), 300 - np.logaddexp(0, 2)])


def test_two_sources_that_hang_together_are_two_groups_around_them():
    both = odds_of(np.concatenate([[[110.0, 75.0]], [[225.0, 75.0]]]))
    assert len(groups(both, rule="components")) == 1
    found = groups(both)
    assert len(found) == 2
    for group, source in zip(sorted(found, key=lambda g: middle(g)[0]), (110.0, 225.0), strict=True):
        assert np.hypot(*(middle(group) - (source, 75.0))) < 20


def test_dead_stations_in_the_midst_of_a_tremor_do_not_tear_it_apart():
    """A hole three stations wide and six long, right across it."""
    there = everywhere(len(PLACES))
    there[0, (np.abs(PLACES[:, 0] - 90) < 20)] = False
    odds = odds_of(WEST, 9.0)
    (found,) = groups(odds, there, farthest=130.0)
    assert min(PLACES[sorted(found), 0]) < 60
    assert max(PLACES[sorted(found), 0]) > 120
    assert not found & set((~there[0]).nonzero()[:, 0].tolist())
    assert len(groups(odds, there, farthest=45.0, nearest=1)) == 2  # too far to be bridged


def test_a_dead_station_that_seems_loud_counts_for_nothing():
    there = everywhere(len(PLACES))
    loud = odds_of(WEST)
    there[0, 50] = False
    quiet = loud.clone()
    loud[0, 50], quiet[0, 50] = 1e6, -1e6
    assert groups(loud, there) == groups(quiet, there)


def test_a_storm_over_all_stations_is_one_group_of_all():
    noise = torch.from_numpy(np.random.default_rng(0).normal(0, 0.3, (1, len(PLACES))))
    (found,) = groups(4 + noise)
    assert len(found) == len(PLACES)


def test_a_source_outside_of_the_network_is_a_group_at_its_edge():
    (found,) = groups(odds_of(np.array([[-30.0, 75.0]]), 9.0))
    assert max(PLACES[sorted(found), 0]) < 70
    assert len(groups(odds_of(np.array([[-200.0, 75.0]])))) == 0


def test_stations_of_a_far_hill_that_are_too_few_are_no_group():
    odds = torch.full((1, len(PLACES)), -5.0, dtype=torch.float64)
    odds[0, [3, 4]] = 9.0
    assert groups(odds, stations=3, smoothing=1.0) == []
    assert groups(odds, stations=2, smoothing=1.0) == [{3, 4}]


def test_windows_do_not_see_one_another():
    """Many at once, in more than one tile, as each by itself."""
    chance = np.random.default_rng(1)
    odds = torch.from_numpy(chance.normal(0.5, 2, (2000, len(PLACES))))
    there = torch.from_numpy(chance.random(odds.shape) > np.linspace(0, 1, 2000)[:, None] ** 3)
    together = grouped(odds, there, at(PLACES), Grouping())
    for window in (0, 1, 849, 850, 851, 1500, 1999):
        (alone,) = grouped(odds[window : window + 1], there[window : window + 1], at(PLACES), Grouping())
        assert torch.equal(alone, together[window])
    assert not (together[~there] >= 0).any()
