"""`seis plan`: what a run would do, in what pieces, and what of it is kept from earlier runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from seisdsl import draw
from seisdsl.cli import DONE, FAULTY, MISUSED
from seisdsl.commands.explain import graph_of
from seisdsl.commands.running import Misuse, chunk_length
from seisdsl.commands.shared import Stop, show
from seisdsl.diagnostics import Faults
from seisdsl.graph import Graph, Node
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from seisdsl.engine.plan import Segment
    from seisdsl.engine.shelf import Shelf


def plan(parsed: argparse.Namespace, rest: Sequence[str]) -> int:
    try:
        chunk = chunk_length(parsed.chunk)
        graph = graph_of(parsed.file, rest)
        tell_plan(graph, chunk)
    except Stop as stop:
        return stop.code
    except Misuse as reason:
        print(f"seis plan: {reason}", file=sys.stderr)
        return MISUSED
    except Faults as faults:
        show(faults.diagnostics, sys.stderr)
        return FAULTY
    return DONE


def tell_plan(graph: Graph, chunk: int | None) -> None:
    """What a run of a graph would do."""
    if not graph.results:
        print("nothing would run: no pipeline stands alone or ends in a sink")
        return
    _stages(graph)
    print("\n".join(_pieces(graph, chunk)))


def _stages(graph: Graph) -> None:
    """Every stage, its files, and how much it gives."""
    total = 0
    for number, node in enumerate(graph.nodes, 1):
        print(f"{number:3}. {graph.labels[node.key]} = {draw.stage(graph, node)}")
        files = node.operator.files()
        sizes = [Path(file).stat().st_size for file in files.found]
        if files.found:
            number_of = f"{len(sizes)} file{'s' * (len(sizes) > 1)}"
            print(f"       reads {number_of}, {_size(sum(sizes))}: {_some(files.found)}")
        if files.missing:
            print(f"       missing: {_some(files.missing)}")
        if files.note:
            print(f"       {files.note}")
        total += _held(node)
    print(f"{len(graph.nodes)} stages would run, {_size(total)} of samples would be read")


def _held(node: Node) -> int:
    try:
        held = node.operator.holds()
    except Unsuitable as refusal:
        print(f"       {refusal.message}")
        return 0
    if held:
        simulated = ", simulated" if node.facts.simulated else ""
        print(f"       gives about {_size(held)} of samples{simulated}")
    return held


def _pieces(graph: Graph, chunk: int | None) -> list[str]:
    """Pass by pass: what streams, in how many chunks, and what needs the whole."""
    from seisdsl.engine.plan import Segment, planned
    from seisdsl.engine.shelf import Shelf
    from seisdsl.engine.store import Store

    made = planned(graph.nodes, graph.wanted, chunk=chunk or None, whole=chunk == 0)
    shelf = Shelf(made, Store())
    lines: list[str] = []
    for step in made.steps:
        if isinstance(step, Segment):
            lines.append(f"in {_chunks(step, shelf)}: " + ", ".join(node.word for node in step.nodes))
        elif step.word != "surveyed":
            lines.append(f"on the whole: {step.word}")
    return lines


def _chunks(segment: Segment, shelf: Shelf) -> str:
    from seisdsl.engine.progress import duration

    kept = sum(shelf.done(segment, chunk) for chunk in segment.chunks)
    number = len(segment.chunks)
    longest = max(chunk.seconds for chunk in segment.chunks)
    text = f"one piece of {duration(longest)}" if number == 1 else f"{number} chunks of {duration(longest)}"
    return text + (f", {kept} of them kept from earlier runs" if kept else "")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _size(count: int) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count = count / 1000  # type: ignore[assignment]
    return f"{count:.3g} TB"
