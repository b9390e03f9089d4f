"""QuakeML, as obspy's own reader and writer have it."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import obspy
import obspy.io.quakeml
import pytest

from seisdsl.data import quakeml_read
from seisdsl.data.catalogues import read_catalog, read_picks
from seisdsl.data.save import files
from seisdsl.data.table import Catalog, Picks
from seisdsl.language.types import TEXT, ColumnOf
from seisdsl.operator import Unsuitable

SAMPLES = Path(obspy.io.quakeml.__file__).parent / "tests" / "data"
MICROSECOND = 1_471_219_200_123_456_000


def kept(table):
    return table.frame.with_columns(table.frame["time"].dt.epoch("ns")).rows(named=True)


@pytest.mark.parametrize(
    "name",
    ["iris_events", "neries_events", "preferred", "qml-example-1.2-RC3", "quakeml_1.2_origin"],
)
def test_obspy_reads_the_same_events(name):
    """Several versions, namespaces and agencies."""
    path = SAMPLES / f"{name}.xml"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = kept(Catalog.from_obspy(obspy.read_events(path, format="QUAKEML")))
    found = kept(read_catalog([str(path)]))
    assert len(found) == len(expected) > 0
    for one, other in zip(found, expected, strict=True):
        for column in ("time", "latitude", "longitude", "depth", "magnitude", "stations", "magnitude_type"):
            assert one[column] == other[column], column
        assert one["kind"] == other["kind"]


def test_a_catalogue_comes_back(tmp_path):
    given = Catalog.of(
        {
            "time": [MICROSECOND, 0], "latitude": [38.5, -1.0], "longitude": [142.0, -179.9],
            "depth": [12.3456, None], "magnitude": [3.1, None], "kind": ["earthquake", "tremor"],
            "quality": [0.3, None], "stations": [7, None], "id": ["smi:abc/1", "smi:abc/2"],
            "magnitude_type": ["Mw", None],
        },
        extra={"id": ColumnOf(TEXT), "magnitude_type": ColumnOf(TEXT)},
    )  # fmt: skip
    for table in (given, replace(given, simulated=True)):
        [(name, write)] = files(table, "a.quakeml")
        write(tmp_path / name)
        back = read_catalog([str(tmp_path / name)])
        assert back.frame.equals(table.frame)
        assert back.simulated is table.simulated


def test_events_without_a_place_are_not_lost_in_silence(tmp_path):
    table = Catalog.of({"time": [0, 1], "latitude": [1.0, None], "longitude": [1.0, 2.0]})
    [(name, write)] = files(table, "a.xml")
    with pytest.warns(UserWarning, match="1 event has no time or place"):
        write(tmp_path / name)
    with pytest.warns(UserWarning, match="1 event is left out: line 19: it has no origin"):
        assert len(read_catalog([str(tmp_path / name)])) == 1


def test_obspy_gives_and_takes_a_catalogue():
    given = obspy.read_events()
    table = Catalog.from_obspy(given)
    assert table.frame["time"].dt.epoch("ns").to_list() == [e.preferred_origin().time.ns for e in given]
    assert table.frame["depth"].to_list() == [e.preferred_origin().depth / 1000 for e in given]
    again = table.to_obspy()
    assert [e.resource_id for e in again] == [e.resource_id for e in given]
    assert [e.preferred_origin().depth for e in again] == [e.preferred_origin().depth for e in given]


def test_a_name_that_is_no_identifier_is_made_one(tmp_path):
    table = Catalog.of(
        {"time": [0, 0], "latitude": [1.0, 1.0], "longitude": [1.0, 1.0], "id": ["us 7000:x", ""]},
        extra={"id": ColumnOf(TEXT)},
    )
    [(name, write)] = files(table, "a.xml")
    write(tmp_path / name)
    found = read_catalog([str(tmp_path / name)]).frame["id"].to_list()
    assert found == ["smi:local/us_7000_x", "smi:local/seisdsl/event/2"]


def test_the_usgs_has_attributes_of_its_own():
    """Two events, of which obspy gives one."""
    found = read_catalog([str(SAMPLES / "usgs_event.xml")])
    assert found.frame.select("latitude", "magnitude", "magnitude_type", "stations").rows() == [
        (35.0476667, 1.54, "ml", 25),
        (42.138, 1.6, "Md", None),
    ]


# Picks ---------------------------------------------------------------------------------------------


def picks(**changes):
    return Picks.of(
        {
            "time": [MICROSECOND, MICROSECOND + 1000], "network": ["N", ""], "station": ["S1N01", "B"],
            "location": ["", "00"], "channel": ["EHZ", ""], "phase": ["P", "S"], "uncertainty": [0.05, None],
            "event": ["smi:abc/1", "smi:abc/2"],
        },
        extra={"event": ColumnOf(TEXT)}, **changes,
    )  # fmt: skip


def test_picks_come_back_through_obspy(tmp_path):
    events = picks().to_obspy()
    assert [len(event.picks) for event in events] == [1, 1]
    assert events[0].picks[0].waveform_id.get_seed_string() == "N.S1N01..EHZ"
    events.write(str(tmp_path / "p.xml"), format="QUAKEML")
    assert read_picks([str(tmp_path / "p.xml")]).frame.equals(picks().frame)


def test_picks_without_events_are_one_event():
    table = Picks(picks().frame.drop("event"))
    assert [len(event.picks) for event in table.to_obspy()] == [2]


def test_a_pick_takes_its_phase_from_the_arrival(tmp_path):
    (tmp_path / "p.xml").write_text(
        """<quakeml xmlns="http://quakeml.org/xmlns/bed/1.1"><eventParameters><event publicID="e">
        <pick publicID="p"><time><value>2016-08-15T00:00:00Z</value></time>
          <waveformID networkCode="N" stationCode="A"/></pick>
        <pick publicID="q"><time><value>2016-08-15T00:00:00Z</value></time></pick>
        <pick publicID="r"><time><value>soon</value></time><waveformID stationCode="A"/></pick>
        <origin><arrival><pickID>p</pickID><phase>Pn</phase></arrival></origin>
        </event></eventParameters></quakeml>"""
    )
    with pytest.warns(
        UserWarning, match="2 picks are left out: line 1: it has no station; line 1: `soon` is no time"
    ):
        found = read_picks([str(tmp_path / "p.xml")])
    assert found.frame.select("station", "phase", "location").rows() == [("A", "Pn", "")]


def test_a_catalogue_without_picks_says_so():
    with pytest.warns(UserWarning, match=r"iris_events\.xml holds events, but no picks"):
        assert len(read_picks([str(SAMPLES / "iris_events.xml")])) == 0


# What must not happen ------------------------------------------------------------------------------

LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE quakeml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>
<quakeml><eventParameters><event><description>&c;</description></event></eventParameters></quakeml>"""
STEALS = """<?xml version="1.0"?><!DOCTYPE quakeml [<!ENTITY file SYSTEM "{path}">]>
<quakeml><eventParameters><event><type>&file;</type></event></eventParameters></quakeml>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("text", [LAUGHS, STEALS])
def test_entities_are_refused(tmp_path, text, encoding):
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret")
    text = text.format(path=secret) if "{path}" in text else text
    (tmp_path / "a.xml").write_bytes(text.replace("?>", f' encoding="{encoding}"?>', 1).encode(encoding))
    with pytest.raises(Unsuitable, match="declares a document type"):
        read_catalog([str(tmp_path / "a.xml")])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<quakeml><eventParameters>", "no sound XML"),
        ("<FDSNStationXML/>", "its root is <FDSNStationXML>, not <quakeml>"),
        ("<seiscomp><EventParameters/></seiscomp>", "its root is <seiscomp>"),
    ],
)
def test_what_is_no_quakeml_is_refused(tmp_path, text, why):
    (tmp_path / "a.xml").write_text(text)
    with pytest.raises(Unsuitable, match=why):
        read_catalog([str(tmp_path / "a.xml")])


def test_a_file_that_breaks_off_gives_what_comes_before(tmp_path):
    whole = (SAMPLES / "iris_events.xml").read_text()
    (tmp_path / "a.xml").write_text(whole[: whole.rindex("</event>")])
    with pytest.warns(UserWarning, match="breaks off .* the 1 events before that are kept"):
        assert len(read_catalog([str(tmp_path / "a.xml")])) == 1


def test_a_file_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(quakeml_read, "LARGEST", 1)
    with pytest.raises(Unsuitable, match="it is larger than"):
        read_catalog([str(SAMPLES / "iris_events.xml")])


def test_events_nowhere_on_the_earth_are_left_out(tmp_path):
    text = (SAMPLES / "neries_events.xml").read_text().replace("<value>41.818</value>", "<value>418</value>")
    (tmp_path / "a.xml").write_text(text)
    with pytest.warns(UserWarning, match="1 of 3 rows are left out"):
        assert len(read_catalog([str(tmp_path / "a.xml")])) == 2


def test_an_event_is_let_go_once_it_is_read():
    """Memory does not grow with the file: of those before the latest nothing is left, not even in the tree."""
    left = []
    for event in quakeml_read._events(str(SAMPLES / "neries_events.xml")):
        left.append(event)
        assert len(event) > 0
        assert all(len(before) == 0 for before in left[:-1])
        before = event.getprevious()
        assert before is None or before.getprevious() is None
    assert len(left) == 3
