"""The session at a terminal: a prompt that colours, completes and knows where a statement ends."""

from __future__ import annotations

import os
import sys
import threading
from functools import cache

from prompt_toolkit import PromptSession
from prompt_toolkit.application.current import get_app
from prompt_toolkit.lexers import PygmentsLexer
from prompt_toolkit.output.color_depth import ColorDepth
from prompt_toolkit.shortcuts import CompleteStyle
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import is_dumb_terminal

from seisdsl import __version__
from seisdsl.assist.highlight import SeisLexer
from seisdsl.cli import DONE, Ended
from seisdsl.repl.assistance import Assistance, read_operators, toolbar
from seisdsl.repl.commands import Leave
from seisdsl.repl.conversation import Conversation
from seisdsl.repl.history import history
from seisdsl.repl.keys import keys
from seisdsl.repl.plain import MORE, PROMPT, guarded, read_lines

STYLE = Style.from_dict(
    {
        "pygments.keyword": "bold",
        "pygments.operator.word": "bold",
        "pygments.keyword.type": "ansicyan",
        "pygments.name.function": "ansiblue",
        "pygments.name.variable": "bold",
        "pygments.name.attribute": "ansimagenta",
        "pygments.literal": "ansigreen",
        "pygments.operator.pipe": "ansiyellow",
        "pygments.keyword.pseudo": "ansired bold",
        "pygments.comment": "ansibrightblack",
        "prompt": "ansibrightblack",
        "bottom-toolbar": "noreverse ansibrightblack",
        "toolbar.name": "noreverse",
        "toolbar.active": "noreverse bold underline",
    }
)


def converse(talk: Conversation) -> int:
    """Read and answer until the end."""
    print(f"seisdsl {__version__}. `help` tells what there is, Ctrl-D leaves.")
    if is_dumb_terminal():
        return read_lines(talk)
    prompt: PromptSession[str] = PromptSession(
        message=[("class:prompt", PROMPT)],
        prompt_continuation=[("class:prompt", MORE)],
        multiline=True,
        lexer=PygmentsLexer(SeisLexer),
        completer=Assistance(talk.session),
        complete_while_typing=True,
        complete_in_thread=True,
        complete_style=CompleteStyle.COLUMN,
        history=history(),
        key_bindings=keys(),
        bottom_toolbar=lambda: toolbar(talk.session, get_app().current_buffer.document),
        style=STYLE,
        color_depth=ColorDepth.DEPTH_1_BIT if "NO_COLOR" in os.environ else None,
        include_default_pygments_style=False,
    )
    while True:
        try:
            text = prompt.prompt(pre_run=_begin_to_read_operators)
            read_operators()
            guarded(talk, text)
        except Ended:
            raise
        except KeyboardInterrupt:
            continue
        except (EOFError, Leave):
            return DONE
        finally:
            sys.stdout.flush()


@cache
def _begin_to_read_operators() -> None:
    """Completion will need them: they are read while the first words are typed."""
    threading.Thread(target=read_operators, daemon=True).start()
