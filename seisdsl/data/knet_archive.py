"""K-NET and KiK-net records as the NIED ships them: text files in a tar, in a gzip, one in the other.

Nothing is unpacked to the disk, so no name in an archive leads anywhere. What is no record (pictures,
links, folders) is passed over, and an archive that swells beyond all measure is refused.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from seisdsl.data.knet import is_knet, record
from seisdsl.data.segments import Reading, Tally
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP = b"\x1f\x8b"
LARGEST = 64 * 2**20  # bytes of a record: 8 hours of 100 Hz
SWELLS = 8 * 2**30  # bytes that an archive may hold, unpacked
DEEPEST = 3  # a gzip in a tar in a gzip


def holds_knet(path: str | Path) -> bool:
    """Whether a gzip or tar has a record in it; what cannot be opened has none."""
    try:
        return any(True for _ in texts(str(path)))
    except (Unsuitable, OSError):
        return False


def read_archive(path: str) -> Reading:
    """All records of an archive; what is wrong with one costs no other."""
    whole = Reading()
    for member, text in texts(path):
        try:
            whole += record(text.decode("ascii", "replace"), path, member)
        except Unsuitable as error:
            said = error.message.removeprefix(f"{path}: ")
            whole.rejected.append(Tally(path, member, reason="unreadable", detail=said))
    return whole


def texts(path: str) -> Iterator[tuple[str, bytes]]:
    """The name in the archive and the content of each record, told by how it begins."""
    with open(path, "rb") as file:
        try:
            yield from _within(file, "", path, DEEPEST)
        except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Unsuitable(f"{path} is no sound archive: {error}") from None


def _within(file: io.BufferedReader, name: str, path: str, deep: int) -> Iterator[tuple[str, bytes]]:
    head = file.peek(1024)
    if head.startswith(GZIP) and deep:
        unpacked = _Bounded(gzip.GzipFile(fileobj=file), path)
        yield from _within(io.BufferedReader(unpacked), name, path, deep - 1)
    elif head[257:262] == b"ustar" and deep:
        with tarfile.open(fileobj=file, mode="r|") as tar:
            for member in tar:
                inside = tar.extractfile(member) if member.isreg() else None
                if isinstance(inside, io.BufferedReader):
                    where = f"{name}/{member.name}" if name else member.name
                    yield from _within(inside, where, path, deep - 1)
    elif is_knet(head):
        text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise Unsuitable(f"{path}: {name} is longer than any record")
        yield name, text


class _Bounded(io.RawIOBase):
    """An unpacked file that may not go on without end."""

    def __init__(self, file: gzip.GzipFile, path: str) -> None:
        self.file, self.path, self.passed = file, path, 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: WriteableBuffer) -> int:
        found = self.file.readinto(into)
        self.passed += found
        if self.passed > SWELLS:
            raise Unsuitable(f"{self.path} unpacks to more than {SWELLS >> 30} GiB")
        return found
