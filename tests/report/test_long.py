"""Long values in pictures and pages: the same picture however they are cut, and little of them in memory."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

import seisdsl
from seisdsl.data.examples import Examples
from seisdsl.data.scores import Scores
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import Channel, Waves
from seisdsl.engine.output import writing_to
from seisdsl.engine.parts import Parts
from seisdsl.engine.run import Engine
from seisdsl.engine.store import Store
from seisdsl.language.types import TimeRange
from seisdsl.report import condensed as module
from seisdsl.report.columns import Columns
from seisdsl.report.condensed import (
    condensed,
    few_examples,
    scores_columns,
    spectrogram_columns,
    waves_columns,
)
from seisdsl.report.figures import figure_of
from seisdsl.report.page import page_files
from seisdsl.results import Results
from seisdsl.source import SourceText

SECOND = 10**9
BEGIN = 1_471_219_200 * SECOND
RATE = 50.0


def channels(number):
    return tuple(Channel("N", f"S{row}", "", "EHZ", 38.0 + row, 142.0) for row in range(number))


def waves(seconds=4000, traces=3, seed=1):
    random = torch.Generator().manual_seed(seed)
    samples = torch.randn(traces, round(seconds * RATE), generator=random)
    mask = torch.ones_like(samples, dtype=torch.bool)
    mask[0, 30_000:60_000] = False
    mask[1, 7:9] = False
    return Waves(samples * mask, mask, RATE, BEGIN + 13 * SECOND, channels(traces), simulated=True)


def cut(value, every):
    first, last = value.span.start, value.span.end
    edges = [*range(first, last, every * SECOND), last]
    return [value.within(TimeRange(a, b)) for a, b in pairwise(edges)]


@pytest.mark.parametrize("every", [7, 333, 1200])
def test_waves_look_the_same_however_they_are_cut(every):
    whole, parts = waves_columns([waves()]), waves_columns(cut(waves(), every))
    np.testing.assert_array_equal(whole.low, parts.low)
    np.testing.assert_array_equal(whole.high, parts.high)
    assert whole.times == parts.times
    assert whole.overview == parts.overview


def test_columns_hold_the_smallest_and_the_largest_of_their_samples():
    value = waves()
    of = waves_columns([value])
    every = round(of.times.step * RATE / SECOND)
    assert of.times.several
    assert of.low.shape[1] <= 1600
    number = value.first + np.arange(value.length)
    for row in range(3):
        known = value.mask[row].numpy()
        for column in (0, 5, of.low.shape[1] - 1):
            own = value.samples[row].numpy()[known & (number // every == number[0] // every + column)]
            assert of.low[row, column] == own.min()
            assert of.high[row, column] == own.max()
    gap = number[30_000] // every - number[0] // every + 1
    assert np.isnan(of.low[0, gap])


def test_a_station_that_comes_late_is_there_and_one_that_is_gone_leaves_a_gap():
    value = waves(600)
    first, second = cut(value, 300)
    of = waves_columns([first.select([0, 1]), second.select([1, 2])])
    assert [c.station for c in of.channels] == ["S0", "S1", "S2"]
    known = np.isfinite(of.low)
    half = known.shape[1] // 2
    assert known[:, 5].tolist() == [True, True, False]
    assert known[:, half + 5].tolist() == [False, True, True]


def test_columns_over_decades_stay_few():
    columns = Columns({"low": np.fmin}, most=100)
    for year in range(30):
        columns.add(["a"], year * 3_000_000_000, {"low": np.full((1, 1000), float(year))})
    assert columns["low"].shape[1] <= 100
    assert np.nanmin(columns["low"]) == 0
    assert np.nanmax(columns["low"]) == 29


def scores(windows=5000):
    random = torch.Generator().manual_seed(2)
    logits = torch.randn(4, 2, windows, generator=random)
    mask = torch.ones(4, windows, dtype=torch.bool)
    mask[2, 100:3000] = False
    logits = logits.masked_fill(~mask[:, None], 0)
    return Scores(logits, mask, ("noise", "tremor"), BEGIN + SECOND // 2, 1.0, 10.0, channels(4))


@pytest.mark.parametrize("every", [60, 1111])
def test_scores_look_the_same_however_they_are_cut_and_keep_their_peaks(every):
    value = scores()
    whole, parts = scores_columns([value]), scores_columns(cut(value, every))
    np.testing.assert_allclose(whole.probability, parts.probability, rtol=1e-12)
    assert whole.times == parts.times
    p = value.probabilities[:, 1].double().numpy()
    np.testing.assert_allclose(np.nanmax(whole.probability[:, 1], axis=1), p.max(axis=1))
    assert whole.known == pytest.approx(float(value.mask.double().mean()))


@pytest.mark.parametrize("every", [60, 1111])
def test_a_spectrogram_looks_the_same_however_it_is_cut_and_keeps_its_mean(every, monkeypatch):
    monkeypatch.setattr(module, "_BINS", 150)
    random = torch.Generator().manual_seed(3)
    power = torch.rand(8, 300, 2400, generator=random)
    mask = torch.ones(8, 2400, dtype=torch.bool)
    value = Spectrogram(power, mask, torch.linspace(0, 50, 300), 1.0, BEGIN, channels(8))
    whole, parts = spectrogram_columns([value]), spectrogram_columns(cut(value, every))
    np.testing.assert_allclose(whole.power, parts.power, rtol=1e-9)
    assert whole.power.shape[0] == 6
    assert whole.power.shape[2] <= 800
    number = round(whole.times.step / SECOND)
    column = (BEGIN // SECOND) % number
    inside = slice(number - column, 2 * number - column) if column else slice(number, 2 * number)
    expected = power[0, 0:2, inside].double().mean()
    assert whole.power[0, 0, 1] == pytest.approx(float(expected), rel=1e-6)


def test_of_many_examples_some_of_each_class_are_kept():
    value = waves(4)
    labels = ("noise",) * 90 + ("tremor",) * 10
    part = Examples(
        tuple(replace(value, start=value.start + n * SECOND) for n in range(100)), labels,
        groups={"time": tuple(range(100)), "station": ("N.S1",) * 100}, classes=("noise", "tremor"),
    )  # fmt: skip
    found = few_examples([part] * 10)
    assert found.overview.number == 1000
    assert {one.name: one.number for one in found.overview.classes} == {"noise": 900, "tremor": 100}
    few = found.few.numbers()
    assert 10 <= few["noise"] <= 20
    assert 10 <= few["tremor"] <= 20


PARTS, EACH = 60, 400_000  # samples of two traces


def many(alive):
    """Parts that are made when they are asked for, and told to `alive`."""

    def fetch(number):
        samples = np.full((2, EACH), float(number), np.float32)
        alive.append(number)
        start = BEGIN + round(number * EACH / RATE * SECOND)
        made = torch.from_numpy(samples)
        return Waves(made, torch.ones_like(made, dtype=torch.bool), RATE, start, channels(2), simulated=True)

    return Parts([lambda n=n: fetch(n) for n in range(PARTS)], PARTS * EACH * 10)


def test_a_page_of_a_long_record_takes_little_memory(tmp_path):
    alive = []
    value = many(alive)
    figure_of(condensed(value)).drawn()  # what drawing itself needs is there by now
    tracemalloc.start()
    try:
        files = page_files({"waves": value}, file="page.html", template="default", title=None, branches=True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    held = PARTS * EACH * 2 * 4  # bytes of all samples
    assert len(alive) >= 2 * PARTS, "every part was looked at"
    assert peak < held / 3, f"{peak / 1e6:.0f} MB at most, of {held / 1e6:.0f} MB of samples"
    (name, write), *_ = files
    write(tmp_path / name)
    text = (tmp_path / name).read_text()
    assert "<dd>2</dd>" in text  # traces
    assert "smallest and largest of each" in text


TOYS = Path(__file__).parents[1] / "engine" / "toys.py"
PROGRAM = """
let wave = ticks lasts=10min
let spec = wave | spectrogram window=4s
let found = wave | smoothed over=3s | plot "smooth.png" | bursts above=20
report "page.html" { waves = wave, spectra = spec, found = found }
wave | fork { a = smoothed over=3s, b = smoothed over=5s } | report "both.html"
"""


def graph(text):
    checked = seisdsl.check(SourceText.of(f'use "{TOYS}"\n{text}', "toys.seis"))
    assert checked.graph is not None, checked.diagnostics
    return checked.graph


def ran(folder, chunk, store):
    folder.mkdir()
    with writing_to(folder):
        results = Results(graph(PROGRAM), "cpu", Engine(chunk, store))
        results.run()
        assert len(results["found"]) == 10
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".json"}


def test_files_are_the_same_whatever_the_chunk(tmp_path):
    whole = ran(tmp_path / "a", 0, Store(tmp_path / "s1"))
    parts = ran(tmp_path / "b", 60 * SECOND, Store(tmp_path / "s2"))
    assert whole.keys() == parts.keys() == {"smooth.png", "page.html", "both.html"}
    assert [name for name in whole if whole[name] != parts[name]] == []


def test_nothing_is_held_whole_for_a_picture_or_a_page_nor_for_what_follows_them(tmp_path, monkeypatch):
    monkeypatch.setattr(Parts, "whole", property(lambda self: pytest.fail("held whole")))
    made = graph('ticks lasts=10min | plot "w.png" | smoothed over=3s | report "p.html"')
    with writing_to(tmp_path):
        list(Engine(60 * SECOND, Store(tmp_path / "store")).values(made.nodes, made.wanted))
    assert (tmp_path / "w.png").exists()
    assert (tmp_path / "p.html").exists()
