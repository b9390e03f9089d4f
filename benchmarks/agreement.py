"""How near the operators come to obspy and scipy: the largest difference on real records with a gap.

    python benchmarks/agreement.py [--out FILE]

The records are the three components that obspy shows its readers, with five seconds cut out of each.
Differences are relative to the largest value of the reference; they are of double precision.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import obspy
import scipy
import torch
from obspy.signal.filter import envelope
from obspy.signal.trigger import aic_simple, classic_sta_lta_py, recursive_sta_lta_py, trigger_onset

from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.waves import Waves
from seisdsl.language.types import Range
from seisdsl.methods.pick.aic import aic
from seisdsl.methods.pick.trigger import triggers
from seisdsl.operator import registry

Array = np.ndarray[Any, Any]


def records() -> obspy.Stream:
    stream = obspy.read()
    for trace in stream:
        trace.data = np.require(trace.data, np.float64)
    late = stream.slice(stream[0].stats.starttime + 15)
    return stream.slice(endtime=stream[0].stats.starttime + 10) + late


def by_obspy(change: Callable[[obspy.Trace], Any]) -> Array:
    """Every run changed by itself, on the grid of the waves."""
    stream = records()
    for trace in stream:
        changed = change(trace)
        if isinstance(changed, np.ndarray):
            trace.data = changed
    return waves_from_obspy(stream).to_numpy()


def double(waves: Waves) -> Waves:
    return waves.with_samples(waves.samples.double())


def made(word: str, **parameters: Any) -> Array:
    operator = registry()[word](**parameters)
    return operator.apply(double(waves_from_obspy(records()))).to_numpy()


def difference(ours: Array, theirs: Array) -> float:
    assert (np.isnan(ours) == np.isnan(theirs)).all(), "gaps differ"
    return float(np.nanmax(np.abs(ours - theirs)) / np.nanmax(np.abs(theirs)))


def ratio(method: str) -> float:
    function = {"classic": classic_sta_lta_py, "recursive": recursive_sta_lta_py}[method]
    ours = made("energy-ratio", short=0.5, long=3.0, method=method)
    theirs = by_obspy(lambda trace: function(trace.data, 50, 300))
    return difference(ours, theirs)


def spectrogram() -> float:
    waves = double(waves_from_obspy(records()))
    ours = registry()["spectrogram"](window=2.56).apply(waves)
    whole = obspy.read()
    worst = 0.0
    for row, trace in enumerate(sorted(whole, key=lambda t: t.id)):
        _, _, theirs = scipy.signal.spectrogram(trace.data, 100, "hann", 256, 128, detrend="constant")
        kept = ours.mask[row].numpy()
        found = ours.power[row].numpy()[:, kept]
        worst = max(worst, difference(found, theirs[:, : kept.size][:, kept]))
    return worst


def tone(hertz: float) -> float:
    """A tone resampled from 100 to 30 Hz against the tone itself, away from the ends."""
    times = np.arange(6000) / 100
    trace = obspy.Trace(np.sin(2 * np.pi * hertz * times), {"sampling_rate": 100.0})
    found = registry()["resample"](rate=30.0).apply(double(waves_from_obspy(obspy.Stream([trace]))))
    new = np.arange(found.length) / 30
    inner = slice(100, -100)
    return float(np.abs(found.samples[0].numpy() - np.sin(2 * np.pi * hertz * new))[inner].max())


def criterion() -> float:
    worst = 0.0
    for trace in obspy.read():
        samples = torch.as_tensor(np.require(trace.data[300:900], np.float64))[None]
        found = aic(samples, torch.ones_like(samples, dtype=torch.bool), 0)[0].numpy()[2:-1]
        worst = max(worst, difference(found, aic_simple(trace.data[300:900])[1:-2]))
    return worst


def unlike_triggers() -> float:
    """Triggers that are not obspy's, of all."""
    unlike = 0
    for trace in obspy.read():
        values = classic_sta_lta_py(trace.data, 50, 300)
        row = torch.as_tensor(values)[None]
        high, low = (torch.full((1, 1), level, dtype=torch.float64) for level in (2.0, 1.0))
        ours = triggers(row, torch.ones_like(row, dtype=torch.bool), high, low)[:, 1:3].tolist()
        theirs = [[int(on), int(off) + 1] for on, off in trigger_onset(values, 2.0, 1.0)]
        assert theirs, "this record has no trigger"
        unlike += sum(pair not in theirs for pair in ours) + sum(pair not in ours for pair in theirs)
    return float(unlike)


CASES: dict[str, Callable[[], float]] = {
    "bandpass, causal": lambda: difference(
        made("bandpass", band=Range(2.0, 8.0)),
        by_obspy(lambda t: t.filter("bandpass", freqmin=2, freqmax=8)),
    ),
    "bandpass, zero phase": lambda: difference(
        made("bandpass", band=Range(2.0, 8.0), phase="zero"),
        by_obspy(lambda t: t.filter("bandpass", freqmin=2, freqmax=8, zerophase=True)),
    ),
    "lowpass": lambda: difference(
        made("lowpass", below=5.0), by_obspy(lambda t: t.filter("lowpass", freq=5))
    ),
    "highpass": lambda: difference(
        made("highpass", above=1.0), by_obspy(lambda t: t.filter("highpass", freq=1))
    ),
    "decimate by 5": lambda: difference(made("decimate", factor=5), by_obspy(lambda t: t.decimate(5))),
    "detrend": lambda: difference(made("detrend"), by_obspy(lambda t: t.detrend("linear"))),
    "taper": lambda: difference(made("taper", fraction=0.05), by_obspy(lambda t: t.taper(0.05))),
    "envelope": lambda: difference(made("envelope"), by_obspy(lambda t: envelope(t.data))),
    "spectrogram": spectrogram,
    "resample, tone of 5 Hz": lambda: tone(5.0),
    "resample, tone of 11 Hz": lambda: tone(11.0),
    "energy-ratio, classic": lambda: ratio("classic"),
    "energy-ratio, recursive": lambda: ratio("recursive"),
    "ar-aic, order 0": criterion,
    "trigger, unlike obspy's": unlike_triggers,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the figures to this file as JSON")
    parsed = parser.parse_args()
    figures = {"torch": torch.__version__, "scipy": scipy.__version__, "obspy": obspy.__version__,
               "largest_difference": {}}  # fmt: skip
    for name, case in CASES.items():
        figures["largest_difference"][name] = case()
        print(f"{name:26} {figures['largest_difference'][name]:.2g}")
    if parsed.out:
        parsed.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
