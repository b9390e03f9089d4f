"""The true onsets and events behind simulated waves, part by part."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

import seisdsl
from seisdsl.data.table import Catalog, Picks
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.sources.true_onsets import TrueOnsets
from seisdsl.operators.sources.truth import TrueEvents


@pytest.fixture(scope="module")
def waves() -> Waves:
    return seisdsl.run("let w = simulate two-events")["w"]


def test_the_events_are_those_of_the_scene_with_the_columns_that_were_told(waves):
    found = TrueEvents().apply(waves)
    assert type(found) is Catalog
    assert found.frame["magnitude"].to_list() == [2.5, 2.0]
    told = TrueEvents().facts(Facts(simulated=True)).columns
    assert {name: (c.type, c.unit) for name, c in found.columns.items()} == {
        name: (c.type, c.unit) for name, c in told.items()
    }


def test_an_event_is_told_in_the_part_that_its_origin_lies_in(waves):
    """Its waves come later, in the next part."""
    whole = TrueEvents().apply(waves).frame
    second = whole["time"].dt.timestamp("ns")[1]
    cut = waves.count((second - waves.start) / NS + 0.1)
    before, after = (TrueEvents().apply(part).frame for part in (waves.cut(0, cut), waves.cut(cut, 6000)))
    assert before.equals(whole)
    assert len(after) == 0


def test_onsets_are_of_the_stations_and_the_time_at_hand(waves):
    whole = TrueOnsets().apply(waves)
    one = waves.select([0, 1, 2]).cut(0, waves.count(60))
    found = TrueOnsets().apply(one)
    assert isinstance(found, Picks)
    assert set(found.frame["station"]) == {one.channels[0].station}
    assert 0 < len(found) < len(whole)
    assert all(one.span.start <= time < one.span.end for time in found.frame["time"].dt.timestamp("ns"))
    louder = TrueOnsets(above=50).apply(waves).frame
    assert 0 < len(louder) < len(whole)
    assert louder["score"].min() >= 50


def test_onsets_of_parts_are_those_of_the_whole(waves):
    whole = TrueOnsets(above=0).apply(waves)
    edges = [0, 3300, 3700, waves.length]
    parts = [TrueOnsets(above=0).apply(waves.cut(a, b)) for a, b in pairwise(edges)]
    assert Picks.joined(parts).frame.equals(Picks.joined([whole]).frame)


def test_records_carry_no_onsets():
    mask = torch.ones(1, 100, dtype=torch.bool)
    record = Waves(torch.zeros(1, 100), mask, 100.0, 0, (Channel("XX", "A", "", "HHZ"),))
    with pytest.raises(Unsuitable, match="not simulated"):
        TrueOnsets().apply(record)
