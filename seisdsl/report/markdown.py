"""Markdown in which a name is a name: what letters mean to Markdown and HTML is taken from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup


def plain(value: Any) -> Markup:
    """What a template prints, unless it was made as Markdown."""
    return value if isinstance(value, Markup) else Markup(text(str(value)))


def text(value: str) -> str:
    """Letters that mean something are written as entities where HTML would read them, and escaped else."""
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    value = re.sub(r"\s+", " ", value)
    value = re.sub(r"([\\`*_\[\]|~#])", r"\\\1", value)
    return re.sub(r"^([-+]|\d+[.)])(?=\s)", r"\\\1", value)


def code(value: str, language: str = "") -> Markup:
    """A block of code whose fence is longer than any in it."""
    longest = max((len(run) for run in re.findall(r"`+", value)), default=0)
    fence = "`" * max(3, longest + 1)
    return Markup(f"{fence}{language}\n{value.rstrip()}\n{fence}")


def row(cells: Sequence[Any]) -> Markup:
    return Markup("| " + " | ".join(plain(cell) for cell in cells) + " |")


def rule(headings: Sequence[Any]) -> Markup:
    """The line below the head of a table; columns of numbers stand to the right."""
    return Markup("|" + "|".join(" ---: " if one.kind == "number" else " --- " for one in headings) + "|")


def target(value: str) -> Markup:
    """The name of a file as the target of a link."""
    from urllib.parse import quote

    return Markup(quote(value))


def filters() -> dict[str, Callable[..., Any]]:
    return {"code": code, "row": row, "rule": rule, "target": target}
