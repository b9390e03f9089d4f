"""`%load_ext seisdsl`: the magics `%seis` and `%%seis`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

from seisdsl.commands.shared import Stop, parameters
from seisdsl.notebook.conversation import Notebook, Options, show
from seisdsl.notebook.faults import Refused
from seisdsl.repl.commands import command

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

USE = """%%seis [--NAME VALUE] [--out FOLDER] [--device auto|cpu|cuda] [--quiet]
Run the program in the cell. What `let` names is known in later cells, and is a variable of Python;
variables of Python that the program names go in. --NAME gives a `param`; $NAME is a variable's value.

%seis PROGRAM
Run one line and give its value. `%seis help`, `help WORD`, `explain`, `plan`, `why`, `cite`, `names`
and `save FILE.seis` ask about the session."""
ABSENT = ("run", "quit", "exit")  # commands of the terminal's sessions that a notebook has no use for


@magics_class
class SeisMagics(Magics):
    """The language in cells."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self.notebook = Notebook()

    @line_cell_magic
    @no_var_expand
    def seis(self, line: str, cell: str | None = None) -> Any:
        if cell is None:
            return self._line(line)
        self._enter(cell, self._options(line), show)
        return None

    seis.__doc__ = USE

    def _line(self, line: str) -> Any:
        """The value of a line, which IPython shows where nothing takes it."""
        if not line.strip() or line.strip() == "help":
            print(USE)
            return None
        if line.split()[0] not in ABSENT and (act := command(line, self.notebook.cells.names)):
            act(self.notebook.spoken())
            return None
        given: list[Any] = []
        self._enter(line, Options(), given.append)
        return given[-1] if given else None

    def _enter(self, text: str, options: Options, tell: Any) -> None:
        shell: Any = self.shell
        shell.push(self.notebook.enter(text, options, shell.user_ns, tell))

    def _options(self, line: str) -> Options:
        shell: Any = self.shell
        words = shlex.split(line)
        quiet = "--quiet" in words
        words = [self._of_python(word, shell.user_ns) for word in words if word != "--quiet"]
        try:
            given = parameters(words)
        except Stop:
            raise Refused(USE) from None
        device = given.pop("device", "auto")
        if device not in ("auto", "cpu", "cuda"):
            raise Refused(f"--device is auto, cpu or cuda, not {device}")
        out = Path(given.pop("out", ".")).expanduser()
        return Options(given, device, out, quiet)  # type: ignore[arg-type]

    @staticmethod
    def _of_python(word: str, python: dict[str, Any]) -> str:
        """`$day` is the value of a variable."""
        if not word.startswith("$"):
            return word
        if word[1:] not in python:
            raise Refused(f"Python has no variable {word[1:]}")
        from seisdsl.inputs import PLAIN, written

        value = python[word[1:]]
        if not isinstance(value, PLAIN | Path):
            raise Refused(
                f"{word[1:]} is a {type(value).__name__}: a parameter is a text, a number or a date"
            )
        return written(value)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What `%load_ext seisdsl` does."""
    from seisdsl.notebook.completing import matcher_for

    magics = SeisMagics(shell)
    shell.register_magics(magics)
    unload_ipython_extension(shell)
    shell.Completer.custom_matchers.append(matcher_for(magics.notebook))


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """What `%unload_ext seisdsl` does: completion goes; the magics stay until the kernel ends."""
    known: Any = shell.Completer
    known.custom_matchers[:] = [one for one in known.custom_matchers if not getattr(one, "of_seisdsl", False)]
