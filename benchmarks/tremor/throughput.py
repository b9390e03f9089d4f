"""How fast the whole sentence is for 150 stations at 100 Hz, and where the time goes.

    python benchmarks/tremor/throughput.py [--minutes 30] [--tremors 12] [--out FILE]

`stream S-net | spectrogram | DiET | GrASP | locate` on simulated records, one thread, in one piece that
the engine would take as a chunk. Seconds are those of the processor, so that what else runs does not
count; simulating, which stands for reading, is told apart and is not part of the sentence's speed. Of
DiET what the features take and what the network takes. Eight years follow from it, on all cores.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from _shown import about, tell

from seisdsl.data.scenes import BEGIN, Scene, simulated
from seisdsl.data.stations import network
from seisdsl.data.waves import NS
from seisdsl.language.types import TimeRange
from seisdsl.methods.tremor import diet
from seisdsl.operators.locate.locate import Locate
from seisdsl.operators.signal.spectrogram import Spectrograms
from seisdsl.operators.tremor.diet import DiET
from seisdsl.operators.tremor.grasp import GrASP

YEARS = 8
HOURS = 24 * 365.25 * YEARS


class Clock:
    """Seconds of the processor by what they were spent on."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            began = time.process_time()
            found = work(*args, **kwargs)
            self.seconds[name] += time.process_time() - began
            return found

        return run


def stages(minutes: float, tremors: float) -> dict[str, float]:
    clock = Clock()
    scene = Scene(network("S-net"), 100.0, 5, per_hour=60.0, tremors=tremors, noise="rough")
    span = TimeRange(BEGIN, BEGIN + round(minutes * 60) * NS)
    short = TimeRange(BEGIN, BEGIN + 300 * NS)
    GrASP().apply(DiET().apply(Spectrograms().apply(simulated(scene, short))))  # modules are imported
    waves = clock.timed("simulating", simulated)(scene, span)
    spectrogram = clock.timed("spectrogram", Spectrograms().apply)(waves)
    plain, forward = diet.planes, diet.DiETNet.forward
    diet.planes = clock.timed("DiET, features", plain)  # type: ignore[assignment]
    diet.DiETNet.forward = clock.timed("DiET, network", forward)  # type: ignore[method-assign]
    scores = clock.timed("DiET", DiET().apply)(spectrogram)
    diet.planes, diet.DiETNet.forward = plain, forward  # type: ignore[method-assign]
    groups = clock.timed("GrASP", GrASP().apply)(scores)
    clock.timed("locate", Locate().apply)(groups, waves=waves)
    return {name: round(seconds * 60 / minutes, 3) for name, seconds in clock.seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--tremors", type=float, default=12, help="an hour")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    warnings.simplefilter("ignore")
    seconds = stages(given.minutes, given.tremors)
    sentence = sum(seconds[name] for name in ("spectrogram", "DiET", "GrASP", "locate"))
    cores = os.cpu_count() or 1
    figures = {
        **about(), "stations": 150, "rate": 100, "minutes": given.minutes, "tremors an hour": given.tremors,
        "processor seconds for an hour of record": seconds,
        "the sentence": round(sentence, 2),
        "times real time, one core": round(3600 / sentence, 1),
        f"hours for {YEARS} years, {cores} cores": round(HOURS * sentence / 3600 / cores, 1),
    }  # fmt: skip
    tell(figures, given.out)


if __name__ == "__main__":
    main()
