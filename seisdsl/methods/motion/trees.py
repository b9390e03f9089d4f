"""Boosted trees of XGBoost: fitted, used, and as bytes that safetensors holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
import xgboost
from numpy.typing import NDArray

from seisdsl.methods.motion.mixed import mixed

Values = NDArray[np.float64]
Numbers = NDArray[np.int64]
BACKFITS = 3  # times that trees and terms are fitted in turn
FOLDS = 5  # of events, for what is left over where an event was not seen


@dataclass(frozen=True)
class How:
    """What decides the trees."""

    rounds: int = 1000
    patience: int = 50
    depth: int = 6
    rate: float = 0.05
    fewest: int = 20
    rows: float = 0.8
    columns: float = 0.8
    shrink: float = 1.0
    seed: int = 1
    monotone: tuple[int, ...] = ()
    device: str = "cpu"

    def said(self) -> dict[str, Any]:
        return {
            "tree_method": "hist", "device": self.device, "max_depth": self.depth, "eta": self.rate,
            "min_child_weight": self.fewest, "subsample": self.rows, "colsample_bytree": self.columns,
            "lambda": self.shrink, "seed": self.seed, "verbosity": 0, "max_bin": 256,
            **({"monotone_constraints": self.monotone} if any(self.monotone) else {}),
        }  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """Features [row, feature], targets, and the number of each row's groups by name."""

    features: Values
    target: Values
    groups: Mapping[str, Numbers]


def boosted(
    rows: Rows, valid: Rows | None, how: How, quantiles: Sequence[float] = ()
) -> tuple[xgboost.Booster, list[dict[str, float]]]:
    """Trees, of the mean or of some quantiles, and how wrong they were after each round."""
    data = xgboost.DMatrix(rows.features, rows.target)
    other = xgboost.DMatrix(valid.features, valid.target) if valid is not None else None
    own = {"objective": "reg:quantileerror", "quantile_alpha": list(quantiles)} if quantiles else {}
    passed: dict[str, dict[str, list[float]]] = {}
    trees = xgboost.train(
        {**how.said(), **own}, data, how.rounds,
        evals=[(data, "train"), *([(other, "valid")] if other is not None else [])],
        early_stopping_rounds=how.patience if other is not None else None,
        evals_result=passed, verbose_eval=False,
    )  # fmt: skip
    history = _history(passed)
    if other is not None:
        trees = trees[: trees.best_iteration + 1]
    return trees, history


def with_terms(
    rows: Rows, valid: Rows | None, how: How, of: Sequence[str]
) -> tuple[xgboost.Booster, list[dict[str, float]], dict[str, Values]]:
    """Trees and, beside them, a term of each event or station, fitted in turn.

    What the records of one event share is thus not ascribed to its magnitude and place.
    """
    terms = {name: np.zeros(int(rows.groups[name].max()) + 1) for name in of}
    trees, history = boosted(rows, valid, how)
    for _ in range(BACKFITS if of else 0):
        rest = rows.target - predicted(trees, rows.features)[:, 0]
        for name in of:
            others = sum((terms[n][rows.groups[n]] for n in of if n != name), np.zeros(len(rest)))
            found = mixed(rest - others, rows.groups[name])
            terms[name] = found.terms
        plain = rows.target - sum((terms[n][rows.groups[n]] for n in of), np.zeros(len(rest)))
        trees, history = boosted(Rows(rows.features, plain, rows.groups), valid, how)
    return trees, history, terms


def unseen(rows: Rows, how: How, terms: Mapping[str, Values], rounds: int, keys: Numbers) -> Values:
    """What trees that never saw a row's event leave over of it, but for its station's term."""
    of_row = {name: values[rows.groups[name]] for name, values in terms.items()}
    plain = rows.target - sum(of_row.values(), np.zeros(len(rows.target)))
    rest = rows.target - of_row.get("station", np.zeros(len(rows.target)))
    few = replace(how, rounds=rounds)
    for fold in range(min(FOLDS, int(keys.max()) + 1)):
        out = keys % FOLDS == fold
        if out.any() and not out.all():
            trees, _ = boosted(Rows(rows.features[~out], plain[~out], {}), None, few)
            rest[out] -= predicted(trees, rows.features[out])[:, 0]
    return rest


def predicted(trees: xgboost.Booster, features: Values) -> Values:
    """[row, mean or quantile]."""
    found = np.asarray(trees.predict(xgboost.DMatrix(features)), np.float64)
    return found.reshape(len(features), -1)


def packed(trees: xgboost.Booster) -> torch.Tensor:
    """XGBoost's own UBJ."""
    return torch.frombuffer(bytearray(trees.save_raw("ubj")), dtype=torch.uint8).clone()


def unpacked(held: torch.Tensor) -> xgboost.Booster:
    trees = xgboost.Booster()
    trees.load_model(bytearray(held.cpu().numpy().tobytes()))
    return trees


def _history(passed: Mapping[str, Mapping[str, Sequence[float]]]) -> list[dict[str, float]]:
    columns = {name: next(iter(values.values())) for name, values in passed.items()}
    names = {"train": "loss", "valid": "valid_loss"}
    count = len(columns["train"])
    return [
        {"epoch": float(at + 1), **{names[name]: float(values[at]) for name, values in columns.items()}}
        for at in range(count)
    ]
