"""The index of archives: which file holds which channel when, looked at once and kept.

A SQLite file in the user's cache folder. A file is looked at again where its size or its time of
change is another; its content is known by a digest. Several processes may use the index at once.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import astuple, fields
from functools import cache
from pathlib import Path
from typing import Any

from seisdsl.compiled import cache_folder
from seisdsl.data.extent import Extent
from seisdsl.data.parts import fits
from seisdsl.data.scan import scan
from seisdsl.data.segments import Tally
from seisdsl.language.types import TimeRange

VERSION = 4  # of the tables, and of what scanning finds
AT_ONCE = 500  # files asked for in one query
READERS = 2  # files that are looked at at once

_EXTENT = [field.name for field in fields(Extent) if field.name != "file"]
_TALLY = ["id", "start", "rate", "samples", "reason", "detail"]
_TABLES = f"""
CREATE TABLE file (number INTEGER PRIMARY KEY, path TEXT UNIQUE, size INTEGER, changed INTEGER, digest TEXT);
CREATE TABLE extent (file INTEGER, {", ".join(f'"{name}"' for name in _EXTENT)});
CREATE TABLE lost (file INTEGER, {", ".join(f'"{name}"' for name in _TALLY)});
CREATE INDEX extent_file ON extent (file);
CREATE INDEX lost_file ON lost (file);
PRAGMA user_version = {VERSION};
"""
_State = tuple[int, int]  # size and time of change
_fresh: dict[tuple[str, str], _State] = {}  # what this process has seen to be in an index


class Index:
    """What is known of files. `refresh` comes before any question about them.

    Files are kept by their absolute paths and told by the names they were asked for.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = _writable(folder or cache_folder()) / "archives.sqlite"

    def refresh(self, paths: Iterable[str], progress: Callable[[int, int], None] | None = None) -> None:
        """Look at the files that are new or have changed."""
        states = {path: state for path in map(os.path.abspath, paths) if (state := _state(path))}
        asked = [path for path, state in states.items() if _fresh.get((str(self.path), path)) != state]
        query = "SELECT path, size, changed FROM file WHERE path IN"
        known = {path: (size, changed) for path, size, changed in self._rows(query, asked)}
        new = [path for path in asked if known.get(path) != states[path]]
        with ThreadPoolExecutor(READERS, "indexing") as pool:
            for number, (path, found) in enumerate(zip(new, pool.map(_looked_at, new), strict=True), 1):
                self._note(path, states[path], *found)
                if progress:
                    progress(number, len(new))
        _fresh.update({(str(self.path), path): states[path] for path in asked})

    def extents(
        self, paths: Sequence[str], time: TimeRange | None = None, channels: Sequence[str] = ()
    ) -> list[Extent]:
        """The runs of records of some files, those that reach into a time, of some channels."""
        columns = ", ".join(f'e."{name}"' for name in _EXTENT)
        query = f"SELECT f.path, {columns} FROM extent e JOIN file f ON e.file = f.number WHERE "
        if time is not None:
            query += f"e.start < {time.end:d} AND e.end > {time.start:d} AND "
        found = [Extent(*row) for row in self._rows(f"{query} f.path IN", paths)]
        return [extent for extent in found if fits(extent.id, channels)]

    def rejected(self, paths: Sequence[str]) -> list[Tally]:
        """What in some files is no record."""
        columns = ", ".join(f'l."{name}"' for name in _TALLY)
        query = f"SELECT f.path, {columns} FROM lost l JOIN file f ON l.file = f.number WHERE f.path IN"
        return [Tally(*row) for row in self._rows(query, paths)]

    def digests(self, paths: Sequence[str]) -> dict[str, str]:
        """Of the content of each file."""
        return dict(self._rows("SELECT path, digest FROM file WHERE path IN", paths))

    def _note(
        self, path: str, state: _State, digest: str, extents: Sequence[Extent], lost: Sequence[Tally]
    ) -> None:
        """Put what a file holds into the place of what it held."""

        def put(database: sqlite3.Connection) -> None:
            with database:
                database.execute("BEGIN IMMEDIATE")
                for table in ("extent", "lost"):
                    old = f"DELETE FROM {table} WHERE file = (SELECT number FROM file WHERE path = ?)"
                    database.execute(old, (path,))
                database.execute("DELETE FROM file WHERE path = ?", (path,))
                columns = "(path, size, changed, digest) VALUES (?, ?, ?, ?)"
                number = database.execute(f"INSERT INTO file {columns}", (path, *state, digest)).lastrowid
                database.executemany(_insert("extent", _EXTENT), [(number, *astuple(e)[1:]) for e in extents])
                rows = [(number, *(getattr(tally, name) for name in _TALLY)) for tally in lost]
                database.executemany(_insert("lost", _TALLY), rows)

        self._with(put)

    def _rows(self, query: str, paths: Sequence[str]) -> Iterator[Any]:
        """The rows for some files, in the files' order, under the files' names as they were given."""
        names = {os.path.abspath(path): path for path in paths}
        absolute = list(names)
        found: list[Any] = []

        def ask(database: sqlite3.Connection) -> None:
            found.clear()
            for at in range(0, len(absolute), AT_ONCE):
                some = absolute[at : at + AT_ONCE]
                found.extend(database.execute(f"{query} ({', '.join('?' * len(some))})", some))

        self._with(ask)
        order = {path: number for number, path in enumerate(names)}
        rows = sorted(found, key=lambda row: order[row[0]])
        return ((names[path], *rest) for path, *rest in rows)

    def _with(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Work on the index; one that is damaged, or of another version, is begun anew."""
        try:
            with closing(self._open()) as database:
                work(database)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self._forget()
            with closing(self._open()) as database:
                work(database)

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        database.execute("PRAGMA synchronous = OFF")  # what a power cut damages is looked at again
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version == VERSION:
            return database
        if version:
            database.close()
            self._forget()
            return self._open()
        with suppress(sqlite3.OperationalError):  # another process was quicker
            database.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT;")
        return database

    def _forget(self) -> None:
        for ending in ("", "-journal"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)
        for place in [place for place in _fresh if place[0] == str(self.path)]:
            del _fresh[place]


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * (len(columns) + 1))})"


def _state(path: str) -> _State | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _looked_at(path: str) -> tuple[str, list[Extent], list[Tally]]:
    extents, lost = scan(path)
    digest = ""
    with suppress(OSError), open(path, "rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    return digest, extents, lost


def _writable(folder: Path) -> Path:
    """The folder; where it cannot be written, one that lasts as long as this process."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return _own()


@cache
def _own() -> Path:
    return Path(tempfile.mkdtemp(prefix="seisdsl-"))
