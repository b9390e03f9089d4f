"""The store of results: each under the hash of all that it was worked out from, whole or absent."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from seisdsl.compiled import cache_folder
from seisdsl.engine.packing import Unpackable, packed, unpacked


class Store:
    """Values by key, in files that two runs may write at once."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = (folder or cache_folder()) / "results"

    def path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def __contains__(self, key: str) -> bool:
        return self.path(key).exists()

    def get(self, key: str) -> Any:
        """The value; raises KeyError where there is none, or none that is whole."""
        try:
            content = self.path(key).read_bytes()
            value = unpacked(content)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError):
            raise KeyError(key) from None
        with suppress(OSError):
            os.utime(self.path(key))
        return value

    def put(self, key: str, value: Any) -> bool:
        """Whether the value is kept; one that no file can hold is not."""
        try:
            content = packed(value)
        except Unpackable:
            return False
        path = self.path(key)
        beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(content)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        return True

    def drop(self, key: str) -> None:
        with suppress(OSError):
            self.path(key).unlink(missing_ok=True)

    def prune(self, most: int) -> None:
        """Remove what was not used for longest, until no more than so many bytes are kept."""
        files = []
        for path in self.folder.glob("*/*"):
            with suppress(OSError):
                status = path.stat()
                files.append((status.st_mtime_ns, status.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= most:
                return
            with suppress(OSError):
                path.unlink()
                total -= size
