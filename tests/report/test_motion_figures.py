"""Pictures of models of ground motion: curves, what is left over, and ticks that can be read."""

from __future__ import annotations

import numpy as np
import pytest

import seisdsl
from seisdsl.data.motion import Flatfile
from seisdsl.data.table import Table
from seisdsl.language.types import NUMBER, TEXT, ColumnOf, Type
from seisdsl.operators.motion import _rows
from seisdsl.report.figures import ALONE, Beside, figure_of, figures_of
from seisdsl.report.pictured import pictured
from seisdsl.report.results import beside_of
from seisdsl.report.ticks import Steps

VELOCITY = ColumnOf(Type("Velocity"), "cm/s")


def curves(along="distance", target="psv_1", level=1000.0, outside=20.0, sizes=(6.0, 6.5)) -> Table:
    """Amplitudes that fall with distance as its inverse, ten times as large for a unit of magnitude."""
    at = np.geomspace(10, 300, 30) if along == "distance" else np.linspace(0, 360, 31)
    told: dict[str, list] = {
        name: [] for name in ("target", "magnitude", along, "predicted", "low", "high", "out_of_domain")
    }
    for size in sizes:
        values = level * 10 ** (size - 6) / (at if along == "distance" else 100.0 + 0 * at)
        told["target"] += [target] * len(at)
        told["magnitude"] += [size] * len(at)
        told[along] += at.tolist()
        for name, share in (("predicted", 1), ("low", 0.5), ("high", 2)):
            told[name] += (share * values).tolist()
        told["out_of_domain"] += (at < outside).astype(float).tolist()
    kinds = {"target": ColumnOf(TEXT), "magnitude": ColumnOf(NUMBER), "out_of_domain": ColumnOf(NUMBER)}
    kinds |= {along: Flatfile.COLUMNS[along]} | dict.fromkeys(("predicted", "low", "high"), VELOCITY)
    return Table.of(told, extra=kinds)


def predicted(rows=900, events=30, target="psv_1", bias=0.0) -> Flatfile:
    """Records with residuals that grow by 0.1 for each ten times the distance."""
    chance = np.random.default_rng(1)
    far = 10 ** chance.uniform(1, 2.3, rows)
    event = chance.integers(0, events, rows)
    left = 0.1 * np.log10(far) + bias + chance.normal(0, 0.12, events)[event] + chance.normal(0, 0.15, rows)
    told = {
        "event": [f"q{n}" for n in event], "station": [f"s{n}" for n in range(rows)], "distance": far.tolist(),
        "magnitude": (5 + 2 * event / events).tolist(), target: (100 / far).tolist(), "residual": left.tolist(),
        "observed": (100 / far).tolist(), "predicted": (100 / far * 10**-left).tolist(),
        "azimuth": chance.uniform(0, 360, rows).tolist(),
    }  # fmt: skip
    extra = {target: VELOCITY} if target != "intensity" else {}
    return Flatfile.of(told, extra={**extra, **_rows.added(target)})


def lines(axes):
    return [line for line in axes.lines if len(line.get_xdata()) > 2]


def words(legend):
    return [text.get_text() for text in legend.get_texts()]


# Curves -----------------------------------------------------------------------------------------


def test_curves_of_one_model_with_their_interval():
    table = curves()
    found = figure_of(table)
    (axes,) = found.drawn().axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("distance (km)", "PSV at 1 s (cm/s)")
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert words(axes.get_legend()) == ["M 6", "M 6.5"]
    thin, thick = lines(axes)[:2]
    assert thin.get_ydata() == pytest.approx(1000 / np.geomspace(10, 300, 30))
    assert np.isnan(thick.get_ydata()[thin.get_xdata() < 20]).all()
    assert np.isfinite(thick.get_ydata()[thin.get_xdata() >= 20]).all()
    assert len(axes.collections) == 2  # an interval of each
    assert found.caption == "thin: learnt from nothing like it; shaded: interval of single records"
    assert [what for what, _ in figures_of(table)] == [""]


def test_several_models_are_told_by_dash_and_magnitudes_by_colour():
    values = {"trees": curves(), "relation": curves(level=900.0, outside=0.0), "other": curves(target="pga")}
    (axes,) = pictured(values, ALONE).drawn().axes
    assert words(axes.get_legend()) == ["trees", "relation", "M 6", "M 6.5"]
    assert len(lines(axes)) == 8  # two models, two magnitudes, thin and thick; PGA is another thing
    assert {line.get_linestyle() for line in lines(axes)} == {"-", "--"}
    assert len({line.get_color() for line in lines(axes)}) == 2
    assert not axes.collections


def test_records_lie_about_the_curve_of_one_model_by_their_residuals():
    flat = predicted()
    (axes,) = figure_of(curves(sizes=(6.0,)), beside=Beside(motion=flat)).drawn().axes
    _shade, dots = axes.collections
    far, seen = np.array(dots.get_offsets()).T
    near = flat.frame.filter((flat.frame["magnitude"] - 6).abs() <= 0.25).sort("distance")
    order = np.argsort(far)
    assert far[order] == pytest.approx(near["distance"].to_numpy())
    expected = 1000 / far[order] * 10 ** near["residual"].to_numpy()
    assert seen[order] == pytest.approx(expected, rel=2e-2)  # curves are drawn with 30 points


