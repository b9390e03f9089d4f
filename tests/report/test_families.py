"""Pages on displacement and on ground motion: what is told first, and that nothing is told twice."""

from __future__ import annotations

import re
from dataclasses import replace

import polars
import pytest
import torch

from seisdsl.data.motion import Motion
from seisdsl.data.series import Series, Site
from seisdsl.data.table import Detections, Table
from seisdsl.engine.output import writing_to, written
from seisdsl.language.types import NUMBER, TEXT, ColumnOf, Type
from seisdsl.report.page import page_files
from seisdsl.report.sites import sites_of

BEGIN = 1_471_219_200_000_000_000
DAY = 86400 * 10**9


def series(sites=2, days=60):
    values = torch.arange(days).double().expand(sites, 3, days).contiguous()
    places = tuple(Site(f"J{n}", 38.0 + n, 141.0) for n in range(sites))
    epochs = torch.tensor([BEGIN + n * DAY for n in range(days)])
    return Series(values, torch.ones_like(values, dtype=torch.bool), epochs, places)


def displacement():
    observed = series()
    left = replace(observed, values=observed.values * 0 + 0.5)
    found = Detections.of({"time": [BEGIN + 10 * DAY], "end": [BEGIN + 20 * DAY], "station": ["J1"]})
    return {"observed": observed, "model": observed, "residual": left, "slow_slip": found}


def ground_motion():
    told = {"event": ["e", "e", "f"], "station": ["a", "b", "a"], "distance": [10.0, 30.0, 90.0],
            "pga": [100.0, 20.0, 3.0], "sa_0_1": [200.0, 50.0, 8.0], "sa_1": [90.0, 20.0, 4.0]}  # fmt: skip
    kinds = {
        name: ColumnOf(NUMBER) for name in ("residual", "residual_between", "residual_within", "magnitude")
    }
    left = {"residual": [0.1, -0.2, 0.1], "residual_between": [0.0, 0.0, 0.1],
            "residual_within": [0.1, -0.2, 0.0], "magnitude": [5.0, 5.0, 6.0]}  # fmt: skip
    weight = {"feature": ["distance", "magnitude"], "importance": [0.7, 0.3]}
    return {
        "motion": Motion.of(told, extra=Motion.spectral([0.1, 1])),
        "left": Table.of(left, extra={**kinds, "distance": ColumnOf(Type("Length"), "km")}),
        "importance": Table.of(weight, extra={"feature": ColumnOf(TEXT), "importance": ColumnOf(NUMBER)}),
    }


def page(tmp_path, template, values, ending="html"):
    files = page_files(values, file=f"page.{ending}", template=template, title=None, branches=True)
    with writing_to(tmp_path):
        for name, write in files:
            with written(name) as path:
                write(path)
    return (tmp_path / f"page.{ending}").read_text(encoding="utf-8")


def shown(text):
    """What the pictures of a page are called, in their order."""
    return re.findall(r'<img src="[^"]*" width="\d+" height="\d+" alt="([^"]*)"', text)


def test_displacement_is_told_by_a_map_and_site_by_site(tmp_path):
    text = page(tmp_path, "displacement", displacement())
    names = shown(text)
    assert names[0].startswith("observed where")
    assert [name for name in names if name.startswith("site ")] == ["site J0, J0", "site J1, J1"]
    assert len(names) == 4, "the map, two sites, and the detections against time"
    assert "with the model as a line" in text
    assert "Below: what the model leaves over." in text
    assert "Shaded: what was detected." in text


def test_a_site_shows_its_model_what_is_left_and_what_was_detected():
    first, second = sites_of(displacement(), "page")
    assert (first.name, first.modelled, first.left, first.marked) == ("J0", True, True, False)
    assert (second.name, second.marked) == ("J1", True)
    (alone,) = sites_of({"one": series(1)}, "page")
    assert (alone.modelled, alone.left, alone.marked) == (False, False, False)
    assert sites_of({"n": 3}, "page") == ()
    empty = replace(series(1), mask=torch.zeros(1, 3, 60, dtype=torch.bool))
    assert sites_of({"one": empty}, "page") == ()


def test_ground_motion_is_told_by_distance_then_by_what_is_left(tmp_path):
    text = page(tmp_path, "ground-motion", ground_motion())
    names = [name.partition(",")[0] for name in shown(text)]
    assert names == ["motion by distance", "motion spectra", "left", "importance"]


@pytest.mark.parametrize(
    ("template", "values", "files"),
    [("displacement", displacement, 2), ("ground-motion", ground_motion, 0)],
)
def test_in_markdown_their_pictures_lie_beside(template, values, files, tmp_path):
    text = page(tmp_path, template, values(), "md")
    linked = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", text)
    assert linked
    assert all((tmp_path / name).exists() for name in linked)
    assert len([name for name in linked if "-site-" in name]) == files


def test_numbers_of_many_sizes_keep_their_figures(tmp_path):
    value = ground_motion()["motion"]
    sizes = polars.Series("pga", [0.01234, 12.5, 45678.0])
    text = page(tmp_path, "default", {"motion": value.with_frame(value.frame.with_columns(sizes))})
    for cell in ("0.01234", "12.5", "45680"):
        assert f'<td class="number">{cell}</td>' in text
