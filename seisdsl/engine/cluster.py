"""Chunks on several processes, here or on a cluster, by Dask distributed.

Only the program's text and the number of a chunk go to a worker, and only word that it is done
comes back: a worker checks and plans the program itself, and keeps what it finds in the store,
which all of them share. A chunk whose worker dies is given to another.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from seisdsl.diagnostics import Diagnostic, Faults
from seisdsl.engine.device import Choice, on
from seisdsl.engine.piece import Piece, piece
from seisdsl.engine.plan import Plan, Segment, planned
from seisdsl.engine.shelf import Shelf, contents
from seisdsl.engine.store import Store
from seisdsl.language.types import TimeRange
from seisdsl.source import SourceText

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 30  # seconds to find a scheduler, and for a first worker to come
WAITING = 4  # chunks for each worker that are handed out at a time


class NoCluster(Exception):
    """There is no such cluster."""


@dataclass(frozen=True)
class Program:
    """What a worker needs to make the same plan: a program, and how it is run."""

    text: str
    name: str
    given: tuple[tuple[str, str], ...]
    folder: str  # where it is run: paths in it are relative to this
    device: Choice
    chunk: int | None
    store: str

    @classmethod
    def of(
        cls, source: SourceText, given: Mapping[str, str], device: Choice, chunk: int | None, store: Store
    ) -> Program:
        return cls(
            source.text, source.name, tuple(sorted(given.items())), os.getcwd(), device, chunk,
            str(store.folder.parent.absolute()),
        )  # fmt: skip


class Cluster:
    """Hands chunks out to the workers of a Dask cluster."""

    def __init__(self, client: Client, program: Program) -> None:
        self.client, self.program = client, program

    def work(
        self, segment: Segment, chunks: Sequence[TimeRange], constants: Mapping[str, Any], shelf: Shelf
    ) -> Iterator[tuple[TimeRange, Piece | None]]:
        from distributed import as_completed

        name = segment.targets[0].key
        waiting = iter(chunks)
        given: dict[Any, TimeRange] = {}
        finished = as_completed()

        def hand_out(number: int) -> None:
            for _, chunk in zip(range(number), waiting, strict=False):
                where = segment.chunks.index(chunk)
                future = self.client.submit(worked, self.program, name, where, pure=False)
                given[future] = chunk
                finished.add(future)

        hand_out(WAITING * max(1, len(self.client.scheduler_info()["workers"])))
        try:
            for future in finished:
                faults, notes = future.result()
                for note in notes:
                    warnings.warn(note, stacklevel=2)
                if faults:
                    raise Faults(faults)
                yield given.pop(future), None
                hand_out(1)
        finally:
            self.client.cancel(list(given))

    def close(self) -> None:
        cluster = self.client.cluster
        self.client.close()
        if cluster is not None:
            cluster.close()


def cluster(program: Program, *, address: str | None, workers: int | None) -> Cluster:
    """A cluster that runs at an address, or one of so many workers on this machine."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise NoCluster(
            "workers need Dask distributed, which is not installed: pip install 'seisdsl[cluster]'"
        ) from None
    if address is not None:
        try:
            client = Client(address, timeout=PATIENCE)
            client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, TimeoutError, ValueError) as error:
            reason = (str(error) or type(error).__name__).splitlines()[0]
            raise NoCluster(f"no cluster with a worker answers at {address}: {reason}") from None
        return Cluster(client, program)
    local = LocalCluster(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None,
        silence_logs=50, memory_limit=0,
    )  # fmt: skip
    return Cluster(Client(local), program)


def worked(program: Program, target: str, number: int) -> tuple[list[Diagnostic], list[str]]:
    """On a worker: one chunk of the segment that has this target. Gives faults, and what is worth a word."""
    _share_the_machine()
    with warnings.catch_warnings(record=True) as caught, on(program.device):
        warnings.simplefilter("always", UserWarning)
        try:
            _work(program, target, number)
            faults: list[Diagnostic] = []
        except Faults as error:
            faults = list(error.diagnostics)
    return faults, [str(one.message) for one in caught if issubclass(one.category, UserWarning)]


def _work(program: Program, target: str, number: int) -> None:
    plan, shelf = _prepared(program)
    segment = next(s for s in plan.segments if any(t.key == target for t in s.targets))
    chunk = segment.chunks[number]
    if shelf.done(segment, chunk):
        return
    store, names = shelf.store, shelf.names(segment, chunk)
    constants = {node.key: store.get(shelf.keys.whole(node)) for node in segment.constants}
    for name, value in contents(piece(segment, chunk, constants, known=shelf.known(segment, chunk))).items():
        if not store.put(names[name], value):
            raise TypeError(f"a {type(value).__name__} cannot be handed on between workers")


@lru_cache(maxsize=4)
def _prepared(program: Program) -> tuple[Plan, Shelf]:
    from seisdsl.language.check import check

    os.chdir(program.folder)
    checked = check(SourceText.of(program.text, program.name), given=dict(program.given), running=True)
    if checked.graph is None:
        raise Faults(checked.diagnostics)
    nodes = checked.graph.nodes
    plan = planned(
        nodes, checked.graph.wanted, chunk=program.chunk or None, whole=program.chunk == 0, glance=True
    )
    return plan, Shelf(plan, Store(Path(program.store)))


def _share_the_machine() -> None:
    """One thread a worker, for there are as many workers as are to work; and a GPU for each where there are."""
    import torch
    from distributed import get_worker

    torch.set_num_threads(1)
    if torch.cuda.is_available():
        name = str(get_worker().name)
        number = int(name) if name.isdigit() else crc32(name.encode())
        torch.cuda.set_device(number % torch.cuda.device_count())
