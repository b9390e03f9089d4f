"""What a session worked out and holds: nothing that has a name is worked out twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar, Self

from seisdsl.graph import Graph, Node, Result
from seisdsl.language.types import TimeRange
from seisdsl.operator import Context, Facts, Operator, param

PART = 1 / 4  # of the machine's memory that values may take


class Known(Operator):
    """A value that is known: the source of all that is made from it."""

    word: ClassVar[str] = "known"
    internal: ClassVar[bool] = True

    value: Any = param(..., "the value")
    digest: str = param("", "of all that it was worked out from")
    size: int = param(0, "bytes")

    def fingerprint(self) -> Mapping[str, str]:
        return {"value": self.digest}

    def context(self, piped: Facts) -> Context:
        return Context()

    def extents(self) -> tuple[TimeRange, ...]:
        span = getattr(self.value, "span", None)
        return (span,) if isinstance(span, TimeRange) and hasattr(type(self.value), "joined") else ()

    def during(self, time: TimeRange) -> Self:
        return self.model_copy(update={"value": self.value.within(time)})

    def holds(self) -> int:
        return self.size

    def apply(self) -> Any:
        return self.value


@dataclass
class Memory:
    """Values by what they were worked out from; those not asked for longest go first."""

    most: int
    held: dict[str, tuple[Any, int]] = field(default_factory=dict)

    def keep(self, key: str, value: Any) -> None:
        size = size_of(value)
        if size > self.most:
            return
        self.held.pop(key, None)
        self.held[key] = value, size
        while sum(size for _, size in self.held.values()) > self.most:
            self.held.pop(next(iter(self.held)))

    def __contains__(self, key: str) -> bool:
        return key in self.held

    def __getitem__(self, key: str) -> Any:
        value, size = self.held[key] = self.held.pop(key)
        return value, size


def size_of(value: Any) -> int:
    """About how many bytes a value takes."""
    if hasattr(value, "element_size"):
        return int(value.numel() * value.element_size())
    if hasattr(value, "estimated_size"):
        return int(value.estimated_size())
    if is_dataclass(value):
        return sum(size_of(getattr(value, one.name)) for one in fields(value))
    if isinstance(value, Mapping):
        return sum(map(size_of, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(size_of, value))
    return 64


def keys_of(graph: Graph) -> dict[str, str]:
    """By a node's key, the key of its value: files enter with their content."""
    from seisdsl.engine.faults import at_stage
    from seisdsl.engine.keys import hashed

    found: dict[str, str] = {}
    for node in graph.nodes:
        with at_stage(node):
            files = sorted(node.operator.fingerprint().items())
        found[node.key] = hashed(node.key, files, [found[source.key] for _, source in node.inputs])
    return found


def with_known(graph: Graph, asked: set[str], keys: Mapping[str, str], memory: Memory) -> Graph:
    """The graph with what is known in place of the stages behind it. A sink that is asked for is run."""
    made: dict[str, Node] = {}
    for node in graph.nodes:
        if keys[node.key] in memory and not (node.operator.sink and node.key in asked):
            value, size = memory[keys[node.key]]
            known = Known(value=value, digest=keys[node.key], size=size)
            made[node.key] = replace(node, operator=known, inputs=(), lifted=False, piped=None)
        else:
            inputs = tuple((port, made[source.key]) for port, source in node.inputs)
            made[node.key] = replace(node, inputs=inputs)
    results = tuple(replace(one, node=made[one.node.key]) for one in graph.results)
    return Graph(results, {name: made[n.key] for name, n in graph.names.items() if n.key in made})


def only(graph: Graph, results: tuple[Result, ...]) -> Graph:
    """The same with other results."""
    return Graph(results, graph.names, graph.warnings)
