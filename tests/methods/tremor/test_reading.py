"""What filters let through, where spectra cross, and what errors share."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import signal

from seisdsl.methods.tremor.reading import (
    agreement,
    crossings,
    decibels,
    drop,
    grouped,
    mean_spectrum,
    passed,
    responses,
    smoothed,
    without_band,
)

RATE = 25.0
LOW = torch.from_numpy(signal.firwin(65, 5.0, fs=RATE))
HIGH = torch.from_numpy(signal.firwin(65, 5.0, fs=RATE, pass_zero=False))
STOP = torch.from_numpy(signal.firwin(65, [4.0, 8.0], fs=RATE))


def test_the_response_is_that_of_scipy():
    frequencies, gain = responses(torch.stack([LOW, STOP])[:, None], RATE)
    for own, taps in zip(gain, (LOW, STOP), strict=True):
        at, expected = signal.freqz(taps.numpy(), worN=frequencies.numpy(), fs=RATE)
        np.testing.assert_allclose(frequencies.numpy(), at)
        np.testing.assert_allclose(own.numpy(), abs(expected), atol=1e-12)


def test_components_add_by_their_squares():
    _, gain = responses(torch.stack([LOW, HIGH])[None], RATE)
    _, apart = responses(torch.stack([LOW, HIGH])[:, None], RATE)
    torch.testing.assert_close(gain[0], apart.square().sum(0).sqrt())


def test_edges_are_6_db_down_and_the_trough_is_where_it_was_made():
    frequencies, gain = responses(torch.stack([LOW, HIGH, STOP])[:, None], RATE)
    low, high, stop = (passed(frequencies, own) for own in gain)
    assert low.low is None
    assert low.high == pytest.approx(5.0, abs=0.1)  # a window design is 6 dB down at its cut-off
    assert high.low == pytest.approx(5.0, abs=0.1)
    assert high.high is None
    assert stop.trough == pytest.approx(6.0, abs=2.0)
    assert stop.depth is not None
    assert stop.depth > 40


def test_a_gain_that_only_falls_has_no_trough():
    frequencies = torch.linspace(0, 12.5, 513, dtype=torch.float64)
    found = passed(frequencies, torch.exp(-frequencies))
    assert found.trough is None
    assert found.high == pytest.approx(6 / 20 * np.log(10), abs=1e-3)


def test_smoothing_is_a_moving_mean_of_power():
    frequencies = torch.linspace(0, 12.5, 513, dtype=torch.float64)
    gain = torch.rand(2, 513, dtype=torch.float64)
    found = smoothed(frequencies, gain, 1.0)
    half = round(0.5 / float(frequencies[1]))
    for at in (0, 5, 200, 512):
        expected = gain[:, max(at - half, 0) : at + half + 1].square().mean(1).sqrt()
        torch.testing.assert_close(found[:, at], expected)
    assert torch.allclose(smoothed(frequencies, gain, 0.0), gain)


def test_a_silent_filter_is_finite():
    frequencies, gain = responses(torch.zeros(1, 1, 65), RATE)
    assert bool(decibels(gain).isfinite().all())
    assert passed(frequencies, gain[0]).trough is None


def test_filters_and_their_negatives_are_of_one_group():
    filters = torch.stack([3 * LOW, HIGH, -LOW, -2 * HIGH, 0.1 * LOW])
    _, gain = responses(filters[:, None], RATE)
    assert grouped(gain, filters.norm(dim=1)).tolist() == [0, 1, 0, 1, 0]


def test_the_weightiest_crossing_is_the_one_that_parts_the_spectra():
    frequencies = torch.linspace(0.1, 12.5, 400, dtype=torch.float64)
    falls = torch.exp(-(frequencies - 6.0) * 0.4 - 0.3 * torch.sin(3 * np.pi * (frequencies - 6)))
    found = crossings(frequencies, falls, torch.ones_like(falls))
    assert len(found) > 1
    assert found[0].frequency == pytest.approx(6.0, abs=0.05)
    assert found[0].weight > 0
    swapped = crossings(frequencies, torch.ones_like(falls), falls)
    assert swapped[0].frequency == pytest.approx(found[0].frequency)
    assert crossings(frequencies, falls, 100 * falls) == []


def test_the_mean_spectrum_counts_each_record_alike():
    rng = np.random.default_rng(2)
    rows = torch.from_numpy(rng.normal(size=(3, 4096)) * np.array([[1.0], [100.0], [1e-3]]))
    frequencies, mean = mean_spectrum(rows, RATE)
    expected = []
    for row in rows.numpy():
        at, power = signal.welch(row, RATE, nperseg=256, noverlap=128)
        expected.append(power / power.sum())
    np.testing.assert_allclose(frequencies.numpy(), at)
    np.testing.assert_allclose(mean.numpy(), np.mean(expected, 0), rtol=1e-6)


def test_a_band_is_taken_out_and_the_rest_left():
    time = torch.arange(4096, dtype=torch.float64) / RATE
    tones = {f: torch.sin(2 * np.pi * f * time)[None] for f in (50 / 4096 * RATE, 6.25)}
    kept, gone = (without_band(tone, RATE, 5.5, 6.5, 0.2) for tone in tones.values())
    torch.testing.assert_close(kept, next(iter(tones.values())), atol=1e-9, rtol=0)
    assert float(gone.abs().max()) < 1e-9


def test_the_drop_is_between_balanced_accuracies():
    truth = torch.tensor([0] * 90 + [1] * 10)
    before = truth.clone()
    after = truth.clone()
    after[90:95] = 0  # half of the rare class is lost
    found = drop(before, after, truth, 2)
    assert found.balanced == pytest.approx(0.75)
    assert found.drop == pytest.approx(0.25)
    assert found.low < 0.25 < found.high
    assert drop(before, before, truth, 2)[1:] == (0.0, 0.0, 0.0)


def test_the_level_of_chance_is_what_shuffled_errors_share():
    """Two methods whose errors know nothing of each other share what chance says, and no more."""
    rng = np.random.default_rng(5)
    truth = torch.from_numpy(rng.integers(0, 3, 30_000))
    rows = np.array([[0.8, 0.15, 0.05], [0.1, 0.7, 0.2], [0.3, 0.1, 0.6]])

    def said() -> torch.Tensor:
        draw = rng.random(len(truth))
        return torch.from_numpy((draw[:, None] > rows.cumsum(1)[truth.numpy()]).sum(1))

    one, other = said(), said()
    found = agreement(one, other, truth, 3)
    assert found.overlap == pytest.approx(found.chance, abs=0.01)
    assert agreement(one, one, truth, 3).overlap == 1.0


def test_no_error_no_overlap():
    truth = torch.tensor([0, 1, 2])
    assert agreement(truth, truth, truth, 3) == (0, 0, None, None)
