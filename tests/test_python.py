"""Python's own objects as inputs, results as Python's own objects, and the page on it."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import obspy
import pandas as pd
import polars as pl
import pytest
from documents import ROOT
from obspy import UTCDateTime

import seisdsl
from seisdsl.data.inventory import inventory_of
from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.data.waves import Waves
from seisdsl.draw import as_json, as_program, as_text
from seisdsl.inputs import digest, taken

PAGE = ROOT / "docs" / "python.md"
STEP = re.compile(r"```python\n(.*?)```\n(?:```text\n(.*?)```\n)?", re.DOTALL)


def test_the_page_says_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    steps = STEP.findall(PAGE.read_text(encoding="utf-8"))
    assert len(steps) >= 8
    known: dict[str, Any] = {}
    for code, told in steps:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(code, str(PAGE), "exec"), known)  # noqa: S102
        assert said.getvalue() == told, code


@pytest.fixture(scope="module")
def made() -> seisdsl.Results:
    return seisdsl.run(
        """let wave = simulate two-events
let picks = wave | sta-lta | derive { late = time + 5s, double = amplitude * 2 }
let events = wave | truth
let spectra = wave | spectrogram
let quality = picks | score truth=(wave | true-onsets)"""
    )


# Arrays -----------------------------------------------------------------------------------------


def test_an_array_is_waves_with_its_gaps() -> None:
    samples = np.arange(20.0).reshape(2, 10)
    samples[1, 3] = np.nan
    samples[0, 9] = np.inf
    waves = seisdsl.waves(samples, rate=20, start="2016-08-15T00:00:01Z", ids=["N.A..EHZ", "N.B..EHZ"])
    assert waves.start == UTCDateTime(2016, 8, 15, 0, 0, 1).ns
    assert waves.rate == 20
    expected = np.where(np.isfinite(samples), samples, np.nan)
    np.testing.assert_array_equal(waves.to_numpy(), expected)


@pytest.mark.parametrize(
    "start",
    ["2016-08-15", 1471219200_000_000_000, dt.date(2016, 8, 15), dt.datetime(2016, 8, 15, tzinfo=dt.UTC),
     np.datetime64("2016-08-15"), UTCDateTime(2016, 8, 15), pd.Timestamp("2016-08-15T09:00+09:00")],
)  # fmt: skip
def test_a_start_may_be_any_kind_of_time(start: Any) -> None:
    assert seisdsl.waves(np.ones(5), rate=1, start=start).start == 1471219200_000_000_000


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rate": None}, "needs its rate and its start"),
        ({"rate": 0}, "above 0 Hz"),
        ({"records": np.ones((2, 3, 4))}, "trace, time"),
        ({"records": np.array(["a"])}, "an array of numbers"),
        ({"records": np.ones((2, 0))}, "no samples"),
        ({"ids": ["N.A..EHZ"]}, "2 traces need 2 ids"),
        ({"ids": ["N.A..EHZ", "N.A..EHZ"]}, "two traces have one id"),
        ({"ids": ["A", "B"]}, "`A` is no id of a trace"),
        ({"start": "yesterday"}, "yesterday"),
    ],
)
def test_an_array_that_lacks_something_is_refused(changes: dict[str, Any], said: str) -> None:
    given: dict[str, Any] = {"records": np.ones((2, 10)), "rate": 10.0, "start": "2016-08-15", **changes}
    with pytest.raises(ValueError, match=re.escape(said)):
        seisdsl.waves(given.pop("records"), **given)


def test_a_stream_of_two_rates_is_refused_or_resampled() -> None:
    traces = [
        obspy.Trace(np.sin(np.arange(rate * 60) / rate), {"sampling_rate": rate, "station": f"S{rate}"})
        for rate in (20, 50)
    ]
    with pytest.raises(
        ValueError, match="`mine` cannot be taken: the channels have different sampling rates"
    ):
        seisdsl.run("stream mine | sta-lta", mine=obspy.Stream(traces))
    with pytest.raises(ValueError, match=r"= seisdsl\.waves\(mine, rate=50\) resamples"):
        seisdsl.check("stream mine | sta-lta", mine=obspy.Stream(traces))
    assert seisdsl.waves(obspy.Stream(traces), rate=20).rate == 20


def test_an_inventory_says_where_stations_stand(made: seisdsl.Results) -> None:
    stream = made["wave"].to_obspy()
    inventory = inventory_of(made["wave"])
    alone = seisdsl.run("let w = stream mine", mine=stream)["w"]
    assert all(channel.latitude is None for channel in alone.channels)
    for placed in (
        seisdsl.run("let w = stream mine", mine=stream, places=inventory)["w"],
        seisdsl.waves(stream, stations=inventory),
    ):
        known = {channel.id: channel.latitude for channel in made["wave"].channels}
        assert {channel.id: channel.latitude for channel in placed.channels} == pytest.approx(known)


# Tables -----------------------------------------------------------------------------------------


def test_a_table_comes_back_as_it_was(made: seisdsl.Results) -> None:
    for name in ("picks", "events"):
        before: Table = made[name]
        after = taken({"it": before.to_pandas()})["it"].value
        assert type(after) is type(before)
        assert after.frame.equals(before.frame)
        assert after.columns == before.columns
        assert after.simulated


@pytest.mark.parametrize("of", [pd.DataFrame, pl.DataFrame])
def test_frames_are_told_by_their_columns(of: Any) -> None:
    times = ["2016-08-15T00:00:00Z"]
    picks = of({"phase_time": times, "station_id": ["N.S1..EHZ"], "phase_type": ["P"], "prob": [0.9]})
    events = of({"origin_time": times, "lat": [38.0], "lon": [142.0], "depth [m]": [5000.0]})
    other = of({"time": times, "heat": [3.5]})
    found = {name: held.value for name, held in taken({"a": picks, "b": events, "c": other}).items()}
    assert [type(value) for value in found.values()] == [Picks, Catalog, Table]
    assert found["a"].frame.select("network", "station", "channel", "score").row(0) == ("N", "S1", "EHZ", 0.9)
    assert found["b"].frame["depth"].to_list() == [5.0]
    assert found["a"].frame["time"].dt.timestamp("ns").to_list() == [1471219200_000_000_000]


def test_an_index_of_times_is_a_column() -> None:
    index = pd.date_range("2016-08-15", periods=2, freq="h", tz="Asia/Tokyo")
    table = seisdsl.table(pd.DataFrame({"heat": [1.0, 2.0]}, index=index))
    assert table.frame["time"].dt.timestamp("ns").to_list() == [t.value for t in index]


@pytest.mark.parametrize(
    ("make", "frame", "said"),
    [
        ("picks", pd.DataFrame({"time": ["2016-08-15"]}), "no column for the station"),
        ("catalog", pd.DataFrame({"lat": [1.0]}), "no column for the time"),
        ("picks", pd.DataFrame({"time": ["soon"], "station": ["S1"]}), "1 of 1 rows have no time"),
        ("table", pd.DataFrame([[1, 2]]), "columns need names"),
        ("table", pd.DataFrame({"a": [1, "x", object()]}), "values of several kinds"),
    ],
)
def test_a_frame_that_lacks_something_is_refused(make: str, frame: pd.DataFrame, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        getattr(seisdsl, make)(frame)


def test_given_tables_flow_and_are_named_in_the_program(made: seisdsl.Results, tmp_path: Path) -> None:
    program = 'let few = mine | head 2 | save "few.csv"\nfew | count'
    results = seisdsl.run(program, mine=made["picks"], out=tmp_path)
    assert results.last == 2
    assert "# mine: Picks from Python" in as_program(results.graph)
    assert "mine" in as_text(results.graph)
    assert '"given"' in as_json(results.graph)
    assert "# mine: Picks from Python" in (tmp_path / "few.csv.about.json").read_text()


def test_what_does_not_fit_a_given_table_is_said_with_its_columns() -> None:
    checked = seisdsl.check("mine | ar-aic", mine=pd.DataFrame({"a": [1.0], "b": ["x"]}))
    (fault,) = checked.diagnostics
    assert fault.code == "pipe"
    assert [label.place.source.text for label in fault.labels][-1] == "mine = Table, 1 rows: a, b"
    assert seisdsl.check("mine | where a > 0 | count", mine=pd.DataFrame({"a": [1.0]})).sound


def test_equal_content_is_known_by_one_digest(made: seisdsl.Results) -> None:
    picks = made["picks"]
    copy = picks.with_frame(picks.frame.clone())
    assert digest(copy) == digest(picks)
    assert digest(picks.with_frame(picks.frame.head(3))) != digest(picks)


# Results ----------------------------------------------------------------------------------------


def test_results_by_name_and_by_attribute(made: seisdsl.Results) -> None:
    assert made.picks is made["picks"]
    assert "picks" in dir(made)
    with pytest.raises(KeyError, match="did you mean `picks`"):
        made["pikcs"]
    with pytest.raises(AttributeError, match="nothing that flows is called `nothing`"):
        made.nothing  # noqa: B018


def test_results_as_objects_of_others(made: seisdsl.Results) -> None:
    wave = made["wave"]
    held = wave.to_xarray()
    np.testing.assert_array_equal(held["samples"].where(held["mask"]), wave.to_numpy())
    assert held["time"].values[0] == np.datetime64(wave.start, "ns")
    spectra = made["spectra"]
    assert spectra.to_numpy().shape == spectra.to_xarray()["power"].shape == tuple(spectra.power.shape)
    quality = made["quality"].to_pandas().set_index("metric")
    assert quality.loc["f1", "value"] == pytest.approx(made["quality"]["f1"])
    assert str(made["picks"]).startswith("Picks, simulated: ")
    assert repr(made["picks"]) == str(made["picks"])


def test_records_from_python_give_what_the_same_program_gives(made: seisdsl.Results) -> None:
    program = "let picks = stream mine | bandpass 2..8Hz | sta-lta"
    whole: Waves = made["wave"]
    places = inventory_of(whole)
    one = seisdsl.run(program, mine=whole)["picks"]
    two = seisdsl.run(program, mine=whole.to_obspy(), places=places)["picks"]
    assert one.frame["time"].to_list() == two.frame["time"].to_list()
    assert len(one) > 0


@pytest.mark.slow
def test_a_script_of_a_user_is_checked_by_mypy(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    script = tmp_path / "script.py"
    script.write_text(
        "import seisdsl\n"
        "from pathlib import Path\n"
        'results = seisdsl.run("let a = stream two-events", device="cpu", out=Path("x"), day="2016-08-15")\n'
        "names: list[str] = list(results)\n"
        'sound: bool = seisdsl.check("stream two-events").sound\n'
        "waves = seisdsl.waves([[0.0, 1.0]], rate=1.0, start=0)\n"
        "rate: float = waves.rate\n"
        'wrong: int = seisdsl.check("stream two-events").sound.upper()\n'
    )
    options = ["--strict", "--follow-imports=silent", f"--cache-dir={tmp_path / 'cache'}"]
    command = [sys.executable, "-m", "mypy", *options, str(script)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert re.findall(r"script\.py:(\d+): error", told.stdout) == ["8"], told.stdout + told.stderr
