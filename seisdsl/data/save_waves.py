"""Waves as miniSEED and SAC. Simulated ones get the network code SY and a note beside the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, BinaryIO

from seisdsl.data.laying import SYNTHETIC
from seisdsl.data.save import Write
from seisdsl.data.waves import Channel, Waves
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import numpy as np
    from obspy import Stream, Trace

_MINISEED = {"network": 2, "station": 5, "location": 2, "code": 3}  # letters that a code may have
_SAC = {"network": 8, "station": 8, "location": 8, "code": 8}
_STEIM = 2**28  # counts below this differ by less than Steim2 can tell


def wave_files(waves: Waves, name: str, ending: str) -> Iterator[tuple[str, Write]]:
    """One miniSEED file, or a SAC file for each recorded run."""
    kept = _kept(waves, ending)
    stream = kept.to_obspy()
    if not stream:
        raise Unsuitable("there is no recorded sample to save")
    if ending == ".mseed":
        yield name, lambda path: _write_miniseed(stream, waves.unit, path)
    else:
        yield from _sac_files(stream, kept, name)


def write_parts(parts: Iterable[Waves], path: Path) -> Waves:
    """Parts next to one another in time into one miniSEED file; gives the first."""
    first: Waves | None = None
    with path.open("wb") as file:
        for part in parts:
            first = first or part
            if stream := _kept(part, ".mseed").to_obspy():
                _write_miniseed(stream, part.unit, file)
        if first is None or not file.tell():
            raise Unsuitable("there is no recorded sample to save")
    return first


def _kept(waves: Waves, ending: str) -> Waves:
    """Under codes that a format can hold; simulated ones marked."""
    kept = replace(waves, channels=tuple(_marked(c) for c in waves.channels)) if waves.simulated else waves
    limits = _MINISEED if ending == ".mseed" else _SAC
    for channel in kept.channels:
        _refuse_long(channel, limits, ending)
    return kept


def _marked(channel: Channel) -> Channel:
    """SY is the network code that the FDSN keeps for synthetic seismograms."""
    return replace(channel, network=SYNTHETIC)


def _refuse_long(channel: Channel, limits: dict[str, int], ending: str) -> None:
    for part, letters in limits.items():
        code = getattr(channel, part)
        if len(code) > letters or not code.isascii():
            name = "channel" if part == "code" else part
            raise Unsuitable(
                f"{ending} has {letters} letters for a {name} code, and `{code}` does not fit",
                parameter="file",
                notes=[f"it is the {name} of {channel.id}; obspy would cut it short without a word"],
            )


def _write_miniseed(stream: Stream, unit: str, to: Path | BinaryIO) -> None:
    """Whole counts are packed with Steim2, other numbers kept as they are."""
    for trace in stream:
        trace.data = _packed(trace.data) if unit == "counts" else trace.data
    stream.write(str(to) if isinstance(to, Path) else to, format="MSEED")


def _packed(data: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    import numpy as np

    whole = bool((np.abs(data) < _STEIM).all() and (data == np.rint(data)).all())
    return data.astype(np.int32) if whole else data


def _sac_files(stream: Stream, waves: Waves, name: str) -> Iterator[tuple[str, Write]]:
    """The name itself for a single run, else `name.NET.STA.LOC.CHA.20160815T000000.sac`."""
    places = {channel.id: channel for channel in waves.channels}
    base = PurePath(name).with_suffix("")
    for trace in stream:
        begin = trace.stats.starttime.strftime("%Y%m%dT%H%M%S")
        own = name if len(stream) == 1 else f"{base}.{trace.id}.{begin}.sac"
        yield own, _sac_writer(trace, places[trace.id])


def _sac_writer(trace: Trace, channel: Channel) -> Write:
    import numpy as np

    exact = trace.data.astype(np.float32)
    if not (exact == trace.data).all():
        raise Unsuitable(
            f"SAC keeps single precision, and the samples of {trace.id} need double",
            parameter="file",
            repair="save as .mseed instead",
        )
    trace.data = exact
    if channel.latitude is not None:
        trace.stats.sac = {"stla": channel.latitude, "stlo": channel.longitude}
        if channel.elevation is not None:
            trace.stats.sac["stel"] = channel.elevation
    return lambda path: trace.write(str(path), format="SAC")


def about_simulated(waves: Waves) -> dict[str, Any]:
    """What the note beside simulated waves says."""
    return {
        "simulated": True,
        "about": f"No instrument recorded these waves. Their network code is {SYNTHETIC}, for synthetic.",
        "unit": waves.unit,
        "stations": sorted({f"{c.network}.{c.station}" for c in waves.channels}),
    }
