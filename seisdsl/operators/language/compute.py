"""Arithmetic on results: made by the checker from an expression."""

from __future__ import annotations

import math
from typing import Any

from seisdsl.language.formula import Formula
from seisdsl.operator import Operator, Unsuitable, param


class Compute(Operator, name="compute"):
    """Work out an expression from results of other pipelines."""

    internal = True

    formula: Formula = param(..., "the expression")

    def apply(self, **results: Any) -> Any:
        from seisdsl.methods.formulas import scalar

        ordered = [results[f"in{number}"] for number in range(len(results))]
        try:
            value = scalar(self.formula.tree, ordered)
        except ZeroDivisionError:
            raise Unsuitable("this divides by zero") from None
        except OverflowError:
            raise Unsuitable("this number is too large") from None
        if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
            raise Unsuitable("this is no finite number")
        return value
