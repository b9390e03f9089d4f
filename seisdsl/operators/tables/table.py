"""Some of a table's columns."""

from __future__ import annotations

from seisdsl.data.table import Table
from seisdsl.language.types import Column
from seisdsl.operator import Context, Facts, Operator, param


class Columns(Operator, name="table"):
    """Make a plain table of some columns, in the order given.

    What was a catalogue or a list of picks is then a table like any other, without the columns
    that those always have.
    """

    example = "simulate two-events | sta-lta | table columns=[time, station, score]"
    tags = ("table", "select", "columns")

    columns: list[Column] | None = param(None, "the columns to keep; all where none is named")

    def context(self, piped: Facts) -> Context:
        return Context()

    def facts(self, piped: Facts) -> Facts:
        if piped.columns is None or self.columns is None:
            return piped
        return piped.but(columns={name: piped.columns[name] for name in self.columns})

    def apply(self, table: Table) -> Table:
        from seisdsl.methods.tables import checked_column

        names = list(table.columns) if self.columns is None else self.columns
        for name in names:
            checked_column(table, name, "columns")
        extra = {name: table.columns[name] for name in names}
        return Table(table.frame.select(names), extra, table.simulated)
