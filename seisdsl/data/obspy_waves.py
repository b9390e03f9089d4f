"""Waves from an obspy stream: segments, overlaps and duplicates laid onto one grid with a mask."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from seisdsl.data.memory import refuse_absurd
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import numpy as np
    import torch
    from obspy import Stream, Trace

SYNTHETIC = "SY"  # the network code that the FDSN keeps for synthetic seismograms
OFF_GRID = 0.1  # of a sample interval: a segment further off its channel's grid is worth a word


@dataclass(frozen=True)
class Segment:
    """A run of samples of one channel; `good` is False where a sample was not recorded."""

    channel: Channel
    start: int
    rate: float
    samples: np.ndarray[Any, Any]
    good: np.ndarray[Any, Any]


def waves_from_obspy(
    stream: Stream, *, rate: float | None = None, device: torch.device | None = None
) -> Waves:
    """The traces of a stream on one time grid; where `rate` is given, those that differ are resampled.

    Where segments of a channel overlap, equal samples count once and contradicting ones count as
    not recorded. So do masked, NaN and infinite samples.
    """
    import numpy as np
    import torch

    from seisdsl.engine.device import device as current_device

    segments = [segment for trace in stream if (segment := _segment(trace)) is not None]
    if not segments:
        read = "the one trace" if len(stream) == 1 else f"each of the {len(stream)} traces"
        raise Unsuitable("there are no samples", notes=[f"{read} is empty or holds text"])
    if rate is not None:
        segments = [part for segment in segments for part in _resampled(segment, rate)]
    rate = _common_rate(segments) if rate is None else rate
    start = min(segment.start for segment in segments)
    by_channel: dict[str, list[Segment]] = {}
    for segment in sorted(segments, key=lambda s: (s.channel.id, s.start)):
        by_channel.setdefault(segment.channel.id, []).append(segment)

    length = max(_position(s, start, rate) + len(s.samples) for s in segments)
    dtype = np.float32 if all(_fits_single(s.samples[s.good]) for s in segments) else np.float64
    span = TimeRange(start, start + round(length * NS / rate))
    filled = sum(len(s.samples) for s in segments) / (len(by_channel) * length)
    refuse_absurd(len(by_channel), length, np.dtype(dtype).itemsize + 1, span, filled)

    samples = np.zeros((len(by_channel), length), dtype)
    mask = np.zeros(samples.shape, bool)
    offsets = []
    for row, parts in enumerate(by_channel.values()):
        offsets.append(_offset(parts, start, rate))
        _lay(parts, [_position(part, start, rate) for part in parts], samples[row], mask[row])
    target = device or current_device()
    return Waves(
        torch.from_numpy(samples).to(target),
        torch.from_numpy(mask).to(target),
        rate=rate,
        start=start,
        channels=tuple(parts[0].channel for parts in by_channel.values()),
        offsets=tuple(offsets),
        simulated=any(parts[0].channel.network == SYNTHETIC for parts in by_channel.values()),
    )


def _segment(trace: Trace) -> Segment | None:
    """None for a trace without samples, and for one of text (the log of a digitiser)."""
    import numpy as np

    stats, data = trace.stats, trace.data
    if len(data) == 0 or data.dtype.kind not in "iuf":
        return None
    if not (stats.sampling_rate > 0 and math.isfinite(stats.sampling_rate)):
        raise Unsuitable(
            f"trace {trace.id} has a sampling rate of {stats.sampling_rate:g} Hz",
            notes=["a rate above 0 Hz is needed to tell the time of a sample"],
        )
    good = ~np.ma.getmaskarray(data)
    values = np.ma.getdata(data)
    values = values.astype(values.dtype.newbyteorder("="), copy=False)
    if values.dtype.kind == "f":
        good = good & np.isfinite(values)
    return Segment(_channel(trace), int(stats.starttime.ns), float(stats.sampling_rate), values, good)


def _channel(trace: Trace) -> Channel:
    stats = trace.stats
    ids = (stats.network, stats.station, stats.location, stats.channel)
    place = stats.get("coordinates") or {}
    if {"latitude", "longitude"} <= set(place):
        return Channel(*ids, place["latitude"], place["longitude"], place.get("elevation"))
    header = stats.get("sac") or stats.get("knet") or {}
    given = [header.get(key) for key in ("stla", "stlo", "stel")]
    latitude, longitude, elevation = (None if value in (None, -12345.0) else float(value) for value in given)
    if latitude is None or longitude is None:
        return Channel(*ids)
    return Channel(*ids, latitude, longitude, elevation)


def _fits_single(values: np.ndarray[Any, Any]) -> bool:
    """Whether every value is exactly a 32-bit float."""
    import numpy as np

    if values.dtype.kind in "iu":
        return values.size == 0 or max(abs(int(values.min())), abs(int(values.max()))) <= 2**24
    if values.dtype.itemsize <= 4:
        return True
    with np.errstate(over="ignore"):
        return bool((values.astype(np.float32) == values).all())


# The grid -------------------------------------------------------------------------------------------


def _common_rate(segments: list[Segment]) -> float:
    """The rate that most samples have; refuses segments that drift off its grid by half a sample."""
    counts: Counter[float] = Counter()
    for segment in segments:
        counts[_nominal(segment.rate)] += len(segment.samples)
    rate = counts.most_common(1)[0][0]
    if all(abs(s.rate / rate - 1) * len(s.samples) < 0.5 for s in segments):
        return rate
    traces = Counter(_nominal(segment.rate) for segment in segments)
    raise Unsuitable(
        "the traces have different sampling rates",
        parameter="rate",
        notes=[f"{n} {'trace has' if n == 1 else 'traces have'} {r:g} Hz" for r, n in sorted(traces.items())],
        repair=f"rate={rate:g}Hz resamples those that differ",
    )


def _nominal(rate: float) -> float:
    """Single precision in a header turns 100 Hz into 100.00000224 Hz."""
    for whole in (float(round(rate)), 1 / max(round(1 / rate), 1)):
        if whole and abs(rate / whole - 1) < 1e-7:
            return whole
    return rate


def _position(segment: Segment, start: int, rate: float) -> int:
    return round((segment.start - start) * rate / NS)


def _offset(parts: list[Segment], start: int, rate: float) -> int:
    """How far a channel's samples lie from the grid: as its longest segment does."""
    off = {id(p): p.start - start - round(_position(p, start, rate) * NS / rate) for p in parts}
    offset = off[id(max(parts, key=lambda p: len(p.samples)))]
    strays = [abs(value - offset) for value in off.values() if abs(value - offset) * rate > OFF_GRID * NS]
    if strays:
        warnings.warn(
            f"{parts[0].channel.id}: {len(strays)} of {len(parts)} segments lie between the samples of the "
            f"others; times in them are off by up to {max(strays) / 1e6:.3g} ms",
            stacklevel=3,
        )
    return offset


