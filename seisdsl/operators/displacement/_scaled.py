"""Series as `postseismic-lstm` reads them: horizontal, daily, scaled, without short gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seisdsl.data.series import Series
from seisdsl.operator import Unsuitable
from seisdsl.operators.displacement._days import DAY, daily, refuse_empty, refuse_not_daily

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.operators.displacement.postseismic_lstm import PostseismicLSTM

_SMOOTHED = 0.1  # of a window that may be missing where a forecast begins


@dataclass(frozen=True)
class Scaled:
    """Rows are the components of sites: [row, day], with what turns them into millimetres again."""

    how: PostseismicLSTM
    series: Series
    first: int
    values: Tensor
    mask: Tensor
    zero: Tensor
    size: Tensor
    clear: Tensor
    widest: float

    @classmethod
    def of(cls, how: PostseismicLSTM, series: Series, widest: float | None) -> Scaled:
        from seisdsl.methods.displacement import lstm
        from seisdsl.methods.displacement.cleaning import scatter
        from seisdsl.operators.displacement.postseismic_lstm import HORIZONTAL

        refuse_empty(series, how.word, how.days + 2)
        refuse_not_daily(series, how.word)
        lacking = [name for name in HORIZONTAL if name not in series.components]
        if lacking:
            raise Unsuitable(f"`{how.word}` reads motion east and north, and there is no {lacking[0]}")
        first, values, mask, _ = daily(series)
        own = [series.components.index(name) for name in HORIZONTAL]
        values, mask = values[:, own].flatten(0, 1), mask[:, own].flatten(0, 1)
        if values.shape[1] < how.days + 2:
            raise Unsuitable(
                f"a forecast from {how.days} days needs more days than these {values.shape[1]}",
                parameter="window",
            )
        noise = scatter(values, mask)
        values, mask = lstm.interpolated(values, mask, 5)
        end = max(how.days + 1, int(how.share * values.shape[1]))
        if how.scale == "range":
            low, high = lstm.lowest_highest(values[:, :end], mask[:, :end])
            zero, size, clear = low, high - low, (high - low) > 5 * noise
            return cls(how, series, first, values, mask, zero, size, clear, 1.0)
        begin, motion, clear = lstm.first_window(values, mask, how.days, noise)
        if widest is None:
            widest = lstm.widest(values[:, :end], mask[:, :end], begin, motion, clear)
        if not bool(clear.any()):
            raise Unsuitable(
                "no component moves by five times its scatter in the first window", parameter="scale"
            )
        return cls(how, series, first, values, mask, begin, motion * widest, clear, widest)

    def coded(self) -> Tensor:
        from seisdsl.methods.displacement.lstm import HIGH, LOW

        return LOW + (HIGH - LOW) * (self.values - self.zero[:, None]) / self.size[:, None]

    def learnt(self) -> tuple[Tensor, Tensor]:
        """The training part, and where it is known and clear."""
        end = max(self.how.days + 1, int(self.how.share * self.values.shape[1]))
        return self.coded()[:, :end].masked_fill(~self.mask[:, :end], 0), self.mask[:, :end] & self.clear[
            :, None
        ]

    def forecast(self, networks: Any) -> Series:
        """All days from where the forecast begins to the end of the record; its error is the spread."""
        import torch

        from seisdsl.methods.displacement.lstm import HIGH, LOW, ahead, interpolated

        days, length = self.how.days, self.values.shape[1]
        begin = days if self.how.begin == "window" else max(days, int(self.how.share * length))
        if begin >= length:
            raise Unsuitable("the record ends before the forecast begins", parameter="share")
        window = self.mask[:, begin - days : begin]
        ready = self.clear & (window.double().mean(1) >= 1 - _SMOOTHED)
        filled, whole = interpolated(self.coded()[:, begin - days : begin], window, days)
        ready &= whole.all(1)
        ahead_days = length - begin
        found = self.values.new_zeros(len(networks), len(ready), ahead_days)
        for member, network in enumerate(networks):
            if bool(ready.any()):
                found[member, ready] = ahead(network, filled[ready].float(), ahead_days).double()
        moved = (found - LOW) / (HIGH - LOW) * self.size[:, None] + self.zero[:, None]
        sites = len(self.series.sites)
        mask = ready[:, None].expand(-1, ahead_days).reshape(sites, 2, ahead_days)
        mean = moved.mean(0).view(sites, 2, ahead_days).masked_fill(~mask, 0)
        spread = None
        if len(networks) > 1:
            spread = moved.std(0).view(sites, 2, ahead_days).masked_fill(~mask, 0)
        usual = int(self.series.epochs[0]) % DAY
        epochs = (self.first + begin + torch.arange(ahead_days)) * DAY + usual
        return Series(
            mean, mask.contiguous(), epochs, self.series.sites, ("east", "north"), self.series.unit, spread,
            simulated=self.series.simulated,
        )  # fmt: skip
