"""What operators do to tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import polars as pl

from seisdsl.data.table import Table
from seisdsl.language.formula import Formula
from seisdsl.language.suggest import listing, nearest
from seisdsl.language.types import BOOLEAN, DATE, INTEGER, NUMBER, TEXT, ColumnOf, Type
from seisdsl.language.units import name_of
from seisdsl.language.units import unit as unit_of
from seisdsl.language.written import written
from seisdsl.methods.formulas import on_columns
from seisdsl.operator import Unsuitable

Rows = TypeVar("Rows", bound=Table)


def checked_column(table: Table, name: str, parameter: str = "") -> None:
    """Refuse a column that is not there."""
    if name not in table.columns:
        meant = nearest(name, table.columns)
        raise Unsuitable(
            f"no column of {type(table).__name__} is called `{name}`",
            parameter=parameter,
            notes=[f"columns: {listing(table.columns, 12)}"],
            repair=f"did you mean `{meant}`?" if meant else "",
        )


def _known(table: Table, tree: Any, parameter: str) -> None:
    if isinstance(tree, tuple) and tree:
        if tree[0] == "column":
            checked_column(table, tree[1], parameter)
        else:
            for part in tree[1:]:
                _known(table, part, parameter)


def kept(table: Rows, condition: Formula) -> Rows:
    _known(table, condition.tree, "condition")
    return table.with_frame(table.frame.filter(on_columns(condition.tree, table.columns)))


def with_columns(table: Rows, derived: Mapping[str, tuple[Formula, ColumnOf]]) -> Rows:
    for name, (formula, column) in derived.items():
        _known(table, formula.tree, "columns")
        value = on_columns(formula.tree, table.columns)
        if column.type == DATE:
            value = value.cast(pl.Int64).cast(pl.Datetime("ns")).dt.replace_time_zone("UTC")
        elif column.type not in (TEXT, BOOLEAN):
            value = value.cast(pl.Float64)
            value = pl.when(value.is_finite()).then(value)
        frame = table.frame.with_columns(value.alias(name))
        table = table.with_frame(frame, {**(table.extra or {}), name: column})
    return table


def tabulated(
    axes: Mapping[str, Sequence[Any]], results: Sequence[Any], units: Mapping[str, str] | None = None
) -> Table:
    """A row for each result: the axes' values, then the result or its parts.

    A whole number among the axes is a time, for a program's own numbers are never whole.
    """
    rows = [dict(result) if isinstance(result, Mapping) else {"result": result} for result in results]
    columns: dict[str, ColumnOf] = {}
    values: dict[str, list[Any]] = {}
    for name, given in axes.items():
        unit = (units or {}).get(name, "")
        values[name] = [v if isinstance(v, str | int | float) else written(v, NUMBER) + unit for v in given]
        of = _column_for(next(iter(values[name]), None))
        if of.type == INTEGER:
            of = ColumnOf(DATE)
        elif of.type == NUMBER and unit:
            of = ColumnOf(Type(name_of(unit_of(unit)[1])), unit)
        columns[name] = of
    for name in dict.fromkeys(name for row in rows for name in row):
        values[name] = [row.get(name) for row in rows]
        columns[name] = _column_for(next((v for v in values[name] if v is not None), None))
    lengths = {name: len(column) for name, column in values.items()}
    if len(set(lengths.values())) > 1:
        raise Unsuitable(f"`axes` give {lengths}, and there are {len(results)} results", parameter="axes")
    return Table.of(values, extra=columns)


def _column_for(value: Any) -> ColumnOf:
    kinds = {bool: BOOLEAN, str: TEXT, int: INTEGER, float: NUMBER, type(None): NUMBER}
    if type(value) not in kinds:
        raise Unsuitable(f"a row holds numbers, found {type(value).__name__}", repair="end it with `count`")
    return ColumnOf(kinds[type(value)])


def in_common(results: Mapping[str, Table], within: float) -> dict[str, list[Any]]:
    """Rows that pair off between each two tables."""
    found: dict[str, list[Any]] = {
        key: [] for key in ("method", "against", "rows", "matched", "only", "shift")
    }
    for name, table in results.items():
        for other, against in results.items():
            if name == other:
                continue
            shifts = pairs(table, against, within)
            row = (name, other, len(table), len(shifts), len(table) - len(shifts))
            for key, value in zip(
                found, (*row, float(np.median(shifts)) if len(shifts) else None), strict=True
            ):
                found[key].append(value)
    return found


def pairs(a: Table, b: Table, within: float) -> np.ndarray[Any, Any]:
    """Seconds between partners, nearest paired first, each row once."""
    keys: list[str] = [
        name for name in ("network", "station", "phase") if name in a.columns and name in b.columns
    ]
    one = _timed(a, keys)
    two = _timed(b, keys).rename(lambda name: f"{name}_b")
    if not one.height or not two.height:
        return np.empty(0)
    reach = round(within * 1e9)
    near = one.join_where(
        two,
        pl.col("time") >= pl.col("time_b") - reach,
        pl.col("time") <= pl.col("time_b") + reach,
        *(pl.col(key).eq_missing(pl.col(f"{key}_b")) for key in keys),
    )
    shift = (near["time"] - near["time_b"]).to_numpy() / 1e9
    rows, others = near["row"].to_numpy(), near["row_b"].to_numpy()
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    chosen = []
    for at in np.lexsort((others, rows, np.abs(shift))).tolist():
        if rows[at] not in taken_a and others[at] not in taken_b:
            taken_a.add(rows[at])
            taken_b.add(others[at])
            chosen.append(at)
    return np.asarray(shift[chosen])


def _timed(table: Table, keys: list[str]) -> pl.DataFrame:
    if "time" not in table.columns:
        raise Unsuitable(
            f"`compare` needs a `time` column, and {type(table).__name__} has {listing(table.columns)}"
        )
    return table.frame.select(pl.col("time").dt.timestamp("ns"), *keys).with_row_index("row")
