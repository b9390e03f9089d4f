"""Waveforms: traces on one time grid, with a mask that says which samples were recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from seisdsl.data.clips import Clips
from seisdsl.language.types import TimeRange, Value

if TYPE_CHECKING:
    import numpy as np
    from obspy import Stream
    from torch import Tensor

    from seisdsl.data.segments import Account
    from seisdsl.data.table import Catalog

NS = 1_000_000_000
Lateness = tuple[tuple[int, int], ...]  # pairs of sample number and nanoseconds


@dataclass(frozen=True)
class Channel:
    """Which instrument component a trace is of, and where it stands (degrees, metres)."""

    network: str
    station: str
    location: str
    code: str
    latitude: float | None = None
    longitude: float | None = None
    elevation: float | None = None

    @property
    def id(self) -> str:
        return f"{self.network}.{self.station}.{self.location}.{self.code}"

    @property
    def instrument(self) -> str:
        """The id without the component: its channels belong together."""
        return f"{self.network}.{self.station}.{self.location}.{self.code[:-1]}"


@dataclass(frozen=True, eq=False)
class Waves(Value):
    """`samples` and `mask` are [trace, time]; a sample whose mask is False was not recorded.

    Unrecorded samples hold zero and mean nothing: no operator reads them. `start` is the time of
    the first sample in integer nanoseconds. A recorded run whose samples lie between grid points
    (at most half an interval away) says so in `lateness`: for each trace the samples from which on
    it changes, with the nanoseconds by which the true times come after the grid's.
    """

    samples: Tensor
    mask: Tensor
    rate: float
    start: int
    channels: tuple[Channel, ...]
    lateness: tuple[Lateness, ...] = ()  # by trace; nothing at all where all lie on the grid
    unit: str = "counts"
    simulated: bool = False
    scene: Callable[[TimeRange], Catalog] | None = None  # tells what is true of simulated waves
    account: Account | None = None  # of the files they were read from
    clips: Clips = field(default_factory=Clips)  # when reading found an instrument clipped

    @property
    def truth(self) -> Catalog | None:
        """The events behind simulated waves; None for records."""
        return None if self.scene is None else self.scene(self.span)

    @cached_property
    def canonical(self) -> str:
        """A digest of all that they hold: what a program over waves in memory is known by."""
        digest = hashlib.blake2b(digest_size=16)
        for tensor in (self.samples, self.mask):
            digest.update(tensor.detach().cpu().contiguous().numpy().data)
        said = (self.samples.dtype, self.rate, self.start, self.channels, self.lateness, self.unit)
        digest.update(repr((*said, self.simulated, *self.clips.stretches)).encode())
        return digest.hexdigest()

    @property
    def length(self) -> int:
        """Samples of each trace."""
        return int(self.samples.shape[-1])

    @property
    def span(self) -> TimeRange:
        return TimeRange(self.start, self._on_grid(self.length))

    def count(self, seconds: float) -> int:
        """How many samples make up a time."""
        return round(seconds * self.rate)

    def time_of(self, sample: Any, trace: int = 0) -> Any:
        """Time of a sample (or of an array of them) in integer nanoseconds."""
        return self._on_grid(sample) + (self.late(trace, sample) if self.lateness else 0)

    def _on_grid(self, sample: Any) -> Any:
        """Time of a sample by the grid: to the nanosecond the same in any part of a record."""
        import numpy as np

        step = NS / self.rate
        if step == int(step):
            return self.start + sample * int(step)
        exact = Fraction(self.rate).limit_denominator(1_000_000)
        whole, rest = np.divmod(self.first + np.atleast_1d(sample), exact.numerator)
        times = whole * (exact.denominator * NS) + self._aside
        times += np.floor(rest * (exact.denominator * NS / exact.numerator) + 0.5).astype(np.int64)
        return int(times[0]) if np.ndim(sample) == 0 else times

    @cached_property
    def _aside(self) -> int:
        """By how many nanoseconds the grid comes after the one that begins in 1970; one is mere rounding."""
        from seisdsl.data.grid import Grid

        aside = self.start - Grid(self.rate).time(self.first)
        return aside if abs(aside) > 1 else 0

    def late(self, trace: int, sample: Any) -> Any:
        """By how many nanoseconds a trace's sample (or each of an array) comes after its grid time."""
        import numpy as np

        if not self.lateness or not self.lateness[trace]:
            return 0
        changes, late = zip(*self.lateness[trace], strict=True)
        at = np.searchsorted(changes, sample, side="right") - 1
        found = np.where(at >= 0, np.asarray(late)[np.maximum(at, 0)], 0)
        return int(found) if np.ndim(found) == 0 else found

    @property
    def first(self) -> int:
        """Number of the first sample of the grid, counted from 1970: the same in any part of a record."""
        return round(self.start * Fraction(self.rate).limit_denominator(1_000_000) / NS)

    def with_samples(self, samples: Tensor, **changes: Any) -> Waves:
        """The same traces with other samples; unrecorded ones are set to zero."""
        mask = changes.get("mask", self.mask)
        return replace(self, samples=samples.masked_fill(~mask, 0), **changes)

    def segments(self) -> Tensor:
        """Runs of recorded samples as rows of trace, start, end (half-open), in order."""
        import torch

        edges = torch.nn.functional.pad(self.mask.to(torch.int8), (1, 1)).diff(dim=-1)
        starts = (edges == 1).nonzero()
        ends = (edges == -1).nonzero()
        return torch.cat([starts, ends[:, 1:]], dim=1)

    def by_segment(self, transform: Callable[[Tensor], Tensor]) -> Waves:
        """Transform each recorded run on its own: [run, time] to the same shape.

        Runs of one length go through together; nothing crosses a gap.
        """
        import torch

        if bool(self.mask.all()):
            return replace(self, samples=transform(self.samples).to(self.samples.dtype))
        runs = self.segments()
        lengths = runs[:, 2] - runs[:, 1]
        out = torch.zeros_like(self.samples)
        for length in torch.unique(lengths).tolist():
            trace, start, _ = runs[lengths == length].T
            columns = start[:, None] + torch.arange(length, device=start.device)
            rows = trace[:, None].expand_as(columns)
            out[rows, columns] = transform(self.samples[rows, columns]).to(out.dtype)
        return replace(self, samples=out)

    def select(self, traces: list[int]) -> Waves:
        return replace(
            self,
            samples=self.samples[traces],
            mask=self.mask[traces],
            channels=tuple(self.channels[i] for i in traces),
            lateness=tuple(self.lateness[i] for i in traces) if self.lateness else (),
        )

    def cut(self, left: int, right: int, every: int = 1) -> Waves:
        """The samples from `left` to `right` (half-open), or each `every`-th of them."""
        if (left, right, every) == (0, self.length, 1):
            return self
        start, end = self._on_grid(left), self._on_grid(right)
        return replace(
            self,
            samples=self.samples[:, left:right:every].contiguous(),
            mask=self.mask[:, left:right:every].contiguous(),
            rate=self.rate / every,
            start=start,
            clips=self.clips.within(TimeRange(start, end)) if self.clips.stretches else self.clips,
            lateness=tuple(_moved(late, left, every) for late in self.lateness),
        )

    def within(self, time: TimeRange) -> Waves:
        """The samples whose grid time lies in a half-open time: there may be none."""
        from seisdsl.data.grid import Grid

        on_grid = TimeRange(time.start - self._aside, time.end - self._aside)
        edges = (edge - self.first for edge in Grid(self.rate).numbers(on_grid))
        return self.cut(*(min(max(edge, 0), self.length) for edge in edges))

    @classmethod
    def joined(cls, parts: Sequence[Waves]) -> Waves:
        """Parts of one grid put side by side; a channel that a part lacks was not recorded then."""
        import torch

        parts = sorted((part for part in parts if part.length), key=lambda part: part.start) or parts[:1]
        if len(parts) == 1:
            return parts[0]
        channels = _all_channels(parts)
        rows = {channel.id: row for row, channel in enumerate(channels)}
        model = parts[0]
        places = [round((part.start - model.start) * model.rate / NS) for part in parts]
        shape = (len(channels), max(at + part.length for at, part in zip(places, parts, strict=True)))
        dtype = max((part.samples.dtype for part in parts), key=lambda kind: kind.itemsize)
        samples = torch.zeros(shape, dtype=dtype, device=model.samples.device)
        mask = torch.zeros(shape, dtype=torch.bool, device=model.samples.device)
        late: list[dict[int, int]] = [{} for _ in channels]
        for at, part in zip(places, parts, strict=True):
            own = [rows[channel.id] for channel in part.channels]
            samples[own, at : at + part.length] = part.samples.to(dtype)
            mask[own, at : at + part.length] = part.mask
            for row in range(len(channels) if any(late) or part.lateness else 0):
                late[row][at] = 0
            for row, changes in zip(own, part.lateness, strict=False):
                late[row].update({at + sample: by for sample, by in changes})
        return replace(
            model,
            samples=samples,
            mask=mask,
            channels=channels,
            lateness=tuple(_without_repeats(changes) for changes in late) if any(late) else (),
            account=_all_told(parts),
            clips=Clips.joined(part.clips for part in parts),
        )

    def by_instrument(self) -> dict[str, list[int]]:
        """Trace numbers of the components of each instrument."""
        groups: dict[str, list[int]] = {}
        for number, channel in enumerate(self.channels):
            groups.setdefault(channel.instrument, []).append(number)
        return groups

    def to_numpy(self) -> np.ndarray[Any, Any]:
        """Samples as an array, NaN where nothing was recorded."""
        values = self.samples.detach().double().masked_fill(~self.mask, float("nan"))
        array: np.ndarray[Any, Any] = values.cpu().numpy()
        return array

    def to_xarray(self) -> Any:
        """An xarray data set of samples and mask, with times and stations as coordinates."""
        from seisdsl.data.xarrays import to_xarray

        return to_xarray(self)

    def to_obspy(self) -> Stream:
        """One obspy trace for each recorded run."""
        from obspy import Stream, Trace, UTCDateTime

        stream = Stream()
        for trace, start, end in self.segments().tolist():
            channel = self.channels[trace]
            header = {
                "network": channel.network, "station": channel.station,
                "location": channel.location, "channel": channel.code,
                "sampling_rate": self.rate,
                "starttime": UTCDateTime(ns=self.time_of(start, trace)),
            }  # fmt: skip
            stream.append(Trace(self.samples[trace, start:end].cpu().numpy(), header))
        return stream


def _all_channels(parts: Sequence[Waves]) -> tuple[Channel, ...]:
    """Those of all parts, in the order of the parts where it is the same in all."""
    first = parts[0].channels
    if all([c.id for c in part.channels] == [c.id for c in first] for part in parts):
        return first
    known = {channel.id: channel for part in reversed(parts) for channel in part.channels}
    return tuple(known[name] for name in sorted(known))


def _all_told(parts: Sequence[Waves]) -> Account | None:
    told = [part.account for part in parts if part.account is not None]
    return sum(told[1:], start=told[0]) if told else None


def _without_repeats(changes: dict[int, int]) -> Lateness:
    kept: list[tuple[int, int]] = []
    for sample, by in sorted(changes.items()):
        if by != (kept[-1][1] if kept else 0):
            kept.append((sample, by))
    return tuple(kept)


def _moved(late: Lateness, left: int, every: int) -> Lateness:
    """The same changes counted in every `every`-th sample from `left` on."""
    moved: dict[int, int] = {}
    for sample, by in late:
        moved[max(0, -((left - sample) // every))] = by
    return tuple(moved.items())
