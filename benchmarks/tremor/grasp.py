"""How often GrASP tells one, two and three tremors apart, beside plainer rules, and how fast it is.

    python benchmarks/tremor/grasp.py [--seeds 3] [--windows 400] [--out FILE]

Log-odds of 6 - 0.1 per km from the nearest source with a scatter of 0.8, one station in a hundred
raised to 3, one in twenty dead, on the stations of S-net and on the regular network of the
specification (25 rows by 6, 35 and 30 km apart). A window is right where as many groups are found
as there are sources, each with its middle within 40 km of one of its own.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from _shown import about

from seisdsl.data.stations import network
from seisdsl.methods.tremor.graph import local, neighbours
from seisdsl.methods.tremor.groups import Grouping, grouped

CASES = {
    "one source": (1, None),
    "two, 80-100 km apart": (2, (80, 100)),
    "two, 100-150 km apart": (2, (100, 150)),
    "two, 150-250 km apart": (2, (150, 250)),
    "three, 150 km apart or more": (3, (150, 1e9)),
}
RULES = {
    "components": Grouping("components"),
    "dbscan": Grouping("dbscan", farthest=50.0),
    "louvain": Grouping("louvain"),
    "persistence 1.0": Grouping(prominence=1.0),
    "persistence 1.5": Grouping(prominence=1.5),
}
NEAR = 40.0  # km


def regular(chance: np.random.Generator) -> np.ndarray:
    rows, columns = np.mgrid[0:25, 0:6]
    places = np.stack([columns * 30.0 + 15.0 * (rows % 2), rows * 35.0], axis=-1).reshape(-1, 2)
    return places + chance.normal(0, 3, places.shape)


def s_net() -> np.ndarray:
    stations = network("S-net")
    return local([s.latitude for s in stations], [s.longitude for s in stations])


def sources(
    places: np.ndarray, count: int, apart: tuple[float, float] | None, chance: np.random.Generator
) -> np.ndarray:
    """Places inside of the network, every two at a distance that is asked for."""
    while True:
        found = places[chance.integers(len(places), size=count)] + chance.normal(0, 10, (count, 2))
        distance = np.hypot(*(found[:, None] - found[None]).transpose(2, 0, 1))[np.triu_indices(count, 1)]
        if apart is None or ((distance >= apart[0]) & (distance <= apart[1])).all():
            return found


def windows(
    places: np.ndarray,
    count: int,
    apart: tuple[float, float] | None,
    number: int,
    chance: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    true = np.stack([sources(places, count, apart, chance) for _ in range(number)])
    distance = np.hypot(*(places[None, :, None] - true[:, None]).transpose(3, 0, 1, 2)).min(-1)
    odds = 6 - 0.1 * distance + chance.normal(0, 0.8, distance.shape)
    odds[chance.random(odds.shape) < 0.01] = 3.0
    alive = chance.random(odds.shape) >= 0.05
    return torch.from_numpy(odds), torch.from_numpy(alive), true


def judged(
    found: torch.Tensor, odds: torch.Tensor, places: np.ndarray, true: np.ndarray
) -> tuple[float, float, list[float]]:
    """Share of windows that are right, mean F1 of groups against sources, and errors of middles (km)."""
    right, f1, errors = [], [], []
    for labels, own, points in zip(found.numpy(), odds.numpy(), true, strict=True):
        middles = []
        for group in sorted(set(labels.tolist()) - {-1}):
            members = labels == group
            weight = np.exp(0.7 * (own[members] - own[members].max()))
            middles.append((places[members] * weight[:, None]).sum(0) / weight.sum())
        apart = np.hypot(*(np.array(middles).reshape(-1, 1, 2) - points[None]).transpose(2, 0, 1))
        hit = sum(bool((apart[:, n] < NEAR).any()) for n in range(len(points))) if len(middles) else 0
        good = sum(bool((row < NEAR).any()) for row in apart)
        f1.append(2 * min(hit, good) / (len(middles) + len(points)))
        right.append(len(middles) == len(points) == hit)
        if right[-1]:
            errors += apart.min(0).tolist()
    return float(np.mean(right)), float(np.mean(f1)), errors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--windows", type=int, default=400)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    figures: dict[str, object] = {"about": about(), "seeds": given.seeds, "windows": given.windows}
    for where in ("regular", "S-net"):
        for case, (count, apart) in CASES.items():
            table: dict[str, dict[str, object]] = {}
            for rule, how in RULES.items():
                shares, means, errors = [], [], []
                for seed in range(given.seeds):
                    chance = np.random.default_rng(seed)
                    places = regular(chance) if where == "regular" else s_net()
                    odds, alive, true = windows(places, count, apart, given.windows, chance)
                    found = grouped(odds, alive, neighbours(places, how.farthest, 4), how)
                    share, f1, own = judged(found, odds, places, true)
                    shares.append(share)
                    means.append(f1)
                    errors += own
                table[rule] = {
                    "right": round(float(np.mean(shares)), 3), "by seed": [round(s, 3) for s in shares],
                    "F1": round(float(np.mean(means)), 3),
                    "middle, median km": round(float(np.median(errors)), 1) if errors else None,
                }  # fmt: skip
            figures[f"{where}: {case}"] = table
            print(
                f"{where}: {case}",
                {rule: (row["right"], row["F1"]) for rule, row in table.items()},
                flush=True,
            )
    chance = np.random.default_rng(0)
    places = s_net()
    odds, alive, _ = windows(places, 2, (100, 150), 100, chance)
    odds, alive = odds.repeat(100, 1), alive.repeat(100, 1)
    began = time.perf_counter()
    grouped(odds, alive, neighbours(places, 70.0, 4), Grouping())
    figures["10,000 windows of 150 stations, seconds"] = round(time.perf_counter() - began, 2)
    text = json.dumps(figures, indent=1)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
