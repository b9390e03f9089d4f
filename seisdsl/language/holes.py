"""The typed hole: `?` asks which operators fit."""

from __future__ import annotations

from seisdsl.language import pipelines
from seisdsl.language.mismatch import outcome, readable
from seisdsl.language.scope import Scope
from seisdsl.language.suggest import listing
from seisdsl.language.types import Type, Var, is_a
from seisdsl.language.values import Flowing, Poison, Value
from seisdsl.operator import Facts
from seisdsl.syntax import tree


def answer(node: tree.Hole, value: Value | None, following: tree.Stage | None, scope: Scope) -> Value:
    """Report what fits in the hole; what the next stage reads flows on."""
    reads = value.type if isinstance(value, Flowing) else None
    wanted = wanted_by(following, scope)
    task = (
        f"must turn {reads} into {readable(wanted)}"
        if reads and wanted
        else (
            f"must read {reads}"
            if reads
            else f"must give {readable(wanted)}"
            if wanted
            else "stands for an operator"
        )
    )
    notes = []
    if value is None or isinstance(value, Flowing):
        fits = fitting(reads, wanted, scope)
        notes = [f"fits: {listing(fits, 12)}" if fits else "no operator fits alone"]
        pairs = [] if fits or not (reads and wanted) else _pairs(reads, wanted, scope)
        notes += [f"two together: {', '.join(pairs)}"] if pairs else []
    scope.fault("hole", f"`?` {task}", node, notes=notes)
    if not wanted or isinstance(wanted[0], Var):
        return Poison()
    before = value if isinstance(value, Flowing) else None
    return Flowing(wanted[0], Facts(), scope.place(node), None, before)


def wanted_by(following: tree.Stage | None, scope: Scope) -> list[Type]:
    """What the stage after a hole reads."""
    if isinstance(following, tree.Where | tree.Derive):
        return [Type("Table")]
    if isinstance(following, tree.Call | tree.Path):
        path = following.path if isinstance(following, tree.Call) else following
        operator = pipelines.operator_named(path, scope)
        return operator.reads() if operator else []
    return []


def fitting(reads: Type | None, wanted: list[Type], scope: Scope) -> list[str]:
    found = []
    for operator in scope.session.registry.distinct():
        for result in outcome(operator, reads):
            if not wanted or any(is_a(result, want) for want in wanted):
                found.append(operator.word)
                break
    return found


def _pairs(reads: Type, wanted: list[Type], scope: Scope) -> list[str]:
    pairs = []
    for first in scope.session.registry.distinct():
        for between in outcome(first, reads):
            if isinstance(between, Var) or is_a(between, reads):
                continue
            seconds = fitting(between, wanted, scope)
            pairs += [f"{first.word} | {second}" for second in seconds[:2]]
    return pairs[:4]
