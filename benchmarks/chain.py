"""From files to triggers: detrend, bandpass, STA/LTA and triggers, ours and obspy's, in one process.

    python benchmarks/chain.py [--hours 24] [--repeats 3] [--out FILE]

Three channels at 100 Hz from miniSEED (Steim2, 512-byte records), noise with an event every ten
minutes. The two in turn; wall and CPU seconds of the best of several. Ours with one thread of torch
and with all, obspy as it is. The triggers of both must be the same: onsets to a sample.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import obspy
import torch
from obspy import Stream, Trace, UTCDateTime
from obspy.signal.trigger import classic_sta_lta, trigger_onset

from seisdsl.engine.device import on
from seisdsl.engine.run import Engine
from seisdsl.engine.store import Store
from seisdsl.graph import Graph
from seisdsl.language.check import check
from seisdsl.source import SourceText

START = UTCDateTime(2016, 8, 15)
RATE = 100
BAND, SHORT, LONG, ON, OFF = (2.0, 8.0), 1.0, 30.0, 4.0, 1.5
PROGRAM = """\
read "{path}" | detrend | bandpass 2..8Hz
  | energy-ratio short=1s long=30s | trigger on=4 off=1.5 scale=none longest=1h
"""


def day(path: Path, hours: float) -> None:
    """Red noise with a burst that dies away every ten minutes, on three components."""
    rng = np.random.default_rng(3)
    count = round(hours * 3600 * RATE)
    stream = Stream()
    burst = np.exp(-np.arange(20 * RATE) / (4 * RATE)) * 3000
    for component in "ZNE":
        data = np.cumsum(rng.normal(0, 20, count)) * 0.05 + rng.normal(0, 100, count)
        for at in range(300 * RATE, count - 60 * RATE, 600 * RATE):
            data[at : at + len(burst)] += burst * rng.normal(0, 1, len(burst))
        header = {"network": "XX", "station": "A", "channel": f"EH{component}", "sampling_rate": RATE,
                  "starttime": START}  # fmt: skip
        stream += Trace(data.astype(np.int32), header)
    stream.write(str(path), format="MSEED", encoding="STEIM2", reclen=512)


def by_obspy(path: Path) -> list[tuple[str, int]]:
    found = []
    for trace in obspy.read(str(path), format="MSEED"):
        trace.detrend("linear")
        trace.filter("bandpass", freqmin=BAND[0], freqmax=BAND[1], corners=4)
        ratio = classic_sta_lta(trace.data, round(SHORT * RATE), round(LONG * RATE))
        for start, _ in trigger_onset(ratio, ON, OFF):
            found.append((trace.id, START.ns + int(start) * 10**9 // RATE))
    return sorted(found)


def graph(path: Path) -> Graph:
    checked = check(SourceText.of(PROGRAM.format(path=path)), running=True)
    assert checked.graph is not None, checked.diagnostics
    return checked.graph


def by_us(program: Graph, folder: Path) -> list[tuple[str, int]]:
    """With an empty store each time, so that everything is worked out."""
    with on("cpu"), tempfile.TemporaryDirectory(dir=folder) as store:
        engine = Engine(store=Store(Path(store)))
        ((_, table),) = engine.values(program.nodes, program.wanted)
    rows = table.frame.select(
        "network", "station", "location", "channel", table.frame["time"].dt.timestamp("ns")
    )
    return sorted((".".join(row[:4]), row[4]) for row in rows.rows())


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    cores = os.cpu_count() or 1
    best: dict[str, tuple[float, float]] = {}
    found: dict[str, list[tuple[str, int]]] = {}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "day.mseed"
        day(path, given.hours)
        program = graph(path)
        ways: dict[str, Callable[[], Any]] = {"obspy": lambda: by_obspy(path)}
        for threads in sorted({1, cores}):
            ways[f"seisdsl, {threads} threads"] = lambda: by_us(program, Path(name))
        by_us(program, Path(name))  # the index is made, modules are imported
        for _ in range(given.repeats):
            for way, work in ways.items():
                torch.set_num_threads(1 if way.endswith(" 1 threads") else cores)
                found[way], *seconds = timed(work)
                best[way] = min(best.get(way, (1e9, 1e9)), (seconds[0], seconds[1]))
    onsets = {way: set(rows) for way, rows in found.items()}
    peer = onsets.pop("obspy")
    figures: dict[str, Any] = {
        "machine": platform.machine(), "cores": cores, "load": os.getloadavg(),
        "versions": {name: version(name) for name in ("torch", "numpy", "scipy", "obspy", "pymseed")},
        "samples": 3 * round(given.hours * 3600 * RATE), "triggers": len(peer),
        "same": {way: len(rows & peer) for way, rows in onsets.items()},
        "of": {way: len(rows) for way, rows in onsets.items()},
    }  # fmt: skip
    for way, (wall, cpu) in best.items():
        figures[way] = {"wall_s": wall, "cpu_s": cpu, "ratio": best["obspy"][0] / wall}
    text = json.dumps(figures, indent=1)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
