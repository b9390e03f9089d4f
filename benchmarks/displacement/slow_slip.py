"""How well slow slip is found in daily positions: simulated, and in Cascadia.

    python benchmarks/displacement/slow_slip.py [--seeds 6] [--out FILE]

Simulated: the demonstration of Yano and Kano (six sites, 730 days, an event each 30 days), F1 within five
days. Baselines by Akaike's criterion have the best of their half windows and thresholds on the same
records, and once more the threshold that gives half a false event a year of white noise. The oracle knows
the shape of an event and looks for it on all days, at that rate too. `anew` are twenty records on which
nothing was tried out. Event-free records of ten years with white and with flicker noise count false
events. The solver is held against scipy's bounded least squares of the dual, and timed on 39 sites by ten
years. Real, with SEISDSL_TEST_DATA set: iGPS residuals against the catalogue of a published network, 2007
to 2011; false alarms in the same residuals with their days shuffled, and with sites shifted in time
against each other, which leaves each site its events.
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
from seisdsl.methods.displacement.slow_slip import stacked, step_evidence
from seisdsl.methods.displacement.trend_filter import filtered
from seisdsl.operators.displacement._slow_slip import along
from seisdsl.operators.displacement.common_mode import CommonMode
from seisdsl.operators.displacement.simulate_displacement import SimulateDisplacement
from seisdsl.operators.displacement.slow_slip import SlowSlip

NS_A_DAY = 86_400e9
WITHIN = 5.0  # days
PLATE = math.radians(305)
AMPLITUDES = (0.0010, 0.0015, 0.0030)
HALF_A_YEAR = math.exp(-0.5 * 60 / 365.25)  # confidence at half a false event a year
STEP = SlowSlip(azimuth=PLATE, confidence=0.5)
SLOPE = SlowSlip(azimuth=PLATE, confidence=0.5, test="slope")
LEVELS = {"0.95": 0.95, "0.5 false a year": HALF_A_YEAR, "0.8": 0.8}
PUBLISHED = {
    f"master, {penalty:g} mm (published form)": SlowSlip(
        azimuth=PLATE, by="master", test="slope", penalty=penalty, confidence=0.9
    )
    for penalty in (1.0, 3.0, 6.0)
}
WAYS = {
    "step": (STEP, LEVELS),
    "step, penalty 5": (SlowSlip(azimuth=PLATE, confidence=0.5, penalty=5.0), LEVELS),
    "step, penalty by Cp": (SlowSlip(azimuth=PLATE, confidence=0.5, penalty=None, rounds=8), LEVELS),
    "step, group": (SlowSlip(azimuth=PLATE, confidence=0.5, by="group", rounds=8), LEVELS),
    "slope": (SLOPE, LEVELS),
    **{name: (how, {"0.9": 0.9}) for name, how in PUBLISHED.items()},
}
BEST_STEPS = SlowSlip(azimuth=PLATE, by="aic", half=22 * 86400.0, threshold=6.0)  # at 1.5 mm
HALVES = (8, 12, 16, 22)  # days, of the baseline
THRESHOLDS = tuple(float(t) for t in np.arange(0, 61, 2))
VOTES = tuple(float(t) for t in np.arange(-1, 20, 1))
ORACLE = 25  # days before and after the onset
TEN_YEARS = TimeRange(14_610 * 86_400_000_000_000, 18_262 * 86_400_000_000_000)


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
    return onsets(table.frame)


def onsets(frame: Any) -> np.ndarray:
    return np.asarray(frame["time"].dt.timestamp("ns").to_numpy() / NS_A_DAY)


def simulated(seeds: range, amplitudes: tuple[float, ...], ways: dict[str, Any]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    limits = thresholds([positions(0.0, 500 + seed, 0.0) for seed in range(6)])
    for slip in amplitudes:
        records = [SimulateDisplacement(scene="slow-slip", slip=slip, seed=seed).apply() for seed in seeds]
        truths = [days(record.truth) for record in records]
        own: dict[str, Any] = {}
        for name, (how, levels) in ways.items():
            tables = [how.apply(record).frame for record in records]
            for level, confidence in levels.items():
                told = [table.filter(table["confidence"] >= confidence) for table in tables]
                own[f"{name}, {level}"] = row_of([onsets(table) for table in told], truths) | {
                    "amplitude_median_mm": middle([v for table in told for v in table["amplitude"].to_list()])
                }
        rows[f"{slip * 1000:g} mm"] = {
            "events": sum(map(len, truths)),
            **own,
            **baselines(records, truths, limits),
            "oracle, 0.5 false a year": row_of(
                [known_shape(record, limits["oracle"]) for record in records], truths
            ),
        }
    return rows


def row_of(found: list[np.ndarray], truths: list[np.ndarray]) -> dict[str, Any]:
    errors = [d for one, true in zip(found, truths, strict=True) for d in pairs(one, true)]
    return {
        "f1": interval([f1(one, true) for one, true in zip(found, truths, strict=True)]),
        "found": sum(map(len, found)),
        "right": len(errors),
        "onset_median_days": middle(errors),
    }


def middle(values: list[float]) -> float | None:
    return round(float(np.median(values)), 2) if values else None


def positions(slip: float, seed: int, flicker: float) -> Series:
    return SimulateDisplacement(
        scene="slow-slip", slip=slip, flicker=flicker, seed=seed, time=TEN_YEARS
    ).apply()


# Baselines --------------------------------------------------------------------------------------------


def baselines(records: list[Series], truths: list[np.ndarray], limits: dict[str, Any]) -> dict[str, Any]:
    """Steps by Akaike's criterion: where F1 is best on these records, and at half a false one a year."""
    rows: dict[str, Any] = {}
    for name, tried in (("sum", THRESHOLDS), ("vote", VOTES)):
        best: dict[str, Any] = {}
        same: dict[str, Any] = {}
        for half in HALVES:
            evidence = [fall_of(record, half) for record in records]
            for threshold in (*tried, limits[name][half]):
                found = [steps_back(fall, threshold, half, name) + first for first, fall in evidence]
                row = row_of(found, truths) | {"half": half, "threshold": threshold}
                if threshold == limits[name][half] and row["f1"]["mean"] > same.get("f1", {}).get("mean", -1):
                    same = row
                if threshold in tried and row["f1"]["mean"] > best.get("f1", {}).get("mean", -1):
                    best = row
        title = "AIC, added over sites" if name == "sum" else "AIC, vote of 3 sites"
        rows[f"{title}, best"], rows[f"{title}, 0.5 false a year"] = best, same
    return rows


