"""Rows in order."""

from __future__ import annotations

from typing import Literal, TypeVar

from seisdsl.data.table import Table
from seisdsl.language.types import Column
from seisdsl.operator import Operator, param

Rows = TypeVar("Rows", bound=Table)


class Sort(Operator, name="sort"):
    """Put the rows of a table in order of a column.

    Rows that are equal in it keep their order; missing values come last.
    """

    example = "simulate two-events | sta-lta | sort by=score order=down | head 3"
    tags = ("table", "order")

    by: Column = param(..., "the column to go by")
    order: Literal["up", "down"] = param("up", "smallest or largest first")

    def apply(self, table: Rows) -> Rows:
        from seisdsl.methods.tables import checked_column

        checked_column(table, self.by, "by")
        frame = table.frame.sort(
            self.by, descending=self.order == "down", nulls_last=True, maintain_order=True
        )
        return table.with_frame(frame)
