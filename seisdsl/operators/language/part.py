"""A named part of a record: made by the checker from `data.train`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seisdsl.language.types import Value
from seisdsl.operator import Operator, Unsuitable, param


class Part(Operator, name="part"):
    """Take a part of a record by its name."""

    internal = True

    name: str = param(..., "the part's name")

    def apply(self, whole: Value) -> Any:
        if isinstance(whole, Mapping) and self.name not in whole:
            raise Unsuitable(
                f"`{self.name}` is not defined here", notes=[f"parts: {', '.join(whole) or 'none'}"]
            )
        return whole[self.name] if isinstance(whole, Mapping) else getattr(whole, self.name)
