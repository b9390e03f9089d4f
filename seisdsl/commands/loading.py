"""A word while Python loads what programs run on: it takes seconds, and a terminal should not be silent."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 0.3  # seconds
SAID = "loading torch"


@contextmanager
def loading(quiet: bool = False) -> Iterator[None]:
    """Say so on a terminal if it takes long, and take the word away when it is done."""
    if quiet or "torch" in sys.modules or not sys.stderr.isatty():
        yield
        return
    said = threading.Event()

    def say() -> None:
        said.set()
        print(SAID, end="", file=sys.stderr, flush=True)

    timer = threading.Timer(PATIENCE, say)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if said.is_set():
            print(f"\r{' ' * len(SAID)}\r", end="", file=sys.stderr, flush=True)
