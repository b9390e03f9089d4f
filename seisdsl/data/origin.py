"""How the value that is being written was made: whoever runs a program says it, writers put it into files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path, PurePath
from typing import Any

Origin = Mapping[str, Any]
_origin: ContextVar[Callable[[], Origin | None]] = ContextVar("origin", default=lambda: None)


def origin() -> Origin | None:
    """The program, versions and inputs behind what is being written; None where nobody told."""
    return _origin.get()()


@contextmanager
def made_by(tell: Callable[[], Origin | None]) -> Iterator[None]:
    """Files written inside say that they were made so."""
    token = _origin.set(tell)
    try:
        yield
    finally:
        _origin.reset(token)


def made() -> dict[str, Any]:
    """The same as what a writer adds to what it says of a file."""
    return {} if origin() is None else {"made": origin()}


def beside(name: str) -> str:
    """The name of the note that lies beside a file whose format holds none."""
    return f"{PurePath(name)}.about.json"


def note(more: Mapping[str, Any]) -> str:
    """What such a note says."""
    return json.dumps({**more, **made()}, ensure_ascii=False, indent=1) + "\n"


def told_by(path: Path) -> dict[str, Any] | None:
    """What a file, or the note beside it, says of how it was made; None where it says nothing."""
    said = None
    with suppress(OSError, ValueError, LookupError, SyntaxError):
        said = _READERS.get(path.suffix.lower(), _nothing)(path)
    if not said:
        with suppress(OSError, ValueError):
            said = json.loads(Path(beside(str(path))).read_text(encoding="utf-8"))
    return said if isinstance(said, dict) and said.get("made") else None


def _nothing(path: Path) -> Any:
    return None


def _parquet(path: Path) -> Any:
    import polars

    try:
        return json.loads(polars.read_parquet_metadata(path)["seisdsl"])
    except polars.exceptions.PolarsError as error:
        raise ValueError(str(error)) from error


def _json(path: Path) -> Any:
    said = json.loads(path.read_text(encoding="utf-8"))
    return {name: part for name, part in said.items() if name != "rows"}


def _npz(path: Path) -> Any:
    import numpy as np

    with np.load(path, allow_pickle=False) as arrays:
        return json.loads(str(arrays["about"]))


def _quakeml(path: Path) -> Any:
    from seisdsl.data.quakeml import told

    return told(path)


_READERS: dict[str, Callable[[Path], Any]] = {
    ".parquet": _parquet, ".json": _json, ".npz": _npz, ".quakeml": _quakeml, ".xml": _quakeml,
}  # fmt: skip
