"""A column that a table does not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from seisdsl.language import units
from seisdsl.language.scope import Scope
from seisdsl.language.suggest import listing
from seisdsl.language.types import Value as Flows
from seisdsl.syntax import tree


def unknown(
    name: str, node: tree.Node, columns: Mapping[str, Any], of: str, scope: Scope, more: Iterable[str] = ()
) -> None:
    """Say that no column has this name; `more` are other names that may have been meant."""
    fix = scope.did_you_mean(name, node, [*columns, *more])
    notes = [f"columns: {listing(columns, 12)}"]
    if name in units.table():
        notes.insert(0, f"a unit is written against its number: `5{name}`, not `5 {name}`")
    elif having := _having(name, scope):
        notes.append(f"`{name}` is a column of {listing(having)}")
        fix = None
    where = f" of {of}" if of else ""
    scope.fault("name", f"no column{where} is called `{name}`", node, notes=notes, fix=fix)


def _having(name: str, scope: Scope) -> list[str]:
    """The tables with this column that some operator gives."""
    signatures = [one for operator in scope.session.registry.distinct() for one in operator.signatures()]
    made = sorted({one.gives.name for one in signatures} & set(Flows.kinds))
    return [kind for kind in made if name in getattr(Flows.kinds[kind], "COLUMNS", ())]
