"""SRSpec-CNN beside the ordinary network of as many weights, on simulated records of single stations.

    python benchmarks/tremor/srspec.py [--seeds 3] [--small] [--out results.json]

Each seed draws its own records: training on 16 stations, test records of these and of two stations
that were held out. Events are heard at twice the amplitude of the noise or more, as what an analyst
would label; accuracy by signal-to-noise ratio tells of fainter ones too. Pooling along time alone and
along both axes are compared under either head: the largest value along time, or all values, which is
how networks for pictures were made when the method was published. Accuracy with a 95 % interval from
drawing the test records of all seeds again, the difference paired by record; what two events in one
image are called; how many answers change when an image is rolled by 38 or 41 s, and how much tremor
stays tremor when it is rolled up by 2 Hz; and two classes that differ in nothing but 3 and 7 Hz.
"""

from __future__ import annotations

import argparse
import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from _fit import answers, fitted, interval
from _records import CLASSES, RATE, Records, bursts, records
from _shown import about
from torch import Tensor, nn

from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import Channel
from seisdsl.language.types import Range
from seisdsl.methods.signal.spectrum import power_density
from seisdsl.operators.tremor.srspec_cnn import SRSpecCNN

LENGTH = round(230 * RATE)
WINDOW, HOP = 200, 100
STATIONS, HELD = 18, 2
CHANNELS = 8
NETWORKS: dict[str, dict[str, Any]] = {
    "SRSpec": {},
    "ordinary": {"pooling": "both"},
    "SRSpec, time kept": {"head": "flatten", "hidden": 24},
    "ordinary, time kept": {"head": "flatten", "hidden": 24, "pooling": "both"},
}
PAIRS = (
    ("SRSpec", "ordinary"),
    ("SRSpec, time kept", "ordinary, time kept"),
    ("SRSpec", "ordinary, time kept"),
)
HEARD = 2.0  # times the noise: what is learned from, and what the accuracy is of
SNR = (1.0, 10.0)
EDGES = (1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
LATER, HIGHER = (11, 12), 16  # pixels in 38 and 41 s, and in 2 Hz
TREMOR = CLASSES.index("tremor")


def images(samples: Tensor, method: SRSpecCNN) -> Tensor:
    """What the operator reads of records."""
    frequencies = torch.fft.rfftfreq(WINDOW, 1 / RATE, dtype=torch.float64)
    channels = (Channel("XX", "A", "", "HHZ"),)
    mask = torch.ones(1, (LENGTH - WINDOW) // HOP + 1, dtype=torch.bool)
    made = []
    for part in samples.split(128):
        power = power_density(part, WINDOW, HOP, RATE)
        values = [Spectrogram(p[None], mask, frequencies, HOP / RATE, 0, channels) for p in power]
        made.append(method.inputs(values))
    return torch.cat(made)


def of_one_seed(seed: int, given: argparse.Namespace) -> dict[str, Any]:
    number = given.records * STATIONS // (STATIONS - HELD)
    drawn = records((number,) * 3, LENGTH, 10 * seed, STATIONS, snr=(HEARD, SNR[1]))
    train = drawn.chosen(drawn.station < STATIONS - HELD)
    test = records((given.tests,) * 3, LENGTH, 10 * seed + 1, STATIONS, snr=SNR)
    held = records((given.tests,) * 3, LENGTH, 10 * seed + 2, STATIONS, snr=(HEARD, SNR[1]), only=(16, 17))
    inside = test.chosen(test.station < STATIONS - HELD)
    reader = SRSpecCNN()
    rows, inner, outer = (images(one.samples, reader) for one in (train, inside, held))
    two = _two_events(seed, given.tests // 2)
    found: dict[str, Any] = {"snr": inside.snr, "label": inside.label}
    pairs = images(two, reader)
    for name, own in NETWORKS.items():
        method = SRSpecCNN(channels=CHANNELS, **own)
        began = time.process_time()
        network = fitted(method, rows, train.label, seed, given.epochs)
        said = answers(network, inner)
        found[name] = {
            "weights": sum(part.numel() for part in network.parameters()),
            "seconds": time.process_time() - began,
            "right": (said == inside.label).float(),
            "held": (answers(network, outer) == held.label).float(),
            **_probes(network, inner, inside, said),
            "two": answers(network, pairs),
        }
        print(seed, name, float(found[name]["right"].mean()), flush=True)
    return found


def _probes(network: nn.Module, rows: Tensor, test: Records, said: Tensor) -> dict[str, Tensor]:
    moved = [answers(network, rows.roll(by, 3)) != said for size in LATER for by in (-size, size)]
    tremor = (said == TREMOR) & (test.label == TREMOR)
    higher = answers(network, rows[tremor].roll(HIGHER, 2)) != TREMOR
    return {"rolled in time": torch.cat(moved).float(), "raised by 2 Hz": higher.float()}


def _two_events(seed: int, number: int) -> Tensor:
    """An earthquake and tremor in one record, both well above the noise."""
    parts = [
        records(counts, LENGTH, 10 * seed + 3, STATIONS, snr=(3.0, 10.0)).samples
        for counts in ((0, number), (0, 0, number))
    ]
    return parts[0] + parts[1]


def by_frequency(seed: int, given: argparse.Namespace) -> dict[str, float]:
    """Accuracy on bursts that differ in nothing but 3 and 7 Hz, both far from the edges of the image.

    Near an edge a network tells where it is by what it is padded with.
    """
    found = {}
    sets = [bursts(number, LENGTH, 10 * seed + at, (3.0, 7.0)) for at, number in ((4, 150), (5, 200))]
    for name, more in (
        ("SRSpec", {}),
        ("ordinary", {"pooling": "both"}),
        ("ordinary, global pooling", {"pooling": "both", "head": "global"}),
    ):
        method = SRSpecCNN(channels=CHANNELS, band=Range(0.5, 12.5), size=96, **more)
        (rows, label), (test, truth) = ((images(samples, method), label) for samples, label in sets)
        network = fitted(method, rows, label, seed, given.epochs, classes=2)
        found[name] = float((answers(network, test) == truth).float().mean())
    return found


def summary(seeds: list[dict[str, Any]]) -> dict[str, Any]:
    """Over the test records of all seeds."""
    found: dict[str, Any] = {}
    snr, label = (torch.cat([one[key] for one in seeds]) for key in ("snr", "label"))

    def of(name: str, key: str) -> Tensor:
        return torch.cat([one[name][key] for one in seeds])

    heard = (snr >= HEARD) | (label == CLASSES.index("noise"))
    for name in NETWORKS:
        right, two = of(name, "right"), of(name, "two")
        found[name] = {
            "weights": seeds[0][name]["weights"],
            "seconds to fit": [one[name]["seconds"] for one in seeds],
            "accuracy": interval(right[heard]),
            "recall": {c: float(right[heard & (label == k)].mean()) for k, c in enumerate(CLASSES)},
            "accuracy on held-out stations": interval(of(name, "held")),
            "accuracy by SNR": {
                f"{low:g} to {high:g}": [float(right[which].mean()), int(which.sum())]
                for low, high in pairwise(EDGES)
                if (which := (snr >= low) & (snr < high)).any()
            },
            "changed when rolled by 38 or 41 s": interval(of(name, "rolled in time")),
            "tremor lost when raised by 2 Hz": interval(of(name, "raised by 2 Hz")),
            "two events are called": {c: float((two == k).float().mean()) for k, c in enumerate(CLASSES)},
        }
    found["less"] = {
        f"{one} less {other}": {
            "accuracy": interval((of(one, "right") - of(other, "right"))[heard]),
            "on held-out stations": interval(of(one, "held") - of(other, "held")),
        }
        for one, other in PAIRS
    }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="half the records and fewer passes")
    parser.add_argument("--out", type=Path, help="write the figures to this JSON file")
    given = parser.parse_args()
    given.records, given.tests, given.epochs = (350, 200, 6) if given.small else (700, 400, 10)
    torch.set_num_threads(1)
    began = time.perf_counter()
    seeds, bands = [], []
    for seed in range(given.seeds):
        seeds.append(of_one_seed(seed, given))
        bands.append(by_frequency(seed, given))
        results = {
            **about(),
            "seeds": len(seeds),
            "records of each class": given.records,
            "passes": given.epochs,
            **summary(seeds),
            "3 Hz or 7 Hz": {name: [one[name] for one in bands] for name in bands[0]},
            "seconds": time.perf_counter() - began,
        }
        if given.out:
            given.out.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
