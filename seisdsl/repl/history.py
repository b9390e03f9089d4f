"""What was entered before, in this session and in earlier ones."""

from __future__ import annotations

import os
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

MOST = 5_000  # entries


def state_folder() -> Path:
    """`SEISDSL_STATE`, or the platform's place for what programs remember."""
    if own := os.environ.get("SEISDSL_STATE"):
        return Path(own)
    base = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(base) / "seisdsl"


def history() -> History:
    """The history of all sessions; that of this one where no file can be kept."""
    path = state_folder() / "history"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _shorten(path)
        path.touch(mode=0o600)
        with path.open("ab"):
            return FileHistory(path)
    except OSError:
        return InMemoryHistory()


def _shorten(path: Path) -> None:
    """Leave the newest entries: each is a comment with its time, then lines that begin with `+`."""
    if not path.exists():
        return
    entries = path.read_bytes().split(b"\n# ")
    if len(entries) <= 2 * MOST:
        return
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.touch(mode=0o600)
    beside.write_bytes(b"\n# " + b"\n# ".join(entries[-MOST:]))
    beside.replace(path)
