"""Constants held against the types of parameters, and handed to operators as Python values."""

from __future__ import annotations

from typing import Any

from seisdsl.language.types import (
    BOOLEAN,
    COLUMN,
    DATE,
    INPUT_FILE,
    INTEGER,
    MAGNITUDE,
    NUMBER,
    OUTPUT_FILE,
    PROBABILITY,
    RATIO,
    TEXT,
    TIME_RANGE,
    Range,
    Type,
)
from seisdsl.language.units import DIMENSIONS, PLAIN
from seisdsl.language.values import (
    Fields,
    Flowing,
    Held,
    Instant,
    Items,
    OperatorValue,
    Pair,
    Poison,
    Quantity,
    SourceValue,
    Span,
    Text,
    Truth,
    Unset,
    Value,
)
from seisdsl.operator import Method, SourceSettings

_PLAIN_NUMBERS = {NUMBER, INTEGER, RATIO, PROBABILITY, MAGNITUDE}


def takes(wanted: Type, value: Value) -> bool:
    """Whether a constant may be given where the type is wanted."""
    match value:
        case Quantity():
            if wanted in (RATIO, PROBABILITY):
                return value.dimension == PLAIN
            if wanted == INTEGER:
                return value.dimension == PLAIN and not value.unit and value.si == round(value.si)
            if wanted in (NUMBER, MAGNITUDE):
                return value.dimension == PLAIN and not value.unit
            return wanted.name in DIMENSIONS and DIMENSIONS[wanted.name] == value.dimension
        case Pair():
            inner = wanted.args[0] if wanted.name == "Range" else None
            return bool(inner) and takes(inner, value.low) and takes(inner, value.high)  # type: ignore[arg-type]
        case Instant():
            return wanted == DATE
        case Span():
            return wanted == TIME_RANGE
        case Text():
            return wanted in (TEXT, INPUT_FILE, OUTPUT_FILE, COLUMN) or value.text in wanted.words
        case Truth():
            return wanted == BOOLEAN
        case SourceValue() | OperatorValue():
            return wanted.name == value.type.name
        case Fields():
            return wanted.name == "Record"
        case Items():
            return wanted.name == "List" and all(takes(wanted.args[0], item) for item in value.items)
    return False


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value whose type alone is known may be given."""
    if given == wanted or wanted in given.args or (given in _PLAIN_NUMBERS and wanted in _PLAIN_NUMBERS):
        return True
    if given == DATE and wanted == TIME_RANGE:
        return True
    if given == TEXT:
        return wanted in (INPUT_FILE, OUTPUT_FILE, COLUMN) or bool(wanted.words)
    if given.name == wanted.name and given.args and wanted.args:
        return all(fits(a, b) for a, b in zip(given.args, wanted.args, strict=True))
    same = (DIMENSIONS.get(given.name), DIMENSIONS.get(wanted.name))
    return same[0] is not None and same[0] == same[1]


def settled(value: Value) -> bool:
    """Whether a value is known through and through: no part of it is left to the run or a parameter."""
    match value:
        case Items():
            return all(map(settled, value.items))
        case Fields():
            return all(settled(inner) for _, inner in value.fields)
        case OperatorValue():
            return all(settled(inner) for _, inner in value.given)
        case SourceValue():
            return settled(value.settings)
    return not isinstance(value, Unset | Poison | Flowing)


def python(value: Value, wanted: Type) -> Any:
    """The value as an operator's field holds it: SI numbers, nanoseconds, plain text."""
    match value:
        case Quantity():
            return int(value.si) if wanted == INTEGER else value.si
        case Pair():
            return Range(value.low.si, value.high.si)
        case Instant():
            return value.ns
        case Span():
            return value.range
        case Text():
            return value.text
        case Truth():
            return value.true
        case Held():
            return value.value
        case Items():
            inner = wanted.args[0] if wanted.args else wanted
            return [python(item, inner) for item in value.items]
        case SourceValue():
            settings = [(name, python(setting, setting.type)) for name, setting in value.settings.fields]
            return SourceSettings(name=value.name, settings=tuple(settings))
        case OperatorValue():
            parameters = value.operator.parameters()
            given = {name: python(inner, parameters[name].type) for name, inner in value.given}
            return Method(value.operator, given)
        case Fields():
            return {name: python(inner, inner.type) for name, inner in value.fields}
    raise TypeError(f"{value!r} is no constant")


def has_unit(of: Type) -> bool:
    inner = of.args[0] if of.name in ("Range", "List") and of.args else of
    return inner.name in DIMENSIONS or inner.name.startswith("Quantity in ")


def unit_of(of: Type) -> str:
    """The unit to offer for a type: the one people say, not always the SI one."""
    inner = of.args[0] if of.name in ("Range", "List") and of.args else of
    spoken = {"Angle": "deg", "Rate": "mm/yr"}
    if inner.name in spoken:
        return spoken[inner.name]
    return DIMENSIONS[inner.name].unit if inner.name in DIMENSIONS else ""


def words(of: Type) -> str:
    """A type as one says it: `a range of Frequency`, `a plain number`."""
    if of.words:
        return f"one of {', '.join(of.words)}"
    if of.name == "Either":
        return " or ".join(words(option) for option in of.args)
    if of.name in ("Range", "List"):
        kind = "range" if of.name == "Range" else "list"
        return f"a {kind} of {_inner(of.args[0])}" if of.args else f"an empty {kind}"
    said = {
        "Number": "a plain number", "Integer": "a whole number", "Ratio": "a ratio", "Text": "a text",
        "Boolean": "true or false", "Date": "a date or time", "TimeRange": "a range of times",
        "Probability": "a probability", "Magnitude": "a magnitude", "Source": "a source",
        "Operator": "an operator", "Column": "a column", "InputFile": "a file to read",
        "OutputFile": "a file to write",
    }  # fmt: skip
    if of.name in DIMENSIONS:
        return f"{'an' if of.name[0] in 'AEIOU' else 'a'} {of.name}"
    if of.name == "Record":
        return " ".join(
            ["a record", *([f"of {', '.join(name for name, _ in of.fields)}"] if of.fields else [])]
        )
    return said.get(of.name, str(of))


def _inner(of: Type) -> str:
    return {"Number": "plain numbers", "Text": "texts", "Column": "columns"}.get(of.name, str(of))


def limits(of: Type) -> tuple[float, float, str] | None:
    """The values a type has of itself, and what to say of them."""
    inner = of.args[0] if of.name == "Range" else of
    if inner == PROBABILITY:
        return 0.0, 1.0, "a probability, 0 to 1"
    if inner == MAGNITUDE:
        return -10.0, 11.0, "a magnitude, -10 to 11"
    return None
