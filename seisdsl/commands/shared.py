"""What the commands share: reading programs, their parameters, and saying what is wrong."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from seisdsl.cli import FAULTY, MISUSED
from seisdsl.diagnostics import Diagnostic, Style, count, problem, render
from seisdsl.source import SourceText, Span, UnreadableText


class Stop(Exception):
    """End the command with this exit code; what is to be said has been said."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def read(name: str) -> SourceText:
    """A program's text; `-` is standard input. Raises UnreadableText."""
    if name == "-":
        try:
            return SourceText.of(sys.stdin.buffer.read().decode(), "<stdin>")
        except UnicodeDecodeError:
            raise UnreadableText("it is not UTF-8 text") from None
    return SourceText.read(Path(name))


def read_or_stop(name: str) -> SourceText:
    try:
        return read(name)
    except UnreadableText as reason:
        show([unreadable(name, reason)], sys.stderr)
        raise Stop(unreadable_code(name)) from None


def unreadable(name: str, reason: UnreadableText) -> Diagnostic:
    place = SourceText(name, "").place(Span(0, 0))
    return problem("file", f"{name} cannot be read: {reason}", None if name == "-" else place)


def unreadable_code(name: str) -> int:
    """A path that holds no file is a wrong use of the command; a file that holds no text is at fault."""
    return FAULTY if name == "-" or Path(name).is_file() else MISUSED


def style(stream: TextIO | None) -> Style:
    encoding = (getattr(stream, "encoding", None) or "ascii").lower()
    plain = Style() if "utf" in encoding else Style.plain_ascii()
    colour = stream is not None and stream.isatty() and "NO_COLOR" not in os.environ
    return replace(plain, colour=colour)


def print_json(data: Any) -> None:
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    print(json.dumps(data, indent=2, ensure_ascii="utf" not in encoding.lower()))


def show(diagnostics: Iterable[Diagnostic], stream: TextIO | None) -> None:
    print("\n\n".join(render(diagnostic, style(stream)) for diagnostic in diagnostics), file=stream)


def tell(diagnostics: Sequence[Diagnostic], stream: TextIO | None, nothing_ran: bool) -> None:
    """All the diagnostics, then how many."""
    if diagnostics:
        show(diagnostics, stream)
        faulty = any(diagnostic.severity == "error" for diagnostic in diagnostics)
        print(f"\n{count(diagnostics)}{', nothing was run' if nothing_ran and faulty else ''}.", file=stream)


def parameters(rest: Sequence[str]) -> dict[str, str]:
    """`--day 2016-08-16` and `--day=2016-08-16`, as the program's own parameters."""
    given: dict[str, str] = {}
    words = list(rest)
    while words:
        word = words.pop(0)
        if not word.startswith("--") or len(word) < 3:
            print(f"seis: {word} is not understood; a parameter is given as --name value", file=sys.stderr)
            raise Stop(MISUSED)
        name, equals, value = word[2:].partition("=")
        if not equals:
            if not words:
                print(f"seis: --{name} needs a value", file=sys.stderr)
                raise Stop(MISUSED)
            value = words.pop(0)
        if name in given:
            print(f"seis: --{name} is given twice", file=sys.stderr)
            raise Stop(MISUSED)
        given[name] = value
    return given
