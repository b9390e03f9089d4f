"""Chunks on this machine: the next one's records are read on a thread while one is computed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Protocol

from seisdsl.engine.faults import OutOfMemory
from seisdsl.engine.piece import Piece, piece, records
from seisdsl.engine.plan import Segment
from seisdsl.engine.shelf import Shelf
from seisdsl.language.types import TimeRange

AHEAD = 1  # chunks that are read before their turn


class Executor(Protocol):
    """Works out chunks, here or elsewhere, and keeps them in the store."""

    def work(
        self, segment: Segment, chunks: Sequence[TimeRange], constants: Mapping[str, Any], shelf: Shelf
    ) -> Iterator[tuple[TimeRange, Piece | None]]:
        """Each chunk once it is done, with its values where these are at hand."""

    def close(self) -> None:
        """Let go of whatever it holds."""


class Local:
    """One chunk after the other, in this process."""

    def work(
        self, segment: Segment, chunks: Sequence[TimeRange], constants: Mapping[str, Any], shelf: Shelf
    ) -> Iterator[tuple[TimeRange, Piece | None]]:
        def fetched(chunk: TimeRange) -> tuple[dict[str, Any], dict[str, Any]]:
            known = shelf.known(segment, chunk)
            return known, records(segment, chunk, known)

        ahead: deque[Future[tuple[dict[str, Any], dict[str, Any]]]] = deque()
        waiting = iter(chunks)
        with ThreadPoolExecutor(1, "reading") as pool:
            try:
                for chunk in chunks:
                    while len(ahead) <= AHEAD and (later := next(waiting, None)) is not None:
                        ahead.append(pool.submit(copy_context().run, fetched, later))
                    known, read = self._taken(ahead.popleft())
                    yield chunk, piece(segment, chunk, constants, known=known, read=read)
            finally:
                for future in ahead:
                    future.cancel()

    def _taken(
        self, future: Future[tuple[dict[str, Any], dict[str, Any]]]
    ) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """What was read ahead; where memory ran out over it, it is read again in halves."""
        try:
            return future.result()
        except OutOfMemory:
            return {}, None

    def close(self) -> None:
        pass
