"""The ground below stations: resonances against what an oscillator does, and what `sites` says of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.signal import freqs, welch

from seisdsl.data.scenes import BEGIN, Scene, sites
from seisdsl.data.stations import network
from seisdsl.language.types import TimeRange
from seisdsl.methods.simulate import simulated_waves
from seisdsl.methods.simulate.sites import AMPLIFICATIONS, PEAKS, Ground, ground

CPU = torch.device("cpu")


def test_the_resonance_is_that_of_a_damped_oscillator_beside_the_direct_way():
    below = Ground(torch.ones(1), torch.tensor([2.0]), torch.tensor([6.0]))
    frequencies = torch.linspace(0.1, 20, 200)
    turning = 2 * np.pi * 2.0
    _, expected = freqs([5 * turning / 2, 0], [1, turning / 2, turning**2], 2 * np.pi * frequencies.numpy())
    np.testing.assert_allclose(below.sideways(frequencies)[0], 1 + expected, rtol=1e-5)
    assert float(below.sideways(torch.tensor([2.0])).abs()) == pytest.approx(6.0)


def test_rock_has_the_same_gains_and_no_resonance():
    names = [station.id for station in network("S-net")]
    soft, rock = (ground(1, names, kind, CPU) for kind in (True, False))
    assert torch.equal(soft.gain, rock.gain)
    assert rock.rock
    assert not soft.rock
    assert float(soft.gain.log().std()) == pytest.approx(0.6, abs=0.1)
    for values, (low, high) in ((soft.peak, PEAKS), (soft.amplification, AMPLIFICATIONS)):
        assert low <= float(values.min()) < float(values.max()) <= high


def test_sites_say_what_noise_and_horizontal_motion_are_like():
    scene = Scene(network("S-net")[:20], rate=50.0, per_hour=0)
    told = sites(scene).frame
    waves = simulated_waves(scene, TimeRange(BEGIN, BEGIN + 600 * 10**9), CPU)
    frequencies, power = welch(waves.samples.unflatten(0, (-1, 3)).numpy(), 50.0, nperseg=512)
    step, band = frequencies[1], (frequencies >= 2) & (frequencies <= 8)
    noise = np.sqrt(power[..., band].sum(axis=(1, 2)) * step)
    np.testing.assert_allclose(noise, told["noise"], rtol=0.15)
    peak = np.array([np.argmin(np.abs(frequencies - f)) for f in told["peak"]])
    raised = np.sqrt(power[np.arange(20), 1:, peak].mean(axis=1) / power[np.arange(20), 0, peak])
    np.testing.assert_allclose(np.median(raised / told["amplification"]), 1, atol=0.15)
    assert told["station"].to_list() == [station.station for station in scene.stations]
