"""What takes arguments, and the arguments it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from seisdsl.language.values import Flowing, Value
from seisdsl.operator import Parameter, Port
from seisdsl.source import Place
from seisdsl.syntax import tree


@dataclass(frozen=True)
class Callee:
    """An operator, a `def` or a declaration as something that takes arguments."""

    name: str
    parameters: Mapping[str, Parameter]
    ports: Mapping[str, Port] = field(default_factory=dict)
    branches: str | None = None
    either: bool = False  # whether what is piped may stand for the branches
    place: Place | None = None  # where a `def` is written, or the type of a declaration
    declares: bool = False  # whether it is a `let`, a parameter or a setting with its type
    example: str = ""


def declared(name: str, place: Place | None) -> Callee:
    """What takes the value of a `let`, a parameter or a setting; `place` is where its type is written."""
    return Callee(name, {}, place=place, declares=True)


@dataclass
class Bound:
    """Arguments by parameter: their values, and where they were written."""

    values: dict[str, Value] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    branches: tree.Record | None = None
    sound: bool = True

    def flowing(self) -> dict[str, Flowing]:
        return {name: value for name, value in self.values.items() if isinstance(value, Flowing)}
