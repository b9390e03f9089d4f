"""Series from files of daily positions, whose form is told from their content."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from seisdsl.data.catalogues import form_of
from seisdsl.data.neu import read_neu
from seisdsl.data.pos import read_geonet, read_pbo
from seisdsl.data.positions import refuse_absurd, told
from seisdsl.data.save_tables import read_series as read_saved
from seisdsl.data.series import Series
from seisdsl.data.series_sheet import Named, read_sheet
from seisdsl.data.sheet import unreadable
from seisdsl.data.tenv3 import read_tenv3
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable


def read_positions(
    paths: Sequence[str], named: Named, sites: Sequence[str] = (), time: TimeRange | None = None
) -> Series:
    """All sites of all files; of several files of one site the days of all."""
    parts = [_within(_one(path, named), time) for path in paths]
    series = Series.joined(parts) if len(parts) > 1 else parts[0]
    return chosen(series, sites)


def _one(path: str, named: Named) -> Series:
    form = _form(path)
    if form == "parquet":
        return read_saved(path)
    if form == "csv":
        series = read_sheet(path, named)
    else:
        named.refuse_for(path, form)
        series = {"tenv3": read_tenv3, "pbo": read_pbo, "geonet": read_geonet, "neu": read_neu}[form](path)
    refuse_absurd(path, series)
    return series


def _form(path: str) -> str:
    if form_of(path) == "parquet":
        return "parquet"
    with Path(path).open("rb") as file:
        head = file.read(8192).decode("utf-8", errors="replace")
    if not head.strip():
        raise unreadable(path, "it is empty")
    if head.startswith("PBO Station Position"):
        return "pbo"
    if "+SITE/INF" in head:
        return "geonet"
    first = next(line for line in head.splitlines() if line.strip())
    if first.startswith("site YYMMMDD") or (len(first.split()) >= 17 and "," not in first):
        return "tenv3"
    if "Dec Yr" in head or path.lower().endswith(".neu"):
        return "neu"
    return "csv"


def _within(series: Series, time: TimeRange | None) -> Series:
    return series if time is None else series.within(time)


def chosen(series: Series, patterns: Sequence[str]) -> Series:
    """The sites whose name fits one of the patterns; all where there are none."""
    if not patterns:
        return series
    names = [site.name for site in series.sites]
    rows = [
        row
        for row, name in enumerate(names)
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    ]
    if not rows:
        raise Unsuitable(
            f"no site fits {' or '.join(patterns)}", parameter="sites", notes=["there are " + told(names)]
        )
    return of_sites(series, rows)


def of_sites(series: Series, rows: Sequence[int]) -> Series:
    """Some sites alone, with the epochs at which one of them was recorded."""
    mask = series.mask[list(rows)]
    known = mask.any(dim=0).any(dim=0)
    kept = {series.sites[row].name for row in rows}
    return replace(
        series,
        values=series.values[list(rows)][..., known],
        mask=mask[..., known],
        epochs=series.epochs[known],
        sites=tuple(series.sites[row] for row in rows),
        sigma=None if series.sigma is None else series.sigma[list(rows)][..., known],
        steps=tuple(step for step in series.steps if step.site in kept),
    )
