"""A network's simulated waves over a time."""

from __future__ import annotations

import torch

from seisdsl.data.grid import Grid
from seisdsl.data.scenes import Scene
from seisdsl.data.waves import Channel, Waves
from seisdsl.language.types import TimeRange
from seisdsl.methods.simulate import seismograms, swarms
from seisdsl.methods.simulate.events import earthquakes, tremors
from seisdsl.methods.simulate.faults import disturb
from seisdsl.methods.simulate.hearing import hearing
from seisdsl.methods.simulate.noise import noise
from seisdsl.methods.simulate.nuisances import nuisances
from seisdsl.methods.simulate.stations import network_of


def simulated_waves(scene: Scene, time: TimeRange, device: torch.device) -> Waves:
    """The waves of a scene. Whatever time is asked for, a sample at one instant is the same."""
    grid = Grid(scene.rate)
    first, last = grid.numbers(time)
    network = network_of(scene, device)
    samples = noise(scene.seed, network.names, scene.rate, first, last - first, device, network.ground)
    for quake in earthquakes(scene, time):
        seismograms.record(quake, network, samples, first)
    for tremor in tremors(scene, time):
        swarms.record(tremor, network, hearing(tremor, network).audible, samples, first)
    for nuisance in nuisances(scene, time):
        nuisance.record(network, samples, first)
    mask = torch.ones_like(samples, dtype=torch.bool)
    if scene.noise == "rough":
        disturb(network, samples, mask, first)
    return Waves(
        samples.flatten(0, 1),
        mask.flatten(0, 1),
        rate=scene.rate,
        start=grid.time(first),
        channels=tuple(
            Channel(s.network, s.station, "", code, s.latitude, s.longitude, s.elevation)
            for s in scene.stations
            for code in scene.codes
        ),
        unit="m/s",
        simulated=True,
        scene=scene,
    )
