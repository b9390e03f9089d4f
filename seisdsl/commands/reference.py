"""`seis ops`, `seis help` and `seis cite`: what the operators say of themselves."""

from __future__ import annotations

import inspect
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import Any

from seisdsl.cli import DONE, MISUSED
from seisdsl.commands.explain import graph_of
from seisdsl.commands.shared import Stop, print_json
from seisdsl.graph import Graph
from seisdsl.language import types, units
from seisdsl.language.formula import FUNCTIONS
from seisdsl.language.mismatch import readable, reading
from seisdsl.language.suggest import listing, nearest
from seisdsl.language.types import Type, is_a
from seisdsl.operator import Operator, Parameter, registry
from seisdsl.resources import STDLIB

TOPICS = STDLIB / "topics"
MANY = 4  # types that an operator reads; a list names three of more
PLAIN_TYPES = {
    "Probability": "a plain number from 0 to 1, or a percentage",
    "Ratio": "a plain number or a percentage",
    "Magnitude": "a plain number, -10 to 11",
    "Date": "a date or a time, ISO 8601, UTC: 2016-08-15, 2016-08-15T02:00Z",
    "TimeRange": "two times, half-open, or a date for a whole day: 2016-08-15..2016-08-17",
    "Range": "two quantities of one kind: Range<Frequency> is 2..8Hz",
    "List": "values of one type: List<Text>",
    "Examples": "values of one type with labels, truth and groups: Examples<Waves>",
    "Model": "a fitted method: Model<Spectrogram, Scores> reads the one and gives the other",
    "Text": 'text in double quotes; "{day}" is filled from a parameter',
    "Boolean": "true or false",
    "Integer": "a whole number",
    "Number": "a number without a unit",
}


# The list of operators --------------------------------------------------------------------------


def ops(as_data: bool) -> int:
    operators = registry().distinct()
    if as_data:
        print_json([described(operator) for operator in operators])
        return DONE
    width = max(len(operator.word) for operator in operators)
    for operator in operators:
        print(f"{operator.word.ljust(width)}  {brief(operator)}")
        print(f"{' ' * width}  {operator.summary()}")
    return DONE


def described(operator: type[Operator]) -> dict[str, Any]:
    """All that is known of an operator; the test of completion, help and docs reads this too."""
    return {
        "name": operator.word,
        "aliases": list(operator.aliases),
        "summary": operator.summary(),
        "inputs": [str(read) for read in operator.reads()],
        "output": readable(signature.gives for signature in operator.signatures()),
        "ports": [
            {"name": port.name, "type": str(port.type), "kind": port.kind, "optional": port.optional}
            for signature in operator.signatures()
            for port in signature.ports
        ],
        "parameters": [_parameter_data(parameter) for parameter in operator.parameters().values()],
        "citations": list(operator.citations()),
        "tags": list(operator.tags),
        "example": operator.example,
        "version": operator.version,
        "sink": operator.sink,
    }


def _parameter_data(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "type": str(parameter.type),
        "unit": parameter.unit,
        "required": parameter.required,
        "default": parameter.shown_default or None,
        "bounds": dict(parameter.bounds),
        "words": list(parameter.type.words),
        "help": parameter.help,
    }


def ports(operator: type[Operator]) -> str:
    """What it reads and gives, as `Waves -> Picks`."""
    reads = readable(operator.reads()) if operator.reads() else ""
    gives = readable(signature.gives for signature in operator.signatures())
    return f"{reads} -> {gives}".strip()


def brief(operator: type[Operator]) -> str:
    """The same for a list, where many types are a few of them."""
    reads, gives = (
        list(dict.fromkeys(readable(types).split(" or ")))
        for types in (operator.reads(), (signature.gives for signature in operator.signatures()))
    )
    if len(reads) <= MANY:
        return ports(operator)
    return f"{listing(reads, 3)} -> {'the same' if set(gives) >= set(reads) else listing(gives, 3)}"


# Help -------------------------------------------------------------------------------------------


def help_on(word: str | None) -> int:
    if word is None:
        print(_overview())
        return DONE
    page = _page(word)
    if page is None:
        known = [*registry(), *types.names(), *units.table(), *topics(), *FUNCTIONS]
        meant = nearest(word, known)
        print(f"there is no help on `{word}`", file=sys.stderr)
        if meant:
            print(f"did you mean `{meant}`?", file=sys.stderr)
        elif found := about(word):
            print("these are about it:")
            for operator in found:
                print(f"  {operator.word}: {operator.summary()}")
            return DONE
        else:
            print("seis help lists what there is", file=sys.stderr)
        return MISUSED
    print(page)
    return DONE


def about(word: str) -> list[type[Operator]]:
    """Operators that speak of a thing in their tags or first line: of `picking` those that pick."""
    asked = word.lower()

    def speaks(operator: type[Operator]) -> bool:
        said = re.findall(r"[^\W\d_]{4,}", f"{' '.join(operator.tags)} {operator.summary()}".lower())
        return any(
            one.startswith(asked) or (asked.startswith(one) and len(asked) < len(one) + 4) for one in said
        )

    return [operator for operator in registry().distinct() if speaks(operator)] if len(asked) > 3 else []


def is_known(word: str) -> bool:
    """Whether there is help on a word."""
    return _page(word) is not None


