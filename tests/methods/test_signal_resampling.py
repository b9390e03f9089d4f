"""Resampling against scipy's polyphase filter with the same window, and its own parts."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import scipy.signal
import torch

from seisdsl.methods.signal import resampling


@pytest.mark.parametrize(("up", "down"), [(1, 2), (1, 5), (2, 5), (3, 2), (160, 147)])
def test_it_is_scipys_polyphase_filter_away_from_the_ends(up, down):
    samples = torch.randn(1, 4000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    mask = torch.ones_like(samples, dtype=torch.bool)
    given, kept = resampling.resampled(samples, mask, Fraction(down, up), torch.zeros(1, dtype=torch.float64))
    wide = max(up, down)
    window = scipy.signal.firwin(2 * 40 * wide + 1, 0.9 / wide, window=("kaiser", 12.265))
    expected = scipy.signal.resample_poly(samples[0].numpy(), up, down, window=window)
    assert given.shape[1] == len(expected)
    assert kept[0, :-wide].all()
    inside = slice(45 * max(1, up // down + 1), -45 * max(1, up // down + 1))
    np.testing.assert_allclose(given[0, inside], expected[inside], rtol=0, atol=1e-5)


def test_one_by_one_and_by_blocks_are_the_same(monkeypatch):
    samples = torch.randn(2, 3000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    mask = torch.ones_like(samples, dtype=torch.bool)
    late = torch.tensor([0.0, -0.37], dtype=torch.float64)
    blocks, kept = resampling.resampled(samples, mask, Fraction(7, 3), late)
    monkeypatch.setattr(resampling, "LARGEST", 0)
    monkeypatch.setattr(resampling, "TILE", 5000)
    singly, also_kept = resampling.resampled(samples, mask, Fraction(7, 3), late)
    assert torch.equal(kept, also_kept)
    torch.testing.assert_close(singly, blocks, rtol=0, atol=1e-7)
