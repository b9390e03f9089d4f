"""The operator `rate-change`."""

from __future__ import annotations

from seisdsl.data.series import Series
from seisdsl.data.table import Table
from seisdsl.language.types import DATE, NUMBER, TEXT, ColumnOf, Time, Type
from seisdsl.operator import Facts, Operator, Unsuitable, param

_FLICKER = 1.7  # of the error of a rate, for flicker noise over one year
_ANGLE, _RATE = Type("Angle"), Type("Velocity")
COLUMNS = {
    "time": ColumnOf(DATE, help="when the rate changed"),
    "site": ColumnOf(TEXT),
    "component": ColumnOf(TEXT),
    "latitude": ColumnOf(_ANGLE, "deg"),
    "longitude": ColumnOf(_ANGLE, "deg"),
    "change": ColumnOf(_RATE, "mm/yr"),
    "error": ColumnOf(_RATE, "mm/yr", "one standard deviation, of white and flicker noise"),
    "score": ColumnOf(NUMBER, help="change over error"),
}


class RateChange(Operator, name="rate-change"):
    """Tell on which day each series began to move at another rate, and by how much.

    Two lines that meet are fitted with their bend on every `every` days, and the best is told with its
    error under the white and flicker noise of the series. It is meant for what `residual` leaves of a
    forecast: of displacements themselves it tells where their decay bends, and a trajectory that was
    fitted to all days has taken part of the change into its decay. The best of
    many days is told, so a score of 2 or 3 is common in noise alone: `where score > 5`.
    """

    cite = "Williams 2003, doi:10.1007/s00190-002-0283-4"
    example = (
        "let wave = simulate-displacement stations=6 change=20mm/yr patch=2\n"
        "wave | trajectory decay=log time=2011-03-12..2013-10-01 | forecast until=2018-01-13 back=true\n"
        "  | residual | rate-change"
    )
    tags = ("GNSS", "displacement", "detection")

    shortest: Time = param("300d", "of the lines before and after", at_least="30d")
    every: Time = param("15d", "from one day that is tried to the next", at_least="1d")

    def facts(self, piped: Facts) -> Facts:
        return Facts(simulated=piped.simulated, columns=COLUMNS)

    def apply(self, series: Series) -> Table:
        from seisdsl.methods.displacement.rates import changed
        from seisdsl.methods.displacement.regression import noise
        from seisdsl.operators.displacement._days import (
            DAY,
            daily,
            refuse_empty,
            refuse_not_daily,
            refuse_not_mm,
        )

        least = round(self.shortest / 86400)
        refuse_empty(series, self.word, 2)
        refuse_not_daily(series, self.word)
        refuse_not_mm(series, self.word)
        first, values, mask, _ = daily(series)
        if values.shape[-1] <= 2 * least:
            raise Unsuitable(
                f"lines of {least} days on both sides need a longer record", parameter="shortest"
            )
        day, size, error = changed(values, mask, least, round(self.every / 86400))
        _, flicker = noise(values, mask)
        error = (error**2 + (_FLICKER * flicker / (values.shape[-1] / 365.25) ** 0.75) ** 2).sqrt()
        rows: dict[str, list[object]] = {name: [] for name in COLUMNS}
        for s, c in day.isfinite().nonzero().tolist():
            site = series.sites[s]
            one = (
                (first + int(day[s, c])) * DAY, site.name, series.components[c], site.latitude, site.longitude,
                float(size[s, c]), float(error[s, c]), float(size[s, c].abs() / error[s, c].clamp_min(1e-9)),
            )  # fmt: skip
            for name, value in zip(COLUMNS, one, strict=True):
                rows[name].append(value)
        return Table.of(rows, extra=COLUMNS, simulated=series.simulated)
