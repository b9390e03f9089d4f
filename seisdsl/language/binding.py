"""The arguments of a call given to the parameters they are for."""

from __future__ import annotations

from collections.abc import Iterable

from seisdsl.diagnostics import Fix
from seisdsl.language import arguments
from seisdsl.language.calls import Bound, Callee
from seisdsl.language.scope import Scope
from seisdsl.language.suggest import listing, nearest
from seisdsl.language.values import (
    Flowing,
    Poison,
)
from seisdsl.operator import Parameter
from seisdsl.syntax import tree

Arguments = Iterable["tree.Expression | tree.Named"]


def bind(
    callee: Callee,
    given: Arguments,
    scope: Scope,
    at: tree.Node,
    piped: Flowing | None,
    partial: bool = False,
) -> Bound:
    """Each argument given to its parameter; everything that is wrong is reported."""
    bound = Bound()
    waiting = [*callee.parameters]
    for argument in given:
        if isinstance(argument, tree.Named):
            name, node = argument.name.text, argument.value
            if name not in callee.parameters and name not in callee.ports:
                _unknown(callee, argument, scope)
                bound.sound = False
                continue
        else:
            node = argument
            if isinstance(node, tree.Record) and callee.branches and bound.branches is None:
                bound.branches = node
                continue
            free = [name for name in waiting if name not in bound.values]
            if not free:
                _too_many(callee, node, scope)
                bound.sound = False
                continue
            name = free[0]
        place = scope.place(argument)
        if name in bound.places:
            scope.fault("param", f"`{name}` is given twice", place, also=[(bound.places[name], "first here")])
            bound.sound = False
            continue
        bound.places[name] = scope.place(node)
        wanted = callee.parameters[name].type if name in callee.parameters else callee.ports[name].type
        value = arguments.Argument(callee, name, wanted, scope, piped).read(node)
        bound.values[name] = value
        if isinstance(value, Poison):
            bound.sound = False
    missing = [p for p in callee.parameters.values() if p.required and p.name not in bound.values]
    if missing and not partial:
        bound.sound = False
        _missing(callee, missing, at, scope)
    if callee.branches and bound.branches is None and not partial:
        bound.sound = False
        scope.fault(
            "param",
            f"`{callee.name}` needs a record of pipelines",
            at,
            notes=[f"as in `{callee.name} {{ a = …, b = … }}`"],
        )
    return bound


def _unknown(callee: Callee, argument: tree.Named, scope: Scope) -> None:
    name = argument.name.text
    known = [*callee.parameters, *callee.ports]
    meant = nearest(name, known)
    fix = None
    if meant:
        default = callee.parameters[meant].shown_default if meant in callee.parameters else ""
        remark = f"did you mean `{meant}`?" + (f" (default {default})" if default else "")
        fix = Fix(remark, scope.place(argument.name), meant)
    notes = [] if meant else [f"it takes: {listing(known)}" if known else "it takes no parameters"]
    scope.fault("param", f"`{callee.name}` has no parameter `{name}`", argument.name, notes=notes, fix=fix)


def _too_many(callee: Callee, node: tree.Node, scope: Scope) -> None:
    takes = f"it takes: {listing(callee.parameters)}" if callee.parameters else "it takes none"
    text = scope.source[node.span]
    notes = [takes, "only parentheses nest: names in argument position are not applied"]
    operator = scope.session.registry.get(text) if isinstance(node, tree.Path) else None
    if operator:
        notes.append(f"to go on with `{text}`, write `| {text}`")
    scope.fault("param", f"`{callee.name}` does not take this argument", node, notes=notes)


def _missing(callee: Callee, missing: list[Parameter], at: tree.Node, scope: Scope) -> None:
    first = missing[0]
    also = "".join(f" and `{p.name}`" for p in missing[1:])
    notes = [f"`{p.name}`: {p.type}" + (f", {p.help}" if p.help else "") for p in missing]
    notes.append(callee.help if callee.place is None else f"defined at {callee.help}")
    scope.fault("param", f"`{callee.name}` needs `{first.name}`{also}", at, notes=notes)
