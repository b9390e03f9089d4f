"""A fitted method, which stands wherever an operator can."""

from __future__ import annotations

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

    def __call__(self, value: A) -> B:
        judged: Any = self.operator.judged(value, self.weights)
        return judged  # type: ignore[no-any-return]
