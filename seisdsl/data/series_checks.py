"""What is refused and told of a CSV of displacements before its numbers are taken for positions."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from seisdsl.data.sheet import unreadable
from seisdsl.data.typed import Layout
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import polars

_COMMA = re.compile(r"[+-]?\d+,\d+(e[+-]?\d+)?$", re.IGNORECASE)
_YEAR, _COUNT = re.compile(r"(19|20)\d\d\.\d+$"), re.compile(r"\d{5}(\.\d+)?$")
_WRITTEN = "write times as 2011-03-11 or 2011-03-11T05:46:23Z"
_NOTHING = tuple(float(f"{'9' * many}{tail}") for many in (4, 5, 6) for tail in ("", ".9", ".99", ".999"))
_SAME_PLACE = 0.01  # degrees


def refuse_other_times(layout: Layout) -> None:
    """Refuse decimal years and counted days, which do not say which day they mean."""
    cells = layout.cells("time")[:1]
    if cells and _YEAR.match(cells[0]):
        raise unreadable(layout.sheet.path, f"its times are decimal years: `{cells[0]}`", _WRITTEN)
    if cells and _COUNT.match(cells[0]):
        raise unreadable(layout.sheet.path, f"its times are counted days: `{cells[0]}`", _WRITTEN)


def refuse_other_numbers(layout: Layout, frame: polars.DataFrame, components: Sequence[str]) -> None:
    """Refuse decimal commas, and a file in which no position is a number."""
    path = layout.sheet.path
    for name in components:
        if comma := next((cell for cell in layout.cells(name) if _COMMA.match(cell.strip())), None):
            raise unreadable(
                path, f"its numbers have decimal commas: `{comma}` of `{name}`", "write them with points"
            )
    if not any(frame[name].is_not_null().any() for name in components):
        raise unreadable(path, "none of its lines is a position")


def tell_missing(layout: Layout, components: Sequence[str], wanted: Sequence[str]) -> None:
    """Tell of components that no column names, where some other column may be one."""
    lacking = [name for name in wanted if name not in components]
    others = [header for place, header in zip(layout.places, layout.sheet.names, strict=True)
              if place.name in layout.extra]  # fmt: skip
    if lacking and others:
        warnings.warn(
            f"{layout.sheet.path}: no column is called {' or '.join(lacking)}, and {', '.join(others)} "
            f"{'is' if len(others) == 1 else 'are'} not read: if one is meant, write "
            f'{lacking[0]}="{others[0]}"',
            stacklevel=2,
        )


def refuse_no_column(layout: Layout, given: Sequence[tuple[str, str]], there: dict[str, str]) -> None:
    """Refuse a program that names a column which the file does not have."""
    for name, column in given:
        if not there.get(name, "").strip().lower().startswith(column.strip().lower()):
            raise Unsuitable(
                f"{layout.sheet.path} has no column `{column}`",
                parameter=name,
                notes=[f"found: {', '.join(layout.sheet.names)}"],
            )


def sound(path: str, frame: polars.DataFrame, components: Sequence[str]) -> polars.DataFrame:
    """The rows of a site, without numbers that stand for nothing; what is taken out is told."""
    import polars as pl

    nameless = frame.filter(pl.col("site").is_null()).height
    if nameless:
        words = "1 line names no site and is" if nameless == 1 else f"{nameless:,} lines name no site and are"
        warnings.warn(f"{path}: {words} left out", stacklevel=2)
        frame = frame.filter(pl.col("site").is_not_null())
    for name in components:
        stands = pl.col(name).abs().is_in(_NOTHING)
        if count := frame.filter(stands).height:
            words = f"{count:,} {'cell' if count == 1 else 'cells'} of `{name}`"
            warnings.warn(f"{path}: {words} with nothing but nines left empty", stacklevel=2)
            frame = frame.with_columns(pl.when(~stands).then(pl.col(name)).alias(name))
    errors = [name for name in frame.columns if name.startswith("sigma_")]
    return frame.with_columns(pl.when(pl.col(name) > 0).then(pl.col(name)).alias(name) for name in errors)


def tell_places(path: str, frame: polars.DataFrame) -> None:
    """Tell of sites that stand in several places: the first is taken."""
    import polars as pl

    if not {"latitude", "longitude"} <= set(frame.columns):
        return
    spread = pl.max_horizontal(
        (pl.col(name).max() - pl.col(name).min()) for name in ("latitude", "longitude")
    )
    moved = (
        frame.group_by("site", maintain_order=True).agg(spread.alias("by")).filter(pl.col("by") > _SAME_PLACE)
    )
    if moved.height:
        names = ", ".join(moved["site"].head(5).to_list())
        warnings.warn(f"{path}: the first place is taken of sites with several: {names}", stacklevel=2)
