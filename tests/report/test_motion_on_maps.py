"""Motion on maps: every arrow is true and inside, and of a thousand sites some have one."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Ellipse
from matplotlib.quiver import Quiver

from seisdsl.operators.displacement.simulate_displacement import SimulateDisplacement
from seisdsl.operators.displacement.trajectory import FitTrajectory
from seisdsl.report.arrows import Motion, rounded
from seisdsl.report.figures import figure_of
from seisdsl.report.sites import sites_of
from seisdsl.report.slow import moved, rates_map, sites_map


def motion(count: int, east: float = 30.0, north: float = 40.0) -> Motion:
    lon, lat = np.linspace(139, 142, count), np.linspace(36, 40, count)
    size = np.linspace(0.1, 1, count)
    names = tuple(f"S{row}" for row in range(count))
    return Motion(names, lon, lat, east * size, north * size, np.zeros(count), "mm")


def quiver_of(axes) -> Quiver:
    return next(one for one in axes.collections if isinstance(one, Quiver))


def test_arrows_point_where_the_ground_goes_and_lie_on_the_map():
    """3 east and 4 north; a degree of longitude is cos(latitude) of one of latitude."""
    given = motion(5)
    lon, lat = given.tips()
    east = (lon - given.longitude) * np.cos(np.deg2rad(given.latitude))
    assert east / (lat - given.latitude) == pytest.approx(np.full(5, 0.75))
    assert np.hypot(east, lat - given.latitude) / np.hypot(given.east, given.north) == pytest.approx(
        given.scale
    )
    box = given.box()
    assert all(box[0] < one < box[1] for one in lon)
    assert all(box[2] < one < box[3] for one in lat)


def test_of_many_sites_some_have_arrows_and_it_is_said():
    assert len(motion(40).drawn) == 40
    assert motion(40).said() == "arrows"
    many = motion(1000)
    assert 8 < len(many.drawn) < 40
    assert many.said() == f"arrows of {len(many.drawn)} of 1,000 sites"


def test_a_round_number_is_the_key():
    assert [rounded(one) for one in (9.9, 4.9, 0.3, 1200.0)] == [5.0, 2.0, 0.2, 1000.0]


def test_the_map_shows_where_each_site_went():
    series = SimulateDisplacement(stations=12).apply()
    canvas = Canvas()
    sites_map(series).draw(canvas)
    axes = canvas.axes[0]
    quiver = quiver_of(axes)
    gone = moved(series)
    angle = np.arctan2(quiver.V, quiver.U * np.cos(np.deg2rad([one.latitude for one in series.sites])))
    assert angle == pytest.approx(np.arctan2(gone[:, 1], gone[:, 0]), abs=1e-6)
    assert len(axes.texts) >= 12


def test_rates_have_ellipses_of_their_errors():
    series = SimulateDisplacement(stations=6).apply()
    fitted = FitTrajectory(noise="white").apply(series)
    figure = figure_of(fitted)
    assert "ellipses that hold 95 %" in figure.caption
    assert figure.simulated
    canvas = Canvas()
    figure.draw(canvas)
    ellipses = [one for one in canvas.axes[0].patches if isinstance(one, Ellipse)]
    error = fitted.frame.filter(pl.col("component") == "north")["rate_error"].to_numpy()
    heights = np.array([one.height for one in ellipses])
    assert heights / heights[0] == pytest.approx(error / error[0])
    east = fitted.with_frame(fitted.frame.filter(pl.col("component") != "north"))
    rates_map(east).draw(Canvas())


def test_a_page_says_of_how_many_sites_it_shows(monkeypatch):
    monkeypatch.setattr("seisdsl.report.sites.MOST", 2)
    shown = sites_of({"positions": SimulateDisplacement(stations=7).apply()}, "page")
    assert [(one.of, one.steps, one.errors) for one in shown] == [(7, False, True)] * 2
