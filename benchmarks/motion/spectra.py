"""Response spectra: how near scipy, and how fast beside pyrotd.

    python benchmarks/motion/spectra.py [--records 1000] [--out results.json]

Records are noise that rises and dies away, 120 s at 100 Hz. Both are timed in the same process on one
thread, by the processor's time, the quickest of several turns; pyrotd takes a share of the records and
is counted for all. Largest displacements are held against scipy's on lines of which each is cut into 64,
histories at the samples themselves. pyrotd turns a record as if it came again and again, so the two agree only where
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
from seisdsl.methods.motion.oscillator import responses
from seisdsl.methods.motion.peaks import displacements
from seisdsl.methods.motion.spectra import response_durations, spectral_displacement

DT = 0.01
SAMPLES = 12_000
PERIODS = np.geomspace(0.1, 10, 100)
SHARE = 10  # records that pyrotd is timed on
PAIRS = 100  # that RotD50 is timed on
CUT = 64
PRECISIONS = {"single": torch.float32, "double": torch.float64}
TURNS = 5


def records(count: int, seed: int) -> np.ndarray[Any, Any]:
    chance = np.random.default_rng(seed)
    t = np.arange(SAMPLES) * DT
    lasts = chance.uniform(5, 20, (count, 1))
    shape = np.where(t < 20, (t / 20) ** 2, np.exp(-np.clip(t - 25, 0, None) / lasts))
    return chance.normal(size=(count, SAMPLES)) * shape * 50


def accuracy() -> dict[str, dict[str, float]]:
    """The largest difference from scipy's lsim, relative to the largest displacement."""
    given = records(2, seed=2)[:, 1000:3000]
    given = np.pad(given, ((0, 0), (0, 49)))  # to where the last block ends, behind the records
    count = given.shape[1]
    fine = np.arange((count - 1) * CUT + 1) / CUT
    worst = {"largest": dict.fromkeys(PRECISIONS, 0.0), "history": dict.fromkeys(PRECISIONS, 0.0)}
    for period in (0.1, 0.3, 1.0, 3.0, 10.0):
        w = 2 * np.pi / period
        system = ([[0, 1], [-w * w, -0.1 * w]], [[0], [-1]], [[1, 0]], [[0]])
        for one in given:
            expected = lsim(system, np.interp(fine, np.arange(count), one), fine * DT)[1]
            most = np.abs(expected).max()
            for name, precision in PRECISIONS.items():
                own = torch.as_tensor(one)[None]
                found = float(displacements(own, [period], 0.05, DT, precision)[0, 0])
                worst["largest"][name] = max(worst["largest"][name], abs(found / most - 1))
                (part,) = responses(own, [period], 0.05, DT, precision=precision)
                away = np.abs(part[2].flatten().numpy()[: count - 1] - expected[CUT::CUT]).max() / most
                worst["history"][name] = max(worst["history"][name], float(away))
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
    own = displacements(ours[:SHARE], PERIODS.tolist(), 0.05, DT).numpy() * w2
    long = PERIODS >= 0.5
    found["difference, periods of 0.5 s and more"] = float(np.abs(own / psa - 1)[:, long].max())
    found["difference, all periods"] = float(np.abs(own / psa - 1).max())
    for name, precision in PRECISIONS.items():
        pairs = [
            (seconds(lambda p=precision: displacements(ours, PERIODS.tolist(), 0.05, DT, p)), seconds(theirs))
            for _ in range(TURNS)
        ]
        mine, other = (min(pair[at][1] for pair in pairs) for at in (0, 1))
        found[name] = {
            "seconds": mine,
            "pyrotd seconds for all": other * count / SHARE,
            "ratio": other * count / SHARE / mine,
        }
    pair = (ours[:PAIRS], torch.as_tensor(records(PAIRS, seed=3)))

    def rotated() -> Any:
        pairs = zip(pair[0][:SHARE].numpy(), pair[1][:SHARE].numpy(), strict=True)
        return [pyrotd.calc_rotated_spec_accels(DT, a, b, 1 / PERIODS, 0.05, [50]) for a, b in pairs]

    turns = [
        (seconds(lambda: spectral_displacement(pair, DT, PERIODS.tolist(), 0.05, "rotd50")), seconds(rotated))
        for _ in range(3)
    ]
    mine, other = (min(turn[at][1] for turn in turns) for at in (0, 1))
    other *= len(pair[0]) / SHARE
    found["rotd50"] = {
        "pairs": len(pair[0]),
        "seconds": mine,
        "pyrotd seconds for all": other,
        "ratio": other / mine,
    }
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
