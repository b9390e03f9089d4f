"""What comes out of an operator does not depend on the chunks it was given, nor on where gaps fall.

Every operator that streams is run on a whole record, and on the chunks of it with as much record
around each as it asks for; the same must come out. A new operator needs an entry in CASES.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from engine.test_run import results
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from obspy import read_inventory

from seisdsl.data.clips import Clips
from seisdsl.data.examples import Examples
from seisdsl.data.grid import Grid
from seisdsl.data.scores import Scores
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Picks, Table
from seisdsl.data.truth import Heard, Truth
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.engine.chunks import SECOND, chunks, widened
from seisdsl.engine.plan import SLACK
from seisdsl.engine.run import Engine
from seisdsl.engine.store import Store
from seisdsl.language.types import Range, TimeRange
from seisdsl.operator import Context, Facts, Operator, registry
from seisdsl.operators.pick.sta_lta import StaLta
from seisdsl.operators.signal.spectrogram import Spectrograms

BEGIN = 1_471_219_200 * NS
LASTS = {10: 95, 60: 250, 600: 1500}  # seconds of record for chunks of so many
STREAMED = {"Waves", "Spectrogram", "Picks"}


@dataclass(frozen=True)
class Case:
    """Parameters to try an operator with, and what it is tried on."""

    given: dict[str, Any] = field(default_factory=dict)
    codes: tuple[str, ...] = ("XX.A..HHZ", "XX.A..HHN", "XX.B..HHZ")
    piped: Callable[[Waves], Any] = lambda waves: waves
    change: Callable[[Waves], Waves] = lambda waves: waves
    beside: str = ""  # the port that takes the waves where something else is piped


def loud(waves: Waves) -> Waves:
    """Positive, as an envelope is."""
    return replace(waves, samples=waves.samples.abs())


def picked(waves: Waves) -> Picks:
    return StaLta(short=0.5, long=5.0, on=2.0, per="trace").apply(waves)


def placed(waves: Waves) -> Waves:
    """Ground velocity, at stations that have coordinates."""
    places = tuple(replace(c, latitude=38.0, longitude=142.0) for c in waves.channels)
    return replace(waves, channels=places, unit="m/s")


def scored(waves: Waves) -> Scores:
    """How loud it is, as scores of stations 20 km apart."""
    loudness = Spectrograms(window=4.0).apply(waves)
    level = loudness.power.clamp(min=1e-30).log().mean(1)
    places = [replace(c, latitude=38 + 0.18 * n, longitude=142.0) for n, c in enumerate(waves.channels)]
    logits = torch.stack([torch.zeros_like(level), level - level.mean(1, keepdim=True)], dim=1)
    step, start = loudness.step, loudness.start
    return Scores(logits, loudness.mask, ("noise", "tremor"), start, step, 4.0, tuple(places))


def known(waves: Waves) -> Waves:
    """With an earthquake every 17 s at one station, and tremor every 41 s at the other."""

    def scene(time: TimeRange) -> Truth:
        rows = [
            ((BEGIN // NS + at) * NS, (BEGIN // NS + at + lasts) * NS, station, kind, score)
            for station, kind, every, lasts, score in (
                ("A", "earthquake", 17, 5, 2.0),
                ("B", "tremor", 41, 20, 0.9),
            )
            for at in range(-100, 1800, every)
        ]
        names = ("time", "end", "station", "kind", "score")
        there = [row for row in rows if row[0] < time.end and row[1] > time.start]
        told = {name: [row[n] for row in there] for n, name in enumerate(names)}
        named = {"event": [f"{row[3]} {row[0]}" for row in there], "network": ["XX"] * len(there)}
        return Truth.of({}, heard=Heard.of({**told, **named}))

    return replace(waves, scene=scene)


BAND = Range(0.5, 2.0)
CASES: dict[str, list[Case]] = {
    "ar-aic": [Case({"window": 6.0}, piped=picked, beside="waves")],
    "bandpass": [
        Case({"band": BAND}),
        Case({"band": BAND, "phase": "zero", "corners": 2}),
        Case({"band": Range(3.0, 4.95)}),
    ],
    "decimate": [Case({"factor": 4}), Case({"factor": 5})],
    "detrend": [Case(), Case({"kind": "constant"})],
    "energy-ratio": [
        Case({"short": 0.5, "long": 8.0}),
        Case({"short": 0.3, "long": 2.0, "method": "recursive"}),
    ],
    "envelope": [Case({"lowest": 1.0}), Case({"lowest": 1.0, "smooth": 3.0})],
    "examples": [
        Case({"window": 7.0, "hop": 3.0, "keep": [0.5, 1.0, 1.0], "heard": 0.9}, change=known),
        Case({"window": 6.0}, change=known, piped=Spectrograms(window=2.0).apply),
    ],
    "GrASP": [
        Case(
            {"fewest": 2, "strength": 0.1, "farthest": 45e3},
            tuple(f"XX.{name}..HHZ" for name in "ABCDEFG"),
            piped=scored,
        )
    ],
    "highpass": [Case({"above": 0.5}), Case({"above": 4.9, "phase": "zero"})],
    "lowpass": [Case({"below": 0.5}), Case({"below": 4.9, "phase": "zero"})],
    "noise-levels": [Case({"every": 20.0, "band": Range(1.0, 4.0)}, change=placed)],
    "remove-response": [
        Case({"stations": "stations.xml", "band": BAND}, ("BW.RJOB..EHZ", "BW.RJOB..EHN", "BW.RJOB..EHE"))
    ],
    "resample": [Case({"rate": 4.0}), Case({"rate": 16.0}), Case({"rate": 7.3})],
    "rotate": [Case({}, ("N.S1N01..VX", "N.S1N01..VY", "N.S1N01..VZ"))],
    "spectrogram": [Case({"window": 3.0}), Case({"window": 2.1, "overlap": 0.7})],
    "sta-lta": [
        Case({"short": 0.5, "long": 5.0, "on": 2.0}),
        Case({"short": 0.5, "long": 5.0, "on": 2.0, "off": 0.1, "per": "trace"}),
        Case({"short": 0.5, "long": 2.0, "on": 1.7, "method": "recursive"}),
    ],
    "taper": [Case(), Case({"fraction": 0.5, "shape": "cosine"}), Case({"longest": 7.0})],
    "trigger": [
        Case({"on": 2.0, "scale": "none", "longest": 2.0}, change=loud),
        Case({"on": 2.0, "off": 0.05, "scale": "none", "longest": 7.0, "shortest": 0.5}, change=loud),
    ],
    "trim": [
        Case({"before": 13.0, "after": 7.5}),
        Case({"time": TimeRange(BEGIN + 20 * NS, BEGIN + 80 * NS)}),
    ],
}
# What asks for weights, sampling rates or stations of its own is tried with them in a file of its own.
ELSEWHERE = {
    "DiET": "tremor/test_diet.py",
    "SRSpec-CNN": "tremor/test_networks.py",
    "waveform-cnn": "tremor/test_networks.py",
    "spectral-features": "tremor/test_spectral_features.py",
    "envelope-correlation": "tremor/test_envelope_correlation.py",
    "truth": "sources/test_truth.py",
    "true-onsets": "sources/test_true_onsets.py",
    "score": "learn/test_score.py",
    "ground-motion": "motion/test_ground_motion.py",
}
NAMED = [(word, case) for word in sorted(CASES) for case in CASES[word]]


def test_every_operator_that_streams_is_tried_here():
    reads = {cls.word: {kind.name for kind in cls.reads()} for cls in registry().distinct() if not cls.sink}
    streaming = {word for word, kinds in reads.items() if kinds & STREAMED}
    elsewhere = {word for word, name in ELSEWHERE.items() if (Path(__file__).parent / name).is_file()}
    lacking = sorted(streaming - set(CASES) - elsewhere)
    assert not lacking, f"{', '.join(lacking)}: a new operator that streams needs an entry in CASES"


# Records -------------------------------------------------------------------------------------------


@st.composite
def records(draw: st.DrawFn, codes: tuple[str, ...]) -> tuple[Waves, int]:
    """Waves with gaps, bursts, a trend and clocks of their own; and the seconds of a chunk."""
    chunk = draw(st.sampled_from(sorted(LASTS)))
    rate = draw(st.sampled_from([10.0, 12.5, 30.0] if chunk == 10 else [10.0]))
    grid = Grid(rate)
    length = round(LASTS[chunk] * rate)
    number = grid.number(BEGIN) + draw(st.integers(-1000, 1000))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    samples = rng.normal(size=(len(codes), length))
    for at in rng.integers(0, length, 1 + LASTS[chunk] // 10):
        samples[:, at : at + round(3 * rate)] *= 5
    samples += draw(st.sampled_from([0.0, 1e4])) + np.linspace(0, 3, length)
    mask = np.ones(samples.shape, bool)
    lateness: list[dict[int, int]] = [{} for _ in codes]
    for _ in range(draw(st.integers(0, 4))):
        trace = draw(st.integers(0, len(codes) - 1))
        begin = draw(st.integers(0, length - 1))
        end = begin + draw(st.sampled_from([1, 2, 17, 200]))
        mask[trace, begin:end] = False
        late = draw(st.sampled_from([0, round(-0.3 / rate * NS), 12_345]))
        for row in range(len(codes)) if codes[0].startswith("N.") else [trace]:  # components go together
            if end < length:
                lateness[row][end] = late
    kind = draw(st.sampled_from([torch.float64, torch.float32]))
    clips = [
        (code[:-1], (b := grid.time(number + a)), b + NS) for code in codes for a in range(9, length, 250)
    ]
    waves = Waves(
        torch.from_numpy(samples).masked_fill(~torch.from_numpy(mask), 0).to(kind),
        torch.from_numpy(mask),
        rate=rate,
        start=grid.time(number),
        channels=tuple(Channel(*code.split(".")) for code in codes),
        lateness=tuple(tuple(sorted(late.items())) for late in lateness),
        clips=Clips(tuple(sorted(set(clips)))),
    )
    return waves, chunk


# Whole and in chunks -------------------------------------------------------------------------------


def in_chunks(operator: Operator, case: Case, waves: Waves, chunk: int) -> list[Any]:
    """What it gives for each chunk, from no more of the record than it asks for."""
    piped = case.piped(waves)
    kind = type(piped).__name__
    cut = chunks([waves.span], chunk * SECOND)
    extra: dict[str, Any] = {}
    if (survey := operator.survey()) is not None:
        port, surveyor = survey
        tables = [surveyor.apply(waves.within(time)) for time in cut]
        extra[port], context = Table.joined(tables), Context()
    else:
        known = Facts(kind=kind, rate=waves.rate if kind == "Waves" else None)
        context = operator.context(known)
        assert not context.whole, f"{operator.word} does not stream with these parameters"
        slack = SLACK / waves.rate if known.rate and context != Context() else 0.0
        context = Context(context.before + slack, context.after + slack)
    parts = []
    for time in cut:
        wide = widened(time, context.before, context.after, waves.span)
        if case.beside:
            extra[case.beside] = waves.within(wide)
        parts.append(operator.apply(piped.within(wide), **extra).within(time))
    return parts


def whole(operator: Operator, case: Case, waves: Waves) -> Any:
    beside = {case.beside: waves} if case.beside else {}
    return operator.apply(case.piped(waves), **beside)


def assert_same(parts: list[Any], expected: Any) -> None:
    if isinstance(expected, Table):
        assert_same_rows(type(expected).joined(parts), type(expected).joined([expected]))
        return
    if isinstance(expected, Examples):
        assert_same_examples(Examples.joined(parts), expected)
        return
    size = "length" if isinstance(expected, Waves) else "windows"
    held = [part for part in parts if getattr(part, size)]
    assert all(one.span.end <= other.start + 1 for one, other in pairwise(held))  # a nanosecond of rounding
    if not held:
        assert getattr(expected, size) == 0
        return
    found = type(expected).joined(held)
    assert (found.start, getattr(found, size)) == (expected.start, getattr(expected, size))
    assert [channel.id for channel in found.channels] == [channel.id for channel in expected.channels]
    assert torch.equal(found.mask, expected.mask)
    ours, theirs = (v.samples if isinstance(v, Waves) else v.power for v in (found, expected))
    assert ours.dtype == theirs.dtype
    peak = theirs.abs().flatten(1).amax(1).clamp(min=1e-300)
    apart = (ours - theirs).abs().flatten(1).amax(1)
    assert bool((apart <= 1e-6 * peak).all()), (apart / peak).tolist()
    for trace, mask in enumerate(expected.mask):
        there = mask.nonzero()[:, 0].numpy()
        assert (late(found, trace, there) == late(expected, trace, there)).all()


def assert_same_examples(found: Examples[Any], expected: Examples[Any]) -> None:
    assert (found.labels, found.truth, found.groups) == (expected.labels, expected.truth, expected.groups)
    for ours, theirs in zip(found.values, expected.values, strict=True):
        assert (ours.start, ours.lateness, ours.channels) == (theirs.start, theirs.lateness, theirs.channels)
        assert torch.equal(ours.mask, theirs.mask)
        pair = [value.samples if isinstance(value, Waves) else value.power for value in (ours, theirs)]
        assert torch.equal(*pair)


def late(value: Waves | Spectrogram, trace: int, places: Any) -> Any:
    changes = value.lateness[trace] if value.lateness else ()
    at, by = [-1, *(sample for sample, _ in changes)], [0, *(by for _, by in changes)]
    return np.array(by)[np.searchsorted(at, places, side="right") - 1]


def assert_same_rows(found: Table, expected: Table) -> None:
    assert found.frame.columns == expected.frame.columns
    for name, kind in expected.frame.schema.items():
        ours, theirs = found.frame[name], expected.frame[name]
        if kind.is_float():
            np.testing.assert_allclose(ours.to_numpy(), theirs.to_numpy(), rtol=1e-6)
        else:
            assert ours.to_list() == theirs.to_list(), name


@pytest.fixture(scope="module")
def stations(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("stations") / "stations.xml"
    read_inventory().write(str(path), "STATIONXML")
    return str(path)


@pytest.mark.parametrize(("word", "case"), NAMED, ids=[f"{word}-{n}" for n, (word, _) in enumerate(NAMED)])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_result_does_not_depend_on_the_chunks(word, case, stations, data):
    files = {"stations": stations} if "stations" in case.given else {}
    operator = registry()[word](**{**case.given, **files})
    waves, chunk = data.draw(records(case.codes))
    waves = case.change(waves)
    assert_same(in_chunks(operator, case, waves, chunk), whole(operator, case, waves))


def test_operators_take_waves_of_no_trace_and_of_no_length(stations):
    """There may be nothing in a chunk."""
    samples = torch.zeros(3, 500)
    for word, case in NAMED:
        files = {"stations": stations} if "stations" in case.given else {}
        operator = registry()[word](**{**case.given, **files})
        channels = tuple(Channel(*code.split(".")) for code in case.codes)
        waves = Waves(samples, samples == 0, rate=10.0, start=BEGIN, channels=channels)
        for empty in (waves.select([]), waves.cut(3, 3)):
            found = whole(operator, case, empty)
            size = len(found) if isinstance(found, Table | Examples) else found.mask.numel()
            assert size == 0, word


def test_a_survey_sees_each_sample_once_though_another_stage_asks_for_more(tmp_path):
    text = """
let a = ticks lasts=10min | lowpass 3Hz
a | detrend | bandpass 0.5..2Hz | taper | envelope lowest=0.5Hz | trigger on=2 scale=none longest=30s
a | bandpass 0.5..2Hz | sta-lta short=0.5s long=10s on=1.5"""
    expected, *others = (
        results(text, Engine(chunk * SECOND, Store(tmp_path / str(chunk)))) for chunk in (0, 10, 60)
    )
    assert [len(table) > 5 for table in expected] == [True, True]
    for found in others:
        for ours, theirs in zip(found, expected, strict=True):
            assert_same_rows(type(ours).joined([ours]), type(theirs).joined([theirs]))
