"""An archive's files for a time: a pattern such as `archive/{year}/{doy}/*.mseed`, filled in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from seisdsl.data.records import matching
from seisdsl.language.types import TimeRange
from seisdsl.operator import Files, Unsuitable

_FORMS = {"year": "%Y", "month": "%m", "day": "%d", "doy": "%j", "hour": "%H"}
_FINEST = {"hour": "hour", "day": "day", "doy": "day", "month": "month", "year": "year"}
_NAMES = {"hour": "%Y-%m-%dT%HZ", "day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
_EPOCH = dt.datetime(1970, 1, 1)


def archive_files(pattern: str, time: TimeRange | None) -> Files:
    """The files of a time; the note names the days (hours, ...) of it for which there is none."""
    fields = set(re.findall(r"\{([^{}]*)\}", pattern))
    if unknown := fields - set(_FORMS):
        raise Unsuitable(
            f"an archive pattern has no field {{{min(unknown)}}}",
            parameter="archive",
            notes=["it may hold " + ", ".join(f"{{{name}}}" for name in _FORMS)],
        )
    if time is None or not fields:
        found = matching(re.sub(r"\{\w+\}", "*", pattern))
        return Files(tuple(found), () if found else (pattern,))
    finest = next(period for name, period in _FINEST.items() if name in fields)
    found, missing = [], []
    periods = list(_periods(time, finest))
    for begin in periods:
        files = matching(_filled(pattern, begin))
        found += files
        if not files:
            missing.append(begin.strftime(_NAMES[finest]))
    return Files(tuple(found), () if found else (pattern,), _note(missing, len(periods), finest))


def _filled(pattern: str, begin: dt.datetime) -> str:
    return re.sub(r"\{(\w+)\}", lambda field: begin.strftime(_FORMS[field[1]]), pattern)


def _periods(time: TimeRange, period: str) -> Iterator[dt.datetime]:
    """The beginnings of all hours, days, months or years that a time touches."""
    begin = _EPOCH + dt.timedelta(microseconds=time.start // 1000)
    begin = begin.replace(minute=0, second=0, microsecond=0)
    begin = begin if period == "hour" else begin.replace(hour=0)
    begin = begin if period in ("hour", "day") else begin.replace(day=1)
    begin = begin if period != "year" else begin.replace(month=1)
    end = _EPOCH + dt.timedelta(microseconds=time.end / 1000)
    while begin < end:
        yield begin
        if period in ("hour", "day"):
            begin += dt.timedelta(**{f"{period}s": 1})
        else:
            later = begin + dt.timedelta(days=32 if period == "month" else 367)
            begin = later.replace(day=1) if period == "month" else later.replace(month=1, day=1)


def _note(missing: list[str], of: int, period: str) -> str:
    """`2016-08-16 is missing; 30 of 31 days are present`."""
    if not missing:
        return ""
    named = missing if len(missing) <= 6 else [*missing[:5], f"{len(missing) - 5} more"]
    words = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    verb = "is" if len(missing) == 1 else "are"
    present = of - len(missing)
    units = f"{period}s" if of != 1 else period
    return f"{words} {verb} missing; {present} of {of} {units} {'is' if present == 1 else 'are'} present"
