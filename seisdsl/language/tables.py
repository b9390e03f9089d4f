"""`where`, `derive` and `sweep`: what the grammar knows of tables."""

from __future__ import annotations

from itertools import product
from typing import Any

from seisdsl.language import connect, literals, made, pipelines
from seisdsl.language.calls import Bound
from seisdsl.language.convert import words
from seisdsl.language.expressions import Expressions
from seisdsl.language.formula import Formula, described
from seisdsl.language.mismatch import cannot_read
from seisdsl.language.operands import Operand, Row, kind, tree_of
from seisdsl.language.scope import Let, Scope
from seisdsl.language.types import ColumnOf, Type, is_a
from seisdsl.language.types import Value as Flows
from seisdsl.language.units import PLAIN
from seisdsl.language.values import (
    Fields,
    Flowing,
    Instant,
    Items,
    OperatorValue,
    Pair,
    Poison,
    Quantity,
    SourceValue,
    Text,
    Truth,
    Unset,
    Value,
    shown,
)
from seisdsl.language.values import Span as TimeSpan
from seisdsl.source import Span
from seisdsl.syntax import tree

TABLE = Type("Table")
ON_AN_AXIS = Quantity | Instant | Text | Truth | Pair | TimeSpan | SourceValue | OperatorValue | Unset
MOST_ROWS = 10_000


def stage(node: tree.Where | tree.Derive, scope: Scope, piped: Flowing | None) -> Value:
    word = "where" if isinstance(node, tree.Where) else "derive"
    operator = scope.session.registry[word]
    place = scope.place(Span(node.span.start, node.span.start + len(word)))
    table = piped
    if piped is None:
        scope.fault(
            "pipe",
            f"`{word}` reads Table, and nothing is piped into it",
            place,
            notes=[f"as in `{operator.example}`"],
        )
    elif not is_a(piped.type, TABLE):
        if not scope.quiet:
            scope.report(cannot_read(operator, piped, place, scope.session.registry))
        table = None
    row = Row(table.facts.columns if table else None, str(table.type) if table else "")
    parameters: dict[str, Any] = {}
    if isinstance(node, tree.Where):
        parameters["condition"] = _condition(node.condition, scope, row)
    else:
        parameters["columns"] = _columns(node.columns, scope, row)
    if table is None:
        return connect.typed(TABLE, place, None)
    if None in parameters.values():
        return Flowing(table.type, table.facts, place, None, table)
    facts = operator(**parameters).facts(table.facts)
    return made.built_in(word, scope, place, {"table": table}, table.type, facts, piped="table", **parameters)


def _condition(node: tree.Expression, scope: Scope, row: Row) -> Formula | None:
    value = Expressions(scope, literals.plain, row).read(node)
    if isinstance(value, Poison):
        return None
    formula = _formula(value)
    if formula is None or formula.kind not in ("boolean", None):
        kind = described(formula.kind) if formula else str(value.type)
        scope.fault(
            "type", f"`where` needs a condition, found {kind}", node, notes=["as in `where duration > 30s`"]
        )
        return None
    return formula


def _columns(node: tree.Record, scope: Scope, row: Row) -> tuple[tuple[str, Formula], ...] | None:
    made: list[tuple[str, Formula]] = []
    sound = True
    for part in literals.unique_fields(node, scope):
        columns = (
            {**row.columns, **{n: ColumnOf(f.type) for n, f in made}} if row.columns is not None else None
        )
        value: Operand = Poison()
        if len(part.value.parts) == 1 and isinstance(part.value.parts[0], tree.Expression):
            value = Expressions(scope, literals.plain, Row(columns, row.of)).read(part.value.parts[0])
        else:
            notes = ["as in `derive { end = time + 10s }`"]
            scope.fault("type", "a column is an expression, not a pipeline", part.value, notes=notes)
        formula = _formula(value)
        if formula is None:
            sound = False
            if not isinstance(value, Poison):
                scope.fault("type", f"a column cannot hold {words(value.type)}", part.value)
        else:
            made.append((part.name.text, formula))
    return tuple(made) if sound else None


def _formula(value: Operand) -> Formula | None:
    if isinstance(value, Formula):
        return value
    if isinstance(value, Quantity | Instant | Text | Truth | Unset):
        return Formula(tree_of(value), kind(value), shown(value))
    return None


# Sweeps -----------------------------------------------------------------------------------------


