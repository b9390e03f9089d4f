"""Response spectra: how near closed forms and scipy, and how fast beside pyrotd.

    python benchmarks/motion/spectra.py [--records 1000] [--out results.json]

Records are noise that rises and dies away, 120 s at 100 Hz. Both are timed in the same process on one
thread, by the processor's time, the quickest of several turns; pyrotd takes a share of the records and
is counted for all. pyrotd turns a record as if it came again and again, so the two agree only where
records begin and end at rest and periods have many samples. Needs pyrotd.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.signal import lsim

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from timing import about, seconds

from seisdsl.methods.motion.measures import intensity
from seisdsl.methods.motion.oscillator import displacements
from seisdsl.methods.motion.spectra import response_durations, spectral_displacement

DT = 0.01
SAMPLES = 12_000
PERIODS = np.geomspace(0.1, 10, 100)
SHARE = 10  # records that pyrotd is timed on
TURNS = 5


def records(count: int, seed: int) -> np.ndarray[Any, Any]:
    chance = np.random.default_rng(seed)
    t = np.arange(SAMPLES) * DT
    lasts = chance.uniform(5, 20, (count, 1))
    shape = np.where(t < 20, (t / 20) ** 2, np.exp(-np.clip(t - 25, 0, None) / lasts))
    return chance.normal(size=(count, SAMPLES)) * shape * 50


def accuracy() -> dict[str, float]:
    """The largest difference from scipy's lsim, relative to the largest displacement."""
    given = records(2, seed=2)
    worst = {"single": 0.0, "double": 0.0}
    for period in (0.1, 0.3, 1.0, 3.0, 10.0):
        w = 2 * np.pi / period
        system = ([[0, 1], [-w * w, -0.1 * w]], [[0], [-1]], [[1, 0]], [[0]])
        for one in given:
            expected = np.abs(lsim(system, one, np.arange(SAMPLES) * DT)[1]).max()
            for name, precision in (("single", torch.float32), ("double", torch.float64)):
                found = float(displacements(torch.as_tensor(one)[None], [period], 0.05, DT, precision)[0, 0])
                worst[name] = max(worst[name], abs(found / expected - 1))
    return worst


def against_pyrotd(count: int) -> dict[str, Any]:
    import pyrotd

    pyrotd.processes = 1
    given = records(count, seed=1)
    ours = torch.as_tensor(given)
    found: dict[str, Any] = {"records": count, "periods": len(PERIODS)}
    few = given[:SHARE]

    def theirs() -> Any:
        return [pyrotd.calc_spec_accels(DT, one, 1 / PERIODS, 0.05) for one in few]

    psa = np.array([one.spec_accel for one in theirs()])
    w2 = (2 * np.pi / PERIODS) ** 2
    own = displacements(ours[:SHARE], PERIODS, 0.05, DT).numpy() * w2
    long = PERIODS >= 0.5
    found["difference, periods of 0.5 s and more"] = float(np.abs(own / psa - 1)[:, long].max())
    found["difference, all periods"] = float(np.abs(own / psa - 1).max())
    for name, precision in (("single", torch.float32), ("double", torch.float64)):
        pairs = [
            (seconds(lambda p=precision: displacements(ours, PERIODS, 0.05, DT, p)), seconds(theirs))
            for _ in range(TURNS)
        ]
        mine, other = (min(pair[at][1] for pair in pairs) for at in (0, 1))
        found[name] = {
            "seconds": mine,
            "pyrotd seconds for all": other * count / SHARE,
            "ratio": other * count / SHARE / mine,
        }
    pair = (ours[:SHARE], torch.as_tensor(records(SHARE, seed=3)))

    def rotated() -> Any:
        pairs = zip(pair[0].numpy(), pair[1].numpy(), strict=True)
        return [pyrotd.calc_rotated_spec_accels(DT, a, b, 1 / PERIODS, 0.05, [50]) for a, b in pairs]

    turns = [
        (seconds(lambda: spectral_displacement(pair, DT, PERIODS.tolist(), 0.05, "rotd50")), seconds(rotated))
        for _ in range(3)
    ]
    mine, other = (min(turn[at][1] for turn in turns) for at in (0, 1))
    found["rotd50"] = {"records": SHARE, "seconds": mine, "pyrotd seconds": other, "ratio": other / mine}
    return found


def whole(count: int) -> dict[str, dict[str, float]]:
    """Everything for pairs of so many records at 20 periods, by the clock and by the processor."""
    pair = (torch.as_tensor(records(count, seed=4)), torch.as_tensor(records(count, seed=5)))
    periods = np.geomspace(0.1, 10, 20).tolist()
    lengths = torch.full((count,), SAMPLES)
    times: dict[str, dict[str, float]] = {}
    for name, work in {
        "spectra, geometric mean": lambda: spectral_displacement(pair, DT, periods, 0.05, "geometric-mean"),
        "spectra, RotD50": lambda: spectral_displacement(pair, DT, periods, 0.05, "rotd50"),
        "durations": lambda: response_durations(pair, lengths, DT, periods, 0.05, "vector", tail=False),
        "intensity": lambda: intensity(torch.stack([*pair, pair[0]], 1), 1 / DT),
    }.items():
        clock, busy = seconds(work)
        times[name] = {"seconds": clock, "cpu_seconds": busy}
    return times


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    results = {
        **about(TURNS),
        "against lsim": accuracy(),
        "pyrotd": against_pyrotd(given.records),
        "seconds for pairs at 20 periods": {"records": given.records, **whole(given.records)},
    }
    print(json.dumps(results, indent=1))
    if given.out:
        given.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
