"""Nodes that the checker makes itself: arithmetic on results, parts of records, models applied."""

from __future__ import annotations

from seisdsl.language import (
    connect,
)
from seisdsl.language.formula import Formula
from seisdsl.language.scope import Scope
from seisdsl.language.types import RECORD, Type, is_a
from seisdsl.language.types import Value as Flows
from seisdsl.language.values import Flowing, Value
from seisdsl.operator import Facts
from seisdsl.source import Place
from seisdsl.syntax import tree


def built_in(
    word: str,
    scope: Scope,
    place: Place,
    inputs: dict[str, Flowing],
    gives: Type,
    facts: Facts | None = None,
    piped: str | None = None,
    lifted: bool = False,
    **parameters: object,
) -> Flowing:
    """A node of an operator that has no name to call."""
    before = inputs[piped] if piped else None
    facts = facts or Facts()
    facts = facts.but(simulated=facts.simulated or any(value.facts.simulated for value in inputs.values()))
    one = None
    if all(value.node is not None for value in inputs.values()):
        operator = scope.session.registry[word](**parameters)
        nodes = {name: value.node for name, value in inputs.items() if value.node}
        one = scope.session.builder.node(
            operator, nodes, type=gives, facts=facts, place=place, lifted=lifted, piped=piped
        )
    return Flowing(gives, facts, place, one, before)


def compute(formula: Formula, inputs: list[Flowing], scope: Scope, place: Place) -> Flowing:
    named = {f"in{number}": value for number, value in enumerate(inputs)}
    return built_in("compute", scope, place, named, formula.type, formula=formula)


def part(value: Flowing, name: str, of: Type, scope: Scope, place: Place) -> Flowing:
    """A field of a record; of a record just made, the field itself."""
    if value.node is not None and value.type.name == RECORD.name:
        for port, source in value.node.inputs:
            if port.partition(".")[2] == name and value.node.word in ("fork", "record"):
                return Flowing(of, source.facts, place, source)
    kind = Flows.kinds.get(of.name)
    columns = value.facts.columns or getattr(kind, "COLUMNS", None)
    facts = Facts(rate=value.facts.rate, simulated=value.facts.simulated, columns=columns)
    return built_in("part", scope, place, {"whole": value}, of, facts, name=name)


def apply_model(model: Flowing, node: tree.Node, scope: Scope, piped: Flowing) -> Value:
    reads, gives = model.type.args if len(model.type.args) == 2 else (RECORD, RECORD)
    place = scope.place(node)
    lifted = piped.type.name == "Examples" and not is_a(piped.type, reads)
    given = piped.type.args[0] if lifted and piped.type.args else piped.type
    if not is_a(given, reads):
        scope.fault(
            "pipe",
            f"this model cannot read {piped.type}",
            node,
            f"reads {reads}",
            also=[(piped.place, f"gives {piped.type}")],
        )
        return connect.typed(gives, place, piped)
    result = Type("Examples", (gives,)) if lifted else gives
    return built_in(
        "apply",
        scope,
        place,
        {"value": piped, "model": model},
        result,
        Facts(rate=piped.facts.rate, simulated=piped.facts.simulated),
        piped="value",
        lifted=lifted,
    )
