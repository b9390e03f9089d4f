"""Values in a few lines of plain text."""

from __future__ import annotations

from dataclasses import replace

import obspy
import torch

from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.show import WIDTH, instant, summary
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.language.types import TEXT, ColumnOf, Record, TimeRange


def waves(**changes):
    return replace(waves_from_obspy(obspy.read()), **changes)


def plain(text):
    assert all(line.isprintable() for line in text.splitlines())
    assert max(map(len, text.splitlines())) <= WIDTH
    return text


def test_waves():
    mask = torch.ones(3, 3000, dtype=torch.bool)
    mask[0, :900] = False
    mask[2] = False
    given = waves()
    text = plain(summary(given.with_samples(given.samples, mask=mask, simulated=True)))
    assert text.splitlines() == [
        "Waves, simulated: 3 traces of 1 station",
        "  2009-08-24T00:20:03Z to 2009-08-24T00:20:33Z, 30 s",
        "  100 Hz, 3,000 samples each, in counts, 43.3% gaps",
        f"  BW.RJOB..EHE         peak {float(given.samples[0, 900:].abs().max()):.3g}",
        f"  BW.RJOB..EHN         peak {float(given.samples[1].abs().max()):.3g}",
        "  BW.RJOB..EHZ         nothing recorded",
    ]


def test_many_traces_are_counted():
    many = waves().select([0, 1, 2] * 30)
    assert summary(many).splitlines()[-1] == "  and 84 more traces"
    assert "no gaps" in summary(many)
    assert "simulated" not in summary(many)


def test_a_table_shows_units_and_its_first_rows():
    events = Catalog.of(
        {
            "time": [1_471_219_200_123_456_789] * 12, "latitude": [38.123456] * 12, "longitude": [142.0] * 12,
            "depth": [12.5] * 11 + [None], "magnitude": [3.1] * 12, "kind": ["earthquake"] * 12,
        },
        simulated=True,
    )  # fmt: skip
    lines = plain(summary(events)).splitlines()
    assert lines[0] == "Catalog, simulated: 12 rows"
    assert lines[1].split() == [
        "time", "latitude", "[deg]", "longitude", "[deg]", "depth", "[km]", "magnitude", "kind",
    ]  # fmt: skip
    assert lines[2].split() == ["2016-08-15T00:00:00.123Z", "38.1235", "142", "12.5", "3.1", "earthquake"]
    assert lines[-1] == "  and 2 more rows"
    assert len({line.index("earthquake") for line in lines[2:-1]}) == 1


def test_an_empty_table_names_its_columns():
    assert plain(summary(Picks.of({}))).splitlines()[0] == "Picks: 0 rows"
    assert "station" in summary(Picks.of({}))


def test_a_wide_table_says_what_it_does_not_show():
    names = [f"a-rather-long-name-{number}" for number in range(9)]
    table = Table.of({name: ["x" * 200] for name in names}, extra={name: ColumnOf(TEXT) for name in names})
    assert "columns not shown: a-rather-long-name-3" in plain(summary(table))


def test_a_name_cannot_steer_the_terminal():
    table = Table.of({"note": ["\x1b[2J\nhi"]}, extra={"note": ColumnOf(TEXT)})
    assert "?[2J?hi" in plain(summary(table))


def test_a_spectrogram():
    spectrogram = Spectrogram(
        torch.ones(2, 3, 4), torch.ones(2, 4, dtype=torch.bool), torch.tensor([0.0, 5, 10]), 0.5, 0,
        waves().channels[:2],
    )  # fmt: skip
    assert plain(summary(spectrogram)).splitlines() == [
        "Spectrogram: 2 traces, in counts²/Hz, no gaps",
        "  4 windows each 0.5 s from 1970-01-01T00:00:00Z to 1970-01-01T00:00:01.500Z",
        "  3 frequencies from 0 to 10 Hz",
    ]


def test_numbers_texts_and_records():
    assert summary(3) == "3"
    assert summary(0.123456789) == "0.123457"
    assert summary(True) == "true"
    assert summary("two\nlines") == "two\nlines"
    assert summary(TimeRange(0, 10**9)) == "1970-01-01T00:00:00Z to 1970-01-01T00:00:01Z"
    assert plain(summary(Record({"a": 1, "b": Picks.of({})}))).splitlines()[:2] == [
        "a: 1",
        "b: Picks: 0 rows",
    ]


def test_an_instant_is_rounded_to_the_millisecond():
    assert instant(1_999_999_999) == "1970-01-01T00:00:02Z"
    assert instant(-1_000_000) == "1969-12-31T23:59:59.999Z"
