"""The results of a program, worked out as they are asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from obspy import Stream, Trace, UTCDateTime

from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.segments import Account
from seisdsl.data.waves import Waves
from seisdsl.diagnostics import Faults
from seisdsl.engine.device import Choice, on
from seisdsl.engine.parts import whole
from seisdsl.engine.provenance import explained
from seisdsl.engine.run import Engine
from seisdsl.graph import Graph, Node
from seisdsl.language.check import check
from seisdsl.language.values import iso
from seisdsl.source import SourceText


class Results(Mapping[str, Any]):
    """What a program names, by name; each is worked out when it is first asked for."""

    def __init__(self, graph: Graph, device: Choice = "auto", engine: Engine | None = None) -> None:
        self.graph = graph
        self._device = device
        self._engine = engine or Engine()
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        node = self.graph.names[name]
        if node.key not in self._known:
            self._work_out([node])
        return self._known[node.key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.graph.names)

    def __len__(self) -> int:
        return len(self.graph.names)

    def run(self) -> list[Any]:
        """Every statement that asks for a value, in order."""
        wanted = [result.node for result in self.graph.results]
        self._work_out([node for node in wanted if node.key not in self._known])
        return [self._known[node.key] for node in wanted]

    def _work_out(self, wanted: list[Node]) -> None:
        nodes = Graph((), {str(at): node for at, node in enumerate(wanted)}).nodes
        with on(self._device), explained(self.graph):
            for node, value in self._engine.values(nodes, wanted):
                self._known[node.key] = whole(value)

    @property
    def account(self) -> Account:
        """What became of every sample that was read from files."""
        return self._engine.account


def run(text: str | Path, *, device: Choice = "auto", **values: Any) -> Results:
    """Check and run a program: `run("stream mine | sta-lta | count", mine=waves)`.

    Values given by name are sources (Waves, or an obspy Stream) or the program's parameters
    (numbers, dates, and texts as one writes them on the command line).
    Raises `Faults` where the program is not sound.
    """
    source = SourceText.read(text) if isinstance(text, Path) else SourceText.of(text)
    given = {name: _written(value) for name, value in values.items() if isinstance(value, PLAIN)}
    with on(device):
        sources = {name: _waves(name, value) for name, value in values.items() if name not in given}
    checked = check(source, given=given, values=sources, running=True)
    if checked.graph is None:
        raise Faults(checked.diagnostics)
    results = Results(checked.graph, device)
    results.run()
    return results


PLAIN = str | int | float | dt.date | UTCDateTime


def _written(value: Any) -> str:
    """A parameter as the command line would give it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, UTCDateTime):
        return iso(value.ns)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _waves(name: str, value: Any) -> Waves:
    if isinstance(value, Waves):
        return value
    if isinstance(value, Stream | Trace):
        return waves_from_obspy(Stream(value) if isinstance(value, Trace) else value)
    raise TypeError(f"`{name}` is a {type(value).__name__}; a source is Waves or an obspy Stream")
