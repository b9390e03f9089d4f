"""Scenes: what a source and the operator say of what is simulated."""

from __future__ import annotations

import pytest

import seisdsl
from seisdsl.data.scenes import BEGIN, Planned, planned, scene_of, time_of
from seisdsl.engine.packing import packed, unpacked
from seisdsl.operator import SourceSettings, Unsuitable

SECOND = 10**9


def source(**settings):
    return SourceSettings(name="mine", settings=tuple(settings.items()))


def test_a_scene_of_the_library_has_events_at_set_times():
    quake, tremor = planned("two-events")[0], planned("S-net")[1]
    assert quake == Planned("earthquake", BEGIN + 30 * SECOND, 38.05, 141.08, 12e3, 2.5)
    assert (tremor.kind, tremor.duration) == ("tremor", 130)
    assert planned("DONET") == ()


def test_the_first_ten_minutes_of_s_net_have_two_tremors_at_once_far_apart():
    tremors = [event for event in planned("S-net") if event.kind == "tremor"]
    assert len(tremors) == 3
    ends = [event.origin + event.duration * SECOND for event in tremors]
    assert max(ends) < BEGIN + 600 * SECOND
    assert tremors[1].origin < ends[0]
    assert abs(tremors[0].latitude - tremors[1].latitude) * 111.2 == pytest.approx(150, abs=10)


def test_what_is_given_stands_above_what_the_source_says():
    said = source(network="S-net", tremors=5.0, noise="rough", smallest=2.0, seed=7, earthquakes=3.0)
    scene = scene_of(said)
    assert (scene.tremors, scene.noise, scene.smallest, scene.seed, scene.per_hour) == (5, "rough", 2, 7, 3)
    assert scene_of(said, tremors=0.0, noise="plain", events="none").planned == ()
    assert scene_of(said, tremors=0.0).tremors == 0
    assert time_of(source(network="S-net", duration=60.0)).seconds == 60


def test_a_network_with_events_of_its_own_has_no_others_unless_they_are_asked_for():
    assert scene_of(source(network="two-events")).per_hour == 0
    assert scene_of(source(network="DONET-1")).per_hour == 60
    assert scene_of(source(network="two-events", earthquakes=5.0)).per_hour == 5


def test_events_may_come_from_a_file(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(
        "after,kind,latitude,longitude,depth,magnitude,duration\n10,tremor,38,141,12000,1,60\n20,,38,141,9000,2,\n"
    )
    events = scene_of(source(network="S-net"), events=str(file)).planned
    assert events == (
        Planned("tremor", BEGIN + 10 * SECOND, 38, 141, 12e3, 1, 60),
        Planned("earthquake", BEGIN + 20 * SECOND, 38, 141, 9e3, 2),
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"events": "nowhere"}, "no scene or file is called `nowhere`"),
        ({"noise": "loud"}, "`noise` is plain or rough, found loud"),
        ({"ground": "mud"}, "`ground` is soft or rock"),
        ({"rate": 0.1}, "simulated at 1 to 1000 Hz"),
    ],
)
def test_what_cannot_be_simulated_is_refused(given, words):
    with pytest.raises(Unsuitable, match=words):
        scene_of(source(network="S-net", **given))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("10,tremor,38,141,12000,1,", "plans a tremor of 0 s"),
        ("10,tremor,38,141,12000,1,4000", "plans a tremor of 4000 s"),
        ("10,eruption,38,141,12000,1,60", "plans a eruption"),
        ("10,tremor,north,141,12000,1,60", "cannot read the events"),
    ],
)
def test_a_file_of_events_that_says_something_else_is_refused(tmp_path, row, words):
    file = tmp_path / "mine.csv"
    file.write_text(f"after,kind,latitude,longitude,depth,magnitude,duration\n{row}\n")
    with pytest.raises(Unsuitable, match=words):
        scene_of(source(network="S-net", events=str(file)))


def test_a_scene_is_kept_and_tells_the_truth_afterwards():
    scene = scene_of(source(network="two-events"))
    back = unpacked(packed(scene))
    assert back == scene
    assert back(time_of(source(network="two-events"))).frame["magnitude"].to_list() == [2.5, 2.0]


def test_simulate_says_it_in_the_language():
    waves = seisdsl.run(
        'let w = simulate two-events events="none" earthquakes=0 tremors=0 noise=rough ground=soft rate=20Hz'
    )["w"]
    assert waves.scene.noise == "rough"
    assert waves.scene.ground == "soft"
    assert len(waves.truth) == 0
