"""What is judged was never learnt from: no key is on both sides, whatever divides."""

from __future__ import annotations

from itertools import combinations

import pytest
import torch
from language.checking import fault

from seisdsl.data.examples import Examples
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.operator import Unsuitable, registry
from seisdsl.operators.learn.split import Split

WINDOW, HOP, COUNT, STATIONS = 20, 10, 60, 12


def value(station: str, begin: int) -> Waves:
    samples = torch.zeros(1, WINDOW)
    return Waves(samples, samples == 0, 1.0, begin * NS, (Channel("XX", station, "", "HHZ"),))


def made() -> Examples[Waves]:
    """Windows that overlap by half; three of five at all stations see the event of that time."""
    rows = [(f"S{n:02}", at * HOP, at // 5) for at in range(COUNT) for n in range(STATIONS)]
    events = tuple(f"e{number}" if at // HOP % 5 < 3 else "" for _, at, number in rows)
    return Examples(
        tuple(value(station, at) for station, at, _ in rows),
        tuple("earthquake" if event else "noise" for event in events),
        tuple({} for _ in rows),
        {
            "time": tuple(at * NS for _, at, _ in rows),
            "station": tuple(f"XX.{station}" for station, *_ in rows),
            "event": events,
            "family": tuple(f"f{number % 5}" for *_, number in rows),
        },
        ("noise", "earthquake"),
    )


def keys(examples: Examples, *names: str) -> set:
    return {key for key in zip(*(examples.groups[name] for name in names), strict=True) if key[-1]}


def assert_apart(parts: dict[str, Examples], *names: str) -> None:
    for one, other in combinations(parts.values(), 2):
        assert not keys(one, *names) & keys(other, *names)


def shares(parts: dict[str, Examples]) -> list[float]:
    return [len(part) / (COUNT * STATIONS) for part in parts.values()]


def sharing(one: Examples, other: Examples, at_one_station: bool) -> int:
    """Pairs of windows of two parts that share record."""
    return sum(
        abs(a - b) < WINDOW * NS and (s == t or not at_one_station)
        for a, s in keys(one, "time", "station")
        for b, t in keys(other, "time", "station")
    )


def test_by_time_the_test_is_the_latest_and_no_window_or_event_is_parted():
    given = {"train": 32 / COUNT, "valid": 10 / COUNT, "test": 18 / COUNT}  # in the middle of an event
    parts = dict(Split(**given).apply(made()))
    train, valid, test = (sorted(part.groups["time"]) for part in parts.values())
    assert train[-1] + WINDOW * NS <= valid[0]
    assert valid[-1] + WINDOW * NS <= test[0]
    assert_apart(parts, "event")
    assert [share * COUNT for share in shares(parts)] == [30, 8, 18]


def test_by_station_whole_stations_go_to_one_part():
    parts = dict(Split(by="station", train=0.5, valid=0.25, test=0.25).apply(made()))
    assert [len(keys(part, "station")) for part in parts.values()] == [6, 3, 3]
    assert_apart(parts, "station")
    assert sum(map(len, parts.values())) == COUNT * STATIONS
    other = Split(by="station", train=0.5, valid=0.25, test=0.25, seed=2).apply(made())
    assert keys(other["test"], "station") != keys(parts["test"], "station")


@pytest.mark.parametrize(("by", "group"), [("event", None), ("group", "family")])
def test_by_event_or_group_no_record_of_one_is_in_another(by, group):
    parts = dict(Split(by=by, group=group, train=0.5, valid=0.25, test=0.25).apply(made()))
    assert_apart(parts, group or "event")
    for one, other in combinations(parts.values(), 2):
        assert sharing(one, other, at_one_station=True) == 0
    assert all(share > 0.1 for share in shares(parts))


def test_noise_without_an_event_is_divided_by_time():
    parts = dict(Split(by="event", train=0.5, valid=0.0, test=0.5).apply(made()))
    noise = {
        name: [t for t, e in zip(part.groups["time"], part.groups["event"], strict=True) if not e]
        for name, part in parts.items()
    }
    assert max(noise["train"]) < min(noise["test"])
    assert len(parts["valid"]) == 0


def test_random_parts_windows_and_says_what_that_does():
    with pytest.warns(UserWarning, match="the figures flatter"):
        parts = dict(Split(by="random").apply(made()))
    assert shares(parts) == pytest.approx([0.7, 0.15, 0.15], abs=0.005)
    assert keys(parts["train"], "event") & keys(parts["test"], "event")


@pytest.mark.parametrize("by", ["time", "station", "event"])
def test_stations_that_are_held_are_in_the_test_alone(by):
    parts = dict(Split(by=by, held=["*.S0[34]"], train=0.5, valid=0.25, test=0.25).apply(made()))
    for name in ("train", "valid"):
        assert not keys(parts[name], "station") & {("XX.S03",), ("XX.S04",)}
    assert keys(parts["test"], "station") >= {("XX.S03",), ("XX.S04",)}
    assert_apart(parts, by)
    if by == "station":
        assert sum(map(len, parts.values())) == COUNT * STATIONS


def test_frames_at_the_end_of_a_spectrogram_reach_beyond_it():
    """Frames of 20 s every 10 s: two windows side by side by their centres share ten seconds."""
    frequencies = torch.arange(11, dtype=torch.float64) / 20
    values = tuple(
        Spectrogram(
            torch.ones(1, 11, 2), torch.ones(1, 2, dtype=torch.bool), frequencies, 10.0, (20 * n + 10) * NS,
            (Channel("XX", "A", "", "HHZ"),),
        )
        for n in range(10)
    )  # fmt: skip
    groups = {"time": tuple(20 * n * NS for n in range(10)), "station": ("XX.A",) * 10}
    parts = Split(train=0.5, valid=0.0, test=0.5).apply(Examples(values, ("noise",) * 10, (), groups))
    assert [len(parts[name]) for name in ("train", "test")] == [4, 5]


def test_what_cannot_be_divided_is_refused():
    few = made().chosen([0, 12, 24])
    with pytest.raises(Unsuitable, match="by station, 3 examples leave none for `valid`"):
        Split(by="station").apply(few)
    with pytest.raises(Unsuitable, match="do not say their day") as refused:
        Split(by="group", group="day").apply(made())
    assert "time, station, event, family" in refused.value.notes[0]
    with pytest.raises(Unsuitable, match=r"no station is called N\.S1"):
        Split(held=["N.S1"]).apply(made())
    with pytest.raises(Unsuitable, match="no examples"):
        Split().apply(made().chosen([]))


def test_shares_that_do_not_add_up_are_refused_before_anything_runs():
    text = "simulate two-events | examples | split train=70% valid=20% test=20%"
    assert fault(text, operators=registry()).message == "the shares add up to 110 %, not to 100 %"
