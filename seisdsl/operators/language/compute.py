"""Arithmetic on results: made by the checker from an expression."""

from __future__ import annotations

from typing import Any

from seisdsl.language.formula import Formula
from seisdsl.operator import Operator, param


class Compute(Operator, name="compute"):
    """Work out an expression from results of other pipelines."""

    internal = True

    formula: Formula = param(..., "the expression")

    def apply(self, **results: Any) -> Any:
        from seisdsl.methods.formulas import scalar

        ordered = [results[f"in{number}"] for number in range(len(results))]
        return scalar(self.formula.tree, ordered)
