"""Running a graph: pass by pass, chunk by chunk, with nothing worked out twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from seisdsl.data.segments import Account
from seisdsl.data.table import Table
from seisdsl.engine.faults import OutOfMemory, at_stage, fault, no_memory
from seisdsl.engine.local import Executor, Local
from seisdsl.engine.parts import Parts, whole
from seisdsl.engine.piece import joined, piece
from seisdsl.engine.plan import Plan, Segment, planned
from seisdsl.engine.progress import Progress
from seisdsl.engine.provenance import making
from seisdsl.engine.shelf import Shelf, contents
from seisdsl.engine.stage import is_table, value_of
from seisdsl.engine.store import Store
from seisdsl.graph import Node
from seisdsl.language.types import TimeRange


@dataclass
class Engine:
    """Runs graphs of any length in bounded memory. A long value that is no table comes as `Parts`.

    `chunk` is the length of a chunk in ns, or 0 for the whole at once; what fits where it is None.
    """

    chunk: int | None = None
    store: Store = field(default_factory=Store)
    executor: Executor = field(default_factory=Local)
    progress: Progress = field(default_factory=lambda: Progress(quiet=True))
    glance: bool = False  # whether what is wanted will only be looked at
    account: Account = field(default_factory=Account)
    fresh: int = 0  # chunks worked out in this run

    def values(self, nodes: Iterable[Node], wanted: Iterable[Node]) -> Iterator[tuple[Node, Any]]:
        order, asked = list(nodes), list(wanted)
        plan = planned(order, asked, chunk=self.chunk or None, whole=self.chunk == 0, glance=self.glance)
        run = _Run(self, plan)
        waiting = {node.key: node for node in asked}
        uses = Counter(s.key for step in plan.steps for s in _taken(step))
        uses.update(plan.stage(node).key for node in asked)
        for step in plan.steps:
            run.take(step)
            for key, node in list(waiting.items()):
                stage = plan.stage(node)
                if stage.key in run.held and (node is stage or not node.operator.sink or key in run.done):
                    yield waiting.pop(key), run.held[stage.key]
                    uses[stage.key] -= 1
            for source in _taken(step):
                uses[source.key] -= 1
            for key in [key for key in run.held if not uses[key]]:
                del run.held[key]
        run.tidy()

    def close(self) -> None:
        self.executor.close()


def _taken(step: Segment | Node) -> list[Node]:
    return list(step.constants) if isinstance(step, Segment) else [source for _, source in step.inputs]


class _Run:
    def __init__(self, engine: Engine, plan: Plan) -> None:
        self.engine, self.plan = engine, plan
        self.held: dict[str, Any] = {}
        self.done: set[str] = set()
        self.shelf = Shelf(plan, engine.store)
        self.spooled: list[str] = []
        self._counted: set[str] = set()
        self.store = engine.store

    def take(self, step: Segment | Node) -> None:
        if isinstance(step, Segment):
            self.held |= self._stream(step)
        else:
            self.held[step.key] = self._whole(step)
            self.done.add(step.key)

    def _whole(self, node: Node) -> Any:
        inputs = {source.key: self.held[source.key] for _, source in node.inputs}
        if node.operator.sink:
            with making(node, self.engine.account):
                return self._sunk(node, inputs)
        key = self.shelf.keys.whole(node)
        with suppress(KeyError):
            return self.store.get(key)
        with at_stage(node):
            if node.word != "fork":  # what it only gathers need not be whole
                inputs = {name: whole(value) for name, value in inputs.items()}
        try:
            value = value_of(node, inputs)
        except OutOfMemory as short:
            raise no_memory(node) from short
        self._keep(node, key, value)
        return value

    def _sunk(self, node: Node, inputs: Mapping[str, Any]) -> Any:
        """A sink takes a long value part by part where it can."""
        value = inputs[node.inputs[0][1].key]
        with at_stage(node):
            if isinstance(value, Parts) and node.operator.apply_parts(value):
                return value
            if not node.operator.in_parts:
                inputs = {name: whole(part) for name, part in inputs.items()}
        return value_of(node, inputs)

    def _stream(self, segment: Segment) -> dict[str, Any]:
        constants = {node.key: whole(self.held[node.key]) for node in segment.constants}
        found: dict[TimeRange, dict[str, Any]] = {}
        alone = len(segment.chunks) == 1
        ready = {chunk for chunk in segment.chunks if self.shelf.done(segment, chunk)}
        pending = [chunk for chunk in segment.chunks if chunk not in ready]
        seconds = (sum(c.seconds for c in segment.chunks), sum(c.seconds for c in ready))
        with self.engine.progress.over(len(segment.chunks), seconds[0], len(ready), seconds[1]):
            for chunk, done in self.engine.executor.work(segment, pending, constants, self.shelf):
                if done is not None:
                    found[chunk] = self._kept(segment, chunk, contents(done), alone)
                self.engine.fresh += 1
                self.engine.progress.advance(chunk.seconds)

        def fetch(name: str, chunk: TimeRange) -> Any:
            """One result of a chunk; what is no longer whole in the store is worked out again."""
            if name in found.get(chunk, {}):
                return found[chunk][name]
            with suppress(KeyError):
                return self.store.get(self.shelf.names(segment, chunk)[name])
            self.engine.fresh += 1
            given = contents(piece(segment, chunk, constants))
            self._kept(segment, chunk, given, alone)
            return given[name]

        values = {}
        for node in segment.targets:
            parts = [partial(fetch, f"value {node.key}", chunk) for chunk in segment.chunks]
            values[node.key] = self._value(segment, node, parts)
        for node in segment.sources:
            self._count(node, [fetch(f"account {node.key}", chunk) for chunk in segment.chunks])
        return values

    def _kept(self, segment: Segment, chunk: TimeRange, given: dict[str, Any], alone: bool) -> dict[str, Any]:
        """What could not be put into the store, or need not be, stays in memory."""
        names, left = self.shelf.names(segment, chunk), {}
        for name, value in given.items():
            small = value is None or isinstance(value, Table | Account)
            try:
                put = (small or not alone) and self.store.put(names[name], value)
            except OSError as error:
                reason = error.strerror or str(error)
                raise fault(segment.targets[0], f"the results of a chunk cannot be kept: {reason}", [
                    f"they are kept below {self.store.folder}",
                    "make room there, or let SEISDSL_CACHE name another folder",
                ], code="run") from error  # fmt: skip
            if small or not put:
                left[name] = value
        return left

    def _value(self, segment: Segment, node: Node, parts: list[Any]) -> Any:
        """Tables are small and joined at once; what else is long stays in parts."""
        if len(parts) == 1:
            value = parts[0]()
            if value is None:
                raise fault(node, "there is no record in this time")
            return joined([value]) if hasattr(value, "joined") else value
        keys = [self.shelf.names(segment, chunk)[f"value {node.key}"] for chunk in segment.chunks]
        size = sum(self.store.path(key).stat().st_size for key in keys if key in self.store)
        value = Parts(parts, size)
        if is_table(node) or node.key in segment.glanced:
            with at_stage(node):
                return value.whole
        self.spooled += keys
        return value

    def _count(self, node: Node, accounts: list[Account | None]) -> None:
        """Every source's samples once, however many passes read them."""
        if node.key in self._counted:
            return
        self._counted.add(node.key)
        told = [account for account in (*accounts, node.operator.left_out()) if account is not None]
        self.engine.account = sum(told, start=self.engine.account)

    def _keep(self, node: Node, key: str, value: Any) -> None:
        with suppress(OSError):
            self.store.put(key, value)

    def tidy(self) -> None:
        """Long values are kept only until the run is over."""
        for key in self.spooled:
            self.store.drop(key)
