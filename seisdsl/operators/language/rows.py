"""A table of results, one row for each combination: what `sweep` gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seisdsl.data.table import Table
from seisdsl.operator import Branches, Operator, param


class Rows(Operator, name="rows"):
    """Put results into a table, one row each, beside the values they were computed for.

    `sweep` writes this for you. The lists of `axes` are as long as there are results.
    """

    example = """\
let wave = simulate two-events
rows axes={ on = [3, 5] } { low = wave | sta-lta on=3 | count, high = wave | sta-lta on=5 | count }"""
    tags = ("table", "sweep")

    axes: Mapping[str, Any] = param(..., "a list of values for each axis")
    units: Mapping[str, Any] | None = param(None, "the unit of each axis that has one")

    def apply(self, results: Branches[Any]) -> Table:
        from seisdsl.methods.tables import tabulated

        return tabulated(dict(self.axes), list(results.values()), dict(self.units or {}))
