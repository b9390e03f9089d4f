"""Series as `postseismic-lstm` reads them: horizontal, daily, scaled, without short gaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seisdsl.data.series import Series
from seisdsl.operator import Unsuitable
from seisdsl.operators.displacement._days import DAY, daily, refuse_empty, refuse_not_daily, refuse_not_mm

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.methods.displacement.lstm import Windows
    from seisdsl.operators.displacement.postseismic_lstm import PostseismicLSTM

_SMOOTHED = 0.1  # of a window that may be missing where a forecast begins
_CLEAR = 2.0  # times the scatter of a day: less motion in the first window says nothing


@dataclass(frozen=True)
class Scaled:
    """Rows are sites, or each component of them: [row, channel, day], known where `mask` [row, day].

    `zero`, `size` and `clear` are [row, channel]; `widest` is what was learnt of how far series go. Days
    are those that may be read; `length` counts all of the record.
    """

    how: PostseismicLSTM
    series: Series
    first: int
    length: int
    values: Tensor
    mask: Tensor
    zero: Tensor
    size: Tensor
    clear: Tensor
    widest: float

    @classmethod
    def learning(cls, how: PostseismicLSTM, series: Series, widest: float | None = None) -> Scaled:
        """What may be learnt from."""
        return cls.of(how, series, widest, how.learnt_of)

    @classmethod
    def forecasting(cls, how: PostseismicLSTM, series: Series, widest: float) -> Scaled:
        """What comes before the forecast."""
        return cls.of(how, series, widest, how.learnt_of if how.begin == "share" else lambda length: how.days)

    @classmethod
    def of(
        cls, how: PostseismicLSTM, series: Series, widest: float | None, read: Callable[[int], int]
    ) -> Scaled:
        import torch

        from seisdsl.methods.displacement import lstm
        from seisdsl.methods.displacement.cleaning import scatter
        from seisdsl.operators.displacement.postseismic_lstm import HORIZONTAL

        refuse_empty(series, how.word, how.days + how.every + 1)
        refuse_not_daily(series, how.word)
        refuse_not_mm(series, how.word)
        lacking = [name for name in HORIZONTAL if name not in series.components]
        if lacking:
            raise Unsuitable(f"`{how.word}` reads motion east and north, and there is no {lacking[0]}")
        first, values, mask, _ = daily(series)
        own = [series.components.index(name) for name in HORIZONTAL]
        values, mask = values[:, own], mask[:, own]
        if not how.together:
            values, mask = values.flatten(0, 1)[:, None], mask.flatten(0, 1)[:, None]
        if values.shape[-1] < how.days + how.every + 1:
            raise Unsuitable(
                f"a forecast from {how.days} days needs more days than these {values.shape[-1]}",
                parameter="window",
            )
        length = values.shape[-1]
        end = how.learnt_of(length)
        low, high = lstm.lowest_highest(values[..., :end], mask[..., :end])
        values, mask = values[..., : read(length)], mask[..., : read(length)]
        noise = scatter(values[..., : how.days], mask[..., : how.days])
        begin, motion = lstm.first_window(values, mask, how.days)
        values, mask = lstm.means(*lstm.interpolated(values, mask, 5), how.every)
        if how.scale == "range":
            zero, size, clear, widest = low, high - low, high - low > _CLEAR * noise, 1.0
        else:
            reach = lstm.reach(values, mask, begin, how.days, noise)
            size = torch.ones_like(reach) if how.scale == "network" else reach
            zero, clear = begin, motion.abs() > _CLEAR * noise
            if widest is None:
                widest = lstm.widest(values, mask, begin, size, clear)
            size = size * widest
        if not bool(clear.any()):
            raise Unsuitable("no component moves by twice its scatter in the first window")
        return cls(how, series, first, length, values, mask.all(1), zero, size, clear, widest)

    def coded(self) -> Tensor:
        from seisdsl.methods.displacement.lstm import HIGH, LOW

        return LOW + (HIGH - LOW) * (self.values - self.zero[..., None]) / self.size[..., None]

    def unit(self) -> Tensor:
        """Millimetres that a row, as coded, goes by one [row, channel]."""
        from seisdsl.methods.displacement.lstm import HIGH, LOW

        return (self.size / (HIGH - LOW)).float()

    def learnt(self) -> Windows:
        """Days to learn from, of rows of which something is clear."""
        from seisdsl.methods.displacement.lstm import Windows

        there = self.mask & self.clear.any(1, keepdim=True)
        rows = self.coded().masked_fill(~there[:, None], 0).float()
        return Windows(rows, there, self.how.steps, self.how.every)

    def forecast(self, networks: Any) -> Series:
        """All days from where the forecast begins to the end of the record; its error is the spread."""
        import torch

        from seisdsl.methods.displacement.lstm import HIGH, LOW, ahead, by_day, interpolated

        every, begin = self.how.every, self.values.shape[-1]
        if begin >= self.length:
            raise Unsuitable("the record ends before the forecast begins", parameter="share")
        at = torch.arange(begin - 1 - every * (self.how.steps - 1), begin, every, device=self.values.device)
        window = self.mask[:, at]
        coded = self.coded()[..., at]
        filled, whole = interpolated(coded, window[:, None].expand_as(coded), len(at))
        ready = (window.double().mean(1) >= 1 - _SMOOTHED) & whole.flatten(1).all(1)
        ahead_days = self.length - begin
        steps = -(-(2 * ahead_days + every - 1) // (2 * every))
        found = self.values.new_zeros(len(networks), *self.size.shape, ahead_days)
        for member, network in enumerate(networks):
            if bool(ready.any()):
                means = ahead(network, filled[ready].float(), steps).double()
                found[member, ready] = by_day(means, filled[ready, :, -1].double(), every, ahead_days)
        moved = (found - LOW) / (HIGH - LOW) * self.size[..., None] + self.zero[..., None]
        sites = len(self.series.sites)
        told = (ready[:, None] & self.clear).view(sites, 2, 1)
        mask = told.expand(-1, -1, ahead_days)
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
