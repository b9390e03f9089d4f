"""How fast a network's waves are simulated: hours of S-net per minute.

    python benchmarks/simulation.py [--minutes 10] [--rate 100] [--noise plain|rough] [--device cpu|cuda] [--out FILE]

150 stations, three components, 100 Hz unless said otherwise, 60 earthquakes and 12 tremors an hour and
those that the scene has at set times.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

import torch

from seisdsl.data.scenes import BEGIN, Scene, planned
from seisdsl.data.stations import network
from seisdsl.data.waves import NS
from seisdsl.language.types import TimeRange
from seisdsl.methods.simulate.network import simulated_waves


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--noise", choices=["plain", "rough"], default="plain")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    device = torch.device(given.device)
    scene = Scene(
        network("S-net"), given.rate, per_hour=60.0, tremors=12.0, planned=planned("S-net"), noise=given.noise
    )
    seconds = []
    for _ in range(given.repeats):
        started = time.perf_counter()
        waves = simulated_waves(scene, TimeRange(BEGIN, BEGIN + round(given.minutes * 60 * NS)), device)
        if device.type == "cuda":
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - started)
    figures = {
        "machine": platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg(), "torch": version("torch"),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "traces": len(waves.channels), "samples": waves.samples.numel(), "seconds": min(seconds),
        "hours_per_minute": given.minutes / min(seconds),
    }  # fmt: skip
    text = json.dumps(figures, indent=1)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
