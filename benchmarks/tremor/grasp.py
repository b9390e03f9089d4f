"""How often GrASP tells one, two and three tremors apart, beside plainer rules, and how fast it is.

    python benchmarks/tremor/grasp.py [--seeds 3] [--windows 300] [--out FILE]

Log-odds of 6 - 0.1 per km from the nearest source with a scatter of 0.8, one station in a hundred
raised to 3, and in each window one in twenty dead; on the stations of S-net and on the regular network
of the specification (25 rows by 6, 35 and 30 km apart). A window is right where as many groups are
found as there are sources, with a middle within 40 km of each; F1 weighs groups against sources.
`heard`: the same of those windows in which every source has three living stations within 55 km that
are nearer to it than to the others. 95 % intervals by bootstrap over windows. The time is that of
10,000 windows, each with dead stations of its own.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _shown import about

from seisdsl.data.stations import network as stations_of
from seisdsl.methods.tremor.graph import EARTH, Network, local, network
from seisdsl.methods.tremor.groups import Grouping, grouped

CASES = {
    "one source": (1, (0.0, np.inf)),
    "two, 80-100 km apart": (2, (80.0, 100.0)),
    "two, 100-150 km apart": (2, (100.0, 150.0)),
    "two, 150-250 km apart": (2, (150.0, 250.0)),
    "three, 150 km apart or more": (3, (150.0, np.inf)),
}
RULES = {
    "components": Grouping("components"),
    "dbscan": Grouping("dbscan", farthest=50.0),
    "louvain": Grouping("louvain"),
    **{f"persistence {tau:g}": Grouping(prominence=tau) for tau in (0.5, 0.7, 1.0, 1.5)},
}
NEAR, HEARD = 40.0, 55.0  # km


@dataclass(frozen=True)
class Windows:
    odds: np.ndarray  # [window, station]
    alive: np.ndarray
    sources: np.ndarray  # [window, source, 2], km
    places: np.ndarray  # [station, 2], km


def regular(chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Degrees of latitude and longitude."""
    rows, columns = np.mgrid[0:25, 0:6]
    km = np.stack([columns * 30.0 + 15.0 * (rows % 2), rows * 35.0], axis=-1).reshape(-1, 2)
    km = np.rad2deg((km + chance.normal(0, 3, km.shape) - km.mean(0)) / EARTH)
    return km[:, 1], km[:, 0]  # across the equator, where a degree is as long either way


def s_net() -> tuple[np.ndarray, np.ndarray]:
    stations = stations_of("S-net")
    return np.array([s.latitude for s in stations]), np.array([s.longitude for s in stations])


def sources(
    places: np.ndarray, count: int, apart: tuple[float, float], chance: np.random.Generator
) -> np.ndarray:
    """Places near stations, every two at a distance that is asked for."""
    while True:
        found = places[chance.integers(len(places), size=count)] + chance.normal(0, 10, (count, 2))
        distance = np.hypot(*(found[:, None] - found[None]).transpose(2, 0, 1))[np.triu_indices(count, 1)]
        if ((distance >= apart[0]) & (distance <= apart[1])).all():
            return found


def windows(
    places: np.ndarray, count: int, apart: tuple[float, float], number: int, chance: np.random.Generator
) -> Windows:
    true = np.stack([sources(places, count, apart, chance) for _ in range(number)])
    odds = 6 - 0.1 * distances(places, true).min(-1)
    odds += chance.normal(0, 0.8, odds.shape)
    odds[chance.random(odds.shape) < 0.01] = 3.0
    return Windows(odds, chance.random(odds.shape) >= 0.05, true, places)


