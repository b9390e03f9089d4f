"""Stations as an obspy inventory, and back through StationXML."""

from __future__ import annotations

from io import BytesIO

import obspy
import torch

from seisdsl.data.inventory import inventory_of, stations_of
from seisdsl.data.stations import Station, network
from seisdsl.data.waves import Channel, Waves

DAY = 86400 * 10**9


def through_a_file(inventory):
    held = BytesIO()
    inventory.write(held, format="STATIONXML")
    held.seek(0)
    return obspy.read_inventory(held, format="STATIONXML")


def test_a_list_comes_back_with_its_epochs():
    stations = (
        Station("N", "A", 38.5, 142.0, -1500.0, DAY, 2 * DAY),
        Station("N", "A", 38.6, 142.0, -1500.0, 2 * DAY),
        Station("BW", "B", 48.0, 11.0, 500.0),
    )
    assert stations_of(through_a_file(inventory_of(stations))) == stations


def test_a_network_comes_back_whole():
    stations = network("S-net")
    assert stations_of(through_a_file(inventory_of(stations))) == stations


def test_waves_give_their_channels():
    channels = (
        Channel("N", "A", "", "EHZ", 38.5, 142.0, -1500.0),
        Channel("N", "A", "", "EHN", 38.5, 142.0, -1500.0),
        Channel("N", "B", "", "EHZ"),
    )
    waves = Waves(torch.zeros(3, 1), torch.ones(3, 1, dtype=torch.bool), 100.0, 0, channels)
    inventory = through_a_file(inventory_of(waves))
    assert inventory.get_contents()["channels"] == ["N.A..EHN", "N.A..EHZ"]
    assert inventory.get_coordinates("N.A..EHZ")["elevation"] == -1500.0
    assert inventory[0][0][0].sample_rate == 100.0
