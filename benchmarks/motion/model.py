"""Models of ground motion on a made-up flat-file whose terms are known (specification 9.5, 3 and 4).

    python benchmarks/motion/model.py [--out results.json] [--figure curves.png]

11,488 rows, 300 events, 138 sites; log10 of amplitudes deviates by 0.12 between events and 0.15 within
them, and of durations by 0.06 and 0.09. Five parts of the events, or stations, or rows at random: each
is predicted by models that learnt from the other four. `truth` is what the planted medians leave over
of the same rows: no gain over the relation can be larger than theirs, but that rows below 1 gal are not
kept, which PGA tells. `bare` is trees without terms or an attenuation relation below them.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from seisdsl.data.model import Model
from seisdsl.data.motion import Flatfile
from seisdsl.language.types import Range
from seisdsl.methods.learn.splits import by_key
from seisdsl.methods.motion.mixed import mixed, numbered
from seisdsl.methods.simulate import ground_motion as planted
from seisdsl.operators.motion import _rows
from seisdsl.operators.motion.attenuation import Attenuation
from seisdsl.operators.motion.importance import Importance
from seisdsl.operators.motion.motion_curves import MotionCurves
from seisdsl.operators.motion.motion_model import MotionModel
from seisdsl.operators.motion.simulate_ground_motion import SimulateGroundMotion
from seisdsl.report.curves import curves

Array = np.ndarray[Any, Any]
FOLDS = 5
PERIODS = {"pga": 0.0, "psv_1": 1.0}
TARGETS = ("pga", "psv_1", "tsv_1")
CLOSER = "psv_1"  # the target of which more is asked
SCENE: dict[str, Any] = {"magnitudes": [6.0, 6.5], "vs30": 300.0, "d1400": 500.0}
BARE: dict[str, Any] = {"base": "none", "terms": []}
TRIED: dict[str, dict[str, Any]] = {
    "depth 2": {"depth": 2},
    "depth 4": {"depth": 4},
    "depth 5": {"depth": 5},
    "monotone": {"monotone": True},
    "leaves of 60 rows": {"fewest": 60},
    "half the rate": {"rate": 0.05},
    "no terms": {"terms": []},
    "no relation": {"base": "none"},
    "bare": BARE,
}


def parts(table: Flatfile, by: str) -> Array:
    """The number of each row's part."""
    if by == "random":
        keys: Any = np.arange(table.frame.height)
    else:
        keys = _rows.keys_of(table.frame, by)
    return np.array(by_key(keys.tolist(), [1 / FOLDS] * FOLDS, 1))


def rows(table: Flatfile, own: Array) -> Flatfile:
    return table.with_frame(table.frame.filter(own))


def fitted(method: Any, train: Flatfile, stopped: bool = False, seed: int = 1) -> Model[Any, Any]:
    """`stopped` by a fifth of the events; else events are left out in turn, and all rows learnt from."""
    if not stopped:
        return Model(method, method.fit_rows(train, None, seed)[0])
    valid = parts(train, "event") == 0
    return Model(method, method.fit_rows(rows(train, ~valid), rows(train, valid), seed)[0])


def judged(table: Flatfile, by: str, method: Any, stopped: bool = False, seed: int = 1) -> dict[str, float]:
    part = parts(table, by)
    left, keys = [], []
    for fold in range(FOLDS):
        test = rows(table, part == fold)
        found = fitted(method, rows(table, part != fold), stopped, seed)(test)
        left.append(_rows.column(found.frame, "residual"))
        keys.append(_rows.keys_of(found.frame, "event"))
    return spread(np.concatenate(left), np.concatenate(keys))


def spread(residual: Array, keys: Array) -> dict[str, float]:
    terms = mixed(residual, numbered(keys)[1])
    return {
        "sd": float(residual.std()),
        "mean ratio": float(10 ** -residual.mean()),
        "tau": terms.between,
        "phi": terms.within,
    }


def truth(table: Flatfile, target: str) -> dict[str, float]:
    """What the planted medians leave over."""
    names = ("magnitude", "distance", "azimuth", "vs30", "d1400")
    magnitude, distance, azimuth, vs30, d1400 = (_rows.column(table.frame, name) for name in names)
    if target == "tsv_1":
        middle = planted.duration(magnitude, distance, azimuth, d1400, 1.0)
    else:
        middle = planted.median(magnitude, distance, azimuth, vs30, d1400, PERIODS[target])
    residual = _rows.target_of(table.frame, target) - middle
    return spread(residual, _rows.keys_of(table.frame, "event"))


