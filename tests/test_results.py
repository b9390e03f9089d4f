"""The language from Python: records given by name, results worked out when they are asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import obspy
import pytest
import torch
from obspy import UTCDateTime

import seisdsl
from seisdsl.data.table import Picks
from seisdsl.data.waves import Channel, Waves
from seisdsl.engine.run import Engine
from seisdsl.graph import Node
from seisdsl.results import Results
from seisdsl.source import SourceText


@pytest.fixture
def waves() -> Waves:
    samples = torch.zeros(1, 2000)
    samples[0, 1200:1300] = 100 * torch.sin(torch.arange(100) / 3)
    samples += torch.randn(samples.shape, generator=torch.Generator().manual_seed(1))
    return Waves(
        samples, torch.ones_like(samples, dtype=torch.bool), 20.0, 0, (Channel("N", "S1", "", "EHZ"),)
    )


class Watched(Engine):
    """An engine that says what it was asked to work out."""

    def __init__(self) -> None:
        super().__init__()
        self.worked: list[str] = []

    def values(self, nodes: Iterable[Node], wanted: Iterable[Node]) -> Iterator[tuple[Node, Any]]:
        nodes = list(nodes)
        self.worked += [node.word for node in nodes]
        return super().values(nodes, wanted)


def test_results_are_found_by_name(waves: Waves) -> None:
    results = seisdsl.run("let picks = stream mine | sta-lta long=20s\nlet n = picks | count", mine=waves)
    assert list(results) == ["picks", "n"]
    assert len(results) == 2
    assert isinstance(results["picks"], Picks)
    assert results["n"] == len(results["picks"]) > 0
    assert results["picks"].frame["station"].to_list() == ["S1"] * results["n"]
    with pytest.raises(KeyError):
        results["nothing"]


def test_only_what_is_asked_for_is_worked_out_and_that_once(waves: Waves) -> None:
    checked = seisdsl.check(
        SourceText.of("let a = stream mine | detrend\nlet b = a | envelope\nlet c = stream mine | taper"),
        values={"mine": waves},
    )
    assert checked.graph is not None
    watched = Watched()
    results = Results(checked.graph, engine=watched)
    assert watched.worked == []
    first = results["a"]
    assert watched.worked == ["stream", "detrend"]
    assert results["a"] is first
    assert watched.worked == ["stream", "detrend"]
    assert results["b"].rate == 20
    assert "taper" not in watched.worked


def test_several_are_worked_out_in_one_pass(waves: Waves) -> None:
    checked = seisdsl.check(
        SourceText.of("let a = stream mine | detrend\nlet b = a | envelope"), values={"mine": waves}
    )
    assert checked.graph is not None
    watched = Watched()
    raw, smooth = Results(checked.graph, engine=watched).take("a", "b")
    assert watched.worked == ["stream", "detrend", "envelope"]
    assert (raw.rate, smooth.rate) == (20, 20)


def test_bare_pipelines_run_at_once_and_in_order(waves: Waves) -> None:
    results = seisdsl.run("stream mine | show\nlet n = 3\nstream mine | sta-lta | count", mine=waves)
    shown, count = results.run()
    assert isinstance(shown, Waves)
    assert isinstance(count, int)


def test_an_obspy_stream_is_a_source() -> None:
    stream = obspy.read().sort()
    given = seisdsl.run("let raw = stream mine", mine=stream)["raw"]
    for trace, channel, samples in zip(stream, given.channels, given.to_numpy(), strict=True):
        assert channel.id == trace.id
        np.testing.assert_allclose(samples, trace.data, rtol=1e-6)
    one = seisdsl.run("let raw = stream mine", mine=stream[0])["raw"]
    assert [channel.id for channel in one.channels] == [stream[0].id]
    quiet = seisdsl.run("let band = stream mine | bandpass 2..8Hz phase=zero", mine=stream)["band"]
    expected = stream.copy().filter("bandpass", freqmin=2, freqmax=8, corners=4, zerophase=True)
    largest = max(abs(trace.data).max() for trace in expected)
    np.testing.assert_allclose(quiet.to_numpy(), [trace.data for trace in expected], atol=1e-4 * largest)


def test_a_source_given_stands_before_one_of_its_name(waves: Waves) -> None:
    results = seisdsl.run("let raw = stream DONET", DONET=waves)
    assert results["raw"].channels == waves.channels
    assert not results["raw"].simulated


@pytest.mark.parametrize(
    ("of", "given", "holds"),
    [
        ("Number", 4.5, "x == 4.5"), ("Number", -1e-7, "x == -1e-7"), ("Integer", 3, "x == 3"),
        ("Time", "90min", "x == 5400s"), ("Text", "it's", 'x == "it\'s"'), ("Boolean", True, "x"),
        ("Boolean", False, "not x"), ("Date", "2016-08-15", "x == 2016-08-15"),
        ("Date", dt.date(2016, 8, 15), "x == 2016-08-15"),
        ("Date", dt.datetime(2016, 8, 15, 3, 0, 0, 250, tzinfo=dt.UTC), "x == 2016-08-15T03:00:00.00025Z"),
        ("Date", UTCDateTime(ns=1471219200123456789), "x == 2016-08-15T00:00:00.123456789Z"),
    ],
)  # fmt: skip
def test_parameters_are_given_as_python_values(of: str, given: Any, holds: str) -> None:
    seisdsl.run(f"param x: {of}\nassert {holds}", x=given)


def test_faults_are_raised_with_their_diagnostics(waves: Waves) -> None:
    with pytest.raises(seisdsl.Faults, match="`bandpass` needs a range of Frequency") as raised:
        seisdsl.run("stream mine | bandpass 2..8s", mine=waves)
    assert [fault.code for fault in raised.value.diagnostics] == ["unit"]
    with pytest.raises(seisdsl.Faults, match="`day` must be given"):
        seisdsl.run("param day: Date")
    with pytest.raises(seisdsl.Faults, match="no parameter `--day`"):
        seisdsl.run("stream mine | show", mine=waves, day="2016-08-15")
    with pytest.raises(seisdsl.Faults, match="this does not hold"):
        seisdsl.run("let n = stream mine | sta-lta | count\nassert n > 1000", mine=waves)


def test_what_is_no_source_is_refused() -> None:
    with pytest.raises(TypeError, match="`mine` is an array without a rate and a start"):
        seisdsl.run("stream mine | show", mine=np.zeros(3))


def test_a_program_may_be_a_file(tmp_path: Path, waves: Waves) -> None:
    (tmp_path / "lib.seis").write_text("def clean() = detrend | taper\n")
    (tmp_path / "main.seis").write_text('use "lib.seis"\nlet clean = stream mine | lib.clean\n')
    assert seisdsl.run(tmp_path / "main.seis", mine=waves)["clean"].length == waves.length


def test_the_facts_of_records_given_are_known_before_the_run(waves: Waves) -> None:
    with pytest.raises(seisdsl.Faults) as raised:
        seisdsl.run("stream mine | lowpass 15Hz", mine=waves)
    assert raised.value.diagnostics[0].code == "value"


def test_the_package_gives_what_it_promises() -> None:
    for name in seisdsl.__all__:
        assert getattr(seisdsl, name).__module__.startswith("seisdsl")
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        seisdsl.nothing  # noqa: B018


def test_what_a_let_saves_on_its_way_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sink asks for its value, also where the pipeline that holds it has a name."""
    monkeypatch.chdir(tmp_path)
    program = """let picks = simulate two-events | sta-lta | save "a.csv"
let few = picks | head 2 | save "b.csv"
few | count"""
    assert seisdsl.run(program).run()[0] == 2
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["a.csv", "b.csv"]
