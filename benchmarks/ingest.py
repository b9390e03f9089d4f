"""How fast miniSEED is read, against obspy in the same run.

Day files of three components at 100 Hz in Steim2, and a channel-day with 2,000 gaps read and laid
onto a grid against read and merge.
`OMP_NUM_THREADS=1 python benchmarks/ingest.py --out results/ingest.json`
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
from obspy import Stream, Trace, UTCDateTime

from seisdsl.data.laying import laid
from seisdsl.data.mseed_read import read_mseed
from seisdsl.data.mseed_scan import scan_mseed
from seisdsl.language.types import TimeRange

DAY = UTCDateTime(2016, 8, 15)
RATE = 100


def day_file(folder: Path, length: int) -> Path:
    """Three components of a day, noise as rough as a quiet station's."""
    random, stream = np.random.default_rng(1), Stream()
    for component in "ZNE":
        data = np.cumsum(random.normal(scale=4, size=86400 * RATE))
        data -= np.linspace(0, data[-1], len(data))
        whole = np.round(data + random.normal(scale=30, size=len(data))).astype(np.int32)
        stream += _trace(whole, DAY, f"EH{component}")
    path = folder / f"day-{length}.mseed"
    stream.write(str(path), format="MSEED", encoding="STEIM2", reclen=length)
    return path


def day_with_gaps(folder: Path, gaps: int = 2000) -> Path:
    """A day in pieces, each of the same length and each with a gap of a second after it."""
    random = np.random.default_rng(2)
    apart = 86400 / gaps
    stream = Stream(
        _trace(random.integers(-500, 500, round((apart - 1) * RATE)).astype(np.int32), DAY + n * apart, "EHZ")
        for n in range(gaps)
    )
    path = folder / "gaps.mseed"
    stream.write(str(path), format="MSEED", encoding="STEIM2", reclen=512)
    return path


def _trace(data: np.ndarray[Any, Any], start: UTCDateTime, code: str) -> Trace:
    header = {"network": "XX", "station": "AAA", "channel": code, "sampling_rate": RATE, "starttime": start}
    return Trace(data, header)


def fastest(work: Callable[[], object], repeats: int) -> dict[str, float]:
    """Wall and CPU seconds of the fastest of some runs."""
    runs = []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        runs.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = min(runs)
    return {"wall_s": round(wall, 4), "cpu_s": round(cpu, 4)}


def against(ours: Callable[[], object], theirs: Callable[[], object], repeats: int) -> dict[str, Any]:
    told = {"seisdsl": fastest(ours, repeats), "obspy": fastest(theirs, repeats)}
    return {**told, "times_faster": round(told["obspy"]["wall_s"] / told["seisdsl"]["wall_s"], 2)}


def measured(folder: Path, repeats: int) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for length in (512, 4096):
        path = str(day_file(folder, length))
        extents, _ = scan_mseed(path)
        start = extents[0].start + 43_200 * 10**9
        minute = TimeRange(start, start + 60 * 10**9)
        begin, end = UTCDateTime(ns=minute.start), UTCDateTime(ns=minute.end)
        figures[f"day of 3 channels, {length} bytes"] = against(
            lambda path=path: read_mseed(path), lambda path=path: obspy.read(path, format="MSEED"), repeats
        )
        figures[f"headers of it, {length} bytes"] = against(
            lambda path=path: scan_mseed(path),
            lambda path=path: obspy.read(path, format="MSEED", headonly=True),
            repeats,
        )
        figures[f"a minute of it, {length} bytes"] = against(
            lambda path=path, known=extents, minute=minute: read_mseed(path, time=minute, extents=known),
            lambda path=path, a=begin, b=end: obspy.read(path, format="MSEED", starttime=a, endtime=b),
            repeats,
        )
    path = str(day_with_gaps(folder))
    figures["2,000 gaps, read and laid"] = against(
        lambda: laid(read_mseed(path).segments, judge=False),
        lambda: obspy.read(path, format="MSEED").merge(),
        max(2, repeats // 5),
    )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        figures = measured(Path(name), given.repeats)
    print(f"{'':34}{'seisdsl':>16}{'obspy':>18}")
    print(f"{'':34}{'wall s':>8}{'CPU s':>8}{'wall s':>10}{'CPU s':>8}{'faster':>8}")
    for what, told in figures.items():
        ours, theirs = told["seisdsl"], told["obspy"]
        print(
            f"{what:34}{ours['wall_s']:8.3f}{ours['cpu_s']:8.3f}"
            f"{theirs['wall_s']:10.3f}{theirs['cpu_s']:8.3f}{told['times_faster']:8.1f}"
        )
    conditions = {
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "versions": {name: version(name) for name in ("numpy", "pymseed", "obspy")},
    }
    print(json.dumps(conditions))
    if given.out:
        given.out.write_text(json.dumps(conditions | {"figures": figures}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
