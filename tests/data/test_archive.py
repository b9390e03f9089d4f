"""An archive's files for a time, and what is missing of it."""

from __future__ import annotations

import datetime as dt

import pytest

from seisdsl.data.archive import archive_files
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable


def ns(*date):
    return int(dt.datetime(*date, tzinfo=dt.UTC).timestamp()) * 10**9


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.fixture
def august(tmp_path):
    """31 days, of which one is not there, in a folder whose name looks like a pattern."""
    folder = tmp_path / "[sds] data"
    touch(folder, *(f"2016/{day:03d}/{s}.mseed" for day in range(214, 245) if day != 229 for s in "AB"))
    return folder


def test_a_day_that_is_missing_is_named(august):
    files = archive_files(f"{august}/{{year}}/{{doy}}/*.mseed", TimeRange(ns(2016, 8, 1), ns(2016, 9, 1)))
    assert len(files.found) == 60
    assert files.missing == ()
    assert files.note == "2016-08-16 is missing; 30 of 31 days are present"


def test_the_time_range_is_half_open(august):
    pattern = f"{august}/{{year}}/{{doy}}/A.mseed"
    day = TimeRange(ns(2016, 8, 2), ns(2016, 8, 3))
    assert archive_files(pattern, day).found == (f"{august}/2016/215/A.mseed",)
    noon = TimeRange(ns(2016, 8, 2, 12), ns(2016, 8, 3, 0, 0, 1))
    assert len(archive_files(pattern, noon).found) == 2


def test_all_is_found_where_no_time_is_given(august):
    assert len(archive_files(f"{august}/{{year}}/{{doy}}/B.mseed", None).found) == 30


def test_many_missing_days_are_counted(tmp_path):
    files = archive_files(f"{tmp_path}/{{month}}-{{day}}", TimeRange(ns(2016, 2, 27), ns(2016, 3, 9)))
    assert files.missing == (f"{tmp_path}/{{month}}-{{day}}",)
    assert files.note == (
        "2016-02-27, 2016-02-28, 2016-02-29, 2016-03-01, 2016-03-02 and 6 more are missing; "
        "0 of 11 days are present"
    )


@pytest.mark.parametrize(
    ("pattern", "time", "found", "note"),
    [
        ("{year}{month}{day}T{hour}", ((2016, 12, 31, 22, 30), (2017, 1, 1, 1)), ["20161231T23"],
         "2016-12-31T22Z and 2017-01-01T00Z are missing; 1 of 3 hours is present"),
        ("{year}.{month}", ((2016, 1, 31), (2016, 3, 1)), ["2016.01", "2016.02"], ""),
        ("{year}", ((2015, 12, 31), (2017, 1, 1)), ["2016"],
         "2015 is missing; 1 of 2 years is present"),
    ],
)  # fmt: skip
def test_hours_months_and_years(tmp_path, pattern, time, found, note):
    touch(tmp_path, *found)
    files = archive_files(f"{tmp_path}/{pattern}", TimeRange(ns(*time[0]), ns(*time[1])))
    assert files.found == tuple(f"{tmp_path}/{name}" for name in found)
    assert files.note == note


def test_an_unknown_field_is_refused():
    with pytest.raises(Unsuitable, match=r"no field \{week\}") as refusal:
        archive_files("{year}/{week}", None)
    assert "{doy}" in refusal.value.notes[0]
