"""Simulated waves are the same for the same seed and instant, whatever else is asked for."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from seisdsl.data.scenes import BEGIN, Scene, planned
from seisdsl.data.stations import network
from seisdsl.language.types import TimeRange
from seisdsl.methods.simulate import simulated_waves

CPU = torch.device("cpu")
SECOND = 10**9
STATIONS = network("S-net")[:6]


def made(begin=0.0, end=120.0, **changes):
    scene = Scene(**{"stations": STATIONS, "rate": 50.0, "per_hour": 150.0, "seed": 3, **changes})
    return simulated_waves(scene, TimeRange(BEGIN + round(begin * SECOND), BEGIN + round(end * SECOND)), CPU)


@pytest.fixture(scope="module")
def whole():
    return made()


def test_a_part_of_the_time_has_the_same_samples(whole):
    for begin, end in [(0, 30), (17.3, 65.02), (59.98, 60.02), (100, 120)]:
        part = made(begin, end)
        first = round((part.start - whole.start) * 50 / SECOND)
        assert part.start >= BEGIN + begin * SECOND
        assert torch.equal(part.samples, whole.samples[:, first : first + part.length])


def test_the_number_of_threads_does_not_matter(whole):
    threads = torch.get_num_threads()
    try:
        for number in (1, 2):
            torch.set_num_threads(number)
            assert torch.equal(made(50, 90).samples, whole.samples[:, 2500:4500])
    finally:
        torch.set_num_threads(threads)


def test_another_seed_gives_other_waves(whole):
    assert not torch.equal(made(seed=4).samples, whole.samples)


def test_what_it_says_of_itself(whole):
    assert whole.simulated
    assert whole.truth.simulated
    assert whole.unit == "m/s"
    assert whole.samples.dtype == torch.float32
    assert whole.samples.shape == (18, 6000)
    assert whole.samples.isfinite().all()
    assert [c.id for c in whole.channels[:3]] == ["N.S1N01..SHZ", "N.S1N01..SHN", "N.S1N01..SHE"]
    assert whole.channels[0].latitude == STATIONS[0].latitude


def test_true_onsets_lie_in_the_waves_and_stand_out_where_they_are_loud():
    waves = made(0, 600, rate=100.0, per_hour=60)
    picks = waves.truth.arrivals.frame
    assert len(picks) > 20
    loud = picks.filter(picks["score"] > 30)
    assert len(loud) > 5
    rows = {(c.station, c.code): i for i, c in enumerate(waves.channels)}
    clear = 0
    for time, station, channel in zip(
        loud["time"].dt.epoch("ns"), loud["station"], loud["channel"], strict=True
    ):
        at = round((time - waves.start) * 100 / SECOND)
        if 200 < at < waves.length - 100:
            wave = waves.samples[rows[station, channel]].diff().abs()
            clear += bool(wave[at - 3 : at + 60].max() > 3 * wave[at - 60 : at - 3].max())
    assert clear > 0.8 * len(loud.filter((loud["time"].dt.epoch("ns") - waves.start) / SECOND < 598)) - 2


def test_the_two_events_are_where_they_were_planned():
    scene = Scene(network("two-events"), per_hour=0, planned=planned("two-events"))
    truth = simulated_waves(scene, TimeRange(BEGIN, BEGIN + 120 * SECOND), CPU).truth
    assert truth.frame["magnitude"].to_list() == [2.5, 2.0]
    after = truth.frame["time"].dt.epoch("ns") - BEGIN
    assert after.to_list() == [30 * SECOND, 85 * SECOND]
    assert truth.frame["stations"].to_list() == [8, 8]
    assert truth.arrivals.frame["phase"].to_list().count("P") == 16


def test_noise_alone_has_no_truth():
    waves = made(0, 10, per_hour=0)
    assert len(waves.truth) == 0
    assert len(waves.truth.arrivals) == 0
    assert float(waves.samples.std()) > 0


def test_a_rate_that_does_not_divide_a_second_keeps_its_grid():
    whole, part = made(0, 20, rate=33.3), made(7.7, 20, rate=33.3)
    first = round((part.start - whole.start) * 33.3 / SECOND)
    assert abs(whole.time_of(first) - part.start) <= 1
    np.testing.assert_array_equal(part.samples, whole.samples[:, first:])
