"""`seis explain`: what a program is."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from seisdsl import draw
from seisdsl.cli import DONE, FAULTY
from seisdsl.commands.shared import Stop, parameters, read_or_stop, tell
from seisdsl.graph import Graph
from seisdsl.language.check import check


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
