"""Tables of travel times, worked out once and looked up where and as often as they are needed.

What is kept is not the time but the time over the straight distance, a mean slowness: it is smooth
at the station too, where times have a cone, so that a coarse table tells times to milliseconds.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import uuid
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seisdsl.compiled import cache_folder
from seisdsl.data.velocity import PublishedTimes, VelocityModel
from seisdsl.methods.locate.eikonal import eikonal
from seisdsl.methods.locate.travel_times import layered

STEP = 1.0  # km, in depth and distance
HIGHEST, LOWEST = -3, 8  # km below sea level: stations from mountains to the trench
DEEPEST, FARTHEST = 80, 300  # km
VERSION = 1
Axis = np.ndarray[tuple[Any, ...], np.dtype[Any]]


@dataclass(frozen=True)
class TravelTimes:
    """Mean slownesses (s/km) of one phase, [station's depth, source's depth, distance], `STEP` km apart."""

    slowness: Tensor

    def to(self, device: torch.device) -> TravelTimes:
        return TravelTimes(self.slowness.to(device))

    def __call__(self, distance: Tensor, depth: Tensor, station: Tensor) -> Tensor:
        """Seconds, between points of the table linearly in slowness; distances and depths in km.

        Beyond the farthest distance and the table's depths the slowness is that at its edge.
        """
        values = self.slowness
        _, depths, distances = values.shape
        whole, part = [], []
        for place, size in zip((station - HIGHEST, depth - HIGHEST, distance), values.shape, strict=True):
            inside = (place / STEP).clamp(0, size - 1)
            low = inside.detach().floor().clamp(max=size - 2)
            whole.append(low.long())
            part.append((inside - low).to(values.dtype))
        flat = values.flatten()
        base = (whole[0] * depths + whole[1]) * distances + whole[2]
        mean: Tensor | float = 0.0
        for corner in range(8):
            up, down, out = corner >> 2, corner >> 1 & 1, corner & 1
            weight = _share(part[0], up) * _share(part[1], down) * _share(part[2], out)
            mean = mean + weight * flat[base + (up * depths + down) * distances + out]
        straight = (distance**2 + (depth - station) ** 2 + 1e-12).sqrt()
        return mean * straight


def _share(part: Tensor, upper: int) -> Tensor:
    return part if upper else 1 - part


@lru_cache(maxsize=8)
def table_of(model: VelocityModel, phase: str) -> TravelTimes:
    """The table of a model: kept in the cache folder, since the eikonal equation takes seconds."""
    told = repr((VERSION, model.depth, model.speeds(phase), STEP, HIGHEST, LOWEST, DEEPEST, FARTHEST))
    path = cache_folder() / "travel-times" / f"{hashlib.sha256(told.encode()).hexdigest()[:20]}.npy"
    with suppress(OSError, ValueError):
        found = torch.from_numpy(np.load(path, allow_pickle=False))
        if found.shape == (LOWEST - HIGHEST + 1, DEEPEST - HIGHEST + 1, FARTHEST + 1):
            return TravelTimes(found)
    made = _over_straight(_times(model, phase))
    with suppress(OSError):
        _keep(path, made)
    return TravelTimes(made)


def published_table(given: PublishedTimes, phase: str) -> TravelTimes:
    """A published table, which tells times to sea level, carried to stations above it and below.

    By the vertical slowness that the ray has there: of the ray parameter, which is how fast times grow
    with distance, and of the slowness of each depth, which is how they grow with depth right above.
    """
    from scipy.interpolate import RectBivariateSpline

    if phase not in given.times:
        raise ValueError(f"the table tells no times of {phase}")
    known = np.array(given.times[phase])
    spline = RectBivariateSpline(
        given.depth, given.distance, known, kx=min(3, len(given.depth) - 1), ky=3, s=0
    )
    depth = np.clip(_depths(), given.depth[0], given.depth[-1])
    distance = np.clip(_distances(), 0, given.distance[-1])
    time, ray = spline(depth, distance), spline(depth, distance, dy=1)
    levels = np.arange(HIGHEST, LOWEST + 1) * STEP
    slowness = spline(np.clip(levels, 0, None), np.array([0.0]), dx=1)[:, 0]
    upright = np.sqrt(np.clip(slowness[:, None, None] ** 2 - ray**2, 0, None))
    legs = np.zeros((len(levels), *time.shape))
    zero = -HIGHEST
    legs[zero + 1 :] = np.cumsum((upright[zero:-1] + upright[zero + 1 :]) / 2 * STEP, axis=0)
    legs[:zero] = -np.arange(zero, 0, -1)[:, None, None] * STEP * upright[zero]
    return TravelTimes(_over_straight(torch.from_numpy(time[None] - legs)))


def _depths() -> Axis:
    return np.arange(HIGHEST, DEEPEST + 1, dtype=np.float64) * STEP


def _distances() -> Axis:
    return np.arange(FARTHEST + 1, dtype=np.float64) * STEP


def _times(model: VelocityModel, phase: str) -> Tensor:
    speeds = model.speeds(phase)
    if model.layered(phase):
        depth, distance, station = (
            torch.from_numpy(values)
            for values in (_depths(), _distances(), np.arange(HIGHEST, LOWEST + 1) * STEP)
        )
        tops, values = zip(*_layers(model.depth, speeds), strict=True)
        made = [
            layered(distance, depth[:, None], level, torch.tensor(tops), torch.tensor(values))
            for level in station.double()
        ]
        return torch.stack(made)
    slowness = torch.from_numpy(1 / np.interp(_depths(), model.depth, speeds))
    sources = torch.arange(LOWEST - HIGHEST + 1)
    return eikonal(slowness, sources, FARTHEST + 1, STEP)


def _layers(depth: tuple[float, ...], speeds: tuple[float, ...]) -> list[tuple[float, float]]:
    """Top and speed of each layer."""
    rows = list(zip(depth, speeds, strict=True))
    changes = [(top, speed) for (_, above), (top, speed) in itertools.pairwise(rows) if speed != above]
    return [rows[0], *changes]


def _over_straight(times: Tensor) -> Tensor:
    """Times over straight distances; at the station itself what is next to it says."""
    depth, distance = torch.from_numpy(_depths()), torch.from_numpy(_distances())
    station = torch.arange(HIGHEST, LOWEST + 1).double() * STEP
    straight = torch.hypot(depth[:, None] - station[:, None, None], distance.expand(len(depth), -1))
    slowness = times / straight.clamp(min=1e-9)
    level = torch.arange(len(station))
    slowness[level, level, 0] = slowness[level, level, 1]
    return slowness.clamp(min=1e-3).float()


def _keep(path: Path, values: Tensor) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with beside.open("wb") as file:
            np.save(file, values.numpy())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
