"""`seis why`: whether a stage is kept from an earlier run, and if not, what differs."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence

from seisdsl.cli import DONE, MISUSED
from seisdsl.commands.shared import Stop
from seisdsl.graph import Graph, Node

MOST = 12  # differences told one by one


def why(name: str, wanted: str, rest: Sequence[str]) -> int:
    from seisdsl.commands.explain import graph_of

    try:
        graph = graph_of(name, rest)
    except Stop as stop:
        return stop.code
    return why_stage(graph, name, wanted)


def why_stage(graph: Graph, name: str, wanted: str) -> int:
    """The same of a graph; `name` is what its program is called."""
    from seisdsl.engine.history import nearest, remembered, stages_of
    from seisdsl.engine.store import Store

    node = _node(graph, wanted)
    if node is None:
        known = ", ".join(graph.labels[n.key] for n in graph.nodes)
        print(f"seis why: {name} has no stage {wanted}; it has {known}", file=sys.stderr)
        return MISUSED
    label, store = graph.labels[node.key], Store()
    stages = stages_of(graph)
    found = nearest(label, stages, remembered(store))
    print(f"{label} = {node.word}, {name}:{node.place.start.line}")
    if found is None:
        print(f"no earlier run had a stage `{node.word}`: it will be worked out")
        return DONE
    run, then, differences = found
    when = dt.datetime.fromtimestamp(run.at, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if not differences:
        print(f"as in the run of {run.program} at {when}: what that run worked out is used again")
        return DONE
    print(f"nearest is {then.label} in the run of {run.program} at {when}; since then:")
    for difference in differences[:MOST]:
        print(f"  {difference.stage}: {difference.what}")
    if len(differences) > MOST:
        print(f"  and {len(differences) - MOST} more")
    return DONE


def _node(graph: Graph, wanted: str) -> Node | None:
    """The stage of a label, as `seis explain` gives it, or the only one of an operator's name."""
    by_label = {graph.labels[node.key]: node for node in graph.nodes}
    if wanted in by_label:
        return by_label[wanted]
    named = graph.names.get(wanted)
    of_word = [node for node in graph.nodes if node.word == wanted]
    return named or (of_word[0] if len(of_word) == 1 else None)
