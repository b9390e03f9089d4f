"""The operator `motion-model`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seisdsl.data.motion import Flatfile
from seisdsl.data.weights import Weights
from seisdsl.language.types import Column, Probability
from seisdsl.learning import Learned
from seisdsl.operator import Context, Facts, Unsuitable, param
from seisdsl.operators.motion import _rows

if TYPE_CHECKING:
    import numpy as np
    import polars
    from numpy.typing import NDArray

    from seisdsl.methods.motion.model import Rows
    from seisdsl.methods.motion.trees import How

    Values = NDArray[np.float64]

Group = Literal["event", "station"]
RISING = {"magnitude": 1, "distance": -1}


class MotionModel(Learned, name="motion-model"):
    """Predict how strongly the ground moves from magnitude, distance and site, by boosted trees.

    For one site or a region: `flat.train | train (motion-model target=pga)`, where `split by=event` keeps
    the records of one event together; a random split flatters. Events that are left out in turn tell how
    many trees are best, and then all rows are learnt from; where `valid=` is given, its rows tell, which
    leaves fewer to learn from. Amplitudes and durations are learnt as log10, an intensity as it is; an
    azimuth as sine and cosine. Beside the trees a `terms` of each event and station are fitted, so that
    they are not ascribed to features; of a station that the model knows its term is used. Below them is
    an attenuation relation fitted to the same rows, and what it leaves over is what trees learn:
    smoother, and saner beyond the data. `base=none` does without. Where only strong records are kept, or
    those above a threshold, an event's term takes that for the event: `terms=[station]`.

    Trees say nothing new beyond what they learnt from: such rows are marked `out_of_domain`. Needs
    xgboost: install `seisdsl[trees]`.
    """

    cite = (
        "Chen and Guestrin 2016, arXiv:1603.02754",
        "Abrahamson and Youngs 1992, doi:10.1785/BSSA0820010505",
    )
    example = (
        "let flat = simulate-ground-motion events=40 sites=20 rows=600 | split by=event\n"
        "let model = flat.train | train (motion-model target=pga rounds=50)\n"
        "flat.test | model | score"
    )
    tags = ("strong motion", "learning", "trees")
    by_rows = True
    version = 2

    target: Column = param("pga", "the column to predict")
    features: list[Column] | None = param(
        None, "columns to predict it from; magnitude, depth, distance, azimuth, vs30, d1400 where known"
    )
    terms: list[Group] = param(["event", "station"], "what has a term of its own: event, station")
    base: Literal["none", "attenuation"] = param(
        "attenuation", "what the trees start from: an attenuation relation, or their mean"
    )
    monotone: bool = param(False, "never weaker with magnitude, never stronger with distance")
    interval: Probability = param(0.68, "share of records between `low` and `high`", above=0, below=1)
    rounds: int = param(1000, "trees, at most", at_least=1, at_most=20_000)
    patience: int = param(50, "trees without gain on events that they never saw until it ends", at_least=1)
    depth: int = param(3, "questions that a tree asks", at_least=1, at_most=12)
    rate: float = param(0.1, "share of each tree's answer that is taken", above=0, at_most=1)
    fewest: int = param(20, "rows in a leaf", at_least=1)

    def context(self, piped: Facts) -> Context:
        return Context()

    def facts(self, piped: Facts) -> Facts:
        if piped.columns is None:
            return piped
        known = self.weights and Path(self.weights).is_file()
        target = self.fitted().classes[0] if known else self.target
        return piped.but(columns={**piped.columns, **_rows.added(target)})

    # For training

    def fit_rows(self, table: Any, valid: Any, seed: int) -> tuple[Weights, list[dict[str, float]]]:
        import numpy as np
        import torch

        from seisdsl.methods.motion import domain, model, trees
        from seisdsl.methods.motion.mixed import mixed, numbered

        if not len(table):
            raise Unsuitable("the flat-file is empty")
        features = _rows.features_of(table, self.features)
        if not features:
            raise Unsuitable(
                "the flat-file has none of the usual features",
                parameter="features",
                notes=[
                    f"they are {', '.join(_rows.USUAL)}",
                    f"its columns: {', '.join(table.frame.columns)}",
                ],
                repair="name columns of numbers: features=[...]",
            )
        table = _rows.to_learn(table, self.target, features)
        if table.frame.height < 2 * self.fewest:
            raise Unsuitable(
                f"{table.frame.height} {'row is' if len(table) == 1 else 'rows are'} too few for a tree, "
                f"whose leaves take {self.fewest} rows each",
                parameter="fewest",
                notes=[f"only rows with `{self.target}` and without a flag count"],
            )
        _rows.tell_what_is_alike(table.frame)
        rows = self._rows(table.frame, features)
        useful = [group for group in self.terms if self._divides(rows.groups[group])]
        how = self._how(features, seed)
        other = self._valid(valid, features)
        found = model.fitted(rows, other, how, useful)
        tails = ((1 - self.interval) / 2, (1 + self.interval) / 2)
        edges = trees.boosted(rows.features, found.left, *self._edges(how), tails)
        scatter = mixed(found.left, rows.groups["event"])
        values, near = rows.features, _rows.column
        turns = np.array([name == "azimuth" for name in _rows.owners(features)])
        cells = domain.counted(
            domain.cells(near(table.frame, "magnitude"), near(table.frame, "distance"))
            if {"magnitude", "distance"} <= set(features)
            else np.zeros((0, 2), np.int64)
        )
        tensors = {
            "trees": trees.packed(found.trees),
            "edges": trees.packed(edges),
            "low": torch.from_numpy(np.where(turns, -1.0, np.nanmin(values, axis=0))),
            "high": torch.from_numpy(np.where(turns, 1.0, np.nanmax(values, axis=0))),
            "cells": torch.from_numpy(cells),
        }
        if turns.any():
            tensors["sectors"] = torch.from_numpy(domain.sectors(near(table.frame, "azimuth")))
        about = {"features": features, "base": found.relation, "tau": scatter.between, "phi": scatter.within}
        if "station" in useful:
            tensors["station"] = torch.from_numpy(found.terms["station"])
            about["stations"] = numbered(_rows.keys_of(table.frame, "station"))[0].tolist()
        trained = _rows.told(table.frame.height, other.target if other else (), seed, found.history)
        weights = Weights(
            self.word, (self.target,), (values.shape[1],), tensors, self.said(), about,
            trained=trained, simulated=table.simulated,
        )  # fmt: skip
        return weights, found.history

    def _how(self, features: list[str], seed: int) -> How:
        from seisdsl.engine.device import device
        from seisdsl.methods.motion.trees import How

        way = tuple(RISING.get(name, 0) for name in _rows.owners(features)) if self.monotone else ()
        return How(
            self.rounds, self.patience, self.depth, self.rate, self.fewest, seed=seed, monotone=way,
            device=device().type,
        )  # fmt: skip

    def _edges(self, how: How) -> tuple[How, int]:
        """Smaller trees suffice for how far records scatter."""
        from dataclasses import replace

        return replace(how, depth=2, rate=0.1, fewest=100, monotone=()), min(40, self.rounds)

    def _divides(self, groups: NDArray[np.int64]) -> bool:
        """Whether some rows share what others do not."""
        return bool(0 < groups.max() < len(groups) - 1)

    def _rows(self, frame: polars.DataFrame, features: list[str]) -> Rows:
        from seisdsl.methods.motion.mixed import numbered
        from seisdsl.methods.motion.model import Rows

        groups = {name: numbered(_rows.keys_of(frame, name))[1] for name in _rows.TERMS}
        related = self.base == "attenuation" and {"magnitude", "distance"} <= {*features}
        at = _rows.sources(frame, features) if related else None
        target = _rows.target_of(frame, self.target)
        return Rows(_rows.matrix(frame, features), target, groups, at, _rows.unit_of(self.target))

    def _valid(self, valid: Any, features: list[str]) -> Rows | None:
        if valid is None or not len(valid):
            return None
        return self._rows(_rows.to_learn(valid, self.target, features).frame, features)

    # For use

    def judged(self, value: Flatfile, weights: Weights) -> Flatfile:
        import numpy as np

        from seisdsl.methods.motion import domain, trees
        from seisdsl.methods.motion.attenuation import median

        frame, about = value.frame, weights.about
        features = list(about["features"])
        lacking = [name for name in features if name not in frame.columns]
        if lacking:
            raise Unsuitable(
                f"the model was trained with `{lacking[0]}`, and the flat-file has no such column"
            )
        values = _rows.matrix(frame, features)
        target = weights.classes[0]
        middle = _or_none(trees, weights, "trees", values)[:, 0]
        if about["base"]:
            middle = middle + _rows.unit_of(target) * median(about["base"], _rows.sources(frame, features))
        if "stations" in about:
            term = dict(zip(about["stations"], weights.tensors["station"].tolist(), strict=True))
            middle = middle + np.array([term.get(key, 0.0) for key in _rows.keys_of(frame, "station")])
        edges = np.sort(_or_none(trees, weights, "edges", values), axis=1)
        low, high = (weights.tensors[name].numpy() for name in ("low", "high"))
        outside = domain.outside(values, low, high)
        if "sectors" in weights.tensors:
            outside |= domain.astray(_rows.column(frame, "azimuth"), weights.tensors["sectors"].numpy())
        cells = weights.tensors["cells"].numpy()
        if len(cells):
            near = [_rows.column(frame, name) for name in ("magnitude", "distance")]
            known = np.isfinite(near[0]) & np.isfinite(near[1])
            own = domain.cells(np.where(known, near[0], 0), np.where(known, near[1], 1))
            outside |= ~known | domain.unknown(own, cells)
        return _rows.with_prediction(
            value, target, middle, middle + edges[:, 0], middle + edges[:, 1], outside
        )

    def apply(self, flatfile: Flatfile) -> Flatfile:
        predicted: Flatfile = self.used(flatfile)
        return predicted


def _or_none(trees: Any, weights: Weights, name: str, values: Values) -> Values:
    """[row, value]; of no row nothing."""
    import numpy as np

    if not len(values):
        return np.zeros((0, 2))
    found: Values = trees.predicted(trees.unpacked(weights.tensors[name]), values)
    return found
