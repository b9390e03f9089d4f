"""Completion in `%%seis` cells and after `%seis`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, context_matcher

from seisdsl.assist.completion import completions
from seisdsl.inputs import is_input
from seisdsl.notebook.conversation import Notebook

_CELL = re.compile(r"\A\s*%%seis\b[^\n]*\n")
_LINE = re.compile(r"^[^\n]*?%seis[ \t]+", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_][\w-]*\Z")


def program_in(text: str, at: int) -> tuple[str, int] | None:
    """The program that the cursor stands in, and where in it; None where it is Python."""
    if (cell := _CELL.match(text)) and at >= cell.end():
        return text[cell.end() :], at - cell.end()
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[start : end if end >= 0 else len(text)]
    if (match := _LINE.match(line)) and at - start >= match.end():
        return line[match.end() :], at - start - match.end()
    return None


def position(text: str, line: int, column: int) -> int:
    """Where a line and a column are in a text."""
    return sum(len(one) + 1 for one in text.split("\n")[:line]) + column


def found(
    notebook: Notebook, text: str, at: int, python: dict[str, Any]
) -> tuple[str, list[tuple[str, str]]]:
    """What is replaced, and the words that fit there with their kinds; cells before are known."""
    before = notebook.cells.known
    word = _WORD.search(text[:at])
    fragment = word[0] if word else ""
    words: dict[str, str] = {}
    if known := completions(before + text, len(before) + at):
        fragment = text[known[0].start - len(before) : at]
        words = {one.insert: one.kind for one in known}
    names = {name for name, value in python.items() if not name.startswith("_") and is_input(value)}
    words |= {name: "variable" for name in sorted(names) if fragment and name.startswith(fragment)}
    return fragment, list(words.items())


def matcher_for(notebook: Notebook) -> Callable[[CompletionContext], Any]:
    """A matcher for IPython, which says nothing where the cursor is in Python."""

    @context_matcher()  # type: ignore[untyped-decorator]
    def seis_matcher(context: CompletionContext) -> Any:
        full = context.full_text
        here = program_in(full, position(full, context.cursor_line, context.cursor_position))
        if here is None:
            return {"completions": [], "suppress": False}
        from IPython.core.getipython import get_ipython

        shell: Any = get_ipython()
        fragment, words = found(notebook, *here, shell.user_ns if shell else {})
        return {
            "completions": [SimpleCompletion(text=word, type=kind) for word, kind in words],
            "matched_fragment": fragment,
            "suppress": True,
            "ordered": True,
        }

    seis_matcher.of_seisdsl = True
    return seis_matcher  # type: ignore[no-any-return]
