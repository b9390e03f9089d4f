"""Responses of instruments, from StationXML: which one holds when, and what it does to ground motion."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seisdsl.data.waves import NS
from seisdsl.language.types import TimeRange
from seisdsl.language.values import EARLIEST, LATEST, iso
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import numpy as np
    from obspy import Inventory

Motion = Literal["displacement", "velocity", "acceleration"]
UNITS: Mapping[Motion, str] = {"displacement": "m", "velocity": "m/s", "acceleration": "m/s^2"}

_MOTIONS: Mapping[str, Motion] = {"": "displacement", "/S": "velocity", "/S**2": "acceleration"}
_SCALES = {"": 1.0, "C": 1e-2, "M": 1e-3, "U": 1e-6, "N": 1e-9}


@dataclass(frozen=True, eq=False)
class Epoch:
    """The response of a channel in a half-open time (nanoseconds), as obspy has it."""

    since: int
    until: int
    response: Any

    def __str__(self) -> str:
        return f"{written(self.since)} to {written(self.until)}"


def written(time: int) -> str:
    """A bound of an epoch, as people write it."""
    if not EARLIEST < time < LATEST:
        return "the beginning" if time <= EARLIEST else "now"
    return iso(time).replace("T00:00:00Z", "")


def bounds_of(entry: Any) -> tuple[int, int]:
    """The time of a channel's entry in an inventory."""
    since, until = entry.start_date, entry.end_date
    return EARLIEST if since is None else int(since.ns), LATEST if until is None else int(until.ns)


# Reading --------------------------------------------------------------------------------------------


def inventory(path: str, parameter: str = "stations") -> Inventory:
    """A StationXML file as obspy reads it; read again only where the file has changed."""
    return _inventory(*_state(path, parameter), parameter)


def responses(path: str) -> Mapping[str, tuple[Epoch, ...]]:
    """The epochs of each channel, by id and in order of time."""
    return _responses(*_state(path, "stations"))


def _state(path: str, parameter: str) -> tuple[str, int, int]:
    """What changes when a file does."""
    try:
        state = Path(path).stat()
    except OSError as error:
        raise _unreadable(path, error.strerror or "it cannot be opened", parameter) from None
    return path, state.st_mtime_ns, state.st_size


def _unreadable(path: str, why: str, parameter: str) -> Unsuitable:
    return Unsuitable(f"cannot read {path}: {why}", parameter=parameter)


@lru_cache(maxsize=8)
def _inventory(path: str, changed: int, size: int, parameter: str) -> Inventory:
    import io

    import obspy

    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise _unreadable(path, error.strerror or "it cannot be opened", parameter) from None
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _unreadable(path, "it defines XML entities, which StationXML has no use for", parameter)
    if b"FDSNStationXML" not in content[:4096]:
        raise _unreadable(path, "it is not StationXML", parameter)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a response that cannot be read is missed where it is needed
            return obspy.read_inventory(io.BytesIO(content), format="STATIONXML")
    except Exception as error:
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise _unreadable(path, why, parameter) from error


@lru_cache(maxsize=8)
def _responses(path: str, changed: int, size: int) -> Mapping[str, tuple[Epoch, ...]]:
    found: dict[str, list[Epoch]] = {}
    for network in _inventory(path, changed, size, "stations"):
        for station in network:
            for channel in station:
                location = (channel.location_code or "").strip(" -")
                name = f"{network.code}.{station.code}.{location}.{channel.code}"
                if channel.response is not None:
                    found.setdefault(name, []).append(Epoch(*bounds_of(channel), channel.response))
    return {name: _settled(epochs) for name, epochs in found.items()}


def _settled(epochs: Sequence[Epoch]) -> tuple[Epoch, ...]:
    """In order of time, those of one response joined.

    A second without an epoch between two is a way of writing dates, not a gap.
    """
    found: list[Epoch] = []
    for epoch in sorted(epochs, key=lambda one: one.since):
        if found and epoch.since <= found[-1].until + NS:
            last = found[-1]
            if _alike(last.response, epoch.response):
                found[-1] = replace(last, until=max(last.until, epoch.until))
                continue
            found[-1] = replace(last, until=max(last.until, epoch.since))
        found.append(epoch)
    return tuple(found)


def in_time(epochs: Sequence[Epoch], time: TimeRange, name: str, listed: str) -> list[Epoch]:
    """The epochs of a channel that a time touches; refuses two that contradict each other in it."""
    found = [epoch for epoch in epochs if epoch.until > time.start and epoch.since < time.end]
    for number, epoch in enumerate(found[1:], start=1):
        for other in found[:number]:
            if epoch.since < other.until:
                raise Unsuitable(
                    f"{listed} gives {name} two responses for one time",
                    parameter="stations",
                    notes=[f"one holds from {other}", f"another from {epoch}"],
                )
    return found


def _alike(one: Any, other: Any) -> bool:
    return one is other or _numbers(one) == _numbers(other)


def _numbers(response: Any) -> list[Any]:
    """What of a response its value hangs on."""
    stages = [
        {key: value for key, value in vars(stage).items() if "name" not in key and "description" not in key}
        for stage in response.response_stages
    ]
    overall = response.instrument_sensitivity
    return [repr(stages), overall and (overall.value, overall.input_units)]


# What it does ---------------------------------------------------------------------------------------


def measured(response: Any) -> tuple[Motion, float] | None:
    """What its input is, and in how many metres; None where that is no motion of the ground."""
    stages, overall = response.response_stages, response.instrument_sensitivity
    unit = (stages and stages[0].input_units) or (overall and overall.input_units) or ""
    said = re.sub(r"[() ]", "", unit.upper()).replace("SEC", "S").replace("^", "**").replace("/S/S", "/S**2")
    match = re.fullmatch(r"([CMUN]?)M(/S|/S\*\*2|)", said)
    return (_MOTIONS[match[2]], _SCALES[match[1]]) if match else None


def sensitivity(response: Any) -> float | None:
    """Counts per m, m/s or m/s^2 as the response states it for all stages; None where it does not."""
    overall, motion = response.instrument_sensitivity, measured(response)
    if motion is None or overall is None or not overall.value:
        return None
    return float(overall.value) / motion[1]


def evaluated(response: Any, frequencies: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    """Counts per m, m/s or m/s^2 at each frequency; None where the response cannot be worked out."""
    import numpy as np

    motion = measured(response)
    if motion is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = _in_metres(response, motion[0]).get_evalresp_response_for_frequencies(
                frequencies, output="DEF", hide_sensitivity_mismatch_warning=True
            )
    except Exception:  # evalresp has many ways of saying that a response is incomplete
        return None
    found = np.asarray(found) / motion[1]
    return found if np.isfinite(found).all() and found.any() else None


def _in_metres(response: Any, motion: Motion) -> Any:
    """The same response per unit of its input: evalresp scales some spellings and takes others for m/s."""
    changed = copy(response)
    changed.response_stages = [copy(stage) for stage in response.response_stages]
    changed.response_stages[0].input_units = UNITS[motion].replace("^", "**").upper()
    return changed
