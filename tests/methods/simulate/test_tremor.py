"""Tremor against closed forms, and against integrals over the sphere that the code does not use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.signal import welch

from seisdsl.data.scenes import BEGIN, Planned, Scene
from seisdsl.data.stations import Station, network
from seisdsl.language.types import TimeRange
from seisdsl.methods.simulate import paths, simulated_waves, sources, tensors
from seisdsl.methods.simulate.tremor import AMPLITUDES, Tremor, tremors_of_hour

CPU = torch.device("cpu")
SECOND = 10**9
RATE = 100.0


def tremor(number=0, duration=80.0, magnitude=1.0, depth=15e3):
    return Tremor(BEGIN, 38.0, 142.0, depth, magnitude, duration, 3, (number,))


def sphere(count=16):
    """Azimuths, takeoffs and weights that integrate what varies as slowly as a squared double couple."""
    cosines, weights = np.polynomial.legendre.leggauss(count)
    azimuths = np.arange(2 * count) * np.pi / count
    takeoff, azimuth = (grid.ravel() for grid in np.meshgrid(np.arccos(cosines), azimuths, indexing="ij"))
    return torch.tensor(azimuth), torch.tensor(takeoff), np.repeat(weights, 2 * count) * np.pi / count


def test_the_energy_of_an_earthquake_is_that_of_its_waves_over_the_sphere():
    quake = sources.made(1, BEGIN, 38.0, 141.0, 12e3, 2.5, (0,))
    azimuth, takeoff, weights = sphere()
    pattern = sources.radiation(quake.mechanism, azimuth, takeoff)
    frequencies = torch.logspace(-3, 5, 40_000, dtype=torch.float64)
    energy = 0.0
    for phase, waves in (("P", ["P"]), ("S", ["SV", "SH"])):
        velocity = (
            sources.spectrum(quake, phase, frequencies).abs() / 2
        )  # without the doubling at the surface
        seconds = 2 * torch.trapezoid(velocity**2, frequencies)
        around = sum(float((pattern[wave] ** 2 * torch.tensor(weights)).sum()) for wave in waves)
        energy += sources.DENSITY * paths.velocity(quake.depth, phase) * float(seconds) * around
    assert quake.energy == pytest.approx(energy, rel=1e-3)


def test_elements_of_the_moment_tensor_radiate_what_a_double_couple_does():
    strike, dip, rake = np.array([200.0, 30.0]), np.array([25.0, 80.0]), np.array([70.0, -10.0])
    couples = torch.from_numpy(tensors.double_couples(strike, dip, rake))
    azimuth, takeoff, _ = sphere(5)
    found = tensors.patterns(azimuth, takeoff)
    for couple, *angles in zip(couples, strike, dip, rake, strict=True):
        expected = sources.radiation(tuple(angles), azimuth, takeoff)
        for wave in ("P", "SV", "SH"):
            torch.testing.assert_close(couple @ found[wave], expected[wave], rtol=0, atol=1e-12)


def test_the_energy_of_a_tremor_is_that_of_its_waves_over_the_sphere():
    azimuth, takeoff, weights = sphere(6)
    pattern, ratios = tensors.patterns(azimuth, takeoff), []
    for number in range(6):
        one = tremor(number)
        rate = 4000.0  # finely, for a tenth of the energy lies above 30 Hz
        rates = one.swarm.moment_rates(0, one.duration, rate)[:6].double()
        energy = 0.0
        for phase, waves in (("P", ["P"]), ("S", ["SV", "SH"])):
            speed = paths.velocity(one.depth, phase)
            squares = (rates.diff() * rate) @ (rates.diff() * rate).T / rate
            for wave in waves:
                around = (pattern[wave] * torch.tensor(weights)) @ pattern[wave].T
                energy += float((squares * around).sum()) / (16 * np.pi**2 * sources.DENSITY * speed**5)
        ratios.append(energy / one.energy)
    assert np.mean(ratios) == pytest.approx(1, abs=0.05)
    assert np.abs(np.log10(ratios)).max() < 0.1


def test_its_magnitude_is_that_of_gutenberg_and_richter():
    assert np.log10(tremor(magnitude=1.2).energy) == pytest.approx(1.5 * 1.2 + 4.8)
    assert sources.magnitude_of_energy(tremor(magnitude=1.2).energy) == pytest.approx(1.2)


def test_a_swarm_is_what_the_specification_says():
    for number in range(20):
        one = tremor(number, duration=120.0)
        swarm = one.swarm
        assert 0.5 * 120 - 40 < len(swarm.time) < 3 * 120 + 80
        assert 0 <= swarm.time.min() < swarm.time.max() < 120
        assert 1 <= swarm.corner.min() < swarm.corner.max() <= 3
        assert swarm.moment.min() > 0


def test_amplitudes_follow_their_power_law():
    places = [(s.latitude, s.longitude, s.elevation) for s in network("S-net")]
    found = [one for hour in range(60) for one in tremors_of_hour(1, hour, 50, places)]
    assert len(found) == pytest.approx(3000, abs=4 * 3000**0.5)
    amplitude = np.sqrt([one.energy / one.duration for one in found])
    exponent = 1 / np.mean(np.log(amplitude / amplitude.min()))  # Hill's estimate
    assert exponent == pytest.approx(AMPLITUDES, abs=0.1)
    durations, depths = [one.duration for one in found], np.array([one.depth for one in found])
    assert min(durations) >= 20
    assert max(durations) <= 300
    assert np.percentile(depths, 1) > 5e3
    assert np.percentile(depths, 99) < 29e3
    # they cluster: half of them lie in a few cells of a quarter degree
    cells = np.floor(np.array([[one.latitude, one.longitude] for one in found]) * 4)
    _, counts = np.unique(cells, axis=0, return_counts=True)
    assert np.sort(counts)[::-1][:15].sum() > len(found) / 2


# What stations record ---------------------------------------------------------------------------------


def ring(distance, count):
    """Stations on a circle about the epicentre of `tremor`, at sea level."""
    turns = np.arange(count) / count * 2 * np.pi
    north, east = distance * np.cos(turns) / 111.195e3, distance * np.sin(turns) / 111.195e3
    return tuple(
        Station("X", f"R{i:02}", 38 + n, 142 + e / np.cos(np.deg2rad(38)), 0.0)
        for i, (n, e) in enumerate(zip(north, east, strict=True))
    )


def scene(stations, magnitude=1.0, duration=60.0, **changes):
    event = Planned("tremor", BEGIN + 20 * SECOND, 38.0, 142.0, 15e3, magnitude, duration)
    given = {"rate": RATE, "per_hour": 0.0, "planned": (event,), "seed": 3, **changes}
    return Scene(stations, **given)


def alone(made, end=150):
    """The waves of the planned events of a scene without the noise, [station, component, time]."""
    time = TimeRange(BEGIN, BEGIN + end * SECOND)
    quiet = simulated_waves(replace(made, planned=()), time, CPU).samples
    return (simulated_waves(made, time, CPU).samples - quiet).unflatten(0, (-1, 3)).double()


def test_energy_comes_back_from_the_records(monkeypatch):
    """By the formula of the far field, whatever part of the energy was scattered on the way."""
    monkeypatch.setattr(paths, "QUALITY", 1e9)
    monkeypatch.setattr(paths, "SITE_DELAY", 0.0)
    monkeypatch.setattr("seisdsl.methods.simulate.sites.GAINS", 0.0)
    made = scene(ring(40e3, 24), magnitude=2.5, ground="rock")
    waves = alone(made)
    speed, distance = paths.velocity(15e3, "S"), np.hypot(40e3, 15e3)
    arriving = waves.square().sum(dim=(1, 2)) / RATE
    energy = 4 * np.pi * sources.DENSITY * speed * distance**2 * arriving / 4
    told = made(TimeRange(BEGIN, BEGIN + 100 * SECOND)).frame["energy"][0]
    assert np.log10(float(energy.mean()) / told) == pytest.approx(0, abs=0.08)
    assert (energy / told).log10().abs().max() < 0.4


def test_the_ground_is_still_before_and_long_after():
    waves = alone(scene(ring(40e3, 6), magnitude=2.0))
    power = waves.square().sum(dim=(0, 1)).reshape(-1, 100).sum(dim=1)  # by seconds
    assert float(power[:25].sum() / power.sum()) < 1e-6  # P takes 7 s
    assert float(power[130:].sum() / power.sum()) < 1e-3
    assert float(power[33:95].sum() / power.sum()) > 0.9


def test_tremor_lacks_the_high_frequencies_of_an_earthquake():
    stations = ring(40e3, 6)
    quake = Planned("earthquake", BEGIN + 20 * SECOND, 38.0, 142.0, 15e3, 2.0)

    def high(waves):
        frequencies, power = welch(waves.numpy(), RATE, nperseg=1024)
        total = power.sum(axis=(0, 1))
        inside = (frequencies >= 2) & (frequencies < 8)
        return total[(frequencies >= 8) & (frequencies < 30)].sum() / total[inside].sum()

    rock = {"ground": "rock"}
    tremors = high(alone(scene(stations, 2.0, **rock)))
    assert 5 * tremors < high(alone(scene(stations, planned=(quake,), **rock)))


def test_s_is_stronger_than_p():
    waves = alone(scene(ring(100e3, 12), magnitude=2.5, duration=20.0, ground="rock"))
    p, s = 20 + 100e3 / 6200, 20 + 100e3 / 6200 * 1.75
    early = waves[..., round(p * 100) : round(s * 100)].square().mean().sqrt()
    late = waves[..., round((s + 4) * 100) : round((s + 15) * 100)].square().mean().sqrt()
    assert 0.05 * late < early < 0.4 * late


@pytest.mark.parametrize("rate", [25.0, 100.0])
def test_parts_of_the_time_and_of_the_stations_have_the_same_samples(rate):
    whole = scene(ring(50e3, 30), rate=rate, duration=130.0, tremors=30.0)

    def of(made, begin, end):
        return simulated_waves(made, TimeRange(BEGIN + begin * SECOND, BEGIN + end * SECOND), CPU)

    waves = of(whole, 0, 200)
    for begin, end in [(0, 70), (61, 62), (70, 200), (155, 180)]:
        part = of(whole, begin, end)
        first = round(begin * rate)
        assert torch.equal(part.samples, waves.samples[:, first : first + part.length])
    planned, some = replace(whole, tremors=0.0), replace(whole, tremors=0.0, stations=whole.stations[7:20])
    assert torch.equal(of(planned, 0, 60).samples[21:60], of(some, 0, 60).samples)


def test_records_at_a_lower_rate_have_the_same_spectrum():
    fine, coarse = (
        alone(scene(ring(40e3, 12), 2.0, rate=rate, ground="rock")).numpy() for rate in (100.0, 25.0)
    )
    high, low = (welch(w, r, nperseg=round(5 * r)) for w, r in ((fine, 100.0), (coarse, 25.0)))
    inside = (low[0] > 1) & (low[0] < 9)
    ratio = low[1].sum(axis=(0, 1))[inside] / high[1].sum(axis=(0, 1))[: len(low[0])][inside]
    assert np.median(ratio) == pytest.approx(1, abs=0.15)
