"""What the engine costs: chunks of a minute through plan, store and executor, against the same work bare.

    python benchmarks/overhead.py [--stations 50] [--minutes 60] [--out FILE]

A network's simulated noise, held in memory, bandpassed and picked: once by calling the operators on
the whole pieces that the engine would give them, once by the engine. The rest is the engine's.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import torch

import seisdsl
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.engine.piece import piece
from seisdsl.engine.plan import planned
from seisdsl.engine.run import Engine
from seisdsl.engine.store import Store
from seisdsl.source import SourceText

RATE = 100.0
MINUTE = 60 * NS
PROGRAM = "stream noise | bandpass 2..8Hz | sta-lta on=6"


def noise(stations: int, minutes: int) -> Waves:
    torch.manual_seed(1)
    samples = torch.randn(3 * stations, round(minutes * 60 * RATE))
    channels = tuple(Channel("XX", f"S{n:04d}", "", f"EH{c}") for n in range(stations) for c in "ZNE")
    return Waves(samples, torch.ones_like(samples, dtype=torch.bool), RATE, 1_471_219_200 * NS, channels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=50)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    checked = seisdsl.check(
        SourceText.of(PROGRAM), values={"noise": noise(given.stations, given.minutes)}, running=True
    )
    graph = checked.graph
    assert graph is not None
    (segment,) = planned(graph.nodes, graph.wanted, chunk=MINUTE).segments
    bare, engine = [], []
    for _ in range(given.repeats):
        started = time.perf_counter()
        for chunk in segment.chunks:
            piece(segment, chunk, {})
        bare.append(time.perf_counter() - started)
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            list(Engine(MINUTE, Store(Path(folder))).values(graph.nodes, graph.wanted))
            engine.append(time.perf_counter() - started)
    figures = {
        "machine": platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg(),
        "versions": {name: version(name) for name in ("torch", "polars")},
        "stations": given.stations, "chunks": len(segment.chunks),
        "bare_s": min(bare), "engine_s": min(engine), "overhead": min(engine) / min(bare) - 1,
    }  # fmt: skip
    text = json.dumps(figures, indent=1)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
