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
    elif having := [
        kind for kind in sorted(Flows.kinds) if name in getattr(Flows.kinds[kind], "COLUMNS", ())
    ]:
        notes.append(f"`{name}` is a column of {listing(having)}")
        fix = None
    where = f" of {of}" if of else ""
    scope.fault("name", f"no column{where} is called `{name}`", node, notes=notes, fix=fix)
