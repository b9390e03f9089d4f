"""Tremor found in a simulated day of S-net: by DiET, GrASP and locate, and by envelope correlation.

    python benchmarks/tremor/end_to_end.py [--hours 24] [--seed 302] [--tremors 60] [--kept FOLDER] [--out FILE]

Tremors with amplitudes N(>A) ~ A^-1.5, earthquakes beside them and rough noise, at 50 Hz. Both ways see
the very same record, and of each every combination of its own thresholds is tried: the one with the most
right events at a precision of at least 0.9 counts. An event is right where a true tremor overlaps it in
time within 15 s and lies within 30 km; a tremor that is told of twice is wrong the second time. Envelope
correlation is given the true catalogue of earthquakes to screen by. Amplitudes are those at the source,
over that of the faintest tremor. `--kept` names a folder where what is slow is kept between runs.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
import time
import warnings
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from _continuous import Record, amplitude, record, weights
from _matching import half_found, judged, pairs
from _shown import about

from seisdsl.data.table import Catalog
from seisdsl.data.waves import NS
from seisdsl.methods.locate.envelopes import Envelopes
from seisdsl.operators.locate.locate import Locate
from seisdsl.operators.tremor.envelope_correlation import EnvelopeCorrelation, _is_quake, _tell, once
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
    path = folder / f"classic-{of.span.seconds:.0f}.parquet"
    if not path.is_file():
        how = EnvelopeCorrelation(shortest=0.0)
        found = []
        for begin in range(of.span.start // NS, of.span.end // NS, 3600):
            part = of.envelopes.during(begin - AROUND, 3600 + 2 * AROUND)
            made = Envelopes(*part, begin - AROUND)
            some = how.candidates(made, of.network.places, lambda start, source: True)
            found += [one for one in some if begin <= one.window < begin + 3600]
        quakes = Catalog.of({}).with_frame(quakes_of(of))
        rows: dict[str, list[Any]] = defaultdict(list)
        for one in once(found):
            _tell(one, rows)
            rows["quake"].append(_is_quake(one, quakes))
        pl.DataFrame(rows).with_columns(ns=pl.col("time")).write_parquet(path)
    return pl.read_parquet(path).with_columns(residual=-pl.col("residual"))


def quakes_of(of: Record) -> pl.DataFrame:
    return of.truth.filter((pl.col("kind") == "earthquake") & (pl.col("stations") >= AUDIBLE))


def best(found: pl.DataFrame, tremors: pl.DataFrame, grid: dict[str, Any], by: str) -> dict[str, Any]:
    """The thresholds that leave most right events at a precision that is high enough."""
    near = pairs(found, tremors)
    rank = found[by].to_numpy()
    columns = {name: found[name].to_numpy() for name in grid}
    chosen: dict[str, Any] = {}
    for values in itertools.product(*grid.values()):
        limits = dict(zip(grid, values, strict=True))
        kept = np.ones(len(found), bool)
        for name, least in limits.items():
            kept &= columns[name] >= least
        said = judged(near, kept, rank)
        if said.right > chosen.get("right", 0) and said.precision >= PRECISE:
            chosen = {"right": said.right, "limits": limits, "kept": kept, "said": said}
    return chosen


def told(
    chosen: dict[str, Any], found: pl.DataFrame, tremors: pl.DataFrame, quakes: pl.DataFrame
) -> dict[str, Any]:
    if not chosen:
        return {"right": 0, "detections": len(found)}
    said, kept = chosen["said"], found.filter(pl.Series(chosen["kept"]))
    near = np.zeros(len(tremors), bool)
    near[said.event[said.event >= 0]] = True
    wrong = kept.filter(pl.Series(said.event < 0))
    mistaken = {int(one) for own in pairs(wrong, quakes).events for one in own}
    everything = np.ones(len(kept), bool)
    chance = [
        judged(pairs(kept, tremors, later), everything, kept["ns"].to_numpy()).precision
        for later in (-5400.0, -2700.0, 2700.0, 5400.0)
    ]
    away = said.away[said.event >= 0]
    return {
        "right": said.right,
        "detections": len(kept),
        "precision": round(said.precision, 3),
        "right by chance": round(float(np.mean(chance)), 3),
        "thresholds": chosen["limits"],
        "half found at, dB": half_found(amplitude(tremors), near),
        "epicentre, median km": round(float(np.median(away)), 2),
        "epicentre, 90 % within km": round(float(np.quantile(away, 0.9)), 2),
        "earthquakes told as tremor": len(mistaken),
        "share of earthquakes": round(len(mistaken) / max(1, len(quakes)), 4),
    }


def compared(of: Record, folder: Path) -> dict[str, Any]:
    tremors = of.truth.filter((pl.col("kind") == "tremor") & (pl.col("third") >= FAINT))
    quakes = quakes_of(of)
    began = time.process_time()
    ours = learned(of)
    seconds = time.process_time() - began
    theirs = classic(of, folder)
    ways = {
        "learned": (ours, LEARNED, "strength"),
        "envelope correlation": (theirs.filter(~pl.col("quake")), CLASSIC, "pairs"),
        "envelope correlation, no catalogue of earthquakes": (theirs, CLASSIC, "pairs"),
    }
    figures: dict[str, Any] = {
        "tremors": len(tremors),
        "earthquakes": len(quakes),
        "GrASP and locate, s": seconds,
    }
    for name, (found, grid, by) in ways.items():
        figures[name] = told(best(found, tremors, grid, by), found, tremors, quakes)
    one, other = figures["learned"], figures["envelope correlation"]
    figures["events, learned over envelope correlation"] = one["right"] / max(1, other["right"])
    levels = [way.get("half found at, dB") for way in (one, other)]
    figures["lower by dB"] = None if None in levels else levels[1] - levels[0]
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--seed", type=int, default=302)
    parser.add_argument("--tremors", type=float, default=60.0, help="an hour")
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = given.kept or Path(name)
        of = record(folder, given.seed, given.hours, given.tremors)
        figures = {
            **about(), "hours": given.hours, "seed": given.seed, "tremors an hour": given.tremors,
            "weights": weights(),
            **compared(of, folder / f"{given.seed}-{given.tremors:g}"),
        }  # fmt: skip
    text = json.dumps(figures, indent=1)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
