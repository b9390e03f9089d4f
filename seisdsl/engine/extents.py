"""The times that a source has records of, and what the first of them tell."""

from __future__ import annotations

from collections.abc import Sequence

from seisdsl.engine.faults import at_stage
from seisdsl.graph import Node
from seisdsl.language.types import TimeRange
from seisdsl.operator import Facts


def extents_of(node: Node) -> tuple[TimeRange, ...]:
    if node.inputs or node.lifted:
        return ()
    with at_stage(node):
        return tuple(extent for extent in node.operator.extents() if extent.end > extent.start)


def met(source: Node, extents: Sequence[TimeRange]) -> Facts:
    """What is known of a source; where the rate is not, its first records tell."""
    facts = source.facts
    if facts.rate is not None or source.type.name != "Waves":
        return facts
    first = extents[0]
    with at_stage(source):
        start = source.operator.during(TimeRange(first.start, min(first.end, first.start + 10**10))).apply()
    return facts.but(rate=start.rate)
