"""Tables from Parquet: our own keep their types and units; those of others are told by their columns."""

from __future__ import annotations

import datetime as dt

import polars
import pytest

from seisdsl.data.catalogues import catalog_facts, read_catalog, read_picks
from seisdsl.data.groups import Groups
from seisdsl.data.motion import Motion
from seisdsl.data.save import files
from seisdsl.data.table import Catalog, Detections, Picks, Table
from seisdsl.data.tables_read import read_parquet
from seisdsl.language import units
from seisdsl.language.types import BOOLEAN, DATE, INTEGER, NUMBER, TEXT, ColumnOf, TimeRange, Type
from seisdsl.operator import Unsuitable

TIME = 1_471_219_200_123_456_789


def save(table, folder, name="a.parquet"):
    [(own, write), *_] = files(table, name)
    write(folder / own)
    return str(folder / own)


GROUPS = Groups.of(
    {
        "time": [TIME, TIME, TIME + 10**9], "window": [164.0] * 3, "group": ["a", "a", "b"],
        "episode": ["a"] * 3, "network": ["N"] * 3, "station": ["S1N01", "S1N02", "S1N01"],
        "latitude": [38.5] * 3, "score": [3.0, 1.5, 2.0], "seed": [True, False, True],
    }
)  # fmt: skip
MOTION = Motion.of(
    {"event": ["e"], "time": [TIME], "station": ["A"], "pga": [123.4], "intensity": [4.1], "sa_0_3": [99.0]},
    extra=Motion.spectral([0.3, 1, 3]),
    simulated=True,
)


@pytest.mark.parametrize("table", [GROUPS, MOTION, Picks.of({}), Detections.of({"time": [TIME]})])
def test_a_table_comes_back_as_what_it_was(tmp_path, table):
    back = read_parquet(save(table, tmp_path))
    assert type(back) is type(table)
    assert back.frame.equals(table.frame)
    assert back.columns == table.columns
    assert back.simulated == table.simulated


def test_every_type_of_column_comes_back(tmp_path):
    extra = {
        "a": ColumnOf(TEXT, help="a text"), "b": ColumnOf(INTEGER), "c": ColumnOf(BOOLEAN), "d": ColumnOf(DATE),
        "e": ColumnOf(Type("Velocity"), "cm/s", "a speed"),
    }  # fmt: skip
    table = Table.of({"a": ["x"], "b": [2**60], "c": [True], "d": [TIME], "e": [0.1]}, extra=extra)
    back = read_parquet(save(table, tmp_path))
    assert back.columns == extra
    assert back.frame.equals(table.frame)


def test_units_are_those_of_the_types():
    for kind in (Groups, Motion):
        for name, column in kind.COLUMNS.items():
            if column.unit:
                dimension = units.unit(column.unit)[1]
                assert units.name_of(dimension) == column.type.name, name
    assert list(MOTION.extra) == ["sa_0_3", "sa_1", "sa_3"]
    assert MOTION.columns["sa_1"].factor == 0.01


def test_groups_are_parted_and_joined_by_time():
    parts = [GROUPS.within(TimeRange(TIME + 1, TIME + 2 * 10**9)), GROUPS.within(TimeRange(0, TIME + 1))]
    assert [len(part) for part in parts] == [1, 2]
    assert Groups.joined(parts).frame.sort("time", "station").equals(GROUPS.frame.sort("time", "station"))


def test_picks_are_not_taken_for_a_catalogue(tmp_path):
    path = save(Picks.of({"time": [TIME], "station": ["A"]}), tmp_path)
    with pytest.raises(Unsuitable, match="it holds Picks, not Catalog"):
        read_catalog([path])
    with pytest.raises(Unsuitable, match="it holds Picks, not Catalog"):
        catalog_facts([path])


def test_a_damaged_file_is_refused(tmp_path):
    path = save(Picks.of({"time": [TIME] * 500, "station": [f"S{n}" for n in range(500)]}), tmp_path)
    whole = (tmp_path / "a.parquet").read_bytes()
    for damaged in (whole[:-9], whole[:200] + whole[300:], whole.replace(b'"columns"', b'"colours"')):
        assert damaged != whole
        (tmp_path / "a.parquet").write_bytes(damaged)
        with pytest.raises(Unsuitable, match="it is no sound Parquet file"):
            read_picks([path])


