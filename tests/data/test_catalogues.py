"""Catalogues and picks from text tables: other people's columns, units, and broken lines."""

from __future__ import annotations

import csv
import datetime as dt
import os
from pathlib import Path

import obspy
import polars
import pytest

from seisdsl.data.catalogues import catalog_facts, pick_facts, read_catalog, read_picks
from seisdsl.data.save import files
from seisdsl.data.table import Catalog, Picks
from seisdsl.language.types import BOOLEAN, DATE, NUMBER, TEXT, ColumnOf, Type
from seisdsl.operator import Unsuitable

TIME = 1_471_219_200_123_456_789
REAL = os.environ.get("SEISDSL_TEST_DATA")
real = pytest.mark.skipif(not REAL, reason="SEISDSL_TEST_DATA names no folder of real data")


def events(tmp_path, text, name="events.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_catalog([str(path)])


def picks(tmp_path, text):
    path = tmp_path / "picks.csv"
    path.write_text(text, encoding="utf-8")
    return read_picks([str(path)])


def column(table, name):
    return table.frame[name].to_list()


def ns(table):
    return table.frame["time"].dt.epoch("ns").to_list()


# Columns -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "time,latitude,longitude,depth,magnitude\n2016-08-15T00:00:00Z,38.5,142,12.5,3\n",
        "Origin_Time;Lat;Lon;Depth_km;Mag\n2016-08-15 00:00:00;38.5;142;12.5;3\n",
        "datetime\tlat\tlng\tdepth_m\tml\n2016/08/15 00:00:00.0\t38.5\t142\t12500\t3\n",
        "mw, Depth [m], longitude (deg), latitude (deg), time (UTC)\n3, 12500, 142, 38.5, 2016-08-15 00:00\n",
        "time,latitude,longitude,z(km),m\n1471219200.000,38.5,142.0,12.5,3.0\n",
        "# a comment\n\ntime,lat,lon,depth,mag\n# another\n2016-08-15T09:00:00+09:00,38.5,142,12.5,3\n",
        "\ufefftime,lat,lon,depth,mag\r\n2016-08-15,38.5,142,12.5,3\r\n",
        '"time","lat","lon","depth","mag",\n"2016-08-15","38.5","142","12.5","3",\n',
        "#EventID | Time | Latitude | Longitude | Depth/km | Magnitude\n"
        "1|2016-08-15T00:00:00|38.5|142|12.5|3\n",
    ],
)
def test_the_columns_of_common_tools(tmp_path, text):
    found = events(tmp_path, text)
    assert ns(found) == [1_471_219_200 * 10**9]
    row = found.frame.select("latitude", "longitude", "depth", "magnitude").row(0)
    assert row == (38.5, 142.0, 12.5, 3.0)


COMCAT = '''\
time,latitude,longitude,depth,mag,magType,nst,gap,net,id,updated,place,type,horizontalError
2011-03-11T05:46:24.120Z,38.297,142.373,29,9.1,mww,541,9.5,us,x1,2022-08-24,"Japan, off",earthquake,
2011-03-11T05:51:20.500Z,37.299,141.975,32.7,,mb,,,us,x2,2014-11-07,"a ""b""",quarry blast,7.5
'''


def test_comcat(tmp_path):
    found = events(tmp_path, COMCAT)
    assert column(found, "magnitude") == [9.1, None]
    assert column(found, "stations") == [541, None]
    assert column(found, "kind") == ["earthquake", "quarry blast"]
    assert column(found, "place") == ["Japan, off", 'a "b"']
    assert found.columns["id"].type == TEXT
    assert found.columns["updated"].type == DATE
    assert found.columns["horizontalError"].type == NUMBER
    assert column(found, "updated")[0] == dt.datetime(2022, 8, 24, tzinfo=dt.UTC)


def test_what_the_other_columns_are_is_known_before_a_run(tmp_path):
    text = "time,code,x [km],local,sure,note,number\n2016-08-15,007,1.5,2016-08-15 09:00,true,a,12345678901234567\n"
    found = events(tmp_path, text)
    extra = {
        "code": ColumnOf(TEXT), "x": ColumnOf(Type("Length"), "km"), "local": ColumnOf(DATE),
        "sure": ColumnOf(BOOLEAN), "note": ColumnOf(TEXT), "number": ColumnOf(TEXT),
    }  # fmt: skip
    assert found.extra == extra
    assert catalog_facts([str(tmp_path / "events.csv")]).columns == {**Catalog.COLUMNS, **extra}
    assert found.frame.columns == [*Catalog.COLUMNS, *extra]
    assert found.frame["code"][0] == "007"


def test_names_that_a_program_cannot_write_are_changed(tmp_path):
    found = events(tmp_path, "time,err z,1st,depth,Depth [m],time\n2016-08-15,1,2,3,4,5\n")
    assert list(found.extra) == ["err_z", "column_1st", "Depth", "time_2"]
    assert column(found, "depth") == [3.0]


