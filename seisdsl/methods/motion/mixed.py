"""Residuals as what all records of an event share and what is left (Abrahamson and Youngs 1992)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Numbers = NDArray[np.int64]
ROUNDS = 100
ENOUGH = 1e-8


class Mixed(NamedTuple):
    mean: float
    between: float  # standard deviation of the groups' terms
    within: float  # and of what is left
    terms: Values  # of each group
    rest: Values  # of each row


def mixed(residual: Values, group: Numbers) -> Mixed:
    """Maximum likelihood of a mean, a normal term of each group, and normal scatter, by EM.

    A group's term is drawn towards zero the more the fewer rows it has.
    """
    number = np.bincount(group).astype(float)
    sums = np.bincount(group, residual)
    mean = float(residual.mean()) if len(residual) else 0.0
    spread = float(residual.var()) if len(residual) else 0.0
    between = within = max(spread / 2, 1e-12)
    terms = np.zeros(len(number))
    for _ in range(ROUNDS):
        precision = number / within + 1 / between
        terms = (sums - number * mean) / within / precision
        rest = residual - mean - terms[group]
        old = between, within
        between = max(float(np.mean(terms**2 + 1 / precision)), 1e-12) if len(terms) else 0.0
        more = np.sum(number / precision)
        within = max(float(np.sum(rest**2) + more) / max(len(residual), 1), 1e-12)
        mean = float(np.mean(residual - terms[group])) if len(residual) else 0.0
        if abs(between - old[0]) + abs(within - old[1]) < ENOUGH * (between + within):
            break
    rest = residual - mean - terms[group]
    return Mixed(mean, float(np.sqrt(between)), float(np.sqrt(within)), terms, rest)


def numbered(keys: NDArray[np.str_]) -> tuple[NDArray[np.str_], Numbers]:
    """Each key once, and the number of each row's."""
    names, number = np.unique(keys, return_inverse=True)
    return names, number.astype(np.int64)