def sweep(node: tree.Sweep, scope: Scope, piped: Flowing | None) -> Value:
    """One row for each combination of the axes; equal parts are computed once, being one node."""
    axes: dict[str, tuple[Value, ...]] = {}
    sound = True
    for axis in node.axes:
        values = literals.evaluate(axis.values, scope)
        if isinstance(values, Poison):
            sound = False
        elif not isinstance(values, Items) or not values.items:
            scope.fault(
                "type",
                f"`{axis.name.text}` goes over a list of values, found {words(values.type)}",
                axis.values,
                notes=[f"as in `sweep {axis.name.text} in [0.5, 1.0] => (…)`"],
            )
            sound = False
        elif axis.name.text in axes:
            first = next(other.name for other in node.axes if other.name.text == axis.name.text)
            also = [(scope.place(first), "first here")]
            scope.fault("name", f"`{axis.name.text}` stands for two axes", axis.name, also=also)
            sound = False
        elif not all(isinstance(value, ON_AN_AXIS) for value in values.items):
            odd = next(value for value in values.items if not isinstance(value, ON_AN_AXIS))
            message = f"`{axis.name.text}` goes over constants, and one of them is {words(odd.type)}"
            scope.fault("type", message, axis.values)
            sound = False
        elif other := next((v for v in values.items if kind(v) != kind(values.items[0])), None):
            found = f"{words(values.items[0].type)} and {words(other.type)}"
            scope.fault(
                "type", f"`{axis.name.text}` goes over values of one kind, found {found}", axis.values
            )
            sound = False
        else:
            axes[axis.name.text] = values.items
    if not sound:
        return Poison()
    combinations = list(product(*axes.values()))
    if len(combinations) > MOST_ROWS:
        message = f"this sweep has {len(combinations):,} rows; at most {MOST_ROWS:,} are computed"
        lengths = " and ".join(f"{len(values)} values of `{name}`" for name, values in axes.items())
        scope.fault("value", message, node, notes=[f"one for each combination of {lengths}"])
        return Poison()
    results: list[Flowing] = []
    places = [scope.place(axis.name) for axis in node.axes]
    for combination in combinations:
        names = {
            name: Let(value, place, filler=True)
            for name, value, place in zip(axes, combination, places, strict=True)
        }
        inner = scope.inside(dict(names))
        result = pipelines.pipeline(_body(node), inner, piped)
        if not isinstance(result, Flowing):
            if not isinstance(result, Poison):
                notes = ["it goes on with a pipeline in parentheses: `=> (… | count)`"]
                message = f"a sweep computes a result for each row, found {words(result.type)}"
                scope.fault("type", message, node.body, notes=notes)
            return Poison()
        results.append(result)
    return rows(axes, combinations, results, node, scope)


def _body(node: tree.Sweep) -> tree.Pipeline:
    if isinstance(node.body, tree.Group):
        return node.body.pipeline
    return tree.Pipeline(node.body.span, (node.body,))


def rows(
    axes: dict[str, tuple[Value, ...]],
    combinations: list[tuple[Value, ...]],
    results: list[Flowing],
    node: tree.Sweep,
    scope: Scope,
) -> Value:
    operator = scope.session.registry["rows"]
    of = results[0].type
    parts = getattr(Flows.kinds.get(of.name), "FIELDS", None)
    if of.name not in ("Number", "Integer", "Boolean") and not parts:
        fix = None
        if not isinstance(node.body, tree.Group):
            fix = "a pipeline of several stages stands in parentheses: `=> (… | …)`"
        scope.fault(
            "type",
            f"a row of a sweep holds numbers, found {words(of)}",
            node.body,
            str(of),
            notes=["end it with `count` or `score`"],
            fix=fix,
        )
        return Poison()
    columns = {name: Items(tuple(c[i] for c in combinations)) for i, name in enumerate(axes)}  # type: ignore[misc]
    units = {name: unit for name, items in columns.items() if (unit := _unit(items))}
    bound = Bound({"axes": Fields(tuple(columns.items()))})
    if units:
        bound.values["units"] = Fields(tuple((name, Text(unit)) for name, unit in units.items()))
    branches: dict[str, Value] = {f"r{number}": result for number, result in enumerate(results)}
    axis_columns = {name: ColumnOf(items.items[0].type) for name, items in columns.items()}
    value = connect.connect(operator, bound, branches, node.span, scope, None)
    if isinstance(value, Flowing):
        found = {name: ColumnOf(part) for name, part in parts.items()} if parts else {"result": ColumnOf(of)}
        known = {**axis_columns, **found}
        facts = value.facts.but(columns=known)
        return Flowing(value.type, facts, value.place, value.node, None)
    return value


def _unit(items: Items) -> str:
    """The SI unit of an axis' values."""
    first = items.items[0]
    value = first.high if isinstance(first, Pair) else first
    return value.dimension.unit if isinstance(value, Quantity) and value.dimension != PLAIN else ""
