"""Diagnostics as text and as data."""

from __future__ import annotations

import json

import pytest

from seisdsl.diagnostics import (
    WIDEST_LINE,
    Diagnostic,
    Findings,
    Fix,
    Label,
    Style,
    as_json,
    count,
    problem,
    render,
)
from seisdsl.source import Place, SourceText, Span

PROGRAM = SourceText.of(
    "# pick\nstream S-net\n  | bandpass 2..8s\n  | phasenet threshold=0.3\n  | spectrogram\n", "tremor.seis"
)


def at(source: SourceText, text: str) -> Place:
    start = source.text.index(text)
    return source.place(Span(start, start + len(text)))


def drawn(diagnostic: Diagnostic, style: Style | None = None) -> str:
    """As it is printed, with a line feed before it, so that tests can show it as it stands."""
    return f"\n{render(diagnostic, style)}\n"


# As text ----------------------------------------------------------------------------------------


def test_two_labels_that_disagree() -> None:
    assert (
        drawn(
            problem(
                "unit",
                "`bandpass` needs a range of Frequency, found a range of Time",
                at(PROGRAM, "2..8s"),
                "Time",
                also=[(at(PROGRAM, "stream S-net"), "Waves, 100 Hz")],
                notes=["parameter `band`: Range<Frequency>   (seis help bandpass)"],
                fix="did you mean 2..8Hz?",
            )
        )
        == """
error[unit]: `bandpass` needs a range of Frequency, found a range of Time
  ┌─ tremor.seis:3:14
  │
2 │ stream S-net
  │ ------------ Waves, 100 Hz
3 │   | bandpass 2..8s
  │              ^^^^^ Time
  │
  = parameter `band`: Range<Frequency>   (seis help bandpass)
  = did you mean 2..8Hz?
"""
    )


def test_the_second_error_of_the_same_program() -> None:
    assert (
        drawn(
            problem(
                "pipe",
                "`spectrogram` cannot read Picks",
                at(PROGRAM, "spectrogram"),
                "reads Waves",
                also=[(at(PROGRAM, "phasenet"), "gives Picks")],
                notes=["these read Picks: associate, score, save, table"],
                fix="did you mean to put `spectrogram` before `phasenet`?",
            )
        )
        == """
error[pipe]: `spectrogram` cannot read Picks
  ┌─ tremor.seis:5:5
  │
4 │   | phasenet threshold=0.3
  │     -------- gives Picks
5 │   | spectrogram
  │     ^^^^^^^^^^^ reads Waves
  │
  = these read Picks: associate, score, save, table
  = did you mean to put `spectrogram` before `phasenet`?
"""
    )


def test_ascii() -> None:
    found = problem(
        "pipe", "no", at(PROGRAM, "spectrogram"), also=[(at(PROGRAM, "stream"), "here")], notes=["why"]
    )
    text = drawn(found, Style.plain_ascii())
    assert text.isascii()
    assert (
        text
        == """
error[pipe]: no
  --> tremor.seis:5:5
  |
2 | stream S-net
  | ------ here
...
5 |   | spectrogram
  |     ^^^^^^^^^^^
  |
  = why
"""
    )


def test_several_labels_on_one_line_show_it_once() -> None:
    line = SourceText.of("let x = a + b", "a.seis")
    found = problem("unit", "no", at(line, "+"), also=[(at(line, "a"), "Time"), (at(line, "b"), "Length")])
    assert (
        drawn(found)
        == """
error[unit]: no
  ┌─ a.seis:1:11
  │
1 │ let x = a + b
  │         - Time
  │           ^
  │             - Length
"""
    )


def test_lines_left_out_are_marked_and_numbers_stand_flush_right() -> None:
    text = SourceText.of("first\n" + "\n" * 8 + "tenth\neleventh\n", "a.seis")
    found = problem(
        "name", "no", at(text, "eleventh"), also=[(at(text, "first"), "1"), (at(text, "tenth"), "10")]
    )
    assert (
        drawn(found)
        == """
error[name]: no
   ┌─ a.seis:11:1
   │
 1 │ first
   │ ----- 1
 ·
10 │ tenth
   │ ----- 10
11 │ eleventh
   │ ^^^^^^^^
"""
    )


def test_two_files_the_primary_first() -> None:
    main = SourceText.of("use lib\nlib.f 3", "main.seis")
    library = SourceText.of("def f() = x", "lib.seis")
    found = problem("name", "no", at(main, "3"), "too much", also=[(at(library, "f()"), "takes none")])
    assert (
        drawn(found)
        == """
error[name]: no
  ┌─ main.seis:2:7
  │
2 │ lib.f 3
  │       ^ too much
  ┌─ lib.seis:1:5
  │
1 │ def f() = x
  │     --- takes none
"""
    )


def test_wide_characters_take_two_columns() -> None:
    text = SourceText.of('load "東北沖" | ばんど 3', "a.seis")
    assert (
        drawn(problem("name", "no", at(text, "ばんど"), "here"))
        == """
error[name]: no
  ┌─ a.seis:1:14
  │
1 │ load "東北沖" | ばんど 3
  │                 ^^^^^^ here
"""
    )


