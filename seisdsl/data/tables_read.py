"""Tables from Parquet: our own with the types and units they were saved with, and those of others."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from seisdsl.data.groups import Groups
from seisdsl.data.instants import nanoseconds
from seisdsl.data.motion import Flatfile, Motion
from seisdsl.data.named import Place, places
from seisdsl.data.sheet import unreadable
from seisdsl.data.table import Catalog, Detections, Picks, Table, stored
from seisdsl.data.truth import Truth
from seisdsl.language.types import BOOLEAN, DATE, INTEGER, NUMBER, TEXT, ColumnOf, Type
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import polars

Rows = TypeVar("Rows", bound=Table)
_KINDS = {kind.__name__: kind for kind in (Catalog, Detections, Flatfile, Groups, Motion, Picks, Truth)}


@dataclass(frozen=True)
class Told:
    """What a file that this program wrote says of its table."""

    kind: type[Table]
    columns: Mapping[str, ColumnOf]
    simulated: bool

    @classmethod
    def of(cls, text: str) -> Told:
        said = json.loads(text)
        columns = {n: ColumnOf(Type(c["type"]), c["unit"], c["help"]) for n, c in said["columns"].items()}
        return cls(_KINDS.get(said["kind"], Table), columns, bool(said["simulated"]))

    def extra(self, kind: type[Table]) -> dict[str, ColumnOf]:
        return {name: column for name, column in self.columns.items() if name not in kind.COLUMNS}


def read_parquet(path: str) -> Table:
    """A table with its columns' types and units, of the kind that it was saved as."""
    _, told = _opened(path)
    return parquet_of(path, told.kind if told else Table, {})


def parquet_of(path: str, kind: type[Rows], known: Mapping[str, Sequence[str]]) -> Rows:
    """A table of the kind that is wanted; `known` are the names that others give its columns."""
    import polars as pl

    _, told = _opened(path)
    _refuse_other(path, told, kind)
    try:
        frame = pl.scan_parquet(path, glob=False).collect()
        if told is None:
            return foreign(path, frame, kind, known)
        return replace(fitted(frame, kind, told.extra(kind)), simulated=told.simulated)
    except _damages() as error:
        raise _damaged(path, error) from None


def extra_of(path: str, kind: type[Table], known: Mapping[str, Sequence[str]]) -> Mapping[str, ColumnOf]:
    """The columns beyond those of a kind, without reading the rows."""
    schema, told = _opened(path)
    _refuse_other(path, told, kind)
    if told is not None:
        return told.extra(kind)
    return {p.name: p.column for p in _places(schema, kind, known) if p.name not in kind.COLUMNS}


def _opened(path: str) -> tuple[dict[str, Any], Told | None]:
    """The types of a file's columns, and what it tells where it is one of ours."""
    import polars as pl

    try:
        text = pl.read_parquet_metadata(path).get("seisdsl")
        return dict(pl.read_parquet_schema(path)), None if text is None else Told.of(text)
    except _damages(ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path, error) from None


def _damages(*more: type[BaseException]) -> tuple[type[BaseException], ...]:
    """What polars raises on a damaged file; its panic is no `Exception`."""
    import polars as pl

    return (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, *more)


def _damaged(path: str, error: BaseException) -> Unsuitable:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return unreadable(path, "it is no sound Parquet file", reason)


def _refuse_other(path: str, told: Told | None, kind: type[Table]) -> None:
    if told and told.kind is not Table and not issubclass(told.kind, kind):
        raise unreadable(path, f"it holds {told.kind.__name__}, not {kind.__name__}")


# Tables of others -----------------------------------------------------------------------------------


def _places(schema: Mapping[str, Any], kind: type[Table], known: Mapping[str, Sequence[str]]) -> list[Place]:
    """What each column is; nested ones are left out."""
    ours = {**kind.COLUMNS, "simulated": ColumnOf(BOOLEAN)}
    found = places(list(schema), ours, known, [])
    return [
        place if place.name in ours else Place(place.name, _column(of))
        for place, of in zip(found, schema.values(), strict=True)
    ]


def _column(of: Any) -> ColumnOf:
    if of.is_temporal():
        return ColumnOf(DATE)
    if of.is_integer():
        return ColumnOf(INTEGER)
    return ColumnOf(NUMBER if of.is_numeric() else BOOLEAN if str(of) == "Boolean" else TEXT)


def foreign(path: str, frame: polars.DataFrame, kind: type[Rows], known: Mapping[str, Sequence[str]]) -> Rows:
    """A table of someone else's, its columns told by their names."""
    import polars as pl

    nested = [name for name, of in frame.schema.items() if of.is_nested() or of == pl.Binary]
    if nested:
        warnings.warn(f"{path}: the columns {', '.join(nested)} are nested and left out", stacklevel=2)
        frame = frame.drop(nested)
    found = _places(dict(frame.schema), kind, known)
    made = frame.select(
        _converted(path, place, name, of).alias(place.name)
        for place, (name, of) in zip(found, frame.schema.items(), strict=True)
    )
    for place, (name, of) in zip(found, frame.schema.items(), strict=True):
        if of == pl.String and place.column.type != DATE:
            _refuse_lost(path, name, frame[name], made[place.name])
    extra = {p.name: p.column for p in found if p.name not in kind.COLUMNS and p.name != "simulated"}
    return fitted(made, kind, extra)


def _refuse_lost(path: str, name: str, before: polars.Series, after: polars.Series) -> None:
    """Text in a column of numbers that is none."""
    lost = before.is_not_null() & (before.str.strip_chars() != "") & after.is_null()
    if lost.any():
        row = int(lost.arg_max() or 0)
        raise unreadable(path, f"row {row + 1}: `{before[row]}` in the column {name} is no number")


def _converted(path: str, place: Place, name: str, of: Any) -> polars.Expr:
    import polars as pl

    cell = pl.col(name)
    if place.column.type == DATE:
        if of == pl.String:
            return nanoseconds(cell).cast(stored(DATE))
        if isinstance(of, pl.Datetime):
            cell = cell if of.time_zone else cell.dt.replace_time_zone("UTC")
            return cell.dt.convert_time_zone("UTC").cast(stored(DATE))
        if of == pl.Date:
            return cell.cast(pl.Datetime("ns")).dt.replace_time_zone("UTC")
        if of.is_float():
            return (cell * 1e9).round().cast(pl.Int64).cast(stored(DATE))
        raise unreadable(path, f"`{name}` is a column of {of}: times are kept as timestamps")
    if place.column.unit and of.is_numeric():
        cell = cell.cast(pl.Float64)
        if place.unit != place.column.factor:
            cell = cell * place.unit / place.column.factor
    wanted = stored(place.column.type)
    if of == pl.String and wanted != pl.String:
        cell = cell.str.strip_chars()
    cell = cell.cast(wanted, strict=False)
    return pl.when(cell.is_finite()).then(cell) if wanted == pl.Float64 else cell


def fitted(frame: polars.DataFrame, kind: type[Rows], extra: Mapping[str, ColumnOf]) -> Rows:
    """A frame as a table of a kind: what it lacks is empty; a column `simulated` becomes the mark."""
    import polars as pl

    schema = {name: stored(column.type) for name, column in {**kind.COLUMNS, **extra}.items()}
    columns = [
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(of).alias(name)
        for name, of in schema.items()
    ]
    marked = "simulated" in frame.columns and bool(frame["simulated"].any())
    return kind(frame.select(columns), dict(extra) or None, marked)
