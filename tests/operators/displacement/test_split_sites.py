"""Sites to learn from and sites to be judged on."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

import seisdsl
from seisdsl.data.series_read import of_sites
from seisdsl.language.types import Range
from seisdsl.operator import Unsuitable
from seisdsl.operators.displacement.simulate_displacement import SimulateDisplacement
from seisdsl.operators.displacement.split_sites import SplitSites


@pytest.fixture(scope="module")
def positions():
    return SimulateDisplacement(stations=60).apply()


def names(series) -> set[str]:
    return {site.name for site in series.sites}


def test_one_site_of_a_cell_is_for_the_test(positions):
    parts = SplitSites().apply(positions)
    assert names(parts["train"]) | names(parts["test"]) == names(positions)
    assert not names(parts["train"]) & names(parts["test"])
    assert len(parts["test"].sites) == 12
    cells = {(site.latitude // 0.5, site.longitude // 0.5) for site in parts["test"].sites}
    assert len(cells) == 12
    turned = SplitSites().apply(of_sites(positions, range(59, -1, -1)))
    assert names(turned["test"]) == names(parts["test"])
    assert names(SplitSites(seed=2).apply(positions)["test"]) != names(parts["test"])


def test_all_sites_of_a_region_are_for_the_test(positions):
    south = Range(math.radians(35), math.radians(37))
    parts = SplitSites(latitude=south).apply(positions)
    assert all(site.latitude <= 37 for site in parts["test"].sites)
    assert all(site.latitude > 37 for site in parts["train"].sites)


def test_what_cannot_be_divided_is_refused(positions):
    with pytest.raises(Unsuitable, match="one site leaves none for `train`"):
        SplitSites().apply(of_sites(positions, [0]))
    unplaced = replace(positions, sites=tuple(replace(site, latitude=None) for site in positions.sites))
    with pytest.raises(Unsuitable, match="without a place"):
        SplitSites().apply(unplaced)


def test_its_parts_are_series_in_a_program():
    result = seisdsl.run("let data = simulate-displacement stations=20 | split-sites\nlet test = data.test")
    assert len(result["test"].sites) == 4
