"""How much the stations around each event of a catalogue moved while its S waves passed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seisdsl.data.table import Catalog, Table
from seisdsl.data.velocity import PublishedTimes, read_velocity
from seisdsl.data.waves import NS, Waves
from seisdsl.operator import Unsuitable
from seisdsl.operators.locate._network import Network, network_of

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.methods.locate.tables import TravelTimes
    from seisdsl.methods.tremor.band_power import BandPower
    from seisdsl.methods.tremor.energy import Motion

SLOWEST = 2.0  # km/s: no S wave takes longer
SPARE = 30.0  # seconds: what is read around the noise
BAND_WIDTH = 0.5  # Hz, in which attenuation counts as one
AT_ONCE = 32  # events


@dataclass(frozen=True)
class Events:
    """Rows of a catalogue that have a place, in the order of the catalogue."""

    rows: list[int]
    time: Tensor  # ns
    place: Tensor  # latitude, longitude, depth (km)
    duration: Tensor  # s, NaN where it is not known


@dataclass(frozen=True)
class Looked:
    """How to look: times in seconds, distances in km, the band in Hz."""

    band: tuple[float, float]
    velocity: str
    depth: float
    margin: float
    longest: float
    far: float

    @property
    def around(self) -> tuple[float, float]:
        """Seconds of record before and after an event's time that it is judged from."""
        from seisdsl.methods.tremor.energy import AROUND, BLOCK, SETTLES

        noise = AROUND + 2 * BLOCK + SPARE + self.margin
        return noise, noise + SETTLES + self.longest + self.far / SLOWEST


@dataclass(frozen=True)
class Measured:
    """Of some events: motion at every station, hypocentral distances (km) and durations (s)."""

    rows: list[int]
    motion: Motion
    distance: Tensor
    duration: Tensor


def events_of(catalog: Catalog, waves: Waves, depth: float) -> tuple[Catalog, Events]:
    """The part of a catalogue within the time of the waves, and its events."""
    import torch

    catalog = catalog.within(waves.span)
    frame = catalog.frame
    columns = ("latitude", "longitude", "depth", *(["duration"] if "duration" in frame.columns else []))
    rows, times, places, durations = [], [], [], []
    told = zip(frame["time"].to_physical(), *(frame[name] for name in columns), strict=True)
    for number, (time, latitude, longitude, below, *rest) in enumerate(told):
        if latitude is not None and longitude is not None:
            rows.append(number)
            times.append(time)
            places.append((latitude, longitude, depth if below is None else below))
            lasts = rest[0] if rest and rest[0] is not None else math.nan
            durations.append(lasts if lasts > 0 else math.nan)
    device = waves.samples.device
    return catalog, Events(
        rows,
        torch.tensor(times, dtype=torch.int64, device=device),
        torch.tensor(places, dtype=torch.float64, device=device).view(-1, 3),
        torch.tensor(durations, dtype=torch.float64, device=device),
    )


def measured(
    events: Events, waves: Waves, sites: Table | None, how: Looked
) -> tuple[Network, BandPower, Iterator[Measured]]:
    """The network, its motion in bands, and what is found of some events at a time."""
    from seisdsl.methods.tremor.band_power import band_power

    check(waves, how.band)
    network = network_of(waves, sites)
    power = band_power(
        waves.samples, waves.mask, waves.rate, waves.start, network.traces,
        band=how.band, bands=bands_of(how.band),
    )  # fmt: skip
    return network, power, _measured(events, network, power, how)


def bands_of(band: tuple[float, float]) -> int:
    return max(1, round((band[1] - band[0]) / BAND_WIDTH))


def check(waves: Waves, band: tuple[float, float]) -> None:
    if waves.unit != "m/s":
        raise Unsuitable(
            f"energy comes from ground velocity in m/s, and these waves are in {waves.unit}",
            repair="put `remove-response` before it",
        )
    if band[1] > 0.5 * waves.rate:
        raise Unsuitable(
            f"waves sampled at {waves.rate:g} Hz hold nothing up to {band[1]:g} Hz",
            parameter="band",
            repair=f"write band={band[0]:g}..{0.4 * waves.rate:g}Hz",
        )


def _measured(events: Events, network: Network, power: BandPower, how: Looked) -> Iterator[Measured]:
    import torch

    from seisdsl.methods.locate.grid import to_local
    from seisdsl.methods.tremor.energy import half_width, motion

    device = power.values.device
    times = times_of(how.velocity).to(device)
    stations = network.places.to(device)
    for at in range(0, len(events.rows), AT_ONCE):
        some = slice(at, at + AT_ONCE)
        place, time = events.place[some], events.time[some]
        local = to_local(stations[:, 0], stations[:, 1], place[:, None, :2])
        across = local.norm(dim=-1)
        depth, level = place[:, 2:].expand_as(across), stations[:, 2].expand_as(across)
        distance = torch.hypot(across, depth - level)
        arrivals = times(across, depth.clamp(min=0), level).double()
        duration, late = events.duration[some].clone(), torch.zeros_like(events.duration[some])
        unknown = duration.isnan()
        if bool(unknown.any()):
            used = (distance <= how.far)[unknown]
            first, last = half_width(
                power, arrivals[unknown] / power.step * round(power.step), time[unknown], int(how.longest), used
            )  # fmt: skip
            late[unknown], duration[unknown] = first, last - first
        begin = time[:, None] + ((arrivals + late[:, None] - how.margin) * NS).long()
        end = time[:, None] + ((arrivals + (late + duration)[:, None] + how.margin) * NS).long()
        fits = (duration > 0) & (duration <= how.longest)
        end = torch.where(fits[:, None], end, begin)
        yield Measured(events.rows[some], motion(power, begin, end), distance, duration)


def times_of(velocity: str) -> TravelTimes:
    """Of S waves."""
    from seisdsl.methods.locate.tables import published_table, table_of

    model = read_velocity(velocity)
    if not isinstance(model, PublishedTimes):
        return table_of(model, "S")
    if "S" not in model.times:
        raise Unsuitable(f"`{velocity}` tells no times of S", parameter="velocity")
    return published_table(model, "S")


def nothing(values: Any) -> list[float | None]:
    """Numbers as a column takes them: none where there is none."""
    return [value if math.isfinite(value) else None for value in values.tolist()]
