"""`where`, `derive`, `sort`, `head`, `count` and `table` against plain Python on rows."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language.checking import fault, faults, graph
from operators.tables.given import held, known, result, through

from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.diagnostics import Faults
from seisdsl.language.types import DATE, NUMBER, TEXT, ColumnOf, Type
from seisdsl.language.values import instant

NS = 10**9
START = instant("2016-08-15").ns
quick = settings(max_examples=40, deadline=None)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "time": st.none() | st.integers(START, START + 10**15),
            "station": st.none() | st.sampled_from(["N.S1", "N.S2", "N.S10"]),
            "score": st.none() | st.integers(-5, 5).map(float),
            "depth": st.none() | st.floats(0, 100),
        }
    ),
    max_size=8,
)
COLUMNS = {
    "time": ColumnOf(DATE), "station": ColumnOf(TEXT), "score": ColumnOf(NUMBER),
    "depth": ColumnOf(Type("Length"), "km"),
}  # fmt: skip


def table(of: list[dict[str, Any]]) -> Table:
    return Table.of({name: [row[name] for row in of] for name in COLUMNS}, extra=COLUMNS)


def back(of: Table) -> list[dict[str, Any]]:
    frame = (
        of.frame.with_columns(time=of.frame["time"].to_physical()) if "time" in of.frame.columns else of.frame
    )
    return frame.to_dicts()


def catalog(**columns: list[Any]) -> Catalog:
    return Catalog.of(columns)


# sort, head, count, table -----------------------------------------------------------------------


@quick
@given(of=rows, by=st.sampled_from(sorted(COLUMNS)), order=st.sampled_from(["up", "down"]))
def test_rows_are_sorted_as_python_sorts_them_with_missing_ones_last(
    of: list[dict[str, Any]], by: str, order: str
) -> None:
    there = sorted((row for row in of if row[by] is not None), key=lambda row: row[by])
    if order == "down":  # equal rows keep their order
        there = sorted((row for row in of if row[by] is not None), key=lambda row: row[by], reverse=True)
    expected = there + [row for row in of if row[by] is None]
    assert back(through(table(of), f"sort by={by} order={order}")) == expected


@quick
@given(of=rows, number=st.integers(0, 10))
def test_the_first_rows_and_their_number(of: list[dict[str, Any]], number: int) -> None:
    assert back(through(table(of), f"head {number}")) == of[:number]
    assert through(table(of), "count") == len(of)
    assert through(table(of), f"head {number} | count") == min(number, len(of))


@quick
@given(
    of=rows, names=st.permutations(sorted(COLUMNS)).flatmap(lambda p: st.integers(1, 4).map(lambda n: p[:n]))
)
def test_columns_are_kept_in_the_order_given(of: list[dict[str, Any]], names: list[str]) -> None:
    found = through(table(of), f"table columns=[{', '.join(names)}]")
    assert back(found) == [{name: row[name] for name in names} for row in of]
    assert list(found.columns) == names
    assert found.columns == {name: COLUMNS[name] for name in names}


def test_a_table_of_a_kind_is_then_a_plain_table() -> None:
    picks = Picks.of({"time": [START], "station": ["S1"], "phase": ["P"]})
    assert isinstance(through(picks, "head 1"), Picks)
    found = through(picks, "table columns=[time, station]")
    assert type(found) is Table
    assert type(through(picks, "table")) is Table
    assert list(through(picks, "table").columns) == list(Picks.COLUMNS)


@pytest.mark.parametrize(
    "stages", ["head 2", "sort by=depth", "where depth > 1km", "derive { a = 1 }", "table"]
)
def test_simulated_rows_stay_simulated(stages: str) -> None:
    events = catalog(depth=[1.0, 2.0])
    assert through(Catalog(events.frame, simulated=True), stages).simulated
    assert not through(events, stages).simulated


# where and derive -------------------------------------------------------------------------------


def test_conditions_are_in_the_units_of_their_columns() -> None:
    events = catalog(
        depth=[5.0, 20.0, None, 40.0], latitude=[35.0, 36.0, 37.0, 38.0], magnitude=[1.0, 2.0, 3.0, 4.0]
    )
    assert through(events, "where depth < 30km").frame["depth"].to_list() == [5.0, 20.0]
    assert through(events, "where depth < 6000m").frame["depth"].to_list() == [5.0]
    assert through(events, "where depth in 20..40km").frame["depth"].to_list() == [20.0, 40.0]
    assert through(events, "where latitude >= 37deg").frame["latitude"].to_list() == [37.0, 38.0]
    assert through(events, "where not (depth < 30km)").frame["depth"].to_list() == [40.0]
    assert through(events, "where missing depth").frame["magnitude"].to_list() == [3.0]
    assert through(events, "where depth != 5km or magnitude > 2").frame["magnitude"].to_list() == [
        2.0,
        3.0,
        4.0,
    ]


def test_a_range_of_times_is_half_open() -> None:
    days = [instant(f"2016-08-{day}").ns for day in (14, 15, 16, 17)]
    events = catalog(time=days)
    kept = through(events, "where time in 2016-08-15..2016-08-17")
    assert kept.frame["time"].to_physical().to_list() == days[1:3]


def test_what_is_not_defined_is_missing_and_kept_by_no_condition() -> None:
    of = table([{"time": None, "station": None, "score": score, "depth": None} for score in (-4.0, 0.0, 4.0)])
    derived = through(of, "derive { a = sqrt score, b = 1 / score, c = log10 score, d = score^0.5 }").frame
    assert derived["a"].to_list() == [None, 0.0, 2.0]
    assert derived["b"].to_list() == [-0.25, None, 0.25]
    assert derived["c"].to_list() == [None, None, pytest.approx(math.log10(4))]
    assert derived["d"].to_list() == [None, 0.0, 2.0]
    for condition in ("sqrt score >= 0", "sqrt score < 1e9", "1 / score > -1e9", "not (1 / score > 1e9)"):
        assert (
            None
            not in through(of, f"derive {{ a = sqrt score, b = 1 / score }} | where {condition}")
            .frame["a" if "sqrt" in condition else "b"]
            .to_list()
        )


def test_derived_columns_know_their_type_and_unit() -> None:
    events = catalog(depth=[5.0], time=[START], latitude=[60.0], magnitude=[2.0])
    found = through(
        events,
        "derive { deeper = depth + 1km, late = time + 90s, ratio = depth / 2km, slow = depth / 5s,"
        ' near = depth < 10km, name = "a", half = cos latitude }',
    )
    columns = {name: (str(of.type), of.unit) for name, of in found.columns.items()}
    assert columns["deeper"] == ("Length", "m")
    assert columns["late"] == ("Date", "")
    assert columns["ratio"] == ("Number", "")
    assert columns["slow"] == ("Velocity", "m/s")
    assert columns["near"] == ("Boolean", "")
    assert columns["name"] == ("Text", "")
    (row,) = back(found)
    assert (row["deeper"], row["ratio"], row["slow"], row["near"], row["name"]) == (
        6000.0,
        2.5,
        1000.0,
        True,
        "a",
    )
    assert row["half"] == pytest.approx(0.5)
    assert found.frame["late"].to_physical().to_list() == [START + 90 * NS]
    assert isinstance(found, Catalog)


def test_a_derived_column_is_used_in_its_own_unit() -> None:
    events = catalog(depth=[5.0, 50.0])
    found = through(events, "derive { a = depth / 2, b = a + 1m } | where b < 3km and a > 2499m")
    assert found.frame["b"].to_list() == [2501.0]


def test_a_column_may_be_replaced() -> None:
    events = catalog(depth=[5.0], magnitude=[2.0])
    found = through(events, "derive { depth = depth * 2, magnitude = magnitude + 1 }")
    assert (found.frame["depth"].to_list(), found.columns["depth"].unit) == ([10000.0], "m")
    assert through(found, "where depth == 10km | count") == 1


def test_empty_tables_go_through() -> None:
    stages = (
        'where depth < 3km and kind ~ "t" | derive { a = time + 3s, b = sqrt magnitude } | sort by=b | head 3'
    )
    assert len(through(catalog(), stages)) == 0


def test_columns_that_are_not_there_are_found_before_the_run() -> None:
    held[:] = [catalog()]
    for stages in ("where deph < 3km", "derive { a = deph }", "sort by=deph", "table columns=[time, deph]"):
        found = fault(f"give-Catalog | {stages}\n", operators=known())
        assert found.code == "name"
        assert found.fix is not None
        assert found.fix.message == "did you mean `depth`?"
    assert faults("give-Catalog | derive { a = 3 } | where a > 2 | sort by=a\n", operators=known()) == []


@pytest.mark.parametrize(
    "stages", ["where scor > 0", "derive { a = scor }", "sort by=scor", "table columns=[scor]"]
)
def test_columns_that_nobody_knew_before_the_run_are_refused_in_it(stages: str) -> None:
    held[:] = [table([])]
    program = graph(f"give-unknown | {stages}\n", operators=known())
    with pytest.raises(Faults) as stopped:
        result(program)
    (found,) = stopped.value.diagnostics
    assert found.message == "no column of Table is called `scor`"
    assert found.fix is not None
    assert found.fix.message == "did you mean `score`?"
