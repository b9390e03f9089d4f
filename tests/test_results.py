"""The language from Python."""

from __future__ import annotations

from pathlib import Path

import obspy
import pytest

import seisdsl
from seisdsl.data.obspy_waves import waves_from_obspy


PICKS = "stream mine | highpass 2Hz | sta-lta short=0.5s long=5s on=3"


@pytest.fixture
def stream() -> obspy.Stream:
    """The three components that obspy shows its readers, recorded at RJOB."""
    return obspy.read()


def test_a_program_runs_on_waves_given_by_name(stream: obspy.Stream) -> None:
    results = seisdsl.run(f"let picks = {PICKS}", mine=stream)
    assert set(results) == {"picks"}
    picks = results["picks"].to_pandas()
    assert set(picks["station"]) == {"RJOB"}
    onset = obspy.UTCDateTime("2009-08-24T00:20:07.7")
    assert abs(picks["time"].iloc[0].timestamp() - onset.timestamp) < 0.5


def test_waves_and_obspy_streams_are_the_same(stream: obspy.Stream) -> None:
    program = "let smooth = stream mine | detrend | lowpass 5Hz"
    a = seisdsl.run(program, mine=stream)["smooth"]
    b = seisdsl.run(program, mine=waves_from_obspy(stream))["smooth"]
    assert a.samples.equal(b.samples)


def test_names_are_worked_out_when_they_are_asked_for(stream: obspy.Stream) -> None:
    results = seisdsl.run("let waves = stream mine\nlet late = waves | trim before=1h", mine=stream)
    assert len(results["waves"].channels) == 3
    with pytest.raises(seisdsl.Faults, match="nothing"):
        results["late"]


def test_statements_run_in_order_and_give_their_values(stream: obspy.Stream) -> None:
    program = f"let picks = {PICKS}\nlet n = picks | count\nn\npicks | head 1"
    results = seisdsl.run(program, mine=stream)
    first, second = results.run()
    assert first == results["n"]
    assert len(second) == 1


def test_parameters_are_given_by_name(stream: obspy.Stream) -> None:
    program = (
        "param on: Number = 3\nlet n = stream mine | highpass 2Hz | sta-lta short=0.5s long=5s on=on | count"
    )
    assert seisdsl.run(program, mine=stream, on=1000)["n"] == 0
    assert seisdsl.run(program, mine=stream)["n"] > 0


def test_a_program_at_fault_is_not_run() -> None:
    with pytest.raises(seisdsl.Faults) as raised:
        seisdsl.run("stream S-net | bandpas 2..8Hz\nstream S-net | bandpass 2..8s")
    assert [fault.code for fault in raised.value.diagnostics] == ["name", "unit"]


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(KeyError):
        seisdsl.run("let a = 3")["b"]


def test_a_file_is_run_by_its_path(tmp_path: Path, stream: obspy.Stream) -> None:
    path = tmp_path / "mine.seis"
    path.write_text(f"let n = {PICKS} | count\n", encoding="utf-8")
    assert seisdsl.run(path, mine=stream)["n"] > 0


def test_the_package_offers_what_it_says() -> None:
    for name in seisdsl.__all__:
        assert getattr(seisdsl, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute"):
        _ = seisdsl.nothing  # type: ignore[attr-defined]
