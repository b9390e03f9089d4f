"""Tables as a page shows them: headings with units, cells as text, and all rows as data for sorting."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from seisdsl.data.table import Table

HELD = 100_000  # rows that a page holds; of a longer table all go to a file beside it
FIRST = 50  # rows that stand in the page's text; the others are shown as one pages through them
_PERIOD = re.compile(r"(sa|psa|sv|psv|sd|tsv)_(\d+(?:_\d+)?)")
_FIGURES = 5
_PLAIN = (1e-4, 1e6)  # beyond these, numbers of many sizes are written with powers of ten
_SPREAD = 4  # powers of ten from the small ones to the largest beyond which they are of many sizes
_LEAST = {"deg": 3, "km": 1, "s": 2}  # decimals that a unit is given at least


@dataclass(frozen=True)
class Heading:
    """A column: what it holds (`number`, `time`, `text` or `truth`), and how its numbers are written.

    `decimals` is None where the numbers are of so many sizes that each is written with four figures.
    """

    name: str
    unit: str = ""
    kind: str = "text"
    decimals: int | None = 0
    help: str = ""

    @property
    def title(self) -> str:
        """The name as people write it: `sa_0_3` is of a period of 0.3 s."""
        if found := _PERIOD.fullmatch(self.name):
            return f"{found[1].upper()} {found[2].replace('_', '.')} s"
        return self.name.replace("_", " ")


@dataclass(frozen=True)
class Sheet:
    """A table: `rows` are the first ones as text, `data` is JSON of all that the page holds."""

    name: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    data: Markup
    held: int
    total: int
    caption: str = ""
    beside: str = ""  # the file with all rows, where the page does not hold them

    @property
    def titles(self) -> list[str]:
        """Names of the columns with their units."""
        return [f"{head.title} ({head.unit})" if head.unit else head.title for head in self.headings]


def sheet_of(table: Table, name: str, *, caption: str = "", beside: str = "", held: int = HELD) -> Sheet:
    """A table with the columns that have any value."""
    frame = table.frame
    names = [one for one in frame.columns if not len(frame) or _tells(frame[one])]
    shown = frame.select(names).head(held)
    headings = tuple(_heading(one, shown[one], table) for one in names)
    columns = [_plain(shown[one], heading) for one, heading in zip(names, headings, strict=True)]
    rows = tuple(
        tuple(written(cell, heading) for cell, heading in zip(row, headings, strict=True))
        for row in zip(*(column[:FIRST] for column in columns), strict=True)
    )
    return Sheet(
        name, headings, rows, _json(name, headings, columns, table.simulated), len(shown), len(frame), caption,
        beside if len(frame) > held else "",
    )  # fmt: skip


def _tells(column: Any) -> bool:
    """Whether any cell says something."""
    known = column.drop_nulls()
    return bool(len(known)) and not (str(column.dtype) == "String" and (known == "").all())


def written(cell: Any, heading: Heading) -> str:
    """One cell as text; the page's script writes it alike."""
    if cell is None:
        return ""
    if heading.kind == "time":
        return str(cell).replace("T", " ").removesuffix("Z")[:23]
    if heading.kind == "truth":
        return "yes" if cell else "no"
    if heading.kind == "text":
        return str(cell)
    if heading.decimals is None:
        if cell == 0 or _PLAIN[0] <= abs(cell) < _PLAIN[1]:
            return f"{float(f'{cell:.4g}'):.10g}"
        return re.sub(r"e([+-])0*(\d)", r"e\1\2", f"{cell:.3e}")
    return f"{cell:.{heading.decimals}f}"


def _heading(name: str, column: Any, table: Table) -> Heading:
    known = table.columns.get(name)
    unit, told = (known.unit, known.help) if known else ("", "")
    kind = column.dtype
    if kind.is_temporal():
        return Heading(name, "UTC", "time", help=told)
    if str(kind) == "Boolean":
        return Heading(name, "", "truth", help=told)
    if not kind.is_numeric():
        return Heading(name, unit, "text", help=told)
    return Heading(name, unit, "number", 0 if kind.is_integer() else _decimals(column, unit), told)


def _decimals(column: Any, unit: str) -> int | None:
    """As many that the largest number has five figures; None where there are numbers of many sizes."""
    sizes = column.filter(column.is_finite().fill_null(False)).abs()
    sizes = sizes.filter(sizes > 0)
    if not len(sizes):
        return 0
    largest, usual = math.floor(math.log10(sizes.max())), math.floor(math.log10(sizes.median()))
    if largest > 8 or usual < -3 or sizes.max() > 10**_SPREAD * sizes.quantile(0.1):
        return None
    most = min(max(_FIGURES - (largest < 0) - 1 - largest, _LEAST.get(unit, 0)), 6)
    full = sizes.round(most)
    return next(fewer for fewer in range(most + 1) if (full.round(fewer) == full).all())


def _plain(column: Any, heading: Heading) -> list[Any]:
    """Cells as JSON holds them; what is not finite is nothing."""
    match heading.kind:
        case "time":
            return list(column.dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ").to_list())
        case "number" if column.dtype.is_float():
            return [cell if cell is not None and math.isfinite(cell) else None for cell in column.to_list()]
        case "text":
            return [cell if cell is None else str(cell) for cell in column.to_list()]
    return list(column.to_list())


def _json(name: str, headings: tuple[Heading, ...], columns: list[list[Any]], simulated: bool) -> Markup:
    """Data that no text in it can break out of the element it stands in."""
    heads = [
        {"name": head.name, "unit": head.unit, "kind": head.kind, "decimals": head.decimals}
        for head in headings
    ]
    said = {"name": name, "simulated": simulated, "columns": heads, "cells": columns}
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)
