"""What is offered and said at a place: completions, signatures and hovers, as an editor takes them."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types as lsp

from seisdsl.assist.completion import completions
from seisdsl.assist.hover import hover
from seisdsl.assist.signatures import signature
from seisdsl.lsp.programs import Programs

_Kind = lsp.CompletionItemKind
_KINDS = {
    "operator": _Kind.Function,
    "function": _Kind.Function,
    "parameter": _Kind.Property,
    "column": _Kind.Field,
    "field": _Kind.Field,
    "variable": _Kind.Variable,
    "module": _Kind.Module,
    "source": _Kind.Constant,
    "value": _Kind.EnumMember,
    "unit": _Kind.Unit,
    "type": _Kind.Class,
    "keyword": _Kind.Keyword,
    "file": _Kind.File,
    "folder": _Kind.Folder,
}


def offered(
    programs: Programs, path: Path, position: lsp.Position, context: lsp.CompletionContext | None
) -> lsp.CompletionList:
    """The completions at a position, in the order of the shared list."""
    document, text = programs.document(path), programs.text(path)
    if document is None or text is None:
        return lsp.CompletionList(is_incomplete=False, items=[])
    at = text.offset(position)
    if context and context.trigger_character == " " and not _asks(text.text[:at]):
        return lsp.CompletionList(is_incomplete=False, items=[])
    items = [
        lsp.CompletionItem(
            label=one.label,
            kind=_KINDS.get(one.kind, _Kind.Text),
            detail=one.detail or None,
            documentation=one.documentation or None,
            sort_text=f"{number:04}",
            filter_text=one.label,
            text_edit=lsp.TextEdit(text.range(one.start, one.end), one.insert),
        )
        for number, one in enumerate(completions(text.text, at, document=document))
    ]
    return lsp.CompletionList(is_incomplete=True, items=items)


def _asks(before: str) -> bool:
    """Whether a space leaves something to be said: after a pipe or a sign, not after a finished word."""
    return before.rstrip(" ").endswith(("|", "="))


def said(programs: Programs, path: Path, position: lsp.Position) -> lsp.Hover | None:
    document, text = programs.document(path), programs.text(path)
    if document is None or text is None:
        return None
    found = hover(text.text, text.offset(position), document=document)
    if found is None:
        return None
    content = lsp.MarkupContent(lsp.MarkupKind.Markdown, found.markdown)
    return lsp.Hover(content, text.range(found.start, found.end))


def taken(programs: Programs, path: Path, position: lsp.Position) -> lsp.SignatureHelp | None:
    """What the operator at a position takes."""
    document, text = programs.document(path), programs.text(path)
    if document is None or text is None:
        return None
    found = signature(text.text, text.offset(position), document=document)
    if found is None:
        return None
    parameters = [lsp.ParameterInformation(label) for label in found.parameters]
    about = lsp.SignatureInformation(found.label, found.line, parameters, found.active)
    return lsp.SignatureHelp([about], 0, found.active)
