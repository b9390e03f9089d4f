"""Tables and data frames of pandas and polars, both ways: columns keep their kinds and units."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from seisdsl.data.catalogues import EVENT_NAMES, PICK_NAMES, sound
from seisdsl.data.named import places
from seisdsl.data.table import Catalog, Picks, Table, stored
from seisdsl.data.tables_read import Told, foreign
from seisdsl.language.types import ColumnOf
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import pandas
    import polars

Rows = TypeVar("Rows", bound=Table)
ABOUT = "seisdsl"  # what a data frame of ours is told by
_NEEDED: Mapping[type[Table], Sequence[str]] = {Picks: ("time", "station"), Catalog: ("time",)}
_PLACE = {"time", "latitude", "longitude"}


def pandas_of(table: Table) -> pandas.DataFrame:
    """A data frame that says in its `attrs` what its columns are."""
    if not _installed("pandas", "pyarrow"):
        raise ImportError("to_pandas needs pandas and pyarrow: pip install seisdsl[pandas]")
    frame = table.frame.to_pandas()
    columns = {
        name: {"type": str(column.type), "unit": column.unit, "help": column.help}
        for name, column in table.columns.items()
        if name in table.frame.columns
    }
    about = {"kind": type(table).__name__, "simulated": table.simulated, "columns": columns}
    frame.attrs[ABOUT] = json.dumps(about)
    return frame


def picks(frame: Any) -> Picks:
    """Picks from a data frame: its columns have the names that `read-picks` knows."""
    return _made("the data frame", frame, Picks, PICK_NAMES)


def catalog(frame: Any) -> Catalog:
    """A catalogue from a data frame: its columns have the names that `read-catalog` knows."""
    return _made("the data frame", frame, Catalog, EVENT_NAMES)


def table(frame: Any) -> Table:
    """Any table from a data frame; a column named `depth [km]` has that unit."""
    return _made("the data frame", frame, Table, {})


def named_table(name: str, frame: Any) -> Table:
    """What a data frame is by its columns, or by what it was made from."""
    told = _told(frame)
    names = {str(one) for one in frame.columns}
    if told is not None and {n for n in told.kind.COLUMNS if n in told.columns} <= names:
        return _made(f"`{name}`", frame, told.kind, _names_of(told.kind), told)
    if _knows(names, PICK_NAMES, {"time", "station", "phase"}):
        return _made(f"`{name}`", frame, Picks, PICK_NAMES)
    if _knows(names, EVENT_NAMES, _PLACE):
        return _made(f"`{name}`", frame, Catalog, EVENT_NAMES)
    return _made(f"`{name}`", frame, Table, {}, told)


def _names_of(kind: type[Table]) -> Mapping[str, Sequence[str]]:
    known = {Picks: PICK_NAMES, Catalog: EVENT_NAMES}
    return next((names for one, names in known.items() if issubclass(kind, one)), _own(kind))


def _own(kind: type[Table]) -> Mapping[str, Sequence[str]]:
    return {name: (name,) for name in kind.COLUMNS}


def _knows(names: set[str], known: Mapping[str, Sequence[str]], wanted: set[str]) -> bool:
    return wanted <= {place.name for place in places(sorted(names), {}, known, [])}


def _made(
    name: str, frame: Any, kind: type[Rows], known: Mapping[str, Sequence[str]], told: Told | None = None
) -> Rows:
    own = _polars(frame)
    lacking = _lacking(own.columns, kind, known)
    if lacking:
        raise Unsuitable(
            "it has no column for the " + " and the ".join(lacking),
            notes=[
                *(f"{one}: {', '.join(known[one])}" for one in lacking),
                f"found: {', '.join(own.columns) or 'none'}",
            ],
        )
    made = foreign(name, own, kind, known)
    if issubclass(kind, Picks | Catalog):
        made = sound(name, made, kind)
    return _with_units(made, told)


def _lacking(columns: Sequence[str], kind: type[Table], known: Mapping[str, Sequence[str]]) -> list[str]:
    needed = next((names for one, names in _NEEDED.items() if issubclass(kind, one)), ())
    found = {place.name for place in places(list(columns), {}, known, [])}
    return [one for one in needed if one not in found]


def _with_units(made: Rows, told: Told | None) -> Rows:
    """Columns beyond the kind's own get back what they were, where they still hold such values."""
    if told is None or not made.extra:
        return made
    extra: dict[str, ColumnOf] = {}
    for name, column in made.extra.items():
        before = told.columns.get(name)
        same = before is not None and stored(before.type) == stored(column.type)
        extra[name] = before if same and before is not None else column
    return replace(made, extra=extra, simulated=made.simulated or told.simulated)


def _told(frame: Any) -> Told | None:
    about = getattr(frame, "attrs", {}).get(ABOUT)
    try:
        return None if about is None else Told.of(about)
    except (ValueError, KeyError, TypeError):
        return None


def _polars(frame: Any) -> polars.DataFrame:
    """The same rows; an index that says something becomes a column."""
    import polars as pl

    if isinstance(frame, pl.DataFrame):
        return frame
    if not all(isinstance(one, str) for one in frame.columns) or frame.columns.has_duplicates:
        raise Unsuitable("its columns need names, each once: " + ", ".join(map(str, frame.columns)))
    if not _installed("pyarrow"):
        raise ImportError("a data frame of pandas needs pyarrow: pip install seisdsl[pandas]")
    if frame.index.name is not None or type(frame.index).__name__ == "DatetimeIndex":
        named = frame.index.name or "time"
        frame = frame.drop(columns=[named], errors="ignore").rename_axis(named).reset_index()
    try:
        return pl.from_pandas(frame)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        said = str(error).splitlines()[0]
        raise Unsuitable("a column holds values of several kinds", notes=[said]) from None
    except Exception as error:  # pyarrow's own
        if type(error).__module__.partition(".")[0] != "pyarrow":
            raise
        raise Unsuitable("a column holds values of several kinds", notes=[str(error)]) from None


def _installed(*modules: str) -> bool:
    from importlib.util import find_spec

    return all(find_spec(module) for module in modules)
