"""The value of a stage that was run chunk by chunk: its parts in order of time, fetched one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from seisdsl.data.memory import memory
from seisdsl.data.overview import overview
from seisdsl.engine.piece import joined
from seisdsl.language.types import Record
from seisdsl.operator import Unsuitable


class Parts:
    """A long value. `fetch` gives one part, or None where a chunk holds nothing."""

    def __init__(self, fetch: Sequence[Callable[[], Any]], size: int) -> None:
        self._fetch, self._size = fetch, size

    def __iter__(self) -> Iterator[Any]:
        for fetch in self._fetch:
            part = fetch()
            if part is not None:
                yield part

    def __len__(self) -> int:
        return len(self._fetch)

    @cached_property
    def whole(self) -> Any:
        """All parts as one value; refused where no memory holds it."""
        if self._size > memory() / 2:
            raise Unsuitable(
                f"the whole of this would need {self._size / 2**30:,.0f} GiB of memory",
                notes=[
                    "stages that need the whole record cannot run on so long a time",
                    "take a shorter time or fewer channels, or pick, detect or count in chunks first",
                ],
            )
        parts = list(self)
        if not parts:
            raise Unsuitable("there is no record in any part of the time")
        return joined(parts)


def seen(value: Any) -> Any:
    """What there is to tell a person of a value: of a long one, its overview."""
    if isinstance(value, Record) and any(isinstance(part, Parts | Record) for part in value.values()):
        return Record({name: seen(part) for name, part in value.items()})
    return overview(value) if isinstance(value, Parts) else value


def whole(value: Any) -> Any:
    if isinstance(value, Record) and any(isinstance(part, Parts | Record) for part in value.values()):
        return Record({name: whole(part) for name, part in value.items()})
    return value.whole if isinstance(value, Parts) else value
