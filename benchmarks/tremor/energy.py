"""How well the energy of tremor is told from records of a network, and the gains of its sites.

    python benchmarks/tremor/energy.py [--seeds 3] [--events 40] [--out FILE]

Simulated tremor under the middle of S-net (Q of 250, t* of 0.03 s under each station, site gains with a
standard deviation of 0.6 in natural logarithm), against the energy it radiates from 2 to 8 Hz: with all
of that known, with Q wrong by half, also where stations may tell that it is, without site gains, with
resonances under the stations, and with places and durations as `envelope-correlation` tells them.
Errors in log10; slopes are of single stations' errors with distance; 95 % intervals by bootstrap over
events. Site gains from earthquakes beside those of the ground.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from _shown import about

from seisdsl.data.scenes import BEGIN, Planned, Scene
from seisdsl.data.stations import network
from seisdsl.data.table import Catalog, Table
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import TimeRange
from seisdsl.methods.simulate.events import tremors
from seisdsl.methods.simulate.network import simulated_waves
from seisdsl.methods.simulate.paths import QUALITY, SITE_DELAY
from seisdsl.methods.simulate.stations import sites_of
from seisdsl.methods.tremor.energy import Medium, energies
from seisdsl.operators.tremor._measured import Looked, events_of, measured
from seisdsl.operators.tremor.energy import Energy
from seisdsl.operators.tremor.envelope_correlation import EnvelopeCorrelation
from seisdsl.operators.tremor.site_terms import SiteTerms
from seisdsl.operators.tremor.station_amplitudes import StationAmplitudes

STATIONS = tuple(s for s in network("S-net") if s.station.startswith(("S2N", "S3N", "S4N")))
BAND = (2.0, 8.0)
EVERY = 450  # seconds between events
MAGNITUDES = {"tremor": (0.5, 1.5), "earthquake": (2.0, 3.5)}
LENGTHS = (30.0, 200.0)
KNOWN = Medium(q=QUALITY, kappa=SITE_DELAY)
LARGE, SMALL = Medium(q=1.5 * QUALITY, kappa=SITE_DELAY), Medium(q=0.5 * QUALITY, kappa=SITE_DELAY)
THIRD = Medium(q=QUALITY / 1.5, kappa=SITE_DELAY)
WHOLE = "as envelope-correlation tells it"


@dataclass(frozen=True)
class How:
    medium: Medium
    q_spread: float = 0.0
    sites: bool = True
    ground: Any = "rock"


CASES = {
    "all known": How(KNOWN),
    "all known, Q may be wrong": How(KNOWN, 0.3),
    "Q times 1.5": How(LARGE),
    "Q times 1.5, may be wrong": How(LARGE, 0.3),
    "Q over 1.5": How(THIRD),
    "Q over 1.5, may be wrong": How(THIRD, 0.3),
    "Q over 2": How(SMALL),
    "Q over 2, may be wrong": How(SMALL, 0.3),
    "t* not known": How(Medium(q=QUALITY)),
    "site gains not known": How(KNOWN, sites=False),
    "no site gains, Q may be wrong": How(KNOWN, 0.3, sites=False),
    "soft ground, gains known": How(KNOWN, ground="soft"),
}


@dataclass
class Case:
    errors: list[float] = field(default_factory=list)
    stations: list[tuple[float, float, int]] = field(default_factory=list)  # distance, error, event
    asked: int = 0


def scene(seed: int, events: int, kind: Any, ground: Any = "rock") -> tuple[Waves, Scene]:
    rng = np.random.default_rng([seed, len(kind)])
    planned = []
    for number in range(events):
        near = STATIONS[rng.integers(len(STATIONS))]
        planned.append(
            Planned(
                kind, BEGIN + round((300 + EVERY * number + rng.uniform(0, 60)) * NS),
                near.latitude + rng.normal(0, 0.15), near.longitude + rng.normal(0, 0.15),
                rng.uniform(8e3, 25e3), rng.uniform(*MAGNITUDES[kind]), rng.uniform(*LENGTHS),
            )
        )  # fmt: skip
    made = Scene(STATIONS, rate=25.0, seed=100 + seed, per_hour=0.0, planned=tuple(planned), ground=ground)
    span = TimeRange(BEGIN, BEGIN + (600 + EVERY * events) * NS)
    return simulated_waves(made, span, torch.device("cpu")), made


def radiated(made: Scene, span: TimeRange) -> dict[int, float]:
    """Energy in the band by origin: Brune's spectrum of each earthquake of a swarm, integrated."""
    found = {}
    for tremor in tremors(made, span):
        swarm = tremor.swarm
        weight = swarm.moment**2 * swarm.corner**3
        low, high = (np.arctan(x) - x / (1 + x**2) for x in (edge / swarm.corner for edge in BAND))
        share = (high - low) / (math.pi / 2)
        found[tremor.origin] = tremor.energy * float((share * weight).sum() / weight.sum())
    return found


def sites(made: Scene) -> Table:
    """What the ground does to horizontal motion, which is most of what S waves are."""
    return Table(sites_of(made).frame.with_columns(gain_log=pl.col("horizontal").log()))


