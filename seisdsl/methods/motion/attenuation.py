"""An attenuation relation of the form of Morikawa and Fujiwara (2013), from coefficients or fitted.

    log10 y = a (M' - m)^2 + b X + c - log10(X + d 10^(e M')) + pd log10(max(lowest, D1400) / 300)
              + ps log10(min(highest, Vs30) / 350),    M' = min(M, largest)

The terms of the ground count where the site's D1400 and Vs30 are known, and are zero elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

Values = NDArray[np.float64]
USUAL = {"m": 16.0, "e": 0.5, "largest": 8.2, "lowest": 1.0, "highest": 2000.0}
FITTED = ("a", "b", "c", "d", "pd", "ps")
BEGIN = {"a": -0.03, "b": -0.005, "c": 7.0, "d": 0.01, "pd": 0.0, "ps": 0.0}


def median(of: Mapping[str, float], rows: Mapping[str, Values]) -> Values:
    """log10 of the measure; `rows` are magnitude, distance (km), d1400 (m) and vs30 (m/s)."""
    magnitude = np.minimum(rows["magnitude"], of["largest"])
    distance = rows["distance"]
    value = of["a"] * (magnitude - of["m"]) ** 2 + of["b"] * distance + of["c"]
    value = value - np.log10(distance + of["d"] * 10 ** (of["e"] * magnitude))
    deep, shallow = _ground(rows, of)
    found: Values = value + of["pd"] * deep + of["ps"] * shallow
    return found


def fitted(
    rows: Mapping[str, Values], logged: Values, limits: Mapping[str, float] = USUAL
) -> dict[str, float]:
    """The coefficients that fit best; those of the ground are zero where nothing is known of it."""
    magnitude, distance = np.minimum(rows["magnitude"], limits["largest"]), rows["distance"]
    deep, shallow = _ground(rows, limits)

    def linear(d: float) -> tuple[Values, Values]:
        near = np.log10(distance + d * 10 ** (limits["e"] * magnitude))
        columns = [(magnitude - limits["m"]) ** 2, distance, np.ones_like(distance), deep, shallow]
        used = [column for column in columns if np.ptp(column) > 0 or column is columns[2]]
        matrix = np.stack(used, 1)
        known, *_ = np.linalg.lstsq(matrix, logged + near, rcond=None)
        full = np.zeros(len(columns))
        full[[at for at, column in enumerate(columns) if any(column is one for one in used)]] = known
        return full, logged + near - matrix @ known

    best = least_squares(
        lambda p: linear(float(np.exp(p[0])))[1], [np.log(BEGIN["d"])], bounds=([-12.0], [0.0])
    )
    d = float(np.exp(best.x[0]))
    a, b, c, pd, ps = linear(d)[0].tolist()
    return {**limits, "a": a, "b": b, "c": c, "d": d, "pd": pd, "ps": ps}


def _ground(rows: Mapping[str, Values], of: Mapping[str, float]) -> tuple[Values, Values]:
    deep, shallow = rows["d1400"], rows["vs30"]
    deep = np.where(np.isfinite(deep), np.maximum(deep, of["lowest"]), 300.0)
    shallow = np.where(np.isfinite(shallow), np.minimum(shallow, of["highest"]), 350.0)
    return np.log10(deep / 300), np.log10(shallow / 350)
