"""What new users bring: positions with 30 % of days missing, one station, nothing; every operator, every time."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

import seisdsl
from seisdsl.data.series import Series, Site, Step
from seisdsl.data.series_read import read_positions
from seisdsl.data.series_sheet import Named
from seisdsl.operator import Unsuitable
from seisdsl.operators.displacement.common_mode import CommonMode
from seisdsl.operators.displacement.daily import Daily
from seisdsl.operators.displacement.forecast import Forecast
from seisdsl.operators.displacement.outliers import Outliers
from seisdsl.operators.displacement.postseismic_lstm import PostseismicLSTM
from seisdsl.operators.displacement.rate_change import RateChange
from seisdsl.operators.displacement.residual import Residual
from seisdsl.operators.displacement.seasonal import Seasonal
from seisdsl.operators.displacement.slow_slip import SlowSlip
from seisdsl.operators.displacement.split_sites import SplitSites
from seisdsl.operators.displacement.steps import Steps
from seisdsl.operators.displacement.straight_fills import StraightFills
from seisdsl.operators.displacement.trajectory import FitTrajectory

DAYS, DAY = 700, 86_400_000_000_000
BEGIN = 15_000 * DAY + DAY // 2
OPERATORS: dict[str, Callable[[Series], Any]] = {
    "straight-fills": StraightFills().apply,
    "outliers": Outliers().apply,
    "daily": Daily().apply,
    "steps": Steps(estimate=True).apply,
    "seasonal": Seasonal().apply,
    "common-mode": CommonMode().apply,
    "common-mode by components": CommonMode(by="components").apply,
    "trajectory": FitTrajectory().apply,
    "trajectory with decays": FitTrajectory(decay="log-exponential").apply,
    "residual": lambda series: Residual().apply(FitTrajectory().apply(series), series),
    "forecast": lambda series: Forecast(back=True).apply(FitTrajectory().apply(series)),
    "rate-change": RateChange(every=50 * 86400.0).apply,
    "slow-slip": SlowSlip(azimuth=5.3, by="aic").apply,
    "split-sites": SplitSites().apply,
    "postseismic-lstm": lambda series: PostseismicLSTM(window=60 * 86400.0, epochs=1, each=32).fit_rows(
        series, None, 1
    ),
}


def made(stations: int = 4, missing: float = 0.0) -> Series:
    """20 mm a year and 1 mm of noise."""
    chance = torch.Generator().manual_seed(1)
    day = torch.arange(DAYS, dtype=torch.float64)
    values = 20 * day / 365.25 + torch.randn(stations, 3, DAYS, generator=chance, dtype=torch.float64)
    mask = (torch.rand(stations, 1, DAYS, generator=chance) >= missing).expand(values.shape)
    return masked(
        Series(
            values,
            torch.ones_like(mask),
            BEGIN + DAY * torch.arange(DAYS),
            tuple(Site(f"S{row}", 38.0 + row, 141.0) for row in range(stations)),
        ),
        mask,
    )


def masked(series: Series, mask: torch.Tensor) -> Series:
    mask = (series.mask & mask).contiguous()
    return replace(series, mask=mask, values=series.values.masked_fill(~mask, 0))


def part(series: Series, days: int) -> Series:
    return replace(
        series, values=series.values[..., :days], mask=series.mask[..., :days], epochs=series.epochs[:days]
    )


def alone(series: Series, *components: int) -> Series:
    own = list(components)
    names = tuple(series.components[at] for at in own)
    return replace(series, values=series.values[:, own], mask=series.mask[:, own], components=names)


BROUGHT = {
    "30 % of days missing": made(missing=0.3),
    "90 % of days missing": made(missing=0.9),
    "one station": made(1),
    "no days": part(made(), 0),
    "one day": part(made(), 1),
    "two days": part(made(), 2),
    "forty days": part(made(), 40),
    "nothing recorded": masked(made(), torch.tensor(False)),
    "one station without a day": masked(made(), torch.tensor([True, True, False, True])[:, None, None]),
    "a component without a day": masked(made(), torch.tensor([True, False, True])[:, None]),
    "up alone": alone(made(), 2),
    "east and north": alone(made(), 0, 1),
    "no places": replace(made(), sites=tuple(Site(f"S{row}") for row in range(4))),
    "the same value every day": replace(made(), values=torch.full((4, 3, DAYS), 5.0, dtype=torch.float64)),
    "every hour": replace(made(), epochs=BEGIN + DAY // 24 * torch.arange(DAYS)),
    "every week": replace(made(), epochs=BEGIN + 7 * DAY * torch.arange(DAYS)),
    "before 1970": replace(made(), epochs=DAY * torch.arange(DAYS) - 2 * BEGIN),
    "steps on other days and at other sites": replace(
        made(), steps=(Step(BEGIN - 50 * DAY, "S0"), Step(BEGIN + 9000 * DAY, "S1"), Step(BEGIN, "X"))
    ),
    "a gap of 400 days": masked(made(), (torch.arange(DAYS) < 150) | (torch.arange(DAYS) > 550)),
}

ANSWERED = {
    (brought, name)
    for brought in ("30 % of days missing", "a gap of 400 days", "one station without a day", "before 1970")
    for name in OPERATORS
} | {("one station", name) for name in OPERATORS if name[:6] not in ("common", "split-")}


def finite(value: Any) -> bool:
    if isinstance(value, Series):
        known = value.values[value.mask], value.sigma if value.sigma is not None else torch.zeros(1)
        return all(bool(torch.isfinite(one).all()) for one in known)
    if hasattr(value, "frame"):
        numbers = value.frame.select(pl.selectors.float())
        return all(column.is_finite().fill_null(True).all() for column in numbers)
    return True


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("brought", BROUGHT)
def test_every_operator_gives_numbers_or_says_why_not(name, brought):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="seasons are not told|.*not told by these data")
        try:
            found = OPERATORS[name](BROUGHT[brought])
        except Unsuitable:
            assert (brought, name) not in ANSWERED
            return
    assert finite(found)


def test_rates_are_right_with_30_percent_missing_at_one_station_and_each_week():
    for brought in ("30 % of days missing", "one station", "every week", "a gap of 400 days"):
        frame = FitTrajectory().apply(BROUGHT[brought]).frame
        rate = 20 / (7 if brought == "every week" else 1)
        assert float(((frame["rate"] - rate) / frame["rate_error"]).abs().max()) < 5, brought
        assert float(frame["rate_error"].max()) < 2.0, brought


def test_seasons_of_a_short_record_are_told_of():
    with pytest.warns(UserWarning, match="seasons are not told from a trend by 39 days: `seasons=0`"):
        FitTrajectory().apply(BROUGHT["forty days"])


def test_other_units_are_refused_where_millimetres_are_read():
    for name in ("straight-fills", "steps", "rate-change"):
        with pytest.raises(Unsuitable, match="reads millimetres, and these series are in m"):
            OPERATORS[name](replace(made(), unit="m"))


# Files ------------------------------------------------------------------------------------------------

HEADER = "date,east [mm],north [mm],up [mm]"
TENV3 = "{} 11MAR10 2011.19 {} 1626 4 141.0 10 {:.6f} 20 {:.6f} 3 {:.6f} 0.0 0.001 0.002 0.005 0 0 0 38.0 141.0 3.1"
NEU = "# Dec Yr  Yr DayOfYr   N       E       U     N sig   E sig   U sig (mm)"
PBO = (
    "PBO Station Position Time Series. Reference Frame : IGS08\n4-character ID: P156\n"
    "NEU Reference position :   40.0 235.0 100.0 (IGS08/WGS84)\n*YYYYMMDD HHMMSS JJJJJ.JJJJ"
)
GEONET = "+SITE/INF\n ID            950173\n-SITE/INF\n+DATA\n*yyyy mm dd HH:MM:SS X (m) Y (m) Z (m)\n"


def noise(rows: int = 30, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, 3))


def dates(rows: int = 30) -> list[str]:
    return [str(np.datetime64("2011-03-01") + day) for day in range(rows)]


def csv() -> list[str]:
    rows = (f"{day},{e:.2f},{n:.2f},{u:.2f}" for day, (e, n, u) in zip(dates(), noise(), strict=True))
    return [HEADER, *rows]


def tenv3(site: str = "AAAA", first: int = 55630, away: float = 0.0) -> list[str]:
    return [TENV3.format(site, first + day, *(away + one / 1000)) for day, one in enumerate(noise())]


def neu() -> list[str]:
    rows = (
        f"2011.2 2011 {60 + d:03d} {n:.2f} {e:.2f} {u:.2f} 0.1 0.2 0.3" for d, (e, n, u) in enumerate(noise())
    )
    return [NEU, *rows]


def pbo() -> list[str]:
    rows = (
        f" {day.replace('-', '')} 120000 55621.5 -2 -4 4 0 0 0 0 0 0 40 235 100 "
        f"{n / 1000:.5f} {e / 1000:.5f} {u / 1000:.5f} 0.001 0.001 0.003 0 0 0 suppl"
        for day, (e, n, u) in zip(dates(), noise(), strict=True)
    )
    return [*PBO.splitlines(), *rows]


def written(folder: Any, name: str, lines: list[str], end: str = "\n") -> str:
    (folder / name).write_bytes((end.join(lines) + end).encode())
    return str(folder / name)


def read(*paths: str, unit: str | None = None) -> Series:
    return read_positions(paths, Named((), unit))


def same(one: Series, other: Series) -> bool:
    return torch.equal(one.values, other.values) and torch.equal(one.epochs, other.epochs)


@pytest.mark.parametrize(
    ("name", "lines", "head"),
    [("a.csv", csv(), 1), ("a.tenv3", tenv3(), 0), ("a.neu", neu(), 1), ("a.pos", pbo(), 4)],
)
def test_line_ends_of_windows_a_mark_of_utf_8_and_days_out_of_order(tmp_path, name, lines, head):
    plain = read(written(tmp_path, name, lines))
    assert len(plain.epochs) == 30
    marked = written(tmp_path, name, ["\ufeff" + lines[0], *lines[1:]], "\r\n")
    assert same(read(marked), plain)
    assert same(read(written(tmp_path, name, [*lines[:head], *reversed(lines[head:])])), plain)


@pytest.mark.parametrize(
    ("name", "lines", "said"),
    [
        ("a.csv", [*csv()[:-1], csv()[-1][:14]], "line 31: 2 cells for 4 columns"),
        ("a.tenv3", [*tenv3()[:-1], tenv3()[-1][:70]], "line 30: it is no row of a .tenv3 file"),
        ("a.neu", [*neu()[:-1], neu()[-1][:30]], "line 31: 6 cells, where the lines before have 9"),
        ("a.pos", [*pbo()[:-1], pbo()[-1][:90]], "line 34: it is no row of a PBO .pos file"),
        ("a.pos", [*pbo()[:-1], pbo()[-1].replace("0.003", "******")], "line 34: `[*]+` is no number"),
        ("a.neu", [*neu()[:-1], "2011.2 2011 089 NaN 1.0 1.0 0.1 0.1 0.1"], "line 31: a position is no number"),
        ("a.csv", [*csv()[:-1], "2011-03-30,9999,1.0,2.0"], "1 cell of `east` with nothing but nines left empty"),
        ("a.csv", [*csv()[:-1], "2011-03-30,****,1.0,2.0"], r"1 cell of `east` .* the first in line 31: `[*]+`"),
    ],
)  # fmt: skip
def test_a_line_that_breaks_off_and_cells_that_are_no_number(tmp_path, name, lines, said):
    with pytest.warns(UserWarning, match=said):
        series = read(written(tmp_path, name, lines))
    assert int(series.mask[0, 0].sum()) == 29
    assert float(series.values.abs().max()) < 10


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([line.replace(",", ";").replace(".", ",") for line in csv()], "decimal commas: `0,35` of `east`"),
        ([HEADER, *(f"{day},NaN,NaN,NaN" for day in dates())], "none of its lines is a position"),
        ([HEADER.replace("date", "time"), "2011.1904,1,2,3"], "its times are decimal years: `2011.1904`"),
        ([HEADER.replace("date", "time"), "55630,1,2,3"], "its times are counted days: `55630`"),
        ([HEADER.replace("mm", "inch"), *csv()[1:]], "is in inch; displacements are read in mm, cm or m"),
        (["lat,lon," + HEADER, *(f"141.0,38.0,{line}" for line in csv()[1:])], "latitude that is not from -90 to 90"),
        ([HEADER], "it has no rows"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read_say_why(tmp_path, lines, said):
    with pytest.raises(Unsuitable, match=said) as refused:
        read(written(tmp_path, "a.csv", lines))
    assert "a.csv" in refused.value.message


def test_a_component_that_no_column_names_is_told_of(tmp_path):
    with pytest.warns(UserWarning, match='no column is called north, and dy is not read.*north="dy"'):
        series = read(written(tmp_path, "a.csv", [HEADER.replace("north [mm]", "dy"), *csv()[1:]]))
    assert series.components == ("east", "up")


def test_a_row_without_a_site_and_a_site_in_two_places_are_told_of(tmp_path):
    rows = [f"A,{38 + (day > 20)},141,{line}" for day, line in enumerate(csv()[1:])]
    rows[3] = rows[3].replace("A,", ",", 1)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        series = read(written(tmp_path, "a.csv", ["site,lat,lon," + HEADER, *rows]))
    assert [str(one.message).split(": ")[1] for one in told] == [
        "1 line names no site and is left out",
        "the first place is taken of sites with several",
    ]
    assert (len(series.epochs), series.sites[0].latitude) == (29, 38.0)


def test_a_folder_with_several_forms_and_a_readme(tmp_path):
    written(tmp_path, "P156.pos", pbo())
    written(tmp_path, "x.tenv3", tenv3("AAAA"))
    written(tmp_path, "README.md", ["# Positions", "", "Of two stations, 2011 to 2012."])
    (tmp_path / "map.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR 1 2 3 4 5")
    with pytest.warns(UserWarning, match=r"README.md, map.png hold no positions and are left out"):
        found = seisdsl.run(f'let x = read-series "{tmp_path}"')["x"]
    assert [site.name for site in found.sites] == ["AAAA", "P156"]
    with pytest.raises(Unsuitable, match=r"README.md: no line names its columns"):
        read(str(tmp_path / "README.md"))


def test_the_site_is_named_by_the_file_s_content_else_by_its_name(tmp_path):
    assert read(written(tmp_path, "BBBB.tenv3", tenv3("AAAA"))).sites[0].name == "AAAA"
    names = ("station1.csv", "J089neu9818.csv", "albhCleanResid.csv", "p156_igs08_final.csv")
    found = [read(written(tmp_path, name, csv())).sites[0].name for name in names]
    assert found == ["STATION1", "J089", "ALBH", "P156"]


def test_a_file_of_two_sites_and_two_files_of_one(tmp_path):
    two = read(written(tmp_path, "a.tenv3", [*tenv3("AAAA"), *tenv3("BBBB", 55640)]))
    assert [site.name for site in two.sites] == ["AAAA", "BBBB"]
    assert two.mask[:, 0].sum(-1).tolist() == [30, 30]
    first, later, other = (
        written(tmp_path, name, lines)
        for name, lines in (
            ("1.tenv3", tenv3()), ("2.tenv3", tenv3(first=55660)), ("3.tenv3", tenv3(first=55650, away=0.5)),
        )
    )  # fmt: skip
    both = read(first, later)
    assert len(both.epochs) == 60
    with pytest.raises(
        Unsuitable, match=r"AAAA .*1.tenv3 and in .*3.tenv3, which differ on 10 days by up to 50"
    ):
        read(first, other)


def test_years_of_geonet_in_files_of_their_own_go_on_without_a_jump(tmp_path):
    """The ground moves up by 0.1 mm a day along the axis that goes through 0 N 0 E."""
    paths = []
    for year in (2010, 2011):
        days = np.arange(f"{year}-01-01", f"{year}-03-01", dtype="datetime64[D]")
        up = (days - np.datetime64("2010-01-01")).astype(int) * 1e-4
        rows = [f" {str(day).replace('-', ' ')} 12:00:00 {6378137 + one:.5f} 0.0 0.0 0.0 0.0 0.0"
                for day, one in zip(days, up, strict=True)]  # fmt: skip
        paths.append(written(tmp_path, f"950173.{year - 2000}.pos", [*GEONET.splitlines(), *rows, "-DATA"]))
    series = read(*paths)
    wanted = (series.epochs - series.epochs[0]) / DAY * 0.1
    assert torch.allclose(series.values[0, 2], wanted.double(), atol=0.011)
    with pytest.raises(Unsuitable, match="no position lies in the time range"):
        read_positions(paths, Named(), time=seisdsl.language.types.TimeRange(0, DAY))
