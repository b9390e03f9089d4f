"""What is said of operands that do not go together."""

from __future__ import annotations

import re

from seisdsl.diagnostics import Fix
from seisdsl.language.formula import Formula, Kind, described
from seisdsl.language.operands import TIME, Operand, Row, kind, kinds_within
from seisdsl.language.scope import Scope
from seisdsl.language.units import PLAIN, Dimension
from seisdsl.language.values import Pair, Poison, Quantity, Text
from seisdsl.syntax import tree

Side = tuple[Operand, tree.Node]  # an operand, and where it is written

_VERBS = {"+": "be added", "-": "be subtracted", "*": "be multiplied", "/": "be divided"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


def mismatch(
    scope: Scope, needs: str, node: tree.Node, found: Kind, notes: list[str] | None = None
) -> Poison:
    scope.fault("type", f"{needs}, found {described(found)}", node, notes=notes)
    return Poison()


def disagree(scope: Scope, row: Row | None, sign: str, left: Side, right: Side) -> Poison:
    """Two operands of different kinds; a bare number is offered the unit of the other side."""
    (a, a_node), (b, b_node) = left, right
    kinds = [kind(a), next(iter(kinds_within(b)), None)]
    numbers = all(isinstance(k, Dimension) for k in kinds)
    fix = _quotes(scope, left, right) or _with_unit(scope, row, right, a) or _with_unit(scope, row, left, b)
    scope.fault(
        "unit" if numbers else "type",
        f"{described(kinds[0])} and {described(kinds[1])} cannot {_VERBS.get(sign, 'be compared')}",
        b_node,
        described(kinds[1]),
        also=[(scope.place(a_node), described(kinds[0]))],
        notes=metres(b, kinds[0]) or metres(a, kinds[1]) or _moments(kinds, sign),
        fix=fix,
    )
    return Poison()


def metres(value: object, wanted: Kind) -> list[str]:
    """`5m` where a time is meant."""
    if wanted == TIME and isinstance(value, Quantity) and value.unit == "m":
        return ["`m` is metres; minutes are `min`"]
    return []


def _with_unit(scope: Scope, row: Row | None, bare: Side, other: Operand) -> Fix | None:
    """A constant in the unit that the other side is written or stored in."""
    value, node = bare
    of = value.high if isinstance(value, Pair) else value
    if not isinstance(of, Quantity) or (of.dimension != PLAIN and not isinstance(other, Formula)):
        return None
    repair = in_unit(scope.source[node.span], node, _unit(row, other), isinstance(value, Pair))
    return Fix(f"did you mean {repair}?", scope.place(node), repair) if repair else None


def in_unit(text: str, node: tree.Node, unit: str, is_range: bool) -> str:
    """A number, or the ends of a range, in this unit; nothing where they are not written as such."""
    if not unit:
        return ""
    if isinstance(node, tree.Range) and is_range:
        ends = [number_of(end) for end in text.split("..")]
        return "..".join(ends) + unit if len(ends) == 2 and all(ends) else ""
    return number_of(text) + unit if isinstance(node, tree.Number | tree.Quantity) and not is_range else ""


def number_of(text: str) -> str:
    """The number that a text begins with, without its unit."""
    written = _NUMBER.match(text)
    return written[0] if written else ""


def _moments(kinds: list[Kind], sign: str) -> list[str]:
    """A moment beside what is none."""
    if "date" not in kinds:
        return []
    if sign in "+-":
        return ["a time can be added to a moment, as in `time + 3s`"]
    return ["a moment is written `2016-08-15` or `2016-08-15T02:00Z`"]


def _quotes(scope: Scope, left: Side, right: Side) -> Fix | None:
    """A number in quotes where numbers are meant, or one without where texts are."""
    (a, _), (b, node) = left, right
    text = scope.source[node.span]
    if kind(a) == PLAIN and isinstance(b, Text) and _NUMBER.fullmatch(b.text):
        return Fix(f"did you mean {b.text}?", scope.place(node), b.text)
    if kind(a) == "text" and isinstance(node, tree.Number):
        return Fix(f'did you mean "{text}"?', scope.place(node), f'"{text}"')
    return None


def _unit(row: Row | None, operand: Operand) -> str:
    if isinstance(operand, Quantity):
        return operand.unit
    if not isinstance(operand, Formula):
        return ""
    if operand.tree[0] == "column" and row and row.columns and row.columns[operand.tree[1]].unit:
        return str(row.columns[operand.tree[1]].unit)
    return operand.kind.unit if isinstance(operand.kind, Dimension) and operand.kind != PLAIN else ""
