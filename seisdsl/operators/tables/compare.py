"""Several methods side by side."""

from __future__ import annotations

from seisdsl.data.table import Table
from seisdsl.language.types import INTEGER, TEXT, ColumnOf, Time, Type
from seisdsl.operator import Branches, Facts, Operator, param

COLUMNS = {
    "method": ColumnOf(TEXT),
    "against": ColumnOf(TEXT),
    "rows": ColumnOf(INTEGER, help="rows of the method"),
    "matched": ColumnOf(INTEGER, help="of these, with a partner in the other"),
    "only": ColumnOf(INTEGER, help="of these, without one"),
    "shift": ColumnOf(Type("Time"), "s", "median of the method's time less the other's"),
}


class Compare(Operator, name="compare"):
    """Count what each pair of results has in common: rows nearer in time than `within`.

    Rows pair off one to one, nearest first; where both tables name stations and phases, only rows
    of the same station and phase pair.
    """

    example = """\
let wave = simulate two-events
compare within=1s { quick = wave | sta-lta, steady = wave | sta-lta method=recursive }"""
    tags = ("table", "score", "methods")

    within: Time = param("1s", "how far apart in time partners may lie", above="0s")

    def facts(self, piped: Facts) -> Facts:
        return Facts(columns=COLUMNS)

    def apply(self, results: Branches[Table]) -> Table:
        from seisdsl.methods.tables import in_common

        return Table.of(in_common(results, self.within), extra=COLUMNS)
