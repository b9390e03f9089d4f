"""K-NET and KiK-net records: one component in a text file, accelerations in gal.

Channels are called as obspy calls their network, `BO`, and as the FDSN calls accelerometers of 100 Hz,
HNE, HNN and HNZ, so that the components of an instrument belong together. Of KiK-net the location 01
is the sensor in the borehole and 02 the one at the surface.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from seisdsl.data.segments import Reading, Segment, Tally
from seisdsl.data.waves import NS, Channel
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import numpy as np

NETWORK = "BO"
MARK = b"Origin Time"  # how every file begins
BOM = b"\xef\xbb\xbf"  # what an editor may have put before it
DELAY = timedelta(seconds=15)  # the logger writes the time at which its pre-event memory was full
JAPAN = timedelta(hours=9)
AGREES = 1e-3  # how near the largest acceleration is to the header's, relative
ROUNDING = 6e-4  # gal: the header has three decimals
_HEADER = 17
_COMPONENTS = {
    "E-W": ("", "HNE"), "N-S": ("", "HNN"), "U-D": ("", "HNZ"),
    "1": ("01", "HNN"), "2": ("01", "HNE"), "3": ("01", "HNZ"),
    "4": ("02", "HNN"), "5": ("02", "HNE"), "6": ("02", "HNZ"),
}  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """The event as the header has it; the magnitude is the JMA's, the time is in UTC."""

    time: int
    latitude: float
    longitude: float
    depth: float  # km
    magnitude: float | None


@dataclass(frozen=True)
class Header:
    """What stands above the samples."""

    origin: Origin
    channel: Channel
    start: int
    rate: float
    seconds: float
    scale: Fraction  # gal for each count
    largest: float  # gal


def is_knet(head: bytes) -> bool:
    return head.removeprefix(BOM).startswith(MARK) and b"Station Code" in head[:600]


def header_of(text: str, name: str) -> Header:
    """The header of a file's text; says which line cannot be understood."""
    lines = text[text.find(MARK.decode()) :].split("\n", _HEADER)[:_HEADER]
    said = {line[:18].strip(): line[18:].strip() for line in lines}

    def read(label: str, what: Callable[[str], Any]) -> Any:
        try:
            return what(said[label])
        except (KeyError, ValueError, ZeroDivisionError):
            found = f"found `{said[label]}`" if label in said else "it is not there"
            raise Unsuitable(
                f"{name} is no sound K-NET record: line `{label}` cannot be read, {found}"
            ) from None

    location, code = read("Dir.", lambda cell: _COMPONENTS[cell])
    channel = Channel(
        NETWORK,
        read("Station Code", _word),
        location,
        code,
        read("Station Lat.", _number),
        read("Station Long.", _number),
        read("Station Height(m)", _number),
    )
    origin = Origin(
        _utc(read("Origin Time", _local)),
        read("Lat.", _number),
        read("Long.", _number),
        read("Depth. (km)", _number),
        _magnitude(said.get("Mag.", "")),
    )
    return Header(
        origin,
        channel,
        _utc(read("Record Time", _local) - DELAY),
        read("Sampling Freq(Hz)", _rate),
        read("Duration Time(s)", _number),
        read("Scale Factor", scale),
        read("Max. Acc. (gal)", _number),
    )


def scale(cell: str) -> Fraction:
    """Gal for each count: `2000(gal)/8388608`, exactly."""
    match = re.fullmatch(r"([\d.]+)\s*\(gal\)\s*/\s*([\d.]+)", cell)
    if not match:
        raise ValueError(cell)
    return Fraction(match[1]) / Fraction(match[2])


def record(text: str, path: str, member: str = "") -> Reading:
    """The samples in gal; a warning tells of a record that is not as its header says."""
    import numpy as np

    name = f"{path}: {member}" if member else path
    header = header_of(text, name)
    body = text.split("\n", _HEADER)
    cells = body[_HEADER].split() if len(body) > _HEADER else []
    if not text[-1:].isspace() and len(cells) < header.rate * header.seconds:
        cells = cells[:-1]  # the file breaks off, perhaps within a number
    try:
        counts = np.array(cells, dtype=np.int64)
    except (ValueError, OverflowError):
        raise Unsuitable(f"{name} is no sound K-NET record: a sample is no whole number") from None
    channel, reading = header.channel, Reading()
    samples = counts * (header.scale.numerator / header.scale.denominator)
    if not len(samples):
        reading.rejected.append(Tally(path, channel.id, reason="unreadable", detail="holds no samples"))
        return reading
    for doubt in _doubts(header, samples):
        warnings.warn(f"{name}: {channel.id}: {doubt}", stacklevel=2)
        tally = Tally(path, channel.id, header.start, header.rate, len(samples), "differs from header", doubt)
        reading.flagged.append(tally)
    reading.segments.append(Segment(channel, header.start, header.rate, samples, file=path, unit="gal"))
    return reading


def _doubts(header: Header, samples: np.ndarray[Any, Any]) -> list[str]:
    found = []
    largest = float(abs(samples - samples.mean()).max())
    if abs(largest - header.largest) > max(AGREES * header.largest, ROUNDING):
        found.append(f"the largest acceleration is {largest:.3f} gal, and its header says {header.largest:g}")
    seconds = len(samples) / header.rate
    if abs(seconds - header.seconds) > 1.5:
        found.append(f"it lasts {seconds:g} s, and its header says {header.seconds:g} s")
    return found


def _word(cell: str) -> str:
    if not re.fullmatch(r"\w{1,8}", cell):
        raise ValueError(cell)
    return cell


def _number(cell: str) -> float:
    if not math.isfinite(number := float(cell)):
        raise ValueError(cell)
    return number


def _rate(cell: str) -> float:
    if not (rate := _number(cell.lower().removesuffix("hz"))) > 0:
        raise ValueError(cell)
    return rate


def _local(cell: str) -> datetime:
    return datetime.strptime(cell.split(".")[0], "%Y/%m/%d %H:%M:%S")


def _utc(local: datetime) -> int:
    passed = (local - JAPAN).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (passed.days * 86400 + passed.seconds) * NS


def _magnitude(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
