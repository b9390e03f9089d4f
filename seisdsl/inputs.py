"""What Python has, as values of the language: obspy's objects, data frames and arrays."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from obspy import Catalog as Events
from obspy import Inventory, Stream, Trace, UTCDateTime

from seisdsl.data import frames
from seisdsl.data.inventory import stations_of
from seisdsl.data.laying import laid
from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.segments import Segment
from seisdsl.data.stations import located
from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.data.waves import Channel, Waves
from seisdsl.language.given import Held
from seisdsl.language.types import Record, Value
from seisdsl.language.values import instant, iso
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Time: TypeAlias = str | int | dt.date | np.datetime64 | Any  # or obspy's UTCDateTime
PLAIN = str | int | float | dt.date | np.datetime64 | np.number | np.bool_ | UTCDateTime  # parameters


def waves(
    records: Stream | Trace | ArrayLike,
    *,
    rate: float | None = None,
    start: Time | None = None,
    ids: Sequence[str] = (),
    coordinates: Sequence[tuple[float, float, float]] = (),
    unit: str = "counts",
    stations: Inventory | None = None,
) -> Waves:
    """Records from an obspy Stream, or from an array of [trace, time] or of one trace.

    An array needs its `rate` in Hz and the `start` of its first sample: ISO 8601 in UTC, or whole
    nanoseconds since 1970. What is NaN, infinite or masked in it is a gap. `ids` name the traces
    (`N.S1N01..EHZ`), `coordinates` say where they stand: latitude and longitude in degrees, elevation
    in metres; so does an obspy Inventory, `stations`. A Stream whose traces have different rates is
    resampled to `rate` where it is given.
    """
    with _refused("the records"):
        if isinstance(records, Stream | Trace):
            found = waves_from_obspy(Stream(records) if isinstance(records, Trace) else records, rate=rate)
        else:
            found = _of_array(records, rate, start, ids, coordinates, unit)
        return found if stations is None else located(found, stations_of(stations), "the inventory")


def _of_array(
    samples: ArrayLike,
    rate: float | None,
    start: Time | None,
    ids: Sequence[str],
    coordinates: Sequence[tuple[float, float, float]],
    unit: str,
) -> Waves:
    if rate is None or start is None:
        raise ValueError('an array needs its rate and its start: rate=100, start="2016-08-15T00:00Z"')
    array: Any = np.atleast_2d(np.ma.asanyarray(samples))
    if array.ndim != 2 or array.dtype.kind not in "iuf":
        raise ValueError(f"an array of numbers, [trace, time], is needed, not {array.dtype}{array.shape}")
    array = np.ma.masked_invalid(array)
    if not array.shape[1]:
        raise ValueError("the array has no samples")
    if not 0 < rate < float("inf"):
        raise ValueError(f"a sampling rate is above 0 Hz, not {rate:g} Hz")
    names = list(ids) or [f"XX.A{number + 1}..HHZ" for number in range(len(array))]
    if len(names) != len(array) or (coordinates and len(coordinates) != len(array)):
        raise ValueError(f"{len(array)} traces need {len(array)} ids and coordinates, not {len(names)} "
                         f"ids and {len(coordinates)} coordinates")  # fmt: skip
    places: Sequence[Sequence[float]] = coordinates or [()] * len(array)
    first, good = _nanoseconds(start), ~np.ma.getmaskarray(array)
    segments = [
        Segment(_channel(name, place), first, rate, np.ma.getdata(row), good=known, unit=unit)
        for name, row, known, place in zip(names, array, good, places, strict=True)
    ]
    if len({segment.channel.id for segment in segments}) < len(segments):
        raise ValueError("two traces have one id")
    return laid(segments, judge=False)


def picks(frame: Any) -> Picks:
    """Picks from a data frame of pandas or polars; the help of `read-picks` names the columns it may have."""
    with _refused("the data frame"):
        return frames.picks(frame)


def catalog(frame: Any) -> Catalog:
    """A catalogue from a data frame; the help of `read-catalog` names the columns it may have."""
    with _refused("the data frame"):
        return frames.catalog(frame)


def table(frame: Any) -> Table:
    """Any other table from a data frame. A column named `depth [km]` has that unit."""
    with _refused("the data frame"):
        return frames.table(frame)


@contextmanager
def _refused(what: str) -> Iterator[None]:
    """A refusal of the language as an error of Python's."""
    try:
        yield
    except Unsuitable as reason:
        rate = f"seisdsl.waves({what[1:-1]}, rate=\\1)" if what.startswith("`") else "rate=\\1"
        repair = re.sub(r"rate=([\d.]+)Hz", rate, reason.repair)
        more = [*reason.notes, *([repair] if repair else [])]
        lines = [f"{what} cannot be taken: {reason.message}", *(f"  = {one}" for one in more)]
        raise ValueError("\n".join(lines)) from None


