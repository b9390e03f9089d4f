"""How well slow slip is found in daily positions: simulated, and in Cascadia.

    python benchmarks/displacement/slow_slip.py [--seeds 6] [--out FILE]

Simulated: the demonstration of Yano and Kano (six sites, 730 days, an event each 30 days), F1 within five
days. Baselines by Akaike's criterion have the best of their half windows and thresholds on the same
records. Event-free records of ten years with white and with flicker noise count false events. The solver
is held against scipy's bounded least squares of the dual, and timed on 39 sites by ten years. Real, with
SEISDSL_TEST_DATA set: iGPS residuals against the catalogue of a published network, 2007 to 2011; false
alarms in the same residuals with their days shuffled, and with sites shifted in time against each other.
"""

from __future__ import annotations

import argparse
import glob
import json
import math
import os
import re
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _shown import about, interval
from scipy.optimize import lsq_linear

from seisdsl.data.series import Series
from seisdsl.data.series_read import of_sites, read_positions
from seisdsl.data.series_sheet import Named
from seisdsl.language.types import TimeRange
from seisdsl.methods.displacement.cleaning import peaks
from seisdsl.methods.displacement.slow_slip import step_evidence
from seisdsl.methods.displacement.trend_filter import filtered
from seisdsl.operators.displacement._slow_slip import along
from seisdsl.operators.displacement.common_mode import CommonMode
from seisdsl.operators.displacement.simulate_displacement import SimulateDisplacement
from seisdsl.operators.displacement.slow_slip import SlowSlip

NS_A_DAY = 86_400e9
WITHIN = 5.0  # days
PLATE = math.radians(305)
AMPLITUDES = (0.0010, 0.0015, 0.0030)
WAYS = {
    "stack, penalty 12, confidence 0.95": SlowSlip(azimuth=PLATE),
    "stack, penalty 12, confidence 0.9": SlowSlip(azimuth=PLATE, confidence=0.9),
    "stack, penalty 12, confidence 0.8": SlowSlip(azimuth=PLATE, confidence=0.8),
    "stack, penalty 8, confidence 0.95": SlowSlip(azimuth=PLATE, penalty=8.0),
    "stack, penalty by Cp": SlowSlip(azimuth=PLATE, penalty=None),
    "master, 1 mm (published form)": SlowSlip(azimuth=PLATE, by="master", penalty=1.0, confidence=0.9),
    "master, 3 mm (published form)": SlowSlip(azimuth=PLATE, by="master", penalty=3.0, confidence=0.9),
    "master, 6 mm (published form)": SlowSlip(azimuth=PLATE, by="master", penalty=6.0, confidence=0.9),
    "group, penalty 6": SlowSlip(azimuth=PLATE, by="group", penalty=6.0),
    "group, penalty 12": SlowSlip(azimuth=PLATE, by="group", penalty=12.0),
}
BEST_STEPS = SlowSlip(azimuth=PLATE, by="aic", half=22 * 86400.0, threshold=6.0)  # at 1.5 mm
HALVES = (8, 12, 16, 22)  # days, of the baseline
THRESHOLDS = tuple(float(t) for t in np.arange(0, 61, 2))
VOTES = tuple(float(t) for t in np.arange(-1, 20, 1))


def pairs(found: np.ndarray, true: np.ndarray) -> list[float]:
    """Differences in days of pairs within the tolerance, each event once."""
    free, differences = set(range(len(found))), []
    for day in true:
        near = [(abs(found[at] - day), at) for at in free if abs(found[at] - day) <= WITHIN]
        if near:
            difference, at = min(near)
            free.discard(at)
            differences.append(float(difference))
    return differences


def f1(found: np.ndarray, true: np.ndarray) -> float:
    return 2 * len(pairs(found, true)) / max(len(found) + len(true), 1)


def days(table: Any) -> np.ndarray:
    return np.asarray(table.frame["time"].dt.timestamp("ns").to_numpy() / NS_A_DAY)


def simulated(seeds: int) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for slip in AMPLITUDES:
        records = [
            SimulateDisplacement(scene="slow-slip", slip=slip, seed=100 + seed).apply()
            for seed in range(seeds)
        ]
        truths = [days(record.truth) for record in records]
        own: dict[str, Any] = {}
        for name, how in WAYS.items():
            found = [days(how.apply(record)) for record in records]
            errors = [d for one, true in zip(found, truths, strict=True) for d in pairs(one, true)]
            own[name] = {
                "f1": interval([f1(one, true) for one, true in zip(found, truths, strict=True)]),
                "found": sum(map(len, found)),
                "right": len(errors),
                "onset_median_days": round(float(np.median(errors)), 2) if errors else None,
            }
        own["AIC, added over sites (best)"], own["AIC, vote of 3 sites (best)"] = baselines(records, truths)
        rows[f"{slip * 1000:g} mm"] = {"events": sum(map(len, truths)), **own}
    return rows


