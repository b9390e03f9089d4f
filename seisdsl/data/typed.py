"""A sheet's cells as columns that have types: what cannot be read is left out and told."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from seisdsl.data.instants import nanoseconds
from seisdsl.data.named import Place, names_columns, places
from seisdsl.data.sheet import MISSING, Complaints, Sheet, unreadable
from seisdsl.language.types import BOOLEAN, DATE, INTEGER, TEXT, ColumnOf

if TYPE_CHECKING:
    import polars

HEAD = 200  # rows from which the types of a file's further columns are told
_BATCH = 20_000
_GUARD = r"^'('*[=+\-@\t\r\n])"  # what `save` puts before a text that a spreadsheet would run


class Layout:
    """A sheet with what its columns are.

    A row that lacks what is `needed`, or whose number is beyond its `limits`, is left out.
    """

    def __init__(
        self,
        path: str,
        ours: Mapping[str, ColumnOf],
        known: Mapping[str, Sequence[str]],
        needed: Sequence[str],
        limits: Mapping[str, tuple[float, float]] | None = None,
    ) -> None:
        self.sheet = Sheet.of(path, lambda names: names_columns(names, known))
        self.head = [cells for _, cells in islice(self.sheet.rows(Complaints(path)), HEAD)]
        self.places = places(self.sheet.names, ours, known, self.head)
        self.ours, self.needed, self.limits = ours, needed, limits or {}
        self.beyond: Counter[str] = Counter()
        lacking = [name for name in needed if name not in {place.name for place in self.places}]
        if lacking:
            raise unreadable(
                path,
                f"no column names the {' or the '.join(lacking)}",
                *(f"{name}: {', '.join(known[name])}" for name in lacking),
                f"found: {', '.join(self.sheet.names)}",
            )

    @property
    def extra(self) -> dict[str, ColumnOf]:
        """The columns that are not ours."""
        return {place.name: place.column for place in self.places if place.name not in self.ours}

    def cells(self, name: str) -> list[str]:
        """Those of a column in the first rows, but for missing ones."""
        at = next((at for at, place in enumerate(self.places) if place.name == name), None)
        return [] if at is None else [row[at] for row in self.head if row[at].strip().lower() not in MISSING]

    def frame(self) -> polars.DataFrame:
        """The rows that can be read; times are integer nanoseconds."""
        import polars as pl

        complaints = Complaints(self.sheet.path)
        lost: dict[str, list[tuple[int, str]]] = {}
        pieces = [self._typed(rows, complaints, lost) for rows in _batches(self.sheet.rows(complaints))]
        frame = pl.concat(pieces or [self._typed([], complaints, lost)])
        self._refuse_other_unit(frame.height)
        if complaints.lines:
            if not frame.height:
                raise unreadable(self.sheet.path, "none of its lines can be read", *complaints.named())
            warnings.warn(complaints.told(), stacklevel=2)
        for name, cells in lost.items():
            line, cell = cells[0]
            count = f"{len(cells):,} {'cell' if len(cells) == 1 else 'cells'}"
            of = next(place.column.type for place in self.places if place.name == name)
            warnings.warn(
                f"{self.sheet.path}: {count} of `{name}` are no {of} and left empty, "
                f"the first in line {line}: `{cell}`",
                stacklevel=2,
            )
        return frame

    def _refuse_other_unit(self, kept: int) -> None:
        """Refuse a column that is mostly beyond what it can be: what is left of it is wrong too."""
        for place in self.places:
            if (count := self.beyond[place.name]) > kept:
                low, high = self.limits[place.name]
                unit = f" {place.column.unit}" if place.column.unit else ""
                raise unreadable(
                    self.sheet.path,
                    f"{count:,} lines have a {place.name} that is not from {low:g} to {high:g}{unit}",
                    *(["a column in metres is named depth_m"] if place.name == "depth" else []),
                )

    def _typed(
        self,
        rows: Sequence[tuple[int, list[str]]],
        complaints: Complaints,
        lost: dict[str, list[tuple[int, str]]],
    ) -> polars.DataFrame:
        import polars as pl

        names = [place.name for place in self.places]
        text = pl.DataFrame([cells for _, cells in rows], dict.fromkeys(names, pl.String), orient="row")
        text = text.with_columns(pl.all().str.strip_chars(" \t"))
        text = text.with_columns(pl.when(~pl.all().str.to_lowercase().is_in(list(MISSING))).then(pl.all()))
        typed = text.select(_converted(place).alias(place.name) for place in self.places)
        bad = pl.Series([False] * len(rows), dtype=pl.Boolean)
        for place in self.places:
            cells, values = text[place.name], typed[place.name]
            wrong = cells.is_not_null() & values.is_null()
            if place.name not in self.needed and place.name not in self.limits:
                for at in wrong.arg_true():
                    lost.setdefault(place.name, []).append((rows[at][0], cells[at]))
                continue
            if place.name in self.needed:
                wrong |= cells.is_null()
            if place.name in self.limits:
                beyond = ~values.is_between(*self.limits[place.name]).fill_null(True)
                self.beyond[place.name] += int(beyond.sum())
                wrong |= beyond
            for at in (wrong & ~bad).arg_true():
                complaints.add(rows[at][0], _why(place, cells[at], values[at]))
            bad |= wrong
        return typed.filter(~bad)


def _batches(
    rows: Iterator[tuple[int, list[str]]],
) -> Iterator[list[tuple[int, list[str]]]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _converted(place: Place) -> polars.Expr:
    import polars as pl

    cell = pl.col(place.name)
    match place.column.type:
        case kind if kind == TEXT:
            return cell.str.replace(_GUARD, "${1}")
        case kind if kind == DATE:
            return nanoseconds(cell)
        case kind if kind == BOOLEAN:
            low = cell.str.to_lowercase()
            return pl.when(low.is_in(["true", "false"])).then(low == "true")
        case kind if kind == INTEGER:
            return cell.cast(pl.Float64, strict=False).round().cast(pl.Int64, strict=False)
    number = cell.cast(pl.Float64, strict=False)
    if place.unit != place.column.factor:
        number = number * place.unit / place.column.factor
    return pl.when(number.is_finite()).then(number)


def _why(place: Place, cell: str | None, value: float | None) -> str:
    if cell is None:
        return f"no {place.name}"
    said = "".join(letter if letter.isprintable() else "?" for letter in cell)[:40]
    if value is None:
        if re.fullmatch(r"[+-]?\d+,\d+", cell):
            return f"`{said}` has a decimal comma: write a point ({place.name})"
        what = {DATE: "time", INTEGER: "whole number"}.get(place.column.type, "number")
        return f"`{said}` is no {what} ({place.name})"
    return f"there is no {place.name} of {said}"
