"""Flat-files as new users bring them: each gets the right answer, or an error that says what is wrong."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest

import seisdsl
from seisdsl.data.flatfile import read_flatfile
from seisdsl.data.motion import Flatfile
from seisdsl.diagnostics import Faults
from seisdsl.operator import Method, Unsuitable
from seisdsl.operators.learn.train import Train
from seisdsl.operators.motion.attenuation import Attenuation
from seisdsl.operators.motion.event_terms import EventTerms
from seisdsl.operators.motion.importance import Importance
from seisdsl.operators.motion.motion_curves import MotionCurves
from seisdsl.operators.motion.motion_model import MotionModel

NAMES = ["event", "station", "magnitude", "depth", "distance", "azimuth", "vs30", "pga"]
FEW = {"rounds": 20}


def rows(events=12, stations=10) -> dict[str, list[str]]:
    """Cells by column: 10^(0.5 M - 1.3 log10 X) cm/s^2 with a little scatter."""
    chance = np.random.default_rng(1)
    cells: dict[str, list[str]] = {name: [] for name in NAMES}
    for event in range(events):
        for station in range(stations):
            size, far = 5 + 0.15 * (event % 12), 20 + 10 * station + 3 * event
            pga = 10 ** (0.5 * size - 1.3 * np.log10(far) + chance.normal(0, 0.1))
            values = (f"q{event}", f"S{station}", size, 12, far, (37 * event + 11 * station) % 360, 300, pga)
            for name, value in zip(NAMES, values, strict=True):
                cells[name].append(value if isinstance(value, str) else f"{value:.4f}")
    return cells


def written(folder, cells, mark=",", **named) -> str:
    """A CSV; `named` gives columns other headings."""
    lines = [mark.join(named.get(name, name) for name in cells)]
    lines += [mark.join(row) for row in zip(*cells.values(), strict=True)]
    path = folder / "flat.csv"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def trained(table: Flatfile, method=MotionModel, **given):
    return Train(
        method=Method(method, {"target": "pga", **(FEW if method is MotionModel else {}), **given})
    ).apply(table)


def without(cells, *names):
    return {name: column for name, column in cells.items() if name not in names}


# Columns and units ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["event", "station"])
def test_a_column_that_is_needed_is_named(tmp_path, name):
    with pytest.raises(Unsuitable, match=f"no column names the {name}"):
        read_flatfile(written(tmp_path, without(rows(), name)))


@pytest.mark.parametrize("method", [MotionModel, Attenuation])
def test_names_that_nobody_knows_are_told(tmp_path, method):
    flat = read_flatfile(written(tmp_path, rows(), pga="acc", vs30="ground"))
    with pytest.raises(Unsuitable, match="no row has a value of `pga`") as caught:
        trained(flat, method)
    assert caught.value.notes == ("columns that are not of every flat-file: ground, acc",)


def test_a_line_of_unknown_names_is_no_heading(tmp_path):
    with pytest.raises(Unsuitable, match="no line names its columns"):
        read_flatfile(written(tmp_path, {"quake": ["a"], "where": ["b"]}))


def test_a_relation_needs_distances_and_trees_say_that_they_do_without(tmp_path):
    flat = read_flatfile(written(tmp_path, without(rows(), "distance")))
    with pytest.raises(Unsuitable, match="no row has a value of `distance`"):
        trained(flat, Attenuation)
    with pytest.warns(UserWarning, match="no row has a `distance`: the model knows nothing of it"):
        model = trained(flat)
    with pytest.raises(Unsuitable, match="knows nothing of the distance"):
        MotionCurves().apply(model)
    assert "azimuth" in Importance(times=1).apply(flat, model=model).frame["feature"].to_list()


@pytest.mark.parametrize(
    ("heading", "said"),
    [("pga [s]", "is in s, which is no unit of Acceleration"), ("pga [gals]", "names no unit that is known")],
)
def test_a_wrong_unit_is_refused(tmp_path, heading, said):
    with pytest.raises(Unsuitable, match=said):
        read_flatfile(written(tmp_path, rows(), pga=heading))


def test_of_an_acceleration_g_is_gravity(tmp_path):
    cells = rows()
    cells["pga"] = [f"{float(cell) / 980.665:.8f}" for cell in cells["pga"]]
    found = read_flatfile(written(tmp_path, cells, pga="PGA [g]")).frame["pga"].to_numpy()
    assert found == pytest.approx([float(cell) for cell in rows()["pga"]], rel=1e-4)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_distances_in_metres_without_a_unit_are_refused(tmp_path, ending):
    cells = rows()
    cells["distance"] = [f"{1000 * float(cell):.1f}" for cell in cells["distance"]]
    path = written(tmp_path, cells)
    if ending == "parquet":
        path = parquet(tmp_path, cells)
    with pytest.raises(Unsuitable, match="have a distance that is not from 0 to 20100 km"):
        read_flatfile(path)


# Numbers ----------------------------------------------------------------------------------------


def test_magnitudes_as_text_are_refused_and_some_left_out(tmp_path):
    cells = rows()
    cells["magnitude"] = [f"Mw {cell}" for cell in cells["magnitude"]]
    with pytest.raises(Unsuitable, match="none of its lines can be read") as caught:
        read_flatfile(written(tmp_path, cells))
    assert "`Mw 5.0000` is no number (magnitude)" in caught.value.notes[0]
    cells["magnitude"][10:] = rows()["magnitude"][10:]
    with pytest.warns(UserWarning, match="10 lines are left out: line 2: `Mw 5.0000` is no number"):
        assert len(read_flatfile(written(tmp_path, cells))) == 110


def test_semicolons_are_read_and_decimal_commas_told(tmp_path):
    plain = read_flatfile(written(tmp_path, rows())).frame
    assert read_flatfile(written(tmp_path, rows(), ";")).frame.equals(plain)
    commas = {name: [cell.replace(".", ",") for cell in column] for name, column in rows().items()}
    with pytest.raises(Unsuitable) as caught:
        read_flatfile(written(tmp_path, commas, ";"))
    assert "`5,0000` has a decimal comma: write a point (magnitude)" in caught.value.notes[0]


def test_an_event_without_magnitude_teaches_nothing_and_is_not_predicted(tmp_path):
    cells = rows()
    cells["magnitude"][:10] = [""] * 10
    flat = read_flatfile(written(tmp_path, cells))
    relation = trained(flat, Attenuation)
    assert relation.weights.trained["examples"] == 110
    frame = relation(flat).frame
    assert frame["predicted"][:10].null_count() == 10
    assert frame["out_of_domain"].is_not_null().all()
    assert EventTerms().apply(relation(flat)).frame["number"].sum() == 110
    assert trained(flat)(flat).frame["out_of_domain"][:10].to_list() == [1.0] * 10


@pytest.mark.parametrize("method", [MotionModel, Attenuation])
def test_without_any_magnitude(tmp_path, method):
    flat = read_flatfile(written(tmp_path, without(rows(), "magnitude")))
    if method is Attenuation:
        with pytest.raises(Unsuitable, match="no row has a value of `magnitude`"):
            trained(flat, method)
        return
    with pytest.warns(UserWarning, match="no row has a `magnitude`: the model knows nothing of it"):
        assert np.isfinite(trained(flat)(flat).frame["predicted"].to_numpy()).all()


# Rows -------------------------------------------------------------------------------------------


def test_rows_that_come_twice_count_once_and_may_not_differ(tmp_path):
    cells = rows()
    twice = {name: column + column[:5] for name, column in cells.items()}
    with pytest.warns(UserWarning, match="5 rows come twice, and count once"):
        assert len(read_flatfile(written(tmp_path, twice))) == 120
    twice["pga"][-1] = "999"
    with (
        pytest.raises(Unsuitable, match="two rows are of q0, S4, and they differ"),
        pytest.warns(UserWarning, match="4 rows come twice"),
    ):
        read_flatfile(written(tmp_path, twice))


@pytest.mark.parametrize("method", [MotionModel, Attenuation])
def test_an_empty_table_is_called_so(tmp_path, method):
    flat = read_flatfile(written(tmp_path, {name: [] for name in NAMES}))
    with pytest.raises(Unsuitable, match="the flat-file is empty"):
        trained(flat, method)


def test_one_event_has_no_deviation_between_events(tmp_path):
    flat = read_flatfile(written(tmp_path, rows(events=1, stations=60)))
    with pytest.warns(UserWarning, match="all rows are of one event: how events differ cannot be learnt"):
        relation = trained(flat, Attenuation)
    terms = EventTerms().apply(relation(flat)).frame
    assert terms["between"].to_list() == [None]
    assert terms["within"][0] == pytest.approx(0.1, rel=0.3)
    with pytest.warns(UserWarning, match="all rows are of one event"):
        trees = trained(flat)
    found = trees(flat).frame["residual"].to_numpy()
    assert 0.05 < found.std() < 0.15
    assert len(Importance(times=1).apply(flat, model=trees)) == len(trees.weights.about["features"])
    curve = MotionCurves(distances={"low": 20e3, "high": 500e3}).apply(trees).frame["predicted"].to_numpy()
    assert np.isfinite(curve).all()


def test_events_of_one_magnitude_tell_nothing_of_others(tmp_path):
    cells = rows()
    cells["magnitude"] = ["6.0"] * 120
    with pytest.warns(UserWarning, match="all rows are of magnitude 6"):
        trained(read_flatfile(written(tmp_path, cells)), Attenuation)


def test_one_station_is_a_site_of_its_own(tmp_path):
    flat = read_flatfile(written(tmp_path, rows(events=60, stations=1)))
    relation = trained(flat, Attenuation)
    assert EventTerms(of="station").apply(relation(flat)).frame["name"].to_list() == [".S0"]
    trees = trained(flat)
    assert "stations" not in trees.weights.about
    assert trees(flat).frame["residual"].std() < 0.2


def test_a_row_alone_is_too_few_for_any_model(tmp_path):
    flat = read_flatfile(written(tmp_path, {name: column[:1] for name, column in rows().items()}))
    with pytest.raises(Unsuitable, match="1 row is too few for a tree"):
        trained(flat)
    with pytest.raises(Unsuitable, match="needs eight rows"):
        trained(flat, Attenuation)


# Parquet ----------------------------------------------------------------------------------------


def parquet(folder, cells) -> str:
    path = folder / "flat.parquet"
    numbers = [name for name in cells if name not in ("event", "station")]
    pl.DataFrame(cells).with_columns(pl.col(numbers).cast(pl.Float64)).write_parquet(path)
    return str(path)


def test_a_parquet_without_units_is_in_those_of_flat_files(tmp_path):
    flat = read_flatfile(parquet(tmp_path, rows()))
    assert flat.columns["pga"].unit == "cm/s^2"
    same = read_flatfile(written(tmp_path, rows())).frame
    assert flat.frame.select(NAMES).equals(same.select(NAMES))
    assert trained(flat, Attenuation).weights.trained["examples"] == 120


def test_a_parquet_that_lacks_what_is_needed_is_refused(tmp_path):
    with pytest.raises(Unsuitable, match="no column names the station"):
        read_flatfile(parquet(tmp_path, without(rows(), "station")))


def test_a_row_of_a_parquet_that_cannot_be_is_left_out(tmp_path):
    cells = rows()
    cells["magnitude"][0] = "-99"
    with pytest.warns(UserWarning, match="1 row has values that cannot be"):
        assert len(read_flatfile(parquet(tmp_path, cells))) == 119


# As programs ------------------------------------------------------------------------------------


def test_faults_stand_where_they_are_in_the_program(tmp_path):
    path = written(tmp_path, without(rows(), "pga"))
    with pytest.raises(Faults, match="no row has a value of `pga`"), warnings.catch_warnings():
        seisdsl.run(f'read-flatfile "{path}" | train (attenuation target=pga) | motion-curves\n')
    with pytest.raises(Faults, match="the flat-file has no residuals"):
        seisdsl.run(f'read-flatfile "{path}" | event-terms\n')
