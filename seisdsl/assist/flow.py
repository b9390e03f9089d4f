"""What flows where: the values of a pipeline stage by stage, and what arrives at the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from seisdsl.assist.cursor import Cursor, Frame
from seisdsl.assist.document import Document
from seisdsl.diagnostics import Findings
from seisdsl.language import definitions, pipelines
from seisdsl.language.scope import Binding, Let, Scope
from seisdsl.language.types import Value as Flows
from seisdsl.language.values import Flowing, Poison, Unset, Value
from seisdsl.operator import Facts
from seisdsl.source import SourceText, Span
from seisdsl.syntax import tree
from seisdsl.syntax.parser import parse


@dataclass(frozen=True)
class Arrival:
    """What is known at the cursor: the names, and what is piped into each open bracket's stage."""

    scope: Scope
    piped: list[Value | None]

    @property
    def value(self) -> Flowing | None:
        last = self.piped[-1]
        return last if isinstance(last, Flowing) else None

    @property
    def follows(self) -> bool:
        """Whether something is piped there, known or not."""
        return self.piped[-1] is not None


def arrival(document: Document, at: int, text: str, cursor: Cursor) -> Arrival:
    """What arrives at a cursor in the statement at `at`."""
    scope = document.scope_at(at)
    session = scope.session
    kept, session.findings = session.findings, Findings()
    try:
        return _arrival(scope, text, cursor)
    finally:
        session.findings = kept


def _arrival(scope: Scope, text: str, cursor: Cursor) -> Arrival:
    piped: list[Value | None] = []
    for number, frame in enumerate(cursor.frames):
        entering: Value | None = None
        if number == 0 and frame.head and frame.head[0].kind == "DEF":
            scope, entering = _inside_definition(text[: frame.start], scope)
        elif number and _hands_on(frame, cursor.frames[number - 1]):
            entering = piped[-1]
        if frame.axes:
            place = scope.place(_nowhere)
            scope = scope.inside({name: Let(Poison(), place, filler=True) for name in frame.axes})
        piped.append(_through(frame.pipeline(text), scope, entering) if frame.pipes else entering)
    return Arrival(scope, piped)


_nowhere = Span(0, 0)


def _hands_on(frame: Frame, outer: Frame) -> bool:
    """Whether what is piped into a stage goes into a bracket of it: a branch, or a group."""
    if frame.opener == "LBRACE":
        return bool(frame.name) and outer.first == "NAME"
    return frame.opener == "LPAR" and len(outer.stage) == 1


def _through(stages: list[str], scope: Scope, entering: Value | None) -> Value:
    value = _each(stages, scope, entering)
    if isinstance(value, Poison) and entering is not None:
        return _each(stages, scope, None)  # a branch that begins with a value of its own
    return value


def _each(stages: list[str], scope: Scope, value: Value | None) -> Value:
    for text in stages:
        node = _stage(text)
        if node is None:
            return Poison()
        here = scope.inside(source=SourceText(scope.source.name, f"({text}\n)", scope.source.path))
        value = step(node, here, value)
    return value if value is not None else Poison()


def step(node: tree.Pipeline, scope: Scope, piped: Value | None) -> Value:
    """What one stage gives for what is piped into it."""
    if isinstance(piped, Poison):
        return pipelines.pipeline(tree.Pipeline(node.span, (_before, *node.parts)), scope, None)
    return pipelines.pipeline(node, scope, piped if isinstance(piped, Flowing) else None)


_before = tree.Hole(Span(0, 0))


@lru_cache(maxsize=512)
def _stage(text: str) -> tree.Pipeline | None:
    """A stage by itself; of one that cannot be read, its operator alone."""
    for written in (text, *text.split()[:1]):
        program, faults = parse(SourceText("", f"({written}\n)"))
        match program.statements:
            case (tree.Pipeline(parts=(tree.Group(pipeline=only),)),) if not faults:
                return only
    return None


def _inside_definition(head: str, scope: Scope) -> tuple[Scope, Value | None]:
    """The names and the input of a definition's body, from what stands before it."""
    source = SourceText(scope.source.name, f"{head.lstrip()} 1\n", scope.source.path)
    program, faults = parse(source)
    match program.statements:
        case (tree.Definition() as node,) if not faults:
            return definition_scope(node, scope.inside(source=source))
    return scope, None


def definition_scope(node: tree.Definition, scope: Scope) -> tuple[Scope, Value | None]:
    """The names that a definition's body knows, and what is piped into it."""
    definition = definitions.declare(node, scope)
    names: dict[str, Binding] = {}
    for argument in node.arguments.parts:
        parameter = definition.parameters[argument.name.text]
        place = scope.place(argument.name)
        value: Value = Unset(parameter.name, parameter.type)
        if parameter.type.name in Flows.kinds:
            value = Flowing(parameter.type, _facts(parameter.type.name), place)
        names[parameter.name] = Let(value, place, filler=True)
    inner = scope.inside(names)
    if definition.reads is None:
        return inner, None
    of = definition.reads
    return inner, Flowing(of, _facts(of.name), definition.place)


def _facts(kind: str) -> Facts:
    return Facts(kind=kind, columns=getattr(Flows.kinds.get(kind), "COLUMNS", None) or None)


def stages(
    node: tree.Pipeline, scope: Scope, piped: Value | None
) -> Iterator[tuple[tree.Stage, Value | None, Value]]:
    """Each stage with what is piped into it and what it gives, those in brackets too."""
    value = piped
    for part in node.parts:
        before = value
        value = step(tree.Pipeline(part.span, (part,)), scope, before)
        yield part, before, value
        yield from _within(part, scope, before)


def _within(
    part: tree.Stage, scope: Scope, piped: Value | None
) -> Iterator[tuple[tree.Stage, Value | None, Value]]:
    match part:
        case tree.Group():
            yield from stages(part.pipeline, scope, piped)
        case tree.Call():
            for argument in part.arguments:
                value = argument.value if isinstance(argument, tree.Named) else argument
                if isinstance(value, tree.Record):
                    for one in value.parts:
                        entering = piped
                        if piped is not None:
                            alone = step(tree.Pipeline(one.span, one.value.parts[:1]), scope, None)
                            entering = None if isinstance(alone, Flowing) and alone.node else piped
                        yield from stages(one.value, scope, entering)
                elif isinstance(value, tree.Group):
                    yield from stages(value.pipeline, scope, None)
        case tree.Sweep() if isinstance(part.body, tree.Group):
            names: dict[str, Binding] = {
                axis.name.text: Let(_first(axis.values, scope), scope.place(axis.name), filler=True)
                for axis in part.axes
            }
            yield from stages(part.body.pipeline, scope.inside(names), piped)


def _first(values: tree.Expression, scope: Scope) -> Value:
    match values:
        case tree.List(parts=(first, *_)):
            return pipelines.pipeline(first, scope, None)
    return Poison()
