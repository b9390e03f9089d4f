"""How well time constants of postseismic decay are told, and whether their intervals hold the truth.

    python benchmarks/displacement/constants.py [--seeds 30] [--stations 40] [--out FILE]

Simulated: 2500 days after a great earthquake, two logarithms (3 and 150 days), an exponential (3000 days),
steady motion and seasons, white noise of 2 mm, a tenth of the days missing; with and without flicker noise of
2 mm year^-1/4. All sites share their time constants.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
from _shown import about

from seisdsl.operators.displacement._model import How, fit
from seisdsl.operators.displacement.simulate_displacement import SimulateDisplacement

TRUE = (3.0, 150.0, 3000.0)  # days
DECAYS = ("log", "log", "exponential")


def told(seeds: int, stations: int, flicker: float) -> dict[str, Any]:
    found, inside, open_, seconds = [], [], [], []
    for seed in range(100, 100 + seeds):
        series = SimulateDisplacement(stations=stations, seed=seed, missing=0.1, flicker=flicker).apply()
        begun = time.process_time()
        fitted = fit(series, How(1, (1.0, 2.0), DECAYS, intervals=True))
        seconds.append(time.process_time() - begun)
        assert fitted.between is not None
        ends = fitted.between[0].tolist()
        found.append(fitted.constants[0].tolist())
        inside.append([low <= true <= high for (low, high), true in zip(ends, TRUE, strict=True)])
        open_.append([low == 0 or math.isinf(high) for low, high in ends])
    return {
        f"{true:g} days": {
            "found, 10 to 90 %": [round(float(q), 1) for q in np.quantile(own, [0.1, 0.5, 0.9])],
            "intervals that hold it": [sum(one[at] for one in inside), seeds],
            "open intervals": sum(one[at] for one in open_),
        }
        for at, (true, own) in enumerate(zip(TRUE, np.array(found).T, strict=True))
    } | {"cpu_s": round(float(np.median(seconds)), 1)}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--seeds", type=int, default=30)
    words.add_argument("--stations", type=int, default=40)
    words.add_argument("--out", type=Path)
    given = words.parse_args()
    result: dict[str, Any] = {"about": about(), "stations": given.stations, "seeds": given.seeds}
    for name, flicker in (("white noise alone", 0.0), ("white and flicker noise", 0.002)):
        result[name] = told(given.seeds, given.stations, flicker)
        print(json.dumps({name: result[name]}, indent=1), flush=True)
    if given.out:
        given.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
