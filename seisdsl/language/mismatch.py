"""Pipes that do not fit: what reads what is piped, and where the stage may have been meant."""

from __future__ import annotations

from collections.abc import Iterable

from seisdsl.diagnostics import Diagnostic, problem
from seisdsl.language.suggest import listing
from seisdsl.language.types import Type, Var, is_a
from seisdsl.language.values import Flowing
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
    fits = [name for name in reading(piped.type, registry) if name != word]
    if fits:
        notes.append(f"these read {piped.type}: {listing(fits)}")
    return problem(
        "pipe",
        f"`{word}` cannot read {piped.type}",
        place,
        f"reads {readable(operator.reads())}",
        also=[(piped.place, f"gives {piped.type}")],
        notes=notes,
        fix=_earlier(operator, piped) or _between(operator, piped, registry),
    )


def readable(types: Iterable[Type]) -> str:
    return " or ".join(dict.fromkeys(map(str, types))) or "nothing"


def _earlier(operator: type[Operator], piped: Flowing) -> str | None:
    """Put it before the stage that used up what it reads."""
    after = piped
    for value in piped.chain[1:]:
        if any(is_a(value.type, read) for read in operator.reads()):
            stage = after.place.text.split()[0]
            if stage == operator.word:
                return None
            return f"did you mean to put `{operator.word}` before `{stage}`?"
        after = value
    return None


def _between(operator: type[Operator], piped: Flowing, registry: Registry) -> str | None:
    """An operator that leads from what is piped to what is read."""
    for other in registry.distinct():
        if any(is_a(piped.type, read) for read in other.reads()):
            for signature in other.signatures():
                if not isinstance(signature.gives, Var) and any(
                    is_a(signature.gives, read) for read in operator.reads() if not isinstance(read, Var)
                ):
                    return f"`{other.word}` goes between: it turns {piped.type} into {signature.gives}"
    return None


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
