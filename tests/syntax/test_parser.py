"""Text to tree: the examples, spans, doc comments, and what is left of a broken file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from syntax.programs import CORPUS, EXAMPLES
from syntax.reading import faults, marked, program

from seisdsl.source import SourceText, Span
from seisdsl.syntax import tree
from seisdsl.syntax.format import format_node
from seisdsl.syntax.parser import DEEPEST_TREE, parse
from seisdsl.syntax.pieces import DEEPEST


def nodes(node: object) -> Iterator[tree.Node]:
    """A node and all below it."""
    if isinstance(node, tree.Node):
        yield node
        for field in dataclasses.fields(node):
            yield from nodes(getattr(node, field.name))
    elif isinstance(node, tuple) and not isinstance(node, Span):
        for part in node:
            yield from nodes(part)


# The examples -----------------------------------------------------------------------------------

STATEMENTS = {
    "01 one-liner": "Pipeline",
    "02 source": "Source",
    "03 units": "Let Let Pipeline",
    "04 graph": "Let Let Pipeline Pipeline",
    "05 definition": "Definition Pipeline",
    "06 side by side": "Let Pipeline",
    "07 training": "Let Let Pipeline Let Assertion",
    "08 sweep": "Pipeline",
    "09 parameters": "Parameter Pipeline",
    "10 libraries": "Use Use",
    "11 hole": "Pipeline",
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_parse(name: str) -> None:
    kinds = [type(statement).__name__ for statement in program(EXAMPLES[name]).statements]
    assert " ".join(kinds) == STATEMENTS[name]


def test_a_definition_in_full() -> None:
    (definition, _) = program(EXAMPLES["05 definition"]).statements
    assert isinstance(definition, tree.Definition)
    band, shortest = definition.arguments.parts
    assert (band.name.text, format_node(band.type), format_node(band.default)) == (
        "band",
        "Range<Frequency>",
        "2..8Hz",
    )
    assert isinstance(shortest.default, tree.Quantity)
    assert definition.signature
    assert format_node(definition.signature) == ": Waves -> Table"
    assert [type(stage).__name__ for stage in definition.body.parts] == ["Call", "Call", "Call", "Where"]


def test_a_parameter_needs_neither_type_nor_default() -> None:
    (bare, typed, given) = program("param a\nparam b: Date\nparam c = 3").statements
    assert isinstance(bare, tree.Parameter)
    assert (bare.type, bare.default) == (None, None)
    assert isinstance(typed, tree.Parameter)
    assert typed.default is None
    assert isinstance(given, tree.Parameter)
    assert given.type is None


@pytest.mark.parametrize("text", ["", "\n\n", "  \n\t", "# only\n  # comments\n", "\ufeff"])
def test_a_file_without_statements_is_a_program(text: str) -> None:
    assert program(text).statements == ()


# Broken files -----------------------------------------------------------------------------------


def test_three_broken_statements_are_three_errors_and_the_others_parse() -> None:
    text = "let a = 1\nlet b = = 2\nlet c = a | | b\nlet d = [1,\nlet e = 3\n  | where e > 2\n"
    read, found = parse(SourceText.of(text, "test.seis"))
    assert [(one.message, str(one.primary and one.primary.place)) for one in found] == [
        ("`=` cannot stand here", "test.seis:2:9"),
        ("two pipes in a row", "test.seis:3:13"),
        ("`[` is never closed", "test.seis:4:9"),
    ]
    assert [statement.name.text for statement in read.statements] == ["a", "e"]  # type: ignore[union-attr]


def test_text_before_the_first_statement_is_not_passed_over() -> None:
    assert [marked(one) for one in faults("  ) \nlet a = 1\n")] == [")"]
    assert [marked(one) for one in faults("| detrend\nlet a = 1\n")] == ["|"]


def test_a_line_without_its_pipe_is_no_statement_of_its_own() -> None:
    read, (found,) = parse(SourceText.of("stream S-net\n  bandpass 2..8Hz\n  | locate\n"))
    assert read.statements == ()
    assert found.message == "this line is indented, but goes on with nothing"
    assert found.fix
    assert found.fix.message == "to go on with the line above, write `|` first"


def test_a_program_indented_as_a_whole_is_one() -> None:
    assert len(program("  let a = 1\n  let b = 2\n").statements) == 2


def test_what_lies_too_deep_is_refused_before_python_gives_up() -> None:
    right = "f (" * DEEPEST + "x" + ")" * DEEPEST
    (statement,) = program(right).statements
    assert len(list(nodes(statement))) > DEEPEST
    assert statement == program(format_node(statement)).statements[0]
    for wrong in (
        f"f ({right})",
        "let a: " + "A<" * 1000 + "B" + ">" * 1000 + " = 3",
        "".join("(not a + b * f x=" for _ in range(DEEPEST)) + "1" + ")" * DEEPEST,
    ):
        (found,) = faults(wrong)
        assert found.message == f"this lies too deep: at most {DEEPEST} brackets go into one another"
    assert DEEPEST_TREE > 3 * DEEPEST


# Spans ------------------------------------------------------------------------------------------

LINE_ENDS = {"plain": "\n", "CRLF": "\r\n", "CR": "\r"}


@pytest.mark.parametrize("text", CORPUS)
@pytest.mark.parametrize("end", LINE_ENDS.values(), ids=LINE_ENDS)
def test_a_span_holds_the_text_of_its_node(text: str, end: str) -> None:
    source = SourceText.of("\ufeff" + text.replace("\n", end).replace("  ", "\t"))
    read, found = parse(source)
    assert not found
    for statement in read.statements:
        for node in nodes(statement):
            if isinstance(node, tree.Leaf):
                assert source[node.span] == node.text
        again, faults_of_it = parse(SourceText.of(source[statement.span]))
        assert not faults_of_it
        assert again.statements == (statement,)


@pytest.mark.parametrize("text", CORPUS)
def test_the_span_of_a_part_lies_within_the_whole(text: str) -> None:
    for statement in program(text).statements:
        for node in nodes(statement):
            for field in dataclasses.fields(node):
                for part in nodes(getattr(node, field.name)):
                    assert node.span.start <= part.span.start < part.span.end <= node.span.end


def test_positions_count_lines_and_columns_from_one() -> None:
    source = SourceText.of("\ufeffa\r\n\tstream")
    assert source.position(0) == (1, 1)
    assert source.position(source.text.index("stream")) == (2, 2)
    assert source.position(len(source.text)) == (2, 8)


# Comments ---------------------------------------------------------------------------------------


def test_doc_comments_attach_to_the_statement_directly_below() -> None:
    text = "## far\n\n## Picks.\n##\n##  indented\nlet a = 1  ## trailing\nlet b = 2\n# plain\nlet c = 3\n"
    docs = [getattr(statement, "doc", None) for statement in program(text).statements]
    assert docs == ["Picks.\n\n indented", "", ""]


def test_a_pipeline_may_stand_below_a_doc_comment() -> None:
    (statement,) = program("## nothing to document\nstream S-net").statements
    assert isinstance(statement, tree.Pipeline)


def test_comments_are_kept_with_their_places() -> None:
    text = "# one\nlet a = [ # two\n  1  # three\n]\n\t# four  \n"
    source = SourceText.of(text)
    comments = parse(source)[0].comments
    assert [(c.text, c.alone) for c in comments] == [
        ("# one", True),
        ("# two", False),
        ("# three", False),
        ("# four", True),
    ]
    assert all(source[comment.span].rstrip() == comment.text for comment in comments)
