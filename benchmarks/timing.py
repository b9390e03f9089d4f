"""Two ways to the same result timed turn by turn, in one process: the quickest of several."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy
import obspy
import scipy
import torch

Work = Callable[[], object]


class Case(NamedTuple):
    name: str
    samples: int
    ours: Work
    peer: str
    theirs: Work


def seconds(work: Work) -> tuple[float, float]:
    """By the clock and of all processors."""
    clock, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - busy


def compared(case: Case, repeats: int, threads: int) -> dict[str, Any]:
    """The ratio says how many times as fast as its peer seisdsl is.

    On one thread by the processor's time, which others at work disturb less; on several by the clock.
    """
    seconds(case.ours), seconds(case.theirs)
    pairs = [(seconds(case.ours), seconds(case.theirs)) for _ in range(repeats)]
    (own, own_busy), (other, other_busy) = (min(times) for times in zip(*pairs, strict=True))
    return {
        "case": case.name, "peer": case.peer, "samples": case.samples,
        "seconds": own, "cpu_seconds": own_busy, "peer_seconds": other, "peer_cpu_seconds": other_busy,
        "ratio": other_busy / own_busy if threads == 1 else other / own,
    }  # fmt: skip


def table(cases: Callable[[], Iterator[Case]], repeats: int) -> dict[str, list[dict[str, Any]]]:
    """Every case on one thread and on all of them; obspy and scipy stay on one."""
    results = {}
    for threads in sorted({1, os.cpu_count() or 1}):
        torch.set_num_threads(threads)
        print(f"\n{f'threads: {threads}':34}{'seisdsl':>12}{'peer':>20}{'ratio':>8}   CPU seconds")
        results[f"{threads} threads"] = rows = []
        for case in cases():
            row = compared(case, repeats, threads)
            rows.append(row)
            own, other = (row["samples"] / row[key] / 1e6 for key in ("seconds", "peer_seconds"))
            print(
                f"{row['case']:34}{own:8.0f} M/s {row['peer']:>10}{other:6.0f} M/s{row['ratio']:8.2f}"
                f"   {row['cpu_seconds']:.4f} {row['peer_cpu_seconds']:.4f}",
                flush=True,
            )
    return results


def about(repeats: int) -> dict[str, Any]:
    return {
        "machine": platform.processor() or platform.machine(), "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0] if hasattr(os, "getloadavg") else None, "repeats": repeats,
        "python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__,
        "scipy": scipy.__version__, "obspy": obspy.__version__,
    }  # fmt: skip
