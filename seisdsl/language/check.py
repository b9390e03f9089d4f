"""A program checked whole: its graph where it is sound, every fault of it where not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seisdsl.diagnostics import Diagnostic, Fix, problem
from seisdsl.graph import Graph
from seisdsl.language import (
    arguments,
    asked,
    convert,
    definitions,
    literals,
    pipelines,
    sources,
    uses,
)
from seisdsl.language.calls import declared
from seisdsl.language.declared import type_named
from seisdsl.language.given import scope_of, waves_in
from seisdsl.language.scope import Binding, Later, Let, Scope, Session
from seisdsl.language.suggest import listing, nearest
from seisdsl.language.types import INPUT_FILE, OUTPUT_FILE, TEXT, Type, is_a
from seisdsl.language.values import (
    Flowing,
    Poison,
    Text,
    Unset,
    Value,
)
from seisdsl.operator import Registry, registry
from seisdsl.source import Place, SourceText, Span
from seisdsl.syntax import tree
from seisdsl.syntax.parser import parse

OPTIONS = {"help", "device", "out", "json", "quiet", "debug", "mermaid", "dot", "program"}  # of the command


@dataclass(frozen=True)
class ProgramParameter:
    """A `param` of a program: what the command line may give."""

    name: str
    type: Type
    default: str
    help: str
    place: Place


@dataclass(frozen=True)
class Checked:
    """What checking found. `graph` is there where no fault is an error."""

    diagnostics: tuple[Diagnostic, ...]
    graph: Graph | None
    parameters: tuple[ProgramParameter, ...]
    scope: Scope

    @property
    def sound(self) -> bool:
        return not any(diagnostic.severity == "error" for diagnostic in self.diagnostics)


def check(
    source: SourceText,
    given: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
    operators: Registry | None = None,
    running: bool = False,
) -> Checked:
    """Check a program; `given` are its parameters as text, `values` records and other values from Python.

    Where it is `running`, a parameter without a value is a fault.
    """
    known = values or {}
    session = Session(operators or registry(), given=dict(given or {}), values=waves_in(known))
    if source.path:
        session.reading = (source.path.resolve(),)
    scope = Scope(session, source, outer=scope_of(known, session))
    program, faults = parse(source)
    session.findings.add(*faults)
    register(program, scope, bool(faults))
    parameters, results, sinks = [], [], []
    visited: set[str] = set()
    for statement in program.statements:
        match statement:
            case tree.Pipeline():
                results += asked.result(statement, scope)
            case tree.Assertion():
                results += asked.assertion(statement, scope)
            case tree.Parameter():
                parameters.append(_parameter(statement, scope, session.given, running))
            case _:
                _declare(statement, scope)
        if isinstance(statement, tree.Let):
            sinks += asked.sinks(scope.find(statement.name.text), visited)
    _unknown_parameters(session, parameters, scope)
    found = session.findings.sorted()
    sound = not session.findings.errors
    graph = None
    if sound:
        named = {
            name: binding.value.node
            for name, binding in scope.names.items()
            if isinstance(binding, Let) and isinstance(binding.value, Flowing) and binding.value.node
        }
        reached = {node.key for node in Graph(tuple(results)).nodes}
        results += [sink for sink in sinks if sink.node.key not in reached]
        warnings = tuple(d for d in found if d.severity == "warning")
        graph = Graph(tuple(results), named, warnings)
    return Checked(tuple(found), graph, tuple(parameters), scope)


def declarations(source: SourceText, session: Session) -> Scope:
    """The names that a used file gives; what it would run does not run."""
    scope = Scope(session, source)
    program, faults = parse(source)
    session.findings.add(*faults)
    register(program, scope, bool(faults))
    for statement in program.statements:
        if isinstance(statement, tree.Parameter):
            _parameter(statement, scope, {}, running=False)
        elif not isinstance(statement, tree.Pipeline | tree.Assertion):
            _declare(statement, scope)
    return scope


def statements(program: tree.Program, scope: Scope) -> None:
    """What was parsed of one piece of a text, its names known: editors keep what did not change."""
    for one in program.statements:
        match one:
            case tree.Pipeline():
                asked.result(one, scope)
            case tree.Assertion():
                asked.assertion(one, scope)
            case tree.Parameter():
                _parameter(one, scope, {}, running=False)
            case _:
                _declare(one, scope)


# Names ------------------------------------------------------------------------------------------


def _name_of(statement: tree.Statement) -> tree.Name | tree.String | None:
    if isinstance(statement, tree.Let | tree.Definition | tree.Parameter | tree.Source):
        return statement.name
    return None


def _plain(name: tree.Name | tree.String) -> str:
    return name.text[1:-1] if isinstance(name, tree.String) else name.text


_DECLARATION = re.compile(r'^(?:let|param|def|source)\s+(?:"([^"\n]+)"|([A-Za-z_][\w-]*))', re.MULTILINE)


def register(program: tree.Program, scope: Scope, broken: bool) -> None:
    """Note every name the file gives, so that one used too early is told from one unknown.

    The names of statements that did not parse stand for nothing, and nothing more is said of them.
    """
    if broken:
        for match in _DECLARATION.finditer(scope.source.text):
            place = scope.source.place(Span(*match.span(match.lastindex or 0)))
            scope.names[match[1] or match[2]] = Let(Poison(), place, filler=True)
    for statement in program.statements:
        name = _name_of(statement)
        if name is None:
            continue
        text = _plain(name)
        other = scope.names.get(text)
        if isinstance(other, Later):
            scope.fault(
                "name",
                f"`{text}` is defined twice",
                name,
                also=[(other.place, "first here")],
                notes=["a name stands for one value; choose another"],
            )
            continue
        scope.names[text] = Later(scope.place(name))
        if text in scope.session.registry and not scope.session.registry[text].internal:
            scope.report(
                problem(
                    "shadow",
                    f"`{text}` is also an operator; from here the name means this value",
                    scope.place(name),
                    notes=["choose another name to keep the operator"],
                    severity="warning",
                )
            )


def _declare(statement: tree.Statement, scope: Scope) -> None:
    match statement:
        case tree.Use():
            for name, binding in uses.use(statement, scope).items():
                _bind(name, binding, statement, scope)
        case tree.Source():
            name = _plain(statement.name)
            scope.names[name] = sources.declared(statement, name, scope)
        case tree.Let():
            scope.names[statement.name.text] = Let(_let(statement, scope), scope.place(statement.name))
        case tree.Definition():
            definition = definitions.declare(statement, scope)
            scope.names[statement.name.text] = definition
            if not definitions.check_body(definition):
                scope.session.unsound.add(str(definition.place))


def _bind(name: str, binding: Binding, statement: tree.Use, scope: Scope) -> None:
    if name in scope.names:
        other = scope.names[name]
        also = [] if isinstance(other, type) else [(other.place, "first here")] if other.place else []
        notes = ["give the file another name: `use … as …`"]
        scope.fault("name", f"`{name}` is defined twice", statement, also=also, notes=notes)
    elif isinstance(binding, type) and name in scope.session.registry:
        message = f"`{name}` takes the place of the installed operator of this name"
        scope.report(problem("shadow", message, scope.place(statement), severity="warning"))
    scope.names[name] = binding


def _let(statement: tree.Let, scope: Scope) -> Value:
    value = pipelines.pipeline(statement.value, scope, None)
    if statement.type is None or isinstance(value, Poison):
        return value
    wanted = type_named(statement.type, scope)
    if wanted.name == "?":
        return value
    name = statement.name.text
    if isinstance(value, Flowing):
        if not is_a(value.type, wanted):
            scope.fault(
                "type",
                f"`{name}` is declared as {wanted}, and its value is {convert.words(value.type)}",
                statement.value,
                str(value.type),
                also=[(scope.place(statement.type), str(wanted))],
            )
        return value
    taker = declared(name, scope.place(statement.type))
    only = statement.value.parts[0] if len(statement.value.parts) == 1 else statement.value
    return arguments.Argument(taker, name, wanted, scope, None).fitted(only, value)


# Parameters -------------------------------------------------------------------------------------


def _parameter(
    statement: tree.Parameter, scope: Scope, given: Mapping[str, str], running: bool
) -> ProgramParameter:
    name = statement.name.text
    if name in OPTIONS:
        notes = ["a parameter is given as `--name value`, beside the command's own options"]
        scope.fault(
            "param",
            f"`--{name}` is an option of `seis run`; choose another name",
            statement.name,
            notes=notes,
        )
    of = type_named(statement.type, scope) if statement.type else None
    value: Value = Poison()
    if statement.default is not None:
        if of is None:
            value = literals.evaluate(statement.default, scope)
            of = value.type
        else:
            value = _as_declared(statement.default, name, of, scope, statement.type)
    elif of is None:
        scope.fault(
            "def", f"`{name}` needs a type or a default", statement.name, notes=["as in `param day: Date`"]
        )
        of = Type("?")
    elif running and name not in given:
        fix = f"run it with `--{name} …`, {convert.words(of)}"
        scope.fault("param", f"`{name}` must be given", statement.name, fix=fix)
    elif of.name != "?":
        value = Unset(name, of)
    if name in given and of.name != "?":
        value = _from_text(given[name], name, of, scope)
    scope.names[name] = Let(value, scope.place(statement.name), filler=True)
    default = scope.source[statement.default.span] if statement.default else ""
    return ProgramParameter(name, of, default, statement.doc, scope.place(statement.name))


def _as_declared(
    node: tree.Expression, name: str, of: Type, scope: Scope, type_node: tree.Type | None = None
) -> Value:
    taker = declared(name, scope.place(type_node) if type_node else None)
    return arguments.Argument(taker, name, of, scope, None).read(node)


def _from_text(text: str, name: str, of: Type, scope: Scope) -> Value:
    """A parameter as it was written on the command line."""
    if of in (TEXT, INPUT_FILE, OUTPUT_FILE):
        return Text(text)
    source = SourceText.of(f"({text})", f"--{name}")
    program, faults = parse(source)
    only = _only_expression(program) if not faults else None
    if only is None:
        place = source.place(Span(1, 1 + len(text)))
        scope.report(problem("value", f"--{name} takes {convert.words(of)}, and `{text}` is none", place))
        return Poison()
    return _as_declared(only, name, of, Scope(scope.session, source, outer=scope))


def _only_expression(program: tree.Program) -> tree.Expression | None:
    """What stands in the parentheses of a text that holds nothing else."""
    match program.statements:
        case (tree.Pipeline(parts=(tree.Group(pipeline=tree.Pipeline(parts=(only,))),)),):
            return None if isinstance(only, tree.Where | tree.Derive | tree.Sweep) else only
    return None


def _unknown_parameters(session: Session, known: list[ProgramParameter], scope: Scope) -> None:
    names = [parameter.name for parameter in known]
    for name in session.given:
        if name not in names:
            meant = nearest(name, names)
            fix = Fix(f"did you mean `--{meant}`?") if meant else None
            declare = f"it declares none; `param {name}: …` would"
            notes = [f"its parameters: {listing(names)}"] if names else [declare]
            scope.report(problem("param", f"the program has no parameter `--{name}`", notes=notes, fix=fix))
