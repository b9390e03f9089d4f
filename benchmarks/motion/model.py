"""Models of ground motion on a made-up flat-file whose terms are known (specification 9.5, 3 and 4).

    python benchmarks/motion/model.py [--out results.json]

11,488 rows, 300 events, 138 sites; log10 of amplitudes deviates by 0.12 between events and 0.15 within
them, so that no model can be nearer than 0.192, and of durations by 0.06 and 0.09. Five parts of the
events, or stations, or rows at random: each is predicted by models that learnt from the other four,
a fifth of whose events stops the training. `bare` is trees without terms or an attenuation relation
below them, `other relation` one whose coefficients are those of another set of events and constants.
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
from seisdsl.methods.learn.splits import by_key
from seisdsl.methods.motion.mixed import mixed, numbered
from seisdsl.operators.motion import _rows
from seisdsl.operators.motion.attenuation import Attenuation
from seisdsl.operators.motion.importance import Importance
from seisdsl.operators.motion.motion_model import MotionModel
from seisdsl.operators.motion.simulate_ground_motion import SimulateGroundMotion

FOLDS = 5
TARGETS = ("pga", "psv_1", "tsv_1")
RATE = 0.1  # of the trees, twice the default: half as many of them
CLOSER = "psv_1"  # the target of which more is asked


def parts(table: Flatfile, by: str) -> np.ndarray[Any, Any]:
    """The number of each row's part."""
    if by == "random":
        keys: Any = np.arange(table.frame.height)
    else:
        keys = _rows.keys_of(table.frame, by)
    return np.array(by_key(keys.tolist(), [1 / FOLDS] * FOLDS, 1))


def rows(table: Flatfile, own: np.ndarray[Any, Any]) -> Flatfile:
    return table.with_frame(table.frame.filter(own))


def fitted(method: Any, train: Flatfile) -> Model[Any, Any]:
    """A model that a fifth of the events stops."""
    valid = parts(train, "event") == 0
    weights, _ = method.fit_rows(rows(train, ~valid), rows(train, valid), 1)
    return Model(method, weights)


def judged(table: Flatfile, by: str, method: Any) -> dict[str, float]:
    part = parts(table, by)
    left, keys = [], []
    for fold in range(FOLDS):
        test = rows(table, part == fold)
        found = fitted(method, rows(table, part != fold))(test)
        left.append(_rows.column(found.frame, "residual"))
        keys.append(_rows.keys_of(found.frame, "event"))
    residual = np.concatenate(left)
    terms = mixed(residual, numbered(np.concatenate(keys))[1])
    return {
        "sd": float(residual.std()),
        "mean ratio": float(10 ** -residual.mean()),
        "tau": terms.between,
        "phi": terms.within,
    }


def domain(table: Flatfile) -> dict[str, float]:
    """Whether M 7.5 at 20 km is marked, and how many of the rows that were learnt from are."""
    model = fitted(MotionModel(target="psv_1"), table)
    one = table.frame.head(1).to_dict(as_series=False)
    far = Flatfile.of({**one, "magnitude": [7.5], "distance": [20.0]}, extra=table.extra)
    return {
        "M 7.5, 20 km": float(model(far).frame["out_of_domain"][0]),
        "share of rows learnt from": float(model(table).frame["out_of_domain"].mean()),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    begin = time.perf_counter()
    table = SimulateGroundMotion().apply()
    results: dict[str, Any] = {"rows": len(table), "floor": {"amplitude": 0.192, "duration": 0.108}}
    for target in TARGETS:
        results[target] = {
            "trees": judged(table, "event", MotionModel(target=target, rate=RATE)),
            "attenuation": judged(table, "event", Attenuation(target=target)),
        }
        print(target, json.dumps(results[target], indent=1), flush=True)
    without = [name for name in _rows.USUAL if name != "azimuth"]
    for name, by, method in (
        ("bare", "event", MotionModel(target=CLOSER, base="none", terms=[], rate=RATE)),
        ("bare, random", "random", MotionModel(target=CLOSER, base="none", terms=[], rate=RATE)),
        ("trees, random", "random", MotionModel(target=CLOSER, rate=RATE)),
        ("trees, no azimuth", "event", MotionModel(target=CLOSER, features=without, rate=RATE)),
        ("trees, by station", "station", MotionModel(target=CLOSER, rate=RATE)),
    ):
        results[CLOSER][name] = judged(table, by, method)
        print(name, results[CLOSER][name], flush=True)
    part = parts(table, "event")
    train, test = rows(table, part != 0), rows(table, part == 0)
    for target, ways in (("psv_0_3", ("permute",)), ("psv_3", ("permute", "retrain"))):
        model = fitted(MotionModel(target=target, rate=RATE), train)
        for by in ways:
            found = Importance(by=by, times=1).apply(test, model=model, train=train)
            results[f"importance of {target}, {by}"] = dict(
                found.frame.select("feature", "importance").rows()
            )
    results["domain"] = domain(table)
    results["seconds"] = time.perf_counter() - begin
    print(json.dumps(results, indent=1))
    if given.out:
        given.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
