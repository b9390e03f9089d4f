"""What the grammar reads as arithmetic or a comparison, and was never meant as one.

An operator's name binds its arguments more tightly than any sign: `sort -magnitude` subtracts,
`trim before=lag / 2` divides what `trim` gives. A stage of that form is always a slip.
"""

from __future__ import annotations

import re

from seisdsl.diagnostics import Diagnostic, Fix, problem
from seisdsl.language import pipelines
from seisdsl.language.scope import Scope
from seisdsl.language.types import INPUT_FILE, OUTPUT_FILE
from seisdsl.language.values import Flowing
from seisdsl.operator import Operator
from seisdsl.source import Place, Span
from seisdsl.syntax import tree

_DATE = re.compile(r"(?<![\w./\"])((?:19|20)\d\d)([-/])(0?[1-9]|1[0-2])\2([12]\d|3[01]|0?[1-9])(?![\w-])")
_FILE = re.compile(r"[\w.~/*?-]*[\w*?]")
_NAMES = {"+": "addition", "-": "subtraction", "*": "multiplication", "/": "division", "^": "a power"}


def slip(node: tree.Stage, scope: Scope, piped: Flowing | None) -> Diagnostic | None:
    """What to say of a stage that is arithmetic on an operator, or a condition without `where`."""
    match node:
        case tree.Chain(parts=(tree.Node() as first, sign, second, *_)):
            return _arithmetic(node, first, sign, second, scope)
        case tree.Power():
            return _arithmetic(node, node.base, "^", node.exponent, scope)
        case tree.Comparison() | tree.Conjunction() | tree.Disjunction() | tree.Negation():
            return _condition(node, scope, piped)
    return None


def _arithmetic(
    node: tree.Node, first: tree.Node, sign: str, second: tree.Node, scope: Scope
) -> Diagnostic | None:
    place = scope.place(node)
    operator = _operator(first, scope)
    for date in _DATE.finditer(place.text):
        alone = isinstance(first, tree.Number) and date[0] == place.text and date[2] == "-"
        if (operator or alone) and date[0] != _iso(date):
            return _date(date, place, scope)
    if operator is None:
        return None
    start = first.path.span.end if isinstance(first, tree.Call) else first.span.end
    rest = scope.place(Span(start + 1, node.span.end))
    if file := _file(operator, rest):
        return file
    before = scope.source.text[first.span.end]
    after = scope.source.text[second.span.start - 1]
    last = first.arguments[-1] if isinstance(first, tree.Call) else None
    if before == " " and after == sign and sign == "-":
        return _minus(operator, first, second, place, scope)
    if last is not None and before == sign and isinstance(last, tree.Path):
        quoted = scope.place(Span(last.span.start, second.span.end))
        fix = Fix(f'such a name stands in quotes: `"{quoted.text}"`', quoted, f'"{quoted.text}"')
        message = f"`{quoted.text}` reads as {_NAMES[sign]}"
        return problem("minus", message, quoted, fix=fix, notes=["no digit follows a hyphen in a name"])
    if last is not None:
        value = last.value if isinstance(last, tree.Named) else last
        worked = scope.place(Span(value.span.start, node.span.end))
        fix = Fix(f"write `({worked.text})`", worked, f"({worked.text})")
        message = "arithmetic among arguments stands in parentheses"
        return problem("minus", message, worked, fix=fix)
    return _on_result(operator, place)


def _operator(node: tree.Node, scope: Scope) -> type[Operator] | None:
    if not isinstance(node, tree.Call | tree.Path):
        return None
    path = node.path if isinstance(node, tree.Call) else node
    return pipelines.operator_named(path, scope) if scope.find(path.parts[0].text) is None else None


def _iso(date: re.Match[str]) -> str:
    return f"{date[1]}-{int(date[3]):02}-{int(date[4]):02}"


def _date(date: re.Match[str], whole: Place, scope: Scope) -> Diagnostic:
    start = whole.span.start
    place = scope.source.place(Span(start + date.start(), start + date.end()))
    fix = Fix(f"a date is written `{_iso(date)}`", place, _iso(date))
    return problem("minus", f"`{date[0]}` reads as {_NAMES[date[2]]}", place, fix=fix)


def _file(operator: type[Operator], rest: Place) -> Diagnostic | None:
    """`read data/day.mseed`: a path without its quotes."""
    takes = next(iter(operator.parameters().values()), None)
    if takes is None or takes.type not in (INPUT_FILE, OUTPUT_FILE) or not _FILE.fullmatch(rest.text):
        return None
    fix = Fix(f'a text stands in quotes: `"{rest.text}"`', rest, f'"{rest.text}"')
    return problem("minus", f"`{rest.text}` reads as arithmetic", rest, fix=fix)


def _minus(
    operator: type[Operator], first: tree.Node, second: tree.Node, place: Place, scope: Scope
) -> Diagnostic:
    before, argument = (scope.source[node.span] for node in (first, second))
    by_column = isinstance(first, tree.Path) and {"by", "order"} <= set(operator.parameters())
    repair = f"{before} by={argument} order=down" if by_column else f"{before} (-{argument})"
    fix = Fix(f"write `{repair}`", place, repair)
    return problem("minus", f"`{place.text}` reads as subtraction", place, fix=fix)


def _on_result(operator: type[Operator], place: Place) -> Diagnostic:
    notes = [f"name what `{operator.word}` gives with `let`, and go on with the name"]
    return problem("minus", "a stage is one operator, not arithmetic or a comparison", place, notes=notes)


def _condition(node: tree.Stage, scope: Scope, piped: Flowing | None) -> Diagnostic | None:
    place = scope.place(node)
    if piped is not None and piped.facts.columns is not None:
        words = set(re.findall(r"[A-Za-z_][\w-]*", place.text))
        if words & set(piped.facts.columns):
            fix = Fix(f"write `where {place.text}`", place, f"where {place.text}")
            return problem("pipe", "a condition is no stage of a pipeline", place, fix=fix)
    left = node.left if isinstance(node, tree.Comparison) else None
    operator = _operator(left, scope) if left is not None else None
    return _on_result(operator, place) if operator and piped is not None else None
