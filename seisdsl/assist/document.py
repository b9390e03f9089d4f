"""A program while it is edited: only statements that changed, or use what changed, are checked again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from seisdsl.assist.pieces import Piece, Where, places
from seisdsl.assist.watched import Asked, Names, Told
from seisdsl.diagnostics import Diagnostic, Findings
from seisdsl.language import check
from seisdsl.language.scope import Binding, Later, Let, Module, Scope, Session
from seisdsl.language.values import Poison
from seisdsl.operator import registry
from seisdsl.source import SourceText, Span, UnreadableText
from seisdsl.syntax import tree
from seisdsl.syntax.parser import parse

KEPT, MOST_NODES = 2_000, 50_000  # nodes of earlier states of a text: so many more than its own, in all
_DECLARED = re.compile(r'^(?:let|param|def|source)\s+(?:"([^"\n]+)"|([A-Za-z_][\w-]*))', re.MULTILINE)
_USED = re.compile(r'^[ \t]*use[ \t]+"([^"\n]+)"', re.MULTILINE)
_LINE = re.compile(r":\d|\d:|line \d")


@dataclass
class Statement:
    """A statement with all that is known of it: its tree, its faults, the names it gives and those it asks for."""

    source: Piece
    program: tree.Program
    faults: list[Diagnostic]  # of its syntax
    declares: dict[str, Span]
    announces: dict[str, Binding]  # of a broken one: its names stand for nothing
    asked: Asked | None = None
    registered: list[Diagnostic] = field(default_factory=list)  # of its names
    checked: list[Diagnostic] = field(default_factory=list)
    unsound: set[Span] = field(default_factory=set)  # its definitions that are
    lost: tuple[bool, bool] = (False, False)  # whether operators may be missing, before and after it

    @property
    def tree(self) -> tree.Statement | None:
        return self.program.statements[0] if self.program.statements else None

    @property
    def gives(self) -> dict[str, Binding]:
        return self.announces or (self.asked.given if self.asked else {})

    @property
    def found(self) -> list[Diagnostic]:
        return list(dict.fromkeys([*self.faults, *self.registered, *self.checked]))

    def forget(self) -> None:
        """Know no more than what its text says."""
        self.asked, self.registered, self.checked = None, [], []
        self.unsound, self.lost = set(), (False, False)

    @property
    def tells_lines(self) -> bool:
        """Whether what is said of it holds the number of a line, which moves."""
        return any(_LINE.search(text) for fault in self.found for text in _remarks(fault))


def _remarks(fault: Diagnostic) -> list[str]:
    return [fault.message, *fault.notes, *([fault.fix.message] if fault.fix else [])]


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
        self.elsewhere: dict[Diagnostic, None] = {}  # in used files that are not
        self._session: Session | None = None
        self._known = Names()
        self._unsound: set[str] = set()  # definitions of used files
        self._uses: list[Path] = []
        self._files: set[Path] = set()
        self._stamp: object = None
        self._nodes = 0  # when all was checked last

    def update(self, text: str, open_files: dict[Path, str] | None = None) -> Document:
        """Take a new text; what stands in it unchanged keeps what was found of it."""
        if open_files is not None:
            self.open_files = {path.resolve(): other for path, other in open_files.items()}
        uses = _used(text, self.path.parent)
        if self._session is None or uses != self._uses or self._stamped() != self._stamp:
            self._begin(uses, text)
        elif text == self.text:
            return self
        if len(self.session.builder.nodes) > min(3 * self._nodes + KEPT, MOST_NODES):
            self._begin(uses, text)
        self.text = text
        self._cut(text)
        self._check()
        self._nodes = self._nodes or len(self.session.builder.nodes)
        self._stamp = self._stamped()
        return self

    @property
    def session(self) -> Session:
        assert self._session is not None
        return self._session

    @property
    def diagnostics(self) -> list[Diagnostic]:
        own = dict.fromkeys(fault for statement in self.statements for fault in statement.found)
        return list(own | self.elsewhere)

    def at(self, offset: int) -> Statement | None:
        """The statement that an offset lies in, or ends."""
        return next((s for s in reversed(self.statements) if s.source.start <= offset), None)

    def scope_at(self, offset: int) -> Scope:
        """The names known where a statement at this offset begins; nothing is reported there."""
        here = self.at(offset)
        if here is None:
            return Scope(self.session, SourceText(self.name, "", self.path), quiet=True)
        names: dict[str, Binding] = {}
        for statement in self.statements:
            if statement.announces or statement.source.start < here.source.start:
                names.update(statement.gives)
        return Scope(self.session, here.source, names, quiet=True)

    # How it is done -----------------------------------------------------------------------------

    def _begin(self, uses: list[Path], text: str) -> None:
        session = Session(registry())
        session.reading = (self.path.resolve(),)
        self._session = session
        self._known, self._unsound = Names(), set()
        self.faults_of, self.elsewhere = {}, {}
        for statement in self.statements:
            statement.forget()
        self._nodes = 0
        self._uses, self._files = uses, self._reached(text)

    def _cut(self, text: str) -> None:
        """The statements of a new text, those of the old one where they stand unchanged."""
        kept: dict[str, list[Statement]] = {}
        for statement in self.statements:
            kept.setdefault(statement.source.text, []).append(statement)
        self.statements = []
        for (start, end), where in places(text):
            part = text[start:end]
            same = kept[part].pop(0) if kept.get(part) else None
            if same is None or same.tells_lines:
                same = self._parsed(part, where)
            same.source.where.take(where)
            self.statements.append(same)

    def _parsed(self, text: str, where: Where) -> Statement:
        source = Piece(self.name, text, self.path, where)
        program, faults = parse(source)
        declares = {
            match[1] or match[2]: Span(*match.span(match.lastindex or 0))
            for match in _DECLARED.finditer(text)
        }
        broken = declares if faults else {}
        announces: dict[str, Binding] = {
            name: Let(Poison(), source.place(span), filler=True) for name, span in broken.items()
        }
        return Statement(source, program, faults, declares, announces)

    def _check(self) -> None:
        """The statements one after the other, as a check of the whole goes through them."""
        session, names = self.session, self._known
        self._take_open_files()
        self._register()
        session.lost, session.told = False, Told()
        places = {str(s.source.place(span)) for s in self.statements for span in s.unsound}
        session.unsound = self._unsound | places
        for statement in self.statements:
            if not self._holds(statement):
                self._check_statement(statement)
            elif statement.asked is not None:
                dict.update(names, statement.asked.given)
                set.update(session.told, statement.asked.tells)
                session.lost = statement.lost[1]
        names.asked = Asked()
        self.names = {name: one for name, one in dict.items(names) if not isinstance(one, Later)}

    def _register(self) -> None:
        session, names = self.session, self._known
        names.clear()
        names.asked = Asked()
        for statement in self.statements:
            dict.update(names, statement.announces)
        for statement in self.statements:
            session.findings = Findings()
            check.register(statement.program, Scope(session, statement.source, names), broken=False)
            statement.registered = session.findings.sorted()

    def _holds(self, statement: Statement) -> bool:
        """Whether what was found of a statement would be found again."""
        session = self.session
        assert isinstance(session.told, Told)
        return (
            statement.asked is not None
            and statement.lost[0] == session.lost
            and statement.asked.holds(self._known, session.told)
        )

    def _check_statement(self, statement: Statement) -> None:
        session, names = self.session, self._known
        own = {span: str(statement.source.place(span)) for span in statement.declares.values()}
        session.unsound -= set(own.values())
        session.findings, before = Findings(), set(session.unsound)
        statement.asked = names.asked = Asked()
        session.told.asked = statement.asked  # type: ignore[attr-defined]
        lost = session.lost
        check.statements(statement.program, Scope(session, statement.source, names))
        more = session.unsound - before
        statement.lost = (lost, session.lost)
        statement.unsound = {span for span, place in own.items() if place in more}
        self._unsound |= more - set(own.values())
        found = session.findings.sorted()
        statement.checked = [one for one in found if self._is_own(one)]
        self.elsewhere |= dict.fromkeys(one for one in found if not self._is_own(one))

    def _is_own(self, fault: Diagnostic) -> bool:
        """Whether a fault points anywhere into this program."""
        return not fault.labels or any(isinstance(label.place.source, Piece) for label in fault.labels)

    # Other files --------------------------------------------------------------------------------

    def _take_open_files(self) -> None:
        """Files in use that are open and not saved are read as they stand in the editor."""
        for path in self._uses:
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

    def _reached(self, text: str) -> set[Path]:
        """The files that the program uses, and those that these use, whether there or not."""
        reached: set[Path] = set()
        waiting = _used(text, self.path.parent)
        while waiting:
            path = waiting.pop()
            if path not in reached:
                reached.add(path)
                waiting += _used(self._text(path), path.parent)
        return reached

    def _text(self, path: Path) -> str:
        if path in self.open_files:
            return self.open_files[path]
        try:
            return SourceText.read(path).text
        except UnreadableText:
            return ""

    def _stamped(self) -> object:
        """What changes when a file that was read changes."""
        return {path: self.open_files.get(path) or self._on_disk(path) for path in self._read_files()}

    def _on_disk(self, path: Path) -> tuple[int, int] | None:
        """When a file changed; of one in use that is missing, its folder: another may have been meant."""
        return _modified(path) or (_modified(path.parent) if path in self._files else None)

    def _read_files(self) -> Iterable[Path]:
        session = self._session
        return {*self._files, *(session.modules if session else ()), *(session.sources if session else ())}


def _used(text: str, folder: Path) -> list[Path]:
    return [(folder / match[1]).resolve() for match in _USED.finditer(text)]


def _modified(path: Path) -> tuple[int, int] | None:
    try:
        known = path.stat()
    except OSError:
        return None
    return known.st_mtime_ns, known.st_size
