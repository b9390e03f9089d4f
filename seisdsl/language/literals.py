"""What an expression without arithmetic stands for: literals, names, ranges, lists, records."""

from __future__ import annotations

import math
import re

from seisdsl.diagnostics import Fix
from seisdsl.language import made, names, pipelines, texts, units
from seisdsl.language.expressions import ARITHMETIC, Expressions
from seisdsl.language.formula import Formula, described
from seisdsl.language.operands import Inputs
from seisdsl.language.scope import Scope
from seisdsl.language.suggest import nearest
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
        unknown_unit(node, scope, error.symbol)
        return Poison()
    except (OverflowError, ValueError):
        si, dimension, unit = math.inf, PLAIN, ""
    if not math.isfinite(si):
        scope.fault("value", "this number is too large", node)
        return Poison()
    return Quantity(si, dimension, unit)


_MONTHS = {"mo", "month", "months", "mon"}


def unknown_unit(node: tree.Node, scope: Scope, symbol: str) -> None:
    text = scope.source[node.span]
    notes: list[str] = []
    fix: Fix | None = None
    divided = re.fullmatch(rf"(.*)/{re.escape(symbol)}", text)
    if symbol.lower() in _MONTHS:
        notes.append("months differ in length and are no unit: write days (`30d`) or two dates")
    elif divided and scope.find(symbol) is not None:
        repair = f"{divided[1]} / {symbol}"
        fix = Fix(f"for division write `{repair}`", scope.place(node), repair)
    elif symbol in ("e", "E"):
        notes.append("an exponent needs digits after it: `5e3`")
    elif symbol == "Mw":
        notes.append("a magnitude is a plain number")
    elif meant := nearest_unit(symbol):
        repair = text.replace(symbol, meant, 1)
        fix = Fix(f"did you mean `{repair}`?", scope.place(node), repair)
    if divided and fix is None and scope.find(symbol) is None:
        notes.append(f"for division write `{divided[1]} / {symbol}`")
    scope.fault("unit", f"no unit is called `{symbol}`", node, notes=notes or ["seis help units"], fix=fix)


def nearest_unit(symbol: str) -> str | None:
    words = {
        "sec": "s",
        "secs": "s",
        "second": "s",
        "seconds": "s",
        "hr": "h",
        "hour": "h",
        "hours": "h",
        "mins": "min",
        "minute": "min",
        "minutes": "min",
        "days": "d",
        "year": "yr",
        "years": "yr",
        "hz": "Hz",
        "HZ": "Hz",
        "hertz": "Hz",
        "khz": "kHz",
        "degree": "deg",
        "degrees": "deg",
        "metre": "m",
        "meter": "m",
        "meters": "m",
        "M": "m",
        "S": "s",
        "K": "km",
        "KM": "km",
        "db": "dB",
        "DB": "dB",
        "Gal": "gal",
        "cc": "cm",
    }
    known = [name for name in units.table() if name.isascii()]
    return words.get(symbol) or nearest(symbol, known)


# Text -------------------------------------------------------------------------------------------


# Ranges, lists, records -------------------------------------------------------------------------


def _range(node: tree.Range, scope: Scope) -> Value:
    low, high = plain(node.low, scope), plain(node.high, scope)
    if isinstance(low, Poison) or isinstance(high, Poison):
        return Poison()
    if isinstance(low, Unset) or isinstance(high, Unset):
        of = low.type if isinstance(low, Unset) else high.type
        return Unset("range", Type("TimeRange") if of.name == "Date" else Type("Range", (of,)))
    if isinstance(low, Instant) and isinstance(high, Instant):
        if low.ns >= high.ns:
            return _backwards(node, scope, "a range of times is half-open and runs forwards")
        return Span(TimeRange(low.ns, high.ns))
    if isinstance(low, Quantity) and isinstance(high, Quantity):
        low, high = _borrowed(low, high), _borrowed(high, low)
        if low.dimension != high.dimension:
            scope.fault(
                "unit",
                f"the ends of this range differ: {described(low.dimension)} and {described(high.dimension)}",
                node,
            )
            return Poison()
        if low.si > high.si:
            return _backwards(node, scope, "a range runs from the smaller to the larger")
        return Pair(low, high)
    names = [str(value.type) for value in (low, high)]
    scope.fault("type", f"a range needs two quantities or two times, found {names[0]} and {names[1]}", node)
    return Poison()


def _borrowed(bare: Quantity, other: Quantity) -> Quantity:
    """A bare end takes the other end's unit."""
    if bare.unit or bare.dimension != PLAIN or not other.unit:
        return bare
    factor, dimension = units.unit(other.unit)
    return Quantity(units.to_si(bare.si, factor), dimension, other.unit)


def _backwards(node: tree.Range, scope: Scope, note: str) -> Poison:
    low, high = (scope.source[end.span] for end in (node.low, node.high))
    unit = re.sub(r"^[\d.eE+-]*\d", "", high) if re.match(r"-?\d", high) else ""
    repair = None
    if not isinstance(node.low, tree.Instant | tree.Path) and re.fullmatch(r"-?[\d.eE+-]*\d", low):
        repair = f"{high}..{low}{unit}"
    elif isinstance(node.low, tree.Quantity | tree.Instant):
        repair = f"{high}..{low}"
    fix = Fix(f"did you mean {repair}?", scope.place(node), repair) if repair else None
    scope.fault("value", "this range runs backwards", node, notes=[note], fix=fix)
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


# Names ------------------------------------------------------------------------------------------


def day(value: Instant) -> Span:
    """The whole day that a date names."""
    return Span(TimeRange(value.ns, value.ns + DAY_NS))
