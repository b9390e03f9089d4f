"""The arguments of a call given to the parameters they are for."""

from __future__ import annotations

from collections.abc import Sequence

from seisdsl.diagnostics import Fix
from seisdsl.language import apart, arguments
from seisdsl.language.calls import Bound, Callee
from seisdsl.language.scope import Scope
from seisdsl.language.suggest import listing, nearest
from seisdsl.language.types import Type
from seisdsl.language.values import Flowing, Poison
from seisdsl.operator import Parameter
from seisdsl.syntax import tree

Given = tree.Expression | tree.Named


def bind(
    callee: Callee,
    given: Sequence[Given],
    scope: Scope,
    at: tree.Node,
    piped: Flowing | None,
    partial: bool = False,
) -> Bound:
    """Each argument given to its parameter; everything that is wrong is reported."""
    bound = Bound()
    unknown = False
    waiting = list(given)
    alone = not (callee.either and piped)
    if callee.branches and alone and not partial and not any(isinstance(node, tree.Record) for node in given):
        bound.sound = False
        example = f"as in `{callee.name} {{ a = …, b = … }}`"
        scope.fault("param", f"`{callee.name}` needs a record of pipelines", at, notes=[example])
        waiting, unknown = [argument for argument in given if isinstance(argument, tree.Named)], True
    while waiting:
        argument = waiting.pop(0)
        if isinstance(argument, tree.Named):
            name, node = argument.name.text, argument.value
            if name not in callee.parameters and name not in callee.ports:
                _unknown(callee, argument, scope)
                unknown, bound.sound = True, False
                continue
        else:
            node = argument
            if isinstance(node, tree.Record) and callee.branches and bound.branches is None:
                bound.branches = node
                continue
            free = [name for name in callee.parameters if name not in bound.values]
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
        after = waiting[0] if waiting else None
        if after is not None and not isinstance(after, tree.Named):
            joined = apart.together(name, wanted, (node, after), _next(callee, bound, name), scope)
            if joined:
                scope.report(joined)
                waiting.pop(0)
                bound.values[name], bound.sound = Poison(), False
                continue
        if bare := apart.bare_items(name, wanted, [node, *waiting], scope):
            many, fault = bare
            scope.report(fault)
            del waiting[: many - 1]
            bound.values[name], bound.sound = Poison(), False
            continue
        value = arguments.Argument(callee, name, wanted, scope, piped).read(node)
        bound.values[name] = value
        if isinstance(value, Poison):
            bound.sound = False
    missing = [p for p in callee.parameters.values() if p.required and p.name not in bound.values]
    if missing and not partial:
        bound.sound = False
        if not unknown:
            _missing(callee, missing, at, scope)
    return bound


def _next(callee: Callee, bound: Bound, name: str) -> Type | None:
    """What the next argument without a name would be taken for."""
    free = [p.type for n, p in callee.parameters.items() if n not in bound.values and n != name]
    return free[0] if free else None


def _unknown(callee: Callee, argument: tree.Named, scope: Scope) -> None:
    name = argument.name.text
    known = [*callee.parameters, *callee.ports]
    meant = nearest(name, known)
    fix = None
    if meant:
        default = callee.parameters[meant].shown_default if meant in callee.parameters else ""
        remark = f"did you mean `{meant}`?" + (f" (default {default})" if default else "")
        fix = Fix(remark, scope.place(argument.name), meant)
    notes = [] if meant else [_takes(callee)]
    scope.fault("param", f"`{callee.name}` has no parameter `{name}`", argument.name, notes=notes, fix=fix)


def _takes(callee: Callee) -> str:
    known = [*callee.parameters, *callee.ports]
    needed = [p.name for p in callee.parameters.values() if p.required]
    says = f"; it needs {' and '.join(f'`{name}`' for name in needed)}" if needed else ""
    return f"it takes: {listing(known)}{says}" if known else "it takes no parameters"


def _too_many(callee: Callee, node: tree.Node, scope: Scope) -> None:
    text = scope.source[node.span]
    fix: Fix | str | None = None
    if isinstance(node, tree.Path) and text in scope.session.registry and scope.find(text) is None:
        fix = Fix(f"to go on with `{text}`, write `| {text}`", scope.place(node), f"| {text}")
    elif isinstance(node, tree.Path):
        fix = "a name among arguments is a value; what is worked out stands in parentheses"
    scope.fault("param", f"`{callee.name}` takes no argument here", node, notes=[_takes(callee)], fix=fix)


def _missing(callee: Callee, missing: list[Parameter], at: tree.Node, scope: Scope) -> None:
    first = missing[0]
    also = "".join(f" and `{p.name}`" for p in missing[1:])
    notes = [f"`{p.name}`: {p.type}" + (f", {p.help}" if p.help else "") for p in missing]
    if callee.example:
        notes.append(f"as in `{callee.example}`   (seis help {callee.name})")
    places = [(callee.place, "defined here")] if callee.place else []
    scope.fault("param", f"`{callee.name}` needs `{first.name}`{also}", at, also=places, notes=notes)
