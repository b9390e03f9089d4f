"""Several pipelines from one value."""

from __future__ import annotations

from typing import Any

from seisdsl.language.types import Record
from seisdsl.operator import Branches, Operator


class Fork(Operator, name="fork"):
    """Send one value through several pipelines and keep each result under its name.

    A branch that begins with a value of its own takes nothing from the pipe. The parts are
    reached by name: `both.quick`.
    """

    example = """\
let both = simulate two-events | fork { quick = sta-lta, slow = sta-lta method=recursive }
both.quick | count"""
    tags = ("record", "branch")

    def apply(self, branches: Branches[Any]) -> Record:
        return Record(branches)
