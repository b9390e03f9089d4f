"""The two sides of an expression: constants, or formulas that are worked out later."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seisdsl.language import units, values
from seisdsl.language.formula import Formula, Kind, kind_of_type
from seisdsl.language.units import Dimension
from seisdsl.language.values import Flowing, Instant, Items, Pair, Quantity, Text, Truth, Value, shown

TIME = units.DIMENSIONS["Time"]


@dataclass
class Row:
    """The columns a formula may name; None where they are known only when the program runs."""

    columns: Mapping[str, Any] | None
    of: str = ""


@dataclass
class Inputs:
    """The results a formula is computed from."""

    found: list[Flowing]

    def number(self, value: Flowing) -> int:
        for at, known in enumerate(self.found):
            if known.node is value.node and value.node is not None:
                return at
        self.found.append(value)
        return len(self.found) - 1


Operand = Value | Formula


def kind(value: Operand) -> Kind:
    match value:
        case Formula():
            return value.kind
        case Quantity():
            return value.dimension
        case Instant():
            return "date"
        case Text():
            return "text"
        case Truth():
            return "boolean"
        case values.Unset():
            return kind_of_type(value.type)
    return None


def kinds_within(value: Operand) -> list[Kind]:
    match value:
        case Items():
            return [kind(item) for item in value.items]
        case Pair():
            return [value.high.dimension]
        case values.Span():
            return ["date"]
    return [kind(value)]


def arithmetic_kind(sign: str, a: Kind, b: Kind) -> Any:
    if a is None or b is None:
        return None
    if isinstance(a, Dimension) and isinstance(b, Dimension):
        if sign in "*/":
            return a * b if sign == "*" else a / b
        return a if a == b else "?"
    if a == "date" and b == "date" and sign == "-":
        return TIME
    if (a == "date" and b == TIME and sign in "+-") or (a == TIME and b == "date" and sign == "+"):
        return "date"
    return "?"


COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_known(value: Operand) -> bool:
    return isinstance(value, Quantity | Instant | Text | Truth)


def plain_value(value: Any) -> Any:
    match value:
        case Quantity():
            return value.si
        case Instant():
            return value.ns
        case Text():
            return value.text
        case Truth():
            return value.true
        case Items():
            return tuple(tree_of(item) for item in value.items)
        case Pair():
            return ("range", value.low.si, value.high.si)
        case values.Span():
            return ("range", value.range.start, value.range.end)
    raise TypeError(value)


def tree_of(value: Operand) -> Any:
    if isinstance(value, Formula):
        return value.tree
    if isinstance(value, Items):
        return ("list", *(tree_of(item) for item in value.items))
    if isinstance(value, Pair | values.Span):
        return plain_value(value)
    if isinstance(value, Instant):
        return ("date", value.ns)
    if isinstance(value, values.Unset):
        return ("value", 0.0)
    return ("value", plain_value(value))


def as_text(operand: Operand) -> str:
    return operand.text if isinstance(operand, Formula) else shown(operand)


def grouped(text: str) -> str:
    """In parentheses, unless it is one word: what follows a sign must not be torn from it."""
    one_word = " " not in text and not text.startswith("-")
    return text if one_word or text.startswith('"') else f"({text})"


def operand_text(text: str, sign: str) -> str:
    return grouped(text) if sign in "*/" else text
