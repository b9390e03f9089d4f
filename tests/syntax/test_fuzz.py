"""Any text at all gives a tree and diagnostics, never a traceback."""

from __future__ import annotations

import re
from random import Random

import pytest
from syntax.programs import CORPUS

from seisdsl.diagnostics import Style, as_json, render
from seisdsl.source import SourceText
from seisdsl.syntax.complaints import KEYWORDS
from seisdsl.syntax.format import format_program
from seisdsl.syntax.parser import parse

SIGNS = [
    *"|()[]{}<>=+-*/^~?.,:;#\"'!&%$\\`",
    "..",
    "=>",
    "->",
    "==",
    " ",
    "\n",
    "\n  ",
    "\t",
    "\r\n",
    "\ufeff",
]
ODD = ["–", "“", "\u00a0", "日", "\x00", "\x1b[31m", "\u202e", "²", "½", "．５", "😀", "\u0301"]
WORDS = [*sorted(KEYWORDS), "a", "S-net", "3", "2..8Hz"]


def some_text(random: Random) -> str:
    """A program that was hurt in a few places, or noise."""
    if random.random() < 0.1:
        return random.randbytes(random.randint(0, 80)).decode("latin-1")
    text = random.choice(CORPUS)
    for _ in range(random.randint(1, 4)):
        text = random.choice([_cut, _put, _swap_tokens, _double])(text, random)
    return text


def _cut(text: str, random: Random) -> str:
    start = random.randrange(len(text) + 1)
    return text[:start] + text[start + random.randint(1, 12) :]


def _put(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(random.choice([SIGNS, WORDS, ODD])) + text[at:]


def _swap_tokens(text: str, random: Random) -> str:
    tokens = re.findall(r"\w+|\s+|.", text)
    if len(tokens) < 2:
        return text
    here, there = random.randrange(len(tokens)), random.randrange(len(tokens))
    tokens[here], tokens[there] = tokens[there], tokens[here]
    return "".join(tokens)


def _double(text: str, random: Random) -> str:
    start = random.randrange(len(text) + 1)
    part = text[start : start + random.randint(1, 30)]
    return text[:start] + part * random.randint(2, 3) + text[start:]


def check(text: str) -> bool:
    """Whether the text was sound; sound or not, all that is said of it holds."""
    source = SourceText.of(text, "fuzz.seis")
    _, found = parse(source)
    for diagnostic in found:
        assert diagnostic.primary
        places = [label.place for label in diagnostic.labels]
        places += [diagnostic.fix.place] if diagnostic.fix and diagnostic.fix.place else []
        for place in places:
            assert 0 <= place.span.start <= place.span.end <= len(source.text)
        for style in (Style(), Style.plain_ascii(), Style(colour=True)):
            assert diagnostic.message in render(diagnostic, style) or not diagnostic.message.isprintable()
        assert "\x1b" not in render(diagnostic)
        as_json(diagnostic)
    if not found:
        once = format_program(source)
        assert format_program(SourceText.of(once)) == once
    return not found


def test_hurt_programs_and_noise_give_diagnostics() -> None:
    random = Random(20160815)
    sound = sum(check(some_text(random)) for _ in range(500))
    assert 50 < sound < 450  # both roads were taken


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_hurt_programs_give_diagnostics(seed: int) -> None:
    random = Random(seed)
    for _ in range(1000):
        check(some_text(random))
