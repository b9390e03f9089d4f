"""Places as an editor counts them: lines and columns of its own text, in its own units."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from pathlib import Path

from lsprotocol import types as lsp

from seisdsl.source import SourceText, Span

_UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


class EditedText:
    """A text as the editor has it, and as the language reads it: its line ends and mark apart.

    Lines are the same in both, so that a place is a line and what stands before it there.
    """

    def __init__(self, raw: str, path: Path, encoding: str = "utf-16") -> None:
        self.source = SourceText.of(raw, path.name, path)
        self.line_end = "\r\n" if "\r\n" in raw else "\n"
        self.marked = raw.startswith("\ufeff")  # the mark is no part of the first line as it is read
        self.encoding, self.width = _UNITS.get(encoding, _UNITS["utf-16"])

    @property
    def text(self) -> str:
        return self.source.text

    @cached_property
    def _starts(self) -> list[int]:
        return self.source.line_starts

    def _line(self, number: int) -> str:
        start = self._starts[number]
        end = self._starts[number + 1] - 1 if number + 1 < len(self._starts) else len(self.text)
        return self.text[start:end]

    def _length(self, text: str) -> int:
        if text.isascii():
            return len(text)
        return len(text.encode(self.encoding, "surrogatepass")) // self.width

    def offset(self, position: lsp.Position) -> int:
        """The offset of a position; one behind a line's end is the line's end."""
        if position.line >= len(self._starts):
            return len(self.text)
        line = self._line(position.line)
        wanted = position.character
        if self.marked and position.line == 0:
            wanted -= self._length("\ufeff")
        if line.isascii():
            return self._starts[position.line] + min(max(wanted, 0), len(line))
        passed = 0
        for at, character in enumerate(line):
            if passed >= wanted:
                return self._starts[position.line] + at
            passed += self._length(character)
        return self._starts[position.line] + len(line)

    def position(self, offset: int) -> lsp.Position:
        offset = min(max(offset, 0), len(self.text))
        number = bisect_right(self._starts, offset) - 1
        before = self._length(self.text[self._starts[number] : offset])
        if self.marked and number == 0:
            before += self._length("\ufeff")
        return lsp.Position(number, before)

    def range(self, start: int, end: int) -> lsp.Range:
        return lsp.Range(self.position(start), self.position(end))

    def span(self, where: lsp.Range) -> Span:
        return Span(self.offset(where.start), self.offset(where.end))

    @property
    def whole(self) -> lsp.Range:
        return self.range(0, len(self.text))

    def written(self, text: str) -> str:
        """A text to put in, with the line ends of this one."""
        return text.replace("\n", self.line_end)
