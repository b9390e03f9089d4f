"""Text tables as they stand in a file: the names of the columns, then lines of cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from seisdsl.data.parts import first
from seisdsl.operator import Unsuitable

_DELIMITERS = ",;\t|"
_MAGIC = {
    b"PK\x03\x04": "it is a zip file: unpack it, or save a spreadsheet as CSV",
    b"\x1f\x8b": "it is compressed: unpack it with gunzip",
    b"\xff\xfe": "it is text in UTF-16: save it in UTF-8",
    b"\xfe\xff": "it is text in UTF-16: save it in UTF-8",
    b"\x89HDF": "it is an HDF5 file",
    b"\x80": "it is a binary file, perhaps a Python pickle",
}
LONGEST = 2**20  # bytes of a line
MISSING = frozenset({"", "nan", "null", "none", "na", "n/a", "-", "--"})


def unreadable(path: str, why: str, *notes: str) -> Unsuitable:
    return Unsuitable(f"cannot read {path}: {why}", parameter="file", notes=notes)


@dataclass
class Complaints:
    """Lines that are left out, and why."""

    path: str
    lines: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, why: str) -> None:
        self.lines.append((line, why))

    def told(self) -> str:
        count = f"{len(self.lines):,} {'line is' if len(self.lines) == 1 else 'lines are'} left out"
        return f"{self.path}: {count}: {'; '.join(self.named())}"

    def named(self) -> list[str]:
        return first((f"line {line}: {why}" for line, why in sorted(self.lines)), 5)


@dataclass(frozen=True)
class Sheet:
    """A file of cells between delimiters, whose first line names the columns."""

    path: str
    names: tuple[str, ...]
    delimiter: str
    header: int  # the line that names the columns

    @classmethod
    def of(cls, path: str, is_header: Callable[[list[str]], bool]) -> Sheet:
        """Find the line that names the columns; it may be a comment, as in the FDSN's text format."""
        above: list[tuple[int, str]] = []
        for number, text in lines(path):
            if not text.strip():
                continue
            above.append((number, text))
            if not text.startswith("#"):
                break
        if not above:
            raise unreadable(path, "it is empty")
        for number, text in reversed(above):
            delimiter = max(_DELIMITERS, key=text.count)
            names = _cells(text.lstrip("#"), delimiter)
            if is_header(names):
                while names and not names[-1]:
                    names.pop()
                return cls(path, tuple(names), delimiter, number)
        raise unreadable(path, "no line names its columns", f"it begins `{_short(above[-1][1])}`")

    def rows(self, complaints: Complaints) -> Iterator[tuple[int, list[str]]]:
        """Each line's number and cells; a line with too few or too many is complained of."""
        here = [self.header]
        quoted: Literal[0, 3] = csv.QUOTE_NONE if self.delimiter == "|" else csv.QUOTE_MINIMAL
        reader = csv.reader(
            self._body(here), delimiter=self.delimiter, quoting=quoted, skipinitialspace=True, strict=True
        )
        while True:
            begin = here[0] + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                words = f"up to line {here[0]}: " if here[0] > begin else ""
                complaints.add(begin, words + _plain_words(str(error)))
                continue
            if len(cells) == len(self.names) + 1 and not cells[-1].strip():
                cells.pop()
            if len(cells) == len(self.names):
                yield here[0], cells
            elif any(cell.strip() for cell in cells):
                complaints.add(here[0], f"{len(cells)} cells for {len(self.names)} columns")

    def _body(self, here: list[int]) -> Iterator[str]:
        """The lines below the header but for comments; the number of the latest stands in `here`."""
        for number, text in lines(self.path):
            if number > self.header and not text.startswith("#"):
                here[0] = number
                yield text


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter))]
    except csv.Error:
        return []


def lines(path: str) -> Iterator[tuple[int, str]]:
    try:
        with Path(path).open("rb") as file:
            head = file.read(8)
            for magic, why in _MAGIC.items():
                if head.startswith(magic):
                    raise unreadable(path, why)
            file.seek(0)
            for number, line in enumerate(iter(lambda: file.readline(LONGEST + 1), b""), start=1):
                if len(line) > LONGEST:
                    raise unreadable(path, f"line {number} is longer than {LONGEST >> 20} MiB")
                if b"\0" in line:
                    raise unreadable(path, f"it is a binary file, not a table (line {number})")
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                yield number, text
    except UnicodeDecodeError:
        raise unreadable(path, f"line {number} is not text in UTF-8", "save the file in UTF-8") from None
    except OSError as error:
        raise unreadable(path, error.strerror or "it cannot be opened") from None


def _plain_words(said: str) -> str:
    return "a quotation mark is not closed" if "unexpected end" in said or "field larger" in said else said


def _short(text: str) -> str:
    line = " ".join(text.split())
    return re.sub(r"[^ -~]", "?", line)[:60]
