"""Station lists: where each comes from, and what is wrong with a bad one."""

from __future__ import annotations

import math

import obspy
import pytest
from obspy.core.inventory import Inventory, Network, Site, Station

from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.stations import located, network, network_names, read_stations
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

HEAD = "network,station,latitude,longitude,elevation\n"


@pytest.mark.parametrize(("name", "count"), [("S-net", 150), ("DONET-1", 22), ("DONET-2", 29), ("N-net", 36)])
def test_the_networks_of_the_sea_floor(name, count):
    stations = network(name)
    assert len({station.id for station in stations}) == count
    for station in stations:
        assert 29 < station.latitude < 44
        assert 130 < station.longitude < 148
        assert -8000 < station.elevation < 0
        assert len(station.network) <= 2
        assert len(station.station) <= 5


def test_neighbours_on_the_cables_of_s_net_lie_tens_of_kilometres_apart():
    stations = network("S-net")
    for station in stations:
        apart = [
            math.hypot(s.latitude - station.latitude, (s.longitude - station.longitude) * 0.78) * 111.2
            for s in stations
            if s is not station
        ]
        assert 10 < min(apart) < 80


def test_an_unknown_network_is_told_the_known_ones():
    with pytest.raises(Unsuitable, match="no network is called `s-nett`") as refusal:
        network("s-nett")
    assert "S-net" in refusal.value.notes[0]
    assert "S-net" in network_names()


def test_a_csv_with_a_byte_order_mark_comments_and_more_columns(tmp_path):
    path = tmp_path / "stations.csv"
    path.write_text(
        "\ufeff# ours\nstation,network,latitude,longitude,elevation,site\nAAA,XX,38.5,-141,-12,海\n", "utf-8"
    )
    (station,) = read_stations(str(path))
    assert station.id == "XX.AAA"
    assert station.place == (38.5, -141.0, -12.0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no column network"),
        (HEAD, "lists none"),
        ("network,station,latitude\nXX,A,1\n", "no column longitude, elevation"),
        (HEAD + "XX,A,1,2,three\n", "row 2 lacks a number"),
        (HEAD + "XX,A,1,2\n", "row 2 lacks a number"),
        (HEAD + "XX,A,nan,2,3\n", "row 2: nan, 2, 3 is nowhere"),
        (HEAD + "XX,A,142,38,3\n", "row 2: 142, 38, 3 is nowhere"),
        ("<html></html>", "it is XML, but not StationXML"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><FDSNStationXML/>', "XML entities"),
        ("<FDSNStationXML", "cannot read stations from"),
    ],
)
def test_a_bad_list_is_refused_in_words(tmp_path, text, why):
    path = tmp_path / "stations.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(Unsuitable, match="cannot read stations from") as refusal:
        read_stations(str(path))
    assert why in refusal.value.message


def test_a_list_that_is_no_text_or_not_there(tmp_path):
    (tmp_path / "x").write_bytes(b"\xff\xfe\x00\x01")
    for path, why in [
        (tmp_path / "x", "neither text"),
        (tmp_path / "none", "No such file"),
        (tmp_path, "directory"),
    ]:
        with pytest.raises(Unsuitable, match=why):
            read_stations(str(path))


def inventory(tmp_path, *epochs):
    stations = [
        Station("RJOB", latitude=latitude, longitude=12.8, elevation=860, site=Site(""),
                start_date=obspy.UTCDateTime(start), end_date=end and obspy.UTCDateTime(end))
        for latitude, start, end in epochs
    ]  # fmt: skip
    path = tmp_path / "stations.xml"
    Inventory([Network("BW", stations)], source="").write(str(path), format="STATIONXML")
    return str(path)


def test_a_stationxml_gives_the_place_at_the_time_of_the_records(tmp_path):
    path = inventory(tmp_path, (40.0, 1990, 2000), (47.7, 2001, None))
    waves = located(waves_from_obspy(obspy.read()), read_stations(path), path)
    assert {(c.latitude, c.longitude, c.elevation) for c in waves.channels} == {(47.7, 12.8, 860.0)}


def test_two_places_at_once_are_refused(tmp_path):
    path = inventory(tmp_path, (40.0, 1990, None), (47.7, 2001, None))
    with pytest.raises(Unsuitable, match=r"BW\.RJOB two places"):
        located(waves_from_obspy(obspy.read()), read_stations(path), path)


def test_a_station_that_the_list_lacks_is_told(tmp_path):
    path = tmp_path / "stations.csv"
    path.write_text(HEAD + "XX,AAA,38,141,0\n", "utf-8")
    with pytest.warns(UserWarning, match=r"does not list BW\.RJOB"):
        waves = located(waves_from_obspy(obspy.read()), read_stations(str(path)), str(path))
    assert waves.channels[0].latitude is None


def test_a_station_that_moved_within_the_time_is_refused_whatever_part_is_read(tmp_path):
    """A part of the records would see one place only, and another part the other."""
    path = inventory(tmp_path, (40.0, "1990-01-01", "2009-08-24"), (47.7, "2009-08-24", None))
    waves, stations = waves_from_obspy(obspy.read()), read_stations(path)
    assert located(waves, stations, path).channels[0].latitude == 47.7
    day = 86_400 * 10**9
    with pytest.raises(Unsuitable, match=r"BW\.RJOB two places") as refusal:
        located(waves, stations, path, TimeRange(waves.start - day, waves.start + day))
    assert "from 1990-01-01 to 2009-08-24" in refusal.value.notes[0]
