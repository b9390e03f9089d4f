"""Displacements from a CSV whose columns are named."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seisdsl.data import series_checks as checks
from seisdsl.data.neu import site_of
from seisdsl.data.positions import COMPONENTS
from seisdsl.data.series import Series
from seisdsl.data.series_table import series_of
from seisdsl.data.sheet import unreadable
from seisdsl.data.table import Table, stored
from seisdsl.data.typed import Layout
from seisdsl.language.types import BOOLEAN, DATE, NUMBER, TEXT, Type
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import polars

KNOWN = {
    "time": ("time", "date", "epoch", "day", "datetime", "ymd"),
    "site": ("site", "station", "sta", "code"),
    "east": ("east", "e", "de", "east_displacement", "ew"),
    "north": ("north", "n", "dn", "north_displacement", "ns"),
    "up": ("up", "u", "du", "vertical", "ud"),
    "sigma_east": ("sigma_east", "east_sigma", "sig_e", "e_sig", "se", "std_e"),
    "sigma_north": ("sigma_north", "north_sigma", "sig_n", "n_sig", "sn", "std_n"),
    "sigma_up": ("sigma_up", "up_sigma", "sig_u", "u_sig", "su", "std_u"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng"),
    "height": ("height", "elevation"),
    "step": ("step",),
    "simulated": ("simulated",),
}
_MEASURED = tuple(name for component in COMPONENTS for name in (component, f"sigma_{component}"))
_OURS = {
    "time": Column(DATE), "site": Column(TEXT), "step": Column(TEXT), "simulated": Column(BOOLEAN),
    "latitude": Column(Type("Angle"), "deg"), "longitude": Column(Type("Angle"), "deg"),
    "height": Column(Type("Length"), "m"), **dict.fromkeys(_MEASURED, Column(NUMBER)),
}  # fmt: skip
_UNIT = re.compile(r"(?:\[(\w+)\]|\((\w+)\)|_(mm|cm|m)|/(\w+))$")
_LIMITS = {"latitude": (-90.0, 90.0), "longitude": (-180.0, 360.0)}
IN_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0}


@dataclass(frozen=True)
class Named:
    """What a program says of a CSV: which column is what, and the unit."""

    columns: tuple[tuple[str, str], ...] = ()
    unit: str | None = None

    def refuse_for(self, path: str, form: str) -> None:
        """Files of the other forms say themselves what their columns are."""
        given = [name for name, _ in self.columns] + (["unit"] if self.unit else [])
        if given:
            raise Unsuitable(
                f"{path} is a file of the form {form}, which says itself what its columns are",
                parameter=given[0],
                repair=f"leave out {', '.join(given)}",
            )

    def known(self) -> dict[str, tuple[str, ...]]:
        """The names of each column: those that were given, else the usual ones."""
        given = {name: re.sub(r"[\s\-.]+", "_", column.strip().lower()) for name, column in self.columns}
        taken = set(given.values())
        usual = {name: tuple(n for n in names if n not in taken) for name, names in KNOWN.items()}
        first = {name: (column,) for name, column in given.items()}
        return {**first, **{name: names for name, names in usual.items() if name not in first}}


def read_sheet(path: str, named: Named) -> Series:
    import polars as pl

    layout = Layout(path, _OURS, named.known(), ("time",), _LIMITS)
    there = {place.name: header for place, header in zip(layout.places, layout.sheet.names, strict=True)}
    checks.refuse_no_column(layout, named.columns, there)
    checks.refuse_other_times(layout)
    components = [name for name in COMPONENTS if name in there]
    if not components:
        raise unreadable(
            path,
            "no column is a displacement east, north or up",
            f"found: {', '.join(layout.sheet.names)}",
            "say which: `east=... north=... up=... unit=mm`",
        )
    with warnings.catch_warnings(record=True) as told:  # of cells: only where the whole is no nonsense
        warnings.simplefilter("always")
        frame = layout.frame()
    if not frame.height:
        raise unreadable(path, "it has no rows")
    checks.refuse_other_numbers(layout, frame, components)
    for one in told:
        warnings.warn(str(one.message), stacklevel=2)
    checks.tell_missing(layout, components, COMPONENTS)
    measured = [name for name in _MEASURED if name in there and name.removeprefix("sigma_") in components]
    if "site" not in there:
        frame = frame.with_columns(pl.lit(site_of(path)).alias("site"))
    frame = checks.sound(path, frame, components)
    frame = frame.with_columns(pl.col(name) * _factor(path, there[name], named.unit) for name in measured)
    frame = _once(path, frame, components)
    checks.tell_places(path, frame)
    places = [name for name in ("latitude", "longitude", "height", "step", "simulated") if name in there]
    columns = {name: Column(Type("Length"), "mm") for name in measured}
    columns = {**{name: _OURS[name] for name in ("site", "time", *places) if name != "simulated"}, **columns}
    marked = "simulated" in there and bool(frame["simulated"].any())
    frame = frame.select(pl.col(name).cast(stored(of.type)) for name, of in columns.items())
    return series_of(Table(frame, columns, marked))


def _factor(path: str, header: str, given: str | None) -> float:
    """What turns the numbers of a column into millimetres."""
    found = _UNIT.search(header.strip())
    told = next((part for part in found.groups() if part), "") if found else ""
    if told and told not in IN_MM:
        raise unreadable(path, f"`{header}` is in {told}; displacements are read in mm, cm or m")
    if told and given and told != given:
        raise Unsuitable(
            f"`{header}` says that it is in {told}, and the program says {given}",
            parameter="unit",
            repair="leave out unit",
        )
    unit = told or given
    if not unit:
        raise unreadable(
            path, f"nothing says in what unit `{header}` is", "write `unit=mm`, `unit=cm` or `unit=m`"
        )
    return IN_MM[unit]


def _once(path: str, frame: polars.DataFrame, components: list[str]) -> polars.DataFrame:
    """Each day of a site once; days that come twice and differ are left out, and told."""
    import polars as pl

    frame = frame.unique(["site", "time", *components], maintain_order=True)
    again = pl.struct("site", "time").is_duplicated() & pl.any_horizontal(pl.col(components).is_not_null())
    twice = frame.filter(again)
    if twice.height:
        days = twice.select("site", pl.from_epoch("time", "ns").dt.strftime("%Y-%m-%d")).unique(
            maintain_order=True
        )
        words = "; ".join(f"{site} {day}" for site, day in days.head(5).rows())
        warnings.warn(
            f"{path}: {days.height} {'day comes' if days.height == 1 else 'days come'} more than once with "
            f"different values and {'is' if days.height == 1 else 'are'} left out: {words}",
            stacklevel=2,
        )
    return frame.filter(~again)
