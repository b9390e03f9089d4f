"""Colours for programs, made from the terminals of the grammar: a Pygments lexer and a TextMate grammar.

`python -m seisdsl.assist.highlight` writes the TextMate grammar that editors read.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.token import (  # type: ignore[import-untyped]
    Comment,
    Error,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
    _TokenType,
)

from seisdsl.syntax.parser import grammar

TEXTMATE = Path("editors/vscode/syntaxes/seis.tmLanguage.json")

_WORD, _SIGN, _MARK = (
    (Keyword, "keyword.control"),
    (Operator, "keyword.operator"),
    (Punctuation, "punctuation"),
)
CLASSES: dict[str, tuple[_TokenType, str]] = {  # each terminal of the grammar, for Pygments and for TextMate
    **dict.fromkeys(("USE", "SOURCE", "PARAM", "LET", "DEF", "ASSERT", "WHERE", "DERIVE", "SWEEP"), _WORD),
    **dict.fromkeys(("IN", "NOT", "_AND", "_OR", "_AS"), (Operator.Word, "keyword.operator.word")),
    **dict.fromkeys(("COMPARE", "SIGN", "TIMES", "CIRCUMFLEX", "EQUAL", "_TO", "_GIVES", "_ARROW"), _SIGN),
    **dict.fromkeys(("COLON", "COMMA", "DOT", "LESSTHAN", "MORETHAN"), _MARK),
    **dict.fromkeys(("LPAR", "RPAR", "LSQB", "RSQB", "LBRACE", "RBRACE"), _MARK),
    **dict.fromkeys(("_NL", "JOIN", "__IGNORE_2"), (Whitespace, "")),
    "VBAR": (Operator.Pipe, "keyword.operator.pipe"),
    "QMARK": (Keyword.Pseudo, "keyword.other.hole"),
    "BOOLEAN": (Keyword.Constant, "constant.language"),
    "INSTANT": (Literal.Date, "constant.other.date"),
    "QUANTITY": (Number.Float, "constant.numeric.quantity"),
    "NUMBER": (Number, "constant.numeric"),
    "STRING": (String, "string.quoted.double"),
    "COMMENT": (Comment.Single, "comment.line.number-sign"),
    "NAME": (Name, "variable.other"),
}
DEFINED, STAGE, GIVEN, TYPE = (  # what a name is, by what stands around it
    (Name.Variable, "entity.name.function"),
    (Name.Function, "support.function"),
    (Name.Attribute, "variable.parameter"),
    (Keyword.Type, "support.type"),
)
_GIVEN = r"(?=[ \t]*=(?![=>]))"
_CALLED = r"(?=[ \t]+(?!(?:and|or|in|as)\b)[\w\"\[{(?])"


@cache
def terminals() -> dict[str, str]:
    """The regular expression of each terminal, in the order that the grammar's own lexer tries them."""
    order = sorted(
        grammar().terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value))
    )
    return {terminal.name: terminal.pattern.to_regexp() for terminal in order}


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{text})" for name, text in terminals().items()), re.ASCII)


class SeisLexer(Lexer):  # type: ignore[misc]
    """Programs of seisdsl for Pygments."""

    name = "seisdsl"
    aliases = ["seis"]
    filenames = ["*.seis"]
    url = "https://pypi.org/project/seisdsl"

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        for at, terminal, found, kind in tokens(text):
            yield at, kind if terminal == "NAME" else CLASSES.get(terminal, (Error, ""))[0], found


