"""Names across the programs that are open: where each is given and used, and giving it another."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

from lsprotocol import types as lsp

from seisdsl.assist import renaming
from seisdsl.assist.document import Document
from seisdsl.assist.here import here
from seisdsl.assist.mentions import Key, Mention, mention_at, mentions_of
from seisdsl.assist.renaming import Refused
from seisdsl.language.scope import Module
from seisdsl.lsp.programs import Programs
from seisdsl.operator import Operator


def definition(programs: Programs, path: Path, position: lsp.Position) -> lsp.Location | None:
    """Where the name at a position is given; of a used file its beginning, of an operator its class."""
    document, text = programs.document(path), programs.text(path)
    if document is None or text is None:
        return None
    offset = text.offset(position)
    mention = mention_at(document, offset)
    if mention is None:
        return _class(programs, document, offset)
    module = document.names.get(mention.key.name)
    if isinstance(module, Module) and not mention.key.within and mention.key.path == path:
        file = next((p for p, one in document.session.modules.items() if one.names is module.names), None)
        return _at(programs, file, 0, 0) if file else None
    found = programs.location(mention.place) if mention.place else None
    return _at(programs, *found) if found else None


def _at(programs: Programs, path: Path, start: int, end: int) -> lsp.Location | None:
    text = programs.text(path)
    return lsp.Location(programs.uri(path), text.range(start, end)) if text else None


def _class(programs: Programs, document: Document, offset: int) -> lsp.Location | None:
    """The class of the operator that is called at an offset."""
    assert document.text is not None
    place = here(document.text, offset, document)
    word = document.text[place.start + place.cursor.start : place.start + place.cursor.end]
    binding = place.scope.find(word)
    operator = place.scope.session.registry.get(word) if binding is None else binding
    if not (isinstance(operator, type) and issubclass(operator, Operator)):
        return None
    try:
        path, line = inspect.getsourcefile(operator), inspect.getsourcelines(operator)[1] - 1
    except (OSError, TypeError):
        return None
    start = lsp.Position(max(line, 0), 0)
    return lsp.Location(programs.uri(Path(path)), lsp.Range(start, start)) if path else None


def references(programs: Programs, path: Path, position: lsp.Position, declared: bool) -> list[lsp.Location]:
    document, text = programs.document(path), programs.text(path)
    mention = mention_at(document, text.offset(position)) if document and text else None
    if mention is None:
        return []
    found = []
    for other in _holding(programs, mention.key):
        shown = programs.text(other.path)
        for one in mentions_of(other, mention.key):
            if shown and (declared or not one.defines):
                where = shown.range(one.start, one.end)
                found.append(lsp.Location(programs.uri(other.path.resolve()), where))
    return found


def _holding(programs: Programs, key: Key) -> Iterator[Document]:
    """The programs that may hold a name, that which gives it first."""
    paths = [key.path, *programs.near()]
    for path in dict.fromkeys(paths):
        text = programs.text(path)
        if text and key.name in text.text and (document := programs.document(path)):
            yield document


def highlights(programs: Programs, path: Path, position: lsp.Position) -> list[lsp.DocumentHighlight]:
    document, text = programs.document(path), programs.text(path)
    mention = mention_at(document, text.offset(position)) if document and text else None
    if mention is None or document is None or text is None:
        return []
    kinds = lsp.DocumentHighlightKind
    return [
        lsp.DocumentHighlight(text.range(one.start, one.end), kinds.Write if one.defines else kinds.Read)
        for one in mentions_of(document, mention.key)
    ]


def renamable(programs: Programs, path: Path, position: lsp.Position) -> lsp.PrepareRenamePlaceholder:
    """The name at a position, to be typed anew; Refused where it stays."""
    _, mention = _named(programs, path, position)
    text = programs.texts[path]
    return lsp.PrepareRenamePlaceholder(text.range(mention.start, mention.end), mention.key.name)


def renamed(programs: Programs, path: Path, position: lsp.Position, new: str) -> lsp.WorkspaceEdit:
    """The edits in every program that is open, or lies in a folder that is; Refused with the reason."""
    _, mention = _named(programs, path, position)
    home, *others = _holding(programs, mention.key)
    changes = {}
    for file, edits in renaming.rename(mention, new.strip(), home, others).items():
        text = programs.text(file)
        if text is not None:
            changes[programs.uri(file.resolve())] = [
                lsp.TextEdit(text.range(one.start, one.end), one.text) for one in edits
            ]
    return lsp.WorkspaceEdit(changes=changes)


def _named(programs: Programs, path: Path, position: lsp.Position) -> tuple[Document, Mention]:
    document = programs.document(path)
    if document is None or path not in programs.texts:
        raise Refused("the program is not open")
    return document, renaming.renamable(document, programs.texts[path].offset(position))
