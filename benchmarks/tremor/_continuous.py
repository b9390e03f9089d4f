"""Hours of simulated S-net kept on disk stage by stage: what DiET says, the envelopes, and what is true.

Records are made an hour at a time, with what the stages need around it, and are not kept; what was
made is not made again, except where the weights of DiET have changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import torch

from seisdsl.data.scenes import BEGIN, Scene, simulated
from seisdsl.data.scores import Scores
from seisdsl.data.stations import network
from seisdsl.data.waves import NS, Waves
from seisdsl.data.weights import shipped_weights
from seisdsl.language.types import TimeRange
from seisdsl.methods.locate.envelopes import Envelopes, envelopes
from seisdsl.operators.locate._network import Network, network_of
from seisdsl.operators.signal.spectrogram import Spectrograms
from seisdsl.operators.tremor.diet import DiET

RATE = 50.0
AROUND = 256  # seconds to either side of an hour
HOUR = 3600 * NS
BAND, LOWPASS = (2.0, 8.0), 0.2
QUAKES = 60.0  # an hour


@dataclass(frozen=True)
class Record:
    """`truth` has a row for each event, with its amplitude at the station that hears it third best."""

    span: TimeRange
    scores: Scores
    envelopes: Envelopes
    network: Network
    truth: pl.DataFrame


def weights() -> str:
    return shipped_weights("diet").digest[:12]


def scene(seed: int, tremors: float) -> Scene:
    return Scene(network("S-net"), RATE, seed, per_hour=QUAKES, tremors=tremors, noise="rough")


def record(folder: Path, seed: int, hours: int, tremors: float) -> Record:
    of = scene(seed, tremors)
    folder = folder / f"{seed}-{tremors:g}"
    folder.mkdir(parents=True, exist_ok=True)
    parts = [_hour(of, folder, number) for number in range(hours)]
    scores = Scores.joined([part[0] for part in parts])
    values, known = (torch.cat([part[1][at] for part in parts], 1) for at in (0, 1))
    made = Envelopes(values.double(), known, BEGIN // NS)
    span = TimeRange(BEGIN, BEGIN + hours * HOUR)
    return Record(span, scores, made, _network(of), truth(of, span))


def truth(of: Scene, span: TimeRange) -> pl.DataFrame:
    told = of(TimeRange(span.start - 300 * NS, span.end))
    heard = told.heard.frame.group_by("event").agg(
        third=pl.col("score").sort(descending=True).get(2, null_on_oob=True)
    )
    events = told.frame.join(heard, on="event", how="left").with_columns(ns=pl.col("time").to_physical())
    return events.filter(pl.col("ns").is_between(span.start - 300 * NS, span.end, closed="left")).sort("ns")


def _network(of: Scene) -> Network:
    return network_of(simulated(of, TimeRange(BEGIN, BEGIN + NS)), None)


def _hour(of: Scene, folder: Path, number: int) -> tuple[Scores, tuple[torch.Tensor, torch.Tensor]]:
    begin = BEGIN + number * HOUR
    paths = (folder / f"{number}-{weights()}.pt", folder / f"{number}-envelopes.pt")
    if not all(path.is_file() for path in paths):
        wide = simulated(of, TimeRange(begin - AROUND * NS, begin + HOUR + AROUND * NS))
        if not paths[0].is_file():
            torch.save(_judged(wide, begin), paths[0])
        if not paths[1].is_file():
            torch.save(_enveloped(wide, begin), paths[1])
    scores, made = (torch.load(path, weights_only=False) for path in paths)
    return scores, made


def _judged(wide: Waves, begin: int) -> Scores:
    scores: Scores = DiET().apply(Spectrograms().apply(wide))
    return scores.within(TimeRange(begin, begin + HOUR))


def _enveloped(wide: Waves, begin: int) -> tuple[torch.Tensor, torch.Tensor]:
    traces = network_of(wide, None).traces
    made = envelopes(wide.samples, wide.mask, wide.rate, wide.start, traces, band=BAND, lowpass=LOWPASS)
    values, known = made.during(begin // NS, 3600)
    return values.float(), known


def amplitude(events: pl.DataFrame) -> np.ndarray:
    """Of tremors, as a multiple of that of the faintest."""
    return np.sqrt(events["energy"].to_numpy() / events["duration"].to_numpy() / 100.0)
