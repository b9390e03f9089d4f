"""Tables compiled once from a text and kept as JSON in the user's cache folder.

Building the parser's tables and the unit table costs more than checking a program does, and
their sources change only with the package. A file is named by the hash of all that went in, and
begins with the hash of what it holds.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any


def cache_folder() -> Path:
    """`SEISDSL_CACHE`, or the platform's place for caches."""
    if own := os.environ.get("SEISDSL_CACHE"):
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "seisdsl"


def compiled(kind: str, ingredients: list[str], build: Callable[[], Any]) -> Any:
    """What `build` gives, read from the cache where it was built from the same ingredients."""
    path = cache_folder() / "compiled" / f"{kind}-{_hash(json.dumps(ingredients))}"
    text = _kept(path)
    if text is None:
        text = json.dumps(build())
        _keep(path, text)
    return json.loads(text)


def _kept(path: Path) -> str | None:
    """The text of a file that is whole: its first line is the hash of the rest."""
    try:
        check, _, text = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        return None
    return text if check == _hash(text) else None


def _keep(path: Path, text: str) -> None:
    """A folder that cannot be written costs time at the next start, nothing else."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(f"{_hash(text)}\n{text}", encoding="utf-8")
        beside.replace(path)
    with suppress(OSError):
        beside.unlink(missing_ok=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
