"""What the operator at the cursor takes, and which of it is being written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from seisdsl.assist.document import Document
from seisdsl.assist.here import Called, Here, called, here, parameter_label, reading


@dataclass(frozen=True)
class Signature:
    """`label` holds each of `parameters`; `active` is the one at the cursor, `line` its help."""

    label: str
    parameters: tuple[str, ...]
    active: int | None
    line: str


def signature(
    text: str, at: int, *, folder: Path | None = None, document: Document | None = None
) -> Signature | None:
    """The signature of the innermost operator that the cursor is in the arguments of."""
    with reading:
        place = here(text, at, document or folder)
        if place.cursor.silent:
            return None
        return _innermost(place)


def _innermost(place: Here) -> Signature | None:
    for frame in reversed(place.cursor.frames):
        word = frame.word or (place.cursor.word if not frame.stage else "")
        one = called(word, place.scope) if word else None
        if one is None:
            continue
        parameter = one.at(frame) if frame.word else None
        typed = place.cursor.word if frame is place.cursor.frame and frame.word else ""
        meant = [name for name in one.parameters if typed and name.startswith(typed)]
        if len(meant) == 1 and frame.arguments().pending is None:
            parameter = one.parameters[meant[0]]
        return _signature(one, parameter.name if parameter else frame.arguments().pending)
    return None


def _signature(one: Called, at_hand: str | None) -> Signature:
    labels = {name: parameter_label(parameter) for name, parameter in one.parameters.items()}
    labels |= {port.name: f"{port.name}: {port.type}" for port in one.ports.values()}
    label = " ".join([one.word, *(f"[{shown}]" for shown in labels.values()), one.pipes])
    names = list(labels)
    active = names.index(at_hand) if at_hand in names else None
    help = one.parameters[at_hand].help if at_hand in one.parameters else ""
    line = f"{at_hand}: {help}" if help else one.summary
    return Signature(label, tuple(labels.values()), active, line)
