"""What is saved can be read back by others: obspy, polars, json, numpy."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import obspy
import polars
import pytest
import torch
from data.made import field, scores, series

from seisdsl.data.metrics import Metric, Metrics
from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.origin import made_by, told_by
from seisdsl.data.records import read_waves
from seisdsl.data.save import files
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.language.types import TEXT, ColumnOf
from seisdsl.operator import Unsuitable

TIME = 1_471_219_200_123_456_789


def save(value, folder, name):
    for own, write in files(value, name):
        write(folder / own)
    return sorted(path.name for path in folder.iterdir())


def counts(scale=1000, **changes):
    stream = obspy.read()
    for trace in stream:
        trace.data = np.rint(trace.data * scale).astype(np.int32)
    return replace(waves_from_obspy(stream), **changes)


def floats(**changes):
    return replace(waves_from_obspy(obspy.read()), unit="m/s", **changes)


def with_gap(waves):
    mask = waves.mask.clone()
    mask[1, 1000:1500] = False
    return waves.with_samples(waves.samples, mask=mask)


def test_miniseed_gives_the_same_waves_back(tmp_path):
    for name, waves in [("i.mseed", counts()), ("f.mseed", floats()), ("g.mseed", with_gap(counts()))]:
        save(waves, tmp_path, name)
        back = read_waves([str(tmp_path / name)])
        assert back.channels == waves.channels
        assert (back.start, back.rate) == (waves.start, waves.rate)
        assert torch.equal(back.mask, waves.mask)
        assert torch.equal(back.samples.double(), waves.samples.double())


def test_whole_counts_are_packed_and_others_kept_as_they_are(tmp_path):
    for name, waves, encoding in [
        ("a.mseed", counts(), "STEIM2"),
        ("b.mseed", counts(scale=3e5), "FLOAT64"),
        ("c.mseed", floats(), "FLOAT64"),
        ("d.mseed", floats(samples=floats().samples.float()), "FLOAT32"),
    ]:
        save(waves, tmp_path, name)
        stats = obspy.read(tmp_path / name, format="MSEED")[0].stats
        assert stats.mseed.encoding == encoding, name


def test_a_code_too_long_for_miniseed_is_refused_not_cut(tmp_path):
    waves = counts()
    long = replace(waves, channels=tuple(replace(c, station="TOOLONG") for c in waves.channels))
    with pytest.raises(Unsuitable, match="5 letters for a station code, and `TOOLONG` does not fit"):
        save(long, tmp_path, "a.mseed")
    assert len(save(long, tmp_path, "a.sac")) == 3


def test_simulated_waves_bear_the_network_of_synthetics_and_a_note(tmp_path):
    assert save(floats(simulated=True), tmp_path, "a.mseed") == ["a.mseed", "a.mseed.about.json"]
    assert {t.stats.network for t in obspy.read(tmp_path / "a.mseed", format="MSEED")} == {"SY"}
    note = json.loads((tmp_path / "a.mseed.about.json").read_text())
    assert note["simulated"] is True
    assert note["stations"] == ["BW.RJOB"]
    assert read_waves([str(tmp_path / "a.mseed")]).simulated


def test_sac_holds_one_run_each(tmp_path):
    waves = floats(samples=floats().samples.float())
    names = save(with_gap(waves), tmp_path, "a.sac")
    assert names == [
        "a.BW.RJOB..EHE.20090824T002003.sac",
        "a.BW.RJOB..EHN.20090824T002003.sac",
        "a.BW.RJOB..EHN.20090824T002018.sac",
        "a.BW.RJOB..EHZ.20090824T002003.sac",
    ]
    back = read_waves([str(tmp_path / name) for name in names])
    assert torch.equal(back.mask, with_gap(waves).mask)
    assert torch.equal(back.samples, with_gap(waves).samples)


def test_a_single_sac_has_the_name_given_and_its_place(tmp_path):
    waves = floats().select([0])
    there = replace(waves.channels[0], latitude=38.5, longitude=142.0, elevation=-1500.0)
    waves = replace(waves, samples=waves.samples.float(), channels=(there,))
    assert save(waves, tmp_path, "one.sac") == ["one.sac"]
    assert read_waves([str(tmp_path / "one.sac")]).channels == (there,)


def test_sac_refuses_what_it_would_round(tmp_path):
    with pytest.raises(Unsuitable, match="single precision"):
        save(floats(), tmp_path, "a.sac")


PICKS = Picks.of(
    {
        "time": [TIME, TIME + 1],
        "network": ["N", "N"],
        "station": ["S1N01", "=cmd|'/c calc'!A1"],
        "phase": ["P", "@S"],
        "score": [3.5, float("nan")],
    }
)


def test_csv_is_what_a_spreadsheet_may_open(tmp_path):
    save(PICKS, tmp_path, "a.csv")
    lines = (tmp_path / "a.csv").read_text().splitlines()
    assert lines[0].startswith("time,network,station,location")
    assert lines[1].startswith("2016-08-15T00:00:00.123456789Z,N,S1N01,")
    assert "'=cmd|'/c calc'!A1" in lines[2]
    assert "'@S" in lines[2]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\r=1", "\n=1", "'=1", "''-1"])
def test_no_text_begins_a_formula(tmp_path, text):
    table = Table.of({"note": [text]}, extra={"note": ColumnOf(TEXT)})
    save(table, tmp_path, "a.csv")
    assert polars.read_csv(tmp_path / "a.csv")["note"][0] == "'" + text


def test_no_name_of_a_column_begins_a_formula(tmp_path):
    save(Table.of({"=a": ["x"]}, extra={"=a": ColumnOf(TEXT)}), tmp_path, "a.csv")
    assert (tmp_path / "a.csv").read_text() == "'=a\nx\n"


def test_parquet_and_json_keep_types_units_and_times(tmp_path):
    events = Catalog.of({"time": [TIME], "depth": [12.5], "magnitude": [3.1]}, simulated=True)
    save(events, tmp_path, "a.parquet")
    frame = polars.read_parquet(tmp_path / "a.parquet")
    assert frame.drop("simulated").equals(events.frame)
    assert frame["simulated"].to_list() == [True]
    save(events, tmp_path, "a.json")
    told = json.loads((tmp_path / "a.json").read_text())
    assert told["simulated"] is True
    assert told["columns"]["depth"]["unit"] == "km"
    assert told["rows"][0]["time"] == "2016-08-15T00:00:00.123456789Z"
    assert told["rows"][0]["latitude"] is None
    save(PICKS, tmp_path, "b.json")
    assert json.loads((tmp_path / "b.json").read_text())["rows"][1]["score"] is None


def test_a_simulated_csv_says_so_in_every_row(tmp_path):
    save(replace(PICKS, simulated=True), tmp_path, "a.csv")
    assert polars.read_csv(tmp_path / "a.csv")["simulated"].to_list() == [True, True]


@pytest.mark.parametrize("name", ["a.quakeml", "a.xml"])
def test_a_catalogue_is_read_by_obspy(tmp_path, name):
    events = Catalog.of(
        {
            "time": [TIME, TIME], "latitude": [38.5, None], "longitude": [142.0, 1.0], "depth": [12.5, 3.0],
            "magnitude": [3.1, None], "kind": ["earthquake", "tremor"], "stations": [7, None],
        },
        simulated=True,
    )  # fmt: skip
    with pytest.warns(UserWarning, match="1 event has no time or place, and so no origin in QuakeML"):
        save(events, tmp_path, name)
    first, second = obspy.read_events(tmp_path / name, format="QUAKEML")
    origin = first.preferred_origin()
    assert (origin.latitude, origin.longitude, origin.depth) == (38.5, 142.0, 12500.0)
    assert origin.time == obspy.UTCDateTime("2016-08-15T00:00:00.123457")  # QuakeML has microseconds
    assert first.preferred_magnitude().mag == 3.1
    assert first.event_type == "earthquake"
    assert origin.quality.used_station_count == 7
    assert "simulated" in first.comments[0].text
    assert not second.origins
    assert not second.magnitudes
    assert second.comments[0].text == "tremor"
    again = (tmp_path / name).read_bytes()
    with pytest.warns(UserWarning, match="1 event"):
        save(events, tmp_path, name)
    assert (tmp_path / name).read_bytes() == again


def test_a_spectrogram_is_arrays(tmp_path):
    spectrogram = Spectrogram(
        torch.ones(1, 3, 4), torch.ones(1, 4, dtype=torch.bool), torch.arange(3.0), 0.5, TIME,
        floats().channels[:1], (((1, 7_000_000),),),
    )  # fmt: skip
    save(spectrogram, tmp_path, "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        assert arrays["power"].shape == (1, 3, 4)
        assert arrays["time"].tolist() == [TIME + k * 500_000_000 for k in range(4)]
        assert arrays["late"].tolist() == [[0, 0.007, 0.007, 0.007]]
        assert arrays["id"].tolist() == ["BW.RJOB..EHE"]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (PICKS, ["a.csv", "a.csv.about.json"]),
        (PICKS, ["a.parquet"]),
        (Catalog.of({"time": [TIME], "latitude": [1.0], "longitude": [2.0]}), ["a.quakeml"]),
        (scores(), ["a.npz"]),
        (field(), ["a.npz"]),
        (series(), ["a.csv", "a.csv.about.json"]),
        (Metrics({"accuracy": Metric(1.0)}), ["a.json"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_file_or_the_note_beside_it_says_how_it_was_made(tmp_path, value, names):
    with made_by(lambda: {"program": "simulate two-events\n"}):
        assert save(value, tmp_path, names[0]) == names
    assert told_by(tmp_path / names[0])["made"] == {"program": "simulate two-events\n"}


def test_a_number_is_json(tmp_path):
    save(12, tmp_path, "n.json")
    assert json.loads((tmp_path / "n.json").read_text()) == 12


@pytest.mark.parametrize(
    ("value", "name", "words"),
    [
        (PICKS, "a.mseed", "Picks can be saved as .csv, .parquet, .json"),
        (PICKS, "a.quakeml", "Picks can be saved as .csv, .parquet, .json"),
        (PICKS, "a.xlsx", "Picks can be saved as .csv, .parquet, .json"),
        (PICKS, "a", "Picks can be saved as .csv, .parquet, .json"),
        (counts(), "a.csv", "Waves can be saved as .mseed, .sac"),
    ],
)
def test_an_ending_that_does_not_fit_is_told_those_that_do(tmp_path, value, name, words):
    with pytest.raises(Unsuitable, match="format") as refusal:
        save(value, tmp_path, name)
    assert refusal.value.notes == (words,)


def test_waves_without_a_sample_are_refused(tmp_path):
    waves = counts()
    with pytest.raises(Unsuitable, match="no recorded sample"):
        save(replace(waves, mask=torch.zeros_like(waves.mask)), tmp_path, "a.mseed")