def test_a_tab_takes_one_column() -> None:
    text = SourceText.of("a\n\t|\tb", "a.seis")
    assert (
        drawn(problem("name", "no", at(text, "b")))
        == """
error[name]: no
  ┌─ a.seis:2:4
  │
2 │  | b
  │    ^
"""
    )


def test_a_span_of_several_lines_is_marked_to_the_end_of_its_first() -> None:
    text = SourceText.of("f [1,\n  2]", "a.seis")
    assert drawn(problem("x", "no", at(text, "[1,\n  2]"))).endswith("1 │ f [1,\n  │   ^^^\n")


def test_the_end_of_a_text_can_be_marked() -> None:
    text = SourceText.of("let a =", "a.seis")
    assert drawn(problem("x", "no", text.place(Span(7, 7)))).endswith("1 │ let a =\n  │        ^\n")


@pytest.mark.parametrize("where", [0, 20, 500, 980, 999])
@pytest.mark.parametrize("style", [Style(), Style.plain_ascii()], ids=["boxes", "ASCII"])
def test_a_very_long_line_is_cropped_around_its_label(where: int, style: Style) -> None:
    text = SourceText.of("".join(chr(ord("a") + at % 26) for at in range(1000)), "a.seis")
    *_, line, mark = render(problem("x", "no", text.place(Span(where, where + 1))), style).split("\n")
    assert len(line) <= WIDEST_LINE + len("1 │ ") + 2 * len(style.cut)
    assert line[mark.index("^")] == text.text[where]
    assert line.startswith(f"1 {style.bar} {style.cut}") == (where > 100)
    assert line.endswith(style.cut) == (where < 900)


def test_what_would_steer_the_terminal_is_shown_as_a_sign() -> None:
    text = SourceText.of('load "\x1b[31m\u202e" x', "a.seis")
    shown = render(problem("x", "it is \x1b[0m", at(text, "x"), "\x07", notes=["\x9b"]))
    assert shown.count("\ufffd") == 5
    assert shown.replace("\n", "").isprintable()


def test_colour_paints_what_plain_text_says() -> None:
    found = problem(
        "unit", "no", at(PROGRAM, "S-net"), "here", also=[(at(PROGRAM, "2..8s"), "there")], notes=["why"]
    )
    painted = render(found, Style(colour=True))
    for code in ("1;31", "1", "34", "0"):
        assert f"\033[{code}m" in painted
        painted = painted.replace(f"\033[{code}m", "")
    assert painted == render(found)
    assert "\033[1;33mwarning" in render(problem("x", "no", severity="warning"), Style(colour=True))


def test_without_a_place_there_are_only_words() -> None:
    found = problem("data", "no file matches", notes=["30 of 31 days are there"], severity="warning")
    assert drawn(found) == "\nwarning[data]: no file matches\n  = 30 of 31 days are there\n"


# As data ----------------------------------------------------------------------------------------


def test_the_shape_of_the_data() -> None:
    place = at(PROGRAM, "2..8s")
    found = problem(
        "unit",
        "no",
        place,
        "Time",
        also=[(at(PROGRAM, "S-net"), "")],
        notes=["why"],
        fix=Fix("yes", place, "2..8Hz"),
    )
    spot = {"file": "tremor.seis", "start": {"line": 3, "column": 14}, "end": {"line": 3, "column": 19}}
    data = as_json(found)
    assert data == {
        "code": "unit",
        "severity": "error",
        "message": "no",
        "labels": [
            {**spot, "text": "Time", "primary": True},
            {
                "file": "tremor.seis",
                "start": {"line": 2, "column": 8},
                "end": {"line": 2, "column": 13},
                "text": "",
                "primary": False,
            },
        ],
        "notes": ["why"],
        "fix": {"message": "yes", "edit": {**spot, "replacement": "2..8Hz"}},
    }
    assert json.loads(json.dumps(data)) == data


def test_a_fix_of_words_has_no_edit_and_no_fix_is_null() -> None:
    assert as_json(problem("x", "no", fix="try again"))["fix"] == {"message": "try again", "edit": None}
    assert as_json(problem("x", "no"))["fix"] is None


# Findings ---------------------------------------------------------------------------------------


def test_findings_keep_each_once_and_sort_by_place() -> None:
    late, early = (problem("x", "no", at(PROGRAM, word)) for word in ("phasenet", "stream"))
    nowhere = problem("x", "no file", severity="warning")
    findings = Findings()
    assert not findings.errors
    findings.add(nowhere)
    assert not findings.errors
    findings.add(late, early, late)
    assert findings.errors
    assert findings.sorted() == [nowhere, early, late]


def test_counting() -> None:
    error, warning = problem("x", "no"), problem("x", "no", severity="warning")
    assert count([error, error, warning]) == "2 errors, 1 warning"
    assert count([warning, warning]) == "2 warnings"
    assert count([]) == ""


def test_the_primary_label_is_the_first_that_says_so() -> None:
    place = at(PROGRAM, "stream")
    assert Diagnostic("x", "no", (Label(place), Label(place, "this", primary=True))).primary == Label(
        place, "this", True
    )
    assert Diagnostic("x", "no", (Label(place),)).primary is None
