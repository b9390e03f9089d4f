"""A fitted method, which stands wherever an operator can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from seisdsl.language.types import Value

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, eq=False)
class Model(Value, Generic[A, B]):
    """What `train` gives: reads an A, gives a B."""

    predict: Callable[[A], B]

    def __call__(self, value: A) -> B:
        return self.predict(value)
