"""A long value seen part by part: what there is to say of it without holding it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from seisdsl.data.examples import Examples
from seisdsl.data.examples_overview import ExamplesOverview
from seisdsl.data.waves import Channel, Waves
from seisdsl.language.types import TimeRange


@dataclass(frozen=True)
class WavesOverview:
    """Waves by their traces: what was recorded of each, and its peak."""

    channels: tuple[Channel, ...]
    recorded: tuple[int, ...]  # samples of each trace
    peaks: tuple[float, ...]
    length: int
    rate: float
    span: TimeRange
    unit: str
    simulated: bool

    @property
    def missing(self) -> int:
        return self.length * len(self.channels) - sum(self.recorded)

    @classmethod
    def of(cls, waves: Waves) -> WavesOverview:
        some = bool(waves.length)
        return cls(
            waves.channels,
            tuple(waves.mask.sum(dim=-1).tolist()),
            tuple(waves.samples.abs().amax(dim=-1).tolist() if some else [0.0] * len(waves.channels)),
            waves.length,
            waves.rate,
            waves.span,
            waves.unit,
            waves.simulated,
        )

    def __add__(self, other: WavesOverview) -> WavesOverview:
        """Both parts together; channels in order of their ids where the parts have different ones."""
        channels = self.channels
        if [c.id for c in channels] != [c.id for c in other.channels]:
            known = {channel.id: channel for channel in (*other.channels, *self.channels)}
            channels = tuple(known[name] for name in sorted(known))
        span = TimeRange(min(self.span.start, other.span.start), max(self.span.end, other.span.end))
        return replace(
            self,
            channels=channels,
            recorded=tuple(self._recorded(c) + other._recorded(c) for c in channels),
            peaks=tuple(max(self._peak(c), other._peak(c)) for c in channels),
            length=round(span.seconds * self.rate),
            span=span,
        )

    def _recorded(self, channel: Channel) -> int:
        return sum(n for own, n in zip(self.channels, self.recorded, strict=True) if own.id == channel.id)

    def _peak(self, channel: Channel) -> float:
        found = (peak for own, peak in zip(self.channels, self.peaks, strict=True) if own.id == channel.id)
        return max(found, default=0.0)

    @classmethod
    def joined(cls, parts: Sequence[WavesOverview]) -> WavesOverview:
        return sum(parts[1:], start=parts[0])


@dataclass(frozen=True)
class Overview:
    """Any other long value: its kind, its traces or stations, and the span of its parts."""

    kind: str
    parts: int
    traces: int
    span: TimeRange | None
    simulated: bool

    @classmethod
    def joined(cls, parts: Sequence[Overview]) -> Overview:
        spans = [part.span for part in parts if part.span is not None]
        span = TimeRange(min(s.start for s in spans), max(s.end for s in spans)) if spans else None
        return replace(
            parts[0],
            parts=sum(part.parts for part in parts),
            traces=max(part.traces for part in parts),
            span=span,
        )


def overview(parts: Iterable[Any]) -> Any:
    """Of the parts of one value, which are there; each is let go before the next is looked at."""
    told: list[Any] = [_of(part) for part in parts]
    return type(told[0]).joined(told)


def _of(part: Any) -> WavesOverview | ExamplesOverview | Overview:
    if isinstance(part, Waves):
        return WavesOverview.of(part)
    if isinstance(part, Examples):
        return ExamplesOverview.of(part)
    simulated, traces = bool(getattr(part, "simulated", False)), len(getattr(part, "channels", ()))
    return Overview(type(part).__name__, 1, traces, getattr(part, "span", None), simulated)
