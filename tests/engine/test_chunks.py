"""Chunks lie at whole multiples of their length, cover what there is, and overlap nowhere."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seisdsl.engine.chunks import LENGTHS, SECOND, TooMany, chunks, fitting, halves, widened
from seisdsl.language.types import TimeRange

HOUR = 3600 * SECOND
times = st.builds(
    lambda start, more: TimeRange(start, start + more), st.integers(0, 10**19), st.integers(1, 10**15)
)


@given(st.lists(times, min_size=1, max_size=4), st.sampled_from(LENGTHS[3:]))
def test_every_moment_lies_in_exactly_one(extents: list[TimeRange], length: int) -> None:
    found = chunks(extents, length)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(chunk.start < chunk.end for chunk in found)
    for extent in extents:
        covered = sum(max(0, min(c.end, extent.end) - max(c.start, extent.start)) for c in found)
        assert covered == extent.end - extent.start
    inner = [c for c in found if c.end - c.start == length]
    assert all(c.start % length == 0 for c in inner)
    assert len(inner) >= len(found) - 2


def test_an_empty_stretch_has_none() -> None:
    found = chunks([TimeRange(0, HOUR), TimeRange(100 * HOUR, 101 * HOUR)], HOUR)
    assert found == (TimeRange(0, HOUR), TimeRange(100 * HOUR, 101 * HOUR))
    assert chunks([TimeRange(0, HOUR), TimeRange(100 * HOUR, 101 * HOUR)], None) == (
        TimeRange(0, 101 * HOUR),
    )


def test_too_many_are_refused() -> None:
    with pytest.raises(TooMany, match="take longer ones"):
        chunks([TimeRange(0, 10**19)], SECOND)


def test_the_length_follows_the_size() -> None:
    day = TimeRange(0, 24 * HOUR)
    assert fitting(day, 1000) is None
    assert fitting(day, 10**12) == LENGTHS[0]
    network = 450 * 100 * 4 * 86400  # 150 stations, 3 components, 100 Hz
    assert fitting(day, network) == 600 * SECOND
    assert fitting(TimeRange(0, 240 * HOUR), 10 * network) == 600 * SECOND


@given(times, st.floats(0, 1e4), st.floats(0, 1e4))
def test_a_wider_time_stays_within(time: TimeRange, before: float, after: float) -> None:
    whole = TimeRange(time.start - 5 * SECOND, time.end + 5 * SECOND)
    wide = widened(time, before, after, whole)
    assert whole.start <= wide.start <= time.start
    assert time.end <= wide.end <= whole.end
    if before <= 5:
        assert (time.start - wide.start) / SECOND == pytest.approx(before, abs=1e-6)


@given(times)
def test_halves_meet(time: TimeRange) -> None:
    one, other = halves(time)
    assert (one.start, one.end, other.end) == (time.start, other.start, time.end)
