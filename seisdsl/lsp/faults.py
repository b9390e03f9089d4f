"""Diagnostics for an editor, and the repairs that they propose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lsprotocol import types as lsp

from seisdsl.assist.document import Document, Statement
from seisdsl.diagnostics import Diagnostic
from seisdsl.lsp.places import EditedText
from seisdsl.lsp.programs import Programs
from seisdsl.source import Place, Span
from seisdsl.syntax import tree

_SEVERITY = {"error": lsp.DiagnosticSeverity.Error, "warning": lsp.DiagnosticSeverity.Warning}


def faults(programs: Programs, path: Path) -> list[lsp.Diagnostic]:
    """What is wrong with an open program."""
    return [shown for _, shown in _told(programs, path)]


def repairs(programs: Programs, path: Path, where: lsp.Range) -> list[lsp.CodeAction]:
    """The edits that the diagnostics of a range propose."""
    text = programs.text(path)
    if text is None:
        return []
    wanted = text.span(where)
    actions = []
    for fault, shown in _told(programs, path):
        fix = fault.fix
        if fix is None or fix.place is None or fix.replacement is None:
            continue
        place = text.span(shown.range)
        edit = _edit(programs, fix.place, fix.replacement)
        if edit is None or place.start > wanted.end or wanted.start > place.end:
            continue
        actions.append(
            lsp.CodeAction(
                title=_title(fix.message, fix.place, fix.replacement),
                kind=lsp.CodeActionKind.QuickFix,
                diagnostics=[shown],
                is_preferred=True,
                edit=edit,
            )
        )
    return actions


def _title(message: str, place: Place, replacement: str) -> str:
    """What the edit does, where the message asks."""
    written = place.text
    if message.startswith("did you mean") and replacement:
        return f"replace `{written}` by `{replacement}`" if written else f"write `{replacement}`"
    return message.replace("\n", " ")


def _edit(programs: Programs, place: Place, replacement: str) -> lsp.WorkspaceEdit | None:
    found = programs.location(place)
    text = programs.text(found[0]) if found else None
    if found is None or text is None:
        return None
    path, start, end = found
    edit = lsp.TextEdit(text.range(start, end), text.written(replacement))
    return lsp.WorkspaceEdit(changes={programs.uri(path): [edit]})


def _told(programs: Programs, path: Path) -> Iterator[tuple[Diagnostic, lsp.Diagnostic]]:
    document, text = programs.document(path), programs.text(path)
    if document is None or text is None:
        return
    for statement in document.statements:
        for fault in statement.found:
            where = _range(programs, path, text, fault)
            yield fault, _shown(programs, fault, where or text.range(*_first(statement)))
    for file, elsewhere in _in_used(document).items():
        where = text.range(*_use_of(document, file))
        yield elsewhere[0], _summary(programs, elsewhere, where)


def _range(programs: Programs, path: Path, text: EditedText, fault: Diagnostic) -> lsp.Range | None:
    """Where a fault is shown in a file: its own place, or where the file called what is at fault."""
    for label in sorted(fault.labels, key=lambda one: not one.primary):
        found = programs.location(label.place)
        if found and found[0] == path:
            return text.range(*found[1:])
    return None


def _in_used(document: Document) -> dict[Path, list[Diagnostic]]:
    """The faults of used files: of one that is open too the errors alone, as it shows all of them itself."""
    found: dict[Path, list[Diagnostic]] = {}
    for fault in document.elsewhere:
        if fault.primary and fault.primary.place.source.path:
            found.setdefault(fault.primary.place.source.path.resolve(), []).append(fault)
    for path, faults_of in document.faults_of.items():
        if errors := [one for one in faults_of if one.severity == "error"]:
            found[path] = errors
    return found


def _use_of(document: Document, path: Path) -> Span:
    """Where a file is used: by name, or by way of another; `sources.seis` needs no `use`."""
    used: dict[Path, Span] = {}
    for statement in document.statements:
        if isinstance(statement.tree, tree.Use) and isinstance(statement.tree.target, tree.String):
            target, at = statement.tree.target, statement.source.start
            file = (document.path.parent / target.text[1:-1]).resolve()
            used[file] = Span(at + target.span.start, at + target.span.end)
    nowhere = Span(0, 0)
    return used.get(path) or (nowhere if path.name == "sources.seis" else next(iter(used.values()), nowhere))


def _first(statement: Statement) -> Span:
    """The first line of a statement."""
    source = statement.source
    start = source.start + (statement.tree.span.start if statement.tree else 0)
    return Span(start, start + len(source.text[start - source.start :].split("\n", 1)[0]))


def _summary(programs: Programs, elsewhere: list[Diagnostic], where: lsp.Range) -> lsp.Diagnostic:
    first = elsewhere[0]
    shown = _shown(programs, first, where)
    if first.primary:
        number = "a fault" if len(elsewhere) == 1 else f"{len(elsewhere)} faults"
        shown.message = f"{first.primary.place.source.name} has {number}: {first.message}"
    return shown


def _shown(programs: Programs, fault: Diagnostic, where: lsp.Range) -> lsp.Diagnostic:
    remarks = [*fault.notes, *([fault.fix.message] if fault.fix else [])]
    primary = fault.primary
    said = f": {primary.text}" if primary and primary.text else ""
    return lsp.Diagnostic(
        range=where,
        message="\n".join([fault.message + said, *remarks]),
        severity=_SEVERITY[fault.severity],
        code=fault.code,
        source="seis",
        related_information=_related(programs, fault, where),
    )


def _related(
    programs: Programs, fault: Diagnostic, where: lsp.Range
) -> list[lsp.DiagnosticRelatedInformation]:
    related = []
    for label in fault.labels:
        found = programs.location(label.place)
        text = programs.text(found[0]) if found else None
        if found is None or text is None:
            continue
        place = lsp.Location(programs.uri(found[0]), text.range(*found[1:]))
        if not label.primary or place.range != where:
            related.append(lsp.DiagnosticRelatedInformation(place, label.text or fault.message))
    return related
