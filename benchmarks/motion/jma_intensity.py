"""Measured seismic intensities of the JMA: trained on 1997-2007, judged on 2008-2010.

    python benchmarks/motion/jma_intensity.py [--out results.json] [--figure FILE.png] [--since 1997]

Needs $SEISDSL_TEST_DATA. Events of the last years are new to every model. Beside boosted trees on an
attenuation relation of the form of Morikawa and Fujiwara (2013) stand a line in magnitude, distance and
depth, and that relation alone, each with a term of every station that comes from the same years; a
station that is new has none. Intervals come from drawing events again. Only intensities of 0.5 and more
are listed, so far from an event only the strongest are: a term of each event would take that for what
the event is, and what is listed of later events is then under-estimated (`terms of events`).
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from seisdsl.data.jma_intensity import EXTRA, read_intensities
from seisdsl.data.model import Model
from seisdsl.data.motion import Flatfile
from seisdsl.methods.motion import attenuation
from seisdsl.methods.motion.mixed import mixed, numbered
from seisdsl.operators.motion import _rows
from seisdsl.operators.motion.motion_model import MotionModel

FEATURES = (
    "magnitude", "depth", "distance", "epicentral", "azimuth", "latitude", "longitude", "event_latitude",
    "event_longitude",
)  # fmt: skip
TREES: dict[str, Any] = {
    "target": "intensity", "features": list(FEATURES), "terms": ["station"], "rounds": 300, "patience": 20,
    "depth": 8, "rate": 0.15, "fewest": 100,
}  # fmt: skip
ROUNDS = 3
MAGNITUDES = np.arange(2.0, 8.0, 0.5)
DISTANCES = (0, 20, 50, 100, 150, 200, 300, 500, 2000)

Array = np.ndarray[Any, Any]


def linear(frame: Any) -> Array:
    columns = [_rows.column(frame, name) for name in ("magnitude", "distance", "depth")]
    return np.stack([*columns, np.ones(frame.height)], 1)


def logarithmic(frame: Any) -> Array:
    distance = _rows.column(frame, "distance")
    return np.concatenate([linear(frame), np.log10(distance + 1)[:, None]], 1)


def with_stations(fit: Any, give: Any, train: Any, test: Any) -> tuple[Array, Array]:
    """Predictions of both, by a model and the stations' terms fitted in turn."""
    names, group = numbered(_rows.keys_of(train, "station"))
    target = _rows.column(train, "intensity")
    terms = np.zeros(len(names))
    for _ in range(ROUNDS):
        model = fit(train, target - terms[group])
        found = mixed(target - give(model, train), group)
        terms = found.terms + found.mean
    of = dict(zip(names.tolist(), terms.tolist(), strict=True))
    usual = found.mean

    def whole(frame: Any) -> Array:
        own = np.array([of.get(key, usual) for key in _rows.keys_of(frame, "station")])
        return np.asarray(give(model, frame) + own)

    return whole(train), whole(test)


def by_lines(train: Any, test: Any, columns: Any) -> tuple[Array, Array]:
    def fit(frame: Any, target: Array) -> Array:
        return np.asarray(np.linalg.lstsq(columns(frame), target, rcond=None)[0])

    return with_stations(fit, lambda model, frame: columns(frame) @ model, train, test)


def by_relation(train: Any, test: Any) -> tuple[Array, Array]:
    """Intensity is twice a logarithm of acceleration."""

    def fit(frame: Any, target: Array) -> dict[str, float]:
        return attenuation.fitted(_rows.sources(frame), target / 2)

    def give(model: dict[str, float], frame: Any) -> Array:
        return np.asarray(2 * attenuation.median(model, _rows.sources(frame)))

    return with_stations(fit, give, train, test)


def by_trees(train: Any, test: Any, **more: Any) -> tuple[Array, Array]:
    """The operator `motion-model`, with the place of event and station among its features."""
    method = MotionModel(**{**TREES, **more})
    table = Flatfile(train, EXTRA)
    model: Model[Any, Any] = Model(method, method.fit_rows(table, None, 1)[0])
    own, other = (_rows.column(model(table.with_frame(frame)).frame, "predicted") for frame in (train, test))
    return own, other


