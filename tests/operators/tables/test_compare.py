"""`compare` pairs rows as a patient person would: nearest first, each once, like with like."""

from __future__ import annotations

import itertools
import statistics
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language.checking import fault, graph

from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.diagnostics import Faults
from seisdsl.engine.run import Engine
from seisdsl.language.types import NUMBER, ColumnOf
from seisdsl.methods.tables import in_common, pairs
from seisdsl.operator import Unsuitable

NS = 10**9
picks = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(["S1", "S2"]), st.sampled_from(["P", "S"])), max_size=7
)


def table(of: list[tuple[int, str, str]]) -> Picks:
    time, station, phase = ([row[i] for row in of] for i in range(3))
    return Picks.of({"time": [t * NS // 10 for t in time], "station": station, "phase": phase})


def by_hand(a: list[tuple[int, str, str]], b: list[tuple[int, str, str]], within: int) -> list[float]:
    """All pairs that could be, the nearest taken first; ties go by row."""
    could = sorted(
        (abs(x[0] - y[0]), i, j) for (i, x), (j, y) in itertools.product(enumerate(a), enumerate(b))
        if x[1:] == y[1:] and abs(x[0] - y[0]) <= within
    )  # fmt: skip
    left, right, shifts = set(range(len(a))), set(range(len(b))), []
    for _, i, j in could:
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            shifts.append((a[i][0] - b[j][0]) / 10)
    return shifts


@settings(max_examples=100, deadline=None)
@given(a=picks, b=picks, within=st.integers(0, 12))
def test_pairs_are_those_found_by_hand(
    a: list[tuple[int, str, str]], b: list[tuple[int, str, str]], within: int
) -> None:
    assert pairs(table(a), table(b), within / 10).tolist() == pytest.approx(by_hand(a, b, within))


@settings(max_examples=50, deadline=None)
@given(methods=st.lists(picks, min_size=2, max_size=3))
def test_each_two_methods_have_a_row_each_way(methods: list[list[tuple[int, str, str]]]) -> None:
    named = {f"m{at}": of for at, of in enumerate(methods)}
    found = in_common({name: table(of) for name, of in named.items()}, 0.5)
    rows = [dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=True)]
    assert [(row["method"], row["against"]) for row in rows] == list(itertools.permutations(named, 2))
    for row in rows:
        shifts = by_hand(named[row["method"]], named[row["against"]], 5)
        assert (row["rows"], row["matched"]) == (len(named[row["method"]]), len(shifts))
        assert row["only"] == row["rows"] - row["matched"]
        assert row["shift"] == (pytest.approx(statistics.median(shifts)) if shifts else None)


def test_tables_of_other_kinds_pair_by_time_alone() -> None:
    events = Catalog.of({"time": [0, 10 * NS]})
    assert pairs(events, table([(1, "S1", "P"), (999, "S1", "P")]), 0.2).tolist() == [-0.1]


def test_rows_without_a_time_or_a_station_pair_only_with_their_like() -> None:
    one = Picks.of({"time": [0, None], "station": [None, "S1"], "phase": ["P", "P"]})
    other = Picks.of({"time": [0, 0], "station": ["S1", None], "phase": ["P", "P"]})
    assert pairs(one, other, 1.0).tolist() == [0.0]


def test_a_table_without_times_is_refused() -> None:
    plain = Table.of({"x": [1.0]}, extra={"x": ColumnOf(NUMBER)})
    with pytest.raises(Unsuitable, match="`compare` needs a `time` column, and Table has x"):
        in_common({"a": plain, "b": plain}, 1.0)


def values(text: str, **more: Any) -> list[Any]:
    program = graph(text, **more)
    wanted = [one.node for one in program.results]
    found = {node.key: value for node, value in Engine().values(program.nodes, wanted)}
    return [found[node.key] for node in wanted]


def test_compare_and_fork_run_their_branches() -> None:
    text = """\
let wave = simulate two-events
let both = wave | fork { quick = sta-lta on=4, slow = sta-lta method=recursive on=4 }
compare within=1s { quick = both.quick, slow = both.slow }
both.quick | count
both.slow | count
both | show
"""
    compared, quick, slow, both = values(text)
    rows = compared.frame.to_dicts()
    assert [(row["method"], row["rows"]) for row in rows] == [("quick", quick), ("slow", slow)]
    assert rows[0]["matched"] == rows[1]["matched"] > 5
    assert rows[0]["shift"] == -rows[1]["shift"]
    assert compared.simulated
    assert {name: len(part) for name, part in both.items()} == {"quick": quick, "slow": slow}


def test_branches_read_tables() -> None:
    found = fault("let wave = simulate two-events\ncompare { a = wave, b = wave | sta-lta }\n")
    assert "Waves" in found.message


# Sweeps -----------------------------------------------------------------------------------------


def test_a_sweep_is_a_table_of_its_axes_and_results() -> None:
    wave = "simulate two-events duration=40s"
    axes = "on in [3, 5], short in [500ms, 1s]"
    (swept,) = values(
        f"let wave = {wave}\nsweep {axes} => (wave | sta-lta on=on short=short long=10s | count)\n"
    )
    rows = swept.frame.to_dicts()
    assert [(row["on"], row["short"]) for row in rows] == [(3, 0.5), (3, 1), (5, 0.5), (5, 1)]
    (second,) = values(f"{wave} | sta-lta on=3 short=1s long=10s | count\n")
    assert rows[1]["result"] == second > rows[3]["result"]
    assert swept.simulated


@pytest.mark.parametrize(
    ("axis", "use", "column"),
    [
        ('["classic", "recursive"]', "sta-lta method=x", ["classic", "recursive"]),
        ("[1..2Hz, 2..8Hz]", "bandpass x | sta-lta", ["1..2Hz", "2..8Hz"]),
        ("[true, false]", "sta-lta", [True, False]),
    ],
)  # fmt: skip
def test_axes_of_other_kinds(axis: str, use: str, column: list[Any]) -> None:
    (swept,) = values(f"sweep x in {axis} => (simulate two-events duration=30s | {use} | count)\n")
    assert swept.frame["x"].to_list() == column


def test_an_axis_of_times_is_a_column_of_times() -> None:
    text = """\
let picks = simulate two-events | sta-lta on=4
sweep day in [2016-08-15, 2016-08-16T01:30Z] => (picks | where time > day | count)
"""
    (swept,) = values(text)
    assert swept.frame["day"].dt.strftime("%Y-%m-%dT%H:%M").to_list() == [
        "2016-08-15T00:00",
        "2016-08-16T01:30",
    ]
    assert swept.frame["result"].to_list()[1] == 0
    (late,) = values(f"{text.rstrip()} | where day > 2016-08-15T12:00Z | count\n")
    assert late == 1


def test_rows_as_long_as_their_axes() -> None:
    wave = "let n = simulate two-events duration=30s | sta-lta | count\n"
    (made,) = values(f'{wave}rows axes={{ site = ["a", "b"] }} {{ one = n, two = n + 1 }}\n')
    assert made.frame["site"].to_list() == ["a", "b"]
    first, second = made.frame["result"].to_list()
    assert second == first + 1
    with pytest.raises(Faults) as stopped:
        values(f'{wave}rows axes={{ site = ["a"] }} {{ one = n, two = n }}\n')
    assert "there are 2 results" in stopped.value.diagnostics[0].message


def test_a_row_holds_numbers() -> None:
    with pytest.raises(Faults) as stopped:
        values('rows axes={ site = ["a"] } { one = simulate two-events | sta-lta }\n')
    assert stopped.value.diagnostics[0].message == "a row holds numbers, found Picks"


def test_an_axis_keeps_its_unit() -> None:
    (swept,) = values(
        "sweep x in [10s, 20s] => (simulate two-events duration=30s | sta-lta long=x | count)\n"
    )
    assert swept.frame["x"].to_list() == [10.0, 20.0]
    assert (str(swept.columns["x"].type), swept.columns["x"].unit) == ("Time", "s")
