"""Places as editors count them."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol.types import Position

from seisdsl.lsp.places import EditedText

WAVE, MARK = "\U0001f30a", "\ufeff"  # a wave, of two units in UTF-16; a byte-order mark
TEXT = f"# 日本語 {WAVE} é\nlet a = 3\n\nlet b = {WAVE}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", MARK])
def test_places_are_those_of_the_encoded_text(encoding: str, end: str, mark: str) -> None:
    raw = mark + TEXT.replace("\n", end)
    edited = EditedText(raw, Path("a.seis"), encoding)
    assert edited.text == TEXT
    codec = encoding if encoding == "utf-8" else f"{encoding}-le"
    unit = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    for at in range(len(TEXT) + 1):
        before = (mark + TEXT[:at]).rpartition("\n")[2]
        place = Position(TEXT.count("\n", 0, at), len(before.encode(codec)) // unit)
        assert edited.position(at) == place
        assert edited.offset(place) == at


def test_places_outside_the_text_are_its_nearest() -> None:
    edited = EditedText("let a = 3\nb\n", Path("a.seis"))
    assert edited.offset(Position(0, 99)) == 9
    assert edited.offset(Position(99, 0)) == 12
    assert edited.position(99) == Position(2, 0)


def test_the_middle_of_a_character_is_its_end() -> None:
    edited = EditedText(f"{WAVE}b", Path("a.seis"))
    assert edited.offset(Position(0, 1)) == 1


def test_what_is_put_in_has_the_line_ends_of_the_text() -> None:
    assert EditedText("a\r\nb", Path("a.seis")).written("c\nd") == "c\r\nd"
    assert EditedText("a\nb", Path("a.seis")).written("c\nd") == "c\nd"
