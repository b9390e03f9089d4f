"""Whatever tree is written out reads back as itself, and layout never changes a program."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syntax.decorate import decorated
from syntax.programs import CORPUS
from syntax.trees import programs

from seisdsl.source import SourceText
from seisdsl.syntax import tree
from seisdsl.syntax.format import format_node, format_program
from seisdsl.syntax.parser import parse

Statements = tuple[tree.Node, ...]
few = settings(max_examples=200, deadline=None)
many = settings(max_examples=5000, deadline=None)


def read(text: str) -> tree.Program:
    program, faults = parse(SourceText.of(text, "test.seis"))
    assert not faults, f"{faults[0]}\n{text}"
    return program


def survives(statements: Statements) -> None:
    """A tree, written on one line or laid out, reads back as the same tree."""
    plain = "".join(f"{format_node(statement)}\n" for statement in statements)
    assert read(plain).statements == statements
    laid_out = format_program(SourceText.of(plain))
    assert read(laid_out).statements == statements
    assert format_program(SourceText.of(laid_out)) == laid_out


def keeps_comments(statements: Statements, random: Random) -> None:
    """Comments and line ends in any legal place change neither the tree nor each other."""
    parts = [decorated(format_node(statement), random) for statement in statements]
    text = "".join(part for part, _ in parts)
    comments = [comment for _, some in parts for comment in some]
    for written in (text, format_program(SourceText.of(text))):
        program = read(written)
        assert program.statements == statements
        assert [comment.text for comment in program.comments] == comments
    once = format_program(SourceText.of(text))
    assert format_program(SourceText.of(once)) == once
    assert [s.doc for s in read(text).statements if hasattr(s, "doc")] == [
        s.doc for s in read(once).statements if hasattr(s, "doc")
    ]


@few
@given(programs())
def test_a_tree_survives_being_written(statements: Statements) -> None:
    survives(statements)


@few
@given(programs(), st.randoms(use_true_random=False))
def test_comments_and_layout_survive_formatting(statements: Statements, random: Random) -> None:
    keeps_comments(statements, random)


@pytest.mark.slow
@many
@given(programs())
def test_thousands_of_trees_survive_being_written(statements: Statements) -> None:
    survives(statements)


@pytest.mark.slow
@many
@given(programs(), st.randoms(use_true_random=False))
def test_thousands_of_layouts_survive_formatting(statements: Statements, random: Random) -> None:
    keeps_comments(statements, random)


@pytest.mark.parametrize("text", CORPUS)
def test_the_examples_survive_formatting(text: str) -> None:
    once = format_program(SourceText.of(text))
    assert read(once).statements == read(text).statements
    assert [c.text for c in read(once).comments] == [c.text for c in read(text).comments]
    assert format_program(SourceText.of(once)) == once


@pytest.mark.parametrize("seed", range(20))
def test_the_examples_survive_comments_in_odd_places(seed: int) -> None:
    statements = tuple(statement for text in CORPUS for statement in read(text).statements)
    keeps_comments(statements, Random(seed))
