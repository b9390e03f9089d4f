"""Programs and other code in colours; each operator in a program leads to its page."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup, escape
from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.token import STANDARD_TYPES, Keyword, Name  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

from seisdsl.assist.highlight import SeisLexer
from seisdsl.operator import registry
from seisdsl.site.page import relative

NAMES = {"py": "python", "sh": "bash"}
PLAIN = ("", "text")
WRONG = "seis wrong"
PROGRAMS = ("seis", WRONG, "seis norun")


def coloured(text: str, kind: str, page: str) -> Markup:
    """The inside of a `code` element on a page."""
    if kind in PLAIN:
        return escape(text.rstrip("\n"))
    parts: list[Markup] = []
    for token, value in _lexer(kind).get_tokens(text.rstrip("\n")):
        style = STANDARD_TYPES.get(token) or STANDARD_TYPES[token.parent]
        shown = Markup('<span class="{}">{}</span>').format(style, value) if style else escape(value)
        operator = address_of(value) if kind in PROGRAMS and token in (Name.Function, Keyword) else None
        parts.append(
            Markup('<a href="{}">{}</a>').format(relative(operator, page), shown) if operator else shown
        )
    return Markup("".join(parts).rstrip("\n"))


@cache
def _lexer(kind: str) -> Lexer:
    if kind in PROGRAMS:
        return SeisLexer(stripnl=False)
    try:
        return get_lexer_by_name(NAMES.get(kind, kind), stripnl=False)
    except ClassNotFound:
        return get_lexer_by_name("text", stripnl=False)


def address_of(word: str) -> str | None:
    """Where an operator has its page."""
    known = registry().get(word)
    return f"operators/{known.word}.html" if known is not None and not known.internal else None
