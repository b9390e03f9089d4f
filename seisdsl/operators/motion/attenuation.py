"""The operator `attenuation`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seisdsl.data.catalogues import digests
from seisdsl.data.motion import Flatfile
from seisdsl.data.weights import Weights
from seisdsl.language.types import Column, InputFile
from seisdsl.learning import Learned
from seisdsl.operator import Context, Facts, Files, Unsuitable, param
from seisdsl.operators.motion import _rows

NUMBERS = ("a", "b", "c", "d", "e", "m", "pd", "ps", "largest", "lowest", "highest", "sigma")
NEEDED = ("a", "b", "c", "d")


class Attenuation(Learned, name="attenuation"):
    """Predict how strongly the ground moves by an attenuation relation: fitted, or a published one.

    The form is that of Morikawa and Fujiwara (2013): log10 y = a (M - m)^2 + b X + c -
    log10(X + d 10^(e M)), M no larger than `largest`, with pd log10(D1400 / 300) for deep ground and ps
    log10(Vs30 / 350) for shallow ground where they are known. `flat.train | train (attenuation
    target=pga)` fits it, each event having a term of its own. A published one comes from a CSV of
    `coefficients`, a row for each `target` (and each `kind`: crust, interface, slab) with columns a, b,
    c, d and, where they are not the usual ones, e, m, pd, ps, largest, lowest, highest, sigma. None
    comes with seisdsl.
    """

    cite = "Morikawa and Fujiwara 2013, doi:10.20965/jdr.2013.p0878"
    example = (
        "let flat = simulate-ground-motion events=40 sites=20 rows=600 | split by=event\n"
        "let model = flat.train | train (attenuation target=pga)\n"
        "flat.test | model | score"
    )
    tags = ("strong motion", "attenuation", "ground-motion model")
    by_rows = True

    target: Column = param("pga", "the column to predict")
    coefficients: InputFile | None = param(None, "a CSV of published coefficients, instead of fitted ones")

    def context(self, piped: Facts) -> Context:
        return Context()

    def facts(self, piped: Facts) -> Facts:
        if piped.columns is None:
            return piped
        return piped.but(columns={**piped.columns, **_rows.added(self.target)})

    def files(self) -> Files:
        if self.coefficients is None:
            return super().files()
        there = Path(self.coefficients).is_file()
        return Files((self.coefficients,) if there else (), () if there else (self.coefficients,))

    def fingerprint(self) -> Mapping[str, str]:
        return super().fingerprint() if self.coefficients is None else digests((self.coefficients,))

    def fit_rows(self, table: Any, valid: Any, seed: int) -> tuple[Weights, list[dict[str, float]]]:
        import numpy as np
        import torch

        from seisdsl.methods.motion.attenuation import fitted, median
        from seisdsl.methods.motion.mixed import mixed, numbered

        table = _rows.to_learn(table, self.target, ("magnitude", "distance"))
        if table.frame.height < 8:
            raise Unsuitable("an attenuation relation needs eight rows or more")
        at, logged = _rows.sources(table.frame), _rows.target_of(table.frame, self.target)
        _, group = numbered(_rows.keys_of(table.frame, "event"))
        terms, history = np.zeros(int(group.max()) + 1), []
        for number in range(10):
            found = fitted(at, logged - terms[group])
            left = mixed(logged - median(found, at), group)
            moved, terms = float(np.abs(left.terms - terms).max()), left.terms
            history.append({"epoch": number + 1.0, "loss": float(np.hypot(left.between, left.within))})
            if moved < 1e-4:
                break
        found["c"] += left.mean
        about = {"tau": left.between, "phi": left.within, **found}
        weights = Weights(
            self.word, (self.target,), (len(at),),
            {"coefficients": torch.tensor(list(found.values()), dtype=torch.float64)}, self.said(),
            {"base": found, **about}, trained=_rows.told(table.frame.height, (), seed, history),
            simulated=table.simulated,
        )  # fmt: skip
        return weights, history

    def judged(self, value: Flatfile, weights: Weights) -> Flatfile:
        import numpy as np

        from seisdsl.methods.motion.attenuation import median

        middle = median(weights.about["base"], _rows.sources(value.frame))
        sigma = math.hypot(weights.about["tau"], weights.about["phi"])
        outside = np.zeros(len(middle), bool)
        return _rows.with_prediction(
            value, weights.classes[0], middle, middle - sigma, middle + sigma, outside
        )

    def apply(self, flatfile: Flatfile) -> Flatfile:
        if self.coefficients is None:
            found: Flatfile = self.used(flatfile)
            return found
        return self._published(flatfile)

    def _published(self, flatfile: Flatfile) -> Flatfile:
        import numpy as np

        from seisdsl.methods.motion.attenuation import USUAL, median

        rows = self._read()
        kinds = flatfile.frame["kind"].fill_null("").to_numpy().astype(str)
        at = _rows.sources(flatfile.frame)
        middle, sigma = np.full(len(kinds), math.nan), np.full(len(kinds), math.nan)
        for kind, own in rows.items():
            here = (kinds == kind) if kind else ~np.isin(kinds, [one for one in rows if one])
            given = {**USUAL, "pd": 0.0, "ps": 0.0, **own}
            middle[here] = median(given, {name: values[here] for name, values in at.items()})
            sigma[here] = given.get("sigma", math.nan)
        outside = np.zeros(len(middle), bool)
        return _rows.with_prediction(flatfile, self.target, middle, middle - sigma, middle + sigma, outside)

    def _read(self) -> dict[str, dict[str, float]]:
        """The coefficients of the target, for each kind of event; no kind is all others."""
        from seisdsl.data.typed import Layout
        from seisdsl.language.types import NUMBER, TEXT, ColumnOf

        ours = {name: ColumnOf(NUMBER) for name in NUMBERS} | {
            name: ColumnOf(TEXT) for name in ("target", "kind")
        }
        layout = Layout(self.coefficients or "", ours, {name: (name,) for name in ours}, ("target", *NEEDED))
        frame = layout.frame()
        own = frame.filter(frame["target"] == self.target)
        if not own.height:
            raise Unsuitable(
                f"{self.coefficients} has no coefficients of `{self.target}`",
                parameter="coefficients",
                notes=[f"it has: {', '.join(frame['target'].unique(maintain_order=True).to_list())}"],
            )
        return {row.get("kind") or "": _given(row) for row in own.to_dicts()}


def _given(row: Mapping[str, Any]) -> dict[str, float]:
    return {name: row[name] for name in NUMBERS if row.get(name) is not None}
