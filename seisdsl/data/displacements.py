"""Simulated series of displacement, with what is true of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seisdsl.data.positions import DAY
from seisdsl.data.series import Series, Site
from seisdsl.data.table import Catalog
from seisdsl.language.types import TEXT, TimeRange, Type
from seisdsl.language.types import ColumnOf as Column

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from seisdsl.methods.simulate.displacement import Noise

BOXES = {"postseismic": (35.2, 41.4, 139.2, 141.9), "slow-slip": (32.8, 33.9, 132.1, 133.6)}
STEADY = 20.0  # millimetres a year, along the motion of the plate
DECAY = 5.0  # days, of a slow slip event
CHANGED = 0.4  # of the time has gone when rates change
TRUE = {
    "duration": Column(Type("Time"), "s"),
    "amplitude": Column(Type("Length"), "mm", "how far sites move"),
    "site": Column(TEXT, help="the site that it is at, where it is at one"),
}


@dataclass(frozen=True)
class Plan:
    scene: str
    stations: int
    time: TimeRange
    seed: int
    noise: Noise
    slip: float
    every: float
    reach: float
    azimuth: float
    change: float
    patch: int
    antennas: float
    missing: float


def simulated(plan: Plan) -> Series:
    import torch

    from seisdsl.methods.simulate import displacement as made

    chance = torch.Generator().manual_seed(plan.seed)
    place = made.scattered(plan.stations, chance, BOXES[plan.scene])
    first = -(-plan.time.start // DAY) * DAY + DAY // 2
    epochs = torch.arange(first, plan.time.end, DAY)
    days = torch.arange(len(epochs), dtype=torch.float64)
    rows: list[dict[str, Any]] = []
    if plan.scene == "postseismic":
        values = made.postseismic(place, days, chance) + made.seasons(len(place), days, chance)
        rows.append(
            {"time": first, "kind": "earthquake", "latitude": made.SOURCE[0], "longitude": made.SOURCE[1]}
        )
    else:
        values = _slipping(plan, place, days, first, chance, rows)
    values = values + made.noise(len(place), len(days), plan.noise, chance)
    sites = tuple(
        Site(f"G{number:03d}", round(float(lat), 4), round(float(lon), 4))
        for number, (lat, lon) in enumerate(place.tolist(), start=1)
    )
    if plan.change:
        values += _changed(plan, place, days, first, rows)
    if plan.antennas:
        values += _antennas(plan, sites, days, first, chance, rows)
    mask = torch.rand(len(sites), 1, len(days), generator=chance) >= plan.missing
    mask = mask.expand(values.shape).contiguous()
    sigma = torch.tensor([1.0, 1.0, 3.0], dtype=torch.float64)[:, None] * max(plan.noise.white, 0.1)
    return Series(
        values.masked_fill(~mask, 0),
        mask,
        epochs,
        sites,
        sigma=sigma.expand(values.shape).masked_fill(~mask, 0),
        simulated=True,
        truth=_true(rows),
    )


def _slipping(
    plan: Plan, place: Tensor, days: Tensor, first: int, chance: Generator, rows: list[dict[str, Any]]
) -> Tensor:
    """Steady motion that slow slip sets back, along the plate's azimuth."""
    import torch

    from seisdsl.methods.simulate import displacement as made

    onsets = torch.arange(plan.every, float(days[-1]) - plan.every / 2, plan.every, dtype=torch.float64)
    spread = torch.rand(len(onsets), 2, generator=chance, dtype=torch.float64)
    low, high = place.amin(0), place.amax(0)
    centres = low + spread * (high - low)
    back = made.slow_slip(place, days, onsets, plan.slip, DECAY, plan.reach, centres)
    along = STEADY * days / made.YEAR + back
    for onset, (latitude, longitude) in zip(onsets.tolist(), centres.tolist(), strict=True):
        where = {"latitude": latitude, "longitude": longitude} if math.isfinite(plan.reach) else {}
        time = first + round(onset * DAY)
        rows.append(
            {
                "time": time,
                "kind": "slow-slip",
                "duration": 3 * DECAY * 86400,
                "amplitude": plan.slip,
                **where,
            }
        )
    direction = torch.tensor([math.sin(plan.azimuth), math.cos(plan.azimuth), 0.0], dtype=torch.float64)
    return along[:, None] * direction[:, None]


def _changed(plan: Plan, place: Tensor, days: Tensor, first: int, rows: list[dict[str, Any]]) -> Tensor:
    """A patch of stations that are the nearest to the source begins to move west."""
    import torch

    from seisdsl.methods.simulate.displacement import YEAR, from_source

    away, _ = from_source(place)
    moved = torch.zeros(len(place), 3, 1, dtype=torch.float64)
    own = away.argsort()[: plan.patch]
    moved[own, 0] = -plan.change
    at = math.floor(CHANGED * len(days))
    where = place[own].mean(0).tolist()
    rows.append(
        {"time": first + at * DAY, "kind": "rate-change", "latitude": where[0], "longitude": where[1]}
    )
    return moved * ((days - at).clamp_min(0) / YEAR)


def _antennas(
    plan: Plan,
    sites: tuple[Site, ...],
    days: Tensor,
    first: int,
    chance: Generator,
    rows: list[dict[str, Any]],
) -> Tensor:
    """Antennas are changed at days of which nothing is said."""
    import torch

    total = torch.zeros(len(sites), 3, len(days), dtype=torch.float64)
    many = torch.poisson(torch.full((len(sites),), plan.antennas), generator=chance).int().tolist()
    for row, count in enumerate(many):
        for _ in range(count):
            at = int(torch.randint(60, max(61, len(days) - 60), (1,), generator=chance))
            size = 12 * torch.randn(3, 1, generator=chance, dtype=torch.float64)
            total[row, :, at:] += size
            reached = float(size[:2].norm())
            rows.append(
                {"time": first + at * DAY, "kind": "antenna", "site": sites[row].name, "amplitude": reached}
            )
    return total


def _true(rows: list[dict[str, Any]]) -> Catalog:
    names = {name for row in rows for name in row}
    rows = sorted(rows, key=lambda row: (row["time"], row.get("site", "")))
    columns = {name: [row.get(name) for row in rows] for name in names}
    return Catalog.of(columns, extra=TRUE, simulated=True)
