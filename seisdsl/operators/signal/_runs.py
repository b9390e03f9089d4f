"""The runs of a whole record put together from a survey of its parts, and found again in a part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seisdsl.data.grid import Grid
from seisdsl.data.table import Table
from seisdsl.data.waves import NS, Waves
from seisdsl.operator import Unsuitable
from seisdsl.operators.signal._grid import aside

if TYPE_CHECKING:
    import polars
    from torch import Tensor


@dataclass(frozen=True)
class Known:
    """The recorded runs of waves, and what is known of the whole run that each is a part of.

    Mean and slope are zero where the survey does not tell them.
    """

    runs: Tensor  # rows of trace, start, end
    first: Tensor  # sample at which the whole run begins, before zero where that is in an earlier part
    count: Tensor  # samples of the whole run
    mean: Tensor
    slope: Tensor  # of the line that fits it best, in a sample

    @property
    def middle(self) -> Tensor:
        return self.first + (self.count - 1).double() / 2


def known_runs(waves: Waves, surveyed: Table) -> Known:
    """The runs of a part of a record, by the survey of the whole."""
    import polars as pl
    import torch

    from seisdsl.methods.pick.runs import runs

    found = runs(waves.mask)
    ids = [waves.channels[trace].id for trace in found[:, 0].tolist()]
    grid, by, number = Grid(waves.rate), aside(waves), waves.first
    here = pl.DataFrame(
        {
            "id": pl.Series(ids, dtype=pl.String),
            "row": pl.Series(range(len(ids)), dtype=pl.Int64),
            "at": pl.Series(
                [grid.time(number + start) + by for start in found[:, 1].tolist()], dtype=pl.Int64
            ),
        }
    )
    half = round(NS / waves.rate / 2)
    whole = merged(surveyed, waves.rate).with_columns(begin=pl.col("start") - half).sort("begin")
    here = here.sort("at").join_asof(whole, left_on="at", right_on="begin", by="id", check_sortedness=False)
    here = here.sort("row")
    ends = pl.Series([grid.time(number + end) + by for end in found[:, 2].tolist()], dtype=pl.Int64)
    if not (here["end"].fill_null(0) >= ends - half).all():
        raise Unsuitable("these are not the runs of these waves", parameter="runs")

    def column(name: str) -> Tensor:
        values = here[name].to_list() if name in here.columns else [0.0] * len(here)
        return torch.tensor(values, dtype=torch.float64, device=found.device)

    first = [round((start - waves.start) * waves.rate / NS) for start in here["start"].to_list()]
    return Known(
        found,
        torch.tensor(first, dtype=torch.long, device=found.device),
        column("samples").long(),
        column("mean"),
        column("slope"),
    )


def merged(surveyed: Table, rate: float) -> polars.DataFrame:
    """Runs that touch as one: what chunks cut is whole again. Times are in integer nanoseconds."""
    import polars as pl

    half, moments = NS / rate / 2, "mean" in surveyed.frame.columns
    frame = surveyed.frame.with_columns(pl.col("start", "end").to_physical()).sort("id", "start")
    follows = (pl.col("id") == pl.col("id").shift()) & (
        (pl.col("start") - pl.col("end").shift()).abs() <= half
    )
    frame = frame.with_columns(run=(~follows.fill_null(False)).cum_sum())
    if not moments:
        return frame.group_by("run", maintain_order=True).agg(
            pl.col("id").first(), pl.col("start").first(), pl.col("end").last(), pl.col("samples").sum()
        )
    size, mean = pl.col("samples"), pl.col("mean") - pl.col("mean").first().over("run")
    middle = (pl.col("start") - pl.col("start").first().over("run")) * (rate / NS) + (size - 1) / 2
    frame = frame.with_columns(
        base=pl.col("mean").first().over("run"), more=mean, middle=middle
    ).with_columns(
        level=(pl.col("more") * size).sum().over("run") / size.sum().over("run"),
        centre=(pl.col("middle") * size).sum().over("run") / size.sum().over("run"),
    )
    between = size * (pl.col("middle") - pl.col("centre")) * (pl.col("more") - pl.col("level"))
    out = frame.group_by("run", maintain_order=True).agg(
        pl.col("id").first(),
        pl.col("start").first(),
        pl.col("end").last(),
        size.sum(),
        (pl.col("base") + pl.col("level")).first().alias("mean"),
        (pl.col("tilt") + between).sum().alias("tilt"),
    )
    count = pl.col("samples").cast(pl.Float64)
    spread = pl.max_horizontal(count * (count * count - 1) / 12, 0.5)
    return out.with_columns(slope=pl.col("tilt") / spread)
