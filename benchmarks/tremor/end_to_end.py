"""Tremor found in simulated days of S-net: by DiET, GrASP and locate, and by envelope correlation.

    python benchmarks/tremor/end_to_end.py [--hours 24] [--seeds 3] [--tremors 60] [--kept FOLDER] [--out FILE]

Tremors with amplitudes N(>A) ~ A^-1.5, earthquakes beside them and rough noise, at 50 Hz. Both ways see
the very same records, and of each every combination of its own thresholds is tried: the one with the most
right events at a precision of at least 0.9 counts, on the other records (and, told beside it, on the very
same). An event is right where a true tremor overlaps it in
time within 15 s and lies within 30 km; a tremor that is told of twice is wrong the second time. Envelope
correlation is given the true catalogue of earthquakes to screen by. Amplitudes are those at the source,
over that of the faintest tremor. `--kept` names a folder where what is slow is kept between runs.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from _continuous import Record, amplitude, record, weights
from _matching import Judged, Pairs, half_found, judged, pairs
from _shown import about, tell

from seisdsl.data.table import Catalog
from seisdsl.data.waves import NS
from seisdsl.methods.locate.envelopes import Envelopes
from seisdsl.operators.locate.locate import Locate
from seisdsl.operators.tremor.envelope_correlation import (
    Candidate,
    EnvelopeCorrelation,
    _is_quake,
    _tell,
    once,
)
from seisdsl.operators.tremor.grasp import GrASP

PRECISE = 0.9
AUDIBLE = 4  # stations at which an earthquake stands above the noise, for it to count
FAINT = 0.6  # amplitude over the noise at three stations, below which no tremor is to be found
LEARNED = {
    "strength": (3, 5, 8, 12, 16, 20, 30),
    "stations": (4, 6),
    "correlation": (0.0, 0.5, 0.6),
    "quality": (0.0, 0.2, 0.3, 0.5, 0.7, 0.9),
    "duration": (0, 15),
}
CLASSIC = {
    "pairs": (10, 14, 20, 30, 45),
    "stations": (4, 6, 8),
    "correlation": (0.0, 0.6, 0.7, 0.8),
    "residual": (-2.0, -1.5, -1.0),  # at most so many seconds
    "duration": (0, 10, 20, 30),
}
PRECISIONS = (0.5, 0.7, 0.8, 0.9, 0.95)
LATER = (-5400.0, -2700.0, 2700.0, 5400.0)  # seconds by which the truth is moved, to see what chance gives
LEARNED_WAY, CLASSIC_WAY = "DiET, GrASP and locate", "envelope correlation"
WAYS = {
    LEARNED_WAY: (LEARNED, "strength"),
    CLASSIC_WAY: (CLASSIC, "pairs"),
    "envelope correlation, no catalogue of earthquakes": (CLASSIC, "pairs"),
}
Limits = dict[str, float]
AROUND = 300  # seconds of envelopes around an hour, for the windows that reach into it


def learned(of: Record) -> pl.DataFrame:
    groups = GrASP().apply(of.scores)
    how = Locate(shortest=0.0)
    placed = how.placed(how.parts(groups, of.span), of.network)
    rows = how.located(placed, of.network, of.envelopes, list(range(len(of.network.names))))
    strength = groups.frame.group_by("group").agg(pl.col("strength").first())
    table = pl.DataFrame(rows).with_columns(ns=pl.col("time"))
    table = table.filter(pl.col("ns").is_between(of.span.start, of.span.end, closed="left"))
    return table.join(strength, on="group", how="left")


def classic(of: Record, folder: Path) -> pl.DataFrame:
    """Every source that the pairs tell of, however short, and whether it is a known earthquake."""
    found: list[Candidate] = []
    for hour, begin in enumerate(range(of.span.start // NS, of.span.end // NS, 3600)):
        path = folder / f"{hour}-candidates.pt"
        if not path.is_file():
            torch.save(candidates(of, begin), path)
        found += torch.load(path, weights_only=False)
    quakes = Catalog.of({}).with_frame(quakes_of(of))
    rows: dict[str, list[Any]] = defaultdict(list)
    for one in once(found):
        _tell(one, rows)
        rows["quake"].append(_is_quake(one, quakes))
    return pl.DataFrame(rows).with_columns(ns=pl.col("time"), residual=-pl.col("residual"))


def candidates(of: Record, begin: int) -> list[Candidate]:
    """Those of the windows that begin in an hour."""
    part = of.envelopes.during(begin - AROUND, 3600 + 2 * AROUND)
    made = Envelopes(*part, begin - AROUND)
    how = EnvelopeCorrelation(shortest=0.0)
    some = how.candidates(made, of.network.places, lambda start, source: True)
    return [one for one in some if begin <= one.window < begin + 3600]


def quakes_of(of: Record) -> pl.DataFrame:
    return of.truth.filter((pl.col("kind") == "earthquake") & (pl.col("stations") >= AUDIBLE))


@dataclass(frozen=True)
class Told:
    """What one way says of one record, and what is true of it."""

    found: pl.DataFrame
    tremors: pl.DataFrame
    quakes: pl.DataFrame

    @cached_property
    def near(self) -> Pairs:
        return pairs(self.found, self.tremors)

    def kept(self, limits: Limits) -> np.ndarray:
        kept = np.ones(len(self.found), bool)
        for name, least in limits.items():
            kept &= self.columns[name] >= least
        return kept

    @cached_property
    def columns(self) -> dict[str, np.ndarray]:
        return {name: self.found[name].to_numpy() for name in self.found.columns}

    def judged(self, limits: Limits, by: str) -> Judged:
        return judged(self.near, self.kept(limits), self.columns[by])


def best(records: Sequence[Told], grid: dict[str, Any], by: str, precise: float) -> Limits | None:
    """The thresholds that leave most right events at a precision that is high enough."""
    chosen, most = None, 0
    for values in itertools.product(*grid.values()):
        limits = dict(zip(grid, values, strict=True))
        said = [one.judged(limits, by) for one in records]
        right, detections = sum(one.right for one in said), sum(len(one.event) for one in said)
        if right > most and right >= precise * detections:
            chosen, most = limits, right
    return chosen


def summed(records: Sequence[Told], limits: Sequence[Limits | None], by: str) -> dict[str, Any]:
    """The figures of records, each with its own thresholds."""
    right, detections, mistaken, by_chance = 0, 0, 0, []
    away: list[float] = []
    found = []
    for one, own in zip(records, limits, strict=True):
        near = np.zeros(len(one.tremors), bool)
        if own is not None:
            said, kept = one.judged(own, by), one.found.filter(pl.Series(one.kept(own)))
            right += said.right
            detections += len(kept)
            near[said.event[said.event >= 0]] = True
            away += said.away[said.event >= 0].tolist()
            wrong = kept.filter(pl.Series(said.event < 0))
            mistaken += len({int(which) for which in chain(*pairs(wrong, one.quakes).events)})
            by_chance.append(chance(kept, one.tremors))
        found.append(near)
    amplitudes = np.concatenate([amplitude(one.tremors) for one in records])
    quakes = sum(len(one.quakes) for one in records)
    return {
        "right": right,
        "detections": detections,
        "precision": round(right / detections, 3) if detections else None,
        "right by chance": round(float(np.mean(by_chance)), 3) if by_chance else None,
        "thresholds": list(limits),
        "half found at, dB": half_found(amplitudes, np.concatenate(found)),
        "epicentre, median and 90 % km": np.quantile(away, [0.5, 0.9]).round(2).tolist() if away else None,
        "earthquakes told as tremor": mistaken,
        "share of earthquakes": round(mistaken / max(1, quakes), 4),
    }


def chance(kept: pl.DataFrame, tremors: pl.DataFrame) -> float:
    """The precision where the truth is put elsewhere in time."""
    everything, rank = np.ones(len(kept), bool), kept["ns"].to_numpy()
    return float(
        np.mean([judged(pairs(kept, tremors, later), everything, rank).precision for later in LATER])
    )


def compared(of: dict[str, list[Told]]) -> dict[str, Any]:
    """Thresholds chosen on the other records, and on the very same; and how the ratio goes with precision."""
    figures: dict[str, Any] = {}
    for name, records in of.items():
        grid, by = WAYS[name]
        same = best(records, grid, by, PRECISE)
        others = [best([one for one in records if one is not own], grid, by, PRECISE) for own in records]
        figures[name] = {
            "thresholds of the other records": summed(records, others, by),
            "thresholds of the same records": summed(records, [same] * len(records), by),
        }
    for how in figures[LEARNED_WAY]:
        one, other = (figures[name][how] for name in (LEARNED_WAY, CLASSIC_WAY))
        levels = [way["half found at, dB"] for way in (one, other)]
        figures[f"events over envelope correlation, {how}"] = one["right"] / max(1, other["right"])
        figures[f"lower by dB, {how}"] = None if None in levels else levels[1] - levels[0]
    figures["right events by precision"] = {
        str(precise): [
            summed(of[name], [best(of[name], *WAYS[name], precise)] * len(of[name]), WAYS[name][1])["right"]
            for name in (LEARNED_WAY, CLASSIC_WAY)
        ]
        for precise in PRECISIONS
    }
    return figures


def seen(folder: Path, seed: int, hours: int, tremors: float) -> dict[str, Told]:
    of = record(folder, seed, hours, tremors)
    true = of.truth.filter((pl.col("kind") == "tremor") & (pl.col("third") >= FAINT))
    quakes = quakes_of(of)
    theirs = classic(of, folder / f"{seed}-{tremors:g}")
    found = dict(zip(WAYS, (learned(of), theirs.filter(~pl.col("quake")), theirs), strict=True))
    return {name: Told(table, true, quakes) for name, table in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--seed", type=int, default=302, help="the first")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tremors", type=float, default=60.0, help="an hour")
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    warnings.simplefilter("ignore")
    seeds = range(given.seed, given.seed + given.seeds)
    with tempfile.TemporaryDirectory() as name:
        folder = given.kept or Path(name)
        every = [seen(folder, seed, given.hours, given.tremors) for seed in seeds]
    one = [record[LEARNED_WAY] for record in every]
    figures = {
        **about(), "hours of each": given.hours, "seeds": list(seeds), "tremors an hour": given.tremors,
        "weights": weights(), "tremors": sum(len(told.tremors) for told in one),
        "earthquakes": sum(len(told.quakes) for told in one),
        **compared({name: [record[name] for record in every] for name in WAYS}),
    }  # fmt: skip
    tell(figures, given.out)


if __name__ == "__main__":
    main()
