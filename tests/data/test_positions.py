"""Daily positions from the files of GEONET, UNAVCO, Nevada, SIO and from CSV, and what is wrong with some."""

from __future__ import annotations

import glob
import math
import os
import warnings

import numpy as np
import pytest
import torch

from seisdsl.data.positions import DAY, noon
from seisdsl.data.save import files
from seisdsl.data.series_read import read_positions
from seisdsl.data.series_sheet import Named
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

DATA = os.environ.get("SEISDSL_TEST_DATA")
real = pytest.mark.skipif(not DATA, reason="SEISDSL_TEST_DATA is not set")
TENV3 = """site YYMMMDD yyyy.yyyy __MJD week d reflon _e0(m) __east(m) ____n0(m) _north(m) u0(m) ____up(m) _ant(m) sig_e(m) sig_n(m) sig_u(m) __corr_en __corr_eu __corr_nu
AAAA 11MAR10 2011.19 55630 1626 4 141.0 10 0.500000 20 0.250000 3 0.125000 0.0 0.001 0.002 0.005 0 0 0 38.0 -219.0 3.1
AAAA 11MAR12 2011.19 55632 1626 6 141.0 10 3.500000 20 -0.750000 3 0.025000 0.0 0.001 0.002 0.005 0 0 0 38.0 -219.0 3.1
"""  # noqa: E501
GEONET = """+SITE/INF
 ID            950173
 J_NAME        A
-SITE/INF
+DATA
*yyyy mm dd HH:MM:SS X (m) Y (m) Z (m) Lat. (deg.) Lon. (deg.) Height (m)
 2011 03 10 12:00:00 {0} {1} {2} 38.0 141.0 50.0
 2011 03 11 12:00:00 {3} {4} {5} 38.0 141.0 50.0
-DATA
"""
NEU = """# offset 1: -0.3 +/- 0.1 mm (2011-03-11 [2011.2])
# Reference position: N48 30 00.000 W123 15 00.000 31.5 Datum: WGS84
# Dec Yr  Yr DayOfYr   N       E       U     N sig   E sig   U sig ({unit})
2011.19 2011 069   1.00    2.00    3.00    0.10    0.20    0.30
2011.19 2011 071   1.50    2.50    3.50    0.10    0.20    0.30
"""


def written(folder, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def read(path: str, **given: str):
    unit = given.pop("unit", None)
    return read_positions([path], Named(tuple(given.items()), unit))


def csv(rows: int = 5, header: str = "date,east,north,up", step: int = 1) -> str:
    days = np.datetime64("2011-03-01") + step * np.arange(rows)
    noise = np.random.default_rng(1).normal(size=(rows, 3))
    lines = (f"{day},{e:.4f},{n:.4f},{u:.4f}" for day, (e, n, u) in zip(days, noise, strict=True))
    return "\n".join([header, *lines]) + "\n"


def test_nevada(tmp_path):
    series = read(written(tmp_path, "AAAA.tenv3", TENV3))
    assert series.values[0].tolist() == [[500.0, 3500.0], [250.0, -750.0], [125.0, 25.0]]
    assert series.epochs.tolist() == [noon(2011, 3, 10), noon(2011, 3, 12)]
    assert series.sigma[0, :, 0].tolist() == [1.0, 2.0, 5.0]
    assert (series.sites[0].name, series.sites[0].longitude) == ("AAAA", 141.0)


def test_geonet_turns_earth_centred_metres_to_east_north_and_up(tmp_path):
    """Against displacements that were turned the other way by geometry alone."""
    lat, lon = math.radians(38.0), math.radians(141.0)
    here = 6_370_000 * np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])
    up = here / np.linalg.norm(here)
    east = np.cross([0, 0, 1], up) / np.linalg.norm(np.cross([0, 0, 1], up))
    moved = here + 1.5 * east - 0.25 * np.cross(up, east) + 0.1 * up
    text = GEONET.format(*(f"{x:.6f}" for x in (*here, *moved)))
    series = read(written(tmp_path, "950173.11.pos", text))
    assert series.values[0, :, 1].numpy() == pytest.approx([1500.0, -250.0, 100.0], abs=0.01)
    assert series.sites[0].name == "950173"
    assert series.epochs[0] == noon(2011, 3, 10)


