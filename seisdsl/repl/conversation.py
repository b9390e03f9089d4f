"""One text after the other: a command or a piece of program, and what is said to it."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seisdsl.cli import DONE, FAILED, FAULTY, INTERRUPTED, Ended
from seisdsl.commands.loading import loading
from seisdsl.commands.run import overwritten
from seisdsl.commands.running import Misuse, notes
from seisdsl.commands.shared import show
from seisdsl.diagnostics import Diagnostic, Faults
from seisdsl.engine.device import NoDevice
from seisdsl.graph import Graph, Result
from seisdsl.language.scope import Def, Let, Module
from seisdsl.language.suggest import listing
from seisdsl.language.values import Flowing, Poison, SourceValue
from seisdsl.repl.fits import fits
from seisdsl.repl.interrupts import held_back
from seisdsl.repl.session import Entry, Session

if TYPE_CHECKING:
    from rich.console import Console

    from seisdsl.repl.running import Runner

LONG = 1.0  # seconds; what took longer says so


@dataclass
class Conversation:
    """A session with what it has worked out."""

    session: Session = field(default_factory=Session)
    device: Literal["auto", "cpu", "cuda"] = "auto"
    out: Path = field(default_factory=Path)
    saved: set[Path] = field(default_factory=set)  # files that are this session's own
    done: set[str] = field(default_factory=set)  # what a `let` wrote or showed on its way
    _runner: Runner | None = None

    def take(self, text: str) -> int:
        """Follow a command, or check a text, keep it and run what it asks for; gives an exit code."""
        from seisdsl.repl.commands import command

        if not text.strip():
            return DONE
        act = command(text, self.session.names)
        with notes(quiet=False):
            return self.enter(text) if act is None else act(self)

    def enter(self, text: str) -> int:
        entry = self.session.check(text)
        self.tell(entry.diagnostics)
        if entry.graph is None:
            for line in fits(entry):
                print(line)
            return FAULTY
        results = self.asked(entry)
        code = self.run(entry, results)
        self.session.accept(entry if code == DONE else entry.names_only)
        self._say_what_follows(entry)
        if not results:
            self._say_types(entry)
        return code

    def asked(self, entry: Entry) -> tuple[Result, ...]:
        """What an entry asks for; what a `let` writes on its way is asked for once."""
        graph = entry.graph
        if graph is None:
            return ()
        names = {name for one in entry.statements for name in one.names}
        reached = Graph((), {name: node for name, node in graph.names.items() if name in names}).nodes
        sinks = {node.key for node in reached if node.operator.sink} - self.done
        return tuple(
            result for result in graph.results if entry.holds(result.place) or result.node.key in sinks
        )

    def run(self, entry: Entry, results: Sequence[Result]) -> int:
        """Run what is asked for, and show it as it is ready."""
        if not results or entry.graph is None:
            return DONE
        graph = Graph(tuple(results), entry.graph.names)
        if clashes := overwritten(graph, self.out):
            self.tell(entry.placed(clashes))
            return FAULTY
        began = time.monotonic()
        try:
            with held_back(), loading():
                runner = self._ready()
            files, read = runner.run(graph, self._show)
        except Ended:
            raise
        except KeyboardInterrupt as stop:
            print(f"\n{stop}".rstrip() or "", file=sys.stderr)
            print("stopped; the session goes on", file=sys.stderr)
            return INTERRUPTED
        except NoDevice as reason:
            raise Misuse(str(reason)) from None
        except Faults as faults:
            self.tell(entry.placed(faults.diagnostics))
            return FAILED
        self.done |= {node.key for node in graph.nodes if node.operator.sink}
        self._tell_after(files, read, time.monotonic() - began)
        return DONE

    def _ready(self) -> Runner:
        if self._runner is None:
            from seisdsl.commands.running import share_the_cores
            from seisdsl.data.memory import memory
            from seisdsl.repl.memory import PART, Memory
            from seisdsl.repl.running import Runner

            share_the_cores()  # and torch is loaded
            self._runner = Runner(Memory(int(PART * memory())), self.device, self.out)
        return self._runner

    # What is said -------------------------------------------------------------------------------

    def tell(self, diagnostics: Sequence[Diagnostic]) -> None:
        if diagnostics:
            sys.stdout.flush()
            show(diagnostics, sys.stderr)

    def _show(self, node: Any, value: Any) -> None:
        from seisdsl.repl.pictures.show import show as draw

        draw(value, console())

    def _tell_after(self, files: Sequence[Path], read: Mapping[str, Any], seconds: float) -> None:
        here = Path.cwd()
        for path in files:
            print(f"wrote {path.relative_to(here) if path.is_relative_to(here) else path}")
        if read["rejected"]:
            print(f"left out {read['rejected']:,} of {read['read']:,} samples read")
        if seconds > LONG and sys.stdout.isatty():
            console().print(f"{seconds:.1f} s", style="dim", highlight=False)

    def _say_types(self, entry: Entry) -> None:
        """What the names of an entry are."""
        if not sys.stdout.isatty():
            return
        for one in entry.statements:
            for name in sorted(one.names):
                if said := type_said(entry, name):
                    console().print(f"{name}: {said}", style="dim", highlight=False, markup=False)

    def _say_what_follows(self, entry: Entry) -> None:
        hidden = self.session.made
        if names := [f"`{name}`" for name in entry.following if name not in hidden]:
            verb = "follows" if len(names) == 1 else "follow"
            print(f"{', '.join(names)} {verb}")
        for one in entry.dropped:
            if one.text not in self.session.made:
                print(f"no longer part of the session: {' '.join(one.text.split())}")


def type_said(entry: Entry, name: str) -> str:
    """A name's type and what is known of it, as `Waves, 100 Hz`."""
    match entry.checked.scope.names.get(name):
        case Def(reads=reads, gives=gives):
            return f"{reads or ''} -> {gives or '?'}".strip()
        case Module(names=names):
            return f"names of a file: {listing(sorted(names))}"
        case SourceValue():
            return "Source"
        case Let(value=Flowing() as value):
            simulated = "simulated" if value.facts.simulated else ""
            return ", ".join(part for part in (str(value.type), str(value.facts), simulated) if part)
        case Let(value=value) if not isinstance(value, Poison):
            return str(value.type)
    return ""


def console() -> Console:
    """The terminal as it is now: its width may have changed."""
    from rich.console import Console

    return Console(highlight=False)
