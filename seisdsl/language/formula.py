"""Formulas: what is computed for each row of a table, or from results, when a program runs.

`tree` is nested tuples of plain values: ("value", 2.0), ("column", "depth"), ("input", 0) and
("+", left, right) and the like; numbers are in SI units, times in integer nanoseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from seisdsl.language.types import BOOLEAN, DATE, INTEGER, MAGNITUDE, NUMBER, PROBABILITY, RATIO, TEXT, Type
from seisdsl.language.units import DIMENSIONS, PLAIN, Dimension, name_of

Kind = Dimension | Literal["date", "text", "boolean"] | None  # None: not known before the run


@dataclass(frozen=True)
class Formula:
    """A checked expression; `text` is as a program would write it."""

    as_type: ClassVar[Type] = Type("Formula")

    tree: tuple[Any, ...]
    kind: Kind = field(compare=False)
    text: str = field(compare=False)

    @property
    def canonical(self) -> Any:
        return self.tree

    @property
    def type(self) -> Type:
        return type_of_kind(self.kind)


def kind_of_type(of: Type) -> Kind:
    """What an expression can do with a column or a result of this type."""
    if of in (NUMBER, INTEGER, RATIO, PROBABILITY, MAGNITUDE):
        return PLAIN
    if of.name in DIMENSIONS:
        return DIMENSIONS[of.name]
    return {DATE.name: "date", TEXT.name: "text", BOOLEAN.name: "boolean"}.get(of.name)  # type: ignore[return-value]


def type_of_kind(kind: Kind) -> Type:
    if isinstance(kind, Dimension):
        return Type(name_of(kind))
    return {"date": DATE, "text": TEXT, "boolean": BOOLEAN}.get(kind or "", NUMBER)


def described(kind: Kind) -> str:
    """`a Length`, `a plain number`, for messages."""
    if kind == PLAIN:
        return "a plain number"
    if isinstance(kind, Dimension):
        name = name_of(kind)
        return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
    return {"date": "a moment", "text": "a text", "boolean": "true or false"}.get(kind or "", "a value")


# Functions a formula may call: how many values they take, and what kind they give for these -------


def _same(kinds: list[Kind]) -> Kind:
    return kinds[0]


def _plain(kinds: list[Kind]) -> Kind:
    return PLAIN


@dataclass(frozen=True)
class Function:
    summary: str
    takes: tuple[Kind | Literal["any"], ...]
    gives: Any
    many: bool = False


ANGLE = DIMENSIONS["Angle"]
FUNCTIONS: dict[str, Function] = {
    "abs": Function("size without sign", ("any",), _same),
    "round": Function("to the nearest whole number", (PLAIN,), _plain),
    "floor": Function("down to a whole number", (PLAIN,), _plain),
    "ceil": Function("up to a whole number", (PLAIN,), _plain),
    "sqrt": Function("square root", (PLAIN,), _plain),
    "exp": Function("e to the power of", (PLAIN,), _plain),
    "log": Function("natural logarithm", (PLAIN,), _plain),
    "log10": Function("logarithm to base 10", (PLAIN,), _plain),
    "sin": Function("sine of an angle", (ANGLE,), _plain),
    "cos": Function("cosine of an angle", (ANGLE,), _plain),
    "tan": Function("tangent of an angle", (ANGLE,), _plain),
    "min": Function("the least of its values", ("any",), _same, many=True),
    "max": Function("the greatest of its values", ("any",), _same, many=True),
    "year": Function("year of a time", ("date",), _plain),
    "month": Function("month of a time, 1 to 12", ("date",), _plain),
    "day": Function("day of the month of a time", ("date",), _plain),
    "doy": Function("day of the year of a time", ("date",), _plain),
    "hour": Function("hour of a time, UTC", ("date",), _plain),
    "missing": Function("whether there is no value", ("any",), lambda kinds: "boolean"),
}
