"""What the truth says of where an event is heard, against its waves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from scipy.signal import butter, sosfiltfilt

from seisdsl.data.scenes import BEGIN, Planned, Scene
from seisdsl.data.stations import network
from seisdsl.language.types import TimeRange
from seisdsl.methods.simulate import simulated_waves

SECOND = 10**9
HALF = TimeRange(BEGIN, BEGIN + 300 * SECOND)
TREMOR = Planned("tremor", BEGIN + 60 * SECOND, 38.25, 143.2, 16e3, 1.0, 90.0)
QUAKE = Planned("earthquake", BEGIN + 60 * SECOND, 38.25, 143.2, 16e3, 2.5)
STATIONS = network("S-net")[50:90]


@pytest.mark.parametrize(("event", "spread"), [(TREMOR, 0.15), (QUAKE, 0.35)])
def test_scores_and_times_are_those_of_the_waves(event, spread):
    scene = Scene(STATIONS, rate=50.0, per_hour=0.0, planned=(event,))
    quiet = simulated_waves(replace(scene, planned=()), HALF, torch.device("cpu"))
    loud = simulated_waves(scene, HALF, torch.device("cpu"))
    band = butter(8, [2, 8], "band", fs=50.0, output="sos")
    noise, waves = (
        sosfiltfilt(band, samples.double().unflatten(0, (-1, 3)).numpy())
        for samples in (quiet.samples, loud.samples - quiet.samples)
    )
    level = np.sqrt((noise**2).sum(axis=1).mean(axis=1))
    heard = loud.truth.heard.frame.filter(pl.col("score") > 1)
    names = [station.station for station in STATIONS]
    ratios, after = [], []
    for row in heard.with_columns(pl.col("time", "end").dt.epoch("ns")).iter_rows(named=True):
        number = names.index(row["station"])
        begin, end = (round((row[edge] - BEGIN) * 50 / SECOND) for edge in ("time", "end"))
        power = (waves[number] ** 2).sum(axis=0)
        ratios.append(np.sqrt(power[begin:end].mean()) / level[number] / row["score"])
        after.append(np.sqrt(power[end : end + 250].mean()) / level[number])
        before = np.sqrt(power[begin - 250 : begin - 50].mean())
        assert before < max(level[number], 0.02 * np.sqrt(power.max()))  # the filter rings both ways
    assert len(ratios) > 8
    assert np.median(ratios) == pytest.approx(1, abs=spread)
    assert np.median(after) < 1
    assert (heard["kind"] == event.kind).all()
    assert heard["event"].n_unique() == 1


def test_an_event_is_told_of_in_every_part_in_which_it_is_heard():
    scene = Scene(STATIONS, rate=50.0, per_hour=0.0, planned=(TREMOR, QUAKE))
    whole = scene(HALF).heard.frame
    part = scene(TimeRange(BEGIN + 100 * SECOND, BEGIN + 110 * SECOND)).heard.frame
    at = pl.col("time").dt.epoch("ns")
    expected = whole.filter(
        (at < BEGIN + 110 * SECOND) & (pl.col("end").dt.epoch("ns") > BEGIN + 100 * SECOND)
    )
    assert part.equals(expected)
    assert 0 < len(part) < len(whole)
    assert len(scene(TimeRange(BEGIN, BEGIN + 50 * SECOND)).heard) == 0


def test_the_catalogue_has_both_kinds_with_what_they_radiate():
    truth = Scene(STATIONS, rate=50.0, per_hour=0.0, planned=(TREMOR, QUAKE))(HALF)
    assert sorted(truth.frame["kind"]) == ["earthquake", "tremor"]
    tremor = truth.frame.filter(pl.col("kind") == "tremor").row(0, named=True)
    assert np.log10(tremor["energy"]) == pytest.approx(1.5 * TREMOR.magnitude + 4.8)
    assert tremor["duration"] == TREMOR.duration
    assert tremor["depth"] == 16
    assert (
        tremor["stations"]
        == truth.heard.frame.filter((pl.col("kind") == "tremor") & (pl.col("score") >= 1)).height
    )
    assert set(truth.heard.frame["event"]) == set(truth.frame["event"])
    assert truth.heard.simulated
    assert set(truth.arrivals.frame["phase"]) == {"P", "S"}  # of the earthquake alone
