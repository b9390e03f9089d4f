"""What `seis run` is asked: how long chunks are, who works on them, and where the account goes."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from seisdsl.graph import Graph
from seisdsl.language.units import UnknownUnit, quantity, unit
from seisdsl.source import SourceText

if TYPE_CHECKING:
    from seisdsl.engine.run import Engine


@contextmanager
def notes(quiet: bool) -> Iterator[list[str]]:
    """What is worth a word while it goes on is told once, as a line of its own; gives all that was told."""
    heard: list[str] = []

    def tell(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        text = str(message)
        if issubclass(category, UserWarning) and text not in heard:
            heard.append(text)
            if not quiet:
                sys.stderr.write(f"note: {text}\n")  # at once: readers tell side by side
                sys.stderr.flush()

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = tell
        yield heard


class Misuse(Exception):
    """An option that cannot be understood or followed."""


def share_the_cores() -> None:
    """Leave a core to reading ahead: threads that wait for one another lose more than one core gives."""
    import torch

    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, (os.cpu_count() or 1) - 1))


def engine_for(parsed: argparse.Namespace, source: SourceText, given: Mapping[str, str]) -> Engine:
    from seisdsl.engine.local import Local
    from seisdsl.engine.progress import Progress
    from seisdsl.engine.run import Engine
    from seisdsl.engine.store import Store

    share_the_cores()
    chunk, store = chunk_length(parsed.chunk), Store()
    progress = Progress(quiet=parsed.quiet)
    if parsed.on is None and parsed.workers is None:
        return Engine(chunk, store, Local(), progress, glance=True)
    from seisdsl.engine.cluster import NoCluster, Program, cluster

    program = Program.of(source, given, parsed.device, chunk, store)
    try:
        executor = cluster(program, address=parsed.on, workers=parsed.workers)
    except NoCluster as reason:
        raise Misuse(str(reason)) from None
    return Engine(chunk, store, executor, progress, glance=True)


def chunk_length(given: str | None) -> int | None:
    """`10min` in nanoseconds, 0 for `whole`; None where nothing is given."""
    if given is None:
        return None
    if given == "whole":
        return 0
    try:
        number, dimension, _ = quantity(given)
    except (ValueError, UnknownUnit):
        raise _no_time(given) from None
    if dimension != unit("s")[1] or not number >= 1e-3:
        raise _no_time(given)
    return round(number * 1e9)


def _no_time(given: str) -> Misuse:
    return Misuse(f'--chunk takes a time such as 10min, or "whole", not {given}')


def accounts(engine: Engine, graph: Graph) -> dict[str, Any] | None:
    """Sums of what was read, used and left out, whose rows go to `rejected.csv`; None without files."""
    if not any(node.operator.files().found for node in graph.nodes if not node.inputs):
        return None
    from seisdsl.data.accounts import totals, write_rejected
    from seisdsl.engine.output import written

    with written("rejected.csv") as path:
        rows = write_rejected(engine.account, path)
    return {**totals(engine.account), "rows": rows}
