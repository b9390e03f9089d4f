"""Operands put together by `+`, `-`, `*`, `/` and `^`: worked out where both are known."""

from __future__ import annotations

import math
import operator
from typing import Any

from seisdsl.language.disagreement import Side, disagree, mismatch
from seisdsl.language.formula import Formula
from seisdsl.language.operands import (
    TIME,
    Operand,
    Row,
    arithmetic_kind,
    as_text,
    grouped,
    is_known,
    kind,
    operand_text,
    tree_of,
)
from seisdsl.language.scope import Scope
from seisdsl.language.units import PLAIN, Dimension
from seisdsl.language.values import EARLIEST, LATEST, Instant, Poison, Quantity
from seisdsl.syntax import tree

_WORKED = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


def negated(scope: Scope, node: tree.Node, value: Operand) -> Operand:
    if isinstance(value, Quantity):
        return Quantity(-value.si, value.dimension, value.unit)
    if isinstance(value, Poison):
        return value
    if not isinstance(kind(value), Dimension):
        return mismatch(scope, "`-` needs a number", node, kind(value))
    return Formula(("negative", tree_of(value)), kind(value), f"-{grouped(as_text(value))}")


def combined(scope: Scope, row: Row | None, sign: str, left: Side, right: Side) -> Operand:
    (a, _), (b, b_node) = left, right
    if isinstance(a, Poison) or isinstance(b, Poison):
        return Poison()
    gives = arithmetic_kind(sign, kind(a), kind(b))
    if gives == "?":
        return disagree(scope, row, sign, left, right)
    if is_known(a) and is_known(b):
        return _worked_out(scope, sign, a, b, gives, b_node)
    text = f"{operand_text(as_text(a), sign)} {sign} {grouped(as_text(b))}"
    return Formula((sign, tree_of(a), tree_of(b)), gives, text)


def _worked_out(scope: Scope, sign: str, a: Any, b: Any, gives: Any, at: tree.Node) -> Operand:
    if isinstance(a, Instant) and isinstance(b, Instant):
        return Quantity((a.ns - b.ns) / 1e9, TIME, "s")
    if isinstance(a, Instant) or isinstance(b, Instant):
        time, shift = (a, b) if isinstance(a, Instant) else (b, a)
        return _shifted(scope, time, -shift.si if sign == "-" else shift.si, at)
    if sign == "/" and not b.si:
        scope.fault("value", "this divides by zero", at)
        return Poison()
    try:
        result = _WORKED[sign](a.si, b.si)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        return too_large(scope, at)
    unit = a.unit or b.unit if gives != PLAIN else ""
    return Quantity(result, gives, unit)


def _shifted(scope: Scope, time: Instant, seconds: float, at: tree.Node) -> Operand:
    ns = time.ns + round(seconds * 1e9) if abs(seconds) < 1e11 else None
    if ns is None or not EARLIEST <= ns <= LATEST:
        scope.fault("value", "this time is beyond the years that times are kept for", at)
        return Poison()
    return Instant(ns)


def powered(scope: Scope, node: tree.Power, base: Operand, exponent: Operand) -> Operand:
    if isinstance(base, Poison) or isinstance(exponent, Poison):
        return Poison()
    of, power = kind(base), kind(exponent)
    if not isinstance(of, Dimension) and of is not None:
        return mismatch(scope, "`^` needs a number", node.base, of)
    if power not in (PLAIN, None):
        return mismatch(scope, "an exponent is a plain number", node.exponent, power)
    whole = _whole(exponent)
    if of not in (PLAIN, None) and whole is None:
        message = "a quantity with a unit is raised to a whole number only"
        notes = ["divide its unit away first, as in `(2s / 1s)^0.5`"]
        scope.fault("unit", message, node.exponent, notes=notes)
        return Poison()
    gives = of**whole if whole is not None and isinstance(of, Dimension) else of
    if isinstance(base, Quantity) and isinstance(exponent, Quantity):
        return _power_of(scope, node, base, exponent, gives)
    text = f"{grouped(as_text(base))}^{grouped(as_text(exponent))}"
    return Formula(("^", tree_of(base), tree_of(exponent)), gives, text)


def _power_of(scope: Scope, node: tree.Power, base: Quantity, exponent: Quantity, gives: Any) -> Operand:
    try:
        result = base.si**exponent.si
    except ZeroDivisionError:
        scope.fault("value", "this divides by zero", node)
        return Poison()
    except OverflowError:
        return too_large(scope, node)
    if isinstance(result, complex):
        scope.fault("value", "a root of a number below zero is no number", node)
        return Poison()
    return Quantity(result, gives, base.unit) if math.isfinite(result) else too_large(scope, node)


def too_large(scope: Scope, node: tree.Node) -> Poison:
    scope.fault("value", "this number is too large", node)
    return Poison()


def _whole(exponent: Operand) -> int | None:
    """A small whole number, as a dimension may be raised to."""
    if isinstance(exponent, Quantity) and exponent.si == round(exponent.si) and abs(exponent.si) < 10:
        return round(exponent.si)
    return None
