"""One stage worked out from its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from seisdsl.data.examples import Examples
from seisdsl.data.table import Table
from seisdsl.engine.faults import at_stage
from seisdsl.graph import Node
from seisdsl.language.types import TimeRange, Value


def value_of(node: Node, held: Mapping[str, Any], time: TimeRange | None = None) -> Any:
    """The value of a node; what goes wrong is told at the stage's place."""
    inputs: dict[str, Any] = {}
    for port, source in node.inputs:
        name, _, branch = port.partition(".")
        if branch:
            inputs.setdefault(name, {})[branch] = held[source.key]
        else:
            inputs[port] = held[source.key]
    with at_stage(node, time):
        if not node.lifted:
            return _marked(node, node.operator.apply(**inputs))
        piped = inputs.pop(node.piped or "")
        beside = {name: value for name, value in inputs.items() if isinstance(value, Examples)}
        fixed = {name: value for name, value in inputs.items() if name not in beside}
        if not beside and (together := node.operator.apply_all(piped.values, **fixed)) is not None:
            return replace(piped, values=tuple(together))
        return piped.map(lambda value, **more: node.operator.apply(value, **more, **fixed), **beside)


def is_table(node: Node) -> bool:
    """Whether what a stage gives is a table, which is small and worth keeping."""
    return issubclass(Value.kinds.get(node.type.name, Value), Table)


def _marked(node: Node, value: Any) -> Any:
    """What is made from simulated data says so, through every operator."""
    if node.facts.simulated and isinstance(value, Table) and not value.simulated:
        return replace(value, simulated=True)
    return value
