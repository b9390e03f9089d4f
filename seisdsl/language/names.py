"""What a name stands for, and what to say where it stands for nothing."""

from __future__ import annotations

from seisdsl.diagnostics import Fix
from seisdsl.language import made, pipelines, units, uses
from seisdsl.language.convert import words
from seisdsl.language.scope import Def, Later, Let, Module, Scope
from seisdsl.language.suggest import listing, nearest
from seisdsl.language.types import Value as Flows
from seisdsl.language.values import (
    Fields,
    Flowing,
    OperatorValue,
    Poison,
    SourceValue,
    Value,
)
from seisdsl.syntax import tree


def named(node: tree.Path, scope: Scope) -> Value:
    """The value a name stands for; fields follow after points."""
    first, *rest = node.parts
    binding = scope.find(first.text)
    if isinstance(binding, Module) and rest:
        inner, *rest = rest
        member = binding.names.get(inner.text)
        if member is None:
            fix = scope.did_you_mean(inner.text, inner, list(binding.names))
            scope.fault(
                "name",
                f"nothing in `{first.text}` is called `{inner.text}`",
                inner,
                also=[(binding.place, "used here")],
                fix=fix,
            )
            return Poison()
        first, binding = inner, member
    match binding:
        case Let(value=value):
            for name in rest:
                value = field(value, name, scope)
            return value
        case SourceValue():
            return binding
        case Later():
            scope.fault(
                "name",
                f"`{first.text}` is defined further down",
                first,
                also=[(binding.place, "defined here")],
                notes=[
                    "a name is given before it is used" + (": move its line up" if not scope.calls else "")
                ],
            )
            return Poison()
        case Def():
            return pipelines.stage(node, scope, None)
        case Module():
            members = listing(f"{first.text}.{name}" for name in binding.names)
            notes = [f"its names: {members}"] if members else []
            scope.fault("name", f"`{first.text}` is a file of names, not a value", first, notes=notes)
            return Poison()
    if isinstance(binding, type):
        return OperatorValue(binding)
    operator = scope.session.registry.get(first.text)
    if operator is not None and not operator.internal and not rest:
        return pipelines.stage(node, scope, None)
    if not rest and first.text in uses.library(scope):
        return uses.library(scope)[first.text]
    unknown(node, scope)
    return Poison()


def source_alone(node: tree.Node, scope: Scope) -> None:
    """A source stands where an operator was needed."""
    place = scope.place(node)
    write = Fix(f"write `stream {place.text}`", place, f"stream {place.text}")
    scope.fault("name", f"`{place.text}` is a source, not an operator", place, fix=write)


def unknown(node: tree.Path, scope: Scope, stage: bool = False) -> None:
    """Say that a name stands for nothing, and what may have been meant."""
    first = node.parts[0]
    name = first.text
    sources = uses.library(scope)
    if name in sources and stage:
        source_alone(node, scope)
        return
    if not stage and name in units.table():
        remark = f"a unit is written against its number: `5{name}`, not `5 {name}`"
        scope.fault("name", f"`{name}` is not a value here", node, fix=remark)
        return
    known = [
        *scope.words(),
        *sources,
        *(word for word, o in scope.session.registry.items() if not o.internal),
    ]
    parts = name.split("-")
    subtracts = len(parts) > 1 and all(part in known for part in parts)
    fix = None if subtracts else _in_modules(first, scope) or _meant(first, known, sources, scope)
    if fix is None and stage and scope.session.lost:
        return
    notes = []
    if fix is None and len(parts) > 1:
        notes.append(f"names may hold hyphens; to subtract write `{' - '.join(parts)}`")
    elif fix is None:
        notes.append(
            "`seis ops` lists the operators" if stage else "a value gets its name by `let` or `param`"
        )
    scope.fault("name", f"nothing is called `{name}`", first, notes=notes, fix=fix)


def _in_modules(name: tree.Name, scope: Scope) -> Fix | None:
    """A name of a used file, written without the file's."""
    for word in scope.words():
        binding = scope.find(word)
        if isinstance(binding, Module) and name.text in binding.names:
            meant = f"{word}.{name.text}"
            return Fix(f"did you mean `{meant}`?", scope.place(name), meant)
    return None


def _meant(name: tree.Name, known: list[str], sources: dict[str, SourceValue], scope: Scope) -> Fix | None:
    meant = nearest(name.text, known)
    if meant is None:
        return None
    binding = scope.find(meant) or sources.get(meant)
    what = "the source " if isinstance(binding, SourceValue) else ""
    return Fix(f"did you mean {what}`{meant}`?", scope.place(name), meant)


def field(value: Value, name: tree.Name, scope: Scope) -> Value:
    """A part of a record, by name."""
    if isinstance(value, Poison):
        return value
    if isinstance(value, Fields):
        inner = value.get(name.text)
        if inner is not None:
            return inner
        known = [key for key, _ in value.fields]
    elif isinstance(value, Flowing):
        kind = Flows.kinds.get(value.type.name)
        types = dict(value.type.fields) or dict(getattr(kind, "FIELDS", {}))
        if name.text in types and types[name.text].name == "?":
            return Poison()
        if name.text in types:
            return made.part(value, name.text, types[name.text], scope, scope.place(name))
        known = list(types)
    else:
        known = []
    if not known:
        _no_parts(value, name, scope)
        return Poison()
    fix = scope.did_you_mean(name.text, name, known)
    scope.fault(
        "name", f"no part is called `{name.text}`", name, notes=[f"parts: {', '.join(known)}"], fix=fix
    )
    return Poison()


def _no_parts(value: Value, name: tree.Name, scope: Scope) -> None:
    notes = ["only records have parts: `fork` gives one"]
    columns = value.facts.columns if isinstance(value, Flowing) else None
    if columns and name.text in columns:
        notes = [f"to take a column, write `… | table columns=[{name.text}]`"]
    scope.fault("type", f"{words(value.type)} has no part `{name.text}`", name, notes=notes)
