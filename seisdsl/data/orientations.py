"""Which way the components of sensors point: a CSV, a StationXML, and what is known of cabled networks."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from seisdsl.data.responses import bounds_of, inventory, written
from seisdsl.data.waves import Channel
from seisdsl.language.types import TimeRange
from seisdsl.language.values import EARLIEST, LATEST, instant
from seisdsl.operator import Unsuitable
from seisdsl.resources import STDLIB

Vector = tuple[float, float, float]
PARTS = ("e1", "e2", "e3", "n1", "n2", "n3", "u1", "u2", "u3")
SKEWED = 0.02  # a table's three axes are at right angles to within about this, which rounding explains
FORMS = (
    "network, station, azimuth: of component 1; 2 points 90 degrees further, Z up",
    "network, station, channel, azimuth, dip: a row for each component, dip downwards",
    "network, station, components, " + ", ".join(PARTS) + ": rows of a rotation matrix",
)


@dataclass(frozen=True)
class Axis:
    """How much a component records of motion east, north and up, in a half-open time.

    `channel` is its code or the last letter of it; `location` is None where it may be any.
    """

    network: str
    station: str
    location: str | None
    channel: str
    direction: Vector
    since: int = EARLIEST
    until: int = LATEST

    def of(self, channel: Channel) -> bool:
        return self.location in (None, channel.location) and self.channel in (channel.code, channel.code[-1:])


Orientations = Mapping[tuple[str, str], Sequence[Axis]]  # by network and station


def pointing(azimuth: float, dip: float) -> Vector:
    """East, north and up of a direction: degrees from north clockwise, and downwards."""
    a, d = math.radians(azimuth), math.radians(dip)
    return math.cos(d) * math.sin(a), math.cos(d) * math.cos(a), -math.sin(d)


def orientations(path: str | None) -> Orientations:
    """Those of a file; without one, those that the standard library knows."""
    if path is None:
        return _standard()
    try:
        state = Path(path).stat()
        return _read(path, state.st_mtime_ns, state.st_size)
    except OSError as error:
        raise _unsuitable(path, error.strerror or "it cannot be opened") from None


def listed(known: Orientations, channels: Sequence[Channel]) -> list[Axis]:
    """What is listed for the channels of an instrument, at any time."""
    axes = known.get((channels[0].network, channels[0].station), ())
    return [axis for axis in axes if any(axis.of(channel) for channel in channels)]


def axes_of(
    channels: Sequence[Channel], axes: Sequence[Axis], time: TimeRange
) -> Iterator[tuple[TimeRange, list[Axis | None]]]:
    """For each part of a time in which none changes, the axis of each channel; None where it has none."""
    within = {edge for axis in axes for edge in (axis.since, axis.until) if time.start < edge < time.end}
    for begin, end in pairwise([time.start, *sorted(within), time.end]):
        yield TimeRange(begin, end), [_axis(channel, axes, begin) for channel in channels]


def _axis(channel: Channel, axes: Sequence[Axis], at: int) -> Axis | None:
    found = [axis for axis in axes if axis.of(channel) and axis.since <= at < axis.until]
    if any(axis.direction != found[0].direction for axis in found):
        notes = [f"one holds from {written(axis.since)} to {written(axis.until)}" for axis in found]
        raise Unsuitable(
            f"{channel.id} has two orientations at one time", parameter="orientations", notes=notes
        )
    return found[0] if found else None


# Reading --------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _standard() -> Orientations:
    return _by_station(
        axis for path in sorted((STDLIB / "orientations").glob("*.csv")) for axis in _from_csv(str(path))
    )


@lru_cache(maxsize=8)
def _read(path: str, changed: int, size: int) -> Orientations:
    with open(path, "rb") as file:
        is_xml = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    found = _by_station(_from_stationxml(path) if is_xml else _from_csv(path))
    if not found:
        raise _unsuitable(path, "it lists none")
    return found


def _by_station(axes: Iterator[Axis]) -> Orientations:
    found: dict[tuple[str, str], list[Axis]] = {}
    for axis in axes:
        found.setdefault((axis.network, axis.station), []).append(axis)
    return found


def _from_stationxml(path: str) -> Iterator[Axis]:
    for network in inventory(path, "orientations"):
        for station in network:
            for channel in station:
                if channel.azimuth is not None and channel.dip is not None:
                    location = (channel.location_code or "").strip(" -")
                    direction = pointing(float(channel.azimuth), float(channel.dip))
                    ids = (network.code, station.code, location, channel.code)
                    yield Axis(*ids, direction, *bounds_of(channel))


def _from_csv(path: str) -> Iterator[Axis]:
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise _unsuitable(path, "it is neither text in UTF-8 nor StationXML") from None
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), skipinitialspace=True)
    columns = set(rows.fieldnames or ())
    if not {"network", "station"} <= columns or not ({"azimuth"} <= columns or set(PARTS) <= columns):
        raise _unsuitable(path, "its columns are of none of the three forms")
    for number, row in enumerate(rows, start=2):
        try:
            yield from _of_row({name: (value or "").strip() for name, value in row.items() if name})
        except ValueError as error:
            raise _unsuitable(path, f"row {number}: {error}") from None


def _of_row(row: Mapping[str, str]) -> Iterator[Axis]:
    ids = (row["network"], row["station"], row.get("location") or None)
    since, until = (instant(row[name]).ns if row.get(name) else None for name in ("since", "until"))
    epoch = (EARLIEST if since is None else since, LATEST if until is None else until)
    if "dip" in row:
        if not row.get("channel"):
            raise ValueError("it names no channel")
        yield Axis(*ids, row["channel"], pointing(_number(row, "azimuth"), _number(row, "dip")), *epoch)
        return
    components = row.get("components") or ("XYZ" if "e1" in row else "12Z")
    if len(set(components)) != 3 or len(components) != 3:
        raise ValueError(f"three components were expected, such as XYZ, found {components}")
    if "e1" in row:
        matrix = [_number(row, name) for name in PARTS]
        directions = _columns(matrix)
    else:
        azimuth = _number(row, "azimuth")
        directions = [pointing(azimuth, 0), pointing(azimuth + 90, 0), (0.0, 0.0, 1.0)]
    yield from (Axis(*ids, one, way, *epoch) for one, way in zip(components, directions, strict=True))


def _columns(matrix: list[float]) -> list[Vector]:
    """The axes of the components: as rows, the inverse of the matrix, so that it is applied as it stands."""
    import numpy as np

    rows = np.array(matrix).reshape(3, 3)
    if abs(rows @ rows.T - np.eye(3)).max() > SKEWED:
        raise ValueError("the three axes are not of length one and at right angles")
    return [(float(e), float(n), float(u)) for e, n, u in np.linalg.inv(rows)]


def _number(row: Mapping[str, str], name: str) -> float:
    try:
        value = float(row[name])
    except ValueError:
        raise ValueError(f"{name} is no number") from None
    if not math.isfinite(value):
        raise ValueError(f"{name} is no number")
    return value


def _unsuitable(path: str, why: str) -> Unsuitable:
    return Unsuitable(
        f"cannot read orientations from {path}: {why}",
        parameter="orientations",
        notes=["a CSV is one of", *FORMS],
    )
