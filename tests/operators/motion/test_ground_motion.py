"""Ground motion of accelerograms: units, components, gaps, chunks, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.signal import lsim

from seisdsl.data.clips import Clips
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.language.types import TimeRange
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.motion.ground_motion import GroundMotion
from seisdsl.operators.motion.simulate_accelerograms import SimulateAccelerograms

BEGIN = 1_460_678_400 * NS
RATE = 100.0
PLAIN = {"above": 0.0, "baseline": "none", "periods": [0.5, 2.0]}


def waves(count=6000, codes=("HNN", "HNE", "HNZ"), seed=1, unit="gal", stations=("A",)):
    """Ten seconds of quiet, and then a shock that dies away."""
    chance = np.random.default_rng(seed)
    t = np.arange(count) / RATE
    shape = np.where(t > 12, np.exp(-(t - 12) / 6), 0.0)
    samples = 40 * chance.normal(size=(len(codes) * len(stations), count)) * shape
    channels = tuple(Channel("XX", name, "", code, 36.0, 140.0, 10.0) for name in stations for code in codes)
    mask = torch.ones(len(channels), count, dtype=torch.bool)
    return Waves(torch.as_tensor(samples), mask, RATE, BEGIN, channels, unit=unit)


def without(given: Waves, left: int, right: int, traces=slice(None)) -> Waves:
    mask = given.mask.clone()
    mask[traces, left:right] = False
    return given.with_samples(given.samples, mask=mask)


def rows(table):
    return table.frame.to_dicts()


def test_measures_are_those_of_plain_calculations():
    given = waves()
    (row,) = rows(GroundMotion(**PLAIN, spectra=["sa", "psv", "sd"], horizontal="larger").apply(given))
    a = given.samples.numpy()
    assert row["pga"] == pytest.approx(np.abs(a[:2]).max())
    v = np.cumsum(np.concatenate([np.zeros((2, 1)), (a[:2, 1:] + a[:2, :-1]) / 2 / RATE], 1), axis=1)
    assert row["pgv"] == pytest.approx(np.abs(v).max())
    for period, name in ((0.5, "0_5"), (2.0, "2")):
        w = 2 * np.pi / period
        system = ([[0, 1], [-w * w, -0.1 * w]], [[0], [-1]], [[1, 0]], [[0]])
        rest = np.concatenate([a[:2], np.zeros((2, 400))], axis=1)
        times = np.arange(rest.shape[1]) / RATE
        peak = max(np.abs(lsim(system, one, times)[1]).max() for one in rest)
        assert row[f"sd_{name}"] == pytest.approx(peak, rel=1e-6)
        assert row[f"psv_{name}"] == pytest.approx(w * peak, rel=1e-6)
        assert row[f"sa_{name}"] == pytest.approx(w**2 * peak, rel=1e-6)
    assert (row["station"], row["duration"], row["flag"], row["horizontal"]) == ("A", 60.0, "", "larger")
    assert 3 < row["intensity"] < 6


def test_units_of_acceleration_are_all_gal_in_the_end():
    given = waves()
    in_si = replace(given, samples=given.samples / 100, unit="m/s^2")
    own, other = (rows(GroundMotion(**PLAIN).apply(one))[0] for one in (given, in_si))
    for name in ("pga", "pgv", "intensity", "sa_0_5"):
        assert own[name] == pytest.approx(other[name], rel=1e-9)


@pytest.mark.parametrize(("unit", "repair"), [("counts", "remove-response"), ("m/s", "")])
def test_other_units_are_refused(unit, repair):
    with pytest.raises(Unsuitable, match=f"reads acceleration, and these waves are in {unit}") as refusal:
        GroundMotion().apply(waves(unit=unit))
    assert repair in refusal.value.repair


def test_an_offset_and_a_drift_do_no_harm():
    given = waves()
    crooked = replace(given, samples=given.samples + 7.0)
    own, other = (rows(GroundMotion(periods=[1.0]).apply(one))[0] for one in (given, crooked))
    assert own["pga"] == pytest.approx(other["pga"], rel=1e-6)
    assert own["pgv"] == pytest.approx(other["pgv"], rel=1e-6)


def test_a_gap_in_the_strong_part_spoils_a_record():
    (row,) = rows(GroundMotion(**PLAIN).apply(without(waves(), 1300, 1310)))
    assert row["flag"] == "gap"
    assert all(row[name] is None for name in ("pga", "pgv", "intensity", "sa_0_5", "sa_2"))


def test_a_gap_in_the_quiet_part_does_not_and_is_not_bridged():
    given = waves()
    (whole,) = rows(GroundMotion(**PLAIN).apply(given))
    (row,) = rows(GroundMotion(**PLAIN).apply(without(given, 500, 900)))
    assert row["flag"] == ""
    assert row["time"] == whole["time"]
    for name in ("pga", "pgv", "intensity", "sa_0_5"):
        assert row[name] == pytest.approx(whole[name], rel=2e-2)


def test_a_component_that_ends_early_counts_as_a_gap():
    (row,) = rows(GroundMotion(**PLAIN).apply(without(waves(), 1400, 6000, traces=[2])))
    assert row["flag"] == "gap"


def test_records_of_one_instrument_are_told_apart():
    given = without(waves(count=20_000), 8000, 12_000)
    found = rows(GroundMotion(**PLAIN).apply(given))
    assert [row["duration"] for row in found] == [80.0, 80.0]
    assert len(rows(GroundMotion(**PLAIN, apart=60.0).apply(given))) == 1


@pytest.mark.parametrize(
    ("codes", "flag", "known"),
    [(("HNN", "HNE"), "no vertical", {"pga"}), (("HNE", "HNZ"), "one horizontal", {"pga"}),
     (("HNZ",), "no horizontal", set()), (("HN1", "HN2", "HNZ"), "", {"pga", "intensity"})],
)  # fmt: skip
def test_missing_components_are_told(codes, flag, known):
    (row,) = rows(GroundMotion(**PLAIN).apply(waves(codes=codes)))
    assert flag in row["flag"]
    assert {name for name in ("pga", "intensity") if row[name] is not None} == known


@pytest.mark.parametrize("how", ["geometric-mean", "rotd50", "rotd100", "larger", "vector"])
def test_of_one_component_all_definitions_are_the_same(how):
    given = waves(codes=("HNE", "HNZ"))
    (row,) = rows(GroundMotion(**PLAIN, horizontal=how).apply(given))
    assert row["pga"] == pytest.approx(float(given.samples[0].abs().max()), rel=1e-2)


def test_clipped_records_are_told():
    given = replace(waves(), clips=Clips((("XX.A..HN", BEGIN + 13 * NS, BEGIN + 14 * NS),)))
    assert rows(GroundMotion(**PLAIN).apply(given))[0]["flag"] == "clipped"


def test_a_continuous_record_is_refused():
    with pytest.raises(Unsuitable, match="lasts 60 s or more") as refusal:
        GroundMotion(**PLAIN, longest=50.0).apply(waves())
    assert refusal.value.parameter == "longest"


def test_nothing_gives_nothing_and_silence_has_no_intensity():
    empty = waves(count=10)
    empty = empty.with_samples(empty.samples, mask=torch.zeros_like(empty.mask))
    assert len(GroundMotion(**PLAIN).apply(empty)) == 0
    silent = replace(waves(), samples=torch.zeros(3, 6000, dtype=torch.float64))
    (row,) = rows(GroundMotion(**PLAIN, spectra=["sa", "tsv"]).apply(silent))
    assert (row["pga"], row["sa_2"], row["intensity"], row["tsv_2"]) == (0.0, 0.0, None, None)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"periods": [0.01]}, "beyond the Nyquist"), ({"periods": [-1.0]}, "longer than 0 s"),
     ({"periods": [1.0, 1.0]}, "twice"), ({"below": 60.0}, "Nyquist"), ({"above": 2.0, "below": 1.0}, "above")],
)  # fmt: skip
def test_parameters_that_cannot_be_are_refused_before_anything_runs(given, said):
    with pytest.raises(Unsuitable, match=said):
        GroundMotion(**given).facts(Facts(rate=100.0))


def test_the_same_comes_out_of_chunks():
    """Parts with as much record around as is asked for, cut where records lie."""
    whole = SimulateAccelerograms(events=3, stations=3, lasts=60.0).apply()
    how = GroundMotion(periods=[0.3, 1.0], spectra=["sa", "tsv"], longest=90.0)
    context = how.context(Facts(rate=100.0))
    expected = how.apply(whole)
    found = []
    step = 37 * NS
    for start in range(whole.start, whole.span.end, step):
        time = TimeRange(start, start + step)
        wide = TimeRange(start - round(context.before * NS), time.end + round(context.after * NS))
        found += rows(how.apply(whole.within(wide)).within(time))
    assert len(found) == len(expected) == 9
    for own, other in zip(found, rows(expected), strict=True):
        assert own["time"] == other["time"]
        for name in ("pga", "pgv", "intensity", "sa_0_3", "tsv_1"):  # spectra are in single precision
            assert own[name] == pytest.approx(other[name], rel=1e-6 if "_" in name else 1e-9)