def test_no_number_that_is_not_finite_is_written(tmp_path):
    table = Catalog.of({"time": [TIME] * 3, "magnitude": [float("nan"), float("inf"), 1.0]})
    for ending in (".csv", ".parquet"):
        back = read_catalog([save(table, tmp_path, "a" + ending)])
        assert back.frame["magnitude"].to_list() == [None, None, 1.0]
    assert polars.read_parquet(tmp_path / "a.parquet")["magnitude"].to_list() == [None, None, 1.0]
    assert "nan" not in (tmp_path / "a.csv").read_text().lower()


# Of others -----------------------------------------------------------------------------------------


def foreign(tmp_path, columns):
    polars.DataFrame(columns).write_parquet(tmp_path / "b.parquet")
    return str(tmp_path / "b.parquet")


@pytest.mark.parametrize(
    "times",
    [
        [dt.datetime(2016, 8, 15), None],
        [dt.datetime(2016, 8, 15, 9, tzinfo=dt.timezone(dt.timedelta(hours=9))), None],
        [dt.date(2016, 8, 15), None],
        ["2016-08-15T00:00:00Z", "never"],
        [1_471_219_200.0, None],
    ],
    ids=["naive", "zoned", "date", "text", "seconds"],
)
def test_a_foreign_catalogue(tmp_path, times):
    columns = {
        "origin_time": times,
        "lat": [38.5, 1.0],
        "depth_m": [12500, 1],
        "n": [3, 4],
        "who": ["x", "y"],
    }
    path = foreign(tmp_path, columns)
    with pytest.warns(UserWarning, match="1 of 2 rows are left out"):
        found = read_catalog([path])
    assert found.frame["time"].dt.epoch("ns").to_list() == [1_471_219_200 * 10**9]
    assert found.frame.select("latitude", "depth", "n", "who").rows() == [(38.5, 12.5, 3, "x")]
    assert {name: c.type for name, c in found.extra.items()} == {"n": INTEGER, "who": TEXT}
    assert catalog_facts([path]).columns == found.columns


def test_text_in_a_column_of_numbers(tmp_path):
    columns = {"time": ["2016-08-15T00:00:00Z"] * 3, "latitude": [38.0] * 3, "longitude": [142.0] * 3}
    found = read_catalog([foreign(tmp_path, {**columns, "magnitude": ["5.1", " 4 ", ""]})])
    assert found.frame["magnitude"].to_list() == [5.1, 4.0, None]
    with pytest.raises(Unsuitable, match="row 2: `big` in the column magnitude is no number"):
        read_catalog([foreign(tmp_path, {**columns, "magnitude": ["5.1", "big", ""]})])


def test_foreign_picks(tmp_path):
    columns = {"id": ["NC.MCB..HH"], "timestamp": ["2019-07-04T17:00:30.010"], "prob": [0.9], "type": ["P"]}
    found = read_picks([foreign(tmp_path, columns)])
    assert found.frame.select("network", "station", "location", "channel", "phase", "score").rows() == [
        ("NC", "MCB", "", "HH", "P", 0.9)
    ]


def test_what_is_not_understood_is_said(tmp_path):
    with pytest.raises(Unsuitable, match="`time` is a column of Int64: times are kept as timestamps"):
        read_catalog([foreign(tmp_path, {"time": [1_471_219_200]})])
    with pytest.raises(Unsuitable, match="2 of 2 rows have no time"):
        read_catalog([foreign(tmp_path, {"lat": [1.0, 2.0]})])
    with pytest.warns(UserWarning, match="the columns picks are nested and left out"):
        found = read_catalog([foreign(tmp_path, {"time": [dt.date(2016, 8, 15)], "picks": [[1, 2]]})])
    assert found.extra is None


def test_any_table_of_others_is_a_table(tmp_path):
    found = read_parquet(foreign(tmp_path, {"x": [1.5], "when": [dt.datetime(2016, 8, 15)]}))
    assert found.columns == {"x": ColumnOf(NUMBER), "when": ColumnOf(DATE)}
