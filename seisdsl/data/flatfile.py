"""Flat-files of ground motion from CSV and Parquet, with names and units as others write them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from seisdsl.data.catalogues import form_of
from seisdsl.data.motion import Flatfile
from seisdsl.data.sheet import unreadable
from seisdsl.data.tables_read import extra_of, fitted, parquet_of
from seisdsl.data.typed import Layout
from seisdsl.language.types import BOOLEAN, ColumnOf

if TYPE_CHECKING:
    import polars

NAMES: Mapping[str, Sequence[str]] = {
    "event": ("event", "event_id", "eqid", "eq_id", "earthquake", "evid"),
    "time": ("time", "origin_time", "event_time"),
    "network": ("network", "net"),
    "station": ("station", "station_code", "sta", "ssn", "site", "station_id"),
    "location": ("location",),
    "latitude": ("latitude", "station_latitude", "sta_lat", "lat"),
    "longitude": ("longitude", "station_longitude", "sta_lon", "lon"),
    "elevation": ("elevation", "height"),
    "distance": ("distance", "hypocentral_distance", "rhypo", "rhyp", "x"),
    "pga": ("pga",),
    "pgv": ("pgv",),
    "intensity": ("intensity", "jma_intensity"),
    "duration": ("duration",),
    "horizontal": ("horizontal",),
    "flag": ("flag",),
    "event_latitude": ("event_latitude", "epicentre_latitude", "hypocenter_latitude", "eq_lat"),
    "event_longitude": ("event_longitude", "epicentre_longitude", "hypocenter_longitude", "eq_lon"),
    "depth": ("depth", "event_depth", "hypocenter_depth"),
    "magnitude": ("magnitude", "mw", "mag", "mj", "m"),
    "kind": ("kind", "tectonic_type"),
    "epicentral": ("epicentral", "repi", "epicentral_distance"),
    "azimuth": ("azimuth",),
    "vs30": ("vs30", "avs30"),
    "d1400": ("d1400",),
    "simulated": ("simulated",),
}
NEEDED = ("event", "station")
LIMITS = {
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 360.0),
    "event_latitude": (-90.0, 90.0),
    "event_longitude": (-180.0, 360.0),
    "depth": (-10.0, 800.0),
    "magnitude": (-10.0, 11.0),
    "distance": (0.0, 20_100.0),
    "vs30": (10.0, 5000.0),
    "pga": (0.0, 2e4),
}
KEYS = ["event", "network", "station", "location", "horizontal"]


def read_flatfile(path: str) -> Flatfile:
    """A row that comes twice counts once; two rows of one event and station that differ are refused."""
    if form_of(path) == "parquet":
        return once(path, _possible(path, parquet_of(path, Flatfile, NAMES)))
    layout = _layout(path)
    return once(path, fitted(layout.frame(), Flatfile, layout.extra))


def _possible(path: str, table: Flatfile) -> Flatfile:
    """The rows of a table that can be; one that lacks what is needed, or is in other units, is refused."""
    import polars as pl

    frame = table.frame
    for name in NEEDED:
        if frame.height and frame[name].null_count() == frame.height:
            raise unreadable(path, f"no column names the {name}", f"{name}: {', '.join(NAMES[name])}")
    good = pl.lit(True)
    for name, (low, high) in LIMITS.items():
        within = pl.col(name).is_between(low, high).fill_null(True)
        if (beyond := frame.height - frame.filter(within).height) > frame.height / 2:
            unit = Flatfile.COLUMNS[name].unit
            raise unreadable(
                path, f"{beyond:,} rows have a {name} that is not from {low:g} to {high:g} {unit}".strip()
            )
        good &= within
    kept = frame.filter(good)
    if lost := frame.height - kept.height:
        rows = "row has" if lost == 1 else "rows have"
        warnings.warn(f"{path}: {lost:,} {rows} values that cannot be, and are left out", stacklevel=3)
    return table.with_frame(kept)


def flatfile_extra(path: str) -> Mapping[str, ColumnOf]:
    """The columns beyond those of every flat-file."""
    return extra_of(path, Flatfile, NAMES) if form_of(path) == "parquet" else _layout(path).extra


def _layout(path: str) -> Layout:
    ours = {**Flatfile.COLUMNS, "simulated": ColumnOf(BOOLEAN)}
    return Layout(path, ours, NAMES, NEEDED, LIMITS)


def once(path: str, table: Flatfile) -> Flatfile:
    """Each row once."""
    frame = table.frame.unique(maintain_order=True)
    if lost := table.frame.height - frame.height:
        rows = "row comes" if lost == 1 else "rows come"
        warnings.warn(f"{path}: {lost:,} {rows} twice, and count once", stacklevel=2)
    if (double := _contradicting(frame)) is not None:
        names = ", ".join(str(cell) for cell in double if cell)
        raise unreadable(path, f"two rows are of {names}, and they differ")
    return table.with_frame(frame)


def _contradicting(frame: polars.DataFrame) -> tuple[object, ...] | None:
    keys = frame.select(KEYS)
    twice = keys.filter(keys.is_duplicated())
    return twice.row(0) if twice.height else None