def tokens(text: str) -> Iterator[tuple[int, str, str, _TokenType]]:
    """Place, terminal, text and, of a name, its class; what is no token has the terminal ""."""
    at, before, typed = 0, "_NL", False
    while at < len(text):
        match = _pattern().match(text, at)
        if match is None or not match[0]:
            end = _open_text(text, at)
            yield at, "STRING" if end > at + 1 else "", text[at:end], Error
            at, before = end, ""
            continue
        terminal = match.lastgroup or ""
        typed = terminal in ("COLON", "_GIVES") or (
            typed and terminal not in ("EQUAL", "RPAR", "_NL", "LBRACE")
        )
        yield (
            at,
            terminal,
            match[0],
            _class(text, match.end(), before, typed) if terminal == "NAME" else Error,
        )
        at = match.end()
        if terminal not in ("__IGNORE_2", "JOIN", "COMMENT"):
            before = terminal


def _open_text(text: str, at: int) -> int:
    """The end of what is no token: one character, or the rest of a line whose text is not closed."""
    if text[at] != '"':
        return at + 1
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _class(text: str, end: int, before: str, typed: bool) -> _TokenType:
    """What a name is, by the token before it and what follows."""
    if before in ("LET", "DEF", "PARAM", "SOURCE"):
        return DEFINED[0]
    if typed:
        return TYPE[0]
    if before == "VBAR":
        return STAGE[0]
    if re.compile(_GIVEN).match(text, end):
        return GIVEN[0]
    if before in ("_NL", "EQUAL", "LPAR", "_ARROW") and re.compile(_CALLED).match(text, end):
        return STAGE[0]
    return Name


# For editors ------------------------------------------------------------------------------------


def textmate() -> dict[str, Any]:
    """The grammar for TextMate, Visual Studio Code and all that read theirs."""
    own = {name: _portable(text) for name, text in terminals().items()}
    name = own["NAME"]
    words = r"let|def|param|source"
    around: list[list[tuple[str, tuple[_TokenType, str] | None]]] = [
        [(r"\b", None), (words, _WORD), (r"[ \t]+", None), (name, DEFINED)],
        [(r"\|", CLASSES["VBAR"]), (r"[ \t]*", None), (name, STAGE)],
        [(r":|->", _MARK), (r"[ \t]*", None), (rf"{name}(?:<[^=\n{{]*>)?", TYPE)],
        [(name, GIVEN), (_portable(_GIVEN), None)],
        [(r"(?:^|(?<=[=(])|(?<=[=(] ))[ \t]*", None), (name, STAGE), (_portable(_CALLED), None)],
    ]
    first = ("COMMENT", "STRING")
    alone = [one for one in own if CLASSES[one][1] and one not in first]
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "comment": "Made by python -m seisdsl.assist.highlight from grammar/seis.lark; do not edit.",
        "name": "seisdsl",
        "scopeName": "source.seis",
        "fileTypes": ["seis"],
        "patterns": [
            *(_whole(own[one], CLASSES[one]) for one in first),
            *(_in_parts(parts) for parts in around),
            *(_whole(own[one], CLASSES[one]) for one in alone),
        ],
    }


def _whole(pattern: str, of: tuple[_TokenType, str]) -> dict[str, Any]:
    return {"match": pattern, "name": f"{of[1]}.seis"}


def _in_parts(parts: list[tuple[str, tuple[_TokenType, str] | None]]) -> dict[str, Any]:
    """A rule of several parts, of which those with a class are coloured."""
    pattern, captures = "", {}
    for text, of in parts:
        if of is not None:
            captures[str(re.compile(pattern).groups + 1)] = {"name": f"{of[1]}.seis"}
        pattern += text if of is None else f"({text})"
    return {"match": pattern, "captures": captures}


def _portable(pattern: str) -> str:
    """The same for an engine whose `\\w` and `\\d` know more letters than ASCII's."""
    text = pattern.replace(r"(?:)", "")
    inside = re.sub(
        r"\[(?:\\.|[^\]\\])*\]",
        lambda match: match[0].replace(r"\w", "A-Za-z0-9_").replace(r"\d", "0-9"),
        text,
    )
    return inside.replace(r"\w", "[A-Za-z0-9_]").replace(r"\d", "[0-9]")


def main(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(textmate(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TEXTMATE)