def _lay(
    parts: Iterable[Segment], positions: list[int], samples: np.ndarray[Any, Any], mask: np.ndarray[Any, Any]
) -> None:
    """Write segments into a row; where two contradict each other neither is believed."""
    import numpy as np

    doubtful = np.zeros(0, int)
    for part, position in zip(parts, positions, strict=True):
        here = slice(position, position + len(part.samples))
        both = mask[here] & part.good
        if both.any():
            clash = both & (samples[here] != part.samples)
            doubtful = np.union1d(doubtful, position + np.flatnonzero(clash))
        np.copyto(samples[here], part.samples, where=part.good, casting="unsafe")
        mask[here] |= part.good
    mask[doubtful] = False
    samples[~mask] = 0


# Resampling -----------------------------------------------------------------------------------------


def _resampled(segment: Segment, rate: float) -> list[Segment]:
    """Each recorded run at another rate, low-passed below the lower of both Nyquist frequencies."""
    import numpy as np
    from scipy.signal import resample_poly

    if _nominal(segment.rate) == _nominal(rate):
        return [segment]
    ratio = Fraction(rate / segment.rate).limit_denominator(10_000)
    edges = np.flatnonzero(np.diff(np.pad(segment.good, 1).astype(np.int8)))
    runs = []
    for first, last in edges.reshape(-1, 2).tolist():
        run = segment.samples[first:last].astype(np.float64)
        new = resample_poly(run, ratio.numerator, ratio.denominator, padtype="line")
        begin = segment.start + round(first * NS / segment.rate)
        runs.append(Segment(segment.channel, begin, rate, new, np.ones(len(new), bool)))
    return runs
