"""When instruments were clipped: the same stretches in whatever parts they come."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from seisdsl.data.clips import Clips
from seisdsl.data.segments import Tally
from seisdsl.language.types import TimeRange

SECOND = 10**9
STRETCHES = st.lists(st.tuples(st.sampled_from("ZNE"), st.integers(0, 50), st.integers(1, 9)), max_size=9)
EDGES = st.lists(st.integers(1, 59), max_size=5).map(lambda edges: sorted({0, *edges, 60}))


def clips(stretches: list[tuple[str, int, int]]) -> Clips:
    """One sample a second; all components of an instrument count as one."""
    tallies = [
        Tally("a.mseed", f"XX.A..HH{c}", start * SECOND, 1.0, samples, "clipped")
        for c, start, samples in stretches
    ]
    return Clips.of([*tallies, Tally("a.mseed", "XX.A..HHZ", 0, 1.0, 60, "clock not locked")])


@given(STRETCHES, EDGES)
def test_parts_put_together_are_the_whole(stretches, edges):
    whole = clips(stretches)
    parts = [whole.within(TimeRange(start * SECOND, end * SECOND)) for start, end in pairwise(edges)]
    assert Clips.joined(parts) == whole
    assert Clips.joined([*parts, whole]) == whole


@given(STRETCHES, st.integers(0, 58), st.integers(1, 9))
def test_a_time_meets_them_where_any_second_of_it_was_clipped(stretches, start, length):
    clipped = {second for _, first, samples in stretches for second in range(first, first + samples)}
    met = clips(stretches).met("XX.A..HH", start * SECOND, (start + length) * SECOND)
    assert met == bool(clipped & set(range(start, start + length)))
    assert not clips(stretches).met("XX.B..HH", start * SECOND, (start + length) * SECOND)
