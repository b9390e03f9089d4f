"""A cell after the other: what each means, what it gives to Python, and what is shown of it."""

from __future__ import annotations

import base64
import keyword
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seisdsl.commands.run import overwritten
from seisdsl.data.show import summary
from seisdsl.diagnostics import Faults, render
from seisdsl.engine.device import Choice, NoDevice
from seisdsl.graph import Graph, Node
from seisdsl.notebook.cells import Cells
from seisdsl.notebook.faults import Refused, Stopped, Wrong
from seisdsl.notebook.html import html
from seisdsl.repl.conversation import Conversation
from seisdsl.repl.fits import fits
from seisdsl.repl.interrupts import held_back
from seisdsl.repl.memory import PART, Memory
from seisdsl.repl.session import Entry

if TYPE_CHECKING:
    from seisdsl.notebook.running import Ran

SILENT = ("save", "plot", "report", "assert")  # stages whose value nobody asked to see
PICTURES = {".png": "png", ".svg": "svg+xml"}


@dataclass
class Options:
    """What stands beside `%%seis`."""

    given: dict[str, str] = field(default_factory=dict)
    device: Choice = "auto"
    out: Path = field(default_factory=Path)
    quiet: bool = False


@dataclass(frozen=True)
class Waiting:
    """A long value that has a name and is worked out part by part, when a pipeline needs it."""

    name: str
    type: str

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.type}, too long to be held as a whole; it is worked out part by part "
            f"where a pipeline needs it. To have it in Python take a shorter time."
        )

    __repr__ = __str__


@dataclass
class Notebook:
    """The session of a kernel."""

    cells: Cells = field(default_factory=Cells)
    done: set[str] = field(default_factory=set)  # what a `let` wrote or showed on its way
    _memory: Memory | None = None

    def enter(
        self, text: str, options: Options, python: Mapping[str, Any], show: Callable[[Any], None]
    ) -> dict[str, Any]:
        """Run a cell and show what it gives as it is ready; gives what it hands to Python, by name."""
        try:
            self.cells.take(text, python)
        except (TypeError, ValueError) as reason:
            raise Refused(str(reason)) from None
        self.cells.given = {**self.cells.given, **options.given}
        entry = self.cells.check(text)
        graph = self._graph(entry)
        names = sorted({name for one in entry.statements for name in one.names} | set(entry.following))
        if clashes := overwritten(graph, options.out):
            raise Wrong(entry.placed(clashes))
        ran = self._run(entry, graph, names, options, show)
        self.done |= {node.key for node in graph.nodes if node.operator.sink}
        self.cells.accept(entry)
        for path in ran.files:
            _show_file(path)
        if ran.read.get("rejected"):
            print(f"left out {ran.read['rejected']:,} of {ran.read['read']:,} samples read")
        waiting = {name: Waiting(name, str(node.type)) for name, node in ran.long.items()}
        handed = {name: ran.values[name] for name in names if name in ran.values} | waiting
        self.cells.handed |= handed
        return {variable: value for name, value in handed.items() if (variable := variable_of(name))}

    def _graph(self, entry: Entry) -> Graph:
        """What a sound cell asks for; a `let` that writes does so once."""
        if entry.graph is None:
            raise Wrong(entry.diagnostics, list(fits(entry)))
        for warning in entry.diagnostics:
            print(render(warning), file=sys.stderr)
        asked = tuple(
            result
            for result in entry.graph.results
            if entry.holds(result.place) or (result.node.operator.sink and result.node.key not in self.done)
        )
        return Graph(asked, entry.graph.names)

    def _run(
        self, entry: Entry, graph: Graph, names: list[str], options: Options, show: Callable[[Any], None]
    ) -> Ran:
        def tell(node: Node, value: Any) -> None:
            if node.word not in SILENT and not options.quiet:
                show(value)

        try:
            with held_back():
                from seisdsl.notebook.running import run

                memory = self._ready()
            return run(
                graph, names, memory, tell, device=options.device, out=options.out, quiet=options.quiet
            )
        except NoDevice as reason:
            raise Refused(str(reason)) from None
        except Faults as faults:
            raise Wrong(entry.placed(faults.diagnostics), ran=True) from None
        except KeyboardInterrupt as stop:
            raise stop if isinstance(stop, Stopped) else Stopped() from None

    def _ready(self) -> Memory:
        if self._memory is None:
            from seisdsl.commands.running import share_the_cores
            from seisdsl.data.memory import memory

            share_the_cores()
            self._memory = Memory(int(PART * memory()))
        return self._memory

    def spoken(self) -> Conversation:
        """Whom `help`, `explain` and their like are asked."""
        return Conversation(self.cells)


def variable_of(name: str) -> str:
    """How a name of the language is called in Python, where hyphens subtract; "" where it cannot be."""
    plain = name.replace("-", "_")
    return plain if plain.isidentifier() and not keyword.iskeyword(plain) and plain != "_" else ""


# What is seen -----------------------------------------------------------------------------------


def show(value: Any) -> None:
    from IPython.display import display

    plain = isinstance(value, bool | int | float | str)
    data = {"text/plain": summary(value)} | ({} if plain else {"text/html": html(value)})
    display(data, raw=True)  # type: ignore[no-untyped-call]


def _show_file(path: Path) -> None:
    """A file that was written; a picture is seen."""
    from IPython.display import display

    here = Path.cwd()
    name = str(path.relative_to(here) if path.is_relative_to(here) else path)
    print(f"wrote {name}")
    if kind := PICTURES.get(path.suffix):
        held = base64.b64encode(path.read_bytes()).decode()
        page = f'<img src="data:image/{kind};base64,{held}" alt="{escape(name, quote=True)}" style="max-width: 60em">'
        display({"text/plain": name, "text/html": page}, raw=True)  # type: ignore[no-untyped-call]
