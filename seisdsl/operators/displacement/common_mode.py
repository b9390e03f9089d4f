"""The operator `common-mode`."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from seisdsl.data.series import Series
from seisdsl.operator import Facts, Operator, Unsuitable, param


class CommonMode(Operator, name="common-mode"):
    """Take away the noise that all sites of a network share.

    `stack`: the mean over sites on each day, each by its own scatter; `components`: the first principal
    components, in which sites take part as much as they do. Both read residuals: put
    `trajectory | residual` before it, or the motion of the ground itself is taken for noise; what is
    steady is taken out and given back. A slow slip that all sites see is taken away too, which is why
    the network should be larger than it: `slow-slip` is better left without.
    """

    cite = (
        "Wdowinski, Bock, Zhang, Fang and Genrich 1997, doi:10.1029/97JB01378",
        "Dong, Fang, Bock, Webb, Prawirodirdjo, Kedar and Jamason 2006, doi:10.1029/2005JB003806",
    )
    example = "simulate-displacement slow-slip common=1mm | trajectory | residual | common-mode | show"
    tags = ("GNSS", "displacement", "network", "cleaning")

    by: Literal["stack", "components"] = param("stack", "how it is told")
    number: int = param(1, "of principal components", at_least=1, at_most=5)
    fewest: int = param(3, "sites that a day must have", at_least=2)

    def facts(self, piped: Facts) -> Facts:
        return piped

    def apply(self, series: Series) -> Series:
        from seisdsl.methods.displacement.cleaning import common, leading
        from seisdsl.operators.displacement._days import refuse_empty
        from seisdsl.operators.displacement._model import How, fit, value_at

        refuse_empty(series, self.word, 5)
        if len(series.sites) < self.fewest:
            raise Unsuitable(
                f"noise in common is told by {self.fewest} sites or more, and here is "
                + (f"{len(series.sites)}" if len(series.sites) > 1 else "one"),
                parameter="fewest",
            )
        steady = value_at(fit(series, How(1, (), weighted=False, coloured=False)), series.epochs)
        left = (series.values.double() - steady).masked_fill(~series.mask, 0)
        if self.by == "stack":
            mean, _ = common(left, series.mask, self.fewest)
            shared = mean[None]
        else:
            shared = leading(left, series.mask, self.number)
            shared = shared * (series.mask.sum(0) >= self.fewest)
        values = (series.values.double() - shared).masked_fill(~series.mask, 0)
        return replace(series, values=values)
