"""The operator `importance`."""

from __future__ import annotations

from typing import Any, Literal

from seisdsl.data.model import Model
from seisdsl.data.motion import Flatfile
from seisdsl.data.table import Table
from seisdsl.language.types import NUMBER, TEXT
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Facts, Operator, Unsuitable, param
from seisdsl.operators.motion import _rows

COLUMNS = {
    "feature": Column(TEXT),
    "importance": Column(NUMBER, help="by how much the root mean square residual grows without it"),
    "spread": Column(NUMBER, help="standard deviation over the times it was shuffled"),
    "rmse": Column(NUMBER, help="with all features"),
}


class Importance(Operator, name="importance"):
    """How much worse a model predicts when one of its features is shuffled among the rows.

    `by=permute` shuffles a feature of the rows that are judged: what the trained model loses.
    `by=retrain` shuffles it in the rows that are learnt from, `train=`, and trains again: what cannot
    be learnt from the others. Where features go together, such as distance and depth, the first makes
    both important and the second neither. An azimuth is one feature, sine and cosine together.
    """

    cite = ("Breiman 2001, doi:10.1023/A:1010933404324",)
    example = (
        "let flat = simulate-ground-motion events=40 sites=20 rows=600 | split by=event\n"
        "let model = flat.train | train (motion-model target=pga rounds=50)\n"
        "flat.test | importance model=model | show"
    )
    tags = ("strong motion", "learning", "importance")
    version = 2

    by: Literal["permute", "retrain"] = param("permute", "what is shuffled: rows judged, or rows learnt from")
    times: int = param(3, "how often each feature is shuffled", at_least=1, at_most=100)
    seed: int = param(1, "the same seed shuffles alike", at_least=0)

    def facts(self, piped: Facts) -> Facts:
        return Facts(simulated=piped.simulated, columns=COLUMNS)

    def apply(
        self, flatfile: Flatfile, *, model: Model[Flatfile, Flatfile], train: Flatfile | None = None
    ) -> Table:
        import numpy as np
        import polars as pl

        features = list(model.weights.about.get("features", ()))
        if not features:
            raise Unsuitable(
                f"`{model.weights.method}` does not say which features it reads", parameter="model"
            )
        if self.by == "retrain" and train is None:
            raise Unsuitable("`by=retrain` needs the rows to learn from", parameter="train")
        target = model.weights.classes[0]
        rows = _rows.to_learn(flatfile, target, features)
        chance = np.random.default_rng(self.seed)

        def shuffled(table: Flatfile, name: str) -> Flatfile:
            order = chance.permutation(table.frame.height)
            return table.with_frame(table.frame.with_columns(pl.Series(name, table.frame[name][order])))

        again = self.by == "retrain" and train is not None
        base = self._wrong(self._again(model, train) if train is not None and again else model, rows)
        found: dict[str, list[Any]] = {name: [] for name in COLUMNS}
        for name in features:
            more = []
            for _ in range(self.times):
                if again and train is not None:
                    more.append(self._wrong(self._again(model, shuffled(train, name)), rows) - base)
                else:
                    more.append(self._wrong(model, shuffled(rows, name)) - base)
            cells = (name, float(np.mean(more)), float(np.std(more)), base)
            for key, cell in zip(COLUMNS, cells, strict=True):
                found[key].append(cell)
        order = np.argsort(-np.array(found["importance"]), kind="stable").tolist()
        ordered = {key: [cells[at] for at in order] for key, cells in found.items()}
        return Table.of(ordered, extra=COLUMNS, simulated=flatfile.simulated)

    def _again(self, model: Model[Any, Any], train: Flatfile) -> Model[Any, Any]:
        """The same method and as many trees, trained on other rows."""
        method, told = model.operator, model.weights.trained
        if "rounds" in type(method).model_fields and "best" in told:
            method = method.model_copy(update={"rounds": max(1, int(told["best"]["epoch"]))})
        weights, _ = method.fit_rows(train, None, int(told.get("seed", 1)))
        return Model(method, weights)

    def _wrong(self, model: Model[Any, Any], rows: Flatfile) -> float:
        import numpy as np

        residual = model(rows).frame["residual"].drop_nulls().to_numpy()
        return float(np.sqrt(np.mean(residual**2)))
