"""Triggers against obspy, and against a state machine that walks from sample to sample."""

from itertools import pairwise

import numpy as np
import obspy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from obspy.signal.trigger import recursive_sta_lta, trigger_onset

from seisdsl.methods.pick.parts import parts
from seisdsl.methods.pick.runs import cut_out, largest, reaching, run_around, runs
from seisdsl.methods.pick.trigger import medians, triggers


def found(values, on, off, longest=None, mask=None):
    values = torch.as_tensor(np.atleast_2d(values))
    recorded = torch.ones_like(values, dtype=torch.bool) if mask is None else torch.as_tensor(mask)
    return triggers(values, recorded, on, off, longest).tolist()


def walked(values, mask, on, off, longest):
    """One sample after another: the definition of a trigger."""
    rows, start, risen = [], None, None
    for n, (value, recorded) in enumerate(zip(values, mask, strict=True)):
        rises = recorded and value >= on and not (n and mask[n - 1] and values[n - 1] >= on)
        kept = recorded and value >= off
        if start is not None and not (kept and (longest is None or n - start < longest)):
            rows.append([start, n])
            start = None
        if not kept:
            risen = None
        if rises:
            if risen is None or (longest is not None and n - risen >= longest):
                start = n
            risen = n
    return rows if start is None else [*rows, [start, len(values)]]


@pytest.mark.parametrize(("on", "off"), [(3.5, 1.5), (2, 2), (1.2, 0.5), (50, 1)])
@pytest.mark.parametrize("longest", [None, 700])
def test_it_agrees_with_obspy_on_a_real_record(on, off, longest):
    trace = obspy.read()[0]
    ratio = recursive_sta_lta(trace.data, 20, 300)
    limit = {} if longest is None else {"max_len": longest - 1}
    expected = [[0, first, last + 1] for first, last in trigger_onset(ratio, on, off, **limit)]
    assert found(ratio, on, off, longest) == expected


levels = st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0]), min_size=1, max_size=60)


@settings(max_examples=300, deadline=None)
@given(levels, st.data())
def test_it_is_the_state_machine(values, data):
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))))
    if data.draw(st.booleans()):
        mask[:] = True
    longest = data.draw(st.sampled_from([None, 1, 2, 5]))
    on, off = data.draw(st.sampled_from([(2.5, 1.5), (2.0, 2.0), (2.5, 0.5)]))
    expected = walked(values, mask, on, off, longest)
    # a second trace beside it, and one before, must not matter
    both = found([values, values], on, off, longest, np.stack([mask, mask]))
    assert both == [[row, *run] for row in (0, 1) for run in expected]


def parted(values, on, off, longest, first):
    """Stretches that keep to `off`, cut where they are long, each from where it reaches `on`."""
    rows, begin = [], None
    for n, value in enumerate([*values, -1.0]):
        if value >= off and begin is None:
            begin = n
        if value < off and begin is not None:
            inner = [k for k in range(begin + 1, n) if (k + first) % longest == 0]
            edges = [begin, *(inner if n - begin > longest else []), n]
            for low, high in pairwise(edges):
                loud = [k for k in range(low, high) if values[k] >= on]
                rows += [[loud[0], high]] if loud else []
            begin = None
    return rows


@settings(max_examples=300, deadline=None)
@given(levels, st.sampled_from([1, 2, 5]), st.integers(0, 10**11))
def test_long_stretches_are_cut_at_whole_multiples(values, longest, first):
    both = torch.tensor([values, values])
    found = parts(both, torch.ones_like(both, dtype=torch.bool), 2.5, 1.5, longest, first)
    expected = parted(values, 2.5, 1.5, longest, first)
    assert found.tolist() == [[row, *run] for row in (0, 1) for run in expected]


def test_thresholds_may_differ_from_trace_to_trace():
    values = np.array([[0, 3, 3, 0], [0, 3, 3, 0.0]])
    assert found(values, torch.tensor([[2.0], [4.0]]), torch.tensor([[1.0], [2.0]])) == [[0, 1, 3]]


def test_nothing_gives_nothing():
    assert found(np.zeros((3, 10)), 1, 1) == []
    assert found(np.zeros((0, 10)), 1, 1) == []
    assert largest(torch.zeros(3, 10), torch.zeros(0, 3, dtype=torch.long)).shape == (0,)


def test_the_largest_of_each_run_is_that_of_its_slice():
    values = torch.randn(4, 100, generator=torch.Generator().manual_seed(0))
    rows = torch.tensor([[0, 0, 100], [2, 5, 6], [2, 4, 90], [3, 99, 100]])
    expected = [values[row, start:end].max().item() for row, start, end in rows.tolist()]
    assert largest(values, rows).tolist() == expected


def test_medians_are_numpys_of_what_was_recorded():
    values = np.random.default_rng(0).normal(size=(3, 101))
    mask = np.random.default_rng(1).random((3, 101)) > 0.3
    mask[2] = False
    expected = [[np.median(values[0, mask[0]])], [np.median(values[1, mask[1]])], [0.0]]
    np.testing.assert_allclose(medians(torch.as_tensor(values), torch.as_tensor(mask)), expected, rtol=1e-15)


def test_a_window_ends_at_gaps_and_at_the_ends_of_the_record():
    samples = torch.arange(20.0)[None]
    mask = torch.ones(1, 20, dtype=torch.bool)
    mask[0, 12] = False
    centres = torch.tensor([1, 10, 12, 19])
    windows, inside = cut_out(samples, mask, torch.zeros(4, dtype=torch.long), centres, 3)
    kept = [window[here].tolist() for window, here in zip(windows, inside, strict=True)]
    assert kept == [[0, 1, 2, 3, 4], [7, 8, 9, 10, 11], [], [16, 17, 18, 19]]


def test_runs_and_the_run_around_a_sample():
    mask = torch.tensor([[True, True, False, True], [False, True, True, True]])
    assert runs(mask).tolist() == [[0, 0, 2], [0, 3, 4], [1, 1, 4]]
    assert run_around(mask, torch.tensor([1, 0])).tolist() == [[True, True, False, False], [False] * 4]


@pytest.mark.parametrize("level", [3.3, 0.1, 1 / 3, 2.5, 1e39])
def test_a_level_is_not_rounded_to_the_precision_of_the_values(level):
    near = torch.tensor(min(level, 3e38))
    values = torch.stack([near.nextafter(torch.tensor(to)) for to in (-torch.inf, torch.inf)] + [near])[None]
    expected = [value >= level for value in values[0].double().tolist()]
    found = [False] * 3
    for _, start, end in reaching(values, torch.ones(1, 3, dtype=torch.bool), level).tolist():
        found[start:end] = [True] * (end - start)
    assert found == expected