def _page(word: str) -> str | None:
    known = registry()
    if word in known and not known[word].internal:
        return operator_page(known[word])
    if word in topics():
        return topics()[word].rstrip()
    if word in types.names():
        return _type_page(word)
    if word in FUNCTIONS:
        return f"{word}: {FUNCTIONS[word].summary}\n\nA function of `where` and `derive`."
    try:
        factor, dimension = units.unit(word)
    except units.UnknownUnit:
        return None
    same = [name for name, (_, of) in units.table().items() if of == dimension and name != word]
    lines = [f"1{word} = {factor:g} {dimension.unit or '(a ratio)'}, a {units.name_of(dimension)}"]
    return "\n".join([*lines, *([f"other units of it: {listing(sorted(same), 20)}"] if same else [])])


def topics() -> dict[str, str]:
    """Pages on the language itself, in their order."""
    return {
        path.stem.partition("-")[2]: path.read_text(encoding="utf-8") for path in sorted(TOPICS.glob("*.md"))
    }


def _overview() -> str:
    groups = {
        "operators": [operator.word for operator in registry().distinct()],
        "types": types.names(),
        "units": list(units.table()),
        "topics": list(topics()),
        "functions of where and derive": list(FUNCTIONS),
    }
    parts = []
    for name, words in groups.items():
        parts.append(f"{name}:\n" + _wrapped(", ".join(words), "  "))
    return "\n\n".join([*parts, "seis help WORD tells more of any of these."])


def _wrapped(text: str, indent: str) -> str:
    width = min(shutil.get_terminal_size((88, 24)).columns, 100)
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def operator_page(operator: type[Operator]) -> str:
    lines = [f"{operator.word}  {ports(operator)}", "", inspect.getdoc(operator) or ""]
    if operator.aliases:
        lines += ["", f"also called {', '.join(operator.aliases)}"]
    others = {
        p.name: p
        for s in operator.signatures()
        for p in s.ports
        if p.kind in ("upstream", "named", "branches")
    }
    if operator.parameters():
        lines += ["", "parameters"]
        lines += [
            line for parameter in operator.parameters().values() for line in _parameter_lines(parameter)
        ]
    if others:
        lines += ["", "also reads"]
        how = {"upstream": "from the nearest earlier stage that gives it, or named",
               "named": "named in the call", "branches": "pipelines by name, in braces"}  # fmt: skip
        lines += [
            f"  {port.name}: {port.type}, {how[port.kind]}{', optional' if port.optional else ''}"
            for port in others.values()
        ]
    if operator.example:
        lines += ["", "example", *(f"  {line}" for line in operator.example.splitlines())]
    for label, said in (("cite", operator.citations()), ("tags", operator.tags)):
        if said:
            lines += ["", label, *(f"  {one}" for one in ([", ".join(said)] if label == "tags" else said))]
    return "\n".join(lines)


def _parameter_lines(parameter: Parameter) -> Iterable[str]:
    default = f" = {parameter.shown_default}" if parameter.shown_default else ""
    need = "" if not parameter.required else "  (needed)"
    yield f"  {parameter.name}: {parameter.type}{default}{need}"
    said = {"above": "above", "at_least": "at least", "at_most": "at most", "below": "below"}
    bounds = ", ".join(f"{said[word]} {limit}" for word, limit in parameter.bounds)
    yield _wrapped(parameter.help + (f" ({bounds})" if bounds else ""), "      ")


def _type_page(name: str) -> str:
    kind = types.Value.kinds.get(name)
    lines = [name]
    if kind is not None:
        of = Type(name)
        own = kind.__doc__ if "__doc__" in vars(kind) else ""
        lines += ["", inspect.cleandoc(own)] if own else []
        columns = getattr(kind, "COLUMNS", {})
        if columns:
            lines += ["", "columns"]
            for column, what in columns.items():
                unit = f" in {what.unit}" if what.unit else ""
                lines.append(f"  {column}: {what.type}{unit}{f', {what.help}' if what.help else ''}")
        giving = [o.word for o in registry().distinct() if any(is_a(s.gives, of) for s in o.signatures())]
        lines += ["", f"given by: {', '.join(giving) or 'no operator'}"]
        lines += [f"read by: {', '.join(reading(of, registry())) or 'no operator'}"]
    elif name in units.DIMENSIONS:
        dimension = units.DIMENSIONS[name]
        fitting = sorted(symbol for symbol, (_, of_) in units.table().items() if of_ == dimension)
        lines += [
            "",
            f"a quantity; units: {', '.join(fitting) or dimension.unit}",
            f"kept in {dimension.unit}",
        ]
    else:
        lines += ["", PLAIN_TYPES.get(name, "a type of the language")]
    return "\n".join(lines)


# Citations --------------------------------------------------------------------------------------


def cite(name: str, rest: list[str]) -> int:
    try:
        graph = graph_of(name, rest)
    except Stop as stop:
        return stop.code
    tell_citations(graph)
    return DONE


def tell_citations(graph: Graph) -> None:
    """The papers behind the methods of a graph."""
    found: dict[str, list[str]] = {}
    for node in graph.nodes:
        for citation in type(node.operator).citations():
            users = found.setdefault(citation, [])
            if node.word not in users:
                users.append(node.word)
    if not found:
        print("no method here has a paper of its own")
    for citation in sorted(found):
        print(f"{citation}  ({', '.join(found[citation])})")
