"""Running what was entered, with what is known from before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seisdsl.cli import Ended
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
from seisdsl.graph import Graph, Node
from seisdsl.repl.memory import Memory, keys_of, with_known

SILENT = ("save", "plot", "report", "assert")  # stages whose value nobody asked to see


class Stopped(KeyboardInterrupt):
    """Ctrl-C during a run; `str()` says how far it came."""


@dataclass
class Runner:
    """Runs graphs one after the other and keeps what it worked out."""

    memory: Memory
    device: Choice = "auto"
    out: Path = field(default_factory=Path)
    worked_out: list[str] = field(default_factory=list)  # the stages that the last run ran

    def run(self, graph: Graph, tell: Callable[[Node, Any], None]) -> tuple[list[Path], dict[str, Any]]:
        """Every result of a graph, told as it is ready; gives the files written, and sums of what was read."""
        keys = keys_of(graph)
        asked = {result.node.key for result in graph.results}
        shorter = with_known(graph, asked, keys, self.memory)
        wanted = list({node.key: node for node in (*shorter.wanted, *_worth_keeping(shorter))}.values())
        self.worked_out = [node.word for node in shorter.nodes if node.word != "known"]
        told = {node.key for node in shorter.wanted}
        engine = Engine(None, Store(), Local(), Progress(), glance=True)
        try:
            with (
                on(self.device),
                writing_to(self.out) as written,
                explained(graph),
                engine.progress.told_by_stages(),
            ):
                remember(engine.store, "the REPL", graph)
                for node, value in engine.values(shorter.nodes, wanted):
                    value = seen(value)
                    if not _glanced(value):
                        self.memory.keep(keys[node.key], value)
                    if node.key in told and node.word not in SILENT:
                        tell(node, value)
        except Ended:
            raise
        except KeyboardInterrupt:
            raise Stopped(engine.progress.stopped()) from None
        finally:
            engine.close()
        return written, totals(engine.account)


def _worth_keeping(graph: Graph) -> Iterator[Node]:
    """What has a name, of what is needed, and is a table or is worked out in one piece."""
    plan = planned(graph.nodes, graph.wanted, glance=True)
    long = {node.key for s in plan.segments if len(s.chunks) > 1 for node in s.nodes}
    needed = {node.key for node in graph.nodes}
    for node in graph.names.values():
        if node.key in needed and node.word != "known" and (is_table(node) or node.key not in long):
            yield node


def _glanced(value: Any) -> bool:
    """Whether a value is only what there is to say of a longer one."""
    from seisdsl.data.examples_overview import ExamplesOverview
    from seisdsl.data.overview import Overview, WavesOverview

    return isinstance(value, Parts | Overview | WavesOverview | ExamplesOverview)
