from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from obspy import UTCDateTime, read_inventory
from obspy.signal.rotate import rotate2zne

from seisdsl.data.orientations import orientations, pointing
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.operator import Context, Facts, Unsuitable
from seisdsl.operators.signal.rotate import Rotate

DAY = 86_400 * NS
START = 16801 * DAY  # 2016-01-01


def instrument(codes, station="S1N01", network="N", location="") -> list[Channel]:
    return [Channel(network, station, location, code, 38.0, 143.0, -2000.0) for code in codes]


def waves_of(channels, samples=None, length=400) -> Waves:
    if samples is None:
        samples = torch.randn(len(channels), length, dtype=torch.float64)
    samples = torch.as_tensor(samples)
    return Waves(samples, torch.ones(samples.shape, dtype=torch.bool), 100.0, START, tuple(channels))


@pytest.fixture
def table(tmp_path):
    def write(text: str) -> str:
        path = tmp_path / "orientations.csv"
        path.write_text(text)
        return str(path)

    return write


S_NET = instrument(["VX", "VY", "VZ"])


def test_s_net_comes_out_as_the_published_formula_says():
    waves = waves_of(S_NET)
    result = Rotate().apply(waves)
    rotation = np.array(
        [[-0.9271, 0.2858, -0.2425], [0.3748, 0.6904, -0.6188], [-0.0094, -0.6645, -0.7472]]
    )  # of S1N01
    np.testing.assert_allclose(result.samples, rotation @ waves.samples.numpy(), atol=1e-12)
    assert [channel.id for channel in result.channels] == ["N.S1N01..VE", "N.S1N01..VN", "N.S1N01..VZ"]
    assert all(channel.elevation == -2000.0 for channel in result.channels)
    energy = [float(one.samples.square().sum()) for one in (waves, result)]
    assert energy[0] == pytest.approx(energy[1], rel=1e-3)  # the table has four digits


def test_what_a_tilted_sensor_recorded_is_turned_back():
    """Known motion seen along each axis of each station."""
    motion = torch.randn(3, 50, dtype=torch.float64)
    for (network, station), axes in list(orientations(None).items())[::10]:
        seen = torch.tensor([axis.direction for axis in axes], dtype=torch.float64) @ motion
        result = Rotate().apply(waves_of(instrument(["AX", "AY", "AZ"], station, network), seen))
        torch.testing.assert_close(result.samples, motion, rtol=0, atol=1e-12)


def test_any_three_axes_come_out_as_obspy_has_them(table):
    angles = [("BH1", 30.0, 5.0), ("BH2", 110.0, -10.0), ("BHZ", 200.0, -80.0)]  # not at right angles
    rows = "".join(f"XX,A,,{code},{azimuth},{dip}\n" for code, azimuth, dip in angles)
    path = table("network,station,location,channel,azimuth,dip\n" + rows)
    waves = waves_of(instrument(["BHZ", "BH1", "BH2"], "A", "XX"))
    result = Rotate(orientations=path).apply(waves)
    seen = dict(zip(["BHZ", "BH1", "BH2"], waves.samples.numpy(), strict=True))
    up, north, east = rotate2zne(*(part for code, *way in angles for part in (seen[code], *way)))
    np.testing.assert_allclose(result.samples, [east, north, up], atol=1e-12)


def test_an_azimuth_turns_the_horizontals_only(table):
    path = table("network,station,azimuth\nXX,A,30\n")
    waves = waves_of(instrument(["BH1", "BH2", "BHZ"], "A", "XX"))
    east, north, up = Rotate(orientations=path).apply(waves).samples
    one, two, vertical = waves.samples
    cosine, sine = np.cos(np.radians(30)), np.sin(np.radians(30))
    torch.testing.assert_close(north, cosine * one - sine * two)
    torch.testing.assert_close(east, sine * one + cosine * two)
    torch.testing.assert_close(up, vertical)


def test_a_stationxml_knows_orientations(tmp_path):
    inventory = read_inventory().select(station="FUR", channel="BH?")
    for channel in inventory[0][0]:
        channel.azimuth = {"BHN": 40.0, "BHE": 130.0}.get(channel.code, channel.azimuth)
    path = tmp_path / "stations.xml"
    inventory.write(str(path), "STATIONXML")
    waves = waves_of(instrument(["BHE", "BHN", "BHZ"], "FUR", "GR"))
    result = Rotate(orientations=str(path)).apply(waves)
    directions = torch.tensor([pointing(130, 0), pointing(40, 0), (0.0, 0.0, 1.0)], dtype=torch.float64)
    torch.testing.assert_close(result.samples, directions.T @ waves.samples)
    assert [channel.code for channel in result.channels] == ["BHE", "BHN", "BHZ"]


