"""A program while it is edited: only statements that changed, or use what changed, are checked again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seisdsl.assist.pieces import Piece, Where, cut
from seisdsl.diagnostics import Diagnostic, Findings
from seisdsl.language import check
from seisdsl.language.scope import Binding, Later, Module, Scope, Session
from seisdsl.operator import registry
from seisdsl.source import SourceText, Span
from seisdsl.syntax import tree
from seisdsl.syntax.parser import parse

MOST_NODES = 20_000  # of earlier states of a text that are kept
_DECLARED = re.compile(r'^(?:let|param|def|source)\s+(?:"([^"\n]+)"|([A-Za-z_][\w-]*))', re.MULTILINE)
_USED = re.compile(r'^use[ \t]+"([^"\n]+)"', re.MULTILINE)


class _Watched(dict[str, Binding]):
    """Names, and which of them were asked for."""

    def __init__(self, names: dict[str, Binding]) -> None:
        super().__init__(names)
        self.asked: set[str] = set()
        self.listed = False

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        self.listed = True
        return super().__iter__()


@dataclass
class Statement:
    """A statement with all that is known of it: its tree, its faults, the names it gives and those it asks for."""

    source: Piece
    program: tree.Program
    faults: list[Diagnostic]
    declares: dict[str, Span]
    scope: Scope | None = None
    found: list[Diagnostic] = field(default_factory=list)
    gives: dict[str, Binding] = field(default_factory=dict)
    known: _Watched = field(default_factory=lambda: _Watched({}))
    repeated: frozenset[str] = frozenset()
    unsound: set[Span] = field(default_factory=set)

    @property
    def tree(self) -> tree.Statement | None:
        return self.program.statements[0] if self.program.statements else None

    def holds(self, names: dict[str, Binding], repeated: frozenset[str]) -> bool:
        """Whether what was found still holds where these names are known."""
        if self.scope is None or repeated != self.repeated or self._reads_elsewhere:
            return False
        if self.known.listed and list(dict.keys(self.known)) != list(names):
            return False
        return all(_same(self.known.get(name), names.get(name)) for name in self.known.asked)

    @property
    def _reads_elsewhere(self) -> bool:
        """Whether it depends on a file that is read anew each time."""
        used = isinstance(self.tree, tree.Use) or bool(self.faults and _USED.search(self.source.text))
        return used and (bool(self.found) or '.py"' in self.source.text)


def _same(before: Binding | None, now: Binding | None) -> bool:
    return before is now or (isinstance(before, Later) and isinstance(now, Later))


class Document:
    """One program and what is known of it; `open_files` are texts of other files that are not saved yet."""

    def __init__(self, path: Path, name: str = "") -> None:
        self.path = path.absolute()
        self.name = name or path.name
        self.text: str | None = None
        self.statements: list[Statement] = []
        self.names: dict[str, Binding] = {}
        self.open_files: dict[Path, str] = {}
        self.faults_of: dict[Path, list[Diagnostic]] = {}  # of used files that are open
        self._session: Session | None = None
        self._stamp: object = None

    def update(self, text: str, open_files: dict[Path, str] | None = None) -> Document:
        """Take a new text; what stands in it unchanged keeps what was found of it."""
        if open_files is not None:
            self.open_files = {path.resolve(): other for path, other in open_files.items()}
        if self._session is None or self._stamped() != self._stamp:
            self._begin()
        elif text == self.text:
            return self
        if len(self.session.builder.nodes) > MOST_NODES:
            self._begin()
        self.text = text
        self._cut(text)
        self._check()
        self._stamp = self._stamped()
        return self

    @property
    def session(self) -> Session:
        assert self._session is not None
        return self._session

    @property
    def diagnostics(self) -> list[Diagnostic]:
        return list(dict.fromkeys(fault for statement in self.statements for fault in statement.found))

    def at(self, offset: int) -> Statement | None:
        """The statement that an offset lies in, or ends."""
        return next((s for s in reversed(self.statements) if s.source.start <= offset), None)

    def scope_at(self, offset: int) -> Scope:
        """The names known where a statement at this offset begins; nothing is reported there."""
        here = self.at(offset)
        if here is None or here.scope is None or here.scope.outer is None:
            return Scope(self.session, SourceText(self.name, "", self.path), quiet=True)
        names: dict[str, Binding] = {n: b for n, b in dict.items(here.known) if not isinstance(b, Later)}
        return Scope(self.session, here.source, names, quiet=True)

    # How it is done -----------------------------------------------------------------------------

    def _begin(self) -> None:
        session = Session(registry())
        session.reading = (self.path.resolve(),)
        self._session = session
        self.statements, self.faults_of = [], {}

    def _cut(self, text: str) -> None:
        """The statements of a new text, those of the old one where they stand unchanged."""
        kept: dict[str, list[Statement]] = {}
        for statement in self.statements:
            kept.setdefault(statement.source.text, []).append(statement)
        self.statements = []
        lines = 0
        for start, end in cut(text):
            part = text[start:end]
            statement = kept[part].pop(0) if kept.get(part) else self._parsed(part)
            statement.source.where.offset, statement.source.where.lines = start, lines
            lines += part.count("\n")
            self.statements.append(statement)

    def _parsed(self, text: str) -> Statement:
        source = Piece(self.name, text, self.path, Where())
        program, faults = parse(source)
        declares = {
            match[1] or match[2]: Span(*match.span(match.lastindex or 0))
            for match in _DECLARED.finditer(text)
        }
        return Statement(source, program, faults, declares)

    def _check(self) -> None:
        session = self.session
        self._take_open_files()
        session.lost = False
        session.unsound = {
            str(statement.source.place(span))
            for statement in self.statements
            for span in statement.unsound
            if statement.scope is not None
        }
        names: dict[str, Binding] = {}
        for statement in self.statements:
            for name, span in statement.declares.items():
                names.setdefault(name, Later(statement.source.place(span)))
        first: dict[str, Later] = {}
        for statement in self.statements:
            repeated = frozenset(first.keys() & {*statement.declares, *statement.gives})
            if not statement.holds(names, repeated):
                self._check_statement(statement, names, first)
                statement.repeated = repeated
            for name, binding in statement.gives.items():
                first.setdefault(name, Later(_place_of(binding, statement)))
            names.update(statement.gives)
        self.names = names

    def _check_statement(
        self, statement: Statement, names: dict[str, Binding], first: dict[str, Later]
    ) -> None:
        session = self.session
        session.findings, session.told = Findings(), set()
        known = _Watched(names)
        outer = Scope(session, statement.source, known)
        again: dict[str, Binding] = {name: first[name] for name in statement.declares if name in first}
        if isinstance(statement.tree, tree.Use):
            again = dict(first)
        scope = Scope(session, statement.source, again, outer=outer)
        before = set(session.unsound)
        check.statement(statement.program, statement.faults, scope)
        statement.scope, statement.known = scope, known
        statement.found = session.findings.sorted()
        statement.gives = {n: b for n, b in scope.names.items() if not isinstance(b, Later)}
        more = session.unsound - before
        statement.unsound = {s for s in statement.declares.values() if str(statement.source.place(s)) in more}

    # Other files --------------------------------------------------------------------------------

    def _take_open_files(self) -> None:
        """Files in use that are open and not saved are read as they stand in the editor."""
        assert self.text is not None
        for path in _used(self.text, self.path.parent):
            self._take(path, (self.path.resolve(),))

    def _take(self, path: Path, reading: tuple[Path, ...]) -> None:
        text = self.open_files.get(path)
        session = self.session
        if text is None or path in session.modules or path in reading or path.suffix == ".py":
            return
        for other in _used(text, path.parent):
            self._take(other, (*reading, path))
        source = SourceText.of(text, path.name, path)
        session.findings, session.reading = Findings(), (*reading, path)
        inner = check.declarations(source, session)
        session.reading = (self.path.resolve(),)
        session.modules[path] = Module(path.stem, inner.names, source.place(Span(0, 0)))
        self.faults_of[path] = session.findings.sorted()

    def _stamped(self) -> object:
        """What changes when a file that was read changes."""
        session = self._session
        if session is None:
            return None
        paths = {*session.modules, *session.sources}
        return {path: self.open_files.get(path) or _modified(path) for path in paths}


def _place_of(binding: Binding, statement: Statement) -> Any:
    place = None if isinstance(binding, type) else getattr(binding, "place", None)
    return place or statement.source.place(Span(0, 0))


def _used(text: str, folder: Path) -> list[Path]:
    return [(folder / match[1]).resolve() for match in _USED.finditer(text)]


def _modified(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None
