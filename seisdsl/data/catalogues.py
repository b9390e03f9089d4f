"""Catalogues and picks from files: QuakeML, CSV and Parquet, told by their content."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from seisdsl.data.knet_events import holds_events, read_events
from seisdsl.data.sheet import unreadable
from seisdsl.data.table import Catalog, Picks, Table, stored
from seisdsl.data.tables_read import extra_of, fitted, parquet_of
from seisdsl.data.typed import Layout
from seisdsl.language.types import BOOLEAN, TEXT, ColumnOf
from seisdsl.operator import Facts

if TYPE_CHECKING:
    import polars

Rows = TypeVar("Rows", bound=Table)

EVENT_NAMES: Mapping[str, Sequence[str]] = {
    "time": ("time", "origin_time", "event_time", "origintime", "origin", "datetime", "date_time"),
    "latitude": ("latitude", "lat", "event_latitude"),
    "longitude": ("longitude", "lon", "lng", "long", "event_longitude"),
    "depth": ("depth", "dep", "event_depth", "z"),
    "magnitude": ("magnitude", "mag", "ml", "mw", "m"),
    "kind": ("kind", "type", "event_type", "eventtype"),
    "quality": ("quality",),
    "stations": ("stations", "nst", "num_stations", "used_station_count"),
    "simulated": ("simulated",),
}
PICK_NAMES: Mapping[str, Sequence[str]] = {
    "time": ("time", "phase_time", "pick_time", "peak_time", "arrival_time", "timestamp"),
    "network": ("network", "net", "network_code"),
    "station": ("station", "sta", "station_code", "station_name", "station_id", "trace_id", "id"),
    "location": ("location", "loc", "location_code"),
    "channel": ("channel", "cha", "chan", "channel_code"),
    "phase": ("phase", "phase_type", "phase_hint", "phase_name", "type"),
    "score": ("score", "probability", "prob", "phase_score", "phase_probability", "peak_value"),
    "uncertainty": ("uncertainty", "time_uncertainty", "sigma"),
    "amplitude": ("amplitude", "amp", "phase_amplitude", "phase_amp"),
    "simulated": ("simulated",),
}
LIMITS = {  # of an event, in the units of the columns
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 360.0),
    "depth": (-10.0, 800.0),
    "magnitude": (-10.0, 11.0),
}
_CODES = ("network", "station", "location", "channel")


def read_catalog(paths: Sequence[str]) -> Catalog:
    return _read(paths, Catalog, EVENT_NAMES)


def read_picks(paths: Sequence[str]) -> Picks:
    return _read(paths, Picks, PICK_NAMES)


def catalog_facts(paths: Sequence[str]) -> Facts:
    return _facts(paths, Catalog, EVENT_NAMES)


def pick_facts(paths: Sequence[str]) -> Facts:
    return _facts(paths, Picks, PICK_NAMES)


def form_of(path: str) -> str:
    """quakeml, parquet, knet (a record, whose header tells its event) or csv."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise unreadable(path, error.strerror or "it cannot be opened") from None
    if head.startswith(b"PAR1"):
        return "parquet"
    if holds_events(path, head):
        return "knet"
    plain = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").removeprefix(b"\xff\xfe").lstrip()
    return "quakeml" if plain.startswith(b"<") else "csv"


def _read(paths: Sequence[str], kind: type[Rows], known: Mapping[str, Sequence[str]]) -> Rows:
    tables = [_table(path, kind, known) for path in paths]
    if kind is Catalog and any(form_of(path) == "knet" for path in paths):
        return _each_once(kind.joined(_alike(tables)))
    return tables[0] if len(tables) == 1 else kind.joined(_alike(tables))


def _each_once(table: Rows) -> Rows:
    """Many records are of one event."""
    return table.with_frame(table.frame.unique(maintain_order=True))


def _table(path: str, kind: type[Rows], known: Mapping[str, Sequence[str]]) -> Rows:
    form = form_of(path)
    if form == "quakeml":
        from seisdsl.data.quakeml_read import read_quakeml

        return sound(path, read_quakeml(path, kind), kind)
    if form == "knet":
        if not issubclass(kind, Catalog):
            raise unreadable(path, f"it is a K-NET record, which holds no {kind.__name__}")
        return sound(path, read_events(path), kind)  # type: ignore[return-value]
    if form == "parquet":
        return sound(path, parquet_of(path, kind, known), kind)
    layout = _layout(path, kind, known)
    frame = layout.frame()
    return fitted(_with_codes(frame) if kind is Picks else frame, kind, layout.extra)


