"""`seis explain` and `seis plan`: what a program is, and what a run would do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from seisdsl import draw
from seisdsl.cli import DONE, FAULTY
from seisdsl.commands.shared import Stop, parameters, read_or_stop, tell
from seisdsl.graph import Graph
from seisdsl.language.check import check
from seisdsl.operator import Unsuitable


def graph_of(name: str, rest: Sequence[str]) -> Graph:
    """The graph of a sound program; faults are told, and the command stops."""
    checked = check(read_or_stop(name), given=parameters(rest), running=True)
    tell(checked.diagnostics, sys.stderr, nothing_ran=False)
    if checked.graph is None:
        raise Stop(FAULTY)
    return checked.graph


def explain(name: str, form: str | None, rest: Sequence[str]) -> int:
    try:
        graph = graph_of(name, rest)
    except Stop as stop:
        return stop.code
    forms = {"json": draw.as_json, "mermaid": draw.as_mermaid, "dot": draw.as_dot, "program": draw.as_program}
    print(forms.get(form or "", draw.as_text)(graph).rstrip("\n"))
    return DONE


def plan(name: str, rest: Sequence[str]) -> int:
    """Every stage in the order it would run, its files, and how much it would hold."""
    try:
        graph = graph_of(name, rest)
    except Stop as stop:
        return stop.code
    wanted = {result.node.key for result in graph.results}
    nodes = graph.nodes if wanted else ()
    if not nodes:
        print("nothing would run: no pipeline stands alone or ends in a sink")
    total = 0
    for number, node in enumerate(nodes, 1):
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
        try:
            held = node.operator.holds()
        except Unsuitable as refusal:
            print(f"       {refusal.message}")
            held = 0
        if held:
            print(
                f"       gives about {_size(held)} of samples{', simulated' if node.facts.simulated else ''}"
            )
        total += held
    if nodes:
        print(f"{len(nodes)} stages would run, {_size(total)} of samples would be read")
        print("nothing is cached by this engine")
    return DONE


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _size(count: int) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count = count / 1000  # type: ignore[assignment]
    return f"{count:.3g} TB"
