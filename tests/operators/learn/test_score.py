"""Judging by the truth: examples, picks, events and groups."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from operators.learn.judging import DAY, answers, scored

import seisdsl
from seisdsl.data.groups import Groups
from seisdsl.data.table import Catalog, Picks
from seisdsl.data.waves import NS
from seisdsl.operator import Unsuitable
from seisdsl.operators.learn.score import Score
from seisdsl.source import SourceText

TRUTH = ("noise",) * 60 + ("earthquake",) * 20 + ("tremor",) * 20
NAMED = ("noise",) * 54 + ("tremor",) * 6 + ("earthquake",) * 20 + ("tremor",) * 15 + ("noise",) * 5


# Examples ------------------------------------------------------------------------------------------


def test_the_numbers_of_a_known_confusion():
    quality = Score().apply(scored(answers(TRUTH, NAMED), TRUTH))
    assert quality["accuracy"] == pytest.approx(0.89)
    assert quality["balanced_accuracy"] == pytest.approx((0.9 + 1.0 + 0.75) / 3)
    assert quality["recall_tremor"] == pytest.approx(0.75)
    assert quality["precision_tremor"] == pytest.approx(15 / 21)
    assert quality["f1_tremor"] == pytest.approx(2 * 15 / (20 + 21))
    # every class alike: named right in 0.8833 with a probability of 0.9
    assert quality["calibration_error"] == pytest.approx(0.9 - 2.65 / 3, abs=1e-6)
    plain = Score(balance=False).apply(scored(answers(TRUTH, NAMED), TRUTH))
    assert plain["calibration_error"] == pytest.approx(0.01, abs=1e-6)


def test_the_confusion_and_the_reliability_are_tables():
    quality = Score(balance=False).apply(scored(answers(TRUTH, NAMED), TRUTH))
    rows = {(row[0], row[1]): row[2:] for row in quality["confusion"].frame.rows()}
    assert rows["noise", "tremor"] == (6, pytest.approx(0.1))
    assert rows["tremor", "noise"] == (5, pytest.approx(0.25))
    assert sum(number for number, _ in rows.values()) == 100
    [row] = quality["reliability"].frame.rows(named=True)
    assert (row["probability"], row["right"], row["number"]) == pytest.approx((0.9, 0.89, 100))
    assert row["low"] < 0.9 <= row["high"]
    assert quality["by_class"].frame["recall"].to_list() == pytest.approx([0.9, 1.0, 0.75])
    assert "confusion" not in list(quality)


def test_the_area_is_one_where_the_order_is_right_though_the_names_are_not():
    logits = answers(TRUTH, TRUTH, sure=0.5) + torch.tensor([9.0, 0.0, 0.0])
    quality = Score().apply(scored(logits, TRUTH))
    assert quality["balanced_accuracy"] == pytest.approx(1 / 3)
    assert quality["auc"] == pytest.approx(1.0)


def test_what_was_not_judged_is_left_out_and_told():
    known = [number % 4 != 0 for number in range(100)]
    quality = Score().apply(scored(answers(TRUTH, NAMED), TRUTH, known=known))
    assert quality["judged"] == 0.75
    assert quality.metrics["accuracy"].number == 75
    right = [a == b for a, b, own in zip(TRUTH, NAMED, known, strict=True) if own]
    assert quality["accuracy"] == pytest.approx(sum(right) / 75)


def test_false_alarms_are_told_for_records_that_are_mostly_quiet():
    """Of noise, 6 in 60 one-minute windows are called tremor whatever the prior: 0.1 · 1440 · quiet."""
    quality = Score(quiet=0.9).apply(scored(answers(TRUTH, NAMED, sure=0.999), TRUTH))
    alarms = 0.1 * 0.9 * DAY / 60
    assert quality["false_alarms_tremor"] == pytest.approx(alarms)
    right = 0.05 * 0.75
    assert quality["operating_precision_tremor"] == pytest.approx(right / (right + 0.09))
    assert quality["operating_recall_tremor"] == pytest.approx(0.75)


def test_what_is_hardly_likely_is_not_named_where_it_is_rare():
    """A class with 0.6 at even odds has 0.6 · 0.01 / (0.6 · 0.01 + ...) where it is one in a hundred."""
    quality = Score(quiet=0.98).apply(scored(answers(TRUTH, NAMED, sure=0.6), TRUTH))
    assert quality["false_alarms_tremor"] == 0
    assert quality["operating_recall_tremor"] == 0
    assert "operating_precision_tremor" not in quality
    at_most = 0.98 * (1 - 0.025 ** (1 / 60)) + 0.01 * (1 - 0.025 ** (1 / 20))
    assert quality.metrics["false_alarms_tremor"].high == pytest.approx(at_most * DAY / 60)


def test_intervals_are_of_stations_and_left_out_of_few():
    """Stations that are right or wrong as a whole make wider intervals than their examples alone."""
    truth = ("noise",) * 100 + ("tremor",) * 100
    bad = [number % 10 < 2 for number in range(200)]
    named = tuple(
        ("noise" if t == "tremor" else "tremor") if b else t for t, b in zip(truth, bad, strict=True)
    )
    given = scored(answers(truth, named), truth, stations=10)
    by = {by: Score(by=by).apply(given).metrics["accuracy"] for by in ("station", "time", "none")}
    width = {name: metric.high - metric.low for name, metric in by.items()}
    assert width["station"] > 3 * width["none"]
    assert width["time"] == pytest.approx(width["none"], rel=0.2)  # an hour apart, each by itself
    few = Score().apply(scored(answers(truth, named), truth, stations=4)).metrics["accuracy"]
    assert few.low is None
    assert few.value == 0.8
    again = Score(seed=1).apply(given).metrics["accuracy"]
    assert again == by["station"]


def test_a_model_with_other_classes_is_refused():
    given = scored(answers(TRUTH, NAMED), TRUTH)
    with pytest.raises(Unsuitable, match="some examples are explosion"):
        Score().apply(replace(given, labels=("explosion",) * 100))
    with pytest.raises(Unsuitable, match="no labels"):
        Score().apply(replace(given, labels=()))
    with pytest.raises(Unsuitable, match="no example could be judged"):
        Score().apply(scored(answers(TRUTH, NAMED), TRUTH, known=[False] * 100))
    with pytest.raises(Unsuitable, match="examples of noise"):
        Score(quiet=0.9).apply(given.chosen(range(60, 100)))
    with pytest.raises(Unsuitable, match="no example to judge"):
        Score().apply(given.chosen([]))


# Picks ---------------------------------------------------------------------------------------------


def picks(*rows: tuple[float, str, str | None]) -> Picks:
    return Picks.of(
        {
            "time": [round(time * NS) for time, _, _ in rows],
            "network": ["XX"] * len(rows),
            "station": [station for _, station, _ in rows],
            "phase": [phase for _, _, phase in rows],
        }
    )


TRUE = picks((10, "A", "P"), (14, "A", "S"), (11, "B", "P"), (16, "B", "S"), (90, "A", "P"))
FOUND = picks((10.1, "A", "P"), (14.3, "A", "S"), (11.0, "C", "P"), (16.0, "B", "P"), (90.2, "A", "P"))


def test_picks_pair_at_one_station_and_phase():
    quality = Score().apply(FOUND, truth=TRUE)
    assert quality["precision"] == pytest.approx(3 / 5)
    assert quality["recall"] == pytest.approx(3 / 5)
    assert quality["precision_P"] == pytest.approx(2 / 4)
    assert quality["recall_S"] == pytest.approx(1 / 2)
    assert quality["residual"] == pytest.approx(0.2)
    assert quality["residual_spread"] == pytest.approx(0.1)
    assert sorted(quality["matches"].frame["residual"].to_list()) == pytest.approx([0.1, 0.2, 0.3])


def test_what_lies_further_apart_than_within_does_not_pair():
    quality = Score(within=0.15).apply(FOUND, truth=TRUE)
    assert quality["recall"] == pytest.approx(1 / 5)


def test_picks_without_a_phase_pair_with_any():
    quality = Score().apply(picks((10.1, "A", None), (13.9, "A", None)), truth=TRUE)
    assert quality["precision"] == 1.0
    assert "precision_P" not in quality


def test_nothing_found_has_no_precision():
    quality = Score().apply(picks(), truth=TRUE)
    assert quality["recall"] == 0
    assert "precision" not in quality
    assert len(Score().apply(picks(), truth=picks())) == 0


# Events --------------------------------------------------------------------------------------------


def catalog(*rows: tuple[float, float, float, str | None], lasts: float | None = None) -> Catalog:
    """Origin time, latitude, depth and kind, all on one meridian."""
    from seisdsl.language.types import ColumnOf, Type

    return Catalog.of(
        {
            "time": [round(row[0] * NS) for row in rows],
            "latitude": [row[1] for row in rows],
            "longitude": [142.0] * len(rows),
            "depth": [row[2] for row in rows],
            "kind": [row[3] for row in rows],
            "duration": [lasts] * len(rows),
        },
        extra={"duration": ColumnOf(Type("Time"), "s")},
    )


REAL = catalog((0, 38.0, 20, "tremor"), (600, 39.0, 30, "tremor"), (1200, 38.5, 10, "earthquake"))


def test_events_pair_in_time_and_place():
    found = catalog((10, 38.1, 26, "tremor"), (610, 40.5, 30, "tremor"), (5000, 38, 30, "tremor"))
    quality = Score(kind="tremor").apply(found, truth=REAL)
    assert quality["precision"] == pytest.approx(1 / 3)
    assert quality["recall"] == pytest.approx(1 / 2)
    assert quality["time_error"] == pytest.approx(10.0)
    assert quality["distance_error"] == pytest.approx(0.1 * 6371e3 * 3.14159265 / 180, rel=1e-6)
    assert quality["depth_error"] == pytest.approx(6000)
    assert Score(kind="tremor", distance=500e3).apply(found, truth=REAL)["recall"] == 1.0
    assert Score(kind="tremor", within=5.0).apply(found, truth=REAL)["recall"] == 0.0


def test_an_earthquake_that_was_called_tremor_is_mistaken():
    found = catalog((0, 38.0, 20, "tremor"), (1205, 38.5, 20, "tremor"), (9000, 38.0, 20, "tremor"))
    quality = Score(kind="tremor").apply(found, truth=REAL)
    assert quality["mistaken"] == pytest.approx(1 / 3)
    assert quality["precision"] == pytest.approx(1 / 3)
    both = Score().apply(found, truth=REAL)  # of all kinds alike, it is an event like another
    assert both["precision"] == pytest.approx(2 / 3)
    assert "mistaken" not in both


def test_events_that_last_pair_where_they_overlap():
    long = catalog((0, 38.0, 20, "tremor"), lasts=300.0)
    assert Score(within=10.0).apply(catalog((250, 38.0, 20, None)), truth=long)["recall"] == 1
    assert Score(within=10.0).apply(catalog((320, 38.0, 20, None)), truth=long)["recall"] == 0


def test_each_true_event_is_found_once():
    found = catalog(*((t, 38.0, 20.0, None) for t in (0, 5, 9)))
    quality = Score().apply(found, truth=catalog((4, 38.0, 20, None)))
    assert quality["precision"] == pytest.approx(1 / 3)
    assert quality["time_error"] == pytest.approx(1.0)


def test_groups_count_by_episode():
    rows = [(t, name, lat, score) for t, name in ((100, "one"), (130, "one"), (900, "two"))
            for lat, score in ((38.0, 5.0), (38.2, 5.0), (41.0, -40.0))]  # fmt: skip
    groups = Groups.of(
        {
            "time": [row[0] * NS for row in rows],
            "window": [60.0] * len(rows),
            "group": [f"{row[0]}" for row in rows],
            "episode": [row[1] for row in rows],
            "latitude": [row[2] for row in rows],
            "longitude": [142.0] * len(rows),
            "score": [row[3] for row in rows],
        }
    )
    quality = Score(within=1.0).apply(groups, truth=catalog((160.5, 38.1, 20, None)))
    assert quality["precision"] == pytest.approx(1 / 2)
    assert quality["recall"] == 1.0
    assert quality["distance_error"] < 100


# In a program --------------------------------------------------------------------------------------


def test_its_parts_have_names_in_the_language():
    program = (
        "let waves = simulate two-events duration=2min\n"
        "let quality = waves | sta-lta on=4 | score truth=(waves | true-onsets)\n"
        "assert quality.precision > 0.1\n"
        "let late = quality.residual + 1s\n"
        "let rows = quality.matches | count\n"
    )
    found = seisdsl.run(program)
    assert found["late"] == pytest.approx(1.0, abs=0.1)
    assert found["rows"] > 3


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("waves | sta-lta | score truth=(waves | truth)", "truth"),
        ("waves | truth | score truth=(waves | true-onsets)", "truth"),
        ("let q = waves | truth | score truth=(waves | truth)\nassert q.residual > 1s", "residual"),
        ("waves | sta-lta | score", "truth"),
    ],
)
def test_what_does_not_go_together_is_refused_before_it_runs(program, why):
    checked = seisdsl.check(SourceText.of(f"let waves = simulate two-events\n{program}\n"))
    [fault] = [found for found in checked.diagnostics if found.severity == "error"]
    assert f"`{why}`" in fault.message
