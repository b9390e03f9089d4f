"""What the parser says of a mistake: the words, the place, and the repair where one is known."""

from __future__ import annotations

import time

import pytest
from syntax.reading import fault, faults, marked, mended

from seisdsl.source import SourceText
from seisdsl.syntax.parser import parse
from seisdsl.syntax.pieces import DEEPEST

# text, message, what is marked, what is noted or proposed
WORDING = {
    "lone pipe": ("| detrend", "a pipe with nothing before it", "|", "a pipeline starts with a value"),
    "two pipes": ("a | | b", "two pipes in a row", "|", "an operator is missing between them"),
    "pipes and a comment": ("a | # why\n  | b", "two pipes in a row", "|", "an operator is missing"),
    "trailing pipe": ("a | b |", "an operator is missing after the last `|`", "|", ""),
    "trailing pipe, comment": ("a | # b", "an operator is missing after the last `|`", "|", ""),
    "open parenthesis": ("f (a", "`(` is never closed", "(", "opened at 1:3; the text ends before"),
    "open bracket": ("f [a\nlet b = 1", "`[` is never closed", "[", "a new statement begins at line 2"),
    "wrong bracket": ("f [a)", "`[` is closed by `)`", ")", ""),
    "bracket too many": ("f a)", "`)` closes nothing", ")", "no bracket is open here"),
    "open text": ('f "abc', "the text is never closed", '"abc', 'a text ends with `"` on the line'),
    "open text in brackets": (
        'f ("abc) # d',
        "the text is never closed",
        '"abc) # d',
        'a text ends with `"`',
    ),
    "backslash at the end": ('f "abc\\', "the text is never closed", '"abc\\', 'a text ends with `"`'),
    "statement in a statement": (
        "let a = 3 let b = 4",
        "a statement begins on a line of its own",
        "let",
        "",
    ),
    "no value": ("let a =", "a value is missing after `=`", "=", "indent that line"),
    "no value in column 1": ("let a =\nb", "a value is missing after `=`", "=", "indent that line"),
    "no value before a pipe": ("f a= | g", "a value is missing after `=`", "=", ""),
    "nothing": ("let", "the statement ends too early", "t", "expected a name"),
    "no condition": ("a | where b and", "the statement ends too early", "d", "expected a value"),
    "line ends": ("let a\n  = 3", "the line ends too early", "a", "expected `:` or `=`"),
    "argument on a line": (
        "stream S-net\n  time=day",
        "the statement above has ended with its line",
        "time=",
        "it goes on inside brackets, before `|`",
    ),
    "operator on a line": (
        "a | where b\n  and c",
        "the statement above has ended with its line",
        "and",
        "it goes on inside brackets",
    ),
    "keyword as a name": (
        "let where = 3",
        "`where` is a word of the language and cannot be a name",
        "where",
        "another",
    ),
    "keyword as a parameter": (
        "f in=3",
        "`in` is a word of the language and cannot be a name",
        "in",
        "another name",
    ),
    "number as a name": ("let 3 = 4", "`3` cannot stand here", "3", "expected a name"),
    "comparisons in a row": ("1 < a < 3", "`<` cannot stand here", "<", "expected `and`, `or`"),
    "axis without in": ("sweep a [1] => b", "`[` cannot stand here", "[", "expected `in`"),
    "source without record": ("source A", "the statement ends too early", "A", "expected `:` or `{`"),
    "one quote": ("f 'x'", "`'x'` cannot stand here", "'x'", "text stands in double quotes"),
    "percent apart": ("f 80 %", "`%` cannot stand here", "%", "`%` touches its number"),
    "other comment": ("f // c", "`//` cannot stand here", "//", "a comment begins with `#`"),
    "other characters": ("f 波", "this is a cjk unified ideograph-6ce2, U+6CE2", "波", "ASCII letters"),
    "backquote": ("f `x`", "a backquote cannot stand here", "`", ""),
    "dollar": ("f $x", "`$` cannot stand here", "$", ""),
    "control character": ("f \x07", "this is a control character, U+0007", "\x07", "delete it"),
}


