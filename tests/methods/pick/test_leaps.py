"""Triggers found where the bounds leave a doubt, against those of the whole ratio worked out."""

import numpy as np
import pytest
import torch

from seisdsl.methods.pick import leaps as working
from seisdsl.methods.pick.doubt import doubtful
from seisdsl.methods.pick.leaps import leaps
from seisdsl.methods.pick.stalta import averages, ratio, together
from seisdsl.methods.pick.trigger import triggers

RATE = 100
WINDOWS = [(100, 1000), (40, 640), (33, 500), (5, 100)]  # the last is too short for blocks


def record(seed, traces=6, length=30_000, gaps=3):
    """Noise whose loudness wanders, events large and small, a click, and gaps."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(traces, length)) * np.exp(np.cumsum(rng.normal(0, 0.01, (traces, length)), 1))
    for at in rng.integers(0, length, 12):
        values[:, at : at + 800] *= 1 + rng.lognormal(1, 1) * np.exp(
            -np.arange(len(values[0, at : at + 800])) / 200
        )
    values[2, 20_000] *= 1e8
    mask = np.ones(values.shape, bool)
    for trace in (0, 1, 4):
        for at in rng.integers(0, length, gaps):
            mask[trace, at : at + rng.integers(1, 3000)] = False
    mask[5] = False
    return torch.tensor(values, dtype=torch.float32).masked_fill(~torch.tensor(mask), 0), torch.tensor(mask)


def everywhere(samples, mask, group, short, long, on, off, method):
    """Group, start, end, ratio and amplitude of each trigger, from the ratio of the whole record."""
    sta, lta = averages(samples, mask, short, long, method)
    ratios = ratio(together(sta, group), together(lta, group))
    rows = []
    for of, start, end in triggers(ratios, ratios > 0, on, off, longest=long).tolist():
        leap = (sta - lta)[:, start].masked_fill(group != of, -torch.inf)
        trace = int(leap.argmax())
        rows.append(
            (
                trace,
                start,
                end,
                ratios[of, start:end].max().item(),
                samples[trace, start:end].abs().max().item(),
            )
        )
    return rows


def same(found, expected):
    assert [row[:3] for row in found] == [row[:3] for row in expected]
    np.testing.assert_allclose([row[3:] for row in found], [row[3:] for row in expected], rtol=1e-8)


@pytest.mark.parametrize("method", ["classic", "recursive"])
@pytest.mark.parametrize(("short", "long"), WINDOWS)
@pytest.mark.parametrize("group", [[0, 1, 2, 3, 4, 5], [0, 0, 0, 1, 1, 1], [0, 1, 1, 1, 1, 2]])
def test_nothing_is_missed_and_nothing_added(method, short, long, group):
    group, many = torch.tensor(group), 0
    for seed, (on, off) in enumerate([(3.5, 1.5), (2.0, 2.0), (6.0, 0.3)]):
        samples, mask = record(seed)
        expected = everywhere(samples, mask, group, short, long, on, off, method)
        found = leaps(samples, mask, group, short, long, on=on, off=off, method=method)
        same(list(zip(*(column.tolist() for column in found), strict=True)), expected)
        many += len(expected)
    assert many >= 20


@pytest.mark.parametrize("method", ["classic", "recursive"])
def test_most_of_a_quiet_record_is_beyond_doubt(method):
    quiet = torch.randn(1, 300_000, generator=torch.Generator().manual_seed(0))
    quiet[0, 100_000:100_200] *= 10
    recorded = torch.ones_like(quiet, dtype=torch.bool)
    spans = doubtful(quiet, recorded, torch.tensor([0]), 100, 3000, method, 3.5, 1.5)
    assert 200 <= (spans[:, 2] - spans[:, 1]).sum() < 5000
    assert 99_900 < spans[0, 1] <= 100_100 < spans[-1, 2] < 103_500


@pytest.mark.parametrize("scale", [1e-24, 1e-12, 1e12, 1e25])
@pytest.mark.parametrize("method", ["classic", "recursive"])
def test_any_unit_gives_the_same_triggers(scale, method):
    """Single precision holds neither the square of 1e-24 nor that of 1e25."""
    samples, mask = record(3)
    group = torch.tensor([0, 0, 0, 1, 2, 3])
    plain, scaled = (leaps(of, mask, group, 50, 800, on=3.0, off=1.5, method=method)
                     for of in (samples, samples * scale))  # fmt: skip
    assert len(plain.start) > 10
    for name in ("trace", "start", "end"):
        assert getattr(plain, name).tolist() == getattr(scaled, name).tolist()


def test_a_broken_sample_is_a_gap():
    samples, mask = record(4, gaps=0)
    group = torch.arange(6)
    samples[3, 12_345], mask[3, 12_345] = 0, False
    as_gap = leaps(samples, mask, group, 50, 800, on=3.0, off=1.5)
    samples[3, 12_345], mask[3, 12_345] = torch.nan, True
    broken = leaps(samples, mask, group, 50, 800, on=3.0, off=1.5)
    for one, other in zip(as_gap, broken, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=0)


def test_any_tiles_give_the_same(monkeypatch):
    samples, mask = record(5)
    group = torch.tensor([0, 0, 1, 1, 1, 2])
    whole = leaps(samples, mask, group, 50, 800, on=3.0, off=1.5)
    for at_once in (2**10, 2**15):
        monkeypatch.setattr(working, "AT_ONCE", at_once)
        tiled = leaps(samples, mask, group, 50, 800, on=3.0, off=1.5)
        for one, other in zip(whole, tiled, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-10, atol=0)
