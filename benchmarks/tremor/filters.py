"""What the two filters of a network on waveforms tell of where the spectra of its classes cross.

    python benchmarks/tremor/filters.py [--seeds 5] [--small] [--out results.json]

Records like those of `waveform.py`, classes alike often, with spectra that cross at 4, 6 and 8 Hz and
lie within an octave or so on either side: where they reach up to the highest frequency, a filter may
lie anywhere in the half of its class, and where two of them cross says nothing. Of each network: where
the gains of its filters cross, where the stronger has its trough, where the whole network turns from
leaning to one class to the other, beside where the mean spectra of the classes cross; and, for the
first seed, what taking out each band of 1 Hz costs.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch
from _fit import answers, balanced_accuracy, fitted
from _records import CLASSES, records
from _shown import about
from torch import nn
from waveform import LENGTH, waves_of

from seisdsl.data.examples import Examples
from seisdsl.data.model import Model
from seisdsl.data.weights import Weights
from seisdsl.language.types import Range
from seisdsl.operators.tremor.filter_response import FilterResponse
from seisdsl.operators.tremor.notch_test import NotchTest
from seisdsl.operators.tremor.waveform_cnn import WaveformCNN

CROSSINGS = (4.0, 6.0, 8.0)
READINGS = {
    "gains cross": "filters of group 1 and filters of group 2",
    "leaning turns": "leaning to earthquake and leaning to tremor",
    "spectra cross": "earthquake and tremor",
}
NEAR = 1.5  # Hz
SNR = (1.0, 6.0)
OCTAVES = 0.7


def of_two_filters(seed: int, crossing: float, given: argparse.Namespace) -> dict[str, Any]:
    """What a network of two filters shows of where the spectra cross."""
    train = records((given.reading,) * 3, LENGTH, 100 * seed + 3, crossing=crossing, snr=SNR, octaves=OCTAVES)
    test = records((given.tests,) * 3, LENGTH, 100 * seed + 4, crossing=crossing, snr=SNR, octaves=OCTAVES)
    method = WaveformCNN(filters=2)
    rows = method.inputs(waves_of(train.samples))
    network = fitted(method, rows, train.label, seed, given.epochs, rate=3e-3)
    model = as_model(method, network)
    examples = Examples(
        tuple(waves_of(test.samples)), tuple(CLASSES[k] for k in test.label), classes=CLASSES, simulated=True
    )
    read = FilterResponse().apply(model, examples=examples)
    said = answers(network, method.inputs(examples.values))
    at: dict[str, float] = {}
    for row in read["crossings"].frame.rows(named=True):
        at.setdefault(f"{row['one']} and {row['other']}", row["frequency"])  # the weightiest
    found: dict[str, Any] = {
        "balanced accuracy": balanced_accuracy(said, test.label),
        **{name: at.get(pair) for name, pair in READINGS.items()},
        "bands": read["bands"].frame.to_dicts(),
    }
    found["strongest has its trough"] = found["bands"][0]["trough"]
    print(seed, crossing, [found.get(name) for name in ("balanced accuracy", *READINGS)], flush=True)
    if seed == 0:
        bands = NotchTest(band=Range(0.0, 12.0)).apply(model, examples=examples).frame
        found["drop by band"] = dict(zip(map(str, bands["low"]), bands["drop"], strict=True))
    return found


def as_model(method: WaveformCNN, network: nn.Module) -> Model[Any, Any]:
    return Model(
        method,
        Weights(method.word, CLASSES, (1, LENGTH), network.state_dict(), simulated=True),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="fewer records and passes")
    parser.add_argument("--out", type=Path, help="write the figures to this JSON file")
    given = parser.parse_args()
    given.reading, given.tests, given.epochs = (150, 100, 8) if given.small else (250, 150, 10)
    torch.set_num_threads(1)
    began = time.perf_counter()
    filters: dict[float, list[dict[str, Any]]] = {crossing: [] for crossing in CROSSINGS}
    for seed in range(given.seeds):
        for crossing, found in filters.items():
            found.append(of_two_filters(seed, crossing, given))
        results = {
            **about(),
            "seeds": seed + 1,
            "within 1.5 Hz of the crossing": {
                name: {str(crossing): _near(found, name, crossing) for crossing, found in filters.items()}
                for name in ("gains cross", "strongest has its trough", "leaning turns", "spectra cross")
            },
            "filters": {str(crossing): found for crossing, found in filters.items()},
            "seconds": time.perf_counter() - began,
        }
        if given.out:
            given.out.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


def _near(found: list[dict[str, Any]], name: str, crossing: float) -> int:
    return sum(one[name] is not None and abs(one[name] - crossing) <= NEAR for one in found)


if __name__ == "__main__":
    main()
