"""`assert`: a claim about results, held when the program runs."""

from __future__ import annotations

from typing import Any

from seisdsl.language.formula import Formula
from seisdsl.language.types import NUMBER
from seisdsl.language.written import formula, written
from seisdsl.operator import Operator, Unsuitable, param


class Asserted(Operator, name="assert"):
    """Stop the run where a condition on its results does not hold."""

    internal = True
    sink = True

    formula: Formula | None = param(None, "the condition, where it is worked out from results")
    message: str = param("", "what to say where it does not hold")

    def apply(self, holds: bool, **results: Any) -> bool:
        if holds:
            return True
        notes = [self.message] if self.message else []
        if self.formula is not None:
            values = [written(results[f"in{number}"], NUMBER) for number in range(len(results))]
            notes.append(f"here it reads `{formula(self.formula.tree, values)}`")
        raise Unsuitable("this does not hold", notes=notes)
