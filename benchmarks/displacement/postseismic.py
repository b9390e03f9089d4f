"""How well a network forecasts motion after a great earthquake, beside regressions of the same data.

    python benchmarks/displacement/postseismic.py [--seeds 1] [--epochs 60] [--each 2048] [--out FILE]

Simulated: 191 stations, 2500 days, two logarithms, an exponential, seasons, white and flicker noise. One
station of each cell of half a degree is held back for the test, and once all stations of a region.
Experiment 1: test stations from their first 365 days to the end. Experiment 2: all stations, the last tenth.
Regressions are fitted to the same days of each station, and once with time constants that the training
stations tell. A change of 10 mm a year in a patch of 30 stations is looked for in the residuals.
Real, with SEISDSL_TEST_DATA set: nine Japanese stations after 2011-03-11, each forecast from its first 365
days by a network that has seen the other eight, against two logarithms (10 and 300 days) and a line.
"""

from __future__ import annotations

import argparse
import glob
import json
import os
import time
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _shown import about

from seisdsl.data.series import Series
from seisdsl.data.series_read import of_sites, read_positions
from seisdsl.data.series_sheet import Named
from seisdsl.language.types import TimeRange
from seisdsl.operators.displacement._days import DAY
from seisdsl.operators.displacement._model import How, fit, value_at
from seisdsl.operators.displacement.outliers import Outliers
from seisdsl.operators.displacement.postseismic_lstm import PostseismicLSTM
from seisdsl.operators.displacement.rate_change import RateChange
from seisdsl.operators.displacement.residual import Residual
from seisdsl.operators.displacement.simulate_displacement import SimulateDisplacement
from seisdsl.operators.displacement.straight_fills import StraightFills

WINDOW, SHARE, CELL = 365, 0.9, 0.5
BATCH, RATE, SCALE = 64, 3e-3, "window"
MODELS = {
    "log": ("log",), "exponential": ("exponential",), "log and exponential": ("log", "exponential"),
    "two logs": ("log", "log"), "two logs and exponential": ("log", "log", "exponential"),
}  # fmt: skip


def horizontal(series: Series) -> Series:
    """East and north, about the first days."""
    return replace(series, values=series.values[:, :2], mask=series.mask[:, :2], components=("east", "north"),
                   sigma=None if series.sigma is None else series.sigma[:, :2])  # fmt: skip


def error(forecast: Series, data: Series, component: int | None = None) -> float:
    """Mean absolute error in millimetres, of days and components that were forecast."""
    left = Residual().apply(forecast, data)
    own = slice(None) if component is None else slice(component, component + 1)
    return float(left.values[:, own][left.mask[:, own]].abs().mean())


def by_regression(series: Series, first: int, last: int, how: How) -> Series:
    """Fitted to days before `first` of the record, forecast from there on."""
    only = TimeRange(int(series.epochs[0]), int(series.epochs[first]))
    fitted = fit(series, how, only)
    ahead = series.epochs[first:last]
    values = value_at(fitted, ahead)
    mask = fitted.known[..., None].expand(values.shape).contiguous()
    return Series(values.masked_fill(~mask, 0), mask, ahead, series.sites, series.components)


def regressions(
    series: Series, first: int, seasons: tuple[float, ...], trained: Series | None
) -> dict[str, float]:
    rows = {}
    for name, decays in MODELS.items():
        for shared in (True, False):
            how = How(1, seasons, decays, shared=shared, coloured=False, weighted=False)
            rows[f"{name}, {'shared' if shared else 'own'} constants"] = error(
                by_regression(series, first, len(series.epochs), how), series
            )
        if trained is not None:
            told = fit(trained, How(1, (1.0, 2.0), decays, coloured=False, weighted=False)).constants[0]
            how = How(1, seasons, decays, constants=tuple(told.tolist()), coloured=False, weighted=False)
            rows[f"{name}, constants of the training stations"] = error(
                by_regression(series, first, len(series.epochs), how), series
            )
    recent = series.within(TimeRange(int(series.epochs[max(0, first - 100)]), int(series.epochs[-1]) + 1))
    line = by_regression(
        recent, min(100, first), len(recent.epochs), How(1, (), coloured=False, weighted=False)
    )
    rows["rate of the last 100 days"] = error(line, series)
    return {name: round(value, 2) for name, value in rows.items()}


def split(series: Series) -> tuple[list[int], list[int]]:
    """The first station of each second cell of half a degree is for the test."""
    cells: dict[tuple[int, int], int] = {}
    for row, site in enumerate(series.sites):
        assert site.latitude is not None
        assert site.longitude is not None
        cells.setdefault((int(site.latitude / CELL), int(site.longitude / CELL)), row)
    test = sorted(cells.values())[:: max(1, round(len(cells) / 38))][:38]
    return [row for row in range(len(series.sites)) if row not in test], test


