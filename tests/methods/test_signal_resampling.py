"""Resampling against scipy's polyphase filter with the same window, and its own parts."""

from __future__ import annotations

import math
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


@pytest.mark.parametrize("ratio", [Fraction(5, 2), Fraction(7, 3), Fraction(3, 10)])
def test_it_may_begin_between_samples(ratio):
    samples = torch.randn(1, 3000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    mask = torch.ones_like(samples, dtype=torch.bool)
    late = torch.tensor([0.2], dtype=torch.float64)
    whole, _ = resampling.resampled(samples, mask, ratio, late)
    number = 1000  # the first of the new samples that is wanted
    before = math.floor(number * ratio) - 200
    part, kept = resampling.resampled(
        samples[:, before:], mask[:, before:], ratio, late, number * ratio - before
    )
    shift = round(200 / ratio)
    assert kept[0, :shift].all()
    torch.testing.assert_close(part[:, :300], whole[:, number : number + 300], rtol=0, atol=1e-6)
    assert part.shape[1] == whole.shape[1] - number
