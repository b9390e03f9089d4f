"""Envelopes at whole seconds, against scipy's filter and Hilbert transform; gaps and parts of a record."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import signal

from seisdsl.methods.locate.envelopes import NS, envelopes, reach

BEGIN = 1_471_219_200 * NS


def burst(rate: float, seconds: float, rows: int = 3, seed: int = 1) -> torch.Tensor:
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    return torch.from_numpy(rng.normal(size=(rows, len(time))) * (1 + 4 * np.exp(-(((time - 60) / 15) ** 2))))


def whole(samples: torch.Tensor) -> torch.Tensor:
    return torch.ones_like(samples, dtype=torch.bool)


@pytest.mark.parametrize(("rate", "aside"), [(100.0, 370_000_000), (25.0, 0), (31.25, 992_000_000)])
def test_they_are_what_scipy_makes(rate: float, aside: int) -> None:
    samples = burst(rate, 120)
    found = envelopes(samples + 1e4, whole(samples), rate, BEGIN + aside, [[0, 1, 2]])
    sections = signal.butter(6, [2, 8], "bandpass", fs=rate, output="sos")
    analytic = signal.hilbert(signal.sosfiltfilt(sections, samples.numpy()))
    level = np.sqrt((np.abs(analytic) ** 2).sum(0))
    spread = np.sqrt(np.log(2)) / (2 * np.pi * 0.2) * rate
    smooth = np.convolve(level, signal.windows.gaussian(8 * round(spread) + 1, spread), "same")
    smooth /= signal.windows.gaussian(8 * round(spread) + 1, spread).sum()
    seconds = found.start + np.arange(found.values.shape[1])
    expected = np.interp(seconds, (BEGIN + aside) / NS + np.arange(len(smooth)) / rate, smooth)
    inside = found.mask[0].numpy()
    assert inside.sum() > 105
    assert np.corrcoef(found.values[0].numpy()[inside], expected[inside])[0, 1] > 0.998
    assert found.values[0].numpy()[inside].mean() == pytest.approx(expected[inside].mean(), rel=0.03)


@pytest.mark.parametrize("rate", [100.0, 20.0, 31.25])
def test_a_part_of_a_record_gives_the_same(rate: float) -> None:
    samples = burst(rate, 120, 2)
    mask = whole(samples)
    mask[0, round(50 * rate) : round(50.2 * rate)] = False
    every = envelopes(samples, mask, rate, BEGIN, [[0], [1]])
    first, last = round(20.3 * rate), round(100.7 * rate)
    start = BEGIN + round(first / rate * NS)
    part = envelopes(samples[:, first:last], mask[:, first:last], rate, start, [[0], [1]])
    values, known = every.during(part.start, part.values.shape[1])
    assert part.mask.sum() > 100
    assert bool((known | ~part.mask).all())
    edge = int(reach((2.0, 8.0), 0.2)) + 1
    assert torch.equal(part.mask[:, edge:-edge], known[:, edge:-edge])
    assert torch.allclose(part.values[part.mask], values[part.mask], rtol=1e-5)


def test_what_touches_a_gap_has_no_value() -> None:
    samples = burst(50.0, 120)
    mask = whole(samples)
    mask[:, 3000:3100] = False  # from 60 to 62 s
    spiked = samples.masked_fill(~mask, 1e9)
    found = envelopes(spiked, mask, 50.0, BEGIN, [[0, 1, 2]])
    untouched = envelopes(samples, whole(samples), 50.0, BEGIN, [[0, 1, 2]])
    assert not found.mask[0, 57:66].any()
    assert found.mask[0, 10:55].all()
    assert found.mask[0, 68:110].all()
    assert torch.allclose(found.values[found.mask], untouched.values[found.mask], rtol=1e-5)


def test_a_missing_or_dead_component_counts_as_the_mean_of_the_others() -> None:
    samples = burst(50.0, 60)
    samples[2] = samples[1]
    for dead in (0.0, 77.0):
        broken = samples.clone()
        broken[2] = dead
        found = envelopes(broken, whole(samples), 50.0, BEGIN, [[1, 2]])
        expected = envelopes(samples, whole(samples), 50.0, BEGIN, [[1, 2]])
        assert torch.allclose(found.values, expected.values, rtol=1e-5)
    silent = envelopes(torch.full_like(samples, 5.0), whole(samples), 50.0, BEGIN, [[0, 1, 2]])
    assert not silent.mask.any()


def test_a_record_too_short_for_the_filter_gives_nothing() -> None:
    samples = burst(100.0, 2.0)
    assert not envelopes(samples, whole(samples), 100.0, BEGIN, [[0, 1, 2]]).mask.any()
    values, mask = envelopes(samples, whole(samples), 100.0, BEGIN, [[0]]).during(BEGIN // NS + 500, 10)
    assert values.shape == mask.shape == (1, 10)
    assert not mask.any()