# What cannot be read -------------------------------------------------------------------------------


def test_a_line_that_cannot_be_read_is_named_and_left_out(tmp_path):
    text = (
        "time,lat,lon,mag\n"
        "2016-08-15,38.5,142,1\n"
        "2016-13-45,38.5,142,2\n"
        "2016-08-15,north,142,3\n"
        "2016-08-15,38.5\n"
        "2016-08-15,98.5,142,4\n"
        ",38.5,142,5\n"
        "2016-08-16,38.5,142,6\n"
        '2016-08-17,38.5,142,"7\n'
    )
    with pytest.warns(UserWarning, match=r"events\.csv: 6 lines are left out") as said:
        found = events(tmp_path, text)
    assert column(found, "magnitude") == [1.0, 6.0]
    told = str(said[0].message).split(": ", 2)[2].split("; ")
    assert told == [
        "line 3: `2016-13-45` is no time (time)",
        "line 4: `north` is no number (latitude)",
        "line 5: 2 cells for 4 columns",
        "line 6: there is no latitude of 98.5",
        "line 7: no time",
        "and 1 more",
    ]


def test_a_cell_of_another_column_is_left_empty_not_the_line(tmp_path):
    lines = ["time,rms"] + ["2016-08-15,0.5"] * 300 + ["2016-08-15,bad"]
    with pytest.warns(
        UserWarning, match="1 cell of `rms` are no Number and left empty, the first in line 302: `bad`"
    ):
        found = events(tmp_path, "\n".join(lines))
    assert column(found, "rms")[-2:] == [0.5, None]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("2016-08-15,38.5,142\n", "no line names its columns"),
        ("lat,lon\n38,142\n", "no column names the time"),
        ("time,lat\nx,1\ny,2\n", "none of its lines can be read"),
        ("time,depth\n2016-08-15,500\n2016-08-15,12500\n2016-08-15,9000\n", "2 lines have a depth that is not"),
        ("time [JST],lat\n2016-08-15,38\n", "names the time zone JST"),
        ("time,depth [s]\n2016-08-15,3\n", "no unit of Length"),
        ("time,depth [fathoms]\n2016-08-15,3\n", "names no unit that is known"),
    ],
)  # fmt: skip
def test_what_is_no_catalogue_is_refused(tmp_path, text, why):
    with pytest.raises(Unsuitable, match=why) as refusal:
        events(tmp_path, text)
    assert refusal.value.parameter == "file"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"PK\x03\x04abc", "zip"),
        ("time,lat\n".encode("utf-16"), "UTF-16"),
        (b"time,lat\n2016-08-15,\x00\n", "binary file"),
        (b"time,place\n2016-08-15,T\xf4hoku\n", "line 2 is not text in UTF-8"),
        (b"time,lat\r2016-08-15,38.5\r", "no line names its columns"),
        (b"time,lat\n2016-08-15," + b"3" * 2**20 + b"\n", "line 2 is longer than 1 MiB"),
        (b"PAR1 and no more", "no sound Parquet file"),
        (b"<html><body>not found</body></html>", "its root is <html>"),
    ],
)
def test_other_files_are_told_by_their_content(tmp_path, content, why):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(Unsuitable, match=why):
        read_catalog([str(tmp_path / "a.csv")])


def test_times_beyond_what_nanoseconds_hold_are_left_out(tmp_path):
    with pytest.warns(UserWarning, match="line 2: `0869-07-09` is no time"):
        found = events(tmp_path, "time,mag\n0869-07-09,8.4\n1896-06-15T10:32:30,8.2\n")
    assert ns(found) == [obspy.UTCDateTime("1896-06-15T10:32:30").ns]


# Picks ---------------------------------------------------------------------------------------------

PHASENET = """\
station_id,begin_time,phase_index,phase_time,phase_score,phase_type,file_name,phase_amplitude
NC.MCB..HH,2019-07-04T17:00:00.000,3000,2019-07-04T17:00:30.010,0.97,P,a.mseed,1.5e-06
NC.MCB.10.HH,2019-07-04T17:00:00.000,3300,2019-07-04T17:00:33.010,0.81,S,a.mseed,
"""


def test_phasenet(tmp_path):
    found = picks(tmp_path, PHASENET)
    codes = found.frame.select("network", "station", "location", "channel", "phase").rows()
    assert codes == [("NC", "MCB", "", "HH", "P"), ("NC", "MCB", "10", "HH", "S")]
    assert column(found, "score") == [0.97, 0.81]
    assert column(found, "amplitude") == [1.5e-06, None]
    assert ns(found)[0] == 1_562_259_630_010_000_000
    assert list(found.extra) == ["begin_time", "phase_index", "file_name"]


