"""Headers that say what cannot be: codes, times, rates, clocks."""

from __future__ import annotations

import pytest
from obspy import UTCDateTime

from seisdsl.operator import Unsuitable


def test_letters_beyond_ascii_are_no_station(read, records, changed, counts):
    path, starts = records
    changed(path, 3 * 512 + 8, "宮".encode())
    told = read(path)
    assert [channel.station for channel in told.waves.channels] == ["AAA"]
    assert told.reasons == {"bad id": starts[4] - starts[3]}
    assert told.balanced


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_time_out_of_this_world_is_set_apart(read, records, changed, year):
    path, starts = records
    day = b"\x00\x01" if year == 1970 else b"\x00\xe4"
    changed(path, 4 * 512 + 20, year.to_bytes(2, "big") + day)
    told = read(path)
    assert told.waves.span.seconds == 90
    assert told.reasons == {"bad time": starts[5] - starts[4]}
    assert told.balanced


def test_a_leap_second_is_a_second(read, miniseed, trace, counts, changed):
    """23:59:60.5 is half a second into the next day, as POSIX has it."""
    late = trace(counts[:400])
    late.stats.starttime = UTCDateTime(2016, 12, 31, 23, 59, 59, 500_000)
    path = miniseed(late)
    changed(path, 26, b"\x3c")
    told = read(path)
    assert told.waves.start == UTCDateTime(2017, 1, 1, 0, 0, 0, 500_000).ns
    assert told.totals["used"] == 400
    assert {tally.reason for tally in told.waves.account.flagged} == {"leap second"}


def test_a_clock_that_was_not_locked_is_flagged(read, records, changed):
    path, starts = records
    changed(path, 2 * 512 + 38, b"\x80")  # data quality: the time tag is questionable
    told = read(path)
    assert told.waves.mask.all()
    (row,) = told.waves.account.flagged
    assert (row.id, row.samples) == ("XX.AAA..EHZ", starts[3] - starts[2])


def test_a_rate_of_nothing_is_left_out(read, records, changed):
    path, starts = records
    changed(path, 6 * 512 + 32, bytes(4))
    told = read(path)
    assert told.reasons == {"bad rate": starts[7] - starts[6]}
    assert told.balanced


def test_a_file_whose_every_rate_is_nothing_is_refused(read, miniseed, trace, counts, changed):
    path = miniseed(trace(counts[:300]))
    changed(path, 32, bytes(4))
    with pytest.raises(Unsuitable, match=r"x\.mseed.*rate"):
        read(path)


def test_a_wrong_rate_in_one_header_does_not_stop_the_rest(read, records, changed):
    path, starts = records
    changed(path, 6 * 512 + 32, (50).to_bytes(2, "big") + (1).to_bytes(2, "big"))  # factor, multiplier
    with pytest.raises(Unsuitable, match="different sampling rates"):
        read(path)
    told = read(path, rate=100.0)
    assert told.balanced
    recorded = told.waves.mask[0].numpy()
    assert recorded[: starts[6]].all()
    assert recorded[starts[7] :].all()
    assert set(told.reasons) == {"superseded"}  # by what else there is of that time
