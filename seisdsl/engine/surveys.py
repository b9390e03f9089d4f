"""The joined result of a survey."""

from __future__ import annotations

from seisdsl.data.table import Table
from seisdsl.operator import Operator


class Surveyed(Operator):
    """The rows of a survey over the whole record: made by the plan, between the two passes."""

    word = "surveyed"
    internal = True

    def apply(self, survey: Table) -> Table:
        return survey
