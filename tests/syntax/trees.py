"""Any well-formed tree, level by level as the grammar has it.

Spans are left out (all the same): they take no part in the equality of trees.
"""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from seisdsl.source import Span
from seisdsl.syntax import tree
from seisdsl.syntax.complaints import KEYWORDS

AT = Span(0, 0)
Some = st.SearchStrategy

# Leaves -----------------------------------------------------------------------------------------

NEAR_KEYWORDS = ["in-place", "not-used", "android", "orbit", "as_", "true-north", "wherever", "let1"]
PUBLISHED = ["S-net", "KiK-net", "sta-lta", "SRSpec-CNN", "DiET", "_x", "m", "s", "e5", "E"]
words = st.one_of(
    st.sampled_from(NEAR_KEYWORDS + PUBLISHED),
    st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]{0,3}(-[A-Za-z][A-Za-z0-9_]{0,2}){0,2}\Z").filter(
        lambda word: word not in KEYWORDS
    ),
)
names = words.map(lambda word: tree.Name(AT, word))
numerals = st.from_regex(r"\A-?[0-9]{1,4}(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?\Z")
numbers = numerals.map(lambda text: tree.Number(AT, text))
UNITS = ["Hz", "s", "km", "mm/yr", "cm/s^2", "%", "dB", "deg", "°", "µm", "m^-1", "g0", "E", "e", "N·m^2"]
quantities = st.builds(lambda text, unit: tree.Quantity(AT, text + unit), numerals, st.sampled_from(UNITS))
instants = st.builds(
    lambda day, time, second, zone: tree.Instant(AT, f"{day}{time and time + second + zone}"),
    st.dates().map(lambda day: day.isoformat()),
    st.sampled_from(["", "T02:00", "T23:59"]),
    st.sampled_from(["", ":00", ":07.25"]),
    st.sampled_from(["", "Z", "+09:00", "-03:30"]),
)
characters = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters='"\\')
text_parts = st.one_of(
    characters, st.sampled_from(["\\n", '\\"', "\\\\", "#", "|", "{", "}", "(", "]", "{year}", "日本"])
)
strings = st.lists(text_parts, max_size=6).map(lambda parts: tree.String(AT, f'"{"".join(parts)}"'))
booleans = st.sampled_from(["true", "false"]).map(lambda text: tree.Boolean(AT, text))
paths = st.lists(names, min_size=1, max_size=3).map(lambda parts: tree.Path(AT, tuple(parts)))


# Expressions, tightest first; `depth` is how many brackets may still be opened ------------------


@cache
def atoms(depth: int) -> Some[tree.Node]:
    plain = st.one_of(paths, numbers, quantities, instants, strings, booleans, st.just(tree.Hole(AT)))
    if depth == 0:
        return plain
    inner = pipelines(depth - 1)
    lists = st.lists(inner, max_size=2).map(lambda parts: tree.List(AT, tuple(parts)))
    groups = inner.map(lambda pipeline: tree.Group(AT, pipeline))
    return st.one_of(plain, plain, lists, groups, records(depth))


@cache
def records(depth: int) -> Some[tree.Record]:
    alone = atoms(0).map(lambda value: tree.Pipeline(AT, (value,)))
    fields = st.builds(tree.Field, st.just(AT), names, pipelines(depth - 1) if depth else alone)
    return st.lists(fields, max_size=2).map(lambda parts: tree.Record(AT, tuple(parts)))


@cache
def operands(depth: int) -> Some[tree.Node]:
    ranges = st.builds(tree.Range, st.just(AT), atoms(depth), atoms(depth))
    return st.one_of(atoms(depth), ranges)


@cache
def calls(depth: int) -> Some[tree.Node]:
    named = st.builds(tree.Named, st.just(AT), names, operands(depth))
    arguments = st.lists(st.one_of(operands(depth), named), min_size=1, max_size=3)
    return st.builds(lambda path, rest: tree.Call(AT, (path, *rest)), paths, arguments)


