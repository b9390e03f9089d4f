"""Operands compared, and conditions joined: worked out where all is known."""

from __future__ import annotations

import re

from seisdsl.language.disagreement import Side, disagree, mismatch
from seisdsl.language.formula import Formula
from seisdsl.language.operands import (
    COMPARE,
    Operand,
    Row,
    as_text,
    is_known,
    kind,
    kinds_within,
    plain_value,
    tree_of,
)
from seisdsl.language.scope import Scope
from seisdsl.language.values import Poison, Text, Truth, shown
from seisdsl.source import Span
from seisdsl.syntax import tree


def compared(scope: Scope, row: Row | None, sign: str, left: Side, right: Side) -> Operand:
    (a, a_node), (b, _) = left, right
    if isinstance(a, Poison) or isinstance(b, Poison):
        return Poison()
    if sign == "~":
        return _matches(scope, left, right)
    of = kind(a)
    if any(other != of and None not in (of, other) for other in kinds_within(b)):
        return disagree(scope, row, sign, left, right)
    if sign not in ("==", "!=", "in") and of in ("text", "boolean"):
        notes = ["texts are compared by `==`, `!=`, `~` and `in`"] if of == "text" else []
        return mismatch(scope, f"`{sign}` compares numbers and times", a_node, of, notes)
    if is_known(a) and is_known(b) and sign != "in":
        return Truth(bool(COMPARE[sign](plain_value(a), plain_value(b))))
    return Formula((sign, tree_of(a), tree_of(b)), "boolean", f"{_side(a)} {sign} {_side(b)}")


_LOOSE = {*COMPARE, "in", "~", "and", "or", "not"}


def _side(value: Operand) -> str:
    """One side of a comparison, in parentheses where it is a condition itself."""
    loose = isinstance(value, Formula) and value.tree[0] in _LOOSE
    return f"({as_text(value)})" if loose else as_text(value)


_PATTERN = ['as in `station ~ "S4"`']


def _matches(scope: Scope, left: Side, right: Side) -> Operand:
    (a, a_node), (b, b_node) = left, right
    if kind(a) not in ("text", None):
        return mismatch(scope, "`~` needs a text before it", a_node, kind(a), _PATTERN)
    if not isinstance(b, Text):
        return mismatch(scope, "`~` needs a pattern in quotes after it", b_node, kind(b), _PATTERN)
    try:
        re.compile(b.text)
    except re.error as error:
        at = b_node.span
        if error.pos is not None and scope.source[at] == f'"{b.text}"':
            start = min(at.start + 1 + error.pos, at.end - 2)
            at = Span(start, start + 1)
        said = f"this pattern is broken: {error.msg}"
        scope.fault("value", said, at, notes=["a pattern is a regular expression, as `S4.*` or `S[1-3]N`"])
        return Poison()
    return Formula(("~", tree_of(a), b.text), "boolean", f"{as_text(a)} ~ {shown(b)}")


_NEEDS = {
    "and": "`and` joins conditions",
    "or": "`or` joins conditions",
    "not": "`not` turns a condition round",
}


def joined(scope: Scope, word: str, nodes: list[tree.Expression], given: list[Operand]) -> Operand:
    """Conditions joined by `and` or `or`, or one turned round by `not`."""
    for node, value in zip(nodes, given, strict=True):
        if not isinstance(value, Poison) and kind(value) not in ("boolean", None):
            return mismatch(scope, _NEEDS[word], node, kind(value), ["as in `depth < 30km`"])
    return joined_conditions(word, given)


def joined_conditions(word: str, given: list[Operand]) -> Operand:
    if any(isinstance(value, Poison) for value in given):
        return Poison()
    if all(isinstance(value, Truth) for value in given):
        facts = [value.true for value in given if isinstance(value, Truth)]
        return Truth({"and": all(facts), "or": any(facts), "not": not facts[0]}[word])
    texts = [_part_text(value, word) for value in given]
    text = f"not {texts[0]}" if word == "not" else f" {word} ".join(texts)
    return Formula((word, *(tree_of(value) for value in given)), "boolean", text)


def _part_text(value: Operand, word: str) -> str:
    """A part of a condition, in parentheses where it binds more loosely."""
    text = as_text(value)
    inner = value.tree[0] if isinstance(value, Formula) else ""
    loose = {"not": ("and", "or", "not"), "and": ("or",), "or": ()}[word]
    return f"({text})" if inner in loose else text
