"""Series as tables, which are saved as CSV and Parquet, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seisdsl.data.series import Series, Site, Step
from seisdsl.data.table import Table
from seisdsl.language import units
from seisdsl.language.types import DATE, NUMBER, TEXT, Type
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import polars

_PLACE = {
    "latitude": Column(Type("Angle"), "deg"),
    "longitude": Column(Type("Angle"), "deg"),
    "height": Column(Type("Length"), "m", "above the ellipsoid"),
}
_SIGMA = "sigma_"


def table_of(series: Series) -> Table:
    """A row for each site and epoch at which something was recorded, and for each step."""
    import polars

    values = series.values.masked_fill(~series.mask, float("nan")).double().cpu()
    sigma = None if series.sigma is None else series.sigma.double().cpu()
    epochs = series.epochs.cpu()
    pieces = []
    for row, site in enumerate(series.sites):
        there = series.mask[row].any(dim=0).cpu()
        rows: dict[str, Any] = {"time": epochs[there].numpy()}
        for at, component in enumerate(series.components):
            rows[component] = values[row, at, there].numpy()
            if sigma is not None:
                known = sigma[row, at, there].masked_fill(sigma[row, at, there] == 0, float("nan"))
                rows[_SIGMA + component] = known.numpy()
        of_site = polars.DataFrame(rows).with_columns(polars.selectors.float().fill_nan(None))
        steps = [(step.time, step.cause) for step in series.steps if step.site == site.name]
        breaks = polars.DataFrame(steps, {"time": polars.Int64, "step": polars.String}, orient="row")
        pieces.append(
            of_site.join(breaks, on="time", how="full", coalesce=True)
            .sort("time")
            .select(
                polars.lit(site.name).alias("site"),
                polars.col("time").cast(polars.Datetime("ns")).dt.replace_time_zone("UTC"),
                *(polars.lit(getattr(site, name), polars.Float64).alias(name) for name in _PLACE),
                polars.exclude("time"),
            )
        )
    extra = {"site": Column(TEXT), "time": Column(DATE), **_PLACE}
    extra |= {component: measure(series.unit) for component in series.components}
    if sigma is not None:
        extra |= {_SIGMA + component: measure(series.unit) for component in series.components}
    extra["step"] = Column(TEXT, help="a break at this time: its cause")
    return Table(polars.concat(pieces).select(list(extra)), extra, series.simulated)


def measure(unit: str) -> Column:
    return Column(Type(units.name_of(units.unit(unit)[1])) if unit else NUMBER, unit)


def series_of(table: Table) -> Series:
    """The series that `table_of` made a table of."""
    import polars
    import torch

    lacking = [name for name in ("site", "time") if name not in table.frame.columns]
    if lacking:
        raise Unsuitable(f"a series needs the columns {' and '.join(lacking)}")
    ours = {"site", "time", "step", *_PLACE}
    components = [n for n in table.frame.columns if n not in ours and not n.startswith(_SIGMA)]
    measured = {table.columns[name].unit for name in components}
    if len(measured) != 1:
        raise Unsuitable(
            f"a series has one unit, found {', '.join(sorted(measured)) or 'no values'}",
            notes=["columns of values: " + (", ".join(components) or "none")],
        )
    frame = table.frame.with_columns(polars.col("time").dt.timestamp("ns"))
    recorded = frame.filter(polars.any_horizontal(polars.col(components).is_not_null()))
    epochs = recorded["time"].unique().sort()
    names = frame["site"].unique(maintain_order=True).to_list()
    shape = (len(names), len(components), len(epochs))
    values, sigma = torch.zeros(shape, dtype=torch.float64), torch.zeros(shape, dtype=torch.float64)
    mask = torch.zeros(shape, dtype=torch.bool)
    rows = {name: row for row, name in enumerate(names)}
    row = torch.tensor([rows[name] for name in recorded["site"]], dtype=torch.int64)
    at = torch.from_numpy(epochs.search_sorted(recorded["time"]).cast(polars.Int64).to_numpy().copy())
    for number, component in enumerate(components):
        values[row, number, at], mask[row, number, at] = _known(recorded[component])
        if _SIGMA + component in recorded.columns:
            sigma[row, number, at], _ = _known(recorded[_SIGMA + component])
    has_sigma = any(_SIGMA + component in recorded.columns for component in components)
    steps = frame.filter(polars.col("step").is_not_null()) if "step" in frame.columns else frame.head(0)
    return Series(
        values,
        mask,
        torch.from_numpy(epochs.to_numpy().copy()),
        tuple(_site(frame, name) for name in names),
        tuple(components),
        measured.pop(),
        sigma if has_sigma else None,
        tuple(sorted(Step(*one) for one in steps.select("time", "site", "step").rows()))
        if len(steps)
        else (),
        table.simulated,
    )


def _known(column: polars.Series) -> tuple[Any, Any]:
    import torch

    known = column.is_not_null().to_numpy().copy()
    return torch.from_numpy(column.fill_null(0.0).to_numpy().copy()), torch.from_numpy(known)


def _site(frame: polars.DataFrame, name: str) -> Site:
    first = frame.filter(frame["site"] == name).row(0, named=True)
    return Site(name, *(first.get(part) for part in _PLACE))
