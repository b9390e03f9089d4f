"""Which of the things that were found are which of the true ones, one to one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Numbers = NDArray[np.int64]
Values = NDArray[np.float64]
EARTH = 6371.0  # km


@dataclass(frozen=True)
class Stretches:
    """Things that have a time each, or last (nanoseconds); what is of another `kind` never pairs."""

    begin: Numbers
    end: Numbers
    kind: Numbers

    def __len__(self) -> int:
        return len(self.begin)


def near(found: Stretches, true: Stretches, within: float) -> tuple[Numbers, Numbers, Values]:
    """Candidates: numbers of both, and the seconds between them, zero where they overlap."""
    reach = round(within * 1e9)
    order = np.argsort(true.begin, kind="stable")
    begin = true.begin[order]
    longest = int((true.end - true.begin).max(initial=0))
    low = np.searchsorted(begin, found.begin - reach - longest, "left")
    high = np.searchsorted(begin, found.end + reach, "right")
    number = np.maximum(high - low, 0)
    one = np.repeat(np.arange(len(found)), number)
    inside = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    other = order[np.repeat(low, number) + inside]
    gap = np.maximum(found.begin[one] - true.end[other], true.begin[other] - found.end[one])
    gap = np.maximum(gap, 0)
    fits = (gap <= reach) & (found.kind[one] == true.kind[other])
    return one[fits], other[fits], gap[fits] / 1e9


def paired(one: Numbers, other: Numbers, cost: Values, sizes: tuple[int, int]) -> tuple[Numbers, Numbers]:
    """As many pairs as there can be, and of these the choice with the least cost in all."""
    if not len(one):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    count = sum(sizes)
    links = coo_matrix((np.ones(len(one)), (one, sizes[0] + other)), shape=(count, count))
    _, island = connected_components(links, directed=False)
    order = np.argsort(island[one], kind="stable")
    edges = np.flatnonzero(np.diff(island[one][order])) + 1
    left, right = [], []
    for part in np.split(order, edges):
        rows, at = np.unique(one[part], return_inverse=True)
        columns, to = np.unique(other[part], return_inverse=True)
        never = 1 + 2 * min(len(rows), len(columns)) * (1 + float(cost[part].max()))
        table = np.full((len(rows), len(columns)), never)
        np.minimum.at(table, (at, to), cost[part])
        row, column = linear_sum_assignment(table)
        kept = table[row, column] < never
        left.append(rows[row[kept]])
        right.append(columns[column[kept]])
    return np.concatenate(left), np.concatenate(right)


def apart(a: tuple[Values, Values], b: tuple[Values, Values]) -> Values:
    """Kilometres along the surface between places of latitude and longitude in degrees."""
    (phi, lam), (phi_b, lam_b) = (np.radians(place) for place in (a, b))
    half = np.sin((phi_b - phi) / 2) ** 2 + np.cos(phi) * np.cos(phi_b) * np.sin((lam_b - lam) / 2) ** 2
    return np.asarray(2 * EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def shares(right: Values, found: Values, true: Values) -> dict[str, Values]:
    """Precision, recall and F1 of counts [...]; NaN where not defined."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return {"precision": right / found, "recall": right / true, "f1": 2 * right / (found + true)}


def medians(values: Values, times: Values) -> Values:
    """The median of values in draws: `times` [draw, value] says how often each came; NaN of none."""
    order = np.argsort(values)
    level = np.cumsum(times[:, order], axis=1)
    half = level[:, -1:] / 2
    low, high = (level < half).sum(1), (level <= half).sum(1)
    last = len(values) - 1
    ranked = values[order]
    middle = (ranked[np.minimum(low, last)] + ranked[np.minimum(high, last)]) / 2
    return np.where(level[:, -1] > 0, middle, np.nan)
