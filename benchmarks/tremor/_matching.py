"""Detections held against true events: which is which, how many are right, and how that goes with a threshold."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

NEAR = 30.0  # km between epicentres
SPARE = 15.0  # seconds by which two times may miss one another
KM = 111.2
FEWEST = 8  # events that are found, for a curve


@dataclass(frozen=True)
class Pairs:
    """Of each detection the true events that it may be, the nearest first, and how far they are (km)."""

    events: list[np.ndarray]
    away: list[np.ndarray]


def pairs(found: pl.DataFrame, true: pl.DataFrame, later: float = 0.0) -> Pairs:
    """Those that overlap in time and are near; `later` seconds put the true events elsewhere in time."""
    begin = true["ns"].to_numpy() / 1e9 + later
    end = begin + true["duration"].fill_null(0).to_numpy()
    latitude, longitude = true["latitude"].to_numpy(), true["longitude"].to_numpy()
    events, away = [], []
    for row in found.select("ns", "duration", "latitude", "longitude").iter_rows():
        first, last = row[0] / 1e9, row[0] / 1e9 + row[1]
        east = (longitude - row[3]) * math.cos(math.radians(row[2]))
        apart = KM * np.hypot(latitude - row[2], east)
        own = np.flatnonzero((apart <= NEAR) & (begin - SPARE <= last) & (end + SPARE >= first))
        order = own[np.argsort(apart[own], kind="stable")]
        events.append(order)
        away.append(apart[order])
    return Pairs(events, away)


@dataclass(frozen=True)
class Judged:
    """Of the detections in order: the true event that is theirs alone (-1 for none), and how far it is."""

    event: np.ndarray
    away: np.ndarray

    @property
    def right(self) -> int:
        return int((self.event >= 0).sum())

    @property
    def precision(self) -> float:
        return self.right / len(self.event) if len(self.event) else math.nan


def judged(candidates: Pairs, kept: np.ndarray, rank: np.ndarray) -> Judged:
    """Those `kept`, the highest rank first: a true event that is told of again is wrong the second time."""
    taken: set[int] = set()
    event = np.full(len(rank), -1)
    away = np.full(len(rank), math.nan)
    for number in np.argsort(-rank, kind="stable"):
        if not kept[number]:
            continue
        for one, distance in zip(candidates.events[number], candidates.away[number], strict=True):
            if int(one) not in taken:
                taken.add(int(one))
                event[number], away[number] = one, distance
                break
    return Judged(event[kept], away[kept])


def half_found(amplitude: np.ndarray, found: np.ndarray) -> float | None:
    """The amplitude (dB over 1) at which half of the events are found, by a logistic curve; None from too few."""
    from scipy.optimize import minimize

    level = 20 * np.log10(amplitude)
    if found.sum() < FEWEST or found.all():
        return None

    def misfit(shape: np.ndarray) -> float:
        odds = (level - shape[0]) / np.exp(shape[1])
        return float(np.logaddexp(0, np.where(found, -odds, odds)).sum())

    fitted = minimize(misfit, [float(np.median(level[found])), 1.0], method="Nelder-Mead")
    return float(fitted.x[0])
