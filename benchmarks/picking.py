"""How well and how fast the classical pickers pick P, beside obspy.

    python benchmarks/picking.py [--out results.json]

Accuracy: the Northern California windows under $SEISDSL_TEST_DATA/waveforms/ncedc-picks, cut to a
minute at a random place, P 12 to 30 s into it (it is always at the same sample of the window).
A stretch that stays constant for a second is filling and counts as unrecorded; obspy is given
what lies between. Of several picks in a window the one of highest score is judged. Shares are
means over the seeds, with a 95 % interval from resampling the windows. Needs h5py.

Speed: obspy's compiled functions in the same process, turn by turn, the quickest of several. They
are given double precision, which they work in, and the operators the single precision of records.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import torch
from obspy.signal.trigger import ar_pick, classic_sta_lta, recursive_sta_lta, trigger_onset
from timing import Case, about, table

from seisdsl.data.table import Picks
from seisdsl.data.waves import Channel, Waves
from seisdsl.operators.pick.ar_aic import ArAic
from seisdsl.operators.pick.energy_ratio import EnergyRatio
from seisdsl.operators.pick.sta_lta import StaLta

RATE = 100.0
LENGTH = 6000
FILLING = 100  # samples without change
SEEDS = (0, 1, 2)
REPEATS = 7
AR_PICK = (1.0, 20.0, 1.0, 0.1, 4.0, 1.0, 2, 8, 0.1, 0.2)  # the parameters of obspy's tutorial


def windows(folder: Path) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """All windows [window, component, time], components east, north, up, and the sample of P."""
    import h5py

    with h5py.File(folder / "windows.h5") as file:
        sets = [file["data"][name] for name in sorted(file["data"])]
        return np.stack([one[:] for one in sets]), np.array([int(one.attrs["p_sample"]) for one in sets])


def filled(samples: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Where the samples of [trace, time] have not changed for a while."""
    from seisdsl.methods.pick.runs import runs

    same = np.diff(samples, axis=-1) == 0
    mask = np.zeros(samples.shape, bool)
    for trace, start, end in runs(torch.from_numpy(same)).tolist():
        if end - start >= FILLING:
            mask[trace, start : end + 1] = True
    return mask


def cut(
    samples: np.ndarray[Any, Any], p: np.ndarray[Any, Any], seed: int
) -> tuple[Waves, np.ndarray[Any, Any]]:
    """A minute of each window as a station of its own, and where P is in it."""
    first = p - np.random.default_rng(seed).integers(1200, 3001, len(p))
    values = np.concatenate([one[:, at : at + LENGTH] for one, at in zip(samples, first, strict=True)])
    mask = ~filled(values)
    channels = [Channel("XX", f"{n:03}", "", f"HH{c}") for n in range(len(p)) for c in "ENZ"]
    recorded = torch.from_numpy(mask)
    waves = Waves(torch.from_numpy(values).masked_fill(~recorded, 0), recorded, RATE, 0, tuple(channels))
    return waves, p - first


def bandpassed(waves: Waves) -> Waves:
    sections = scipy.signal.butter(4, (1, 20), "bandpass", fs=RATE, output="sos")

    def transform(run: torch.Tensor) -> torch.Tensor:
        centred = (run - run.mean(-1, keepdim=True)).numpy()
        return torch.from_numpy(scipy.signal.sosfilt(sections, centred))

    return waves.by_segment(transform)


def strongest(picks: Picks, stations: int) -> np.ndarray[Any, Any]:
    """Sample of the pick of highest score at each station; NaN where there is none."""
    frame = picks.frame.sort("score")
    found = np.full(stations, np.nan)
    at = frame["station"].cast(int).to_numpy()
    found[at] = frame["time"].to_physical().to_numpy() / 1e9 * RATE
    return found


def by_ar_pick(waves: Waves) -> np.ndarray[Any, Any]:
    found = []
    for traces in waves.by_instrument().values():
        east, north, up = (waves.samples[trace].numpy() for trace in traces)
        recorded = np.flatnonzero(waves.mask[traces[2]].numpy())
        part = slice(recorded[0], recorded[-1] + 1)
        onset, _ = ar_pick(up[part], north[part], east[part], RATE, *AR_PICK, s_pick=False)
        found.append(part.start + onset * RATE)
    return np.array(found)


