"""The one style: what is given, and what the formatter makes of it."""

from __future__ import annotations

import pytest
from syntax.reading import program, value

from seisdsl.diagnostics import Faults
from seisdsl.source import SourceText
from seisdsl.syntax import format as formatter
from seisdsl.syntax.format import Misprint, format_node, format_program


def formatted(text: str) -> str:
    return format_program(SourceText.of(text, "test.seis"))


# Each text in the style stays as it is ----------------------------------------------------------

STYLED = {
    "spaces": """\
use "lib/tohoku.seis" as tohoku
use stdlib.picking
source "DONET-2": Waves { rate = 100Hz, parts = [x, y] }
source empty {}
param day: Date = 2016-08-15
param threshold
let a: Number = - 3 + b * -2 * (-c - 1) / 2^x - 10km ^ 2
let b = f -3 by=-1s 2..8Hz not-a [1, 2] { a = 1, b = x | y } ? (g 1) "# text |"
def f(a: Range<Frequency> = 2..8Hz, b = 3): -> Map<A, B> = g a
assert not a.b == 3 and c in [1] or d ~ "x", "wrong"
sweep i in 1..3, j in [4, 5] => f i j=j | where i > 2 | derive { k = i }
""",
    "one stage a line": """\
stream S-net time=2016-08-15T02:00Z..2016-08-15T03:00Z
  | bandpass 2..8Hz corners=4
  | trim before=(lag / 2)
let events = stream S-net time=2016-08-15T02:00Z..2016-08-15T03:00Z
  | phasenet threshold=0.3
  | associate
""",
    "record over several lines": """\
source S-net: Waves {
  archive = "archive/{year}/{doy}/*.mseed"

  time = 2016-08-15..2016-09-15
}
stream S-net
  | trajectory {
    steps = catalog | where magnitude > 6.5
    seasonal = {
      a = 1
    }
  }
  | residual
""",
    "list over several lines": """\
vote minimum=2 [
  stream S-net | bandpass 2..8Hz | phasenet threshold=0.3,
  stream S-net | bandpass 2..8Hz | EQTransformer threshold=0.3,
]
""",
    "long definition": """\
def bursts(band: Range<Frequency> = 2..8Hz, shortest: Time = 30s): Waves -> Table =
  bandpass band | envelope smooth=5s | trigger on=3 | where duration > shortest

def longer(
  band: Range<Frequency> = 2..8Hz,
  shortest: Time = 30s,
  templates: Table<Template>,
): Waves -> Table =
  bandpass band
    | envelope smooth=5s
    | trigger on=3 off=1.5 shortest=1s
    | match templates threshold=0.3
""",
    "long group": """\
sweep tau in [0.5, 1.0, 1.5] => (
  wave | spectrogram | DiET | GrASP prominence=tau | score truth=catalog
)
""",
    "long message": """\
assert quality.accuracy > 0.97 and quality.recall > 0.95 and quality.delay < 2s,
  "worse than the published model"
""",
    "comments": """\
#!/usr/bin/env seis

# The first.
# The second.

## Documented.
##   indented
let a = 3  # three

# Between.
let b = x  # first
  # before a stage
  # and more
  | y  # second
  | z

f {  # opened
  # before a field
  a = 1  # one

  b = [  # list
    1,  # item
    # before an item
    2,
    # after the last
  ]
  # after the last field
}
def g(
  # why
  a,  # the first
  b,
) =
  # body
  a
# the end
""",
    "comments within expressions": """\
let a = (
  b +  # left
    # between
    c
)
let d =  # value
  e | f
g x=  # argument
  3
assert a,  # said
  # so
  "b"
sweep i in 1..2,  # first
  j in 3..4 =>  # body
  f i j
h [  # nothing
]
""",
    "comments only": "# one\n\n# two\n",
    "nothing": "",
}


@pytest.mark.parametrize("text", STYLED.values(), ids=STYLED)
def test_a_text_in_the_style_stays_as_it_is(text: str) -> None:
    assert formatted(text) == text


