"""How fast a network's waves are simulated: hours of S-net per minute.

    python benchmarks/simulation.py [--minutes 10] [--device cpu|cuda] [--out FILE]

150 stations, three components, 100 Hz, 60 earthquakes an hour.
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

from seisdsl.data.scenes import BEGIN, Scene
from seisdsl.data.stations import network
from seisdsl.data.waves import NS
from seisdsl.language.types import TimeRange
from seisdsl.methods.simulate.network import simulated_waves


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    device, scene = torch.device(given.device), Scene(network("S-net"))
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
