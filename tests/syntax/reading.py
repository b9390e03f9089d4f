"""Short ways to what a text parses to, for the tests of the language."""

from __future__ import annotations

from typing import Any

from seisdsl.diagnostics import Diagnostic
from seisdsl.source import SourceText
from seisdsl.syntax import tree
from seisdsl.syntax.format import format_node
from seisdsl.syntax.parser import parse


def program(text: str) -> tree.Program:
    """The tree of a text that is sound."""
    read, faults = parse(SourceText.of(text, "test.seis"))
    assert not faults, faults
    return read


def value(text: str) -> Any:
    """The tree of an expression."""
    (statement,) = program(text).statements
    assert isinstance(statement, tree.Pipeline)
    assert len(statement.parts) == 1
    return statement.parts[0]


def kinds(text: str) -> str:
    """An expression with every part in brackets: `Sum(Path(a) - Number(3))`."""
    return shown(value(text))


def shown(node: Any) -> str:
    if isinstance(node, tree.Sum | tree.Product | tree.Call | tree.Negation):
        inside = " ".join(part if isinstance(part, str) else shown(part) for part in node.parts)
    elif isinstance(node, tree.Range):
        inside = f"{shown(node.low)}..{shown(node.high)}"
    elif isinstance(node, tree.Comparison):
        inside = f"{shown(node.left)} {node.operator} {shown(node.right)}"
    elif isinstance(node, tree.Named):
        inside = f"{node.name.text}={shown(node.value)}"
    else:
        inside = format_node(node)
    return f"{type(node).__name__}({inside})"


def faults(text: str) -> list[Diagnostic]:
    return parse(SourceText.of(text, "test.seis"))[1]


def fault(text: str) -> Diagnostic:
    """The one thing that is wrong with a text."""
    (found,) = faults(text)
    return found


def marked(found: Diagnostic) -> str:
    """The text under the primary label."""
    assert found.primary
    return found.primary.place.text


def mended(text: str) -> str:
    """The text after the repair that its one fault offers."""
    fix = fault(text).fix
    assert fix
    assert fix.place
    assert fix.replacement is not None
    start, end = fix.place.span
    source = fix.place.source.text
    return source[:start] + fix.replacement + source[end:]