def _channel(name: str, place: Sequence[float]) -> Channel:
    codes = name.split(".")
    if len(codes) != 4:
        raise ValueError(
            f"`{name}` is no id of a trace: network, station, location and channel, N.S1N01..EHZ"
        )
    return Channel(codes[0], codes[1], codes[2], codes[3], *map(float, place))


def _nanoseconds(time: Time) -> int:
    match time:
        case bool():
            raise ValueError(f"{time} is no time")
        case int():
            return time
        case UTCDateTime():
            return int(time.ns)
        case np.datetime64():
            return int(time.astype("datetime64[ns]").astype(np.int64))
        case dt.date():
            return int(UTCDateTime(time).ns)
    return instant(str(time)).ns


# Of any kind --------------------------------------------------------------------------------------


def taken(values: Mapping[str, Any]) -> dict[str, Waves | Held]:
    """Values by name as a program reads them. An inventory says where the stations of the records stand."""
    inventories = {name: value for name, value in values.items() if isinstance(value, Inventory)}
    found = {name: _taken(name, value) for name, value in values.items() if name not in inventories}
    for name, inventory in inventories.items():
        with _refused(f"`{name}`"):
            found |= {
                other: located(value, stations_of(inventory), f"`{name}`")
                for other, value in found.items()
                if isinstance(value, Waves)
            }
    return found


def is_input(value: Any) -> bool:
    """Whether a value is meant for a program: one that programs read, or an array that lacks its rate."""
    return isinstance(value, Value | Stream | Trace | Events | np.ndarray) or _is_frame(value)


def _taken(name: str, value: Any) -> Waves | Held:
    with _refused(f"`{name}`"):
        if isinstance(value, Stream | Trace):
            return waves_from_obspy(Stream(value) if isinstance(value, Trace) else value)
        if isinstance(value, Waves):
            return value
        if isinstance(value, Events):
            return held(Catalog.from_obspy(value))
        if _is_frame(value):
            return held(frames.named_table(name, value))
    if isinstance(value, Value) and not isinstance(value, Record):
        return held(value)
    raise TypeError(_no_input(name, value))


def _no_input(name: str, value: Any) -> str:
    kind = type(value).__name__
    if isinstance(value, np.ndarray):
        return (
            f"`{name}` is an array without a rate and a start\n"
            f'  = write {name}=seisdsl.waves({name}, rate=100, start="2016-08-15T00:00Z")'
        )
    if isinstance(value, Mapping):
        return f"`{name}` is a record: give its parts by names of their own, as {name}[...]"
    return (
        f"`{name}` is a {kind}, which no program reads\n"
        "  = records are Waves or an obspy Stream, tables a DataFrame, an obspy Catalog or a result\n"
        "  = parameters are texts, numbers and dates"
    )


def _is_frame(value: Any) -> bool:
    """A data frame of pandas or polars, neither of which is loaded to find out."""
    module = type(value).__module__.partition(".")[0]
    return module in ("pandas", "polars") and type(value).__name__ == "DataFrame"


def held(value: Value) -> Held:
    words = f", {len(value):,} rows: {', '.join(value.frame.columns)}" if isinstance(value, Table) else ""
    return Held(value, digest(value), f"{type(value).__name__}{words}")


def digest(value: Any) -> str:
    """Of all that a value holds: what a program over it is known by."""
    found = hashlib.blake2b(digest_size=16)
    _feed(found, value)
    return found.hexdigest()


def _feed(into: Any, value: Any) -> None:
    into.update(type(value).__name__.encode())
    if hasattr(value, "detach"):
        array = value.detach().cpu().contiguous().numpy()
        into.update(f"{array.dtype}{array.shape}".encode())
        into.update(array.tobytes())
    elif hasattr(value, "write_ipc"):
        into.update(value.write_ipc(None).getvalue())
    elif hasattr(value, "model_dump"):
        into.update(repr(sorted(value.model_dump().items())).encode())
    elif is_dataclass(value):
        for part in fields(value):
            into.update(part.name.encode())
            _feed(into, getattr(value, part.name))
    elif isinstance(value, Mapping):
        for key, part in value.items():
            into.update(repr(key).encode())
            _feed(into, part)
    elif isinstance(value, list | tuple):
        for part in value:
            _feed(into, part)
    else:
        into.update(repr(value).encode())


def written(value: Any) -> str:
    """A parameter as the command line would give it."""
    if isinstance(value, np.generic) and not isinstance(value, np.datetime64):
        value = value.item()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, UTCDateTime):
        return iso(value.ns)
    if isinstance(value, np.datetime64):
        return iso(_nanoseconds(value))
    return value.isoformat() if isinstance(value, dt.date) else str(value)
