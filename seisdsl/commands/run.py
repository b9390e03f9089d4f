"""`seis run`: check a program, run it, and tell what came out."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seisdsl.cli import DONE, FAILED, FAULTY, MISUSED
from seisdsl.commands.loading import loading
from seisdsl.commands.running import Misuse, accounts, engine_for, notes
from seisdsl.commands.shared import Stop, parameters, print_json, read_or_stop, show, tell
from seisdsl.commands.telling import Telling
from seisdsl.diagnostics import Diagnostic, Faults, as_json, problem
from seisdsl.graph import Graph, Result
from seisdsl.language.check import Checked, check
from seisdsl.source import SourceText

if TYPE_CHECKING:
    from seisdsl.engine.run import Engine

OPTIONS = ("chunk", "workers", "on")  # that are given where they are meant; the others have their defaults


def run(parsed: argparse.Namespace, rest: Sequence[str]) -> int:
    try:
        return _run(parsed, rest)
    except Stop as stop:
        return stop.code


def _run(parsed: argparse.Namespace, rest: Sequence[str]) -> int:
    if parsed.help and not (parsed.file or parsed.text):
        parsed.usage.print_help()
        return DONE
    if (parsed.file is None) == (parsed.text is None):
        print("seis run: give a FILE, or a program after -e", file=sys.stderr)
        return MISUSED
    source = SourceText.of(parsed.text, "<-e>") if parsed.text is not None else read_or_stop(parsed.file)
    given = {} if parsed.help else parameters(rest)
    checked = check(source, given=given, running=not parsed.help)
    if parsed.help:
        return _program_help(parsed, checked)
    if not parsed.quiet or not checked.sound:
        if parsed.json and not checked.sound:
            print_json({"diagnostics": [as_json(d) for d in checked.diagnostics]})
        tell(checked.diagnostics, sys.stderr, nothing_ran=True)
    if checked.graph is None:
        return FAULTY
    for name in hidden(checked, parsed):
        print(
            f"note: --{name} is an option of seis run; `{name}` of the program keeps its default",
            file=sys.stderr,
        )
    return _compute(checked.graph, source, given, parsed)


def hidden(checked: Checked, parsed: argparse.Namespace) -> list[str]:
    """Parameters of a program that cannot be given, because the command has an option of that name."""
    return [one.name for one in checked.parameters if getattr(parsed, one.name, None) and one.name in OPTIONS]


def _program_help(parsed: argparse.Namespace, checked: Checked) -> int:
    parsed.usage.print_help()
    if checked.parameters:
        print(f"\nparameters of {parsed.file or 'the program'}:")
    for parameter in checked.parameters:
        default = f" (default {parameter.default})" if parameter.default else " (must be given)"
        print(f"  --{parameter.name} {parameter.type}{default}  {parameter.help}".rstrip())
    return DONE


def _compute(graph: Graph, source: SourceText, given: Mapping[str, str], parsed: argparse.Namespace) -> int:
    from seisdsl.engine.device import NoDevice, device, on
    from seisdsl.engine.history import remember
    from seisdsl.engine.output import writing_to
    from seisdsl.engine.provenance import explained

    if not graph.results:
        if not parsed.quiet:
            print("nothing to run: no pipeline stands alone or ends in a sink", file=sys.stderr)
        if parsed.json:
            print_json({"results": [], "files": [], "simulated": False})
        return DONE
    if clashes := overwritten(graph, Path(parsed.out)):
        tell(clashes, sys.stderr, nothing_ran=True)
        return FAULTY
    engine = None
    try:
        with (
            notes(parsed.quiet) as told,
            on(parsed.device),
            writing_to(Path(parsed.out)) as written,
            explained(graph),
        ):
            with loading(parsed.quiet):
                engine = engine_for(parsed, source, given)
                used = str(device())
            started = time.monotonic()
            remember(engine.store, source.name, graph)
            with engine.progress.told_by_stages():
                out = _results(graph, engine, parsed)
            accounted = accounts(engine, graph)
    except (NoDevice, Misuse) as reason:
        print(f"seis run: {reason}", file=sys.stderr)
        return MISUSED
    except KeyboardInterrupt as stop:
        raise type(stop)(engine.progress.stopped() if engine else "") from stop
    except Faults as faults:
        if parsed.debug:
            traceback.print_exc()
        if parsed.json:
            print_json({"diagnostics": [as_json(d) for d in faults.diagnostics]})
        show(faults.diagnostics, sys.stderr)
        return FAILED
    finally:
        if engine is not None:
            engine.close()
    if parsed.json:
        simulated = any(node.facts.simulated for node in graph.nodes)
        seconds = round(time.monotonic() - started, 3)
        said = {"results": out, "files": [str(path) for path in written], "simulated": simulated,
                "device": used, "seconds": seconds, "accounting": accounted, "notes": told}  # fmt: skip
        print_json(said)
    elif not parsed.quiet:
        for path in written:
            print(f"wrote {_short(path)}")
        if accounted and accounted["rejected"]:
            print(
                f"left out {accounted['rejected']:,} of {accounted['read']:,} samples read: see rejected.csv"
            )
    if parsed.strict and accounted and accounted["rows"]:
        print("seis run: --strict, and some of what was read was left out", file=sys.stderr)
        return FAILED
    return DONE


def _results(graph: Graph, engine: Engine, parsed: argparse.Namespace) -> list[dict[str, Any]]:
    """Every result as JSON data; what people read is printed as soon as all before it is."""
    from seisdsl.engine.parts import seen

    ready: dict[str, Any] = {}
    telling = Telling(graph, quiet=parsed.json or parsed.quiet)
    try:
        for node, value in engine.values(graph.nodes, graph.wanted):
            ready[node.key] = seen(value)
            telling.take(node, ready[node.key])
    finally:
        telling.rest()
    return [_as_data(result, ready[result.node.key]) for result in graph.results]


def overwritten(graph: Graph, out: Path) -> list[Diagnostic]:
    """Files that a program reads and would write over."""
    readers = {Path(name).resolve(): node for node in graph.nodes for name in node.operator.files().found}
    return [
        problem("data", f"the program reads {name} and would write over it", node.place,
                also=[(readers[path].place, "read here")], fix="write to another file, or give another --out")
        for node in graph.nodes
        for name in node.operator.writes()
        if (path := (out / name).resolve()) in readers
    ]  # fmt: skip


def _short(path: Path) -> Path:
    """A path as seen from where the command runs."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _as_data(result: Result, value: Any) -> dict[str, Any]:
    from seisdsl.data.describe import as_data

    text = " ".join(result.place.text.split())
    place = result.place.start._asdict()
    return {"pipeline": text, "place": place, "type": str(result.node.type), **as_data(value)}
