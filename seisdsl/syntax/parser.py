"""Text to tree: every broken statement of a file is reported, the sound ones still parse."""

from __future__ import annotations

import dataclasses
import sys
from bisect import bisect_left
from functools import cache
from importlib.metadata import version
from typing import Any

from lark import Lark, Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, ast_utils
from lark.lexer import TerminalDef, TextSlice
from lark.grammar import Rule

from seisdsl.compiled import compiled
from seisdsl.diagnostics import Diagnostic
from seisdsl.resources import GRAMMAR
from seisdsl.source import SourceText, Span
from seisdsl.syntax import tree
from seisdsl.syntax.complaints import complaint
from seisdsl.syntax.layout import Layout
from seisdsl.syntax.pieces import Marks, bracket_fault, pieces

OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "propagate_positions": True,
    "maybe_placeholders": True,
}


@cache
def grammar() -> Lark:
    text = GRAMMAR.read_text(encoding="utf-8")

    def build() -> Any:
        return Lark(text, **OPTIONS).memo_serialize([TerminalDef, Rule])

    ingredients = [text, version("lark"), repr(OPTIONS), sys.version.split()[0]]
    data, memo = (_whole_keys(part) for part in compiled("grammar", ingredients, build))
    return Lark._load_from_dict(data, memo, postlex=Layout())


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
    for piece in pieces(source.text):
        start = bisect_left(marks.brackets, (piece.start, ""))
        end = bisect_left(marks.brackets, (piece.end, ""))
        if fault := bracket_fault(source, piece, marks.brackets[start:end]):
            faults.append(fault)
            continue
        try:
            statements += _statements(source, piece)
        except UnexpectedInput as error:
            faults.append(_explained(source, piece, error))
    documented = _with_docs(source, statements, marks.comments)
    return tree.Program(tuple(documented), tuple(marks.comments)), faults


def _statements(source: SourceText, piece: Span) -> list[tree.Statement]:
    parsed = grammar().parse(TextSlice(source.text, piece.start, piece.end))
    nodes: list[tree.Statement] = _to_nodes.transform(parsed).children
    return nodes


def _explained(source: SourceText, piece: Span, error: UnexpectedInput) -> Diagnostic:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        token: Token = error.token
        return complaint(source, piece, Span(token.start_pos or 0, token.end_pos or 0), set(error.expected))
    if isinstance(error, UnexpectedCharacters):
        at = error.pos_in_stream or 0
        return complaint(source, piece, Span(at, at + 1), set(error.allowed or ()))
    expected = set(error.expected) if isinstance(error, UnexpectedToken) else set()
    return complaint(source, piece, None, expected)


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
            lines.insert(0, by_line[line])
        if lines and hasattr(statement, "doc"):
            statement = dataclasses.replace(statement, doc="\n".join(lines))  # type: ignore[call-arg]
        documented.append(statement)
    return documented
