from __future__ import annotations

import pytest
from obspy import read_inventory

from seisdsl.data.responses import Epoch, in_time, inventory, responses
from seisdsl.data.waves import NS
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

DAY = 86_400 * NS


def test_the_epochs_of_a_channel_are_in_order_of_time(tmp_path):
    path = tmp_path / "stations.xml"
    read_inventory().write(str(path), "STATIONXML")
    epochs = responses(str(path))["BW.RJOB..EHZ"]
    assert [str(epoch) for epoch in epochs] == [
        "2001-05-15 to 2006-12-12",
        "2006-12-13 to 2007-12-17",
        "2007-12-17 to now",
    ]
    assert len(responses(str(path))) == 24
    assert inventory(str(path)) is inventory(str(path))


def test_epochs_are_those_that_a_time_touches():
    one, two = Epoch(0, 5 * DAY, object()), Epoch(5 * DAY, 9 * DAY, object())
    for first, last, found in ((0, 5, [one]), (4, 6, [one, two]), (5, 6, [two]), (9, 12, [])):
        assert in_time([one, two], TimeRange(first * DAY, last * DAY), "A", "file") == found


def test_a_contradiction_counts_where_there_are_samples():
    epochs = [
        Epoch(0, 20 * DAY, object()),
        Epoch(1 * DAY, 2 * DAY, object()),
        Epoch(9 * DAY, 30 * DAY, object()),
    ]
    assert in_time(epochs, TimeRange(3 * DAY, 9 * DAY), "A", "file") == epochs[:1]
    with pytest.raises(Unsuitable, match="file gives A two responses for one time") as refusal:
        in_time(epochs, TimeRange(8 * DAY, 10 * DAY), "A", "file")
    assert refusal.value.notes == (
        "one holds from 1970-01-01 to 1970-01-21",
        "another from 1970-01-10 to 1970-01-31",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is not StationXML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><FDSNStationXML/>', "XML entities"),
        ("<FDSNStationXML", "cannot read"),
    ],
)
def test_files_that_are_none_are_refused(text, said, tmp_path):
    path = tmp_path / "stations.xml"
    path.write_text(text)
    for read in (inventory, responses):
        with pytest.raises(Unsuitable, match=said) as refusal:
            read(str(path))
        assert refusal.value.parameter == "stations"
        assert "stations.xml" in refusal.value.message
