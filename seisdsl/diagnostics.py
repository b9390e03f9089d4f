"""What is wrong with a program: data first, text second.

The same object is printed to a terminal, given as JSON and sent to an editor.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

from seisdsl.source import Place

Severity = Literal["error", "warning"]

WIDEST_LINE = 110  # columns of source shown; a longer line is cropped around its label


@dataclass(frozen=True)
class Label:
    """A place, and what is to be said of it."""

    place: Place
    text: str = ""
    primary: bool = False


@dataclass(frozen=True)
class Fix:
    """A repair: what to say of it, and the edit that makes it."""

    message: str
    place: Place | None = None
    replacement: str | None = None


@dataclass(frozen=True)
class Diagnostic:
    code: str
    message: str
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    fix: Fix | None = None
    severity: Severity = "error"

    @property
    def primary(self) -> Label | None:
        return next((label for label in self.labels if label.primary), None)


def problem(
    code: str,
    message: str,
    place: Place | None = None,
    text: str = "",
    *,
    also: Iterable[tuple[Place, str]] = (),
    notes: Iterable[str] = (),
    fix: Fix | str | None = None,
    severity: Severity = "error",
) -> Diagnostic:
    """A diagnostic with its primary label at `place` and secondary ones from `also`."""
    labels = [Label(place, text, primary=True)] if place else []
    labels += [Label(other, words) for other, words in also]
    repair = Fix(fix) if isinstance(fix, str) else fix
    return Diagnostic(code, message, tuple(labels), tuple(notes), repair, severity)


class Faults(Exception):
    """Diagnostics on their way to whoever shows them."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("; ".join(d.message for d in diagnostics))
        self.diagnostics = list(diagnostics)


@dataclass
class Findings:
    """Diagnostics as they are found, each once."""

    found: dict[Diagnostic, None] = field(default_factory=dict)

    def add(self, *diagnostics: Diagnostic) -> None:
        self.found.update(dict.fromkeys(diagnostics))

    @property
    def errors(self) -> bool:
        return any(diagnostic.severity == "error" for diagnostic in self.found)

    def sorted(self) -> list[Diagnostic]:
        """In the order of the text, file by file as they were met."""
        files: dict[str, int] = {}

        def order(diagnostic: Diagnostic) -> tuple[int, int]:
            if not diagnostic.primary:
                return (-1, 0)
            place = diagnostic.primary.place
            return (files.setdefault(place.source.name, len(files)), place.span.start)

        return sorted(self.found, key=order)


# As data ----------------------------------------------------------------------------------------


def as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    fix = diagnostic.fix
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "labels": [
            {**_place(label.place), "text": label.text, "primary": label.primary}
            for label in diagnostic.labels
        ],
        "notes": list(diagnostic.notes),
        "fix": fix
        and {
            "message": fix.message,
            "edit": fix.place and {**_place(fix.place), "replacement": fix.replacement},
        },
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "file": place.source.name,
        "start": place.start._asdict(),
        "end": place.end._asdict(),
    }


# As text ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Style:
    """How diagnostics are drawn: box characters or ASCII, colour or none."""

    corner: str = "┌─"
    bar: str = "│"
    gap: str = "·"
    cut: str = "…"
    colour: bool = False

    @staticmethod
    def plain_ascii() -> Style:
        return Style(corner="-->", bar="|", gap="...", cut="...")

    def paint(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.colour and text else text


def render(diagnostic: Diagnostic, style: Style | None = None) -> str:
    style = style or Style()
    colour = "1;31" if diagnostic.severity == "error" else "1;33"
    heading = style.paint(f"{diagnostic.severity}[{diagnostic.code}]", colour)
    lines = [f"{heading}: {style.paint(_visible(diagnostic.message), '1')}"]
    numbers = [label.place.start.line for label in diagnostic.labels]
    width = max((len(str(number)) for number in numbers), default=1)
    margin = " " * (width + 1)
    for block in _by_file(diagnostic.labels):
        lines += _block(block, margin, style, colour)
    remarks = [*diagnostic.notes, *([diagnostic.fix.message] if diagnostic.fix else [])]
    if remarks and diagnostic.labels:
        lines.append(f"{margin}{style.bar}")
    lines += [f"{margin}= {_visible(remark)}" for remark in remarks]
    return "\n".join(lines)


def _by_file(labels: Sequence[Label]) -> list[list[Label]]:
    """Labels of one file together, the primary label's file first."""
    ordered = sorted(labels, key=lambda label: not label.primary)
    first_seen: dict[int, int] = {}
    for label in ordered:
        first_seen.setdefault(id(label.place.source), len(first_seen))
    ordered.sort(key=lambda label: first_seen[id(label.place.source)])
    return [list(group) for _, group in groupby(ordered, key=lambda label: id(label.place.source))]


def _block(labels: list[Label], margin: str, style: Style, colour: str) -> list[str]:
    anchor = next((label for label in labels if label.primary), labels[0])
    if not anchor.place.source.text:
        return [f"{margin}{style.corner} {anchor.place.source.name}"]
    lines = [f"{margin}{style.corner} {anchor.place}", f"{margin}{style.bar}"]
    previous = None
    for label in sorted(labels, key=lambda item: item.place.span):
        number = label.place.start.line
        text, start, end = _crop(label.place, style.cut)
        if number != previous:
            if previous is not None and number > previous + 1:
                lines.append(f"{style.gap.rjust(len(margin) - 1)}")
            lines.append(f"{str(number).rjust(len(margin) - 1)} {style.bar} {text}".rstrip())
        mark = ("^" if label.primary else "-") * max(1, columns(text[start:end]))
        painted = style.paint(f"{mark} {_visible(label.text)}".rstrip(), colour if label.primary else "34")
        lines.append(f"{margin}{style.bar} {' ' * columns(text[:start])}{painted}")
        previous = number
    return lines


def _crop(place: Place, cut: str) -> tuple[str, int, int]:
    """The line of a place, cropped where it is very long, and the label's ends in it."""
    line = _visible(place.source.line(place.start.line).expandtabs(1))
    start = place.start.column - 1
    end = place.end.column - 1 if place.end.line == place.start.line else len(line)
    end = max(end, start + 1)
    if len(line) <= WIDEST_LINE:
        return line, start, end
    left = max(0, min(start - WIDEST_LINE // 3, len(line) - WIDEST_LINE))
    cropped = line[left : left + WIDEST_LINE]
    before, after = cut if left else "", cut if left + WIDEST_LINE < len(line) else ""
    shift = len(before) - left
    return before + cropped + after, start + shift, min(end + shift, len(before) + len(cropped))


_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def _visible(text: str) -> str:
    """A sign for each character that would steer the terminal instead of being seen."""
    return _UNSEEN.sub("\ufffd", text)


def columns(text: str) -> int:
    """How many terminal columns a text takes; Japanese characters take two."""
    if text.isascii():
        return len(text)
    return sum(_column_width(character) for character in text)


def _column_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def count(diagnostics: Sequence[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    kinds = {"error": 0, "warning": 0}
    for diagnostic in diagnostics:
        kinds[diagnostic.severity] += 1
    return ", ".join(f"{n} {kind}{'s' * (n > 1)}" for kind, n in kinds.items() if n)
