"""Pairs of what was found and what is true, beside every choice that there is."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from obspy.geodetics import gps2dist_azimuth

from seisdsl.methods.learn.matching import Stretches, apart, medians, near, paired, shares

S = 1_000_000_000


def stretches(begin: list[float], last: float = 0.0, kind: list[int] | None = None) -> Stretches:
    at = np.round(np.array(begin, float) * S).astype(np.int64)
    return Stretches(at, at + round(last * S), np.array(kind or [0] * len(at), np.int64))


def best(one: np.ndarray, other: np.ndarray, cost: np.ndarray) -> tuple[int, float]:
    """The most pairs, and their least cost, of all choices."""
    known = {(int(a), int(b)): float(c) for a, b, c in zip(one, other, cost, strict=True)}
    rows, columns = sorted({a for a, _ in known}), sorted({b for _, b in known})
    for count in range(min(len(rows), len(columns)), 0, -1):
        totals = [
            sum(known[pair] for pair in zip(own, order, strict=True))
            for own in combinations(rows, count)
            for order in permutations(columns, count)
            if all(pair in known for pair in zip(own, order, strict=True))
        ]
        if totals:
            return count, min(totals)
    return 0, 0.0


@pytest.mark.parametrize("seed", range(12))
def test_as_many_pairs_as_can_be_with_the_least_cost(seed):
    rng = np.random.default_rng(seed)
    found = stretches(rng.uniform(0, 12, 5).tolist(), kind=rng.integers(0, 2, 5).tolist())
    true = stretches(rng.uniform(0, 12, 5).tolist(), kind=rng.integers(0, 2, 5).tolist())
    one, other, gap = near(found, true, 4.0)
    row, column = paired(one, other, gap, (5, 5))
    assert len(set(row.tolist())) == len(row) == len(set(column.tolist()))
    total = sum(abs(int(found.begin[a] - true.begin[b])) / S for a, b in zip(row, column, strict=True))
    assert (len(row), total) == pytest.approx(best(one, other, gap))


@pytest.mark.parametrize("last", [0.0, 3.0])
def test_candidates_are_all_that_are_near_in_time(last):
    rng = np.random.default_rng(2)
    found, true = (stretches(rng.uniform(0, 100, 60).tolist(), last) for _ in range(2))
    one, other, gap = near(found, true, 2.0)
    expected = {}
    for a in range(60):
        for b in range(60):
            between = max(found.begin[a] - true.end[b], true.begin[b] - found.end[a], 0) / S
            if between <= 2.0:
                expected[a, b] = between
    assert dict(zip(zip(one.tolist(), other.tolist(), strict=True), gap.tolist(), strict=True)) == expected


def test_nearest_first_would_lose_a_pair():
    one, other, gap = near(stretches([0.0, 1.0]), stretches([0.9, 1.9]), 1.0)
    row, column = paired(one, other, gap, (2, 2))
    assert sorted(zip(row.tolist(), column.tolist(), strict=True)) == [(0, 0), (1, 1)]


def test_nothing_pairs_with_nothing():
    one, other, gap = near(stretches([]), stretches([1.0]), 1.0)
    assert [len(part) for part in paired(one, other, gap, (0, 1))] == [0, 0]


def test_distances_are_those_of_obspy_on_an_ellipsoid():
    a, b = (38.0, 141.0), (38.4, 143.5)
    expected = gps2dist_azimuth(*a, *b)[0] / 1000
    found = apart(tuple(np.array([v]) for v in a), tuple(np.array([v]) for v in b))
    assert float(found[0]) == pytest.approx(expected, rel=4e-3)


def test_shares_of_counts():
    found = shares(np.array([8.0, 0.0]), np.array([10.0, 0.0]), np.array([16.0, 0.0]))
    assert [float(found[name][0]) for name in ("precision", "recall", "f1")] == pytest.approx(
        [0.8, 0.5, 8 / 13]
    )
    assert np.isnan(found["precision"][1])


def test_the_median_of_a_draw_is_that_of_its_values():
    rng = np.random.default_rng(0)
    values, times = rng.normal(size=21), rng.integers(0, 4, (50, 21)).astype(float)
    expected = [np.median(np.repeat(values, row.astype(int))) for row in times]
    assert medians(values, times) == pytest.approx(expected)
    assert np.isnan(medians(values, np.zeros((1, 21)))[0])
