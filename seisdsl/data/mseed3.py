"""miniSEED 3: where the records of a file are, and what their headers say."""

from __future__ import annotations

import json
import re
from functools import cache
from struct import Struct
from typing import TYPE_CHECKING, Any

from seisdsl.data.mseed import DAMAGED, FOREIGN, TRUNCATED, Lost
from seisdsl.data.mseed_headers import (
    CLIPPED,
    ENCODINGS,
    LEAP,
    POOR,
    QUESTIONABLE,
    SPIKES,
    UNLOCKED,
    Headers,
    days,
    named,
)  # fmt: skip

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

HEADER = 40
MARK = b"MS\x03"
_SIZES = Struct("<BHI")  # of the id, the extra headers and the samples, from byte 33 on
_LONGEST = 1 << 24
_MOST = HEADER + 2**8 + 2**16  # bytes before the samples
_FIELDS = {
    "mark": "S3", "flags": "u1", "nanosecond": "<u4", "year": "<u2", "day": "<u2", "hour": "u1",
    "minute": "u1", "second": "u1", "encoding": "u1", "rate": "<f8", "samples": "<u4", "checksum": "<u4",
    "version": "u1", "name": "u1", "extra": "<u2", "size": "<u4",
}  # fmt: skip


def records(content: Array) -> tuple[Headers, list[Lost]]:
    """The records whose headers make sense, and what else there is."""
    import numpy as np

    whole = memoryview(content)  # type: ignore[arg-type]
    offsets, lost, at = [], [], 0
    while at < len(content):
        after = _end(whole, at)
        if after is None or not _plausible(whole, at):
            following = _next(whole, at + 1)
            lost.append(_lost(content, at, following))
            at = following
        else:
            offsets.append(at)
            at = after
    table = _table(content, np.array(offsets, np.int64))
    density = np.array([ENCODINGS.get(code, (1, 0.0))[1] for code in range(256)])
    sound = (table.samples == 0) | (table.samples <= table.size * density[table.encoding])
    bad = table.only(~sound)
    for offset, length, code in zip(
        *(c.tolist() for c in (bad.offset, bad.length, bad.encoding)), strict=True
    ):
        known = code in ENCODINGS
        said = "contradicts itself" if known else f"names encoding {code}, which is not supported"
        lost.append(Lost(offset, length, DAMAGED, f"a record header at byte {{at}} {said}"))
    return table.only(sound), sorted(lost, key=lambda stretch: stretch.offset)


def _end(whole: memoryview, at: int) -> int | None:
    """Where a record ends; None where it does not end within the file."""
    if at + HEADER > len(whole):
        return None
    name, extra, size = _SIZES.unpack_from(whole, at + 33)
    end: int = at + HEADER + name + extra + size
    return end if end <= len(whole) and end - at <= _LONGEST else None


def _plausible(whole: memoryview, at: int) -> bool:
    """Whether the fixed part of a header begins here."""
    date = whole[at + 10] + 256 * whole[at + 11]
    clock = whole[at + 12] < 24 and whole[at + 13] < 60 and whole[at + 14] <= 60
    return bytes(whole[at : at + 3]) == MARK and 1 <= date <= 366 and clock


def _next(whole: memoryview, at: int) -> int:
    found = next(
        (at + m.start() for m in re.finditer(MARK, whole[at:]) if _begins(whole, at + m.start())), None
    )
    return len(whole) if found is None else found


def _begins(whole: memoryview, at: int) -> bool:
    return at + HEADER <= len(whole) and _plausible(whole, at)


def _lost(content: Array, at: int, end: int) -> Lost:
    whole = memoryview(content)  # type: ignore[arg-type]
    if bytes(whole[at : at + 3]) != MARK:
        what = "foreign bytes" if any(whole[at:end]) else "bytes of zeros"
        return Lost(at, end - at, FOREIGN, f"{what}, {{size:,}} of them, at byte {{at}}")
    if end == len(whole) and (at + HEADER > end or (_plausible(whole, at) and _end(whole, at) is None)):
        promised = _promised(content[at:]) if at + HEADER <= end else None
        return Lost(at, end - at, TRUNCATED, "breaks off within the record at byte {at}", promised)
    return Lost(at, end - at, DAMAGED, "a record header at byte {at} contradicts itself")


def _promised(content: Array) -> Headers:
    """What a record's header says of samples that are not all there."""
    import numpy as np

    ample = np.zeros(_MOST, np.uint8)
    ample[: len(content)] = content[:_MOST]
    return _table(ample, np.zeros(1, np.int64))


def _table(content: Array, offsets: Array) -> Headers:
    import numpy as np

    ample = content if len(content) >= HEADER else np.zeros(HEADER, np.uint8)
    rows = np.lib.stride_tricks.sliding_window_view(ample, HEADER)[offsets]
    fixed = rows.view(list(_FIELDS.items()))[:, 0]
    head = {n: fixed[n].astype(np.int64) for n, kind in _FIELDS.items() if kind != "S3" and n != "rate"}
    data = HEADER + head["name"] + head["extra"]
    seconds = (days(head["year"].clip(1900, 2200)) + head["day"] - 1) * 86400
    seconds += head["hour"] * 3600 + head["minute"] * 60 + head["second"]
    given = fixed["rate"]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        rate = np.where(given < 0, -1 / given, given)
    whole = memoryview(content)  # type: ignore[arg-type]
    begin = offsets + HEADER
    which, names = _distinct(whole, begin, head["name"])
    name, ids = named(which, [_id(text) for text in names])
    extra, extras = _distinct(whole, begin + head["name"], head["extra"])
    said = np.array([_said(text) for text in extras], np.int64)[extra]
    flags = said | ((head["flags"] & 2) > 0) * QUESTIONABLE | (head["second"] == 60) * LEAP
    return Headers(
        offsets, data + head["size"], data, head["size"], head["samples"], head["encoding"],
        np.isin(head["encoding"], (10, 11)), seconds * 1_000_000_000 + head["nanosecond"], rate, name,
        head["version"], flags, ids, "MSEED3",
    )  # fmt: skip


def _distinct(whole: memoryview, begin: Array, sizes: Array) -> tuple[Array, list[bytes]]:
    """For each text at some places which of the distinct ones it is, and these."""
    import numpy as np

    ends = (begin + sizes).tolist()
    texts = [bytes(whole[at:to]) for at, to in zip(begin.tolist(), ends, strict=True)]
    known = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    return np.array([known[text] for text in texts], np.int64), list(known)


def _id(text: bytes) -> str:
    """`FDSN:NET_STA_LOC_B_S_S` as `NET.STA.LOC.BSS`; another as it is."""
    words = text.decode("ascii", "backslashreplace")
    scheme, _, rest = words.partition(":")
    parts = rest.split("_")
    if scheme != "FDSN" or len(parts) != 6:
        return words
    code = "".join(parts[3:]) if all(len(part) == 1 for part in parts[3:]) else "_".join(parts[3:])
    return ".".join([*parts[:3], code])


@cache
def _said(extra: bytes) -> int:
    """The flags that extra headers hold."""
    try:
        told = json.loads(extra)["FDSN"] if extra else {}
        timing = told.get("Time", {}).get("Quality", 0)
        flags = told.get("Flags", {})
        return (
            UNLOCKED * bool(0 < timing < POOR)
            | CLIPPED * bool(flags.get("AmplifierSaturation") or flags.get("DigitizerClipping"))
            | SPIKES * bool(flags.get("Spikes"))
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return 0
