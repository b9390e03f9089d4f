"""How well a network forecasts motion after a great earthquake, beside regressions of the same data.

    python benchmarks/displacement/postseismic.py [--seeds 3] [--members 3] [--epochs 40] [--out FILE]

Simulated: 191 stations, 2500 days, two logarithms, an exponential, seasons, white and flicker noise. One
station of each second cell of half a degree is held back for the test, and once all stations of a region.
Experiment 1: test stations from their first 365 days to the end. Experiment 2: all stations, the last tenth.
Regressions are fitted to the same days of each station, and once with time constants that the training
stations tell; beside them a linear forecast from the first days by what the training stations did. A change
of 10 mm a year is put into patches of 30 stations, one at a time, and looked for in the residuals.
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
REGION = 38.5  # degrees north: stations north of it are a region
PATCHES, PATCH, CHANGE, BEFORE = 20, 30, 10.0, 1000  # patches, stations of one, mm/yr, first day of it
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


def by_components(
    test: Series, trained: Series, first: int, count: int = 8, every: int = 10
) -> dict[str, float]:
    """Linear: what followed the first days at the training stations, whose motion is `count` components."""

    def means(series: Series) -> tuple[Any, Any]:
        rows = series.values.double().flatten(0, 1).numpy()
        zero = np.median(rows[:, :5], axis=1, keepdims=True)
        days = rows.shape[1] // every * every
        return (rows - zero)[:, :days].reshape(len(rows), -1, every).mean(-1), zero

    known, _ = means(trained)
    given, zero = means(test)
    at = first // every
    basis = np.linalg.svd(known[:, :at], full_matrices=False)[2][:count]
    told = np.linalg.lstsq(known[:, :at] @ basis.T, known[:, at:], rcond=None)[0]
    found = np.repeat(given[:, :at] @ basis.T @ told, every, axis=1) + zero
    days = test.values.flatten(0, 1)[:, at * every : at * every + found.shape[1]].numpy()
    return {"components of the training stations": round(float(np.abs(found - days).mean()), 2)}


def split(series: Series) -> tuple[list[int], list[int]]:
    """The first station of each second cell of half a degree is for the test."""
    cells: dict[tuple[int, int], int] = {}
    for row, (latitude, longitude) in enumerate(places(series)):
        cells.setdefault((int(latitude / CELL), int(longitude / CELL)), row)
    test = sorted(cells.values())[:: max(1, round(len(cells) / 38))][:38]
    return [row for row in range(len(series.sites)) if row not in test], test


def places(series: Series) -> Any:
    return np.array([[site.latitude, site.longitude] for site in series.sites], dtype=float)


def known_to(series: Series, day: int) -> Series:
    return series.within(TimeRange(int(series.epochs[0]), int(series.epochs[day])))


def learnt(how: PostseismicLSTM, train: Series, test: Series, seed: int) -> tuple[dict[str, Any], Any]:
    """A network learnt and used."""
    begun = time.perf_counter()
    weights, _ = how.fit_rows(train, None, seed)
    ready = time.perf_counter()
    found = how.judged(test, weights)
    row = {
        "mae": round(error(found, test), 2),
        "east": round(error(found, test, 0), 2),
        "north": round(error(found, test, 1), 2),
        "not forecast": round(1 - float(found.mask[..., 0].double().mean()), 3),
        "seconds of learning": round(ready - begun),
        "seconds of forecasting": round(time.perf_counter() - ready, 1),
    }
    if found.sigma is not None:
        left = Residual().apply(found, test)
        days = slice(-len(found.epochs), None)
        near = (left.values[..., days].abs() <= 2 * found.sigma)[left.mask[..., days]]
        row["within two of its errors"] = round(float(near.double().mean()), 3)
    return row, weights


def simulated(seed: int, epochs: int, each: int, members: int, published: bool) -> dict[str, Any]:
    whole = horizontal(SimulateDisplacement(seed=seed).apply())
    train_rows, test_rows = split(whole)
    train, test = of_sites(whole, train_rows), of_sites(whole, test_rows)
    last = int(SHARE * len(whole.epochs))
    usual = PostseismicLSTM(epochs=epochs, each=each)
    rows: dict[str, Any] = {"stations": [len(train_rows), len(test_rows)]}

    def say(name: str, row: Any) -> None:
        rows[name] = row
        print(json.dumps({name: row}), flush=True)

    say("experiment 1", regressions(test, WINDOW, (), known_to(train, last)))
    say("experiment 1, linear, seeing all days of the training stations", by_components(test, train, WINDOW))
    several = usual.model_copy(update={"members": members})
    row, weights = learnt(several, train, test, seed)
    say(f"network, experiment 1, {members} members", row)
    say("network, experiment 1", learnt(usual, train, test, seed)[0])
    apart = usual.model_copy(update={"together": False, "scale": "window"})
    say("network, experiment 1, components apart, by the first window", learnt(apart, train, test, seed)[0])
    ranged = usual.model_copy(update={"together": False, "scale": "range"})
    say("network, experiment 1, components apart, by the range", learnt(ranged, train, test, seed)[0])
    if published:
        form = {"step": 86400.0, "form": "level", "together": False, "scale": "range", "batch": 64}
        as_published = usual.model_copy(update={**form, "each": each // 8})
        say("network, experiment 1, as published", learnt(as_published, train, test, seed)[0])
    north = places(whole)[:, 0] > REGION
    region, rest = (of_sites(whole, np.flatnonzero(own).tolist()) for own in (north, ~north))
    say("experiment 1 by region", {"stations": [len(rest.sites), len(region.sites)],
        **regressions(region, WINDOW, (), known_to(rest, last))})  # fmt: skip
    say("network, experiment 1 by region", learnt(usual, rest, region, seed)[0])
    say("experiment 1 by region, linear", by_components(region, rest, WINDOW))
    say("network, experiment 1 by region, components apart", learnt(apart, rest, region, seed)[0])

    say("experiment 2", regressions(whole, last, (1.0, 2.0), None))
    later = usual.model_copy(update={"begin": "share"})
    say("network, experiment 2", learnt(later, whole, whole, seed)[0])
    still = without_seasons(whole, last)
    long = later.model_copy(update={"window": 1000 * 86400.0, "members": members})
    say(
        f"network, experiment 2, without seasons, 1000 days, {members} members",
        learnt(long, still, still, seed)[0],
    )

    say("change of 10 mm/yr", change(whole, several.judged(whole, weights), seed))
    return rows


def without_seasons(series: Series, last: int) -> Series:
    """Without the seasons that two logarithms, a line and seasons tell of the days before `last`."""
    how = How(1, (1.0, 2.0), ("log", "log"), coloured=False, weighted=False)
    season = value_at(fit(known_to(series, last), how), series.epochs, ("cosine", "sine"))
    return replace(series, values=(series.values.double() - season).masked_fill(~series.mask, 0))


def change(series: Series, network: Series | None, seed: int) -> dict[str, Any]:
    """How well a patch that begins to move west stands out in what forecasts leave: area under the curve.

    By where stations are in the end, and by the change of rate. A patch is a station drawn and those
    nearest to it; forecasts read nothing after the change begins, so they are the same for all patches.
    Beside each, the same of the patch when nothing changes.
    """
    known = How(1, (1.0, 2.0), MODELS["two logs and exponential"], constants=CONSTANTS, coloured=False,
                weighted=False)  # fmt: skip
    two = How(1, (1.0, 2.0), ("log", "log"), coloured=False, weighted=False)
    ways: dict[str, Any] = {
        "three decays, known constants, 1000 days": (known, BEFORE),
        "two logs, 1000 days": (two, BEFORE),
        "log, 365 days": (How(1, (), ("log",), coloured=False, weighted=False), WINDOW),
    }
    lefts = {
        name: replace(series, values=series.values - value_at(fit(known_to(series, to), how), series.epochs))
        for name, (how, to) in ways.items()
    }
    if network is not None:
        lefts["network, 365 days"] = Residual().apply(network, series)
    place = places(series) * [1, np.cos(np.radians(38.0))]
    chance = np.random.default_rng(seed)
    centres = chance.choice(len(place), PATCHES, replace=False)
    rows: dict[str, Any] = {}
    for name, left in lefts.items():
        since = (left.epochs - int(series.epochs[BEFORE])).clamp_min(0) / DAY / 365.25
        found: dict[str, list[float]] = {}
        for centre in centres:
            near = np.zeros(len(place), dtype=bool)
            near[np.argsort(((place - place[centre]) ** 2).sum(1))[:PATCH]] = True
            for label, size in (("changed", CHANGE), ("unchanged", 0.0)):
                values = left.values.clone()
                values[torch.from_numpy(near), 0] -= size * since
                values = values.masked_fill(~left.mask, 0)
                end = -values[:, 0, -200:].mean(-1).numpy()
                judged = left.mask[:, 0, -200:].any(-1).numpy()
                found.setdefault(f"last 200 days, {label}", []).append(
                    auc(end[near & judged], end[~near & judged])
                )
                changes = RateChange(every=50 * 86400.0).apply(replace(left, values=values)).frame
                east = changes.filter(changes["component"] == "east")
                own = dict(zip(east["site"], east["change"], strict=True))
                rate = -np.array([own.get(site.name, np.nan) for site in series.sites])
                judged = np.isfinite(rate)
                found.setdefault(f"change of rate, {label}", []).append(
                    auc(rate[near & judged], rate[~near & judged])
                )
        rows[name] = {
            label: {
                "mean": round(float(np.mean(areas)), 3),
                "of 0.9 and more": round(float(np.mean([area >= 0.9 for area in areas])), 2),
            }
            for label, areas in found.items()
        }
    return rows


CONSTANTS = (3.0, 150.0, 3000.0)  # days: those of the simulation


def auc(inside: Any, outside: Any) -> float:
    if not len(inside) or not len(outside):
        return float("nan")
    return float((inside[:, None] > outside[None]).mean() + 0.5 * (inside[:, None] == outside[None]).mean())


def real(root: Path, epochs: int, each: int, members: int) -> dict[str, Any]:
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
        told: dict[str, Any] = {}
        for name, together, scale in (
            ("network", True, "network"),
            ("network, by the first window", False, "window"),
        ):
            how = PostseismicLSTM(together=together, scale=scale, epochs=epochs, each=each, members=members)
            found = how.judged(own, how.fit_rows(of_sites(series, others), None, 1)[0])
            told[name] = round(error(found, own), 2) if bool(found.mask.any()) else None
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
    words.add_argument("--seeds", type=int, default=3)
    words.add_argument("--first", type=int, default=1, help="seed")
    words.add_argument("--epochs", type=int, default=40)
    words.add_argument("--each", type=int, default=32768)
    words.add_argument("--members", type=int, default=3)
    words.add_argument("--published", action="store_true", help="the published form too, which takes long")
    words.add_argument("--only", choices=("simulated", "real"))
    words.add_argument("--out", type=Path)
    given = words.parse_args()
    warnings.simplefilter("ignore")
    result: dict[str, Any] = {"about": about(), "epochs": given.epochs, "windows a pass": given.each}
    if given.only in (None, "simulated"):
        result["simulated"] = {
            f"seed {seed}": simulated(seed, given.epochs, given.each, given.members, given.published)
            for seed in range(given.first, given.first + given.seeds)
        }
    root = os.environ.get("SEISDSL_TEST_DATA")
    if root and given.only in (None, "real"):
        result["real"] = real(Path(root) / "gnss", given.epochs // 2, given.each // 4, given.members)
    if given.out:
        given.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