@pytest.mark.parametrize(("text", "message", "mark", "remark"), WORDING.values(), ids=WORDING)
def test_wording(text: str, message: str, mark: str, remark: str) -> None:
    found = faults(text)[0]
    assert (found.code, found.severity) == ("syntax", "error")
    assert found.message == message
    assert marked(found) == mark
    remarks = " ".join([*found.notes, found.fix.message if found.fix else ""])
    assert remark in remarks
    assert bool(remark) == bool(remarks.strip())


MENDED = {
    "let a = 3 – b": "let a = 3 - b",
    "let a = 3 − b": "let a = 3 - b",
    "load “a.csv": 'load "a.csv',
    "load\u00a0x": "load x",
    "load\u3000x": "load x",
    "load x\u200b": "load x",
    "f a…b": "f a..b",
    "a ｜ b": "a | b",
    "f （a": "f (a",
    "where a ≤ 3": "where a <= 3",
    "let v = 3cm/s²": "let v = 3cm/s^2",
    "threshold .5": "threshold 0.5",
    "where a = 3": "where a == 3",
    "a && b": "a and b",
    "a & b": "a and b",
    "a || b": "a or b",
    "where !a": "where not a",
    "a ** 2": "a ^ 2",
    "a >> b": "a | b",
    "a |> b": "a | b",
    "a -> b": "a | b",
    "let a := 3": "let a = 3",
    "a | b;": "a | b",
    "f a, b": "f a b",
    "f [1 2]": "f [1, 2]",
    "f [1\n  2]": "f [1, 2]",
    "f { a = 1 b = 2 }": "f { a = 1, b = 2 }",
    "def f(a b) = c": "def f(a, b) = c",
    "let a = 5 s": "let a = 5s",
    "let a = (b) -3": "let a = (b) - 3",
}


@pytest.mark.parametrize("text", MENDED)
def test_the_repair_of_a_known_habit(text: str) -> None:
    assert mended(text) == MENDED[text]


def test_two_places_that_disagree_are_both_shown() -> None:
    first, second = fault("f [a,\n  b)").labels
    assert (first.place.text, first.text, first.primary) == (")", "expected `]`", True)
    assert (second.place.text, second.text, second.primary) == ("[", "opened here", False)


def test_ten_thousand_open_brackets_are_one_message() -> None:
    found = fault("(" * 10_000)
    assert found.message == f"this lies too deep: at most {DEEPEST} brackets go into one another"
    assert found.primary
    assert found.primary.place.start.column == DEEPEST + 1


# Time -------------------------------------------------------------------------------------------

LONG_LINES = {
    "stages": ("f", " | g a=1", ""),
    "items": ("f [1", ", 1", "]"),
    "terms": ("let a = b", " + b", ""),
    "digits": ("let a = 1", "0", ""),
    "quotes": ("let a = b ", '"', ""),
    "escapes": ('f "', '\\"', ""),
    "hyphens": ("a", "-b", "-"),
    "blanks": ("a", "   ", "b"),
    "open": ("f ", "(", ""),
    "odd": ("f ", ";", ""),
    "text": ('f "', "a", '"'),
    "name": ("f ", "a", " (b) $"),
}


def seconds(text: str, times: int = 3) -> float:
    """The least of some measurements: what others do on the machine only adds to them."""
    source = SourceText.of(text)
    taken = []
    for _ in range(times):
        start = time.process_time()
        parse(source)
        taken.append(time.process_time() - start)
    return min(taken)


@pytest.mark.parametrize(("first", "more", "last"), LONG_LINES.values(), ids=LONG_LINES)
def test_the_time_of_a_long_line_grows_with_its_length(first: str, more: str, last: str) -> None:
    """Four times the length may take four times as long, not sixteen."""
    count = 3_000 // len(more)
    short = seconds(first + more * count + last)
    assert seconds(first + more * 4 * count + last) < 8 * short + 0.05


@pytest.mark.slow
@pytest.mark.parametrize(("first", "more", "last"), LONG_LINES.values(), ids=LONG_LINES)
def test_a_line_of_a_megabyte_takes_twice_as_long_as_half_of_it(first: str, more: str, last: str) -> None:
    count = 500_000 // len(more)
    half = seconds(first + more * count + last, times=1)
    assert seconds(first + more * 2 * count + last, times=1) < 3 * half + 0.2