def fall_of(record: Series, half: int) -> tuple[float, torch.Tensor]:
    first, values, mask = along(STEP, record)
    return first + 0.5, step_evidence(values, mask, half)


def steps_back(fall: torch.Tensor, threshold: float, half: int, name: str) -> np.ndarray:
    if name == "sum":
        at = peaks(fall.sum(0, keepdim=True), threshold, half // 2)[0]
    else:
        own = torch.nn.functional.max_pool1d(peaks(fall, threshold, half // 2)[:, None].double(), 7, 1, 3)
        votes = own[:, 0].sum(0)
        at = (votes >= 3) & peaks((votes + 1e-6 * fall.sum(0))[None], 2.5, half // 2)[0]
    return np.asarray(at.nonzero()[:, 0].double().numpy())


def known_shape(record: Series, threshold: float) -> np.ndarray:
    first, ratio = oracle(record)
    return np.asarray(peaks(ratio[None], threshold, 10)[0].nonzero()[:, 0].double().numpy() + first)


def oracle(record: Series) -> tuple[float, torch.Tensor]:
    """[day]: a line and the exponential of five days, fitted to the stack around each day."""
    first, values, mask = along(STEP, record)
    stack = stacked(values, mask, torch.ones(1, len(values), dtype=torch.float64))[0][0].numpy()
    ratio = np.full(len(stack), -np.inf)
    for day in range(8, len(stack) - 8):
        low, high = max(0, day - ORACLE), min(len(stack), day + ORACLE + 1)
        since = np.arange(low, high) - day
        shape = np.stack([np.ones(len(since)), since, np.exp(-np.clip(since, 0, None) / 5) - 1], 1)
        inverse = np.linalg.inv(shape.T @ shape)
        ratio[day] = (inverse @ shape.T @ stack[low:high])[2] / math.sqrt(inverse[2, 2])
    return first + 0.5, torch.from_numpy(ratio)


def thresholds(quiet: list[Series]) -> dict[str, Any]:
    """Those at which ten years of white noise each have half a false event a year."""
    most = len(quiet) * 10 // 2
    limits: dict[str, Any] = {"sum": {}, "vote": {}}
    for half in HALVES:
        falls = [fall_of(record, half)[1] for record in quiet]
        for name, tried in (("sum", np.arange(0, 60, 0.5)), ("vote", np.arange(-2, 20, 0.25))):
            limits[name][half] = next(
                float(t)
                for t in tried
                if sum(len(steps_back(f, float(t), half, name)) for f in falls) <= most
            )
    ratios = [oracle(record)[1] for record in quiet]
    limits["oracle"] = next(
        float(t)
        for t in np.arange(1.5, 6, 0.02)
        if sum(int(peaks(ratio[None], float(t), 10).sum()) for ratio in ratios) <= most
    )
    return limits


def event_free(seeds: int) -> dict[str, Any]:
    """False events a year in ten years without any."""
    rows = {}
    for name, flicker in (("white 0.7 mm", 0.0), ("white 0.7 mm, flicker 1 mm yr^-1/4", 0.001),
                          ("white 0.7 mm, flicker 2 mm yr^-1/4", 0.002)):  # fmt: skip
        records = [positions(0.0, 500 + seed, flicker) for seed in range(seeds)]
        row: dict[str, Any] = {"target": 0.5}
        for test, how in (("step", STEP), ("slope", SLOPE)):
            tables = [how.apply(record).frame for record in records]
            for level, confidence in LEVELS.items():
                row[f"{test}, {level}"] = interval(
                    [int((table["confidence"] >= confidence).sum()) / 10 for table in tables]
                )
        row["AIC, added, threshold 6"] = interval([len(BEST_STEPS.apply(record)) / 10 for record in records])
        rows[name] = row
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
        scene="slow-slip", stations=39, flicker=0.001, seed=3, every=90 * 86400.0, time=TEN_YEARS
    ).apply()
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
SHUFFLES = 6


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
        own_years = found.frame.filter(
            (at > _day(2007, 1, 1) / NS_A_DAY) & (at < _day(2012, 1, 1) / NS_A_DAY)
        )
        inside = onsets(own_years)
        row: dict[str, Any] = {
            "events_a_year": round(len(inside) / 5, 2),
            "onsets": [str(np.datetime64(round(day), "D")) for day in inside],
            "durations_days": [round(v / 86400) for v in own_years["duration"].to_list()],
            "amplitudes_mm": [round(v, 1) for v in own_years["amplitude"].to_list()],
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
        row["false alarms a year, days shuffled"] = interval(
            [_shuffled(own, seed) for seed in range(SHUFFLES)]
        )
        row["a year, sites shifted in time"] = interval([_shifted(own, seed) for seed in range(SHUFFLES)])
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
    words.add_argument("--only", choices=("simulated", "anew", "event-free", "solver", "real"))
    words.add_argument("--out", type=Path)
    given = words.parse_args()
    result: dict[str, Any] = {"about": about(), "seeds": given.seeds}
    parts = {
        "simulated": lambda: simulated(range(100, 100 + given.seeds), AMPLITUDES, WAYS),
        "anew": lambda: simulated(range(300, 320), AMPLITUDES[:2], {"step": WAYS["step"]}),
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
