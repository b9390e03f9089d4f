"""Formulas worked out: on the columns of a polars frame, or on plain numbers."""

from __future__ import annotations

import functools
import math
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
    "year": lambda t: _clock(t).dt.year(),
    "month": lambda t: _clock(t).dt.month(),
    "day": lambda t: _clock(t).dt.day(),
    "doy": lambda t: _clock(t).dt.ordinal_day(),
    "hour": lambda t: _clock(t).dt.hour(),
    "missing": lambda x: x.is_null(),
    "not": operator.inv,
    "and": lambda *x: functools.reduce(operator.and_, x),
    "or": lambda *x: functools.reduce(operator.or_, x),
}


def on_columns(tree: Tree, columns: Mapping[str, ColumnOf]) -> Any:
    """A formula as a polars expression: times as integer nanoseconds, numbers in SI units."""
    head, *rest = tree
    match head:
        case "value" | "date":
            return pl.lit(rest[0])
        case "column":
            return _column(rest[0], columns[rest[0]])
        case "~":
            return on_columns(rest[0], columns).str.contains(rest[1])
        case "in":
            return _within(on_columns(rest[0], columns), rest[1])
    parts = [on_columns(part, columns) for part in rest]
    if head in ("+", "-") and any(_is_date(part, columns) for part in rest):
        return _time_arithmetic(head, rest, parts, columns)
    if head in _INFIX:
        return _INFIX[head](*parts)
    return _ON_COLUMNS[head](*parts)


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
        part if _is_date(tree, columns) else (part * 1e9).round(0).cast(pl.Int64)
        for tree, part in zip(trees, parts, strict=True)
    ]
    return _INFIX[sign](*whole)


def _within(value: pl.Expr, members: Tree) -> Any:
    if members[0] == "range":
        return (value >= members[1]) & (value <= members[2])
    return value.is_in([member[1] for member in members[1:]])


_ON_NUMBERS: dict[str, Callable[..., Any]] = {
    "negative": operator.neg, "abs": abs, "round": round, "floor": math.floor, "ceil": math.ceil,
    "sqrt": math.sqrt, "exp": math.exp, "log": math.log, "log10": math.log10,
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "min": min, "max": max,
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
