"""The hard cases of the language, numbered as in grammar/README.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lark import Token
from syntax.reading import fault, faults, kinds, marked, mended, program, value

from seisdsl.language import units
from seisdsl.operator import Operator, param
from seisdsl.resources import GRAMMAR
from seisdsl.source import SourceText
from seisdsl.syntax import tree
from seisdsl.syntax.complaints import KEYWORDS
from seisdsl.syntax.format import format_program
from seisdsl.syntax.layout import Layout
from seisdsl.syntax.parser import parse


def test_01_a_hyphen_before_a_letter_belongs_to_the_name() -> None:
    assert kinds("S-net") == "Path(S-net)"
    assert kinds("KiK-net") == "Path(KiK-net)"
    assert kinds("a-b") == "Path(a-b)"
    assert kinds("a-1") == "Sum(Path(a) - Number(1))"
    assert kinds("a - b") == "Sum(Path(a) - Path(b))"
    assert kinds("stream DONET-2") == "Sum(Call(Path(stream) Path(DONET)) - Number(2))"
    assert kinds('stream "DONET-2"') == 'Call(Path(stream) String("DONET-2"))'
    assert kinds("in-place") == "Path(in-place)"


def test_02_a_sign_joins_a_digit_unless_a_value_stands_before_it() -> None:
    assert kinds("shift -3s") == "Call(Path(shift) Quantity(-3s))"
    assert kinds("shift by=-3s") == "Call(Path(shift) Named(by=Quantity(-3s)))"
    assert kinds("a - 3s") == "Sum(Path(a) - Quantity(3s))"
    assert kinds("10-2") == "Sum(Number(10) - Number(2))"
    assert kinds("f 10 -2") == "Call(Path(f) Number(10) Number(-2))"
    assert mended("let a = 10 -2") == "let a = 10 - 2"
    assert kinds("(a)-2") == "Sum(Group((a)) - Number(2))"
    assert kinds("f 80%-3%") == "Sum(Call(Path(f) Quantity(80%)) - Quantity(3%))"
    assert kinds("f 5µm-3") == "Sum(Call(Path(f) Quantity(5µm)) - Number(3))"
    assert kinds("sort -magnitude") == "Sum(Path(sort) - Path(magnitude))"


def test_03_a_date_is_no_subtraction() -> None:
    assert kinds("2016-08-15") == "Instant(2016-08-15)"
    assert kinds("2016-08-15T02:00:00.5+09:00") == "Instant(2016-08-15T02:00:00.5+09:00)"
    assert kinds("2016-08-15..2016-09-15") == "Range(Instant(2016-08-15)..Instant(2016-09-15))"
    assert kinds("2016 - 8 - 15") == "Sum(Number(2016) - Number(8) - Number(15))"
    assert kinds("2016-228") == "Sum(Number(2016) - Number(228))"


def test_04_a_range_is_no_decimal_point() -> None:
    assert kinds("2..8Hz") == "Range(Number(2)..Quantity(8Hz))"
    assert kinds("1.5..3") == "Range(Number(1.5)..Number(3))"
    assert kinds("t0..t1") == "Range(Path(t0)..Path(t1))"
    assert kinds("a.b..-3") == "Range(Path(a.b)..Number(-3))"
    assert mended("threshold .5") == "threshold 0.5"


def test_05_a_unit_touches_its_number() -> None:
    assert kinds("5s") == "Quantity(5s)"
    assert kinds("trim 5 s") == "Call(Path(trim) Number(5) Path(s))"  # the checker asks what `s` is
    assert format_program(SourceText.of("trim 5 s")) == "trim 5 s\n"  # and the formatter does not guess
    assert mended("let gap = 5 s") == "let gap = 5s"


def test_06_a_slash_within_a_unit_divides_units() -> None:
    assert kinds("5mm/yr") == "Quantity(5mm/yr)"
    assert kinds("10km / dt") == "Product(Quantity(10km) / Path(dt))"
    assert kinds("10km/dt") == "Quantity(10km/dt)"
    with pytest.raises(units.UnknownUnit, match=r"^dt$"):
        units.quantity("10km/dt")


def test_07_case_matters_and_m_is_a_metre() -> None:
    metre, minute = units.quantity("1m"), units.quantity("1min")
    assert metre[:2] == (1.0, units.DIMENSIONS["Length"])
    assert minute[:2] == (60.0, units.DIMENSIONS["Time"])
    for unknown in ("1M", "1Mw", "1month", "1months"):
        with pytest.raises(units.UnknownUnit):
            units.quantity(unknown)
    assert units.quantity("1gal")[0] == units.quantity("1cm/s^2")[0]
    for written in ("3dB", "80%", "45deg", "45°", "9.8g0", "5µm"):
        assert kinds(written) == f"Quantity({written})"
        units.quantity(written)


def test_08_an_exponent_needs_digits() -> None:
    assert kinds("1e3m") == "Quantity(1e3m)"
    assert kinds("1e5") == "Number(1e5)"
    assert kinds("1e-5") == "Number(1e-5)"
    assert kinds("1.5e+3Pa") == "Quantity(1.5e+3Pa)"
    for written in ("1e", "5E"):
        assert kinds(written) == f"Quantity({written})"
        with pytest.raises(units.UnknownUnit):
            units.quantity(written)


def test_09_a_line_that_begins_with_a_pipe_goes_on() -> None:
    one = program("stream S-net | detrend | locate")
    assert program("stream S-net\n  | detrend\n| locate\n") == one
    assert program("stream S-net\n\n  # a comment\n  | detrend # why\n#\n\n | locate\n\n") == one
    assert program("stream S-net |\n  detrend |\n\n  locate") == one


def test_10_within_brackets_a_newline_ends_nothing_but_a_field() -> None:
    assert program("f (a\n  + b\n) [1,\n 2\n]") == program("f (a + b) [1, 2]")
    assert program("f {\n  a = 1\n  b = x\n    | y\n}") == program("f { a = 1, b = x | y }")
    assert program("f {\n  a = (1\n + 2)\n}") == program("f { a = (1 + 2) }")
    assert program("let a =\n  3") == program("let a = 3")
    assert program("sweep a in 1..2,\n  b in 3..4 =>\n  f a b") == program(
        "sweep a in 1..2, b in 3..4 => f a b"
    )
    assert len(program("a\nb").statements) == 2


def test_11_the_layout_gives_each_token_before_it_takes_the_next() -> None:
    """If it held one back, the lexer would read the next in the parser's old state."""
    taken: list[str] = []

    def lexer() -> Iterator[Token]:
        for kind in ("NAME", "_NL", "USE", "LBRACE", "_NL", "NAME", "_NL", "NAME", "RBRACE"):
            taken.append(kind)
            yield Token(kind, "")

    given = [(token.type, taken[-1]) for token in Layout().process(lexer())]
    assert all(kind == last for kind, last in given)
    assert [kind for kind, _ in given].count("_NL") == 2
    (_, use, sweep) = program("a\nuse b\nsweep i in 1..2 => f").statements
    assert isinstance(use, tree.Use)
    assert isinstance(sweep, tree.Pipeline)
    assert isinstance(sweep.parts[0], tree.Sweep)


