"""Operators of displacement as a program uses them, with the gaps and lacks of real series."""

from __future__ import annotations

import math
import os
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch

import seisdsl
from seisdsl.data.series import Series, Site, Step
from seisdsl.data.series_read import of_sites, read_positions
from seisdsl.data.series_sheet import Named
from seisdsl.data.table import Catalog, Table
from seisdsl.language.types import DATE, TEXT, ColumnOf, TimeRange
from seisdsl.operator import Unsuitable
from seisdsl.operators.displacement.common_mode import CommonMode
from seisdsl.operators.displacement.daily import Daily
from seisdsl.operators.displacement.forecast import Forecast
from seisdsl.operators.displacement.outliers import Outliers
from seisdsl.operators.displacement.rate_change import RateChange
from seisdsl.operators.displacement.residual import Residual
from seisdsl.operators.displacement.seasonal import Seasonal
from seisdsl.operators.displacement.simulate_displacement import SimulateDisplacement
from seisdsl.operators.displacement.steps import Steps
from seisdsl.operators.displacement.straight_fills import StraightFills
from seisdsl.operators.displacement.trajectory import FitTrajectory

DAY = 86_400_000_000_000
BEGIN = 15_000 * DAY + DAY // 2


def series(
    count: int = 2, length: int = 1200, rate: float = 20.0, noise: float = 1.0, seed: int = 1
) -> Series:
    """A line, an annual term and white noise, in three components."""
    chance = torch.Generator().manual_seed(seed)
    day = torch.arange(length, dtype=torch.float64)
    values = rate * day / 365.25 + 3 * torch.cos(2 * math.pi * day / 365.25)
    values = values + noise * torch.randn(count, 3, length, generator=chance, dtype=torch.float64)
    sites = tuple(Site(f"S{n}", 38.0 + n, 141.0) for n in range(count))
    return Series(
        values, torch.ones_like(values, dtype=torch.bool), BEGIN + DAY * torch.arange(length), sites
    )


def gappy(given: Series, share: float = 0.3, seed: int = 3) -> Series:
    mask = (
        torch.rand(given.mask.shape[0], 1, given.mask.shape[2], generator=torch.Generator().manual_seed(seed))
        > share
    )
    mask = given.mask & mask
    return replace(
        given, mask=mask, values=given.values.masked_fill(~mask, float("inf")).masked_fill(~mask, 0)
    )


def test_a_rate_is_told_within_its_error_with_30_percent_of_days_missing():
    found = FitTrajectory().apply(gappy(series(20))).frame
    z = (found["rate"] - 20.0) / found["rate_error"]
    assert float(z.abs().max()) < 4.5
    assert 0.6 < float(z.std()) < 1.4
    assert found["annual"].to_numpy() == pytest.approx(3.0, abs=0.3)
    assert len(found) == 60


