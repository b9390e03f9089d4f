"""Tables compiled once from a text and kept as JSON in the user's cache folder.

Building the parser's tables and the unit table costs more than checking a program does, and
their sources change only with the package. A file is named by the hash of all that went in.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
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
    digest = hashlib.sha256(json.dumps(ingredients).encode()).hexdigest()[:16]
    path = cache_folder() / "compiled" / f"{kind}-{digest}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        text = json.dumps(build())
        _keep(path, text)
        return json.loads(text)


def _keep(path: Path, text: str) -> None:
    """A folder that cannot be written costs time at the next start, nothing else."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError:
        pass
