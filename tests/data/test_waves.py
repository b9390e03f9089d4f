"""Waves cut by time: by whole numbers of nanoseconds, however long a record is."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seisdsl.data.waves import Channel, Waves
from seisdsl.language.types import TimeRange

YEAR = 365 * 86400
BEGIN = 1_471_219_200 * 10**9


def lasting(seconds: int, rate: float, start: int = BEGIN) -> Waves:
    """A record of any length that takes no memory."""
    length = round(seconds * rate)
    samples, mask = torch.zeros(1, 1).expand(1, length), torch.ones(1, 1, dtype=torch.bool).expand(1, length)
    return Waves(samples, mask, rate, start, (Channel("N", "S1N01", "", "EHZ"),))


@given(
    st.sampled_from([1.0, 30.0, 99.99992370605469, 100.0, 250.0]),
    st.sampled_from([0, 1, 2_345_678]),
    st.integers(0, 30 * YEAR - 10),
    st.sampled_from([-20_000, -1, 0, 1, 20_000]),
)
def test_years_after_the_start_a_nanosecond_still_counts(rate, aside, second, by):
    waves = lasting(30 * YEAR, rate, BEGIN + aside)
    number = round(second * rate)
    edge = waves.time_of(number) + by
    few = 10**10 // round(rate)
    before, after = (waves.within(TimeRange(edge + low, edge + high)) for low, high in ((-few, 0), (0, few)))
    later = by > 1000  # at 1 Hz, a millionth of an interval
    assert after.start == waves.time_of(number + later)
    assert before.length == 0 or before.span.end == after.start


@pytest.mark.parametrize("rate", [1.0, 30.0, 99.99992370605469, 100.0])
def test_a_span_ends_with_the_interval_of_the_last_sample(rate):
    waves = lasting(30 * YEAR, rate)
    exact = waves.start + waves.length * 10**9 / Fraction(rate)
    assert abs(waves.span.end - exact) <= 1
