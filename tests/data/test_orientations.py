from __future__ import annotations

import csv
import math
import os
from pathlib import Path

import numpy as np
import pytest

from seisdsl.data.orientations import Axis, axes_of, listed, orientations, pointing
from seisdsl.data.stations import network
from seisdsl.data.waves import Channel
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

DAY = 86_400_000_000_000
XYZ = [Channel("N", "S1N01", "", f"V{letter}") for letter in "XYZ"]


def matrix(axes) -> np.ndarray:
    """East, north, up from the components."""
    return np.linalg.inv([axis.direction for axis in axes])


def written(tmp_path, text: str) -> str:
    path = tmp_path / "orientations.csv"
    path.write_text(text)
    return str(path)


def test_every_station_of_s_net_is_known():
    known = orientations(None)
    assert {(s.network, s.station) for s in network("S-net")} == set(known)
    for axes in known.values():
        assert [axis.channel for axis in axes] == ["X", "Y", "Z"]
        turning = matrix(axes)
        np.testing.assert_allclose(turning @ turning.T, np.eye(3), atol=2e-4)  # four digits
        assert np.linalg.det(turning) == pytest.approx(1, abs=2e-4)  # right-handed


def test_x_lies_along_the_cable():
    """Which the sea floor keeps from being steep: were the table read by columns, it would be."""
    along = np.array([axes[0].direction for axes in orientations(None).values()])
    assert np.abs(along[:, 2]).max() < 0.3
    assert np.abs(along[:, 2]).mean() < 0.06


def test_the_table_is_the_published_one():
    data = os.environ.get("SEISDSL_TEST_DATA")
    if not data:
        pytest.skip("SEISDSL_TEST_DATA is not set: the published table is not here")
    with open(Path(data) / "stations" / "snet_orientation_Takagi2019_SRL_Table_S2.csv") as file:
        rows = {row[0]: np.array(row[1:], float).reshape(3, 3) for row in list(csv.reader(file))[1:]}
    ours = {".".join(key): matrix(axes) for key, axes in orientations(None).items()}
    assert ours.keys() == rows.keys()
    for name, rotation in rows.items():
        np.testing.assert_allclose(ours[name], rotation, atol=1e-12)


@pytest.mark.parametrize(
    ("azimuth", "dip", "direction"),
    [
        (0, 0, (0, 1, 0)),
        (90, 0, (1, 0, 0)),
        (0, -90, (0, 0, 1)),
        (123, 90, (0, 0, -1)),
        (225, -45, (-0.5, -0.5, math.sqrt(0.5))),
    ],
)
def test_azimuths_turn_clockwise_and_dips_point_down(azimuth, dip, direction):
    assert pointing(azimuth, dip) == pytest.approx(direction, abs=1e-12)


def test_an_azimuth_says_all_of_a_levelled_sensor(tmp_path):
    known = orientations(written(tmp_path, "network,station,azimuth\nXX,A,30\n"))
    one, two, three = known["XX", "A"]
    assert (one.channel, two.channel, three.channel) == ("1", "2", "Z")
    assert one.direction == pytest.approx((0.5, math.sqrt(0.75), 0))
    assert two.direction == pytest.approx((math.sqrt(0.75), -0.5, 0))
    assert three.direction == (0, 0, 1)


def test_an_azimuth_and_a_dip_for_each_component(tmp_path):
    columns = "network, station, location, channel, azimuth, dip, since"
    text = f"# of a borehole\n{columns}\nXX, A, 00, BH1, 90, -90, 2016-01-01\n"
    assert orientations(written(tmp_path, text))["XX", "A"] == [
        Axis("XX", "A", "00", "BH1", pointing(90, -90), since=16801 * DAY)
    ]


def test_an_axis_is_of_the_channels_it_names():
    of_any = Axis("N", "S1N01", None, "X", (1, 0, 0))
    assert [of_any.of(channel) for channel in XYZ] == [True, False, False]
    assert Axis("N", "S1N01", "", "VX", (1, 0, 0)).of(XYZ[0])
    assert not Axis("N", "S1N01", "00", "X", (1, 0, 0)).of(XYZ[0])
    assert not Axis("N", "S1N01", None, "AX", (1, 0, 0)).of(XYZ[0])
    assert len(listed(orientations(None), XYZ)) == 3


def test_a_time_is_parted_where_an_axis_changes():
    axes = [
        Axis("N", "S1N01", None, "X", (1, 0, 0), until=5 * DAY),
        Axis("N", "S1N01", None, "X", (0, 1, 0), since=5 * DAY),
        Axis("N", "S1N01", None, "Y", (0, 0, 1), until=8 * DAY),
    ]
    parts = list(axes_of(XYZ[:2], axes, TimeRange(0, 10 * DAY)))
    assert [(time.start // DAY, time.end // DAY) for time, _ in parts] == [(0, 5), (5, 8), (8, 10)]
    assert [found for _, found in parts] == [[axes[0], axes[2]], [axes[1], axes[2]], [axes[1], None]]


def test_two_orientations_at_one_time_are_refused():
    axes = [
        Axis("N", "S1N01", None, "X", (1, 0, 0), until=5 * DAY),
        Axis("N", "S1N01", None, "X", (0, 1, 0), since=4 * DAY),
    ]
    with pytest.raises(Unsuitable, match=r"N\.S1N01\.\.VX has two orientations at one time") as refusal:
        list(axes_of(XYZ, axes, TimeRange(0, 10 * DAY)))
    assert "to 1970-01-06" in refusal.value.notes[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("station,azimuth\nA,3\n", "none of the three forms"),
        ("network,station,dip\nXX,A,3\n", "none of the three forms"),
        ("network,station,azimuth\nXX,A,3\nXX,B,north\n", "row 3: azimuth is no number"),
        ("network,station,azimuth\nXX,A,nan\n", "row 2: azimuth is no number"),
        ("network,station,azimuth,components\nXX,A,3,XY\n", "row 2: three components were expected"),
        ("network,station,azimuth,since\nXX,A,3,2016-13-01\n", "row 2: there is no month 13"),
        ("network,station,azimuth,dip\nXX,A,3,0\n", "row 2: it names no channel"),
        ("network,station,e1,e2,e3,n1,n2,n3,u1,u2,u3\nXX,A,1,0,0,0,1,0,0,0.5,1\n", "at right angles"),
        ("network,station,azimuth\n", "it lists none"),
        ("<html/>", "it is not StationXML"),
    ],
)
def test_tables_that_are_none_are_refused(text, said, tmp_path):
    with pytest.raises(Unsuitable, match=said) as refusal:
        orientations(written(tmp_path, text))
    assert refusal.value.parameter == "orientations"
    assert "orientations.csv" in refusal.value.message


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "orientations.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unsuitable, match="neither text"):
        orientations(str(path))
    with pytest.raises(Unsuitable, match=r"cannot read orientations from .*missing\.csv"):
        orientations(str(tmp_path / "missing.csv"))
