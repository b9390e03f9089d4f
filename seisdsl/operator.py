"""The operator: one class says everything that the project knows of one method.

    class StaLta(Operator, name="sta-lta"):
        '''Pick where the short-term energy leaps above the long-term energy.'''

        cite = "Allen 1978, doi:10.1785/BSSA0680051521"
        example = "simulate two-events | sta-lta on=4 | count"

        short: Time = param("1s", "window of the short-term mean", above="0s")
        long: Time = param("30s", "window of the long-term mean", above="short")

        def apply(self, waves: Waves) -> Picks: ...

Its fields are the parameters (SI units), `apply`'s annotations the ports, its docstring the
help. It is registered by being defined. The first positional argument of `apply` is piped;
`Upstream[T]` is filled from the nearest earlier stage that gives T; other arguments are named
in the call (`templates=`). `Branches[T]` takes the record of pipelines written after the name.
Several input types are told by `typing.overload`.

Import torch and its like inside `apply`, or from a module that `apply` imports: checking a
program reads every operator and must stay quick.
"""

from __future__ import annotations

import inspect
import math
import typing
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from seisdsl.language.types import ColumnOf, TimeRange, Type, filled, optional, type_of, unify
from seisdsl.parameter import Parameter, param, read_parameter
from seisdsl.syntax.complaints import KEYWORDS

if TYPE_CHECKING:
    from seisdsl.data.segments import Account

__all__ = [
    "WHOLE",
    "Branches",
    "Context",
    "Facts",
    "Files",
    "Method",
    "Operator",
    "Parameter",
    "Port",
    "Registry",
    "Signature",
    "SourceSettings",
    "Unsuitable",
    "Upstream",
    "collecting",
    "param",
    "registry",
]

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
Upstream = Annotated[T, "upstream"]
Branches = Annotated[Mapping[str, T], "branches"]


class Method(Generic[A, B]):
    """An operator given by name as a parameter, with those of its parameters that were given."""

    as_type: ClassVar[Type] = Type("Operator")

    def __init__(self, operator: type[Operator], given: Mapping[str, Any]) -> None:
        self.operator = operator
        self.given = dict(given)

    def made(self, **more: Any) -> Operator:
        """The operator itself, once every parameter it needs is known."""
        return self.operator(**self.given, **more)


class SourceSettings(BaseModel):
    """A source given by name as a parameter: what its record says."""

    model_config = ConfigDict(frozen=True)
    as_type: ClassVar[Type] = Type("Source")

    name: str
    settings: tuple[tuple[str, Any], ...] = ()

    def get(self, key: str, default: Any = None) -> Any:
        return dict(self.settings).get(key, default)


# Ports ------------------------------------------------------------------------------------------

PortKind = Literal["piped", "upstream", "named", "branches"]


@dataclass(frozen=True)
class Port:
    name: str
    type: Type
    kind: PortKind
    optional: bool = False


@dataclass(frozen=True)
class Signature:
    """One way to read and give: an operator has several where it is overloaded."""

    ports: tuple[Port, ...]
    gives: Type

    @property
    def piped(self) -> Port | None:
        return next((port for port in self.ports if port.kind == "piped"), None)


