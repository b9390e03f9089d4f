"""How well breaks that nobody listed are found: in quiet times, after and across a great earthquake.

    python benchmarks/displacement/steps.py [--seeds 2] [--stations 40] [--out FILE]

Simulated: 2500 days, white and flicker noise of 2 mm, one changed antenna at each station on average (12 mm
in the mean square of each component), once with all days and once with 30 % of them missing. The ground is
steady, or the record begins the day after a great earthquake, or that comes on day 1000, listed or not. A
break counts as found within one recorded day of it. Real, with SEISDSL_TEST_DATA set: nine Japanese stations, 2009 to
2018, across 2011-03-11.
"""

from __future__ import annotations

import argparse
import glob
import json
import os
import time
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from _shown import about

from seisdsl.data.series import Series, Step
from seisdsl.data.series_read import read_positions
from seisdsl.data.series_sheet import Named
from seisdsl.language.types import TimeRange
from seisdsl.operators.displacement._days import DAY
from seisdsl.operators.displacement.outliers import Outliers
from seisdsl.operators.displacement.simulate_displacement import SimulateDisplacement
from seisdsl.operators.displacement.steps import Steps
from seisdsl.operators.displacement.straight_fills import StraightFills

WITHIN = 1  # days that were recorded
QUAKE = 1000  # the day of the earthquake, where it comes later
SIZES = ((0, 5), (5, 10), (10, 20), (20, 1000))  # millimetres, horizontally
SCENES = (
    "steady",
    "begins after an earthquake",
    "across one that is listed",
    "across one that is not listed",
)


def record(scene: str, seed: int, stations: int, missing: float) -> Series:
    common: dict[str, Any] = {"stations": stations, "seed": seed, "white": 0.002, "flicker": 0.002}
    shown = SimulateDisplacement(antennas=1.0, missing=missing, **common).apply()
    if scene == "begins after an earthquake":
        return shown
    ground = SimulateDisplacement(**{**common, "white": 0.0, "flicker": 0.0}).apply().values
    values = shown.values - ground
    steps: tuple[Step, ...] = ()
    if scene.startswith("across"):
        values[..., QUAKE:] += ground[..., :-QUAKE] + 3 * ground[..., 300:301]
        if scene == "across one that is listed":
            at = int(shown.epochs[QUAKE]) - DAY // 2
            steps = tuple(Step(at, site.name, "earthquake M 9.0") for site in shown.sites)
    return replace(shown, values=values.masked_fill(~shown.mask, 0), steps=steps)


def judged(how: Steps, series: Series, quake: bool) -> dict[str, Any]:
    """Breaks of antennas by their size, those of the earthquake, and others."""
    assert series.truth is not None
    first = int(series.epochs[0]) // DAY
    known = set(series.steps)
    begun = time.process_time()
    found = {(step.site, step.time // DAY - first) for step in how.apply(series).steps if step not in known}
    seconds = time.process_time() - begun
    recorded = {site.name: series.mask[row, 0].cumsum(0) for row, site in enumerate(series.sites)}

    def seen(site: str, day: int) -> bool:
        """Whether a break was found there; each counts once."""
        count = recorded[site]
        near = [(abs(int(count[at] - count[day])), at) for name, at in found if name == site]
        if not near or min(near)[0] > WITHIN:
            return False
        found.discard((site, min(near)[1]))
        return True

    antennas = series.truth.frame.filter(pl.col("kind") == "antenna").select(
        "site", pl.col("time").dt.timestamp("ns") // DAY - first, "amplitude"
    )
    sizes = {}
    for low, high in SIZES:
        own = antennas.filter(pl.col("amplitude").is_between(low, high, closed="left")).rows()
        label = f"{low} to {high} mm" if high < 1000 else f"{low} mm or more"
        sizes[label] = [sum(seen(site, day) for site, day, _ in own), len(own)]
    moved = sum(seen(site.name, QUAKE) for site in series.sites) if quake else 0
    return {"found": sizes, "earthquake": moved, "others": len(found), "cpu_s": round(seconds, 1)}


def simulated(how: Steps, seeds: int, stations: int) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for scene in SCENES:
        for missing in (0.0, 0.3):
            parts = [
                judged(how, record(scene, 1 + seed, stations, missing), scene.endswith("not listed"))
                for seed in range(seeds)
            ]
            total: dict[str, Any] = {
                name: sum(part[name] for part in parts) for name in parts[0] if name != "found"
            }
            total["found"] = {
                size: [sum(part["found"][size][n] for part in parts) for n in (0, 1)]
                for size in parts[0]["found"]
            }
            right = sum(one[0] for one in total["found"].values())
            total["recall"] = round(right / sum(one[1] for one in total["found"].values()), 3)
            total["precision"] = round(right / max(right + total["others"], 1), 3)
            rows[f"{scene}, {missing:.0%} of days missing"] = total
            print(json.dumps({f"{scene}, {missing:.0%}": total}), flush=True)
    return rows


def without_breaks(how: Steps, stations: int) -> dict[str, Any]:
    """Breaks that are found where there are none, in so many days of all stations."""
    rows = {}
    for flicker in (0.002, 0.006, 0.012):
        series = SimulateDisplacement(
            scene="slow-slip", slip=0.0, stations=stations, flicker=flicker, white=0.002, seed=9,
            time=TimeRange(14_610 * DAY, 18_262 * DAY),
        ).apply()  # fmt: skip
        rows[f"flicker noise of {flicker * 1000:g} mm, ten years"] = len(how.apply(series).steps)
    print(json.dumps(rows), flush=True)
    return rows


def real(how: Steps, root: Path) -> dict[str, list[str]]:
    """The breaks that are found at each station."""
    named = Named((("north", "lon"), ("east", "lat"), ("up", "ver"), ("site", "group")), "mm")
    series = read_positions(sorted(glob.glob(str(root / "tohoku-2009-2018" / "*.csv"))), named)
    series = Outliers().apply(StraightFills().apply(series))
    found = how.apply(series).steps
    return {
        site.name: [
            f"{datetime.fromtimestamp(s.time / 1e9, UTC):%Y-%m-%d} {s.cause}" for s in found if s.site == site.name
        ]
        for site in series.sites
    }  # fmt: skip


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--seeds", type=int, default=2)
    words.add_argument("--stations", type=int, default=40)
    words.add_argument("--deviations", type=float)
    words.add_argument("--only", choices=("simulated", "real"))
    words.add_argument("--out", type=Path)
    given = words.parse_args()
    warnings.simplefilter("ignore")
    how = Steps(estimate=True, **({"deviations": given.deviations} if given.deviations else {}))
    result: dict[str, Any] = {"about": about(), "stations": given.stations, "seeds": given.seeds,
                              "deviations": how.deviations}  # fmt: skip
    if given.only in (None, "simulated"):
        result["simulated"] = simulated(how, given.seeds, given.stations)
        result["without breaks"] = without_breaks(how, given.stations)
    root = os.environ.get("SEISDSL_TEST_DATA")
    if root and given.only in (None, "real"):
        result["real"] = real(how, Path(root) / "gnss")
        print(json.dumps(result["real"], indent=1), flush=True)
    if given.out:
        given.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
