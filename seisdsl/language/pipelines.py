"""Pipelines: each stage checked against what is piped into it, and made a node of the graph."""

from __future__ import annotations

from seisdsl.diagnostics import Fix
from seisdsl.language import (
    binding,
    connect,
    convert,
    definitions,
    holes,
    literals,
    made,
    names,
    slips,
    tables,
)
from seisdsl.language.calls import Callee
from seisdsl.language.scope import Def, Let, Module, Scope
from seisdsl.language.values import Flowing, OperatorValue, Poison, SourceValue, Text, Value
from seisdsl.operator import Operator
from seisdsl.source import Span
from seisdsl.syntax import tree


def pipeline(node: tree.Pipeline, scope: Scope, piped: Flowing | None) -> Value:
    """The value at the end of a pipeline; `piped` flows into its first stage."""
    value: Value = piped if piped is not None else Poison()
    for number, part in enumerate(node.parts):
        first = number == 0 and piped is None
        if isinstance(part, tree.Hole):
            following = node.parts[number + 1] if number + 1 < len(node.parts) else None
            value = holes.answer(part, None if first else value, following, scope)
            continue
        if first:
            value = stage(part, scope, None)
            continue
        if isinstance(value, Poison) and isinstance(node.parts[number - 1], tree.Sweep):
            return value
        if not isinstance(value, Flowing):
            value = _after_constant(value, part, node.parts[number - 1], scope)
            continue
        value = stage(part, scope, value)
    return value


def _after_constant(value: Value, part: tree.Stage, before: tree.Stage, scope: Scope) -> Value:
    """What follows a value that cannot flow; its own arguments are still checked."""
    if not isinstance(value, Poison):
        _nothing_flows(value, before, scope)
    operator = None
    if isinstance(part, tree.Call | tree.Path):
        path = part.path if isinstance(part, tree.Call) else part
        operator = operator_named(path, scope)
    if operator is None or not isinstance(part, tree.Call | tree.Path):
        return Poison()
    given = part.arguments if isinstance(part, tree.Call) else ()
    binding.bind(callee(operator), given, scope, part, None)
    return connect.typed(operator.signatures()[0].gives, scope.place(part), None)


def _nothing_flows(value: Value, node: tree.Node, scope: Scope) -> None:
    place = scope.place(node)
    if isinstance(value, SourceValue):
        names.source_alone(node, scope)
        return
    notes = ["a pipeline starts with an operator that gives data, as `stream S-net`"]
    fix = None
    if isinstance(value, Text) and isinstance(node, tree.String):
        fix = Fix(f"to read a file, write `read {place.text}`", place, f"read {place.text}")
    message = f"`{place.text}` is {convert.words(value.type)}, and nothing flows from it"
    scope.fault("pipe", message, place, notes=[] if fix else notes, fix=fix)


def stage(node: tree.Stage, scope: Scope, piped: Flowing | None) -> Value:
    if fault := slips.slip(node, scope, piped):
        scope.report(fault)
        return Poison()
    match node:
        case tree.Where() | tree.Derive():
            return tables.stage(node, scope, piped)
        case tree.Sweep():
            return tables.sweep(node, scope, piped)
        case tree.Call():
            return _call(node.path, node.arguments, node, scope, piped)
        case tree.Path() if piped is not None or _is_call(node, scope):
            return _call(node, (), node, scope, piped)
        case tree.Hole() if piped is None:
            return holes.answer(node, None, None, scope)
        case tree.Group() if piped is not None:
            return pipeline(node.pipeline, scope, piped)
    if piped is None:
        return literals.evaluate(node, scope)
    text = scope.source[node.span]
    fix = None
    if isinstance(node, tree.String):
        fix = Fix(f"to write a file, write `save {text}`", scope.place(node), f"save {text}")
    scope.fault("pipe", f"`{text}` is no operator, and nothing can be piped into it", node, fix=fix)
    return Poison()


