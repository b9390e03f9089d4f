"""The types that flow in a program, to be shown at the end of each stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from seisdsl.assist import flow
from seisdsl.assist.document import Document, Statement
from seisdsl.assist.here import reading
from seisdsl.diagnostics import Findings
from seisdsl.language.values import Flowing
from seisdsl.syntax import tree


@dataclass(frozen=True)
class Hint:
    """What flows on from an offset; `more` is what is known beyond its type."""

    at: int
    label: str
    more: str = ""


def hints(document: Document, start: int, end: int) -> list[Hint]:
    """What the stages that end in [start, end] give."""
    with reading:
        found = [
            hint
            for statement in document.statements
            if statement.source.start <= end and start <= statement.source.end
            for hint in _of(document, statement)
        ]
    return [one for one in found if start <= one.at <= end]


def _of(document: Document, statement: Statement) -> Iterator[Hint]:
    node = statement.tree
    scope = document.scope_at(statement.source.start)
    session = scope.session
    kept, session.findings = session.findings, Findings()
    try:
        entering = None
        body = node
        if isinstance(node, tree.Let):
            body = node.value
        elif isinstance(node, tree.Definition):
            body = node.body
            scope, entering = flow.definition_scope(node, scope)
        if not isinstance(body, tree.Pipeline) or (len(body.parts) < 2 and entering is None):
            return
        for part, _, gives in flow.stages(body, scope, entering):
            if isinstance(gives, Flowing):
                simulated = "simulated" if gives.facts.simulated else ""
                more = ", ".join(filter(None, [str(gives.facts), simulated]))
                at = statement.source.start + part.span.end
                yield Hint(at, str(gives.type), more)
    finally:
        session.findings = kept
