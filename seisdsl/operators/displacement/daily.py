"""The operator `daily`."""

from __future__ import annotations

from dataclasses import replace

from seisdsl.data.series import Series
from seisdsl.operator import Facts, Operator, param


class Daily(Operator, name="daily"):
    """Average positions that come several times a day to one a day, at noon.

    A day with fewer than `fewest` positions is a gap. Errors become those of the mean, as if
    positions of one day were independent, which makes them too small.
    """

    example = "simulate-displacement slow-slip | daily | show"
    tags = ("GNSS", "displacement")

    fewest: int = param(1, "positions that a day must have", at_least=1)

    def facts(self, piped: Facts) -> Facts:
        return piped

    def apply(self, series: Series) -> Series:
        import torch

        from seisdsl.operators.displacement._days import DAY, refuse_empty

        refuse_empty(series, self.word)
        days, row = torch.unique(series.epochs // DAY, return_inverse=True)
        shape = (*series.values.shape[:2], len(days))

        def added(values: torch.Tensor) -> torch.Tensor:
            return torch.zeros(shape, dtype=torch.float64).index_add_(-1, row, values.double())

        count = added(series.mask)
        mask = count >= self.fewest
        mean = (added(series.values * series.mask) / count.clamp_min(1)).masked_fill(~mask, 0)
        sigma = None
        if series.sigma is not None:
            sigma = (added(series.sigma.square() * series.mask).sqrt() / count.clamp_min(1)).masked_fill(
                ~mask, 0
            )
        return replace(series, values=mean, mask=mask, epochs=days * DAY + DAY // 2, sigma=sigma)
