"""Stages that only hand on what they are given: a run looks through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from seisdsl.graph import Node

PASSING = ("save", "show", "plot", "report")


def standing_for(nodes: Sequence[Node]) -> tuple[dict[str, Node], list[Node]]:
    """By key, the stage whose value another one has; and the stages with inputs that see through these.

    Sinks have the value of what is piped into them, and a part of a `fork` that of its branch.
    """
    standing: dict[str, Node] = {}
    order: list[Node] = []
    made: dict[str, Node] = {}
    for node in nodes:
        inputs = tuple((port, standing.get(s.key, made.get(s.key, s))) for port, s in node.inputs)
        node = replace(node, inputs=inputs)
        made[node.key] = node
        value = _value_of(node, node.inputs)
        if value is not None:
            standing[node.key] = value
        if node.word != "part" or value is None:
            order.append(node)
    return standing, order


def _value_of(node: Node, inputs: Sequence[tuple[str, Node]]) -> Node | None:
    if node.lifted:
        return None
    if node.word in PASSING:
        return dict(inputs).get(node.piped or "")
    if node.word == "part":
        whole = inputs[0][1]
        if whole.word == "fork":
            return dict(whole.inputs).get(f"branches.{getattr(node.operator, 'name', '')}")
    return None
