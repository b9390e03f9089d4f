"""Which of a program's own names each word of it is: where names are given, and where they are used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from seisdsl.assist import flow
from seisdsl.assist.document import Document, Statement
from seisdsl.assist.here import Called, bound, called
from seisdsl.language import uses
from seisdsl.language.scope import Binding, Def, Module
from seisdsl.language.types import COLUMN, SOURCE, Type
from seisdsl.language.types import Value as Flows
from seisdsl.language.values import Flowing, SourceValue, Value
from seisdsl.source import Place, Span
from seisdsl.syntax import tree

_HOLE = re.compile(r"\\.|\{\{|\}\}|\{([^{}\"]*)\}")


_HELP = r"(?m)^##[ \t]*({})(?= )"  # the line above a definition that explains an argument


@dataclass(frozen=True)
class Key:
    """A name as one thing: of a file, or `within` a definition or a sweep of it."""

    path: Path
    name: str
    within: str = ""


@dataclass(frozen=True)
class Mention:
    """A name at [start, end) of a document; `place` is where it is given."""

    start: int
    end: int
    key: Key
    place: Place | None
    defines: bool = False
    quoted: bool = False  # whether the quotes around it belong to it
    fixed: bool = False  # whether it is a file's name, not one that was chosen


def mentions(document: Document, statement: Statement) -> list[Mention]:
    """The names of one statement, in the order of the text."""
    found = list(_Reader(document, statement).statement())
    at = statement.source.start
    return sorted((replace(one, start=one.start + at, end=one.end + at) for one in found), key=_start)


def _start(one: Mention) -> int:
    return one.start


def mention_at(document: Document, offset: int) -> Mention | None:
    """The name that an offset lies in, or ends."""
    statement = document.at(offset)
    if statement is None:
        return None
    return next((m for m in mentions(document, statement) if m.start <= offset <= m.end), None)


def mentions_of(document: Document, key: Key) -> list[Mention]:
    return [
        one
        for statement in document.statements
        if key.name in statement.source.text
        for one in mentions(document, statement)
        if one.key == key
    ]


_Names = Mapping[str, tuple[Key, Place]]  # those of a definition or a sweep


class _Reader:
    def __init__(self, document: Document, statement: Statement) -> None:
        self.document = document
        self.source = statement.source
        self.scope = document.scope_at(statement.source.start).inside(dict(statement.gives))
        self.node = statement.tree
        self.declares = statement.declares
        self.path = document.path.resolve()
        self._tables: dict[int, Value | None] | None = None

    def statement(self) -> Iterator[Mention]:
        node = self.node
        match node:
            case None:
                for name, span in self.declares.items():
                    yield self._gives(name, span)
            case tree.Use():
                yield from self._use(node)
            case tree.Definition():
                yield from self._definition(node)
            case tree.Let() | tree.Parameter() | tree.Source():
                yield self._gives(_plain(node.name), _inner(node.name), isinstance(node.name, tree.String))
                rest = node.settings if isinstance(node, tree.Source) else _value(node)
                yield from self._in(rest, {}) if rest is not None else ()
            case _:
                yield from self._in(node, {})

    def _gives(self, name: str, span: Span, quoted: bool = False) -> Mention:
        place = self.source.place(span)
        return Mention(*span, Key(self.path, name), place, defines=True, quoted=quoted)

    def _use(self, node: tree.Use) -> Iterator[Mention]:
        if node.alias:
            yield self._gives(node.alias.text, node.alias.span)
            return
        for name, binding in self.scope.names.items():
            if isinstance(binding, Module):
                part = node.target.parts[-1] if isinstance(node.target, tree.Path) else node.target
                yield replace(self._gives(name, _inner(part)), fixed=True)

    def _definition(self, node: tree.Definition) -> Iterator[Mention]:
        yield self._gives(node.name.text, node.name.span)
        inner: dict[str, tuple[Key, Place]] = {}
        for argument in node.arguments.parts:
            name, span = argument.name.text, argument.name.span
            key, place = Key(self.path, name, node.name.text), self.source.place(span)
            inner[name] = (key, place)
            yield Mention(*span, key, place, defines=True)
            for match in re.finditer(_HELP.format(re.escape(name)), self.source.text[: node.span.start]):
                yield Mention(*match.span(1), key, place)
            if argument.default is not None:
                yield from self._in(argument.default, {})
        yield from self._in(node.body, inner)

    # Expressions --------------------------------------------------------------------------------

    def _in(self, node: Any, names: _Names, hidden: frozenset[str] = frozenset()) -> Iterator[Mention]:
        """The names in a part of the tree; `hidden` are those that stand for columns there."""
        match node:
            case tree.Path():
                yield from self._path(node, names, hidden)
            case tree.String():
                yield from self._text(node, names)
            case tree.Call():
                yield from self._call(node, names, hidden)
            case tree.Where():
                yield from self._in(node.condition, names, self._columns(node))
            case tree.Derive():
                columns = self._columns(node)
                for part in node.columns.parts:
                    yield from self._in(part.value, names, columns)
                    columns |= {part.name.text}
            case tree.Sweep():
                yield from self._sweep(node, names, hidden)
            case tree.Field() | tree.Named():
                yield from self._in(node.value, names, hidden)
            case tree.Type() | tree.Name():
                return
            case tree.Node():
                for one in fields(node):
                    value = getattr(node, one.name)
                    for part in value if isinstance(value, tuple) and one.name != "span" else (value,):
                        yield from self._in(part, names, hidden)

    def _sweep(self, node: tree.Sweep, names: _Names, hidden: frozenset[str]) -> Iterator[Mention]:
        inner = dict(names)
        for axis in node.axes:
            yield from self._in(axis.values, names, hidden)
            name, span = axis.name.text, axis.name.span
            place = self.source.place(span)
            key = Key(self.path, name, f"the sweep at {self.source.start + node.span.start}")
            inner[name] = (key, place)
            yield Mention(*span, key, place, defines=True)
        yield from self._in(node.body, inner, hidden)

    def _path(self, node: tree.Path, names: _Names, hidden: frozenset[str]) -> Iterator[Mention]:
        first, *rest = node.parts
        if first.text in hidden and not rest:
            return
        mention = self._mention(first.text, first.span, names)
        if mention is None:
            return
        yield mention
        binding = self.scope.find(first.text)
        if rest and isinstance(binding, Module) and first.text not in names:
            member = binding.names.get(rest[0].text)
            if member is not None and not isinstance(member, type):
                key = Key(self.file_of(binding) or self.path, rest[0].text)
                yield Mention(*rest[0].span, key, _place(member))

    def _text(self, node: tree.String, names: _Names) -> Iterator[Mention]:
        start = node.span.start
        for match in _HOLE.finditer(node.text):
            if match[1] and (one := self._mention(match[1], Span(*match.span(1)), names)):
                yield replace(one, start=start + one.start, end=start + one.end)

    def _mention(self, name: str, span: Span, names: _Names) -> Mention | None:
        if name in names:
            return Mention(*span, *names[name])
        binding = self._binding(name)
        if isinstance(binding, type) or binding is None:
            return None
        place = _place(binding)
        path = self.path
        if isinstance(binding, SourceValue) and place and place.source.path:
            path = place.source.path.resolve()
        return Mention(*span, Key(path, name), place)

    def _binding(self, name: str) -> Binding | None:
        found = self.scope.find(name) or self.document.names.get(name)
        if found is None and name not in self.scope.session.registry:
            return uses.library(self.scope).get(name)
        return found

    def file_of(self, module: Module) -> Path | None:
        known = self.scope.session.modules
        return next((path for path, one in known.items() if one.names is module.names), None)

    # Arguments ----------------------------------------------------------------------------------

    def _call(self, node: tree.Call, names: _Names, hidden: frozenset[str]) -> Iterator[Mention]:
        yield from self._path(node.path, names, frozenset())
        word = str(node.path)
        one = None if node.path.parts[0].text in names else called(word, self.scope)
        table = self._columns(node)
        given: set[str] = set()
        for argument in node.arguments:
            value = argument.value if isinstance(argument, tree.Named) else argument
            if isinstance(argument, tree.Named):
                name: str | None = argument.name.text
            else:  # a record holds the pipelines of a `fork`, and is no parameter's
                name = None if isinstance(argument, tree.Record) else _free(one, given)
            given.add(name or "")
            if isinstance(argument, tree.Named):
                yield from self._of_definition(argument.name, word)
            wanted = one.parameters[name].type if one and name in one.parameters else None
            if wanted is None:
                yield from self._in(value, names, hidden)
            else:
                yield from self._given(value, wanted, names, table)

    def _of_definition(self, name: tree.Name, word: str) -> Iterator[Mention]:
        """The parameter of a `def` where it is given."""
        binding = bound(word, self.scope)
        if not isinstance(binding, Def) or binding.scope.source.path is None:
            return
        for argument in binding.node.arguments.parts:
            if argument.name.text == name.text:
                key = Key(binding.scope.source.path.resolve(), name.text, binding.node.name.text)
                yield Mention(*name.span, key, binding.scope.place(argument.name))

    def _given(self, node: Any, wanted: Type, names: _Names, columns: frozenset[str]) -> Iterator[Mention]:
        """The names in a value for a parameter, which may know words of its own."""
        options = wanted.args if wanted.name == "Either" else (wanted,)
        if isinstance(node, tree.List):
            inner = next((o.args[0] for o in options if o.name == "List" and o.args), None)
            for part in node.parts:
                alone = part.parts[0] if len(part.parts) == 1 else part
                yield from self._given(alone, inner, names, columns) if inner else self._in(alone, names)
        elif isinstance(node, tree.Path) and any(str(node) in option.words for option in options):
            return
        elif isinstance(node, tree.String) and SOURCE in options:
            inside = Span(node.span.start + 1, node.span.end - 1)
            if one := self._mention(node.text[1:-1], inside, {}):
                yield replace(one, quoted=True)
        else:
            yield from self._in(node, names, columns if COLUMN in options else frozenset())

    # Tables -------------------------------------------------------------------------------------

    def _columns(self, part: tree.Stage) -> frozenset[str]:
        """The columns of what is piped into a stage."""
        if self._tables is None:
            self._tables = dict(self._piped())
        table = self._tables.get(id(part))
        if not isinstance(table, Flowing):
            return frozenset()
        known = table.facts.columns
        if known is None:
            known = getattr(Flows.kinds.get(table.type.name), "COLUMNS", None)
        return frozenset(known or ())

    def _piped(self) -> Iterator[tuple[int, Value | None]]:
        scope, entering = self.scope, None
        body = _value(self.node)
        if isinstance(self.node, tree.Definition):
            body = self.node.body
            scope, entering = flow.definition_scope(self.node, scope)
        if isinstance(body, tree.Pipeline):
            for part, piped, _ in flow.stages(body, scope, entering):
                yield id(part), piped


def _free(one: Called | None, given: set[str]) -> str | None:
    """The parameter that an argument without a name is for."""
    return next((name for name in one.parameters if name not in given), None) if one else None


def _value(node: Any) -> Any:
    match node:
        case tree.Let():
            return node.value
        case tree.Parameter():
            return node.default
    return node


def _plain(name: tree.Name | tree.String) -> str:
    return name.text[1:-1] if isinstance(name, tree.String) else name.text


def _inner(name: tree.Name | tree.String) -> Span:
    """A name without the quotes around it."""
    span = name.span
    return Span(span.start + 1, span.end - 1) if isinstance(name, tree.String) else span


def _place(binding: Binding) -> Place | None:
    return None if isinstance(binding, type) else binding.place
