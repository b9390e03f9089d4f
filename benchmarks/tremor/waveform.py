"""The network on waveforms beside the one on running spectra.

    python benchmarks/tremor/waveform.py [--seeds 3] [--faintest 2] [--small] [--out results.json]

Records of 164 s at 25 Hz whose two classes of events differ in their spectra alone, which cross at
6 Hz. Classes come as 50 : 10 : 1 in training and equally in the test, which is drawn apart; events are
heard at twice the amplitude of the noise or more, as what an analyst would label, or from `--faintest`
on, where errors are more and their agreement says more. Balanced accuracy of
both networks on the same records, and how far their errors agree beside what chance would give; and
class-balanced sampling beside plain. What the filters of such networks tell is asked by `filters.py`.
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
from torch import Tensor

from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import Channel, Waves
from seisdsl.language.types import Range
from seisdsl.methods.signal.spectrum import power_density
from seisdsl.methods.tremor.reading import agreement
from seisdsl.operators.tremor.srspec_cnn import SRSpecCNN
from seisdsl.operators.tremor.waveform_cnn import WaveformCNN

LENGTH, WINDOW, HOP = 4096, 128, 32
STEP = RATE / WINDOW
CHANNELS = (Channel("XX", "A", "", "HHZ"),)
CROSSING = 6.0
LOUDEST = 8.0


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


def drawn(given: argparse.Namespace, seed: int) -> tuple[Records, Records]:
    share = given.records / 61
    snr = (given.faintest, LOUDEST)
    counts = tuple(round(share * part) for part in (50, 10, 1))
    train = records(counts, LENGTH, 100 * seed + 1, crossing=CROSSING, snr=snr)
    return train, records((given.tests,) * 3, LENGTH, 100 * seed + 2, crossing=CROSSING, snr=snr)


def of_one_seed(seed: int, given: argparse.Namespace) -> dict[str, Any]:
    """One dimension and two; two with plain sampling, too."""
    train, test = drawn(given, seed)
    two = SRSpecCNN(band=Range(STEP, 65 * STEP), duration=LENGTH / RATE, channels=8, hop=LENGTH / RATE)
    methods = {"1-D": WaveformCNN(), "2-D": two}
    reads = {"1-D": lambda r: methods["1-D"].inputs(waves_of(r)), "2-D": lambda r: images(r, two)}
    found: dict[str, Any] = {}
    said = {}
    for name, method in methods.items():
        rows, tests = reads[name](train.samples), reads[name](test.samples)
        for balanced in (True, False) if name == "2-D" else (True,):
            network = fitted(method, rows, train.label, seed, given.epochs, balance=balanced)
            says = answers(network, tests)
            if balanced:
                said[name] = says
            quality = found[f"{name}, {'balanced' if balanced else 'plain'} sampling"] = _quality(
                says, test, train
            )
            print(seed, name, balanced, quality["balanced accuracy"], flush=True)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--faintest", type=float, default=2.0, help="amplitude of events over the noise")
    parser.add_argument("--small", action="store_true", help="fewer records and passes")
    parser.add_argument("--out", type=Path, help="write the figures to this JSON file")
    given = parser.parse_args()
    given.records, given.tests, given.epochs = (1830, 200, 4) if given.small else (3050, 400, 6)
    torch.set_num_threads(1)
    began = time.perf_counter()
    seeds: list[dict[str, Any]] = []
    for seed in range(given.seeds):
        seeds.append(of_one_seed(seed, given))
        results = {
            **about(),
            "faintest": given.faintest,
            **summary(seeds),
            "seeds": seeds,
            "seconds": time.perf_counter() - began,
        }
        if given.out:
            given.out.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


def summary(seeds: list[dict[str, Any]]) -> dict[str, Any]:
    """Balanced accuracy, its mean, least and largest over the seeds; and the share of errors alike."""
    found: dict[str, Any] = {}
    for name in (name for name in seeds[0] if name != "same wrong label"):
        values = [one[name]["balanced accuracy"] for one in seeds]
        found[name] = [float(np.mean(values)), min(values), max(values)]
    apart = [
        one["1-D, balanced sampling"]["balanced accuracy"]
        - one["2-D, balanced sampling"]["balanced accuracy"]
        for one in seeds
    ]
    found["1-D less 2-D"] = [float(np.mean(apart)), min(apart), max(apart)]
    return found


if __name__ == "__main__":
    main()
