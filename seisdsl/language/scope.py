"""Names: what a word stands for where it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path as FilePath
from typing import Any

from seisdsl.diagnostics import Diagnostic, Findings, Fix, problem
from seisdsl.graph import Builder
from seisdsl.language.suggest import nearest
from seisdsl.language.types import Type
from seisdsl.language.values import SourceValue, Value
from seisdsl.operator import Operator, Parameter, Registry
from seisdsl.source import Place, SourceText, Span
from seisdsl.syntax import tree

MOST_WORDS = 500  # so that a long program full of mistakes is checked in linear time


@dataclass(frozen=True)
class Let:
    value: Value
    place: Place
    filler: bool = False  # a parameter, whose value may fill a hole in a text


@dataclass(frozen=True)
class Later:
    """A `let` that is written further down."""

    place: Place


@dataclass(frozen=True)
class Def:
    node: tree.Definition
    scope: Scope
    place: Place
    reads: Type | None
    gives: Type | None
    parameters: dict[str, Parameter]


@dataclass(frozen=True)
class Module:
    name: str
    names: dict[str, Binding]
    place: Place


Binding = Let | Later | Def | SourceValue | Module | type[Operator]


@dataclass
class Session:
    """What one check shares: findings, nodes, the operators installed, files already read."""

    registry: Registry
    findings: Findings = field(default_factory=Findings)
    builder: Builder = field(default_factory=Builder)
    modules: dict[FilePath, Module] = field(default_factory=dict)
    unsound: set[str] = field(default_factory=set)  # definitions whose faults are reported
    lost: bool = False  # whether a file of operators could not be read, so that any may be missing
    told: set[Diagnostic] = field(default_factory=set)  # faults inside definitions, by whoever called
    reading: tuple[FilePath, ...] = ()  # files being read, to see cycles
    given: dict[str, str] = field(default_factory=dict)  # parameters from the command line
    values: dict[str, Any] = field(default_factory=dict)  # values given from Python
    sources: dict[FilePath, dict[str, SourceValue]] = field(default_factory=dict)


@dataclass(frozen=True)
class Scope:
    """The names that are known at a place, innermost first."""

    session: Session
    source: SourceText
    names: dict[str, Binding] = field(default_factory=dict)
    outer: Scope | None = None
    calls: tuple[str, ...] = ()  # the `def`s being opened, to see recursion
    quiet: bool = False  # faults here are already reported elsewhere

    @cached_property
    def folder(self) -> FilePath:
        return self.source.path.parent if self.source.path else FilePath()

    def find(self, name: str) -> Binding | None:
        here: Scope | None = self
        while here:
            if name in here.names:
                return here.names[name]
            here = here.outer
        return None

    def inside(self, names: dict[str, Binding] | None = None, **changes: object) -> Scope:
        return replace(self, names=names or {}, outer=self, **changes)  # type: ignore[arg-type]

    def words(self) -> Iterator[str]:
        """The names that may have been meant; of a great many the first."""
        here: Scope | None = self
        while here:
            yield from islice(here.names, MOST_WORDS)
            here = here.outer

    def place(self, node: tree.Node | Span) -> Place:
        return self.source.place(node if isinstance(node, Span) else node.span)

    def report(self, diagnostic: Diagnostic) -> None:
        if not self.quiet:
            self.session.findings.add(diagnostic)

    def fault(
        self,
        code: str,
        message: str,
        at: tree.Node | Span | Place,
        text: str = "",
        *,
        also: list[tuple[Place, str]] | None = None,
        notes: list[str] | None = None,
        fix: Fix | str | None = None,
    ) -> None:
        place = at if isinstance(at, Place) else self.place(at)
        self.report(problem(code, message, place, text, also=also or [], notes=notes or [], fix=fix))

    def did_you_mean(self, word: str, at: tree.Node, known: Iterator[str] | list[str]) -> Fix | None:
        meant = nearest(word, known)
        return Fix(f"did you mean `{meant}`?", self.place(at), meant) if meant else None
