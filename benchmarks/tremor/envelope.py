"""What the conventional detector, `envelope-correlation`, finds: tremor, two at once, and earthquakes too.

    python benchmarks/tremor/envelope.py [--seeds 3] [--events 20] [--hours 1] [--out FILE]

Two minutes of modulated noise in noise at the stations of S-net around it, travel times wrong by 0.5 s
and gains by 0.25 (natural logarithm); SNR is the root mean square of the waves over that of the noise at
the median of the 20 nearest stations. Then hours of simulated records with earthquakes and no tremor.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _shown import about
from torch import Tensor

from seisdsl.data.scenes import BEGIN, Scene, simulated
from seisdsl.data.stations import Station, network
from seisdsl.data.table import Catalog
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.language.types import TimeRange
from seisdsl.methods.locate.grid import to_degrees, to_local
from seisdsl.methods.locate.travel_times import gradient
from seisdsl.operators.tremor.envelope_correlation import EnvelopeCorrelation

RATE = 20.0
SECONDS, BEGINS, LASTS = 600, 240.0, 120.0
LATE, GAIN = 0.5, 0.25
Q, SPEED = 200.0, 3.5
SNRS = (3.0, 1.0, 0.7, 0.5)
STATIONS = network("S-net")
PLACES = torch.tensor([(s.latitude, s.longitude, -s.elevation / 1000) for s in STATIONS], dtype=torch.float64)
Place = tuple[float, float]


def local_to(place: Place, latitude: Tensor, longitude: Tensor) -> Tensor:
    return to_local(latitude, longitude, torch.tensor(place, dtype=torch.float64))


def around(places: list[Place], many: int) -> list[int]:
    """The stations nearest to any of them, so many for each."""
    found: set[int] = set()
    for place in places:
        away = local_to(place, PLACES[:, 0], PLACES[:, 1]).norm(dim=1)
        found |= set(away.argsort()[:many].tolist())
    return sorted(found)


def modulation(chance: np.random.Generator, count: int) -> np.ndarray:
    knots = np.concatenate([[0.0], np.abs(chance.normal(0, 1, round(LASTS / 10))) + 0.1, [0.0]])
    shape = np.interp(np.arange(count), np.linspace(0, count, len(knots)), knots)
    return np.asarray(shape / np.sqrt((shape**2).mean()))


def recorded(places: list[Place], snr: float, chance: np.random.Generator, many: int = 20) -> Waves:
    own = around(places, many)
    stations: list[Station] = [STATIONS[n] for n in own]
    samples = chance.normal(size=(len(own), 3, round(SECONDS * RATE)))
    count = round(LASTS * RATE)
    for place in places:
        depth = float(np.clip(chance.normal(15, 5), 5, 30))
        across = local_to(place, PLACES[own, 0], PLACES[own, 1]).norm(dim=1)
        travel = gradient(across, torch.full_like(across, depth), PLACES[own, 2], surface=3.1, growth=0.02)
        away = torch.hypot(across, depth - PLACES[own, 2]).numpy()
        size = np.exp(-math.pi * 4 / (Q * SPEED) * away) / away * np.exp(chance.normal(0, GAIN, len(own)))
        size *= snr / np.median(np.sort(size)[::-1][:many])
        shape = modulation(chance, count)
        for row, delay in enumerate(travel.numpy() + chance.normal(0, LATE, len(own))):
            first = round((BEGINS + delay) * RATE)
            samples[row, :, first : first + count] += chance.normal(size=(3, count)) * shape * size[row]
    channels = tuple(
        Channel(s.network, s.station, "", "SH" + part, s.latitude, s.longitude, s.elevation)
        for s in stations
        for part in "ZNE"
    )
    values = torch.from_numpy(samples).flatten(0, 1).float()
    return Waves(values, torch.ones_like(values, dtype=torch.bool), RATE, BEGIN, channels, simulated=True)


def somewhere(chance: np.random.Generator) -> Place:
    near = STATIONS[chance.integers(len(STATIONS))]
    north, east = chance.normal(0, 10, 2) / 111.2
    return near.latitude + north, near.longitude + east / math.cos(math.radians(near.latitude))


def beside(place: Place, distance: float, chance: np.random.Generator) -> Place:
    """A place so far away that stations are near to it too."""
    while True:
        turn = chance.uniform(0, 2 * math.pi)
        way = torch.tensor([distance * math.cos(turn), distance * math.sin(turn)], dtype=torch.float64)
        other: Place = tuple(to_degrees(way, torch.tensor(place, dtype=torch.float64)).tolist())
        if float(local_to(other, PLACES[:, 0], PLACES[:, 1]).norm(dim=1).min()) < 15:
            return other


def judged(found: Catalog, places: list[Place], near: float = 20.0) -> tuple[list[float], int]:
    """Error (km) of each true place that is found, and how many rows are of none or told again."""
    rows = found.frame.select("latitude", "longitude").rows()
    away = [[float(local_to(place, *map(torch.tensor, row)).norm()) for row in rows] for place in places]
    best = [min(values) for values in away if values and min(values) <= near]
    return best, len(rows) - len(best)


def tremor(sources: int, snr: float, events: int, seeds: int) -> dict[str, Any]:
    errors: list[float] = []
    extra = both = unscreened = 0
    for seed in range(seeds):
        for number in range(events):
            chance = np.random.default_rng([seed, number, round(100 * snr), sources])
            places = [somewhere(chance)]
            if sources == 2:
                places.append(beside(places[0], 120.0, chance))
            waves = recorded(places, snr, chance)
            found, others = judged(EnvelopeCorrelation().apply(waves), places)
            errors += found
            extra += others
            both += len(found) == sources
            alone, _ = judged(EnvelopeCorrelation(shortest=0.0).apply(waves), places)
            unscreened += len(alone) == sources
    chance = np.random.default_rng(0)
    drawn = [np.median(chance.choice(errors, len(errors))) for _ in range(500)] if errors else [math.nan]
    return {
        "median_km": float(np.median(errors)) if errors else None,
        "median_interval": [float(edge) for edge in np.quantile(drawn, [0.025, 0.975])],
        "p90_km": float(np.quantile(errors, 0.9)) if errors else None,
        "all_found": both / (events * seeds), "all_found_however_short": unscreened / (events * seeds),
        "rows_of_none": extra, "records": events * seeds,
    }  # fmt: skip


def quakes(hours: float, seeds: int) -> dict[str, Any]:
    """Rows that simulated earthquakes give, an hour, by what screens them."""
    screens = {"no screening": 0.0, "at least 20 s long": 20.0, "and no known earthquake": 20.0}
    told = dict.fromkeys(screens, 0)
    real = 0
    seconds = 0.0
    for seed in range(seeds):
        scene = Scene(tuple(STATIONS), 25.0, 100 + seed, per_hour=60.0)
        span = TimeRange(BEGIN, BEGIN + round(hours * 3600 * NS))
        waves, true = simulated(scene, span), scene(span)
        real += len(true)
        for name, shortest in screens.items():
            beside = {"earthquakes": true} if name.startswith("and") else {}
            began = time.perf_counter()
            told[name] += len(EnvelopeCorrelation(shortest=shortest).apply(waves, **beside))
            seconds += time.perf_counter() - began
    per_hour = {name: count / (hours * seeds) for name, count in told.items()}
    return {
        "earthquakes_per_hour": real / (hours * seeds), "rows_per_hour": per_hour,
        "seconds_per_hour_of_150_stations": seconds / (hours * seeds * len(screens)),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--events", type=int, default=20)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    figures: dict[str, Any] = {**about(), "seeds": given.seeds, "stations_of_a_source": 20}
    for sources in (1, 2):
        for snr in SNRS:
            name = f"{sources} at once, SNR {snr:g}" if sources > 1 else f"one source, SNR {snr:g}"
            figures[name] = tremor(sources, snr, given.events, given.seeds)
            print(name, figures[name], flush=True)
    figures["earthquakes alone"] = quakes(given.hours, given.seeds)
    print("earthquakes alone", figures["earthquakes alone"], flush=True)
    if given.out:
        given.out.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
