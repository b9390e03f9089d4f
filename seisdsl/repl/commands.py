"""What a session is told about itself: `help`, `explain`, `save` and their like.

A command is one line that begins with its word. A name of the user's own stands above it, and so
does a line that goes on as a program would; with a colon before it, `:plan`, a word is always a command.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from seisdsl import draw
from seisdsl.cli import DONE, FAILED, FAULTY, MISUSED
from seisdsl.commands import reference
from seisdsl.commands.plan import tell_plan
from seisdsl.commands.shared import Stop as Stopped
from seisdsl.commands.shared import read_or_stop, show
from seisdsl.commands.why import why_stage
from seisdsl.data.words import counted
from seisdsl.diagnostics import Faults
from seisdsl.graph import Graph
from seisdsl.language.check import check
from seisdsl.repl.session import Entry
from seisdsl.repl.statements import LAST, statements
from seisdsl.source import SourceText
from seisdsl.syntax.format import format_program

if TYPE_CHECKING:
    from seisdsl.repl.conversation import Conversation

_LINE = re.compile(r"\s*(?P<colon>:?)(?P<word>[a-z]+)(?P<over>!?)(?:[ \t]+(?P<rest>\S.*?))?\s*")
_PROGRAM = re.compile(r"[|=]")  # how a line goes on that is no command


class Leave(Exception):
    """The end of the session."""


@dataclass(frozen=True)
class Command:
    usage: str
    summary: str
    act: Callable[[Conversation, str], int]


def command(text: str, names: Collection[str]) -> Callable[[Conversation], int] | None:
    """What a line asks for where it is a command."""
    match = _LINE.fullmatch(text)
    if not match:
        return None
    word, rest = match["word"], match["rest"] or ""
    known = COMMANDS.get(word)
    if not match["colon"] and (known is None or word in names or _PROGRAM.match(rest)):
        return None
    if known is None:
        return partial(_unknown, word)
    return lambda talk: known.act(talk, f"{match['over']} {rest}".strip())


def _unknown(word: str, talk: Conversation) -> int:
    return _misuse(f"there is no command :{word}; help lists them")


def _misuse(text: str) -> int:
    print(text, file=sys.stderr)
    return MISUSED


# What a value is --------------------------------------------------------------------------------


def _asked(talk: Conversation, text: str) -> Graph | None:
    """The graph of a name or pipeline, or of the last result; what is wrong is said."""
    if not text and not talk.session.last:
        print("nothing was worked out yet: name a value or write a pipeline", file=sys.stderr)
        return None
    entry = talk.session.check(text or LAST)
    talk.tell(entry.diagnostics)
    return None if entry.graph is None else _own(entry)


def _own(entry: Entry) -> Graph:
    """The graph of what an entry asks for."""
    assert entry.graph is not None
    results = tuple(result for result in entry.graph.results if entry.holds(result.place))
    return Graph(results, {name: node for name, node in entry.graph.names.items() if name != LAST})


def _explain(talk: Conversation, rest: str) -> int:
    graph = _asked(talk, rest)
    if graph is None:
        return FAULTY
    print(draw.as_text(graph).rstrip("\n"))
    return DONE


def _plan(talk: Conversation, rest: str) -> int:
    graph = _asked(talk, rest)
    if graph is None:
        return FAULTY
    try:
        tell_plan(graph, None)
    except Faults as faults:
        talk.tell(faults.diagnostics)
        return FAULTY
    return DONE


def _why(talk: Conversation, rest: str) -> int:
    graph = _asked(talk, rest if rest in talk.session.names else "")
    if graph is None:
        return FAULTY
    if not graph.results:
        return _misuse(f"{rest} is worked out by no stage")
    wanted = rest if rest and rest not in talk.session.names else graph.labels[graph.results[-1].node.key]
    return why_stage(graph, "the session", wanted)


def _cite(talk: Conversation, rest: str) -> int:
    if not rest:
        graph = talk.session.program(talk.session.text, "<session>", talk.session.path).graph
    else:
        graph = _asked(talk, rest)
    if graph is None:
        return FAULTY
    reference.tell_citations(graph)
    return DONE


# Help -------------------------------------------------------------------------------------------


def _help(talk: Conversation, rest: str) -> int:
    if not rest:
        print(overview())
        return DONE
    own = [one for one in talk.session.kept if rest in one.names]
    for one in own:
        print(one.text)
    if own:
        return DONE
    if rest in COMMANDS:
        print(f"{COMMANDS[rest].usage}: {COMMANDS[rest].summary}, a command of the session\n")
        if not reference.is_known(rest):
            return DONE
    return reference.help_on(None if rest == "all" else rest)


def overview() -> str:
    width = max(len(one.usage) for one in COMMANDS.values())
    lines = ["A statement is run as it is entered; a `let` waits until it is used.", ""]
    lines += [f"  {one.usage:<{width}}  {one.summary}" for one in COMMANDS.values()]
    lines += [
        "",
        "`_` is the last result, and a line that begins with `|` goes on from it. `?` asks what fits.",
        "Alt-Enter (or Esc, Enter) begins a new line, Tab completes, Ctrl-R searches what was entered,",
        "Ctrl-C stops a run, Ctrl-D leaves. `help all` lists all there is help on;",
        fill(f"topics are {', '.join(reference.topics())}.", 88, break_on_hyphens=False),
    ]
    return "\n".join(lines)


def _names(talk: Conversation, rest: str) -> int:
    from seisdsl.repl.conversation import type_said

    if rest:
        return _misuse("names takes nothing more")
    entry = talk.session.check("")
    found = [(name, type_said(entry, name)) for one in talk.session.kept for name in sorted(one.names)]
    width = max((len(name) for name, _ in found), default=0)
    for name, said in found:
        print(f"{name:<{width}}  {said}".rstrip())
    if not found:
        print("nothing has a name yet")
    return DONE


# Files ------------------------------------------------------------------------------------------


def _save(talk: Conversation, rest: str) -> int:
    over, name = rest.startswith("!"), rest.removeprefix("!").strip().strip('"')
    if not name.endswith(".seis"):
        return _misuse(
            "save FILE.seis writes the session as a program; to write the last result, `_ | save "
            + (f'"{name}"`' if name else '"picks.csv"`')
        )
    path = Path(name).expanduser()
    if path.exists() and not over and path.resolve() not in talk.saved:
        return _misuse(f"{name} is there already; `save! {name}` writes over it")
    try:
        text = format_program(SourceText.of(talk.session.text, name))
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        print(f"{name} cannot be written: {error.strerror or error}", file=sys.stderr)
        return FAILED
    talk.saved.add(path.resolve())
    checked = talk.session.program(text, name, path)
    talk.tell([one for one in checked.diagnostics if one.severity == "error"])
    print(f"saved {counted(len(statements(text)), 'statement')} to {name}")
    if lent := talk.session.lent:
        given = ", ".join(f"{one}={one}" for one in lent)
        print(f'it uses what Python has: seisdsl.run(Path("{name}"), {given})')
    return DONE if checked.sound else FAULTY


def load(talk: Conversation, rest: str) -> int:
    """Take a file's statements into the session; what it would run waits for `run`."""
    name = rest.strip('"')
    if not name:
        return _misuse("load FILE.seis takes its statements into the session")
    try:
        source = read_or_stop(str(Path(name).expanduser()))
    except Stopped as stop:
        return stop.code
    session = talk.session
    alone = check(source, given=session.given, running=True)
    if not alone.sound:
        show(alone.diagnostics, sys.stderr)
        return FAULTY
    if not session.kept:
        session.path = source.path
    entry = session.check(source.text)
    talk.tell(entry.diagnostics)
    if not entry.sound:
        return FAULTY
    session.accept(entry)
    if source.path:
        talk.saved.add(source.path.resolve())
    waiting = sum(not one.declares for one in entry.statements)
    names = sum(len(one.names) for one in entry.statements)
    wait = f"; `run` runs its {counted(waiting, 'pipeline')}" if waiting else ""
    print(f"loaded {name}: {counted(names, 'name')}{wait}")
    return DONE