def chain(kind: type[tree.Many], part: Some[tree.Node], *operators: str) -> Some[tree.Node]:
    """Two or three parts with operators between them."""
    more = st.lists(st.tuples(st.sampled_from(operators), part), min_size=1, max_size=2)
    return st.builds(lambda first, rest: kind(AT, (first, *(x for pair in rest for x in pair))), part, more)


def several(kind: type[tree.Many], part: Some[tree.Node]) -> Some[tree.Node]:
    return st.lists(part, min_size=2, max_size=3).map(lambda parts: kind(AT, tuple(parts)))


@cache
def expressions(depth: int) -> Some[tree.Node]:
    """The loosest level; every level holds the one below it."""
    at = st.just(AT)
    apply = st.one_of(operands(depth), calls(depth))
    power = st.one_of(apply, apply, st.builds(tree.Power, at, apply, apply))
    product = st.one_of(power, power, chain(tree.Product, power, "*", "/"))
    signed = st.builds(lambda sign, part: tree.Sum(AT, (sign, part)), st.sampled_from("+-"), product)
    both = st.builds(
        lambda sign, rest: tree.Sum(AT, (sign, *rest.parts)),
        st.sampled_from("+-"),
        chain(tree.Sum, product, "+", "-"),
    )
    total = st.one_of(product, product, chain(tree.Sum, product, "+", "-"), signed, both)
    signs = st.sampled_from(["==", "!=", ">=", "<=", ">", "<", "~", "in"])
    comparison = st.one_of(total, total, st.builds(tree.Comparison, at, total, signs, total))
    nots = st.builds(
        lambda count, part: tree.Negation(AT, (*["not"] * count, part)), st.integers(1, 2), comparison
    )
    negatable = st.one_of(comparison, comparison, nots)
    conjunction = st.one_of(negatable, negatable, several(tree.Conjunction, negatable))
    return st.one_of(conjunction, conjunction, several(tree.Disjunction, conjunction))


@cache
def pipelines(depth: int) -> Some[tree.Pipeline]:
    axis = st.builds(lambda name, values: tree.Axis(AT, (name, values)), names, operands(depth))
    sweeps = st.builds(
        lambda axes, body: tree.Sweep(AT, (*axes, body)),
        st.lists(axis, min_size=1, max_size=2),
        expressions(depth),
    )
    where = expressions(depth).map(lambda condition: tree.Where(AT, condition))
    derive = records(depth).map(lambda columns: tree.Derive(AT, columns))
    stages = st.one_of(expressions(depth), calls(depth), where, derive, sweeps)
    return st.lists(stages, min_size=1, max_size=2 if depth == 0 else 3).map(
        lambda parts: tree.Pipeline(AT, tuple(parts))
    )


# Statements -------------------------------------------------------------------------------------


@cache
def types(depth: int = 2) -> Some[tree.Type]:
    inner = st.lists(types(depth - 1), max_size=2) if depth else st.just([])
    return st.builds(lambda name, rest: tree.Type(AT, (name, *rest)), names, inner)


def statements(depth: int = 1) -> Some[tree.Node]:
    at = st.just(AT)
    some_type = st.none() | types()
    value = st.none() | operands(depth)
    argument = st.builds(tree.Argument, at, names, some_type, value)
    arguments = st.lists(argument, max_size=3).map(lambda parts: tree.Arguments(AT, tuple(parts)))
    signature = st.none() | st.builds(tree.Signature, at, some_type, types())
    body = pipelines(depth)
    return st.one_of(
        st.builds(tree.Use, at, strings | paths, st.none() | names),
        st.builds(tree.Source, at, names | strings, some_type, records(depth)),
        st.builds(tree.Parameter, at, names, some_type, value),
        st.builds(tree.Let, at, names, some_type, body),
        st.builds(tree.Definition, at, names, arguments, signature, body),
        st.builds(tree.Assertion, at, expressions(depth), st.none() | strings),
        body,
    )


def programs() -> Some[tuple[tree.Node, ...]]:
    return st.lists(statements(), max_size=3).map(tuple)
