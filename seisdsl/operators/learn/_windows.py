"""Where windows lie in the record of an instrument, and one of them cut out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seisdsl.data.grid import Grid
from seisdsl.data.lateness import thinned
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.operator import Unsuitable
from seisdsl.operators.signal._grid import aside

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Places:
    """Samples or frames of a record, numbered since 1970, as the time they begin at tells them."""

    grid: Grid
    first: int
    length: int
    aside: int  # nanoseconds by which they come after the grid
    frame: int  # nanoseconds that one of them covers

    @classmethod
    def of(cls, record: Waves | Spectrogram) -> Places:
        if isinstance(record, Waves):
            return cls(Grid(record.rate), record.first, record.length, aside(record), round(NS / record.rate))
        frame = frame_of(record)
        begin, grid = record.start - frame // 2, Grid(1 / record.step)
        number = grid.number(begin)
        by = begin - grid.time(number)
        return cls(grid, number, record.windows, by if abs(by) > 1 else 0, frame)

    def lefts(self, window: float, hop: float) -> tuple[Tensor, int]:
        """Where windows begin, whole multiples of `hop` since 1970; and their length."""
        import torch

        length, every = (max(1, round(seconds * self.grid.rate)) for seconds in (window, hop))
        ahead = -self.first % every
        return torch.arange(ahead, max(ahead, self.length - length + 1), every), length

    def times(self, lefts: Tensor, length: int) -> tuple[Tensor, Tensor]:
        """Of the first sample of each window, and of its end: of frames, without what overlaps others."""
        import torch

        def time(place: int) -> int:
            return self.grid.time(self.first + place) + self.aside

        begin, end = ([time(left + by) for left in lefts.tolist()] for by in (0, length))
        return torch.tensor(begin, dtype=torch.long), torch.tensor(end, dtype=torch.long)


def instruments(record: Waves | Spectrogram) -> Iterator[tuple[Channel, list[int]]]:
    """The first channel of each instrument, and its traces."""
    found: dict[str, list[int]] = {}
    for number, channel in enumerate(record.channels):
        found.setdefault(channel.instrument, []).append(number)
    for rows in found.values():
        yield record.channels[rows[0]], rows


def cut(
    record: Waves | Spectrogram, rows: list[int], left: int, length: int, begin: int
) -> Waves | Spectrogram:
    """A window of one instrument that begins at a time; it holds no other part of the record in memory."""
    part = slice(left, left + length)
    lateness = tuple(
        tuple((at, by) for at, by in thinned(record.lateness[row], left) if at < length)
        for row in (rows if record.lateness else ())
    )
    about: dict[str, Any] = {
        "mask": record.mask[rows, part].clone(),
        "channels": tuple(record.channels[row] for row in rows),
        "lateness": lateness if any(lateness) else (),
        "scene": None,
    }
    if isinstance(record, Waves):
        samples = record.samples[rows, part].clone()
        return replace(record, **about, samples=samples, start=begin, account=None)
    power = record.power[rows, :, part].clone()
    return replace(record, **about, power=power, start=begin + frame_of(record) // 2)


def frame_of(spectrogram: Spectrogram) -> int:
    """Nanoseconds of record in each frame."""
    frequencies = spectrogram.frequencies
    if len(frequencies) < 2:
        raise Unsuitable("a spectrogram of one frequency cannot be cut into examples")
    return round(NS / float(frequencies[1] - frequencies[0]))