@pytest.mark.parametrize(("unit", "factor"), [("mm", 1.0), ("m", 1000.0)])
def test_sio(tmp_path, unit, factor):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        series = read(written(tmp_path, "albhCleanResid.neu", NEU.replace("{unit}", unit)))
    assert series.values[0, :, 0].tolist() == [2 * factor, 1 * factor, 3 * factor]
    assert series.sigma[0, :, 0].tolist() == pytest.approx([0.2 * factor, 0.1 * factor, 0.3 * factor])
    assert series.epochs.tolist() == [noon(2011, 3, 10), noon(2011, 3, 12)]
    assert (series.sites[0].name, series.sites[0].latitude, series.sites[0].longitude) == (
        "ALBH",
        48.5,
        -123.25,
    )
    assert [step.time for step in series.steps] == [noon(2011, 3, 11)]


def test_a_folder_of_many_becomes_one(tmp_path):
    paths = [
        written(tmp_path, "A.csv", csv(5, "date,east [mm],north [mm],up [mm]")),
        written(tmp_path, "b.tenv3", TENV3),
    ]
    series = read_positions(paths, Named())
    assert [site.name for site in series.sites] == ["A", "AAAA"]
    assert int(series.mask.sum()) == 3 * 5 + 3 * 2


def test_named_columns(tmp_path):
    text = "time,lon,lat,ver,group\n2011-03-01,1,2,3,J1\n2011-03-02,4,5,6,J1\n2011-03-01,7,8,9,J2\n"
    series = read(
        written(tmp_path, "x.csv", text), north="lon", east="lat", up="ver", site="group", unit="mm"
    )
    assert [site.name for site in series.sites] == ["J1", "J2"]
    assert series.values[0].tolist() == [[2.0, 5.0], [1.0, 4.0], [3.0, 6.0]]
    assert series.mask[1].tolist() == [[True, False]] * 3
    assert series.sites[0].latitude is None


def test_saved_series_are_read_back_exactly(tmp_path):
    from data.made import series

    given = series(simulated=True)
    for name in ("a.csv", "a.parquet"):
        for own, write in files(given, name):
            write(tmp_path / own)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            back = read(str(tmp_path / name))
        for part in ("values", "mask", "epochs", "sigma"):
            assert torch.equal(getattr(given, part), getattr(back, part)), part
        assert (back.sites, back.steps, back.components, back.simulated) == (
            given.sites, given.steps, given.components, True,
        )  # fmt: skip


# What new users bring ---------------------------------------------------------------------------------


def test_a_missing_column_is_named(tmp_path):
    path = written(tmp_path, "a.csv", csv(header="date,dx,dy,dz"))
    with pytest.raises(Unsuitable, match="no column is a displacement") as refused:
        read(path, unit="mm")
    assert any("east=" in note for note in refused.value.notes)
    with pytest.raises(Unsuitable, match="has no column `lon`"):
        read(written(tmp_path, "b.csv", csv()), north="lon", unit="mm")
    with pytest.raises(Unsuitable, match="no column names the time"):
        read(written(tmp_path, "c.csv", csv(header="number,east,north,up")), unit="mm")


