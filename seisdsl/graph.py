"""The typed operator graph: frozen nodes, equal sub-pipelines once, in the order they can run."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from seisdsl.diagnostics import Diagnostic
from seisdsl.language.types import Range, TimeRange, Type
from seisdsl.operator import Facts, Method, Operator, SourceSettings
from seisdsl.source import Place

if TYPE_CHECKING:
    import networkx


_HERE = uuid.uuid4().hex  # what lies in the memory of this process has no meaning in another


@dataclass(frozen=True, eq=False)
class Node:
    """One operator with its parameters and inputs; `key` says what it computes and nothing else.

    `lifted` when the operator is applied to each value of an `Examples`. `piped` names the input
    that came through the pipe, `upstream` those that the checker found earlier in the pipeline.
    """

    key: str
    operator: Operator
    inputs: tuple[tuple[str, Node], ...]
    type: Type
    facts: Facts
    place: Place
    lifted: bool = False
    piped: str | None = None
    upstream: frozenset[str] = frozenset()

    @property
    def word(self) -> str:
        return self.operator.word


@dataclass(frozen=True)
class Result:
    """A statement that asks for a value: a bare pipeline or an assertion."""

    node: Node
    place: Place
    name: str = ""


@dataclass
class Builder:
    """Nodes as they are made; one of each."""

    nodes: dict[str, Node] = field(default_factory=dict)

    def node(
        self,
        operator: Operator,
        inputs: Mapping[str, Node],
        *,
        type: Type,
        facts: Facts,
        place: Place,
        lifted: bool = False,
        piped: str | None = None,
        upstream: frozenset[str] = frozenset(),
    ) -> Node:
        key = _key(operator, inputs, lifted)
        if key not in self.nodes:
            self.nodes[key] = Node(
                key, operator, tuple(inputs.items()), type, facts, place, lifted, piped, upstream
            )
        return self.nodes[key]


def _key(operator: Operator, inputs: Mapping[str, Node], lifted: bool) -> str:
    said = ["node", canonical(operator), {name: node.key for name, node in inputs.items()}, lifted]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:20]


def canonical(value: Any) -> Any:
    """Parameters as JSON that is the same for equal meaning: SI units, defaults filled in."""
    match value:
        case Operator():
            fields = {name: canonical(getattr(value, name)) for name in type(value).model_fields}
            return [type(value).word, type(value).version, fields]
        case Method():
            return [value.operator.word, value.operator.version, canonical(value.given)]
        case SourceSettings():
            return {name: canonical(setting) for name, setting in value.settings}
        case Range() | TimeRange():
            return [type(value).__name__, *(canonical(part) for part in vars(value).values())]
        case float():
            return repr(value)
        case list() | tuple():
            return [canonical(item) for item in value]
        case Mapping():
            return {str(name): canonical(item) for name, item in value.items()}
        case None | bool() | int() | str():
            return value
    if hasattr(value, "canonical"):
        return value.canonical
    return f"in memory: {_HERE} {id(value)}"


@dataclass(frozen=True)
class Graph:
    """A checked program: what it asks for, and every node that these need."""

    results: tuple[Result, ...]
    names: Mapping[str, Node] = field(default_factory=dict)
    warnings: tuple[Diagnostic, ...] = ()

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node that is needed, each after its inputs."""
        order: dict[str, Node] = {}
        stack: list[tuple[Node, bool]] = [(result.node, False) for result in reversed(self._wanted)]
        while stack:
            node, ready = stack.pop()
            if node.key in order:
                continue
            if ready:
                order[node.key] = node
            else:
                stack.append((node, True))
                stack += [(source, False) for _, source in reversed(node.inputs)]
        return tuple(order.values())

    @cached_property
    def wanted(self) -> tuple[Node, ...]:
        """What a run gives or tells: its results, and what is shown on the way."""
        shown = (node for node in self.nodes if node.word == "show")
        found = {node.key: node for node in (*(result.node for result in self.results), *shown)}
        return tuple(found.values())

    @property
    def _wanted(self) -> list[Result]:
        if self.results:
            return list(self.results)
        return [Result(node, node.place, name) for name, node in self.names.items()]

    @cached_property
    def labels(self) -> dict[str, str]:
        """A short name for each node: its `let`, or r1, r2, ..."""
        found: dict[str, str] = {}
        for name, node in self.names.items():
            if name not in self.spoken:
                found.setdefault(node.key, name)
        for node in self.nodes:
            if node.word == "given":
                found[node.key] = str(node.operator.name)  # type: ignore[attr-defined]
        taken, number = {*self.names, *self.spoken, *found.values()}, 0
        for node in self.nodes:
            if node.key not in found:
                number += 1
                while f"r{number}" in taken:
                    number += 1
                found[node.key] = f"r{number}"
        return found

    @cached_property
    def sources(self) -> tuple[SourceSettings, ...]:
        """The sources that its operators name."""
        values = (value for node in self.nodes for _, value in node.operator)
        return tuple(value for value in values if isinstance(value, SourceSettings))

    @cached_property
    def spoken(self) -> frozenset[str]:
        """The names of its operators and sources: a `let` of such a name would hide them."""
        return frozenset({node.word for node in self.nodes} | {source.name for source in self.sources})

    def networkx(self) -> networkx.MultiDiGraph:
        """The graph for whoever wants to ask it more: an edge carries the port it enters."""
        import networkx

        graph = networkx.MultiDiGraph()
        for node in self.nodes:
            graph.add_node(node.key, label=self.labels[node.key], node=node)
            graph.add_edges_from((source.key, node.key, {"port": port}) for port, source in node.inputs)
        return graph

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)