@dataclass(frozen=True)
class Context:
    """How much record an operator needs around a chunk, in seconds."""

    before: float = 0.0
    after: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether only all of the record will do."""
        return math.isinf(self.before) or math.isinf(self.after)


WHOLE = Context(math.inf, math.inf)


@dataclass(frozen=True)
class Facts:
    """What is known of a value before anything runs; None where it is not known."""

    kind: str = ""  # the name of its type
    rate: float | None = None
    simulated: bool = False
    columns: Mapping[str, ColumnOf] | None = field(default=None, hash=False)

    def but(self, **changes: Any) -> Facts:
        return replace(self, **changes)

    def __str__(self) -> str:
        return f"{self.rate:g} Hz" if self.rate else ""


@dataclass(frozen=True)
class Files:
    """The files that a stage reads: what is there, what is missing, and how large it is."""

    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    note: str = ""


class Unsuitable(Exception):
    """An operator's refusal: before a run from `facts`, during one from `apply`.

    `parameter` names the one at fault; `repair` says what to write instead.
    """

    def __init__(
        self, message: str, *, parameter: str = "", notes: Iterable[str] = (), repair: str = ""
    ) -> None:
        super().__init__(message)
        self.message, self.parameter, self.notes, self.repair = message, parameter, tuple(notes), repair


# The operator -----------------------------------------------------------------------------------


class Operator(BaseModel):
    """A stage of a pipeline: the text above says how one is written."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)

    word: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    cite: ClassVar[str | tuple[str, ...]] = ()
    example: ClassVar[str] = ""
    tags: ClassVar[tuple[str, ...]] = ()
    version: ClassVar[int] = 1
    sink: ClassVar[bool] = False  # whether it is run for what it does, not what it gives
    internal: ClassVar[bool] = False  # whether the checker makes it, and no program can
    in_parts: ClassVar[bool] = False  # of a sink: it takes `Parts`
    streams: ClassVar[str] = ""  # the port that comes in chunks, if not the piped

    @classmethod
    def __pydantic_init_subclass__(cls, name: str = "", **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if name:
            cls.word = name
            _check_definition(cls)
            register(cls)

    def __init_subclass__(cls, name: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

    def context(self, piped: Facts) -> Context:
        """How much record is needed around a chunk; what says nothing is given the whole at once."""
        return WHOLE

    def survey(self) -> tuple[str, Operator] | None:
        """An operator to run over the whole record first, and the port for its table.

        For what rests on the whole record by a few numbers: with them, `context` suffices.
        """
        return None

    def extents(self) -> tuple[TimeRange, ...]:
        """Of a source that can be asked for parts of its time: the times it has records of."""
        return ()

    def during(self, time: TimeRange) -> Self:
        """The same source for a part of its time; no trace where there is no record."""
        raise TypeError(f"operator `{self.word}` cannot be asked for a part of its time")

    def fingerprint(self) -> Mapping[str, str]:
        """Of what reads files: a digest of each."""
        return {}

    def left_out(self) -> Account | None:
        """Of a source of files: what has no time, and so is in no part's account."""
        return None

    def facts(self, piped: Facts) -> Facts:
        """What is known of the result; the place to refuse parameters that cannot suit it."""
        return piped

    def files(self) -> Files:
        """The files it reads."""
        return Files()

    def writes(self) -> tuple[str, ...]:
        """The files it writes, as names below the output folder."""
        return ()

    def holds(self) -> int:
        """About how many bytes of samples it brings in."""
        return 0

    def apply_parts(self, parts: Iterable[Any]) -> bool:
        """Of a sink: take a long value by parts; False where it needs the whole."""
        return False

    def apply_all(self, values: Sequence[Any], **inputs: Any) -> Sequence[Any] | None:
        """What `apply` gives for each of many examples, where they are better done together."""
        return None

    def apply(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"operator `{self.word}` does not define apply")

    # What is derived from the class

    @classmethod
    def summary(cls) -> str:
        return inspect.getdoc(cls).split("\n")[0] if cls.__doc__ else ""  # type: ignore[union-attr]

    @classmethod
    def citations(cls) -> tuple[str, ...]:
        return (cls.cite,) if isinstance(cls.cite, str) else tuple(cls.cite)

    @classmethod
    @cache
    def parameters(cls) -> dict[str, Parameter]:
        hints = typing.get_type_hints(cls, include_extras=True)
        return {name: read_parameter(cls, name, hints[name], info) for name, info in cls.model_fields.items()}

    @classmethod
    @cache
    def signatures(cls) -> tuple[Signature, ...]:
        variants = typing.get_overloads(cls.apply) or [cls.apply]
        return tuple(_signature(variant) for variant in variants)

    @classmethod
    def reads(cls) -> list[Type]:
        """The types it can be piped."""
        found: list[Type] = []
        for signature in cls.signatures():
            if signature.piped:
                wanted = signature.piped.type
                found += wanted.args if wanted.name == "Either" else (wanted,)
        return list(dict.fromkeys(found))

    @classmethod
    def gives(
        cls, inputs: Mapping[str, Type], arguments: Mapping[str, Type], signature: Signature
    ) -> Type | None:
        """The type one signature gives for these inputs and parameters; None where they do not fit."""
        piped = signature.piped
        if piped is not None and not piped.optional and piped.name not in inputs:
            return None
        known: dict[str, Type] | None = {}
        for port in signature.ports:
            if port.name in inputs and known is not None:
                known = unify(port.type, inputs[port.name], known)
        for name, wanted in cls.parameters().items():
            if (
                known is not None
                and name in arguments
                and wanted.type.args
                and wanted.type.name == "Operator"
            ):
                known = unify(wanted.type, arguments[name], known)
        return None if known is None else filled(signature.gives, known)


def _signature(apply: Any) -> Signature:
    hints = typing.get_type_hints(apply, include_extras=True)
    gives = hints.pop("return")
    ports: list[Port] = []
    for name, declared in list(inspect.signature(apply).parameters.items())[1:]:
        annotation = hints[name]
        marks = _marks(annotation)
        kind: PortKind = "named"
        of = type_of(annotation) if "branches" not in marks else _record_of(annotation)
        if "upstream" in marks:
            kind = "upstream"
        elif "branches" in marks:
            kind = "branches"
        elif not ports and declared.kind is not inspect.Parameter.KEYWORD_ONLY:
            kind = "piped"
        ports.append(Port(name, of, kind, declared.default is not inspect.Parameter.empty))
    return Signature(tuple(ports), type_of(gives))


def _record_of(annotation: Any) -> Type:
    """The type of `Branches[T]`: a record whose values are T; of `Branches[Any]`, any record."""
    values = typing.get_args(typing.get_args(annotation)[0])[1]
    return Type("Record", () if values is Any else (type_of(values),))


def _marks(annotation: Any) -> tuple[Any, ...]:
    """`Upstream` and `Branches` marks, of an optional port too."""
    options = (annotation, *typing.get_args(annotation)) if optional(annotation) else (annotation,)
    return tuple(mark for option in options for mark in getattr(option, "__metadata__", ()))


def _check_definition(cls: type[Operator]) -> None:
    """Refuse an operator that could not be used or explained; its author sees this at once."""
    names = {*cls.model_fields, *inspect.signature(cls.apply).parameters}
    if reserved := names & KEYWORDS:
        raise TypeError(f"{cls.__name__}: `{min(reserved)}` is a word of the language, rename the parameter")
    if not cls.__doc__ or cls.__doc__ == Operator.__doc__:
        raise TypeError(f"{cls.__name__}: an operator needs a docstring, it is its help")
    for name, info in cls.model_fields.items():
        if not info.description:
            raise TypeError(f"{cls.__name__}.{name}: a parameter needs a help text, it is its documentation")


# The registry -----------------------------------------------------------------------------------


class Registry(dict[str, type[Operator]]):
    """Operators by the names a program calls them."""

    def register(self, cls: type[Operator]) -> None:
        for name in (cls.word, *cls.aliases):
            other = self.get(name)
            if other and (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
                raise TypeError(f"`{name}` is defined twice: in {other.__module__} and in {cls.__module__}")
            self[name] = cls

    def distinct(self) -> list[type[Operator]]:
        """Each operator a program may call once, by name."""
        found = {cls.word: cls for cls in self.values() if not cls.internal}
        return [found[name] for name in sorted(found, key=str.lower)]


_everywhere = Registry()
_current: ContextVar[Registry] = ContextVar("registry", default=_everywhere)


def register(cls: type[Operator]) -> None:
    _current.get().register(cls)


@contextmanager
def collecting(into: Registry | None = None) -> typing.Iterator[Registry]:
    """Operators defined inside go to a registry of their own: those of a file that is `use`d."""
    found = Registry() if into is None else into
    token = _current.set(found)
    try:
        yield found
    finally:
        _current.reset(token)


@cache
def _load() -> None:
    """Define the built-in operators and those of installed packages (entry point `seisdsl.operators`)."""
    import importlib
    import pkgutil
    from importlib.metadata import entry_points

    import seisdsl.operators as vocabulary

    with collecting(_everywhere):
        for module in pkgutil.walk_packages(vocabulary.__path__, "seisdsl.operators."):
            importlib.import_module(module.name)
        for point in entry_points(group="seisdsl.operators"):
            try:
                point.load()
            except Exception as error:
                said = f"{type(error).__name__}: {error}"
                warnings.warn(f"the operators of {point.value} are left out: {said}", stacklevel=2)


def registry() -> Registry:
    """All operators that are installed."""
    _load()
    return _everywhere
