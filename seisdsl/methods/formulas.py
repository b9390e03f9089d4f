"""Formulas worked out: on the columns of a polars frame, or on plain numbers."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from seisdsl.language.types import DATE, ColumnOf

Tree = tuple[Any, ...]

_INFIX: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": operator.pow,
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip

_UNDEFINED_SOMEWHERE = {"/", "^", "sqrt", "exp", "log", "log10", "tan"}

_ON_COLUMNS: dict[str, Callable[..., pl.Expr]] = {
    "negative": lambda x: -x,
    "abs": lambda x: x.abs(),
    "round": lambda x: x.round(0),
    "floor": lambda x: x.floor(),
    "ceil": lambda x: x.ceil(),
    "sqrt": lambda x: x.sqrt(),
    "exp": lambda x: x.exp(),
    "log": lambda x: x.log(),
    "log10": lambda x: x.log10(),
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tan": lambda x: x.tan(),
    "min": lambda *x: pl.min_horizontal(*x),
    "max": lambda *x: pl.max_horizontal(*x),
    "year": lambda t: _clock(t).dt.year().cast(pl.Int64),
    "month": lambda t: _clock(t).dt.month().cast(pl.Int64),
    "day": lambda t: _clock(t).dt.day().cast(pl.Int64),
    "doy": lambda t: _clock(t).dt.ordinal_day().cast(pl.Int64),
    "hour": lambda t: _clock(t).dt.hour().cast(pl.Int64),
    "missing": lambda x: x.is_null(),
    "not": operator.inv,
    "and": lambda *x: functools.reduce(operator.and_, x),
    "or": lambda *x: functools.reduce(operator.or_, x),
}


def on_columns(tree: Tree, columns: Mapping[str, ColumnOf]) -> Any:
    """A formula as a polars expression: times as integer nanoseconds, numbers in SI units.

    What is not defined, as 1 / 0 or the root of -1, is missing.
    """
    head, *rest = tree
    match head:
        case "value" | "date":
            return pl.lit(rest[0])
        case "column":
            return _column(rest[0], columns[rest[0]])
        case "~":
            return _matches(on_columns(rest[0], columns), rest[1])
        case "in":
            return _within(on_columns(rest[0], columns), rest[1], _is_date(rest[0], columns))
    parts = [on_columns(part, columns) for part in rest]
    if head in ("+", "-") and any(_is_date(part, columns) for part in rest):
        return _time_arithmetic(head, rest, parts, columns)
    value = (_INFIX.get(head) or _ON_COLUMNS[head])(*parts)
    return pl.when(value.is_finite()).then(value) if head in _UNDEFINED_SOMEWHERE else value


def _column(name: str, column: ColumnOf) -> pl.Expr:
    if column.type == DATE:
        return pl.col(name).dt.timestamp("ns")
    return pl.col(name) * column.factor if column.factor != 1 else pl.col(name)


def _clock(ns: pl.Expr) -> pl.Expr:
    return ns.cast(pl.Datetime("ns"))


def _is_date(tree: Tree, columns: Mapping[str, ColumnOf]) -> bool:
    head, *rest = tree
    if head == "column":
        return columns[rest[0]].type == DATE
    if head in ("+", "-"):
        dates = [_is_date(part, columns) for part in rest]
        return any(dates) and not (head == "-" and all(dates))
    if head in ("min", "max"):
        return _is_date(rest[0], columns)
    return bool(head == "date")


def _time_arithmetic(
    sign: str, trees: Sequence[Tree], parts: list[pl.Expr], columns: Mapping[str, ColumnOf]
) -> Any:
    """Times are whole nanoseconds, and what is added to them is seconds."""
    if all(_is_date(tree, columns) for tree in trees):
        return (parts[0] - parts[1]) / 1e9
    whole = [
        part if _is_date(tree, columns) else (part * 1e9).round(0).cast(pl.Int64, strict=False)
        for tree, part in zip(trees, parts, strict=True)
    ]
    return _INFIX[sign](*whole)


def _matches(value: pl.Expr, pattern: str) -> pl.Expr:
    """Python's regular expressions, as `scalar` has them and as programs are checked for."""
    known = functools.cache(re.compile(pattern).search)

    def batch(texts: pl.Series) -> pl.Series:
        found = [None if text is None else known(text) is not None for text in texts]
        return pl.Series(found, dtype=pl.Boolean)

    return value.map_batches(batch, return_dtype=pl.Boolean)


def _within(value: pl.Expr, members: Tree, times: bool) -> Any:
    if members[0] == "range":  # a range of times is half-open
        return (value >= members[1]) & (value < members[2] if times else value <= members[2])
    return pl.any_horizontal(pl.lit(False), *(value == member[1] for member in members[1:]))


_ON_NUMBERS: dict[str, Callable[..., Any]] = {
    "negative": operator.neg,
    "not": operator.not_,
    "and": lambda *x: all(x),
    "or": lambda *x: any(x),
}  # fmt: skip


def scalar(tree: Tree, inputs: Sequence[Any]) -> Any:
    """A formula of results that are plain numbers, texts or conditions."""
    head, *rest = tree
    match head:
        case "value" | "date":
            return rest[0]
        case "input":
            return inputs[rest[0]]
        case "~":
            return re.search(rest[1], scalar(rest[0], inputs)) is not None
        case "in":
            value, members = scalar(rest[0], inputs), rest[1]
            if members[0] == "range":
                return members[1] <= value <= members[2]
            return value in [member[1] for member in members[1:]]
    parts = [scalar(part, inputs) for part in rest]
    return (_INFIX.get(head) or _ON_NUMBERS[head])(*parts)
