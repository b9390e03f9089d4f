"""Windows with labels: which there are, what they hold, and what they are said to be of."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest
import torch
from language.checking import fault
from obspy import UTCDateTime

from seisdsl.data.examples import Examples
from seisdsl.data.records import read_waves
from seisdsl.data.table import Catalog, Picks
from seisdsl.data.truth import Heard, Truth
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.engine.packing import packed, unpacked
from seisdsl.language.types import TEXT, ColumnOf, Range, Type
from seisdsl.operator import Facts, Unsuitable, registry
from seisdsl.operators.learn.examples import MakeExamples
from seisdsl.operators.signal.bandpass import Bandpass
from seisdsl.operators.signal.spectrogram import Spectrograms

REAL = os.environ.get("SEISDSL_TEST_DATA")
BEGIN = 1_471_219_200  # a multiple of 20 s
CHANNELS = tuple(
    Channel("XX", station, "", f"EH{axis}", 38.0, 142.0, 0.0) for station in "AB" for axis in "ZNE"
)
EVENT, DURATION = ColumnOf(TEXT), ColumnOf(Type("Time"), "min")


def record(seconds: int = 200, rate: float = 10.0, start: int = BEGIN, heard: Heard | None = None) -> Waves:
    chance = torch.Generator().manual_seed(1)
    samples = torch.randn(len(CHANNELS), round(seconds * rate), generator=chance)
    scene = (lambda time: Truth.of({}, heard=heard)) if heard is not None else None
    return Waves(samples, torch.ones_like(samples, dtype=torch.bool), rate, start * NS, CHANNELS, scene=scene)


def heard(*rows: tuple[str, float, float, str, float]) -> Heard:
    """Station, seconds from the beginning of the record to the event's and to its end, kind, score."""
    station, begin, end, kind, score = zip(*rows, strict=True) if rows else ((),) * 5
    return Heard.of(
        {
            "time": [(BEGIN + t) * NS for t in begin], "end": [(BEGIN + t) * NS for t in end],
            "network": ["XX"] * len(rows), "station": station, "kind": kind, "score": score,
            "event": [f"{k} {n}" for n, k in enumerate(kind)], "distance": [12.5] * len(rows),
        }
    )  # fmt: skip


def cut(**more: object) -> MakeExamples:
    return MakeExamples(**{"window": 20.0, **more})


