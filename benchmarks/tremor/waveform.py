"""The network on waveforms beside the one on running spectra, and what its filters tell.

    python benchmarks/tremor/waveform.py [--seeds 3] [--small] [--out results.json]

Records of 164 s at 25 Hz whose two classes of events differ in their spectra alone, which cross at a
set frequency. Classes come as 50 : 10 : 1 in training and equally in the test, which is drawn apart.
Balanced accuracy of both networks on the same records, and how far their errors agree beside what
chance would give; class-balanced sampling beside plain; networks with two filters, for spectra that
cross at 4, 6 and 8 Hz: where the gains of the filters cross, beside where the spectra do, and what
taking out each band of 1 Hz costs.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _fit import answers, balanced_accuracy, fitted, recalls
from _records import CLASSES, RATE, Records, records
from _shown import about
from torch import Tensor, nn

from seisdsl.data.examples import Examples
from seisdsl.data.model import Model
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import Channel, Waves
from seisdsl.data.weights import Weights
from seisdsl.language.types import Range
from seisdsl.methods.signal.spectrum import power_density
from seisdsl.methods.tremor.reading import agreement
from seisdsl.operators.tremor.filter_response import FilterResponse
from seisdsl.operators.tremor.notch_test import NotchTest
from seisdsl.operators.tremor.srspec_cnn import SRSpecCNN
from seisdsl.operators.tremor.waveform_cnn import WaveformCNN

LENGTH, WINDOW, HOP = 4096, 128, 32
STEP = RATE / WINDOW
CHANNELS = (Channel("XX", "A", "", "HHZ"),)
CROSSINGS = (4.0, 6.0, 8.0)
SNR = (1.0, 8.0)
READINGS = ("gains cross", "strongest has its trough", "earthquake and tremor")  # one figure a network


def waves_of(samples: Tensor) -> list[Waves]:
    mask = torch.ones(1, LENGTH, dtype=torch.bool)
    return [Waves(one[None], mask, RATE, 0, CHANNELS) for one in samples]


def images(samples: Tensor, method: SRSpecCNN) -> Tensor:
    frequencies = torch.fft.rfftfreq(WINDOW, 1 / RATE, dtype=torch.float64)
    mask = torch.ones(1, (LENGTH - WINDOW) // HOP + 1, dtype=torch.bool)
    made = []
    for part in samples.split(128):
        power = power_density(part, WINDOW, HOP, RATE)
        values = [Spectrogram(p[None], mask, frequencies, HOP / RATE, 0, CHANNELS) for p in power]
        made.append(method.inputs(values))
    return torch.cat(made)


def drawn(given: argparse.Namespace, seed: int, crossing: float) -> tuple[Records, Records]:
    share = given.records / 61
    counts = tuple(round(share * part) for part in (50, 10, 1))
    train = records(counts, LENGTH, 100 * seed + 1, crossing=crossing, snr=SNR)
    return train, records((given.tests,) * 3, LENGTH, 100 * seed + 2, crossing=crossing, snr=SNR)


def of_one_seed(seed: int, given: argparse.Namespace) -> dict[str, Any]:
    """One dimension and two, balanced and plain, where spectra cross at 6 Hz."""
    train, test = drawn(given, seed, 6.0)
    two = SRSpecCNN(band=Range(STEP, 65 * STEP), duration=LENGTH / RATE, channels=8, hop=LENGTH / RATE)
    methods = {"1-D": WaveformCNN(), "2-D": two}
    reads = {"1-D": lambda r: methods["1-D"].inputs(waves_of(r)), "2-D": lambda r: images(r, two)}
    found: dict[str, Any] = {}
    said = {}
    for name, method in methods.items():
        rows, tests = reads[name](train.samples), reads[name](test.samples)
        for balanced in (True, False):
            network = fitted(method, rows, train.label, seed, given.epochs, balance=balanced)
            says = answers(network, tests)
            if balanced:
                said[name] = says
            found[f"{name}, {'balanced' if balanced else 'plain'} sampling"] = _quality(says, test, train)
    alike = agreement(said["1-D"], said["2-D"], test.label, 3)
    found["same wrong label"] = alike._asdict()
    return found


def _quality(said: Tensor, test: Records, train: Records) -> dict[str, Any]:
    """The accuracy is that at the shares of the classes in training: the trap."""
    recall = recalls(said, test.label)
    share = torch.bincount(train.label).double() / len(train.label)
    return {
        "balanced accuracy": balanced_accuracy(said, test.label),
        "accuracy at 50:10:1": float((share * torch.tensor(recall)).sum()),
        "recall": dict(zip(CLASSES, recall, strict=True)),
    }


def of_two_filters(seed: int, crossing: float, given: argparse.Namespace) -> dict[str, Any]:
    """What a network of two filters shows of where the spectra cross."""
    train = records((given.reading,) * 3, LENGTH, 100 * seed + 3, crossing=crossing, snr=SNR)
    test = records((given.tests // 2,) * 3, LENGTH, 100 * seed + 4, crossing=crossing, snr=SNR)
    method = WaveformCNN(filters=2)
    rows = method.inputs(waves_of(train.samples))
    network = fitted(method, rows, train.label, seed, 2 * given.epochs, rate=3e-3)
    model = as_model(method, network)
    examples = Examples(
        tuple(waves_of(test.samples)), tuple(CLASSES[k] for k in test.label), classes=CLASSES, simulated=True
    )
    read = FilterResponse().apply(model, examples=examples)
    said = answers(network, method.inputs(examples.values))
    found: dict[str, Any] = {"balanced accuracy": balanced_accuracy(said, test.label)}
    for row in read["crossings"].frame.rows(named=True):
        found.setdefault(f"{row['one']} and {row['other']}", row["frequency"])  # the weightiest
    found["bands"] = read["bands"].frame.to_dicts()
    found["gains cross"] = found.get("filters of group 1 and filters of group 2")
    found["strongest has its trough"] = found["bands"][0]["trough"]
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
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="fewer records and passes")
    parser.add_argument("--out", type=Path, help="write the figures to this JSON file")
    given = parser.parse_args()
    small = (1830, 200, 200, 6)
    given.records, given.reading, given.tests, given.epochs = small if given.small else (3050, 300, 400, 8)
    torch.set_num_threads(1)
    began = time.perf_counter()
    seeds = [of_one_seed(seed, given) for seed in range(given.seeds)]
    results: dict[str, Any] = {**about(), "seeds": seeds}
    for name in seeds[0]:
        if name != "same wrong label":
            values = [one[name]["balanced accuracy"] for one in seeds]
            results[name] = [float(np.mean(values)), min(values), max(values)]
    filters = {fx: [of_two_filters(seed, fx, given) for seed in range(given.seeds)] for fx in CROSSINGS}
    results["within 1.5 Hz of the crossing"] = {
        name: {
            str(fx): sum(one[name] is not None and abs(one[name] - fx) <= 1.5 for one in found)
            for fx, found in filters.items()
        }
        for name in READINGS
    }
    results["filters"] = {str(fx): found for fx, found in filters.items()}
    results["seconds"] = time.perf_counter() - began
    print(json.dumps(results, indent=2))
    if given.out:
        given.out.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