def learnt(how: PostseismicLSTM, series: Series, seed: int) -> Any:
    return how.fit_rows(series, None, seed)[0]


def forecast(how: PostseismicLSTM, series: Series, weights: Any) -> Series:
    return how.judged(series, weights)


def simulated(seed: int, epochs: int, each: int) -> dict[str, Any]:
    whole = horizontal(SimulateDisplacement(seed=seed).apply())
    train_rows, test_rows = split(whole)
    train, test = of_sites(whole, train_rows), of_sites(whole, test_rows)
    last = int(SHARE * len(whole.epochs))
    rows: dict[str, Any] = {"stations": [len(train_rows), len(test_rows)]}
    known = train.within(TimeRange(int(whole.epochs[0]), int(whole.epochs[last])))
    rows["experiment 1"] = regressions(test, WINDOW, (), known)
    rows["experiment 2"] = regressions(whole, last, (1.0, 2.0), None)
    print(json.dumps(rows, indent=1), flush=True)
    tried: list[tuple[float, PostseismicLSTM, Any]] = []
    for scale in ("window", "range"):
        how = PostseismicLSTM(scale=scale, epochs=epochs, each=each, batch=BATCH, rate=RATE)
        begun = time.perf_counter()
        weights = learnt(how, train, seed)
        found = forecast(how, test, weights)
        told = {"mae": round(error(found, test), 2), "east": round(error(found, test, 0), 2),
                "north": round(error(found, test, 1), 2), "passes": weights.trained["passes"],
                "not forecast": round(1 - float(found.mask[..., 0].double().mean()), 3)}  # fmt: skip
        if scale == "window":
            same = found.mask[..., :1]
            best = regressions(
                replace(test, mask=test.mask & same, values=test.values * same), WINDOW, (), known
            )
            told["regressions of the same components"] = best
        rows[f"network, experiment 1, scale={scale}"] = told
        print(json.dumps({scale: told}), flush=True)
        later = how.model_copy(update={"begin": "share"})
        found = forecast(later, whole, weights)
        same = found.mask[..., :1]
        rows[f"network, experiment 2, scale={scale}"] = {
            "mae": round(error(found, whole), 2), "seconds": round(time.perf_counter() - begun),
            "not forecast": round(1 - float(same.double().mean()), 3),
        }  # fmt: skip
        print(json.dumps(rows[f"network, experiment 2, scale={scale}"]), flush=True)
        tried.append((float(told["mae"]), how, weights))
    _, how, weights = min(tried, key=lambda one: one[0])
    rows["change of 10 mm/yr"] = {"scale": how.scale, **change(seed, how, weights)}
    print(json.dumps(rows["change of 10 mm/yr"]), flush=True)
    return rows


BEFORE = 1000  # days, of which the change begins on the last
CONSTANTS = (3.0, 150.0, 3000.0)  # those of the simulation


def change(seed: int, how: PostseismicLSTM | None, weights: Any) -> dict[str, Any]:
    """How well a patch that begins to move west stands out in what forecasts leave: area under the curve.

    By the change of rate and by where stations are in the end. The patch is the nearest to the
    earthquake, so models that are wrong are the most wrong there: beside it, the same of stations whose
    rate did not change.
    """
    changed, same = (
        horizontal(SimulateDisplacement(seed=seed, change=rate / 31_557_600).apply()) for rate in (0.010, 0.0)
    )
    moved = [not torch.equal(changed.values[row], same.values[row]) for row in range(len(same.sites))]
    three, plain = MODELS["two logs and exponential"], {"coloured": False, "weighted": False}
    known = How(1, (1.0, 2.0), three, constants=CONSTANTS, **plain)  # type: ignore[arg-type]
    ways: dict[str, Any] = {
        "three decays, known constants, 1000 days": (known, BEFORE),
        "two logs, 1000 days": (How(1, (1.0, 2.0), ("log", "log"), **plain), BEFORE),  # type: ignore[arg-type]
        "two logs, 365 days": (How(1, (), ("log", "log"), **plain), WINDOW),  # type: ignore[arg-type]
        "three decays, known constants, all days": (known, None),
    }
    if how is not None:
        ways["network"] = None
    rows: dict[str, Any] = {}
    for name, way in ways.items():
        for label, series in (("changed", changed), ("unchanged", same)):
            if way is None:
                assert how is not None
                left = Residual().apply(forecast(how, series, weights), series)
            else:
                only = (
                    None if way[1] is None else TimeRange(int(series.epochs[0]), int(series.epochs[way[1]]))
                )
                left = replace(
                    series, values=series.values - value_at(fit(series, way[0], only), series.epochs)
                )
            found = RateChange(every=50 * 86400.0).apply(left).frame
            east = {
                row["site"]: -row["change"] for row in found.filter(found["component"] == "east").to_dicts()
            }
            rate = np.array([east.get(site.name, np.nan) for site in series.sites])
            end = -left.values[:, 0, -200:].mean(-1).numpy()
            own, judged = np.array(moved), np.isfinite(rate)
            rows.setdefault(name, {})[label] = {
                "auc of the change of rate": round(auc(rate[own & judged], rate[~own & judged]), 3),
                "auc of the last 200 days": round(auc(end[own & judged], end[~own & judged]), 3),
            }
    return rows


