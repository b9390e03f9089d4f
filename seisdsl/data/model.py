"""A fitted method, which stands wherever an operator can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from seisdsl.language.types import Value

if TYPE_CHECKING:
    from seisdsl.data.table import Table
    from seisdsl.data.weights import Weights
    from seisdsl.learning import Learned

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, eq=False)
class Model(Value, Generic[A, B]):
    """What `train` gives: reads an A, gives a B. `history` has a row for each pass over the data."""

    operator: Learned
    weights: Weights
    history: Table | None = None

    @property
    def simulated(self) -> bool:
        """Whether it was trained on simulated records."""
        return self.weights.simulated

    def __call__(self, value: A) -> B:
        judged: Any = self.operator.judged(value, self.weights)
        return judged  # type: ignore[no-any-return]

    def each(self, values: Sequence[A]) -> Sequence[B]:
        """The same of many examples, done together."""
        return self.operator.judged_each(values, self.weights)

    @classmethod
    def of_weights(cls, weights: Weights) -> Model[A, B]:
        """The method that weights were made for, with the parameters it had."""
        from seisdsl.operator import Unsuitable, registry

        operator: Any = registry().get(weights.method)
        if operator is None:
            raise Unsuitable(f"these weights are for `{weights.method}`, which is not installed")
        return cls(operator.model_validate(dict(weights.parameters)), weights)
