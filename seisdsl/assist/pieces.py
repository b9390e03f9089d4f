"""A program as an editor keeps it: one text for each statement, which moves when lines are added above."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from seisdsl.source import Position, SourceText, Span
from seisdsl.syntax.pieces import pieces


@dataclass
class Where:
    """Where a statement lies in its file now: its offset, the lines before it, the line of the next."""

    offset: int = 0
    lines: int = 0
    following: int | None = None

    def take(self, other: Where) -> None:
        self.offset, self.lines, self.following = other.offset, other.lines, other.following


@dataclass(frozen=True, eq=False)
class Piece(SourceText):
    """The text of one statement with the remarks above it; places in it tell their lines in the file."""

    where: Where = field(default_factory=Where, repr=False)

    def position(self, offset: int) -> Position:
        line, column = super().position(offset)
        return Position(line + self.where.lines, column)

    def line(self, number: int) -> str:
        return super().line(number - self.where.lines)

    def line_after(self, offset: int) -> int | None:
        return self.where.following if offset == len(self.text) else super().line_after(offset)

    @property
    def start(self) -> int:
        return self.where.offset

    @property
    def end(self) -> int:
        return self.where.offset + len(self.text)


_REMARKS = re.compile(r"(?:^#[^\n]*\n)+\Z", re.MULTILINE)


_ABOVE = re.compile(r"(?:#[^\n]*\n)*")


def places(text: str) -> list[tuple[Span, Where]]:
    """The statements of a text and where they lie."""
    spans = cut(text)
    lines = list(accumulate((text.count("\n", *span) for span in spans), initial=0))
    found = []
    for number, span in enumerate(spans):
        following = None
        if span.end < len(text):
            above = _ABOVE.match(text, span.end)
            following = lines[number + 1] + 1 + (above[0].count("\n") if above else 0)
        found.append((span, Where(span.start, lines[number], following)))
    return found


def cut(text: str) -> list[Span]:
    """The statements of a text, each with the comments directly above it; together they are the text."""
    starts: list[int] = []
    for start, _ in pieces(text):
        above = _REMARKS.search(text, starts[-1] if starts else 0, start)
        starts.append(above.start() if above else start)
    if not starts or starts[0] > 0:
        starts.insert(0, 0)
    return [Span(start, end) for start, end in pairwise([*dict.fromkeys(starts), len(text)])]
