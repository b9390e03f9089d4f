from __future__ import annotations

import itertools

import numpy as np

from seisdsl.data.times import coarse, overlap
from seisdsl.language.types import TimeRange as T


def test_what_touches_or_overlaps_is_one_range():
    assert coarse([T(5, 9), T(0, 2), T(2, 4), T(6, 7)]) == (T(0, 4), T(5, 9))


def test_of_many_the_longest_gaps_are_kept():
    random = np.random.default_rng(0)
    edges = np.cumsum(random.integers(1, 10**6, 10_000)).reshape(-1, 2).tolist()
    found = coarse([T(a, b) for a, b in edges], most=100)
    assert len(found) == 100
    kept = {b.start - a.end for a, b in itertools.pairwise(found)}
    gaps = sorted(b[0] - a[1] for a, b in itertools.pairwise(edges))
    assert kept == set(gaps[-99:])
    assert (found[0].start, found[-1].end) == (edges[0][0], edges[-1][1])


def test_what_two_times_share():
    assert overlap(T(0, 5), T(3, 9)) == T(3, 5)
    assert overlap(T(0, 5), T(5, 9)) is None
    assert overlap(T(0, 5), None) == T(0, 5)
