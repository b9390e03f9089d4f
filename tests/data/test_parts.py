from __future__ import annotations

import numpy as np
import obspy
import pytest

from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.parts import between, chosen, fits, patterns_of
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable


def test_patterns_from_a_text_or_a_list():
    assert patterns_of("EHZ, EHN  HH?") == ("EHZ", "EHN", "HH?")
    assert patterns_of(["EHZ", "XX.*.*.Z"]) == ("EHZ", "XX.*.*.Z")
    assert patterns_of(None) == ()


def test_a_pattern_with_dots_is_held_against_the_whole_id():
    assert fits("N.S1N01..EHZ", ("EHZ",))
    assert fits("N.S1N01..EHZ", ("N.S1*..??Z",))
    assert not fits("N.S1N01..EHZ", ("N.S2*..??Z", "ehz"))


def test_between_takes_the_samples_whose_time_is_in_the_range():
    waves = waves_from_obspy(obspy.read())
    times = np.array([waves.time_of(i) for i in range(waves.length)])
    random = np.random.default_rng(0)
    for left in random.integers(times[0] - 10**9, times[-1], 20).tolist():
        right = left + int(random.integers(2 * 10**9, 10**10))
        part = between(waves, TimeRange(left, right))
        inside = (times >= left) & (times < right)
        assert part.start == times[inside][0]
        np.testing.assert_array_equal(part.samples, waves.samples[:, inside])


def test_nothing_between_is_refused():
    with pytest.raises(Unsuitable, match="no record lies in the time range"):
        between(waves_from_obspy(obspy.read()), TimeRange(0, 10**9))


def test_channels_that_are_not_there_are_refused():
    waves = waves_from_obspy(obspy.read())
    assert [c.code for c in chosen(waves, ("EH[ZN]",)).channels] == ["EHN", "EHZ"]
    with pytest.raises(Unsuitable, match="no channel fits HHZ"):
        chosen(waves, ("HHZ",))
