"""Pipes that do not fit: what reads what is piped, and where the stage may have been meant."""

from __future__ import annotations

from collections.abc import Iterable

from seisdsl.diagnostics import Diagnostic, problem
from seisdsl.language.calls import Bound
from seisdsl.language.convert import words
from seisdsl.language.suggest import listing
from seisdsl.language.types import Type, Var, filled, is_a, unify
from seisdsl.language.values import Flowing, OperatorValue
from seisdsl.operator import Operator, Port, Registry
from seisdsl.source import Place


def reading(given: Type, registry: Registry) -> list[str]:
    """Operators that read a type, those made for it before those that read much."""
    fits: list[tuple[int, str]] = []
    for operator in registry.distinct():
        wanted = [read for read in operator.reads() if is_a(given, read)]
        if wanted:
            general = all(isinstance(read, Var) or read.name != given.name for read in wanted)
            fits.append((general, operator.word))
    return [word for _, word in sorted(fits, key=lambda fit: (fit[0], fit[1].lower()))]


def cannot_read(operator: type[Operator], piped: Flowing, place: Place, registry: Registry) -> Diagnostic:
    word = operator.word
    notes = []
    parts = [name for name, of in piped.type.fields if any(is_a(of, read) for read in operator.reads())]
    fits = [name for name in reading(piped.type, registry) if name != word]
    fix = None
    if parts:
        notes.append(f"one of its parts can be piped: {', '.join(f'`….{name}`' for name in parts)}")
    elif fits:
        notes.append(f"these read {piped.type}: {listing(fits)}")
    if not parts:
        fix = _earlier(operator, piped) or _between(operator, piped, registry)
    return problem(
        "pipe",
        f"`{word}` cannot read {words(piped.type)}",
        place,
        f"reads {readable(operator.reads())}",
        also=[(piped.place, f"gives {words(piped.type)}")],
        notes=notes,
        fix=fix,
    )


def branch_cannot_read(
    operator: type[Operator], name: str, reads: Type, value: Flowing, registry: Registry
) -> Diagnostic:
    last = _leading(value.type, [reads], registry)
    return problem(
        "pipe",
        f"`{operator.word}` reads {reads}, and its `{name}` gives {words(value.type)}",
        value.place,
        f"gives {words(value.type)}",
        fix=f"go on with {_one_of(last)}" if last else None,
    )


def does_not_go_with(
    operator: type[Operator], name: str, bound: Bound, piped: Flowing, registry: Registry
) -> Diagnostic:
    """An argument whose type does not go with what is piped."""
    value, place = bound.values[name], bound.places[name]
    of = piped.type.args[0] if piped.type.args else piped.type
    fits = []
    if isinstance(value, OperatorValue):
        fits = [word for word in reading(of, registry) if of in registry[word].reads()]
        label = f"reads {readable(value.operator.reads())}"
        said = f"`{value.operator.word}`"
    else:
        label, said = str(value.type), f"`{name}`"
    return problem(
        "pipe",
        f"{said} does not go with the {piped.type} that `{operator.word}` is given",
        place,
        label,
        also=[(piped.place, f"gives {piped.type}")],
        notes=[f"these read {of}: {listing(fits)}"] if fits else [],
    )


def readable(types: Iterable[Type]) -> str:
    return " or ".join(dict.fromkeys(map(str, types))) or "nothing"


def _earlier(operator: type[Operator], piped: Flowing) -> str | None:
    """Put it before the stage that used up what it reads."""
    after = piped
    for value in piped.chain[1:]:
        if any(is_a(of, read) for read in operator.reads() for of in (value.type, *value.type.args[:1])):
            stage = after.place.text.split()[0]
            if stage == operator.word:
                return "leave it out: it has been applied already"
            return f"did you mean to put `{operator.word}` before `{stage}`?"
        after = value
    return None


def _between(operator: type[Operator], piped: Flowing, registry: Registry) -> str | None:
    """Operators, or two in a row, that lead from what is piped to what is read."""
    reads = [read for read in operator.reads() if not isinstance(read, Var) or read.bound]
    last = _leading(piped.type, reads, registry)
    if last:
        return f"{_one_of(last)} goes between: it turns {piped.type} into {readable(reads)}"
    for first in _leading(piped.type, None, registry):
        for between in outcome(registry[first], piped.type):
            if second := _leading(between, reads, registry):
                return f"`{first} | {second[0]}` goes between"
    return None


def _one_of(operators: list[str]) -> str:
    ticked = [f"`{word}`" for word in operators]
    if len(ticked) == 1:
        return ticked[0]
    return "one of " + listing(ticked, 5)


def _leading(given: Type, wanted: list[Type] | None, registry: Registry) -> list[str]:
    """Operators that make something else of a type, and what is wanted where that is said."""
    found = []
    for operator in registry.distinct():
        for result in outcome(operator, given):
            changed = not isinstance(result, Var) and not is_a(result, given)
            if changed and (wanted is None or any(is_a(result, want) for want in wanted)):
                found.append(operator.word)
                break
    return found


def outcome(operator: type[Operator], piped: Type | None) -> list[Type]:
    """What an operator gives for what is piped into it; nothing where it does not read that."""
    results = []
    for signature in operator.signatures():
        port = signature.piped
        if port is None or piped is None:
            if port is None and piped is None:
                results.append(signature.gives)
            continue
        known = unify(port.type, piped, {})
        if known is not None:
            results.append(filled(signature.gives, known))
    return results


def nothing_upstream(
    operator: type[Operator], port: Port, place: Place, piped: Flowing | None, registry: Registry
) -> Diagnostic:
    also = []
    if piped is not None:
        first = piped.chain[-1]
        also = [(first.place, f"the pipeline begins with {first.type}")]
    return problem(
        "pipe",
        f"`{operator.word}` also needs {port.type}, and no earlier stage gives it",
        place,
        also=also,
        fix=f"name it: `{operator.word} {port.name}=…`",
    )
