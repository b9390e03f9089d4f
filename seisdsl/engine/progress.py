"""How far a run has come: one line that is written over in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import TextIO

EVERY = 0.2, 30.0  # seconds between two lines: in a terminal, and elsewhere
PATIENCE = 2.0  # what is done sooner needs no line


class Progress:
    """Tells of the work on one segment after the other; a quiet one tells nothing."""

    def __init__(self, stream: TextIO | None = None, quiet: bool = False) -> None:
        self.stream = stream or sys.stderr
        self.quiet = quiet
        self.chunks = self.done = self.kept = 0
        self._terminal = self.stream.isatty()
        self._seconds = self._total = 0.0
        self._began = self._told = time.monotonic()

    @contextmanager
    def over(self, chunks: int, seconds: float, kept: int, kept_seconds: float) -> Iterator[None]:
        """A segment of so many chunks and seconds of record, of which some are kept from before."""
        self.chunks, self.done, self.kept = chunks, kept, kept
        self._total, self._seconds = seconds - kept_seconds, 0.0
        self._began = self._told = time.monotonic()
        if kept and kept < chunks:
            self._say(f"{kept} of {chunks} chunks are kept from an earlier run")
        try:
            yield
        finally:
            if self._terminal and not self.quiet and self._told > self._began:
                print(file=self.stream)

    def advance(self, seconds: float) -> None:
        self.done += 1
        self._seconds += seconds
        now = time.monotonic()
        every = EVERY[0] if self._terminal else EVERY[1]
        if (
            self.chunks > 1
            and now - self._began > PATIENCE
            and (now - self._told > every or self.done == self.chunks)
        ):
            self._told = now
            self._say(self.line(now - self._began), over=True)

    def stopped(self) -> str:
        """What to tell somebody who stopped a run."""
        if self.chunks < 2:
            return ""
        return (
            f"stopped after {self.done} of {self.chunks} chunks; what was written is whole. "
            "Run the same command again to go on from there"
        )

    def line(self, elapsed: float) -> str:
        """`37 of 120 chunks, 5,400 x real time, 3 min left`."""
        rate = self._seconds / elapsed if elapsed > 0 else 0.0
        left = (self._total - self._seconds) / rate if rate else 0.0
        return f"{self.done} of {self.chunks} chunks, {rate:,.0f} x real time, {duration(left)} left"

    def told_by_stages(self) -> AbstractContextManager[None]:
        """What stages say of long work of their own goes here."""
        return _heard(self)

    def say(self, line: str) -> None:
        """A line of a stage's own, as often as other lines come."""
        now = time.monotonic()
        if now - self._told > (EVERY[0] if self._terminal else EVERY[1]):
            self._told = now
            self._say(line, over=True)

    def _say(self, line: str, over: bool = False) -> None:
        if self.quiet:
            return
        if over and self._terminal:
            print(f"\r{line:<79}", end="", file=self.stream, flush=True)
        else:
            print(line, file=self.stream, flush=True)


_listening: ContextVar[Progress | None] = ContextVar("progress", default=None)


@contextmanager
def _heard(progress: Progress) -> Iterator[None]:
    token = _listening.set(progress)
    try:
        yield
    finally:
        _listening.reset(token)


def say(line: str) -> None:
    """Tell whoever runs the program how far a stage has come, such as a training."""
    progress = _listening.get()
    if progress is not None:
        progress.say(line)


def duration(seconds: float) -> str:
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