@pytest.mark.parametrize("word", sorted(KEYWORDS))
def test_12_no_parameter_can_be_named_as_a_keyword(word: str) -> None:
    assert len(faults(f"f {word}=3")) == 1
    fields = {"__doc__": "It does nothing.", "__module__": __name__, "__annotations__": {word: float}}
    with pytest.raises(TypeError, match=f"`{word}` is a word of the language"):
        type(Operator)("Refused", (Operator,), {**fields, word: param(0.0, "never seen")}, name="refused")


def test_13_a_name_in_argument_position_is_never_applied() -> None:
    assert kinds("filter f location") == "Call(Path(filter) Path(f) Path(location))"
    assert kinds("filter (f location)") == "Call(Path(filter) Group((f location)))"


def test_14_a_number_sign_in_text_begins_no_comment() -> None:
    read = program('load "a#b|c" # and "this" is one')
    assert [comment.text for comment in read.comments] == ['# and "this" is one']
    assert value('"a \\" # b"').text == '"a \\" # b"'


def test_15_a_type_is_no_comparison() -> None:
    (definition,) = program(
        "def f(a: Range<Frequency> = 2..8Hz): Examples<Model<A, B>> -> C = g a"
    ).statements
    assert isinstance(definition, tree.Definition)
    assert str(definition.arguments.parts[0].type.name.text) == "Range"
    assert kinds("a<b") == "Comparison(Path(a) < Path(b))"
    assert kinds("a < b") == kinds("a<b")


def test_16_what_editors_put_in_is_taken_out_or_named() -> None:
    plain = program("let a = 3\nlet b = (a\n  - 1)")
    assert program("\ufefflet a = 3\r\nlet b = (a\r\n\t- 1)\r\n") == plain
    assert program("let a = 3\rlet b = (a\r - 1)") == plain
    assert fault("let c = a – 1").message == "this is an en dash, U+2013"
    assert mended("let c = a – 1") == "let c = a - 1"
    assert mended("load “a.csv”") == 'load "a.csv”'
    assert mended("let\u3000d = 1") == "let d = 1"
    assert mended("let d = ２") == "let d = 2"


def test_17_an_included_file_is_not_spliced_in(tmp_path: Path) -> None:
    library = tmp_path / "library.seis"
    library.write_text("let a = = 1\n" * 3, encoding="utf-8")
    text = SourceText.of(f'use "{library}"\nlet b = = 2\n', "main.seis")
    (own,) = parse(text)[1]
    assert own.primary
    assert str(own.primary.place) == "main.seis:2:9"
    for line, theirs in enumerate(parse(SourceText.read(library))[1], start=1):
        assert theirs.primary
        assert str(theirs.primary.place) == f"{library}:{line}:9"


def test_18_an_open_bracket_costs_one_statement() -> None:
    read, found = parse(SourceText.of("let a = [1, 2\nlet b = 3\n  | f (\nlet c = 4\n"))
    assert [marked(one) for one in found] == ["[", "("]
    assert [statement.name.text for statement in read.statements] == ["c"]  # type: ignore[union-attr]
    for line in format_program(SourceText.of("f {\n" + " a = 1\n" * 20 + "}")).splitlines()[1:-1]:
        assert line.startswith("  ")


def test_every_row_of_the_table_names_its_test() -> None:
    table = GRAMMAR.with_name("README.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| (\d+) \|.*`(test_(\d\d)_\w+)` \|$", table, re.MULTILINE)
    assert [int(row) for row, _, _ in named] == [int(number) for _, _, number in named] == list(range(1, 19))
    assert {name for _, name, _ in named} == {name for name in globals() if re.match(r"test_\d\d", name)}
