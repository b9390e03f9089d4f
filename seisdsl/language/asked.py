"""What a program asks for: bare pipelines, assertions, and sinks on the way of a `let`."""

from __future__ import annotations

from seisdsl.diagnostics import problem
from seisdsl.graph import Result
from seisdsl.language import (
    convert,
    literals,
    made,
    names,
    pipelines,
    texts,
)
from seisdsl.language.formula import Formula
from seisdsl.language.scope import Binding, Let, Scope
from seisdsl.language.types import Type
from seisdsl.language.values import (
    Flowing,
    Instant,
    Poison,
    Quantity,
    SourceValue,
    Text,
    Truth,
    Unset,
    shown,
)
from seisdsl.syntax import tree


def sinks(binding: Binding | None, visited: set[str]) -> list[Result]:
    """What a `let` writes or shows on its way: that is asked for, whoever uses the name."""
    value = binding.value if isinstance(binding, Let) else None
    waiting = [value.node] if isinstance(value, Flowing) and value.node else []
    found: list[Result] = []
    while waiting:
        node = waiting.pop()
        if node.key not in visited:
            visited.add(node.key)
            waiting += [source for _, source in node.inputs]
            if node.operator.sink and not node.operator.internal:
                found.insert(0, Result(node, node.place))
    return found


def result(statement: tree.Pipeline, scope: Scope) -> list[Result]:
    value = pipelines.pipeline(statement, scope, None)
    place = scope.place(statement)
    if isinstance(value, Quantity | Instant | Text | Truth):
        said = value.text if isinstance(value, Text) else shown(value)
        formula = Formula(("value", said), "text", said)
        value = made.compute(formula, [], scope, place)
    if isinstance(value, Flowing):
        return [Result(value.node, place)] if value.node else []
    if isinstance(value, SourceValue):
        names.source_alone(statement, scope)
    elif not isinstance(value, Poison | Unset):
        scope.report(
            problem(
                "unused",
                "this value is not used",
                place,
                severity="warning",
                notes=["give it a name with `let`"],
            )
        )
    return []


def assertion(statement: tree.Assertion, scope: Scope) -> list[Result]:
    value = literals.evaluate(statement.condition, scope)
    message = texts.text_of(statement.message, scope) if statement.message else Text("")
    place = scope.place(statement)
    if isinstance(value, Poison | Unset) or not isinstance(message, Text):
        return []
    text = scope.source[statement.condition.span]
    if isinstance(value, Truth):
        if not value.true:
            notes = [message.text] if message.text else []
            scope.fault("assert", f"`{text}` does not hold", statement.condition, notes=notes)
        return []
    if not isinstance(value, Flowing) or value.type.name != "Boolean":
        scope.fault(
            "type",
            f"`assert` needs a condition, found {convert.words(value.type)}",
            statement.condition,
            notes=["as in `assert found > 3`"],
        )
        return []
    inputs, formula = {"holds": value}, None
    if value.node is not None and value.node.word == "compute":
        formula = value.node.operator.formula  # type: ignore[attr-defined]
        inputs |= {port: Flowing(one.type, one.facts, one.place, one) for port, one in value.node.inputs}
    claim = made.built_in(
        "assert", scope, place, inputs, Type("Boolean"), formula=formula, message=message.text
    )
    return [Result(claim.node, place)] if claim.node else []
