"""Expressions: worked out where they are constant, checked and kept as a formula where not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from seisdsl.diagnostics import Fix
from seisdsl.language import arithmetic, conditions, values
from seisdsl.language import columns as columns_of
from seisdsl.language.convert import words
from seisdsl.language.disagreement import mismatch
from seisdsl.language.formula import ANGLE, FUNCTIONS, Formula, described, kind_of_type
from seisdsl.language.operands import Inputs, Operand, Row, as_text, grouped, kind, tree_of
from seisdsl.language.scope import Scope
from seisdsl.language.suggest import listing
from seisdsl.language.types import Type, is_a
from seisdsl.language.types import Value as Flows
from seisdsl.language.values import Flowing, Instant, Items, Pair, Poison, Quantity, Text, Truth, Unset, Value
from seisdsl.syntax import tree

ARITHMETIC = (
    tree.Sum
    | tree.Product
    | tree.Power
    | tree.Comparison
    | tree.Negation
    | tree.Conjunction
    | tree.Disjunction
)

SINGLE = Quantity | Instant | Text | Truth | Unset  # what a list after `in` may hold

Reader = Callable[[tree.Expression, Scope], Value]


@dataclass
class Expressions:
    """One expression in its scope; `plain` reads what is no arithmetic."""

    scope: Scope
    plain: Reader
    row: Row | None = None
    inputs: Inputs | None = None

    def read(self, node: tree.Expression) -> Operand:
        match node:
            case tree.Sum() | tree.Product():
                return self._chain(node)
            case tree.Power():
                return arithmetic.powered(self.scope, node, self.read(node.base), self.read(node.exponent))
            case tree.Comparison():
                return self._comparison(node)
            case tree.Conjunction() | tree.Disjunction():
                word = "and" if isinstance(node, tree.Conjunction) else "or"
                return self._joined(word, list(node.parts))
            case tree.Negation():
                value = self._joined("not", [node.parts[-1]])
                twice = len(node.parts) % 2
                return conditions.joined_conditions("not", [value]) if twice else value
            case tree.Group(pipeline=tree.Pipeline(parts=(only,))) if isinstance(only, tree.Expression):
                return self.read(only)
            case tree.Path(parts=(name,)) if self.row is not None:
                return self._column(node, name.text)
            case tree.Call() if self.row is not None:
                return self._function(node)
            case tree.List() if self.row is not None:
                self.scope.fault("type", "a row holds single values, not lists", node)
                return Poison()
        return self._operand(node, self.plain(node, self.scope))

    def _chain(self, node: tree.Chain) -> Operand:
        parts = list(node.parts)
        negative = isinstance(parts[0], str) and parts.pop(0) == "-"
        left_node = parts[0]
        left = self.read(left_node)
        if negative:
            left = arithmetic.negated(self.scope, node, left)
        for sign, right_node in zip(parts[1::2], parts[2::2], strict=True):
            right = self.read(right_node)
            left = arithmetic.combined(self.scope, self.row, sign, (left, left_node), (right, right_node))
            left_node = right_node
        return left

    def _comparison(self, node: tree.Comparison) -> Operand:
        left, sign = self.read(node.left), node.operator
        if kind(left) == "text" and self._is_word(node.right):
            return self._unquoted(node.right)
        right = self._members(node.right) if sign == "in" else self.read(node.right)
        return conditions.compared(self.scope, self.row, sign, (left, node.left), (right, node.right))

    def _joined(self, word: str, parts: list[tree.Expression]) -> Operand:
        return conditions.joined(self.scope, word, parts, [self.read(part) for part in parts])

    # Names

    def _operand(self, node: tree.Node, value: Value) -> Operand:
        if isinstance(value, Flowing):
            kind = kind_of_type(value.type)
            if kind is None:
                return self._no_number(node, value.type)
            if value.node is None or self.inputs is None:
                return Poison() if value.node is None else self._not_here(node)
            at = self.inputs.number(value)
            return Formula(("input", at), kind, self.text(node))
        if not isinstance(value, Formula | Quantity | Instant | Text | Truth | Unset | Poison):
            return self._no_number(node, value.type)
        return value

    def _no_number(self, node: tree.Node, of: Type) -> Poison:
        text = self.text(node)
        parts = dict(of.fields) or getattr(Flows.kinds.get(of.name), "FIELDS", {})
        fix = None
        if is_a(of, Type("Table")) and isinstance(node, tree.Path):
            fix = Fix(
                f"for the number of its rows, write `({text} | count)`",
                self.scope.place(node),
                f"({text} | count)",
            )
        message = f"`{text}` is {words(of)}; an expression needs a number"
        notes = [f"its parts: {listing(parts)}"] if parts else []
        self.scope.fault("type", message, node, notes=notes, fix=fix)
        return Poison()

    def _not_here(self, node: tree.Node) -> Poison:
        self.scope.fault(
            "value",
            f"`{self.text(node)}` is known only when the program runs",
            node,
            notes=["a condition on rows may use columns, constants and parameters"],
        )
        return Poison()

    def _column(self, node: tree.Path, name: str) -> Operand:
        assert self.row is not None
        columns = self.row.columns
        if columns is not None and name in columns:
            return Formula(("column", name), kind_of_type(columns[name].type), name)
        if self.scope.find(name) is not None:
            return self._operand(node, self.plain(node, self.scope))
        if columns is None:
            return Formula(("column", name), None, name)
        columns_of.unknown(name, node, columns, self.row.of, self.scope, self.scope.words())
        return Poison()

    def _is_word(self, node: tree.Stage) -> bool:
        """Whether a name stands for nothing, so that a text may have been meant."""
        if not isinstance(node, tree.Path) or self.row is None or self.row.columns is None:
            return False
        name = node.parts[0].text
        known = [*self.row.columns, *self.scope.words()]
        return name not in known and self.scope.did_you_mean(name, node, known) is None

    def _unquoted(self, node: tree.Node) -> Poison:
        text = self.text(node)
        fix = Fix(f'a text stands in quotes: `"{text}"`', self.scope.place(node), f'"{text}"')
        self.scope.fault("name", f"`{text}` is no column", node, fix=fix)
        return Poison()

    def _members(self, node: tree.Expression) -> Operand:
        if isinstance(node, tree.List):
            bare = [
                part.parts[0] for part in node.parts if len(part.parts) == 1 and self._is_word(part.parts[0])
            ]
            if bare:
                return self._unquoted(bare[0])
        value = self.plain(node, self.scope)
        if isinstance(value, Items):
            odd = [item for item in value.items if not isinstance(item, SINGLE)]
            if odd:
                found = words(odd[0].type)
                self.scope.fault("type", f"a list after `in` holds constants, found {found}", node)
            return Poison() if odd else value
        later = isinstance(value, Unset) and value.type.name in ("Range", "TimeRange", "List")
        if later or isinstance(value, Pair | values.Span | Poison):
            return value
        self.scope.fault(
            "type",
            "`in` needs a list or a range after it",
            node,
            notes=['as in `station in ["N.S1N01", "N.S1N02"]` or `depth in 10..30km`'],
        )
        return Poison()

    # Functions

    def _function(self, node: tree.Call) -> Operand:
        name = str(node.path)
        known = FUNCTIONS.get(name)
        if known is None:
            return self._no_function(node, name)
        if any(isinstance(argument, tree.Named) for argument in node.arguments):
            self.scope.fault("param", f"`{name}` takes plain values, no names", node)
            return Poison()
        given = [self.read(argument) for argument in node.arguments]  # type: ignore[arg-type]
        if any(isinstance(value, Poison) for value in given):
            return Poison()
        if (len(given) < 2) if known.many else (len(given) != len(known.takes)):
            wanted = "two values or more" if known.many else "one value"
            notes = [f"a value that is worked out stands in parentheses: `{name} (a - b)`"]
            self.scope.fault(
                "param",
                f"`{name}` takes {wanted}, found {len(given)}",
                node,
                notes=[] if known.many else notes,
            )
            return Poison()
        kinds = [kind(value) for value in given]
        for argument, found in zip(node.arguments, kinds, strict=True):
            wanted_kind = kinds[0] if known.many else known.takes[0]
            if wanted_kind != "any" and found is not None and found != wanted_kind:
                notes = ["an angle has a unit, as `30deg`"] if wanted_kind == ANGLE else []
                needs = f"`{name}` needs {described(wanted_kind)}"
                return mismatch(self.scope, needs, argument, found, notes)
        trees = tuple(tree_of(value) for value in given)
        text = " ".join([name, *(grouped(as_text(value)) for value in given)])
        return Formula((name, *trees), known.gives(kinds), text)

    def _no_function(self, node: tree.Call, name: str) -> Operand:
        first = node.arguments[0]
        columns = (self.row and self.row.columns) or {}
        text = self.text(first)
        if name in columns or self.scope.find(name) is not None:
            repair = f"{name} - {text[1:]}" if text.startswith("-") else None
            fix = Fix(f"to subtract, write `{repair}`", self.scope.place(node), repair) if repair else None
            self.scope.fault("name", f"`{name}` is a value, not a function", node, fix=fix)
        else:
            fix = self.scope.did_you_mean(name, node.path, [*FUNCTIONS, *columns])
            notes = [f"functions: {listing(FUNCTIONS, 20)}"]
            self.scope.fault("name", f"no function is called `{name}`", node.path, notes=notes, fix=fix)
        return Poison()

    def text(self, node: tree.Node) -> str:
        return self.scope.source[node.span]
