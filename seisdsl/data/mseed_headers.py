"""Headers of miniSEED 2 records, all of a file at once, and which of them make sense."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

HEADER = 48
TEXT = 0  # the encoding of a log
# bytes of a word of the samples, and samples that a byte holds at most, by encoding
ENCODINGS = {
    TEXT: (1, 1.0), 1: (2, 1 / 2), 3: (4, 1 / 4), 4: (4, 1 / 4), 5: (8, 1 / 8), 10: (4, 60 / 64),
    11: (4, 105 / 64), 12: (3, 1 / 3), 13: (2, 1 / 2), 14: (2, 1 / 2), 16: (2, 1 / 2), 30: (2, 1 / 2),
    32: (2, 1 / 2),
}  # fmt: skip
STEIM = (10, 11)
FLAGS = ("clock not locked", "time tag questionable", "clipped", "spikes", "leap second")
UNLOCKED, QUESTIONABLE, CLIPPED, SPIKES, LEAP = (1 << bit for bit in range(len(FLAGS)))
POOR = 50  # per cent of timing quality; 0 says nothing

_LETTERS = b"RDQM"  # from raw to merged
_BLOCKETTES = {100: 12, 200: 52, 201: 60, 300: 60, 310: 60, 320: 64, 390: 28, 395: 16,
               400: 16, 405: 6, 500: 200, 1000: 8, 1001: 8}  # fmt: skip
# where numbers of two bytes begin, and those of one byte, in the fixed part of a header
_SHORT = {"year": 20, "day": 22, "fraction": 28, "samples": 30, "factor": 32, "multiplier": 34,
          "high": 40, "low": 42, "data": 44, "first": 46}  # fmt: skip
_BYTE = {"letter": 6, "reserve": 7, "hour": 24, "minute": 25, "second": 26, "activity": 36, "quality": 38}
_TICK = 100_000  # ns: the unit of a header's fractions of a second


@dataclass(frozen=True)
class Headers:
    """One column for each thing that headers say, one row for each record, in the file's order."""

    offset: Array  # bytes from the beginning of the file
    length: Array
    data: Array  # bytes from the beginning of the record to its samples
    size: Array  # bytes of samples
    samples: Array
    encoding: Array
    big: Array  # the samples' byte order
    start: Array  # ns since 1970
    rate: Array
    name: Array  # which of the ids
    quality: Array
    flags: Array
    ids: tuple[str, ...]
    form: str = "MSEED"

    def __len__(self) -> int:
        return len(self.offset)

    def only(self, which: Array | slice) -> Headers:
        return replace(self, **{name: getattr(self, name)[which] for name in _COLUMNS})

    def moved(self, by: int) -> Headers:
        """The same records in a file of which these bytes are a later part."""
        return replace(self, offset=self.offset + by)


_COLUMNS = [field.name for field in fields(Headers) if field.name not in ("ids", "form")]


def headers(content: Array, offsets: Array, length: int = 0) -> tuple[Headers, Array]:
    """The headers at some offsets, and which of them make sense: those alone stay within their records.

    `length` is that of records that do not tell their own.
    """
    import numpy as np

    ample = content if len(content) >= HEADER else np.zeros(HEADER, np.uint8)
    rows = np.lib.stride_tricks.sliding_window_view(ample, HEADER)[offsets]
    columns = np.ascontiguousarray(rows.T)
    head, big = _fixed(columns)
    year, day = head["year"], head["day"]
    digits = columns[:6]
    sound = (((digits >= 48) & (digits <= 57)) | (digits == 32) | (digits == 0)).all(axis=0)
    sound &= np.isin(head["letter"], list(_LETTERS)) & np.isin(head["reserve"], (0, 32))
    sound &= _is_year(year) & (day >= 1) & (day <= 366)
    sound &= (head["hour"] < 24) & (head["minute"] < 60) & (head["second"] <= 60)
    sound &= head["fraction"] <= 10_000

    found = _blockettes(content, offsets, head["first"], big, sound, length)
    samples, data = head["samples"], head["data"]
    size = found["length"] - data
    sound &= (samples == 0) | ((data >= HEADER) & (size > 0))
    density = np.array([ENCODINGS.get(code, (1, 0.0))[1] for code in range(256)])
    sound &= (samples == 0) | (samples <= size * density[found["encoding"]])

    seconds = (days(year) + day - 1) * 86400 + head["hour"] * 3600 + head["minute"] * 60 + head["second"]
    ticks = head["fraction"] + np.where(head["activity"] & 2, 0, head["correction"])
    start = seconds * 1_000_000_000 + ticks * _TICK + found["micro"] * 1000
    name, ids = named(*_distinct(rows[:, 8:20]))
    table = Headers(
        np.asarray(offsets, np.int64), found["length"], data, size, samples, found["encoding"], found["big"],
        start, np.where(found["actual"], found["rate"], _rate(head["factor"], head["multiplier"])), name,
        np.array([_LETTERS.find(code) + 1 for code in range(256)])[head["letter"]],
        _flags(head, found["timing"]), ids,
    )  # fmt: skip
    return table, sound


def together(tables: list[Headers]) -> Headers:
    """Records of one version of miniSEED, those of one table behind those of another."""
    import numpy as np

    before = np.cumsum([0, *(len(table.ids) for table in tables)])
    which = np.concatenate([table.name + by for table, by in zip(tables, before, strict=False)])
    name, ids = named(which, [name for table in tables for name in table.ids])
    columns: dict[str, Any] = {
        column: np.concatenate([getattr(table, column) for table in tables]) for column in _COLUMNS
    }
    return replace(tables[0], **columns | {"name": name, "ids": ids})


