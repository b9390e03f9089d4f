"""Segments of samples from obspy's traces, and waves from a stream that is at hand."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from seisdsl.data.laying import laid
from seisdsl.data.segments import Reading, Segment, Tally
from seisdsl.data.waves import Channel, Waves
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import torch
    from obspy import Stream, Trace


def waves_from_obspy(
    stream: Stream, *, rate: float | None = None, device: torch.device | None = None
) -> Waves:
    """The traces of a stream on one time grid; where `rate` is given, those that differ are resampled.

    Where segments of a channel overlap, equal samples count once and contradicting ones count as
    not recorded. So do masked, NaN and infinite samples. What is given in memory is not judged.
    """
    reading = segments_of(stream)
    if not reading.segments and reading.rejected:
        raise Unsuitable(
            reading.rejected[0].detail, notes=["a rate above 0 Hz is needed to tell the time of a sample"]
        )
    if not reading.segments:
        read = "the one trace" if len(stream) == 1 else f"each of the {len(stream)} traces"
        raise Unsuitable("there are no samples", notes=[f"{read} is empty or holds text"])
    return laid(reading.segments, rate=rate, judge=False, device=device)


def segments_of(stream: Iterable[Trace], file: str = "") -> Reading:
    """The traces that hold numbers; empty ones and text (the log of a digitiser) are none."""
    reading = Reading()
    for trace in stream:
        if len(trace.data) == 0 or trace.data.dtype.kind not in "iuf":
            continue
        rate = float(trace.stats.sampling_rate)
        if rate > 0 and math.isfinite(rate):
            reading.segments.append(_segment(trace, file))
        else:
            bad = Tally(file, trace.id, int(trace.stats.starttime.ns), 0.0, len(trace.data), "bad rate",
                        f"trace {trace.id} has a sampling rate of {rate:g} Hz")  # fmt: skip
            reading.rejected.append(bad)
    return reading


def _segment(trace: Trace, file: str) -> Segment:
    import numpy as np

    masked = np.ma.getmask(trace.data)
    values = np.ma.getdata(trace.data)
    return Segment(
        _channel(trace),
        int(trace.stats.starttime.ns),
        float(trace.stats.sampling_rate),
        values.astype(values.dtype.newbyteorder("="), copy=False),
        good=None if masked is np.ma.nomask else ~np.broadcast_to(masked, values.shape),
        file=file,
    )


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
