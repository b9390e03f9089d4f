"""Highlighting: the lexer and the editors' grammar see the tokens that the parser sees."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pygments.token import Keyword, Name, Number, String, Whitespace, _TokenType

from seisdsl.assist.highlight import CLASSES, TEXTMATE, SeisLexer, terminals, textmate, tokens
from seisdsl.syntax.parser import grammar

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.seis"))
SAMPLE = """\
use stdlib.picking as pick
## Bursts.
def bursts(band: Range<Frequency> = 2..8Hz, shortest: Time = 30s): Waves -> Detections =
  bandpass band | trigger on=3 | where duration > shortest and not useful == true
stream S-net time=2016-08-15T02:00Z..2016-08-15T03:00Z | bursts shortest=60s # here
stream two-events | ?
"""


def classes(text: str) -> dict[str, _TokenType]:
    """The class of each word of a text; of one that is there more than once, the last."""
    return {found: kind for _, kind, found in SeisLexer().get_tokens_unprocessed(text) if found.strip()}


def test_every_terminal_of_the_grammar_has_a_class_and_no_other() -> None:
    assert set(CLASSES) == {terminal.name for terminal in grammar().terminals}


def test_words_have_the_class_of_what_they_are() -> None:
    found = classes(SAMPLE)
    assert found["def"] == found["where"] == found["use"] == Keyword
    assert found["bursts"] == found["bandpass"] == found["stream"] == found["trigger"] == Name.Function
    assert found["Range"] == found["Frequency"] == found["Waves"] == found["Detections"] == Keyword.Type
    assert found["on"] == found["time"] == found["shortest"] == Name.Attribute
    assert found["60s"] == found["8Hz"] == Number.Float
    assert found["useful"] == found["S-net"] == Name
    assert found["?"] == Keyword.Pseudo


def test_a_text_that_is_not_closed_yet_is_a_text() -> None:
    assert list(SeisLexer().get_tokens_unprocessed('save "abc'))[-1] == (5, String, '"abc')


def test_no_character_is_lost_whatever_is_written() -> None:
    for text in (SAMPLE, "let § = ;; '", '"', "", "a–b\n\n  \n"):
        assert "".join(found for _, _, found, _ in tokens(text)) == text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_lexer_cuts_programs_as_the_parser_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert parsed_tokens(text) <= lexed(text)


def parsed_tokens(text: str) -> set[tuple[int, str, _TokenType]]:
    """Each token of the parser's own lexer with its class; names by any class."""
    lexer = grammar().parse_interactive(text)
    found = set()
    for token in lexer.iter_parse():
        kind = CLASSES[token.type][0]
        if kind is not Whitespace:
            found.add((token.start_pos or 0, str(token), kind))
    return found


def lexed(text: str) -> set[tuple[int, str, _TokenType]]:
    same = {"COMPARE": "LESSTHAN"}  # which of the two a `<` is, only the parser knows
    found = set()
    for at, terminal, word, _ in tokens(text):
        found.add((at, word, CLASSES[terminal][0]))
        found.add((at, word, CLASSES[same.get(terminal, terminal)][0]))
    return found


# For editors ------------------------------------------------------------------------------------


def test_the_editors_grammar_is_made_from_the_grammar_of_today() -> None:
    kept = json.loads((ROOT / TEXTMATE).read_text(encoding="utf-8"))
    assert kept == textmate(), "run python -m seisdsl.assist.highlight"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_editors_colour_numbers_texts_and_words_as_the_lexer_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    scopes = {(at, found): scope for at, found, scope in painted(text)}
    told = ("STRING", "COMMENT", "QUANTITY", "NUMBER", "INSTANT", "BOOLEAN", "LET", "DEF", "WHERE", "VBAR")
    for at, terminal, found, kind in tokens(text):
        if terminal in told:
            assert scopes[at, found] == f"{CLASSES[terminal][1]}.seis"
        elif terminal == "NAME" and kind == Name.Function:
            assert scopes[at, found] == "support.function.seis"
        elif terminal == "NAME" and kind == Name.Attribute:
            assert scopes[at, found] == "variable.parameter.seis"


def painted(text: str) -> list[tuple[int, str, str]]:
    """What an editor does with rules of one line each: the first that matches nearest, then on from its end."""
    rules: list[tuple[re.Pattern[str], dict[str, Any]]] = [
        (re.compile(rule["match"]), rule) for rule in textmate()["patterns"]
    ]
    found, start = [], 0
    for line in text.splitlines(keepends=True):
        at = 0
        while True:
            hits = [
                (match, rule) for pattern, rule in rules if (match := pattern.search(line, at)) and match[0]
            ]
            if not hits:
                break
            match, rule = min(hits, key=lambda hit: hit[0].start())
            spans = rule.get("captures", {"0": {"name": rule.get("name")}})
            found += [(start + match.start(int(n)), match[int(n)], of["name"]) for n, of in spans.items()]
            at = max(match.end(), at + 1)
        start += len(line)
    return found


def test_the_patterns_mean_the_same_where_letters_are_more_than_ascii() -> None:
    for name in terminals():
        for rule in textmate()["patterns"]:
            if rule.get("name", "").startswith(CLASSES[name][1] or "-"):
                assert r"\w" not in rule["match"]
                assert r"\d" not in rule["match"]
    assert any(r"\w" in pattern for pattern in terminals().values())
