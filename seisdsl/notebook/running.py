"""Running a cell, with what is known from those before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO, cast

from seisdsl.commands.running import notes
from seisdsl.data.accounts import totals
from seisdsl.engine.device import Choice, on
from seisdsl.engine.history import remember
from seisdsl.engine.local import Local
from seisdsl.engine.output import writing_to
from seisdsl.engine.parts import Parts, seen
from seisdsl.engine.plan import planned
from seisdsl.engine.progress import Progress
from seisdsl.engine.provenance import explained
from seisdsl.engine.run import Engine
from seisdsl.engine.stage import is_table
from seisdsl.engine.store import Store
from seisdsl.graph import Graph, Node, Result
from seisdsl.notebook.faults import Stopped
from seisdsl.notebook.line import Line
from seisdsl.repl.memory import Memory, keys_of, with_known


@dataclass
class Ran:
    """What a cell gave: values of names, files, sums of what was read; `long` names are not worked out."""

    values: dict[str, Any] = field(default_factory=dict)
    long: dict[str, Node] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    read: dict[str, Any] = field(default_factory=dict)


def run(
    graph: Graph,
    names: Iterable[str],
    memory: Memory,
    tell: Callable[[Node, Any], None],
    *,
    device: Choice,
    out: Path,
    quiet: bool,
) -> Ran:
    """Run the results of a graph, told in their order, and work out what is named."""
    ran = Ran()
    keys = keys_of(graph_of(graph, names))
    asked = {result.node.key for result in graph.results}
    shorter = with_known(graph_of(graph, names), asked, keys, memory)
    told = {known.node.key for known in shorter.results if not known.name}
    told |= {node.key for node in shorter.wanted if node.word == "show"}
    long = _long(shorter)
    named = {known.name: known.node for known in shorter.results if known.name}
    ran.long = {name: node for name, node in named.items() if node.key in long - told}
    wanted = [node for node in shorter.wanted if node.key not in long or node.key in told]
    order = Graph(tuple(Result(node, node.place) for node in wanted)).nodes
    turns = [node for node in wanted if node.key in told]
    ready: dict[str, Any] = {}  # what comes before its turn
    line = Line()
    engine = Engine(None, Store(), Local(), Progress(cast(TextIO, line), quiet=quiet), glance=True)
    try:
        with (
            notes(quiet), on(device), writing_to(out) as ran.files, explained(graph),
            engine.progress.told_by_stages(),
        ):  # fmt: skip
            remember(engine.store, "the notebook", graph)
            for node, value in engine.values(order, wanted):
                short = not isinstance(value, Parts)
                value = seen(value)
                if short and node.key not in long:
                    memory.keep(keys[node.key], value)
                    ran.values |= {name: value for name, other in named.items() if other.key == node.key}
                if node.key in told:
                    ready[node.key] = value
                while turns and turns[0].key in ready:
                    tell(turns[0], ready.pop(turns.pop(0).key))
    except KeyboardInterrupt:
        raise Stopped(engine.progress.stopped().replace("command", "cell")) from None
    finally:
        line.close()
        engine.close()
    ran.read = totals(engine.account)
    return ran


def graph_of(graph: Graph, names: Iterable[str]) -> Graph:
    """The same graph, asked for names as well."""
    named = [(name, graph.names[name]) for name in names if name in graph.names]
    asked = (*graph.results, *(Result(node, node.place, name) for name, node in named))
    return Graph(asked, graph.names, graph.warnings)


def _long(graph: Graph) -> set[str]:
    """Stages whose value is no table and comes in several parts."""
    plan = planned(graph.nodes, graph.wanted, glance=True)
    cut = {node.key for segment in plan.segments if len(segment.chunks) > 1 for node in segment.nodes}
    return {node.key for node in graph.nodes if node.key in cut and not is_table(node)}
