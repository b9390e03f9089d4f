"""Long values as their pictures need them: taken part by part, and never held whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seisdsl.data.examples import Examples
from seisdsl.data.examples_overview import ExamplesOverview
from seisdsl.data.overview import WavesOverview
from seisdsl.data.scores import Scores
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.engine.parts import Parts
from seisdsl.language.types import TimeRange
from seisdsl.report.columns import Array, Columns

TRACES = 6  # of a spectrogram that are drawn
_KEPT = 10  # examples of a class
_BINS = 600  # frequencies of a spectrogram that can be told apart


@dataclass(frozen=True)
class Times:
    """Columns of time: `start` is where the first begins, `step` how long each is, in nanoseconds.

    `several` says whether a column stands for more than one sample or window.
    """

    start: int
    step: float
    number: int
    several: bool

    @property
    def edges(self) -> Array:
        return (self.start + np.arange(self.number + 1) * self.step).astype(np.int64)

    @property
    def span(self) -> TimeRange:
        return TimeRange(self.start, int(self.edges[-1]))


@dataclass(frozen=True)
class WavesColumns:
    """Waves as the smallest and the largest sample of each column; NaN where nothing was recorded."""

    channels: tuple[Channel, ...]
    low: Array
    high: Array
    times: Times
    overview: WavesOverview
    near: Waves | None = None  # all samples of a time that was asked for

    @property
    def simulated(self) -> bool:
        return self.overview.simulated


@dataclass(frozen=True)
class ScoresColumns:
    """Scores as the largest probability of each column, [station, class, column]; NaN: not judged."""

    channels: tuple[Channel, ...]
    classes: tuple[str, ...]
    probability: Array
    times: Times
    step: float  # seconds from window to window
    windows: int
    known: float  # the share of windows that were judged
    simulated: bool


@dataclass(frozen=True)
class SpectrogramColumns:
    """The mean power of each column for some traces, of `traces`; NaN where nothing was recorded."""

    channels: tuple[Channel, ...]
    power: Array
    frequencies: Array
    band: tuple[float, float]
    times: Times
    unit: str
    step: float
    windows: int
    traces: int
    known: float
    simulated: bool


@dataclass(frozen=True)
class ExamplesFew:
    """Some examples of each class, spread over all, and what there is to say of all of them."""

    few: Examples[Any]
    overview: ExamplesOverview

    @property
    def simulated(self) -> bool:
        return self.overview.simulated


def condensed(value: Any, around: TimeRange | None = None) -> Any:
    """A long value as what its picture needs; one that has no such form, whole.

    Of waves all samples `around` a time are kept beside.
    """
    if not isinstance(value, Parts):
        return value
    first = next(iter(value), None)
    match first:
        case Waves():
            return waves_columns(value, around)
        case Scores():
            return scores_columns(value)
        case Spectrogram():
            return spectrogram_columns(value)
        case Examples():
            return few_examples(value)
    return value.whole


def waves_columns(parts: Iterable[Waves], around: TimeRange | None = None) -> WavesColumns:
    columns = Columns({"low": np.fmin, "high": np.fmax})
    near: list[Waves] = []
    told: WavesOverview | None = None
    for part in parts:
        told = WavesOverview.of(part) if told is None else told + WavesOverview.of(part)
        if not part.length:
            continue
        if around is not None and (own := part.within(around)).length:
            near.append(own)
        samples = part.samples.detach().cpu().double().numpy()
        samples = np.where(part.mask.cpu().numpy(), samples, np.nan)
        columns.add([c.id for c in part.channels], part.first, {"low": samples, "high": samples})
    assert told is not None
    if not columns.values:
        nothing = np.empty((len(told.channels), 0))
        return WavesColumns(told.channels, nothing, nothing, Times(told.span.start, 1.0, 0, False), told)
    step = NS / told.rate
    known = {channel.id: channel for channel in told.channels}
    return WavesColumns(
        tuple(known[name] for name in columns.order),
        columns["low"],
        columns["high"],
        _times(columns, step, 0),
        told,
        Waves.joined(near) if near else None,
    )


def scores_columns(parts: Iterable[Scores]) -> ScoresColumns:
    columns = Columns({"p": np.fmax})
    windows = _Windows()
    judged, cells = 0, 0
    for part in parts:
        known = part.mask.cpu().numpy()
        p = part.logits.detach().cpu().double().softmax(dim=1).numpy()
        columns.add(
            [c.id for c in part.channels], windows.number(part), {"p": np.where(known[:, None], p, np.nan)}
        )
        windows.take(part, part.channels)
        judged, cells = judged + int(known.sum()), cells + known.size
    model = windows.model
    probability = columns["p"] if columns.values else np.empty((0, len(model.classes), 0))
    return ScoresColumns(
        windows.named(columns), model.classes, probability, windows.times(columns), model.step,
        windows.count, judged / max(cells, 1), windows.simulated,
    )  # fmt: skip


def spectrogram_columns(parts: Iterable[Spectrogram]) -> SpectrogramColumns:
    columns = Columns({"power": np.add, "number": np.add}, most=800)
    windows = _Windows()
    shown: list[str] = []
    every: set[str] = set()
    known, cells = 0, 0
    for part in parts:
        names = [channel.id for channel in part.channels]
        every |= set(names)
        shown += [names[row] for row in spread(len(names), TRACES) if names[row] not in shown]
        shown = shown[:TRACES]
        rows = [row for row, name in enumerate(names) if name in shown]
        there = part.mask[rows].cpu().numpy()
        power = _merged(part.power[rows].detach().cpu().double().numpy())
        columns.add(
            [names[row] for row in rows],
            windows.number(part),
            {"power": power * there[:, None], "number": there[:, None].astype(float)},
        )
        windows.take(part, part.channels)
        known, cells = known + int(part.mask.sum()), cells + part.mask.numel()
    model = windows.model
    every_frequency = model.frequencies.cpu().double().numpy()
    frequencies = _merged(every_frequency)
    band = (float(every_frequency[0]), float(every_frequency[-1])) if len(every_frequency) else (0.0, 0.0)
    if columns.values:
        number = columns["number"]
        power = np.where(number > 0, columns["power"] / np.maximum(number, 1), np.nan)
    else:
        power = np.empty((0, len(frequencies), 0))
    return SpectrogramColumns(
        windows.named(columns), power, frequencies, band, windows.times(columns), model.unit, model.step,
        windows.count, len(every), known / max(cells, 1), windows.simulated,
    )  # fmt: skip


def few_examples(parts: Iterable[Examples[Any]]) -> ExamplesFew:
    kept: dict[str, list[Examples[Any]]] = {}
    every: dict[str, int] = {}
    seen: dict[str, int] = {}
    told: ExamplesOverview | None = None
    for part in parts:
        told = ExamplesOverview.of(part) if told is None else told + ExamplesOverview.of(part)
        for at, name in enumerate(part.labels):
            number = seen[name] = seen.get(name, -1) + 1
            if number % every.setdefault(name, 1) == 0:
                kept.setdefault(name, []).append(part.chosen([at]))
            if len(kept[name]) >= 2 * _KEPT:
                kept[name] = kept[name][::2]
                every[name] *= 2
    assert told is not None
    chosen = [one for own in kept.values() for one in own]
    return ExamplesFew(Examples.joined(chosen) if chosen else Examples(()), told)


class _Windows:
    """What the parts of a value by windows have in common, and where each lies."""

    def __init__(self) -> None:
        self.model: Any = None
        self.origin = self.base = self.first = self.last = 0
        self.channels: dict[str, Channel] = {}
        self.simulated = False

    def number(self, part: Any) -> int:
        """Of its first window, counted from 1970."""
        if self.model is None:
            self.model, self.origin = part, part.start
            self.base = round(part.start // (part.step * NS))
            self.first = self.last = self.base
        return int(self.base + round((part.start - self.origin) / (self.model.step * NS)))

    def take(self, part: Any, channels: Sequence[Channel]) -> None:
        self.last = max(self.last, self.number(part) + part.windows)
        self.channels |= {channel.id: channel for channel in channels}
        self.simulated |= part.simulated

    @property
    def count(self) -> int:
        return self.last - self.first

    def named(self, columns: Columns) -> tuple[Channel, ...]:
        return tuple(self.channels[name] for name in columns.order)

    def times(self, columns: Columns) -> Times:
        """A window's column lies around its centre."""
        step = self.model.step * NS
        return _times(columns, step, self.origin - (self.base + 0.5) * step)


def _times(columns: Columns, step: float, aside: float) -> Times:
    """`aside` is by how much the grid's sample 0 comes after 1970."""
    wide = columns.every * step
    return Times(round(columns.first * wide + aside), wide, columns.last - columns.first, columns.every > 1)


def _merged(values: Array) -> Array:
    """Neighbouring frequencies together, where there are more than can be told apart: [..., frequency, ...]."""
    axis = values.ndim - 2 if values.ndim > 1 else 0
    size = values.shape[axis]
    if size <= _BINS:
        return values
    starts = np.arange(0, size, -(-size // _BINS))
    counts = np.diff(np.append(starts, size)).reshape([-1] + [1] * (values.ndim - axis - 1))
    return np.asarray(np.add.reduceat(values, starts, axis=axis) / counts)


def spread(count: int, most: int) -> list[int]:
    """All of them, or some at even distances."""
    return list(range(count)) if count <= most else [round(n * (count - 1) / (most - 1)) for n in range(most)]
