"""Where the folders beside the package lie: in the wheel inside it, in a checkout beside it."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def resource(folder: str) -> Path:
    inside = _HERE / f"_{folder}"
    return inside if inside.is_dir() else _HERE.parent / folder


GRAMMAR = resource("grammar") / "seis.lark"
STDLIB = resource("stdlib")
DOCS, EXAMPLES = resource("docs"), resource("examples")
