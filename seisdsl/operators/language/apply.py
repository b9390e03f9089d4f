"""A fitted model used as a stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seisdsl.data.model import Model
from seisdsl.data.series import Series
from seisdsl.language.types import Value
from seisdsl.operator import WHOLE, Context, Facts, Operator, Unsuitable

REACH = 600.0  # seconds: as far as any method looks from the time that it judges


class Apply(Operator, name="apply"):
    """Run a fitted model on what is piped into it: made by the checker from a model's name."""

    internal = True

    def context(self, piped: Facts) -> Context:
        """Which method it will be is not known before the model is."""
        return WHOLE if piped.kind == "Series" else Context(REACH, REACH)

    def facts(self, piped: Facts) -> Facts:
        return piped.but(rate=None)

    def apply(self, value: Value, *, model: Model[Any, Any]) -> Any:
        own = model.operator.context(Facts(kind=type(value).__name__))
        if max(own.before, own.after) > REACH and not isinstance(value, Series):
            raise Unsuitable(
                f"`{model.operator.word}` looks {max(own.before, own.after):g} s around, and a model may {REACH:g} s",
                notes=["run it on the whole at once: --chunk whole"],
            )
        return model(value)

    def apply_all(self, values: Sequence[Any], **inputs: Any) -> Sequence[Any]:
        model: Model[Any, Any] = inputs["model"]
        return model.each(values)
