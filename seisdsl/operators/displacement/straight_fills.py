"""The operator `straight-fills`."""

from __future__ import annotations

from seisdsl.data.series import Series
from seisdsl.language.types import Length
from seisdsl.operator import Facts, Operator, Unsuitable, param


class StraightFills(Operator, name="straight-fills"):
    """Make gaps again of days that someone filled with straight lines.

    Some published series have their gaps interpolated. Days on which all components lie on a line
    through the days before and after, to within the rounding of the file, were not measured: by
    chance it happens to two components once in some ten thousand days. The ends of a line were
    measured and are kept. A single component must lie on a line for `shortest` days. Noise-free
    series are straight everywhere: this is for real ones.
    """

    example = "simulate-displacement stations=3 | straight-fills | show"
    tags = ("GNSS", "displacement", "cleaning")

    rounding: Length = param("0.01mm", "the last digit of the positions", above="0mm", at_most="1mm")
    shortest: int = param(4, "days on end that a single component must lie on a line", at_least=2)

    def facts(self, piped: Facts) -> Facts:
        return piped

    def apply(self, series: Series) -> Series:
        from seisdsl.methods.displacement.cleaning import straight
        from seisdsl.operators.displacement._days import refuse_not_mm, without

        refuse_not_mm(series, self.word)
        if len(series.epochs) < 3:
            return series
        tolerance = 2.05 * self.rounding * 1000
        found = straight(series.values.double(), series.mask, tolerance, self.shortest)
        if found.any() and float(found.sum()) > 0.9 * float(series.mask.any(1).sum()):
            raise Unsuitable(
                "nine days of ten lie on straight lines: these are no measurements", parameter="rounding"
            )
        return without(series, found[:, None].expand(series.mask.shape))