def named(which: Array, names: list[str]) -> tuple[Array, tuple[str, ...]]:
    """Names that are written in several ways, once each, and which of them each record has."""
    import numpy as np

    ids = tuple(dict.fromkeys(names))
    places = {name: number for number, name in enumerate(ids)}
    return np.array([places[name] for name in names], np.int64)[which], ids


def _distinct(rows: Array) -> tuple[Array, list[str]]:
    """For each row of codes which of the distinct ones it is, and these."""
    import numpy as np

    if not len(rows):
        return np.zeros(0, np.int64), []
    rows = np.ascontiguousarray(rows)
    new = np.concatenate([[True], (rows[1:] != rows[:-1]).any(axis=1)])
    values, which = np.unique(rows[new].view(f"V{rows.shape[1]}")[:, 0], return_inverse=True)
    return which[np.cumsum(new) - 1], [_id(bytes(value)) for value in values]


def _fixed(columns: Array) -> tuple[dict[str, Array], Array]:
    """The numbers of the fixed part of each header, and its byte order, told by a year that makes sense."""
    import numpy as np

    def short(at: int) -> Array:
        one, two = columns[at].astype(np.int64), columns[at + 1].astype(np.int64)
        larger: Array = one * 256 + two
        return larger if all_big else np.where(big, larger, two * 256 + one)

    all_big = True
    big = _is_year(short(_SHORT["year"]))
    all_big = bool(big.all())
    head = {name: short(at) for name, at in _SHORT.items()}
    head |= {name: columns[at].astype(np.int64) for name, at in _BYTE.items()}
    for name in ("factor", "multiplier"):
        head[name] = head[name].astype(np.int16).astype(np.int64)
    words = np.where(big, head["high"] * 65536 + head["low"], head["low"] * 65536 + head["high"])
    head["correction"] = words.astype(np.int32).astype(np.int64)
    return head, big


def _is_year(year: Array) -> Array:
    within: Array = (year >= 1900) & (year <= 2200)
    return within


def days(year: Array) -> Array:
    """From 1970 to the first day of a year."""
    before = year - 1
    leaps: Array = before // 4 - before // 100 + before // 400 - 477
    return 365 * (year - 1970) + leaps


def _rate(factor: Array, multiplier: Array) -> Array:
    """Negative numbers stand for what they divide by."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        base = np.where(factor < 0, -1 / factor, factor)
        return np.where(
            factor * multiplier == 0, 0.0, base * np.where(multiplier < 0, -1 / multiplier, multiplier)
        )


def _flags(head: dict[str, Array], timing: Array) -> Array:
    quality = head["quality"]
    flags: Array = ((timing > 0) & (timing < POOR)) * UNLOCKED
    flags |= ((quality & 0x80) > 0) * QUESTIONABLE | ((quality & 0x03) > 0) * CLIPPED
    flags |= ((quality & 0x04) > 0) * SPIKES
    flags |= (head["second"] == 60) * LEAP
    return flags


def _id(raw: bytes) -> str:
    parts = (raw[10:12], raw[:5], raw[5:7], raw[7:10])
    return ".".join(part.strip(b" \0").decode("ascii", "backslashreplace") for part in parts)


def _blockettes(
    content: Array, offsets: Array, first: Array, big: Array, sound: Array, length: int
) -> dict[str, Array]:
    """What blockettes 100, 1000 and 1001 say; `sound` is cleared where they lead out of their record."""
    import numpy as np

    count, most = len(offsets), len(content)
    sizes = np.full(65536, 4)
    sizes[list(_BLOCKETTES)] = list(_BLOCKETTES.values())
    found: dict[str, Array] = {
        "length": np.full(count, length), "encoding": np.full(count, STEIM[0]), "big": big.copy(),
        "rate": np.zeros(count), "actual": np.zeros(count, bool), "timing": np.zeros(count, np.int64),
        "micro": np.zeros(count, np.int64),
    }  # fmt: skip
    at, end, told = first, np.zeros(count, np.int64), np.zeros(count, bool)
    for _ in range(16):
        here = np.flatnonzero(sound & (at > 0))
        if not len(here):
            break
        fits = (at[here] >= HEADER) & (offsets[here] + at[here] + 8 <= most)
        sound[here[~fits]] = False
        here = here[fits]
        place, order = offsets[here] + at[here], big[here]
        kind, after = _number(content, place, order), _number(content, place + 2, order)
        end[here] = np.maximum(end[here], at[here] + sizes[kind])
        sound[here] &= (after == 0) | (after >= at[here] + 4)
        own, where = here[kind == 1000], place[kind == 1000]
        told[own] = True
        exponent = content[where + 6].astype(np.int64)
        sound[own] &= (exponent >= 7) & (exponent <= 20)
        found["length"][own] = 1 << exponent.clip(0, 30)
        found["encoding"][own] = content[where + 4]
        found["big"][own] = content[where + 5] != 0
        own, where = here[kind == 1001], place[kind == 1001]
        found["timing"][own] = content[where + 4]
        found["micro"][own] = content[where + 5].astype(np.int8)
        own, where = here[kind == 100], place[kind == 100]
        actual = np.lib.stride_tricks.sliding_window_view(content, 4)[where + 4]
        found["rate"][own] = np.where(big[own], *(actual.view(kind)[:, 0] for kind in (">f4", "<f4")))
        found["actual"][own] = True
        at = at.copy()
        at[here] = after
    sound &= at == 0
    sound &= (told | (length > 0)) & (end <= found["length"]) & (offsets + found["length"] <= most)
    return found


def _number(content: Array, place: Array, big: Array) -> Array:
    import numpy as np

    one, two = content[place].astype(np.int64), content[place + 1].astype(np.int64)
    number: Array = np.where(big, one * 256 + two, two * 256 + one)
    return number
