"""Where a cursor stands, told from tokens alone."""

from __future__ import annotations

import pytest

from seisdsl.assist.cursor import Cursor, cursor


def at(text: str) -> Cursor:
    """The cursor where the text has a `¦`."""
    return cursor(text.replace("¦", ""), text.index("¦"))


def test_a_word_is_replaced_whole() -> None:
    text = "waves | spec¦trogram window=2s"
    place = at(text)
    assert place.word == "spec"
    assert text.replace("¦", "")[place.start : place.end] == "spectrogram"


def test_the_stages_before_the_cursor() -> None:
    text = "let a = stream S-net | detrend | ban¦"
    frame = at(text).frame
    assert [one.strip() for one in frame.pipeline(text)] == ["stream S-net", "detrend"]
    assert [token.text for token in frame.head] == ["let", "a"]
    assert frame.stage == []


@pytest.mark.parametrize(
    ("text", "names", "positional", "pending"),
    [
        ("waves | sta-lta ¦", [], 0, None),
        ("waves | sta-lta short=1s ¦", ["short"], 0, None),
        ("waves | sta-lta 1s 30s lo¦", [], 2, None),
        ("waves | sta-lta short=¦", [], 0, "short"),
        ("waves | sta-lta short=1s long=¦", ["short"], 0, "long"),
        ("waves | bandpass 2..¦", [], 0, None),
        ("waves | bandpass band=low..¦", [], 0, "band"),
        ("waves | pick.classic on=3 ¦", ["on"], 0, None),
        ("waves | trim before=(lag / 2) ¦", ["before"], 0, None),
    ],
)
def test_what_an_operator_has_been_given(
    text: str, names: list[str], positional: int, pending: str | None
) -> None:
    given = at(text).frame.arguments()
    assert (given.names, given.positional, given.pending) == (names, positional, pending)


@pytest.mark.parametrize(
    ("text", "openers"),
    [
        ("waves | fork { a = sta-lta | ¦", ["", "LBRACE"]),
        ("waves | fork { a = sta-lta } | ¦", [""]),
        ("picks | table columns=[time, ¦", ["", "LSQB"]),
        ("waves | trim before=(lag / (2 + ¦", ["", "LPAR", "LPAR"]),
        ("waves ) ) | ¦", [""]),
    ],
)
def test_the_brackets_that_are_open(text: str, openers: list[str]) -> None:
    assert [frame.opener for frame in at(text).frames] == openers


def test_a_branch_knows_its_name_and_its_stages() -> None:
    text = "waves | fork { a = sta-lta, b = envelope | tri¦"
    frame = at(text).frame
    assert frame.name == "b"
    assert [one.strip() for one in frame.pipeline(text)] == ["envelope"]


def test_the_axes_of_a_sweep_are_names_of_its_body() -> None:
    assert at("sweep tau in [1, 2], on in [3] => (waves | sta-lta on=¦").frames[0].axes == ["tau", "on"]


@pytest.mark.parametrize(
    ("text", "word"), [("bandpass 2..8¦", ""), ("bandpass 2..8H¦", "H"), ("trim before=-3.5m¦", "m")]
)
def test_a_number_wants_its_unit(text: str, word: str) -> None:
    place = at(text)
    assert place.number
    assert place.word == word


def test_a_word_that_ends_in_a_digit_is_no_number() -> None:
    assert not at("waves2¦").number
    assert not at("S-net2¦").number


@pytest.mark.parametrize(
    ("text", "inside", "replaced"),
    [
        ('read "da¦', "da", "da"),
        ('read "da¦ta.csv" | count', "da", "data.csv"),
        ('read "say \\"da¦', 'say \\"da', 'say \\"da'),
        ('read "data.csv" ¦', None, ""),
    ],
)
def test_a_text_that_is_open_is_no_code(text: str, inside: str | None, replaced: str) -> None:
    place = at(text)
    assert place.text == inside
    assert text.replace("¦", "")[place.start : place.end] == replaced


def test_nothing_is_completed_in_a_remark() -> None:
    assert at("waves # bandp¦").silent
    assert not at('read "#3¦').silent


def test_a_statement_that_is_whole_has_ended() -> None:
    assert at("waves | count\n¦").fresh
    assert not at("waves |\n¦").fresh
    assert not at("waves | fork {\n¦").fresh
