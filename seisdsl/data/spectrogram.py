"""Spectrograms: how power is spread over frequency, window by window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seisdsl.data.waves import Channel
from seisdsl.language.types import Value

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Spectrogram(Value):
    """`power` is [trace, frequency, window], a one-sided density in `unit`.

    A window that touches unrecorded samples has its `mask` [trace, window] False and power zero.
    `start` is the centre of the first window, `step` the seconds between windows.
    """

    power: Tensor
    mask: Tensor
    frequencies: Tensor
    step: float
    start: int
    channels: tuple[Channel, ...]
    offsets: tuple[int, ...]
    unit: str = "counts²/Hz"
    simulated: bool = False
