"""GrASP and link-groups in use: what the table says, what is refused, and that chunks do not matter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch

from seisdsl.data.groups import Groups
from seisdsl.data.scores import Scores
from seisdsl.data.stations import network
from seisdsl.data.waves import NS, Channel
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable
from seisdsl.operators.tremor.grasp import GrASP
from seisdsl.operators.tremor.link_groups import LinkGroups

BEGIN = 1_471_219_200 * NS
STEP = 30.72
S_NET = network("S-net")
CHANNELS = tuple(Channel(s.network, s.station, "", "V", *s.place) for s in S_NET)
FIRST, SECOND = (38.5, 142.6), (36.2, 141.6)  # degrees; 270 km apart


def apart(place: tuple[float, float]) -> np.ndarray:
    """About how many km the stations are from it."""
    north = np.array([s.latitude - place[0] for s in S_NET]) * 111.2
    east = np.array([s.longitude - place[1] for s in S_NET]) * 111.2 * np.cos(np.deg2rad(38))
    return np.hypot(north, east)


def heard(*sources: tuple[float, float]) -> np.ndarray:
    """Log-odds of tremor by station."""
    distance = np.stack([apart(source) for source in sources]).min(0) if sources else np.full(150, 200.0)
    return 6 - 0.1 * distance


def scores(windows: list[np.ndarray], mask: np.ndarray | None = None) -> Scores:
    """Of noise, earthquake and tremor; noise and earthquake are alike."""
    tremor = torch.from_numpy(np.stack(windows, axis=1))
    half = torch.full_like(tremor, -np.log(2))
    known = torch.ones(tremor.shape, dtype=torch.bool) if mask is None else torch.from_numpy(mask)
    logits = torch.stack([half, half, tremor], dim=1)
    return Scores(logits, known, ("noise", "earthquake", "tremor"), BEGIN, STEP, 163.84, CHANNELS)


def group_rows(groups: Groups) -> dict[str, pl.DataFrame]:
    return {str(name[0]): rows for name, rows in groups.frame.group_by("group", maintain_order=True)}


def test_two_tremors_at_once_are_two_groups_told_by_their_strongest_stations():
    odds = heard(FIRST, SECOND)
    found = group_rows(GrASP().apply(scores([heard(), odds])))
    assert len(found) == 2
    for name, rows in found.items():
        near = min((FIRST, SECOND), key=lambda p: apart(p)[CHANNELS.index(station(rows["station"][0]))])
        strongest = CHANNELS[int(apart(near).argmin())]
        assert name == f"2016-08-15T00:00:30.720000000Z N.{strongest.station}"
        assert rows.filter("seed")["station"].to_list() == [strongest.station]
        assert rows["time"].unique().dt.timestamp("ns").to_list() == [BEGIN + round(STEP * NS)]
        assert rows["window"].unique().to_list() == [163.84]
        assert rows["episode"].null_count() == len(rows)
        for row in rows.iter_rows(named=True):
            own = station(row["station"])
            assert row["score"] == pytest.approx(odds[CHANNELS.index(own)])
            assert (row["latitude"], row["longitude"], row["elevation"]) == (
                own.latitude, own.longitude, own.elevation,
            )  # fmt: skip
            assert apart(near)[CHANNELS.index(own)] < 75
        assert rows["strength"].unique().to_list() == pytest.approx([rows["score"].sum()])


def station(name: str) -> Channel:
    return next(channel for channel in CHANNELS if channel.station == name)


def test_a_group_is_weighed_against_noise_alone():
    """Its strength is what the likelihoods of tremor and of no tremor at its stations tell."""
    windows = [heard(FIRST) - 2]
    (rows,) = group_rows(GrASP(strength=0.0).apply(scores(windows))).values()
    p = 1 / (1 + np.exp(-rows["score"].to_numpy()))
    weighed = np.log(p).sum() - np.log(1 - p).sum()
    assert rows["strength"][0] == pytest.approx(weighed)
    assert len(GrASP(strength=weighed - 0.01).apply(scores(windows))) == len(rows)
    assert len(GrASP(strength=weighed + 0.01).apply(scores(windows))) == 0


def test_quiet_and_unjudged_records_have_no_groups():
    assert len(GrASP().apply(scores([heard()] * 3))) == 0
    assert len(GrASP().apply(scores([heard(FIRST)], np.zeros((150, 1), bool)))) == 0
    one = scores([heard(FIRST)])
    assert len(GrASP().apply(one.within(TimeRange(0, 1)))) == 0


def test_another_class_is_grouped_by_its_own_scores():
    one = scores([heard(FIRST)])
    other = replace(one, classes=("noise", "tremor", "earthquake"))
    theirs, ours = GrASP().apply(one).frame, GrASP(of="earthquake").apply(other).frame
    assert len(ours)
    assert ours.equals(theirs)


def test_scores_that_are_no_numbers_were_not_judged():
    broken = scores([heard(FIRST)])
    near = int(apart(FIRST).argmin())
    broken.logits[near] = torch.nan
    dead = scores([heard(FIRST)], (np.arange(150) != near)[:, None])
    assert len(GrASP().apply(dead))
    assert GrASP().apply(broken).frame.equals(GrASP().apply(dead).frame)


def test_instruments_of_a_station_are_one_station():
    one = scores([heard(FIRST)])
    twice = replace(
        one,
        logits=torch.cat([one.logits - 1, one.logits + 1]),  # whose log-odds are the same as one's
        mask=one.mask.repeat(2, 1),
        channels=(*CHANNELS, *(replace(channel, code="A") for channel in CHANNELS)),
    )
    assert GrASP().apply(twice).frame.sort("station").equals(GrASP().apply(one).frame.sort("station"))


@pytest.mark.parametrize("rule", ["persistence", "components", "dbscan", "louvain"])
def test_each_rule_tells_sources_far_apart(rule):
    found = group_rows(GrASP(rule=rule).apply(scores([heard(FIRST, SECOND)])))
    places = [(rows["latitude"].mean(), rows["longitude"].mean()) for rows in found.values()]
    assert len(places) >= 2
    for source in (FIRST, SECOND):
        assert min(np.hypot(lat - source[0], lon - source[1]) for lat, lon in places) < 0.4


def test_it_refuses_in_words():
    one = scores([heard(FIRST)])
    with pytest.raises(Unsuitable, match="no class `train`") as fault:
        GrASP(of="train").apply(one)
    assert fault.value.parameter == "of"
    assert "noise, earthquake, tremor" in fault.value.notes[0]
    nowhere = (*(replace(c, latitude=None) for c in CHANNELS[:2]), *CHANNELS[2:])
    with pytest.raises(Unsuitable, match=r"where N.S1N01, N.S1N02 stand is not known"):
        GrASP().apply(replace(one, channels=nowhere))
    with pytest.raises(Unsuitable, match="against anything"):
        GrASP().apply(replace(one, logits=one.logits[:, 2:], classes=("tremor",)))


# Chunks --------------------------------------------------------------------------------------------


def long_record() -> Scores:
    """An hour and more of tremor that comes and goes and moves, with stations that come and go."""
    chance = np.random.default_rng(3)
    windows = []
    for number in range(150):
        along = (36.0 + number / 30, 141.7 + number / 150)
        sources = [source for source, on in ((along, number % 50 > 9), (FIRST, 40 < number < 90)) if on]
        windows.append(heard(*sources) + chance.normal(0, 0.8, 150))
    mask = chance.random((150, 150)) > 0.03
    mask[20:50, 30:75] = False
    mask[::7, 75:120] = False
    return scores(windows, mask)


def without_absent(part: Scores) -> Scores:
    """As a source gives it that has no record of some stations, nor the order of the rest."""
    there = part.mask.any(1).nonzero()[:, 0].flip(0)
    channels = tuple(part.channels[number] for number in there.tolist())
    return replace(part, logits=part.logits[there], mask=part.mask[there], channels=channels)


@pytest.mark.parametrize("length", [1, 15, 45])
def test_chunks_do_not_matter_where_stations_are_missing_from_some(length):
    record = long_record()
    whole = GrASP().apply(record)
    cut = [(at, at + length) for at in range(0, record.windows, length)]
    parts = [
        without_absent(record.within(TimeRange(record.time_of(first), record.time_of(last))))
        for first, last in cut
    ]
    assert any(len(part.channels) < 150 for part in parts)
    found = Groups.joined([GrASP().apply(part) for part in parts])
    expected = Groups.joined([whole])
    assert len(expected) > 900
    assert found.frame.drop("score", "strength").equals(expected.frame.drop("score", "strength"))
    for name in ("score", "strength"):
        np.testing.assert_allclose(found.frame[name], expected.frame[name], rtol=1e-9)


# Episodes ------------------------------------------------------------------------------------------


def test_groups_of_one_tremor_are_one_episode_called_by_the_first():
    windows = [heard()] + [heard(FIRST)] * 4 + [heard(FIRST, SECOND)] * 3 + [heard()] * 5 + [heard(FIRST)]
    frame = LinkGroups().apply(GrASP().apply(scores(windows))).frame
    by_episode = frame.group_by("episode", maintain_order=True).agg(
        pl.col("time").dt.timestamp("ns").unique().sort(), pl.col("group").sort_by("time").first()
    )
    numbers = [
        [round((time - BEGIN) / NS / STEP) for time in times] for times in by_episode["time"].to_list()
    ]
    assert sorted(numbers) == [[1, 2, 3, 4, 5, 6, 7], [5, 6, 7], [13]]
    assert by_episode["episode"].to_list() == by_episode["group"].to_list()


def test_a_tremor_that_moves_is_followed():
    windows = [heard((36.5 + 0.08 * number, 141.9)) for number in range(20)]  # 9 km each, 170 in all
    linked = LinkGroups().apply(GrASP().apply(scores(windows)))
    assert linked.frame["episode"].n_unique() == 1
    patient = LinkGroups(patience=20.0).apply(GrASP().apply(scores(windows)))
    assert patient.frame["episode"].n_unique() == 20


def test_nothing_is_linked_to_nothing():
    assert len(LinkGroups().apply(Groups.of({}))) == 0
