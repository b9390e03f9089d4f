"""Running a graph in memory: each node once, a value dropped when nothing needs it any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from seisdsl.data.examples import Examples
from seisdsl.data.table import Table
from seisdsl.diagnostics import Faults, Fix, problem
from seisdsl.graph import Node
from seisdsl.language.refusal import repair_of
from seisdsl.operator import Unsuitable


class Runner(Protocol):
    """What the command line, the REPL and Python ask of an engine."""

    def values(self, nodes: Iterable[Node], wanted: Iterable[Node]) -> Iterator[tuple[Node, Any]]:
        """The wanted nodes with their values, in the order they are ready."""


class InMemory:
    """Everything at once, one node after the other."""

    def values(self, nodes: Iterable[Node], wanted: Iterable[Node]) -> Iterator[tuple[Node, Any]]:
        order = list(nodes)
        asked = {node.key for node in wanted}
        uses = Counter(source.key for node in order for _, source in node.inputs)
        held: dict[str, Any] = {}
        for node in order:
            value = held[node.key] = value_of(node, held)
            if node.key in asked:
                yield node, value
            for _, source in node.inputs:
                uses[source.key] -= 1
                if not uses[source.key]:
                    held.pop(source.key, None)
            if not uses[node.key]:
                held.pop(node.key, None)


def value_of(node: Node, held: Mapping[str, Any]) -> Any:
    """One node worked out from its inputs; what goes wrong is told at the stage's place."""
    inputs: dict[str, Any] = {}
    for port, source in node.inputs:
        name, _, branch = port.partition(".")
        if branch:
            inputs.setdefault(name, {})[branch] = held[source.key]
        else:
            inputs[port] = held[source.key]
    try:
        if not node.lifted:
            return _marked(node, node.operator.apply(**inputs))
        piped = inputs.pop(node.piped or "")
        beside = {name: value for name, value in inputs.items() if isinstance(value, Examples)}
        fixed = {name: value for name, value in inputs.items() if name not in beside}
        return piped.map(lambda value, **more: node.operator.apply(value, **more, **fixed), **beside)
    except Unsuitable as refusal:
        raise _fault(node, refusal.message, list(refusal.notes), repair_of(refusal)) from refusal
    except MemoryError as error:
        raise _fault(
            node, "there is not enough memory for this", ["take a shorter time or fewer channels"]
        ) from error
    except (KeyboardInterrupt, Faults):
        raise
    except Exception as error:
        said = str(error).strip().split("\n")[0]
        reason = f"{type(error).__name__}: {said}" if said else type(error).__name__
        notes = [reason, "run with --debug to see where in Python"]
        raise _fault(node, f"`{node.word}` failed", notes, code="run") from error


def _marked(node: Node, value: Any) -> Any:
    """What is made from simulated data says so, through every operator."""
    if node.facts.simulated and isinstance(value, Table) and not value.simulated:
        return replace(value, simulated=True)
    return value


def _fault(node: Node, message: str, notes: list[str], fix: Fix | None = None, code: str = "data") -> Faults:
    if node.word == "assert":
        code = "assert"
    also = [(source.place, f"gives {source.type}") for port, source in node.inputs if port == node.piped]
    return Faults([problem(code, message, node.place, also=also, notes=notes, fix=fix)])
