"""The physics of simulated waves against closed forms that the code does not use."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from obspy.geodetics import gps2dist_azimuth
from scipy.signal import welch

from seisdsl.methods.simulate import paths, seismograms, sources
from seisdsl.methods.simulate.noise import LOUDNESS, noise, station_noise
from seisdsl.methods.simulate.sites import Ground
from seisdsl.methods.simulate.stations import Network

MECHANISM = (200.0, 25.0, 70.0)
CPU = torch.device("cpu")


def stations(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def seconds_of_p(depth, across, elevation=0.0):
    """Seconds of P, with the station `across` metres north of the source."""
    degrees = np.rad2deg(across / paths.EARTH)
    return float(paths.rays(38.0, 141.0, depth, stations((38 + degrees, 141.0, elevation))).travel["P"][0])


@pytest.mark.parametrize(("depth", "across"), [(10e3, 5e3), (10e3, 80e3), (40e3, 30e3), (25e3, 300e3)])
def test_travel_times_solve_the_eikonal_equation(depth, across):
    step = 10.0
    by_depth = (seconds_of_p(depth + step, across) - seconds_of_p(depth - step, across)) / (2 * step)
    by_distance = (seconds_of_p(depth, across + step) - seconds_of_p(depth, across - step)) / (2 * step)
    slowness = 1 / (paths.SURFACE_P + paths.GROWTH_P * depth)
    assert np.hypot(by_depth, by_distance) == pytest.approx(slowness, rel=1e-6)
    degrees = np.rad2deg(across / paths.EARTH)
    ray = paths.rays(38.0, 141.0, depth, stations((38 + degrees, 141.0, 0.0)))
    assert np.sin(float(ray.takeoff[0])) == pytest.approx(by_distance / slowness, rel=1e-6)
    assert np.cos(float(ray.takeoff[0])) == pytest.approx(-by_depth / slowness, abs=1e-6)
    # Snell: the ray parameter at the station is that at the source
    assert np.sin(float(ray.incidence[0])) / paths.SURFACE_P == pytest.approx(by_distance, rel=1e-6)


def test_straight_up_takes_the_integral_of_slowness():
    expected = np.log((5500 + 0.03 * 30e3) / (5500 + 0.03 * 2e3)) / 0.03  # from 30 km to a sea floor at 2 km
    assert seconds_of_p(30e3, 0.0, elevation=-2000.0) == pytest.approx(expected, rel=1e-6)


def test_azimuths_and_distances_are_those_of_the_earth_to_half_a_percent():
    places = stations((38.5, 142.0, 0), (37.0, 140.0, 0), (38.0, 143.0, 0))
    ray = paths.rays(38.0, 141.0, 1.0, places)
    for row, (latitude, longitude, _) in enumerate(places.tolist()):
        metres, azimuth, _ = gps2dist_azimuth(38.0, 141.0, latitude, longitude)
        assert float(ray.distance[row]) == pytest.approx(metres, rel=5e-3)
        assert np.rad2deg(float(ray.azimuth[row])) % 360 == pytest.approx(azimuth, abs=0.5)


def test_the_radiation_pattern_is_that_of_the_moment_tensor():
    strike, dip, rake = np.deg2rad(MECHANISM)
    normal = np.array([-np.sin(dip) * np.sin(strike), np.sin(dip) * np.cos(strike), -np.cos(dip)])
    slip = np.array([
        np.cos(rake) * np.cos(strike) + np.cos(dip) * np.sin(rake) * np.sin(strike),
        np.cos(rake) * np.sin(strike) - np.cos(dip) * np.sin(rake) * np.cos(strike),
        -np.sin(rake) * np.sin(dip),
    ])  # fmt: skip
    tensor = np.outer(normal, slip) + np.outer(slip, normal)  # north, east, down
    random = np.random.default_rng(2)
    azimuth, takeoff = random.uniform(0, 2 * np.pi, 50), random.uniform(0, np.pi, 50)
    found = sources.radiation(MECHANISM, torch.tensor(azimuth), torch.tensor(takeoff))
    for i, (a, t) in enumerate(zip(azimuth, takeoff, strict=True)):
        away = np.array([np.sin(t) * np.cos(a), np.sin(t) * np.sin(a), np.cos(t)])
        turned = np.array([np.cos(t) * np.cos(a), np.cos(t) * np.sin(a), -np.sin(t)])
        across = np.array([-np.sin(a), np.cos(a), 0])
        assert float(found["P"][i]) == pytest.approx(away @ tensor @ away, abs=1e-12)
        assert float(found["SV"][i]) == pytest.approx(turned @ tensor @ away, abs=1e-12)
        assert float(found["SH"][i]) == pytest.approx(across @ tensor @ away, abs=1e-12)


def quake(magnitude=2.5, depth=12e3):
    return sources.made(1, 1_471_219_200_000_000_000, 38.0, 141.0, depth, magnitude, (0,))


@pytest.mark.parametrize("phase", ["P", "S"])
def test_the_spectrum_is_that_of_brunes_pulse(phase):
    earthquake = quake()
    corner, speed = earthquake.corner(phase), paths.velocity(12e3, phase)
    rate, count = 20_000.0, 2**17
    frequencies = torch.fft.rfftfreq(count, 1 / rate, dtype=torch.float64)
    displacement = sources.spectrum(earthquake, phase, frequencies)[1:] / (2j * np.pi * frequencies[1:])
    time = np.arange(count) / rate
    moment = 10 ** (1.5 * 2.5 + 9.1)
    level = 2 * moment / (4 * np.pi * 2700 * speed**3)
    pulse = level * (2 * np.pi * corner) ** 2 * time * np.exp(-2 * np.pi * corner * time)
    expected = np.fft.rfft(pulse)[1:] / rate
    band = slice(0, int(100 / (rate / count)))
    np.testing.assert_allclose(displacement.numpy()[band], expected[band], rtol=1e-3)


def test_a_larger_earthquake_has_a_lower_corner():
    assert quake(4.0).corner("S") < quake(2.0).corner("S") < quake(2.0).corner("P")


def test_magnitudes_follow_gutenberg_and_richter():
    found = [
        q.magnitude for h in range(40) for q in sources.earthquakes_of_hour(1, h, 100, [(38.0, 141.0)], 1.0)
    ]
    assert len(found) == pytest.approx(4000, abs=4 * 4000**0.5)
    assert min(found) >= 1.0
    assert max(found) <= sources.LARGEST
    b = 1 / (np.log(10) * (np.mean(found) - 1.0))  # Aki's estimate
    assert b == pytest.approx(1.0, abs=0.05)


def test_attenuation_is_causal():
    """A pulse that has lost its high frequencies still begins no earlier than it was sent."""
    count, rate = 4096, 100.0
    frequencies = torch.fft.rfftfreq(count, 1 / rate, dtype=torch.float64)
    loss, turn = paths.attenuation(frequencies, torch.tensor(40.0, dtype=torch.float64))
    pulse = torch.fft.irfft(torch.polar(loss, turn), n=count).roll(count // 2)
    before = pulse[: count // 2].square().sum() / pulse.square().sum()
    assert float(before) < 1e-3


def test_noise_has_the_power_spectrum_of_its_station():
    for name in ("N.S1N01", "N.S2N02"):
        level, exponent = station_noise(5, name)
        wave = noise(5, [name], 100.0, 0, 120_000, CPU)[0, 0].numpy()
        frequencies, density = welch(wave, 100.0, nperseg=2048)
        band = (frequencies > 0.5) & (frequencies < 45)
        ratio = density[band] / (level**2 * frequencies[band] ** -exponent)
        assert np.median(ratio) == pytest.approx(1, abs=0.1)
        assert abs(np.polyfit(np.log(frequencies[band]), np.log(ratio), 1)[0]) < 0.05


def test_noise_is_as_strong_where_blocks_meet_as_within():
    names = [f"N.{i}" for i in range(40)]
    wave = noise(1, names, 20.0, 0, 24_000, CPU).reshape(-1, 20, 1200)
    scale = wave.square().mean(dim=(1, 2), keepdim=True)
    power = (wave.square() / scale).mean(dim=(0, 1)).reshape(12, 100).mean(dim=1)
    assert float(power.max() / power.min()) < 1.3


def network(rate=100.0, noise_level=1e-12):
    places = stations((38.1, 141.1, 0), (38.3, 140.8, 100), (37.5, 141.3, -2000))
    ones = torch.ones(3)
    level = ones * noise_level / LOUDNESS
    return Network(["X.A", "X.B", "X.C"], places, Ground(ones, ones, ones), level, ones, rate, 1)


def recorded(earthquake, net, length, first=1_471_219_200 * 100):
    out = torch.zeros(3, 3, length)
    seismograms.record(earthquake, net, out, first)
    return out, paths.rays(earthquake.latitude, earthquake.longitude, earthquake.depth, net.places).travel


def test_the_ground_is_still_until_p_and_moves_most_after_s():
    earthquake, net = quake(), network()
    out, travel = recorded(earthquake, net, 6000, 1_471_219_200 * 100 - 100)
    for row in range(3):
        p, s = (round(float(travel[phase][row]) * 100) + 100 for phase in ("P", "S"))
        peak = out[row].abs().max()
        p_wave = out[row, :, p : s - 2].abs().amax()
        assert out[row, :, : p - 2].abs().max() < 0.02 * p_wave
        assert out[row, :, s:].abs().max() == peak


def test_p_moves_the_ground_up_and_down_and_s_from_side_to_side():
    net, energy = network(), {"P": torch.zeros(3), "S": torch.zeros(3)}
    for number in range(20):
        earthquake = sources.made(1, 1_471_219_200 * 10**9, 38.0, 141.0, 12e3, 2.5, (number,))
        out, travel = recorded(earthquake, net, 3000)
        for phase in ("P", "S"):
            at = round(float(travel[phase][0]) * 100)
            energy[phase] += out[0, :, at : at + 50].square().sum(dim=-1)
    assert energy["P"][0] > 1.5 * energy["P"][1:].max()
    assert energy["S"][0] < 0.7 * energy["S"][1:].min()


def test_amplitudes_fall_with_distance_and_grow_with_magnitude():
    net = network()
    path = seismograms.path_of(quake(), net)
    small, large = (seismograms.peaks(quake(m), net, path, "S") for m in (2.5, 3.5))
    assert small[0] > small[2]
    assert (large > small).all()


def test_a_pulse_moves_by_the_fraction_of_a_sample_that_its_origin_moves():
    net = network()
    waves = []
    for shift in (0, 4_000_000):
        moved = sources.made(1, 1_471_219_200_000_000_000 + shift, 38.0, 141.0, 12e3, 2.5, (0,))
        out, _ = recorded(moved, net, 3000)
        waves.append(out[0, 0].double().numpy())
    spectra = np.fft.rfft(waves, axis=1)
    frequencies = np.fft.rfftfreq(3000, 0.01)
    band = (frequencies > 2) & (frequencies < 15)
    cross = spectra[1, band] * spectra[0, band].conj()
    delay = (
        -np.angle((cross * np.exp(2j * np.pi * frequencies[band] * 0.004)).sum()) / (2 * np.pi * 8) + 0.004
    )
    assert delay == pytest.approx(0.004, abs=1e-3)
