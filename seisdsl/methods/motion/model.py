"""A model of ground motion: a relation, trees on what it leaves over, and terms of events and stations.

What the records of one event share is not ascribed to its magnitude and place: its term is what trees
that never saw the event leave over of it, and is taken off before trees learn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import xgboost
from numpy.typing import NDArray

from seisdsl.methods.motion import attenuation
from seisdsl.methods.motion.mixed import mixed
from seisdsl.methods.motion.trees import How, Numbers, Part, Values, boosted, together

FOLDS = 5  # of events: each is predicted by what was learnt from the others
TURNS = 2  # times that trees and terms are fitted in turn


@dataclass(frozen=True)
class Rows:
    """Features [row, feature], targets, each row's number in groups by name, and what a relation reads."""

    features: Values
    target: Values
    groups: Mapping[str, Numbers]
    at: Mapping[str, Values] | None = None  # none: no relation below the trees
    unit: float = 1.0  # by how much the target grows where amplitudes are ten times as large

    def only(self, own: NDArray[np.bool_]) -> Rows:
        at = None if self.at is None else {name: values[own] for name, values in self.at.items()}
        groups = {name: number[own] for name, number in self.groups.items()}
        return replace(self, features=self.features[own], target=self.target[own], groups=groups, at=at)


class Found(NamedTuple):
    relation: dict[str, float]  # empty where there is none
    trees: xgboost.Booster
    terms: dict[str, Values]
    left: Values  # of each row, by what never saw its event; but for its station's term
    history: list[dict[str, float]]


def fitted(rows: Rows, valid: Rows | None, how: How, of: Sequence[str]) -> Found:
    """`valid` tells how many trees are best; without it the events do that are left out in turn."""
    folds = folded(rows)
    left_over = [rows.target - start(related(rows.only(folds != fold)), rows) for fold in np.unique(folds)]
    terms = {name: np.zeros(int(rows.groups[name].max()) + 1) for name in of}
    for _ in range(TURNS if of else 0):
        _, left, _ = unseen(rows, left_over, folds, how, terms)
        rest = left + _of_rows(rows, terms, ["station"])
        for name in of:
            others = _of_rows(rows, terms, [one for one in of if one != name])
            terms[name] = mixed(rest - others, rows.groups[name]).terms
    rounds, left, history = unseen(rows, left_over, folds, how, terms)
    relation = related(rows)
    plain = rows.target - start(relation, rows) - _of_rows(rows, terms, of)
    if valid is not None:
        part = Part(rows.features, plain, valid.features, valid.target - start(relation, valid))
        rounds, _, history = together([part], how)
    return Found(relation, boosted(rows.features, plain, how, rounds), terms, left, history)


def related(rows: Rows) -> dict[str, float]:
    """The relation that fits the rows, events having terms of their own."""
    if rows.at is None:
        return {}
    return attenuation.with_events(rows.at, rows.target / rows.unit, rows.groups["event"])[0]


def start(relation: Mapping[str, float], rows: Rows) -> Values:
    """What the relation gives, and zero where there is none."""
    if not relation or rows.at is None:
        return np.zeros(len(rows.target))
    return rows.unit * attenuation.median(relation, rows.at)


def folded(rows: Rows) -> Numbers:
    """The part of each row: of one event alone the stations are divided, and of one station its rows."""
    for name in ("event", "station"):
        number = rows.groups.get(name)
        if number is not None and number.max() > 0:
            return number % FOLDS
    return np.arange(len(rows.target)) % FOLDS


def unseen(
    rows: Rows, left_over: Sequence[Values], folds: Numbers, how: How, terms: Mapping[str, Values]
) -> tuple[int, Values, list[dict[str, float]]]:
    """The best number of trees, what they leave over of each row whose event they never saw, and how
    wrong they were: `left_over` is, for each fold, what a relation fitted without it leaves over."""
    all_terms, station = _of_rows(rows, terms, list(terms)), _of_rows(rows, terms, ["station"])
    parts = []
    for fold, target in zip(np.unique(folds), left_over, strict=True):
        out = folds == fold
        own = rows.features[~out], (target - all_terms)[~out]
        parts.append(Part(*own, rows.features[out], (target - station)[out]))
    rounds, kept, history = together(parts, how)
    left = np.zeros(len(rows.target))
    for fold, rest in zip(np.unique(folds), kept, strict=True):
        left[folds == fold] = rest
    return rounds, left, history


def _of_rows(rows: Rows, terms: Mapping[str, Values], of: Sequence[str]) -> Values:
    """The sum of some terms of each row."""
    known = [terms[name][rows.groups[name]] for name in of if name in terms]
    return np.sum(known, axis=0) if known else np.zeros(len(rows.target))
