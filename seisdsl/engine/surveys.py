"""The joined result of a survey, or of another table that was made chunk by chunk."""

from __future__ import annotations

from dataclasses import replace

from seisdsl.data.table import Table
from seisdsl.graph import Node
from seisdsl.operator import Operator


class Surveyed(Operator):
    """The rows of a table over the whole record: made by the plan, between two passes."""

    word = "surveyed"
    internal = True

    def apply(self, survey: Table) -> Table:
        return survey


def whole_of(node: Node) -> Node:
    """The joined table of a stage, as a stage of its own that is no part of a segment."""
    inputs = (("survey", node),)
    return replace(node, key=f"{node.key}-all", operator=Surveyed(), inputs=inputs, piped=None)


def is_survey(node: Node) -> bool:
    return node.word == "surveyed"


def by_chunks(node: Node) -> Node | None:
    """The input that a stage streams by where that is not the piped one."""
    return dict(node.inputs).get(node.operator.streams)
