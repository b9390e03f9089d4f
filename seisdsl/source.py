"""The text of a program, and places in it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple


class Span(NamedTuple):
    """Half-open character offsets into one text."""

    start: int
    end: int


class Position(NamedTuple):
    """Line and column, both from 1."""

    line: int
    column: int


class UnreadableText(Exception):
    """A file that holds no program text; `str()` of it says why, in the user's words."""


@dataclass(frozen=True, eq=False)
class SourceText:
    """Program text with the name it is known by in messages."""

    name: str
    text: str = field(repr=False)
    path: Path | None = None

    @staticmethod
    def of(text: str, name: str = "<text>", path: Path | None = None) -> SourceText:
        """Normalise line ends and drop a byte-order mark, so that offsets mean one thing everywhere."""
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        return SourceText(name, text, path)

    @staticmethod
    def read(path: Path) -> SourceText:
        if path.is_dir():
            raise UnreadableText("it is a folder, not a program")
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            raise UnreadableText("there is no such file") from None
        except OSError as error:
            raise UnreadableText(error.strerror or str(error)) from None
        if b"\0" in raw:
            raise UnreadableText("it is a binary file, not text")
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            raise UnreadableText(f"it is not UTF-8 text (line {line}); save it as UTF-8") from None
        return SourceText.of(text, str(path), path)

    @cached_property
    def line_starts(self) -> list[int]:
        starts = [0]
        starts += (at + 1 for at, character in enumerate(self.text) if character == "\n")
        return starts

    def position(self, offset: int) -> Position:
        line = bisect_right(self.line_starts, offset)
        return Position(line, offset - self.line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] - 1 if number < len(self.line_starts) else len(self.text)
        return self.text[start:end]

    def line_after(self, offset: int) -> int | None:
        """The line that a statement's end is followed by; None at the end of the file."""
        return self.position(offset).line if offset < len(self.text) else None

    def place(self, span: Span) -> Place:
        return Place(self, span)

    def __getitem__(self, span: Span) -> str:
        return self.text[span.start : span.end]


@dataclass(frozen=True)
class Place:
    """A span of one source text: what every message points at."""

    source: SourceText
    span: Span

    @property
    def start(self) -> Position:
        return self.source.position(self.span.start)

    @property
    def end(self) -> Position:
        return self.source.position(self.span.end)

    @property
    def text(self) -> str:
        return self.source[self.span]

    def __str__(self) -> str:
        return f"{self.source.name}:{self.start.line}:{self.start.column}"
