"""An archive's files for a time, and what is missing of it."""

from __future__ import annotations

import datetime as dt

import pytest

from seisdsl.data.archive import archive_files, with_neighbours
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


def test_codes_in_a_pattern_stand_for_the_channels_wanted(tmp_path):
    touch(
        tmp_path, *(f"2016/N/{s}/EH{c}.D/N.{s}..EH{c}.D.2016.228" for s in ("S1N01", "S2N01") for c in "ZN")
    )
    day = TimeRange(ns(2016, 8, 15), ns(2016, 8, 16))

    def names(*channels):
        found = archive_files(f"sds:{tmp_path}/", day, channels).found
        return [path.rsplit("/", 1)[1].removesuffix(".D.2016.228") for path in found]

    assert len(names()) == 4
    assert names("EHZ") == ["N.S1N01..EHZ", "N.S2N01..EHZ"]
    assert names("N.S1*..EH?") == ["N.S1N01..EHN", "N.S1N01..EHZ"]
    assert names("N.S1N01..EHZ", "N.S2N01..EHN") == ["N.S1N01..EHZ", "N.S2N01..EHN"]
    assert len(names("EH[ZN]")) == 4
    assert names("HHZ") == []


def test_the_sds_layout_is_found_for_all_times(tmp_path):
    touch(tmp_path, "2016/N/A/EHZ.D/N.A..EHZ.D.2016.001", "2017/N/A/EHZ.D/N.A..EHZ.D.2017.365")
    assert len(archive_files(f"sds:{tmp_path}", None).found) == 2


def test_files_of_the_period_before_and_after_are_looked_into():
    noon = TimeRange(ns(2016, 8, 15, 12), ns(2016, 8, 15, 13))
    for pattern, days in [("{year}/{doy}", 1), ("{year}.{month}", 31), ("{year}/{doy}.{hour}", 1 / 24)]:
        wide = with_neighbours(pattern, noon)
        assert (noon.start - wide.start, wide.end - noon.end) == (round(days * 86400 * 10**9),) * 2
    assert with_neighbours("all/*.mseed", noon) == noon
    assert with_neighbours("{year}", None) is None
