"""The page of types: what flows through a pipe, and what a parameter takes."""

from __future__ import annotations

import inspect
from typing import Any

from markupsafe import Markup

from seisdsl.commands.reference import PLAIN_TYPES
from seisdsl.language import units
from seisdsl.language.mismatch import reading
from seisdsl.language.types import Type, Value, is_a, names
from seisdsl.operator import registry
from seisdsl.site.page import Page, Section, joined, slug
from seisdsl.site.prose import Reader
from seisdsl.site.template import filled

ADDRESS = "types.html"


def types_page(reader: Reader) -> Page:
    flowing = [_flowing(name, reader) for name in names() if name in Value.kinds]
    measured = [_measured(name) for name in names() if name in units.DIMENSIONS]
    told = {*Value.kinds, *units.DIMENSIONS}
    others = [(name, slug(name), PLAIN_TYPES[name]) for name in names() if name not in told]
    body = filled("types.html", flowing=flowing, measured=measured, others=others)
    sections = [Section("", "Types", "what flows through a pipe, what a parameter takes")]
    sections += [Section(one["anchor"], one["name"], one["words"]) for one in flowing]
    sections += [Section(slug(name), name, f"quantity {listed}") for name, _, _, listed in measured]
    sections += [Section(anchor, name, text) for name, anchor, text in others]
    return Page(ADDRESS, "Types", body, tuple(sections), "type")


def _flowing(name: str, reader: Reader) -> dict[str, Any]:
    kind = Value.kinds[name]
    own = inspect.cleandoc(kind.__doc__) if kind.__doc__ and "__doc__" in vars(kind) else ""
    columns = getattr(kind, "COLUMNS", {})
    giving = [
        operator.word
        for operator in registry().distinct()
        if any(is_a(signature.gives, Type(name)) for signature in operator.signatures())
    ]
    text: Markup = reader.fragment(own, ADDRESS)
    return {
        "name": name,
        "anchor": slug(name),
        "text": text,
        "columns": columns,
        "given": giving,
        "read": reading(Type(name), registry()),
        "words": joined([own, *columns]),
    }


def _measured(name: str) -> tuple[str, str, str, str]:
    """Its name, the unit it is kept in, and those that it may be written in."""
    dimension = units.DIMENSIONS[name]
    fitting = sorted(symbol for symbol, (_, of) in units.table().items() if of == dimension)
    return name, slug(name), dimension.unit, ", ".join(fitting)
