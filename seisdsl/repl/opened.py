"""Whether a text goes on: the parser's answer to Enter."""

from __future__ import annotations

from lark import TextSlice, UnexpectedInput

from seisdsl.source import SourceText
from seisdsl.syntax.parser import grammar
from seisdsl.syntax.pieces import Marks, pieces

_CLOSER = {"(": ")", "[": "]", "{": "}"}


def is_open(text: str) -> bool:
    """Whether the last statement of a text ends on a later line; what is broken does not."""
    text = text.rstrip(" \t\n")
    if text.rpartition("\n")[2].lstrip().startswith("##"):
        return True
    source = SourceText.of(text)
    found = pieces(text)
    if not found:
        return False
    piece = found[-1]
    opened: list[str] = []
    for at, bracket in Marks.of(source).brackets:
        if at < piece.start:
            continue
        if bracket == '"':
            return False
        if bracket in _CLOSER:
            opened.append(bracket)
        elif not opened or _CLOSER[opened.pop()] != bracket:
            return False
    return bool(opened) or _wants_more(f"{text[piece.start :]}\n")


def _wants_more(text: str) -> bool:
    """Whether nothing is wrong with what is there, and it cannot end there."""
    state = grammar().parse_interactive(TextSlice(text, 0, len(text)))
    try:
        for _ in state.iter_parse():
            pass
    except UnexpectedInput:
        return False
    try:
        state.feed_eof()  # type: ignore[no-untyped-call]
    except UnexpectedInput:
        return True
    return False
