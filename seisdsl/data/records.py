"""Reading files of waveforms: each is told by its content, and a bad one is refused in words."""

from __future__ import annotations

import glob
import io
import math
import re
import warnings
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from seisdsl.data.mseed import record_length, sound_records
from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.parts import first, fits, refuse_unfit
from seisdsl.data.sniff import sniff
from seisdsl.data.stations import located, read_stations
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from obspy import Stream, Trace

_RECORD = re.compile(rb"[0-9]{6}[DRQM][ \x00][A-Z0-9 ]{12}")  # how each record of a miniSEED file begins
_MARGIN = 60  # seconds read on either side of a time range before it is cut to the sample


def read_waves(
    paths: Sequence[str],
    *,
    channels: Sequence[str] = (),
    time: TimeRange | None = None,
    rate: float | None = None,
    stations: str | None = None,
) -> Waves:
    """The waves in some files: the wanted channels and time of them, on one grid."""
    from obspy import Stream

    traces = _traces(paths, time)
    refuse_unfit((trace.id for trace in traces), channels)
    traces = [trace for trace in traces if fits(trace.id, channels)]
    if time is not None:
        spans = [f"{trace.id}: {trace.stats.starttime} to {trace.stats.endtime}" for trace in traces]
        traces = [part for trace in traces if (part := _cut(trace, time)).stats.npts]
        if not traces:
            raise Unsuitable("no record lies in the time range", parameter="time", notes=first(spans))
    waves = waves_from_obspy(Stream(traces), rate=rate)
    return waves if stations is None else located(waves, read_stations(stations), stations)


def matching(name: str) -> list[str]:
    """The files that a name stands for: itself, those of a folder, or those that fit its `*` and `?`.

    A file whose own name holds such a sign is taken as it is.
    """
    path = Path(name)
    if path.is_dir():
        return sorted(str(p) for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
    if path.exists() or not re.search(r"[*?]", name):
        return [name] if path.exists() else []
    return sorted(p for p in glob.glob(name.replace("[", "[[]")) if Path(p).is_file())


def decoded(paths: Sequence[str]) -> int:
    """About how many bytes of memory files take once they are read: Steim packs three into one."""
    return 3 * sum(Path(path).stat().st_size for path in paths)


def read_stream(path: str, time: TimeRange | None = None) -> Stream:
    """What obspy reads from one file, its warnings marked with the file's name."""
    import obspy

    form = sniff(path)
    wanted = {}
    if time is not None and form == "MSEED":
        wanted["starttime"] = obspy.UTCDateTime(ns=time.start) - _MARGIN
        wanted["endtime"] = obspy.UTCDateTime(ns=time.end) + _MARGIN
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            stream = obspy.read(_safe(path, form), format=form, **wanted)
        except Exception as error:
            stream = _salvaged(path) if form == "MSEED" else None
            if not stream:
                reason = (str(error).strip() or type(error).__name__).splitlines()[0]
                raise Unsuitable(f"{path} cannot be read as {form}", notes=[reason]) from error
    said = {str(w.message).strip() for w in caught if not issubclass(w.category, DeprecationWarning)}
    for words in sorted(said):
        warnings.warn(f"{path}: {words}", stacklevel=2)
    return stream


def _traces(paths: Sequence[str], time: TimeRange | None) -> list[Trace]:
    """The traces of all files. Among several, one that cannot be read is left out with a warning."""
    traces: list[Trace] = []
    refusals = []
    for path in paths:
        try:
            traces += read_stream(path, time)
        except Unsuitable as error:
            refusals.append(error)
    if refusals and len(refusals) == len(paths):
        raise refusals[0]
    for refusal in refusals:
        warnings.warn(f"left out: {'; '.join([refusal.message, *refusal.notes])}", stacklevel=3)
    return traces


def _safe(path: str, form: str) -> str | io.BytesIO:
    """What obspy may be given: the file, or of damaged miniSEED the records that are sound."""
    if form == "MSEED":
        content = Path(path).read_bytes()
        kept, lost = sound_records(content)
        if lost and not kept:
            raise ValueError("it holds no whole, sound record")
        if lost:
            records = lost + len(kept) // (record_length(kept) or len(kept))
            warnings.warn(f"{lost} of {records} records are damaged and left out", stacklevel=2)
            return io.BytesIO(kept)
    return glob.escape(str(Path(path).absolute()))


def _salvaged(path: str) -> Stream:
    """The records of a miniSEED file that can be decoded, where obspy gives up the whole file."""
    import obspy

    content, _ = sound_records(Path(path).read_bytes())
    starts = [match.start() for match in _RECORD.finditer(content)]
    stream, lost = obspy.Stream(), 0
    for start, end in pairwise([*starts, len(content)]):
        try:
            stream += obspy.read(io.BytesIO(content[start:end]), format="MSEED")
        except Exception:
            lost += 1
    if stream:
        warnings.warn(f"{lost} of {len(starts)} records are damaged and left out", stacklevel=2)
    return stream


def _cut(trace: Trace, time: TimeRange) -> Trace:
    """The samples inside a half-open range of time."""
    from obspy import Trace, UTCDateTime

    rate, start, count = trace.stats.sampling_rate, trace.stats.starttime.ns, trace.stats.npts
    if not rate > 0:
        return trace
    edges = (math.ceil((edge - start) * rate / NS - 1e-6) for edge in (time.start, time.end))
    left, right = (min(max(edge, 0), count) for edge in edges)
    if (left, right) == (0, count):
        return trace
    part = Trace(header=trace.stats.copy())
    part.stats.starttime = UTCDateTime(ns=start + round(left * NS / rate))
    part.data = trace.data[left:right]
    return part
