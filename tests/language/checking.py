"""Short ways to check a text, with stand-ins for the methods of later issues."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vocabulary import STANDINS

from seisdsl.diagnostics import Diagnostic, render
from seisdsl.graph import Graph
from seisdsl.language.check import Checked, check
from seisdsl.operator import Registry, registry
from seisdsl.source import SourceText


def operators() -> Registry:
    return Registry({**registry(), **STANDINS})


def checked(text: str, path: Path | None = None, **more: Any) -> Checked:
    known = more.pop("operators", None) or operators()
    name = path.name if path else "test.seis"
    return check(SourceText.of(text, name, path), operators=known, **more)


def graph(text: str, path: Path | None = None, **more: Any) -> Graph:
    """The graph of a text that is sound."""
    found = checked(text, path, **more)
    assert found.graph is not None, "\n".join(render(fault) for fault in found.diagnostics) + f"\n{text}"
    return found.graph


def faults(text: str, path: Path | None = None, **more: Any) -> list[Diagnostic]:
    return [fault for fault in checked(text, path, **more).diagnostics if fault.severity == "error"]


def fault(text: str, path: Path | None = None, **more: Any) -> Diagnostic:
    """The one thing that is wrong with a text."""
    (found,) = faults(text, path, **more)
    return found


def words(of: Graph) -> list[str]:
    """The operators of a graph, in the order they can run."""
    return [node.word for node in of.nodes]


def value(text: str, **more: Any) -> Any:
    """What a constant expression is worth."""
    binding = checked(f"let x = {text}\n", **more).scope.names["x"]
    return binding.value  # type: ignore[union-attr]
