"""What is offered while one types: completions, and the signature of the operator at hand."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples

from seisdsl.assist.completion import completions
from seisdsl.assist.signatures import signature
from seisdsl.commands.reference import topics
from seisdsl.language import types
from seisdsl.operator import registry
from seisdsl.repl.commands import COMMANDS
from seisdsl.repl.session import Session
from seisdsl.repl.statements import LAST

_COMMAND = re.compile(r"\s*(:?)([a-z]*)")
_FILE = re.compile(r"\s*:?(?:save!?|load)[ \t]+(?P<path>\S*)")
_HELP = re.compile(r"\s*:?help[ \t]+(?P<word>\S*)")


_reading = threading.Lock()


def read_operators() -> None:
    """All operators, once: two threads that import the same modules may wait for one another."""
    with _reading:
        registry()


class Assistance(Completer):
    """Completions of the language and of the session's commands."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        read_operators()
        before = document.text_before_cursor
        if match := _FILE.fullmatch(before):
            yield from _files(match["path"])
        elif match := _HELP.fullmatch(before):
            yield from _topics(match["word"])
        elif before.strip() or event.completion_requested:
            yield from _commands(before)
            yield from self._language(document)

    def _language(self, document: Document) -> Iterator[Completion]:
        text, at = placed(self.session, document)
        folder = self.session.path and self.session.path.parent
        for one in completions(text, at, folder=folder):
            if one.end <= at:
                yield Completion(one.insert, one.start - at, one.label, one.detail)


def placed(session: Session, document: Document) -> tuple[str, int]:
    """The session with what is being typed, and where the cursor is in it."""
    known = session.known
    if document.text.lstrip().startswith("|") and session.last:
        known += f"{LAST} "
    return known + document.text, len(known) + document.cursor_position


def _commands(before: str) -> Iterator[Completion]:
    match = _COMMAND.fullmatch(before)
    if match and (match[1] or match[2]):
        for word, command in COMMANDS.items():
            if word.startswith(match[2]):
                yield Completion(word, -len(match[2]), word, f"command: {command.summary}")


def _files(written: str) -> Iterator[Completion]:
    """Folders and programs that a path may go on to."""
    head, slash, start = written.rpartition("/")
    folder = Path(head + slash).expanduser() if head or slash else Path()
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return
    for path in found:
        if path.name.startswith(start) and not (path.name.startswith(".") and not start):
            if path.is_dir():
                yield Completion(f"{path.name}/", -len(start), f"{path.name}/", "folder")
            elif path.suffix == ".seis":
                yield Completion(path.name, -len(start), path.name, "program")


def _topics(start: str) -> Iterator[Completion]:
    for operator in registry().distinct():
        if operator.word.lower().startswith(start.lower()):
            yield Completion(operator.word, -len(start), operator.word, operator.summary())
    for kind, words in (("topic", list(topics())), ("type", types.names())):
        for word in words:
            if word.lower().startswith(start.lower()):
                yield Completion(word, -len(start), word, kind)


def toolbar(session: Session, document: Document) -> StyleAndTextTuples:
    """The signature at the cursor with its line of help, the parameter at hand standing out."""
    if not document.text.strip():
        return [("", "help   Tab completes   Alt-Enter new line   Ctrl-C stops   Ctrl-D leaves")]
    read_operators()
    folder = session.path and session.path.parent
    found = signature(*placed(session, document), folder=folder)
    if found is None:
        return []
    before, active, after = found.label, "", ""
    if found.active is not None:
        active = found.parameters[found.active]
        before, after = found.label.split(f"[{active}]", 1)
        before, after = f"{before}[", f"]{after}"
    shown: StyleAndTextTuples = [
        ("class:toolbar.name", before),
        ("class:toolbar.active", active),
        ("class:toolbar.name", after),
    ]
    return [*shown, ("", f"\n{found.line}")] if found.line else shown
