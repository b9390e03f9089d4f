"""The answer to `?`: each operator that fits, with what it does."""

from __future__ import annotations

from collections.abc import Iterator

from seisdsl.commands.reference import brief
from seisdsl.language import holes, pipelines
from seisdsl.language.scope import Scope
from seisdsl.language.types import Type
from seisdsl.language.values import Flowing
from seisdsl.repl.session import Entry
from seisdsl.syntax import tree
from seisdsl.syntax.parser import parse


def fits(entry: Entry) -> Iterator[str]:
    """Lines on the operators that fit into the holes of an entry."""
    program, _ = parse(entry.whole)
    for statement in program.statements:
        pipeline = statement.value if isinstance(statement, tree.Let) else statement
        if isinstance(pipeline, tree.Pipeline) and entry.holds(entry.whole.place(pipeline.span)):
            for number, part in enumerate(pipeline.parts):
                if isinstance(part, tree.Hole):
                    yield from _lines(pipeline, number, entry.checked.scope)


def _lines(pipeline: tree.Pipeline, number: int, scope: Scope) -> Iterator[str]:
    before = tree.Pipeline(pipeline.span, pipeline.parts[:number])
    value = pipelines.pipeline(before, scope.inside(quiet=True), None) if number else None
    reads: Type | None = value.type if isinstance(value, Flowing) else None
    if number and reads is None:
        return
    following = pipeline.parts[number + 1] if number + 1 < len(pipeline.parts) else None
    words = holes.fitting(reads, holes.wanted_by(following, scope), scope)
    width = max(map(len, words), default=0)
    for word in words:
        operator = scope.session.registry[word]
        yield f"  {word:<{width}}  {brief(operator)}"
        yield f"  {'':<{width}}    {operator.summary()}"
