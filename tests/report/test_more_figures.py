"""Pictures with things drawn into one another, and those of series, ground motion, residuals and examples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

import seisdsl
from seisdsl.data.field import Axis, Field
from seisdsl.data.motion import Motion
from seisdsl.data.series import Series, Site, Step
from seisdsl.data.stations import network
from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.language.types import DATE, NUMBER, TEXT, ColumnOf, Type
from seisdsl.operator import Unsuitable
from seisdsl.report.depths import depth_sections
from seisdsl.report.distances import distance_section, main_event
from seisdsl.report.figures import Beside, figure_of, figures_of
from seisdsl.report.pictured import pictured
from seisdsl.report.slow import moved
from seisdsl.report.spans import apart, offsets
from seisdsl.report.style import MARK, quantity
from seisdsl.report.trench import trenches

BEGIN = 1_471_219_200_000_000_000
DAY = 86400 * 10**9


def axes_of(figure):
    return figure.drawn().axes


def words(axes):
    return [text.get_text() for text in axes.texts]


@pytest.fixture(scope="module")
def results():
    return seisdsl.run("let wave = simulate two-events\nlet events = wave | truth")


@pytest.fixture(scope="module")
def picks():
    return Picks.of(
        {
            "time": [BEGIN + 36 * 10**9, BEGIN + 41 * 10**9, BEGIN + 37 * 10**9],
            "network": ["SY", None, "XX"],
            "station": ["SY01", "SY01", "SY01"],
            "phase": ["P", "S", "P"],
        }
    )


# Distances and trenches -----------------------------------------------------------------------------


def test_distances_are_those_of_the_sphere():
    assert apart(0.0, 10.0, [0.0, 1.0], [11.0, 10.0]) == pytest.approx([111.195, 111.195], abs=1e-3)
    obspy = pytest.importorskip("obspy.geodetics")
    metres, _, _ = obspy.gps2dist_azimuth(38, 142, 39, 144, a=6371000, f=0)
    assert float(apart(38, 142, 39, 144)) == pytest.approx(metres / 1000, rel=1e-6)
    east, north = offsets(38.0, 179.9, 38.1, -179.9)
    assert float(north) == pytest.approx(11.12, abs=0.01)
    assert float(east) == pytest.approx(0.2 * 111.195 * np.cos(np.deg2rad(38)), abs=0.01)


def seaward(station):
    """How far east of the Japan Trench a station stands, in degrees."""
    line = trenches()["Japan Trench"][::-1]
    return station.longitude - np.interp(station.latitude, line[:, 1], line[:, 0])


def test_the_japan_trench_runs_between_the_lines_of_s_net():
    stations = [s for s in network("S-net") if 35.5 < s.latitude < 40.5]
    outer = [seaward(s) for s in stations if s.station.startswith("S6")]
    inner = [seaward(s) for s in stations if s.station.startswith(("S2", "S3", "S4"))]
    assert len(outer) >= 8
    assert min(outer) > 0.1
    assert max(inner) < 0


def test_the_nankai_trough_runs_south_of_donet():
    line = trenches()["Nankai Trough"][::-1]
    for name in ("DONET-1", "DONET-2"):
        for station in network(name):
            assert station.latitude > np.interp(station.longitude, line[:, 0], line[:, 1])


# Catalogues ----------------------------------------------------------------------------------------


def catalog(rows=12, **columns):
    place = np.linspace(-1, 1, rows)
    told = {
        "time": [BEGIN + n * 10**10 for n in range(rows)],
        "latitude": (38 + place).tolist(),
        "longitude": (143.2 + 0.1 * place).tolist(),
        "depth": (20 + 10 * place).tolist(),
        "magnitude": np.linspace(2, 5, rows).tolist(),
        "kind": ["earthquake"] * rows,
    }
    return Catalog.of({**told, **columns})


def test_a_map_names_the_trench_and_tells_sizes():
    left = axes_of(figure_of(catalog(longitude=np.linspace(142.5, 144.5, 12).tolist())))[0]
    assert "Japan Trench" in words(left)
    legend = left.get_legend()
    assert legend.get_title().get_text() == "magnitude"
    assert [text.get_text() for text in legend.get_texts()] == ["2", "3", "4", "5"]


def test_sections_of_depth_run_along_the_events_and_across_and_meet_the_trench():
    figure = depth_sections(catalog())
    canvas = figure.drawn()
    along, across = canvas.axes
    assert along.get_title() == "towards 5°, depth × 2"
    assert (along.get_title(loc="left"), along.get_title(loc="right")) == ("S", "N")
    events = along.collections[0].get_offsets()
    total = float(apart(37, 143.1, 39, 143.3))
    assert np.ptp(events[:, 0]) == pytest.approx(total, rel=2e-3)
    assert events[:, 1].tolist() == pytest.approx((20 + 10 * np.linspace(-1, 1, 12)).tolist())
    assert np.ptp(across.collections[0].get_offsets()[:, 0]) < 3
    far = depth_sections(catalog(longitude=(143.6 + np.linspace(-1, 1, 12)).tolist()))
    named = [text for axes in axes_of(far) for text in words(axes)]
    assert " Japan Trench" in named


def test_a_few_events_have_no_section_in_a_page():
    assert [what for what, _ in figures_of(catalog(4))] == ["where", "when"]
    assert [what for what, _ in figures_of(catalog())] == ["where", "how deep", "when"]


# Waves with other things ---------------------------------------------------------------------------


def test_picks_stand_on_the_traces_of_their_station(results, picks):
    (axes,) = axes_of(pictured({"waves": results["wave"], "picks": picks}, Beside()))
    labels = [label.get_text() for label in axes.get_yticklabels()]
    own = [-place for place, label in enumerate(labels) if ".SY01." in label]
    lines = [c for c in axes.collections if len(c.get_paths()) and c.get_paths()[0].vertices.shape == (2, 2)]
    middles = sorted(line.get_paths()[0].vertices[:, 1].mean() for line in lines)
    assert middles == pytest.approx(sorted(own * 2)), "a P and an S on each trace of SY01, none of network XX"
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["P pick", "S pick"]


def test_waves_against_distance_with_the_times_of_their_model(results, picks, tmp_path):
    model = tmp_path / "even.csv"
    model.write_text("depth,p,s\n0,6,3.5\n100,6,3.5\n")
    wave, event = results["wave"], main_event(results["events"])
    assert event.magnitude == 2.5
    (axes,) = axes_of(distance_section(wave, event, picks, str(model)))
    assert axes.get_ylabel() == "distance from the epicentre (km)"
    assert {"SY06", "SY03", " P", " S"} <= set(words(axes))
    p = next(line for line in axes.lines if line.get_color() == MARK and len(line.get_xdata()) == 200)
    seconds, distance = p.get_xdata()[100], float(p.get_ydata()[100])
    assert float(seconds) == pytest.approx(np.hypot(distance, event.depth) / 6, rel=1e-3)
    station = next(c for c in wave.channels if c.station == "SY03")
    place = next(text.get_position()[1] for text in axes.texts if text.get_text() == "SY03")
    far = apart(event.latitude, event.longitude, station.latitude, station.longitude)
    assert place == pytest.approx(float(far))


def test_a_section_without_event_or_record_says_so(results):
    assert words(axes_of(distance_section(results["wave"], None))[0]) == ["no event is known"]
    event = replace(main_event(results["events"]), latitude=-30.0)
    assert "nothing recorded within 300 km" in words(axes_of(distance_section(results["wave"], event))[0])[0]


def test_several_results_without_a_picture_are_refused():
    with pytest.raises(Unsuitable, match="none of these has a picture"):
        pictured({"a": 3, "b": "x"}, Beside())
    with pytest.raises(Unsuitable, match="has no picture"):
        pictured(Table.of({"n": [1.0]}, extra={"n": ColumnOf(NUMBER)}), Beside())


def test_catalogues_by_name_are_drawn_side_by_side():
    figure = pictured({"one": catalog(), "other": catalog(5)}, Beside())
    legend = axes_of(figure)[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["one", "other"]


# Series --------------------------------------------------------------------------------------------


def series(days=100, sites=3, sigma=True):
    time = torch.arange(days).double()
    values = torch.stack([time * (site + 1) * torch.tensor([[1.0], [-0.5], [0.0]]) for site in range(sites)])
    mask = torch.ones_like(values, dtype=torch.bool)
    mask[0, :, 40:60] = False
    places = tuple(Site(f"J{n}", 38.0 + n, 141.0, 0.0) for n in range(sites))
    return Series(
        values * mask, mask, torch.tensor([BEGIN + n * DAY for n in range(days)]), places,
        sigma=torch.ones_like(values) if sigma else None, steps=(Step(BEGIN + 50 * DAY, "J1", "antenna"),),
        simulated=True,
    )  # fmt: skip


def test_series_by_site_and_component_with_gaps_errors_and_steps():
    value = series()
    figure = figure_of(value, beside=Beside(model=value))
    panels = np.array(axes_of(figure)).reshape(3, 3)
    assert [axes.get_title() for axes in panels[0]] == ["east", "north", "up"]
    assert [axes.get_ylabel() for axes in panels[:, 0]] == [f"J{n}\n(mm)" for n in range(3)]
    dots = next(c for c in panels[0, 0].collections if len(c.get_offsets()) > 1)
    assert len(dots.get_offsets()) == 80
    bars = next(c for c in panels[0, 0].collections if c is not dots)
    assert np.ptp(bars.get_paths()[0].vertices[:, 1]) == pytest.approx(2.0)
    dashed = [[line for line in axes.lines if line.get_linestyle() == "--"] for axes in panels[:, 0]]
    assert [len(lines) for lines in dashed] == [0, 1, 0]
    assert "line: the model" in figure.caption
    assert figure.simulated


def test_a_component_of_which_nothing_is_known_has_no_panel():
    value = series()
    mask = value.mask.clone()
    mask[:, 2] = False
    panels = axes_of(figure_of(replace(value, mask=mask)))
    assert [axes.get_title() for axes in panels[:2]] == ["east", "north"]
    assert len(panels) == 2 * len(value.sites)


def test_where_sites_have_gone():
    value = series()
    expected = np.median(np.arange(95, 100)) - np.median(np.arange(5))
    assert moved(value)[1, 0] == pytest.approx(2 * expected)
    axes = axes_of(figure_of(value, along="place"))[0]
    from matplotlib.quiver import Quiver

    arrows = next(c for c in axes.collections if isinstance(c, Quiver))
    level = [np.cos(np.deg2rad(site.latitude)) for site in value.sites]  # of a degree of longitude
    assert (arrows.U / arrows.U[0]).tolist() == pytest.approx(
        [n * level[0] / level[n - 1] for n in (1, 2, 3)], rel=1e-5
    )
    assert (arrows.V / arrows.V[0]).tolist() == pytest.approx([1, 2, 3], rel=1e-5)
    assert arrows.V[0] / arrows.U[0] / level[0] == pytest.approx(-0.5, rel=1e-5)


def test_series_without_anything_recorded():
    value = series()
    empty = replace(value, mask=torch.zeros_like(value.mask), values=torch.zeros_like(value.values))
    assert words(axes_of(figure_of(empty))[0]) == ["nothing recorded"]


# Ground motion and residuals -----------------------------------------------------------------------


def motion(rows=200):
    far = np.geomspace(5, 300, rows)
    size = np.linspace(3, 7, rows)
    told = {"event": ["e"] * rows, "time": [BEGIN] * rows, "station": ["s"] * rows, "distance": far.tolist(),
            "pga": (1000 / far).tolist(), "pgv": [None] * rows, "magnitude": size.tolist()}  # fmt: skip
    told |= {"sa_0_1": [2.0] * rows, "sa_1": [1.0] * rows, "sa_5": [0.5] * rows}
    extra = {**Motion.spectral([0.1, 1, 5]), "magnitude": ColumnOf(NUMBER)}
    return Motion.of(told, extra=extra, simulated=True)


def test_ground_motion_against_distance_and_its_spectra():
    found = dict(figures_of(motion()))
    panel, bar = axes_of(found["by distance"])
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("distance (km)", "PGA (cm/s²)")
    assert (panel.get_xscale(), panel.get_yscale()) == ("log", "log")
    assert bar.get_ylabel() == "magnitude"
    (axes,) = axes_of(found["spectra"])
    median = next(line for line in axes.lines if line.get_label() == "median")
    assert median.get_xdata().tolist() == [0.1, 1.0, 5.0]
    assert median.get_ydata().tolist() == [2.0, 1.0, 0.5]
    assert axes.get_ylabel() == "spectral acceleration (cm/s²)"


def residual_table(rows=400):
    at = np.linspace(1, 200, rows)
    left = np.where(np.arange(rows) % 2, 0.5, -0.5) + 0.01 * at
    kinds = {"distance": ColumnOf(Type("Length"), "km"), "time": ColumnOf(DATE)}
    kinds |= {name: ColumnOf(NUMBER) for name in ("residual", "residual_between", "observed", "predicted")}
    told = {
        "distance": at.tolist(),
        "time": [BEGIN + n * DAY for n in range(rows)],
        "residual": left.tolist(),
        "residual_between": (left / 2).tolist(),
        "observed": (at + left).tolist(),
        "predicted": at.tolist(),
    }
    return Table.of(told, extra=kinds)


def test_residuals_are_spread_and_drawn_against_what_they_might_depend_on():
    found = dict(figures_of(residual_table()))
    assert list(found) == ["residuals", "observed"]
    panels = np.array(axes_of(found["residuals"])).reshape(2, 3)
    assert [axes.get_xlabel() for axes in panels[1]] == ["number", "distance (km)", "UTC"]
    assert panels[0, 0].get_title(loc="left") == "mean 1, s.d. 0.76"
    medians = panels[0, 1].containers[0].lines[0].get_ydata()
    assert len(medians) == 10
    assert np.all(np.diff(medians) > 0), "the trend with distance is seen"
    (axes,) = axes_of(found["observed"])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "observed")


def test_importance_is_ordered_and_its_spread_is_a_bar_of_error():
    kinds = {"feature": ColumnOf(TEXT), "importance": ColumnOf(NUMBER), "importance_spread": ColumnOf(NUMBER)}
    told = {"feature": ["depth", "magnitude"], "importance": [0.1, 0.6], "importance_spread": [0.01, 0.05]}
    (axes,) = axes_of(figure_of(Table.of(told, extra=kinds)))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["magnitude", "depth"]
    assert [bar.get_width() for bar in axes.patches] == [0.6, 0.1]
    assert axes.get_legend() is None


def test_a_table_of_sites_and_times_is_drawn_along_time():
    kinds = {"time": ColumnOf(DATE), "end": ColumnOf(DATE), "site": ColumnOf(TEXT)}
    told = {"time": [BEGIN, BEGIN + DAY], "end": [BEGIN + DAY, BEGIN + 2 * DAY], "site": ["J2", "J1"]}
    (axes,) = axes_of(figure_of(Table.of(told, extra=kinds)))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["J2", "J1"]
    assert axes.get_ylabel() == "site"


# Fields and examples -------------------------------------------------------------------------------


def test_an_energy_map_shows_what_would_have_been_heard():
    axis = (
        Axis("latitude", torch.linspace(37, 39, 9), "deg"),
        Axis("longitude", torch.linspace(142, 144, 9), "deg"),
    )
    known = torch.zeros(9, 9, dtype=torch.bool)
    known[4, 4] = True
    energy = Field(known * 9.0, known, axis, "log10 cumulative energy", "J")
    there = torch.ones(9, 9, dtype=torch.bool)
    there[:2] = False
    least = Field(torch.arange(81.0).reshape(9, 9) * there, there, axis, "detectable energy", "J")
    figure = figure_of(energy, beside=Beside(heard=least))
    axes = axes_of(figure)[0]
    assert any("////" in (hatch or "") for c in axes.collections for hatch in getattr(c, "hatches", []))
    assert "hatched: nothing would have been heard" in figure.caption
    assert figure_of(least, beside=Beside(heard=least)).caption == ""


def test_a_sheet_of_examples_has_a_row_for_each_class():
    made = "simulate two-events | examples window=20s hop=20s classes=[noise, earthquake]"
    found = seisdsl.run(f"let e = {made}\nlet s = e | spectrogram")
    panels = np.array(axes_of(figure_of(found["e"]))).reshape(2, 5)
    numbers = found["e"].numbers()
    assert [axes.get_ylabel() for axes in panels[:, 0]] == [f"{n}\n{numbers[n]} examples" for n in numbers]
    assert panels[1, 0].get_xlabel() == "time (s)"
    assert "upwards from 0 to 50 Hz" in figure_of(found["s"]).caption


def test_quantities_are_written_as_people_say_them():
    assert quantity(4.04e-5, "m/s") == "40.4 µm/s"
    assert quantity(2.5e-9, "m") == "2.5 nm"
    assert quantity(123.0, "counts") == "123 counts"
    assert quantity(0.5, "cm/s^2") == "0.5 cm/s²"
    assert quantity(0.0, "m/s") == "0 m/s"


# The operator --------------------------------------------------------------------------------------


def test_plot_takes_other_results_by_port_and_by_name(tmp_path):
    seisdsl.run(
        """
let wave = simulate two-events
let found = wave | sta-lta on=4
wave | plot "port.png" picks=found
plot "named.png" { waves = wave, picks = found }
wave | fork { waves = bandpass 2..8Hz, events = truth } | plot "piped.png" along=distance
""",
        out=tmp_path,
    )
    assert (tmp_path / "port.png").read_bytes() == (tmp_path / "named.png").read_bytes()
    assert (tmp_path / "piped.png").exists()


def test_plot_refuses_a_way_that_a_value_does_not_have():
    (problem,) = seisdsl.check('simulate two-events | sta-lta | plot "p.png" along=depth').diagnostics
    assert problem.message == "a picture of Picks is not drawn along depth"
    assert "Catalog along depth" in problem.notes
