"""A named part of a record: made by the checker from `data.train`."""

from __future__ import annotations

from typing import Any

from seisdsl.language.types import Value
from seisdsl.operator import Operator, param


class Part(Operator, name="part"):
    """Take a part of a record by its name."""

    internal = True

    name: str = param(..., "the part's name")

    def apply(self, whole: Value) -> Any:
        return whole[self.name] if hasattr(whole, "__getitem__") else getattr(whole, self.name)
