"""Waveforms: traces on one time grid, with a mask that says which samples were recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seisdsl.language.types import TimeRange, Value

if TYPE_CHECKING:
    import numpy as np
    from obspy import Stream
    from torch import Tensor

NS = 1_000_000_000


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
    the first sample in integer nanoseconds; a trace whose samples lie between grid points (less
    than half an interval away) says by how many nanoseconds in `offsets`.
    """

    samples: Tensor
    mask: Tensor
    rate: float
    start: int
    channels: tuple[Channel, ...]
    offsets: tuple[int, ...] = ()
    unit: str = "counts"
    simulated: bool = False
    truth: Any = None  # the Catalog behind simulated waves

    def __post_init__(self) -> None:
        if not self.offsets:
            object.__setattr__(self, "offsets", (0,) * len(self.channels))

    @property
    def length(self) -> int:
        """Samples of each trace."""
        return int(self.samples.shape[-1])

    @property
    def span(self) -> TimeRange:
        return TimeRange(self.start, self.start + round(self.length * NS / self.rate))

    def count(self, seconds: float) -> int:
        """How many samples make up a time."""
        return round(seconds * self.rate)

    def time_of(self, sample: Any, trace: int = 0) -> Any:
        """Time of a sample (or of an array of them) in integer nanoseconds."""
        step = NS / self.rate
        if step == int(step):
            return self.start + self.offsets[trace] + sample * int(step)
        return self.start + self.offsets[trace] + _rounded(sample * step)

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
            offsets=tuple(self.offsets[i] for i in traces),
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


def _rounded(value: Any) -> Any:
    import numpy as np

    return round(value) if isinstance(value, float | int) else np.rint(value).astype(np.int64)
