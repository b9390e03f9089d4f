"""What is said of operands that do not go together."""

from __future__ import annotations

import re

from seisdsl.diagnostics import Fix
from seisdsl.language.formula import Formula, Kind, described
from seisdsl.language.operands import TIME, Operand, Row, kind, kinds_within
from seisdsl.language.scope import Scope
from seisdsl.language.units import PLAIN, Dimension
from seisdsl.language.values import Poison, Quantity
from seisdsl.syntax import tree

Side = tuple[Operand, tree.Node]  # an operand, and where it is written

_VERBS = {"+": "be added", "-": "be subtracted", "*": "be multiplied", "/": "be divided"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


def mismatch(scope: Scope, needs: str, node: tree.Node, found: Kind, notes: list[str] | None = None) -> Poison:
    scope.fault("type", f"{needs}, found {described(found)}", node, notes=notes)
    return Poison()


def disagree(scope: Scope, row: Row | None, sign: str, left: Side, right: Side) -> Poison:
    """Two operands of different kinds; a bare number is offered the unit of the other side."""
    (a, a_node), (b, b_node) = left, right
    kinds = [kind(a), next(iter(kinds_within(b)), None)]
    numbers = all(isinstance(k, Dimension) for k in kinds)
    scope.fault(
        "unit" if numbers else "type",
        f"{described(kinds[0])} and {described(kinds[1])} cannot {_VERBS.get(sign, 'be compared')}",
        b_node,
        described(kinds[1]),
        also=[(scope.place(a_node), described(kinds[0]))],
        notes=metres(b, kinds[0]) or metres(a, kinds[1]),
        fix=_with_unit(scope, row, right, a) or _with_unit(scope, row, left, b),
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
    written = _NUMBER.match(scope.source[node.span])
    unit = _unit(row, other)
    if not unit or not written or not isinstance(value, Quantity):
        return None
    if value.dimension != PLAIN and not isinstance(other, Formula):
        return None
    repair = written[0] + unit
    return Fix(f"did you mean {repair}?", scope.place(node), repair)


def _unit(row: Row | None, operand: Operand) -> str:
    if isinstance(operand, Quantity):
        return operand.unit
    if not isinstance(operand, Formula):
        return ""
    if operand.tree[0] == "column" and row and row.columns and row.columns[operand.tree[1]].unit:
        return str(row.columns[operand.tree[1]].unit)
    return operand.kind.unit if isinstance(operand.kind, Dimension) and operand.kind != PLAIN else ""
