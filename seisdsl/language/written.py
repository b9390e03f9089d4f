"""Operators back to text: parameters as a program would write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from seisdsl.language.convert import takes
from seisdsl.language.formula import Formula
from seisdsl.language.settings import SETTINGS
from seisdsl.language.types import (
    COLUMN,
    DATE,
    NUMBER,
    TEXT,
    TIME_RANGE,
    Range,
    TimeRange,
    Type,
)
from seisdsl.language.units import DIMENSIONS
from seisdsl.language.values import Text, iso, number, quoted
from seisdsl.operator import Method, Operator, SourceSettings
from seisdsl.syntax.complaints import KEYWORDS

NAME = re.compile(r"[A-Za-z_]\w*(-[A-Za-z]\w*)*")


def name(text: str) -> str:
    """A name as it stands in a program, in quotes where it must."""
    return text if NAME.fullmatch(text) and text not in KEYWORDS else quoted(text)


def written(value: Any, of: Type) -> str:
    """A parameter's value in the language."""
    match value:
        case bool():
            return "true" if value else "false"
        case Formula():
            return value.text
        case Range():
            inner = of.args[0] if of.args else NUMBER
            return f"{written(value.low, inner)}..{written(value.high, inner)}"
        case TimeRange():
            return f"{iso(value.start)}..{iso(value.end)}"
        case SourceSettings():
            return name(value.name)
        case Method():
            parameters = value.operator.parameters()
            given = "".join(f" {n}={written(v, parameters[n].type)}" for n, v in value.given.items())
            return f"({value.operator.word}{given})" if given else value.operator.word
        case int() if of == DATE:
            return iso(value)
        case int() | float():
            fitting = _option(value, of)
            unit = DIMENSIONS[fitting.name].unit if fitting.name in DIMENSIONS else ""
            return number(value) + unit
        case str():
            return _text(value, of)
        case Mapping():
            return (
                "{ "
                + ", ".join(f"{key} = {written(item, _guess(item))}" for key, item in value.items())
                + " }"
            )
        case Sequence():
            inner = of.args[0] if of.args else _guess(value[0]) if value else of
            return "[" + ", ".join(written(item, inner) for item in value) + "]"
    raise TypeError(f"{value!r} cannot be written")


def _option(value: float, of: Type) -> Type:
    """Which of several types a number stands for."""
    if of.name == "Either":
        return next(
            (option for option in of.args if option.name in DIMENSIONS or option == NUMBER), of.args[0]
        )
    return of


def _text(value: str, of: Type) -> str:
    options = of.args if of.name == "Either" else (of,)
    if any(option == COLUMN or (option.words and takes(option, Text(value))) for option in options):
        return name(value)
    return quoted(value)


def _guess(value: Any) -> Type:
    if isinstance(value, str):
        return TEXT
    if isinstance(value, TimeRange):
        return TIME_RANGE
    if isinstance(value, Sequence) and value:
        return Type("List", (_guess(value[0]),))
    return DATE if isinstance(value, int) else NUMBER  # a program's own numbers are never whole


def stage(operator: Operator, ports: Mapping[str, str]) -> str:
    """An operator with its parameters and named ports; defaults are left out."""
    cls = type(operator)
    words = [cls.word]
    for key, parameter in cls.parameters().items():
        value = getattr(operator, key)
        if value is None or (not parameter.required and value == parameter.default):
            continue
        said = written(value, parameter.type)
        words.append(
            said if parameter.required and len(words) == 1 and not said.startswith("{") else f"{key}={said}"
        )
    words += [f"{port}={label}" for port, label in ports.items()]
    return " ".join(words)


def source(settings: SourceSettings) -> str:
    """A `source` statement."""
    lines = [f"source {name(settings.name)}: Waves {{"]
    for key, value in settings.settings:
        if key in SETTINGS:
            said = _pattern(value) if key == "archive" else written(value, SETTINGS[key][0])
            lines.append(f"  {key} = {said}")
    return "\n".join([*lines, "}"])


def _pattern(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def formula(tree: tuple[Any, ...], inputs: Sequence[str]) -> str:
    """A formula of results with the results' names put in."""
    head, *rest = tree
    match head:
        case "value":
            return _constant(rest[0])
        case "date":
            return iso(rest[0])
        case "input":
            return str(inputs[rest[0]])
        case "~":
            return f"{_part(rest[0], inputs)} ~ {quoted(rest[1])}"
        case "in":
            return f"{_part(rest[0], inputs)} in {_members(rest[1])}"
        case "negative" | "not":
            return f"{'-' if head == 'negative' else 'not '}{_part(rest[0], inputs)}"
    return f" {head} ".join(_part(part, inputs) for part in rest)


def _constant(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else number(value)


def _members(tree: tuple[Any, ...]) -> str:
    if tree[0] == "range":
        return f"{number(tree[1])}..{number(tree[2])}"
    return "[" + ", ".join(formula(part, ()) for part in tree[1:]) + "]"


def _part(tree: tuple[Any, ...], inputs: Sequence[str]) -> str:
    text = formula(tree, inputs)
    return text if tree[0] in ("value", "date", "input") else f"({text})"