def near(models: dict[str, Model[Any, Any]]) -> dict[str, Any]:
    """Curves of M 6 and 6.5 from 10 to 60 km against the planted median, where rows are few."""
    found: dict[str, Any] = {}
    for name, model in models.items():
        table = MotionCurves(**SCENE, distances=Range(10e3, 60e3)).apply(model).frame
        given = np.log10(table["predicted"].to_numpy()).reshape(2, -1)
        where = table["magnitude"].to_numpy(), table["distance"].to_numpy()
        ground = np.array(SCENE["vs30"]), np.array(SCENE["d1400"])
        true = planted.median(*where, np.array(0.0), *ground, PERIODS[CLOSER]).reshape(2, -1)
        slope = np.abs(np.diff(given - true, axis=1))
        found[name] = {
            "rms of log10 from the planted": float(np.sqrt(np.mean((given - true) ** 2))),
            "largest step beyond the planted slope": float(slope.max()),
            "share of distances where M 6.5 is below M 6": float(np.mean(given[1] < given[0])),
            "share out of domain": float(table["out_of_domain"].to_numpy().mean()),
        }
    return found


def domain(table: Flatfile, model: Model[Any, Any]) -> dict[str, float]:
    """Whether M 7.5 at 20 km is marked, and how many of the rows that were learnt from are."""
    one = table.frame.head(1).to_dict(as_series=False)
    far = Flatfile.of({**one, "magnitude": [7.5], "distance": [20.0]}, extra=table.extra)
    return {
        "M 7.5, 20 km": float(_rows.column(model(far).frame, "out_of_domain")[0]),
        "share of rows learnt from": float(_rows.column(model(table).frame, "out_of_domain").mean()),
    }


def drawn(models: dict[str, Model[Any, Any]], path: Path) -> None:
    found = {name: MotionCurves(**SCENE).apply(model) for name, model in models.items()}
    curves(found).write(path, path.suffix)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path)
    parser.add_argument("--figure", type=Path)
    given = parser.parse_args()
    begin = time.perf_counter()
    table = SimulateGroundMotion().apply()
    results: dict[str, Any] = {"rows": len(table)}
    for target in TARGETS:
        found = {
            "trees": judged(table, "event", MotionModel(target=target)),
            "attenuation": judged(table, "event", Attenuation(target=target)),
            "truth": truth(table, target),
        }
        relation = found["attenuation"]["sd"]
        gain = {name: 1 - found[name]["sd"] / relation for name in ("trees", "truth")}
        results[target] = {**found, "gain over the relation": gain}
        print(target, json.dumps(results[target]), flush=True)
    closer = results[CLOSER]
    for name, more in TRIED.items():
        closer[name] = judged(table, "event", MotionModel(target=CLOSER, **more))
        print(name, closer[name], flush=True)
    closer["stopped by a fifth of the events"] = judged(table, "event", MotionModel(target=CLOSER), True)
    for seed in (2, 3):
        closer[f"seed {seed}"] = judged(table, "event", MotionModel(target=CLOSER), seed=seed)
    without = [name for name in _rows.USUAL if name != "azimuth"]
    for name, by, method in (
        ("bare, random", "random", MotionModel(target=CLOSER, **BARE)),
        ("trees, random", "random", MotionModel(target=CLOSER)),
        ("trees, no azimuth", "event", MotionModel(target=CLOSER, features=without)),
        ("trees, by station", "station", MotionModel(target=CLOSER)),
    ):
        closer[name] = judged(table, by, method)
        print(name, closer[name], flush=True)
    part = parts(table, "event")
    train, test = rows(table, part != 0), rows(table, part == 0)
    for target, ways in (("psv_0_3", ("permute",)), ("psv_3", ("permute", "retrain"))):
        model = fitted(MotionModel(target=target), train)
        for by in ways:
            ranked = Importance(by=by, times=1).apply(test, model=model, train=train)
            results[f"importance of {target}, {by}"] = dict(
                ranked.frame.select("feature", "importance").rows()
            )
    models = {
        "trees": fitted(MotionModel(target=CLOSER), table),
        "bare trees": fitted(MotionModel(target=CLOSER, **BARE), table),
        "relation": fitted(Attenuation(target=CLOSER), table),
    }
    results["M 6 and 6.5, 10 to 60 km"] = near(models)
    results["domain"] = domain(table, models["trees"])
    results["seconds"] = time.perf_counter() - begin
    print(json.dumps(results, indent=1))
    if given.out:
        given.out.write_text(json.dumps(results, indent=1) + "\n")
    if given.figure:
        drawn(models, given.figure)


if __name__ == "__main__":
    main()
