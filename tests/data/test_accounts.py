"""Accounts: adjacent tallies become one, sums come out, and rejected.csv says what was left out."""

from __future__ import annotations

import csv

from seisdsl.data.accounts import COLUMNS, iso, merged, tidied, totals, write_rejected
from seisdsl.data.segments import Account, Tally
from seisdsl.data.waves import NS
from seisdsl.language.types import TimeRange

BEGIN = 1_471_219_200 * NS


def tally(second, samples=100, file="a", reason="", **more):
    return Tally(file, "XX.AAA..EHZ", BEGIN + round(second * NS), 100.0, samples, reason, **more)


def test_what_follows_on_one_another_is_one():
    assert merged([tally(1), tally(0), tally(2, 50)]) == (tally(0, 250),)
    assert merged([tally(0), tally(1.004)]) == (tally(0, 200),)  # less than half a sample late
    for other in (tally(1.006), tally(1, file="b"), tally(1, reason="spike"), tally(1, detail="at 3")):
        assert set(merged([tally(0), other])) == {tally(0), other}


def test_a_long_run_of_late_records_does_not_drift_apart():
    assert merged(tally(n * 1.001) for n in range(50)) == (tally(0, 5000),)


def test_what_has_no_time_or_no_rate_stays_as_it_is():
    whole_file = Tally("a", reason="unreadable", detail="is empty")
    odd = Tally("a", "XX.AAA..EHZ", BEGIN, 0.0, 5, "bad rate")
    assert set(merged([whole_file, odd, odd])) == {whole_file, odd}
    assert len(merged([whole_file, odd, odd])) == 3


def test_an_account_cut_in_parts_and_put_together_is_the_same():
    account = Account((tally(0, 10_000),), (tally(0, 9_000),), (tally(90, 1_000, reason="spike"),))
    parts = (account.within(TimeRange(BEGIN + n * NS, BEGIN + (n + 1) * NS)) for n in range(100))
    assert tidied(sum(parts, start=Account())) == account
    assert account.balanced


def test_totals():
    account = Account(
        (tally(0, 300),), (tally(0, 200),), (tally(2, 60, reason="spike"), tally(2.6, 40, reason="duplicate"))
    )
    assert totals(account) == {
        "read": 300, "used": 200, "rejected": 100, "by_reason": {"duplicate": 40, "spike": 60}
    }  # fmt: skip


def test_the_file_of_what_was_left_out(tmp_path):
    rejected = (
        tally(1, reason="spike", detail="=cmd|' /C calc'!A0"),
        tally(0, reason="spike", detail="=cmd|' /C calc'!A0"),
        Tally('b "1", x.mseed', reason="unreadable", detail="is an HTML page"),
    )
    path = tmp_path / "rejected.csv"
    assert write_rejected(Account(rejected=rejected), path) == 2
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert list(rows[0].values()) == [
        "a", "XX.AAA..EHZ", "2016-08-15T00:00:00.000000000Z", "2016-08-15T00:00:02.000000000Z",
        "200", "spike", "'=cmd|' /C calc'!A0",
    ]  # fmt: skip
    assert list(rows[1].values()) == ['b "1", x.mseed', "", "", "", "0", "unreadable", "is an HTML page"]


def test_times_to_the_nanosecond():
    assert iso(BEGIN + 1) == "2016-08-15T00:00:00.000000001Z"
    assert iso(-1) == "1969-12-31T23:59:59.999999999Z"
    assert iso(None) == iso(10**30) == ""
