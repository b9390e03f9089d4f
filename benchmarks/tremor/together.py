"""How often DiET and GrASP tell tremors apart that happen at once, on simulated records.

    python benchmarks/tremor/together.py [--seeds 3] [--slots 40] [--out FILE]

`grasp.py` asks the same of ideal log-odds. Here one, two or three tremors of 90 to 150 s begin in each
slot of eight minutes under S-net, in rough noise, heard at an amplitude above the noise at three
stations or more that are nearer to them than to the others. DiET with its shipped weights judges the
record, and each rule groups the window around the middle of the tremors. A slot is right where as
many groups are found as there are tremors, with a middle within 40 km of each.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from _shown import about
from grasp import sources

import seisdsl
from seisdsl.data.scenes import BEGIN
from seisdsl.data.stations import network
from seisdsl.methods.tremor.graph import EARTH, local

CASES = {
    "one": (1, (0.0, np.inf)),
    "two, 80-100 km apart": (2, (80.0, 100.0)),
    "two, 100-150 km apart": (2, (100.0, 150.0)),
    "two, 150-250 km apart": (2, (150.0, 250.0)),
    "three, 150 km apart or more": (3, (150.0, np.inf)),
}
RULES = {
    "components": "GrASP rule=components",
    "persistence 0.7": "GrASP prominence=0.7",
    "persistence 1": "GrASP",
    "persistence 1.5": "GrASP prominence=1.5",
}
SLOT, NEAR, REACH = 480.0, 40.0, 60.0  # s, km, km


def scene(path: Path, case: tuple[int, tuple[float, float]], slots: int, chance: np.random.Generator) -> Any:
    """Sources [slot, source, 2] in km, and the middle of each slot's tremors in seconds; writes the events."""
    stations = network("S-net")
    latitude = np.array([s.latitude for s in stations])
    longitude = np.array([s.longitude for s in stations])
    places = local(latitude, longitude)
    true, middles, rows = [], [], []
    for slot in range(slots):
        points = heard_sources(places, case, chance)
        duration = chance.uniform(90, 150)
        begin = slot * SLOT + 150 + chance.uniform(0, 30)
        true.append(points)
        middles.append(begin + 20 + duration / 2)
        for x, y in points:
            lat, lon = degrees(x, y, latitude, longitude)
            rows.append([begin, "tremor", lat, lon, 15000, chance.uniform(0.9, 1.2), duration])
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["after", "kind", "latitude", "longitude", "depth", "magnitude", "duration"])
        out.writerows(rows)
    return np.stack(true), np.array(middles), places


def heard_sources(
    places: np.ndarray, case: tuple[int, tuple[float, float]], chance: np.random.Generator
) -> np.ndarray:
    """Each has three stations within reach that are nearer to it than to the others."""
    while True:
        points = sources(places, *case, chance)
        apart = np.hypot(*(places[:, None] - points[None]).transpose(2, 0, 1))
        nearest = apart.argmin(1)
        if all(((apart[:, n] < REACH) & (nearest == n)).sum() >= 3 for n in range(len(points))):
            return points


def degrees(x: float, y: float, latitude: np.ndarray, longitude: np.ndarray) -> tuple[float, float]:
    """Back from the plane of `local`, whose origin is the mean of the stations."""
    middle = latitude.mean()
    lat = middle + np.rad2deg(y / EARTH)
    return float(lat), float(longitude.mean() + np.rad2deg(x / EARTH / np.cos(np.deg2rad(middle))))


def judged(groups: pl.DataFrame, true: np.ndarray, middles: np.ndarray) -> dict[str, np.ndarray]:
    right, split, errors = [], [], []
    times = (
        groups["time"].to_numpy().astype("datetime64[ns]").astype(np.int64) if len(groups) else np.array([])
    )
    for points, middle in zip(true, middles, strict=True):
        at = BEGIN + round(middle * 1e9)
        own = groups.filter(pl.Series(np.abs(times - at) <= 15.36e9)) if len(groups) else groups
        found = []
        for _, members in own.group_by("group"):
            weight = np.exp(0.7 * (members["score"].to_numpy() - members["score"].max()))
            place = np.stack([members["x"].to_numpy(), members["y"].to_numpy()], 1)
            found.append((place * weight[:, None]).sum(0) / weight.sum())
        apart = np.hypot(*(np.array(found).reshape(-1, 1, 2) - points[None]).transpose(2, 0, 1))
        right.append(len(found) == len(points) and bool((apart < NEAR).any(0).all()))
        split.append(len(found) > len(points))
        if right[-1]:
            errors += apart.min(0).tolist()
    return {"right": np.array(right, float), "too many": np.array(split, float), "middle": np.array(errors)}


def one(case: str, seed: int, slots: int, folder: Path) -> dict[str, dict[str, np.ndarray]]:
    chance = np.random.default_rng([seed, list(CASES).index(case)])
    path = folder / "events.csv"
    true, middles, places = scene(path, CASES[case], slots, chance)
    rules = "\n".join(f"logits | {rule}" for rule in RULES.values())
    text = (
        f'let logits = simulate S-net events="{path}" duration={slots * SLOT:g}s rate=50Hz seed={100 + seed} '
        f"earthquakes=0 tremors=0 noise=rough | spectrogram | DiET\n{rules}\n"
    )
    groups = seisdsl.run(text).run()  # all rules in one pass
    stations = network("S-net")
    where = pl.DataFrame({"station": [s.station for s in stations], "x": places[:, 0], "y": places[:, 1]})
    return {
        rule: judged(found.frame.join(where, on="station"), true, middles)
        for rule, found in zip(RULES, groups, strict=True)
    }


def summary(seeds: list[dict[str, np.ndarray]]) -> dict[str, Any]:
    rows = {name: np.concatenate([seed[name] for seed in seeds]) for name in seeds[0]}
    chance = np.random.default_rng(0)
    drawn = [chance.choice(rows["right"], len(rows["right"])).mean() for _ in range(1000)]
    return {
        "right": round(float(rows["right"].mean()), 3),
        "interval": np.quantile(drawn, [0.025, 0.975]).round(3).tolist(),
        "by seed": [round(float(seed["right"].mean()), 3) for seed in seeds],
        "too many groups": round(float(rows["too many"].mean()), 3),
        "middle, median km": round(float(np.median(rows["middle"])), 1) if len(rows["middle"]) else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--slots", type=int, default=40)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    figures: dict[str, Any] = {"about": about(), "seeds": given.seeds, "slots of each": given.slots}
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            seeds = [one(case, seed, given.slots, Path(folder)) for seed in range(given.seeds)]
            figures[case] = {rule: summary([seed[rule] for seed in seeds]) for rule in RULES}
            for rule, row in figures[case].items():
                print(f"{case:29}{rule:16}", *(f"{k} {v}" for k, v in row.items()), flush=True)
    if given.out:
        given.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
