"""The operator `outliers`."""

from __future__ import annotations

from seisdsl.data.series import Series
from seisdsl.language.types import Time
from seisdsl.operator import Facts, Operator, param


class Outliers(Operator, name="outliers"):
    """Make gaps of positions that lie off the days before them and off the days after them.

    A position is left out where it is more than `deviations` of its series' scatter away from the
    median of the days before and, on the same side, of the days after. So neither steps nor the first
    steep days after an earthquake are taken for outliers; several bad days on end longer than half of
    `around` are not found either. One component that is out puts the day out for all.
    """

    cite = "Wdowinski, Bock, Zhang, Fang and Genrich 1997, doi:10.1029/97JB01378"
    example = "simulate-displacement slow-slip | outliers | show"
    tags = ("GNSS", "displacement", "cleaning")

    deviations: float = param(5.0, "how far off, in robust standard deviations of the noise", at_least=2)
    around: Time = param("15d", "how long the medians before and after are", at_least="3d", at_most="365d")
    alone: bool = param(False, "whether a component may be out while the others are kept")

    def facts(self, piped: Facts) -> Facts:
        return piped

    def apply(self, series: Series) -> Series:
        from seisdsl.methods.displacement.cleaning import outlying
        from seisdsl.operators.displacement._days import interval, refuse_empty, without

        refuse_empty(series, self.word)
        count = max(3, round(self.around * 1e9 / interval(series)))
        out = outlying(series.values.double(), series.mask, self.deviations, count)
        if not self.alone:
            out = out.any(1, keepdim=True).expand(out.shape)
        return without(series, out)
