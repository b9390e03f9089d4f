"""A page for each operator, made from its class, and one that lists them all."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from seisdsl.commands.reference import brief, described
from seisdsl.docs import FAMILIES, HOW
from seisdsl.language.check import check
from seisdsl.language.types import ColumnOf, Type, Value, names
from seisdsl.operator import Facts, Operator, registry
from seisdsl.site.code import coloured
from seisdsl.site.page import Page, Section, joined, relative, slug
from seisdsl.site.prose import Reader
from seisdsl.site.template import filled
from seisdsl.source import SourceText
from seisdsl.syntax.format import format_program

if TYPE_CHECKING:
    from seisdsl.site.shown import Result

LINK = re.compile(r"doi:(10\.\S+?)(?=[.,;]?(?:\s|$))|arXiv:(\d{4}\.\d{4,5})")


@dataclass(frozen=True)
class Family:
    title: str
    members: tuple[type[Operator], ...]


def families() -> list[Family]:
    """The operators of the package, each family in the order of its names."""
    found: dict[str, list[type[Operator]]] = {family: [] for family in FAMILIES}
    for operator in registry().distinct():
        if operator.__module__.startswith("seisdsl.operators."):
            found.setdefault(operator.__module__.split(".")[2], []).append(operator)
    return [
        Family(FAMILIES.get(name, name.capitalize()), tuple(members))
        for name, members in found.items()
        if members
    ]


def listing_page() -> Page:
    """All operators, family by family, with what each reads and gives."""
    address = "operators.html"
    groups = [
        (family.title, slug(family.title), [_line(operator, address) for operator in family.members])
        for family in families()
    ]
    body = filled("operators.html", groups=groups)
    sections = [Section("", "Operators", "every operator by family")]
    sections += [
        Section(anchor, title, joined(line["name"] for line in lines)) for title, anchor, lines in groups
    ]
    return Page(address, "Operators", body, tuple(sections))


def _line(operator: type[Operator], page: str) -> dict[str, Any]:
    return {
        "name": operator.word,
        "address": relative(f"operators/{operator.word}.html", page),
        "pipes": typed(brief(operator).replace("->", "→"), page),
        "summary": operator.summary(),
    }


def operator_page(operator: type[Operator], family: Family, reader: Reader, result: Result | None) -> Page:
    address = f"operators/{operator.word}.html"
    known = described(operator)
    ports = {port["name"]: port for port in known["ports"] if port["kind"] in HOW}
    example = format_program(SourceText.of(operator.example)) if operator.example else ""
    text = inspect.getdoc(operator) or ""
    body = filled(
        "operator.html",
        operator=known,
        family=family.title,
        family_address=relative(f"operators.html#{slug(family.title)}", address),
        reads=typed(" or ".join(known["inputs"]), address),
        gives=typed("the same" if brief(operator).endswith("-> the same") else known["output"], address),
        text=reader.fragment(text, address),
        parameters=[{**one, "shown": typed(one["type"], address)} for one in known["parameters"]],
        ports=[
            {**port, "shown": typed(port["type"], address), "how": HOW[port["kind"]]}
            for port in ports.values()
        ],
        columns=columns_of(operator),
        example=coloured(example, "seis", address) if example else None,
        result=result,
        papers=[(citation, link(citation)) for citation in operator.citations()],
        others=[_line(one, address) for one in family.members if one is not operator],
    )
    words = joined(
        [text, *(f"{p['name']} {p['help']}" for p in known["parameters"]), *known["aliases"], *known["tags"]]
    )
    return Page(address, operator.word, body, (Section("", operator.word, words),), "operator")


def typed(text: str, page: str) -> Markup:
    """A type as it is written, each of its names leading to what is said of it."""
    known = set(names())
    parts = re.split(r"([A-Za-z]+)", text)
    return Markup("").join(
        Markup('<a href="{}">{}</a>').format(relative(f"types.html#{slug(part)}", page), part)
        if part in known
        else escape(part)
        for part in parts
    )


def columns_of(operator: type[Operator]) -> Mapping[str, ColumnOf]:
    """The columns of the table it gives: of its example where that is sound, else those of every such table."""
    kinds = {signature.gives.name for signature in operator.signatures()}
    if not any(hasattr(Value.kinds.get(kind), "COLUMNS") for kind in kinds):
        return {}
    graph = check(SourceText.of(operator.example + "\n")).graph
    stages = [node for node in graph.nodes if type(node.operator) is operator] if graph else []
    facts = [node.facts for node in stages] or [Facts()]
    if facts[-1].columns:
        return facts[-1].columns
    return _own_columns(signature.gives for signature in operator.signatures())


def _own_columns(types: Iterable[Type]) -> Mapping[str, ColumnOf]:
    found = [getattr(Value.kinds.get(one.name), "COLUMNS", {}) for one in types]
    return found[0] if len(found) == 1 else {}


def link(citation: str) -> str:
    """Where a paper is found, as far as its citation tells."""
    found = LINK.search(citation)
    if found is None:
        return ""
    return f"https://doi.org/{found[1]}" if found[1] else f"https://arxiv.org/abs/{found[2]}"