def test_steps_decay_and_a_day_that_is_neither_before_nor_after():
    given = series(1, noise=0.2)
    values = given.values.clone()
    values[..., 500:] += 50.0
    values[..., 500] -= 31.0  # half of that day was before
    given = replace(given, values=values, steps=(Step(BEGIN + 500 * DAY - DAY // 4, "S0", "earthquake"),))
    found = FitTrajectory(noise="white").apply(given).frame
    assert found["step_1"].to_numpy() == pytest.approx(50.0, abs=0.15)
    assert found["rms"].to_numpy() == pytest.approx(0.2, abs=0.02)


def test_weights_are_those_of_the_errors():
    """A component whose second half is a hundred times as noisy."""
    given = series(1, seed=4)
    bad = torch.where(torch.arange(1200) >= 600, 100.0, 1.0).double()
    chance = torch.Generator().manual_seed(9)
    values = given.values + (bad - 1) * torch.randn(given.values.shape, generator=chance, dtype=torch.float64)
    given = replace(given, values=values, sigma=bad.expand(values.shape).clone())
    weighted, plain = (FitTrajectory(weighted=w, noise="white").apply(given).frame for w in (True, False))
    assert (weighted["rate"] - 20).abs().max() < (plain["rate"] - 20).abs().max() / 5


def test_residual_and_forecast_belong_to_their_trajectory():
    given = gappy(series(3))
    fitted = FitTrajectory(time=TimeRange(BEGIN, BEGIN + 1000 * DAY)).apply(given)
    left = Residual().apply(fitted, given)
    assert torch.equal(left.mask, given.mask)
    assert float(left.values[left.mask].std()) == pytest.approx(1.0, rel=0.1)
    ahead = Forecast(ahead=200 * 86400.0).apply(fitted)
    assert int(ahead.epochs[0]) == BEGIN + 1000 * DAY
    beyond = Residual().apply(ahead, given)
    assert not bool(beyond.mask[..., :1000].any())
    covered = (beyond.values[..., 1000:].abs() < 2 * ahead.sigma)[given.mask[..., 1000:]]
    assert 0.9 < float(covered.double().mean()) < 0.99
    one = fitted.with_frame(fitted.frame.filter(pl.col("site") == "S1"))
    assert Residual().apply(one, given).mask.any(-1).any(-1).tolist() == [False, True, False]
    with pytest.raises(Unsuitable, match="other sites or components"):
        Residual().apply(fitted, of_sites(given, [0]))


def test_a_site_is_not_told_of_before_its_first_day_nor_on_the_day_of_a_step():
    given = series(2)
    late = given.mask & ((torch.arange(1200) >= 400) | torch.tensor([[[True]], [[False]]]))
    given = replace(
        given, mask=late, values=given.values * late, steps=(Step(BEGIN + 600 * DAY, "S0", "antenna"),)
    )
    fitted = FitTrajectory().apply(given)
    model = Forecast(ahead=10 * 86400.0, back=True).apply(fitted)
    assert model.mask[:, 0].int().argmax(-1).tolist() == [0, 400]
    for left in (Residual().apply(fitted, given), Residual().apply(model, given)):
        assert (given.mask & ~left.mask).nonzero().tolist() == [[0, c, 600] for c in range(3)]


def test_time_constants_come_with_their_intervals():
    given = SimulateDisplacement(stations=5, white=0.0005, flicker=0.0).apply()
    row = FitTrajectory(decay="two-logs").apply(given).frame.row(0, named=True)
    for number in (1, 2):
        assert row[f"log_{number}_time_low"] < row[f"log_{number}_time"] < row[f"log_{number}_time_high"]
    with pytest.warns(
        UserWarning, match="`exponential_3_time` is not told by these data: .* d or more fits as well"
    ):
        found = FitTrajectory(decay="two-logs-exponential").apply(gappy(given, 0.5))
    assert found.frame["exponential_3_time_high"].null_count() == len(found)
    named = FitTrajectory(decay="log", constants=[10 * 86400.0]).apply(given)
    assert "log_1_time_low" not in named.frame.columns


def test_seasons_are_taken_out_and_the_rest_stays():
    given = series(2, noise=0.0, rate=30.0)
    quiet = Seasonal().apply(given)
    day = torch.arange(1200, dtype=torch.float64)
    left = quiet.values[0, 0] - 30 * day / 365.25
    assert float((left - left.mean()).abs().max()) < 0.05
    with pytest.raises(Unsuitable, match="a year and a half"):
        Seasonal().apply(given.within(TimeRange(BEGIN, BEGIN + 300 * DAY)))


def test_outliers_become_gaps_in_all_components_or_alone():
    given = series(1)
    values = given.values.clone()
    values[0, 1, 77] += 30
    spoilt = replace(given, values=values)
    assert (~Outliers().apply(spoilt).mask).nonzero().tolist() == [[0, c, 77] for c in range(3)]
    assert (~Outliers(alone=True).apply(spoilt).mask).nonzero().tolist() == [[0, 1, 77]]


def test_steps_of_earthquakes_reach_as_far_as_their_magnitude():
    """10^(M / 2 - 0.79) km: 162 km for magnitude 6."""
    given = series(3)
    catalog = Catalog.of(
        {"time": [BEGIN + 100 * DAY], "latitude": [38.0], "longitude": [141.0], "magnitude": [6.0]}
    )
    found = Steps().apply(given, earthquakes=catalog)
    assert [(step.site, step.cause) for step in found.steps] == [
        ("S0", "earthquake M 6.0"), ("S1", "earthquake M 6.0"),
    ]  # fmt: skip
    assert [step.site for step in Steps(wider=0.5).apply(given, earthquakes=catalog).steps] == ["S0"]
    listed = Table.of(
        {"station": ["S2", "X"], "time": [BEGIN, BEGIN]},
        extra={"station": ColumnOf(TEXT), "time": ColumnOf(DATE)},
    )
    assert [step.site for step in Steps().apply(given, known=listed).steps] == ["S2"]
    with pytest.raises(Unsuitable, match="nothing says where steps are"):
        Steps().apply(given)


def test_antenna_changes_are_found_and_quiet_series_have_none():
    stepped = SimulateDisplacement(scene="slow-slip", slip=0.0, antennas=1.5, seed=5, stations=10).apply()
    assert stepped.truth is not None
    true = {
        (site, time // DAY)
        for site, time, size in stepped.truth.frame.select(
            "site", pl.col("time").dt.timestamp("ns"), "amplitude"
        ).rows()
        if site and size > 5
    }
    found = {(step.site, step.time // DAY) for step in Steps(estimate=True).apply(stepped).steps}
    assert len(true) > 5
    assert true - found == {("G010", 14985)}, "three days before the next one"
    assert ("G010", 14988) in found
    quiet = SimulateDisplacement(scene="slow-slip", slip=0.0, seed=5, stations=10).apply()
    assert not Steps(estimate=True).apply(quiet).steps


def test_steep_days_after_an_earthquake_and_single_bad_days_are_no_breaks():
    given = SimulateDisplacement(stations=6, missing=0.3, seed=7).apply()
    values = given.values.clone()
    values[:, :, 700] += 80.0
    assert not Steps(estimate=True).apply(replace(given, values=values.masked_fill(~given.mask, 0))).steps


def test_small_breaks_can_be_left_out():
    values = series(1, noise=0.5).values
    values[..., 300:] += 5.0
    values[..., 700:] += 25.0
    given = replace(series(1), values=values)
    days = [
        [round((step.time - BEGIN) / DAY) for step in Steps(estimate=True, smallest=size).apply(given).steps]
        for size in (0.0, 0.015)
    ]
    assert days == [[300, 700], [700]]


@pytest.mark.skipif(not os.environ.get("SEISDSL_TEST_DATA"), reason="SEISDSL_TEST_DATA is not set")
def test_breaks_of_japanese_stations_are_earthquakes():
    """2011-03-11, and 2016-04-15 in Kyushu, where it was the 16th by Japanese time."""
    folder = f"{os.environ['SEISDSL_TEST_DATA']}/gnss/tohoku-2009-2018"
    named = Named((("north", "lon"), ("east", "lat"), ("up", "ver"), ("site", "group")), "mm")
    paths = [f"{folder}/{name}neu9818.csv" for name in ("J089", "J260", "J768", "J861")]
    given = Outliers().apply(StraightFills().apply(read_positions(paths, named)))
    found = [(step.site, np.datetime64(step.time, "ns")) for step in Steps(estimate=True).apply(given).steps]
    assert [(site, str(time)[:10]) for site, time in sorted(found)] == [
        ("J089", "2011-03-11"), ("J089", "2016-04-15"), ("J260", "2011-03-11"), ("J768", "2011-03-11"),
    ]  # fmt: skip


def test_common_noise_needs_several_sites():
    noisy = SimulateDisplacement(scene="slow-slip", slip=0.0, common=0.003, seed=2).apply()
    for by in ("stack", "components"):
        quiet = CommonMode(by=by).apply(noisy)
        assert float(quiet.values[:, 0].diff(dim=-1).std()) < 0.7 * float(
            noisy.values[:, 0].diff(dim=-1).std()
        )
    with pytest.raises(Unsuitable, match="told by 3 sites or more, and here is one"):
        CommonMode().apply(of_sites(noisy, [0]))


def test_straight_fills_become_gaps_and_noise_does_not():
    given = series(2)
    values = (given.values * 100).round() / 100
    values[0, :, 101:110] = float("nan")
    known = torch.isfinite(values[0, 0]).numpy()
    for component in range(3):
        filled = np.interp(np.arange(1200), np.arange(1200)[known], values[0, component].numpy()[known])
        values[0, component] = torch.from_numpy((filled * 100).round() / 100)
    found = ~StraightFills().apply(replace(given, values=values)).mask
    assert found.nonzero().tolist() == [[0, c, d] for c in range(3) for d in range(101, 110)]
    with pytest.raises(Unsuitable, match="no measurements"):
        StraightFills().apply(series(1, noise=0.0))


def test_several_epochs_a_day_are_refused_or_averaged():
    given = series(1, 400)
    hourly = replace(given, epochs=BEGIN - DAY // 2 + (DAY // 4) * torch.arange(400))
    with pytest.raises(Unsuitable, match="one position a day") as refused:
        Steps(estimate=True).apply(hourly)
    assert refused.value.repair == "put `daily` before it"
    mean = Daily().apply(hourly)
    assert torch.allclose(mean.values, given.values.view(1, 3, 100, 4).mean(-1))
    assert mean.epochs.tolist() == [BEGIN + DAY * n for n in range(100)]
    with pytest.raises(Unsuitable, match="these come each 7 days"):
        Steps(estimate=True).apply(replace(given, epochs=BEGIN + 7 * DAY * torch.arange(400)))


@pytest.mark.parametrize(
    "made", [FitTrajectory(), Outliers(), Seasonal(), CommonMode(), Steps(estimate=True), Daily()]
)
def test_series_without_a_day_are_refused(made):
    given = series(4)
    empty = replace(given, mask=torch.zeros_like(given.mask), values=given.values * 0)
    with pytest.raises(Unsuitable, match="or more with positions, and these series have none"):
        made.apply(empty)


def test_a_change_of_rate_and_its_day():
    given = series(3, 1500, rate=0.0)
    day = torch.arange(1500, dtype=torch.float64)
    values = given.values.clone()
    values[1, 0] += 15 * (day - 700).clamp_min(0) / 365.25
    found = RateChange().apply(Seasonal(cycles=1).apply(replace(given, values=values))).frame
    own = found.sort("score", descending=True).row(0, named=True)
    assert (own["site"], own["component"]) == ("S1", "east")
    assert own["change"] == pytest.approx(15, rel=0.2)
    assert abs((own["time"].timestamp() * 1e9 - BEGIN) / DAY - 700) < 60
    assert float(found.filter(pl.col("score") < own["score"])["score"].max() or 0) < own["score"] / 2


def test_parameters_that_do_not_fit_are_refused_before_a_run():
    with pytest.raises(seisdsl.Faults, match="has 2 time constants, found 1"):
        seisdsl.run("simulate-displacement stations=2 | trajectory decay=two-logs constants=[3d]")


def test_the_truth_of_series_and_of_real_ones():
    from seisdsl.operators.sources.truth import TrueEvents

    assert len(TrueEvents().apply(SimulateDisplacement(scene="slow-slip").apply())) == 23
    with pytest.raises(Unsuitable, match="do not know what is in them"):
        TrueEvents().apply(series())
