"""Which newlines end a statement."""

from __future__ import annotations

from collections.abc import Iterator

from lark import Token


class Layout:
    """Drop the newlines that cannot end a statement.

    It looks back only. A post-lexer that holds a token back to see the next one makes Lark's
    contextual lexer read that next token in the wrong state; what must be seen ahead (a pipe or
    a closing bracket on the next line) is in the newline's own regular expression.
    """

    always_accept = ("_NL",)
    _open = frozenset({"LPAR", "LSQB", "LBRACE"})
    _close = frozenset({"RPAR", "RSQB", "RBRACE"})
    _continues = frozenset({"VBAR", "EQUAL", "COMMA", "LBRACE", "_ARROW", "_NL", None})

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        stack: list[str] = []
        last: str | None = None
        for token in stream:
            if token.type == "_NL":
                if last in self._continues or (stack and stack[-1] != "LBRACE"):
                    continue
            elif token.type in self._open:
                stack.append(token.type)
            elif token.type in self._close and stack:
                stack.pop()
            last = token.type
            yield token
