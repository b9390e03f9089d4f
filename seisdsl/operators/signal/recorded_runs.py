"""A survey of the recorded runs of waves, for what depends on the whole of them."""

from __future__ import annotations

from seisdsl.data.grid import Grid
from seisdsl.data.table import Table
from seisdsl.data.waves import Waves
from seisdsl.language.types import DATE, INTEGER, NUMBER, TEXT, ColumnOf
from seisdsl.operator import Context, Facts, Operator, param
from seisdsl.operators.signal._grid import aside

COLUMNS = {
    "id": ColumnOf(TEXT, help="channel"),
    "start": ColumnOf(DATE, help="of the first sample, on the grid"),
    "end": ColumnOf(DATE, help="one interval after the last sample"),
    "samples": ColumnOf(INTEGER),
}
MOMENTS = {
    "mean": ColumnOf(NUMBER),
    "tilt": ColumnOf(NUMBER, help="sum of samples less their mean, times how far they are from the middle"),
}


class RecordedRuns(Operator, name="recorded-runs"):
    """List the recorded runs of waves: those of a part of a record are parts of runs."""

    internal = True

    moments: bool = param(False, "whether to tell the mean and the trend of each")

    def context(self, piped: Facts) -> Context:
        return Context()

    def apply(self, waves: Waves) -> Table:
        from seisdsl.methods.pick.runs import runs
        from seisdsl.methods.signal.runs import moments

        found = runs(waves.mask)
        trace, start, end = found.T.tolist() if len(found) else ([], [], [])
        grid, by, first = Grid(waves.rate), aside(waves), waves.first
        columns = {
            "id": [waves.channels[number].id for number in trace],
            "start": [grid.time(first + sample) + by for sample in start],
            "end": [grid.time(first + sample) + by for sample in end],
            "samples": [last - begin for begin, last in zip(start, end, strict=True)],
        }
        if not self.moments:
            return Table.of(columns, extra=COLUMNS, simulated=waves.simulated)
        mean, tilt = moments(waves.samples, waves.mask, found)
        columns |= {"mean": mean.tolist(), "tilt": tilt.tolist()}
        return Table.of(columns, extra={**COLUMNS, **MOMENTS}, simulated=waves.simulated)
