"""The operator `seasonal`."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from seisdsl.data.series import Series
from seisdsl.language.types import Instant
from seisdsl.operator import Facts, Operator, Unsuitable, param
from seisdsl.operators.displacement.trajectory import SHORTEST, FitTrajectory


class Seasonal(Operator, name="seasonal"):
    """Take annual and semi-annual motion out of each series.

    They are fitted together with a line, the known steps and, where it is named, the decay after an
    earthquake, and they alone are taken away. Seasons that change from year to year stay in part.
    Less than a year and a half of data cannot tell a season from a trend and is refused.
    """

    cite = "Blewitt and Lavallee 2002, doi:10.1029/2001JB000570"
    example = "simulate-displacement stations=4 | seasonal decay=two-logs | show"
    tags = ("GNSS", "displacement", "regression", "cleaning")
    version = 2

    cycles: int = param(2, "1: annual; 2: semi-annual too", at_least=1, at_most=2)
    decay: Literal["none", "log", "exponential", "log-exponential", "two-logs", "two-logs-exponential"] = (
        param("none", "what follows an earthquake and is no season")
    )
    since: Instant | None = param(None, "of the earthquake; the first epoch where not given")
    degree: int = param(1, "of the polynomial that is no season", at_least=1, at_most=2)

    def facts(self, piped: Facts) -> Facts:
        return piped

    def apply(self, series: Series) -> Series:
        from seisdsl.operators.displacement._days import refuse_empty
        from seisdsl.operators.displacement._model import fit, value_at

        refuse_empty(series, self.word, 10)
        span = series.span
        if span is None or span.seconds < SHORTEST * 31_557_600:
            raise Unsuitable("a season is told from a trend by a year and a half of data or more")
        made = FitTrajectory(
            decay=self.decay,
            since=self.since,
            degree=self.degree,
            seasons=self.cycles,
            noise="white",
            shared=True,
        )
        fitted = fit(series, made.how)
        season = value_at(fitted, series.epochs, ("cosine", "sine"))
        values = (series.values.double() - season).masked_fill(~series.mask, 0)
        return replace(series, values=values)
