"""Another name for a value, a definition, a parameter or a source, wherever it is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from seisdsl.assist.document import Document, Statement
from seisdsl.assist.highlight import tokens
from seisdsl.assist.mentions import Key, Mention, mention_at, mentions, mentions_of
from seisdsl.language.check import OPTIONS
from seisdsl.language.written import NAME
from seisdsl.language.written import name as as_name
from seisdsl.resources import STDLIB
from seisdsl.syntax import tree
from seisdsl.syntax.complaints import KEYWORDS


class Refused(Exception):
    """Why a name stays as it is, in the user's words."""


@dataclass(frozen=True)
class Edit:
    start: int
    end: int
    text: str


def renamable(document: Document, offset: int) -> Mention:
    """The name at an offset, where it is the program's own."""
    mention = mention_at(document, offset)
    if mention is None:
        raise Refused(
            "only a name that a program gives itself can be changed: of a let, def, param or source"
        )
    name = mention.key.name
    if mention.key.path.is_relative_to(STDLIB.resolve()):
        raise Refused(f"`{name}` is of the standard library")
    if any(one.fixed for one in mentions_of(document, mention.key)):
        raise Refused(f"`{name}` is the name of a file; give it another by `use … as …`")
    if mention.place is None:
        raise Refused(f"`{name}` is given by no program")
    return mention


def rename(mention: Mention, new: str, home: Document, others: Iterable[Document]) -> dict[Path, list[Edit]]:
    """The edits, file by file; `home` is the program that gives the name, `others` may use it."""
    _acceptable(mention, new, home)
    if new == mention.key.name:
        return {}
    edits: dict[Path, list[Edit]] = {}
    changed: list[tuple[Document, str]] = []
    for document in (home, *others):
        _readable(document, mention.key)
        found = mentions_of(document, mention.key)
        if found and document.text is not None:
            edits[document.path] = [_edit(one, new) for one in found]
            changed.append((document, _applied(document.text, edits[document.path])))
    texts = {document.path: text for document, text in changed}
    for document, text in changed:
        after = Document(document.path).update(text, {**document.open_files, **texts})
        _unchanged(document, after, mention.key, new)
    return edits


def _acceptable(mention: Mention, new: str, home: Document) -> None:
    source = any(isinstance(one.tree, tree.Source) for one in _giving(home, mention.key))
    if new in KEYWORDS:
        raise Refused(f"`{new}` is a word of the language and cannot be a name")
    if not NAME.fullmatch(new) and not (source and new.strip() and not set(new) & set('"\\{}\n')):
        raise Refused(f"`{new}` is no name: letters, digits and _, and a hyphen before a letter")
    if new == mention.key.name:
        return
    if any(isinstance(one.tree, tree.Parameter) for one in _giving(home, mention.key)) and new in OPTIONS:
        raise Refused(f"`--{new}` is an option of `seis run`; choose another name")
    operator = home.session.registry.get(new)
    if operator is not None and not operator.internal:
        raise Refused(f"`{new}` is an operator")
    if not mention.key.within and new in home.names:
        raise Refused(f"`{new}` is already a name in {home.name}")


def _giving(home: Document, key: Key) -> list[Statement]:
    return [] if key.within else [one for one in home.statements if key.name in one.declares]


def _readable(document: Document, key: Key) -> None:
    """A name in a statement that is broken may be any name: it is not guessed."""
    for statement in document.statements:
        if statement.faults and any(word == key.name for _, _, word, _ in tokens(statement.source.text)):
            line = statement.source.where.lines + 1
            raise Refused(
                f"`{key.name}` stands in the broken statement at {document.name}:{line}: mend it first"
            )


def _edit(one: Mention, new: str) -> Edit:
    return Edit(one.start, one.end, new if one.quoted or NAME.fullmatch(new) else as_name(new))


def _applied(text: str, edits: list[Edit]) -> str:
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _unchanged(before: Document, after: Document, key: Key, new: str) -> None:
    """Every other name means what it did, and nothing new is wrong."""
    if _meanings(before, {key.name, new}, key, new) != _meanings(after, {key.name, new}, key, new):
        raise Refused(f"`{new}` stands for something else where `{key.name}` is used")
    known = Counter((one.code, one.severity) for one in before.diagnostics)
    for one in after.diagnostics:
        known[one.code, one.severity] -= 1
        if known[one.code, one.severity] < 0:
            raise Refused(f"as `{new}` the program would be wrong: {one.message}")


def _meanings(document: Document, words: set[str], key: Key, new: str) -> list[tuple[str, str]]:
    found = []
    for statement in document.statements:
        if any(word in statement.source.text for word in words):
            for one in mentions(document, statement):
                name = new if one.key == key else one.key.name
                within = "" if one.key.within.startswith("the sweep") else one.key.within
                if key.within == "" and within == key.name:
                    within = new
                found.append((name, within))
    return found
