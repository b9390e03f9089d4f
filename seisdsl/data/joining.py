"""Putting the parts of a record side by side where each part has stations of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def together(lists: Sequence[Sequence[T]], name: Callable[[T], str]) -> tuple[tuple[T, ...], list[list[int]]]:
    """Each item once, and for each list the places of its own among them.

    In the order of the lists where they all have the same one, else in order of name.
    """
    first = [name(item) for item in lists[0]]
    if all([name(item) for item in items] == first for items in lists):
        return tuple(lists[0]), [list(range(len(first))) for _ in lists]
    known = {name(item): item for items in reversed(lists) for item in items}
    rows = {key: row for row, key in enumerate(sorted(known))}
    return tuple(known[key] for key in rows), [[rows[name(item)] for item in items] for items in lists]
