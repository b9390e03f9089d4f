"""The label of a window, against the rule written out window by window."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from obspy.geodetics import gps2dist_azimuth

from seisdsl.methods.learn import labels
from seisdsl.methods.learn.labels import Events, Rule, across, chance_of, labelled, recorded

NOISE, QUAKE, TREMOR = 0, 1, 2
NAN = math.nan


def events(*rows: tuple[int, int, int, float]) -> Events:
    begin, end, kind, score = zip(*rows, strict=True) if rows else ((), (), (), ())
    integers = (torch.tensor(part, dtype=torch.long) for part in (begin, end, kind))
    return Events(*integers, torch.tensor(score, dtype=torch.float64))


def label(start: int, end: int, of: Events, rule: Rule) -> tuple[int, int]:
    """The rule in plain words, of one window."""
    rows = list(zip(*(part.tolist() for part in (of.begin, of.end, of.kind, of.score)), strict=True))
    near = [n for n, (b, e, _, _) in enumerate(rows) if b < end and e > start]
    clear = [
        n for n in near if math.isnan(rows[n][3]) or rows[n][3] > rule.silent or rows[n][3] >= rule.heard
    ]
    if not clear:
        faint = min(near, key=lambda n: (-rows[n][3], n), default=-1)
        return (rule.noise, faint) if rule.noise is not None else (-1, -1)
    fitting = []
    for n in near:
        b, e, _, score = rows[n]
        if score >= rule.heard and min(e, end) - max(b, start) >= rule.inside * min(e - b, end - start):
            fitting.append(n)
    if not fitting:
        return -1, -1
    best = min(fitting, key=lambda n: (-rows[n][3], n))
    rivals = [n for n in clear if rows[n][2] != rows[best][2]]
    if rivals and not (rule.stronger and not any(rows[n][3] >= rows[best][3] for n in rivals)):
        return -1, -1
    return rows[best][2], best


def labels_of(begin: list[int], length: int, of: Events, rule: Rule) -> list[tuple[int, int]]:
    start = torch.tensor(begin, dtype=torch.long)
    kinds, rows = labelled(start, start + length, of, rule)
    return list(zip(kinds.tolist(), rows.tolist(), strict=True))


def test_a_window_is_its_events_noise_or_neither():
    told = events((100, 120, QUAKE, 5.0), (200, 230, QUAKE, 0.5), (300, 310, QUAKE, 0.2))
    found = labels_of([0, 75, 85, 150, 195, 290], 30, told, Rule())
    half = (QUAKE, 0)  # a window that half of the earthquake reaches into, and one with less of it
    assert found == [(NOISE, -1), (-1, -1), half, (NOISE, -1), (-1, -1), (NOISE, 2)]


def test_a_long_event_must_fill_its_share_of_the_window():
    told = events((100, 1000, TREMOR, 2.0))
    assert labels_of([85, 86, 80, 900], 30, told, Rule()) == [(2, 0), (2, 0), (-1, -1), (2, 0)]


def test_of_two_classes_none_or_the_stronger():
    told = events((100, 120, QUAKE, 5.0), (105, 130, TREMOR, 4.0))
    assert labels_of([95], 40, told, Rule()) == [(-1, -1)]
    assert labels_of([95], 40, told, Rule(stronger=True)) == [(QUAKE, 0)]
    louder = events((100, 120, QUAKE, 4.0), (105, 130, TREMOR, 4.0))
    assert labels_of([95], 40, louder, Rule(stronger=True)) == [(-1, -1)]


def test_where_noise_is_not_asked_for_only_events_are_left():
    told = events((100, 120, QUAKE, 5.0))
    assert labels_of([0, 95], 30, told, Rule(noise=None)) == [(-1, -1), (QUAKE, 0)]


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 300), st.integers(1, 120), st.sampled_from([QUAKE, TREMOR]),
            st.sampled_from([0.1, 0.3, 0.5, 1.0, 2.0, 2.0, math.inf, NAN]),
        ),
        max_size=8,
    ),
    noise=st.sampled_from([None, 0]),
    inside=st.sampled_from([0.2, 0.5, 1.0]),
    stronger=st.booleans(),
    silent=st.sampled_from([0.0, 0.3, 1.0]),
)  # fmt: skip
def test_the_rule_window_by_window(rows, noise, inside, stronger, silent):
    told = events(*sorted((begin, begin + lasts, kind, score) for begin, lasts, kind, score in rows))
    rule = Rule(noise, 1.0, silent, inside, stronger)
    begin = list(range(0, 400, 7))
    assert labels_of(begin, 40, told, rule) == [label(b, b + 40, told, rule) for b in begin]


def test_many_windows_go_through_in_parts(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(1)
    begin = np.sort(rng.integers(0, 10_000, 60))
    told = events(*((int(b), int(b) + 30, 1 + int(b) % 2, 2.0) for b in begin))
    windows = list(range(0, 10_000, 13))
    whole = labels_of(windows, 50, told, Rule())
    monkeypatch.setattr(labels, "AT_ONCE", 200)
    assert labels_of(windows, 50, told, Rule()) == whole


def test_windows_begin_and_end_with_record_and_lack_little():
    mask = torch.ones(2, 100, dtype=torch.bool)
    mask[:, 20:22] = False  # a gap of two in both
    mask[1, 50:] = False  # one component dies
    starts = torch.arange(0, 81, 20)
    found = recorded(mask, starts, 20, missing=0.05)
    assert found.tolist() == [True, False, True, True, True]
    assert recorded(mask, torch.tensor([10, 11]), 20, missing=0.1).tolist() == [True, True]
    assert recorded(mask, torch.tensor([1, 21, 0, 22]), 20, missing=0.1).tolist() == [
        False,
        False,
        True,
        True,
    ]


def test_what_a_window_is_drawn_by_is_its_own():
    drawn = np.array([chance_of(1, "N.S1N01..EH", number) for number in range(4000)])
    assert chance_of(1, "N.S1N01..EH", 17) == drawn[17]
    assert abs(np.histogram(drawn, 10, (0, 1))[0] - 400).max() < 80  # four standard deviations
    assert chance_of(2, "N.S1N01..EH", 17) != drawn[17] != chance_of(1, "N.S1N02..EH", 17)


def test_distances_are_those_of_the_earth():
    latitude, longitude = (
        torch.tensor([38.0, 41.2, -10.0]).double(),
        torch.tensor([142.0, 144.0, 179.9]).double(),
    )
    for other in ((38.5, 143.0), (-9.0, -179.5)):
        found = across(latitude, longitude, other)
        expected = [
            gps2dist_azimuth(a, b, *other)[0]
            for a, b in zip(latitude.tolist(), longitude.tolist(), strict=True)
        ]
        np.testing.assert_allclose(found.numpy(), expected, rtol=6e-3)  # a sphere for an ellipsoid
