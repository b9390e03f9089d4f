"""Parts that know nothing of one another, checked pair by pair."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from seisdsl.methods.learn.splits import apart, borders, by_key, by_time, only_latest

windows = st.lists(
    st.tuples(
        st.integers(0, 200),
        st.integers(1, 30),
        st.sampled_from("ABC"),
        st.sampled_from(["", "e1", "e2", "e3"]),
    ),
    min_size=1,
    max_size=60,
)
shares = st.sampled_from([(0.7, 0.15, 0.15), (0.5, 0.0, 0.5), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)])


@settings(max_examples=200, deadline=None)
@given(windows, shares)
def test_by_time_nothing_reaches_from_one_part_into_another(given_, shares):
    starts = [start for start, *_ in given_]
    ends = [start + lasts for start, lasts, *_ in given_]
    at = borders(starts, shares)
    parts = by_time(starts, ends, at)
    for one, other in combinations(range(len(parts)), 2):
        a, b = sorted((one, other), key=lambda n: starts[n])
        if parts[a] is not None and parts[b] is not None and parts[a] != parts[b]:
            assert parts[a] < parts[b]
            assert ends[a] <= starts[b]
    for number, part in enumerate(parts):  # none is left out that no border parts
        assert (part is None) == any(starts[number] < border < ends[number] for border in at)


def test_by_time_the_shares_are_those_asked_for():
    starts = list(range(0, 1000, 10))
    parts = by_time(starts, [start + 10 for start in starts], borders(starts, (0.7, 0.15, 0.15)))
    assert parts == [0] * 70 + [1] * 15 + [2] * 15
    overlapping = by_time(starts, [start + 15 for start in starts], borders(starts, (0.7, 0.15, 0.15)))
    assert [number for number, part in enumerate(overlapping) if part is None] == [69, 84]


def test_by_key_whole_keys_go_to_parts_of_about_the_right_size():
    keys = [f"S{number % 50:02}" for number in range(1000)]
    parts = by_key(keys, (0.7, 0.15, 0.15), seed=1)
    assert all(len({p for p, k in zip(parts, keys, strict=True) if k == key}) == 1 for key in set(keys))
    assert [round(parts.count(part) / 20) for part in range(3)] == [35, 7, 8]
    assert by_key(keys[::-1], (0.7, 0.15, 0.15), seed=1) == parts[::-1]  # the order does not matter
    assert by_key(keys, (0.7, 0.15, 0.15), seed=2) != parts
    assert set(by_key(keys, (1.0, 0.0, 0.0), seed=1)) == {0}


def test_of_a_key_in_several_parts_the_last_part_stays():
    assert only_latest([0, 1, 0, 2, 0, None], ["a", "a", "", "b", "b", "a"]) == [None, 1, 0, 2, None, None]


@settings(max_examples=200, deadline=None)
@given(windows, st.randoms(use_true_random=False))
def test_windows_that_share_record_are_in_one_part(given_, chance):
    starts = [start for start, *_ in given_]
    ends = [start + lasts for start, lasts, *_ in given_]
    places = [place for *_, place, _ in given_]
    drawn = [chance.choice([0, 1, 2, None]) for _ in given_]
    parts = apart(drawn, starts, ends, places)
    pairs = [
        (a, b)
        for a, b in combinations(range(len(parts)), 2)
        if places[a] == places[b] and starts[a] < ends[b] and starts[b] < ends[a]
    ]
    for a, b in pairs:
        assert parts[a] is None or parts[b] is None or parts[a] == parts[b]
    for number, (before, after) in enumerate(zip(drawn, parts, strict=True)):
        others = [drawn[b if a == number else a] for a, b in pairs if number in (a, b)]
        lost = before is not None and any(other is not None and other > before for other in others)
        assert after == (None if lost else before)
