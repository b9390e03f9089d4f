"""Which name a word is: where it is given, and everywhere that it is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from seisdsl.assist.document import Document
from seisdsl.assist.mentions import mention_at, mentions_of

PROGRAM = """\
use "lib.seis" as lib
source "DONET-9" { seed = 3 }
param day: Date = 2016-08-15
let score = 3
let classic = 4
let on = lib.level
let waves = stream "DONET-9" | bandpass 2..8Hz
## Strong ones.
def strong(on = 20): Picks -> Picks =
  where score > on | sort by=score
let picks = waves | sta-lta method=classic on=on | strong on=on
sweep on in [1.5, 2.0] => (waves | sta-lta on=on | count)
picks | derive { on = 2 * score, late = on } | where on > lib.level
picks | table columns=[score] | save "{day}/{{on}}.csv"
assert on > classic + score, "on {day}"
let broken = (((
"""


@pytest.fixture
def document(tmp_path: Path) -> Document:
    (tmp_path / "lib.seis").write_text("let level = 4\n")
    return Document(tmp_path / "a.seis").update(PROGRAM)


def used(document: Document, at: str, after: int = 0) -> list[str]:
    """The lines that mention the name which `at` begins with, or has `after` so many characters."""
    mention = mention_at(document, PROGRAM.index(at) + after)
    assert mention is not None, at
    return [PROGRAM[: one.start].splitlines()[-1] + "¦" for one in mentions_of(document, mention.key)]


def test_a_value_is_found_where_it_is_used(document: Document) -> None:
    assert used(document, "waves = ") == [
        "let ¦",
        "let picks = ¦",
        "sweep on in [1.5, 2.0] => (¦",
    ]


def test_a_name_of_a_definition_or_a_sweep_is_another(document: Document) -> None:
    assert used(document, "let on =", 4) == [
        "let ¦",
        "let picks = waves | sta-lta method=classic on=¦",
        "let picks = waves | sta-lta method=classic on=on | strong on=¦",
        "assert ¦",
    ]
    assert used(document, "on = 20") == [
        "def strong(¦",
        "  where score > ¦",
        "let picks = waves | sta-lta method=classic on=on | strong ¦",
    ]
    assert used(document, "on in [1.5") == ["sweep ¦", "sweep on in [1.5, 2.0] => (waves | sta-lta on=¦"]


def test_a_column_and_a_word_of_a_parameter_are_no_names(document: Document) -> None:
    assert used(document, "score = 3") == ["let ¦", "assert on > classic + ¦"]
    assert used(document, "classic = 4") == ["let ¦", "assert on > ¦"]


def test_texts_hold_names_in_braces(document: Document) -> None:
    assert used(document, "day: Date") == [
        "param ¦",
        'picks | table columns=[score] | save "{¦',
        'assert on > classic + score, "on {¦',
    ]


def test_a_source_is_found_in_quotes(document: Document) -> None:
    assert used(document, "DONET-9") == ['source "¦', 'let waves = stream "¦']


def test_names_of_other_files(document: Document, tmp_path: Path) -> None:
    assert used(document, "lib\n") == [
        'use "lib.seis" as ¦',
        "let on = ¦",
        PROGRAM.split("\n")[12][:-9] + "¦",
    ]
    mention = mention_at(document, PROGRAM.index("level"))
    assert mention is not None
    assert mention.key.path == tmp_path / "lib.seis"
    assert len(mentions_of(document, mention.key)) == 2
    library = Document(tmp_path / "lib.seis").update("let level = 4\n")
    assert [one.defines for one in mentions_of(library, mention.key)] == [True]


def test_a_broken_statement_gives_its_name(document: Document) -> None:
    assert used(document, "broken") == ["let ¦"]


def test_words_of_the_language_and_operators_are_no_names(document: Document) -> None:
    for word in ("let score", "sta-lta", "2..8Hz", "where", "columns="):
        assert mention_at(document, PROGRAM.index(word) + 1) is None
