"""`seis repl`: a session on the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from seisdsl.cli import DONE
from seisdsl.commands.shared import Stop, parameters
from seisdsl.repl.commands import load
from seisdsl.repl.conversation import Conversation
from seisdsl.repl.session import Session


def repl(parsed: argparse.Namespace, rest: Sequence[str]) -> int:
    try:
        given = parameters(rest)
    except Stop as stop:
        return stop.code
    talk = Conversation(Session(given=given), parsed.device, Path(parsed.out))
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if parsed.file is not None:
        code = load(talk, parsed.file)
        if code != DONE and not terminal:
            return code
    if not terminal:
        from seisdsl.repl.plain import read_all

        return read_all(talk)
    from seisdsl.repl.terminal import converse

    return converse(talk)
