"""Flat-files: motions joined with events and sites, and those of others read."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from obspy.geodetics import gps2dist_azimuth

from seisdsl.data.flatfile import read_flatfile
from seisdsl.data.jma_intensity import degrees, read_intensities
from seisdsl.data.motion import Motion
from seisdsl.data.save_tables import write_csv, write_parquet
from seisdsl.data.table import Catalog
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.motion.flatfile import MakeFlatfile
from seisdsl.operators.motion.ground_motion import GroundMotion
from seisdsl.operators.motion.read_jma_intensity import ReadJmaIntensity
from seisdsl.operators.motion.simulate_accelerograms import SimulateAccelerograms
from seisdsl.operators.motion.simulate_ground_motion import SimulateGroundMotion

NS = 1_000_000_000


def catalog(**columns) -> Catalog:
    given = {"time": [0], "latitude": [36.0], "longitude": [140.0], "depth": [30.0], "magnitude": [6.0]}
    return Catalog.of({**given, **columns})


def motion(start: float = 5.0, seconds: float = 60.0, **columns) -> Motion:
    given = {
        "time": [round(start * NS)], "network": ["XX"], "station": ["A"], "latitude": [36.5],
        "longitude": [140.0], "duration": [seconds], "pga": [10.0],
    }  # fmt: skip
    return Motion.of({**given, **columns})


def test_simulated_records_find_their_events():
    waves = SimulateAccelerograms(events=3, stations=5).apply()
    flat = MakeFlatfile().apply(GroundMotion(periods=[1.0]).apply(waves), events=waves.truth)
    assert flat.simulated
    assert flat.frame["event"].value_counts().sort("event")["count"].to_list() == [5, 5, 5]
    assert (flat.frame["time"].dt.second() == 30).all()  # the origin time
    assert (flat.frame["pga"] > 0).all()


def test_distances_and_directions_are_those_on_the_earth():
    flat = MakeFlatfile().apply(motion(), events=catalog())
    metres, _, back = gps2dist_azimuth(36.0, 140.0, 36.5, 140.0)
    row = flat.frame.to_dicts()[0]
    assert row["epicentral"] == pytest.approx(metres / 1e3, rel=5e-3)
    assert row["distance"] == pytest.approx(np.hypot(metres / 1e3, 30), rel=5e-3)
    assert row["azimuth"] == pytest.approx(back, abs=0.2)  # of the epicentre as the station sees it


def test_of_two_events_the_stronger_is_taken_and_told():
    two = catalog(
        time=[0, 10 * NS],
        latitude=[36.0, 36.4],
        longitude=[140.0, 140.0],
        depth=[30.0, 30.0],
        magnitude=[4.0, 6.5],
    )
    row = MakeFlatfile().apply(motion(), events=two).frame.to_dicts()[0]
    assert row["magnitude"] == 6.5
    assert row["flag"] == "several events"


def test_a_record_that_no_event_explains_is_left_out_with_a_word():
    with pytest.warns(UserWarning, match="1 of 1 records hold no event"):
        assert len(MakeFlatfile().apply(motion(start=4000.0), events=catalog())) == 0


def test_sites_are_joined_by_station_with_their_units(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text("station,vs30 [km/s],d1400 [km],geology\nA,0.3,0.5,sand\nB,0.4,1,rock\n")
    row = MakeFlatfile(sites=str(path)).apply(motion(), events=catalog()).frame.to_dicts()[0]
    assert (row["vs30"], row["d1400"], row["geology"]) == (300.0, 500.0, "sand")
    columns = MakeFlatfile(sites=str(path)).facts(Facts(columns=Motion.COLUMNS)).columns
    assert {"geology", "magnitude", "azimuth"} <= set(columns)


def test_sites_that_contradict_themselves_are_refused(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text("station,vs30\nA,300\nA,400\n")
    with pytest.raises(Unsuitable, match="says two things of A"):
        MakeFlatfile(sites=str(path)).apply(motion(), events=catalog())


def test_a_site_that_is_not_listed_is_told_of(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text("station,vs30\nB,300\n")
    with pytest.warns(UserWarning, match="says nothing of A"):
        row = MakeFlatfile(sites=str(path)).apply(motion(), events=catalog()).frame.to_dicts()[0]
    assert row["vs30"] is None


def test_no_events_and_no_places_are_refused():
    with pytest.raises(Unsuitable, match="there is no event"):
        MakeFlatfile().apply(motion(), events=Catalog.of({}))
    with pytest.raises(Unsuitable, match="nobody says where these stations are: A"):
        MakeFlatfile().apply(motion(latitude=[None]), events=catalog())
    assert len(MakeFlatfile().apply(Motion.of({}), events=catalog())) == 0


# Flat-files of others ---------------------------------------------------------------------------


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "flat.csv"
    path.write_text(text)
    return str(path)


def test_names_and_units_of_others_are_understood(tmp_path):
    path = written(
        tmp_path, "eqid,Station_Code,Mw,depth,PGA [m/s^2],rhypo [m],note\nq1,A,6.1,12,1.5,40000,x\n"
    )
    row = read_flatfile(path).frame.to_dicts()[0]
    assert (row["event"], row["station"], row["magnitude"]) == ("q1", "A", 6.1)
    assert (row["pga"], row["distance"], row["note"]) == (pytest.approx(150.0), 40.0, "x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("station,pga\nA,1\n", "no column names the event"),
        ("event,station,pga [s]\nq,A,1\n", "is in s, which is no unit of Acceleration"),
        ("event,station,time [JST]\nq,A,2011-03-11T14:46\n", "times must be in UTC"),
        ("event,station,pga\nq,A,1\nq,A,2\n", "two rows are of q, A, and they differ"),
        ("", "it is empty"),
        (
            "event,station,latitude,pga\nq,A,3512,1\nr,A,3513,1\n",
            "none of its lines can be read|not from -90",
        ),
    ],
)
def test_what_cannot_be_right_is_refused(tmp_path, text, said):
    with pytest.raises(Unsuitable, match=said):
        read_flatfile(written(tmp_path, text))


def test_a_row_that_comes_twice_counts_once(tmp_path):
    with pytest.warns(UserWarning, match="1 row comes twice"):
        assert len(read_flatfile(written(tmp_path, "event,station,pga\nq,A,1\nq,A,1\nq,B,1\n"))) == 2


def test_a_time_with_a_zone_is_utc(tmp_path):
    flat = read_flatfile(written(tmp_path, "event,station,time,pga\nq,A,2011-03-11T14:46:18+09:00,1\n"))
    assert flat.frame["time"].dt.strftime("%H:%M").to_list() == ["05:46"]


def test_columns_without_rows_are_an_empty_table(tmp_path):
    assert len(read_flatfile(written(tmp_path, "event,station,pga\n"))) == 0


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_what_is_written_comes_back(tmp_path, write):
    flat = SimulateGroundMotion(events=5, sites=4, rows=20).apply()
    path = tmp_path / f"flat.{'csv' if write is write_csv else 'parquet'}"
    write(flat, path)
    back = read_flatfile(str(path))
    assert back.simulated
    for name in ("event", "station", "pga", "psv_1", "azimuth", "time"):
        np.testing.assert_array_equal(back.frame[name].to_numpy(), flat.frame[name].to_numpy())


# The JMA's lists --------------------------------------------------------------------------------


def test_coordinates_are_degrees_and_minutes():
    """42.4145 is 42 degrees 41.45 minutes."""
    given = np.array([42.4145, 35.3000, 140.5959, 27.0])
    expected = [42 + 41.45 / 60, 35.5, 140 + 59.59 / 60, 27.0]
    assert degrees(given) == pytest.approx(expected, abs=1e-9)


def lists(folder: Path) -> Path:
    (folder / "shingen2005.csv").write_text("7,2,36.4701,140.59,89.42,5.0\n8,1,34.30,131.30,10.0,0.0\n")
    (folder / "kansoku2005.csv.gz").write_bytes(
        gzip.compress(b"7,37.36,140.28,3.7,4\n7,37.36,140.28,3.5,4\n8,34.3,131.3,1.0,1\n")
    )
    (folder / "code_p.dat").write_bytes(b"2500431\t\x95\x9f\x93\x87\t3736\t14028\t199604011200\t\r\n")
    return folder


def test_lists_become_a_flat_file(tmp_path):
    frame = read_intensities(str(lists(tmp_path))).frame
    assert frame["event"].to_list() == ["7", "7", "8"]
    assert frame["station"].to_list() == ["2500431", "2500431", "3430N13130E"]
    assert frame["latitude"].to_list() == pytest.approx([37.6, 37.6, 34.5])
    assert frame["event_latitude"][0] == pytest.approx(36 + 47.01 / 60)
    metres, _, _ = gps2dist_azimuth(36 + 47.01 / 60, 140 + 59 / 60, 37.6, 140 + 28 / 60)
    assert frame["epicentral"][0] == pytest.approx(metres / 1e3, rel=5e-3)
    assert frame["magnitude"].to_list() == [5.0, 5.0, None]  # none was determined
    assert frame["year"].to_list() == [2005] * 3


def test_years_that_are_not_there_are_told(tmp_path):
    with pytest.raises(Unsuitable, match="holds no year"):
        read_intensities(str(tmp_path))
    with pytest.raises(Unsuitable, match="the lists are of 2005 to 2005"):
        ReadJmaIntensity(folder=str(lists(tmp_path)), since=2007).apply()


@pytest.mark.skipif("SEISDSL_TEST_DATA" not in os.environ, reason="SEISDSL_TEST_DATA is not set")
def test_real_lists_lie_in_japan():
    folder = Path(os.environ["SEISDSL_TEST_DATA"]) / "ground-motion/jma-intensity"
    frame = read_intensities(str(folder), [2005]).frame
    assert len(frame) == 48_895
    assert frame["latitude"].is_between(24, 46).all()
    assert frame["longitude"].is_between(122, 146).all()
    assert frame["intensity"].is_between(0, 7).all()
    assert (frame["station"].str.len_chars() == 7).mean() > 0.9  # known by their codes
