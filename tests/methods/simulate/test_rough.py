"""Rough noise: what each nuisance looks like, and that all of it depends on time and station alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.signal import find_peaks, spectrogram, welch

from seisdsl.data.scenes import BEGIN, Scene
from seisdsl.data.stations import network
from seisdsl.language.types import TimeRange
from seisdsl.methods.simulate import faults, simulated_waves
from seisdsl.methods.simulate.nuisances import nuisances
from seisdsl.methods.simulate.nuisances.air_gun import AirGun
from seisdsl.methods.simulate.nuisances.ship import Ship
from seisdsl.methods.simulate.nuisances.teleseism import Teleseism
from seisdsl.methods.simulate.nuisances.whale import Whale
from seisdsl.methods.simulate.stations import network_of

CPU = torch.device("cpu")
SECOND = 10**9
STATIONS = network("S-net")[:40]
ROUGH = Scene(STATIONS, rate=50.0, per_hour=0.0, noise="rough", seed=5)


def during(begin, end):
    return TimeRange(BEGIN + round(begin * SECOND), BEGIN + round(end * SECOND))


def near(kind, duration=600.0, loudness=1e-5, number=0):
    """One 5 km north of the first station."""
    first = STATIONS[0]
    return kind(BEGIN, duration, first.latitude + 0.045, first.longitude, loudness, 1, (0, number))


def recorded(nuisance, begin=0.0, end=900.0, rate=100.0):
    stations = network_of(replace(ROUGH, rate=rate), CPU)
    out = torch.zeros(len(STATIONS), 3, round((end - begin) * rate))
    nuisance.record(stations, out, round((BEGIN / SECOND + begin) * rate))
    return out


@pytest.mark.parametrize("rate", [25.0, 50.0, 100.0])
def test_parts_of_the_time_have_the_same_samples(rate):
    scene = replace(ROUGH, rate=rate, seed=7)
    whole = simulated_waves(scene, during(0, 900), CPU)
    assert {one.kind for one in nuisances(scene, during(0, 900))} >= {"ship", "whale"}
    for begin, end in [(0, 100), (431.3, 700.02), (700, 900)]:
        part = simulated_waves(scene, during(begin, end), CPU)
        first = round((part.start - whole.start) * rate / SECOND)
        assert torch.equal(part.samples, whole.samples[:, first : first + part.length])
        assert torch.equal(part.mask, whole.mask[:, first : first + part.length])


@pytest.mark.parametrize("kind", [Ship, Whale, AirGun, Teleseism])
def test_each_nuisance_is_the_same_whatever_is_asked_for(kind):
    one = near(kind, duration=900.0)
    whole = recorded(one, 0, 1200)
    assert float(whole.abs().max()) > 1e-7
    for begin, end in [(0, 300), (222.22, 333.33), (800, 1200)]:
        part = recorded(one, begin, end)
        first = round(begin * 100)
        assert torch.equal(part, whole[..., first : first + part.shape[-1]])


def test_a_ship_has_lines_at_multiples_of_one_frequency_and_fades_with_distance():
    ship = near(Ship)
    waves = recorded(ship)
    frequencies, power = welch(waves[0].sum(0).numpy(), 100.0, nperseg=4096)
    lines, _ = ship.lines
    lines = lines[lines < 40]
    np.testing.assert_allclose(lines, lines[0] * np.arange(1, len(lines) + 1))
    around = sum(power[np.abs(frequencies - line) < 0.03 * line].sum() for line in lines)
    assert around > 0.99 * power.sum()
    level = waves.square().mean(dim=(1, 2)).sqrt()
    assert level[0] == level.max()
    assert 1 < int((level > 0).sum()) < len(STATIONS)
    assert float(waves[..., 60_000:].abs().max()) == 0  # it has gone


def test_a_whale_calls_from_15_to_25_hz_and_a_slow_recorder_does_not_hear_it():
    waves = recorded(near(Whale))[0].numpy()
    frequencies, power = welch(waves, 100.0, nperseg=512)
    inside = (frequencies > 15) & (frequencies < 25)
    assert power[:, inside].sum() > 0.98 * power.sum()
    _, times, calls = spectrogram(np.abs(waves).sum(0), 100.0, nperseg=50)
    peaks, _ = find_peaks(calls.sum(0), height=calls.sum(0).max() / 4, distance=8)
    assert 9 < np.median(np.diff(times[peaks])) < 31
    assert not recorded(near(Whale), rate=25.0).any()


def test_an_air_gun_repeats_one_low_pulse():
    gun = near(AirGun)
    wave = recorded(gun, 30, 600)[0, 0].numpy()
    period = round(gun.interval * 100)
    assert 1000 <= period <= 6000
    assert np.corrcoef(wave[:-period], wave[period:])[0, 1] > 0.9
    frequencies, power = welch(wave, 100.0, nperseg=1024)
    assert power[frequencies < 12].sum() > 0.8 * power.sum()


def test_a_teleseism_is_everywhere_and_low():
    waves = recorded(near(Teleseism, 1500.0), 0, 1800)
    assert (waves.abs().amax(dim=(1, 2)) > 1e-6).all()
    frequencies, power = welch(waves[3, 0].numpy(), 100.0, nperseg=8192)
    assert power[(frequencies > 0.04) & (frequencies < 1)].sum() > 0.95 * power.sum()
    early = welch(waves[3, 0, 16_000:25_000].numpy(), 100.0, nperseg=4096)[1]  # P and its coda
    assert early[frequencies[::2] > 5].sum() < 1e-3 * early.sum()


def test_what_is_told_of_nuisances_is_how_strong_they_are():
    truth = replace(ROUGH, rate=100.0)(during(0, 900)).heard.frame
    assert set(truth["kind"]) <= {"ship", "whale", "airgun", "teleseism"}
    stations = network_of(replace(ROUGH, rate=100.0), CPU)
    for kind in (Ship, AirGun):
        one = near(kind, 600.0)
        waves = recorded(one, 0, 700)[0].numpy()
        frequencies, power = welch(waves, 100.0, nperseg=1024)
        inside = (frequencies >= 2) & (frequencies <= 8)
        measured = np.sqrt(power[:, inside].sum() * frequencies[1] * 700 / 600)
        assert float(one.in_band(stations)[0]) == pytest.approx(measured, rel=0.25)


def test_noise_windows_are_often_but_not_always_disturbed():
    scene = Scene(network("S-net"), noise="rough")
    time, disturbed = during(0, 6 * 3600), 0.0
    heard = scene(time).heard.frame
    heard = heard.filter(heard["kind"].is_in(["ship", "whale", "airgun", "teleseism"]))
    for begin, end in zip(heard["time"].dt.epoch("ns"), heard["end"].dt.epoch("ns"), strict=True):
        disturbed += (min(end, time.end) - max(begin, time.start)) / SECOND
    assert 0.1 < disturbed / (150 * 6 * 3600) < 0.6
    assert set(heard["kind"]) >= {"ship", "whale", "airgun"}


# Instruments ------------------------------------------------------------------------------------------


def broken(begin, end, names=150, rate=2):
    scene = Scene(network("S-net")[:names], rate=float(rate))
    stations = network_of(scene, CPU)
    samples = stations.noise[:, None, None] * torch.ones(1, 3, round((end - begin) * rate))
    mask = torch.ones_like(samples, dtype=torch.bool)
    faults.disturb(stations, samples, mask, round(BEGIN / SECOND * rate) + round(begin * rate))
    return samples / stations.noise[:, None, None], mask


def test_dead_channels_give_zeros_that_count_as_recorded():
    samples, mask = broken(0, 8 * 3600, rate=1)
    dead = (samples == 0) & mask
    assert 0.01 < float(dead.float().mean()) < 0.08
    longest = dead.int().sum(dim=-1).max()
    assert int(longest) > 3600
    assert dead.any(dim=-1).any(dim=-1).sum() > dead.all(dim=1).any(dim=-1).sum()  # some lose one component


def test_gaps_are_masked_on_all_components_and_hold_zero():
    samples, mask = broken(0, 6 * 3600)
    assert torch.equal(mask[:, 0], mask[:, 1])
    assert not samples[~mask].any()
    gaps = (~mask[:, 0].all(dim=-1)).sum()
    assert 20 < int(gaps) < 80  # 150 stations x 6 h x 0.05 an hour


def test_spikes_and_tilts_stand_out():
    samples, _ = broken(0, 3600, rate=10)
    jumps = samples.diff().abs() > 5
    assert 80 < int(jumps.any(dim=1).any(dim=-1).sum()) < 120  # one an hour: some have none
    tilted = (samples.abs() > 3).sum(dim=-1) > 50  # for more than five seconds
    assert 3 < int(tilted.sum()) < 30  # 150 x 0.1


def test_faults_do_not_depend_on_the_part_asked_for():
    whole, part = broken(0, 3600, rate=10), broken(1200, 2000, rate=10)
    for a, b in zip(whole, part, strict=True):
        assert torch.equal(a[..., 12_000:20_000], b)
