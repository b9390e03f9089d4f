"""Envelopes of tremor at stations around it, made to be located: what is known of each is exact."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seisdsl.methods.locate.envelopes import Envelopes, envelopes

RATE = 25.0
SECONDS = 300
SPEED = 3.2  # km/s
DAMPING = math.pi * 4 / (200 * SPEED)  # per km: 4 Hz, Q of 200
MOST = 13


@dataclass(frozen=True)
class Swarm:
    """One source: places are east, north and depth in km; [station, ...]."""

    stations: Tensor
    values: Tensor
    mask: Tensor
    source: Tensor
    centroid: Tensor
    scores: Tensor  # logarithms of its amplitude at the stations


def network(rng: np.random.Generator) -> Tensor:
    """25 rows of 6 stations, 35 and 30 km apart, every other row shifted by 15 km, jitter 3 km, sea floor 1-6 km."""
    row, column = np.mgrid[:25, :6].reshape(2, -1)
    place = np.stack([30.0 * column + 15 * (row % 2), 35.0 * row, rng.uniform(1, 6, 150)], 1)
    place[:, :2] += rng.normal(0, 3, (150, 2))
    return torch.from_numpy(place)


def modulation(rng: np.random.Generator) -> Tensor:
    """How the amplitude of 40 to 150 s of tremor changes, with a memory of 5 to 20 s."""
    length, memory = rng.uniform(40, 150), rng.uniform(5, 20)
    count = round(length * RATE)
    keep = math.exp(-1 / (memory * RATE))
    steps = rng.normal(0, math.sqrt(1 - keep**2), count)
    walk = np.empty(count)
    value = rng.normal()
    for number, change in enumerate(steps):
        value = keep * value + change
        walk[number] = value
    amplitude = np.abs(walk) * np.sin(np.linspace(0, math.pi, count)) ** 0.5
    return torch.from_numpy(amplitude / np.sqrt((amplitude**2).mean()))


def swarm(
    rng: np.random.Generator, snr: float, sources: int = 1, *, late: float = 0.7, site: float = 0.25
) -> list[Swarm]:
    """One record of one source or of several at once; one entry for each.

    `snr` is by how much a source raises the envelope of the group's median station while it lasts,
    over the standard deviation of the envelope of noise: 1.5 is half of the noise's amplitude.
    """
    places = network(rng)
    source = torch.tensor([rng.uniform(30, 135), rng.uniform(150, 690), np.clip(rng.normal(15, 6), 5, 35)])
    many = int(rng.integers(6, MOST + 1))
    order = (places[:, :2] - source[:2]).norm(dim=1).argsort()[:many]
    stations = places[order]
    time = np.arange(round(SECONDS * RATE)) / RATE
    samples = torch.from_numpy(rng.normal(size=(many, 3, len(time))))
    noise = _envelopes(samples)
    ratio = float((noise.values.std(1) / noise.values.mean(1)).mean())
    level = math.sqrt((1 + snr * ratio) ** 2 - 1)  # powers add up
    out = []
    for number in range(sources):
        if number:
            source = source.clone()
            turn = rng.uniform(0, 2 * math.pi)
            source[:2] += torch.tensor([math.cos(turn), math.sin(turn)]) * rng.uniform(40, 60)
        away = (stations - source).norm(dim=1)
        arrival = (away / SPEED).numpy() + rng.normal(0, late, many)
        loud = torch.exp(-DAMPING * away) / away * torch.exp(torch.from_numpy(rng.normal(0, site, many)))
        loud *= level / loud.median()
        shape = modulation(rng)
        begin = rng.uniform(60, SECONDS - 80 - len(shape) / RATE)
        for row in range(many):
            first = round((begin + arrival[row]) * RATE)
            wave = torch.from_numpy(rng.normal(size=(3, len(shape)))) * shape * loud[row]
            last = min(first + len(shape), len(time))
            samples[row, :, first:last] += wave[:, : last - first]
        weight = loud**0.7
        out.append((source, (stations * weight[:, None]).sum(0) / weight.sum(), loud.log()))
    made = _envelopes(samples)
    return [Swarm(stations, made.values, made.mask, *one) for one in out]


def _envelopes(samples: Tensor) -> Envelopes:
    traces = samples.flatten(0, 1).float()
    rows = [[3 * number + part for part in range(3)] for number in range(len(samples))]
    return envelopes(traces, torch.ones_like(traces, dtype=torch.bool), RATE, 0, rows)


def padded(swarms: list[Swarm]) -> tuple[Tensor, Tensor, Tensor]:
    """Values, mask and stations of all, as many stations each."""
    values = torch.zeros(len(swarms), MOST, swarms[0].values.shape[1], dtype=torch.float64)
    mask = torch.zeros_like(values, dtype=torch.bool)
    stations = torch.zeros(len(swarms), MOST, 3, dtype=torch.float64)
    for number, one in enumerate(swarms):
        many = len(one.stations)
        values[number, :many], mask[number, :many] = one.values, one.mask
        stations[number, :many] = one.stations
    return values, mask, stations
