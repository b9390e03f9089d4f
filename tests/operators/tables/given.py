"""A table of the test's own at the head of a pipeline."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from language.checking import graph, operators

from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.engine.run import Engine
from seisdsl.engine.store import Store
from seisdsl.operator import Facts, Operator, Registry, collecting

held: list[Table] = []


class _Given(Operator):
    """Give the table that the test holds."""

    def facts(self, piped: Facts) -> Facts:
        return Facts(columns=held[0].columns, simulated=held[0].simulated)


with collecting() as GIVERS:

    class GiveTable(_Given, name="give-Table"):
        """Give a plain table."""

        def apply(self) -> Table:
            return held[0]

    class GiveUnknown(Operator, name="give-unknown"):
        """Give a table whose columns are known only in the run."""

        def apply(self) -> Table:
            return held[0]

    class GivePicks(_Given, name="give-Picks"):
        """Give picks."""

        def apply(self) -> Picks:
            assert isinstance(held[0], Picks)
            return held[0]

    class GiveCatalog(_Given, name="give-Catalog"):
        """Give a catalogue."""

        def apply(self) -> Catalog:
            assert isinstance(held[0], Catalog)
            return held[0]


def known() -> Registry:
    return Registry({**operators(), **GIVERS})


def through(table: Table, stages: str) -> Any:
    """What comes out of the stages of a program for a table."""
    held[:] = [table]
    checked = graph(f"give-{type(table).__name__} | {stages}\n", operators=known())
    return result(checked)


def result(checked: Any) -> Any:
    (wanted,) = (one.node for one in checked.results)
    ((_, value),) = forgetful().values(checked.nodes, [wanted])
    return value


def forgetful() -> Engine:
    """An engine that keeps nothing from one table to the next, which no key tells apart."""
    return Engine(store=Store(Path(tempfile.mkdtemp(dir=os.environ["SEISDSL_CACHE"]))))
