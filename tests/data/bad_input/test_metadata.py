"""Station lists that contradict themselves, lack an epoch, or attack the reader."""

from __future__ import annotations

import obspy
import pytest
from obspy.core.inventory import Inventory, Network, Site, Station

from seisdsl.operator import Unsuitable


@pytest.fixture
def stationxml(tmp_path):
    def written(*epochs):
        stations = [
            Station("AAA", latitude=latitude, longitude=142.0, elevation=-500, site=Site(""),
                    start_date=start and obspy.UTCDateTime(start), end_date=end and obspy.UTCDateTime(end))
            for latitude, start, end in epochs
        ]  # fmt: skip
        path = tmp_path / "stations.xml"
        Inventory([Network("XX", stations)], source="").write(str(path), format="STATIONXML")
        return path

    return written


@pytest.fixture
def records(miniseed, trace, counts):
    return miniseed(trace(counts))


def test_epochs_that_contradict_each_other_are_named(read, stationxml, records):
    path = stationxml((38.0, "2010-01-01", None), (39.0, "2016-01-01", "2017-01-01"))
    with pytest.raises(Unsuitable, match=r"XX\.AAA two places") as refusal:
        read(records, stations=str(path))
    assert refusal.value.parameter == "stations"
    assert refusal.value.notes == (
        "38, 142, -500 m from 2010-01-01 to ever",
        "39, 142, -500 m from 2016-01-01 to 2017-01-01",
    )


def test_epochs_that_agree_may_overlap(read, stationxml, records):
    path = stationxml((38.0, "2010-01-01", None), (38.0, "2016-01-01", "2017-01-01"))
    assert read(records, stations=str(path)).waves.channels[0].latitude == 38.0


def test_without_an_epoch_a_channel_keeps_no_place_and_that_is_told_once(read, stationxml, records):
    told = read(records, stations=str(stationxml((38.0, "2017-01-01", None))))
    assert told.waves.channels[0].latitude is None
    (words,) = told.words
    assert "has no epoch of XX.AAA at the time of the records" in words


def test_a_time_without_a_zone_is_utc(read, stationxml, records):
    """The records are from midnight to 00:01:30 UTC, which no other zone's day would hold."""
    path = stationxml((38.0, "2016-08-15T00:00:00", "2016-08-15T00:01:30"))
    path.write_text(path.read_text().replace('00Z"', '00"').replace('000Z"', '000"'))
    assert 'Z" endDate' not in path.read_text()
    assert read(records, stations=str(path)).waves.channels[0].latitude == 38.0


@pytest.mark.parametrize(
    "bomb",
    [
        '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><FDSNStationXML>&b;</FDSNStationXML>',
        '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]><FDSNStationXML>&file;</FDSNStationXML>',
    ],
)
def test_xml_that_brings_entities_is_refused(read, records, tmp_path, bomb):
    path = tmp_path / "bomb.xml"
    path.write_text(bomb)
    with pytest.raises(Unsuitable, match="XML entities"):
        read(records, stations=str(path))