def test_pyocto(tmp_path):
    found = picks(tmp_path, "station,phase,time,probability\nPB01,P,1387584000.25,0.4\n")
    assert ns(found) == [1_387_584_000_250_000_000]
    assert found.frame.select("network", "station", "channel", "phase", "score").row(0) == (
        "", "PB01", "", "P", 0.4
    )  # fmt: skip


def test_a_pick_without_a_station_is_left_out(tmp_path):
    with pytest.warns(UserWarning, match="line 3: no station"):
        assert len(picks(tmp_path, "station,time\nA,2016-08-15\n,2016-08-15\n")) == 1
    with pytest.raises(Unsuitable, match="no column names the station"):
        picks(tmp_path, "phase,time\nP,2016-08-15\n")


# Round trips ---------------------------------------------------------------------------------------

EVENTS = Catalog.of(
    {
        "time": [TIME, TIME + 1, -1], "latitude": [38.123456789012345, None, -12.0],
        "longitude": [142.0, None, -1e-9], "depth": [1 / 3, None, 700.1], "magnitude": [3.1, None, -1.25],
        "kind": ["earthquake", "=tremor", "'=x"], "quality": [0.1 + 0.2, None, 1.0], "stations": [7, None, 0],
        "note": ["-a", "'b", "tab\there, and \"quotes\"\nand a line"], "err": [1.5, None, 2.0],
    },
    extra={"note": ColumnOf(TEXT), "err": ColumnOf(NUMBER)},
)  # fmt: skip
PICKS = Picks.of(
    {
        "time": [TIME, TIME + 1], "network": ["N", ""], "station": ["S1N01", "-A"], "location": ["", "00"],
        "channel": ["EHZ", ""], "phase": ["P", None], "score": [3.5, None], "uncertainty": [0.05, None],
    }
)  # fmt: skip


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@pytest.mark.parametrize("simulated", [True, False])
@pytest.mark.parametrize(("table", "read"), [(EVENTS, read_catalog), (PICKS, read_picks)])
def test_what_is_saved_is_read_back_exactly(tmp_path, table, read, ending, simulated):
    from dataclasses import replace

    table = replace(table, simulated=simulated)
    [(name, write), *_] = files(table, "a" + ending)
    write(tmp_path / name)
    back = read([str(tmp_path / name)])
    assert back.frame.equals(table.frame)
    assert back.simulated is simulated
    assert {name: (c.type, c.unit) for name, c in back.columns.items()} == {
        name: (c.type, c.unit) for name, c in table.columns.items()
    }


def test_several_files_are_one_table_in_order_of_time(tmp_path):
    (tmp_path / "a.csv").write_text("time,rms,code\n2016-08-16,1.5,12\n")
    (tmp_path / "b.csv").write_text("time,place,code\n2016-08-15,here,x\n")
    paths = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    both = read_catalog(paths)
    assert both.frame.select("rms", "place", "code").rows() == [(None, "here", "x"), (1.5, None, "12.0")]
    assert catalog_facts(paths).columns == both.columns


def test_a_large_catalogue_is_read_in_batches(tmp_path):
    rows = [f"{1_471_219_200 + n}.5,{n % 90}" for n in range(45_000)]
    found = events(tmp_path, "time,lat\n" + "\n".join(rows) + "\n")
    assert ns(found) == [(1_471_219_200 + n) * 10**9 + 500_000_000 for n in range(45_000)]
    assert column(found, "latitude")[-1] == 44_999 % 90


# Real catalogues -----------------------------------------------------------------------------------


@real
@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("catalogues/japan-comcat.csv", {"magnitude": "magnitude", "latitude": "latitude"}),
        ("catalogues/san-jacinto-qtm.csv", {"longitude": "longitude", "x": "x"}),
        ("waveforms/southern-alps-events/events.csv", {"depth": "depth_km", "magnitude": "mag"}),
    ],
)
def test_real_catalogues_are_read_whole(name, known):
    path = Path(REAL or "") / name
    found = read_catalog([str(path)])
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(found) == len(rows)
    for ours, theirs in known.items():
        assert column(found, ours) == [float(row[theirs]) for row in rows]
    written = [row.get("time") or row["origin"] for row in rows]
    expected = [dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC) for text in written]
    assert found.frame["time"].dt.cast_time_unit("us").to_list() == expected


@real
def test_real_picks_are_read_whole():
    path = Path(REAL or "") / "waveforms/southern-alps-events/picks.csv"
    found = read_picks([str(path)])
    frame = polars.read_csv(path)
    assert column(found, "station") == frame["station"].to_list()
    assert column(found, "phase") == frame["phase"].to_list()
    assert list(pick_facts([str(path)]).columns) == list(found.columns)
