"""What a name stands for, and what to say where it stands for nothing."""

from __future__ import annotations

from seisdsl.diagnostics import Fix
from seisdsl.language import made, pipelines, units, uses
from seisdsl.language.scope import Def, Later, Let, Module, Scope
from seisdsl.language.suggest import nearest
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
                notes=["a name is given before it is used"],
            )
            return Poison()
        case Def():
            return pipelines.stage(node, scope, None)
        case Module():
            scope.fault(
                "name",
                f"`{first.text}` is a file of names, not a value",
                first,
                notes=[f"its names are written `{first.text}.name`"],
            )
            return Poison()
    if isinstance(binding, type):
        return OperatorValue(binding)
    operator = scope.session.registry.get(first.text)
    if operator is not None and not operator.internal and not rest:
        return pipelines.stage(node, scope, None)
    unknown(node, scope)
    return Poison()


def unknown(node: tree.Path, scope: Scope, operators: bool = True) -> None:
    """Say that a name stands for nothing, and what may have been meant."""
    name = str(node)
    sources = uses.library(scope)
    if name in sources and operators:
        write = Fix(f"write `stream {name}`", scope.place(node), f"stream {name}")
        scope.fault("name", f"`{name}` is a source, not an operator", node, fix=write)
        return
    known = [*scope.words(), *sources] + (list(scope.session.registry) if operators else [])
    notes: list[str] = []
    meant = nearest(name, known)
    fix = None
    if meant is not None:
        binding = scope.find(meant) or sources.get(meant)
        what, where = "", ""
        if isinstance(binding, SourceValue):
            what = "the source "
            if binding.place and binding.place.source is not scope.source:
                where = f"  ({binding.place.source.name}:{binding.place.start.line})"
        fix = Fix(f"did you mean {what}`{meant}`?{where}", scope.place(node), meant)
    elif name in units.table():
        scope.fault(
            "name",
            f"`{name}` is not a value here",
            node,
            fix=f"a unit is written against its number: `5{name}`, not `5 {name}`",
        )
        return
    if "-" in name and (fix is None or all(part in known for part in name.split("-"))):
        fix = None
        notes.append(f"names may hold hyphens; to subtract write `{name.replace('-', ' - ')}`")
    scope.fault("name", f"nothing is called `{name}`", node, notes=notes, fix=fix)


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
        if name.text in types:
            return made.part(value, name.text, types[name.text], scope, scope.place(name))
        known = list(types)
    else:
        known = []
    if not known:
        scope.fault("type", f"{value.type} has no parts", name)
        return Poison()
    fix = scope.did_you_mean(name.text, name, known)
    scope.fault(
        "name", f"no part is called `{name.text}`", name, notes=[f"parts: {', '.join(known)}"], fix=fix
    )
    return Poison()
