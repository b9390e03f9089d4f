"""Ground motion of accelerograms: units, components, gaps, chunks, and what is refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.signal import lsim

from seisdsl.data.clips import Clips
from seisdsl.data.table import Catalog
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.language.types import TEXT, ColumnOf, TimeRange
from seisdsl.methods.motion.geometry import epicentral
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.motion.flatfile import MakeFlatfile
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
        times = np.arange(16 * rest.shape[1] - 15) / RATE / 16  # crests between samples count
        lines = (np.interp(times, np.arange(rest.shape[1]) / RATE, one) for one in rest)
        peak = max(np.abs(lsim(system, one, times)[1]).max() for one in lines)
        assert row[f"sd_{name}"] == pytest.approx(peak, rel=1e-5)
        assert row[f"psv_{name}"] == pytest.approx(w * row[f"sd_{name}"])
        assert row[f"sa_{name}"] == pytest.approx(w**2 * row[f"sd_{name}"])
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


# Continuous records ----------------------------------------------------------------------------------

QUAKE = {
    "time": [BEGIN + 90 * NS],
    "latitude": [36.3],
    "longitude": [140.2],
    "depth": [20.0],
    "magnitude": [5.0],
}
FAR = float(np.hypot(epicentral(36.0, 140.0, 36.3, 140.2), 20.0))


def shaking(count=30_000, at=90.0, seed=3, stations=("A",), size=40.0):
    """A continuous record of faint noise in which S waves at 3.5 km/s come after an origin time."""
    chance = np.random.default_rng(seed)
    t = np.arange(count) / RATE - at - FAR / 3.5
    shape = 0.01 + size * np.where(t > 0, np.exp(-t.clip(0) / 5), 0.0)
    given = waves(count=count, stations=stations)
    return given.with_samples(torch.as_tensor(chance.normal(size=given.samples.shape) * shape))


def test_each_event_is_measured_in_the_time_in_which_its_waves_come():
    given = shaking()
    (row,) = rows(GroundMotion(**PLAIN).apply(given, events=Catalog.of(QUAKE)))
    begin, end = 90 - 2 + FAR / 8.2 - 15, 90 + 2 + FAR / 2.8 + 60
    left, right = math.ceil(begin * RATE), math.ceil(end * RATE)
    cut = replace(given, samples=given.samples[:, left:right], mask=given.mask[:, left:right])
    (alone,) = rows(GroundMotion(**PLAIN).apply(cut))
    for name in ("pga", "pgv", "intensity", "sa_0_5", "sa_2"):
        assert row[name] == pytest.approx(alone[name], rel=1e-9)
    assert (row["station"], row["flag"], row["time"].timestamp()) == ("A", "", BEGIN / NS + 90)
    assert row["event"] == "2016-04-15T00:01:30.000Z 36.3 140.2"
    assert row["distance"] == pytest.approx(FAR)
    assert row["duration"] == pytest.approx(end - begin, abs=0.02)


def test_records_of_events_are_the_same_wherever_a_chunk_begins():
    whole = SimulateAccelerograms(events=3, stations=3, recording="continuous").apply()
    how = GroundMotion(periods=[0.3, 1.0], spectra=["sa", "tsv"], longest=60.0, apart=5.0, far=200e3)
    context = how.context(Facts(rate=100.0))
    expected = how.apply(whole, events=whole.truth)
    found = []
    step = 71 * NS
    for start in range(whole.start, whole.span.end, step):
        time = TimeRange(start, start + step)
        wide = TimeRange(start - round(context.before * NS), time.end + round(context.after * NS))
        found += rows(how.apply(whole.within(wide), events=whole.truth).within(time))
    assert len(found) == len(expected) == 9
    for own, other in zip(found, rows(expected), strict=True):
        assert (own["event"], own["station"], own["flag"]) == (
            other["event"],
            other["station"],
            other["flag"],
        )
        for name in ("pga", "pgv", "intensity", "sa_0_3", "tsv_1"):
            assert own[name] == pytest.approx(other[name], rel=1e-6)


@pytest.mark.parametrize(("left", "right"), [(9000, 9300), (7900, 8100), (9400, 30_000), (0, 9200)])
def test_an_event_is_not_measured_where_its_waves_were_not_recorded(left, right):
    """A gap before the first P wave, a farther one, and a record that ends or begins too near."""
    how = GroundMotion(**{**PLAIN, "baseline": "pre-event"}, quiet=8.0)
    (row,) = rows(how.apply(without(shaking(), left, right), events=Catalog.of(QUAKE)))
    spoilt = (left, right) != (7900, 8100)
    assert (row["flag"], row["pga"] is None) == (("gap", True) if spoilt else ("", False))


def test_an_event_that_no_instrument_recorded_has_no_row():
    given = without(shaking(stations=("A", "B")), 0, 30_000, traces=slice(3, 6))
    assert [row["station"] for row in rows(GroundMotion(**PLAIN).apply(given, events=Catalog.of(QUAKE)))] == [
        "A"
    ]
    later = {**QUAKE, "time": [BEGIN + 3600 * NS]}
    assert len(GroundMotion(**PLAIN).apply(given, events=Catalog.of(later))) == 0
    assert len(GroundMotion(**PLAIN).apply(given, events=Catalog.of({}))) == 0
    assert len(GroundMotion(**PLAIN, far=20e3).apply(given, events=Catalog.of(QUAKE))) == 0


@pytest.mark.parametrize(
    ("magnitude", "seconds", "flag"), [(5.2, 40, "several events"), (2.0, 40, ""), (5.2, 200, "")]
)
def test_waves_of_another_event_are_told_of_where_they_are_strong(magnitude, seconds, flag):
    two = {name: value * 2 for name, value in QUAKE.items()}
    two |= {"time": [BEGIN + 90 * NS, BEGIN + (90 + seconds) * NS], "magnitude": [5.0, magnitude]}
    first, *_ = rows(GroundMotion(**PLAIN).apply(shaking(), events=Catalog.of(two)))
    assert first["flag"] == flag


def test_a_flat_file_joins_by_the_event_that_a_motion_names():
    """Two events at about one time: the weaker one's motion is not taken for the stronger one's."""
    two = {name: value * 2 for name, value in QUAKE.items()} | {"event": ["strong", "weak"]}
    two |= {"time": [BEGIN + 90 * NS, BEGIN + 95 * NS], "magnitude": [6.0, 4.0]}
    known = Catalog.of(two, extra={"event": ColumnOf(TEXT)})
    motion = GroundMotion(**PLAIN).apply(shaking(), events=known)
    flat = rows(MakeFlatfile().apply(motion, events=known))
    assert [(row["event"], row["magnitude"]) for row in flat] == [("strong", 6.0), ("weak", 4.0)]
    assert [row["flag"] for row in flat] == ["", "several events"]
    with pytest.warns(UserWarning, match="1 of 2 records hold no event"):
        left = MakeFlatfile().apply(motion, events=known.with_frame(known.frame[:1]))
    assert [row["event"] for row in rows(left)] == ["strong"]


def test_an_instrument_of_which_nobody_knows_the_place_is_refused():
    given = shaking()
    lost = replace(given, channels=tuple(replace(one, latitude=None) for one in given.channels))
    with pytest.raises(Unsuitable, match=r"nobody says where XX\.A\.\.HN stands"):
        GroundMotion(**PLAIN).apply(lost, events=Catalog.of(QUAKE))