def accuracy(folder: Path) -> list[dict[str, Any]]:
    samples, p = windows(folder)
    errors: dict[str, list[np.ndarray[Any, Any]]] = {}
    uncertainties: dict[str, list[float]] = {}
    for seed in SEEDS:
        raw, truth = cut(samples, p, seed)
        waves = bandpassed(raw)
        picks = StaLta(short=0.5, long=10.0).apply(waves)
        given = {"sta-lta": picks, "sta-lta | ar-aic": ArAic().apply(picks, waves=waves)}
        given["ar-aic"] = ArAic().apply(waves)
        found = {name: strongest(of, len(p)) for name, of in given.items()}
        found["obspy ar_pick, untuned"] = by_ar_pick(raw)
        for name, sample in found.items():
            errors.setdefault(name, []).append((sample - truth) / RATE)
        for name, of in given.items():
            uncertainties.setdefault(name, []).extend(of.frame["uncertainty"].drop_nulls())
    return [judged(name, np.stack(of), uncertainties.get(name, [])) for name, of in errors.items()]


def judged(name: str, error: np.ndarray[Any, Any], uncertainty: list[float]) -> dict[str, Any]:
    """Shares of [seed, window] within a time; median and robust spread of those within half a second."""
    row: dict[str, Any] = {"method": name, "picked": float(np.isfinite(error).mean())}
    distance = np.abs(np.nan_to_num(error, nan=np.inf))
    windows = distance.shape[1]
    resampled = np.random.default_rng(0).integers(0, windows, (2000, windows))
    for within in (0.1, 0.5):
        right = (distance <= within).mean(0)
        interval = np.quantile(right[resampled].mean(1), (0.025, 0.975))
        row[f"within {within} s"] = [float(right.mean()), *interval.tolist()]
    near = error[distance <= 0.5]
    row["median s"] = float(np.median(near))
    row["spread s"] = float(1.4826 * np.median(np.abs(near - np.median(near))))
    row["uncertainty s"] = float(np.median(uncertainty)) if uncertainty else None
    return row


def noise(traces: int, seconds: float) -> Waves:
    samples = torch.randn(traces, round(seconds * RATE), generator=torch.Generator().manual_seed(0))
    channels = tuple(Channel("XX", f"{n // 3:03}", "", f"HH{'ENZ'[n % 3]}") for n in range(traces))
    return Waves(samples, torch.ones_like(samples, dtype=torch.bool), RATE, 0, channels)


def speed() -> Iterator[Case]:
    """Ratios and picks of 20 stations of three components over an hour, beside obspy trace by trace."""
    waves = noise(60, 3600)
    doubles = waves.samples.double().numpy()
    for method, function in (("classic", classic_sta_lta), ("recursive", recursive_sta_lta)):
        ratios = partial(lambda function: [function(trace, 100, 3000) for trace in doubles], function)
        operator = EnergyRatio(method=method)
        yield Case(f"energy-ratio, {method}", doubles.size, partial(operator.apply, waves), "obspy", ratios)
        picks = partial(
            lambda function: [trigger_onset(function(trace, 100, 3000), 3.5, 1.5) for trace in doubles],
            function,
        )
        picker = StaLta(method=method, per="trace")
        yield Case(f"sta-lta, {method}, by trace", doubles.size, partial(picker.apply, waves), "obspy", picks)
    yield Case(
        "sta-lta, by station",
        doubles.size,
        partial(StaLta().apply, waves),
        "by trace",
        partial(StaLta(per="trace").apply, waves),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, help="write the figures to this JSON file")
    given = parser.parse_args()
    results: dict[str, Any] = {**about(REPEATS), "speed": table(speed, REPEATS)}
    torch.set_num_threads(1)
    if folder := os.environ.get("SEISDSL_TEST_DATA"):
        results["accuracy"] = accuracy(Path(folder) / "waveforms" / "ncedc-picks")
        print(f"\n{'P':24} picked  {'within 0.1 s':20} {'within 0.5 s':20} median  spread  uncertainty")
        for row in results["accuracy"]:
            shares = ["{:.3f} ({:.3f}-{:.3f})".format(*row[f"within {within} s"]) for within in (0.1, 0.5)]
            errors = f"{row['median s']:6.3f}  {row['spread s']:6.3f}"
            errors += f"  {row['uncertainty s']:6.3f}" if row["uncertainty s"] else ""
            print(f"{row['method']:24} {row['picked']:6.3f}  {shares[0]:20} {shares[1]:20} {errors}")
    else:
        print("SEISDSL_TEST_DATA is not set: accuracy is not measured")
    if given.out:
        given.out.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
