"""How a result was made: the program that makes it again, versions, device, and what it was made from."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from seisdsl import __version__
from seisdsl.data.origin import made_by
from seisdsl.data.segments import Account
from seisdsl.draw import as_program
from seisdsl.engine.keys import hashed
from seisdsl.graph import Graph, Node, Result

PACKAGES = ("torch", "numpy", "scipy", "obspy", "pymseed", "polars")
SOME = 100  # input files named one by one


@dataclass(frozen=True)
class Making:
    """The stage that is at work, the names its program gives, and what has been read so far."""

    node: Node
    names: Mapping[str, Node] = field(default_factory=dict)
    account: Account = field(default_factory=Account)


_graph: ContextVar[Graph | None] = ContextVar("graph that is run", default=None)
_making: ContextVar[Making | None] = ContextVar("stage that is at work", default=None)


@contextmanager
def explained(graph: Graph) -> Iterator[None]:
    """Files written inside can say how they were made."""
    token = _graph.set(graph)
    try:
        yield
    finally:
        _graph.reset(token)


@contextmanager
def making(node: Node, account: Account) -> Iterator[None]:
    """What is written inside is made by this stage. It tells no time of day: equal runs write equal files."""
    graph = _graph.get()
    own = next((known for known in graph.nodes if known.key == node.key), None) if graph else None
    names = graph.names if graph else {}
    token = _making.set(Making(own or node, names, account))
    try:
        with made_by(lambda: of_node(own, names) if own else None):
            yield
    finally:
        _making.reset(token)


def at_work() -> Making | None:
    """The stage that is at work; None outside a run."""
    return _making.get()


def of_node(node: Node, names: Mapping[str, Node]) -> dict[str, Any]:
    """The same of one stage, in a program of its own that keeps its names."""
    from seisdsl.engine.device import device

    needed = {stage.key for stage in Graph((Result(node, node.place),))}
    kept = {name: stage for name, stage in names.items() if stage.key in needed}
    alone = Graph((Result(node, node.place),), kept)
    return {
        "seisdsl": __version__,
        "program": as_program(alone),
        "operators": dict(sorted({stage.word: stage.operator.version for stage in alone}.items())),
        "seeds": {stage.word: seed for stage in alone if (seed := seed_of(stage)) is not None},
        "simulated": node.facts.simulated,
        "inputs": _inputs(alone),
        "device": str(device()),
        "python": platform.python_version(),
        "packages": _packages(),
    }


def seed_of(node: Node) -> int | None:
    seed = getattr(node.operator, "seed", None)
    return seed if isinstance(seed, int) else None


def _inputs(graph: Graph) -> dict[str, Any]:
    """The input files with digests of their content; of many, the first, and one digest of all."""
    digests: dict[str, str] = {}
    for node in graph:
        digests.update(node.operator.fingerprint())
    named = dict(sorted(digests.items())[:SOME])
    return (
        {"files": len(digests), "digest": hashed(sorted(digests.values())), "named": named} if digests else {}
    )


@cache
def _packages() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
