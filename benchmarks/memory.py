"""Peak memory of a network's day from an archive, and of two hours of it, three times over.

    python benchmarks/memory.py [--stations 150] [--hours 24] [--out FILE]

Makes day files of noise (miniSEED, Steim2, 512-byte records, 100 Hz, three components) in a
temporary folder: one that is computed, the others the same under other station codes. Then runs
`bandpass | spectrogram` and `bandpass | sta-lta` over them in a process of its own, without a store
to fall back on, and takes the largest resident size that the system saw.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from obspy import Trace, UTCDateTime

ROOT = Path(__file__).resolve().parent.parent
DAY = UTCDateTime(2016, 8, 15)
RATE = 100
RECORD = 512
SHORT_RUNS = 3  # the peak depends on how reading ahead and computing happen to meet
PROGRAM = """\
source big: Waves {{ archive = "archive/{{year}}/{{doy}}/*.mseed", time = {time} }}
let band = stream big | bandpass 2..8Hz
band | spectrogram | show
band | sta-lta on=6 | count
"""


def day_file(path: Path) -> bytes:
    """A day of noise whose steps Steim2 packs into a byte or two each."""
    noise = np.random.default_rng(1).normal(0, 300, 86400 * RATE).astype(np.int32)
    header = {"network": "XX", "station": "AAAAA", "channel": "EHZ", "sampling_rate": RATE, "starttime": DAY}
    Trace(noise, header).write(str(path), format="MSEED", encoding="STEIM2", reclen=RECORD)
    return path.read_bytes()


def archive(folder: Path, stations: int) -> None:
    """Day files under `folder/archive/2016/228`, alike but for their codes."""
    place = folder / "archive" / "2016" / "228"
    place.mkdir(parents=True)
    content = np.frombuffer(day_file(folder / "one"), np.uint8).reshape(-1, RECORD).copy()
    for number in range(stations):
        content[:, 8:13] = np.frombuffer(f"S{number:04d}".encode(), np.uint8)
        for component in "ZNE":
            content[:, 17] = ord(component)
            content.tofile(place / f"XX.S{number:04d}.EH{component}.mseed")
    (folder / "one").unlink()


def peak(folder: Path, hours: float) -> dict[str, float]:
    """Largest resident size (MiB) and seconds of a run over the first hours."""
    end = DAY + hours * 3600
    time_range = f"{DAY.strftime('%Y-%m-%dT%H:%MZ')}..{end.strftime('%Y-%m-%dT%H:%MZ')}"
    (folder / "big.seis").write_text(PROGRAM.format(time=time_range), encoding="utf-8")
    cache = tempfile.mkdtemp(dir=folder)  # nothing of an earlier run is taken over
    environment = {**os.environ, "SEISDSL_CACHE": cache, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "seisdsl", "run", "big.seis", "--json"]
    started = time.perf_counter()
    run = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE)
    assert run.stdout is not None
    said = json.loads(run.stdout.read())
    _, status, usage = os.wait4(run.pid, 0)
    assert status == 0, said
    return {
        "peak_MiB": usage.ru_maxrss / 1024,
        "seconds": time.perf_counter() - started,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "picks": said["results"][-1]["value"],
        "samples": said["accounting"]["read"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=150)
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    figures: dict[str, object] = {
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "versions": {name: version(name) for name in ("torch", "numpy", "pymseed", "obspy")},
        "stations": given.stations,
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive(folder, given.stations)
        short = [peak(folder, 2) for _ in range(SHORT_RUNS)]
        long = peak(folder, given.hours)
    largest = max(run["peak_MiB"] for run in short)
    figures |= {"2 h": short, f"{given.hours:g} h": long, "ratio": long["peak_MiB"] / largest}
    text = json.dumps(figures, indent=1)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
