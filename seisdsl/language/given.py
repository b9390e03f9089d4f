"""Values given from Python: they have the names they were given under, and flow as any others do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import PrivateAttr

from seisdsl.language.scope import Binding, Let, Scope, Session
from seisdsl.language.types import Type
from seisdsl.language.values import Flowing
from seisdsl.operator import Facts, Operator, param
from seisdsl.source import SourceText, Span

GIVEN = "<python>"  # where the places of what is given lie


@dataclass(frozen=True, eq=False)
class Held:
    """A value and a digest of all that it holds; `said` tells what it is."""

    value: Any
    canonical: str
    said: str = ""

    @property
    def type(self) -> Type:
        """That of the value; a model says what it reads and gives, examples what they are of."""
        name = type(self.value).__name__
        if name == "Model":
            signature = type(self.value.operator).signatures()[0]
            return Type(name, (signature.piped.type, signature.gives) if signature.piped else ())
        if name == "Examples":
            return Type(name, (Type(type(self.value.values[0]).__name__),) if len(self.value) else ())
        return Type(name)

    @property
    def facts(self) -> Facts:
        value = self.value
        columns = getattr(value, "columns", None)
        return Facts(
            rate=getattr(value, "rate", None),
            simulated=bool(getattr(value, "simulated", False)),
            columns=dict(columns) if isinstance(columns, Mapping) else None,
        )


class Given(Operator):
    """A value given from Python."""

    word: ClassVar[str] = "given"
    internal: ClassVar[bool] = True

    name: str = param(..., "the name it was given under")
    digest: str = param(..., "of all that it holds")

    _held: Any = PrivateAttr(None)

    @classmethod
    def of(cls, name: str, held: Held) -> Given:
        given = cls(name=name, digest=held.canonical)
        given._held = held.value
        return given

    def apply(self) -> Any:
        return self._held


def waves_in(values: Mapping[str, Any]) -> dict[str, Any]:
    """The records: `stream NAME` gives them."""
    return {name: value for name, value in values.items() if not isinstance(value, Held)}


def scope_of(values: Mapping[str, Any], session: Session) -> Scope | None:
    """What else was given, each under its name."""
    names: dict[str, Binding] = {}
    for name, held in values.items():
        if isinstance(held, Held):
            source = SourceText.of(f"{name} = {held.said or held.type}", GIVEN)
            place = source.place(Span(0, len(name)))
            node = session.builder.node(
                Given.of(name, held), {}, type=held.type, facts=held.facts, place=place
            )
            names[name] = Let(Flowing(held.type, held.facts, place, node), place)
    return Scope(session, SourceText.of("", GIVEN), names) if names else None