def told(examples: Examples) -> list[tuple[str, int, str]]:
    times = (time // NS - BEGIN for time in examples.groups["time"])
    return list(zip(examples.groups["station"], times, examples.labels, strict=True))


SCENE = heard(
    ("A", 45.0, 55.0, "earthquake", 5.0), ("B", 60.0, 200.0, "tremor", 0.5), ("B", 5.0, 10.0, "ship", 9.0)
)


def test_labels_are_those_of_what_is_heard_at_the_station():
    found = cut().apply(record(140, heard=SCENE))
    assert told(found) == [
        (f"XX.{station}", time, "earthquake" if (station, time) == ("A", 40) else "noise")
        for time in range(0, 140, 20)
        for station in "AB"
        if station == "A" or time < 60  # the tremor is neither clear nor absent; the ship is noise
    ]
    number = found.labels.index("earthquake")
    assert found.groups["event"][number] == "earthquake 0"
    assert found.truth[number] == {"score": 5.0, "distance": 12_500.0}
    assert {
        event for event, label in zip(found.groups["event"], found.labels, strict=True) if label == "noise"
    } == {""}


def test_an_example_is_all_components_of_a_station_and_holds_nothing_else():
    waves = record(heard=SCENE)
    found = cut().apply(waves)
    for value, time, station in zip(found.values, found.groups["time"], found.groups["station"], strict=True):
        assert (value.start, value.length, value.scene) == (time, 200, None)
        rows = [n for n, channel in enumerate(waves.channels) if channel.station == station[-1]]
        first = (time // NS - BEGIN) * 10
        assert torch.equal(value.samples, waves.samples[rows, first : first + 200])
        assert value.samples.untyped_storage().nbytes() == 3 * 200 * 4
        assert value.mask.untyped_storage().nbytes() == 3 * 200


def test_windows_begin_at_whole_multiples_of_the_hop_wherever_the_record_does():
    late = record(100, start=BEGIN + 7, heard=SCENE)
    assert [time for station, time, _ in told(cut(hop=10.0).apply(late)) if station == "XX.A"][:2] == [10, 20]
    odd = cut(hop=7.0).apply(record(100, heard=heard()))
    assert {time // NS % 7 for time in odd.groups["time"]} == {0}


def test_a_window_with_a_long_gap_is_left_out_and_a_short_one_stays_a_gap():
    waves = record(100, heard=heard())
    mask = waves.mask.clone()
    mask[:3, 250:259] = False  # nine samples of 200 in the second window of A
    mask[3:, 450:470] = False  # a tenth of the third of B
    mask[4] = False  # and a component that was never there
    found = cut().apply(waves.with_samples(waves.samples, mask=mask))
    windows = [(station, time) for station, time, _ in told(found)]
    assert windows == [(s, t) for t in range(0, 100, 20) for s in ("XX.A", "XX.B") if (s, t) != ("XX.B", 40)]
    value = found.values[windows.index(("XX.A", 20))]
    assert (~value.mask).sum(1).tolist() == [9, 9, 9]
    assert not bool(value.samples[~value.mask].any())
    assert not bool(found.values[windows.index(("XX.B", 20))].mask[1].any())


def test_spectrograms_are_cut_as_their_waves_are():
    waves = record(200, heard=SCENE)
    whole = Spectrograms(window=2.0).apply(waves)
    found = cut().apply(whole)
    of_waves = cut().apply(waves)
    common = {(s, t): n for n, (s, t, _) in enumerate(told(found))}
    assert len(common) > 10
    for number, (station, time, label) in enumerate(told(of_waves)):
        if (station, time) in common:
            own = common[station, time]
            assert found.labels[own] == label
            value, again = found.values[own], Spectrograms(window=2.0).apply(of_waves.values[number])
            assert (value.windows, value.start) == (20, again.start)
            torch.testing.assert_close(value.power[..., :19], again.power)  # the last reaches beyond
    assert found.values[0].power.untyped_storage().nbytes() == 3 * 11 * 20 * found.values[0].power.itemsize


def test_a_catalogue_counts_at_stations_near_the_epicentre():
    events = Catalog.of(
        {"time": [(BEGIN + 40) * NS, (BEGIN + 100) * NS], "latitude": [38.0, 39.0], "longitude": [142.0, 142.0],
         "depth": [35.0, 0.0], "kind": [None, "tremor"]}
    )  # fmt: skip
    found = cut(lasts=10.0).apply(record(180), truth=events)
    # 35 km below: P after 5.8 s, S after 10 s, and 10 s more; 111 km away it may be heard or not
    assert [(t, label) for s, t, label in told(found) if s == "XX.A"] == [
        (0, "noise"), (20, "noise"), (40, "earthquake"), (60, "noise"), (80, "noise"), (160, "noise")
    ]  # fmt: skip
    number = found.labels.index("earthquake")
    assert found.truth[number] == {"distance": pytest.approx(35e3)}
    assert found.groups["event"][number] == "earthquake 2016-08-15T00:00:40Z"
    near = cut(lasts=10.0, radius=120e3).apply(record(180), truth=events)
    assert (120, "tremor") in [(t, label) for _, t, label in told(near)]
    far = cut(lasts=10.0, radius=50e3).apply(record(180), truth=events)
    assert (120, "noise") in [(t, label) for _, t, label in told(far)]


def test_a_catalogue_may_say_how_long_its_events_last():
    rows = {
        "time": [BEGIN * NS],
        "latitude": [38.0],
        "longitude": [142.0],
        "depth": [0.0],
        "kind": ["tremor"],
    }
    events = Catalog.of(
        {**rows, "duration": [1.5], "event": ["T1"]}, extra={"duration": DURATION, "event": EVENT}
    )
    found = cut().apply(record(140), truth=events)
    assert [(t, label) for s, t, label in told(found) if s == "XX.A"] == [
        (0, "tremor"), (20, "tremor"), (40, "tremor"), (60, "tremor"), (80, "tremor"), (100, "noise"), (120, "noise")
    ]  # fmt: skip
    assert found.groups["event"][0] == "T1"


def test_an_event_without_a_place_may_be_anywhere():
    events = Catalog.of({"time": [(BEGIN + 50) * NS], "kind": ["earthquake"]})
    found = cut(lasts=10.0).apply(record(140), truth=events)
    assert sorted({t for _, t, _ in told(found)}) == [0, 20, 100, 120]  # 50 to 94 s are not clear
    assert set(found.labels) == {"noise"}


def test_picks_count_at_their_own_station_and_leave_it_open_at_others_near():
    picks = Picks.of({"time": [(BEGIN + 41) * NS], "station": ["A"], "network": ["XX"], "phase": ["P"]})
    found = cut(lasts=15.0).apply(record(100), picks=picks)
    assert [(s, t) for s, t, label in told(found) if label == "earthquake"] == [("XX.A", 40)]
    assert sorted({t for s, t, _ in told(found) if s == "XX.B"}) == [0, 20, 60, 80]
    assert found.groups["event"][found.labels.index("earthquake")] == "XX.A 2016-08-15T00:00:41Z"
    away = tuple(replace(c, latitude=40.0) if c.station == "B" else c for c in CHANNELS)
    far = cut(lasts=15.0).apply(replace(record(100), channels=away), picks=picks)
    assert ("XX.B", 40, "noise") in told(far)


def test_picks_of_one_event_may_say_so():
    rows = {"time": [(BEGIN + 41) * NS, (BEGIN + 45) * NS], "station": ["A", "B"], "phase": ["P", "P"]}
    picks = Picks.of(
        {**rows, "event": ["Q7", "Q7"], "kind": ["tremor", None]}, extra={"event": EVENT, "kind": EVENT}
    )
    found = cut(lasts=15.0, mixed="stronger").apply(record(60), picks=picks)
    assert [(s, label) for s, t, label in told(found) if t == 40] == [
        ("XX.A", "tremor"),
        ("XX.B", "earthquake"),
    ]
    assert set(found.groups["event"]) == {"", "Q7"}


@pytest.mark.skipif(not REAL, reason="SEISDSL_TEST_DATA is not set")
def test_picks_of_analysts_tell_earthquakes_from_the_noise_before_them():
    """Southern Alps 2013: at each station the windows with a pick are louder than those without."""
    folder = Path(REAL or "") / "waveforms/southern-alps-events"
    with (folder / "picks.csv").open() as file:
        rows = list(csv.DictReader(file))
    times = [UTCDateTime(row["time"]).ns for row in rows]
    picks = Picks.of({"time": times, "station": [row["station"] for row in rows]})
    waves = Bandpass(band=Range(3.0, 20.0)).apply(
        read_waves([str(folder / "waveforms/2013-09-11-2208-44.DFDPC_024_00")], rate=100.0)
    )
    found = cut(window=8.0, hop=2.0, lasts=10.0).apply(waves, picks=picks)
    loud: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for value, label, station in zip(found.values, found.labels, found.groups["station"], strict=True):
        loud[station][label].append(float(value.samples[value.mask].double().std()))
    both = [of for of in loud.values() if len(of) == 2]
    assert len(both) >= 5
    assert all(median(of["earthquake"]) > 1.2 * median(of["noise"]) for of in both)


def test_keep_thins_each_class_by_what_a_window_is_itself():
    waves = record(4000, rate=2.0, heard=heard(("A", 0.0, 2000.0, "tremor", 3.0)))
    everything = cut(classes=["noise", "tremor"], hop=2.0).apply(waves)
    some = cut(classes=["noise", "tremor"], hop=2.0, keep=[0.1, 1.0]).apply(waves)
    assert some.numbers()["tremor"] == everything.numbers()["tremor"]
    share = some.numbers()["noise"] / everything.numbers()["noise"]
    assert abs(share - 0.1) < 0.03
    assert set(told(some)) <= set(told(everything))
    part = cut(classes=["noise", "tremor"], hop=2.0, keep=[0.1, 1.0]).apply(waves.cut(2000, 6000))
    assert set(told(part)) == {one for one in told(some) if 1000 <= one[1] <= 2980}


def test_per_class_takes_those_that_keep_would_keep_last():
    waves = record(2000, rate=2.0, heard=heard(("A", 0.0, 1000.0, "tremor", 3.0)))
    given = {"classes": ["noise", "tremor"], "hop": 2.0}
    few = cut(**given, per_class=30).apply(waves)
    assert few.numbers() == {"noise": 30, "tremor": 30}
    more = cut(**given, per_class=60).apply(waves)
    assert set(told(few)) < set(told(more))
    assert cut(**given, per_class=30, seed=2).apply(waves).groups != few.groups
    assert cut(**given, per_class=30).context(Facts("Waves")).whole


def test_they_go_into_the_store_and_come_back():
    found = cut().apply(record(100, heard=SCENE))
    again = unpacked(packed(found))
    assert (again.labels, again.truth, again.groups) == (found.labels, found.truth, found.groups)
    assert again.classes == found.classes
    assert all(torch.equal(a.samples, b.samples) for a, b in zip(again.values, found.values, strict=True))


def test_what_cannot_be_labelled_is_refused():
    with pytest.raises(Unsuitable, match="what is in these records is not known"):
        cut().apply(record())
    nowhere = replace(record(), channels=tuple(replace(c, latitude=None) for c in CHANNELS))
    events = Catalog.of({"time": [BEGIN * NS], "latitude": [38.0], "longitude": [142.0]})
    with pytest.raises(Unsuitable, match=r"where XX\.A stands is not known"):
        cut().apply(nowhere, truth=events)
    with pytest.raises(Unsuitable, match="and so does `picks`"):
        cut().apply(record(), truth=events, picks=Picks.of({}))


def test_a_program_is_refused_before_it_runs():
    def refused(arguments: str) -> str:
        return fault(f"simulate two-events | examples {arguments}", operators=registry()).message

    assert refused("keep=[10%]") == "`keep` has 1 shares for 3 classes"
    assert refused("classes=[noise, noise]") == "the class noise is named twice"
    assert refused("classes=[noise]") == "there is nothing to tell apart: name two classes"
    assert "silent" in refused("silent=2")
    assert refused("classes=[noise, quarry]") == "nothing is called `quarry`"


def test_no_record_gives_no_examples():
    waves = record(heard=SCENE)
    for empty in (waves.select([]), waves.cut(3, 3), waves.cut(0, 150)):
        found = cut().apply(empty)
        assert (len(found), found.timed) == (0, True)
    whole = cut().apply(waves)
    assert told(Examples.joined([found, whole])) == told(whole)
