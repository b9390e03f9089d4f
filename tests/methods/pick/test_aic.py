"""The information criterion against obspy, scalar loops, and records whose onset is known."""

import numpy as np
import obspy
import pytest
import torch
from obspy.signal.trigger import aic_simple
from scipy.signal import lfilter

from seisdsl.methods.pick.aic import aic, joint, onsets
from seisdsl.methods.pick.search import first_guess, refined

MARGIN = 20


def criterion(samples, order, mask=None):
    values = torch.as_tensor(np.atleast_2d(samples))
    recorded = torch.ones_like(values, dtype=torch.bool) if mask is None else torch.as_tensor(mask)
    return aic(values, recorded, order).numpy()


def by_hand(samples, order, ends=0.3):
    """One autoregression by least squares at each end, and a loop over every onset."""
    x = np.asarray(samples, float) - np.mean(samples)
    n = len(x)

    def errors(x):
        rows = np.array([x[i - order : i][::-1] for i in range(order, n)]).reshape(n - order, order)
        part = np.arange(order, n) < ends * n
        weights = np.linalg.lstsq(rows[part], x[order:][part], rcond=None)[0]
        return x[order:] - rows @ weights

    noise, signal = errors(x), errors(x[::-1])[::-1]
    curve = np.full(n, np.inf)
    for k in range(n):
        before, after = noise[: max(k - order, 0)], signal[k:]
        if len(before) >= 2 and len(after) >= 2:
            curve[k] = len(before) * np.log(before.var()) + (len(after) - 1) * np.log(after.var())
    return curve


def record(seed, decibels, onset, rate=100, seconds=15):
    """Section 1.6 of the methods: noise that rings at 1-4 Hz, a decaying signal at 8-14 Hz upon it."""
    rng = np.random.default_rng(seed)

    def resonance(low, high, radius=0.95):
        turn = 2 * np.pi * rng.uniform(low, high) / rate
        x = lfilter([1], [1, -2 * radius * np.cos(turn), radius**2], rng.normal(size=seconds * rate + 500))
        return x[500:] / x[500:].std()

    since = np.arange(seconds * rate) - onset
    shape = np.where(since >= 0, np.clip((since + 1) / 5, 0, 1) * np.exp(-since / (4 * rate)), 0)
    return resonance(1, 4) + 10 ** (decibels / 20) * shape * resonance(8, 14)


@pytest.mark.parametrize("component", [0, 1, 2])
def test_with_order_0_it_is_that_of_obspy(component):
    samples = obspy.read()[component].data[300:900]
    found = criterion(samples, 0)[0]
    expected = aic_simple(samples)  # whose value k is of an onset at sample k + 1
    np.testing.assert_allclose(found[2:-1], expected[1:-2], rtol=1e-6)


@pytest.mark.parametrize("order", [0, 1, 4, 8])
def test_it_is_a_loop_over_all_onsets(order):
    samples = obspy.read()[0].data[600:950]
    np.testing.assert_allclose(criterion(samples, order)[0], by_hand(samples, order), rtol=1e-6)


@pytest.mark.parametrize("order", [0, 4])
def test_windows_go_together_as_they_go_alone_and_only_their_mask_counts(order):
    rng = np.random.default_rng(0)
    samples = rng.normal(size=(3, 400)) * np.where(np.arange(400) > 210, 5, 1)
    mask = np.zeros((3, 400), bool)
    mask[0], mask[1, 50:333], mask[2, :300] = True, True, True
    together = criterion(samples, order, mask)
    for row, here in enumerate(mask):
        np.testing.assert_allclose(together[row, here], by_hand(samples[row, here], order), rtol=1e-6)
        assert np.isinf(together[row, ~here]).all()


def test_onset_and_spread_are_those_of_the_likelihood():
    curve = by_hand(record(3, 6, 700)[400:1000], 4)
    found = onsets(torch.as_tensor(curve)[None], MARGIN)
    inside = np.flatnonzero(np.isfinite(curve))[MARGIN:-MARGIN]
    best = inside[curve[inside].argmin()]
    weights = np.exp(-(curve[inside] - curve[best]) / 2)
    mean = np.average(inside, weights=weights)
    assert found.found.item()
    assert found.sample.item() == best
    variance = np.average((inside - mean) ** 2, weights=weights) + 1 / 12
    assert found.spread.item() == pytest.approx(np.sqrt(variance), rel=1e-6)
    sides = curve[inside[inside <= best]].max(), curve[inside[inside >= best]].max()
    assert found.depth.item() == pytest.approx(min(sides) - curve[best], rel=1e-6)


def test_the_depth_tells_an_onset_from_noise():
    rng = np.random.default_rng(5)
    depth = onsets(aic(torch.as_tensor(rng.normal(size=(200, 600))), torch.ones(200, 600).bool(), 4), MARGIN)
    event = onsets(
        aic(torch.as_tensor(record(1, 6, 700)[None, 400:1000]), torch.ones(1, 600).bool(), 4), MARGIN
    )
    assert depth.depth[depth.found].quantile(0.95) < 60
    assert event.depth.item() > 150


@pytest.mark.parametrize("samples", [np.zeros(300), np.full(300, 1e6 + 0.1), np.arange(30.0)])
def test_a_flat_or_short_window_has_no_onset(samples):
    found = onsets(torch.as_tensor(criterion(samples, 4)), MARGIN)
    assert not found.found.item()
    assert all(np.isfinite(float(value)) for value in (found.sample, found.spread))


def test_components_are_heard_together_and_the_deaf_have_no_say():
    curves = torch.tensor([[1.0, 2.0], [10.0, 20.0], [torch.inf, torch.inf], [5.0, 5.0]]).double()
    usable = torch.tensor([True, True, False, False])
    total = joint(curves, usable, torch.tensor([0, 0, 0, 1]), 2)
    assert total.tolist() == [[11.0, 22.0], [torch.inf, torch.inf]]


@pytest.mark.parametrize(("decibels", "wanted"), [(10, 0.9), (0, 0.9)])
def test_onsets_lie_within_a_tenth_of_a_second(decibels, wanted):
    """Section 10.6 of the methods; the guess is off by up to a second."""
    rng = np.random.default_rng(11)
    truth = rng.integers(500, 900, 100)
    samples = torch.as_tensor(np.stack([record(seed, decibels, at) for seed, at in enumerate(truth)]))
    each = torch.arange(100)
    guess = torch.as_tensor(truth + rng.integers(-100, 101, 100))
    mask = torch.ones_like(samples, dtype=torch.bool)
    found = refined(samples, mask, each, each, guess, half=300, order=4, margin=MARGIN, fewest=90)
    error = np.abs(found.sample.numpy() - truth) / 100
    assert found.found.all()
    assert (error <= 0.1).mean() >= wanted


def test_the_first_guess_of_a_whole_record_looks_no_further_than_its_peak():
    samples = np.random.default_rng(1).normal(size=(2, 3000))
    samples[0, 1000:1400] *= 30
    samples[1, 2000:2400] *= 30
    mask = torch.ones(2, 3000, dtype=torch.bool)
    mask[1, 100:110] = False
    guess, found = first_guess(torch.as_tensor(samples + 1e4), mask, 300, MARGIN)
    assert found.all()
    np.testing.assert_allclose(guess, [1000, 2000], atol=3)