def auc(inside: Any, outside: Any) -> float:
    if not len(inside) or not len(outside):
        return float("nan")
    return float((inside[:, None] > outside[None]).mean() + 0.5 * (inside[:, None] == outside[None]).mean())


def real(root: Path, epochs: int, each: int) -> dict[str, Any]:
    """Each of nine stations from days 3 to 365, by what the other eight did."""
    named = Named((("north", "lon"), ("east", "lat"), ("up", "ver"), ("site", "group")), "mm")
    series = read_positions(sorted(glob.glob(str(root / "tohoku-2009-2018" / "*.csv"))), named)
    begin = 15_044 * DAY  # 2011-03-11
    series = series.within(TimeRange(begin + 2 * DAY, begin + 2560 * DAY))
    series = horizontal(Outliers().apply(StraightFills().apply(series)))
    series = _without_2016(series)
    rows: dict[str, Any] = {}
    for row, site in enumerate(series.sites):
        others = [other for other in range(len(series.sites)) if other != row]
        own = of_sites(series, [row])
        how = PostseismicLSTM(scale=SCALE, epochs=epochs, each=each, batch=BATCH, rate=RATE)
        weights = learnt(how, of_sites(series, others), 1)
        told: dict[str, Any] = {}
        try:
            found = forecast(how, own, weights)
            told["network"] = round(error(found, own), 2)
        except Exception as refused:
            rows[site.name] = {"network": str(refused)}
            continue
        mask = own.mask & found.mask[..., :1]
        shown = replace(own, mask=mask, values=own.values * mask)
        first = int((own.epochs < int(own.epochs[0]) + WINDOW * DAY).sum())
        fixed = How(1, (), ("log", "log"), constants=(10.0, 300.0), coloured=False, weighted=False)
        told["two logs of 10 and 300 days and a line"] = round(
            error(by_regression(shown, first, len(own.epochs), fixed), shown), 2
        )
        flat = replace(fixed, degree=0)
        told["the same without the line"] = round(
            error(by_regression(shown, first, len(own.epochs), flat), shown), 2
        )
        fitted = fit(
            of_sites(series, others), How(1, (1.0, 2.0), ("log", "log"), coloured=False, weighted=False)
        )
        how_told = How(
            1,
            (),
            ("log", "log"),
            constants=tuple(fitted.constants[0].tolist()),
            coloured=False,
            weighted=False,
        )
        told["two logs, constants of the others, and a line"] = round(
            error(by_regression(shown, first, len(own.epochs), how_told), shown), 2
        )
        rows[site.name] = told
        print(json.dumps({site.name: told}), flush=True)
    names = list(next(iter(rows.values())))
    rows["mean"] = {
        n: round(float(np.mean([r[n] for r in rows.values() if isinstance(r.get(n), float)])), 2)
        for n in names
    }
    return rows


def _without_2016(series: Series) -> Series:
    """J089 without the step of 2016-04-16: its days from then on are left out."""
    at = int((series.epochs < (16_907 * DAY)).sum())
    row = [site.name for site in series.sites].index("J089")
    mask = series.mask.clone()
    mask[row, :, at:] = False
    return replace(series, mask=mask, values=series.values.masked_fill(~mask, 0))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--seeds", type=int, default=1)
    words.add_argument("--epochs", type=int, default=60)
    words.add_argument("--each", type=int, default=2048)
    words.add_argument("--only", choices=("simulated", "real", "change"))
    words.add_argument("--out", type=Path)
    given = words.parse_args()
    warnings.simplefilter("ignore")
    result: dict[str, Any] = {"about": about(), "epochs": given.epochs, "windows a pass": given.each}
    if given.only == "change":
        result["change of 10 mm/yr, without the network"] = change(1, None, None)
        print(json.dumps(result, indent=1), flush=True)
    if given.only in (None, "simulated"):
        result["simulated"] = {
            f"seed {1 + s}": simulated(1 + s, given.epochs, given.each) for s in range(given.seeds)
        }
        print(json.dumps(result["simulated"], indent=1), flush=True)
    root = os.environ.get("SEISDSL_TEST_DATA")
    if root and given.only in (None, "real"):
        result["real"] = real(Path(root) / "gnss", max(8, given.epochs // 2), given.each // 2)
        print(json.dumps(result["real"], indent=1), flush=True)
    if given.out:
        given.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
