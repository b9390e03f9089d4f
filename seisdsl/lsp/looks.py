"""What an editor shows of a program beside its text: its outline, the types that flow, its layout."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from pathlib import Path

from lsprotocol import types as lsp

from seisdsl.assist.hints import hints
from seisdsl.diagnostics import Faults
from seisdsl.lsp.programs import Programs
from seisdsl.syntax import tree
from seisdsl.syntax.format import format_program

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_Kind = lsp.SymbolKind
_KINDS = {
    tree.Let: _Kind.Variable,
    tree.Definition: _Kind.Function,
    tree.Parameter: _Kind.Constant,
    tree.Source: _Kind.Object,
    tree.Use: _Kind.Module,
}


def outline(programs: Programs, path: Path) -> list[lsp.DocumentSymbol]:
    """The names that a program gives, broken statements among them."""
    document, text = programs.document(path), programs.text(path)
    if document is None or text is None:
        return []
    symbols = []
    for statement in document.statements:
        at, node = statement.source.start, statement.tree
        written = statement.source.text
        start = node.span.start if node else next(iter(statement.declares.values()), (0, 0))[0]
        whole = text.range(at + start, at + len(written.rstrip()))
        names = dict(statement.declares)
        if isinstance(node, tree.Use):
            target = node.alias or node.target
            names = dict.fromkeys(statement.gives, target.span)
        for name, span in names.items():
            binding = statement.gives.get(name)
            value = getattr(binding, "value", None)
            symbols.append(
                lsp.DocumentSymbol(
                    name=name,
                    kind=_KINDS.get(type(node), _Kind.Variable),
                    range=whole,
                    selection_range=text.range(at + span.start, at + span.end),
                    detail=str(value.type) if value is not None and str(value.type) != "?" else None,
                )
            )
    return symbols


def inlays(programs: Programs, path: Path, where: lsp.Range) -> list[lsp.InlayHint]:
    """The type that flows at each pipe in a range."""
    document, text = programs.document(path), programs.text(path)
    if document is None or text is None:
        return []
    wanted = text.span(where)
    return [
        lsp.InlayHint(
            position=text.position(one.at),
            label=one.label,
            kind=lsp.InlayHintKind.Type,
            tooltip=one.more or None,
            padding_left=True,
        )
        for one in hints(document, wanted.start, wanted.end)
    ]


def formatted(programs: Programs, path: Path) -> list[lsp.TextEdit] | None:
    """The lines that the one style writes otherwise; None where the program cannot be read whole."""
    text = programs.text(path)
    if text is None:
        return None
    try:
        styled = format_program(text.source)
    except Faults:
        return None
    before, after = _LINE.findall(text.text), _LINE.findall(styled)
    edits = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            start = len("".join(before[:a]))
            edits.append(
                lsp.TextEdit(
                    text.range(start, start + len("".join(before[a:b]))), text.written("".join(after[c:d]))
                )
            )
    return edits