def distances(places: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """[window, station, source]"""
    return np.hypot(*(places[None, :, None] - sources[:, None]).transpose(3, 0, 1, 2))


def heard(of: Windows) -> np.ndarray:
    apart = distances(of.places, of.sources)
    hears = (apart.min(-1) <= HEARD) & of.alive
    nearest = apart.argmin(-1)
    each = [(hears & (nearest == number)).sum(1) >= 3 for number in range(of.sources.shape[1])]
    return np.all(each, axis=0)


def found_in(of: Windows, net: Network, how: Grouping) -> np.ndarray:
    found: np.ndarray = grouped(torch.from_numpy(of.odds), torch.from_numpy(of.alive), net, how).numpy()
    return found


def judged(of: Windows, found: np.ndarray) -> dict[str, np.ndarray]:
    """For each window whether it is right, F1, whether there are too many groups; errors of middles (km)."""
    rows: dict[str, list[Any]] = {"right": [], "F1": [], "too many": [], "middle": []}
    for labels, own, points in zip(found, of.odds, of.sources, strict=True):
        middles = []
        for group in sorted(set(labels.tolist()) - {-1}):
            members = labels == group
            weight = np.exp(0.7 * (own[members] - own[members].max()))
            middles.append((of.places[members] * weight[:, None]).sum(0) / weight.sum())
        apart = np.hypot(*(np.array(middles).reshape(-1, 1, 2) - points[None]).transpose(2, 0, 1))
        sources_hit, groups_right = (apart < NEAR).any(0).sum(), (apart < NEAR).any(1).sum()
        rows["F1"].append(2 * min(sources_hit, groups_right) / (len(middles) + len(points)))
        rows["right"].append(len(middles) == len(points) == sources_hit)
        rows["too many"].append(len(middles) > len(points))
        if rows["right"][-1]:
            rows["middle"] += apart.min(0).tolist()
    return {name: np.array(values, float) for name, values in rows.items()}


def mean(values: np.ndarray) -> float:
    return round(float(values.mean()), 4)


def summary(seeds: list[dict[str, np.ndarray]], chance: np.random.Generator) -> dict[str, Any]:
    rows = {name: np.concatenate([seed[name] for seed in seeds]) for name in seeds[0]}
    right = rows["right"]
    drawn = [chance.choice(right, len(right)).mean() for _ in range(1000)]
    return {
        "right": mean(right),
        "interval": np.quantile(drawn, [0.025, 0.975]).round(4).tolist(),
        "by seed": [mean(seed["right"]) for seed in seeds],
        "right where heard": mean(right[rows["heard"] > 0]),
        "heard": mean(rows["heard"]),
        "F1": mean(rows["F1"]),
        "too many groups": mean(rows["too many"]),
        "middle, median km": round(float(np.median(rows["middle"])), 2) if len(rows["middle"]) else None,
    }


def seconds(degrees: tuple[np.ndarray, np.ndarray], chance: np.random.Generator) -> float:
    of = windows(local(*degrees), 2, (100.0, 150.0), 10_000, chance)
    began = time.perf_counter()
    found_in(of, network(*degrees), Grouping())
    return round(time.perf_counter() - began, 2)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--windows", type=int, default=300)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    figures: dict[str, Any] = {"about": about(), "seeds": given.seeds, "windows of each": given.windows}
    for where in ("regular", "S-net"):
        figures[where] = {}
        for case, (count, apart) in CASES.items():
            seeds: dict[str, list[dict[str, np.ndarray]]] = {rule: [] for rule in RULES}
            for seed in range(given.seeds):
                chance = np.random.default_rng(seed)
                degrees = regular(chance) if where == "regular" else s_net()
                of = windows(local(*degrees), count, apart, given.windows, chance)
                for rule, how in RULES.items():
                    found = found_in(of, network(*degrees), how)
                    seeds[rule].append({**judged(of, found), "heard": heard(of).astype(float)})
            table = {rule: summary(rows, np.random.default_rng(0)) for rule, rows in seeds.items()}
            figures[where][case] = table
            for rule, row in table.items():
                print(f"{where:8}{case:29}{rule:16}", *(f"{k} {v}" for k, v in row.items()), flush=True)
    chance = np.random.default_rng(0)
    figures["seconds for 10,000 windows of 150 stations"] = {
        "regular": seconds(regular(chance), chance), "S-net": seconds(s_net(), chance),
    }  # fmt: skip
    print(figures["seconds for 10,000 windows of 150 stations"])
    if given.out:
        given.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
