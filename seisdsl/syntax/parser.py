"""Text to tree: every broken statement of a file is reported, the sound ones still parse."""

from __future__ import annotations

import dataclasses
import re
import sys
from bisect import bisect_left
from functools import cache
from importlib.metadata import version
from typing import Any

from lark import (
    Lark,
    TextSlice,
    Token,
    Tree,
    UnexpectedCharacters,
    UnexpectedInput,
    UnexpectedToken,
    ast_utils,
)
from lark.grammar import Rule
from lark.lexer import TerminalDef

from seisdsl.compiled import compiled
from seisdsl.diagnostics import Diagnostic, Fix, problem
from seisdsl.resources import GRAMMAR
from seisdsl.source import SourceText, Span
from seisdsl.syntax import tree
from seisdsl.syntax.complaints import Stop, complaint
from seisdsl.syntax.layout import Layout
from seisdsl.syntax.pieces import Marks, bracket_fault, pieces, too_deep

OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "propagate_positions": True,
    "maybe_placeholders": True,
    "g_regex_flags": re.ASCII,
}
DEEPEST_TREE = 200  # nodes within nodes: what the recursion of Python bears several times over


@cache
def grammar() -> Lark:
    text = GRAMMAR.read_text(encoding="utf-8")

    def build() -> Any:
        return Lark(text, **OPTIONS).memo_serialize([TerminalDef, Rule])

    ingredients = [text, version("lark"), repr(OPTIONS), sys.version.split()[0]]
    data, memo = (_whole_keys(part) for part in compiled("grammar", ingredients, build))
    loaded: Lark = Lark._load_from_dict(data, memo, postlex=Layout())  # type: ignore[no-untyped-call]
    return loaded


def _whole_keys(value: Any) -> Any:
    """JSON makes text of whole-number keys; make them numbers again."""
    if isinstance(value, dict):
        return {int(k) if k.isdigit() else k: _whole_keys(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_whole_keys(item) for item in value]
    return value


_to_nodes = ast_utils.create_transformer(tree)


def parse(source: SourceText) -> tuple[tree.Program, list[Diagnostic]]:
    """The sound statements of a text, and what is wrong with the others."""
    marks = Marks.of(source)
    statements: list[tree.Statement] = []
    faults: list[Diagnostic] = []
    code = ""
    for piece in pieces(source.text):
        start = bisect_left(marks.brackets, (piece.start, ""))
        end = bisect_left(marks.brackets, (piece.end, ""))
        if fault := bracket_fault(source, piece, marks.brackets[start:end]):
            faults.append(fault)
            continue
        try:
            parsed = grammar().parse(TextSlice(source.text, piece.start, piece.end))
        except UnexpectedInput as error:
            code = code or marks.without_comments(source.text)
            faults.append(complaint(_stop(source, code, piece, error)))
            continue
        if fault := _depth_fault(source, parsed) or _indent_fault(source, parsed):
            faults.append(fault)
            continue
        statements += _to_nodes.transform(parsed).children
    documented = _with_docs(source, statements, marks.comments)
    return tree.Program(tuple(documented), tuple(marks.comments)), faults


def _stop(source: SourceText, code: str, piece: Span, error: UnexpectedInput) -> Stop:
    at: Span | None = None
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        at = Span(error.token.start_pos or 0, error.token.end_pos or 0)
    elif isinstance(error, UnexpectedCharacters):
        start = error.pos_in_stream or 0
        at = Span(start, start + 1)
    accepts: set[str] = error.interactive_parser.accepts()  # type: ignore[no-untyped-call]
    return Stop(source, code, piece, at, frozenset(accepts))


def _depth_fault(source: SourceText, parsed: Tree[Token]) -> Diagnostic | None:
    """Python's recursion ends somewhere; a program is refused long before."""
    level = [parsed]
    for _ in range(DEEPEST_TREE):
        level = [child for node in level for child in node.children if isinstance(child, Tree)]
        if not level:
            return None
    start = level[0].meta.start_pos
    return too_deep(source.place(Span(start, start + 1)))


def _indent_fault(source: SourceText, parsed: Tree[Token]) -> Diagnostic | None:
    """A statement further in than the one above it: most often a line without its pipe."""
    first, *others = (node for node in parsed.children if isinstance(node, Tree))
    column = source.position(first.meta.start_pos).column
    for node in others:
        start = node.meta.start_pos
        if source.position(start).column != column:
            place = source.place(Span(start, node.meta.end_pos))
            here = source.place(Span(start, start))
            pipe = Fix("to go on with the line above, write `|` first", here, "| ")
            return problem(
                "syntax",
                "this line is indented, but goes on with nothing",
                place,
                notes=["a statement begins in column 1"],
                fix=pipe if node.data == "pipeline" else None,
            )
    return None


def _with_docs(
    source: SourceText, statements: list[tree.Statement], comments: list[tree.Comment]
) -> list[tree.Statement]:
    """Give each statement the `##` lines that stand directly above it."""
    by_line = {
        source.position(c.span.start).line: c.text[2:].removeprefix(" ")
        for c in comments
        if c.alone and c.text.startswith("##")
    }
    if not by_line:
        return statements
    documented = []
    for statement in statements:
        line = source.position(statement.span.start).line
        lines: list[str] = []
        while (line := line - 1) in by_line:
            lines.append(by_line[line])
        if lines and not isinstance(statement, tree.Use | tree.Assertion | tree.Pipeline):
            statement = dataclasses.replace(statement, doc="\n".join(reversed(lines)))
        documented.append(statement)
    return documented