def sound(path: str, table: Rows, kind: type[Rows]) -> Rows:
    """A table without the rows that lack what is needed or are nowhere on the Earth."""
    import polars as pl

    frame = _with_codes(table.frame) if kind is Picks else table.frame
    good = pl.all_horizontal(pl.col(_needed(kind)).is_not_null())
    for name, (low, high) in _limits(kind).items():
        good &= pl.col(name).is_between(low, high).fill_null(True)
    kept = frame.filter(good)
    lost = len(frame) - len(kept)
    if lost > len(kept):
        lacking = f"{', '.join(_needed(kind))}" + (" or a place on the Earth" if kind is Catalog else "")
        raise unreadable(path, f"{lost:,} of {len(frame):,} rows have no {lacking}")
    if lost:
        warnings.warn(f"{path}: {lost:,} of {len(frame):,} rows are left out", stacklevel=2)
    return table.with_frame(kept)


def _needed(kind: type[Table]) -> list[str]:
    return ["time", "station"] if kind is Picks else ["time"]


def _limits(kind: type[Table]) -> Mapping[str, tuple[float, float]]:
    return {} if kind is Picks else LIMITS


def _layout(path: str, kind: type[Table], known: Mapping[str, Sequence[str]]) -> Layout:
    ours = {**kind.COLUMNS, "simulated": ColumnOf(BOOLEAN)}
    return Layout(path, ours, known, _needed(kind), _limits(kind))


def _with_codes(frame: polars.DataFrame) -> polars.DataFrame:
    """The codes of picks; `NC.MCB..HH` where a station should be is all four. No code is an empty one."""
    import polars as pl

    parts = pl.col("station").str.split(".")
    whole = pl.col("station").str.contains(".", literal=True)
    given = [
        pl.coalesce(
            pl.when(whole).then(parts.list.get(at, null_on_oob=True)),
            pl.col(name) if name in frame.columns else pl.lit(None, pl.String),
            pl.lit(""),
        ).alias(name)
        for at, name in enumerate(_CODES)
    ]
    return frame.with_columns(given)


def _facts(paths: Sequence[str], kind: type[Table], known: Mapping[str, Sequence[str]]) -> Facts:
    """The columns that reading will give, told from the first lines of each file."""
    extras = [_extra(path, kind, known) for path in paths]
    return Facts(kind=kind.__name__, columns={**kind.COLUMNS, **(_united(extras) or {})})


def _extra(path: str, kind: type[Table], known: Mapping[str, Sequence[str]]) -> Mapping[str, ColumnOf]:
    form = form_of(path)
    if form == "csv":
        return _layout(path, kind, known).extra
    if form == "quakeml":
        from seisdsl.data.quakeml_read import EXTRA

        return EXTRA[kind]
    if form == "knet":
        return {}
    return extra_of(path, kind, known)


def _united(extras: Sequence[Mapping[str, ColumnOf]]) -> dict[str, ColumnOf]:
    """The columns of several tables; one that they do not agree on is text."""
    found: dict[str, ColumnOf] = {}
    for extra in extras:
        for name, column in extra.items():
            other = found.setdefault(name, column)
            if (other.type, other.unit) != (column.type, column.unit):
                found[name] = ColumnOf(TEXT)
    return found


def _alike(tables: Sequence[Rows]) -> list[Rows]:
    """The same tables, each with the columns of all."""
    import polars as pl

    extra = _united([table.extra or {} for table in tables])
    alike = []
    for table in tables:
        texts = [name for name in extra if name in table.columns and table.columns[name] != extra[name]]
        lacking = [
            pl.lit(None, stored(column.type)).alias(n)
            for n, column in extra.items()
            if n not in table.columns
        ]
        frame = table.frame.with_columns(pl.col(texts).cast(pl.String), *lacking)
        alike.append(table.with_frame(frame.select([*table.COLUMNS, *extra]), extra))
    return alike


def digests(paths: Sequence[str]) -> dict[str, str]:
    """A digest of what each file holds."""
    found = {}
    for path in paths:
        with Path(path).open("rb") as file:
            found[path] = hashlib.file_digest(file, "blake2b").hexdigest()
    return found
