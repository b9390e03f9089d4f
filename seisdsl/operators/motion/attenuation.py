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

FORM = (
    "a", "b", "c", "d", "e", "f", "h", "l", "level", "m", "pd", "ps", "s", "t",
    "largest", "lowest", "highest", "reference",
)  # fmt: skip
NUMBERS = (*FORM, "sigma", "above")
TEXTS = ("target", "kind", "log", "unit")
NEEDED = ("a", "b", "c", "d")


class Attenuation(Learned, name="attenuation"):
    """Predict how strongly the ground moves by an attenuation relation: fitted, or a published one.

    The form is that of Morikawa and Fujiwara (2013): log10 y = a (M - m)^2 + b X + c -
    log10(X + d 10^(e M)), M no larger than `largest`, with pd log10(D1400 / 300) for deep ground, ps
    log10(Vs30 / 350) for shallow ground and f (H - level) for the event's depth, where they are known.
    `flat.train | train (attenuation target=pga)` fits it, each event having a term of its own; an
    intensity is twice the logarithm.

    A published one comes from a CSV of `coefficients`, a row for each `target` (each `kind`: crust,
    interface, slab; and for magnitudes `above` one) with columns a, b, c, d and, where they are not the
    usual ones, e, f, level, m, pd, ps, largest, lowest, highest, reference (of Vs30), sigma. Those of other
    authors fit in by l M, (s + t M) log(sqrt(X^2 + h^2) + d 10^(e M)) for the geometrical spreading,
    `log` (log10 or ln) and `unit` (such as g). X is the flat-file's `distance`, whatever the authors'
    is. None comes with seisdsl.
    """

    cite = "Morikawa and Fujiwara 2013, doi:10.20965/jdr.2013.p0878"
    example = (
        "let flat = simulate-ground-motion events=40 sites=20 rows=600 | split by=event\n"
        "let model = flat.train | train (attenuation target=pga)\n"
        "flat.test | model | score"
    )
    tags = ("strong motion", "attenuation", "ground-motion model")
    by_rows = True
    version = 2

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
        import torch

        from seisdsl.methods.motion.attenuation import with_events
        from seisdsl.methods.motion.mixed import numbered

        table = _rows.to_learn(table, self.target, ("magnitude", "distance"))
        if table.frame.height < 8:
            raise Unsuitable("an attenuation relation needs eight rows or more")
        _rows.tell_what_is_alike(table.frame)
        at, unit = _rows.sources(table.frame), _rows.unit_of(self.target)
        _, event = numbered(_rows.keys_of(table.frame, "event"))
        found, left, history = with_events(at, _rows.target_of(table.frame, self.target) / unit, event)
        ranges = {name: [float(at[name].min()), float(at[name].max())] for name in ("magnitude", "distance")}
        about = {"ranges": ranges, "tau": unit * left.between, "phi": unit * left.within, **found}
        weights = Weights(
            self.word, (self.target,), (len(at),),
            {"coefficients": torch.tensor(list(found.values()), dtype=torch.float64)}, self.said(),
            {"base": found, **about}, trained=_rows.told(table.frame.height, (), seed, history),
            simulated=table.simulated,
        )  # fmt: skip
        return weights, history

    def judged(self, value: Flatfile, weights: Weights) -> Flatfile:
        import numpy as np

        from seisdsl.methods.motion import domain
        from seisdsl.methods.motion.attenuation import median

        unit = _rows.unit_of(weights.classes[0])
        middle = unit * median(weights.about["base"], _rows.sources(value.frame))
        sigma = math.hypot(weights.about["tau"], weights.about["phi"])
        reach = weights.about["ranges"]
        asked = np.stack([_rows.column(value.frame, name) for name in reach], 1)
        outside = domain.outside(asked, *np.array(list(reach.values())).T)
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

        factor = _rows.unit_of(self.target)
        kinds = flatfile.frame["kind"].fill_null("").to_numpy().astype(str)
        at = _rows.sources(flatfile.frame)
        middle, sigma = np.full(len(kinds), math.nan), np.full(len(kinds), math.nan)
        rows = self._read()
        named = [row["kind"] for row in rows if row["kind"]]
        for row in rows:
            here = (kinds == row["kind"]) if row["kind"] else ~np.isin(kinds, named)
            here &= at["magnitude"] > row.get("above", -math.inf)
            of = {**USUAL, **{name: row[name] for name in FORM if name in row}, "natural": row["natural"]}
            own = median(of, {name: values[here] for name, values in at.items()})
            middle[here] = factor * own + row["shift"]
            sigma[here] = row.get("sigma", math.nan) / (math.log(10) if row["natural"] else 1.0)
        outside = np.zeros(len(middle), bool)
        return _rows.with_prediction(flatfile, self.target, middle, middle - sigma, middle + sigma, outside)

    def _read(self) -> list[dict[str, Any]]:
        """The coefficients of the target, those for larger magnitudes after the others."""
        from seisdsl.data.typed import Layout
        from seisdsl.language.types import NUMBER, TEXT, ColumnOf

        ours = {name: ColumnOf(NUMBER) for name in NUMBERS} | {name: ColumnOf(TEXT) for name in TEXTS}
        layout = Layout(self.coefficients or "", ours, {name: (name,) for name in ours}, ("target", *NEEDED))
        frame = layout.frame()
        own = frame.filter(frame["target"] == self.target)
        if not own.height:
            raise Unsuitable(
                f"{self.coefficients} has no coefficients of `{self.target}`",
                parameter="coefficients",
                notes=[f"it has: {', '.join(frame['target'].unique(maintain_order=True).to_list())}"],
            )
        rows = [self._given(row) for row in own.to_dicts()]
        return sorted(rows, key=lambda row: float(row.get("above", -math.inf)))

    def _given(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What a row of the table says, with its logarithm and unit understood."""
        log = row.get("log") or "log10"
        if log not in ("log10", "ln"):
            raise Unsuitable(
                f"{self.coefficients} names the logarithm `{log}`",
                parameter="coefficients",
                notes=["it is log10 or ln"],
            )
        given = {name: row[name] for name in NUMBERS if row.get(name) is not None}
        said = {"kind": row.get("kind") or "", "natural": float(log == "ln")}
        return {**given, **said, "shift": self._shift(row.get("unit"))}

    def _shift(self, unit: str | None) -> float:
        """log10 of the table's unit in that of the flat-file's column."""
        from seisdsl.language import units

        if not unit:
            return 0.0
        column = _rows.added(self.target)["predicted"]
        unit = "g0" if unit == "g" and column.type.name == "Acceleration" else unit
        try:
            factor, dimension = units.unit(unit)
        except units.UnknownUnit:
            raise Unsuitable(f"`{unit}` is no unit that is known", parameter="coefficients") from None
        if not column.unit or dimension != units.unit(column.unit)[1]:
            raise Unsuitable(
                f"the coefficients of `{self.target}` are in {unit}, which is no unit of {column.type}",
                parameter="coefficients",
            )
        return math.log10(factor / column.factor)
