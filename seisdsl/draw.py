"""A graph for people and tools: aligned text, a program, JSON, Mermaid and DOT."""

from __future__ import annotations

import json
import sys
from typing import Any

from seisdsl.graph import Graph, Node
from seisdsl.language import written
from seisdsl.language.values import quoted
from seisdsl.operator import SourceSettings


def as_text(graph: Graph) -> str:
    """One line a node: what it is made of, what it gives, and what the checker filled in."""
    rows = [
        (graph.labels[node.key], stage(graph, node), _gives(node), _remarks(graph, node))
        for node in graph.nodes
    ]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
    lines = [
        f"{label.ljust(widths[0])} = {text.ljust(widths[1])}  : {gives.ljust(widths[2])}  {remarks}".rstrip()
        for label, text, gives, remarks in rows
    ]
    wanted = [graph.labels[result.node.key] for result in graph.results]
    lines.append(
        f"runs: {', '.join(wanted)}"
        if wanted
        else "runs: nothing; no pipeline stands alone or ends in a sink"
    )
    return "\n".join(lines)


def _gives(node: Node) -> str:
    facts = [str(node.type), str(node.facts), "simulated" if node.facts.simulated else ""]
    return ", ".join(fact for fact in facts if fact)


def _remarks(graph: Graph, node: Node) -> str:
    remarks = [
        f"{port} <- {graph.labels[source.key]} (upstream)"
        for port, source in node.inputs
        if port in node.upstream
    ]
    if node.lifted:
        remarks.append("for each example")
    return ", ".join(remarks)


def stage(graph: Graph, node: Node) -> str:
    """The right-hand side of the `let` that makes a node."""
    labels = {port: graph.labels[source.key] for port, source in node.inputs}
    piped = labels.pop(node.piped, "") if node.piped else ""
    match node.word:
        case "part":
            return f"{labels['whole']}.{written.name(node.operator.name)}"  # type: ignore[attr-defined]
        case "compute":
            inputs = [labels[f"in{number}"] for number in range(len(labels))]
            return written.formula(node.operator.formula.tree, inputs)  # type: ignore[attr-defined]
        case "where":
            return f"{piped} | where {node.operator.condition.text}"  # type: ignore[attr-defined]
        case "derive":
            columns = ", ".join(f"{name} = {formula.text}" for name, formula in node.operator.columns)  # type: ignore[attr-defined]
            return f"{piped} | derive {{ {columns} }}"
        case "assert":
            message = node.operator.message  # type: ignore[attr-defined]
            return f"assert {labels['holds']}" + (f", {quoted(message)}" if message else "")
        case "apply":
            return f"{piped} | {labels['model']}"
        case "given":
            return graph.labels[node.key]
    branches = {port.partition(".")[2]: label for port, label in labels.items() if "." in port}
    text = written.stage(node.operator, {port: label for port, label in labels.items() if "." not in port})
    if branches:
        text += " { " + ", ".join(f"{name} = {label}" for name, label in branches.items()) + " }"
    return f"{piped} | {text}" if piped else text


def as_program(graph: Graph) -> str:
    """A program that checks to the same graph."""
    lines: list[str] = []
    for path in dict.fromkeys(filter(None, (_file(node) for node in graph.nodes))):
        lines.append(f'use "{path}"')
    sources: dict[str, SourceSettings] = {}
    for settings in graph.sources:
        sources.setdefault(settings.name, settings)
    lines += [written.source(settings) for settings in sources.values()]
    lines += [
        f"# {graph.labels[node.key]}: {node.type} from Python" for node in graph if node.word == "given"
    ]
    named = [node for node in graph if node.word not in ("assert", "given") and not _is_constant(node)]
    lines += [f"let {graph.labels[node.key]} = {stage(graph, node)}" for node in named]
    needed = {node.key for node in named}
    for name, node in graph.names.items():
        if node.key in needed and name != graph.labels[node.key] and name not in graph.spoken:
            lines.append(f"let {name} = {graph.labels[node.key]}")
    for result in graph.results:
        node = result.node
        unnamed = node.word == "assert" or _is_constant(node)
        lines.append(stage(graph, node) if unnamed else graph.labels[node.key])
    return "\n".join(lines) + "\n"


def _is_constant(node: Node) -> bool:
    return node.word == "compute" and not node.inputs


def _file(node: Node) -> str | None:
    """The Python file that a program `use`d for an operator."""
    module = type(node.operator).__module__
    return sys.modules[module].__file__ if module.startswith("seisdsl_used_") else None


def as_data(graph: Graph) -> dict[str, Any]:
    nodes = []
    for node in graph.nodes:
        operator = type(node.operator)
        parameters = operator.parameters()
        nodes.append(
            {
                "name": graph.labels[node.key],
                "key": node.key,
                "operator": node.word,
                "version": operator.version,
                "parameters": {
                    name: written.written(value, parameters[name].type)
                    for name, value in dict(node.operator).items()
                    if value is not None
                    and name in parameters
                    and node.word not in ("compute", "derive", "given")
                },
                "inputs": {port: graph.labels[source.key] for port, source in node.inputs},
                "upstream": sorted(node.upstream),
                "lifted": node.lifted,
                "type": str(node.type),
                "rate": node.facts.rate,
                "simulated": node.facts.simulated,
                "place": str(node.place),
                "text": stage(graph, node),
            }
        )
    return {"nodes": nodes, "runs": [graph.labels[result.node.key] for result in graph.results]}


def as_json(graph: Graph) -> str:
    return json.dumps(as_data(graph), indent=2)


def as_mermaid(graph: Graph) -> str:
    ids = {node.key: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["flowchart TD"]
    for node in graph.nodes:
        lines.append(
            f'  {ids[node.key]}["{_mermaid_text(_title(graph, node))}<br/>{_mermaid_text(_gives(node))}"]'
        )
    for node in graph.nodes:
        for port, source in node.inputs:
            arrow = "-.->" if port in node.upstream else "-->"
            label = "" if port == node.piped else f"|{_mermaid_text(port)}|"
            lines.append(f"  {ids[source.key]} {arrow}{label} {ids[node.key]}")
    return "\n".join(lines)


def _mermaid_text(text: str) -> str:
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")


def _title(graph: Graph, node: Node) -> str:
    """A node without the names of its inputs, which its arrows show."""
    return stage(graph, node).rpartition(" | ")[2] if node.piped else stage(graph, node)


def as_dot(graph: Graph) -> str:
    lines = ["digraph seis {", "  rankdir=TB; node [shape=box];"]
    ids = {node.key: f"n{number}" for number, node in enumerate(graph.nodes)}
    for node in graph.nodes:
        label = json.dumps(f"{_title(graph, node)}\n{_gives(node)}", ensure_ascii=False)
        lines.append(f"  {ids[node.key]} [label={label}];")
    for node in graph.nodes:
        for port, source in node.inputs:
            style = ["style=dashed"] if port in node.upstream else []
            style += [] if port == node.piped else [f"label={json.dumps(port)}"]
            extra = f" [{', '.join(style)}]" if style else ""
            lines.append(f"  {ids[source.key]} -> {ids[node.key]}{extra};")
    return "\n".join([*lines, "}"])
