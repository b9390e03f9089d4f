"""Formulas of programs, worked out on columns by polars and row by row in plain Python."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language.checking import checked, graph, operators
from operators.tables.given import through

from seisdsl.data.table import Table
from seisdsl.diagnostics import Faults
from seisdsl.engine.run import Engine
from seisdsl.language.formula import FUNCTIONS, Formula
from seisdsl.language.types import BOOLEAN, DATE, INTEGER, NUMBER, TEXT, ColumnOf, Type
from seisdsl.language.values import instant, iso
from seisdsl.methods.formulas import scalar

COLUMNS = {
    "x": ColumnOf(NUMBER), "y": ColumnOf(NUMBER), "n": ColumnOf(INTEGER), "depth": ColumnOf(Type("Length"), "km"),
    "azimuth": ColumnOf(Type("Angle"), "deg"), "lasting": ColumnOf(Type("Time"), "s"), "time": ColumnOf(DATE),
    "end": ColumnOf(DATE), "station": ColumnOf(TEXT), "good": ColumnOf(BOOLEAN),
}  # fmt: skip
Row = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """A piece of a formula as a program writes it, and what it is worth in a row."""

    text: str
    of: Callable[[Row], Any]

    def __repr__(self) -> str:
        return self.text


# Rows -------------------------------------------------------------------------------------------

START = instant("2016-08-15").ns
numbers = st.integers(-1000, 1000).map(lambda whole: whole / 8)
moments = st.integers(START - 10**17, START + 10**17)
cells = {
    "x": numbers, "y": numbers, "n": st.integers(-5, 5), "depth": numbers, "azimuth": numbers, "lasting": numbers,
    "time": moments, "end": moments, "station": st.sampled_from(["N.S1", "N.S2", "S-3", ""]), "good": st.booleans(),
}  # fmt: skip
row = st.fixed_dictionaries({name: st.none() | cell for name, cell in cells.items()})
rows = st.lists(row, min_size=1, max_size=6)


def table(of: list[Row]) -> Table:
    return Table.of({name: [row[name] for row in of] for name in COLUMNS}, extra=COLUMNS)


# Formulas that are exact in floating point, so that a condition on them has one answer ------------


def column(name: str, factor: float = 1.0) -> Part:
    return Part(name, lambda row: row[name] if row[name] is None or factor == 1 else row[name] * factor)


def joined(a: Part, sign: str, b: Part, work: Callable[[Any, Any], Any]) -> Part:
    def of(row: Row) -> Any:
        left, right = a.of(row), b.of(row)
        return None if left is None or right is None else work(left, right)

    return Part(f"({a}) {sign} ({b})", of)


def number_of(value: float) -> Part:
    return Part(f"{value}", lambda row: value)


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
}  # fmt: skip
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip
plain = st.recursive(
    st.sampled_from([column("x"), column("y"), column("n")]) | numbers.map(number_of),
    lambda inner: st.builds(
        lambda a, sign, b: joined(a, sign, b, ARITHMETIC[sign]), inner, st.sampled_from("+-*"), inner
    ),
    max_leaves=5,
)
lengths = st.just(column("depth", 1000.0)) | numbers.map(lambda v: Part(f"{v}km", lambda row: v * 1000))
seconds = st.just(column("lasting")) | numbers.map(lambda v: Part(f"{v}s", lambda row: v))
times = st.recursive(
    st.sampled_from([column("time"), column("end")]) | moments.map(lambda ns: Part(iso(ns), lambda row: ns)),
    lambda inner: st.builds(
        lambda a, sign, b: joined(
            a, sign, b, lambda t, s: t + round(s * 1e9) * (1 if sign == "+" else -1)
        ),
        inner, st.sampled_from("+-"), seconds,
    ),
    max_leaves=2,
)  # fmt: skip


def comparison(kind: st.SearchStrategy[Part], signs: list[str]) -> st.SearchStrategy[Part]:
    return st.builds(lambda a, sign, b: joined(a, sign, b, COMPARE[sign]), kind, st.sampled_from(signs), kind)


def pattern(text: str) -> Part:
    return Part(
        f'station ~ "{text}"',
        lambda row: None if row["station"] is None else re.search(text, row["station"]) is not None,
    )


def among(of: Part, members: list[Part]) -> Part:
    def holds(row: Row) -> Any:
        value = of.of(row)
        return None if value is None else value in [member.of(row) for member in members]

    return Part(f"({of}) in [{', '.join(map(str, members))}]", holds)


def within(of: Part, ends: tuple[Any, Any], written: Callable[[Any], str], closed: bool) -> Part:
    low, high = sorted(ends)
    high = high + 1 if low == high else high

    def holds(row: Row) -> Any:
        value = of.of(row)
        return None if value is None else low <= value and (value <= high if closed else value < high)

    return Part(f"({of}) in {written(low)}..{written(high)}", holds)


conditions = st.one_of(
    comparison(plain, list(COMPARE)),
    comparison(lengths, list(COMPARE)),
    comparison(times, list(COMPARE)),
    st.sampled_from([pattern(p) for p in ("^N", "S.?1", "[.]", "^(?!N)", "x*")]),
    st.builds(among, plain, st.lists(numbers.map(number_of), min_size=1, max_size=3)),
    st.builds(lambda a, ends: within(a, ends, str, True), plain, st.tuples(numbers, numbers)),
    st.builds(lambda a, ends: within(a, ends, iso, False), times, st.tuples(moments, moments)),
    st.sampled_from(["x", "time", "station", "good"]).map(
        lambda name: Part(f"missing {name}", lambda row: row[name] is None)
    ),
    st.just(column("good")),
)


def kleene(word: str, parts: list[Part]) -> Part:
    """What is not known leaves the rest open, unless the rest settles it."""

    def of(row: Row) -> Any:
        known = [part.of(row) for part in parts]
        settles = word == "or"
        if any(value is settles for value in known):
            return settles
        return None if None in known else not settles

    return Part(f" {word} ".join(f"({part})" for part in parts), of)


def turned(part: Part) -> Part:
    return Part(f"not ({part})", lambda row: None if part.of(row) is None else not part.of(row))


conditions = st.recursive(
    conditions,
    lambda inner: (
        st.builds(kleene, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3))
        | inner.map(turned)
        | comparison(inner, ["==", "!="])
    ),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(given_rows=rows, condition=conditions)
def test_where_keeps_the_rows_that_python_keeps(given_rows: list[Row], condition: Part) -> None:
    keeps(given_rows, condition)


def keeps(given_rows: list[Row], condition: Part) -> None:
    kept = through(table(given_rows), f"where {condition}")
    expected = [row for row in given_rows if condition.of(row) is True]
    assert kept.frame.equals(table(expected).frame)


@pytest.mark.slow
@settings(max_examples=3000, deadline=None)
@given(given_rows=rows, condition=conditions)
def test_where_keeps_the_rows_that_python_keeps_thousands_of_times(
    given_rows: list[Row], condition: Part
) -> None:
    keeps(given_rows, condition)


@settings(max_examples=40, deadline=None)
@given(given_rows=rows, condition=conditions)
def test_a_formula_written_out_keeps_the_same_rows(given_rows: list[Row], condition: Part) -> None:
    """`explain` shows the text of a formula: it must mean what the tree means."""
    written = formula_of(f"where {condition}").text
    again = formula_of(f"where {written}")
    assert again.text == written
    kept = through(table(given_rows), f"where {written}")
    expected = [row for row in given_rows if condition.of(row) is True]
    assert kept.frame.equals(table(expected).frame)


def formula_of(stage: str) -> Formula:
    from operators.tables.given import held, known

    held[:] = [table([])]
    (result,) = graph(f"give-Table | {stage}\n", operators=known()).results
    values: dict[str, Any] = dict(result.node.operator)
    found = values["condition"] if "condition" in values else values["columns"][0][1]
    assert isinstance(found, Formula)
    return found


@settings(max_examples=40, deadline=None)
@given(given_rows=rows, when=times)
def test_times_are_derived_to_the_nanosecond(given_rows: list[Row], when: Part) -> None:
    found = through(table(given_rows), f"derive {{ then = {when} }}").frame["then"].to_physical().to_list()
    assert found == [when.of(row) for row in given_rows]


# Functions --------------------------------------------------------------------------------------


def utc(ns: int) -> dt.datetime:
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=ns // 1000)


CASES: list[tuple[str, Callable[[Row], Any]]] = [
    ("abs x", lambda row: abs(row["x"])),
    ("round (x / 2)", lambda row: round(row["x"] / 2)),
    ("floor x", lambda row: math.floor(row["x"])),
    ("ceil x", lambda row: math.ceil(row["x"])),
    ("sqrt x", lambda row: math.sqrt(row["x"])),
    ("exp x", lambda row: math.exp(row["x"])),
    ("log x", lambda row: math.log(row["x"])),
    ("log10 x", lambda row: math.log10(row["x"])),
    ("sin azimuth", lambda row: math.sin(math.radians(row["azimuth"]))),
    ("cos azimuth", lambda row: math.cos(math.radians(row["azimuth"]))),
    ("tan azimuth", lambda row: math.tan(math.radians(row["azimuth"]))),
    ("x / y", lambda row: row["x"] / row["y"]),
    ("x / n", lambda row: row["x"] / row["n"]),
    ("x^2", lambda row: row["x"] ** 2),
    ("x^0.5", lambda row: math.pow(row["x"], 0.5)),
    ("x^n", lambda row: math.pow(row["x"], row["n"])),
    ("-x^2", lambda row: -(row["x"] ** 2)),
    ("(-x)^2", lambda row: (-row["x"]) ** 2),
    ("-x * y", lambda row: -row["x"] * row["y"]),
    ("depth / lasting * 2s", lambda row: row["depth"] * 1000 / row["lasting"] * 2),
    ("(end - time) / 1s", lambda row: (row["end"] - row["time"]) / 1e9),
    ("year time", lambda row: utc(row["time"]).year),
    ("month time", lambda row: utc(row["time"]).month),
    ("day time", lambda row: utc(row["time"]).day),
    ("doy time", lambda row: utc(row["time"]).timetuple().tm_yday),
    ("hour time", lambda row: utc(row["time"]).hour),
    ("hour time * hour time", lambda row: utc(row["time"]).hour ** 2),
    ("hour end - hour time", lambda row: utc(row["end"]).hour - utc(row["time"]).hour),
]  # fmt: skip


def worth(work: Callable[[Row], Any], row: Row) -> float | None:
    """What is not defined, or not known, is missing."""
    try:
        return float(work(row))
    except (ValueError, ZeroDivisionError, OverflowError, TypeError):
        return None


@pytest.mark.parametrize(("text", "work"), CASES, ids=[text for text, _ in CASES])
def test_functions_are_those_of_python(text: str, work: Callable[[Row], Any]) -> None:
    @settings(max_examples=8, deadline=None)
    @given(given_rows=rows)
    def holds(given_rows: list[Row]) -> None:
        found = through(table(given_rows), f"derive {{ new = {text} }}").frame["new"].to_list()
        expected = [worth(work, row) for row in given_rows]
        assert found == [None if value is None else pytest.approx(value, rel=1e-12) for value in expected]
        written = formula_of(f"derive {{ new = {text} }}").text
        assert through(table(given_rows), f"derive {{ new = {written} }}").frame["new"].to_list() == found

    holds()


@settings(max_examples=20, deadline=None)
@given(given_rows=rows)
def test_least_and_greatest_leave_out_what_is_missing(given_rows: list[Row]) -> None:
    frame = through(
        table(given_rows), "derive { low = min x y 3, high = max x y, first = min time end }"
    ).frame
    for row, low, high, first in zip(
        given_rows, frame["low"], frame["high"], frame["first"].to_physical(), strict=True
    ):
        known = [row[name] for name in ("x", "y") if row[name] is not None]
        assert low == min([*known, 3])
        assert high == (max(known) if known else None)
        assert first == min((row[name] for name in ("time", "end") if row[name] is not None), default=None)


def test_every_function_is_tested() -> None:
    used = {word for text, _ in CASES for word in re.findall(r"[a-z]\w*", text)} | {"min", "max", "missing"}
    assert set(FUNCTIONS) <= used


# Formulas of results ----------------------------------------------------------------------------

ANSWERS = "simulate two-events | sta-lta | head 7 | count"
scalars = st.recursive(
    numbers.map(number_of)
    | st.sampled_from([Part("a", lambda row: row["a"]), Part("b", lambda row: row["b"])]),
    lambda inner: st.builds(
        lambda a, sign, b: joined(a, sign, b, ARITHMETIC[sign]), inner, st.sampled_from("+-*"), inner
    ),
    max_leaves=5,
)


@settings(max_examples=40, deadline=None)
@given(part=scalars, a=st.integers(-100, 100), b=st.integers(-100, 100))
def test_results_are_computed_with_as_python_does(part: Part, a: int, b: int) -> None:
    text = f"let a = {ANSWERS}\nlet b = {ANSWERS.replace('7', '8')}\nlet c = {part}\n"
    found = checked(text, operators=operators())
    assert found.sound
    node = (found.graph.names if found.graph else {}).get("c")
    if node is None or node.word != "compute":
        return  # it needs no result, or is one
    named = {found.graph.names["a"].key: a, found.graph.names["b"].key: b}  # type: ignore[union-attr]
    inputs = [named[source.key] for _, source in node.inputs]
    tree = dict(node.operator)["formula"].tree
    assert scalar(tree, inputs) == part.of({"a": a, "b": b})


@pytest.mark.parametrize(
    ("expression", "holds"),
    [("a == 7", True), ("a != 7", False), ("a / 2 > 3", True), ("-a < 0", True), ("a in 1..7", True),
     ("a in [1, 2, 3]", False), ("not (a > 8 or a < 6)", True), ("a^2 == 49 and a * 2 == 14", True)],
)  # fmt: skip
def test_conditions_on_results(expression: str, holds: bool) -> None:
    program = graph(f"let a = {ANSWERS}\nlet c = {expression}\n", operators=operators())
    tree = dict(program.names["c"].operator)["formula"].tree
    assert scalar(tree, [7]) is holds


@pytest.mark.parametrize(
    ("expression", "said"),
    [("1 / (a - 7)", "this divides by zero"), ("(a - 8)^0.5", "this is no finite number"),
     ("1e300^a", "this number is too large"), ("a * 1e308 * 10", "this is no finite number")],
)  # fmt: skip
def test_what_is_no_number_stops_the_run_in_plain_words(expression: str, said: str) -> None:
    program = graph(f"let a = {ANSWERS}\nlet c = {expression}\n", operators=operators())
    with pytest.raises(Faults) as stopped:
        list(Engine().values(program.nodes, [program.names["c"]]))
    assert [fault.message for fault in stopped.value.diagnostics] == [said]
