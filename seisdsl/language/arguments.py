"""What is written after an operator's name, held against what the operator takes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from seisdsl.diagnostics import Fix
from seisdsl.language import binding, convert, literals, names, pipelines, uses
from seisdsl.language.calls import Callee
from seisdsl.language.scope import Let, Scope
from seisdsl.language.suggest import listing, nearest
from seisdsl.language.types import COLUMN, DATE, INTEGER, METHOD, NUMBER, SOURCE, TEXT, TIME_RANGE, Type, is_a
from seisdsl.language.types import Value as Flows
from seisdsl.language.values import (
    Flowing,
    Instant,
    Items,
    OperatorValue,
    Poison,
    SourceValue,
    Span,
    Text,
    Unset,
    Value,
    instant,
)
from seisdsl.syntax import tree


@dataclass(frozen=True)
class Argument:
    """One argument, read as what its parameter expects."""

    callee: Callee
    name: str
    wanted: Type
    scope: Scope
    piped: Flowing | None

    def read(self, node: tree.Expression) -> Value:
        wanted = self.wanted
        if wanted.name == "Either":
            return self._either(node)
        if wanted.words:
            return self._word(node)
        if wanted == COLUMN:
            return self._column(node)
        if wanted == SOURCE:
            return self._source(node)
        if wanted.name == METHOD.name:
            return self._method(node)
        if wanted.name == "List" and isinstance(node, tree.List) and wanted.args:
            return self._list(node)
        if isinstance(node, tree.Path) and self._is_word_of_operator(node):
            return self._not_an_operator(node)
        return self.fitted(node, literals.evaluate(node, self.scope))

    def _is_word_of_operator(self, node: tree.Path) -> bool:
        name = str(node)
        return self.scope.find(name) is None and name in self.scope.session.registry

    def _not_an_operator(self, node: tree.Path) -> Value:
        if self.wanted.name in Flows.kinds:
            return self.fitted(node, literals.evaluate(node, self.scope))
        notes = [self._declared(), f"to go on with `{node}`, write `| {node}`"]
        self.scope.fault(
            "type", f"`{self.name}` needs {self._needed()}, found an operator", node, notes=notes
        )
        return Poison()

    # What a bare word means depends on the parameter

    def _either(self, node: tree.Expression) -> Value:
        options = self.wanted.args
        words = tuple(word for option in options for word in option.words)
        rest = [option for option in options if not option.words]
        if words and isinstance(node, tree.Path) and str(node) in words:
            return Text(str(node))
        quiet = Scope(self.scope.session, self.scope.source, outer=self.scope, quiet=True)
        for option in rest:
            tried = Argument(self.callee, self.name, option, quiet, self.piped).read(node)
            if not isinstance(tried, Poison):
                return tried
        value = literals.evaluate(node, self.scope)
        if isinstance(value, Poison):
            return value
        return self._refused(node, value)

    def _word(self, node: tree.Expression) -> Value:
        words = self.wanted.words
        if isinstance(node, tree.Path) and str(node) in words:
            return Text(str(node))
        if isinstance(node, tree.Path) and self.scope.find(node.parts[0].text) is None:
            text = str(node)
        else:
            value = literals.evaluate(node, self.scope)
            if isinstance(value, Poison | Unset):
                return value
            if isinstance(value, Text) and value.text in words:
                return value
            text = self.scope.source[node.span]
        meant = nearest(text, words)
        fix = Fix(f"did you mean `{meant}`?", self.scope.place(node), meant) if meant else None
        self.scope.fault(
            "value", f"`{self.name}` is one of {', '.join(words)}; found `{text}`", node, fix=fix
        )
        return Poison()

    def _column(self, node: tree.Expression) -> Value:
        columns = self.piped.facts.columns if self.piped else None
        bound = isinstance(node, tree.Path) and self.scope.find(str(node)) is not None
        if isinstance(node, tree.Path) and (not bound or str(node) in (columns or ())):
            name = str(node)
        else:
            value = literals.evaluate(node, self.scope)
            if not isinstance(value, Text):
                return value if isinstance(value, Poison | Unset) else self._refused(node, value)
            name = value.text
        if columns is not None and name not in columns:
            fix = self.scope.did_you_mean(name, node, list(columns))
            of = f" of {self.piped.type}" if self.piped else ""
            self.scope.fault(
                "name",
                f"no column{of} is called `{name}`",
                node,
                notes=[f"columns: {listing(columns, 12)}"],
                fix=fix,
            )
            return Poison()
        return Text(name)

    def _source(self, node: tree.Expression) -> Value:
        if isinstance(node, tree.Path | tree.String):
            name = node.text[1:-1] if isinstance(node, tree.String) else str(node)
            bound = self.scope.find(name) if isinstance(node, tree.Path) else None
            if isinstance(node, tree.Path) and len(node.parts) > 1:
                value = names.named(node, self.scope)
                return value if isinstance(value, Poison) else self.fitted(node, value)
            if isinstance(bound, Let):
                return self.fitted(node, bound.value)
            found = uses.find_source(name, self.scope)
            if found is not None:
                return found
            sources = [*uses.library(self.scope), *uses.sources_in(self.scope)]
            meant = nearest(name, sources)
            if meant is None and isinstance(node, tree.Path):
                names.unknown(node, self.scope, operators=False)
            elif meant is None:
                self.scope.fault(
                    "name",
                    f"no source is called `{name}`",
                    node,
                    notes=[f"sources: {listing(sorted(set(sources)))}"],
                )
            else:
                self._misspelt_source(name, meant, node)
            return Poison()
        return self.fitted(node, literals.evaluate(node, self.scope))

    def _misspelt_source(self, name: str, meant: str, node: tree.Expression) -> None:
        source = uses.find_source(meant, self.scope)
        place = source.place if source else None
        where = ""
        if place:
            where = f"  ({place.source.name}:{place.start.line})"
        repair = meant if re.fullmatch(r"[A-Za-z_]\w*(-[A-Za-z]\w*)*", meant) else f'"{meant}"'
        fix = Fix(f"did you mean the source `{meant}`?{where}", self.scope.place(node), repair)
        self.scope.fault("name", f"nothing is called `{name}`", node, fix=fix)

    def _method(self, node: tree.Expression) -> Value:
        if isinstance(node, tree.Group) and len(node.pipeline.parts) == 1:
            inner = node.pipeline.parts[0]
            if isinstance(inner, tree.Call):
                return self._method_of(inner.path, inner)
            if isinstance(inner, tree.Path):
                return self._method_of(inner, None)
        if isinstance(node, tree.Path):
            return self._method_of(node, None)
        value = literals.evaluate(node, self.scope)
        return value if isinstance(value, Poison) else self.fitted(node, value)

    def _method_of(self, path: tree.Path, call: tree.Call | None) -> Value:
        operator = pipelines.operator_named(path, self.scope)
        if operator is None:
            known = self.scope.find(str(path))
            if isinstance(known, Let):
                return self.fitted(path, known.value)
            names.unknown(path, self.scope)
            return Poison()
        if call is None:
            return OperatorValue(operator)
        bound = binding.bind(pipelines.callee(operator), call.arguments, self.scope, call, None, partial=True)
        given = tuple((n, v) for n, v in bound.values.items() if not isinstance(v, Poison))
        return OperatorValue(operator, given) if bound.sound else Poison()

    def _list(self, node: tree.List) -> Value:
        items = []
        for part in node.parts:
            only = part.parts[0] if len(part.parts) == 1 else None
            inner = Argument(self.callee, self.name, self.wanted.args[0], self.scope, self.piped)
            if only is None or isinstance(only, tree.Where | tree.Derive | tree.Sweep):
                value = pipelines.pipeline(part, self.scope, None)
                value = value if isinstance(value, Poison) else inner.fitted(part, value)
            else:
                value = inner.read(only)
            if isinstance(value, Poison):
                return value
            items.append(value)
        return Items(tuple(items))

    # A value held against the type

    def fitted(self, node: tree.Node, value: Value) -> Value:
        """The value as the parameter takes it, or a report that it does not."""
        if isinstance(value, Poison):
            return value
        wanted = self.wanted
        if isinstance(value, Text) and wanted in (DATE, TIME_RANGE):
            try:
                value = instant(value.text)
            except ValueError:
                return self._refused(node, value)
        if isinstance(value, Instant) and wanted == TIME_RANGE:
            return self._day(node, value)
        if isinstance(value, Items) and wanted.name == "List" and wanted.args:
            inner = Argument(self.callee, self.name, wanted.args[0], self.scope, self.piped)
            items = [inner.fitted(node, item) for item in value.items]
            return next((item for item in items if isinstance(item, Poison)), Items(tuple(items)))  # type: ignore[arg-type]
        if isinstance(value, Unset):
            return value if convert.fits(value.type, wanted) else self._refused(node, value)
        if isinstance(value, Flowing):
            fits = wanted.name in Flows.kinds and is_a(value.type, wanted)
            return value if fits else self._refused(node, value)
        return value if convert.takes(wanted, value) else self._refused(node, value)

    def _day(self, node: tree.Node, value: Instant) -> Value:
        if value.day:
            return literals.day(value)
        self.scope.fault(
            "type",
            f"`{self.name}` needs a range of times, found a moment",
            node,
            notes=["write `start..end`, or a date for a whole day"],
        )
        return Poison()

    def _declared(self) -> str:
        where = f"   (seis help {self.callee.name})" if self.callee.place is None else ""
        return f"parameter `{self.name}`: {self.wanted}{where}"

    def _needed(self) -> str:
        return convert.words(self.wanted)

    def _refused(self, node: tree.Node, value: Value) -> Value:
        found = value.type
        code = "unit" if convert.has_unit(self.wanted) and convert.has_unit(found) else "type"
        plain = found in (NUMBER, INTEGER) or found == Type("Range", (NUMBER,))
        if convert.has_unit(self.wanted) and plain:
            code = "unit"
        also = []
        if code == "unit" and self.piped:
            facts = str(self.piped.facts)
            also = [(self.piped.place, f"{self.piped.type}, {facts}" if facts else str(self.piped.type))]
        if (
            isinstance(value, Flowing)
            and value.place.source is self.scope.source
            and self.wanted not in (SOURCE,)
        ):
            also = []
        label = str(found.args[0]) if found.name == "Range" and found.args else str(found)
        notes = [self._declared()]
        if isinstance(value, Flowing) and self.wanted.name not in Flows.kinds:
            notes.append("a parameter is known before the program runs; this is computed when it runs")
        if isinstance(value, OperatorValue | SourceValue):
            label = ""
        self.scope.fault(
            code,
            f"`{self.callee.name}` needs {self._needed()}, found {convert.words(found)}"
            if code == "unit"
            else f"`{self.name}` needs {self._needed()}, found {convert.words(found)}",
            node,
            label,
            also=also,
            notes=notes,
            fix=self._repair(node, value),
        )
        return Poison()

    def _repair(self, node: tree.Node, value: Value) -> Fix | None:
        """The same numbers in a unit that fits."""
        unit = convert.unit_of(self.wanted)
        text = self.scope.source[node.span]
        if isinstance(value, Text) and self.wanted == TEXT:
            return None
        parts = re.fullmatch(
            r"(-?[\d.]*\d(?:[eE][+-]?\d+)?)[^\d.]*?(?:\.\.(-?[\d.]*\d(?:[eE][+-]?\d+)?)\D*)?", text
        )
        if not unit or not parts or isinstance(value, Span | Instant | Text):
            return None
        is_range, wants_range = parts[2] is not None, self.wanted.name == "Range"
        if is_range != wants_range:
            return None
        repair = f"{parts[1]}..{parts[2]}{unit}" if is_range else f"{parts[1]}{unit}"
        return Fix(f"did you mean {repair}?", self.scope.place(node), repair)
