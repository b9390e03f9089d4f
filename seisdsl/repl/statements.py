"""Statements as a session keeps them: their text, what they name and what they use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import PurePath
from typing import Any

from seisdsl.operator import Registry
from seisdsl.source import SourceText, Span
from seisdsl.syntax import tree
from seisdsl.syntax.parser import parse

LAST = "_"  # the name of the last result


@dataclass(frozen=True)
class Statement:
    """One statement with the comments before it. Spans are of its own text."""

    text: str
    span: Span  # without the comments
    names: frozenset[str] = frozenset()  # what it declares
    uses: frozenset[str] = frozenset()
    result: Span | None = None  # of a pipeline that gives a value: its stages before those that only write
    lasts: tuple[Span, ...] = ()  # where it says `_`

    @property
    def declares(self) -> bool:
        return bool(self.names)

    @property
    def value(self) -> str:
        """The text of the value that it gives, "" where it gives none."""
        return self.text[slice(*self.result)] if self.result else ""

    def with_last(self, name: str) -> Statement:
        """The same with another name for `_`."""
        text = self.text
        for span in reversed(self.lasts):
            text = text[: span.start] + name + text[span.end :]
        return statements(text)[0]

    def with_value(self, name: str) -> Statement:
        """The same with a name in place of its value."""
        assert self.result is not None
        return statements(self.text[: self.result.start] + name + self.text[self.result.end :])[0]


def statements(text: str, operators: Registry | None = None) -> list[Statement]:
    """The sound statements of a text."""
    source = SourceText.of(text)
    program, _ = parse(source)
    found, done = [], 0
    for number, node in enumerate(program.statements):
        last = number + 1 == len(program.statements)
        end = len(source.text) if last else node.span.end
        end = source.text.find("\n", node.span.end) if not last else end
        own = source.text[done:end]
        start = done + len(own) - len(own.lstrip("\n"))
        found.append(_statement(node, own.strip("\n").rstrip(), start, operators))
        done = end
    return found


def _statement(node: tree.Statement, text: str, start: int, operators: Registry | None) -> Statement:
    def moved(span: Span) -> Span:
        return Span(span.start - start, span.end - start)

    paths = [one for one in _nodes(node) if isinstance(one, tree.Path)]
    texts = [one for one in _nodes(node) if isinstance(one, tree.String)]
    used = {path.parts[0].text for path in paths} | {word for one in texts for word in _filled(one.text)}
    lasts = [path.parts[0].span for path in paths if path.parts[0].text == LAST]
    result = _result(node, operators) if isinstance(node, tree.Pipeline) else None
    return Statement(
        text,
        moved(node.span),
        frozenset(_named(node)),
        frozenset(used),
        moved(result) if result else None,
        tuple(moved(span) for span in sorted(lasts)),
    )


def _named(node: tree.Statement) -> Iterator[str]:
    match node:
        case tree.Let() | tree.Parameter() | tree.Definition() | tree.Source():
            yield node.name.text.strip('"')
        case tree.Use(alias=tree.Name() as alias):
            yield alias.text
        case tree.Use(target=tree.Path() as path):
            yield path.parts[-1].text
        case tree.Use(target=tree.String() as file):
            yield PurePath(file.text.strip('"')).stem


def _filled(text: str) -> list[str]:
    """The names in the braces of a text."""
    return re.findall(r"\{([A-Za-z_][\w-]*)", text)


def _nodes(node: Any) -> Iterator[tree.Node]:
    """All nodes below one."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, tree.Node):
            yield one
            waiting += [getattr(one, known.name) for known in fields(one)]
        elif isinstance(one, tuple) and not isinstance(one, Span):
            waiting += one


def _result(node: tree.Pipeline, operators: Registry | None) -> Span | None:
    """The stages of a pipeline up to its last one that does more than hand a value on to a file or the screen."""
    from seisdsl.operator import registry

    known = registry() if operators is None else operators
    parts = list(node.parts)
    while len(parts) > 1 and (word := _word(parts[-1])) in known and known[word].sink:
        parts.pop()
    return Span(parts[0].span.start, parts[-1].span.end)


def _word(stage: tree.Node) -> str:
    path = stage.path if isinstance(stage, tree.Call) else stage
    return str(path) if isinstance(path, tree.Path) else ""


# Order ------------------------------------------------------------------------------------------


def replaced(kept: Sequence[Statement], new: Sequence[Statement]) -> list[Statement]:
    """What is kept with new statements in place of those of the same names; what uses them comes after."""
    names = {name for one in new for name in one.names}
    before: list[Statement] = []
    after: list[Statement] = []
    moving = set(names)
    for one in kept:
        if one.names & names:
            continue
        if one.uses & moving:
            after.append(one)
            moving |= one.names
        else:
            before.append(one)
    return [*before, *new, *after]
