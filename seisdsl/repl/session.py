"""What was said so far: statements in an order that is a program, and what a new one means among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from textwrap import dedent

from seisdsl.diagnostics import Diagnostic, Label, problem
from seisdsl.graph import Graph
from seisdsl.language.check import Checked, check
from seisdsl.repl.statements import LAST, Statement, replaced, statements
from seisdsl.source import Place, SourceText, Span

ENTRY, OTHERS = "<input>", "<session>"


@dataclass(frozen=True)
class Entry:
    """A text that was entered, checked among what was said before it."""

    source: SourceText  # the text alone
    start: int  # where it begins in the whole
    whole: SourceText
    checked: Checked
    statements: tuple[Statement, ...]
    order: tuple[Statement, ...]  # all that is kept once this is accepted
    following: tuple[str, ...] = ()  # names whose value is another from now on
    dropped: tuple[Statement, ...] = ()  # pipelines that no longer fit

    def holds(self, place: Place) -> bool:
        """Whether a place of the whole lies in what was entered."""
        end = self.start + len(self.source.text)
        return place.source is self.whole and self.start <= place.span.start <= end

    @property
    def names_only(self) -> Entry:
        """The same without what was to run."""
        left = {id(one) for one in self.statements if not one.declares}
        own, all_ = ([one for one in some if id(one) not in left] for some in (self.statements, self.order))
        return replace(self, statements=tuple(own), order=tuple(all_))

    @property
    def sound(self) -> bool:
        return self.checked.sound

    @property
    def graph(self) -> Graph | None:
        return self.checked.graph

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What is wrong, at its place in the entry; warnings of what was said before are not said again."""
        found = self.placed(self.checked.diagnostics)
        return [one for one in found if one.severity == "error" or self._here(one)]

    def _here(self, diagnostic: Diagnostic) -> bool:
        return diagnostic.primary is None or diagnostic.primary.place.source is self.source

    def placed(self, diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Diagnostics of the whole, as of the entry and of what was said before it."""
        return [replace(one, labels=tuple(self._moved(label) for label in one.labels)) for one in diagnostics]

    def _moved(self, label: Label) -> Label:
        if label.place.source is not self.whole:
            return label
        if not self.holds(label.place):
            return replace(label, place=Place(self._others, label.place.span))
        start, end = label.place.span
        return replace(label, place=Place(self.source, Span(start - self.start, end - self.start)))

    @cached_property
    def _others(self) -> SourceText:
        return SourceText(OTHERS, self.whole.text, self.whole.path)


@dataclass
class Session:
    """The statements of a session. `path` is the file that was loaded into it, `given` its parameters."""

    path: Path | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    kept: list[Statement] = field(default_factory=list)
    last: str = ""  # the text of the last result
    made: set[str] = field(default_factory=set)  # names that results were given because `_` was used

    @property
    def names(self) -> set[str]:
        return {name for one in self.kept for name in one.names}

    @property
    def lent(self) -> list[str]:
        """Names that its program uses and that come from elsewhere: none, but in a notebook."""
        return []

    @property
    def text(self) -> str:
        """The session as a program."""
        return _joined(self.kept)

    @property
    def known(self) -> str:
        """What a new entry can use: everything that has a name, and the last result."""
        return self._before([one for one in self.kept if one.declares], last=True)

    def _before(self, kept: Sequence[Statement], last: bool) -> str:
        return _joined(kept) + (f"let {LAST} = {self.last}\n" if last and self.last else "")

    def check(self, text: str) -> Entry:
        """What a new text means here. Nothing is kept before it is accepted."""
        text = dedent(text).strip()
        if text.startswith("|") and self.last:
            text = f"{LAST} {text}"
        source = SourceText.of(text, ENTRY, self.path)
        new = statements(source.text)
        names = {name for one in new for name in one.names}
        order = replaced(self.kept, new) if names & self.names else [*self.kept, *new]
        at = order.index(new[0]) if new else len(order)
        # a pipeline that calls an operator is no longer sound where the operator's name is given away
        before = [one for one in order[:at] if one.declares or one.uses & names]
        start = self._before(before, last=any(one.lasts for one in new))
        whole, checked = self._checked(start + source.text)
        if LAST in names:
            checked = _refused(checked, whole, len(start))
        entry = Entry(source, len(start), whole, checked, tuple(new), tuple(order))
        return self._followed(entry, order[at + len(new) :]) if entry.sound else entry

    def _followed(self, entry: Entry, later: Sequence[Statement]) -> Entry:
        """What uses a name that was given another value follows it, or is left out, or does not allow it."""
        text = f"{entry.whole.text}\n"
        following: list[str] = []
        dropped: list[Statement] = []
        for one in later:
            whole, checked = self._checked(text + one.text)
            if checked.sound and one.declares:
                text += f"{one.text}\n"
                following += one.names
            elif not checked.sound and one.declares and not one.names & self.made:
                return replace(entry, whole=whole, checked=checked)
            elif not checked.sound:
                dropped.append(one)
        order = tuple(one for one in entry.order if one not in dropped)
        return replace(entry, order=order, following=tuple(sorted(following)), dropped=tuple(dropped))

    def _checked(self, text: str) -> tuple[SourceText, Checked]:
        whole = SourceText.of(text, ENTRY, self.path)
        return whole, check(whole, given=self._given(whole.text), running=True)

    def program(self, text: str, name: str, path: Path | None) -> Checked:
        """The session's text as a program by itself."""
        return check(SourceText.of(text, name, path))

    def _given(self, text: str) -> dict[str, str]:
        declared = {name for one in statements(text) for name in one.names}
        return {name: value for name, value in self.given.items() if name in declared}

    def accept(self, entry: Entry) -> None:
        """Keep what was entered; a value that was called `_` gets a name, so that the text stays true."""
        kept = list(entry.order)
        called = self._name_last(kept) if any(one.lasts for one in entry.statements) else LAST
        new = {id(one): one.with_last(called) if one.lasts else one for one in entry.statements}
        for one in kept:
            new.setdefault(id(one), one)
        seen: set[str] = set()
        self.kept = []
        for one in (new[id(one)] for one in kept):
            if one.declares or one.text not in seen:
                self.kept.append(one)
            seen.add(one.text)
        if any(one.value == self.last for one in entry.dropped):
            self.last = ""
        values = [new[id(one)].value for one in entry.statements if one.value]
        if values:
            self.last = values[-1]

    def _name_last(self, kept: list[Statement]) -> str:
        """The name of the last result, made where it has none."""
        if self.last in self.names:
            return self.last
        names = self.names | {name for one in kept for name in one.names}
        number = 1
        while f"result{number}" in names:
            number += 1
        name = f"result{number}"
        at = next((at for at, one in enumerate(kept) if one.value == self.last), len(self.kept))
        whole = kept[at] if at < len(kept) and kept[at].value == self.last else None
        if whole is not None:
            kept[at] = whole.with_value(name)
        kept.insert(at, statements(f"let {name} = {self.last}")[0])
        self.made.add(name)
        self.last = name
        return name


def _refused(checked: Checked, whole: SourceText, start: int) -> Checked:
    """`_` cannot be given a value: every result gives it one."""
    at = start + max(whole.text[start:].find(LAST), 0)
    fault = problem(
        "name", f"`{LAST}` is the last result here", whole.place(Span(at, at + 1)), fix="choose another name"
    )
    return replace(checked, diagnostics=(*checked.diagnostics, fault), graph=None)


def _joined(kept: Sequence[Statement]) -> str:
    return "".join(f"{one.text}\n" for one in kept)
