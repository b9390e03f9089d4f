"""Spectrograms: how power is spread over frequency, window by window."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seisdsl.data.joining import together
from seisdsl.data.lateness import changed, thinned
from seisdsl.data.waves import NS, Channel, Lateness
from seisdsl.language.types import TimeRange, Value

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.data.table import Catalog


@dataclass(frozen=True, eq=False)
class Spectrogram(Value):
    """`power` is [trace, frequency, window], a one-sided density in `unit`.

    A window that touches unrecorded samples has its `mask` [trace, window] False and power zero.
    `start` is the centre of the first window, `step` the seconds between windows. Windows of traces
    between grid points say in `lateness` from which window on their centres come how many
    nanoseconds later, as waves do by sample.
    """

    power: Tensor
    mask: Tensor
    frequencies: Tensor
    step: float
    start: int
    channels: tuple[Channel, ...]
    lateness: tuple[Lateness, ...] = ()
    unit: str = "counts²/Hz"
    simulated: bool = False
    scene: Callable[[TimeRange], Catalog] | None = None  # tells what is true of simulated waves

    @property
    def truth(self) -> Catalog | None:
        """The events behind simulated waves; None for records."""
        return None if self.scene is None else self.scene(self.span)

    @property
    def windows(self) -> int:
        """Windows of each trace."""
        return int(self.power.shape[-1])

    @property
    def span(self) -> TimeRange:
        """From the centre of the first window to one step after that of the last."""
        return TimeRange(self.start, self.start + round(self.windows * self.step * NS))

    def within(self, time: TimeRange) -> Spectrogram:
        """The windows whose centre on the grid lies in a half-open time: there may be none."""
        edges = (math.ceil((edge - self.start) / (self.step * NS) - 1e-6) for edge in (time.start, time.end))
        left, right = (min(max(edge, 0), self.windows) for edge in edges)
        right = max(left, right)
        return replace(
            self,
            power=self.power[..., left:right].contiguous(),
            mask=self.mask[:, left:right].contiguous(),
            start=self.start + round(left * self.step * NS),
            lateness=tuple(thinned(late, left) for late in self.lateness),
        )

    def to_numpy(self) -> Any:
        """Power as an array of [trace, frequency, window], NaN where nothing was recorded."""
        power = self.power.detach().double().masked_fill(~self.mask[:, None], float("nan"))
        return power.cpu().numpy()

    def to_xarray(self) -> Any:
        """An xarray data set of power and mask, with times, frequencies and stations as coordinates."""
        from seisdsl.data.xarrays import to_xarray

        return to_xarray(self)

    @classmethod
    def joined(cls, parts: Sequence[Spectrogram]) -> Spectrogram:
        """Parts of one record put side by side; a channel that a part lacks was not recorded then."""
        import torch

        parts = sorted([p for p in parts if p.windows] or parts[:1], key=lambda part: part.start)
        if len(parts) == 1:
            return parts[0]
        model = parts[0]
        channels, rows = together([part.channels for part in parts], lambda channel: channel.id)
        places = [round((part.start - model.start) / (model.step * NS)) for part in parts]
        windows = max(at + part.windows for at, part in zip(places, parts, strict=True))
        power = model.power.new_zeros(len(channels), len(model.frequencies), windows)
        mask = torch.zeros(len(channels), windows, dtype=torch.bool, device=power.device)
        late: list[dict[int, int]] = [{} for _ in channels]
        for at, part, own in zip(places, parts, rows, strict=True):
            power[own, :, at : at + part.windows] = part.power.to(power.dtype)
            mask[own, at : at + part.windows] = part.mask
            for row in range(len(channels)):
                late[row][at] = 0
            for row, changes in zip(own, part.lateness, strict=False):
                late[row].update({at + window: by for window, by in changes})
        lateness = tuple(changed(changes) for changes in late)
        return replace(
            model, power=power, mask=mask, channels=channels, lateness=lateness if any(lateness) else ()
        )
