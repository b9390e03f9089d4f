"""A file cut into statements, so that one broken statement does not hide the others.

A line that begins in column 1 with anything but `|`, a closing bracket or a comment starts a
statement. Brackets and quotes are matched here, before parsing: an open one is named where it
was opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from seisdsl.diagnostics import Diagnostic, problem
from seisdsl.source import Place, SourceText, Span
from seisdsl.syntax.tree import Comment

DEEPEST = 50  # brackets within brackets

_START = re.compile(r"^[^\s|)\]}#]", re.MULTILINE)
_MARK = re.compile(r'"(?:\\.|[^"\\\n])*+(?:"|(?P<open>))|(?P<comment>#[^\n]*)|(?P<bracket>[()\[\]{}])')
_CLOSER = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Marks:
    """The comments of a text, and its brackets and never closed quotes, in order."""

    comments: list[Comment]
    brackets: list[tuple[int, str]]

    @staticmethod
    def of(source: SourceText) -> Marks:
        comments, brackets = [], []
        for match in _MARK.finditer(source.text):
            match match.lastgroup:
                case "comment":
                    line_start = source.text.rfind("\n", 0, match.start()) + 1
                    alone = not source.text[line_start : match.start()].strip()
                    comments.append(Comment(match[0].rstrip(), Span(*match.span()), alone))
                case "bracket":
                    brackets.append((match.start(), match[0]))
                case "open":
                    brackets.append((match.start(), '"'))
        return Marks(comments, brackets)

    def without_comments(self, text: str) -> str:
        """The text with spaces for its comments: every offset stays true."""
        parts, done = [], 0
        for comment in self.comments:
            start, end = comment.span
            parts += [text[done:start], " " * (end - start)]
            done = end
        return "".join([*parts, text[done:]])


def pieces(text: str) -> list[Span]:
    """Spans of the statements; text before the first start is a piece if it holds any code."""
    starts = [match.start() for match in _START.finditer(text)]
    head = re.sub(r"#[^\n]*", "", text[: starts[0] if starts else len(text)])
    if head.strip():
        starts.insert(0, 0)
    return [Span(start, end) for start, end in pairwise([*starts, len(text)])]


def bracket_fault(source: SourceText, piece: Span, brackets: list[tuple[int, str]]) -> Diagnostic | None:
    """The first bracket of a piece that is not closed, closes nothing, or lies too deep."""
    opened: list[tuple[int, str]] = []
    for at, bracket in brackets:
        place = source.place(Span(at, at + 1))
        if bracket == '"':
            return _open_text(source, at)
        if bracket in _CLOSER:
            opened.append((at, bracket))
            if len(opened) > DEEPEST:
                return too_deep(place)
        elif not opened:
            return problem("syntax", f"`{bracket}` closes nothing", place, notes=["no bracket is open here"])
        else:
            start, opener = opened.pop()
            if _CLOSER[opener] != bracket:
                return problem(
                    "syntax",
                    f"`{opener}` is closed by `{bracket}`",
                    place,
                    f"expected `{_CLOSER[opener]}`",
                    also=[(source.place(Span(start, start + 1)), "opened here")],
                )
    if not opened:
        return None
    at, opener = opened[0]
    place = source.place(Span(at, at + 1))
    line, column = place.start
    after = source.line_after(piece.end)
    ended = f"a new statement begins at line {after}" if after else "the text ends before it is closed"
    return problem(
        "syntax", f"`{opener}` is never closed", place, notes=[f"opened at {line}:{column}; {ended}"]
    )


def too_deep(place: Place) -> Diagnostic:
    message = f"this lies too deep: at most {DEEPEST} brackets go into one another"
    return problem("syntax", message, place, fix="give a part a name with `let`, and use the name")


def _open_text(source: SourceText, at: int) -> Diagnostic:
    end = source.text.find("\n", at)
    place = source.place(Span(at, len(source.text) if end < 0 else end))
    fix = 'a text ends with `"` on the line where it begins'
    return problem("syntax", "the text is never closed", place, fix=fix)
