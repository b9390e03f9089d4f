"""The command `seis`."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Sequence
from itertools import islice
from typing import Any

from seisdsl import __version__

PARAMETERS = {  # commands that take a program's parameters, and the options that are not theirs
    "run": {
        "--help",
        "--device",
        "--out",
        "--chunk",
        "--workers",
        "--on",
        "--strict",
        "--json",
        "--quiet",
        "--debug",
    },
    "explain": {"--help", "--json", "--mermaid", "--dot", "--program"},
    "plan": {"--help", "--chunk"},
    "why": {"--help"},
    "cite": {"--help"},
    "repl": {"--help", "--device", "--out"},
}
DONE, FAULTY, MISUSED, FAILED, INTERRUPTED, ENDED = 0, 1, 2, 3, 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 done, 1 the program is at fault, 2 wrong use, 3 failed while running.

    130 interrupted, 143 ended by the system (SIGTERM): a batch queue's time is up.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _encodable()
        own, rest = _set_apart(given)
        parsed, unknown = parser().parse_known_args(own)
        if parsed.command is None:
            parser().print_help()
            return MISUSED
        code = int(parsed.act(parsed, [*unknown, *rest]))
        print(end="", flush=True)
        return code
    except KeyboardInterrupt as stop:
        print(str(stop) or "interrupted; what was written is whole", file=sys.stderr)
        return ENDED if isinstance(stop, Ended) else INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


class Ended(KeyboardInterrupt):
    """The system asked the process to end: everything is left as Ctrl-C leaves it."""


def _end(number: int, frame: Any) -> None:
    raise Ended


def command() -> None:
    """The process: `main`, and its exit code whatever was interrupted."""
    signal.signal(signal.SIGTERM, _end)
    # before torch is imported: its threads sleep while they wait, and large blocks come on large pages
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
    code = main()
    if code in (INTERRUPTED, ENDED):
        # Python would end by the signal itself where it struck inside an extension's import
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    raise SystemExit(code)


def _encodable() -> None:
    """A terminal that cannot show a character shows another, and nothing fails."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _set_apart(given: Sequence[str]) -> tuple[list[str], list[str]]:
    """The command's own words, and the `--name value` and `--name=value` of the program."""
    known = PARAMETERS.get(given[0]) if given else None
    if known is None:
        return list(given), []
    own: list[str] = []
    parameters: list[str] = []
    words = iter(given)
    for word in words:
        name, equals, _ = word.partition("=")
        if not name.startswith("--") or len(name) < 3 or name in known:
            own.append(word)
        else:
            parameters += [word] if equals else [word, *islice(words, 1)]
    return own, parameters


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="seis",
        description="Seismology in pipelines: check a program, see what it will do, run it.",
        epilog="seis help lists the operators, types, units and topics there is help on.",
    )
    top.add_argument("--version", action="version", version=f"seis {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    run = commands.add_parser("run", help="run a program", add_help=False)
    run.add_argument("-h", "--help", action="store_true", help="show this, and the program's own parameters")
    run.add_argument("file", nargs="?", metavar="FILE", help="the program; - reads it from standard input")
    run.add_argument("-e", dest="text", metavar="PROGRAM", help="the program itself, instead of a file")
    run.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to compute")
    run.add_argument("--out", metavar="DIR", default=".", help="the folder that files are written to")
    run.add_argument("--chunk", metavar="TIME", help="length of the chunks a long record is worked on in")
    where = run.add_mutually_exclusive_group()
    where.add_argument("--workers", type=_workers, metavar="N", help="work in so many processes")
    where.add_argument("--on", metavar="tcp://HOST:PORT", help="work on a Dask cluster that runs there")
    run.add_argument("--strict", action="store_true", help="fail where anything that was read is left out")
    run.add_argument("--json", action="store_true", help="results as JSON")
    run.add_argument("--quiet", action="store_true", help="print nothing but faults")
    run.add_argument("--debug", action="store_true", help="show Python's traceback where something fails")
    run.set_defaults(act=_run, usage=run)

    check = commands.add_parser("check", help="say what is wrong with programs, without running them")
    check.add_argument("files", nargs="+", metavar="FILE")
    check.add_argument("--json", action="store_true", help="the faults as JSON")
    check.set_defaults(act=_check)

    fmt = commands.add_parser("fmt", help="write programs in the one style")
    fmt.add_argument("files", nargs="+", metavar="FILE")
    fmt.add_argument("--check", action="store_true", help="change nothing; say which files would change")
    fmt.set_defaults(act=_fmt)

    explain = commands.add_parser("explain", help="show a program's graph: what is made from what")
    explain.add_argument("file", metavar="FILE")
    form = explain.add_mutually_exclusive_group()
    for name, what in (("json", "as JSON"), ("mermaid", "as a Mermaid flow chart"), ("dot", "for Graphviz"),
                       ("program", "as a program of one stage a line")):  # fmt: skip
        form.add_argument(f"--{name}", dest="form", action="store_const", const=name, help=what)
    explain.set_defaults(act=_explain)

    plan = commands.add_parser("plan", help="say what a run would do, and with which files; nothing runs")
    plan.add_argument("file", metavar="FILE")
    plan.add_argument("--chunk", metavar="TIME", help="length of the chunks, as in seis run")
    plan.set_defaults(act=_plan)

    why = commands.add_parser("why", help="say why a stage would be worked out again, or why not")
    why.add_argument("file", metavar="FILE")
    why.add_argument("stage", metavar="STAGE", help="its name as seis explain gives it, or its operator's")
    why.set_defaults(act=_why)

    show = commands.add_parser("show", help="say how a file was made: its program, versions and inputs")
    show.add_argument("output", metavar="OUTPUT")
    show.add_argument(
        "--program", action="store_true", help="print the program alone: it makes the file again"
    )
    show.add_argument("--json", action="store_true", help="all that the file says, as JSON")
    show.set_defaults(act=_show)

    ops = commands.add_parser("ops", help="list the operators")
    ops.add_argument("--json", action="store_true", help="with all that is known of each")
    ops.set_defaults(act=_ops)

    help_ = commands.add_parser("help", help="help on an operator, a type, a unit or a topic")
    help_.add_argument("word", nargs="?", metavar="OPERATOR|TYPE|UNIT|TOPIC")
    help_.set_defaults(act=_help)

    cite = commands.add_parser("cite", help="list the papers behind the methods that a program uses")
    cite.add_argument("file", metavar="FILE")
    cite.set_defaults(act=_cite)

    docs = commands.add_parser("docs", help="write the documentation as pages to read offline")
    docs.add_argument("out", metavar="DIR", help="the folder that the pages are written to")
    docs.add_argument("--run", action="store_true", help="with what the operators' examples give: minutes")
    docs.set_defaults(act=_docs)

    repl = commands.add_parser("repl", help="enter statements one by one, and see what each gives")
    repl.add_argument("file", nargs="?", metavar="FILE", help="a program to begin with")
    repl.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to compute")
    repl.add_argument("--out", metavar="DIR", default=".", help="the folder that files are written to")
    repl.set_defaults(act=_repl)

    lsp = commands.add_parser("lsp", help="serve an editor: faults, completion and help as one types")
    lsp.add_argument("--stdio", action="store_true", help="talk over standard input and output, as always")
    lsp.set_defaults(act=_lsp)
    return top


def _workers(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text} is no number of workers")
    return int(text)


class _Parser(argparse.ArgumentParser):
    """Options are written whole: `--o 3` is a parameter of the program, not `--out`."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)


def _misused(rest: Sequence[str]) -> int:
    print(f"seis: {rest[0]} is not understood here; see seis --help", file=sys.stderr)
    return MISUSED


def _run(parsed: argparse.Namespace, rest: list[str]) -> int:
    from seisdsl.commands.run import run

    return run(parsed, rest)


def _check(parsed: argparse.Namespace, rest: list[str]) -> int:
    from seisdsl.commands.check import check

    return _misused(rest) if rest else check(parsed.files, parsed.json)


def _fmt(parsed: argparse.Namespace, rest: list[str]) -> int:
    from seisdsl.commands.fmt import fmt

    return _misused(rest) if rest else fmt(parsed.files, parsed.check)


def _explain(parsed: argparse.Namespace, rest: list[str]) -> int:
    from seisdsl.commands.explain import explain

    return explain(parsed.file, parsed.form, rest)


def _plan(parsed: argparse.Namespace, rest: list[str]) -> int:
    from seisdsl.commands.plan import plan

    return plan(parsed, rest)


def _why(parsed: argparse.Namespace, rest: list[str]) -> int:
    from seisdsl.commands.why import why

    return why(parsed.file, parsed.stage, rest)


def _show(parsed: argparse.Namespace, rest: list[str]) -> int:
    from seisdsl.commands.show import show

    return _misused(rest) if rest else show(parsed.output, program=parsed.program, json=parsed.json)


def _ops(parsed: argparse.Namespace, rest: list[str]) -> int:
    from seisdsl.commands.reference import ops

    return _misused(rest) if rest else ops(parsed.json)


def _help(parsed: argparse.Namespace, rest: list[str]) -> int:
    from seisdsl.commands.reference import help_on

    return _misused(rest) if rest else help_on(parsed.word)


def _cite(parsed: argparse.Namespace, rest: list[str]) -> int:
    from seisdsl.commands.reference import cite

    return cite(parsed.file, rest)


def _docs(parsed: argparse.Namespace, rest: list[str]) -> int:
    from seisdsl.commands.docs import docs

    return _misused(rest) if rest else docs(parsed.out, parsed.run)


def _repl(parsed: argparse.Namespace, rest: list[str]) -> int:
    from seisdsl.commands.repl import repl

    return repl(parsed, rest)


def _lsp(parsed: argparse.Namespace, rest: list[str]) -> int:
    from seisdsl.commands.lsp import lsp

    return _misused(rest) if rest else lsp()