def judge(waves: Waves, made: Scene, cases: dict[str, Case], number: int) -> None:
    truth, origins = waves.truth, radiated(made, waves.span)
    assert truth is not None
    wanted = np.array([origins[t] for t in truth.frame["time"].to_physical()])
    _, events = events_of(truth, waves, 15.0)
    of, power, found = measured(events, waves, sites(made), Looked(BAND, "forearc", 15.0, 30.0, 600.0, 80.0))
    parts = list(found)
    for name, how in CASES.items():
        case = cases.setdefault(name, Case())
        for part in parts if how.ground == made.ground else []:
            told = energies(
                part.motion, 1000 * part.distance, of.sites * how.sites, power.middles, how.medium,
                near=10e3, far=80e3, fewest=3, q_spread=how.q_spread,
            )  # fmt: skip
            target = torch.from_numpy(np.log10(wanted[part.rows]))
            case.asked += len(part.rows)
            off = told.log10 - target
            case.errors += off[off.isfinite()].tolist()
            each = told.each - target[:, None]
            for row, station in each.isfinite().nonzero().tolist():
                event = 1000 * number + part.rows[row]
                case.stations.append((float(part.distance[row, station]), float(each[row, station]), event))
    if made.ground == "rock":
        whole(waves, truth, wanted, sites(made), cases.setdefault(WHOLE, Case()))


def whole(waves: Waves, truth: Catalog, wanted: Any, known: Table, case: Case) -> None:
    """Energies of a catalogue that was itself found in the waves."""
    found = EnvelopeCorrelation().apply(waves)
    told = Energy(q=QUALITY, kappa=SITE_DELAY).apply(found, waves=waves, sites=known)
    begins = truth.frame["time"].to_physical().to_numpy() / NS
    ends = begins + truth.frame["duration"].to_numpy()
    case.asked += len(truth)
    for at, energy in told.frame.select(pl.col("time").to_physical(), "energy").drop_nulls().rows():
        inside = (begins - 10 <= at / NS) & (at / NS <= ends + 10)
        if inside.any():
            case.errors.append(math.log10(energy / wanted[inside.argmax()]))


def gains(seed: int, events: int, ground: str) -> dict[str, Any]:
    waves, made = scene(seed, events, "earthquake", ground)
    assert waves.truth is not None
    found = SiteTerms().apply(StationAmplitudes(q=QUALITY).apply(waves.truth, waves=waves))
    both = sites(made).frame.join(found.frame, on=["network", "station"], suffix="_found")
    off = (both["gain_log_found"] - both["gain_log"]).to_numpy()
    return {
        "ground": ground, "stations": len(both), "true_spread": float(both["gain_log"].to_numpy().std()),
        "rms_error": float(off.std()), "told_error": float(both["error"].to_numpy().mean()),
    }  # fmt: skip


def summary(case: Case, rng: np.random.Generator) -> dict[str, Any]:
    errors = np.array(case.errors)
    drawn = rng.choice(errors, (1000, len(errors)))
    row: dict[str, Any] = {
        "bias": float(np.median(errors)),
        "median": float(np.median(np.abs(errors))),
        "median_interval": np.quantile(np.median(np.abs(drawn), 1), [0.025, 0.975]).tolist(),
        "p90": float(np.quantile(np.abs(errors), 0.9)),
        "events": len(errors), "of": case.asked,
    }  # fmt: skip
    if case.stations:
        distance, error, event = (np.array(column) for column in zip(*case.stations, strict=True))
        numbers = np.unique(event)
        rows = {one: np.flatnonzero(event == one) for one in numbers}
        slopes = []
        for _ in range(300):
            some = np.concatenate([rows[one] for one in rng.choice(numbers, len(numbers))])
            slopes.append(np.polyfit(distance[some], error[some], 1)[0])
        row["slope_per_km"] = float(np.polyfit(distance, error, 1)[0])
        row["slope_interval"] = np.quantile(slopes, [0.025, 0.975]).tolist()
    return row


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--events", type=int, default=40)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    began = time.perf_counter()
    figures: dict[str, Any] = {**about(), "seeds": given.seeds, "events_per_seed": given.events}
    cases: dict[str, Case] = {}
    for seed in range(given.seeds):
        for ground in ("rock", "soft"):
            judge(*scene(seed, given.events, "tremor", ground), cases, seed)
    rng = np.random.default_rng(0)
    for name, case in cases.items():
        figures[name] = summary(case, rng)
        told = " ".join(f"{k} {v:.3g}" for k, v in figures[name].items() if not isinstance(v, list))
        print(f"{name:33}{told}", flush=True)
    figures["site gains"] = [
        gains(seed, given.events, ground) for seed in range(given.seeds) for ground in ("rock", "soft")
    ]
    for row in figures["site gains"]:
        print("site gains:", " ".join(f"{k} {v:.3g}" for k, v in row.items() if k != "ground"), row["ground"])
    figures["seconds"] = time.perf_counter() - began
    if given.out:
        given.out.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
