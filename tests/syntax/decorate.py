"""Comments, spaces and line ends put into a program wherever the language allows them."""

from __future__ import annotations

from random import Random

from lark import Token

from seisdsl.syntax.parser import grammar

REMARKS = ["#", "# why", "## twice  ", '# "quoted', "# a | b } ) ]", "#日本\t", "# let x = 3"]
GAPS = ["", "", " ", "  ", "\t"]
_OPEN = {"LPAR": "LPAR", "LSQB": "LSQB", "LBRACE": "LBRACE"}
_CLOSE = {"RPAR", "RSQB", "RBRACE"}
_AFTER = {"VBAR", "EQUAL", "COMMA", "LBRACE", "_ARROW"}


def tokens(text: str) -> list[Token]:
    return [token for token in grammar().parse_interactive(text).exhaust_lexer() if token.type != "_NL"]


def decorated(text: str, random: Random) -> tuple[str, list[str]]:
    """The text with more in it, and the comments that were put in, in order.

    `text` holds one statement on one line, without comments.
    """
    comments: list[str] = []
    inside: list[str] = []
    parts: list[str] = []
    previous: Token | None = None
    found = tokens(text)
    fields = {a.start_pos for a, b, c in zip(found, found[1:], found[2:], strict=False) if _field(a, b, c)}
    for token in found:
        if previous is not None:
            kept = text[previous.end_pos : token.start_pos]
            free = bool(inside) and inside[-1] != "LBRACE"
            at_pipe = token.type == "VBAR" or token.type in _CLOSE
            breaks = free or at_pipe or previous.type in _AFTER
            parts.append(_gap(kept, breaks, random, comments))
        if token.type in _OPEN:
            inside.append(token.type)
        elif token.type in _CLOSE:
            inside.pop()
        if token.start_pos in fields and inside[-1] == "LBRACE" and random.random() < 0.5:
            parts.append(f"{_line_ends(random, comments)} ")
            previous = Token("_NL", "\n", end_pos=token.end_pos)
            continue
        parts.append(str(token))
        previous = token
    parts.append(_line_ends(random, comments) if random.random() < 0.5 else "\n")
    return "".join(parts), comments


def _field(*found: Token) -> bool:
    """Whether these are a comma and the beginning of a record's field."""
    return [token.type for token in found] == ["COMMA", "NAME", "EQUAL"]


def _gap(kept: str, breaks: bool, random: Random, comments: list[str]) -> str:
    if breaks and random.random() < 0.3:
        return f"{_line_ends(random, comments)}  {random.choice(GAPS)}"
    return kept + random.choice(GAPS)


def _line_ends(random: Random, comments: list[str]) -> str:
    """One or more line ends, with comments at the end of a line or alone."""
    text = ""
    for _ in range(random.randint(1, 3)):
        if random.random() < 0.5:
            remark = random.choice(REMARKS)
            comments.append(remark.rstrip())
            text += random.choice(GAPS) + remark
        text += random.choice(["\n", "\n", "\r\n", " \n"])
    return text
