"""What `seis run` prints of results: in the program's order, each under the line that asked for it."""

from __future__ import annotations

from typing import Any

from seisdsl.graph import Graph, Node, Result
from seisdsl.source import Place, Span

SILENT = ("save", "plot", "report", "assert")  # what they did is told by the files, or by the fault
WIDTH = 100


class Telling:
    """Takes results as they are ready, and prints each once all before it are printed."""

    def __init__(self, graph: Graph, quiet: bool) -> None:
        self._order = [] if quiet else _asked(graph)
        self._named = len(self._order) > 1
        self._ready: dict[str, Any] = {}
        self._at = 0

    def take(self, node: Node, value: Any) -> None:
        self._ready[node.key] = value
        while self._at < len(self._order) and self._order[self._at][0] in self._ready:
            self._print(*self._order[self._at])
            self._at += 1

    def rest(self) -> None:
        """What is ready but still waits for something that will not come."""
        for key, place in self._order[self._at :]:
            if key in self._ready:
                self._print(key, place)
        self._at = len(self._order)

    def _print(self, key: str, place: Place) -> None:
        from seisdsl.data.show import summary

        if self._named:
            print(f"{chr(10) if self._at else ''}{heading(place)}")
        print(summary(self._ready[key]), flush=True)


def _asked(graph: Graph) -> list[tuple[str, Place]]:
    """What is told of a run, in the program's order: results, and what is shown on the way to them."""
    found: dict[str, Place] = {}
    for result in graph.results:
        for node in Graph((Result(result.node, result.place),)).nodes:
            if node.word == "show" and node is not result.node:
                found.setdefault(node.key, _so_far(result.place, node.place))
        if result.node.word not in SILENT:
            found.setdefault(result.node.key, result.place)
    return list(found.items())


def _so_far(whole: Place, stage: Place) -> Place:
    """A pipeline up to one of its stages; a stage of another statement by itself."""
    first, last = whole.span.start, stage.span.end
    inside = stage.source is whole.source and first <= stage.span.start and last <= whole.span.end
    return Place(stage.source, Span(first, last)) if inside else stage


def heading(place: Place) -> str:
    """The line of a program that asked for a result, shortened in its middle."""
    text = f"line {place.start.line}: {' '.join(place.text.split())}"
    if len(text) <= WIDTH:
        return text
    half = WIDTH // 2 - 2
    return f"{text[:half].rpartition(' ')[0]} … {text[-half:].partition(' ')[2]}"
