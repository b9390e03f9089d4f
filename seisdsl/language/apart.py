"""Arguments that were meant as one: `5 s` for a time, `2 8Hz` for a range, `time station` for a list."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from seisdsl.diagnostics import Diagnostic, Fix, problem
from seisdsl.language import convert, units
from seisdsl.language.scope import Scope
from seisdsl.language.types import TEXT, Type
from seisdsl.source import Span
from seisdsl.syntax import tree


def together(
    name: str,
    wanted: Type,
    pair: tuple[tree.Expression, tree.Expression],
    next_wanted: Type | None,
    scope: Scope,
) -> Diagnostic | None:
    """What to say where an argument and the one after it belong to one parameter."""
    first, second = pair
    low, high = (scope.source[node.span] for node in pair)
    whole = scope.place(Span(first.span.start, second.span.end))
    if _is_unit(second, scope) and _ends_in_number(first) and not _is_expected(high, next_wanted):
        remark = f"a unit is written against its number: `{low}{high}`, not `{low} {high}`"
        fix = Fix(remark, whole, low + high)
        return problem("name", f"`{high}` is not a value here", scope.place(second), fix=fix)
    if wanted.name == "Range" and _is_number(first) and _is_number(second):
        bare = isinstance(first, tree.Number) and isinstance(second, tree.Number)
        repair = f"{low}..{high}{convert.unit_of(wanted) if bare else ''}"
        message = f"`{name}` needs {convert.words(wanted)}, found two numbers"
        return problem("type", message, whole, fix=Fix(f"a range is written `{repair}`", whole, repair))
    return None


def bare_items(
    name: str, wanted: Type, nodes: Sequence[tree.Expression | tree.Named], scope: Scope
) -> tuple[int, Diagnostic] | None:
    """How many arguments, from the first on, are the words of a list that has no brackets."""
    if wanted.name != "List" or not wanted.args:
        return None
    items = list(takewhile(lambda node: isinstance(node, tree.Path) and scope.find(str(node)) is None, nodes))
    if not items:
        return None
    quote = '"' if wanted.args[0] == TEXT else ""
    repair = f"[{', '.join(f'{quote}{scope.source[node.span]}{quote}' for node in items)}]"
    place = scope.place(Span(items[0].span.start, items[-1].span.end))
    message = f"`{name}` needs {convert.words(wanted)}"
    return len(items), problem("type", message, place, fix=Fix(f"write `{repair}`", place, repair))


def _is_unit(node: tree.Expression, scope: Scope) -> bool:
    text = str(node) if isinstance(node, tree.Path) else ""
    return text in units.table() and scope.find(text) is None


def _is_expected(word: str, wanted: Type | None) -> bool:
    """Whether the next parameter takes the word."""
    return wanted is not None and (word in wanted.words or wanted.name in ("Column", "Source", "Operator"))


def _ends_in_number(node: tree.Expression) -> bool:
    return isinstance(node.high if isinstance(node, tree.Range) else node, tree.Number)


def _is_number(node: tree.Expression) -> bool:
    return isinstance(node, tree.Number | tree.Quantity)