def _run(talk: Conversation, rest: str) -> int:
    if rest:
        return _misuse("run takes nothing more: it runs every pipeline of the session")
    text = talk.session.text
    again = replace(talk.session, kept=[], last="", made=set())
    entry = again.check(text)
    talk.tell(entry.diagnostics)
    if entry.graph is None:
        return FAULTY
    return talk.run(entry, entry.graph.results)


def _quit(talk: Conversation, rest: str) -> int:
    raise Leave


COMMANDS = {
    "help": Command("help [WORD]", "on an operator, a type, a unit, a topic, or a name of yours", _help),
    "explain": Command(
        "explain [PIPELINE]", "what is made from what: of a pipeline or the last result", _explain
    ),
    "plan": Command("plan [PIPELINE]", "what a run would do, and with which files", _plan),
    "why": Command("why [NAME|STAGE]", "why it would be worked out again, or why not", _why),
    "cite": Command("cite [PIPELINE]", "the papers behind the methods, of all that was entered", _cite),
    "names": Command("names", "what has a name, with its type", _names),
    "run": Command("run", "run every pipeline of the session again", _run),
    "save": Command("save FILE.seis", "write the session as a program", _save),
    "load": Command("load FILE.seis", "take a file's statements into the session", load),
    "quit": Command("quit", "leave, as Ctrl-D does", _quit),
    "exit": Command("exit", "the same", _quit),
}
