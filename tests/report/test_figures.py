"""Pictures of every type: what stands on them, and that a gap stays a gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

import seisdsl
from seisdsl.cli import main
from seisdsl.data.field import Axis, Field
from seisdsl.data.figure import Figure
from seisdsl.data.groups import Groups
from seisdsl.data.metrics import Metric, Metrics
from seisdsl.data.model import Model
from seisdsl.data.scores import Scores
from seisdsl.data.table import Catalog, Table
from seisdsl.data.waves import Channel
from seisdsl.data.weights import Weights
from seisdsl.operators.learn.train import HISTORY
from seisdsl.operators.tremor.diet import DiET
from seisdsl.report.coast import coast
from seisdsl.report.figures import Beside, figure_of
from seisdsl.report.maps import around

BEGIN = 1_471_219_200_000_000_000
PLACES = [(38.0 + n / 3, 142.0 + n / 5) for n in range(4)]


@pytest.fixture(scope="module")
def waves():
    return seisdsl.run("let waves = simulate two-events")["waves"]


def catalog(rows=3, **more):
    return Catalog.of(
        {
            "time": [BEGIN + n * 10**10 for n in range(rows)],
            "latitude": [38.0 + n for n in range(rows)],
            "longitude": [142.5] * rows,
            "depth": [10.0 * n for n in range(rows)],
            "magnitude": [None] * rows,
            "kind": ["tremor"] * rows,
        },
        **more,
    )


def scores():
    channels = tuple(Channel("N", f"S{n}", "", "EH", *place, 0.0) for n, place in enumerate(PLACES))
    logits = torch.zeros(4, 3, 10)
    logits[:2, 2, 5:] = 5
    mask = torch.ones(4, 10, dtype=torch.bool)
    mask[3, :4] = False
    return Scores(logits, mask, ("noise", "earthquake", "tremor"), BEGIN, 30.72, 163.84, channels)


def groups():
    return Groups.of(
        {
            "time": [BEGIN] * 4, "window": [163.84] * 4, "group": ["a", "a", "b", "b"], "station": ["1", "2", "3", "4"],
            "latitude": [p[0] for p in PLACES], "longitude": [p[1] for p in PLACES],
        }
    )  # fmt: skip


def field():
    lat, lon = torch.linspace(37, 40, 7), torch.linspace(141, 144, 5)
    values = lat[:, None] + lon[None]
    mask = values > values.median()
    axes = (Axis("latitude", lat, "deg"), Axis("longitude", lon, "deg"))
    return Field(values * mask, mask, axes, "energy", "J", simulated=True)


def axes_of(figure: Figure):
    return figure.drawn().axes


def test_a_map_bears_its_events_the_coast_and_the_truth():
    left, right, _ = axes_of(figure_of(catalog(), beside=Beside(truth=catalog(2))))
    dots, true = left.collections
    assert dots.get_offsets().tolist() == [[142.5, 38.0], [142.5, 39.0], [142.5, 40.0]]
    assert true.get_offsets().tolist() == [[142.5, 38.0], [142.5, 39.0]]
    assert [line for line in left.lines if len(line.get_xdata()) > 100], "no coast"
    assert (left.get_xlabel(), right.get_xlabel()) == ("longitude (°E)", "depth (km)")
    assert figure_of(catalog(), beside=Beside(truth=catalog(2))).title == "3 tremors, 2 in truth"


def test_an_ellipse_is_as_long_as_it_says():
    rows = catalog(1)
    more = {"semi_major": 30.0, "semi_minor": 10.0, "azimuth": 90.0}
    from polars import lit

    rows = rows.with_frame(rows.frame.with_columns(**{name: lit(value) for name, value in more.items()}))
    line = axes_of(figure_of(rows))[0].lines[-1]
    east = np.ptp(line.get_xdata()) * 111.2 * np.cos(np.deg2rad(38))
    assert east == pytest.approx(60, rel=1e-2)
    assert np.ptp(line.get_ydata()) * 111.2 == pytest.approx(20, rel=1e-2)


def test_events_are_counted_along_time():
    below = axes_of(figure_of(catalog(), along="time"))[1]
    assert below.lines[0].get_ydata().tolist() == [1, 2, 3]


@pytest.mark.parametrize("along", ["map", "time"])
def test_no_event_is_told_as_such(along):
    (axes,) = axes_of(figure_of(catalog(0), along=along))
    assert [text.get_text() for text in axes.texts] == ["nothing to show"]


def test_a_gap_of_waves_stays_empty_and_is_shaded(waves):
    mask = waves.mask.clone()
    mask[0, 3000:6000] = False
    (axes,) = axes_of(figure_of(replace(waves, mask=mask).with_samples(waves.samples, mask=mask)))
    outline = axes.collections[0].get_paths()
    assert len(outline) == 2, "one shape before the gap and one after it"
    assert len(axes.collections) == len(waves.channels) + 1, "the traces and the gap"
    assert axes.get_yticklabels()[0].get_text() == waves.channels[0].id


def test_a_spectrogram_is_in_decibels_and_white_in_gaps(waves):
    spectrogram = seisdsl.run("let s = simulate two-events | spectrogram")["s"]
    mask = spectrogram.mask.clone()
    mask[0, 5] = False
    image = axes_of(figure_of(replace(spectrogram, mask=mask)))[0].collections[0].get_array()
    assert image.mask[:, 5].all()
    expected = 10 * torch.log10(spectrogram.power[0, 20, 7]).item()
    assert image[20, 7] == pytest.approx(expected, rel=1e-5)


def test_probabilities_from_north_to_south_without_what_was_not_judged():
    earthquake, tremor, *_ = axes_of(figure_of(scores()))
    image = tremor.collections[0].get_array()
    assert image.mask[0, :4].all()  # the northernmost is the last station
    assert not image.mask[0, 4:].any()
    assert image[3, 9] == pytest.approx(float(torch.tensor([0.0, 0.0, 5.0]).softmax(0)[2]))
    assert [earthquake.get_title(loc="left"), tremor.get_title(loc="left")] == ["earthquake", "tremor"]
    assert len(axes_of(figure_of(scores(), of="tremor"))) == 2


def test_members_of_a_group_are_joined():
    (axes,) = axes_of(figure_of(groups()))
    joined = [line for line in axes.lines if len(line.get_xdata()) == 2 and line.get_zorder() == 3]
    assert len(joined) == 2


def test_a_field_is_masked_where_it_is_not_known():
    value = field()
    axes = axes_of(figure_of(value))[0]
    image = next(c for c in axes.collections if c.get_array() is not None)
    assert image.get_array().mask.reshape(value.mask.shape).tolist() == (~value.mask).tolist()


def test_the_coast_of_japan_is_there_and_that_of_the_open_sea_is_not():
    lines = coast(139.0, 146.0, 34.0, 43.0)
    inubosaki = np.hypot(lines[:, 0] - 140.87, lines[:, 1] - 35.71)
    assert np.nanmin(inubosaki) < 0.05
    assert len(coast(160.0, 162.0, 30.0, 32.0)) == 0


def test_a_map_of_one_place_has_a_size():
    west, east, south, north = around([142.0], [38.0])
    assert east - west == pytest.approx(0.4, abs=0.1)
    assert north - south == pytest.approx(0.4, abs=0.1)


def test_plot_writes_and_gives_on(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.seis").write_text(
        'simulate two-events | bandpass 2..8Hz | plot "w.png" | sta-lta | count\n'
    )
    assert main(["run", "p.seis"]) == 0
    assert (tmp_path / "w.png").read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().out.split()[0].isdigit()


def test_plot_refuses_what_is_no_picture(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.seis").write_text('simulate two-events | plot "w.csv"\n')
    assert main(["check", "p.seis"]) == 1
    assert ".png, .svg, .pdf" in capsys.readouterr().out


def test_a_training_is_drawn_pass_by_pass():
    history = Table.of(
        {"epoch": [1, 2, 3], "loss": [1.0, 0.6, 0.4], "valid_loss": [0.9, 0.5, 0.7],
         "accuracy": [0.5, 0.8, 0.7], "balanced_accuracy": [0.4, 0.8, 0.7], "rate": [1e-3] * 3},
        extra=HISTORY,
    )  # fmt: skip
    weights = Weights("DiET", ("noise", "tremor"), (6, 64, 64), {}, simulated=True)
    figure = figure_of(Model(DiET(), weights, history))
    loss, right = axes_of(figure)
    assert [line.get_label() for line in loss.lines] == ["training", "validation", "kept: pass 2"]
    assert loss.lines[1].get_ydata().tolist() == [0.9, 0.5, 0.7]
    assert right.lines[1].get_ydata().tolist() == [0.4, 0.8, 0.7]
    assert figure.caption == "trained on simulated records"
    untold = history.with_frame(history.frame.with_columns(accuracy=None, balanced_accuracy=None))
    assert len(axes_of(figure_of(Model(DiET(), weights, untold)))) == 1  # no shares, no panel for them


def test_only_shares_are_drawn_among_figures():
    shown = {
        "accuracy": Metric(0.9, low=0.8, high=0.95),
        "bias": Metric(0.02, low=-0.1, high=0.1),
        "rmse": Metric(0.2, unit="s"),
    }
    (axes,) = axes_of(figure_of(Metrics(shown)))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["accuracy"]


def test_a_judgement_shows_who_was_taken_for_whom_and_how_sure():
    program = """
let data = simulate two-events duration=6min | spectrogram
  | examples window=30s hop=10s classes=[noise, earthquake]
let model = data | train (DiET frames=8 width=2) epochs=1
let quality = data | model | score
"""
    quality = seisdsl.run(program)["quality"]
    left, right = axes_of(figure_of(quality))
    shown = [text.get_text() for text in left.texts]
    numbers = [f"{n:,}" for n in quality.tables["confusion"].frame["number"].to_list()]
    assert [text.split("\n")[1] for text in shown] == numbers
    assert len(right.collections[0].get_offsets()) == len(quality.tables["reliability"])
