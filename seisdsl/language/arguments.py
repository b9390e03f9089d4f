"""What is written after an operator's name, held against what the operator takes."""

from __future__ import annotations

from dataclasses import dataclass

from seisdsl.diagnostics import Fix
from seisdsl.language import binding, convert, literals, names, pipelines, uses
from seisdsl.language import columns as columns_of
from seisdsl.language.calls import Callee
from seisdsl.language.convert import words
from seisdsl.language.refusal import refused
from seisdsl.language.scope import Let, Scope
from seisdsl.language.suggest import listing, nearest
from seisdsl.language.types import (
    COLUMN,
    DATE,
    INPUT_FILE,
    METHOD,
    OUTPUT_FILE,
    SOURCE,
    TEXT,
    TIME_RANGE,
    Type,
    is_a,
)
from seisdsl.language.types import Value as Flows
from seisdsl.language.values import (
    Flowing,
    Instant,
    Items,
    OperatorValue,
    Poison,
    Text,
    Unset,
    Value,
    instant,
)
from seisdsl.language.written import name as as_name
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
        if wanted.name == "?":
            literals.evaluate(node, self.scope)
            return Poison()
        if isinstance(node, tree.Hole):
            return self._hole(node)
        if isinstance(node, tree.Path) and self._is_unquoted(node):
            return self._unquoted(node)
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
        fix = Fix(f"to go on with `{node}`, write `| {node}`", self.scope.place(node), f"| {node}")
        message = f"`{self.name}` needs {words(self.wanted)}, found an operator"
        self.scope.fault("type", message, node, fix=fix)
        return Poison()

    def _hole(self, node: tree.Hole) -> Value:
        parameter = self.callee.parameters.get(self.name)
        notes = [f"`{self.name}`: {parameter.help}"] if parameter and parameter.help else []
        if parameter and parameter.shown_default:
            notes.append(f"its default is {parameter.shown_default}")
        self.scope.fault("hole", f"`?` must be {words(self.wanted)}, for `{self.name}`", node, notes=notes)
        return Poison()

    def _is_unquoted(self, node: tree.Path) -> bool:
        """Whether a name stands for nothing where a text is wanted."""
        options = self.wanted.args if self.wanted.name == "Either" else (self.wanted,)
        if not {TEXT, INPUT_FILE, OUTPUT_FILE} & set(options):
            return False
        if any(str(node) in option.words for option in options):
            return False
        first = node.parts[0].text
        return self.scope.find(first) is None and nearest(first, self.scope.words()) is None

    def _unquoted(self, node: tree.Path) -> Value:
        fix = Fix(f'a text stands in quotes: `"{node}"`', self.scope.place(node), f'"{node}"')
        self.scope.fault("name", f"nothing is called `{node}`", node, fix=fix)
        return Poison()

    # What a bare word means depends on the parameter

    def _either(self, node: tree.Expression) -> Value:
        options = self.wanted.args
        choices = tuple(word for option in options for word in option.words)
        rest = [option for option in options if not option.words]
        if isinstance(node, tree.Path) and str(node) in choices:
            return Text(str(node))
        quiet = Scope(self.scope.session, self.scope.source, outer=self.scope, quiet=True)
        for option in rest:
            tried = Argument(self.callee, self.name, option, quiet, self.piped).read(node)
            if not isinstance(tried, Poison):
                return tried
        value = literals.evaluate(node, self.scope)
        if isinstance(value, Poison):
            return value
        return refused(self, node, value)

    def _word(self, node: tree.Expression) -> Value:
        choices = self.wanted.words
        if isinstance(node, tree.Path) and str(node) in choices:
            return Text(str(node))
        if isinstance(node, tree.Path) and self.scope.find(node.parts[0].text) is None:
            text = str(node)
        else:
            value = literals.evaluate(node, self.scope)
            if isinstance(value, Poison | Unset):
                return value
            if isinstance(value, Text) and value.text in choices:
                return value
            text = self.scope.source[node.span]
        meant = nearest(text.strip('"'), choices)
        fix = Fix(f"did you mean `{meant}`?", self.scope.place(node), meant) if meant else None
        self.scope.fault(
            "value", f"`{self.name}` is one of {', '.join(choices)}; found `{text}`", node, fix=fix
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
                return value if isinstance(value, Poison | Unset) else refused(self, node, value)
            name = value.text
        if columns is not None and name not in columns:
            columns_of.unknown(name, node, columns, str(self.piped.type) if self.piped else "", self.scope)
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
                return found if found.sound else Poison()
            self._no_source(name, node)
            return Poison()
        return self.fitted(node, literals.evaluate(node, self.scope))

    def _no_source(self, name: str, node: tree.Expression) -> None:
        known = sorted({*uses.library(self.scope), *uses.sources_in(self.scope)})
        words_in_scope = [] if isinstance(node, tree.String) else [*self.scope.words()]
        meant = nearest(name, [*known, *words_in_scope])
        source = uses.find_source(meant, self.scope) if meant else None
        fix = None
        notes: list[str] = []
        if meant and source:
            where = f"  ({source.place.source.name}:{source.place.start.line})" if source.place else ""
            fix = Fix(f"did you mean the source `{meant}`?{where}", self.scope.place(node), as_name(meant))
        elif meant:
            fix = Fix(f"did you mean `{meant}`?", self.scope.place(node), meant)
        else:
            example = f"source {as_name(name)} {{ archive = … }}"
            notes = [f"sources: {listing(known)}", f"records of your own are declared: `{example}`"]
        self.scope.fault("name", f"nothing is called `{name}`", node, notes=notes, fix=fix)

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
            names.unknown(path, self.scope, stage=True)
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
                return refused(self, node, value)
        if isinstance(value, Instant) and wanted == TIME_RANGE:
            return self._day(node, value)
        if isinstance(value, Items) and wanted.name == "List" and wanted.args:
            inner = Argument(self.callee, self.name, wanted.args[0], self.scope, self.piped)
            items = [inner.fitted(node, item) for item in value.items]
            return next((item for item in items if isinstance(item, Poison)), Items(tuple(items)))  # type: ignore[arg-type]
        if isinstance(value, Unset):
            return value if convert.fits(value.type, wanted) else refused(self, node, value)
        if isinstance(value, Flowing):
            fits = wanted.name in Flows.kinds and is_a(value.type, wanted)
            return value if fits else refused(self, node, value)
        return value if convert.takes(wanted, value) else refused(self, node, value)

    def _day(self, node: tree.Node, value: Instant) -> Value:
        if value.day:
            return literals.day(value)
        self.scope.fault(
            "type",
            f"`{self.name}` needs a range of times, found a moment",
            node,
            notes=["a date stands for its whole day; another range is written `start..end`"],
        )
        return Poison()
