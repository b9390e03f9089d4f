"""Picks and traces of the ratio of energies."""

from dataclasses import replace

import numpy as np
import obspy
import pytest
from obspy.signal.trigger import classic_sta_lta, recursive_sta_lta, trigger_onset

from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.table import Picks
from seisdsl.operator import Context, Facts, Unsuitable
from seisdsl.operators.pick.energy_ratio import EnergyRatio
from seisdsl.operators.pick.sta_lta import StaLta


@pytest.fixture(scope="module")
def rjob():
    return waves_from_obspy(obspy.read())  # three components of a small earthquake in Bavaria


def noise(traces, samples, seed=0):
    return np.random.default_rng(seed).normal(size=(traces, samples))


def test_trace_by_trace_it_picks_what_obspy_triggers_on(rjob, seconds_of):
    picks = StaLta(short=0.5, long=5.0, on=3.0, off=1.0, per="trace").apply(rjob)
    expected = []
    for trace in obspy.read():
        ratio = classic_sta_lta(trace.data, 50, 500)
        for on, off in trigger_onset(ratio, 3.0, 1.0, max_len=499):
            largest = ratio[on : off + 1].max(), np.abs(trace.data[on : off + 1]).max()
            expected.append((trace.stats.channel, trace.stats.starttime.ns + on * 10_000_000, *largest))
    rows = picks.frame.select("channel", picks.frame["time"].to_physical(), "score", "amplitude").rows()
    assert len(expected) >= 3
    by_name = {(channel, time): numbers for channel, time, *numbers in expected}
    assert {row[:2] for row in rows} == set(by_name)
    for channel, time, *numbers in rows:
        assert numbers == pytest.approx(by_name[channel, time], rel=1e-6)


def test_a_station_has_one_pick_from_the_energy_of_all_its_components(rjob):
    picks = StaLta(short=0.5, long=5.0, on=3.0).apply(rjob)
    energy = np.sqrt(sum(trace.data.astype(float) ** 2 for trace in obspy.read()))
    expected = trigger_onset(classic_sta_lta(energy, 50, 500), 3.0, 1.5, max_len=499)
    assert len(expected) == 2
    assert picks.frame["time"].to_physical().to_list() == [rjob.time_of(int(on)) for on, _ in expected]
    named = picks.frame.select("station", "phase", "uncertainty").rows()
    assert named == [("RJOB", "P", None)] * 2


def test_the_channel_is_that_whose_energy_leapt_most(waves_of, seconds_of):
    samples = noise(4, 3000) * np.array([[1], [10], [1], [1]])  # the second is loud all the time
    samples[0, 2000:2300] *= 40
    samples[3, 1500:1700] *= 20
    picks = StaLta(short=0.2, long=10.0).apply(waves_of(samples, ["A.Z", "A.N", "B.Z", "B.N"]))
    assert picks.frame.select("station", "channel").rows() == [("A", "HHZ"), ("B", "HHN")]
    np.testing.assert_allclose(seconds_of(picks), [20, 15], atol=0.15)
    amplitudes = [np.abs(samples[0, 1900:2400]).max(), np.abs(samples[3, 1400:1800]).max()]
    assert picks.frame["amplitude"].to_list() == pytest.approx(amplitudes)


def test_nothing_is_picked_until_long_has_been_recorded_after_a_gap(waves_of, seconds_of):
    samples = noise(1, 6000)
    samples[0, [1000, 2500, 3500]] = 200
    mask = np.ones(samples.shape, bool)
    mask[0, 2000] = False
    operator = StaLta(short=0.1, long=10.0, on=5.0)
    assert seconds_of(operator.apply(waves_of(samples, ["A.Z"]))) == pytest.approx([10.0, 25.0, 35.0])
    assert seconds_of(operator.apply(waves_of(samples, ["A.Z"], mask))) == pytest.approx([10.0, 35.0])


