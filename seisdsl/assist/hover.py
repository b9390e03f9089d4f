"""What a word of a program is: its help, its type, and what flows there."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from inspect import cleandoc
from pathlib import Path

from seisdsl.assist.document import Document
from seisdsl.assist.flow import stages
from seisdsl.assist.here import Called, Here, bound, called, here, parameter_label, reading, value_label
from seisdsl.assist.highlight import tokens
from seisdsl.language import types, units, uses
from seisdsl.language.formula import FUNCTIONS
from seisdsl.language.scope import Later, Let, Module
from seisdsl.language.values import Constant, Flowing, SourceValue, shown
from seisdsl.syntax import tree

_QUANTITY = re.compile(r"-?\d[\d.eE+-]*(.+)\Z")


@dataclass(frozen=True)
class Hover:
    """A text in Markdown about [start, end) of the program."""

    markdown: str
    start: int
    end: int


def hover(
    text: str, at: int, *, folder: Path | None = None, document: Document | None = None
) -> Hover | None:
    """What stands at an offset; None where there is nothing to say."""
    with reading:
        token = _token(text, at)
        if token is None:
            return None
        start, kind, word = token
        place = here(text, start, document or folder)
        if kind == "QUANTITY":
            said = _quantity(word)
        elif kind in ("NAME", "WHERE", "DERIVE", "SWEEP"):
            said = _name(place, word, _path(text, start, word), start + len(word))
        else:
            said = ""
        return Hover(said, start, start + len(word)) if said else None


def _token(text: str, at: int) -> tuple[int, str, str] | None:
    """The token that an offset lies in, or ends."""
    found = None
    for start, kind, word, _ in tokens(text):
        if start > at:
            break
        if at <= start + len(word) and kind not in ("__IGNORE_2", "_NL", "JOIN", "COMMENT", ""):
            found = (start, kind, word)
    return found


def _path(text: str, start: int, word: str) -> str:
    """A name with those before its points."""
    before = re.search(r"(?:[A-Za-z_][\w-]*\.)+\Z", text[:start])
    return (before[0] if before else "") + word


def _name(place: Here, word: str, path: str, end: int) -> str:
    frame = place.cursor.frame
    if frame.word and path == word:  # inside the arguments of an operator
        one = called(frame.word, place.scope)
        after = place.text[end - place.start :]
        if one and re.match(r"[ \t]*=(?!=)", after):
            return _parameter(one, word)
    if any(one.first in ("WHERE", "DERIVE") for one in place.cursor.frames):
        if column := _column(place, word):
            return column
        if word in FUNCTIONS:
            return _titled(word, FUNCTIONS[word].summary)
    if frame.stage and frame.stage[-1].kind in ("COLON", "_GIVES", "LESSTHAN") and word in types.names():
        return _type(word)
    if frame.first in ("LET", "PARAM", "DEF", "SOURCE") and len(frame.stage) == 1:
        return _declared(place, word)
    if one := called(path, place.scope):
        flows = "" if frame.stage else _flows(place, path)
        return "\n\n".join(filter(None, [_operator(one), flows]))
    return _value(place, path)


def _titled(title: str, *more: str) -> str:
    return "\n\n".join(filter(None, [f"```seis\n{title}\n```", *more]))


def _operator(one: Called) -> str:
    given = "".join(
        f"\n- `{parameter_label(parameter)}` {parameter.help}" for parameter in one.parameters.values()
    )
    cite = f"*{'; '.join(one.cite)}*" if one.cite else ""
    return _titled(f"{one.word}: {one.pipes}", cleandoc(one.help), given.strip(), cite)


def _parameter(one: Called, name: str) -> str:
    if name in one.parameters:
        parameter = one.parameters[name]
        said = {"above": "above", "at_least": "at least", "at_most": "at most", "below": "below"}
        bounds = ", ".join(f"{said[word]} {limit}" for word, limit in parameter.bounds)
        return _titled(parameter_label(parameter), parameter.help, bounds)
    port = one.ports.get(name)
    return _titled(f"{name}: {port.type}", "taken from an earlier stage, or named") if port else ""


def _column(place: Here, word: str) -> str:
    table = place.arrival.value
    for frame, value in zip(place.cursor.frames, place.arrival.piped, strict=True):
        if frame.first in ("WHERE", "DERIVE") and isinstance(value, Flowing):
            table = value
    column = (table.facts.columns or {}).get(word) if table else None
    if column is None:
        return ""
    return _titled(f"{word}: {column.type}", column.help, f"in {column.unit}" if column.unit else "")


def _type(word: str) -> str:
    kind = types.Value.kinds.get(word)
    own = kind.__doc__ if kind is not None and "__doc__" in vars(kind) else ""
    return _titled(word, cleandoc(own or ""))


def _declared(place: Here, word: str) -> str:
    statement = place.document.at(place.start)
    binding = statement.gives.get(word) if statement else None
    if isinstance(binding, Let):
        return _let(word, binding)
    one = called(word, place.scope.inside({word: binding})) if binding else None
    return _operator(one) if one else ""


def _let(word: str, binding: Let) -> str:
    value = binding.value
    title = f"{word}: {value_label(value.type)}"
    if isinstance(value, Constant):
        with suppress(TypeError):
            title += f" = {shown(value)}"
    facts = str(value.facts) if isinstance(value, Flowing) else ""
    simulated = "simulated" if isinstance(value, Flowing) and value.facts.simulated else ""
    return _titled(title, ", ".join(filter(None, [facts, simulated])))


def _value(place: Here, path: str) -> str:
    binding = bound(path, place.scope)
    if isinstance(binding, Let):
        return _let(path, binding)
    if isinstance(binding, Module):
        return _titled(path, "a file in use: " + ", ".join(binding.names))
    if isinstance(binding, Later):
        return _titled(path, "defined further down")
    source = binding if isinstance(binding, SourceValue) else uses.library(place.scope).get(path)
    if source is None:
        return ""
    settings = "\n".join(f"- {name}: `{shown(value)}`" for name, value in source.settings.fields)
    return _titled(f"source {source.name}", settings)


def _flows(place: Here, path: str) -> str:
    """What the stage of this name gives where it stands."""
    statement = place.document.at(place.start)
    node = statement.tree if statement else None
    pipeline = getattr(node, "value", node)
    at = place.cursor.start + len(path)
    if not isinstance(pipeline, tree.Pipeline):
        return ""
    scope = place.document.scope_at(place.start)
    for part, _, gives in stages(pipeline, scope, None):
        if part.span.start <= at - 1 < part.span.end and isinstance(gives, Flowing):
            facts = f", {gives.facts}" if str(gives.facts) else ""
            return f"here gives `{value_label(gives.type)}`{facts}"
    return ""


def _quantity(word: str) -> str:
    match = _QUANTITY.match(word)
    try:
        si, dimension, _ = units.quantity(word)
    except (units.UnknownUnit, ValueError):
        return ""
    if match is None:
        return ""
    return _titled(f"{word} = {si:g} {dimension.unit}".rstrip(), f"a {units.name_of(dimension)}")
