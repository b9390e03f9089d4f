"""An archive's files for a time: a pattern such as `archive/{year}/{doy}/*.mseed`, filled in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence

from seisdsl.data.parts import matching
from seisdsl.data.waves import NS
from seisdsl.language.types import TimeRange
from seisdsl.operator import Files, Unsuitable

_FORMS = {"year": "%Y", "month": "%m", "day": "%d", "doy": "%j", "hour": "%H"}
_CODES = ("network", "station", "location", "channel")
_FINEST = {"hour": "hour", "day": "day", "doy": "day", "month": "month", "year": "year"}
_NAMES = {"hour": "%Y-%m-%dT%HZ", "day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
_EPOCH = dt.datetime(1970, 1, 1)
_LONGEST = {"hour": 3600, "day": 86400, "month": 31 * 86400, "year": 366 * 86400}
SDS = "{year}/{network}/{station}/{channel}.D/{network}.{station}.{location}.{channel}.D.{year}.{doy}"


def archive_files(pattern: str, time: TimeRange | None, channels: Sequence[str] = ()) -> Files:
    """The files of a time; the note names the days (hours, ...) of it for which there is none.

    `{network}`, `{station}`, `{location}` and `{channel}` stand for those of the channels wanted.
    `sds:FOLDER` is short for the layout of a SeisComP Data Structure.
    """
    pattern, fields = _read(pattern)
    codes = _codes(channels)
    if time is None or not fields & set(_FORMS):
        found = _found(_with(pattern, dict.fromkeys(_FORMS, "*")), codes)
        return Files(tuple(found), () if found else (pattern,))
    finest = _finest(fields)
    found, missing = [], []
    periods = list(_periods(time, finest))
    for begin in periods:
        files = _found(_with(pattern, {name: begin.strftime(form) for name, form in _FORMS.items()}), codes)
        found += files
        if not files:
            missing.append(begin.strftime(_NAMES[finest]))
    files_once = tuple(dict.fromkeys(found))
    return Files(files_once, () if found else (pattern,), _note(missing, len(periods), finest))


def with_neighbours(pattern: str, time: TimeRange | None) -> TimeRange | None:
    """A time and the file before and after it: files begin and end a little off their hour or day."""
    _, fields = _read(pattern)
    if time is None or not fields & set(_FORMS):
        return time
    period = _LONGEST[_finest(fields)] * NS
    return TimeRange(time.start - period, time.end + period)


def _read(pattern: str) -> tuple[str, set[str]]:
    """A pattern written out, and the fields in it."""
    if pattern.startswith("sds:"):
        pattern = f"{pattern.removeprefix('sds:').rstrip('/')}/{SDS}"
    fields = set(re.findall(r"\{([^{}]*)\}", pattern))
    if unknown := fields - {*_FORMS, *_CODES}:
        raise Unsuitable(
            f"an archive pattern has no field {{{min(unknown)}}}",
            parameter="archive",
            notes=["it may hold " + ", ".join(f"{{{name}}}" for name in (*_FORMS, *_CODES))],
        )
    return pattern, fields


def _finest(fields: set[str]) -> str:
    return next(period for name, period in _FINEST.items() if name in fields)


def _codes(channels: Sequence[str]) -> list[dict[str, str]]:
    """What stands for the codes in a pattern, for each of the channels wanted."""
    found = []
    for channel in channels or ["*"]:
        codes = re.sub(r"\[[^\]]*\]", "?", channel).split(".")
        codes = codes if len(codes) == len(_CODES) else ["*"] * 3 + codes[-1:]
        found.append(dict(zip(_CODES, codes, strict=True)))
    return found


def _found(pattern: str, codes: Sequence[Mapping[str, str]]) -> list[str]:
    return sorted({path for of in codes for path in matching(_with(pattern, of))})


def _with(pattern: str, values: Mapping[str, str]) -> str:
    """A pattern with the fields filled in that there is a value for."""
    return re.sub(r"\{(\w+)\}", lambda field: values.get(field[1], field[0]), pattern)


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
