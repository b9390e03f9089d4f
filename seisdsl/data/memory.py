"""Refusing, before it is allocated, what no memory holds."""

from __future__ import annotations

import datetime as dt
import os

from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

_ALWAYS_FINE = 2**30  # bytes
_HOUR = 3600 * 10**9
_FAIRLY_FULL = 1 / 64  # of a large grid must be recorded: two records decades apart are no archive


def refuse_absurd(traces: int, length: int, bytes_each: int, span: TimeRange, recorded: float = 1.0) -> None:
    """`recorded` is the part of the grid that holds samples."""
    needed = traces * length * bytes_each
    if needed <= _ALWAYS_FINE or (needed < memory() / 2 and recorded > _FAIRLY_FULL):
        return
    first, last = _minute(span.start), _minute(span.end)
    holes = f", {recorded:.2%} of it recorded" if recorded < 0.99 else ""
    raise Unsuitable(
        f"these waves would need {needed / 2**30:,.0f} GiB of memory",
        parameter="time",
        notes=[f"{traces} traces of {length:,} samples, from {first} to {last}{holes}"],
        repair=f"take a part of them: time={first}..{_minute(span.start + _HOUR)}",
    )


def _minute(ns: int) -> str:
    moment = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=ns // 10**9)
    return moment.isoformat(timespec="minutes") + "Z"


def memory() -> int:
    """Bytes of memory of this machine, where it tells."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 16 * 2**30