def judged(test: Any, given: Array) -> dict[str, Any]:
    residual = _rows.column(test, "intensity") - given
    names, group = numbered(_rows.keys_of(test, "event"))
    squares, number = np.bincount(group, residual**2), np.bincount(group)
    chance = np.random.default_rng(1)
    drawn = [chance.integers(0, len(names), len(names)) for _ in range(500)]
    rmse = [float(np.sqrt(squares[one].sum() / number[one].sum())) for one in drawn]
    found = mixed(residual, group)
    return {
        "rmse": float(np.sqrt(np.mean(residual**2))),
        "interval": [float(edge) for edge in np.quantile(rmse, [0.025, 0.975])],
        "bias": float(residual.mean()),
        "tau": found.between,
        "phi": found.within,
        "within half a step": float(np.mean(np.abs(residual) <= 0.5)),
    }


def binned(test: Any, given: Array) -> dict[str, list[dict[str, float]]]:
    residual = _rows.column(test, "intensity") - given
    found: dict[str, list[dict[str, float]]] = {}
    for name, edges in (("magnitude", MAGNITUDES), ("distance", DISTANCES)):
        values = _rows.column(test, name)
        found[name] = []
        for low, high in pairwise(edges):
            own = residual[(values >= low) & (values < high)]
            if len(own) >= 20:
                cells = {"low": float(low), "high": float(high), "number": len(own)}
                more = {"rmse": float(np.sqrt(np.mean(own**2))), "bias": float(own.mean())}
                found[name].append({**cells, **more})
    return found


def drawn(results: dict[str, Any], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(10, 7), sharey="row", layout="constrained")
    for column, name in enumerate(("magnitude", "distance")):
        for model, found in results["by"].items():
            at = [(one["low"] + min(one["high"], 700)) / 2 for one in found[name]]
            for row, key in enumerate(("rmse", "bias")):
                axes[row, column].plot(at, [one[key] for one in found[name]], "o-", ms=4, label=model)
        axes[1, column].set_xlabel(
            {"magnitude": "magnitude (JMA)", "distance": "hypocentral distance (km)"}[name]
        )
        axes[1, column].axhline(0, color="0.7", lw=0.8, zorder=0)
    axes[0, 0].set_ylabel("root mean square of\nobserved less predicted")
    axes[1, 0].set_ylabel("mean of observed\nless predicted")
    axes[0, 1].legend(frameon=False, fontsize=8)
    figure.suptitle("JMA intensity, 2008-2010, models of 1997-2007")
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path)
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--since", type=int, default=1997)
    given = parser.parse_args()
    folder = Path(os.environ["SEISDSL_TEST_DATA"]) / "ground-motion/jma-intensity"
    frame = read_intensities(str(folder)).frame.drop_nulls(["magnitude", "depth", "intensity"])
    years = frame["year"]
    train = frame.filter((years >= given.since) & (years <= 2007))
    test = frame.filter(years >= 2008)
    stations = set(_rows.keys_of(train, "station").tolist())
    new = np.mean([key not in stations for key in _rows.keys_of(test, "station").tolist()])
    results: dict[str, Any] = {
        "trained on": {"rows": train.height, "events": train["event"].n_unique(), "since": given.since},
        "judged on": {"rows": test.height, "events": test["event"].n_unique(), "of new stations": float(new)},
        "models": {},
        "by": {},
    }
    models: dict[str, Callable[[], tuple[Array, Array]]] = {
        "line in M, X, H": lambda: by_lines(train, test, linear),
        "line with log X": lambda: by_lines(train, test, logarithmic),
        "attenuation": lambda: by_relation(train, test),
        "boosted trees": lambda: by_trees(train, test),
        "trees, no relation": lambda: by_trees(train, test, base="none"),
        "trees, terms of events": lambda: by_trees(train, test, terms=["event", "station"]),
    }
    for name, model in models.items():
        begin = time.perf_counter()
        own, other = model()
        results["models"][name] = {
            **judged(test, other),
            "rmse of the years learnt from": judged(train, own)["rmse"],
            "seconds": time.perf_counter() - begin,
        }
        results["by"][name] = binned(test, other)
        print(name, json.dumps(results["models"][name]), flush=True)
    if given.out:
        given.out.write_text(json.dumps(results, indent=1) + "\n")
    if given.figure:
        drawn(results, given.figure)


if __name__ == "__main__":
    main()
