"""How many."""

from __future__ import annotations

from seisdsl.data.table import Table
from seisdsl.operator import Operator


class Count(Operator, name="count"):
    """Count the rows of a table."""

    example = "simulate two-events | sta-lta | count"
    tags = ("table", "number", "how many")

    def apply(self, table: Table) -> int:
        return len(table)
