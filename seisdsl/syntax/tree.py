"""The tree of a program: one frozen node for each rule of the grammar.

Lark's `ast_utils` builds these from the rules of the same name in snake case; the order of
the fields is the order of the rule's parts. Spans do not take part in equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lark import Token, ast_utils
from lark.tree import Meta

from seisdsl.source import Span


@dataclass(frozen=True)
class Node(ast_utils.Ast, ast_utils.WithMeta):
    span: Span = field(compare=False, repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.span, Meta):
            object.__setattr__(self, "span", Span(self.span.start_pos, self.span.end_pos))


@dataclass(frozen=True)
class Many(Node, ast_utils.AsList):
    """A node whose rule repeats: its parts come as one list."""

    parts: tuple[Any, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "parts", tuple(part for part in self.parts if part is not None))


@dataclass(frozen=True)
class Leaf(Node):
    """A node of one token; `text` is as it was written."""

    text: str

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "text", str(self.text))


# Names and types --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Name(Leaf):
    pass


@dataclass(frozen=True)
class Path(Many):
    """Names joined by points."""

    parts: tuple[Name, ...]

    def __str__(self) -> str:
        return ".".join(name.text for name in self.parts)


@dataclass(frozen=True)
class Type(Many):
    """A type's name, then its arguments."""

    parts: tuple[Any, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        first = self.parts[0]
        if isinstance(first, Token):
            start = self.span.start
            name = Name(Span(start, start + len(first)), str(first))
            object.__setattr__(self, "parts", (name, *self.parts[1:]))

    @property
    def name(self) -> Name:
        name: Name = self.parts[0]
        return name

    @property
    def arguments(self) -> tuple[Type, ...]:
        return self.parts[1:]


# Values -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number(Leaf):
    pass


@dataclass(frozen=True)
class Quantity(Leaf):
    pass


@dataclass(frozen=True)
class Instant(Leaf):
    pass


@dataclass(frozen=True)
class String(Leaf):
    """Text in double quotes, escapes and holes as they were written."""


@dataclass(frozen=True)
class Boolean(Leaf):
    pass


@dataclass(frozen=True)
class Hole(Node):
    pass


@dataclass(frozen=True)
class Range(Node):
    low: Expression
    high: Expression


@dataclass(frozen=True)
class List(Many):
    parts: tuple[Pipeline, ...]


@dataclass(frozen=True)
class Field(Node):
    name: Name
    value: Pipeline


@dataclass(frozen=True)
class Record(Many):
    parts: tuple[Field, ...]


@dataclass(frozen=True)
class Group(Node):
    """A pipeline in parentheses."""

    pipeline: Pipeline


# Expressions ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named(Node):
    name: Name
    value: Expression


@dataclass(frozen=True)
class Call(Many):
    """An operator's name, then its arguments."""

    parts: tuple[Any, ...]

    @property
    def path(self) -> Path:
        path: Path = self.parts[0]
        return path

    @property
    def arguments(self) -> tuple[Expression | Named, ...]:
        return self.parts[1:]


@dataclass(frozen=True)
class Power(Node):
    base: Expression
    exponent: Expression


@dataclass(frozen=True)
class Chain(Many):
    """Operands and the signs between them, flat, so that a long chain is no deep tree."""

    def __post_init__(self) -> None:
        super().__post_init__()
        plain = tuple(str(part) if isinstance(part, Token) else part for part in self.parts)
        object.__setattr__(self, "parts", plain)


@dataclass(frozen=True)
class Product(Chain):
    """Operands with `*` or `/` between them."""


@dataclass(frozen=True)
class Sum(Chain):
    """Operands with `+` or `-` between them; a sign may stand first."""


@dataclass(frozen=True)
class Comparison(Node):
    left: Expression
    operator: str
    right: Expression

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "operator", str(self.operator))


@dataclass(frozen=True)
class Negation(Chain):
    """One or more `not`, then what they negate."""


@dataclass(frozen=True)
class Conjunction(Many):
    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Disjunction(Many):
    parts: tuple[Expression, ...]


# Pipelines --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Where(Node):
    condition: Expression


@dataclass(frozen=True)
class Derive(Node):
    columns: Record


@dataclass(frozen=True)
class Axis(Many):
    """A name and the list of its values."""

    parts: tuple[Any, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        nodes = tuple(part for part in self.parts if not isinstance(part, Token))
        object.__setattr__(self, "parts", nodes)

    @property
    def name(self) -> Name:
        name: Name = self.parts[0]
        return name

    @property
    def values(self) -> Expression:
        values: Expression = self.parts[1]
        return values


@dataclass(frozen=True)
class Sweep(Many):
    """Axes, then the expression computed for each combination."""

    parts: tuple[Any, ...]

    @property
    def axes(self) -> tuple[Axis, ...]:
        return self.parts[:-1]

    @property
    def body(self) -> Expression:
        body: Expression = self.parts[-1]
        return body


@dataclass(frozen=True)
class Pipeline(Many):
    """Stages with pipes between them; an expression alone is a pipeline of one stage."""

    parts: tuple[Stage, ...]


Expression = (
    Path
    | Number
    | Quantity
    | Instant
    | String
    | Boolean
    | Hole
    | Range
    | List
    | Record
    | Group
    | Call
    | Power
    | Product
    | Sum
    | Comparison
    | Negation
    | Conjunction
    | Disjunction
)
Stage = Expression | Where | Derive | Sweep


# Statements -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use(Node):
    target: String | Path
    alias: Name | None


@dataclass(frozen=True)
class Source(Node):
    name: Name | String
    type: Type | None
    settings: Record
    doc: str = field(default="", compare=False)


@dataclass(frozen=True)
class Parameter(Node):
    name: Name
    type: Type | None
    default: Expression | None
    doc: str = field(default="", compare=False)


@dataclass(frozen=True)
class Let(Node):
    name: Name
    type: Type | None
    value: Pipeline
    doc: str = field(default="", compare=False)


@dataclass(frozen=True)
class Argument(Node):
    """A parameter that a `def` declares."""

    name: Name
    type: Type | None
    default: Expression | None


@dataclass(frozen=True)
class Arguments(Many):
    parts: tuple[Argument, ...]


@dataclass(frozen=True)
class Signature(Node):
    reads: Type | None
    gives: Type


@dataclass(frozen=True)
class Definition(Node):
    name: Name
    arguments: Arguments
    signature: Signature | None
    body: Pipeline
    doc: str = field(default="", compare=False)


@dataclass(frozen=True)
class Assertion(Node):
    condition: Expression
    message: String | None


Statement = Use | Source | Parameter | Let | Definition | Assertion | Pipeline


@dataclass(frozen=True)
class Comment:
    """A comment where it was written; `alone` when nothing stands before it on its line."""

    text: str
    span: Span = field(compare=False)
    alone: bool


@dataclass(frozen=True)
class Program:
    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...] = field(default=(), compare=False)