def test_a_gap_in_one_component_leaves_the_others_their_say(waves_of, seconds_of):
    samples = noise(2, 4000)
    samples[:, 3000:3100] *= 10
    mask = np.ones(samples.shape, bool)
    mask[0, 2950:] = False
    picks = StaLta(short=0.2, long=10.0).apply(waves_of(samples, ["A.Z", "A.N"], mask))
    assert seconds_of(picks) == pytest.approx([30.0], abs=0.1)
    assert picks.frame["channel"].to_list() == ["HHN"]


def test_no_event_gives_an_empty_table_with_its_columns(waves_of):
    for waves in (waves_of(noise(2, 4000), ["A.Z", "B.Z"]), waves_of(np.zeros((0, 4000)), [])):
        picks = StaLta(long=10.0, on=20.0).apply(waves)
        assert len(picks) == 0
        assert list(picks.frame.columns) == [*Picks.COLUMNS, "clipped"]


def test_simulated_waves_give_simulated_picks(waves_of):
    assert StaLta(long=10.0).apply(waves_of(noise(1, 2000), ["A.Z"], simulated=True)).simulated


@pytest.mark.parametrize("method", ["classic", "recursive"])
def test_the_ratio_itself_is_that_of_obspy(rjob, method):
    ratio = EnergyRatio(short=0.5, long=5.0, method=method).apply(rjob)
    reference = {"classic": classic_sta_lta, "recursive": recursive_sta_lta}[method]
    traces = sorted(obspy.read(), key=lambda trace: trace.id)
    expected = [reference(trace.data, 50, 500) for trace in traces]
    np.testing.assert_allclose(ratio.samples, expected, rtol=1e-6)
    assert ratio.unit == "ratio"
    assert ratio.mask is rjob.mask


@pytest.mark.parametrize(
    ("given", "rate", "parameter"),
    [({"short": 0.004}, 100, "short"), ({"short": 1.0, "long": 1.2}, 2, "long")],
)
@pytest.mark.parametrize("operator", [StaLta, EnergyRatio])
def test_windows_that_the_rate_cannot_tell_are_refused_before_and_in_a_run(
    operator, given, rate, parameter, waves_of
):
    made = operator(**given)
    for refused in (
        lambda: made.facts(Facts(rate=rate)),
        lambda: made.apply(waves_of(noise(1, 6000), ["A.Z"], rate=rate)),
    ):
        with pytest.raises(Unsuitable) as told:
            refused()
        assert told.value.parameter == parameter


def test_a_record_shorter_than_long_gives_none(waves_of):
    short = waves_of(noise(1, 2000), ["A.Z"])
    with pytest.warns(UserWarning, match=r"the record lasts 20 s.* before 30 s \(long\)"):
        assert len(StaLta().apply(short)) == 0
    assert not EnergyRatio().apply(short).samples.any()


def test_thresholds_upside_down_are_refused():
    with pytest.raises(Unsuitable, match="before it begins"):
        StaLta(on=2.0, off=3.0).facts(Facts())


def test_it_asks_for_the_record_that_decides():
    facts = Facts(rate=100)
    assert EnergyRatio().context(facts) == Context(before=30)
    assert StaLta().context(facts) == Context(before=60, after=30)
    assert StaLta(method="recursive").context(facts) == Context(before=780, after=30)
    assert StaLta().facts(Facts(rate=100)).rate is None
    assert EnergyRatio().facts(Facts(rate=100)).rate == 100


@pytest.mark.gpu
@pytest.mark.parametrize("method", ["classic", "recursive"])
def test_a_gpu_gives_the_same_picks(rjob, method):
    there = replace(rjob, samples=rjob.samples.cuda(), mask=rjob.mask.cuda())
    operator = StaLta(short=0.5, long=5.0, on=3.0, method=method)
    ours, theirs = operator.apply(rjob).frame, operator.apply(there).frame
    assert ours.drop("score").equals(theirs.drop("score"))
    np.testing.assert_allclose(ours["score"], theirs["score"], rtol=1e-9)
