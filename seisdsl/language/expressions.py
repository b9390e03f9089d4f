"""Expressions: worked out where they are constant, checked and kept as a formula where not."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from seisdsl.diagnostics import Fix
from seisdsl.language import units, values
from seisdsl.language.formula import FUNCTIONS, Formula, Kind, described, kind_of_type
from seisdsl.language.operands import (
    COMPARE,
    TIME,
    Inputs,
    Operand,
    Row,
    arithmetic_kind,
    fields_of,
    grouped,
    is_known,
    kind,
    kinds_within,
    operand_text,
    plain_value,
    tree_of,
)
from seisdsl.language.scope import Scope
from seisdsl.language.suggest import listing
from seisdsl.language.units import PLAIN, Dimension
from seisdsl.language.values import Flowing, Instant, Items, Pair, Poison, Quantity, Text, Truth, Value, shown
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
                return self._power(node)
            case tree.Comparison():
                return self._comparison(node)
            case tree.Conjunction() | tree.Disjunction():
                word = "and" if isinstance(node, tree.Conjunction) else "or"
                return self._logic(word, node, list(node.parts))
            case tree.Negation():
                value = self._logic("not", node, [node.parts[-1]])
                return value if len(node.parts) % 2 == 0 else self._logic_of("not", node, [value])
            case tree.Group(pipeline=tree.Pipeline(parts=(only,))) if isinstance(only, tree.Expression):
                return self.read(only)
            case tree.Path(parts=(name,)) if self.row is not None:
                return self._column(node, name.text)
            case tree.Call() if self.row is not None:
                return self._function(node)
        return self._operand(node, self.plain(node, self.scope))

    # Names

    def _operand(self, node: tree.Node, value: Value) -> Operand:
        if isinstance(value, Flowing):
            kind = kind_of_type(value.type)
            if kind is None:
                self.scope.fault(
                    "type",
                    f"`{self.text(node)}` is {value.type}; an expression needs a number",
                    node,
                    str(value.type),
                    notes=fields_of(value.type),
                )
                return Poison()
            if value.node is None or self.inputs is None:
                return Poison() if value.node is None else self._not_here(node)
            at = self.inputs.number(value)
            return Formula(("input", at), kind, self.text(node))
        return value

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
        fix = self.scope.did_you_mean(name, node, [*columns, *self.scope.words()])
        notes = [f"columns: {listing(columns, 12)}"]
        if name in units.table():
            notes.insert(0, f"a unit is written against its number: `5{name}`, not `5 {name}`")
        of = f" of {self.row.of}" if self.row.of else ""
        self.scope.fault("name", f"no column{of} is called `{name}`", node, notes=notes, fix=fix)
        return Poison()

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
            self.scope.fault("param", f"`{name}` takes {wanted}, found {len(given)}", node)
            return Poison()
        kinds = [kind(value) for value in given]
        for argument, found in zip(node.arguments, kinds, strict=True):
            wanted_kind = kinds[0] if known.many else known.takes[0]
            if wanted_kind != "any" and found is not None and found != wanted_kind:
                return self._mismatch(f"`{name}` needs {described(wanted_kind)}", argument, found)
        trees = tuple(tree_of(value) for value in given)
        text = " ".join([name, *(grouped(self._as_text(value)) for value in given)])
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

    # Arithmetic

    def _chain(self, node: tree.Chain) -> Operand:
        parts = list(node.parts)
        negative = isinstance(parts[0], str) and parts.pop(0) == "-"
        left_node = parts[0]
        left = self.read(left_node)
        if negative:
            left = self._negated(node, left)
        for sign, right_node in zip(parts[1::2], parts[2::2], strict=True):
            right = self.read(right_node)
            left = self._combined(sign, (left, left_node), (right, right_node))
            left_node = right_node
        return left

    def _negated(self, node: tree.Node, value: Operand) -> Operand:
        if isinstance(value, Quantity):
            return Quantity(-value.si, value.dimension, value.unit)
        if isinstance(value, Poison):
            return value
        if not isinstance(kind(value), Dimension):
            return self._mismatch("`-` needs a number", node, kind(value))
        return Formula(("negative", tree_of(value)), kind(value), f"-{grouped(self._as_text(value))}")

    def _combined(
        self, sign: str, left: tuple[Operand, tree.Node], right: tuple[Operand, tree.Node]
    ) -> Operand:
        (a, _), (b, b_node) = left, right
        if isinstance(a, Poison) or isinstance(b, Poison):
            return Poison()
        gives = arithmetic_kind(sign, kind(a), kind(b))
        if gives == "?":
            self._disagree(sign, left, right)
            return Poison()
        if is_known(a) and is_known(b):
            return self._worked_out(sign, a, b, gives, b_node)
        text = f"{operand_text(self._as_text(a), sign)} {sign} {grouped(self._as_text(b))}"
        return Formula((sign, tree_of(a), tree_of(b)), gives, text)

    def _worked_out(self, sign: str, a: Any, b: Any, gives: Any, at: tree.Node) -> Operand:
        if isinstance(a, Instant) and isinstance(b, Instant):
            return Quantity((a.ns - b.ns) / 1e9, TIME, "s")
        if isinstance(a, Instant) or isinstance(b, Instant):
            time, shift = (a, b) if isinstance(a, Instant) else (b, a)
            return Instant(time.ns + round(shift.si * 1e9) * (-1 if sign == "-" else 1))
        try:
            result = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[sign](
                a.si, b.si
            )
        except (ZeroDivisionError, OverflowError):
            result = math.inf
        if not math.isfinite(result):
            self.scope.fault(
                "value",
                "this divides by zero" if sign == "/" and not b.si else "this number is too large",
                at,
            )
            return Poison()
        unit = a.unit or b.unit if gives != PLAIN else ""
        return Quantity(result, gives, unit)

    def _power(self, node: tree.Power) -> Operand:
        base, exponent = self.read(node.base), self.read(node.exponent)
        if isinstance(base, Poison) or isinstance(exponent, Poison):
            return Poison()
        of, power = kind(base), kind(exponent)
        if not isinstance(of, Dimension) and of is not None:
            return self._mismatch("`^` needs a number", node.base, of)
        if power not in (PLAIN, None):
            return self._mismatch("an exponent is a plain number", node.exponent, power)
        whole = _whole(exponent)
        if of not in (PLAIN, None) and whole is None:
            self.scope.fault("unit", "a quantity with a unit is raised to a whole number only", node.exponent)
            return Poison()
        gives = of**whole if whole is not None and isinstance(of, Dimension) else of
        if isinstance(base, Quantity) and isinstance(exponent, Quantity):
            try:
                result = base.si**exponent.si
            except (ZeroDivisionError, OverflowError):
                result = math.inf
            if isinstance(result, complex) or not math.isfinite(result):
                self.scope.fault("value", "this power is no number", node)
                return Poison()
            return Quantity(result, gives, base.unit)  # type: ignore[arg-type]
        text = f"{grouped(self._as_text(base))} ^ {grouped(self._as_text(exponent))}"
        return Formula(("^", tree_of(base), tree_of(exponent)), gives, text.replace(" ^ ", "^"))

    # Comparison and logic

    def _comparison(self, node: tree.Comparison) -> Operand:
        left, sign = self.read(node.left), node.operator
        right = self._members(node.right) if sign == "in" else self.read(node.right)
        if isinstance(left, Poison) or isinstance(right, Poison):
            return Poison()
        if sign == "~":
            return self._matches(node, left, right)
        a = kind(left)
        for b in kinds_within(right):
            if a != b and a is not None and b is not None:
                self._disagree(sign, (left, node.left), (right, node.right))
                return Poison()
        if sign not in ("==", "!=", "in") and a in ("text", "boolean"):
            return self._mismatch(f"`{sign}` compares numbers and times", node.left, a)
        if is_known(left) and is_known(right) and sign != "in":
            return Truth(bool(COMPARE[sign](plain_value(left), plain_value(right))))
        text = f"{self._as_text(left)} {sign} {self._as_text(right)}"
        return Formula((sign, tree_of(left), tree_of(right)), "boolean", text)

    def _members(self, node: tree.Expression) -> Operand:
        value = self.plain(node, self.scope)
        if isinstance(value, Items | Pair | values.Span | Poison):
            return value
        self.scope.fault(
            "type",
            "`in` needs a list or a range after it",
            node,
            notes=['as in `station in ["N.S1N01", "N.S1N02"]` or `depth in 10..30km`'],
        )
        return Poison()

    def _matches(self, node: tree.Comparison, left: Operand, right: Operand) -> Operand:
        if kind(left) not in ("text", None):
            return self._mismatch("`~` matches a text", node.left, kind(left))
        if not isinstance(right, Text):
            return self._mismatch("`~` needs a pattern in quotes", node.right, kind(right))
        try:
            re.compile(right.text)
        except re.error as error:
            self.scope.fault("value", f"this is no regular expression: {error}", node.right)
            return Poison()
        text = f"{self._as_text(left)} ~ {shown(right)}"
        return Formula(("~", tree_of(left), right.text), "boolean", text)

    def _logic(self, word: str, node: tree.Node, parts: list[tree.Expression]) -> Operand:
        given = [self.read(part) for part in parts]
        for part, value in zip(parts, given, strict=True):
            if not isinstance(value, Poison) and kind(value) not in ("boolean", None):
                return self._mismatch(
                    f"`{word}` joins conditions" if word != "not" else "`not` turns a condition round",
                    part,
                    kind(value),
                )
        return self._logic_of(word, node, given)

    def _logic_of(self, word: str, node: tree.Node, given: list[Operand]) -> Operand:
        if any(isinstance(value, Poison) for value in given):
            return Poison()
        if all(isinstance(value, Truth) for value in given):
            facts = [value.true for value in given if isinstance(value, Truth)]
            return Truth({"and": all(facts), "or": any(facts), "not": not facts[0]}[word])
        texts = [self._logic_text(value, word) for value in given]
        text = f"not {texts[0]}" if word == "not" else f" {word} ".join(texts)
        return Formula((word, *(tree_of(value) for value in given)), "boolean", text)

    def _logic_text(self, value: Operand, word: str) -> str:
        """A part of a condition, in parentheses where it binds more loosely."""
        text = self._as_text(value)
        inner = value.tree[0] if isinstance(value, Formula) else ""
        loose = {"not": ("and", "or", "not"), "and": ("or",), "or": ()}[word]
        return f"({text})" if inner in loose else text

    # Words

    def text(self, node: tree.Node) -> str:
        return self.scope.source[node.span]

    def _as_text(self, operand: Operand) -> str:
        return operand.text if isinstance(operand, Formula) else shown(operand)

    def _mismatch(self, needs: str, node: tree.Node, found: Kind) -> Poison:
        self.scope.fault("type", f"{needs}, found {described(found)}", node)
        return Poison()

    def _disagree(self, sign: str, left: tuple[Operand, tree.Node], right: tuple[Operand, tree.Node]) -> None:
        (a, a_node), (b, b_node) = left, right
        kinds = [kind(a), next(iter(kinds_within(b)), None)]
        verb = {"+": "be added", "-": "be subtracted", "*": "be multiplied", "/": "be divided"}.get(
            sign, "be compared"
        )
        numbers = all(isinstance(k, Dimension) for k in kinds)
        fix = None
        column = a.tree[1] if isinstance(a, Formula) and a.tree[0] == "column" else None
        if column and isinstance(b, Quantity) and self.row and self.row.columns:
            unit = self.row.columns[column].unit or (kinds[0].unit if isinstance(kinds[0], Dimension) else "")
            written = re.match(r"-?[\d.eE+-]*\d", self.text(b_node))
            if unit and written:
                meant = written[0] + unit
                fix = Fix(f"did you mean {meant}?", self.scope.place(b_node), meant)
        self.scope.fault(
            "unit" if numbers else "type",
            f"{described(kinds[0])} and {described(kinds[1])} cannot {verb}",
            b_node,
            described(kinds[1]),
            also=[(self.scope.place(a_node), described(kinds[0]))],
            fix=fix,
        )


def _whole(exponent: Operand) -> int | None:
    """A small whole number, as a dimension may be raised to."""
    if isinstance(exponent, Quantity) and exponent.si == round(exponent.si) and abs(exponent.si) < 10:
        return round(exponent.si)
    return None
