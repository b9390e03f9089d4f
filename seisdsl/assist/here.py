"""The program around a cursor: what is known of it, kept from one keystroke to the next."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from seisdsl.assist.cursor import Cursor, Frame, cursor
from seisdsl.assist.document import Document
from seisdsl.assist.flow import Arrival, arrival
from seisdsl.language import pipelines
from seisdsl.language.convert import words
from seisdsl.language.mismatch import readable
from seisdsl.language.scope import Binding, Def, Module, Scope
from seisdsl.language.types import Type, Value
from seisdsl.operator import Operator, Parameter, Port

reading = threading.RLock()  # a terminal asks from two threads


@dataclass(frozen=True)
class Here:
    document: Document
    text: str  # of the statement
    start: int  # where the statement begins
    cursor: Cursor
    arrival: Arrival

    @property
    def scope(self) -> Scope:
        return self.arrival.scope


@lru_cache(maxsize=16)
def _document(folder: Path) -> Document:
    return Document(folder / "<text>", "<text>")


def document_of(text: str, folder: Path | None) -> Document:
    """A text checked; what it shares with the text before in the same folder is not checked again."""
    return _document((folder or Path()).absolute()).update(text)


def here(text: str, at: int, where: Path | Document | None) -> Here:
    """What surrounds an offset of a text in a folder, or of a document that holds this text."""
    document = where if isinstance(where, Document) else document_of(text, where)
    statement = document.at(at)
    start = statement.source.start if statement else 0
    part = text[start : statement.source.end] if statement else ""
    place = cursor(part, at - start)
    found = arrival(document, at, part, place)
    if place.fresh and statement:  # a new one begins below it
        place = replace(place, frames=[Frame("", 0)])
        found = Arrival(found.scope.inside(dict(statement.gives)), [None])
    return Here(document, part, start, place, found)


# What a stage calls -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Called:
    """An operator or a `def` as something to be given arguments."""

    word: str
    summary: str
    help: str
    parameters: dict[str, Parameter]
    ports: dict[str, Port]  # that may be named
    reads: str
    gives: str
    cite: tuple[str, ...] = ()

    @property
    def pipes(self) -> str:
        return f"{self.reads} -> {self.gives}".strip()

    def at(self, frame: Frame) -> Parameter | None:
        """The parameter whose value stands, or would stand, at the cursor."""
        given = frame.arguments()
        if given.pending is not None:
            return self.parameters.get(given.pending)
        left = [one for name, one in self.parameters.items() if name not in given.names]
        return left[given.positional] if given.positional < len(left) else None


def called(word: str, scope: Scope) -> Called | None:
    """What a name with points calls, where it does."""
    binding = bound(word, scope)
    if isinstance(binding, Def):
        return of_definition(word, binding)
    parts = word.split(".")
    operator = binding if isinstance(binding, type) else None
    if binding is None and len(parts) == 1:
        operator = scope.session.registry.get(word)
    return of_operator(operator, word) if operator and not operator.internal else None


def bound(word: str, scope: Scope) -> Binding | None:
    first, *rest = word.split(".")
    binding = scope.find(first)
    if rest:
        return binding.names.get(rest[0]) if isinstance(binding, Module) and len(rest) == 1 else None
    return binding


def of_operator(operator: type[Operator], word: str = "") -> Called:
    taker = pipelines.callee(operator)
    return Called(
        word or operator.word,
        operator.summary(),
        (operator.__doc__ or "").strip(),
        dict(taker.parameters),
        dict(taker.ports),
        readable(operator.reads()) if operator.reads() else "",
        readable(one.gives for one in operator.signatures()),
        operator.citations(),
    )


def of_definition(word: str, definition: Def) -> Called:
    doc = definition.node.doc
    return Called(
        word,
        doc.split("\n")[0],
        doc,
        definition.parameters,
        {},
        str(definition.reads or ""),
        str(definition.gives or ""),
    )


def parameter_label(parameter: Parameter) -> str:
    default = f" = {parameter.shown_default}" if parameter.shown_default else ""
    return f"{parameter.name}: {parameter.type}{default}"


def value_label(of: Type) -> str:
    """A type as an editor shows it: that of data by name, that of constants in words."""
    return str(of) if of.name in Value.kinds else words(of)
