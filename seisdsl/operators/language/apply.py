"""A fitted model used as a stage."""

from __future__ import annotations

from typing import Any

from seisdsl.language.types import Value
from seisdsl.operator import Operator


class Apply(Operator, name="apply"):
    """Run a fitted model on what is piped into it: made by the checker from a model's name."""

    internal = True

    def apply(self, value: Value, *, model: Value) -> Any:
        return model(value)  # type: ignore[operator]
