"""Scores, station by station and window by window."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from data.made import ONE, SECOND, START, TWO, scores
from scipy.special import softmax

from seisdsl.data.arrays import read_npz
from seisdsl.data.describe import as_data
from seisdsl.data.save import files
from seisdsl.data.scores import Scores
from seisdsl.data.show import summary
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable


def assert_same(a, b):
    assert torch.equal(a.logits, b.logits)
    assert torch.equal(a.mask, b.mask)
    for name in ("classes", "start", "step", "window", "channels", "simulated"):
        assert getattr(a, name) == getattr(b, name), name


def test_probabilities_add_up_to_one_where_something_was_judged():
    given = scores()
    expected = softmax(given.logits.numpy(), axis=1)
    expected[0, :, 2] = 0
    np.testing.assert_allclose(given.probabilities.numpy(), expected, rtol=1e-12)
    assert np.isnan(given.to_numpy()[0, :, 2]).all()


def test_a_window_belongs_to_the_time_of_its_centre():
    given = scores()
    part = given.within(TimeRange(START + 30 * SECOND, START + 90 * SECOND))
    assert (part.start, part.windows) == (START + 30 * SECOND, 2)
    assert torch.equal(part.logits, given.logits[..., 1:3])
    assert given.within(TimeRange(START + 1, START + 2)).windows == 0
    assert given.within(given.span).windows == given.windows


@pytest.mark.parametrize("edges", [(3,), (1, 2, 7), (0, 4)])
def test_parts_joined_are_the_whole(edges):
    given = scores(simulated=True)
    cuts = [given.span.start, *(START + edge * 30 * SECOND for edge in edges), given.span.end]
    parts = [given.within(TimeRange(a, b)) for a, b in pairwise(cuts)]
    assert_same(Scores.joined(parts[::-1]), given)


def test_a_part_without_windows_adds_nothing():
    empty = scores(0, (), start=START - 10**12)
    assert_same(Scores.joined([empty, scores()]), scores())
    assert Scores.joined([empty, empty]).windows == 0


def test_a_station_that_a_part_lacks_was_not_judged_then():
    early, late = scores(3, (ONE,)), scores(3, (TWO,), start=START + 90 * SECOND)
    both = Scores.joined([early, late])
    assert both.channels == (ONE, TWO)
    assert both.mask.tolist() == [
        [True, True, False, False, False, False],
        [False, False, False, True, True, False],
    ]
    assert not both.logits[1, :, :3].any()
    assert torch.equal(both.logits[1, :, 3:], late.logits[0])


def test_a_station_stands_where_the_first_part_says():
    moved = replace(ONE, latitude=39.0)
    both = Scores.joined([scores(3, (ONE,)), scores(3, (TWO, moved), start=START + 90 * SECOND)])
    assert both.channels == (ONE, TWO)


def test_scores_of_other_classes_are_not_joined():
    with pytest.raises(ValueError, match="other classes"):
        Scores.joined([scores(), scores(classes=("a", "b", "c"))])


def test_npz_gives_the_same_scores_back(tmp_path):
    given = scores(simulated=True)
    [(name, write)] = files(given, "s.npz")
    write(tmp_path / name)
    assert_same(read_npz(tmp_path / name), given)
    with np.load(tmp_path / name, allow_pickle=False) as arrays:
        assert arrays["time"].tolist() == [START + n * 30 * SECOND for n in range(8)]
        assert arrays["id"].tolist() == ["N.S1N01..EH", "N.S1N02..EH"]


def test_what_is_no_npz_is_refused(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"not a zip file")
    np.savez(tmp_path / "b.npz", x=np.zeros(3))
    for name in ("a.npz", "b.npz"):
        with pytest.raises(Unsuitable, match=r"cannot be read as \.npz"):
            read_npz(tmp_path / name)


def test_it_shows_itself():
    given = scores(simulated=True)
    lines = summary(given).splitlines()
    assert lines[0] == "Scores, simulated: 2 stations, 6.2% gaps"
    assert lines[1] == ("  8 windows of 163.84 s each 30 s from 2016-08-15T00:00:00Z to 2016-08-15T00:03:30Z")
    likeliest = given.logits.numpy().argmax(axis=1)[given.mask.numpy()]
    assert lines[4] == f"  tremor               likeliest in {(likeliest == 2).mean():.1%}"
    assert as_data(given)["classes"] == ["noise", "earthquake", "tremor"]
    assert as_data(given)["missing"] == 1
    empty = given.within(TimeRange(0, 1))
    assert summary(empty).splitlines()[2:] == ["  noise", "  earthquake", "  tremor"]