def _is_call(node: tree.Path, scope: Scope) -> bool:
    binding = scope.find(node.parts[0].text)
    if len(node.parts) > 1:
        binding = binding.names.get(node.parts[1].text) if isinstance(binding, Module) else None
        return isinstance(binding, Def | type)
    return isinstance(binding, Def | type) or (binding is None and operator_named(node, scope) is not None)


def operator_named(path: tree.Path, scope: Scope) -> type[Operator] | None:
    """The operator a name stands for, if it does."""
    binding = scope.find(path.parts[0].text)
    if isinstance(binding, Module) and len(path.parts) == 2:
        binding = binding.names.get(path.parts[1].text)
    elif len(path.parts) > 1:
        return None
    if isinstance(binding, type):
        return binding
    if isinstance(binding, Let) and isinstance(binding.value, OperatorValue):
        return binding.value.operator
    if binding is not None:
        return None
    found = scope.session.registry.get(str(path))
    return None if found is None or found.internal else found


def callee(operator: type[Operator]) -> Callee:
    ports = {port.name: port for signature in operator.signatures() for port in signature.ports}
    branches = next((port.name for port in ports.values() if port.kind == "branches"), None)
    named = {name: port for name, port in ports.items() if port.kind in ("named", "upstream")}
    either = branches is not None and any(s.piped for s in operator.signatures())
    return Callee(operator.word, operator.parameters(), named, branches, either, example=operator.example)


def _call(
    path: tree.Path,
    given: tuple[tree.Expression | tree.Named, ...],
    node: tree.Node,
    scope: Scope,
    piped: Flowing | None,
) -> Value:
    binding = scope.find(path.parts[0].text)
    if isinstance(binding, Module) and len(path.parts) > 1:
        binding = binding.names.get(path.parts[1].text)
    if isinstance(binding, Def):
        return definitions.opened(binding, path, given, node, scope, piped)
    operator = operator_named(path, scope)
    if operator is None:
        return _value_in_stage(path, given, node, scope, piped)
    preset: tuple[tuple[str, Value], ...] = ()
    if isinstance(binding, Let) and isinstance(binding.value, OperatorValue):
        preset = binding.value.given
    return connect.apply(operator, given, node, _named_part(path, given), scope, piped, preset)


def _named_part(path: tree.Path, given: tuple[tree.Expression | tree.Named, ...]) -> Span:
    """What a message underlines of a stage: its name, and a name that follows, as `stream S-net`."""
    first = given[0] if given else None
    return Span(path.span.start, first.span.end if isinstance(first, tree.Path) else path.span.end)


def _value_in_stage(
    path: tree.Path,
    given: tuple[tree.Expression | tree.Named, ...],
    node: tree.Node,
    scope: Scope,
    piped: Flowing | None,
) -> Value:
    """A name that is no operator stands where an operator was expected: a model, or a mistake."""
    bound = scope.find(path.parts[0].text)
    if bound is None:
        names.unknown(path, scope, stage=True)
        return Poison()
    value = names.named(path, scope)
    if isinstance(value, Poison):
        return value
    if isinstance(value, Flowing) and value.type.name == "Model" and piped is not None:
        return made.apply_model(value, node, scope, piped)
    text = scope.source[path.span]
    if isinstance(value, SourceValue):
        names.source_alone(path, scope)
        return Poison()
    first = given[0] if given else None
    after = scope.source[first.span] if first is not None else ""
    if after.startswith("-"):
        repair = f"{text} - {after[1:]}"
        scope.fault(
            "name",
            f"`{text}` is a value, not an operator",
            path,
            fix=Fix(f"to subtract, write `{repair}`", scope.place(node), repair),
        )
    elif piped is not None:
        scope.fault(
            "pipe",
            f"`{text}` is {convert.words(value.type)}, and nothing can be piped into it",
            path,
            also=[(value.place, "made here")] if isinstance(value, Flowing) else None,
        )
    else:
        scope.fault(
            "name", f"`{text}` is {convert.words(value.type)}, not an operator: it takes no arguments", path
        )
    return Poison()
