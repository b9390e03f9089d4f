"""The first rows."""

from __future__ import annotations

from typing import TypeVar

from seisdsl.data.table import Table
from seisdsl.operator import Operator, param

Rows = TypeVar("Rows", bound=Table)


class Head(Operator, name="head"):
    """Keep the first rows of a table."""

    example = "simulate two-events | sta-lta | head 3"
    tags = ("table", "first")

    rows: int = param(10, "how many", at_least=0)

    def apply(self, table: Rows) -> Rows:
        return table.with_frame(table.frame.head(self.rows))
