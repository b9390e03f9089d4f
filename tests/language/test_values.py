"""Dates against Python's datetime and obspy, and constants that read back as they are shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from language.checking import fault, value
from obspy import UTCDateTime

from seisdsl.language.types import TimeRange
from seisdsl.language.units import DIMENSIONS, PLAIN
from seisdsl.language.values import (
    DAY_NS,
    FIRST_YEAR,
    LAST_YEAR,
    Fields,
    Instant,
    Items,
    Pair,
    Quantity,
    Span,
    Text,
    Truth,
    instant,
    iso,
    quoted,
    shown,
)

UTC = dt.UTC
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = dt.datetime(FIRST_YEAR, 1, 1), dt.datetime(LAST_YEAR, 12, 31, 23, 59, 59)


def nanoseconds(moment: dt.datetime) -> int:
    """By whole numbers, for `timestamp()` is a float."""
    return (moment - EPOCH) // dt.timedelta(microseconds=1) * 1000


# Dates ------------------------------------------------------------------------------------------

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))


@given(moment=st.datetimes(FIRST, LAST, timezones=zones))
def test_times_are_those_of_datetime(moment: dt.datetime) -> None:
    assert instant(moment.isoformat()) == Instant(nanoseconds(moment.astimezone(UTC)))


@given(moment=st.datetimes(FIRST, LAST))
def test_a_time_without_a_zone_is_utc(moment: dt.datetime) -> None:
    ns = nanoseconds(moment.replace(tzinfo=UTC))
    assert instant(moment.isoformat()).ns == instant(moment.isoformat() + "Z").ns == ns
    assert instant(moment.isoformat(timespec="minutes")).ns == ns // 60_000_000_000 * 60_000_000_000


@given(day=st.dates(FIRST.date(), LAST.date()))
def test_a_date_is_a_whole_day(day: dt.date) -> None:
    found = instant(day.isoformat())
    assert found == Instant((day - EPOCH.date()).days * DAY_NS, day=True)
    assert shown(found) == day.isoformat()


@pytest.mark.parametrize(
    "text",
    ["2016-08-15T02:00:00Z", "1969-12-31T23:59:59.999999Z", "2016-02-29T12:00:00Z", "1999-12-31T23:59:59.5Z"],
)
def test_times_are_those_of_obspy(text: str) -> None:
    assert instant(text).ns == UTCDateTime(text).ns


@given(ns=st.integers(-(2**62), 2**62))
def test_nanoseconds_are_those_of_numpy(ns: int) -> None:
    text = str(np.datetime64(ns, "ns"))
    assert instant(text).ns == ns
    assert iso(ns).rstrip("Z") == (text.rstrip("0").rstrip(".") if ns % 10**9 else text[:19])


@given(ns=st.integers(nanoseconds(FIRST.replace(tzinfo=UTC)), nanoseconds(LAST.replace(tzinfo=UTC))))
def test_every_nanosecond_reads_back(ns: int) -> None:
    assert instant(iso(ns)).ns == ns


def test_a_leap_second_is_the_first_of_the_next_day() -> None:
    assert instant("2016-12-31T23:59:60Z").ns == instant("2017-01-01T00:00:00Z").ns


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2016-13-01", "there is no month 13"),
        ("2016-00-01", "there is no month 0"),
        ("2015-02-29", "2015-02 has no day 29"),
        ("2016-04-31T00:00Z", "2016-04 has no day 31"),
        ("2016-08-15T24:00Z", "there is no time 24:00Z"),
        ("2016-08-15T12:60Z", "there is no time 12:60Z"),
        ("2016-08-15T12:00:60Z", "there is no time 12:00:60Z"),
        ("2016-08-15T12:00+25:00", "there is no time zone +25:00"),
        ("2016-08-15T12:00+09:75", "there is no time zone +09:75"),
        ("2016-08-15T00:00:00.1234567891Z", "times are kept to the nanosecond: at most 9 digits after the point"),
        ("0001-01-01", "a year lies from 1678 to 2261: times are kept in nanoseconds"),
        ("9999-01-01", "a year lies from 1678 to 2261: times are kept in nanoseconds"),
        ("yesterday", "yesterday is no date"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_in_plain_words(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011  the words are the test
        instant(text)
    assert str(refusal.value) == reason


def test_a_range_of_times_is_half_open() -> None:
    found = value("2016-08-15..2016-08-16")
    assert found == Span(TimeRange(instant("2016-08-15").ns, instant("2016-08-16").ns))
    assert found.range.seconds == 86400


def test_times_and_seconds_add_up_to_the_nanosecond() -> None:
    assert value("2016-08-15T02:00Z + 90min - 20ms").ns == instant("2016-08-15T03:29:59.98Z").ns
    assert value("2016-08-15T02:00:01.5Z - 2016-08-15T02:00Z") == Quantity(1.5, DIMENSIONS["Time"], "s")


@pytest.mark.parametrize("text", ["2016-08-15 + 1e12s", "2016-08-15 - 1e300s", "2016-08-15 + 300yr"])
def test_a_time_beyond_all_calendars_is_a_fault(text: str) -> None:
    assert fault(f"{text}\n").code == "value"


# Shown and read back ----------------------------------------------------------------------------

numbers = st.floats(-1e15, 1e15).map(lambda number: number + 0.0)
dimensions = st.sampled_from([PLAIN, *DIMENSIONS.values()])
quantities = st.builds(lambda si, of: Quantity(si, of, of.unit if of != PLAIN else ""), numbers, dimensions)
moments = st.integers(-(2**62), 2**62).map(Instant)
days = st.integers(-100_000, 100_000).map(lambda number: Instant(number * DAY_NS, day=True))
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from('\n\t{}"\\')).map(Text)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(st.integers(-(2**62), 2**62 - 2))
    return Span(TimeRange(start, draw(st.integers(start + 1, 2**62 - 1))))


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    low, high = sorted(draw(st.tuples(numbers, numbers)))
    of = draw(dimensions)
    return Pair(*(Quantity(end, of, of.unit if of != PLAIN else "") for end in (low, high)))


scalars = quantities | moments | days | texts | st.booleans().map(Truth) | spans() | pairs()
names = st.from_regex(r"x[a-z0-9_]{0,5}", fullmatch=True)
nested = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda items: Items(tuple(items)))
        | st.dictionaries(names, inner, min_size=1, max_size=3).map(
            lambda fields: Fields(tuple(fields.items()))
        )
    ),
    max_leaves=6,
)


@given(constant=nested)
def test_every_constant_reads_back_as_it_is_shown(constant: Any) -> None:
    assert value(shown(constant)) == constant


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from('\n\t{}"\\')))
def test_every_text_reads_back_from_its_quotes(text: str) -> None:
    assert value(quoted(text)) == Text(text)
