"""One line below a cell that is written over while it runs, and is gone when it is done."""

from __future__ import annotations

import io
from html import escape
from typing import Any


class Line(io.TextIOBase):
    """Where progress goes: as to a terminal, a line at a time."""

    def __init__(self) -> None:
        self._handle: Any = None

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if said := text.strip():
            self._show(said)
        return len(text)

    def _show(self, said: str) -> None:
        from IPython.display import display

        page = f'<span style="color: GrayText">{escape(said)}</span>' if said else ""
        data = {"text/plain": said, "text/html": page}
        if self._handle is None:
            self._handle = display(data, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(data, raw=True)

    def close(self) -> None:
        """Take the line away."""
        if self._handle is not None:
            self._show("")
            self._handle = None
        super().close()
