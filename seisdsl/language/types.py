"""The types of the language: what flows through a pipe, and what a parameter takes.

A Python annotation says both: `Waves`, `Examples[Waves]`, `Range[Frequency]`, `Time | None`.
`type_of` turns it into a `Type`, which is what programs name and the checker compares.
"""

from __future__ import annotations

import types
import typing
from collections import abc
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar, Union, get_args, get_origin

from seisdsl.language import units
from seisdsl.language.units import DIMENSIONS

T = TypeVar("T")


@dataclass(frozen=True)
class Type:
    """A name with arguments: `Waves`, `Range<Frequency>`, `Model<Spectrogram, Scores>`.

    `fields` are the named parts of a record. `words` are those an enumeration allows.
    """

    name: str
    args: tuple[Type, ...] = ()
    fields: tuple[tuple[str, Type], ...] = ()
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.words:
            return " or ".join(self.words)
        if self.name == "Record" and self.fields:
            return "{" + ", ".join(f"{name}: {of}" for name, of in self.fields) + "}"
        if self.name == "Either":
            return " or ".join(map(str, self.args))
        arguments = f"<{', '.join(map(str, self.args))}>" if self.args else ""
        return self.name + arguments


@dataclass(frozen=True)
class Var(Type):
    """A type that an operator leaves open; what it stands for is found where it is used."""

    bound: Type | None = None

    def __str__(self) -> str:
        return str(self.bound) if self.bound else "any type"


NUMBER, INTEGER, TEXT, BOOLEAN = Type("Number"), Type("Integer"), Type("Text"), Type("Boolean")
DATE, TIME_RANGE = Type("Date"), Type("TimeRange")
RATIO, PROBABILITY, MAGNITUDE = Type("Ratio"), Type("Probability"), Type("Magnitude")
SOURCE, METHOD, COLUMN, CONDITION = Type("Source"), Type("Operator"), Type("Column"), Type("Condition")
INPUT_FILE, OUTPUT_FILE = Type("InputFile"), Type("OutputFile")
RECORD, LIST = Type("Record"), Type("List")

# What a parameter may be annotated with, beside `int`, `bool`, `str` and `Literal` -----------------
# (values reach an operator in SI units, times in integer nanoseconds)

Time = Annotated[float, Type("Time")]
Frequency = Annotated[float, Type("Frequency")]
Length = Annotated[float, Type("Length")]
Angle = Annotated[float, Type("Angle")]
Velocity = Annotated[float, Type("Velocity")]
Rate = Annotated[float, Type("Rate")]
Slowness = Annotated[float, Type("Slowness")]
Acceleration = Annotated[float, Type("Acceleration")]
Density = Annotated[float, Type("Density")]
Pressure = Annotated[float, Type("Pressure")]
Energy = Annotated[float, Type("Energy")]
Moment = Annotated[float, Type("Moment")]
Level = Annotated[float, Type("Level")]
Ratio = Annotated[float, RATIO]
Probability = Annotated[float, PROBABILITY]
Magnitude = Annotated[float, MAGNITUDE]
Instant = Annotated[int, DATE]
Column = Annotated[str, COLUMN]
InputFile = Annotated[str, INPUT_FILE]
OutputFile = Annotated[str, OUTPUT_FILE]


@dataclass(frozen=True)
class Range(Generic[T]):
    """From `low` to `high`."""

    low: T
    high: T


@dataclass(frozen=True)
class TimeRange:
    """Half-open, in integer nanoseconds since 1970 UTC."""

    start: int
    end: int

    @property
    def seconds(self) -> float:
        return (self.end - self.start) / 1e9


@dataclass(frozen=True)
class ColumnOf:
    """What a column of a table holds: its type, the unit it is stored in, and a word of help."""

    type: Type
    unit: str = ""
    help: str = ""

    @property
    def factor(self) -> float:
        """What a stored number is multiplied by to be in SI units."""
        return units.unit(self.unit)[0] if self.unit else 1.0


