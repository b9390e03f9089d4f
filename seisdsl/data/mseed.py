"""Damaged miniSEED kept from the decoder: a header that points out of its record makes it read what
is not its own, and ends the whole process."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

RECORD = re.compile(rb"[\d \0]{6}[DRQM][ \0]")
_HEADER = 48
# samples that a byte of data can hold at most, by encoding; those not named hold one in two bytes
_DENSITY = {0: 1.0, 1: 1 / 2, 3: 1 / 4, 4: 1 / 4, 5: 1 / 8, 10: 60 / 64, 11: 105 / 64, 12: 1 / 3}
_OTHERS = (2, 13, 14, 15, 16, 30, 31, 32, 33)
_BLOCKETTES = {100: 12, 200: 52, 201: 60, 300: 60, 310: 60, 320: 64, 390: 28, 395: 16,
               400: 16, 405: 6, 500: 200, 1000: 8, 1001: 8}  # fmt: skip


def sound_records(content: bytes) -> tuple[bytes, int]:
    """The records whose headers make sense, and how many records were left out."""
    import numpy as np

    length = record_length(content)
    if length is None:
        return content, 0
    rows = np.frombuffer(content, np.uint8, len(content) // length * length).reshape(-1, length)
    sound = rows_sound(rows)
    if sound.all() and rows.size == len(content):
        return content, 0
    kept = rows[sound].tobytes() if sound.sum() * 2 > len(sound) else b"".join(_one_by_one(content))
    return kept, -(-(len(content) - len(kept)) // length)


def _one_by_one(content: bytes) -> list[bytes]:
    """Records of unlike lengths, or between other bytes."""
    import numpy as np

    found, at = [], 0
    while match := RECORD.search(content, at):
        at = match.start()
        length = record_length(content[at : at + 4096])
        piece = content[at : at + length] if length else b""
        whole = bool(piece) and len(piece) == length
        if whole and rows_sound(np.frombuffer(piece, np.uint8)[None]).all():
            found.append(piece)
            at += len(piece)
        else:
            at += 8
    return found


def record_length(content: bytes) -> int | None:
    """The record length that blockette 1000 of the first record gives."""
    if not RECORD.match(content) or len(content) < 64:
        return None
    order = "big" if 1900 <= int.from_bytes(content[20:22], "big") <= 2200 else "little"

    def number(at: int) -> int:
        return int.from_bytes(content[at : at + 2], order)  # type: ignore[arg-type]

    at = number(46)
    for _ in range(16):
        if not _HEADER <= at <= len(content) - 8:
            return None
        if number(at) == 1000:
            return 2 ** content[at + 6] if 7 <= content[at + 6] <= 20 else None
        at = number(at + 2)
    return None


def rows_sound(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Which of the records, one a row, have a header that stays within them."""
    import numpy as np

    count, length = rows.shape
    index = np.arange(count)

    def number(at: Any, big: Any) -> Any:
        high, low = rows[index, at].astype(np.int64), rows[index, at + 1].astype(np.int64)
        return np.where(big, high * 256 + low, low * 256 + high)

    fixed = np.full(count, 20)
    big = (number(fixed, True) >= 1900) & (number(fixed, True) <= 2200)
    year = number(fixed, big)
    samples, data, at = (number(np.full(count, where), big) for where in (30, 44, 46))
    digits = ((rows[:, :6] >= 48) & (rows[:, :6] <= 57)) | np.isin(rows[:, :6], (0, 32))
    sound = digits.all(axis=1) & np.isin(rows[:, 6], list(b"DRQM")) & np.isin(rows[:, 7], (0, 32))
    sound &= (year >= 1900) & (year <= 2200)
    day = number(np.full(count, 22), big)
    sound &= (day >= 1) & (day <= 366) & (rows[:, 24] < 24) & (rows[:, 25] < 60) & (rows[:, 26] <= 60)
    sound &= (samples == 0) | ((data >= _HEADER) & (data < length))

    sizes = np.full(65536, 4)
    sizes[list(_BLOCKETTES)] = list(_BLOCKETTES.values())
    encoding = np.full(count, -1)
    for _ in range(16):
        here = at > 0
        sound &= ~here | ((at >= _HEADER) & (at <= length - 8))
        place = np.where(here & sound, at, 0)
        kind, after = number(place, big), number(place + 2, big)
        size = sizes[kind]
        sound &= ~here | (place + size <= length)
        thousand = here & sound & (kind == 1000)
        encoding = np.where(thousand, rows[index, place + 4], encoding)
        sound &= ~thousand | (2 ** rows[index, place + 6].astype(np.int64).clip(0, 30) == length)
        sound &= ~here | (after == 0) | (after >= place + 4)
        at = np.where(here & sound, after, 0)
    sound &= at == 0

    density = np.zeros(count)
    for code, most in {**_DENSITY, **dict.fromkeys(_OTHERS, 1 / 2)}.items():
        density[encoding == code] = most
    sound &= (samples == 0) | (samples <= (length - data) * density)
    return sound