def test_it_is_recorded_where_all_three_are():
    waves = waves_of(S_NET)
    mask = torch.ones_like(waves.mask)
    mask[0, 50:60] = mask[1, 55:80] = mask[2, 399] = False
    result = Rotate().apply(waves.with_samples(waves.samples, mask=mask))
    expected = torch.ones(400, dtype=torch.bool)
    expected[50:80] = expected[399] = False
    assert all(torch.equal(row, expected) for row in result.mask)
    assert not result.samples[~result.mask].any()


def test_an_orientation_may_change_in_the_midst(table):
    moment = UTCDateTime(ns=START + NS)
    path = table(
        "network,station,azimuth,since,until\n"
        f"XX,A,0,,{moment}\nXX,A,90,{moment},{moment + 2}\n"  # nothing is known of the last second
    )
    waves = waves_of(instrument(["BH1", "BH2", "BHZ"], "A", "XX"))
    operator = Rotate(orientations=path)
    result = operator.apply(waves)
    torch.testing.assert_close(result.samples[1, :100], waves.samples[0, :100])
    torch.testing.assert_close(result.samples[0, 100:300], waves.samples[0, 100:300])
    assert result.mask.sum(-1).tolist() == [300, 300, 300]
    parts = [operator.apply(waves.cut(left, left + 70)) for left in range(0, 280, 70)]
    joined = Waves.joined(parts)
    assert torch.equal(joined.samples, result.samples[:, :280])
    with pytest.warns(UserWarning, match="not known at this time"):
        assert operator.apply(waves.cut(300, 400)).channels == ()


def test_instruments_that_cannot_be_turned_are_left_out_and_named():
    channels = [
        *S_NET,
        *instrument(["VX", "VZ"], "S1N02"),
        *instrument(["HH1", "HH2", "HHZ"], "LAND"),
        *instrument(["HHE", "HHN", "HHZ"], "OTHER"),
        *instrument(["EHE", "EHN", "EHZ"], "S1N03"),
    ]
    waves = waves_of(channels)
    with pytest.warns(UserWarning, match="left out") as said:
        result = Rotate().apply(waves)
    (warning,) = [str(one.message) for one in said]
    assert "N.S1N02..V: there is only VX and VZ" in warning
    assert "N.LAND..HH: its orientation is not known" in warning
    assert [f"{channel.station}.{channel.code}" for channel in result.channels] == [
        "OTHER.HHE", "OTHER.HHN", "OTHER.HHZ",
        "S1N03.EHE", "S1N03.EHN", "S1N03.EHZ",
        "S1N01.VE", "S1N01.VN", "S1N01.VZ",
    ]  # fmt: skip
    torch.testing.assert_close(result.samples[:6], waves.samples[8:])


def test_nothing_known_at_all_is_refused():
    with pytest.raises(Unsuitable, match="none of these instruments has a known orientation") as refusal:
        Rotate().apply(waves_of(instrument(["HH1", "HH2", "HHZ"], "LAND")))
    assert refusal.value.repair.startswith("orientations=")


def test_three_components_in_a_plane_are_left_out(table):
    """As in a StationXML where every dip was left at zero."""
    path = table("network,station,channel,azimuth,dip\nXX,A,BH1,0,0\nXX,A,BH2,90,0\nXX,A,BHZ,0,0\n")
    with pytest.warns(UserWarning, match=r"XX\.A\.\.BH: its three components lie in one plane"):
        result = Rotate(orientations=path).apply(waves_of(instrument(["BH1", "BH2", "BHZ"], "A", "XX")))
    assert result.channels == ()


def test_components_sampled_at_other_times_are_not_summed():
    waves = waves_of(S_NET)
    late = (((0, 1_000_000),), ((0, 1_000_000), (200, 4_000_000)), ((0, 1_500_000),))
    result = Rotate().apply(replace(waves, lateness=late))
    assert result.mask[:, :200].all()
    assert not result.mask[:, 200:].any()
    assert result.lateness == (late[0],) * 3


def test_it_needs_nothing_around_and_takes_nothing():
    assert Rotate().context(Facts()) == Context()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Rotate().apply(waves_of([], torch.zeros(0, 5))).samples.shape == (0, 5)
        assert Rotate().apply(waves_of(S_NET, torch.zeros(3, 0))).samples.shape == (3, 0)
    assert Rotate(orientations="nowhere.csv").files().missing == ("nowhere.csv",)
    assert Rotate(orientations="nowhere.csv").fingerprint() == {}
