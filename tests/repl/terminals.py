"""A terminal to try the session on: keys go in, and the screen is read."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pexpect
import pyte

ROOT = Path(__file__).parents[2]


class Terminal:
    """`seis repl` behind a pseudo-terminal."""

    def __init__(
        self, folder: Path, *arguments: str, lines: int = 45, columns: int = 100, **env: str
    ) -> None:
        self.screen = pyte.HistoryScreen(columns, lines, history=2_000)
        self.stream = pyte.ByteStream(self.screen)
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
        settings = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "SEISDSL_STATE": str(folder / "state")}
        self.process = pexpect.spawn(
            sys.executable,
            ["-m", "seisdsl", "repl", *arguments],
            env={**plain, "PYTHONPATH": path, **settings, **env},
            dimensions=(lines, columns),
            cwd=str(folder),
            # who runs the tests in the background may ignore it, and children inherit that
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.raw = b""

    @property
    def text(self) -> str:
        """What stands on the screen, and above it."""
        above = [
            "".join(line[x].data for x in range(self.screen.columns)) for line in self.screen.history.top
        ]
        return "\n".join(line.rstrip() for line in (*above, *self.screen.display))

    def keys(self, keys: str) -> None:
        self.process.send(keys)

    def wait(self, for_: str, seconds: float = 90.0, times: int = 1) -> str:
        """The text once something stands there so many times."""
        end = time.monotonic() + seconds
        while self.text.count(for_) < times:
            if time.monotonic() > end:
                raise AssertionError(f"`{for_}` did not come. There is:\n{self.text.strip()}")
            self._read()
        return self.text

    def settled(self, seconds: float = 0.3) -> str:
        """The text once nothing new has come for a while."""
        quiet = time.monotonic()
        while time.monotonic() - quiet < seconds:
            if self._read():
                quiet = time.monotonic()
        return self.text

    def _read(self) -> bool:
        try:
            data = self.process.read_nonblocking(65536, timeout=0.05)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.raw += data
        self.stream.feed(data)
        if b"\x1b[6n" in data:  # where is the cursor?
            self.process.send(f"\x1b[{self.screen.cursor.y + 1};{self.screen.cursor.x + 1}R")
        return True

    def cleared(self) -> None:
        """An empty line on an empty screen."""
        self.keys("\x03")
        self.settled()
        self.keys("\x0c")
        self.settled()
        self.screen.history.top.clear()
        self.raw = b""

    def enter(self, line: str) -> None:
        """Type a line and press Enter."""
        self.keys(f"{line}\r")

    def colour_of(self, text: str) -> str:
        """The colour that a text on the screen has."""
        for y, line in enumerate(self.screen.display):
            if (x := line.find(text)) >= 0:
                return str(self.screen.buffer[y][x].fg)
        raise AssertionError(f"`{text}` is not on the screen")

    def ended(self) -> int:
        """The exit code, once it has ended."""
        self.process.expect(pexpect.EOF, timeout=30)
        self.process.close()
        return int(self.process.exitstatus or 0)

    def close(self) -> None:
        self.process.close(force=True)
