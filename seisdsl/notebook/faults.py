"""What stops a cell, in the words of the language: no traceback of Python's."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from seisdsl.diagnostics import Diagnostic, Faults, Style, count, render


class Wrong(Faults):
    """A program that is not sound, or failed while running."""

    def __init__(
        self, diagnostics: Sequence[Diagnostic], more: Sequence[str] = (), ran: bool = False
    ) -> None:
        super().__init__(diagnostics)
        self.more, self.ran = tuple(more), ran

    def _render_traceback_(self) -> list[str]:
        style = replace(Style(), colour="NO_COLOR" not in os.environ)
        told = "\n\n".join(render(diagnostic, style) for diagnostic in self.diagnostics)
        lines = [told, *self.more]
        if not self.ran:
            lines.append(f"\n{count(self.diagnostics)}, nothing was run.")
        return "\n".join(lines).splitlines()


class Refused(Exception):
    """What the magic cannot do, in a few lines."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class Stopped(KeyboardInterrupt):
    """An interrupt; the session goes on."""

    def _render_traceback_(self) -> list[str]:
        return [*str(self).splitlines(), "stopped; what was named before is still known"]
