"""Onsets refined, and found from nothing."""

import numpy as np
import obspy
import pytest
from obspy.signal.trigger import aic_simple

from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.table import Picks
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.pick import ar_aic
from seisdsl.operators.pick.ar_aic import ArAic
from seisdsl.operators.pick.sta_lta import StaLta


def event(onsets, samples=4000, seed=0):
    """Noise that is ten times as strong from each trace's onset on, and then fades."""
    x = np.random.default_rng(seed).normal(size=(len(onsets), samples))
    since = np.arange(samples) - np.array(onsets)[:, None]
    return x * np.where(since >= 0, 1 + 10 * np.exp(-since / 500), 1)


def picks_at(waves, *rows):
    times, stations, channels, phases = zip(*rows, strict=True)
    return Picks.of(
        {
            "time": [waves.time_of(round(time * 100)) for time in times],
            "network": ["XX"] * len(rows),
            "station": stations,
            "location": [""] * len(rows),
            "channel": channels,
            "phase": phases,
            "score": [1.0] * len(rows),
            "amplitude": [7.0] * len(rows),
        }
    )


def test_a_pick_of_a_real_record_moves_to_the_minimum_of_obspys_criterion():
    waves = waves_from_obspy(obspy.read())
    picks = StaLta(short=0.5, long=4.0, on=3.0).apply(waves)
    refined = ArAic(order=0, window=2.0).apply(picks, waves=waves)
    vertical = obspy.read().select(component="Z")[0]
    middle = round((picks.frame["time"].to_physical()[0] - waves.start) / 1e7)
    expected = middle - 200 + aic_simple(vertical.data[middle - 200 : middle + 201])[21:-21].argmin() + 21 + 1
    assert refined.frame["time"].to_physical()[0] == waves.time_of(int(expected))
    assert set(refined.frame["channel"]) == {"EHZ"}
    assert refined.frame["amplitude"].to_list() == picks.frame["amplitude"].to_list()
    assert 0 < refined.frame["uncertainty"][0] < 0.05


def test_p_goes_to_the_vertical_and_s_to_the_horizontals(waves_of, seconds_of):
    waves = waves_of(event([1500, 1580, 1580]), ["A.Z", "A.N", "A.E"])
    picks = picks_at(waves, (15.4, "A", "HHN", "P"), (15.4, "A", "HHE", "S"))
    refined = ArAic().apply(picks, waves=waves)
    assert seconds_of(refined) == pytest.approx([15.0, 15.8], abs=0.05)
    assert refined.frame["channel"].to_list() == ["HHZ", "HHE"]
    assert refined.frame["phase"].to_list() == ["P", "S"]
    assert refined.frame["score"].min() > 100


def test_a_pick_that_cannot_be_refined_stays_as_it_was(waves_of):
    samples = event([1500, 1500])
    mask = np.ones(samples.shape, bool)
    mask[1, 1480:] = False
    waves = waves_of(samples, ["A.Z", "B.Z"], mask)
    picks = picks_at(
        waves,
        (15.0, "B", "HHZ", "P"),  # in a gap
        (15.0, "C", "HHZ", "P"),  # a station without a record
        (50.0, "A", "HHZ", "P"),  # after the end
        (15.2, "A", "", "P"),  # this one can: the station is found without its channel
    )
    refined = ArAic().apply(picks, waves=waves)
    assert refined.frame[:3].drop("clipped").equals(picks.frame[:3])
    assert refined.frame["clipped"].to_list() == [False, None, None, False], "null where it is not known"
    assert refined.frame["uncertainty"].is_null().to_list() == [True, True, True, False]


def test_picks_that_meet_at_one_onset_become_one(waves_of, seconds_of):
    waves = waves_of(event([1500, 3000]), ["A.Z", "B.Z"])
    picks = picks_at(waves, (14.1, "A", "HHZ", "P"), (15.9, "A", "HHZ", "P"), (30.5, "B", "HHZ", "P"))
    refined = ArAic().apply(picks, waves=waves)
    assert seconds_of(refined) == pytest.approx([15.0, 30.0], abs=0.05)


def test_nothing_beyond_a_gap_is_looked_at(waves_of, seconds_of):
    samples = event([1400])
    samples[0, 1650:] *= 1000
    mask = np.ones(samples.shape, bool)
    mask[0, 1600:1640] = False
    waves = waves_of(samples, ["A.Z"], mask)
    refined = ArAic().apply(picks_at(waves, (14.5, "A", "HHZ", "P")), waves=waves)
    assert seconds_of(refined) == pytest.approx([14.0], abs=0.05)


def test_piped_waves_give_one_p_for_each_instrument(waves_of, seconds_of):
    samples = event([1500, 1900, 2500, 3000]) + 1e5
    samples[3] = 0
    picks = ArAic().apply(waves_of(samples, ["A.Z", "A.N", "B.Z", "C.Z"]))
    assert picks.frame.select("station", "channel", "phase").rows() == [("A", "HHZ", "P"), ("B", "HHZ", "P")]
    assert seconds_of(picks) == pytest.approx([15.0, 25.0], abs=0.05)
    assert picks.frame["amplitude"].to_list() == [
        np.abs(samples[0, 1450:]).max(),
        np.abs(samples[2, 2450:]).max(),
    ]


def test_many_picks_in_small_batches_are_the_same(waves_of, monkeypatch):
    waves = waves_of(event([1500, 1800, 2000]), ["A.Z", "B.Z", "C.Z"])
    rows = [(at, name, "HHZ", "P") for at, name in ((15.3, "A"), (17.5, "B"), (20.1, "C"), (33.0, "A"))]
    at_once = ArAic().apply(picks_at(waves, *rows), waves=waves), ArAic().apply(waves)
    monkeypatch.setattr(ar_aic, "AT_ONCE", 1000)
    in_parts = ArAic().apply(picks_at(waves, *rows), waves=waves), ArAic().apply(waves)
    for one, other in zip(at_once, in_parts, strict=True):
        assert one.frame.drop("score").equals(other.frame.drop("score"))
        assert one.frame["score"].to_list() == pytest.approx(other.frame["score"].to_list(), rel=1e-9)


def test_none_to_refine_and_nothing_recorded_give_empty_tables(waves_of):
    waves = waves_of(event([1500]), ["A.Z"])
    silent = waves_of(np.zeros((0, 1000)), [])
    for picks in (ArAic().apply(Picks.of({}), waves=waves), ArAic().apply(silent)):
        assert len(picks) == 0
        assert list(picks.frame.columns) == [*Picks.COLUMNS, "clipped"]


def test_a_window_of_too_few_samples_is_refused_before_and_in_a_run(waves_of):
    waves = waves_of(event([1500]), ["A.Z"], rate=5)
    for refused in (lambda: ArAic().facts(Facts(rate=5)), lambda: ArAic().apply(waves)):
        with pytest.raises(Unsuitable, match="3 s on either side are 31 samples at 5 Hz") as told:
            refused()
        assert told.value.parameter == "window"
    ArAic(window=float(told.value.repair.removeprefix("window=").removesuffix("s"))).facts(Facts(rate=5))


def test_it_reads_waves_and_picks():
    assert [str(port) for port in ArAic.reads()] == ["Waves", "Picks"]