def baselines(records: list[Series], truths: list[np.ndarray]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Steps by Akaike's criterion, at the half window and threshold that are best on these records."""
    stack: tuple[float, Any] = (-1.0, None)
    vote: tuple[float, Any] = (-1.0, None)
    for half in HALVES:
        evidence = []
        for record in records:
            first, values, mask = along(SlowSlip(azimuth=PLATE), record)
            evidence.append((first, step_evidence(values, mask, half)))
        for thresholds, best in ((THRESHOLDS, "stack"), (VOTES, "vote")):
            for threshold in thresholds:
                found = []
                for first, fall in evidence:
                    if best == "stack":
                        at = peaks(fall.sum(0, keepdim=True), threshold, half // 2)[0]
                    else:
                        own = torch.nn.functional.max_pool1d(
                            peaks(fall, threshold, half // 2)[:, None].double(), 7, 1, 3
                        )
                        votes = own[:, 0].sum(0)
                        at = (votes >= 3) & peaks((votes + 1e-6 * fall.sum(0))[None], 2.5, half // 2)[0]
                    found.append(at.nonzero()[:, 0].double().numpy() + first + 0.5)
                scores = [f1(one, true) for one, true in zip(found, truths, strict=True)]
                told = {
                    "f1": interval(scores),
                    "half": half,
                    "threshold": threshold,
                    "found": sum(map(len, found)),
                }
                if best == "stack" and np.mean(scores) > stack[0]:
                    stack = (float(np.mean(scores)), told)
                if best == "vote" and np.mean(scores) > vote[0]:
                    vote = (float(np.mean(scores)), told)
    return stack[1], vote[1]


def event_free(seeds: int) -> dict[str, Any]:
    """False events a year in ten years without any."""
    rows = {}
    for name, flicker in (("white 0.7 mm", 0.0), ("white 0.7 mm, flicker 1 mm yr^-1/4", 0.001),
                          ("white 0.7 mm, flicker 2 mm yr^-1/4", 0.002)):  # fmt: skip
        counts: list[float] = []
        steps: list[float] = []
        for seed in range(seeds):
            record = SimulateDisplacement(
                scene="slow-slip", slip=0.0, flicker=flicker, seed=500 + seed,
                time=TimeRange(14_610 * 86_400_000_000_000, 18_262 * 86_400_000_000_000),
            ).apply()  # fmt: skip
            counts.append(len(SlowSlip(azimuth=PLATE).apply(record)) / 10)
            steps.append(len(BEST_STEPS.apply(record)) / 10)
        rows[name] = {
            "false_a_year": interval(counts),
            "target": 0.5,
            "of AIC, added, threshold 6": interval(steps),
        }
    return rows


def solver() -> dict[str, Any]:
    chance = torch.Generator().manual_seed(1)
    length = 250
    values = torch.randn(3, length, generator=chance, dtype=torch.float64)
    values += 0.3 * torch.randn(3, length, generator=chance, dtype=torch.float64).cumsum(1)
    bend = np.zeros((length - 2, length))
    for row in range(length - 2):
        bend[row, row : row + 3] = (1, -2, 1)
    worst = 0.0
    for penalty in (1.0, 12.0, 100.0):
        trend, _ = filtered(values, torch.ones_like(values), torch.tensor([penalty]))
        for row in range(3):
            dual = lsq_linear(
                bend.T, values[row].numpy(), (-penalty, penalty), method="bvls", tol=1e-14, max_iter=4000
            )
            worst = max(
                worst, float(np.abs(trend[row].numpy() - values[row].numpy() + bend.T @ dual.x).max())
            )
    many = torch.randn(39, 3652, generator=chance, dtype=torch.float64)
    many += 0.05 * torch.randn(39, 3652, generator=chance, dtype=torch.float64).cumsum(1)
    begun, worked = time.perf_counter(), time.process_time()
    filtered(many, torch.ones_like(many), torch.tensor([12.0]))
    filter_time = {
        "wall_s": round(time.perf_counter() - begun, 1),
        "cpu_s": round(time.process_time() - worked, 1),
    }
    record = SimulateDisplacement(
        scene="slow-slip", stations=39, flicker=0.001, seed=3, every=90 * 86400.0,
        time=TimeRange(14_610 * 86_400_000_000_000, 18_262 * 86_400_000_000_000),
    ).apply()  # fmt: skip
    begun, worked = time.perf_counter(), time.process_time()
    SlowSlip(azimuth=PLATE).apply(record)
    whole = {"wall_s": round(time.perf_counter() - begun, 1), "cpu_s": round(time.process_time() - worked, 1)}
    return {"largest_difference_from_scipy": worst, "filter_39_sites_10_years": filter_time,
            "slow_slip_39_sites_10_years": whole}  # fmt: skip


# Cascadia ---------------------------------------------------------------------------------------------

NORTH = 60.0  # degrees: where the Juan de Fuca plate carries the coast of Washington
GROUPS = {
    "ALBH, SEAT": ("ALBH", "SEAT"),
    "P377, P429": ("P377", "P429"),
    "P156, P330, P332": ("P156", "P330", "P332"),
}
LATITUDES = {"ALBH, SEAT": (46.5, 49.5), "P377, P429": (43.0, 46.5), "P156, P330, P332": (39.0, 42.5)}
REAL = SlowSlip(azimuth=math.radians(NORTH), half=60 * 86400.0, merge=7 * 86400.0)
SLACK = 10  # days around an event of the catalogue


def cascadia(root: Path) -> dict[str, Any]:
    series = read_positions(sorted(glob.glob(str(root / "cascadia-residuals" / "*.neu"))), Named())
    span = TimeRange(_day(2006, 7, 1), _day(2012, 7, 1))
    whole = series.within(span)
    return {
        "as published": _groups(whole, root),
        "common mode of all 20 sites taken away": _groups(CommonMode().apply(whole), root),
    }


def _groups(series: Series, root: Path) -> dict[str, Any]:
    names = [site.name for site in series.sites]
    rows: dict[str, Any] = {}
    for group, members in GROUPS.items():
        own = of_sites(series, [names.index(name) for name in members])
        low, high = LATITUDES[group]
        found = REAL.apply(own)
        at = days(found)
        inside = at[(at > _day(2007, 1, 1) / NS_A_DAY) & (at < _day(2012, 1, 1) / NS_A_DAY)]
        row: dict[str, Any] = {
            "events_a_year": round(len(inside) / 5, 2),
            "onsets": [str(np.datetime64(round(day), "D")) for day in inside],
            "amplitudes_mm": [round(v, 1) for v in found.frame["amplitude"].to_list()],
        }
        for threshold in ("0.5", "0.07"):
            events = catalogue(
                root / "slow-slip-catalogue" / f"cascadia_threshold_{threshold}.txt", low, high
            )
            large = [event for event in events if event[2] >= 6.3]
            row[f"catalogue at {threshold}"] = {
                "events": len(events),
                "found": sum(_seen(event, inside) for event in events),
                "Mw 6.3 or more": len(large),
                "of them found": sum(_seen(event, inside) for event in large),
                "detections at an event": sum(any(_seen(event, [day]) for event in events) for day in inside),
            }
        row["false alarms a year, days shuffled"] = interval([_shuffled(own, seed) for seed in range(10)])
        row["a year, sites shifted in time"] = interval([_shifted(own, seed) for seed in range(10)])
        rows[group] = row
    return rows


def _day(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - date(1970, 1, 1)).days * 86_400_000_000_000


def catalogue(path: Path, low: float, high: float) -> list[tuple[float, float, float]]:
    """First day, last day and magnitude of the events between two latitudes."""
    rows = []
    for line in path.read_text().splitlines()[1:]:
        cells = [cell.strip() for cell in line.split(",")]
        first, last = (_day(*map(int, re.findall(r"\d+", cell))) / NS_A_DAY for cell in cells[1:3])
        if low <= float(cells[4]) <= high:
            rows.append((first, last, float(cells[6])))
    return rows


def _seen(event: tuple[float, float, float], found: Any) -> bool:
    return any(event[0] - SLACK <= day <= event[1] + SLACK for day in found)


def _shuffled(series: Series, seed: int) -> float:
    """Events a year where the days of each site come in any order."""
    chance = torch.Generator().manual_seed(seed)
    values = series.values.clone()
    for row in range(len(series.sites)):
        there = series.mask[row].all(0)
        known = values[row][:, there]
        values[row][:, there] = known[:, torch.randperm(known.shape[1], generator=chance)]
    return len(REAL.apply(replace(series, values=values))) / _years(series)


def _shifted(series: Series, seed: int) -> float:
    """Events a year where each site is moved in time by itself, end to beginning."""
    chance = torch.Generator().manual_seed(seed)
    values, mask = series.values.clone(), series.mask.clone()
    for row in range(1, len(series.sites)):
        by = int(torch.randint(120, len(series.epochs) - 120, (1,), generator=chance))
        values[row], mask[row] = values[row].roll(by, -1), mask[row].roll(by, -1)
    return len(REAL.apply(replace(series, values=values, mask=mask))) / _years(series)


def _years(series: Series) -> float:
    return series.span.seconds / 31_557_600 if series.span else 1.0


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--seeds", type=int, default=6)
    words.add_argument("--only", choices=("simulated", "event-free", "solver", "real"))
    words.add_argument("--out", type=Path)
    given = words.parse_args()
    result: dict[str, Any] = {"about": about(), "seeds": given.seeds}
    parts = {
        "simulated": lambda: simulated(given.seeds),
        "event-free": lambda: event_free(given.seeds),
        "solver": solver,
    }
    root = os.environ.get("SEISDSL_TEST_DATA")
    if root:
        parts["real"] = lambda: cascadia(Path(root) / "gnss")
    for name, part in parts.items():
        if given.only in (None, name):
            result[name] = part()
            print(json.dumps({name: result[name]}, indent=1), flush=True)
    if given.out:
        given.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
