"""An attenuation relation, from coefficients or fitted.

    k log10 y = a (M' - m)^2 + l M' + b X + c + f (H - level)
              + (s + t M') k log10(sqrt(X^2 + h^2) + d 10^(e M'))
              + pd k log10(max(lowest, D1400) / 300) + ps k log10(min(highest, Vs30) / reference)

with M' = min(M, largest), and k = 1, or ln 10 where a relation is written in natural logarithms. With
the usual values, s = -1 and f = l = t = h = 0, it is of the form of Morikawa and Fujiwara (2013). The terms
of the event's depth H and of the ground count where H, D1400 and Vs30 are known, and are zero elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from seisdsl.methods.motion.mixed import Mixed, Numbers, mixed

Values = NDArray[np.float64]
TURNS, ENOUGH = 10, 1e-4  # times that coefficients and terms are fitted in turn, and what moves no more
USUAL = {
    "m": 16.0, "e": 0.5, "f": 0.0, "level": 0.0, "l": 0.0, "s": -1.0, "t": 0.0, "h": 0.0, "pd": 0.0,
    "ps": 0.0, "natural": 0.0, "largest": 8.2, "lowest": 1.0, "highest": 2000.0, "reference": 350.0,
}  # fmt: skip
BEGIN = {"a": -0.03, "b": -0.005, "c": 7.0, "d": 0.01, "pd": 0.0, "ps": 0.0}


def median(of: Mapping[str, float], rows: Mapping[str, Values]) -> Values:
    """log10 of the measure; `rows` are magnitude, distance and depth (km), d1400 (m) and vs30 (m/s)."""
    magnitude = np.minimum(rows["magnitude"], of["largest"])
    distance = rows["distance"]
    depth, deep, shallow = _known(rows, of)
    value = of["a"] * (magnitude - of["m"]) ** 2 + of["l"] * magnitude + of["b"] * distance + of["c"]
    value = value + of["f"] * depth
    if of["natural"]:
        value = value / np.log(10)
    near = np.hypot(distance, of["h"]) + of["d"] * 10 ** (of["e"] * magnitude)
    value = value + (of["s"] + of["t"] * magnitude) * np.log10(near)
    found: Values = value + of["pd"] * deep + of["ps"] * shallow
    return found


def fitted(
    rows: Mapping[str, Values], logged: Values, limits: Mapping[str, float] = USUAL
) -> dict[str, float]:
    """The coefficients that fit best; those of the depth and the ground are zero where nothing is known."""
    magnitude, distance = np.minimum(rows["magnitude"], limits["largest"]), rows["distance"]
    known = rows["depth"][np.isfinite(rows["depth"])]
    limits = {**limits, "level": float(known.mean()) if len(known) else 0.0}
    beside = _known(rows, limits)

    def linear(d: float) -> tuple[Values, Values]:
        near = np.log10(distance + d * 10 ** (limits["e"] * magnitude))
        columns = [(magnitude - limits["m"]) ** 2, distance, np.ones_like(distance), *beside]
        used = [column for column in columns if np.ptp(column) > 0 or column is columns[2]]
        matrix = np.stack(used, 1)
        best, *_ = np.linalg.lstsq(matrix, logged + near, rcond=None)
        full = np.zeros(len(columns))
        full[[at for at, column in enumerate(columns) if any(column is one for one in used)]] = best
        return full, logged + near - matrix @ best

    best = least_squares(
        lambda p: linear(float(np.exp(p[0])))[1], [np.log(BEGIN["d"])], bounds=([-12.0], [0.0])
    )
    d = float(np.exp(best.x[0]))
    a, b, c, f, pd, ps = linear(d)[0].tolist()
    return {**limits, "a": a, "b": b, "c": c, "d": d, "f": f, "pd": pd, "ps": ps}


def with_events(
    rows: Mapping[str, Values], logged: Values, event: Numbers
) -> tuple[dict[str, float], Mixed, list[dict[str, float]]]:
    """The same where each event has a term of its own, what is left over, and how wrong it was in turn."""
    terms = np.zeros(int(event.max()) + 1)
    history: list[dict[str, float]] = []
    while True:
        found = fitted(rows, logged - terms[event])
        left = mixed(logged - median(found, rows), event)
        moved, terms = float(np.abs(left.terms - terms).max()), left.terms
        history.append({"epoch": len(history) + 1.0, "loss": float(np.hypot(left.between, left.within))})
        if moved < ENOUGH or len(history) == TURNS:
            found["c"] += left.mean
            return found, left, history


def _known(rows: Mapping[str, Values], of: Mapping[str, float]) -> tuple[Values, Values, Values]:
    """What terms of depth and ground are in proportion to; zero where it is not known."""
    depth, deep, shallow = rows["depth"], rows["d1400"], rows["vs30"]
    deep = np.where(np.isfinite(deep), np.maximum(deep, of["lowest"]), 300.0)
    shallow = np.where(np.isfinite(shallow), np.minimum(shallow, of["highest"]), of["reference"])
    below = np.where(np.isfinite(depth), depth - of["level"], 0.0)
    return below, np.log10(deep / 300), np.log10(shallow / of["reference"])
