"""Where a program's results go: names inside one folder, each file whole or not there at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path, PureWindowsPath

from seisdsl.operator import Unsuitable

_folder: ContextVar[Path] = ContextVar("output folder", default=Path())
_done: ContextVar[list[Path] | None] = ContextVar("files written", default=None)
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def output_folder() -> Path:
    """The folder that everything is written below; the current one where nothing else is said."""
    return _folder.get()


@contextmanager
def writing_to(folder: Path) -> Iterator[list[Path]]:
    """Write below this folder; gives the list of files as they are written."""
    files: list[Path] = []
    token, done = _folder.set(folder), _done.set(files)
    try:
        yield files
    finally:
        _folder.reset(token)
        _done.reset(done)


def target(name: str) -> Path:
    """The path of a result; refuses a name that leads out of the output folder."""
    parts = re.split(r"[/\\]", name)
    if not name or PureWindowsPath(name).anchor or Path(name).is_absolute() or ".." in parts:
        raise _refused(name, "it leads out of the output folder")
    if not parts[-1] or parts[-1] == ".":
        raise _refused(name, "it names a folder")
    if any(_DEVICES.fullmatch(part) or re.search(r'[\x00-\x1f:*?"<>|]', part) for part in parts):
        raise _refused(name, "some systems cannot have a file of this name")
    folder = output_folder().resolve()
    path = folder.joinpath(*parts)
    if path.is_symlink():
        raise _refused(name, "it is a link to another place")
    if not path.parent.resolve().is_relative_to(folder):
        raise _refused(name, "a link on its way leads out of the output folder")
    if path.is_dir() and path.suffix != ".zarr":
        raise _refused(name, "it is a folder")
    return path


def _refused(name: str, why: str) -> Unsuitable:
    return Unsuitable(
        f'cannot write "{name}": {why}',
        parameter="file",
        notes=['give a name below the output folder, such as "results/picks.csv"'],
    )


@contextmanager
def written(name: str) -> Iterator[Path]:
    """A path beside the target to write to; it takes the target's place once all is written."""
    path = target(name)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield beside
            with beside.open("rb+") as file:
                os.fsync(file.fileno())
            beside.replace(path)
            if (done := _done.get()) is not None:
                done.append(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unsuitable(f'cannot write "{name}": {reason}', parameter="file") from error
