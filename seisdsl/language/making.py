"""An operator made from its arguments, and what it says before it runs: facts, refusals, files."""

from __future__ import annotations

from pydantic import ValidationError

from seisdsl.diagnostics import problem
from seisdsl.language import convert
from seisdsl.language.calls import Bound
from seisdsl.language.refusal import near_file, repair_of
from seisdsl.language.scope import Scope
from seisdsl.language.types import Type
from seisdsl.language.types import Value as Flows
from seisdsl.language.values import Flowing, SourceValue
from seisdsl.operator import Facts, Files, Operator, Unsuitable
from seisdsl.source import Place, Span
from seisdsl.syntax import tree


def made(operator: type[Operator], bound: Bound, scope: Scope, place: Place) -> Operator | None:
    """The operator with its parameters; None where one of them is not known or not sound."""
    parameters = operator.parameters()
    given = {name: value for name, value in bound.values.items() if name in parameters}
    if not all(convert.settled(value) for value in given.values()):
        return None
    plain = {name: convert.python(value, parameters[name].type) for name, value in given.items()}
    try:
        return operator(**plain)
    except ValidationError as error:
        for fault in error.errors():
            name = str(fault["loc"][0]) if fault["loc"] else ""
            scope.fault(
                "value", str(fault["msg"]).removeprefix("Value error, "), bound.places.get(name, place)
            )
        return None


def facts(
    operator: type[Operator],
    made: Operator | None,
    gives: Type,
    piped: Flowing | None,
    bound: Bound,
    scope: Scope,
    node: tree.Node | Span,
) -> Facts | None:
    """What is known of the result; None where the operator refuses, which is reported."""
    before = piped.facts if piped else Facts()
    known = before if piped and piped.type == gives else Facts(simulated=before.simulated)
    if made is not None:
        try:
            if operator.facts is not Operator.facts:
                known = made.facts(before.but(kind=piped.type.name if piped else "")).but(kind="")
            files = made.files()
        except Unsuitable as refusal:
            given = bound.places.get(refusal.parameter)
            at = given or scope.place(node)
            also = []
            if piped and str(piped.facts):
                also = [(piped.place, f"{piped.type}, {piped.facts}")]
            if given is None:
                also += _declared(bound)
            fix = repair_of(refusal, given)
            scope.fault("value", refusal.message, at, also=also, notes=list(refusal.notes), fix=fix)
            return None
        if files.missing:
            _missing(files, made, bound, scope, node)
            return None
        if files.note and not scope.quiet:
            at = next(iter(bound.places.values()), scope.place(node))
            message = "there are no records for a part of this time"
            scope.report(problem("data", message, at, notes=[files.note], severity="warning"))
    kind = Flows.kinds.get(gives.name)
    own = getattr(kind, "COLUMNS", None)
    same_rows = piped is not None and piped.type.name == gives.name
    if own and (known.columns is None or (known.columns is before.columns and not same_rows)):
        return known.but(columns=dict(own))
    return known


def _missing(files: Files, made: Operator, bound: Bound, scope: Scope, node: tree.Node | Span) -> None:
    name = files.missing[0]
    named = (place for word, place in bound.places.items() if getattr(made, word, None) == name)
    first = next(iter(bound.places.values()), scope.place(node))
    also = _declared(bound)
    notes = [files.note] if files.note else []
    fix = near_file(name) if "://" not in name else "files are read from this machine: download it first"
    scope.fault("data", f"no file matches {name}", next(named, first), also=also, notes=notes, fix=fix)


def _declared(bound: Bound) -> list[tuple[Place, str]]:
    """Where the source that an operator was given is declared."""
    sources = [value for value in bound.values.values() if isinstance(value, SourceValue)]
    return [(source.place, "declared here") for source in sources if source.place]