def test_records_beside_several_models_are_as_observed():
    values = {
        "trees": curves(sizes=(6.0,)),
        "relation": curves(sizes=(6.0,), level=900.0),
        "data": predicted(),
    }
    found = pictured(values, ALONE)
    (dots,) = found.drawn().axes[0].collections
    far, seen = np.array(dots.get_offsets()).T
    assert seen == pytest.approx(100 / far)
    assert "as observed at any site" in found.caption


def test_curves_along_azimuth_have_directions_below():
    (axes,) = figure_of(curves("azimuth")).drawn().axes
    assert axes.get_xlabel() == "azimuth (deg)"
    assert axes.get_xticks().tolist() == list(range(0, 361, 45))
    assert axes.get_xscale() == "linear"


def test_intensities_are_not_drawn_as_amplitudes():
    (axes,) = figure_of(curves(target="intensity")).drawn().axes
    assert axes.get_yscale() == "linear"
    assert axes.get_ylabel().startswith("JMA intensity")


def test_of_two_predicted_flat_files_neither_is_taken_for_the_model_s():
    flat = predicted()
    assert beside_of({"a": flat}).motion is flat
    assert beside_of({"a": flat, "b": predicted(bias=0.1)}).motion is None


# What is left over ------------------------------------------------------------------------------


def test_residuals_of_a_prediction_have_means_whose_errors_know_of_events():
    flat = predicted()
    names = [what for what, _ in figures_of(flat)]
    assert names == ["residuals", "observed"]
    found = figure_of(flat)
    by_distance, by_magnitude = found.drawn().axes
    assert (by_distance.get_xlabel(), by_magnitude.get_xlabel()) == ("distance (km)", "magnitude")
    assert by_distance.get_ylabel() == "log10 of observed over predicted"
    line, _, (bars,) = by_distance.containers[0]
    far, mean = line.get_data()
    assert mean == pytest.approx(0.1 * np.log10(far), abs=0.08)
    half = np.array([(segment[1, 1] - segment[0, 1]) / 2 for segment in bars.get_segments()])
    number = 900 / len(far)
    assert (half > 0.15 / np.sqrt(number)).all(), "more than of independent records"
    assert half == pytest.approx(np.sqrt(0.12**2 / 30 + 0.15**2 / number), rel=0.5)
    assert "between events 0.1" in found.caption


def test_a_flat_file_without_prediction_is_drawn_against_distance():
    flat = predicted()
    bare = flat.with_frame(flat.frame.with_columns(residual=None, pga=flat.frame["psv_1"]))
    assert [what for what, _ in figures_of(bare)] == ["by distance"]


# Ticks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (20, 40, [20, 25, 30, 35, 40]),
        (10, 90, [10, 20, 50]),
        (3, 400, [10, 100]),
        (0.001, 1000, [0.001, 0.01, 0.1, 1, 10, 100, 1000]),
    ],
)
def test_ticks_of_a_logarithmic_axis_are_few_and_enough(low, high, expected):
    found = [tick for tick in Steps().tick_values(low, high) if low * 0.999 <= tick <= high * 1.001]
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("low", [3.0, 12.0, 40.0, 150.0])
def test_labels_of_less_than_a_decade_do_not_overlap(low):
    far = np.linspace(low, 2.2 * low, 50)
    told = {"event": ["e"] * 50, "station": ["s"] * 50, "distance": far.tolist()}
    measures = {name: (1000 / far).tolist() for name in ("pga", "pgv", "intensity")}
    canvas = figure_of(Flatfile.of({**told, **measures})).drawn()
    canvas.draw_without_rendering()
    for axes in canvas.axes:
        for axis in (axes.xaxis, axes.yaxis):
            inside = sorted(axis.get_view_interval())
            ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            labels = [
                t.label1 for t in ticks if t.label1.get_text() and inside[0] <= t.get_loc() <= inside[1]
            ]
            boxes = [label.get_window_extent() for label in labels]
            assert len(boxes) >= 2, (axes.get_xlabel(), axis.axis_name)
            pairs = [(a, b) for n, a in enumerate(boxes) for b in boxes[:n]]
            assert not any(a.overlaps(b) for a, b in pairs)


# As programs ------------------------------------------------------------------------------------


def test_plots_and_the_report_choose_them_by_themselves(tmp_path):
    pytest.importorskip("xgboost")
    seisdsl.run(
        """
let flat = simulate-ground-motion events=40 sites=20 rows=600 | split by=event valid=0% train=80% test=20%
let trees = flat.train | train (motion-model target=psv_1 rounds=20)
let relation = flat.train | train (attenuation target=psv_1)
let found = flat.test | trees
let one = trees | motion-curves vs30=300m/s
let other = relation | motion-curves vs30=300m/s
plot "curves.png" { trees = one, relation = other, data = found }
found | plot "left.png"
report "motion.html" template="ground-motion" { found = found, trees = one, relation = other }
report "motion.md" template="ground-motion" { found = found, trees = one, relation = other }
""",
        out=tmp_path,
    )
    assert (tmp_path / "curves.png").stat().st_size > 10_000
    assert (tmp_path / "left.png").stat().st_size > 10_000
    page = (tmp_path / "motion.html").read_text(encoding="utf-8")
    for name in ("what each model gives", "found residuals", "found observed", "trees", "relation"):
        assert f'alt="{name}' in page
    assert "what each model gives" in (tmp_path / "motion.md").read_text(encoding="utf-8")