# given, made
CHANGED = {
    "spaces": ("let  a=( 1+2 )*3|f   x = 3\t| g", "let a = (1 + 2) * 3 | f x=3 | g\n"),
    "ranges and paths": ("f a . b 1 .. 3 a.b..-3", "f a.b 1..3 a.b..-3\n"),
    "signs": ("a -b + -3 - (-x)", "a - b + -3 - (-x)\n"),
    "powers": ("a ^ 2 * 10km ^ 2 * (b) ^ -1", "a^2 * 10km ^ 2 * (b)^-1\n"),
    "brackets": ("f [1,2,] {a=1,b=2,} ( g )", "f [1, 2] { a = 1, b = 2 } (g)\n"),
    "types": ("def f( a:Range < A,B > ) : C->D=g", "def f(a: Range<A, B>): C -> D = g\n"),
    "pipes joined": ("a\n  | b\n| c |\n  d", "a | b | c | d\n"),
    "pipes parted": (
        f"stream S-net | {' | '.join(['bandpass 2..8Hz'] * 5)}",
        "stream S-net\n" + "  | bandpass 2..8Hz\n" * 5,
    ),
    "record kept open": ("f {\n  a = 1, b = 2 }", "f {\n  a = 1\n  b = 2\n}\n"),
    "record kept shut": ("f { a = 1\n  b = 2\n  }", "f { a = 1, b = 2 }\n"),
    "blank lines": ("\n\n\nlet a = 1\n\n\n\nlet b = 2\n\n\n", "let a = 1\n\nlet b = 2\n"),
    "no blank lines in a statement": ("a\n\n  | b # c\n\n  | d", "a\n  | b  # c\n  | d\n"),
    "indentation": ("  let a = 1\n  let b = 2", "let a = 1\nlet b = 2\n"),
    "CRLF and BOM": ("\ufefflet a = [ # c\r\n  1\r\n]\r\n", "let a = [  # c\n  1,\n]\n"),
    "line ends": ("let a = 1   \n# c  \t\n", "let a = 1\n# c\n"),
    "blank text": ("  \n\n\t\n", ""),
    "comment after a pipe": ("a | # why\n  b", "a  # why\n  | b\n"),
    "comment before a comma": ("f [1 # one\n  , 2]", "f [\n  1,  # one\n  2,\n]\n"),
    "two comments at one place": ("f (a # one\n  + # two\n  b)", "f (\n  a +  # one\n    # two\n    b\n)\n"),
    "comment in a path": ("f (a. # why\n  b)", "f (\n  a.  # why\n    b\n)\n"),
    "comment in a type": ("let a: R<A, # why\n  B> = 3", "let a: R<A,  # why\n  B> = 3\n"),
    "doc comment kept at its statement": ("let a = 1\n## b's\nlet b = 2", "let a = 1\n## b's\nlet b = 2\n"),
    "indented comment after a statement": ("a\n  | b # c\n  # d\n\ne", "a | b  # c\n# d\n\ne\n"),
    "wide characters": (
        f'report "{"日" * 18}" template="{"本" * 10}" | save "a"',
        f'report "{"日" * 18}" template="{"本" * 10}" | save "a"\n',
    ),
    "too many wide characters": (
        f'report "{"日" * 25}" template="{"本" * 10}" | save "a"',
        f'report "{"日" * 25}" template="{"本" * 10}"\n  | save "a"\n',
    ),
}


@pytest.mark.parametrize(("given", "made"), CHANGED.values(), ids=CHANGED)
def test_given_and_made(given: str, made: str) -> None:
    assert formatted(given) == made
    assert formatted(made) == made


def test_a_line_of_88_columns_stays_and_one_of_89_does_not() -> None:
    start = "stream S-net | detrend | save "
    fits = f'{start}"{"x" * (86 - len(start))}"'
    assert len(fits) == 88
    assert formatted(fits) == f"{fits}\n"
    assert formatted(f'{fits[:-1]}x"').count("\n") == 3


def test_a_comment_at_the_end_of_a_line_does_not_break_it() -> None:
    line = f"stream S-net | detrend  # {'why ' * 30}why\n"
    assert formatted(line) == line


def test_no_line_that_goes_on_begins_in_column_1_but_with_a_closing_bracket() -> None:
    for text in STYLED.values():
        count = len(program(text).statements)
        starts = [line for line in text.splitlines() if line and line[0] not in " #)]}"]
        assert len(starts) == count


def test_a_text_with_errors_is_not_formatted() -> None:
    with pytest.raises(Faults) as raised:
        formatted("let a = = 3\nlet b = | c")
    assert len(raised.value.diagnostics) == 2


DAMAGE = {
    "value": ("= 3", "= 4"),
    "comment": ("why", "what"),
    "syntax": ("let", "let let"),
    "statement": ("let a = 3", ""),
    "doc comment": ("## doc\n", "## doc\n\n"),
}


@pytest.mark.parametrize(("right", "wrong"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_never_returned(monkeypatch: pytest.MonkeyPatch, right: str, wrong: str) -> None:
    sound = formatter.typeset
    monkeypatch.setattr(formatter, "typeset", lambda doc, width: sound(doc, width).replace(right, wrong))
    with pytest.raises(Misprint, match=r"test\.seis"):
        formatted("## doc\nlet a = 3  # why")


# Nodes ------------------------------------------------------------------------------------------


def test_a_node_is_written_on_one_line_without_comments() -> None:
    text = "f {\n  a = [ # why\n    1, 2] | g\n  b = (3)\n}"
    assert format_node(value(text)) == "f { a = [1, 2] | g, b = (3) }"
    (statement,) = program("def f(a, # why\n  b: T = 3): A -> B =\n  g a\n    | h").statements
    assert format_node(statement) == "def f(a, b: T = 3): A -> B = g a | h"
    assert format_node(value("x" + " + x" * 100)) == "x" + " + x" * 100
