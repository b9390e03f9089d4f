"""Boosted trees of XGBoost: fitted, used, and as bytes that safetensors holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import xgboost
from numpy.typing import NDArray

Values = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class How:
    """What decides the trees."""

    rounds: int = 1000
    patience: int = 50
    depth: int = 3
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


def boosted(
    features: Values, target: Values, how: How, rounds: int, quantiles: Sequence[float] = ()
) -> xgboost.Booster:
    """Trees of the mean, or of some quantiles."""
    own = {"objective": "reg:quantileerror", "quantile_alpha": list(quantiles)} if quantiles else {}
    return xgboost.train({**how.said(), **own}, xgboost.DMatrix(features, target), rounds)


@dataclass(frozen=True)
class Part:
    """Rows that trees learn from, and others that they never see: features and targets of both."""

    features: Values
    target: Values
    other: Values
    expected: Values


def together(parts: Sequence[Part], how: How) -> tuple[int, list[Values], list[dict[str, float]]]:
    """By how many trees the others of all parts are predicted best, what is left of them, and how wrong
    trees were after each round.

    Every part has trees of its own. They grow until `patience` rounds have brought nothing better.
    """
    grown = [_Grown(part, how) for part in parts]
    history: list[dict[str, float]] = []
    best, rounds, kept = np.inf, 0, [part.expected for part in parts]
    for number in range(how.rounds):
        left = [one.left(number) for one in grown]
        wrong = _rms([rest for _, rest in left])
        history.append({"epoch": number + 1.0, "loss": _rms([rest for rest, _ in left]), "valid_loss": wrong})
        if wrong < best:
            best, rounds, kept = wrong, number + 1, [rest for _, rest in left]
        elif number + 1 - rounds >= how.patience:
            break
    return rounds, kept, history


class _Grown:
    """Trees that grow one by one."""

    def __init__(self, part: Part, how: How) -> None:
        self.part = part
        self.own = xgboost.DMatrix(part.features, part.target)
        self.other = xgboost.DMatrix(part.other, part.expected)
        self.trees = xgboost.Booster(how.said(), [self.own, self.other])

    def left(self, number: int) -> tuple[Values, Values]:
        """What one more tree leaves over of the rows learnt from, and of the others."""
        self.trees.update(self.own, number)
        found = [np.asarray(self.trees.predict(rows), np.float64) for rows in (self.own, self.other)]
        return self.part.target - found[0], self.part.expected - found[1]


def _rms(left: Sequence[Values]) -> float:
    return float(np.sqrt(np.mean(np.concatenate(left) ** 2)))


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
