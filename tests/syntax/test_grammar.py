"""The grammar itself: strict, short, and with every keyword reserved."""

from __future__ import annotations

import re

import pytest
from lark import Lark
from syntax.programs import EXAMPLES

from seisdsl.resources import GRAMMAR
from seisdsl.source import SourceText
from seisdsl.syntax import tree
from seisdsl.syntax.complaints import KEYWORDS
from seisdsl.syntax.layout import Layout
from seisdsl.syntax.parser import OPTIONS, grammar, parse

TEXT = GRAMMAR.read_text(encoding="utf-8")


def test_strict_mode_finds_no_conflict_and_no_two_terminals_that_collide() -> None:
    pytest.importorskip("interegular")
    Lark(TEXT, strict=True, postlex=Layout(), **OPTIONS)


def test_the_grammar_fits_on_a_page() -> None:
    assert len(TEXT.splitlines()) < 100


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_the_kept_tables_parse_as_the_fresh_grammar_does(example: str) -> None:
    fresh = Lark(TEXT, postlex=Layout(), **OPTIONS)
    assert grammar().parse(example) == fresh.parse(example)


def test_the_list_of_keywords_is_the_grammars() -> None:
    words = set(re.findall(r'^\w+: "([a-z]+)"', TEXT, re.MULTILINE))
    words |= {word.lower() for word in re.findall(r"^_?([A-Z]+): /[a-z]+\(\?!", TEXT, re.MULTILINE)}
    words |= {"true", "false"}
    words.discard("boolean")
    assert words == KEYWORDS


@pytest.mark.parametrize("word", sorted(KEYWORDS))
@pytest.mark.parametrize(
    "program",
    [
        "let {} = 3",
        "f {}=3",
        "f {} = 3",
        "def {}() = x",
        "def f({}) = x",
        "param {}",
        "source {} {{}}",
        "f {{ {} = 1 }}",
        "a.{}",
        "sweep {} in [1] => f",
        "let x: {} = 3",
        "use a as {}",
    ],
)
def test_no_keyword_can_be_a_name(word: str, program: str) -> None:
    _, faults = parse(SourceText.of(program.format(word)))
    assert len(faults) == 1
    _, faults = parse(SourceText.of(program.format(f"{word}-like")))
    assert faults == []


def test_every_rule_has_its_node() -> None:
    """Lark skips a rule without a class of its name, and the tree would hold Lark's own node."""
    rules = set(re.findall(r"^([a-z]+):", TEXT, re.MULTILINE)) | set(
        re.findall(r"-> (\w+)$", TEXT, re.MULTILINE)
    )
    inlined = set(re.findall(r"^\?([a-z]+):", TEXT, re.MULTILINE)) - {"operand", "negatable"}
    nodes = {name.lower() for name, value in vars(tree).items() if isinstance(value, type)}
    assert (rules | inlined) - {"start"} <= nodes
