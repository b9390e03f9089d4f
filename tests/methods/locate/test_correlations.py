"""Correlations of envelopes against numpy's, lag by lag."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from seisdsl.methods.locate.correlations import at_lags, pair_correlations, pairs_of, standardised


def test_they_are_numpys() -> None:
    rng = np.random.default_rng(2)
    values, most = rng.normal(5, 1, (2, 4, 90)), 20
    pairs = pairs_of(4)
    mask = torch.ones(2, 4, 90, dtype=torch.bool)
    found = pair_correlations(torch.from_numpy(values), mask, pairs, most)
    assert found.shape == (2, 6, 41)
    for window in range(2):
        for number, (first, second) in enumerate(pairs.T.tolist()):
            one, other = (values[window, s] - values[window, s].mean() for s in (first, second))
            scale = np.linalg.norm(one) * np.linalg.norm(other)
            whole = np.correlate(one, other, "full") / scale
            assert found[window, number].numpy() == pytest.approx(whole[89 - most : 90 + most], abs=1e-6)


def test_the_lag_is_by_how_much_the_first_comes_later() -> None:
    shape = torch.exp(-((torch.arange(100.0) - 40) ** 2) / 20)
    values = torch.stack([shape.roll(7), shape])[None]
    found = pair_correlations(values, torch.ones_like(values, dtype=torch.bool), pairs_of(2), 20)
    assert int(found[0, 0].argmax()) - 20 == 7
    assert float(found[0, 0].max()) > 0.98


def test_what_was_not_recorded_plays_no_part() -> None:
    rng = np.random.default_rng(3)
    values = torch.from_numpy(rng.normal(size=(1, 3, 80)))
    mask = torch.ones(1, 3, 80, dtype=torch.bool)
    mask[0, 0, 30:35] = False
    mask[0, 2, :50] = False
    spoilt = values.masked_fill(~mask, 1e6)
    found = pair_correlations(spoilt, mask, pairs_of(3), 10)
    assert torch.equal(found, pair_correlations(values.masked_fill(~mask, -3.0), mask, pairs_of(3), 10))
    assert found[0, 0].abs().max() > 0
    assert not found[0, 1:].any()  # the third station has less than half
    assert not standardised(torch.full((1, 50), 3.3), torch.ones(1, 50, dtype=torch.bool)).any()


def test_between_lags_it_is_smooth_and_can_be_differentiated() -> None:
    lag = torch.arange(-30.0, 31)
    curve = torch.exp(-(lag**2) / 200)[None, None].double()
    at = torch.linspace(-25, 25, 401, dtype=torch.float64)[None, None].requires_grad_()
    value = at_lags(curve, at)
    assert torch.allclose(value, torch.exp(-(at**2) / 200), atol=2e-4)
    (slope,) = torch.autograd.grad(value.sum(), at)
    assert torch.allclose(slope, -at / 100 * torch.exp(-(at**2) / 200), atol=2e-3)
    whole = lag[5:-5].double()[None, None]
    assert torch.allclose(at_lags(curve, whole), curve[..., 5:-5])
    assert not at_lags(curve, torch.tensor([[[-400.0, 30.5, 1e9]]])).any()
