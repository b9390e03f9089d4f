"""Where a page's results come from: the program and its graph, versions, input files, and papers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from markupsafe import Markup

from seisdsl.draw import as_mermaid, as_program
from seisdsl.engine.provenance import Making, of_node
from seisdsl.graph import Graph, Node, Result
from seisdsl.report.flow import flow_svg

_DOI = re.compile(r"doi:(10\.\S+?)[.,;]?(?=\s|$)")
_ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5})")


@dataclass(frozen=True)
class Reference:
    """A paper, where it is found, and the operators that rest on it."""

    text: str
    link: str
    operators: tuple[str, ...]


@dataclass(frozen=True)
class Origin:
    """`lines` is the program as it was written, `program` what it means with everything filled in."""

    name: str
    lines: tuple[str, ...]
    program: str
    chart: Markup
    mermaid: str
    made: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]
    references: tuple[Reference, ...]


def origin_of(making: Making) -> Origin:
    node = making.node
    graph = _alone(node, making.names)
    source = node.place.source
    anchors = {one.key: f"line-{one.place.start.line}" for one in graph.nodes if one.place.source is source}
    made = of_node(node, making.names)
    inputs = made["inputs"]
    rows = [
        ("seisdsl", made["seisdsl"]),
        ("operators", _named(made["operators"], " version ")),
        ("seeds", _named(made["seeds"], " ")),
        ("device", made["device"]),
        ("Python", made["python"]),
        ("packages", _named(made["packages"], " ")),
    ]
    if inputs:
        rows.append(("input files", f"{inputs['files']:,}, digest of all {inputs['digest'][:16]}"))
    return Origin(
        re.split(r"[/\\]", source.name)[-1],
        tuple(source.text.rstrip("\n").split("\n")),
        made["program"],
        Markup(flow_svg(graph, anchors)),  # what it holds is escaped where it is put together
        as_mermaid(graph),
        tuple((name, text) for name, text in rows if text),
        tuple((_there(name), digest[:16]) for name, digest in inputs.get("named", {}).items()),
        _references(graph),
    )


def _there(name: str) -> str:
    """A file as the program names it; of one elsewhere on the machine, its own name."""
    return PurePath(name).name if PurePath(name).is_absolute() else name


def about(node: Node, making: Making) -> dict[str, Any]:
    """What a result tells of its own making."""
    here = node.place.source is making.node.place.source
    graph = _alone(node, making.names)
    return {
        "pipeline": as_program(graph),
        "text": node.place.text,
        "line": node.place.start.line if here else 0,
        "stage": node.word,
        "simulated": node.facts.simulated,
    }


def _alone(node: Node, names: Mapping[str, Node]) -> Graph:
    needed = {stage.key for stage in Graph((Result(node, node.place),))}
    kept = {name: stage for name, stage in names.items() if stage.key in needed}
    return Graph((Result(node, node.place),), kept)


def _named(values: Mapping[str, Any], between: str) -> str:
    return ", ".join(f"{name}{between}{value}" for name, value in values.items())


def _references(graph: Graph) -> tuple[Reference, ...]:
    users: dict[str, list[str]] = {}
    for node in graph.nodes:
        for citation in type(node.operator).citations():
            words = users.setdefault(citation, [])
            if node.word not in words:
                words.append(node.word)
    return tuple(Reference(text, _link(text), tuple(users[text])) for text in sorted(users))


def _link(text: str) -> str:
    if found := _DOI.search(text):
        return f"https://doi.org/{found[1]}"
    found = _ARXIV.search(text)
    return f"https://arxiv.org/abs/{found[1]}" if found else ""
