"""What an expression without arithmetic stands for: literals, names, ranges, lists, records."""

from __future__ import annotations

import math
import re

from seisdsl.diagnostics import Fix
from seisdsl.language import made, names, pipelines, texts, units, unknown_units
from seisdsl.language.convert import words
from seisdsl.language.expressions import ARITHMETIC, Expressions
from seisdsl.language.formula import Formula, described
from seisdsl.language.operands import Inputs
from seisdsl.language.scope import Scope
from seisdsl.language.types import TimeRange, Type
from seisdsl.language.units import PLAIN
from seisdsl.language.values import (
    DAY_NS,
    Fields,
    Instant,
    Items,
    Known,
    Pair,
    Poison,
    Quantity,
    Span,
    Truth,
    Unset,
    Value,
    instant,
)
from seisdsl.syntax import tree


def evaluate(node: tree.Expression, scope: Scope) -> Value:
    """The value of an expression; one that needs results of the run becomes a node itself."""
    if not isinstance(node, ARITHMETIC):
        return plain(node, scope)
    inputs = Inputs([])
    value = Expressions(scope, plain, inputs=inputs).read(node)
    if not isinstance(value, Formula):
        return value
    if not inputs.found:
        return Poison() if value.kind is None else Unset(value.text, value.type)
    return made.compute(value, inputs.found, scope, scope.place(node))


def plain(node: tree.Expression, scope: Scope) -> Value:
    match node:
        case tree.Number():
            return _quantity(node, scope, node.text)
        case tree.Quantity():
            return _quantity(node, scope, node.text)
        case tree.Instant():
            try:
                return instant(node.text)
            except ValueError as error:
                scope.fault("value", str(error), node)
                return Poison()
        case tree.Boolean():
            return Truth(node.text == "true")
        case tree.String():
            return texts.text_of(node, scope)
        case tree.Range():
            return _range(node, scope)
        case tree.List():
            return _list(node, scope)
        case tree.Record():
            return _record(node, scope)
        case tree.Group():
            return pipelines.pipeline(node.pipeline, scope, None)
        case tree.Path():
            return names.named(node, scope)
        case tree.Call():
            return pipelines.stage(node, scope, None)
        case tree.Hole():
            scope.fault("hole", "`?` stands for an operator, and here a value is needed", node)
            return Poison()
    return evaluate(node, scope)


# Numbers ----------------------------------------------------------------------------------------


def _quantity(node: tree.Number | tree.Quantity, scope: Scope, text: str) -> Value:
    try:
        si, dimension, unit = units.quantity(text)
    except units.UnknownUnit as error:
        unknown_units.report(node, scope, error.symbol)
        return Poison()
    except (OverflowError, ValueError):
        si, dimension, unit = math.inf, PLAIN, ""
    if not math.isfinite(si):
        scope.fault("value", "this number is too large", node)
        return Poison()
    return Quantity(si, dimension, unit)


# Ranges, lists, records -------------------------------------------------------------------------


def _range(node: tree.Range, scope: Scope) -> Value:
    low, high = plain(node.low, scope), plain(node.high, scope)
    if isinstance(low, Poison) or isinstance(high, Poison):
        return Poison()
    if isinstance(low, Unset) or isinstance(high, Unset):
        of = low.type if isinstance(low, Unset) else high.type
        return Unset("range", Type("TimeRange") if of.name == "Date" else Type("Range", (of,)))
    if isinstance(low, Instant) and isinstance(high, Instant):
        if low.ns == high.ns:
            return _no_time(node, low, scope)
        if low.ns > high.ns:
            return _backwards(node, scope, "a range of times runs forwards")
        return Span(TimeRange(low.ns, high.ns))
    if isinstance(low, Quantity) and isinstance(high, Quantity):
        low, high = _borrowed(low, high), _borrowed(high, low)
        if low.dimension != high.dimension:
            return _ends_differ(node, low, high, scope)
        if low.si > high.si:
            return _backwards(node, scope, "a range runs from the smaller to the larger")
        return Pair(low, high)
    found = [words(value.type) for value in (low, high)]
    scope.fault("type", f"a range needs two numbers or two times, found {found[0]} and {found[1]}", node)
    return Poison()


def _ends_differ(node: tree.Range, low: Quantity, high: Quantity, scope: Scope) -> Poison:
    kinds = [described(end.dimension) for end in (low, high)]
    fix = None
    if isinstance(node.low, tree.Quantity) and isinstance(node.high, tree.Quantity):
        ends = [end.text.removesuffix(of.unit) for end, of in ((node.low, low), (node.high, high))]
        repair = f"{ends[0]}..{ends[1]}{low.unit}"
        fix = Fix(f"did you mean {repair}?", scope.place(node), repair)
    scope.fault(
        "unit",
        f"the ends of this range differ: {kinds[0]} and {kinds[1]}",
        node.high,
        kinds[1],
        also=[(scope.place(node.low), kinds[0])],
        fix=fix,
    )
    return Poison()


def _borrowed(bare: Quantity, other: Quantity) -> Quantity:
    """A bare end takes the other end's unit."""
    if bare.unit or bare.dimension != PLAIN or not other.unit:
        return bare
    factor, dimension = units.unit(other.unit)
    return Quantity(units.to_si(bare.si, factor), dimension, other.unit)


def _backwards(node: tree.Range, scope: Scope, note: str) -> Poison:
    low, high = (scope.source[end.span] for end in (node.low, node.high))
    repair = None
    if isinstance(node.low, tree.Number) and isinstance(node.high, tree.Number | tree.Quantity):
        number = re.match(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", high)
        unit = high[number.end() :] if number else ""
        repair = f"{high.removesuffix(unit) if unit else high}..{low}{unit}"
    elif isinstance(node.low, tree.Quantity | tree.Instant):
        repair = f"{high}..{low}"
    fix = Fix(f"did you mean {repair}?", scope.place(node), repair) if repair else None
    scope.fault("value", "this range runs backwards", node, notes=[note], fix=fix)
    return Poison()


def _no_time(node: tree.Range, at: Instant, scope: Scope) -> Poison:
    fix = None
    if at.day:
        written = scope.source[node.low.span]
        fix = Fix(f"for the whole day write {written}", scope.place(node), written)
    notes = ["a range of times ends before its second end"]
    scope.fault("value", "this range ends where it begins", node, notes=notes, fix=fix)
    return Poison()


def _list(node: tree.List, scope: Scope) -> Value:
    items: list[Known] = []
    for part in node.parts:
        item = pipelines.pipeline(part, scope, None)
        if isinstance(item, Poison):
            return item
        items.append(item)
    return Items(tuple(items))


def _record(node: tree.Record, scope: Scope) -> Value:
    fields: dict[str, Known] = {}
    sound = True
    for part in unique_fields(node, scope):
        value = pipelines.pipeline(part.value, scope, None)
        if isinstance(value, Poison):
            sound = False
        else:
            fields[part.name.text] = value
    return Fields(tuple(fields.items())) if sound else Poison()


def unique_fields(node: tree.Record, scope: Scope) -> list[tree.Field]:
    """The fields of a record; one that stands twice is reported."""
    seen: dict[str, tree.Field] = {}
    for part in node.parts:
        if other := seen.get(part.name.text):
            scope.fault(
                "name",
                f"`{part.name.text}` stands twice in this record",
                part.name,
                also=[(scope.place(other.name), "first here")],
            )
        else:
            seen[part.name.text] = part
    return list(seen.values())


def day(value: Instant) -> Span:
    """The whole day that a date names."""
    return Span(TimeRange(value.ns, value.ns + DAY_NS))
