"""A session without a terminal: statements from a file or a pipe, and lines from a terminal without keys."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterator

from seisdsl.cli import DONE, FAILED, MISUSED, Ended
from seisdsl.commands.running import Misuse
from seisdsl.commands.shared import Stop, read_or_stop
from seisdsl.repl.commands import Leave
from seisdsl.repl.conversation import Conversation
from seisdsl.repl.opened import is_open
from seisdsl.syntax.pieces import pieces

PROMPT, MORE = "seis> ", "  ... "


def read_all(talk: Conversation) -> int:
    """Follow all of the standard input, statement by statement, up to the first that is at fault."""
    try:
        text = read_or_stop("-").text
    except Stop as stop:
        return stop.code
    try:
        for piece in _with_remarks(text):
            code = guarded(talk, piece)
            sys.stdout.flush()
            if code != DONE:
                return code
    except Leave:
        pass
    return DONE


def _with_remarks(text: str) -> Iterator[str]:
    """Each statement of a text with the comments above it."""
    spans = pieces(text)
    done = 0
    for number, span in enumerate(spans):
        end = span.end if number + 1 == len(spans) else _before_remarks(text, span.start, span.end)
        yield text[done:end]
        done = end


def _before_remarks(text: str, start: int, end: int) -> int:
    """The end of a statement without the lines of comment that stand above the next."""
    remarks = re.search(r"(?:^[ \t]*(?:#[^\n]*)?\n)*\Z", text[start:end], re.MULTILINE)
    return start + remarks.start() if remarks else end


def read_lines(talk: Conversation) -> int:
    """A conversation on a terminal that can move no cursor."""
    while True:
        try:
            text = input(PROMPT)
            while is_open(text):
                more = input(MORE)
                text += f"\n{more if _begins(text) else f'  {more}'}"
            guarded(talk, text)
        except Ended:
            raise
        except KeyboardInterrupt:
            print()
        except (EOFError, Leave):
            print()
            return DONE


def guarded(talk: Conversation, text: str) -> int:
    """Answer, whatever happens: a session outlives a fault of ours."""
    try:
        return talk.take(text)
    except Misuse as reason:
        print(reason, file=sys.stderr)
        return MISUSED
    except (Leave, BrokenPipeError):
        raise
    except Exception:
        traceback.print_exc()
        print("this is a fault of seisdsl's own; the session goes on", file=sys.stderr)
        return FAILED


def _begins(text: str) -> bool:
    """Whether the next line may begin in the first column: after documentation a statement does."""
    return text.rpartition("\n")[2].lstrip().startswith("##")