def test_a_unit_is_asked_for_and_an_absurd_one_refused(tmp_path):
    path = written(tmp_path, "a.csv", csv(50))
    with pytest.raises(Unsuitable, match="nothing says in what unit"):
        read(path)
    with pytest.raises(Unsuitable, match="from one day to the next: is the unit right"):
        read(path, unit="m")
    wrong = written(tmp_path, "b.csv", csv(50, "date,east [mm],north [mm],up [mm]"))
    with pytest.raises(Unsuitable, match="says that it is in mm, and the program says cm"):
        read(wrong, unit="cm")
    small = "date,east,north,up\n" + "".join(
        f"2011-03-{day:02d},{1e-3 * (day % 3)},{1e-3 * (day % 2)},0\n" for day in range(1, 29)
    )
    with pytest.warns(UserWarning, match="less than GNSS can tell"):
        read(written(tmp_path, "c.csv", small), unit="mm")
    with pytest.raises(Unsuitable, match="is in s; displacements are read in"):
        read(written(tmp_path, "d.csv", csv(header="date,east [s],north [s],up [s]")))


def test_a_day_that_comes_twice(tmp_path):
    text = csv(5, "date,east [mm],north [mm],up [mm]")
    lines = text.splitlines()
    same = read(written(tmp_path, "a.csv", "\n".join([*lines, lines[3]]) + "\n"))
    assert int(same.mask.sum()) == 15
    with pytest.warns(UserWarning, match="1 day comes more than once.*2011-03-03"):
        other = read(written(tmp_path, "b.csv", "\n".join([*lines, "2011-03-03,9,9,9"]) + "\n"))
    assert int(other.mask.sum()) == 12
    again = TENV3 + TENV3.splitlines()[1].replace("0.500000", "0.600000") + "\n"
    with pytest.warns(UserWarning, match="lines 2 and 4 give one day differently"):
        assert len(read(written(tmp_path, "c.tenv3", again)).epochs) == 1


def test_time_zones(tmp_path):
    text = "date,east [mm],north [mm],up [mm]\n2011-03-02T09:00:00+09:00,1,2,3\n"
    assert read(written(tmp_path, "a.csv", text)).epochs.tolist() == [noon(2011, 3, 2) - DAY // 2]
    with pytest.raises(Unsuitable, match="names the time zone JST"):
        read(written(tmp_path, "b.csv", text.replace("date,", "date [JST],")))


def test_an_empty_table_and_an_empty_file(tmp_path):
    with pytest.raises(Unsuitable, match="it has no rows"):
        read(written(tmp_path, "a.csv", "date,east [mm],north [mm],up [mm]\n"))
    with pytest.raises(Unsuitable, match="it is empty"):
        read(written(tmp_path, "b.csv", ""))
    with pytest.raises(Unsuitable, match="none of its lines is a position"):
        read(written(tmp_path, "c.tenv3", TENV3.splitlines()[0] + "\n"))


def test_columns_are_no_matter_of_other_forms(tmp_path):
    with pytest.raises(Unsuitable, match="says itself what its columns are"):
        read(written(tmp_path, "a.tenv3", TENV3), east="x")


def test_sites_and_time_can_be_chosen(tmp_path):
    text = "time,site,east [mm]\n2011-03-01,J1,1\n2011-03-02,J1,2\n2011-03-02,K1,3\n"
    path = written(tmp_path, "a.csv", text)
    series = read_positions([path], Named(), ["J*"], TimeRange(noon(2011, 3, 1), noon(2011, 3, 3)))
    assert [site.name for site in series.sites] == ["J1"]
    assert series.values.tolist() == [[[2.0]]]
    with pytest.raises(Unsuitable, match="no site fits X"):
        read_positions([path], Named(), ["X"])


@real
@pytest.mark.parametrize(
    ("pattern", "sites", "epochs"),
    [
        ("formats/LHAS.tenv3", 1, 3631),
        ("formats/P156.pbo*.pos", 1, 3196),
        ("cascadia-residuals/albh*.neu", 1, 8230),
    ],
)
def test_real_files(pattern, sites, epochs):
    series = read_positions(sorted(glob.glob(f"{DATA}/gnss/{pattern}")), Named())
    assert (len(series.sites), len(series.epochs)) == (sites, epochs)
    assert series.sigma is not None
    assert series.sites[0].latitude is not None
