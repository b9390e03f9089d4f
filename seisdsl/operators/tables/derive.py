"""New columns worked out from others."""

from __future__ import annotations

from typing import TypeVar

from seisdsl.data.table import Table
from seisdsl.language.formula import Formula
from seisdsl.language.types import ColumnOf
from seisdsl.operator import Context, Facts, Operator, param

Rows = TypeVar("Rows", bound=Table)


class Derive(Operator, name="derive"):
    """Add columns to a table, each worked out from the row's other columns.

    A later column may use an earlier one. Numbers are kept in SI units.
    """

    example = "simulate two-events | envelope | trigger on=3 | derive { middle = time + duration / 2 }"
    tags = ("table", "column", "compute")

    columns: tuple[tuple[str, Formula], ...] = param(..., "name and expression of each column")

    def context(self, piped: Facts) -> Context:
        return Context()

    def facts(self, piped: Facts) -> Facts:
        if piped.columns is None:
            return piped
        return piped.but(columns={**piped.columns, **{name: _column(f) for name, f in self.columns}})

    def apply(self, table: Rows) -> Rows:
        from seisdsl.methods.tables import with_columns

        return with_columns(table, {name: (formula, _column(formula)) for name, formula in self.columns})


def _column(formula: Formula) -> ColumnOf:
    unit = getattr(formula.kind, "unit", "")
    return ColumnOf(formula.type, unit, formula.text)
