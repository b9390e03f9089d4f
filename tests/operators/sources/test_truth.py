"""The truth behind simulated waves, as tables."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

import seisdsl
from seisdsl.data.table import Catalog, Picks
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable
from seisdsl.operators.sources.true_onsets import TrueOnsets
from seisdsl.operators.sources.truth import TrueEvents

BEGIN = 1_471_219_200 * NS


@pytest.fixture(scope="module")
def waves() -> Waves:
    return seisdsl.run("let w = simulate two-events")["w"]


def test_the_events_are_those_of_the_scene(waves):
    found = TrueEvents().apply(waves)
    assert type(found) is Catalog
    assert found.frame["magnitude"].to_list() == [2.5, 2.0]
    assert found.simulated


def test_an_event_is_told_in_the_part_that_its_origin_lies_in(waves):
    """Its waves come later, in the next part."""
    first, second = (found["time"].dt.timestamp("ns")[0] for found in (TrueEvents().apply(waves).frame,
                     TrueEvents().apply(waves).frame[1:]))  # fmt: skip
    cut = waves.count((second - waves.start) / NS + 0.1)
    before, after = (TrueEvents().apply(part).frame for part in (waves.cut(0, cut), waves.cut(cut, 6000)))
    assert before["time"].dt.timestamp("ns").to_list() == [first, second]
    assert before.equals(TrueEvents().apply(waves).frame)
    assert len(after) == 0


def test_what_hardly_a_station_sees_can_be_left_out(waves):
    def scene(time: TimeRange) -> Catalog:
        return Catalog.of({"time": [BEGIN, BEGIN + NS], "stations": [2, 5]}, simulated=True)

    own = replace(waves, scene=scene)
    assert TrueEvents(stations=3).apply(own).frame["stations"].to_list() == [5]


def test_onsets_are_of_the_stations_and_the_time_at_hand(waves):
    all_of_them = TrueOnsets().apply(waves)
    one = waves.select([0, 1, 2]).cut(0, waves.count(60))
    found = TrueOnsets().apply(one)
    assert isinstance(found, Picks)
    assert set(found.frame["station"]) == {one.channels[0].station}
    assert 0 < len(found) < len(all_of_them)
    assert all(one.span.start <= time < one.span.end for time in found.frame["time"].dt.timestamp("ns"))
    louder = TrueOnsets(above=50).apply(waves).frame
    assert 0 < len(louder) < len(all_of_them)
    assert louder["score"].min() >= 50


@pytest.mark.parametrize("operator", [TrueEvents(), TrueOnsets()])
def test_records_carry_no_truth(operator):
    record = Waves(
        torch.zeros(1, 100),
        torch.ones(1, 100, dtype=torch.bool),
        100.0,
        BEGIN,
        (Channel("XX", "A", "", "HHZ"),),
    )
    with pytest.raises(Unsuitable, match="not simulated"):
        operator.apply(record)
