"""Rows that fulfil a condition."""

from __future__ import annotations

from typing import TypeVar

from seisdsl.data.table import Table
from seisdsl.language.formula import Formula
from seisdsl.operator import Context, Facts, Operator, param

Rows = TypeVar("Rows", bound=Table)


class Where(Operator, name="where"):
    """Keep the rows of a table for which a condition holds.

    The condition names columns, constants and parameters: `where depth < 30km and station ~ "S4"`.
    A row whose value is missing does not fulfil a condition on it.
    """

    example = 'simulate two-events | sta-lta | where score > 4 and phase == "P"'
    tags = ("table", "filter", "select")

    condition: Formula = param(..., "what must hold")

    def context(self, piped: Facts) -> Context:
        return Context()

    def apply(self, table: Rows) -> Rows:
        from seisdsl.methods.tables import kept

        return kept(table, self.condition)
