"""Series from files of daily positions, whose form is told from their content."""

from __future__ import annotations

import fnmatch
import re
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from seisdsl.data.catalogues import form_of
from seisdsl.data.neu import read_neu
from seisdsl.data.parts import first
from seisdsl.data.pos import read_geonet, read_pbo
from seisdsl.data.positions import refuse_absurd, told
from seisdsl.data.save_tables import read_series as read_saved
from seisdsl.data.series import Series
from seisdsl.data.series_sheet import IN_MM, Named, read_sheet
from seisdsl.data.sheet import unreadable
from seisdsl.data.tenv3 import read_tenv3
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

_HEAD = 8192  # bytes
_NUMBER = re.compile(r"(?<![\w.])[+-]?\d+(?:\.\d*)?(?=[\s,;|]|$)")
_ROUNDED = 0.02  # millimetres: the last digits of two files may differ


def read_positions(
    paths: Sequence[str], named: Named, sites: Sequence[str] = (), time: TimeRange | None = None
) -> Series:
    """All sites of all files; of several files of one site the days of all."""
    paths = _holding(paths)
    origins: dict[str, tuple[float, ...]] = {}
    parts = [_one(path, named, origins) for path in paths]
    _refuse_two_of_one(paths, parts)
    series = chosen(Series.joined(parts) if len(parts) > 1 else parts[0], sites)
    if time is not None:
        series = series.within(time)
        if not len(series.epochs):
            raise Unsuitable("no position lies in the time range", parameter="time")
    return series


def _one(path: str, named: Named, origins: dict[str, tuple[float, ...]]) -> Series:
    form = _form(path)
    if form == "parquet":
        return _in_mm(path, read_saved(path))
    if form == "csv":
        series = read_sheet(path, named)
    else:
        named.refuse_for(path, form)
        if form in ("tenv3", "geonet"):
            series = (read_tenv3 if form == "tenv3" else read_geonet)(path, origins)
        else:
            series = (read_pbo if form == "pbo" else read_neu)(path)
    refuse_absurd(path, series)
    return series


def _in_mm(path: str, series: Series) -> Series:
    if series.unit not in IN_MM:
        raise unreadable(
            path, f"its values are in {series.unit or 'no unit'}; displacements are in mm, cm or m"
        )
    factor = IN_MM[series.unit]
    sigma = None if series.sigma is None else series.sigma * factor
    return replace(series, values=series.values * factor, sigma=sigma, unit="mm")


def _holding(paths: Sequence[str]) -> list[str]:
    """Of several files those that may hold positions: a folder has notes and pictures in it too."""
    if len(paths) == 1:
        return list(paths)
    others = [path for path in paths if not _has_numbers(path)]
    if others:
        names = ", ".join(first((Path(path).name for path in others), 5))
        verb = "holds" if len(others) == 1 else "hold"
        warnings.warn(
            f"{names} {verb} no positions and {'is' if len(others) == 1 else 'are'} left out", stacklevel=2
        )
    if len(others) == len(paths):
        raise Unsuitable("none of these files holds positions", parameter="file", notes=[told(list(paths))])
    return [path for path in paths if path not in others]


def _has_numbers(path: str) -> bool:
    """Whether the file has a line of three numbers, or is a table that `save` wrote."""
    if form_of(path) == "parquet":
        return True
    with Path(path).open("rb") as file:
        head = file.read(_HEAD)
    return b"\0" not in head and any(
        len(_NUMBER.findall(line)) > 2 for line in head.decode("utf-8", "replace").splitlines()
    )


def _refuse_two_of_one(paths: Sequence[str], parts: Sequence[Series]) -> None:
    """Refuse files that tell one day of one site differently: which of them is right is not known."""
    seen: dict[str, list[tuple[str, Series]]] = {}
    for path, part in zip(paths, parts, strict=True):
        for row, site in enumerate(part.sites):
            own = of_sites(part, [row])
            for other_path, other in seen.get(site.name, []):
                days, by = _differing(own, other)
                if days:
                    raise Unsuitable(
                        f"{site.name} stands in {other_path} and in {path}, which differ on {days:,} "
                        f"{'day' if days == 1 else 'days'} by up to {by:.3g} mm",
                        parameter="file",
                        repair="name one of them",
                    )
            seen.setdefault(site.name, []).append((path, own))


def _differing(one: Series, other: Series) -> tuple[int, float]:
    """Days on which two series of one site differ, and by how many millimetres."""
    import torch

    if not len(one.epochs) or not len(other.epochs):
        return 0, 0.0
    shared = torch.isin(one.epochs, other.epochs)
    at = torch.searchsorted(other.epochs, one.epochs[shared])
    names = [name for name in one.components if name in other.components]
    mine, theirs = ([part.components.index(name) for name in names] for part in (one, other))
    both = one.mask[0, mine][:, shared] & other.mask[0, theirs][:, at]
    apart = (one.values[0, mine][:, shared] - other.values[0, theirs][:, at]).abs().masked_fill(~both, 0)
    differs = (apart > _ROUNDED).any(0)
    return int(differs.sum()), float(apart.max()) if apart.numel() else 0.0


def _form(path: str) -> str:
    if form_of(path) == "parquet":
        return "parquet"
    with Path(path).open("rb") as file:
        head = file.read(_HEAD).decode("utf-8-sig", errors="replace")
    if not head.strip():
        raise unreadable(path, "it is empty")
    if head.startswith("PBO Station Position"):
        return "pbo"
    if "+SITE/INF" in head:
        return "geonet"
    top = next(line for line in head.splitlines() if line.strip())
    if top.startswith("site YYMMMDD") or (len(top.split()) >= 17 and "," not in top):
        return "tenv3"
    if "Dec Yr" in head or path.lower().endswith(".neu"):
        return "neu"
    return "csv"


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
