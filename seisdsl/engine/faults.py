"""What goes wrong in a run, told at the stage's place in the program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from seisdsl.diagnostics import Faults, Fix, problem
from seisdsl.graph import Node
from seisdsl.language.refusal import repair_of
from seisdsl.language.types import TimeRange
from seisdsl.language.values import iso
from seisdsl.operator import Unsuitable


class OutOfMemory(Exception):
    """A stage's memory ran out: a shorter piece may do."""


@contextmanager
def at_stage(node: Node, time: TimeRange | None = None) -> Iterator[None]:
    """Whatever a stage refuses or fails on is told at its place, and in which chunk it happened."""
    within = [f"in the records of {iso(time.start)} to {iso(time.end)}"] if time else []
    try:
        yield
    except (KeyboardInterrupt, Faults):
        raise
    except Unsuitable as refusal:
        raise fault(node, refusal.message, [*refusal.notes, *within], repair_of(refusal)) from refusal
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        lacking = f"`{node.word}` needs {name}, which is not installed"
        raise fault(node, lacking, [installed_by(name), *within], code="run") from error
    except MemoryError as error:
        raise OutOfMemory(node.word) from error
    except Exception as error:
        if _is_memory(error):
            raise OutOfMemory(node.word) from error
        said = str(error).strip().split("\n")[0]
        reason = f"{type(error).__name__}: {said}" if said else type(error).__name__
        notes = [reason, *within, "run with --debug to see where in Python"]
        raise fault(node, f"`{node.word}` failed", notes, code="run") from error


def installed_by(module: str) -> str:
    """How a module that is wanted by few operators is installed."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        wanted = requires("seisdsl") or []
    except PackageNotFoundError:
        wanted = []
    for line in wanted:
        found = re.match(rf"""{re.escape(module)}\b.*extra == ['"](?!test|dev)(.+)['"]""", line)
        if found:
            return f"pip install 'seisdsl[{found[1]}]'"
    return f"pip install {module}"


def no_memory(node: Node) -> Faults:
    return fault(node, "there is not enough memory for this", ["take a shorter time or fewer channels"])


def _is_memory(error: Exception) -> bool:
    """torch tells a full GPU by a type of its own, a full main memory in words."""
    return type(error).__name__ == "OutOfMemoryError" or "can't allocate memory" in str(error)


def fault(
    node: Node, message: str, notes: Sequence[str] = (), fix: Fix | None = None, code: str = "data"
) -> Faults:
    if node.word == "assert":
        code = "assert"
    also = [(source.place, f"gives {source.type}") for port, source in node.inputs if port == node.piped]
    return Faults([problem(code, message, node.place, also=also, notes=list(notes), fix=fix)])