class Value:
    """What flows through a pipe. Subclasses are the project's data types, by their own names."""

    kinds: ClassVar[dict[str, type[Value]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Value.kinds[cls.__name__] = cls
        if "__repr__" not in vars(cls):
            cls.__repr__ = Value.__repr__  # type: ignore[method-assign]  # a dataclass would list all numbers

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        """A few lines of plain text, as `seis run` prints them."""
        return str(import_module("seisdsl.data.show").summary(self))

    def _repr_html_(self) -> str:
        """As a notebook shows it."""
        return str(import_module("seisdsl.notebook.html").html(self))


class Record(Value, Mapping[str, Any]):
    """Named values: what `fork` and `split` give."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> typing.Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@cache
def type_of(annotation: Any) -> Type:
    """The type a Python annotation stands for."""
    if isinstance(annotation, TypeVar):
        return Var(annotation.__name__, bound=annotation.__bound__ and type_of(annotation.__bound__))
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        marks = [mark for mark in args[1:] if isinstance(mark, Type)]
        return marks[0] if marks else type_of(args[0])
    if origin is Literal:
        return Type("Word", words=tuple(args))
    if origin in (Union, types.UnionType):
        options = tuple(type_of(a) for a in args if a is not type(None))
        return options[0] if len(options) == 1 else Type("Either", options)
    if origin in (list, tuple):
        return Type("List", (type_of(args[0]),))
    if origin is abc.Mapping:
        return RECORD
    if origin is not None:
        name = origin.as_type.name if hasattr(origin, "as_type") else origin.__name__
        return Type(name, tuple(type_of(a) for a in args))
    plain = {int: INTEGER, float: NUMBER, str: TEXT, bool: BOOLEAN, TimeRange: TIME_RANGE}
    if annotation in plain:
        return plain[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return Type(annotation.__name__)
    if isinstance(annotation, type) and hasattr(annotation, "as_type"):
        named: Type = annotation.as_type
        return named
    raise TypeError(f"{annotation!r} is no type of the language")


def optional(annotation: Any) -> bool:
    return type(None) in get_args(annotation)


def is_a(given: Type, wanted: Type) -> bool:
    """Whether a value of one type may stand where the other is wanted."""
    return unify(wanted, given, {}) is not None


def unify(wanted: Type, given: Type, known: Mapping[str, Type]) -> dict[str, Type] | None:
    """What the open types of `wanted` stand for so that `given` fits; None where it cannot."""
    found = dict(known)
    if isinstance(wanted, Var):
        if wanted.bound and unify(wanted.bound, given, {}) is None:
            return None
        if wanted.name in found:
            return found if is_a(given, found[wanted.name]) else None
        return {**found, wanted.name: given}
    if wanted.name == "Either":
        for option in wanted.args:
            if (fitted := unify(option, given, found)) is not None:
                return fitted
        return None
    if not _is_kind(given.name, wanted.name):
        return None
    if wanted.args and len(wanted.args) != len(given.args):
        return None
    for wanted_arg, given_arg in zip(wanted.args, given.args, strict=False):
        fitted = unify(wanted_arg, given_arg, found)
        if fitted is None:
            return None
        found = fitted
    return found


def _is_kind(name: str, wanted: str) -> bool:
    if name == wanted or (name, wanted) == ("Integer", "Number"):
        return True
    kind, wanted_kind = Value.kinds.get(name), Value.kinds.get(wanted)
    return bool(kind and wanted_kind and issubclass(kind, wanted_kind))


def filled(open_type: Type, known: Mapping[str, Type]) -> Type:
    """A type with what its open types stand for put in."""
    if isinstance(open_type, Var):
        return known.get(open_type.name, open_type)
    if not open_type.args:
        return open_type
    return Type(open_type.name, tuple(filled(arg, known) for arg in open_type.args), open_type.fields)


SCALARS = {
    t.name: t for t in (NUMBER, INTEGER, TEXT, BOOLEAN, DATE, TIME_RANGE, RATIO, PROBABILITY, MAGNITUDE)
} | {name: Type(name) for name in DIMENSIONS}
FAMILIES = {"Range": 1, "List": 1, "Examples": 1, "Model": 2}


def names() -> list[str]:
    """Every type name that a program may write."""
    return sorted({*SCALARS, *FAMILIES, *Value.kinds})
