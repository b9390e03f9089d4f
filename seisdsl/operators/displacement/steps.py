"""The operator `steps`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seisdsl.data.series import Series, Step
from seisdsl.data.table import Catalog, Table
from seisdsl.language.types import Length, Time
from seisdsl.operator import Facts, Operator, Unsuitable, param

if TYPE_CHECKING:
    import polars

_EARTH = 6371.0  # kilometres
_DAY = 86_400_000_000_000
_OFF, _DAYS_BESIDE = 5.0, 15  # what `outliers` leaves out is no break either


class Steps(Operator, name="steps"):
    """Mark the days on which series break: earthquakes, antenna changes, and breaks that stand out.

    Nothing is taken away: `trajectory` and `seasonal` fit the steps that the series know. From a
    catalogue (`earthquakes=`) those count that are within 10^(magnitude / 2 - 0.79) km of a site, times
    `wider`, the rule of the Nevada Geodetic Laboratory; sites without a place take all that are large
    enough for 100 km. A table (`known=`) has the columns `site` or `station`, and `time`.

    With `estimate=true` breaks that nobody listed are marked too, the largest first: a step is fitted to
    `around` on both sides of a day, together with a parabola, the breaks that are known by then and,
    where a series decays after one of them or from its beginning on, logarithms. It must stand out by
    `deviations` of the white and flicker noise of the series, over all components together. Breaks
    within ten days of the ends, within five days of another, and slow ones are not found; snow on an antenna
    is, for it moves. Days that `outliers` would leave out count for nothing.
    """

    cite = (
        "Blewitt, Kreemer, Hammond and Gazeaux 2016, doi:10.1002/2015JB012552",
        "Williams 2003, doi:10.1007/s00190-002-0283-4",
    )
    example = "simulate-displacement stations=5 antennas=1 | steps estimate=true | show"
    tags = ("GNSS", "displacement", "cleaning", "earthquake")
    version = 2

    wider: float = param(1.0, "times the radius of that rule", above=0, at_most=10)
    estimate: bool = param(False, "whether breaks that nobody listed are looked for")
    deviations: float = param(6.0, "how far such a break stands out of coloured noise", at_least=3)
    around: Time = param("45d", "how much on both sides is fitted", at_least="10d", at_most="365d")
    smallest: Length = param("0mm", "the smallest break to mark, horizontally", at_least="0mm")

    def facts(self, piped: Facts) -> Facts:
        return piped

    def apply(
        self, series: Series, *, earthquakes: Catalog | None = None, known: Table | None = None
    ) -> Series:
        if earthquakes is None and known is None and not self.estimate:
            raise Unsuitable(
                "nothing says where steps are",
                repair="name `earthquakes=` or `known=`, or write `estimate=true`",
            )
        found = set(series.steps)
        if earthquakes is not None:
            found |= set(self._of_earthquakes(series, earthquakes))
        if known is not None:
            found |= set(_of_table(series, known))
        if self.estimate:
            found |= set(self._estimated(replace(series, steps=tuple(sorted(found)))))
        return replace(series, steps=tuple(sorted(found)))

    def _of_earthquakes(self, series: Series, catalog: Catalog) -> list[Step]:
        import polars as pl

        span = series.span
        frame = catalog.frame.drop_nulls("magnitude").with_columns(pl.col("time").dt.timestamp("ns"))
        if span is None or not len(frame):
            return []
        frame = frame.filter(pl.col("time").is_between(span.start, span.end))
        reach = 10 ** (pl.col("magnitude") / 2 - 0.79) * self.wider
        steps = []
        for site in series.sites:
            if site.latitude is None or site.longitude is None:
                own = frame.filter(reach > 100.0)
            else:
                own = frame.filter(_away(site.latitude, site.longitude) <= reach)
            steps += [
                Step(time, site.name, f"earthquake M {magnitude:.1f}")
                for time, magnitude in own.select("time", "magnitude").rows()
            ]
        return steps

    def _estimated(self, series: Series) -> list[Step]:
        from seisdsl.methods.displacement.breaks import searched, sizes
        from seisdsl.methods.displacement.cleaning import outlying
        from seisdsl.operators.displacement._days import daily, refuse_empty, refuse_not_daily, refuse_not_mm

        refuse_empty(series, self.word, 20)
        refuse_not_daily(series, self.word)
        refuse_not_mm(series, self.word)
        first, values, mask, _ = daily(series)
        mask = mask & ~outlying(values, mask, _OFF, _DAYS_BESIDE).any(1, keepdim=True)
        rows = {site.name: row for row, site in enumerate(series.sites)}
        listed: list[list[int]] = [[] for _ in rows]
        for step in series.steps:
            day = step.time // _DAY - first
            if step.site in rows and 0 <= day < mask.shape[-1] and day not in listed[rows[step.site]]:
                listed[rows[step.site]].append(day)
        found = searched(
            values.masked_fill(~mask, 0), mask, listed, self.deviations, round(self.around / 86400)
        )
        reach = sizes(values, mask, found)
        across = [at for at, name in enumerate(series.components) if name != "up"] or [0]
        return [
            Step((first + day) * _DAY + _DAY // 2, series.sites[row].name, "estimated")
            for row, known in enumerate(found)
            for day in known.found
            if float(reach[row][day][across].norm()) >= 1000 * self.smallest
        ]


def _of_table(series: Series, table: Table) -> list[Step]:
    import polars as pl

    site = next((name for name in ("site", "station") if name in table.frame.columns), None)
    if site is None or "time" not in table.frame.columns:
        raise Unsuitable(
            "a table of steps has the columns `time`, and `site` or `station`", parameter="known"
        )
    names = {one.name for one in series.sites}
    frame = table.frame.with_columns(pl.col("time").dt.timestamp("ns")).filter(pl.col(site).is_in(names))
    cause = pl.col("cause") if "cause" in frame.columns else pl.lit("listed")
    return [Step(*row) for row in frame.select("time", site, cause.fill_null("").alias("cause")).rows()]


def _away(latitude: float, longitude: float) -> polars.Expr:
    """Kilometres along the surface to each event."""
    import polars as pl

    north, east = pl.col("latitude").radians(), pl.col("longitude").radians()
    here, there = pl.lit(latitude).radians(), pl.lit(longitude).radians()
    half = ((north - here) / 2).sin() ** 2 + here.cos() * north.cos() * ((east - there) / 2).sin() ** 2
    return 2 * _EARTH * half.sqrt().clip(0, 1).arcsin()
