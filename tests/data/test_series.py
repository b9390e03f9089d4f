"""Slow records by site."""

from __future__ import annotations

from dataclasses import replace

import polars
import pytest
import torch
from data.made import BEGIN, DAY, series

from seisdsl.data.describe import as_data
from seisdsl.data.save import files
from seisdsl.data.save_tables import read_series
from seisdsl.data.series import Series
from seisdsl.data.show import summary
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable


def assert_same(a, b):
    for name in ("values", "mask", "epochs"):
        assert torch.equal(getattr(a, name), getattr(b, name)), name
    assert (a.sigma is None) == (b.sigma is None)
    assert a.sigma is None or torch.equal(a.sigma, b.sigma)
    for name in ("sites", "components", "unit", "steps", "simulated"):
        assert getattr(a, name) == getattr(b, name), name


def save(value, folder, name):
    for own, write in files(value, name):
        write(folder / own)
    return str(folder / name)


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
@pytest.mark.parametrize("changes", [{}, {"sigma": None, "unit": "m", "simulated": True}, {"steps": ()}])
def test_saved_series_are_read_back_exactly(tmp_path, name, changes):
    given = series(**changes)
    assert_same(read_series(save(given, tmp_path, name)), given)


def test_the_csv_has_its_units_in_the_header(tmp_path):
    frame = polars.read_csv(save(series(), tmp_path, "a.csv"))
    assert frame.columns[:6] == [
        "site", "time", "latitude [deg]", "longitude [deg]", "height [m]", "east [mm]",
    ]  # fmt: skip
    first = frame.row(0, named=True)
    assert first["east [mm]"] == float(series().values[0, 0, 0])
    assert frame.height == 8  # unrecorded days are no rows
    assert frame["up [mm]"].null_count() == 1


def test_a_part_and_parts_joined():
    given = series()
    part = given.within(TimeRange(BEGIN + DAY, BEGIN + 3 * DAY))
    assert torch.equal(part.values, given.values[..., 1:3])
    assert part.steps == ()
    rest = [given.within(TimeRange(BEGIN, BEGIN + DAY)), given.within(TimeRange(BEGIN + 3 * DAY, 2**62))]
    assert_same(Series.joined([rest[1], part, rest[0]]), given)
    assert given.within(TimeRange(0, 1)).span is None


def test_sites_that_differ_are_put_side_by_side():
    given = series()
    one, two = (
        replace(
            given, values=given.values[[n]], mask=given.mask[[n]], sites=(site,), sigma=given.sigma[[n]],
            steps=given.steps if n == 0 else (),
        )
        for n, site in enumerate(given.sites)
    )  # fmt: skip
    both = Series.joined([two.within(TimeRange(BEGIN + DAY, 2**62)), one])
    assert_same(both, given)


def test_what_one_part_lacks_another_gives():
    given = series()
    first, second = given.mask.clone(), given.mask.clone()
    first[:, 0], second[:, 1:] = False, False
    parts = [
        replace(given, mask=m, values=given.values.masked_fill(~m, 0), sigma=given.sigma.masked_fill(~m, 0))
        for m in (first, second)
    ]
    assert_same(Series.joined(parts), given)
    assert_same(Series.joined(parts[::-1]), given)


def test_other_units_are_not_mixed(tmp_path):
    with pytest.raises(ValueError, match="units"):
        Series.joined([series(), series(unit="m")])
    (tmp_path / "a.csv").write_text("site,time,east [mm],north [m]\nA,2011-03-11,1,2\n")
    with pytest.raises(Unsuitable, match="one unit, found m, mm"):
        read_series(str(tmp_path / "a.csv"))


def test_it_shows_itself():
    lines = summary(series()).splitlines()
    assert lines[0] == "Series: 2 sites, east, north, up in mm, 23.3% gaps"
    assert lines[1] == "  5 epochs from 2008-05-01T12:00:00Z to 2008-05-05T12:00:00Z"
    assert lines[2] == "  step at G008, 2008-05-04T12:00:00Z: 2011-03-11 M 9.0"
    assert as_data(series())["epochs"] == 5
