"""What is kept of each chunk of a plan, and under which keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seisdsl.engine.keys import Keys
from seisdsl.engine.piece import Piece
from seisdsl.engine.plan import Plan, Segment
from seisdsl.engine.store import Store
from seisdsl.language.types import TimeRange


class Shelf:
    """A plan's place in the store."""

    def __init__(self, plan: Plan, store: Store) -> None:
        self.keys, self.store = Keys(plan), store
        self._names: dict[tuple[int, TimeRange], dict[str, str]] = {}

    def names(self, segment: Segment, chunk: TimeRange) -> Mapping[str, str]:
        """The store's keys by what they hold: `value KEY` of a stage, `account KEY` of a source."""
        where = (id(segment), chunk)
        if where not in self._names:
            found = {f"value {node.key}": self.keys.part(segment, node, chunk) for node in segment.kept}
            for node in segment.sources:
                found[f"account {node.key}"] = self.keys.account(segment, node, chunk)
            self._names[where] = found
        return self._names[where]

    def done(self, segment: Segment, chunk: TimeRange) -> bool:
        """Whether all that leaves the segment is kept."""
        names = self.names(segment, chunk)
        wanted = [f"value {node.key}" for node in segment.targets]
        return self._accounted(names) and all(names[name] in self.store for name in wanted)

    def known(self, segment: Segment, chunk: TimeRange) -> dict[str, Any]:
        """Values of stages in a chunk that need not be worked out again."""
        names, found = self.names(segment, chunk), {}
        if self._accounted(names):
            for node in segment.kept:
                try:
                    found[node.key] = self.store.get(names[f"value {node.key}"])
                except KeyError:
                    continue
        return found

    def _accounted(self, names: Mapping[str, str]) -> bool:
        return all(key in self.store for name, key in names.items() if name.startswith("account"))


def contents(done: Piece) -> dict[str, Any]:
    """What is kept of a chunk, by the same names."""
    values = {f"value {key}": value for key, value in done.values.items()}
    return values | {f"account {key}": account for key, account in done.accounts.items()}
